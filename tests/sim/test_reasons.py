"""Why CSAT moved: parts that add up, cohorts that add up, and the conversations behind them."""

from __future__ import annotations

import pytest

from core.interventions import Intervention
from core.scenario import Scenario
from core.units import HOUR
from sim.floor import Floor
from sim.reasons import DRIVER, Why
from tests.fake_floor import scenario

WORLD = scenario(incident={}, demand={"rate": 0.04, "profile": "office"}, channel={
    "chat": {"kind": "chat", "expects": "1m", "patience": "20m", "share": 3},
    "email": {"kind": "email", "expects": "1h", "share": 1}})
SINCE, UNTIL = 9 * HOUR, 14 * HOUR


def why(world: Scenario, *changes: tuple[str, str]) -> Why:
    made = tuple(Intervention(SINCE, key, value) for key, value in changes)
    floor, twin = Floor(world, 3, interventions=made), Floor(world, 3)
    for one in (floor, twin):
        one.advance(UNTIL)
    return Why(SINCE, UNTIL, floor.scenario, world, floor.rated(SINCE), twin.rated(SINCE))


FEWER = why(WORLD, ("team.frontline.extra", "-10"))


def test_without_a_change_there_is_nothing_to_say() -> None:
    same = why(WORLD)
    assert same.difference == 0.0
    assert same.reasons() == ()
    assert all(reason.points == pytest.approx(0.0, abs=1e-12) for reason in same.reasons("topic"))


@pytest.mark.parametrize("dimension", FEWER.dimensions)
def test_the_parts_add_up_to_the_difference(dimension: str) -> None:
    before, after = FEWER.csat
    assert before is not None
    assert after is not None
    assert after < before - 0.02, "ten people fewer hurt"
    assert FEWER.rated[0] > 100
    assert sum(reason.points for reason in FEWER.reasons(dimension)) == pytest.approx(after - before)


def test_what_fewer_people_do_is_waits_and_people_who_give_up() -> None:
    by_name = {reason.name: reason.points for reason in FEWER.reasons()}
    assert by_name["wait"] + by_name.get("gave_up", 0.0) < 0.5 * (FEWER.difference or 0.0)
    assert FEWER.dimensions == (DRIVER, "topic", "channel"), "one segment and no levels: nothing to split"


def test_behind_a_part_are_the_conversations_that_it_moved() -> None:
    found = FEWER.witnesses(DRIVER, "wait")
    assert found
    assert [abs(one.points) for one in found] == sorted((abs(one.points) for one in found), reverse=True)
    rows, twin = FEWER.rows, FEWER.twin_rows
    for one in found[:10]:
        at = ((rows.need == one.need) & (rows.contact == one.contact)).nonzero()[0]
        assert rows.rating[at].tolist() == [one.rating]
        there = ((twin.need == one.need) & (twin.contact == one.contact)).nonzero()[0]
        assert twin.rating[there].tolist() == ([] if one.twin_rating is None else [one.twin_rating])
    assert {one.topic for one in FEWER.witnesses("topic", "billing")} == {"billing"}
    assert all((one.rating >= 4) != ((one.twin_rating or 0) >= 4) for one in FEWER.witnesses(DRIVER, "chance"))


def test_a_floor_on_which_nothing_has_been_rated_has_no_reasons() -> None:
    nothing = FEWER.rows.where(FEWER.rows.need < 0)
    empty = Why(SINCE, UNTIL, WORLD, WORLD, nothing, FEWER.twin_rows)
    assert empty.difference is None
    assert empty.reasons() == ()
    assert empty.witnesses(DRIVER, "wait") == ()
