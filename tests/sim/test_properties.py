"""What must be true of every floor: random scenarios with every mechanism, held to conservation, Little's law and
the promise that a scenario, a seed and the changes are the run, to the last digit.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, note, settings
from hypothesis import strategies as st

from core.interventions import Intervention, with_value
from core.records import Origin, Outcome, Records
from core.scenario import Scenario
from core.scenario_file import load_scenario
from core.units import DAY, HOUR
from sim.floor import Floor
from tests.strategies import scenarios

EVERYTHING = Path(__file__).parent / "every_mechanism.toml"
FAR = 14 * DAY


def run(scenario: Scenario, until: float | None = None, seed: int = 1, replication: int = 0,
        changes: Sequence[Intervention] = ()) -> Floor:
    floor = Floor(scenario, seed, replication, changes)
    floor.advance(scenario.length if until is None else until)
    return floor


def same(one: Records, other: Records) -> None:
    """Every column equal, to the last digit."""
    for (name, values), (_, others) in zip(one.columns(), other.columns(), strict=True):
        np.testing.assert_array_equal(values, others, err_msg=name)


def with_changes(scenario: Scenario, **parts: object) -> Scenario:
    return scenario.model_copy(update=parts)


# CONSERVATION

NEXT = {Origin.REOPEN: Outcome.CLOSED, Origin.RECONTACT: Outcome.BOT_RESOLVED, Origin.RETRY: Outcome.ABANDONED}
"""How the contact before ended."""


@settings(max_examples=18)
@given(scenarios(), st.integers(0, 2**31))
def test_a_run_loses_nothing_and_its_rows_tell_one_story(scenario: Scenario, seed: int) -> None:
    """One run, which is dear, for all that must be true of its rows; then it goes on until the last one has ended."""
    scenario = with_changes(scenario, warm_up=0.0)
    floor = Floor(scenario, seed, interventions=[Intervention(scenario.length, "demand.level", "0%")])
    floor.advance(scenario.length)
    every_need_is_accounted_for(floor)
    a_row_tells_one_story(floor)
    peoples_time_is_in_the_records(floor)


def every_need_is_accounted_for(floor: Floor) -> None:
    """Needs in = prevented + self-served + bot-resolved + bot-left + human-closed + abandoned + in progress."""
    rows, measures = floor.records(), floor.measures()
    new = rows.origin == Origin.NEW
    needs = np.count_nonzero(new)
    assert measures["needs"] == needs
    np.testing.assert_array_equal(np.unique(rows.need), np.arange(needs))
    assert np.isin(rows.outcome, [int(outcome) for outcome in Outcome]).all()

    # Contacts of a need are 1, 2, 3 ...; each further one follows from how the one before ended.
    np.testing.assert_array_equal(rows.contact[new], 1)
    later = np.flatnonzero(~new)
    before = later - 1
    np.testing.assert_array_equal(rows.need[later], rows.need[before])
    np.testing.assert_array_equal(rows.contact[later], rows.contact[before] + 1)
    for origin, outcome in NEXT.items():
        mine = rows.origin[later] == origin
        np.testing.assert_array_equal(rows.outcome[before][mine], int(outcome))
        assert not rows.resolved[before][mine].any()
    assert (rows.arrived[later] >= rows.ended[before]).all()
    for column in ("topic", "segment", "channel"):
        np.testing.assert_array_equal(getattr(rows, column)[later], getattr(rows, column)[before])


def a_row_tells_one_story(floor: Floor) -> None:
    """Times are in order, and the columns agree about how far the conversation got and how it ended."""
    scenario, rows = floor.scenario, floor.records()
    stages = np.column_stack((rows.arrived, rows.asked, rows.queued, rows.answered, rows.replied, rows.ended))
    # A stage that was not reached takes the time of the one before.
    filled = np.maximum.accumulate(np.where(np.isnan(stages), -np.inf, stages), axis=1)
    reached = ~np.isnan(stages)
    assert (stages[reached] == filled[reached]).all()
    assert (filled[:, -1] <= floor.now).all()

    asked, queued, answered, replied, ended = reached[:, 1:].T
    outcome = rows.outcome
    np.testing.assert_array_equal(ended, outcome != Outcome.OPEN)
    np.testing.assert_array_equal(
        ~asked & ended, np.isin(outcome, (Outcome.PREVENTED, Outcome.SELF_SERVED, Outcome.TURNED_AWAY)))
    assert not (queued & ~asked).any()
    assert not (answered & ~queued).any()
    assert not (replied & ~answered).any()
    assert (answered & replied)[outcome == Outcome.CLOSED].all()
    passed = rows.sorted | (rows.transfers > 0) | (rows.escalations > 0)
    assert (queued & (~answered | passed))[outcome == Outcome.ABANDONED].all()
    bots = (Outcome.BOT_RESOLVED, Outcome.BOT_GAVE_UP, Outcome.ARTICLE_RESOLVED)
    assert not queued[np.isin(outcome, bots)].any()
    np.testing.assert_array_equal(rows.team >= 0, queued)
    np.testing.assert_array_equal(rows.served_by >= 0, rows.agent >= 0)
    assert (rows.agent >= 0)[answered].all()
    np.testing.assert_array_equal((rows.agent >= 0)[~passed], answered[~passed])
    np.testing.assert_array_equal((rows.rating > 0)[asked], ended[asked])
    assert not rows.resolved[np.isin(outcome, (Outcome.OPEN, Outcome.BOT_GAVE_UP, Outcome.ABANDONED))].any()
    assert not (rows.surveyed & (rows.rating == 0)).any()
    assert (rows.failed_turns <= rows.bot_turns).all()
    teams = list(scenario.team)
    helpers = np.array([[name == other or name in scenario.team[other].overflow for name in teams] for other in teams])
    once = answered & ~passed
    assert helpers[rows.team[once], rows.served_by[once]].all()


def peoples_time_is_in_the_records(floor: Floor) -> None:
    """Conversations held, integrated over time, are the sum of handle times once nobody has one in hand."""
    scenario = floor.scenario
    while any(agent.open for team in floor.teams for agent in team.agents.values()):
        assume(floor.now < FAR)
        floor.advance(floor.now + 6 * HOUR)
    handled = float(floor.records().handle.sum())
    note(f"{handled} s handled until {floor.now}")
    held = floor.hours().held
    # Paced chats end on the next whole tick, and sums of this size lose some bits.
    assert held == pytest.approx(handled, abs=1e-3)
    hours = floor.hours()
    assert hours.busy <= held + 1e-6
    assert hours.busy <= hours.available + 1e-6
    slots = max(team.concurrency for team in scenario.team.values())
    assert held <= slots * hours.busy + 1e-6


# LITTLE'S LAW

def live(scenario: Scenario) -> Scenario:
    """The scenario without silent leavers and email, whose place in a queue the records do not show."""
    channels = {name: channel.model_copy(update={"kind": "chat" if channel.kind == "email" else channel.kind,
                                                 "silent": 0.0, "touches": 1.0})
                for name, channel in scenario.channel.items()}
    return with_changes(scenario, channel=channels, warm_up=0.0)


@settings(max_examples=14)
@given(scenarios(passing=False), st.integers(0, 2**31), st.lists(st.floats(0.0, 1.0), min_size=1, max_size=6))
def test_littles_law_in_the_queue_and_in_the_team(scenario: Scenario, seed: int, stops: list[float]) -> None:
    """Queue length integrated over time = the sum of waits; the queue seen at any moment is the records' queue."""
    scenario = live(scenario)
    floor = Floor(scenario, seed)
    for stop in sorted(stops):
        floor.advance(stop * scenario.length)
        seen = [team.waiting for team in floor.snapshot().teams]
        rows = floor.records()
        waits = ~np.isnan(rows.queued) & np.isnan(rows.answered) & np.isnan(rows.ended)
        assert seen == [np.count_nonzero(waits & (rows.team == number)) for number in range(len(seen))]
    floor.advance(scenario.length)
    rows, measures = floor.records(), floor.measures()
    human = rows.where(~np.isnan(rows.queued))
    ended = np.where(np.isnan(human.ended), floor.now, human.ended)
    left = np.where(np.isnan(human.answered), ended, human.answered)
    for entered, gone, metric in ((human.queued, left, "waiting"), (human.queued, ended, "backlog")):
        # The number present changes by one at each event; both sides are whole ticks, so nothing is lost.
        times = np.concatenate((entered, gone, [floor.now]))
        order = np.argsort(times, kind="stable")
        present = np.cumsum(np.concatenate((np.ones(len(human)), -np.ones(len(human)), [0.0]))[order])
        integral = float(np.sum(present[:-1] * np.diff(times[order])))
        assert integral == float(np.sum(gone - entered))
        assert (measures[metric] or 0.0) * floor.now == pytest.approx(integral, rel=1e-12, abs=1e-9)
    if len(human):
        waited = float((left - human.queued).sum())
        assert (measures["wait_mean"] or 0.0) * len(human) == pytest.approx(waited, rel=1e-12)


