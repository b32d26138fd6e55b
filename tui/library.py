"""What the scenario browser lists: built-in scenarios, files opened lately, sessions played, runs made.

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
from core.places import data_folder, session_files
from core.recent import recent_files

if TYPE_CHECKING:
    from core.interventions import Intervention
    from core.output.store import Stored
    from core.scenario_file import Reading
    from core.sessions import Session
    from sim.overview import Overview

LATEST = 12
"""How many sessions and how many runs are listed, newest first."""

Kind = Literal["built-in", "file", "session", "run"]


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
        if self.kind == "built-in":
            return self.name
        return str(self.path / "scenario.toml" if self.kind == "run" else self.path)


@dataclass(frozen=True, slots=True)
class Look:
    """What came of reading an entry: its reading, and where all is well its week; and its session or run."""

    reading: Reading
    overview: Overview | None = None
    session: Session | None = None
    run: Stored | None = None

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        """What was changed on the way, in a session or a run."""
        if self.session is not None:
            return self.session.interventions
        return () if self.run is None else self.run.interventions

    @property
    def seed(self) -> int:
        """The seed of a session or a run, 1 for all else."""
        if self.session is not None:
            return self.session.origin.seed
        return 1 if self.run is None else self.run.seed


def listed() -> list[Entry]:
    """All that there is to open, by kind."""
    return [*_built_in(), *_files(), *_sessions(), *_runs()]


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
    for path in session_files()[:LATEST]:
        try:
            with path.open(encoding="utf-8") as file:
                head = json.loads(file.readline())
            began = datetime.fromisoformat(head["began"]).astimezone()
            title = str(tomli.loads(head["scenario"]).get("title", ""))
            yield Entry("session", Path(head["source"]).stem, path, title, f"{began:%a %d %b %H:%M}")
        except (OSError, ValueError, KeyError, TypeError):
            continue


def _runs() -> Iterator[Entry]:
    """The runs of the store (`core.output.store`), by what their folders say of themselves."""
    found = []
    for folder in (data_folder() / "runs").glob("[!.]*"):
        with suppress(OSError, ValueError, KeyError, TypeError):
            manifest = json.loads((folder / "run.json").read_text(encoding="utf-8"))
            made = datetime.fromisoformat(manifest["created"]).astimezone()
            count = int(manifest["replications"])
            found.append((made, Entry("run", str(manifest["name"]), folder, f"seed {manifest['seed']}, {count} "
                                      f"replication{'s' * (count != 1)}", f"{made:%a %d %b %H:%M}")))
    newest = sorted(found, key=lambda item: (item[0], item[1].path), reverse=True)
    yield from (entry for _, entry in newest[:LATEST])


def _short(folder: Path) -> str:
    """A folder as people write it."""
    with suppress(ValueError, RuntimeError):
        return str(Path("~") / folder.relative_to(Path.home()))
    return str(folder)


def look(entry: Entry) -> Look:
    """Reads an entry; what is wrong with it is in the reading."""
    from core.errors import ScenarioError, SessionError, StoreError
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
    if entry.kind == "run":
        from core.output.store import Stored

        try:
            run = Stored(entry.path, json.loads((entry.path / "run.json").read_text(encoding="utf-8")))
            return Look(Reading(file, run.scenario), overview(run.scenario), run=run)
        except (StoreError, OSError, ValueError, KeyError) as error:
            return Look(Reading(file, None, (Problem("run", str(error)),)))
    try:
        reading = examine(read_text(entry.path), file)
    except ScenarioError as error:
        return Look(Reading(file, None, error.problems))
    return Look(reading, None if reading.scenario is None else overview(reading.scenario))
