"""What floors under the same chance have in common: a day's needs, up to where people come in, and people's breaks.

Plans that differ in their people alone have the same customers, who look for the same articles and talk to the same
bots: all that the tiers before the team make of a day is worked out once, and each floor goes on from a copy. Whoever
works on both floors has the same breaks and spells away. So it is the same run to the last digit, alone or beside
others.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from core.scenario import Scenario
from sim.contact import weakest
from sim.conversation import Block

if TYPE_CHECKING:
    from sim.rota import Stint

_PEOPLE = {"title", "story", "source", "level", "shift", "team", "hire", "ramp", "strain", "attrition", "quality",
           "cost"}
"""Parts of a scenario of which the tiers before the team see nothing, but for what `_before_people` adds."""


class CommonDay:
    """The day that several floors of one seed and replication live through, one after the other."""

    def __init__(self) -> None:
        self._start = -1.0
        self._days: list[tuple[dict[str, Any], Block]] = []
        """What the day is to each kind of scenario."""
        self._stints: dict[tuple[str, str, float, float], tuple[tuple[object, ...], Stint]] = {}

    def block(self, scenario: Scenario, start: float, make: Callable[[], Block]) -> Block:
        """The needs that arise in the day from `start` on (s), under a scenario that has been in force all the time.

        `make` makes them, unless they are known from a floor whose scenario is the same as far as they are concerned.
        """
        if start != self._start:
            self._start, self._days, self._stints = start, [], {}
        mine = _before_people(scenario)
        known = next((block for other, block in self._days if other == mine), None)
        if known is None:
            known = make()
            self._days.append((mine, known))
        return known.copy(scenario)

    def stint(self, key: tuple[str, str, float, float], settings: tuple[object, ...],
              make: Callable[[], Stint]) -> Stint:
        """A stint of the day with what happens in it, by team, place, start and end.

        `make` makes it, unless it is known from a floor with equal settings.
        """
        known = self._stints.get(key)
        if known is None or known[0] != settings:
            known = self._stints[key] = settings, make()
        return known[1]


def _before_people(scenario: Scenario) -> dict[str, Any]:
    """All of a scenario that decides what becomes of needs before people have to do with them."""
    parts = {name: getattr(scenario, name) for name in type(scenario).model_fields if name not in _PEOPLE}
    return {**parts, "teams": list(scenario.team), "weakest": weakest(scenario)}
