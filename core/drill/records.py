"""What was played of drills, in the data folder: a file for each go, written as it is played, a line for each score.

A go is a `Performance`; beside it, while it lasts, stands where its clock is, so that a go whose terminal was killed
can be taken up again. The screens write, `flightdesk drill list` and the list of drills read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from core.drill.performance import Performance, dump, read
from core.errors import DrillError
from core.places import data_folder

GOING = ".going"
"""What stands beside a go that has not ended."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What a go came to."""

    drill: str
    digest: str
    seed: int
    points: float | None
    """None: under this seed there was nothing to tell apart."""
    passed: bool
    at: str
    """When it ended (ISO 8601)."""
    record: str
    """File of the performance."""


def folder() -> Path:
    """Where plays are kept."""
    return data_folder() / "drills"


def record_file(name: str, at: datetime) -> Path:
    """A file for a go at a drill that begins then."""
    stem = f"{at:%Y-%m-%d-%H%M%S}-{Path(name).stem}"
    paths = (folder() / f"{stem}{again}.json" for again in ("", *map("-{}".format, range(2, 1000))))
    return next(path for path in paths if not path.exists())


class Record:
    """One go as it is written down. Trouble with the disk ends the record and not the go: see `trouble`."""

    def __init__(self, path: Path):
        self.path = path
        self.trouble: str | None = None
        """Why nothing is written any more; None while all is well."""
        self._written = self._clock = ""

    def keep(self, performance: Performance, now: float | None) -> None:
        """Writes what has been done, and where the clock stands (s); None: the go is over."""
        text, clock = dump(performance), "" if now is None else json.dumps({"now": now, "file": self.path.name})
        try:
            if text != self._written:
                _put(self.path, text)
            if clock and clock != self._clock:
                _put(self.path.with_suffix(GOING), clock)
            if now is None:
                self.path.with_suffix(GOING).unlink(missing_ok=True)
            self._written, self._clock = text, clock
        except OSError as error:
            self.trouble = f"This go is not being kept: {error.strerror or error}"

    def drop(self) -> None:
        """Nothing was done in it: no trace is left."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
            self.path.with_suffix(GOING).unlink(missing_ok=True)


def _put(path: Path, text: str) -> None:
    """Whole, or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A go that was left, or whose terminal was killed, and the time that its clock had come to (s)."""

    path: Path
    performance: Performance
    now: float


def unfinished(digest: str) -> Unfinished | None:
    """The latest go at a drill that has not ended."""
    for mark in sorted(folder().glob(f"*{GOING}"), reverse=True):
        with suppress(OSError, ValueError, TypeError, KeyError, DrillError):
            now = float(json.loads(mark.read_text(encoding="utf-8"))["now"])
            performance = read(mark.with_suffix(".json"))
            if performance.digest == digest:
                return Unfinished(mark.with_suffix(".json"), performance, now)
    return None


def note(scored: Scored) -> None:
    """Keeps a score; one that cannot be kept is no trouble."""
    with suppress(OSError):
        folder().mkdir(parents=True, exist_ok=True)
        with (folder() / "scores.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(scored), ensure_ascii=False) + "\n")


def scores() -> list[Scored]:
    """All scores, oldest first; lines that cannot be read are left out."""
    found = []
    with suppress(OSError):
        for line in (folder() / "scores.jsonl").read_text(encoding="utf-8").splitlines():
            with suppress(ValueError, TypeError):
                found.append(Scored(**json.loads(line)))
    return found


def best(among: Iterable[Scored], digest: str) -> Scored | None:
    """The best score at a drill."""
    mine = [one for one in among if one.digest == digest and one.points is not None]
    return max(mine, key=lambda one: (one.passed, one.points or 0.0), default=None)
