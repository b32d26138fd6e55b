"""`python -m bench plan`: what it takes to plan a week of one team.

The seconds are wall-clock with two processes, so an idle machine is wanted; the seconds of work, over all processes,
say what it would take on one.
"""

from __future__ import annotations

import os
from time import perf_counter
from typing import Any

from core.scenario_file import load_scenario
from core.staffing.targets import read_targets
from sim.experiments.staffing_search import plan

SCENARIO, TARGET = "small-team", "service_level>=70%"
AIM = 60.0
"""Seconds at most, on two cores."""


def measure(jobs: int = 2) -> dict[str, Any]:
    """All figures, as data."""
    scenario = load_scenario(SCENARIO)
    targets = read_targets([TARGET], scenario)
    start, worked = perf_counter(), _work()
    found = plan(scenario, targets, jobs=jobs)
    reached = found.reached(targets[0])
    return {"schema": 1, "scenario": SCENARIO, "target": TARGET, "seconds": round(perf_counter() - start, 1),
            "seconds_of_work": round(_work() - worked, 1), "replications": found.replications, "met": found.met,
            "people": sum(team.heads for team in found.teams), "paid_hours": found.hours[1],
            "reached": {"value": reached.value, "half_width": reached.half_width}, "aim": AIM}


def _work() -> float:
    """CPU seconds of this process and of those that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def show(figures: dict[str, Any]) -> None:
    """The figures as text."""
    print(f"\nA plan for a week of {figures['scenario']}, {figures['target']}")
    print(f"  with two processes  {figures['seconds']:8.1f} s     aim: under {figures['aim']:g} s")
    print(f"  work                {figures['seconds_of_work']:8.1f} s     {figures['replications']} replications")
    print(f"  {'met' if figures['met'] else 'NOT met'}: {figures['people']} people, "
          f"{figures['paid_hours']:,.0f} paid hours")
