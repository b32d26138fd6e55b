"""What floors under the same chance have in common: the needs of a day, up to where people come in.

Plans that differ in their people alone have the same customers, who look for the same articles and talk to the same
bots: all that the tiers before the team make of a day is worked out once, and each floor goes on from a copy. So it is
the same run to the last digit, alone or beside others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from core.scenario import Scenario
from sim.contact import weakest
from sim.conversation import Block

_PEOPLE = {"title", "story", "source", "level", "shift", "team", "hire", "ramp", "strain", "attrition", "quality",
           "cost"}
"""Parts of a scenario of which the tiers before the team see nothing, but for what `_before_people` adds."""


class CommonDay:
    """The day that several floors of one seed and replication live through, one after the other."""

    def __init__(self) -> None:
        self._start = -1.0
        self._days: list[tuple[dict[str, Any], Block]] = []
        """What the day is to each kind of scenario."""

    def block(self, scenario: Scenario, start: float, make: Callable[[], Block]) -> Block:
        """The needs that arise in the day from `start` on (s), under a scenario that has been in force all the time.

        `make` makes them, unless they are known from a floor whose scenario is the same as far as they are concerned.
        """
        if start != self._start:
            self._start, self._days = start, []
        mine = _before_people(scenario)
        known = next((block for other, block in self._days if other == mine), None)
        if known is None:
            known = make()
            self._days.append((mine, known))
        return known.copy(scenario)


def _before_people(scenario: Scenario) -> dict[str, Any]:
    """All of a scenario that decides what becomes of needs before people have to do with them."""
    parts = {name: getattr(scenario, name) for name in type(scenario).model_fields if name not in _PEOPLE}
    return {**parts, "teams": list(scenario.team), "weakest": weakest(scenario)}
