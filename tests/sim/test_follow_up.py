"""When customers come back: after their delay, and at hours at which anybody writes."""

from __future__ import annotations

import numpy as np
import pytest

from core.interventions import Intervention
from core.records import Origin
from core.units import DAY, HOUR
from sim.floor import Floor
from sim.usual_hours import UsualHours
from tests.sim.floors import run, scenario

OFFICE = {"weekday": [0] * 8 + [1, 1, 2, 2, 0, 1, 1, 1] + [0] * 8}
"""Monday to Friday from 8 to 16, without the hour from 12 on."""


def hours(**parts: object) -> UsualHours:
    return UsualHours(scenario(profile={"office": OFFICE}, demand={"rate": "1/m", "profile": "office"}, **parts))


@pytest.mark.parametrize(("day", "hour", "first", "last"), [
    (0, 9.5, None, None), (0, 15.999, None, None), (0, 16.0, (1, 8), (1, 12)), (1, 3.0, (1, 8), (1, 12)),
    (0, 12.5, (0, 13), (0, 16)), (4, 17.0, (7, 8), (7, 12)), (13, 1.0, (14, 8), (14, 12))])
def test_who_comes_when_nobody_writes_comes_in_the_next_stretch(day: int, hour: float,
                                                                first: tuple[int, int] | None,
                                                                last: tuple[int, int] | None) -> None:
    time = day * DAY + hour * HOUR

    def at(u: float) -> float:
        return hours().next(0, time, lambda: u)

    if first is None or last is None:
        assert at(0.5) == time
    else:
        assert at(0.0) == first[0] * DAY + first[1] * HOUR
        assert at(1.0) == last[0] * DAY + last[1] * HOUR
        if last[1] == 12:  # needs 1, 1, 2, 2: half of them in the first two thirds
            assert at(2 / 6) == first[0] * DAY + 10 * HOUR


def test_each_topic_has_hours_of_its_own() -> None:
    topics = {"late": {"profile": "night", "handle_time": "5m"}, "all": {"handle_time": "5m"}}
    given = UsualHours(scenario(topic=topics, profile={"office": OFFICE, "night": {"all": [1] * 4 + [0] * 20}},
                                demand={"rate": "1/m", "profile": "office"}))
    assert given.next(0, 5 * HOUR, lambda: 0.5) == DAY + 2 * HOUR
    assert given.next(1, 5 * HOUR, lambda: 0.0) == 8 * HOUR


@pytest.mark.parametrize("shape", [[1] * 24, [0] * 24])
def test_hours_without_a_difference_are_no_hours(shape: list[int]) -> None:
    assert UsualHours(scenario(profile={"flat": {"all": shape}},
                               demand={"rate": "1/m", "profile": "flat"})).always


@pytest.mark.parametrize("origin", [Origin.REOPEN, Origin.RECONTACT])
def test_nobody_comes_back_while_nobody_writes_unless_told_so(origin: Origin) -> None:
    """Half a day after a conversation of the day it is night."""
    bot = {"coverage": "100%", "success": "100%", "false_resolution": "100%"}
    parts = {"length": "2d", "profile": {"office": OFFICE}, "demand": {"rate": "1/m", "profile": "office"},
             "topic": {"all": {"handle_time": "1m", "first_contact_resolution": "0%"}}, "team": {"all": {"agents": 50}},
             **({"bot": bot} if origin == Origin.RECONTACT else {})}
    follow = {"reopen_delay": "12h", "recontact_delay": "12h"}
    back, anyhow = (rows.arrived[rows.origin == origin] for rows in
                    (run(**parts, follow_up=follow), run(**parts, follow_up=follow | {"any_hour": True})))
    assert len(back) > 0
    assert np.isin((back % DAY) // HOUR, (8, 9, 10, 11)).all()
    assert (anyhow % DAY >= 20 * HOUR).any()
    shares = np.array([((back % DAY) // HOUR == hour).mean() for hour in (8, 9, 10, 11)])
    expected = np.array([1, 1, 2, 2]) / 6
    assert (np.abs(shares - expected) < 4.0 * np.sqrt(expected * (1 - expected) / len(back))).all()


def test_who_comes_back_another_way_waits_as_people_do_there() -> None:
    """At noon the phone is closed: whoever would call again in the afternoon writes a mail, and nobody answers."""
    channels = {"phone": {"share": 1, "patience": "1m"}, "mail": {"kind": "email", "share": 0, "patience": "20m"}}
    given = scenario(channel=channels, team={"all": {"agents": 0, "extra": 0}},
                     follow_up={"retry": "100%", "retry_delay": "6h"})
    floor = Floor(given, seed=1, interventions=[Intervention(12 * HOUR, "channel.phone.closed", "true")])
    floor.advance(given.length)
    rows = floor.records()
    again = (rows.origin == Origin.RETRY) & (rows.arrived > 12 * HOUR) & np.isfinite(rows.ended)
    moved = again & (rows.channel == 1)
    assert moved.sum() > 100
    assert np.allclose((rows.ended - rows.queued)[moved], 20 * 60, atol=1e-3)
    before = (rows.origin == Origin.RETRY) & (rows.arrived < 12 * HOUR) & (rows.ended < 12 * HOUR)
    assert np.allclose((rows.ended - rows.queued)[before], 60, atol=1e-3)