# THE SAME RUN

@settings(max_examples=14)
@given(scenarios(), st.integers(0, 2**31), st.lists(st.floats(0.0, 1.2), max_size=12),
       st.lists(st.tuples(st.floats(0.0, 1.0), st.sampled_from(("demand.level", "bot.coverage", "extra"))), max_size=3))
def test_slices_make_no_difference(scenario: Scenario, seed: int, slices: list[float],
                                   changes: list[tuple[float, str]]) -> None:
    """Advancing in random slices, with looks in between and changes made live or beforehand, is one run."""
    team = next(iter(scenario.team))
    made = [Intervention(at * scenario.length, f"team.{team}.extra" if key == "extra" else key,
                         {"demand.level": "140%", "bot.coverage": "70%", "extra": "1"}[key])
            for at, key in sorted(changes)]
    whole = run(scenario, seed=seed, changes=made)
    sliced = Floor(scenario, seed)
    for change in made:
        sliced.intervene(change)
    for stop in sorted(slices):
        sliced.advance(stop * scenario.length if stop <= 1.0 else sliced.now)
        sliced.snapshot()
    sliced.advance(scenario.length)
    same(whole.records(), sliced.records())
    assert whole.measures() == sliced.measures()
    assert whole.hours() == sliced.hours()


DIGEST = """
import sys
from tests.sim.test_properties import EVERYTHING, digest
from core.scenario_file import load_scenario
print(digest(load_scenario(EVERYTHING)))
"""


