"""The search for a reference policy, simple policies, and the drills that come along: luck fails, a policy passes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from core.drill.course import Deed, faults
from core.drill.file import load_drill
from core.drill.floor import FloorDrill
from core.drill.shelf import names
from sim.drills import reference
from sim.drills.exercise import Exercise
from sim.drills.policies import Trial, at_random, tells_apart, try_policies
from sim.experiments.executor import Executor, ThisProcess, executor
from tests.sim.drills import small
from tui.cli import run

FLOOR_DRILLS = [name for name in names() if isinstance(load_drill(name).drill, FloorDrill)]


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    return small.exercise(tmp_path)


def test_a_search_finds_a_policy_that_is_allowed_and_helps(exercise: Exercise) -> None:
    found = reference.search(exercise, 7, ThisProcess(), most=36)
    assert found.gain > 50
    assert not list(faults(exercise.drill, found.deeds))
    assert min(deed.at for deed in found.deeds) >= 9.5 * 3600 + 120, "nothing is done before the first headline"
    twin = exercise.run((), 7)
    assert exercise.gain(exercise.run(found.deeds, 7), twin) == found.gain


def test_over_several_days_the_gain_is_their_mean(exercise: Exercise) -> None:
    found = reference.search(exercise, 7, ThisProcess(), most=9, seeds=2)
    gains = [exercise.gain(exercise.run(found.deeds, seed), exercise.run((), seed)) for seed in (7, 8)]
    assert found.gain == pytest.approx(sum(gains) / 2)
    assert found.runs == 9


@pytest.mark.parametrize(("other", "good"), [
    ({}, True), ({"span": 340.0}, True), ({"span": 300.0}, False), ({"meets": False}, False),
    ({"reference": 74.0}, False), ({"nothing": 80.0}, False), ({"randoms": (80.0, 10.0)}, True),
    ({"randoms": (80.0, 90.0)}, False)])
def test_what_tells_good_play_from_luck(other: dict[str, Any], good: bool) -> None:
    """The drill's own policy has to gain a third of 1000 on another day, and one of up to ten random ones may pass."""
    own = Trial(seed=1, nothing=0.0, randoms=(20.0, 30.0), reference=100.0, span=1000.0, meets=True, pass_mark=75.0)
    assert tells_apart([own, replace(own, **{"seed": 2, **other})]) is good


def test_it_finds_the_same_in_several_processes(exercise: Exercise, two_processes: Executor) -> None:
    several = reference.search(exercise, 7, two_processes, most=12)
    assert several == reference.search(exercise, 7, ThisProcess(), most=12)
    assert several.runs == 12
    assert not several.finished


def test_ctrl_c_keeps_the_best_so_far(exercise: Exercise) -> None:
    def interrupt(done: int, most: int) -> None:
        if done == 9:
            raise KeyboardInterrupt

    found = reference.search(exercise, 7, ThisProcess(), interrupt, most=40)
    assert (found.runs, found.finished) == (9, False)
    assert found.gain > 0


def test_what_was_found_for_a_seed_is_kept(exercise: Exercise) -> None:
    assert reference.known(exercise, 3) is None
    deeds = (Deed(9.6 * 3600, "call-in"),)
    reference.keep(exercise, 3, deeds)
    assert reference.known(exercise, 3) == deeds
    assert reference.reference(exercise, 3) == deeds


def test_random_policies_are_allowed_and_differ(exercise: Exercise) -> None:
    policies = {at_random(exercise, number) for number in range(10)}
    assert len(policies) > 5
    assert not any(list(faults(exercise.drill, deeds)) for deeds in policies)
    assert at_random(exercise, 3) == at_random(exercise, 3)


def test_the_commands(exercise: Exercise, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(tmp_path / "rush.toml")
    assert run(["drill", "reference", file, "--most", "12", "--jobs", "1"]) == 0
    moves = capsys.readouterr().out
    assert moves.startswith('[[reference]]\nat = "Mon 09:')
    small.exercise(tmp_path, "[[goal]]", f"{moves}\n[[goal]]")
    code = run(["drill", "policies", file, "--seeds", "2", "--randoms", "2", "--json", "--jobs", "1"])
    told = json.loads(capsys.readouterr().out)
    assert [one["nothing"] for one in told["seeds"]] == [0.0, 0.0]
    assert told["good"] == (code == 0)


@pytest.mark.parametrize("name", FLOOR_DRILLS)
def test_nothing_and_luck_fail_and_the_reference_passes(name: str) -> None:
    exercise = Exercise.of(load_drill(name))
    assert exercise.drill.reference, "nobody should have to wait for a search"
    trials = try_policies(exercise, seeds=2, randoms=1)
    assert tells_apart(trials), trials


@pytest.mark.long
@pytest.mark.parametrize("name", FLOOR_DRILLS)
def test_luck_fails_under_many_seeds(name: str) -> None:
    with executor() as processes:
        trials = try_policies(Exercise.of(load_drill(name)), seeds=6, randoms=12, executor=processes)
    assert tells_apart(trials), trials


@pytest.mark.long
@pytest.mark.parametrize("name", FLOOR_DRILLS)
def test_its_policy_passes_against_the_best_that_is_found_on_other_days(name: str) -> None:
    """The policies that were found know the chance of their day; the drill's own has to come near them without."""
    with executor() as processes:
        trials = try_policies(Exercise.of(load_drill(name)), seeds=3, randoms=0, searches=True, executor=processes)
    assert tells_apart(trials), trials
