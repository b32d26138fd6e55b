"""Routing: which team's queue a conversation joins, by which rule, and in which priority class."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from core.attributes import places
from core.scenario import Route, Scenario
from sim.conversation import Block, Flags, Ints
from sim.customers import keywords

UNPLACED = 5
"""Priority class of what no rule placed."""


@dataclass(frozen=True, slots=True)
class _Test:
    """One thing that a rule asks: whether a column's value is among the wanted ones."""

    column: str
    """Of `sim.conversation.Block`."""
    wanted: tuple[bool, ...]
    """By value; what has none (-1) is the last, and never wanted."""
    place: int = 0
    """For a digit of the attributes: what its step is worth; else 0."""

    def holds(self, value: int) -> bool:
        """Whether one conversation's value is wanted."""
        return self.wanted[value // self.place % (len(self.wanted) - 1) if self.place else value]

    def rows(self, block: Block) -> Flags:
        """Whether each row's value is wanted."""
        values: Ints = getattr(block, self.column)
        return np.array(self.wanted)[values // self.place % (len(self.wanted) - 1) if self.place else values]


@dataclass(frozen=True, slots=True)
class _Rule:
    """A routing rule in numbers."""

    team: int
    priority: int
    tests: tuple[_Test, ...]
    newer_than: float | None


class Routing:
    """The desk that sorts by rules: the first that matches decides; it knows what it is told, not what is true."""

    def __init__(self, scenario: Scenario):
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's rules for conversations that start from now on."""
        teams = list(scenario.team)
        self._rules = [self._rule(route, scenario, teams) for route in scenario.route]
        self._columns = {test.column for rule in self._rules for test in rule.tests}
        self._unplaced = 0 if scenario.routing.inbox is None else teams.index(scenario.routing.inbox)
        self._impact = np.array([segment.impact for segment in scenario.segment.values()])
        self._urgent_up, self._noticed_up = scenario.urgency.up, scenario.signals.up

    @staticmethod
    def _rule(route: Route, scenario: Scenario, teams: list[str]) -> _Rule:
        asked = (("told", route.topics, list(scenario.topic)), ("segment", route.segments, list(scenario.segment)),
                 ("channel", route.channels, list(scenario.channel)),
                 ("language", route.languages, list(scenario.language)),
                 ("keyword", route.keywords, keywords(scenario)))
        tests = [_Test(column, _among(wanted, known)) for column, wanted, known in asked if wanted]
        for (name, attribute), place in zip(scenario.attribute.items(), places(scenario), strict=True):
            if name in route.attributes:
                tests.append(_Test("attributes", _among(route.attributes[name], list(attribute.values)), place))
        return _Rule(teams.index(route.team), route.priority, tuple(tests), route.newer_than)

    def receive(self, block: Block) -> None:
        """Sends every conversation that is still open to a team."""
        count = len(block)
        team, priority = np.full(count, self._unplaced), np.full(count, UNPLACED)
        undecided = np.ones(count, dtype=bool)
        for number, rule in enumerate(self._rules):
            matches = undecided.copy()
            for test in rule.tests:
                matches &= test.rows(block)
            if rule.newer_than is not None:
                matches &= block.tenure < rule.newer_than
            team[matches], priority[matches], block.rule[matches] = rule.team, rule.priority, number
            undecided &= ~matches
        up = self._impact[block.segment] + self._urgent_up * block.urgent + self._noticed_up * block.noticed
        rows = block.open
        block.team[rows] = team[rows]
        block.priority[rows] = np.maximum(priority - up, 0)[rows]
        block.queued[rows] = np.where(np.isnan(block.queued), block.asked, block.queued)[rows]

    def desk(self, block: Block, row: int) -> tuple[int, int, int]:
        """Team, priority class and rule (-1: none) of one conversation that comes again: as it would be routed now."""
        team, priority, number = self._unplaced, UNPLACED, -1
        values = {column: int(getattr(block, column)[row]) for column in self._columns}
        for at, rule in enumerate(self._rules):
            for test in rule.tests:
                if not test.holds(values[test.column]):
                    break
            else:
                if rule.newer_than is None or block.tenure[row] < rule.newer_than:
                    team, priority, number = rule.team, rule.priority, at
                    break
        up = (self._impact[block.segment[row]] + self._urgent_up * int(block.urgent[row])
              + self._noticed_up * int(block.noticed[row]))
        return team, max(priority - int(up), 0), number


def _among(wanted: Collection[str], known: list[str]) -> tuple[bool, ...]:
    """Which of the known names are wanted, and one more for none of them."""
    return *(name in wanted for name in known), False
