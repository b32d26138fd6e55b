"""Small scenarios for tests of single rooms: everything neutral but what is given."""

from __future__ import annotations

from typing import Any

from core.records import Records
from core.scenario import Scenario
from core.units import WRITTEN
from sim.floor import Floor

DAY, HOUR, MINUTE = 86_400.0, 3_600.0, 60.0


def scenario(**parts: Any) -> Scenario:
    """A day of a call a minute for ten people who need five minutes each, changed by whole tables."""
    plain: dict[str, Any] = {
        "length": "1d", "demand": {"rate": "1/m"}, "topic": {"all": {"handle_time": "5m"}},
        "team": {"all": {"agents": 10}}}
    return Scenario.model_validate(plain | parts, context=WRITTEN)


def run(**parts: Any) -> Records:
    """The records of that day."""
    given = scenario(**parts)
    floor = Floor(given, seed=1)
    floor.advance(given.length)
    return floor.records()


def measures(**parts: Any) -> dict[str, float]:
    """The metrics of that day, those that there is something to measure of."""
    given = scenario(**parts)
    floor = Floor(given, seed=1)
    floor.advance(given.length)
    return {name: value for name, value in floor.measures().items() if value is not None}
