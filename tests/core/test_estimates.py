"""Estimates: intervals cover as often as they say, ratios of means are ratios of means."""

from __future__ import annotations

import numpy as np
import pytest

from core import estimates
from core.histogram import Histogram


def test_the_interval_of_a_mean_is_students() -> None:
    # mean 5, s = sqrt(2.5), n = 5, t(.975, 4) = 2.776445 (any table): 2.776445 * sqrt(2.5 / 5) = 1.963243
    found = estimates.mean([3.0, 4.0, 5.0, 6.0, 7.0], "s")
    assert found.value == 5.0
    assert found.half_width == pytest.approx(1.963243, abs=1e-6)
    assert found.interval == pytest.approx((3.036757, 6.963243), abs=1e-6)


def test_one_replication_has_no_interval_and_none_has_no_value() -> None:
    assert estimates.mean([2.0], "s").half_width is None
    assert estimates.mean([float("nan")], "s").value is None
    assert estimates.ratio([0.0, 0.0], [0.0, 0.0], "1").value is None


def test_a_ratio_is_of_the_means_and_not_the_mean_of_ratios() -> None:
    assert estimates.ratio([1.0, 90.0], [10.0, 100.0], "1").value == pytest.approx(91 / 110)


def test_the_interval_of_a_ratio_covers_as_often_as_it_says() -> None:
    rng = np.random.default_rng(8)
    covered = 0
    for _ in range(2_000):
        size = rng.poisson(200, 12) + 1
        found = estimates.ratio(rng.binomial(size, 0.3), size, "1")
        low, high = found.interval or (1.0, 0.0)
        covered += low <= 0.3 <= high
    # 95 % of 2,000 with a standard deviation of 9.7: three of them allowed.
    assert abs(covered - 1_900) < 30


def test_quantiles_from_the_histogram_lie_within_a_bin() -> None:
    times = np.random.default_rng(2).exponential(100.0, 200_000)
    histogram = Histogram()
    for part in np.split(times, 4):
        histogram.add(part)
    for share in (0.1, 0.5, 0.9, 0.99):
        assert histogram.quantile(share) == pytest.approx(np.quantile(times, share), rel=0.005, abs=0.005)


def test_those_answered_at_once_stay_at_zero() -> None:
    histogram = Histogram()
    histogram.add(np.array([0.0] * 60 + [30.0] * 40))
    assert histogram.quantile(0.5) == 0.0
    assert histogram.quantile(0.9) == pytest.approx(30.0, rel=0.005)
    assert Histogram().quantile(0.5) is None


def test_a_paired_difference_takes_out_what_the_pairs_share() -> None:
    # Differences 1, 2, 3: mean 2, s = 1, t(.975, 2) = 4.302653 (any table): 4.302653 / sqrt(3) = 2.484138
    found = estimates.replicated_mean([11.0, 52.0, 93.0], "s").minus(estimates.replicated_mean([10.0, 50.0, 90.0], "s"))
    assert found.value == pytest.approx(2.0)
    assert found.estimate().half_width == pytest.approx(2.484138, abs=1e-6)
    # t = 2 / (1 / sqrt(3)) = 3.464 with two degrees: P = 0.962910 (pt(3.4641, 2) in R).
    assert found.chance_above == pytest.approx(0.962910, abs=1e-6)


def test_a_pair_in_which_one_has_nothing_to_measure_is_left_out() -> None:
    found = estimates.replicated_mean([11.0, 52.0, float("nan")], "s").minus(
        estimates.replicated_mean([10.0, 50.0, 90.0], "s"))
    assert found.value == pytest.approx(1.5)
    assert found.degrees == 1


def test_what_differs_by_rounding_is_equal() -> None:
    found = estimates.replicated_mean([0.1 + 0.2, 0.3], "1").minus(estimates.replicated_mean([0.3, 0.3], "1"))
    assert (found.value, found.error, found.chance_above) == (0.0, 0.0, 0.5)
    assert estimates.replicated_ratio([0.1 + 0.2, 0.3], [1.0, 1.0], "1").estimate().half_width == 0.0


def test_several_intervals_hold_at_once_by_bonferroni() -> None:
    assert estimates.bonferroni(0.95, 1) == 0.95
    assert estimates.bonferroni(0.95, 5) == pytest.approx(0.99)
