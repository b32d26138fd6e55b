"""A scenario at a glance: how much comes in, how many people are planned, over the hours of a week.

Nothing is simulated: it is the plan. For the scenario browser and `flightdesk scenarios`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.scenario import Scenario
from core.units import DAY, HOUR
from sim.demand import intensity
from sim.opening import planned_people

HOURS = 7 * 24
LOOKS = 4
"""How often in an hour the people are counted: shifts begin at quarters."""


@dataclass(frozen=True, slots=True)
class Overview:
    """The plan of a week, hour by hour from Monday 00:00."""

    needs: NDArray[np.float64]
    """Needs expected in each hour, incidents left out."""
    people: NDArray[np.float64]
    """Most people that the plan has at work at once in each hour, `extra` left out."""
    teams: tuple[str, ...]
    """Names of the teams."""
    topics: tuple[str, ...]
    """Names of the topics."""
    channels: tuple[str, ...]
    """Names of the channels."""

    @property
    def needs_a_week(self) -> float:
        """Needs expected in a week."""
        return float(self.needs.sum())

    @property
    def most_people(self) -> int:
        """Most people planned at work at once."""
        return int(self.people.max())


def overview(scenario: Scenario) -> Overview:
    """The plan of a scenario's week."""
    edges = np.arange(25) * HOUR
    needs = []
    for weekday in range(7):
        plan = intensity(scenario, weekday)
        cumulative = plan.cumulative()
        needs.append(np.diff(np.interp(edges, np.linspace(0.0, DAY, len(cumulative)), cumulative)))
    counted = [planned_people(scenario, look * HOUR / LOOKS) for look in range(HOURS * LOOKS)]
    return Overview(np.concatenate(needs) * scenario.demand.level, np.array(counted).reshape(HOURS, LOOKS).max(axis=1),
                    tuple(scenario.team), tuple(scenario.topic), tuple(scenario.channel))
