"""Sweeps: the points of a design, a stop that changes no digit, effects and the frontier."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from core.errors import ExperimentError, InterventionError
from core.interventions import with_value
from core.metrics import METRICS
from core.output.sweeps import SweepFolder
from core.units import multiple
from sim.experiments.comparison import Plan, compare
from sim.experiments.sweep import (
    Cell,
    Design,
    Numbers,
    Sweep,
    apply,
    grid,
    latin,
    one_at_a_time,
    read_axis,
    sweep,
)
from tests.sim.floors import scenario

WORLD = scenario(length="2h", team={"desk": {"agents": 5, "cost_per_hour": 20}},
                 bot={"coverage": "20%", "success": "50%"})


@pytest.mark.parametrize(("text", "values"), [
    ("bot.coverage=0:0.9:0.3", ("0%", "30%", "60%", "90%")),
    ("bot.coverage=0%:90%:40%", ("0%", "40%", "80%")),
    ("team.desk.agents = 8:16:4", ("8", "12", "16")),
    ("demand.level=80%:120%:10%", ("80%", "90%", "100%", "110%", "120%")),
    ("service_level.within=1m:3m:1m", ("1m", "2m", "3m")),
    ("team.desk.agents=3,5,9", ("3", "5", "9")),
    ("channel.phone.patience=never, 3m", ("never", "3m")),
    ("bot.coverage=0.1:0.7", ("10%", "70%")),
])
def test_an_axis_is_a_range_or_a_list_in_the_units_of_its_key(text: str, values: tuple[str, ...]) -> None:
    assert read_axis(WORLD, text).values == values


@pytest.mark.parametrize(("text", "said"), [
    ("bot.covrage=0:1:0.1", 'did you mean "bot.coverage"'), ("bot.coverage=0:2:0.5", "bot.coverage"),
    ("bot.coverage=0.9:0:0.1", "a range goes up"), ("bot.coverage=0:1:0", "steps of more than 0"),
    ("bot.coverage=a:b:c", "FROM:TO:STEP"), ("bot.coverage", "KEY=VALUE"), ("team.desk.agents=1,x", "whole number")])
def test_an_axis_that_cannot_be_had_is_told_before_anything_runs(text: str, said: str) -> None:
    with pytest.raises(InterventionError, match=said):
        read_axis(WORLD, text)


def test_designs_have_the_points_that_they_say_and_the_scenario_as_it_is_first() -> None:
    axes = [read_axis(WORLD, "bot.coverage=0:0.8:0.4"), read_axis(WORLD, "team.desk.agents=4:6:1")]
    full, single = grid(axes), one_at_a_time(axes)
    assert (len(full.points), len(single.points)) == (1 + 9, 1 + 6)
    assert full.points[0] == single.points[0] == ()
    assert full.points[1] == (("bot.coverage", "0%"), ("team.desk.agents", "4"))
    assert single.points[1] == (("bot.coverage", "0%"),)
    with pytest.raises(ExperimentError, match="varies once"):
        grid([axes[0], axes[0]])
    with pytest.raises(ExperimentError, match="--design latin"):
        grid([read_axis(WORLD, "team.desk.agents=1:150:1"), read_axis(WORLD, "bot.coverage=0:0.75:0.005")])


def test_a_latin_hypercube_has_each_stratum_of_each_key_once() -> None:
    axes = [read_axis(WORLD, "bot.coverage=0:1"), read_axis(WORLD, "demand.level=50%:150%")]
    points = latin(axes, 20, 3, WORLD).points[1:]
    assert len(points) == 20
    for key, low, high in (("bot.coverage", 0.0, 1.0), ("demand.level", 0.5, 1.5)):
        values = [multiple(dict(point)[key]) for point in points]
        assert sorted(int((value - low) / (high - low) * 20) for value in values) == list(range(20))
        assert all(re.fullmatch(r"\d{1,3}(\.\d\d?)?%", dict(point)[key]) for point in points)
    assert latin(axes, 20, 3, WORLD).points[1:] == points != latin(axes, 20, 4, WORLD).points[1:]
    people = latin([read_axis(WORLD, "team.desk.agents=4:8")], 5, 1, WORLD)
    assert {dict(point)["team.desk.agents"] for point in people.points[1:]} <= set("45678")
    with pytest.raises(ExperimentError, match="needs numbers"):
        latin([read_axis(WORLD, "channel.phone.patience=never,3m")], 5, 1, WORLD)


def test_a_point_is_what_a_comparison_says_of_it() -> None:
    design = grid([read_axis(WORLD, "team.desk.agents=4,6")])
    found = sweep(WORLD, design, replications=3, jobs=1)
    both = compare([Plan("as it is", WORLD), Plan("6", with_value(WORLD, "team.desk.agents", "6"))], replications=3,
                   jobs=1)
    for metric in METRICS:
        assert found.estimate(metric, design.points[2]) == both.estimate(metric, 1)
        assert found.difference(metric, design.points[2]) == both.difference(metric, 1)


def test_a_sweep_that_is_stopped_goes_on_and_changes_no_digit(tmp_path: Path) -> None:
    design = grid([read_axis(WORLD, "team.desk.agents=4:6:1")])
    whole = sweep(WORLD, design, replications=2, jobs=1)

    def folder() -> SweepFolder:
        return SweepFolder("it", WORLD, 1, (), "code", tmp_path)

    def told(done: int, total: int) -> None:
        assert total == 8
        if done == 5:
            raise KeyboardInterrupt

    first = folder()
    stopped = sweep(WORLD, design, replications=2, jobs=1, keep=first.keep, done=first.load(), progress=told)
    first.flush()
    assert (stopped.finished, stopped.asked) == (5, 8)
    second, again = folder(), []

    def keep(cell: Cell, numbers: Numbers) -> None:
        again.append(cell)
        second.keep(cell, numbers)

    resumed = sweep(WORLD, design, replications=2, jobs=1, keep=keep, done=second.load())
    second.flush()
    assert len(again) == 3
    assert resumed.runs == whole.runs == folder().load()
    # More values find what is there; another seed or other code does not.
    more = grid([read_axis(WORLD, "team.desk.agents=4:7:1")])
    assert sweep(WORLD, more, replications=1, jobs=1, done=folder().load(), keep=lambda cell, _: again.append(cell)
                 ).finished == 5
    assert again[3:] == [(more.points[-1], 0)]
    assert SweepFolder("it", WORLD, 2, (), "code", tmp_path).load() == {}
    assert SweepFolder("it", WORLD, 1, (), "other", tmp_path).load() == {}
    assert not [file for file in tmp_path.rglob("*") if file.name.startswith(".")]


def test_effects_and_the_frontier_follow_from_the_numbers() -> None:
    axes = (read_axis(WORLD, "team.desk.agents=4,6"), read_axis(WORLD, "bot.coverage=0,0.5"))
    design = grid(axes)
    # CSAT = 0.5 + 0.05 agents - 0.2 coverage, cost = 10 agents: exact, so the straight line finds just that.
    runs: dict[Cell, Numbers] = {}
    for point in design.points:
        at = {"team.desk.agents": "5", "bot.coverage": "20%"} | dict(point)
        agents, coverage = float(at["team.desk.agents"]), multiple(at["bot.coverage"])
        csat = 0.5 + 0.05 * agents - 0.2 * coverage
        runs[point, 0] = {"csat": (csat, csat, 1.0), "cost": (10 * agents, 10 * agents, None)}
    found = Sweep(WORLD, design, 1, 1, runs)
    assert ends(found, "team.desk.agents") == pytest.approx((0.0, 0.1))
    assert ends(found, "bot.coverage") == pytest.approx((-0.1, 0.0))
    assert [dict(point).get("team.desk.agents", "5") + dict(point).get("bot.coverage", "") for point in
            found.frontier()] == ["40%", "5", "60%"]
    alone = one_at_a_time(axes)
    single = Sweep(WORLD, Design("one", axes, alone.points), 1, 1, {
        (point, 0): {"csat": (value, value, 1.0)} for point, value in zip(alone.points, (0.7, 0.6, 0.8, 0.75, 0.5),
                                                                         strict=True)})
    assert ends(single, "team.desk.agents") == pytest.approx((-0.1, 0.1))
    assert ends(single, "bot.coverage") == pytest.approx((-0.2, 0.05))
    effect = single.effects("csat")["bot.coverage"]
    assert (effect.low_at, effect.high_at) == ("50%", "0%")


def ends(found: Sweep, key: str) -> tuple[float | None, float | None]:
    effect = found.effects("csat")[key]
    return effect.low.value, effect.high.value


def test_the_interval_of_an_effect_is_that_of_what_each_replication_says() -> None:
    """Two replications whose slopes are 2 and 4: 3 ± 12.7 (Student t of one degree, 12.706, times an error of 1)."""
    axis = read_axis(WORLD, "team.desk.agents=4,5,6")
    runs: dict[Cell, Numbers] = {
        (((axis.key, at),), number): {"cost": (value, value, None)}
        for at, both in {"4": (10.0, 20.0), "5": (11.0, 22.0), "6": (12.0, 24.0)}.items()
        for number, value in enumerate(both)}
    effect = Sweep(WORLD, grid([axis]), 1, 2, runs).effects("cost")[axis.key]
    assert (effect.high.value, effect.high.half_width) == pytest.approx((3.0, 12.706), rel=1e-4)
    assert (effect.low.value, effect.low.half_width, effect.span) == pytest.approx((0.0, None, 3.0))


def test_values_that_do_not_go_together_are_told_before_anything_runs() -> None:
    with pytest.raises(ExperimentError, match=r"team\.nobody"):
        apply(WORLD, (("team.nobody.agents", "3"),))
