"""What a CSAT, or a difference of two, is made of: parts by driver and by cohort that add up exactly.

A rated conversation with baseline b and driver contributions c_k has the score s = b + sum c_k and is satisfied with
chance p(s), the logistic function. Walking straight from b to s, driver k brings (Aumann and Shapley 1974, Values of
Non-Atomic Games; the logistic has a closed form)

    c_k x (p(s) - p(b)) / (s - b),        and where s = b, c_k x p(b) (1 - p(b))

so p(s) is p(b) plus these, row by row, and a mean over rows is too. What the drawn ratings have beyond their chances
is named `chance`. Sums over rows (`DriverSums`) are carried block by block beside the tally of a run; the parts of a
difference (`split`, `split_cohorts`) follow from them, with intervals from replications.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add

import numpy as np
from numpy.typing import NDArray

from core import elementary, estimates
from core.estimates import Estimate
from core.records import Flags, Ints
from core.satisfaction import CONTROLLED, DRIVERS, Amounts, Array, contributions, csat_controlled, csat_probability
from core.scenario import Satisfaction

PARTS = ("baseline", *DRIVERS, "chance")
"""What a CSAT is made of, in order."""

_COLUMNS = ("rows", "satisfied", "baseline", *DRIVERS, "handled", "controlled")
_AT = {name: at for at, name in enumerate(_COLUMNS)}
_SMALL = 1e-4
"""Distance from the baseline under which the slope is the derivative half way: off by less than 1e-13."""


def shares(drivers: Amounts, effects: Satisfaction) -> dict[str, Array]:
    """What each driver adds to the chance of a rating of 4 or 5; with that of the baseline they sum to it."""
    added = contributions(drivers, effects)
    distance = reduce(add, added.values())
    start = elementary.logistic_of(effects.baseline)
    near = np.abs(distance) < _SMALL
    slope = (csat_probability(effects.baseline + distance) - start) / np.where(near, 1.0, distance)
    middle = csat_probability(effects.baseline + distance[near] / 2.0)
    slope[near] = middle * (1.0 - middle)
    return {name: amount * slope for name, amount in added.items()}


class DriverSums:
    """Sums over rated conversations of what their satisfaction is made of, by cohort; sums of parts of a run add up.

    A cohort is a combination of the names along the dimensions, such as topic, segment, channel and level.
    """

    def __init__(self, dimensions: Mapping[str, Sequence[str]], cells: NDArray[np.float64] | None = None):
        self.dimensions = {name: tuple(names) for name, names in dimensions.items()}
        """Names along each dimension, by position; the rows have one more for none of them (-1)."""
        shape = (*(len(names) + 1 for names in self.dimensions.values()), len(_COLUMNS))
        self._cells = np.zeros(shape) if cells is None else cells

    def add(self, drivers: Amounts, effects: Satisfaction, rated: Flags, satisfied: Flags, handled: Flags,
            cohorts: Mapping[str, Ints]) -> None:
        """Adds the rated conversations among some rows.

        Args:
            drivers: amounts by driver, as `core.satisfaction.exposure` gives them.
            effects: the coefficients that held for these rows.
            rated: which rows count.
            satisfied: whether the rating is 4 or 5.
            handled: whether a person closed it.
            cohorts: position along each dimension, -1 for none.
        """
        drivers = {name: amount[rated] for name, amount in drivers.items()}
        satisfied, handled = satisfied[rated], handled[rated]
        cohorts = {name: at[rated] for name, at in cohorts.items()}
        shape = self._cells.shape[:-1]
        where = np.zeros(len(satisfied), dtype=np.int64)
        for size, name in zip(shape, self.dimensions, strict=True):
            at = cohorts[name]
            where = where * size + np.where(at < 0, size - 1, at)
        count = math.prod(shape)

        def put(name: str, values: Array | None) -> None:
            summed = np.bincount(where, values, count)
            self._cells[..., _AT[name]] += summed.reshape(shape)

        put("rows", None)
        put("satisfied", satisfied.astype(np.float64))
        put("handled", handled.astype(np.float64))
        put("controlled", csat_controlled(drivers, effects) * handled)
        put("baseline", np.full(len(where), elementary.logistic_of(effects.baseline)))
        for name, values in shares(drivers, effects).items():
            put(name, values)

    def __add__(self, other: DriverSums) -> DriverSums:
        if self.dimensions != other.dimensions:
            raise ValueError(f"sums over {self.dimensions} and over {other.dimensions} do not add up")
        return DriverSums(self.dimensions, self._cells + other._cells)

    def copy(self) -> DriverSums:
        """Equal sums that can be added to."""
        return DriverSums(self.dimensions, self._cells.copy())

    def total(self, column: str) -> float:
        """A sum over all cohorts: `rows`, `satisfied`, `baseline`, a driver, `handled`, `controlled`."""
        return float(self._cells[..., _AT[column]].sum())

    def by(self, dimension: str) -> dict[str, NDArray[np.float64]]:
        """Rows and parts (see `PARTS`), summed, of each cohort along one dimension that has any; "" is none of them."""
        axis = list(self.dimensions).index(dimension)
        others = tuple(at for at in range(self._cells.ndim - 1) if at != axis)
        sums = self._cells.sum(axis=others)
        names = (*self.dimensions[dimension], "")
        return {name: _parts(row) for name, row in zip(names, sums, strict=True) if row[0] > 0}

    def parts(self) -> NDArray[np.float64]:
        """Rows, then what is summed of each of `PARTS`."""
        return _parts(self._cells.reshape(-1, len(_COLUMNS)).sum(axis=0))


def _parts(columns: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows, baseline, drivers and chance, which is what the ratings have beyond the rest."""
    made = columns[_AT["baseline"]:_AT["handled"]]
    return np.array([columns[0], *made, columns[_AT["satisfied"]] - made.sum()])


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a difference of CSAT."""

    name: str
    """baseline (effects differ), a driver, or chance (ratings beyond what was to be expected)."""
    points: Estimate
    """What it adds to the difference, as a fraction; the half width from pairs of replications."""
    controlled: bool
    """Whether the person who took the conversation controls it."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """What one cohort adds to a difference of CSAT."""

    name: str
    """Its name along the dimension, "" for none of them."""
    share: tuple[float, float]
    """Share of the rated conversations, reference and other."""
    csat: tuple[float | None, float | None]
    """CSAT, reference and other; None where it has no conversations."""
    points: Estimate
    """What its own change of CSAT adds to the difference."""
    drivers: Mapping[str, float]
    """The same by part (`PARTS`); they sum to it."""


@dataclass(frozen=True, slots=True)
class CohortSplit:
    """A difference of CSAT by cohort: their points and the mix sum to it."""

    cohorts: tuple[Cohort, ...]
    mix: Estimate
    """What comes from more conversations of satisfied cohorts, or fewer."""
    difference: Estimate


def _means(sums: Sequence[DriverSums]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The parts of the CSAT of all replications together, and how each replication moves them."""
    each = np.array([one.parts() for one in sums])
    weight = each[:, 0].mean()
    if weight == 0.0:
        return np.full(len(PARTS), np.nan), np.full((len(sums), len(PARTS)), np.nan)
    mean = each[:, 1:].mean(axis=0) / weight
    return mean, (each[:, 1:] - mean * each[:, :1]) / weight


