"""Each law's quantiles against SciPy's, its moments against its own quantiles, its text against its table."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from scipy import stats

from core.distributions import TICK, Constant, Exponential, Gamma, Law, Lognormal, Never, Table, on_ticks
from core.units import WRITTEN
from tests.strategies import laws

GRID = (np.arange(200_000) + 0.5) / 200_000
"""Midpoints of equal steps of probability: their mean of a quantile function is its integral."""


class Box(BaseModel):
    law: Law


def read(given_: Any) -> Any:
    return Box.model_validate({"law": given_}, context=WRITTEN).law


@pytest.mark.parametrize(("law", "reference"), [
    (Exponential(mean=240.0), stats.expon(scale=240.0)),
    (Lognormal(mean=240.0, cv=1.1), stats.lognorm(math.sqrt(math.log(1 + 1.1**2)),
                                                  scale=240.0 / math.sqrt(1 + 1.1**2))),
    (Gamma(mean=240.0, cv=0.5), stats.gamma(4.0, scale=60.0)),
    (Gamma(mean=240.0, cv=2.0), stats.gamma(0.25, scale=960.0)),
    (Table(quantiles=(0.0, 240.0)), stats.uniform(0.0, 240.0)),
])
def test_quantiles_are_those_of_scipy(law: Any, reference: Any) -> None:
    u = np.array([1e-9, 1e-4, 0.01, 0.25, 0.5, 0.75, 0.99, 0.9999, 1 - 1e-9])
    assert law.quantile(u) == pytest.approx(reference.ppf(u), rel=1e-12, abs=TICK)


@pytest.mark.parametrize("law", [
    Constant(mean=240.0), Exponential(mean=240.0), Lognormal(mean=240.0, cv=0.7), Gamma(mean=240.0, cv=0.5),
    Gamma(mean=240.0, cv=0.0), Lognormal(mean=240.0, cv=0.0), Table(quantiles=(0.0, 60.0, 90.0, 600.0)),
    Table(quantiles=(10.0, 60.0, 200.0), upto=0.8, tail=300.0),
])
def test_moments_are_those_of_the_quantiles(law: Any) -> None:
    mean, variance = law.moments()
    times = law.quantile(GRID)
    # The midpoint rule misses a little of the tail; 0.2 % of a variance is what it leaves here.
    assert times.mean() == pytest.approx(mean, rel=1e-4)
    assert times.var() == pytest.approx(variance, rel=2e-3, abs=1e-9)


@given(laws())
def test_quantiles_never_fall_are_never_negative_and_lie_on_ticks(law: Any) -> None:
    times = law.quantile(GRID[::500])
    assert (np.diff(times) >= 0).all()
    assert times[0] >= 0
    assert (times == on_ticks(times)).all()
    assert (times / TICK == np.rint(times / TICK)).all()


@given(laws(), st.lists(st.floats(0.001, 0.999), min_size=1, max_size=5))
def test_a_draw_does_not_depend_on_those_beside_it(law: Any, u: list[float]) -> None:
    together = law.quantile(np.array(u)).tolist()
    assert together == [float(law.quantile(np.array([one]))[0]) for one in u]
    assert together == [law.quantile_of(one) for one in u]


def test_never_is_never() -> None:
    assert Never().quantile(np.array([0.01, 0.99])).tolist() == [math.inf, math.inf]
    assert Never().moments()[0] == math.inf


def test_a_table_has_its_quantiles_and_an_exponential_tail() -> None:
    law = Table(quantiles=(0.0, 10.0, 40.0), upto=0.5, tail=100.0)
    assert law.quantile(np.array([0.125, 0.25, 0.375, 0.5])).tolist() == [5.0, 10.0, 25.0, 40.0]
    # Beyond: half of the draws, exponential with mean 100; its median is 100 ln 2 further on.
    assert law.quantile(np.array([0.75])) == pytest.approx(40.0 + 100.0 * math.log(2.0), abs=TICK)


@pytest.mark.parametrize(("text", "law"), [
    ("4m", Constant(mean=240.0)), ("never", Never()), (0, Constant(mean=0.0)),
    ({"law": "exponential", "mean": "4m"}, Exponential(mean=240.0)),
    ({"law": "lognormal", "mean": "4m", "cv": "110%"}, Lognormal(mean=240.0, cv=1.1)),
    ({"law": "gamma", "mean": "4m", "cv": 0.5}, Gamma(mean=240.0, cv=0.5)),
    ({"law": "table", "quantiles": ["0s", "1m"], "upto": "90%", "tail": "2m"},
     Table(quantiles=(0.0, 60.0), upto=0.9, tail=120.0)),
])
def test_laws_are_read_from_tables_and_from_bare_durations(text: Any, law: Any) -> None:
    assert read(text) == law
    assert read(Box(law=law).model_dump()["law"]) == law


@pytest.mark.parametrize("text", [
    "4", 4, True, {"mean": "4m"}, {"law": "weibull", "mean": "4m"}, {"law": "exponential"},
    {"law": "exponential", "mean": "0s"}, {"law": "exponential", "mean": "4m", "cv": 1},
    {"law": "gamma", "mean": "4m", "cv": 6}, {"law": "lognormal", "mean": "4m", "cv": "inf"},
    {"law": "table", "quantiles": ["1m"]}, {"law": "table", "quantiles": ["1m", "30s"]},
    {"law": "table", "quantiles": ["0s", "1m"], "upto": "90%"},
])
def test_what_is_no_law_is_refused(text: Any) -> None:
    with pytest.raises(ValidationError):
        read(text)
