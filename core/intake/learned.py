"""What some months of a call log say about any other: laws of handle time and patience, groups of queues, pace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from core.errors import IntakeError
from core.intake.call_log import CallLog
from core.intake.handling import AfterWork, HandleTime, fit_after_work, fit_handle_time, fit_pace
from core.intake.patience import Patience, fit_patience
from core.intake.queue_groups import QueueGroups, group_queues, slug
from core.intake.staffing import PASSED_OVER, agent_calls, left_in_hand

FEWEST = 200
"""Calls whose agent and handle time are known, under which nothing is learned."""
_OWN_LAW = 200
"""Calls (or callers who gave up) from which a queue has laws of its own."""


@dataclass(frozen=True)
class Learned:
    """What the months to fit say about any other month."""

    groups: QueueGroups
    topic_of: Mapping[str, str]
    """Topic of each queue."""
    group_of: Mapping[str, int]
    """Group of each topic."""
    handle: Mapping[str, HandleTime]
    """Handle time at average pace, by topic."""
    patience: Mapping[str, Patience]
    """By topic; those without one of their own have that of all calls, under ""."""
    after_work: AfterWork | None
    pace: Mapping[str, float]
    """Pace of each person by name: handle time against the average."""
    handle_mean: float
    """Mean handle time over all calls (s)."""
    in_hand: float
    """Time that a call in hand still takes on average (s)."""
    connecting: float
    """Shortest time in which calls are answered (s)."""
    passed_over: float = PASSED_OVER
    """How often a person must be passed over in a gap to count as away, see `core.intake.staffing`."""

    def topic(self, queue: str) -> str:
        """The topic of a queue, that of the first group's rest for a queue never seen."""
        return self.topic_of.get(queue, self._rest(0))

    def _rest(self, group: int) -> str:
        return f"rest-of-{self.groups.names[group]}"[:40]


def learn(log: CallLog) -> Learned:
    """Everything that carries over from one month to another.

    Raises:
        IntakeError: the log has too few calls that tell how long they took, and by whom.
    """
    telling = int(np.count_nonzero(~np.isnan(log.handle) & (log.agent >= 0)))
    if telling < FEWEST:
        raise IntakeError(f"{', '.join(log.files)}: {telling} of {len(log)} calls tell who took them and how long; at "
                          f"least {FEWEST} are needed to learn from")
    groups = group_queues(log)
    timed = ~np.isnan(log.handle)
    pace = fit_pace(log)
    steady = log.handle / np.where(log.agent >= 0, pace[log.agent], 1.0)
    calls = np.bincount(log.queue[timed], minlength=len(log.queues))
    topic_of, group_of, members = dict[str, str](), dict[str, int](), dict[str, list[int]]()
    for place, queue in enumerate(log.queues):
        group = next(number for number, queues in enumerate(groups.queues) if queue in queues)
        topic = f"queue-{slug(queue)}-{place}" if calls[place] >= _OWN_LAW else f"rest-of-{groups.names[group]}"[:40]
        topic_of[queue], group_of[topic] = topic, group
        members.setdefault(topic, []).append(place)
    for group, name in enumerate(groups.names):
        group_of.setdefault(f"rest-of-{name}"[:40], group)
    whole = steady[timed]
    handle, patience = dict[str, HandleTime](), dict[str, Patience]()
    for topic in group_of:
        rows = np.isin(log.queue, members.get(topic, []))
        times = steady[rows & timed]
        handle[topic] = fit_handle_time(times if len(times) >= _OWN_LAW else whole, knots=100, exact=True)
        gave_up = ~log.served[rows]
        if np.count_nonzero(gave_up) >= _OWN_LAW and (law := fit_patience(log.wait[rows], gave_up)):
            patience[topic] = law
    if overall := fit_patience(log.wait, ~log.served):
        patience[""] = overall
    order = agent_calls(log)
    waits = log.wait[log.served]
    return Learned(groups, topic_of, group_of, handle, patience, fit_after_work(log, order.rows, order.follows),
                   dict(zip(log.agents, pace.tolist(), strict=True)), float(log.handle[timed].mean()),
                   left_in_hand(log.handle[timed]), min(float(np.quantile(waits, 0.01)), 5.0))
