"""Tours: what rules allow, what they cover, and how a plan becomes a scenario that is read back equal."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.scenario import Scenario
from core.scenario_file import dump_scenario, read_scenario
from core.staffing.grid import Grid, cost_per_hour, planned
from core.staffing.tours import Rules, RulesError, days_in_words, own_tours, single_steps, tours, with_people

HOUR, DAY = 3600.0, 86_400.0
WEEK = Grid(7, HOUR)
SHOP = read_scenario("""\
[demand]
rate = "30/h"
[topic.any]
[shift.early]
days = ["Mon", "Tue"]
start = "08:00"
end = "16:00"
breaks = [{ start = "11:00", length = "30m", stagger = "1h30m" }]
[shift.night]
days = ["Sun"]
start = "22:00"
end = "06:00"
[team.desk]
shifts = { early = 3, night = 1 }
cost_per_hour = 20
[team.back]
schedule = "people"
[profile.people]
every = "30m"
mon = [""" + ", ".join(["2.4"] * 48) + """]
[team.back.overflow]
desk = "1m"
[channel.phone]
share = "50%"
[channel.chat]
share = "50%"
[[route]]
channels = ["chat"]
team = "back"
""")


def hours(*days: tuple[int, int, int]) -> np.ndarray:
    """Opening hours by day, from, to."""
    opening = np.zeros(len(WEEK))
    for day, start, end in days:
        opening[day * 24 + start:day * 24 + end] = 1.0
    return opening


def test_people_on_duty_by_a_teams_own_plan() -> None:
    people = planned(SHOP, SHOP.team["desk"], WEEK)
    assert people.sum() == 2 * 8 * 3 + 8
    assert people[8] == 3.0
    # The night from Sunday goes on to Monday morning.
    assert list(people[:7]) == [1.0] * 6 + [0.0]
    assert people[-2:].tolist() == [1.0, 1.0]
    assert planned(SHOP, SHOP.team["back"], WEEK).sum() == 24 * 2


def test_a_tour_covers_its_hours_less_its_break() -> None:
    early, night = own_tours(SHOP, WEEK, 5)
    assert early.hours == 16.0
    # The half hour is taken somewhere in two hours: a quarter of each is spent away.
    assert early.present[8:16].tolist() == pytest.approx([1, 1, 1, 0.75, 0.75, 1, 1, 1])
    assert early.duty.sum() == 16.0
    assert night.present[:6].tolist() == [1.0] * 6


def test_a_shift_of_more_days_than_people_work_takes_some_who_take_turns() -> None:
    early, _ = own_tours(SHOP, WEEK, 5)
    in_turns, _ = own_tours(SHOP, WEEK, 1)
    assert (early.turns, early.heads(3)) == (1.0, 3)
    assert (in_turns.turns, in_turns.heads(3)) == (2.0, 6)
    assert replace(early, turns=7 / 5).heads(3) == 5
    assert single_steps(WEEK, early.duty)[0].heads(3) == 0


def test_rules_make_all_tours_within_opening_hours() -> None:
    opening = hours(*((day, 8, 20) for day in range(5)))
    made = tours(Rules(part_time=0.0), WEEK, opening)
    # Five starts from 08:00 to 12:00; only Monday to Friday lies within the opening hours.
    assert sorted(tour.name for tour in made) == [f"mon-fri-{8 + k:02d}00-{16 + k:02d}00" for k in range(5)]
    assert all(tour.hours == 40.0 and not tour.part_time for tour in made)
    with_part_time = tours(Rules(), WEEK, opening)
    assert {tour.hours for tour in with_part_time if tour.part_time} == {16.0, 20.0}


def test_hours_too_short_for_a_shift_are_covered_by_those_that_lie_outside_the_least() -> None:
    made = tours(Rules(part_time=0.0), WEEK, hours((0, 9, 12)))
    assert made
    assert all(tour.duty[9:12].any() for tour in made)


def test_rules_that_cannot_be() -> None:
    with pytest.raises(RulesError) as error:
        Rules(length=20 * HOUR, rest=8 * HOUR, days=9, every=7 * HOUR).check()
    assert len(str(error.value).splitlines()) == 4


def test_a_plan_becomes_a_scenario_that_is_read_back_equal() -> None:
    made = tours(Rules(), WEEK, hours(*((day, 8, 20) for day in range(7))))
    people = {tour: place % 3 for place, tour in enumerate(made[:12])}
    steps = dict.fromkeys(single_steps(WEEK, hours((2, 9, 11))), 2)
    after = with_people(SHOP, WEEK, {"desk": people, "back": steps})
    assert read_scenario(dump_scenario(after)) == after
    duty = np.sum([count * tour.duty for tour, count in people.items()], axis=0)
    assert planned(after, after.team["desk"], WEEK) == pytest.approx(duty)
    assert planned(after, after.team["back"], WEEK).tolist() == (2 * hours((2, 9, 11))).tolist()
    # Nothing of the old plan is left over.
    assert "early" not in after.shift
    assert set(after.profile) == {"people-back"}


def test_days_in_words() -> None:
    assert [days_in_words(days) for days in (("Mon", "Tue", "Wed"), ("Mon", "Sun"), ("Mon", "Wed"), ("Sat",))] == [
        "Mon-Wed", "Sun-Mon", "Mon,Wed", "Sat"]


def test_people_cost_what_their_levels_cost() -> None:
    data = SHOP.model_dump() | {"level": {"junior": {"cost_per_hour": 20.0}, "senior": {}}}
    data["team"]["desk"] |= {"levels": {"junior": 3.0, "senior": 1.0}, "cost_per_hour": 40.0}
    assert cost_per_hour(Scenario.model_validate(data), "desk") == 25.0
    assert cost_per_hour(SHOP, "desk") == 20.0
