"""Every exception that Flightdesk raises on purpose.

    FlightdeskError              exit code 2: the input cannot be used as it is
    ├── UnitError                a value such as "90 sekonds" that has no reading
    ├── ScenarioError            problems of a scenario or drill file, all of them (`.problems`)
    ├── InterventionError        a change of a key that is not there, or to a value it cannot take
    ├── UnknownNameError         a name to explain that nothing has
    ├── IntakeError              an export or call log that cannot be read as one
    ├── DrillError               what a drill does not allow; a play or a class that cannot be read
    ├── ExperimentError          plans that cannot be compared, a cluster that cannot be reached
    ├── SessionError             a live session that is not there, or whose log cannot be read
    └── StoreError               a run that is not in the store, or is damaged there

Everything else that escapes is a defect of ours and keeps its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class FlightdeskError(Exception):
    """Something the user can put right; its text says how."""


class UnitError(FlightdeskError, ValueError):
    """A quantity whose text has no reading, with what would be read."""


class InterventionError(FlightdeskError):
    """A key that the scenario does not have, or a value that the key cannot take."""


class UnknownNameError(FlightdeskError):
    """A name that no metric, key, word or column has, with the nearest."""


class SessionError(FlightdeskError):
    """A live session that is not there, or whose log cannot be read."""


class DrillError(FlightdeskError):
    """Something that a drill does not allow, a hand that cannot be dealt, a play or a class that cannot be read."""


class IntakeError(FlightdeskError):
    """A data file that is not what it was given as, or has too little in it to learn from."""


class ExperimentError(FlightdeskError):
    """Runs that cannot be made, or cannot be set beside each other."""


class StoreError(FlightdeskError):
    """A run that is not in the store, or is not what it was when it was stored."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a scenario: where it stands and what would be right.

    `line` is None where the file has no line for it; an invented line number is worse than none.
    """

    key: str
    what: str
    line: int | None = None
    given: str | None = None
    hint: str | None = None

    def text(self, file: str) -> str:
        """`file:line: key: what, given X; hint`, on one line."""
        place = file if self.line is None else f"{file}:{self.line}"
        given = "" if self.given is None else f", given {self.given}"
        hint = "" if self.hint is None else f"; {self.hint}"
        return f"{place}: {self.key}: {self.what}{given}{hint}"


class ScenarioError(FlightdeskError):
    """All problems of one scenario or drill file at once."""

    def __init__(self, file: str, problems: Iterable[Problem]):
        self.file = file
        self.problems = tuple(problems)
        super().__init__("\n".join(problem.text(file) for problem in self.problems))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None where none is close."""
    matches = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return matches[0] if matches else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`did you mean "x"?` for the nearest known name, else the list of what is allowed."""
    names = list(known)
    near = nearest(name, names)
    if near is not None:
        return f'did you mean "{near}"?'
    return "allowed: " + ", ".join(names) if names else "nothing is allowed here"