@cache
def expected() -> str:
    """The fingerprint in this process."""
    return digest(load_scenario(EVERYTHING))


def digest(scenario: Scenario) -> str:
    """A fingerprint of every digit of a run."""
    hasher = hashlib.sha256()
    floor = run(scenario, changes=[Intervention(DAY + 10 * HOUR, "demand.level", "130%")])
    for name, values in floor.records().columns():
        hasher.update(name.encode() + np.ascontiguousarray(values).tobytes())
    hasher.update(repr(floor.measures()).encode())
    return hasher.hexdigest()


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_the_same_seed_is_the_same_run_in_another_process(hash_seed: str) -> None:
    """Nothing of the interpreter's state, the order of its sets least of all, reaches a run."""
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", DIGEST], capture_output=True, text=True, check=True, cwd=root,
                          env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(root)})
    assert done.stdout.strip() == expected()


def test_another_seed_another_replication_and_other_staffing_are_other_runs() -> None:
    scenario = load_scenario(EVERYTHING)
    first = run(scenario).records()
    same(first, run(scenario).records())
    for other in (run(scenario, seed=2).records(), run(scenario, replication=1).records(),
                  run(scenario, seed=-1).records()):
        assert not np.array_equal(first.arrived[:100], other.arrived[:100])
    staffed = run(with_value(scenario, "team.front.extra", "1")).records()
    new, others = first.where(first.origin == Origin.NEW), staffed.where(staffed.origin == Origin.NEW)
    np.testing.assert_array_equal(new.arrived, others.arrived)
    np.testing.assert_array_equal(new.topic, others.topic)
    assert not np.array_equal(new.answered, others.answered, equal_nan=True)


@settings(max_examples=6)
@given(scenarios(), st.integers(0, 2**31))
def test_seeds_and_replications_never_share_customers(scenario: Scenario, seed: int) -> None:
    until = scenario.length / 3
    runs = [run(scenario, until, seed=seed), run(scenario, until, seed=seed + 1),
            run(scenario, until, seed=seed, replication=1)]
    arrivals = [floor.records().arrived for floor in runs]
    assume(all(len(times) for times in arrivals))
    new = [set(times[times > 0.0].tolist()) for times in arrivals]
    assert not new[0] & new[1]
    assert not new[0] & new[2]
