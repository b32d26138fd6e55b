"""Which queues belong together, and who serves them.

A person has the skill for a queue when they take at least a fifth of the calls that their time on the phone would bring
if all calls were alike. Queues that the same people serve are one group; people with the same groups are one pool.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from core.intake.call_log import CallLog, Flags, Ints

SKILLED = 0.2
"""Share of the calls due by proportion from which a person is taken to have the skill."""
SAME = 0.9
"""Share of each queue's calls that must be taken by people with the other's skill for the two to be one group."""
SMALL_QUEUE = 0.05
"""Share of all calls under which a queue joins the group that fits it best."""
SMALL_POOL = 0.03
"""Share of all answered calls under which a pool joins the one whose skills are nearest."""


@dataclass(frozen=True)
class QueueGroups:
    """The queues of a log in groups, the group that everyone or nearly everyone serves first."""

    names: tuple[str, ...]
    """A name for each group that a scenario takes."""
    queues: tuple[tuple[str, ...], ...]
    """The queues of each group, busiest first."""

    def of(self, log: CallLog) -> Ints:
        """Group of each of the log's queues; a queue that is not in any is taken into the first."""
        place = {queue: group for group, queues in enumerate(self.queues) for queue in queues}
        return np.array([place.get(queue, 0) for queue in log.queues], dtype=np.int64)


@dataclass(frozen=True)
class Pools:
    """The people of a log by what they can do."""

    serves: Flags
    """Which groups the people of each pool serve, shape (pools, groups)."""
    pool: Ints
    """Pool of each agent, by position in the log's `agents`."""

    def name(self, pool: int, groups: QueueGroups) -> str:
        """What to call a pool: the groups that it serves."""
        served = [name for name, does in zip(groups.names, self.serves[pool], strict=True) if does]
        return "-".join(["agents", *(name.removeprefix("queue-") for name in served)])[:40]


def group_queues(log: CallLog, small: float = SMALL_QUEUE) -> QueueGroups:
    """Groups of queues by who takes their calls.

    Args:
        log: the calls.
        small: share of all calls under which a queue is no group of its own.
    """
    taken = _taken(log, log.queue, len(log.queues))
    skilled = _skilled(taken)
    calls = np.bincount(log.queue, minlength=len(log.queues)).astype(np.float64)
    busiest = np.argsort(-calls, kind="stable")
    large = [int(queue) for queue in busiest if calls[queue] >= small * calls.sum() and taken[:, queue].any()]
    groups: list[list[int]] = []
    for queue in large or [int(busiest[0])]:
        for group in groups:
            if all(min(_covered(taken, skilled, queue, other), _covered(taken, skilled, other, queue)) >= SAME
                   for other in group):
                group.append(queue)
                break
        else:
            groups.append([queue])
    people = [float(taken[skilled[:, group].any(axis=1)].sum()) for group in groups]
    for queue in map(int, busiest):
        if not any(queue in group for group in groups):
            # The most special group whose people take nearly all of its calls, else the one whose people take most.
            shares = [_covered(taken, skilled, queue, group[0]) for group in groups]
            fitting = [place for place, share in enumerate(shares) if share >= SAME]
            chosen = min(fitting, key=lambda place: people[place]) if fitting and taken[:, queue].any() \
                else int(np.argmax(shares))
            groups[chosen].append(queue)
    order = sorted(range(len(groups)), key=lambda place: -people[place])
    named = tuple(tuple(log.queues[queue] for queue in groups[place]) for place in order)
    return QueueGroups(_distinct([f"queue-{slug(queues[0])}" for queues in named]), named)


def pool_agents(log: CallLog, groups: QueueGroups, small: float = SMALL_POOL) -> Pools:
    """The log's people by the groups that they serve."""
    taken = _taken(log, groups.of(log)[log.queue], len(groups.names))
    skilled = _skilled(taken)
    calls = taken.sum(axis=1)
    patterns, pattern = np.unique(skilled, axis=0, return_inverse=True)
    weight = np.bincount(pattern, calls, len(patterns))
    kept = np.flatnonzero(weight >= small * weight.sum())
    if not len(kept):
        kept = np.array([int(np.argmax(weight))])
    share = taken.sum(axis=0) / max(taken.sum(), 1)
    # The nearest pool is the one that differs in the groups with the fewest calls.
    differ = np.array([[share[one != patterns[other]].sum() for other in kept] for one in patterns])
    nearest = kept[np.argmin(differ, axis=1)]
    order = sorted(kept.tolist(), key=lambda one: (int(patterns[one].sum()), -weight[one]))
    place = {one: number for number, one in enumerate(order)}
    pool = np.array([place[int(nearest[one])] for one in pattern.reshape(-1)], dtype=np.int64)
    serves = patterns[order]
    orphans = ~serves.any(axis=0)
    serves[:, orphans] = True  # a group that only rare specialists serve: better everyone than nobody
    return Pools(serves, pool)


def _taken(log: CallLog, kind: Ints, kinds: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Calls that each agent took of each kind."""
    rows = log.served & (log.agent >= 0)
    counts = np.zeros((len(log.agents), kinds))
    np.add.at(counts, (log.agent[rows], kind[rows]), 1.0)
    return counts


def _skilled(taken: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> Flags:
    """Who takes enough of a kind of call to be meant to."""
    due = taken.sum(axis=1, keepdims=True) * taken.sum(axis=0) / max(taken.sum(), 1.0)
    return np.asarray((taken >= np.maximum(SKILLED * due, 1.0)) & ((taken >= 3) | (due < 15)))


def _covered(taken: np.ndarray[tuple[int, int], np.dtype[np.float64]], skilled: Flags, queue: int, other: int) -> float:
    """Share of a queue's answered calls that people with the other's skill took."""
    calls = taken[:, queue]
    return float(calls[skilled[:, other]].sum() / calls.sum()) if calls.sum() else 0.0


def slug(name: str) -> str:
    """The name in the letters that a scenario's names are made of."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30] or "x"


def _distinct(names: list[str]) -> tuple[str, ...]:
    """The names with numbers behind those that would be there twice."""
    seen: dict[str, int] = {}
    out = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        out.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return tuple(out)
