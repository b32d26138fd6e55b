"""How long agents are taken up: handle-time laws, the pace of each person, and what follows after a call."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.distributions import Law, Lognormal, Table
from core.intake.call_log import CallLog, Flags, Floats, Ints

CLOSE = 0.05
"""A lognormal law this near the measured one (Kolmogorov-Smirnov distance) is written in place of it."""
LONGEST_WRAP_UP = 60.0
"""Seconds after a call within which an agent whom a caller awaits is back from after-call work, not from elsewhere."""
_PACE_CALLS = 60
"""Calls at average pace that a person's own calls are weighed against, so that few calls say little."""


@dataclass(frozen=True)
class HandleTime:
    """A handle-time law and how well it fits."""

    law: Law
    calls: int
    mean: float
    """Seconds."""
    cv: float
    """Standard deviation over mean."""
    lognormal_distance: float
    """Kolmogorov-Smirnov distance of the lognormal law of the same mean and cv."""
    distance: float
    """Kolmogorov-Smirnov distance of the law that was chosen."""


def fit_handle_time(times: Floats, knots: int = 40, exact: bool = False) -> HandleTime:
    """The law of handle times (s, at least one): lognormal where that is close, else as measured.

    Args:
        times: measured handle times.
        knots: steps of a measured law.
        exact: take the measured law in any case.
    """
    times = np.sort(np.maximum(times, 0.5))
    mean, cv = float(times.mean()), float(times.std() / times.mean())
    if len(times) < 10 or cv == 0.0:
        law = Lognormal(mean=round(mean, 1), cv=round(max(cv, 0.05), 2))
        return HandleTime(law, len(times), mean, cv, np.nan, np.nan)
    lognormal = Lognormal(mean=round(mean, 1), cv=round(cv, 3))
    measured = Table(quantiles=tuple(_mean_preserving(times, knots).tolist()))
    far, near = distance(times, lognormal), distance(times, measured)
    if far <= CLOSE and not exact:
        return HandleTime(lognormal, len(times), mean, cv, far, far)
    return HandleTime(measured, len(times), mean, cv, far, near)


def distance(times: Floats, law: Law) -> float:
    """Kolmogorov-Smirnov distance between sorted times and a law: the largest difference of probabilities."""
    steps = np.linspace(0.0, 1.0, 2001)[1:-1]
    quantiles = law.quantile(steps)
    upto = np.searchsorted(times, quantiles, side="right") / len(times)
    under = np.searchsorted(times, quantiles, side="left") / len(times)
    # Logs tell whole seconds: within such a step the law may be anywhere.
    return float(np.maximum(np.maximum(steps - upto, under - steps), 0.0).max())


def _mean_preserving(times: Floats, knots: int) -> Floats:
    """Quantiles at equal steps, whole seconds but for the last, which is where the straight joins keep the mean."""
    quantiles = np.quantile(times, np.linspace(0.0, 1.0, knots + 1)).round()
    inner = (quantiles[:-2] + quantiles[1:-1]).sum() / 2.0
    last = 2.0 * (times.mean() * knots - inner) - quantiles[-2]
    quantiles[-1] = max(round(last, 1), quantiles[-2])
    return np.asarray(quantiles)


def fit_pace(log: CallLog) -> Floats:
    """Each agent's handle time against the average on the same queues (1 is average), by position in `agents`."""
    rows = np.flatnonzero(~np.isnan(log.handle) & (log.agent >= 0))
    if not len(rows):
        return np.ones(len(log.agents))
    times, queue, agent = log.handle[rows], log.queue[rows], log.agent[rows]
    mean = float(times.mean())
    calls = np.bincount(queue, minlength=len(log.queues))
    usual = (np.bincount(queue, times, len(log.queues)) + 50 * mean) / (calls + 50)
    taken = np.bincount(agent, times, len(log.agents))
    due = np.bincount(agent, usual[queue], len(log.agents))
    return np.asarray((taken + _PACE_CALLS * mean) / (due + _PACE_CALLS * mean))


@dataclass(frozen=True)
class AfterWork:
    """Time between two calls of a person for whom a caller was waiting: wrap-up and the time it takes to connect."""

    law: Law
    gaps: int
    mean: float
    """Seconds."""


def fit_after_work(log: CallLog, order: Ints, follows: Flags) -> AfterWork | None:
    """The law of the gaps after which a call was taken that had been waiting when the gap began; None if there are few.

    Args:
        log: the calls.
        order: rows of calls by agent and time.
        follows: for each place in `order`: whether the call before it there is of the same agent and day.
    """
    before, after = order[:-1][follows[1:]], order[1:][follows[1:]]
    gap = log.answered[after] - log.ended[before]
    awaited = (log.received[after] <= log.ended[before]) & (gap >= 0.0) & (gap <= LONGEST_WRAP_UP)
    if np.count_nonzero(awaited) < 30:
        return None
    gaps = np.sort(gap[awaited])
    return AfterWork(Table(quantiles=tuple(_mean_preserving(gaps, 10).tolist())), len(gaps), float(gaps.mean()))
