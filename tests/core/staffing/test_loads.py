"""Loads and curves against tables and exact laws: Erlang A, small chat floors, and M_t/M/s_t+M."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.queueing import Array, ChatFloor, ErlangA, agents_needed, mean_in_system
from core.staffing.grid import Grid
from core.staffing.loads import EvenChats, TeamLoad, hull, lookup, needed, table

HOUR, DAY = 3600.0, 86_400.0


def load(calls_an_hour: list[float], handle: float, patience: float, **more: float) -> TeamLoad:
    """A day of calls of that handle time (s)."""
    calls = np.array(calls_an_hour)
    given = {"leaves_at_once": 0.0, "per_person": 1, "slowdown": 0.0, "busyness_cv": 0.0} | more
    nothing = np.zeros(len(calls))
    return TeamLoad(calls, calls * handle, nothing, nothing, patience, given["leaves_at_once"],
                    int(given["per_person"]), given["slowdown"], given["busyness_cv"])


def test_a_steady_load_needs_whom_erlang_a_asks_for() -> None:
    """THEORY: 48 a minute, 1 minute, patience 2 minutes: 50 people answer .94302 within 20 s."""
    day = Grid(1, HOUR)
    curves = load([2880.0] * 24, 60.0, 120.0).curves(day, 20.0)
    # The first hour starts empty; from the second on the load is settled.
    assert curves[12][50] == pytest.approx(0.94302, abs=2e-4)
    exact = agents_needed(lambda n: ErlangA(0.8, 60.0, n, 120.0).service_level(20.0) >= 0.8)
    assert needed(curves[12], 0.8) == exact
    assert needed(curves[12], 0.94) == agents_needed(
        lambda n: ErlangA(0.8, 60.0, n, 120.0).service_level(20.0) >= 0.94)


def test_busier_and_calmer_days_ask_for_more_people() -> None:
    day = Grid(1, HOUR)
    alike, apart = (load([600.0] * 24, 300.0, 300.0, busyness_cv=cv).curves(day, 20.0)[12] for cv in (0.0, 0.2))
    assert needed(apart, 0.9) > needed(alike, 0.9)


def test_the_offered_load_is_that_of_infinitely_many_people_when_rates_change() -> None:
    """M_t/M/infinity: the number in hand is Poisson with the mean of Eick, Massey and Whitt (1993)."""
    rates = [10.0 + 8.0 * math.sin(hour / 24 * 2 * math.pi) for hour in range(24)]
    offered = load(rates, 1800.0, 1800.0).offered(Grid(1, HOUR))

    def rate(times: Array) -> Array:
        now: Array = np.array(rates)[np.minimum((times / HOUR).astype(int), 23)] / HOUR
        return now

    within = (np.arange(20) + 0.5) / 20
    for hour in (3, 9, 20):
        exact = np.mean([mean_in_system(rate, lambda s: np.exp(-s / 1800.0), (hour + part) * HOUR, 4000)
                         for part in within])
        assert offered[hour] == pytest.approx(exact, rel=2e-3)


def test_patience_as_long_as_service_makes_the_load_exact() -> None:
    """M_t/M/s_t+M of THEORY: with both means 1 the number in system is Poisson whatever the staffing.

    100 + 20 sin t a unit of time from empty: mean 102.94642 at t = 10. In small steps the loads come to the same.
    """
    unit = 9000.0  # a step of a quarter of an hour is a tenth of a unit of time
    rates = [100 + 20 * (math.cos(step / 10) - math.cos((step + 1) / 10)) * 10 for step in range(96)]
    offered = load([rate / 10 for rate in rates], unit, unit).offered(Grid(1, 900.0))
    # The load of the step from 9.4 to 9.5 beside the exact mean in its middle.
    exact = mean_in_system(lambda t: 100 + 20 * np.sin(t), lambda s: np.exp(-s), 9.45, 20_000)
    assert offered[94] == pytest.approx(exact, rel=1e-3)
    assert mean_in_system(lambda t: 100 + 20 * np.sin(t), lambda s: np.exp(-s), 10.0) == pytest.approx(102.94642)


def test_evenly_spread_chats_are_near_the_exact_floor() -> None:
    """THEORY: 4 people x 3 chats, each further chat slows by 25 %: P(wait) .11085, abandoned .03345."""
    exact = ChatFloor(0.6, 10.0, 4, 3, 0.25, 5.0)
    near = EvenChats(0.6, 10.0 * 1.5, 12, 5.0, 0.0, 3, 0.25)
    assert near.p_wait == pytest.approx(exact.p_wait, rel=0.05)
    assert near.abandonment_rate == pytest.approx(exact.abandonment_rate, rel=0.05)
    # Without a slowdown a person with three places is three people.
    assert EvenChats(0.6, 10.0, 12, 5.0, 0.0, 3, 0.0).p_wait == pytest.approx(.018777449, rel=1e-6)


def test_the_hull_lies_above_the_curve_and_bends_down() -> None:
    curve = load([600.0] * 24, 300.0, 300.0).curves(Grid(1, HOUR), 20.0)[12]
    lines = hull(curve)
    slopes = [slope for _, slope in lines]
    assert slopes == sorted(slopes, reverse=True)
    assert slopes[-1] == 0.0
    people = np.arange(len(curve))
    above = np.min([height + slope * people for height, slope in lines], axis=0)
    assert (above >= curve - 1e-12).all()
    assert above[-1] == pytest.approx(curve[-1])


def test_curves_as_a_table() -> None:
    rows = table([np.array([0.0, 0.5, 0.9]), np.ones(1)])
    people = np.array([[0.5, 2.0, 7.0], [0.0, 1.0, 2.0]])
    assert lookup(rows, people) == pytest.approx(np.array([[0.25, 0.9, 0.9], [1.0, 1.0, 1.0]]), abs=1e-5)
