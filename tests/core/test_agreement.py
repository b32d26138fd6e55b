"""Agreement of raters: published and hand-worked values."""

from __future__ import annotations

import numpy as np
import pytest

from core.agreement import krippendorff_alpha, weighted_kappa

NAN = float("nan")
KRIPPENDORFF = np.array([
    [1, 2, 3, 3, 2, 1, 4, 1, 2, NAN, NAN, NAN],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NAN, 3],
    [NAN, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NAN],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NAN]]) - 1.0
"""Four observers, twelve units: Krippendorff (2011), section E, where ordinal alpha is .815."""


def test_alpha_of_the_published_example() -> None:
    assert krippendorff_alpha(KRIPPENDORFF, 5) == pytest.approx(0.815, abs=0.0005)


def test_alpha_is_one_where_all_agree_and_none_where_all_gave_one_grade() -> None:
    assert krippendorff_alpha(np.array([[0.0, 1.0, 2.0], [0.0, 1.0, 2.0]]), 3) == pytest.approx(1.0)
    assert krippendorff_alpha(np.ones((3, 4)), 3) is None
    assert krippendorff_alpha(np.array([[0.0, NAN], [NAN, 1.0]]), 3) is None


def test_kappa_by_hand() -> None:
    """Seen: (0,0) (1,1) (2,2) (2,1). Squared distances sum to 1; by chance, with rows 1, 1, 2 and columns 1, 2, 1 of
    four: (2 x 1 + 1 x 4 + 1 x 1 + 1 x 1 + 2 x 4 + 4 x 1) / 4 = (2 + 4 + 1 + 1 + 8 + 4) / 4 = 5; kappa = 1 - 1/5.
    """
    assert weighted_kappa(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 1]), 3) == pytest.approx(0.8)


def test_kappa_tells_chance_and_the_opposite() -> None:
    reference = np.array([0, 1, 2] * 3)
    assert weighted_kappa(reference, reference, 3) == 1.0
    assert weighted_kappa(np.ones(9, dtype=np.int64), reference, 3) == pytest.approx(0.0)
    assert weighted_kappa(2 - reference, reference, 3) == pytest.approx(-1.0)
    assert weighted_kappa(np.ones(4, dtype=np.int64), np.ones(4, dtype=np.int64), 3) is None
