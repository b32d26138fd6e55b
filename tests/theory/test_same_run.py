"""Mechanisms at settings where they must change nothing: the same seed then gives the same waits, to the last digit.

Each pair of floors is one queueing system written twice. This is sharper than comparing both with a formula, which
tests/theory/test_steady_state.py does for one of each pair.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.interventions import Intervention, with_value
from core.records import Records
from core.scenario_file import load_scenario
from core.units import DAY, HOUR
from sim.floor import Floor

HERE = Path(__file__).parent


def run(file: str, change: dict[str, str]) -> Records:
    scenario = with_value(load_scenario(HERE / f"{file}.toml"), "length", "2d")
    for key, value in change.items():
        scenario = with_value(scenario, key, value)
    floor = Floor(scenario, seed=5)
    floor.advance(scenario.length)
    return floor.records()


Pair = tuple[tuple[str, dict[str, str]], tuple[str, dict[str, str]]]
PAIRS: dict[str, Pair] = {
    "round robin among equals": (("erlang_a_13", {}), ("erlang_a_13", {"team.desk.selection": "round_robin"})),
    "two teams that share are one": (("erlang_c_14", {}), ("pooled", {})),
    "help that comes too late": (("erlang_a_13", {}), ("late_help", {})),
    "three chats without slowdown are three people": (
        ("three_chats", {}), ("three_chats", {"team.desk.concurrency": "1", "team.desk.agents": "3"})),
    "an email in one touch is a call": (("after_work", {}), ("after_work", {"channel.phone.kind": "email"})),
    "a bot that takes nothing": (
        ("erlang_a_13", {}), ("erlang_a_13", {"bot.success": "100%", "bot.false_resolution": "100%"})),
    "reopens of what is always settled": (
        ("erlang_a_13", {}), ("erlang_a_13", {"follow_up.reopen_delay": "1h", "follow_up.retry_delay": "1h"})),
    "one extra in place of one planned": (
        ("erlang_a_13", {}), ("erlang_a_13", {"team.desk.agents": "12", "team.desk.extra": "1"})),
    "a team that settles less of easier topics": (
        ("reopens", {}),
        ("reopens", {"topic.any.first_contact_resolution": "100%", "team.desk.resolution_factor": "75%"})),
    "a shorter reach of better help": (
        ("funnel", {}), ("funnel", {"proactive.reach": "10%", "proactive.effect": "100%"})),
    "a bot for all that may take less of the topic": (
        ("funnel", {}), ("funnel", {"bot.coverage": "100%", "topic.any.bot": "60%"})),
    "a bot for all that may talk to fewer customers": (
        ("funnel", {}), ("funnel", {"bot.coverage": "100%", "segment.everyone.bot": "60%"})),
    "patience that outlasts every wait": (
        ("erlang_c_14", {}), ("erlang_c_14", {"channel.phone.patience": '"5h"'})),
}
"""Two scenarios each: a file and changes by key."""

NEARLY: dict[str, Pair] = {
    "emails whose customers answer at once": (
        ("email", {"channel.mail.touches": "1"}),
        ("email", {"channel.mail.customer_delay": "0s"})),
    "a slower channel on shorter topics": (
        ("erlang_c_14", {}),
        ("erlang_c_14", {"topic.any.handle_time.mean": "1m30s", "channel.phone.handle_factor": "200%"})),
    "a quicker team on longer topics": (
        ("erlang_c_14", {}),
        ("erlang_c_14", {"topic.any.handle_time.mean": "6m", "team.desk.handle_factor": "0.5"})),
}
"""The same where a time is divided, and rounded down to the engine's unit of a microsecond."""


@pytest.mark.parametrize("name", PAIRS)
def test_nothing_changes(name: str) -> None:
    one, other = (run(file, change) for file, change in PAIRS[name])
    assert len(one) > 100
    for column in ("arrived", "queued", "answered", "ended"):
        np.testing.assert_array_equal(getattr(one, column), getattr(other, column), err_msg=column)


def test_a_change_of_staff_is_what_the_plan_would_have_said() -> None:
    """People by schedule, and people who come by a change at the time of each step: one run."""
    planned = with_value(load_scenario(HERE / "sine.toml"), "length", "2d")
    steps = planned.profile["people"].all
    steady = with_value(planned, "profile.people.all", str([steps[0]] * len(steps)))
    changes = [Intervention(day * DAY + step * 2 * HOUR, "team.desk.extra", str(int(people - steps[0])))
               for day in range(2) for step, people in enumerate(steps)]
    runs = []
    for scenario, made in ((planned, ()), (steady, changes)):
        floor = Floor(scenario, seed=5, interventions=made)
        floor.advance(scenario.length)
        runs.append(floor.records())
    for column in ("arrived", "answered", "ended"):
        one, other = (getattr(rows, column) for rows in runs)
        np.testing.assert_array_equal(one, other, err_msg=column)


@pytest.mark.parametrize("name", NEARLY)
def test_nothing_changes_but_the_rounding(name: str) -> None:
    one, other = (run(file, change) for file, change in NEARLY[name])
    for column in ("arrived", "queued", "answered", "ended"):
        np.testing.assert_allclose(getattr(one, column), getattr(other, column), rtol=0, atol=1e-3, err_msg=column)


def test_one_person_less_changes_something() -> None:
    """The comparison above can fail."""
    one, other = run("erlang_a_13", {}), run("erlang_a_13", {"team.desk.agents": "12"})
    np.testing.assert_array_equal(one.arrived, other.arrived)
    assert not np.array_equal(one.answered, other.answered, equal_nan=True)
