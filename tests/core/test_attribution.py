"""Parts of a CSAT and of a difference add up exactly, row by row, by cohort and over replications."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad

from core import attribution, satisfaction
from core.attribution import DriverSums, composition, shares, split, split_cohorts
from core.records import Outcome
from core.satisfaction import CONTROLLED, DRIVERS
from core.scenario import Satisfaction

EFFECTS = Satisfaction()
TOPICS = ("billing", "login", "api")
DIMENSIONS = {"topic": TOPICS, "team": ("front", "back")}


def drawn(rng: np.random.Generator, rows: int, effects: Satisfaction = EFFECTS, badly: float = 1.0,
          topics: int = 3) -> DriverSums:
    """Sums of random conversations; what they meet with grows with `badly`."""
    drivers = {name: badly * rng.exponential(1.0, rows) * (rng.random(rows) < 0.3) for name in DRIVERS}
    score = satisfaction.score(drivers, effects)
    ratings = satisfaction.rating(score, effects, rng.uniform(1e-9, 1.0, rows))
    sums = DriverSums(DIMENSIONS)
    sums.add(drivers, effects, rng.random(rows) < 0.9, ratings >= 4, rng.random(rows) < 0.7,
             {"topic": rng.integers(0, topics, rows), "team": rng.integers(-1, 2, rows)})
    return sums


def csat(sums: list[DriverSums]) -> float:
    return sum(one.total("satisfied") for one in sums) / sum(one.total("rows") for one in sums)


distance = st.one_of(st.floats(-8.0, 8.0), st.sampled_from((0.0, 1e-300, 1e-12, 9.9e-5, 1.1e-4, -1e-4)))


@given(st.lists(st.tuples(distance, distance), min_size=1, max_size=20), st.floats(-5.0, 5.0))
def test_the_shares_of_a_row_sum_to_its_chance(amounts: list[tuple[float, float]], baseline: float) -> None:
    wait, tone = np.array(amounts).T
    effects = Satisfaction(baseline=baseline, wait=-1.0, tone=1.0)
    drivers = {"wait": wait, "tone": tone}
    exact = satisfaction.csat_probability(satisfaction.score(drivers, effects))
    start = satisfaction.csat_probability(np.array([baseline]))
    assert sum(shares(drivers, effects).values()) + start == pytest.approx(exact, abs=1e-13)


@pytest.mark.parametrize(("wait", "tone"), [(3.0, 0.5), (1.0, -2.0), (1.0, 1.0 + 1e-9), (0.4, 0.4), (0.0, 0.0)])
def test_a_share_is_the_integral_along_the_straight_path(wait: float, tone: float) -> None:
    """Aumann and Shapley: c_k times the integral of p' from the baseline to the score, by quadrature."""
    effects = Satisfaction(wait=-1.0, tone=1.0)

    def slope(t: float) -> float:
        p = 1 / (1 + math.exp(-(effects.baseline + t * (tone - wait))))
        return p * (1 - p)

    by = quad(slope, 0.0, 1.0, epsabs=1e-14)[0]
    found = shares({"wait": np.array([wait]), "tone": np.array([tone])}, effects)
    assert found["wait"][0] == pytest.approx(-wait * by, abs=1e-9)
    assert found["tone"][0] == pytest.approx(tone * by, abs=1e-9)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 200), st.booleans())
def test_the_parts_of_a_difference_sum_to_it(seed: int, replications: int, rows: int, same: bool) -> None:
    rng = np.random.default_rng(seed)
    other_effects = EFFECTS if same else Satisfaction(baseline=1.0, wait=-0.5)
    reference = [drawn(rng, rows + 1) for _ in range(replications)]
    other = [drawn(rng, 2 * rows + 1, other_effects, 1.7, 2) for _ in range(replications)]
    if not all(sum(one.total("rows") for one in side) for side in (reference, other)):
        return
    difference = csat(other) - csat(reference)
    parts = split(reference, other)
    assert [part.name for part in parts] == list(attribution.PARTS)
    assert math.fsum(part.points.value or 0.0 for part in parts) == pytest.approx(difference, abs=1e-12)
    if same:
        assert parts[0].points.value == pytest.approx(0.0, abs=1e-12)
    for dimension in DIMENSIONS:
        found = split_cohorts(reference, other, dimension)
        own = [cohort.points.value or 0.0 for cohort in found.cohorts]
        assert math.fsum([*own, found.mix.value or 0.0]) == pytest.approx(difference, abs=1e-12)
        assert found.difference.value == pytest.approx(difference, abs=1e-12)
        for cohort, points in zip(found.cohorts, own, strict=True):
            assert math.fsum(cohort.drivers.values()) == pytest.approx(points, abs=1e-12)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32))
