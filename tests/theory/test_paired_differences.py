"""A paired difference is the true one: Erlang A with one agent more and one fewer, exactly known on both sides."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from core.interventions import with_value
from core.queueing import ErlangA
from core.scenario_file import load_scenario
from sim.experiments.comparison import Comparison, Plan, compare

METRICS = ("abandonment_rate", "wait_mean", "service_level", "occupancy")


@pytest.fixture(scope="module")
def three() -> Comparison:
    usual = load_scenario(Path(__file__).parent / "erlang_a_13.toml").model_copy(update={"length": 43_200.0})
    plans = [Plan(str(agents), with_value(usual, "team.desk.agents", str(agents))) for agents in (13, 12, 14)]
    return compare(plans, replications=10, jobs=1, confidence=0.999)


def exact(metric: str, agents: int) -> float:
    """The value in steady state; 3.5 a minute, 3 minutes, patience 5 minutes."""
    model = ErlangA(rate=3.5 / 60, handle_time=180.0, agents=agents, patience=300.0)
    return float(model.service_level(20.0)) if metric == "service_level" else float(getattr(model, metric))


@pytest.mark.parametrize("metric", METRICS)
@pytest.mark.parametrize("plan", [1, 2])
def test_the_interval_holds_the_exact_difference(three: Comparison, metric: str, plan: int) -> None:
    shown = three.cell(metric, plan).difference
    assert shown is not None
    low, high = shown.interval or (1.0, 0.0)
    agents = int(three.plans[plan].name)
    assert low <= exact(metric, agents) - exact(metric, 13) <= high
    # An interval that says something: the direction of every difference is beyond doubt.
    assert low * high > 0.0


@pytest.mark.parametrize("metric", METRICS)
def test_pairs_tell_more_than_the_same_runs_apart(three: Comparison, metric: str) -> None:
    paired = three.difference(metric, 2).estimate(three.confidence).half_width
    apart = math.hypot(*(three.estimate(metric, plan).half_width or math.inf for plan in (0, 2)))
    assert paired is not None
    assert apart > 1.5 * paired
