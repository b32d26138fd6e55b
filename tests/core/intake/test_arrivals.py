"""The mean week, busyness beyond chance, and days that tell nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from core.intake.arrivals import fit_arrivals
from core.intake.call_log import CallLog, read_call_log
from tests.core.intake.synthetic import Call, Truth, run, write_vanad

WORKDAYS = [week * 7 + day for week in range(26) for day in range(5)]


def log_of(tmp_path: Path, days: Sequence[int], cv: float = 0.0) -> CallLog:
    """60 calls an hour from 9 to 17, each answered at once."""
    rng, calls = np.random.default_rng(1), []
    for day in days:
        busy = rng.gamma(1 / cv**2, cv**2) if cv else 1.0
        times = np.floor(day * 86_400 + rng.uniform(9 * 3600, 17 * 3600, rng.poisson(480 * busy)))
        calls += [Call(time, "sales", "ann", time, None, time + 60) for time in np.sort(times)]
    return read_call_log([write_vanad(tmp_path / "log.csv", calls)])


def test_the_mean_week_is_recovered(tmp_path: Path) -> None:
    arrivals = fit_arrivals(log_of(tmp_path, WORKDAYS[:60]))
    open_hours = arrivals.week[:5, 9:17]
    assert open_hours.mean() == pytest.approx(60.0, abs=3.3 * np.sqrt(60.0 / 480))
    assert arrivals.week[:, :9].sum() == arrivals.week[5:].sum() == 0.0
    assert arrivals.days_seen.tolist() == [12, 12, 12, 12, 12, 0, 0]


@pytest.mark.parametrize(("cv", "low", "high"), [(0.0, 0.0, 0.03), (0.2, 0.16, 0.24)])
def test_busyness_beyond_chance_is_recovered(tmp_path: Path, cv: float, low: float, high: float) -> None:
    """130 days of some 480 calls: a standard deviation of 130 values has a relative error of 1/√260, 6 %."""
    arrivals = fit_arrivals(log_of(tmp_path, WORKDAYS, cv))
    assert low <= arrivals.busyness_cv <= high
    # Hours of a day share its busyness: variance / mean is 1 + cv² × mean.
    assert arrivals.dispersion == pytest.approx(1 + cv**2 * 60, rel=0.25)


def test_a_day_without_calls_and_a_holiday_are_not_counted(tmp_path: Path) -> None:
    days = [day for day in WORKDAYS[:20] if day != 8]
    calls = run(Truth(calls_per_hour=60.0, days=days))
    calls = [call for call in calls if not (15 * 86_400 <= call.received < 15 * 86_400 + 16 * 3600)]  # a morning off
    arrivals = fit_arrivals(read_call_log([write_vanad(tmp_path / "log.csv", calls)]))
    assert arrivals.empty == (8,)
    assert arrivals.thin == (15,)
    assert arrivals.week[1, 9:17].mean() == pytest.approx(60.0, rel=0.1)
