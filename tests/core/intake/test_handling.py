"""Handle-time laws, each person's pace, and the time between two calls."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.distributions import Lognormal, Table
from core.intake.call_log import read_call_log
from core.intake.handling import distance, fit_after_work, fit_handle_time, fit_pace
from core.intake.staffing import agent_calls
from tests.core.intake.synthetic import Truth, run, write_vanad


def test_lognormal_times_give_their_lognormal_back() -> None:
    sigma = np.sqrt(np.log(1 + 0.8**2))
    times = np.random.default_rng(1).lognormal(np.log(300) - sigma**2 / 2, sigma, 20_000).round()
    fit = fit_handle_time(times)
    assert isinstance(fit.law, Lognormal)
    assert fit.law.mean == pytest.approx(300, rel=0.02)
    assert fit.law.cv == pytest.approx(0.8, rel=0.05)
    assert fit.distance < 0.02


def test_times_of_two_kinds_are_kept_as_measured() -> None:
    """Half the calls take a minute, half ten: no lognormal comes near, a table of quantiles does."""
    rng = np.random.default_rng(2)
    times = np.where(rng.random(20_000) < 0.5, rng.normal(60, 5, 20_000), rng.normal(600, 30, 20_000)).round()
    fit = fit_handle_time(times)
    assert isinstance(fit.law, Table)
    assert fit.lognormal_distance > 0.1
    assert fit.distance < 0.03
    assert fit.law.moments()[0] == pytest.approx(times.mean(), rel=1e-3)


def test_the_distance_between_times_and_a_law() -> None:
    """Uniform times against the law that says twice as long: F and F/2 differ by 1/2 at most."""
    times = np.linspace(0.0, 100.0, 1001)
    assert distance(times, Table(quantiles=(0.0, 100.0))) < 0.002
    assert distance(times, Table(quantiles=(0.0, 200.0))) == pytest.approx(0.5, abs=0.002)


def test_the_pace_of_people_is_recovered(tmp_path: Path) -> None:
    """Every second person takes half as long again: paces 1.2 and 0.8 around the mean, and the rest by chance."""
    truth = Truth(days=tuple(range(20)), pace=1.5, people=((12, ("sales",)),))
    log = read_call_log([write_vanad(tmp_path / "log.csv", run(truth))])
    pace = fit_pace(log)
    slow = np.array([int(name.split("-")[1]) % 2 == 1 for name in log.agents])
    assert pace[slow].mean() / pace[~slow].mean() == pytest.approx(1.5, rel=0.12)  # less: few calls say little
    assert pace[slow].min() > pace[~slow].max()
    mean = np.average(pace, weights=np.bincount(log.agent[log.served]))
    assert mean == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("wrap_up", [5.0, 25.0])
def test_the_time_between_calls_when_somebody_waits_is_recovered(tmp_path: Path, wrap_up: float) -> None:
    log = read_call_log([write_vanad(tmp_path / "log.csv", run(Truth(days=tuple(range(5)), wrap_up=wrap_up)))])
    order = agent_calls(log)
    found = fit_after_work(log, order.rows, order.follows)
    assert found is not None
    assert found.mean == pytest.approx(wrap_up, abs=0.5)
    assert found.law.moments()[0] == pytest.approx(found.mean, abs=0.5)
