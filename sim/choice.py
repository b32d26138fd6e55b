"""Choosing among weighted things with one uniform number a row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def pick(weights: Floats, u: Floats) -> Ints:
    """For each column of weights (choices, rows), the choice that a uniform number falls on."""
    if len(weights) == 1:
        return np.zeros(len(u), dtype=np.int64)
    cumulative = np.cumsum(weights, axis=0)
    chosen: Ints = (u * cumulative[-1] >= cumulative[:-1]).sum(axis=0)
    return chosen


def pick_fixed(weights: Floats, u: Floats) -> Ints:
    """The choice that each uniform number falls on, for one set of weights."""
    cumulative = np.cumsum(weights)
    chosen: Ints = np.searchsorted(cumulative, u * cumulative[-1], side="right")
    return np.minimum(chosen, len(weights) - 1)
