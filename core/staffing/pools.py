"""Pools: teams that take over from one another in time count together where a plan is worked out.

Where `general` overflows to `line-2` at once, those of line-2 are there for the calls of both: a formula that gave each
team people enough for its own calls alone would ask for far too many. What the people of some teams can answer bounds
what is answered of the queues that only they serve (Hall's condition), so a pool is such a set of queues with the
teams that serve them. As if these calls came first: an optimistic bound, as a starting point may be.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Pool:
    """Queues, and the teams whose people alone take conversations from them in time."""

    queues: tuple[str, ...]
    people: tuple[str, ...]


def pools(scenario: Scenario, teams: Iterable[str], within: float) -> list[Pool]:
    """The pools, smaller ones first: of any two, one holds the other or they have no queue in common.

    Args:
        scenario: the floor.
        teams: those that have people.
        within: wait (s) before which another team must take over for it to count.
    """
    names = [name for name in scenario.team if name in set(teams)]
    serving = {name: frozenset([name, *(other for other, after in scenario.team[name].overflow.items()
                                        if after < within and other in names)]) for name in names}
    candidates = {people: frozenset(queue for queue in names if serving[queue] <= people)
                  for people in [*serving.values(), *_linked(serving.values())]}
    kept: list[tuple[frozenset[str], frozenset[str]]] = []
    # The large ones first: what overlaps one that is kept without lying in it tells the least.
    for people, queues in sorted(candidates.items(), key=lambda item: (-len(item[1]), -len(item[0]))):
        if all(queues < other or not queues & other for other, _ in kept):
            kept.append((queues, people))
    return [Pool(tuple(name for name in names if name in queues), tuple(name for name in names if name in people))
            for queues, people in sorted(kept, key=lambda pool: len(pool[0]))]


def inside(pool: Pool, pools: Sequence[Pool]) -> list[Pool]:
    """The largest of the pools that lie in this one."""
    smaller = [other for other in pools if set(other.queues) < set(pool.queues)]
    return [one for one in smaller if not any(set(one.queues) < set(other.queues) for other in smaller)]


def _linked(groups: Iterable[frozenset[str]]) -> list[frozenset[str]]:
    """Groups that share a member, put together."""
    together: list[frozenset[str]] = []
    for group in groups:
        apart = [other for other in together if not other & group]
        together = [*apart, group.union(*(other for other in together if other & group))]
    return together
