"""The log of a live session: what it began with and every change, on disk as soon as it is made.

JSON Lines in the data folder, one file a session, only ever appended to. The first line says what was opened; each
further one where the clock stands, and what became of the changes: how many turns of knobs are kept, and which
come after those; and which turns have been taken back. So whatever is done to the list (a change, undo, another branch)
costs a short line, and a file that breaks off in the middle of a line is good up to there.

The live screen calls `SessionLog.keep`; `read_session` is for `live --resume`, `sessions` and the browser.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core.errors import Problem, ScenarioError, SessionError, did_you_mean
from core.interventions import Intervention, Turn
from core.places import session_files, sessions_folder
from core.scenario import Change, Scenario
from core.scenario_file import dump_scenario, reread_scenario
from core.units import write_moment

FORMAT = 1
POSITION_EVERY = 10.0
"""Real seconds after which the time on the floor's clock is noted though nothing was changed."""
SYNC_EVERY = 1.0
"""Real seconds between two times that the disk is waited for. A killed program loses nothing either way; a machine
that loses power loses so much at most."""
KEPT = 100
"""Sessions that are kept; the oldest go first."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What a session was opened with."""

    scenario: Scenario
    """The scenario of the twin: with what was set first, without changes on the way."""
    seed: int
    source: str
    """The file or the built-in name."""
    settings: tuple[str, ...] = ()
    """KEY=VALUE of each `--set`, which `scenario` has in it."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its log has it."""

    name: str
    path: Path
    began: datetime
    origin: Origin
    turns: tuple[Turn, ...]
    now: float | None
    """Time on the floor's clock (s); None where play had not begun."""
    undone: tuple[Turn, ...] = ()
    """Turns that were taken back and can be made again, the next one first."""

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        """The changes that stand, in the order in which they were made."""
        return tuple(change for turn in self.turns for change in turn)


class SessionLog:
    """Writes one session. Trouble with the disk ends the log and not the session: see `trouble`."""

    def __init__(self, origin: Origin, folder: Path | None = None, clock: Callable[[], float] = time.monotonic):
        self.trouble: str | None = None
        """Why nothing is written any more; None while all is well."""
        self._turns: tuple[Turn, ...] = ()
        self._undone: tuple[Turn, ...] = ()
        self._now: float | None = None
        self._clock = clock
        self._noted = self._synced = clock()
        self._file = -1
        began = datetime.now(UTC)
        head = {"flightdesk": FORMAT, "began": began.isoformat(timespec="seconds"), "seed": origin.seed,
                "source": origin.source, "settings": origin.settings, "scenario": dump_scenario(origin.scenario)}
        try:
            self.path = _new_file(folder or sessions_folder(), began, origin.source)
            self._file = os.open(self.path, os.O_WRONLY | os.O_APPEND)
        except OSError as error:
            self._give_up(error)
        self._write(head, sync=True)

    @property
    def name(self) -> str:
        """What `--resume` takes."""
        return self.path.stem

    def keep(self, now: float | None, turns: tuple[Turn, ...], undone: tuple[Turn, ...] = ()) -> None:
        """Notes what differs from what is written: the changes at once, the time (s) every few seconds.

        None is for a clock that is on its way to where play is: that stays what it was.
        """
        at = self._clock()
        self._now = now = self._now if now is None else now
        if (turns, undone) != (self._turns, self._undone):
            same = 0
            while same < min(len(turns), len(self._turns)) and turns[same] == self._turns[same]:
                same += 1
            line = {"now": now, "keep": same, "turns": _written(turns[same:])}
            if undone != self._undone:
                line["undone"] = _written(undone)
            self._turns, self._undone = turns, undone
            self._write(line, at - self._synced > SYNC_EVERY)
        elif at - self._noted >= POSITION_EVERY:
            self._write({"now": now})
        else:
            return
        self._noted = at

    def close(self, *, forget: bool = False) -> None:
        """The end. `forget` removes the file of a session in which nothing was changed."""
        if self._file < 0:
            return
        self._write({"now": self._now}, sync=True)
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        if forget and not self._turns and not self._undone:
            with suppress(OSError):
                self.path.unlink()

    def _write(self, line: dict[str, Any], sync: bool = False) -> None:
        if self._file < 0:
            return
        try:
            # In one piece, and to the system at once: what is written outlives the program.
            os.write(self._file, (json.dumps(line, ensure_ascii=False) + "\n").encode())
            if sync:
                os.fsync(self._file)
                self._synced = self._clock()
        except OSError as error:
            self._give_up(error)

    def _give_up(self, error: OSError) -> None:
        self.trouble = f"This session is not being kept: {error.strerror or error}"
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _written(turns: Iterable[Turn]) -> list[list[list[float | str]]]:
    return [[[change.at, change.key, change.value] for change in turn] for turn in turns]


