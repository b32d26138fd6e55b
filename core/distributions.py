"""Service, patience and delay laws: each knows its mean, its variance and its quantiles.

A law is written in TOML as a table, `{ law = "lognormal", mean = "4m", cv = 1.1 }`; a bare duration, "4m", is
the constant law. The engine asks only for `quantile(u)`: draws are uniform numbers that a conversation owns,
so a change of a law moves each of its values smoothly and no other draw.

Times are rounded to `TICK`, a power of two just under a microsecond: sums and differences of such times are
exact in float64, so that waits add up to the last digit whatever the order of addition.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from core import elementary
from core.units import Duration, PositiveDuration, Ratio, Share

Array = NDArray[np.float64]

TICK = 2.0**-20
"""The engine's unit of time, seconds."""
TICKS = 1.0 / TICK
"""Ticks in a second."""


def on_ticks(times: Array) -> Array:
    """The times rounded to whole ticks."""
    return np.rint(times * TICKS) * TICK


def on_tick(time: float) -> float:
    """One time rounded to a whole tick; endless times stay so."""
    return math.floor(time * TICKS + 0.5) * TICK if math.isfinite(time) else time


def rounded(time: float) -> float:
    """One time rounded as `on_ticks` does, halves to the even tick; endless times stay so."""
    return round(time * TICKS) * TICK if math.isfinite(time) else time


