"""The integer program: optima that are known without it."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from core.staffing.grid import Grid
from core.staffing.program import Bound, Level, TeamPart, best, cheapest
from core.staffing.tours import Rules, Tour, single_steps, tours

HOUR = 3600.0
DAY, WEEK = Grid(1, HOUR), Grid(7, HOUR)


def part(tours: list[Tour], grid: Grid, duty: np.ndarray, **more: float) -> TeamPart:
    return TeamPart(tours, 1.0, more.get("cost", 1.0), duty, np.zeros(1), np.zeros((1, len(grid))),
                    more.get("part_time", 1.0), np.zeros(len(grid)))


def alone(share: float, curves: list[np.ndarray], calls: np.ndarray) -> Level:
    """A level of one queue that only its own team serves."""
    return Level(share, {"desk": calls}, [Bound(["desk"], ["desk"], curves)])


def test_days_in_a_row_have_the_known_optimum() -> None:
    """Five days in a row, daily needs of 17, 13, 15, 19, 14, 16, 11: 23 people (Winston, Operations Research)."""
    needs = (17, 13, 15, 19, 14, 16, 11)
    duty = np.zeros(len(WEEK))
    for day, people in enumerate(needs):
        duty[day * 24 + 9:day * 24 + 17] = people
    shifts = tours(Rules(rest=0.0, part_time=0.0), WEEK, (duty > 0).astype(float))
    counts = cheapest({"desk": part(shifts, WEEK, duty)}, [])
    assert counts is not None
    assert counts["desk"].sum() == 23
    assert (np.column_stack([tour.duty for tour in shifts]) @ counts["desk"] >= duty).all()


def test_a_level_is_reached_where_an_hour_does_most() -> None:
    """Two hours, 30 calls and 10: every way to put up to 5 people on each, tried one by one."""
    opening = np.zeros(24)
    opening[[9, 10]] = 1.0
    curve = np.array([0.0, 0.4, 0.65, 0.8, 0.9, 0.95])
    curves = [curve if hour in (9, 10) else np.ones(1) for hour in range(24)]
    calls = np.zeros(24)
    calls[[9, 10]] = 30.0, 10.0
    parts = {"desk": part(single_steps(DAY, opening), DAY, np.zeros(24))}
    for share in (0.5, 0.7, 0.85, 0.93):
        counts = cheapest(parts, [alone(share, curves, calls)])
        assert counts is not None
        tried = min(a + b for a, b in product(range(6), repeat=2) if 30 * curve[a] + 10 * curve[b] >= share * 40 - 1e-9)
        assert counts["desk"].sum() == tried
    level = alone(0.0, curves, calls)
    for people in (1, 3, 6):
        spent = best(parts, level, most_people=people)
        assert spent is not None
        most = max(30 * curve[a] + 10 * curve[b] for a, b in product(range(6), repeat=2) if a + b <= people)
        assert 30 * curve[spent["desk"][0]] + 10 * curve[spent["desk"][1]] == pytest.approx(most)


def test_part_timers_are_as_many_as_the_rules_allow() -> None:
    opening = np.zeros(len(WEEK))
    for day in range(7):
        opening[day * 24 + 8:day * 24 + 20] = 1.0
    duty = opening * 3.0
    shifts = tours(Rules(), WEEK, opening)
    timers = np.array([tour.part_time for tour in shifts])
    for share in (0.0, 0.25):
        counts = cheapest({"desk": part(shifts, WEEK, duty, part_time=share)}, [])
        assert counts is not None
        assert counts["desk"][timers].sum() <= share * counts["desk"].sum()


def test_what_cannot_be_has_no_plan() -> None:
    opening = np.zeros(24)
    opening[9] = 1.0
    parts = {"desk": part(single_steps(DAY, opening), DAY, opening)}
    assert cheapest(parts, [], budget=0.5) is None
    level = alone(0.99, [np.array([0.0, 0.5])] * 24, opening)
    assert cheapest(parts, [level]) is None