def test_sums_of_parts_of_a_run_are_those_of_the_run(seed: int) -> None:
    def rows(count: int, at: int) -> DriverSums:
        return drawn(np.random.default_rng((seed, at)), count)

    together = rows(50, 0) + rows(30, 1)
    kept = together.copy()
    grown = rows(50, 0)
    grown += rows(30, 1)
    assert np.array_equal(together.parts(), grown.parts())
    yes = np.array([True])
    together.add({"wait": np.array([1.0])}, EFFECTS, yes, yes, yes, {"topic": np.array([0]), "team": np.array([-1])})
    assert together.total("rows") == kept.total("rows") + 1
    with pytest.raises(ValueError, match="do not add up"):
        kept + DriverSums({"topic": TOPICS})


def test_a_part_that_alone_differs_takes_the_whole_difference() -> None:
    """Same draws, and one run waits more: no other driver, and nothing at the baseline, has a share in expectation."""
    def run(replication: int, doublings: float) -> DriverSums:
        rng = np.random.default_rng(replication)
        rows = 4_000
        u = rng.uniform(1e-9, 1.0, rows)
        drivers = {"wait": np.full(rows, doublings), "unresolved": (rng.random(rows) < 0.0).astype(float)}
        ratings = satisfaction.rating(satisfaction.score(drivers, EFFECTS), EFFECTS, u)
        sums = DriverSums({})
        sums.add(drivers, EFFECTS, np.full(rows, True), ratings >= 4, np.full(rows, True), {})
        return sums

    parts = {part.name: part for part in split([run(at, 0.0) for at in range(8)], [run(at, 2.0) for at in range(8)])}
    exact = 1 / (1 + math.exp(-EFFECTS.baseline - 2 * EFFECTS.wait)) - 1 / (1 + math.exp(-EFFECTS.baseline))
    assert parts["wait"].points.value == pytest.approx(exact, abs=1e-12)
    low, high = parts["chance"].points.interval or (1.0, 0.0)
    assert low <= 0.0 <= high
    assert high - low < 0.01
    assert all(part.points.value == 0.0 for name, part in parts.items() if name not in ("wait", "chance"))
    assert {name for name, part in parts.items() if part.controlled} == CONTROLLED


def test_pairs_make_the_interval_of_a_share_narrow() -> None:
    def run(replication: int, worse: float) -> DriverSums:
        return drawn(np.random.default_rng(replication), 300, badly=worse)

    reference, paired = [run(at, 1.0) for at in range(10)], [run(at, 1.1) for at in range(10)]
    apart = [run(100 + at, 1.1) for at in range(10)]
    halves = [{part.name: part.points.half_width or 0.0 for part in split(reference, other)}
              for other in (paired, apart)]
    assert all(halves[0][name] < 0.5 * halves[1][name] for name in DRIVERS)
    cohorts = [split_cohorts(reference, other, "topic").difference.half_width or 0.0 for other in (paired, apart)]
    assert cohorts[0] < cohorts[1]
    whole = sum(part.points.value or 0.0 for part in composition(reference))
    assert whole == pytest.approx(csat(reference), abs=1e-12)


def test_a_shift_of_mix_alone_is_all_mix() -> None:
    """Two topics of fixed CSAT, 1/2 and 1: from 50/50 to 20/80 the CSAT rises from .75 to .9, and nobody did better."""
    def run(first: int, second: int) -> DriverSums:
        rows = first + second
        satisfied = np.array([at % 2 == 0 for at in range(first)] + [True] * second)
        sums = DriverSums({"topic": TOPICS})
        sums.add({"wait": np.zeros(rows)}, EFFECTS, np.full(rows, True), satisfied, np.full(rows, False),
                 {"topic": np.array([0] * first + [1] * second)})
        return sums

    found = split_cohorts([run(50, 50)], [run(20, 80)], "topic")
    assert found.mix.value == pytest.approx(0.15)
    assert [cohort.points.value for cohort in found.cohorts] == pytest.approx([0.0, 0.0])
    assert [cohort.csat for cohort in found.cohorts] == [(0.5, 0.5), (1.0, 1.0)]
    assert [cohort.share for cohort in found.cohorts] == [(0.5, 0.2), (0.5, 0.8)]
    assert found.mix.half_width is None


def test_nothing_to_rate_has_no_parts() -> None:
    empty = [DriverSums(DIMENSIONS)]
    assert all(part.points.value is None for part in split(empty, empty))
    assert split_cohorts(empty, empty, "topic").cohorts == ()
    with pytest.raises(ValueError, match="pairs, given 1 and 2"):
        split(empty, empty * 2)


def test_the_controlled_chance_is_summed_over_what_people_closed() -> None:
    sums = DriverSums({})
    outcome = np.array([int(Outcome.CLOSED), int(Outcome.ABANDONED)])
    drivers = {"wait": np.array([5.0, 0.0]), "skill": np.array([-0.5, 0.0]), "gave_up": np.array([0.0, 1.0])}
    sums.add(drivers, EFFECTS, np.full(2, True), np.full(2, True), outcome == Outcome.CLOSED, {})
    assert sums.total("handled") == 1.0
    assert sums.total("controlled") == pytest.approx(1 / (1 + math.exp(-EFFECTS.baseline + 0.5 * EFFECTS.skill)))