class _Law(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def quantile(self, u: Array) -> Array:
        """The times (seconds, on ticks) that a share `u` of draws lies below; u strictly inside (0, 1)."""
        raise NotImplementedError

    def quantile_of(self, u: float) -> float:
        """The time (s) for one `u`: what `quantile` gives for it, to the last digit; much quicker for few of them."""
        return float(self.quantile(np.array([u]))[0])

    def moments(self) -> tuple[float, float]:
        """Mean (s) and variance (s²)."""
        raise NotImplementedError


class Constant(_Law):
    """Always the same time."""

    law: Literal["constant"] = "constant"
    mean: Duration
    """The time itself."""

    def quantile(self, u: Array) -> Array:
        return on_ticks(np.full_like(u, self.mean))

    def quantile_of(self, u: float) -> float:
        return rounded(self.mean)

    def moments(self) -> tuple[float, float]:
        return self.mean, 0.0


class Exponential(_Law):
    """Memoryless: the law under which Erlang's formulas are exact."""

    law: Literal["exponential"] = "exponential"
    mean: PositiveDuration
    """Mean time."""

    def quantile(self, u: Array) -> Array:
        return on_ticks(-self.mean * elementary.log(1.0 - u))

    def quantile_of(self, u: float) -> float:
        return rounded(-self.mean * elementary.log_of(1.0 - u))

    def moments(self) -> tuple[float, float]:
        return self.mean, self.mean**2


class Lognormal(_Law):
    """The usual shape of handle times (Brown et al. 2005)."""

    law: Literal["lognormal"] = "lognormal"
    mean: PositiveDuration
    """Mean time."""
    cv: Ratio = 1.0
    """Standard deviation over mean; handle times lie between 0.7 and 1.5."""

    @cached_property
    def _normal(self) -> tuple[float, float]:
        spread = float(elementary.log(1.0 + self.cv**2))
        return float(elementary.log(self.mean)) - spread / 2, math.sqrt(spread)

    def quantile(self, u: Array) -> Array:
        mu, sigma = self._normal
        return on_ticks(elementary.exp(mu + sigma * elementary.normal_quantile(u)))

    def quantile_of(self, u: float) -> float:
        mu, sigma = self._normal
        return rounded(elementary.exp_of(mu + sigma * elementary.normal_quantile_of(u)))

    def moments(self) -> tuple[float, float]:
        return self.mean, (self.cv * self.mean) ** 2


def quantile_of_each(laws: Sequence[Lognormal], which: NDArray[np.int64], u: Array) -> Array:
    """Each row's quantile (s) under the law that its position in `laws` names: what `quantile` gives, in one pass."""
    mu, sigma = np.array([law._normal for law in laws]).T
    return on_ticks(elementary.exp(mu[which] + sigma[which] * elementary.normal_quantile(u)))


class Gamma(_Law):
    """Between constant (cv 0.1) and wildly varying (cv 2), without lognormal's heavy tail."""

    law: Literal["gamma"] = "gamma"
    mean: PositiveDuration
    """Mean time."""
    cv: Annotated[Ratio, Field(le=5.0)] = 1.0
    """Standard deviation over mean."""

    def quantile(self, u: Array) -> Array:
        from scipy.special import gammaincinv

        if self.cv == 0.0:
            return on_ticks(np.full_like(u, self.mean))
        shape = 1.0 / self.cv**2
        return on_ticks(gammaincinv(shape, u) * (self.mean / shape))

    def moments(self) -> tuple[float, float]:
        return self.mean, (self.cv * self.mean) ** 2


class Table(_Law):
    """A measured law: its quantiles at equal steps of probability, joined by straight lines.

    `quantiles` run from probability 0 to `upto`; the rest, if any, is exponential beyond the last of them.
    """

    law: Literal["table"] = "table"
    quantiles: tuple[Duration, ...] = Field(min_length=2)
    """Times at equal steps of probability, never falling."""
    upto: Annotated[Share, Field(gt=0.0)] = 1.0
    """Probability that the last quantile stands for."""
    tail: Duration = 0.0
    """Mean time beyond the last quantile of those that get there; needed when `upto` is under 100%."""

    @model_validator(mode="after")
    def _in_order(self) -> Table:
        if any(b < a for a, b in zip(self.quantiles, self.quantiles[1:], strict=False)):
            raise ValueError("the quantiles must not fall")
        if self.upto < 1.0 and self.tail == 0.0:
            raise ValueError("`tail` must be given where `upto` is under 100%")
        return self

    @property
    def _knots(self) -> Array:
        # Not cached: two tables could not be compared any more, an array in a model has no truth value.
        return np.array(self.quantiles)

    def quantile(self, u: Array) -> Array:
        times = self._knots
        # Written out: numpy's interp is free to use fused operations.
        steps = len(times) - 1
        place = np.minimum(u * (steps / self.upto), steps)
        left = np.minimum(place.astype(np.int64), steps - 1)
        values = times[left] + (place - left) * (times[left + 1] - times[left])
        if self.upto < 1.0:
            beyond = u > self.upto
            values[beyond] = times[-1] - self.tail * elementary.log((1.0 - u[beyond]) / (1.0 - self.upto))
        return on_ticks(values)

    def moments(self) -> tuple[float, float]:
        times = self._knots
        a, b, share = times[:-1], times[1:], self.upto / (len(times) - 1)
        mean = float(((a + b) / 2).sum() * share)
        square = float(((a * a + a * b + b * b) / 3).sum() * share)
        rest, last = 1.0 - self.upto, float(times[-1])
        mean += rest * (last + self.tail)
        square += rest * (last**2 + 2 * last * self.tail + 2 * self.tail**2)
        return mean, square - mean**2


class Never(_Law):
    """It does not happen: endless patience."""

    law: Literal["never"] = "never"

    def quantile(self, u: Array) -> Array:
        return np.full_like(u, math.inf)

    def quantile_of(self, u: float) -> float:
        return math.inf

    def moments(self) -> tuple[float, float]:
        return math.inf, math.nan


def _from_text(given: Any) -> Any:
    if given == "never":
        return {"law": "never"}
    return {"law": "constant", "mean": given} if isinstance(given, str | int | float) else given


Law = Annotated[Constant | Exponential | Lognormal | Gamma | Table | Never,
                Field(discriminator="law"), BeforeValidator(_from_text)]
"""Any law; "4m" is constant, "never" is never."""