def _estimate(value: float, moves: NDArray[np.float64], confidence: float) -> Estimate:
    """The value, with the half width of a mean whose replications lie that far from it."""
    if math.isnan(value):
        return Estimate(None, None, "1")
    return Estimate(value, estimates.mean(moves, "1", confidence).half_width, "1")


def composition(sums: Sequence[DriverSums], confidence: float = estimates.CONFIDENCE) -> tuple[Part, ...]:
    """What the CSAT of replications is made of; the parts sum to it."""
    mean, moves = _means(sums)
    return tuple(Part(name, _estimate(float(mean[at]), moves[:, at], confidence), name in CONTROLLED)
                 for at, name in enumerate(PARTS))


def split(reference: Sequence[DriverSums], other: Sequence[DriverSums],
          confidence: float = estimates.CONFIDENCE) -> tuple[Part, ...]:
    """What the CSAT of `other` has beyond that of `reference`, by part; the parts sum to the difference.

    Replications are pairs (the same seed and number), so that what both met with cancels in the half widths.
    """
    _check_pairs(reference, other)
    (before, moves_before), (after, moves_after) = _means(reference), _means(other)
    moves = moves_after - moves_before
    return tuple(Part(name, _estimate(float(after[at] - before[at]), moves[:, at], confidence), name in CONTROLLED)
                 for at, name in enumerate(PARTS))


