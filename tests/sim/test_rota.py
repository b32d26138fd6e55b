"""The rota: shifts over midnight, breaks, absences and spells away, people added and taken off."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from core.interventions import Intervention
from sim.floor import Floor
from tests.sim.floors import DAY, HOUR, scenario

SHIFTS: dict[str, Any] = {"shift": {
    "early": {"start": "08:00", "end": "16:00"}, "late": {"start": "12:00", "end": "20:00"},
    "night": {"start": "22:00", "end": "06:00"}}}
IDLE: dict[str, Any] = {"demand": {"rate": "0.001/h"}}


def at_work(hours: Sequence[float], changes: tuple[Intervention, ...] = (), **parts: Any) -> list[int]:
    """People at work at those hours since Monday 00:00."""
    floor = Floor(scenario(**IDLE, **parts), interventions=changes)
    counts = []
    for hour in hours:
        floor.advance(hour * HOUR)
        counts.append(len(floor.snapshot().teams[0].people))
    return counts


def test_shifts_come_and_go_also_over_midnight() -> None:
    team = {"all": {"shifts": {"early": 3, "late": 2, "night": 1}}}
    assert at_work([3, 8, 11.9, 12, 16, 20, 22, 24 + 5.9, 24 + 6, 24 + 9], team=team, **SHIFTS) == [
        0, 3, 3, 5, 2, 0, 1, 1, 0, 3]


def test_a_shift_works_on_its_days() -> None:
    shift = {"early": {"start": "08:00", "end": "16:00", "days": ["Tue", "Sun"]}}
    hours = [24 * day + 9 for day in range(7)]
    assert at_work(hours, team={"all": {"shifts": {"early": 2}}}, shift=shift) == [0, 2, 0, 0, 0, 0, 2]


def test_a_schedule_is_followed_step_by_step() -> None:
    profile = {"plan": {"all": [hour % 5 for hour in range(24)]}}
    hours = [hour + 0.5 for hour in range(48)]
    assert at_work(hours, team={"all": {"schedule": "plan"}}, profile=profile) == [hour % 5 for hour in range(24)] * 2


@pytest.mark.parametrize(("extra", "expected"), [(2, [0, 5, 7, 4, 0]), (-1, [0, 2, 4, 1, 0]), (-3, [0, 0, 2, 0, 0])])
def test_extra_people_are_there_whenever_anyone_is_planned(extra: int, expected: list[int]) -> None:
    team = {"all": {"shifts": {"early": 3, "late": 2}, "extra": extra}}
    assert at_work([3, 9, 13, 17, 21], team=team, **SHIFTS) == expected


def test_a_change_of_people_is_at_once_and_can_be_taken_back() -> None:
    changes = (Intervention(10 * HOUR, "team.all.extra", "2"), Intervention(11 * HOUR, "team.all.shifts.early", "1"),
               Intervention(13 * HOUR, "team.all.extra", "0"))
    team = {"all": {"shifts": {"early": 3, "late": 2}}}
    assert at_work([9, 10, 11, 12.5, 13, 15, 17], changes, team=team, **SHIFTS) == [3, 5, 3, 5, 3, 3, 2]


def away(**team: Any) -> float:
    """Share of planned time that the people of a month were not available."""
    given = scenario(**IDLE, **SHIFTS, length="28d", team={"all": {"shifts": {"early": 20}} | team})
    floor = Floor(given, seed=3, keep_records=False)
    floor.advance(given.length)
    hours = floor.hours()
    assert hours.paid == 20 * 20 * 8 * HOUR
    return 1.0 - hours.available / hours.paid


def test_shrinkage_takes_its_share_and_is_paid() -> None:
    # 400 person-days: a share of .3 from absences of .1 has a standard error of .015, spells a far smaller one.
    assert away() == 0.0
    assert away(shrinkage={"absent": "10%"}) == pytest.approx(0.1, abs=3 * np.sqrt(0.09 / 400))
    assert away(shrinkage={"away": "20%", "spell": "15m"}) == pytest.approx(0.2, abs=0.012)


def test_breaks_are_taken_in_their_stagger_and_last_as_long_as_they_should() -> None:
    shift = {"early": {"start": "08:00", "end": "16:00",
                       "breaks": [{"start": "11:00", "length": "30m", "stagger": "2h"}]}}
    given = scenario(**IDLE, shift=shift, length="5d", team={"all": {"shifts": {"early": 40}}})
    floor = Floor(given, seed=3)
    gone = []
    for minute in range(8 * 60, 16 * 60, 10):
        floor.advance(minute * 60.0)
        gone.append(sum(person.state == "break" for person in floor.snapshot().teams[0].people))
    before, after = (11 * 60 - 8 * 60) // 10, (13 * 60 + 30 - 8 * 60) // 10 + 1
    assert sum(gone[:before]) == sum(gone[after:]) == 0
    assert 0 < max(gone) < 40
    floor.advance(given.length)
    assert floor.hours().available == 5 * 40 * 7.5 * HOUR


def test_the_conversation_in_hand_is_finished_after_the_shift_and_before_the_break() -> None:
    shift = {"early": {"start": "08:00", "end": "16:00", "breaks": [{"start": "12:00", "length": "1h"}]}}
    given = scenario(shift=shift, length="1d", topic={"all": {"handle_time": "50m"}}, demand={"rate": "20/h"},
                     team={"all": {"shifts": {"early": 6}}})
    floor = Floor(given)
    floor.advance(DAY)
    rows = floor.records()
    handled = rows.where(~np.isnan(rows.answered))
    assert (handled.answered < 16 * HOUR).all()
    assert handled.ended.max() > 16 * HOUR
    assert np.allclose(handled.ended - handled.answered, 3_000.0)
    starts_in_break = (handled.answered > 12 * HOUR + 3_000) & (handled.answered < 13 * HOUR)
    assert not starts_in_break.any()
    # Overtime is paid, the break as well.
    overtime = np.maximum(handled.ended - 16 * HOUR, 0.0).sum()
    assert floor.hours().paid == pytest.approx(6 * 8 * HOUR + overtime)


def test_new_people_are_paid_in_training_and_take_conversations_from_when_they_join() -> None:
    """Two of them, with two days of training before Wednesday 12:00, on shifts of 8 hours."""
    hire = {"spring": {"team": "all", "people": 2, "joins": "Wed 12:00", "trained": "2d", "shift": "early"}}
    team = {"all": {"shifts": {"early": 3}, "cost_per_hour": 10}}
    assert at_work([9, 13, 24 + 9, 48 + 11.9, 48 + 12, 72 + 9], team=team, hire=hire, **SHIFTS) == [3, 3, 3, 3, 5, 5]
    floor = Floor(scenario(**IDLE, **SHIFTS, team=team, hire=hire), keep_records=False)
    floor.advance(3 * DAY)
    # Monday from 12:00, Tuesday, and Wednesday half in training, half on the queue.
    assert floor.hours().paid == (3 * 24 + 2 * (4 + 8 + 8)) * HOUR
    assert floor.hours().cost == (3 * 24 + 2 * (4 + 8 + 8)) * 10
