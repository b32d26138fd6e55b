"""The payroll: seconds that a team's people were paid for, and what they cost."""

from __future__ import annotations

import math
from collections.abc import Mapping

from core.scenario import Scenario
from core.units import HOUR


class Payroll:
    """Counts paid time by what an hour costs, so that sums stay exact however often it is asked."""

    def __init__(self) -> None:
        self._paid: dict[float, float] = {}
        """Seconds that people were paid for, by what an hour costs."""
        self._planned: Mapping[int, int] = {}
        """People on the rota now, by level; those on paid absence included."""
        self._since = 0.0
        """Up to when they have been paid (s)."""

    def configure(self, scenario: Scenario, team: str) -> None:
        """Takes the scenario's rates for time from now on (call `settle` first)."""
        usual = scenario.team[team].cost_per_hour
        rates = {-1: usual} | {number: usual if level.cost_per_hour is None else level.cost_per_hour
                               for number, level in enumerate(scenario.level.values())}
        self._rates = {level: rate + scenario.cost.tools_per_hour for level, rate in rates.items()}

    def plan(self, people: Mapping[int, int], now: float) -> None:
        """The rota has that many people of each level (-1: none) from `now` on."""
        self.settle(now)
        self._planned = people

    def settle(self, now: float) -> None:
        """Pays everybody on the rota up to `now`."""
        for level, people in self._planned.items():
            self.pay(level, people * (now - self._since))
        self._since = now

    def pay(self, level: int, seconds: float) -> None:
        """Pays for time of somebody of that level: overtime, or what the rota says."""
        rate = self._rates[level]
        self._paid[rate] = self._paid.get(rate, 0.0) + seconds

    @property
    def seconds(self) -> float:
        """Time paid for so far (s)."""
        return math.fsum(self._paid.values())

    @property
    def cost(self) -> float:
        """Money for it."""
        return math.fsum(seconds / HOUR * rate for rate, seconds in self._paid.items())