def split_cohorts(reference: Sequence[DriverSums], other: Sequence[DriverSums], dimension: str,
                  confidence: float = estimates.CONFIDENCE) -> CohortSplit:
    """The same difference by cohort along one dimension, and what the mix of cohorts adds.

    A cohort's own change counts with the mean of its two shares, the change of its share with the mean of its two
    CSATs (Kitagawa 1955, JASA 50). One that is on one side alone has changed its share only.
    """
    _check_pairs(reference, other)
    sides = [[one.by(dimension) for one in sums] for sums in (reference, other)]
    names = list(dict.fromkeys(name for side in sides for one in side for name in one))
    nothing = np.zeros(len(PARTS) + 1)
    table = np.array([[[one.get(name, nothing) for name in names] for one in side] for side in sides])
    if not names or not table[..., 0].sum(axis=(1, 2)).all():
        return CohortSplit((), *[Estimate(None, None, "1")] * 2)

    def own_and_mix(rows: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> NDArray[np.float64]:
        own, mix = _kitagawa(rows(table[0]), rows(table[1]))
        return np.array([*own.sum(axis=1), mix, own.sum() + mix])

    whole = own_and_mix(lambda side: side.sum(axis=0))
    count = table.shape[1]
    # Jackknife: what leaving one pair of replications out changes.
    moves = np.zeros((count, len(whole)))
    if count > 1:
        without = np.array([own_and_mix(lambda side, at=at: side.sum(axis=0) - side[at])  # type: ignore[misc]
                            for at in range(count)])
        moves = (count - 1) * (whole - without)
    points = [_estimate(float(value), moves[:, at], confidence) for at, value in enumerate(whole)]
    before, after = table.sum(axis=1)
    own, _ = _kitagawa(before, after)
    cohorts = tuple(
        Cohort(name, (float(before[at, 0] / before[:, 0].sum()), float(after[at, 0] / after[:, 0].sum())),
               (_csat(before[at]), _csat(after[at])), points[at], dict(zip(PARTS, own[at].tolist(), strict=True)))
        for at, name in enumerate(names))
    return CohortSplit(cohorts, points[-2], points[-1])


def _check_pairs(reference: Sequence[DriverSums], other: Sequence[DriverSums]) -> None:
    if not reference or len(reference) != len(other):
        raise ValueError(f"replications come in pairs, given {len(reference)} and {len(other)}")


def _csat(sums: NDArray[np.float64]) -> float | None:
    return float(sums[1:].sum() / sums[0]) if sums[0] > 0 else None


def _kitagawa(before: NDArray[np.float64],
              after: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Own changes by cohort and part, and the mix, from the sums of each cohort (rows first)."""
    rows = np.array([before[:, 0], after[:, 0]])
    share = rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-300)
    means = np.array([before[:, 1:], after[:, 1:]]) / np.maximum(rows, 1.0)[..., None]
    for here, there in ((0, 1), (1, 0)):
        absent = rows[here] == 0
        means[here, absent] = means[there, absent]
    own = share.mean(axis=0)[:, None] * (means[1] - means[0])
    mix = ((share[1] - share[0]) * means.mean(axis=0).sum(axis=1)).sum()
    return own, float(mix)