def _read(turns: Any) -> tuple[Turn, ...]:
    return tuple(tuple(Intervention(float(at), str(key), str(value)) for at, key, value in turn) for turn in turns)


def _new_file(folder: Path, began: datetime, source: str) -> Path:
    """A file of its own for a session; the oldest ones make room."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in session_files(folder)[KEPT - 1:]:
        with suppress(OSError):
            old.unlink()
    stem = f"{began.astimezone():%Y-%m-%d-%H%M%S}-{Path(source).stem}"
    for again in range(1, 1000):
        path = folder / (f"{stem}.jsonl" if again == 1 else f"{stem}-{again}.jsonl")
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            return path
    raise FileExistsError(0, "too many sessions at once")


def find_session(name: str | None = None) -> Path:
    """The log of a session: a file, a name in the data folder or the beginning of one; None is the newest.

    Raises:
        SessionError: where there is none.
    """
    files = session_files()
    if name is None:
        if not files:
            raise SessionError("there is no session to resume")
        return files[0]
    path = Path(name)
    if path.suffix == ".jsonl" or path.is_file():
        return path
    for file in files:
        if file.stem == name:
            return file
    started = [file for file in files if file.stem.startswith(name)]
    if len(started) == 1:
        return started[0]
    names = [file.stem for file in started or files]
    what = f"{len(started)} sessions begin like this" if started else "there is no session of this name"
    hint = ", ".join(names[:5]) if started else did_you_mean(name, names[:5])
    raise SessionError(f"{name}: {what}; {hint}")


def read_session(path: Path) -> Session:
    """The session of a log, up to where the file is whole.

    Raises:
        SessionError: where it is no session log, or its scenario cannot be read any more.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError as error:
        raise SessionError(f"{path}: cannot be read: {error.strerror or error}") from error
    try:
        head = json.loads(lines[0])
        if head["flightdesk"] != FORMAT:
            raise SessionError(f"{path}: written by another version of Flightdesk")
        began = datetime.fromisoformat(head["began"])
        settings = tuple(map(str, head["settings"]))
        text, seed, source = str(head["scenario"]), int(head["seed"]), str(head["source"])
    except (ValueError, TypeError, KeyError) as error:
        raise SessionError(f"{path}: is no session of Flightdesk") from error
    try:
        scenario = reread_scenario(text, f"{path} (its scenario)")
    except ScenarioError as error:
        problem = Problem("scenario", "was saved by a Flightdesk that knew other keys")
        raise SessionError("\n".join((problem.text(str(path)), str(error)))) from error
    turns: tuple[Turn, ...] = ()
    undone: tuple[Turn, ...] = ()
    now: float | None = None
    for line in lines[1:]:
        try:
            entry = json.loads(line)
            now = None if entry["now"] is None else float(entry["now"])
            if "turns" in entry:
                turns = turns[:int(entry["keep"])] + _read(entry["turns"])
            if "undone" in entry:
                undone = _read(entry["undone"])
        except (ValueError, TypeError, KeyError):
            break  # written half when the machine stopped
    return Session(path.stem, path, began, Origin(scenario, seed, source, settings), turns, now, undone)


# --- out of the session --------------------------------------------------------------------------------------------

def saved_scenario(origin: Origin, interventions: Iterable[Intervention]) -> str:
    """The session as a scenario file: `flightdesk run` on it is the session's run, to the last digit."""
    changes = sorted(interventions, key=lambda change: change.at)
    scenario = origin.scenario.model_copy(update={"intervention": tuple(
        Change(at=change.at, key=change.key, value=change.value) for change in changes)})
    comments = {f"intervention.{position}": write_moment(round(change.at)) for position, change in enumerate(changes)
                if change.at != round(change.at)}
    comments[""] = (f"A live session of {origin.source}, seed {origin.seed}. The same run:\n"
                    f"flightdesk run THIS-FILE --seed {origin.seed} --replications 1")
    return dump_scenario(scenario, comments)


def command_line(origin: Origin, interventions: Iterable[Intervention]) -> str:
    """The command that makes the session's run, for a shell."""
    words = ["flightdesk", "run", origin.source, "--seed", str(origin.seed), "--replications", "1"]
    for setting in origin.settings:
        words += ["--set", setting]
    for change in sorted(interventions, key=lambda change: change.at):
        words += ["--at", write_moment(change.at), f"{change.key}={change.value}"]
    return in_shell(words)


def in_shell(words: Sequence[str]) -> str:
    """The words of a command, quoted for the platform's shell."""
    return subprocess.list2cmdline(words) if os.name == "nt" else shlex.join(words)
