"""Estimates with their uncertainty over replications: means, ratios of means, quantiles, paired differences.

A replication contributes a numerator and a denominator. A rate over many conversations is a ratio of means, not a
mean of ratios, which is noisier and biased (Law 2015, Simulation Modeling and Analysis, 9.4); its interval comes from
the linearised ratio. Intervals are two-sided Student t.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value and the half width of its interval, both in `unit`.

    `value` is None where there was nothing to measure, `half_width` where one replication cannot tell.
    """

    value: float | None
    half_width: float | None
    unit: str

    @property
    def interval(self) -> tuple[float, float] | None:
        """Low and high end, None where there is no interval."""
        if self.value is None or self.half_width is None:
            return None
        return self.value - self.half_width, self.value + self.half_width


def t_quantile(confidence: float, degrees: int) -> float:
    """Two-sided Student t quantile."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.5 + confidence / 2))


def _half_width(deviations: np.ndarray[tuple[int], np.dtype[np.float64]], confidence: float) -> float | None:
    """Half width of the mean of values whose deviations from it are given."""
    count = len(deviations)
    if count < 2:
        return None
    error = math.sqrt(math.fsum(deviations**2) / (count - 1) / count)
    return t_quantile(confidence, count - 1) * error


def ratio(numerators: ArrayLike, denominators: ArrayLike, unit: str, confidence: float = CONFIDENCE) -> Estimate:
    """Ratio of means over replications."""
    top, bottom = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)
    weight = math.fsum(bottom)
    if weight <= 0.0:
        return Estimate(None, None, unit)
    value = math.fsum(top) / weight
    half = _half_width(top - value * bottom, confidence)
    return Estimate(value, None if half is None else half / (weight / len(bottom)), unit)


def mean(values: ArrayLike, unit: str, confidence: float = CONFIDENCE) -> Estimate:
    """Mean over replications; those with nothing to measure (nan) are left out."""
    given = np.asarray(values, dtype=float)
    given = given[~np.isnan(given)]
    if not len(given):
        return Estimate(None, None, unit)
    value = math.fsum(given) / len(given)
    return Estimate(value, _half_width(given - value, confidence), unit)
