"""log, exp and the normal quantile agree with the C library and SciPy to a few units in the last place."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtri

from core import elementary

ULP = 2.0**-52


@given(st.floats(1e-300, 1e300))
def test_log(x: float) -> None:
    assert float(elementary.log(x)) == pytest.approx(math.log(x), rel=3 * ULP, abs=ULP)


@given(st.floats(0.9, 1.1))
def test_log_near_one_keeps_its_relative_accuracy(x: float) -> None:
    assert float(elementary.log(x)) == pytest.approx(math.log(x), rel=4 * ULP, abs=1e-300)


@given(st.floats(-700.0, 700.0))
def test_exp(x: float) -> None:
    assert float(elementary.exp(x)) == pytest.approx(math.exp(x), rel=4 * ULP)


def test_exp_at_the_ends_of_the_range() -> None:
    assert elementary.exp([-800.0, -746.0, 0.0, 710.0, 800.0]).tolist() == [0.0, 0.0, 1.0, math.inf, math.inf]
    assert float(elementary.exp(-744.0)) == pytest.approx(math.exp(-744.0), abs=5e-324)


@given(st.floats(1e-300, 1.0, exclude_max=True))
def test_normal_quantile(u: float) -> None:
    assert float(elementary.normal_quantile([u])[0]) == pytest.approx(float(ndtri(u)), rel=1e-14, abs=1e-15)


def test_normal_quantile_of_published_values() -> None:
    # Wichura (1988), Applied Statistics 37, 477-484: the check values of PPND16.
    assert elementary.normal_quantile([0.25, 0.001, 1e-20]) == pytest.approx(
        [-0.6744897501960817, -3.090232306167814, -9.262340089798408], rel=1e-15)


def test_arrays_keep_their_shape_and_each_value_its_own_result() -> None:
    x = np.linspace(0.01, 0.99, 12).reshape(3, 4)
    for function in (elementary.log, elementary.exp, elementary.normal_quantile, elementary.logistic):
        values = function(x)
        assert values.shape == (3, 4)
        assert [[float(np.ravel(function([item]))[0]) for item in row] for row in x] == values.tolist()


def test_one_number_is_what_an_array_gives_for_it() -> None:
    u = np.concatenate([np.random.default_rng(1).random(5_000), [1e-300, 2.0**-53, 0.075, 0.5, 0.925, 1 - 2.0**-53]])
    assert [elementary.log_of(x) for x in u] == elementary.log(u).tolist()
    assert [elementary.normal_quantile_of(x) for x in u] == elementary.normal_quantile(u).tolist()
    wide = np.concatenate([(u - 0.5) * 20, (u - 0.5) * 1600, [-746.0, -745.0, 0.0, 709.0, 710.0, -np.inf, np.inf]])
    assert [elementary.exp_of(x) for x in wide] == elementary.exp(wide).tolist()
    assert [elementary.logistic_of(x) for x in wide] == elementary.logistic(wide).tolist()


@given(st.floats(-700.0, 700.0))
def test_logistic_of_minus_x_is_the_complement(x: float) -> None:
    assert float(elementary.logistic(x)) + float(elementary.logistic(-x)) == pytest.approx(1.0, abs=2 * ULP)
    assert float(elementary.logistic(x)) == pytest.approx(1 / (1 + math.exp(-x)), rel=8 * ULP)
