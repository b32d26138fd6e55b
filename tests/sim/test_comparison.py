"""Comparisons: what pairs say exactly, and intervals that hold as often as they say."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from core.errors import ExperimentError
from core.estimates import Estimate, t_quantile
from core.interventions import Intervention, with_value
from core.metrics import METRICS
from core.tally import Tally
from sim.experiments import comparison
from sim.experiments.comparison import Comparison, Doubt, Plan, Precision, Verdict, compare
from sim.experiments.executor import Executor, ThisProcess
from sim.experiments.replications import Run, replicate
from tests.sim.floors import HOUR, scenario

PEOPLE = {"all": {"agents": 5, "cost_per_hour": 20}}
USUAL = scenario(length="4h", warm_up="1h", topic={"all": {"handle_time": {"law": "exponential", "mean": "5m"}}},
                 channel={"phone": {"patience": {"law": "exponential", "mean": "3m"}}}, team=PEOPLE)
MORE = USUAL.model_copy(update={"team": {"all": USUAL.team["all"].model_copy(update={"extra": 1})}})


@pytest.fixture(scope="module")
def three() -> Comparison:
    """As it is, the same under another name, and one person more."""
    return compare([Plan("as it is", USUAL), Plan("the same", USUAL), Plan("one more", MORE)], replications=6, jobs=1)


def test_the_difference_of_identical_plans_is_exactly_nothing(three: Comparison) -> None:
    for metric in METRICS:
        cell = three.cell(metric, 1)
        if cell.estimate.value is not None:
            assert cell.difference == Estimate(0.0, 0.0, METRICS[metric].unit)
            assert (cell.verdict, cell.chance) == (Verdict.SAME, 0.5)


def test_each_plan_is_what_it_is_alone(three: Comparison) -> None:
    alone = replicate(MORE, replications=6, jobs=1)
    for metric, estimate in alone.estimates.items():
        assert three.estimate(metric, 2) == estimate


def test_a_difference_is_that_of_the_values_and_its_interval_that_of_the_pairs(three: Comparison) -> None:
    cell = three.cell("cost", 2)
    costs = [[run.tally.tops["cost"] for run in runs] for runs in three.runs]
    pairs = np.array(costs[2]) - np.array(costs[0])
    assert cell.difference is not None
    assert cell.difference.value == pytest.approx(pairs.mean())
    # Two differences at once: each 97.5 %.
    expected = t_quantile(0.975, 5) * pairs.std(ddof=1) / math.sqrt(6)
    assert cell.difference.half_width == pytest.approx(expected)
    for metric in METRICS:
        value, reference = three.estimate(metric, 2).value, three.estimate(metric, 0).value
        if value is not None and reference is not None:
            assert three.difference(metric, 2).value == pytest.approx(value - reference)


def test_one_more_is_better_for_those_who_wait_and_dearer(three: Comparison) -> None:
    assert three.cell("wait_mean", 2).verdict is Verdict.BETTER
    assert three.cell("cost", 2).verdict is Verdict.WORSE
    best = three.best("wait_mean")
    assert best is not None
    assert math.fsum(best) == pytest.approx(1.0)
    assert best[2] > 0.95
    assert best[0] == best[1]
    assert three.best("needs") is None


def test_of_two_the_best_is_as_likely_as_the_difference_says() -> None:
    both = compare([Plan("one more", MORE), Plan("as it is", USUAL)], replications=3, jobs=1)
    best, chance = both.best("wait_mean"), both.cell("wait_mean", 1).chance
    assert best == [1.0 - chance, chance] if chance is not None else best is None
    draws = comparison._chances_of_best(*_as_rows(both, "wait_mean"))
    assert best == pytest.approx(draws, abs=0.03)


def _as_rows(both: Comparison, metric: str) -> tuple[np.ndarray, np.ndarray]:
    values = [both.replicated(metric, plan) for plan in (0, 1)]
    return np.array([-(value.value or 0.0) for value in values]), -np.array([value.deviations for value in values])


def test_the_paired_interval_of_a_ratio_covers_as_often_as_it_says() -> None:
    # CSAT 0.70 and 0.74 of the same customers: both follow from one uniform number each, on days of uneven size.
    rng = np.random.default_rng(3)
    covered, widths = 0, []
    for _ in range(1_000):
        tallies: list[list[Tally]] = [[], []]
        for _ in range(10):
            u = rng.random(rng.poisson(rng.gamma(4.0, 30.0)) + 1)
            for plan, share in enumerate((0.70, 0.74)):
                tallies[plan].append(Tally({"csat": float((u < share).sum())}, {"csat": float(len(u))}))
        runs = tuple(tuple(Run(at, tally, None) for at, tally in enumerate(mine)) for mine in tallies)
        both = Comparison((Plan("a", USUAL), Plan("b", USUAL)), 1, 10, runs)
        difference = both.cell("csat", 1).difference
        assert difference is not None
        low, high = difference.interval or (1.0, 0.0)
        covered += low <= 0.04 <= high
        apart = math.hypot(*(both.estimate("csat", plan).half_width or 0.0 for plan in (0, 1)))
        widths.append(apart / (high - low) * 2)
    # 95 % of 1,000 with a standard deviation of 6.9: three of them allowed.
    assert abs(covered - 950) < 21
    # var(pair) = .04 * .96, var(apart) = .70 * .30 + .74 * .26, and the size of the days cancels in neither.
    assert np.median(widths) == pytest.approx(math.sqrt((0.21 + 0.1924) / 0.0384), rel=0.1)


def test_replications_are_added_until_it_is_precise() -> None:
    plans = [Plan("as it is", USUAL), Plan("one more", MORE)]
    few = compare(plans, replications=4, jobs=1)
    wide = few.cell("wait_mean", 1).difference
    assert wide is not None
    assert wide.half_width is not None
    wanted = Precision("wait_mean", 0.6 * wide.half_width)
    enough = compare(plans, replications=4, jobs=1, until=[wanted])
    assert few.replications < enough.replications == enough.asked
    assert enough.is_precise([wanted])
    assert [run.tally.tops for run in enough.runs[1][:4]] == [run.tally.tops for run in few.runs[1]]
    assert compare(plans, replications=4, jobs=1, until=[wanted], at_most=5).replications == 5


class Wide(ThisProcess):
    """Has so many processors, it says, that the plans of a replication go as tasks of their own."""

    jobs = 8


def test_an_interrupt_keeps_the_replications_that_all_plans_have() -> None:
    def told(done: int, total: int) -> None:
        assert total == 12
        if done == 5:
            raise KeyboardInterrupt

    plans = [Plan("as it is", USUAL), Plan("one more", MORE)]
    stopped = compare(plans, replications=6, where=Wide(), progress=told)
    assert (stopped.replications, stopped.asked) == (2, 6)
    assert stopped.cell("wait_mean", 1) == compare(plans, replications=2, jobs=1).cell("wait_mean", 1)


def test_plans_that_go_together_change_no_digit() -> None:
    plans = [Plan("as it is", USUAL), Plan("one more", MORE)]
    counts: list[int] = []
    together = compare(plans, replications=2, jobs=1, progress=lambda done, total: counts.append(done))
    apart = compare(plans, replications=2, where=Wide())
    assert counts == [2, 4]
    assert [run.tally.tops for runs in together.runs for run in runs] == [
        run.tally.tops for runs in apart.runs for run in runs]


def test_processes_change_no_digit(three: Comparison, two_processes: Executor) -> None:
    plans = [replace(plan, interventions=(Intervention(2 * HOUR, "team.all.extra", "1"),)) for plan in three.plans[:2]]
    alone, two = (compare(plans, replications=2, where=where) for where in (ThisProcess(), two_processes))
    assert [run.tally.tops for runs in two.runs for run in runs] == [
        run.tally.tops for runs in alone.runs for run in runs]


@pytest.mark.parametrize(("changes", "replications", "doubts"), [
    ({}, 10, []),
    ({}, 2, [Doubt.FEW]),
    ({"demand.rate": "2/m", "channel.phone.patience": "never"}, 10, [Doubt.OVERLOADED]),
    ({"channel.phone.patience": "never", "demand.profile": "late", "warm_up": "0s"}, 10, [Doubt.STARTS_EMPTY]),
    ({"channel.phone.patience": "never", "demand.profile": "late"}, 10, [Doubt.UNSETTLED]),
])
def test_what_cannot_be_trusted_says_why(changes: dict[str, str], replications: int, doubts: list[Doubt]) -> None:
    late = {"late": {"all": [0.2] * 3 + [4.0] + [0.2] * 20}}
    world = scenario(length="4h", warm_up="1h", profile=late, team={"all": {"agents": 6}})
    for key, value in changes.items():
        world = with_value(world, key, value)
    alone = compare([Plan("it", world)], replications=replications, jobs=1)
    said = alone.doubts(0)
    assert list(said) == doubts
    assert Doubt.STARTS_EMPTY not in said or said[Doubt.STARTS_EMPTY].endswith("try warm_up=4h and length=8h")


def test_plans_that_cannot_be_compared_are_told_with_every_reason() -> None:
    other = USUAL.model_copy(update={"length": 2 * USUAL.length, "currency": "€"})
    with pytest.raises(ExperimentError) as raised:
        compare([Plan("a", USUAL), Plan("b", other)])
    assert str(raised.value).splitlines() == [
        "“b” runs for 8h and “a” 4h: only what is alike in this can be compared",
        "“b” counts money in € and “a” $: only what is alike in this can be compared"]


def test_guesses_are_named_where_the_plans_differ_in_what_rests_on_them() -> None:
    bot = {"coverage": "40%", "false_resolution": "10%", "gives_up": "0%"}
    plans = [Plan(name, scenario(length="1h", bot=bot | other, team={"all": {"agents": 6}}), changes)
             for name, other, changes in (
                 ("as it is", {}, ()), ("more bot", {"coverage": "60%"}, ()),
                 ("more people", {}, (Intervention(0.0, "team.all.extra", "1"),)),
                 ("later", {}, (Intervention(60.0, "bot.success", "50%"),)))]
    found = compare(plans, replications=2, jobs=1)
    keys = [[key for key, _ in found.guesses(at)] for at in range(4)]
    assert keys[0] == keys[2] == []
    assert "bot.false_resolution" in keys[1]
    assert "bot.gives_up" not in keys[1]
    assert keys[3] == keys[1]
