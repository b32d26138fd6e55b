"""Who calls again after giving up: only where the log knows its customers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.distributions import Law, Table
from core.intake.call_log import CallLog
from core.units import HOUR

WITHIN = 2 * HOUR
"""A call by the same customer so soon after giving up is a retry; later ones may be about something else."""


@dataclass(frozen=True)
class Retries:
    """Callers who gave up, are known by name, and called again."""

    share: float
    """Of those who gave up: how many called again within `WITHIN`, beyond those who would have called anyway."""
    delay: Law | None
    """How long they took."""
    gave_up: int
    """Callers with a known customer who gave up."""
    known: float
    """Share of all callers who gave up whose customer is known."""


def fit_retries(log: CallLog) -> Retries | None:
    """Retries of known customers; None where the log knows none, or too few gave up.

    The share of answered customers who call again as soon is taken off: people call for more than one reason.
    """
    rows = np.flatnonzero(log.customer >= 0)
    rows = rows[np.lexsort((log.received[rows], log.customer[rows]))]
    if len(rows) < 2:
        return None
    done = np.where(log.served[rows], log.ended[rows], log.left[rows])
    again = np.full(len(rows), np.inf)
    same = log.customer[rows][1:] == log.customer[rows][:-1]
    again[:-1][same] = (log.received[rows][1:] - done[:-1])[same]
    gave_up = ~log.served[rows]
    lost = int(np.count_nonzero(gave_up))
    if lost < 30:
        return None
    soon = (again >= 0.0) & (again <= WITHIN)
    anyway = soon[~gave_up].mean() if (~gave_up).any() else 0.0
    share = float(max(0.0, (soon[gave_up].mean() - anyway) / (1.0 - anyway)))
    delays = again[gave_up & soon]
    quantiles = np.quantile(delays, np.linspace(0.0, 1.0, 9)).round() if len(delays) else np.zeros(0)
    delay = Table(quantiles=tuple(quantiles.tolist())) if len(delays) else None
    return Retries(share, delay, lost, lost / int(np.count_nonzero(~log.served)))
