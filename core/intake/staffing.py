"""Who was at work when: a log does not say it, so it is inferred from who took which call when.

A person is at work from a call to the end of the last one before a gap. A gap of more than ten minutes is time away;
so is a shorter one in which others who had become free later took calls that this person serves: calls go to whoever is
free longest, so somebody who is passed over, twice or more, is not there. People who are idle and never passed over
stay counted as there. Nothing here looks at waits or at callers who gave up: a day's staffing may be learned from the
same day that it is then used to predict.

Whoever goes off duty in the engine finishes the call in hand. In a log a stretch ends with the end of a call, so it is
shortened by the time that a call in hand still takes on average; not doing so would add some 7 % of capacity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.intake.call_log import CallLog, Flags, Floats, Ints
from core.units import DAY, MINUTE

GAP = 10 * MINUTE
"""Longest gap between two calls of somebody who is at work (s)."""
PASSED_OVER = 2
"""Calls that others who became free later took from somebody who is not there."""
_SETTLING = 8.0
"""Seconds after a call before others' calls are held against a person: wrap-up and connecting."""


@dataclass(frozen=True)
class Stretches:
    """Stretches at work in which people take new calls; what is in hand at the end is finished."""

    agent: Ints
    """Position in the log's `agents`."""
    start: Floats
    end: Floats

    def __len__(self) -> int:
        return len(self.agent)

    def where(self, rows: Flags) -> Stretches:
        """Some of them."""
        return Stretches(self.agent[rows], self.start[rows], self.end[rows])

    def hours(self) -> float:
        """All of them together, in hours."""
        return float((self.end - self.start).sum()) / 3600.0

    def at_work(self, edges: Floats) -> Floats:
        """Mean number of people at work between each edge (s) and the next."""
        total = np.zeros(len(edges))
        for sign, times in ((1.0, self.start), (-1.0, self.end)):
            # Person-seconds after `time`, up to each edge.
            order = np.sort(times)
            number = np.searchsorted(order, edges)
            sums = np.concatenate([[0.0], np.cumsum(order)])
            total += sign * (number * edges - sums[number])
        return np.asarray(np.diff(total) / np.diff(edges))


@dataclass(frozen=True)
class AgentCalls:
    """The answered calls in the order of each agent's day."""

    rows: Ints
    """Rows of the log, by agent and time."""
    follows: Flags
    """Whether the call before it is of the same agent on the same day."""
    gap: Floats
    """Time since that call ended (s); infinite for the first of a day."""


def agent_calls(log: CallLog) -> AgentCalls:
    """The log's answered calls whose agent and end are known, by agent and time."""
    known = np.flatnonzero((log.agent >= 0) & ~np.isnan(log.answered) & ~np.isnan(log.ended))
    rows = known[np.lexsort((log.answered[known], log.agent[known]))]
    agent, day = log.agent[rows], log.day[rows]
    follows = np.zeros(len(rows), dtype=bool)
    follows[1:] = (agent[1:] == agent[:-1]) & (day[1:] == day[:-1])
    gap = np.full(len(rows), np.inf)
    gap[1:][follows[1:]] = (log.answered[rows[1:]] - log.ended[rows[:-1]])[follows[1:]]
    return AgentCalls(rows, follows, gap)


def stretches(log: CallLog, serves: Flags, group: Ints, in_hand: float, passed_over: float = PASSED_OVER) -> Stretches:
    """Stretches at work, from who was passed over.

    Args:
        log: the calls.
        serves: which groups each agent serves, shape (agents, groups).
        group: group of each call.
        in_hand: time that a call in hand still takes on average (s), see `left_in_hand`.
        passed_over: calls that others who became free later took in a gap, from which somebody counts as away.
    """
    calls = agent_calls(log)
    here = calls.follows & (calls.gap <= GAP) & (_passed_over(log, calls, serves, group) < passed_over)
    return _joined(log, calls, here, in_hand)


def plain_stretches(log: CallLog) -> Stretches:
    """Stretches at work by gaps of ten minutes alone, from the first call's start to the last one's end."""
    calls = agent_calls(log)
    return _joined(log, calls, calls.follows & (calls.gap <= GAP), 0.0)


def left_in_hand(times: Floats) -> float:
    """Time (s) that a call in hand still takes on average, longer calls being met more often: E[h²] / 2 E[h]."""
    return float((times**2).mean() / (2.0 * times.mean()))


def _joined(log: CallLog, calls: AgentCalls, here: Flags, in_hand: float) -> Stretches:
    """One stretch for each run of calls between which the agent was there."""
    rows = calls.rows
    first = np.flatnonzero(~here)
    last = np.append(first[1:], len(rows)) - 1
    end = np.maximum(log.ended[rows[last]] - in_hand, log.answered[rows[last]])
    # A person's next stretch may have begun before this end: the log's seconds are whole, and some calls overlap.
    agent, start = log.agent[rows[first]], log.answered[rows[first]] - 1.0
    same = agent[1:] == agent[:-1]
    end[:-1] = np.where(same, np.minimum(end[:-1], start[1:]), end[:-1])
    whole = end > start
    return Stretches(agent[whole], start[whole], end[whole])


def _passed_over(log: CallLog, calls: AgentCalls, serves: Flags, group: Ints) -> Ints:
    """For each call in order: how often its agent was passed over in the gap before it."""
    rows = calls.rows
    answered, ended, agent = log.answered[rows], log.ended[rows], log.agent[rows]
    # Since when each call's own agent had been free; one who has just come counts as free since the call.
    free_since = np.where(calls.follows, np.concatenate([[0.0], ended[:-1]]), answered - 1.0)
    by_time = np.argsort(answered, kind="stable")
    times, since, groups = answered[by_time], free_since[by_time], group[rows][by_time]
    passed = np.zeros(len(rows), dtype=np.int64)
    gaps = np.flatnonzero(calls.follows & (calls.gap > 1.5 * _SETTLING) & (calls.gap <= GAP))
    froms = np.searchsorted(times, ended[gaps - 1] + _SETTLING)
    untils = np.searchsorted(times, answered[gaps] - 2.0)
    for gap, begin, end in zip(gaps.tolist(), froms.tolist(), untils.tolist(), strict=True):
        if begin < end:
            others = since[begin:end] > ended[gap - 1] + 5.0
            passed[gap] = np.count_nonzero(others & serves[agent[gap]][groups[begin:end]])
    return passed


def edges(first_day: int, last_day: int, every: float) -> Floats:
    """Ends of equal steps from the start of a day to the end of another (s)."""
    return np.arange(first_day * DAY, (last_day + 1) * DAY + every / 2, every)
