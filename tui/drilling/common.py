"""What the verbs of `flightdesk drill` share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.drill.file import load_drill
from core.estimates import Estimate
from tui.present import value_and_error

if TYPE_CHECKING:
    from sim.drills.exercise import Exercise


def exercise_of(name: str) -> Exercise:
    """The floor drill of that name or file.

    Raises:
        FlightdeskError: where there is none, or it has problems, or is of another kind.
    """
    from sim.drills.exercise import Exercise

    return Exercise.of(load_drill(name))


def written(value: float | None, unit: str, currency: str) -> str:
    """A metric's value for people: 83.4 %, 11m20s, $120."""
    text, mark = value_and_error(Estimate(value, None, unit), currency)
    return f"{text} {mark}".strip()
