"""`python -m bench compare`: what it takes to compare two plans, and what common random numbers are worth.

One run of a week with about 10,000 conversations under two plans of staffing, four times, from the least to do to the
most: a team on the phone whose callers call once, as call logs know them; the same with callers who try again; three
teams that chat, write and call with people alone; and these with the whole funnel before and behind them. Two processes
and one take turns, round by round; the seconds are wall-clock, so an idle machine is wanted. The interval of a paired
difference is set beside the one that the same runs would give if they had nothing to do with each other.
"""

from __future__ import annotations

import math
import statistics
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

from bench.funnel import people_alone
from core.interventions import with_value
from core.metrics import METRICS
from core.scenario import Scenario
from core.scenario_file import load_scenario
from sim.experiments.comparison import Comparison, Plan, compare
from sim.experiments.executor import executor

AIMS = {"seconds": 8.0, "speed_up": 1.8, "narrower": 3.0}
"""At most, at least, at least."""
PHONE = Path(__file__).parent / "phone.toml"
SHOWN = ("csat", "frt_p90", "service_level", "abandonment_rate", "wait_mean", "cost")


@dataclass(frozen=True)
class Round:
    """Wall-clock seconds of the same comparison."""

    two: float
    one: float


def plans(volume: str = "130%", frontline: int = 9, engineers: int = 3) -> list[Plan]:
    """B2B SaaS with some 10,000 conversations a week and people enough for them, and with one more person."""
    world = changed(load_scenario("b2b-saas"), {
        "demand.level": volume, "team.frontline.extra": str(frontline), "team.engineers.extra": str(engineers)})
    return [Plan("as it is", world), Plan("one more", with_value(world, "team.frontline.extra", str(frontline + 1)))]


def changed(scenario: Scenario, values: Mapping[str, str]) -> Scenario:
    """The scenario with these values, by key."""
    for key, value in values.items():
        scenario = with_value(scenario, key, value)
    return scenario


def people(given: Sequence[Plan]) -> list[Plan]:
    """The plans with people alone."""
    return [replace(plan, scenario=people_alone(plan.scenario)) for plan in given]


def phone() -> list[Plan]:
    """A team on the phone, as it is and with one more person."""
    world = load_scenario(PHONE)
    return [Plan("as it is", world), Plan("one more", with_value(world, "team.phone.extra", "1"))]


def once(given: Sequence[Plan], more: str = "116%", people: int = 3) -> list[Plan]:
    """The plans with callers who never come back, and so many more of them that there are as many calls."""
    return [replace(plan, scenario=changed(plan.scenario, {
        "follow_up.retry": "0%", "follow_up.reopen": "0%", "demand.level": more,
        "team.phone.extra": str(people + at)})) for at, plan in enumerate(given)]


def timed(given: Sequence[Plan], replications: int, jobs: int) -> tuple[float, Comparison]:
    """Seconds of a comparison, the start of its processes included."""
    start = perf_counter()
    with executor(jobs) as where:
        result = compare(given, replications=replications, where=where)
    return perf_counter() - start, result


def narrower(result: Comparison, metric: str) -> float | None:
    """How many times narrower the paired interval is than the unpaired, of the same runs."""
    apart = [result.estimate(metric, plan).half_width for plan in (0, 1)]
    paired = result.difference(metric, 1).estimate(result.confidence).half_width
    if not paired or apart[0] is None or apart[1] is None:
        return None
    return math.hypot(apart[0], apart[1]) / paired


def measure(given: Sequence[Plan], replications: int, rounds: int) -> dict[str, Any]:
    """All figures, as data."""
    times, result = [], None
    for turn in range(rounds):
        two, result = timed(given, replications, 2)
        one, other = timed(given, replications, 1)
        same = all(a.tally.tops == b.tally.tops for mine, others in zip(result.runs, other.runs, strict=True)
                   for a, b in zip(mine, others, strict=True))
        if not same:
            raise AssertionError("two processes and one differ")
        times.append(Round(two, one))
        print(f"round {turn + 1}/{rounds}: two processes {two:.1f} s, one {one:.1f} s", file=sys.stderr)
    assert result is not None
    return {
        "schema": 1, "replications": replications,
        "conversations": round(result.estimate("conversations", 0).value or 0),
        "seconds_with_two_processes": round(statistics.median(turn.two for turn in times), 2),
        "two_processes_are_times_faster": round(statistics.median(turn.one / turn.two for turn in times), 2),
        "paired_interval_is_times_narrower": {
            name: None if (gain := narrower(result, name)) is None else round(gain, 1)
            for name in SHOWN if name in METRICS},
        "aims": AIMS}


def workloads() -> dict[str, list[Plan]]:
    """The plans of each of the four, by what they are."""
    calls, whole = phone(), plans()
    return {"calls, each once": once(calls), "calls and further calls": calls, "people alone": people(whole),
            "the whole funnel": whole}


def measure_all(replications: int, rounds: int) -> dict[str, Any]:
    """The figures of each workload."""
    return {"schema": 3} | {name: measure(given, replications, rounds) for name, given in workloads().items()}


def show_all(figures: dict[str, Any]) -> None:
    """All of them as text."""
    for name, measured in figures.items():
        if name != "schema":
            print(f"\nWith {name}", end="")
            show(measured)


def show(figures: dict[str, Any]) -> None:
    """The figures as text."""
    print(f"\nTwo plans, a week of {figures['conversations']:,} conversations, {figures['replications']} replications")
    print(f"  with two processes       {figures['seconds_with_two_processes']:8.1f} s     "
          f"aim: under {AIMS['seconds']:g} s")
    print(f"  two processes against one{figures['two_processes_are_times_faster']:8.2f} x     "
          f"aim: over {AIMS['speed_up']:g} x")
    for name, gain in figures["paired_interval_is_times_narrower"].items():
        text = "    –" if gain is None else f"{gain:5.1f}"
        print(f"  paired interval narrower {text:>8} x     {METRICS[name].title}")
    print(f"{'':39}aim: over {AIMS['narrower']:g} x")
