"""Careers: who holds each place on a team's rota, since when, on which level; who leaves, and who comes for them.

A place is what the rota plans ("early/3", "hire/spring/2"); a person holds it until they leave. Whether somebody leaves
is drawn once for each person: an exponential amount of hazard that their days use up, strained days faster.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from core import elementary
from core.scenario import Scenario
from core.streams import Stream
from core.units import DAY

_YEAR = 365.0


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who works in a team."""

    key: str
    """The place they hold, and which in turn they are there: "early/3", "early/3#2"."""
    level: int = -1
    """Position of their level in the scenario, -1: none."""
    since: float = -math.inf
    """When their time on the job began (s)."""
    talent: float = 0.0
    """How much better their work is than that of others like them, log odds of a good mark."""


@dataclass(slots=True)
class _Place:
    """What becomes of one place on the rota."""

    person: Person | None
    """Who holds it; None: vacant."""
    comes: float = math.inf
    """When a vacant place has a person on the queue again (s)."""
    turn: int = 1
    hazard_left: float = math.inf


class Careers:
    """The people of one team over weeks and months."""

    def __init__(self, team: str, scenario: Scenario, seed: int, replication: int):
        self._team = team
        self._chance: Callable[[str], float] = lambda name: Stream(seed, replication, f"careers/{team}/{name}").at(0)
        self._places: dict[str, _Place] = {}
        self._day = 0
        self.hired = 0
        """People hired for leavers so far."""
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers; who is there stays."""
        self._settings, self._attrition = scenario.team[self._team], scenario.attrition
        self._hires = scenario.hire
        names = list(scenario.level)
        weights = [(names.index(name), weight) for name, weight in self._settings.levels.items() if weight > 0.0]
        self._levels = [position for position, _ in weights]
        self._shares = [weight for _, weight in weights]
        self._level_names = names

    @property
    def alike(self) -> bool:
        """Whether everybody is a tenured person without a level who never leaves."""
        return not (self._levels or self._attrition.yearly or self._settings.skill_spread or self._hires)

    def person(self, place: str) -> Person | None:
        """Who holds a place now; None: it is vacant."""
        if self.alike:
            return Person(place)
        return self._place(place).person

    def _place(self, name: str) -> _Place:
        found = self._places.get(name)
        if found is None:
            group = self._hires.get(name.split("/")[1]) if name.startswith("hire/") else None
            since = -math.inf if group is None else group.joins - group.trained
            found = self._places[name] = _Place(None)
            level = self._level(name)
            if group is not None and group.level is not None:
                level = self._level_names.index(group.level)
            self._fill(found, Person(name, level, since, self._talent(name)))
        return found

    def _fill(self, place: _Place, person: Person) -> None:
        place.person, place.comes = person, math.inf
        place.hazard_left = -elementary.log_of(self._chance(f"leaves/{person.key}"))

    def _talent(self, key: str) -> float:
        if self._settings.skill_spread == 0.0:
            return 0.0
        return self._settings.skill_spread * elementary.normal_quantile_of(self._chance(f"talent/{key}"))

    def _level(self, place: str) -> int:
        """The level of a place: the first n places of a shift hold each level as near to its share as n allows."""
        if not self._levels:
            return -1
        number = place.rpartition("/")[2]
        total, counts = math.fsum(self._shares), [0] * len(self._shares)
        chosen = 0
        for taken in range(1, (int(number) if number.isdigit() else 1) + 1):
            owed = [share / total * taken - count for share, count in zip(self._shares, counts, strict=True)]
            chosen = owed.index(max(owed))
            counts[chosen] += 1
        return self._levels[chosen]

    def turn_day(self, day: int, strain: Callable[[str], float]) -> None:
        """Midnight: people leave, successors come. `strain` tells what a person's strain adds to it, by key."""
        days, self._day = day - self._day, max(day, self._day)
        if self._attrition.yearly == 0.0 or days <= 0:
            return
        for name, place in self._places.items():
            if place.person is None:
                if place.comes <= day * DAY:
                    place.turn += 1
                    key = f"{name}#{place.turn}"
                    since = place.comes - self._attrition.training
                    self._fill(place, Person(key, self._level(name), since, self._talent(key)))
                continue
            place.hazard_left -= self._attrition.yearly / _YEAR * days * (1.0 + strain(place.person.key))
            if place.hazard_left <= 0.0:
                self._leaves(place, day * DAY)

    def _leaves(self, place: _Place, now: float) -> None:
        assert place.person is not None
        replaced = self._chance(f"replaced/{place.person.key}") < self._attrition.replaced
        place.person = None
        if replaced:
            self.hired += 1
            place.comes = now + self._attrition.lead_time + self._attrition.training

    def in_training(self, place: str, now: float) -> bool:
        """Whether the next person of a vacant place is already paid, and in training."""
        found = self._places.get(place)
        return found is not None and found.person is None and found.comes - self._attrition.training <= now
