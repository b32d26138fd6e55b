"""The bench compares like with like: one model, written for each contestant, and an answer that can be wrong."""

from __future__ import annotations

import pytest

from bench import comparison, contestants, model
from core.distributions import Exponential
from core.scenario_file import load_scenario
from sim.contact import is_plain
from sim.experiments.comparison import Plan, compare


def test_the_scenario_is_the_model() -> None:
    scenario = load_scenario(contestants.MODEL)
    assert scenario.demand.rate * 60 == pytest.approx(model.RATE)
    assert scenario.team["desk"].agents == model.AGENTS
    assert scenario.topic["any"].handle_time == Exponential(mean=model.HANDLE * 60)
    assert scenario.channel["phone"].patience == Exponential(mean=model.PATIENCE * 60)
    assert scenario.service_level.within == model.WITHIN * 60
    assert scenario.warm_up == model.WARM_UP * 60


def test_the_exact_answer_is_the_published_one() -> None:
    assert {name: round(value, 6) for name, value in model.EXACT.items()} == {
        "abandoned": 0.083585, "wait_mean": 0.501508, "in_time": 0.732735}


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.long) if name == "Ciw" else name
                                  for name in contestants.CONTESTANTS])
def test_every_contestant_runs_the_model_right(name: str) -> None:
    runs = [contestants.CONTESTANTS[name](1_500.0, seed) for seed in range(6)]
    assert sum(run.customers for run in runs) == pytest.approx(6 * 1_500 * model.RATE, rel=0.05)
    assert all(verdict.right for verdict in model.verdicts(runs).values())
    assert len({run.answer["wait_mean"] for run in runs}) == 6


def test_a_wrong_answer_is_seen() -> None:
    runs = [model.Run(1.0, 1, {name: exact * (1.1 + 0.01 * n) for name, exact in model.EXACT.items()})
            for n in range(5)]
    assert not any(verdict.right for verdict in model.verdicts(runs).values())


def test_the_bench_of_comparisons_measures_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    workloads = comparison.workloads()
    assert [[is_plain(plan.scenario) for plan in plans] for plans in workloads.values()] == [
        [True, True], [True, True], [True, True], [False, False]]
    whole = workloads["the whole funnel"]
    short = [Plan(plan.name, plan.scenario.model_copy(update={"length": 7_200.0})) for plan in whole]
    figures = comparison.measure(short, replications=2, rounds=1)
    assert figures["seconds_with_two_processes"] > 0.0
    gain = comparison.narrower(compare(short, replications=2, jobs=1), "service_level")
    assert figures["paired_interval_is_times_narrower"]["service_level"] == (None if gain is None else round(gain, 1))
    comparison.show(figures)
    assert "two processes against one" in capsys.readouterr().out
