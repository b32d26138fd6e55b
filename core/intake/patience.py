"""How long callers wait before they give up.

Estimated by Kaplan and Meier (1958): a caller who is answered after 30 s would have waited at least 30 s. The mean wait
of those who gave up is no estimate of it: the patient are answered before they can give up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.distributions import Exponential, Law, Table
from core.intake.call_log import Flags, Floats

AT_ONCE = 2.0
"""Seconds: who gives up before counts as leaving at the sight of the queue."""
_AT_RISK = 50
"""Callers who must still be waiting for the estimate to be trusted that far."""
_FEW = 30
"""Callers who gave up, under which the law is exponential."""


@dataclass(frozen=True)
class Patience:
    """Patience of the callers who had to wait."""

    law: Law
    leaves_at_once: float
    """Share who leave before it counts as waiting."""
    mean: float
    """Mean patience if it were exponential: all time waited over those who gave up (s)."""
    mean_of_abandoners: float
    """Mean wait of those who gave up (s): far too short, for comparison; nan where nobody did."""
    gave_up: int
    answered: int
    seen_upto: float
    """Longest wait that the estimate rests on (s); beyond it the law is exponential."""
    seen_share: float
    """Share of callers whose patience ends before that."""
    worst: float
    """Largest distance between the law and the estimate, as probability, where it was seen."""


def kaplan_meier(wait: Floats, gave_up: Flags) -> tuple[Floats, Floats, Floats]:
    """Times at which someone gave up (s), the share whose patience is longer, and how many were still waiting."""
    order = np.argsort(wait, kind="stable")
    times, first = np.unique(wait[order], return_index=True)
    waiting = (len(wait) - first).astype(np.float64)
    gone = np.add.reduceat(gave_up[order].astype(np.float64), first)
    outlast = np.asarray(np.cumprod(1.0 - gone / waiting), dtype=np.float64)
    events = gone > 0
    return times[events], outlast[events], waiting[events]


def fit_patience(wait: Floats, gave_up: Flags, knots: int = 24) -> Patience | None:
    """The patience law of calls with these waits (s); None where nobody ever gave up.

    Args:
        wait: until answered or given up.
        gave_up: who was not answered.
        knots: quantiles of the law.
    """
    lost = int(np.count_nonzero(gave_up))
    if not lost:
        return None
    mean = float(wait.sum()) / lost
    naive = float(wait[gave_up].mean())
    if lost < _FEW or mean <= 0.0:
        return Patience(Exponential(mean=max(mean, 0.001)), 0.0, mean, naive, lost, len(wait) - lost, 0.0, 0.0, np.nan)
    times, outlast, waiting = kaplan_meier(wait, gave_up)
    trusted = waiting >= _AT_RISK
    times, outlast = times[trusted], outlast[trusted]
    soon = times <= AT_ONCE
    at_once = float(1.0 - outlast[soon][-1]) if soon.any() else 0.0
    if soon.all():
        law: Law = Exponential(mean=max(mean, 0.001))
        return Patience(law, at_once, mean, naive, lost, len(wait) - lost, 0.0, at_once, np.nan)
    # Of those who do not leave at once: the share whose patience has ended by each time.
    later, ended = times[~soon], 1.0 - outlast[~soon] / (1.0 - at_once)
    upto, last = float(ended[-1]), float(later[-1])
    probabilities = np.linspace(0.0, upto, knots + 1)
    begin = AT_ONCE if at_once else 0.0
    quantiles = np.interp(probabilities, np.concatenate([[0.0], ended]), np.concatenate([[begin], later]))
    quantiles = np.maximum.accumulate(quantiles.round())
    if upto >= 1.0 - 1e-9:
        law = Table(quantiles=tuple(quantiles.tolist()))
    else:
        tail = float(round(_tail(wait, gave_up, last)))
        law = Table(quantiles=tuple(quantiles.tolist()), upto=round(upto, 4), tail=tail)
    by_law = np.interp(later, quantiles, probabilities)
    return Patience(law, at_once, mean, naive, lost, len(wait) - lost, last, upto, float(np.abs(by_law - ended).max()))


def _tail(wait: Floats, gave_up: Flags, last: float) -> float:
    """Mean patience left after a long wait: time waited beyond half of `last` over those who gave up there."""
    beyond = np.maximum(wait - last / 2.0, 0.0)
    events = int(np.count_nonzero(gave_up & (wait > last / 2.0)))
    return float(beyond.sum()) / max(events, 1)
