"""Quantiles of times in memory that does not grow: counts in bins half a percent wide."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core import elementary

_GROWTH = 0.005
_LOG_GROWTH = float(elementary.log(1.0 + _GROWTH))
_BINS = 3_400
"""Reaches 2.3e7 s, beyond eight months; what is longer falls into the last bin."""


class Histogram:
    """Counts of non-negative times (s). Bins are 5 ms wide at 0 and 0.5 % of the time further out."""

    __slots__ = ("counts",)

    def __init__(self, counts: NDArray[np.int64] | None = None):
        self.counts = np.zeros(_BINS, dtype=np.int64) if counts is None else counts

    def add(self, times: NDArray[np.float64]) -> None:
        """Counts each time in its bin."""
        if len(times):
            place = (elementary.log(1.0 + times) / _LOG_GROWTH).astype(np.int64)
            self.counts += np.bincount(np.minimum(place, _BINS - 1), minlength=_BINS)

    def quantile(self, share: float) -> float | None:
        """Time (s) that a `share` of the counted lies below; within a bin by straight line; None if empty."""
        total = int(self.counts.sum())
        if not total:
            return None
        reached = np.cumsum(self.counts)
        wanted = share * total
        place = int(np.searchsorted(reached, wanted))
        before = float(reached[place - 1]) if place else 0.0
        # Zero is a value of its own (answered at once): the first bin is not spread out.
        if place == 0:
            return 0.0
        within = (wanted - before) / float(self.counts[place])
        return float(elementary.exp((place + within) * _LOG_GROWTH)) - 1.0

    def __add__(self, other: Histogram) -> Histogram:
        return Histogram(self.counts + other.counts)
