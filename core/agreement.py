"""How far people who rate the same things agree: with a reference, and with each other. Pure functions.

Callers: review drills (`sim.drills.review`) and the table of a class. Ratings are grades 0, 1, 2 ...

References:
    Cohen, J. (1968). Weighted kappa: nominal scale agreement with provision for scaled disagreement or partial credit.
        Psychological Bulletin 70(4), 213-220. Weights here are the squared distance of the grades, with which kappa
        is an intraclass correlation: Fleiss, J. L. and Cohen, J. (1973), Educational and Psychological Measurement
        33(3), 613-619.
    Krippendorff, K. (2011). Computing Krippendorff's alpha-reliability. University of Pennsylvania, Annenberg School.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def weighted_kappa(given: Ints, reference: Ints, grades: int) -> float | None:
    """Cohen's weighted kappa, squared weights: 1 agrees throughout, 0 is as good as chance, below is worse.

    None where it has no meaning: nothing was rated, or both only ever gave one and the same grade.
    """
    if not len(given):
        return None
    seen = np.zeros((grades, grades))
    np.add.at(seen, (given, reference), 1.0)
    by_chance = np.outer(seen.sum(axis=1), seen.sum(axis=0)) / seen.sum()
    apart = (np.arange(grades)[:, None] - np.arange(grades)[None, :]) ** 2.0
    expected = float((apart * by_chance).sum())
    return 1.0 - float((apart * seen).sum()) / expected if expected > 0.0 else None


def krippendorff_alpha(ratings: Floats, grades: int) -> float | None:
    """Krippendorff's alpha for ordered grades: 1 is perfect agreement, 0 what chance would give.

    Args:
        ratings: shape (raters, units), nan where a rater did not rate a unit.
        grades: how many grades there are.

    Returns:
        None where nothing can be paired, or all ever gave one and the same grade.
    """
    counts = np.array([(ratings == grade).sum(axis=0) for grade in range(grades)], dtype=np.float64)
    counts = counts[:, counts.sum(axis=0) >= 2.0]
    raters = counts.sum(axis=0)
    coincidences = np.zeros((grades, grades))
    for unit, number in zip(counts.T, raters, strict=True):
        coincidences += (np.outer(unit, unit) - np.diag(unit)) / (number - 1.0)
    totals = coincidences.sum(axis=1)
    whole = totals.sum()
    if whole == 0.0:
        return None
    # The distance of two grades: the ratings from the one to the other, counting the ends half, squared.
    reach = np.cumsum(totals) - totals / 2.0
    apart = (reach[:, None] - reach[None, :]) ** 2.0
    expected = float((apart * np.outer(totals, totals)).sum()) / float(whole - 1.0)
    return 1.0 - float((apart * coincidences).sum()) / float(expected) if expected > 0.0 else None
