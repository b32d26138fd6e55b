"""Estimates with their uncertainty over replications: means, ratios of means, quantiles, paired differences.

A replication contributes a numerator and a denominator. A rate over many conversations is a ratio of means, not a
mean of ratios, which is noisier and biased (Law 2015, Simulation Modeling and Analysis, 9.4); its interval comes from
the linearised ratio. Intervals are two-sided Student t.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
CONFIDENCE = 0.95
ROUNDING = 1e-12
"""What is smaller than this, relative to the values it comes of, is rounding and no difference."""


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


@dataclass(frozen=True, slots=True)
class Difference:
    """What a change does to a metric, from pairs of replications under the same chance; in `unit`.

    `value` is None where there was nothing to measure, `error` where one pair cannot tell.
    """

    value: float | None
    error: float | None
    """Standard error."""
    degrees: int
    """Degrees of freedom of the error."""
    unit: str

    def estimate(self, confidence: float = CONFIDENCE) -> Estimate:
        """The difference with its interval."""
        if self.value is None or self.error is None:
            return Estimate(self.value, None, self.unit)
        half = t_quantile(confidence, self.degrees) * self.error if self.error else 0.0
        return Estimate(self.value, half, self.unit)

    @property
    def chance_above(self) -> float | None:
        """Probability that the true difference is above zero, nothing being known of it beforehand.

        One half where all pairs are equal.
        """
        if self.value is None or self.error is None:
            return None
        if self.error == 0.0:
            return 0.5 if self.value == 0.0 else float(self.value > 0.0)
        from scipy.special import stdtr

        return float(stdtr(self.degrees, self.value / self.error))


@dataclass(frozen=True, slots=True)
class Replicated:
    """A metric over replications: its value, and by how much each replication moves it.

    A deviation is the replication's influence on the value times the number of replications: the values themselves
    around their mean, or the linearised ratio; nan where the replication had nothing to measure. Subtracted pair by
    pair they give the error of a difference, whatever the estimator.
    """

    value: float | None
    deviations: Floats
    unit: str

    def estimate(self, confidence: float = CONFIDENCE) -> Estimate:
        """The value with its interval."""
        told = self.deviations[~np.isnan(self.deviations)]
        half = None if self.value is None else _half_width(told, confidence)
        if half is not None and half <= ROUNDING * abs(self.value or 0.0):
            half = 0.0
        return Estimate(self.value, half, self.unit)

    def minus(self, other: Replicated) -> Difference:
        """This less the other, replication by replication; those in which either has nothing to measure are left out.
        """
        if self.value is None or other.value is None:
            return Difference(None, None, 0, self.unit)
        moved = self.deviations - other.deviations
        moved = moved[~np.isnan(moved)]
        count = len(moved)
        if not count:
            return Difference(None, None, 0, self.unit)
        shift = math.fsum(moved) / count
        error = math.sqrt(math.fsum((moved - shift) ** 2) / (count - 1) / count) if count > 1 else None
        value = self.value - other.value + (shift if count < len(self.deviations) else 0.0)
        # Two that are equal but for the order in which their parts were added up are equal.
        rounding = ROUNDING * max(abs(self.value), abs(other.value))
        if abs(value) <= rounding and (error or 0.0) <= rounding:
            value, error = 0.0, None if error is None else 0.0
        return Difference(value, error, count - 1, self.unit)


def bonferroni(confidence: float, comparisons: int) -> float:
    """Confidence of each of several intervals so that all hold at once with `confidence`, whatever their dependence."""
    return 1.0 - (1.0 - confidence) / max(comparisons, 1)


def _half_width(deviations: Floats, confidence: float) -> float | None:
    """Half width of the mean of values whose deviations from it are given."""
    count = len(deviations)
    if count < 2:
        return None
    error = math.sqrt(math.fsum(deviations**2) / (count - 1) / count)
    return t_quantile(confidence, count - 1) * error


def replicated_ratio(numerators: ArrayLike, denominators: ArrayLike, unit: str) -> Replicated:
    """Ratio of means over replications."""
    top, bottom = np.asarray(numerators, dtype=float), np.asarray(denominators, dtype=float)
    weight = math.fsum(bottom)
    if weight <= 0.0:
        return Replicated(None, np.full(len(bottom), np.nan), unit)
    value = math.fsum(top) / weight
    return Replicated(value, (top - value * bottom) / (weight / len(bottom)), unit)


def replicated_mean(values: ArrayLike, unit: str) -> Replicated:
    """Mean over replications; those with nothing to measure (nan) are left out."""
    given = np.asarray(values, dtype=float)
    told = given[~np.isnan(given)]
    if not len(told):
        return Replicated(None, given, unit)
    value = math.fsum(told) / len(told)
    return Replicated(value, given - value, unit)


def ratio(numerators: ArrayLike, denominators: ArrayLike, unit: str, confidence: float = CONFIDENCE) -> Estimate:
    """Ratio of means over replications, with its interval."""
    return replicated_ratio(numerators, denominators, unit).estimate(confidence)


def mean(values: ArrayLike, unit: str, confidence: float = CONFIDENCE) -> Estimate:
    """Mean over replications, with its interval."""
    return replicated_mean(values, unit).estimate(confidence)
