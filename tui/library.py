"""What the scenario browser lists: built-in scenarios, files opened lately, sessions played.

`listed` is quick: it reads no more than titles. `look` reads one of them fully and says what is wrong with it, or what
its week looks like.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import tomli

from core import catalogue
from core.errors import Problem
from core.places import session_files
from core.recent import recent_files

if TYPE_CHECKING:
    from core.scenario_file import Reading
    from core.sessions import Session
    from sim.overview import Overview

SESSIONS = 12
"""How many sessions are listed, newest first."""

Kind = Literal["built-in", "file", "session"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the list."""

    kind: Kind
    name: str
    path: Path
    title: str
    note: str = ""
    """When it was made, where it lies: what tells it from others of the same title."""

    def matches(self, words: str) -> bool:
        """Whether every word is part of what the line or the file's own text says."""
        text = f"{self.name} {self.title} {self.note} {self.kind}".casefold()
        return all(word in text for word in words.casefold().split())

    @property
    def source(self) -> str:
        """What the command line takes for it."""
        return self.name if self.kind == "built-in" else str(self.path)


@dataclass(frozen=True, slots=True)
class Look:
    """What came of reading an entry: its reading, and where all is well its week; of a session the session too."""

    reading: Reading
    overview: Overview | None = None
    session: Session | None = None


def listed() -> list[Entry]:
    """All that there is to open, by kind."""
    return [*_built_in(), *_files(), *_sessions()]


def _built_in() -> Iterator[Entry]:
    default = catalogue.default_name()
    entries = [Entry("built-in", entry.name, entry.path, entry.title) for entry in catalogue.entries()]
    yield from sorted(entries, key=lambda entry: (entry.name != default, entry.name))


def _files() -> Iterator[Entry]:
    for path in recent_files():
        title = ""
        with suppress(OSError, ValueError, RecursionError):  # what is wrong with it is said when it is looked at
            title = str(tomli.loads(path.read_text(encoding="utf-8-sig")).get("title", ""))
        yield Entry("file", path.stem, path, title or "no title", _short(path.parent))


def _sessions() -> Iterator[Entry]:
    for path in session_files()[:SESSIONS]:
        try:
            with path.open(encoding="utf-8") as file:
                head = json.loads(file.readline())
            began = datetime.fromisoformat(head["began"]).astimezone()
            title = str(tomli.loads(head["scenario"]).get("title", ""))
            yield Entry("session", Path(head["source"]).stem, path, title, f"{began:%a %d %b %H:%M}")
        except (OSError, ValueError, KeyError, TypeError):
            continue


def _short(folder: Path) -> str:
    """A folder as people write it."""
    with suppress(ValueError, RuntimeError):
        return str(Path("~") / folder.relative_to(Path.home()))
    return str(folder)


def look(entry: Entry) -> Look:
    """Reads an entry; what is wrong with it is in the reading."""
    from core.errors import ScenarioError, SessionError
    from core.scenario_file import Reading, examine, read_text
    from sim.overview import overview

    file = str(entry.path)
    if entry.kind == "session":
        from core.sessions import read_session

        try:
            session = read_session(entry.path)
        except SessionError as error:
            return Look(Reading(file, None, (Problem("session", str(error)),)))
        scenario = session.origin.scenario
        return Look(Reading(file, scenario), overview(scenario), session)
    try:
        reading = examine(read_text(entry.path), file)
    except ScenarioError as error:
        return Look(Reading(file, None, error.problems))
    return Look(reading, None if reading.scenario is None else overview(reading.scenario))
