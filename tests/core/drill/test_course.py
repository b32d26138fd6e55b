"""What script and actions make of the scenario's keys: nothing before a decision, nothing left behind, no value that
the floor cannot take."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.drill.course import Deed, allowed, course, faults, spent, why_not
from core.drill.file import examine_drill
from core.drill.floor import FloorDrill
from core.interventions import key_at, with_value
from core.scenario import Scenario
from core.units import HOUR, MINUTE
from tests.core.drill.test_drill_file import GOOD

ACTIONS = """
[action.approve]
title = "Approve"
delay = "10m"

[action.notice]
title = "Notice"
needs = ["approve"]
delay = "5m"
changes = { proactive.reach = "60%" }
cost = 40

[action.people]
title = "People"
times = 3
delay = "20m"
lasts = "1h"
cost = 100
changes = { team.support.extra = "+2" }

[[action.people.then]]
after = "80m"
lasts = "2h"
changes = { team.support.handle_factor = "x1.2", topic.login.handle_time.mean = "+1m" }

[action.close]
title = "Close the phone"
lasts = "30m"
changes = { channel.phone.closed = true, channel.chat.silent = "=10%", team.support.extra = -1 }

[action.open]
title = "Open it"
lasts = "10m"
earliest = "Mon 08:45"
latest = "Mon 09:30"
changes = { channel.phone.closed = false, callback.accepts = "-50%" }
"""
TEXT = GOOD.replace("[[goal]]", ACTIONS + "\n[[goal]]", 1).replace(
    'end = "Mon 10:00"', 'end = "Mon 12:00"\nbudget = 250')


def read(text: str = TEXT) -> tuple[FloorDrill, Scenario]:
    reading = examine_drill(text, Path("drill.toml"))
    assert reading.drill is not None, reading.problems
    assert isinstance(reading.drill.drill, FloorDrill)
    return reading.drill.drill, reading.drill.scenario


DRILL, SCENARIO = read()
deeds_anywhere = st.lists(st.builds(
    Deed, st.integers(int(DRILL.start), int(DRILL.end) - 1).map(float), st.sampled_from([*DRILL.action])), max_size=8)


def values(deeds: list[Deed], until: float) -> dict[str, str]:
    """What keys stand at then."""
    return {change.key: change.value for change in course(DRILL, SCENARIO, deeds) if change.at <= until}


@given(deeds_anywhere)
@settings(max_examples=30)
def test_every_course_is_one_that_the_floor_can_take(deeds: list[Deed]) -> None:
    scenario = SCENARIO
    for change in course(DRILL, SCENARIO, deeds):
        scenario = with_value(scenario, change.key, change.value)


@given(deeds_anywhere, st.integers(int(DRILL.start), int(DRILL.end) - 1), st.sampled_from([*DRILL.action]))
def test_a_decision_changes_nothing_before_it(deeds: list[Deed], at: int, action: str) -> None:
    before = [change for change in course(DRILL, SCENARIO, deeds) if change.at <= at]
    after = [change for change in course(DRILL, SCENARIO, [*deeds, Deed(float(at), action)]) if change.at <= at]
    assert after == before


@given(deeds_anywhere)
def test_what_ends_leaves_nothing_behind(deeds: list[Deed]) -> None:
    lasting = [deed for deed in deeds if deed.action != "training" and deed.action != "notice"]
    ended = values(lasting, 100 * HOUR)
    assert all(value == key_at(SCENARIO, key).value for key, value in ended.items())


@given(deeds_anywhere)
@settings(max_examples=30)
def test_what_is_allowed_has_no_faults_and_keeps_to_the_budget(deeds: list[Deed]) -> None:
    kept = allowed(DRILL, deeds)
    assert not list(faults(DRILL, kept))
    assert spent(DRILL, kept) <= 250
    assert len(kept) + len(list(faults(DRILL, deeds))) == len(deeds)


def test_people_come_on_top_of_each_other_and_go_in_turn() -> None:
    nine = 9 * HOUR
    extra = [(change.at - nine, change.value) for change in course(DRILL, SCENARIO, [
        Deed(nine, "people"), Deed(nine + 30 * MINUTE, "people"), Deed(nine + 50 * MINUTE, "close")])
        if change.key == "team.support.extra"]
    assert extra == [(20 * MINUTE, "3"), (50 * MINUTE, "5"), (50 * MINUTE + 1, "-1"), (80 * MINUTE + 1, "3"),
                     (110 * MINUTE, "1")]


def test_against_what_it_is() -> None:
    people, deeds = 9 * HOUR, [Deed(9 * HOUR, "people")]
    assert values(deeds, people + 81 * MINUTE)["team.support.handle_factor"] == "120%"
    assert values(deeds, people + 81 * MINUTE)["topic.login.handle_time.mean"] == "5m"
    assert values([Deed(people, "open")], people + 60) == {"demand.level": "300%"}, "a share stops at nothing"


@pytest.mark.parametrize(("done", "name", "at", "why"), [
    ([], "notice", 9.0, "first: Approve"),
    ([Deed(9 * HOUR, "approve")], "notice", 9.1, "not before Mon 09:10: Approve"),
    ([Deed(9 * HOUR, "approve")], "notice", 9.2, None),
    ([Deed(9 * HOUR, "approve")], "approve", 9.2, "it was done"),
    ([], "open", 8.6, "not before Mon 08:45"),
    ([], "open", 9.6, "not after Mon 09:30"),
    ([], "peple", 9.0, 'there is no action "peple"; did you mean "people"?'),
    ([Deed(9 * HOUR, "people")] * 2, "people", 9.2, "it costs 100, and 50 is left of the budget"),
    ([], "people", 12.0, "play lasts from Mon 08:30 to Mon 12:00"),
])
def test_why_an_action_cannot_be_decided(done: list[Deed], name: str, at: float, why: str | None) -> None:
    assert why_not(DRILL, done, name, at * HOUR) == why


@pytest.mark.parametrize(("old", "new", "key", "what"), [
    ('demand.level = "x3"', 'demand.levle = "x3"', "incident.0.changes.demand.levle", 'mean "demand.level"?'),
    ('proactive.reach = "60%"', 'proactive.reach = "160%"', "action.notice.changes.proactive.reach", "between 0%"),
    ('topic.login.handle_time.mean = "+1m"', 'topic.login.handle_time = "+1m"',
     "action.people.then.0.changes.topic.login.handle_time", "is against a number"),
    ('needs = ["approve"]', 'needs = ["aprove"]', "action.notice.needs.0", 'did you mean "approve"?'),
    ('title = "Approve"', 'title = "Approve"\nneeds = ["notice"]', "action.notice.needs.0", "need each other"),
    ('latest = "Mon 09:30"', 'latest = "Mon 08:40"', "action.open", "can never be done"),
    ('metric = "service_level"', 'metric = "occupancy"', "goal.0.metric", "has no best"),
    ('per = "1%"', 'per = "1m"', "goal.0.per", "a share is wanted"),
    ('per = "1%"', 'target = ">80%"\nper = "1%"', "goal.0", "either `per`"),
    ('per = "1%"', 'target = "<=80%"', "goal.0.target", "higher is better"),
    ('end = "Mon 12:00"', 'end = "Mon 08:00"', "end", "must be after the start"),
    ("[[hint]]", '[[reference]]\nat = "Mon 09:00"\naction = "notice"\n[[hint]]', "reference.0", "first: Approve"),
])
def test_what_is_told_of_a_drill(old: str, new: str, key: str, what: str) -> None:
    assert old in TEXT
    problems: dict[str, Any] = {one.key: one for one in examine_drill(
        TEXT.replace(old, new, 1), Path("drill.toml")).problems}
    assert what in problems[key].text("f")
    assert problems[key].line is not None
