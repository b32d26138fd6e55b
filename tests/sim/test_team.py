"""The team: who takes what, how chats share a person, what becomes of an email, who finds out about silence."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.interventions import Intervention
from core.records import Origin, Outcome, Records
from sim.floor import Floor
from sim.people import People
from sim.replay import Presence, Replay
from tests.sim.floors import DAY, HOUR, MINUTE, run, scenario


def at(times: list[float], end: float = HOUR, changes: tuple[Intervention, ...] = (), topics: list[int] | None = None,
       **parts: Any) -> Records:
    """What becomes of conversations that arrive at these times (s)."""
    replay = Replay(np.array(times), np.array(topics or [0] * len(times)))
    floor = Floor(scenario(**parts), interventions=changes, replay=replay)
    floor.advance(end)
    return floor.records()


def test_first_come_first_served_within_a_priority_class() -> None:
    rows = at([1, 2, 3, 4], topics=[0, 0, 1, 0], team={"all": {"agents": 1}},
              topic={"usual": {"handle_time": "1m"}, "urgent": {"handle_time": "1m"}},
              route=[{"topics": ["urgent"], "team": "all", "priority": 0}, {"team": "all"}])
    assert (rows.answered - 1).tolist() == [0, 120, 60, 180]


def test_a_chat_is_as_fast_as_the_load_of_its_person_allows_at_every_moment() -> None:
    rows = at([0.5, 60.5], channel={"chat": {"kind": "chat"}}, topic={"all": {"handle_time": "2m"}},
              team={"all": {"agents": 1, "concurrency": 2, "slowdown": "50%"}})
    # 60 s alone, then both at 2/3 until the first has its 60 s left: 90 s; the second has 60 s left and is alone.
    assert rows.ended == pytest.approx([150.5, 210.5], abs=1e-5)
    assert rows.answered.tolist() == [0.5, 60.5]


def test_a_call_takes_the_whole_person() -> None:
    rows = at([1, 2, 3], topics=[0, 1, 0], team={"all": {"agents": 1, "concurrency": 3}},
              topic={"chat": {"channels": {"chat": 1}}, "call": {"channels": {"phone": 1}}},
              channel={"chat": {"kind": "chat"}, "phone": {"kind": "call"}})
    assert rows.answered.tolist() == [1, 303, 3]


def test_balanced_gives_to_the_fewest_open_and_round_robin_to_the_next() -> None:
    chats: dict[str, Any] = {"channel": {"chat": {"kind": "chat"}}}
    topic = {"long": {"handle_time": "30m"}, "short": {"handle_time": "1m"}}
    times, topics = [1.0, 100.0, 200.0, 300.0, 400.0], [0, 0, 1, 0, 0]
    two = {"agents": 2, "concurrency": 5}
    balanced = at(times, topics=topics, topic=topic, team={"all": two}, **chats)
    in_turn = at(times, topics=topics, topic=topic, team={"all": two | {"selection": "round_robin"}}, **chats)
    first, second = balanced.agent[:2]
    # At 300 the first person is back to one, as is the second, and has been for less long.
    assert balanced.agent.tolist() == [first, second, first, second, first]
    assert in_turn.agent.tolist() == [first, second, first, second, first]
    later = at([1.0, 100.0, 200.0, 300.0], topics=[1, 0, 0, 0], topic=topic, team={"all": two}, **chats)
    assert later.agent.tolist()[1:] == [1 - later.agent[0], later.agent[0], 1 - later.agent[0]]
    turns = at([1.0, 100.0, 200.0, 300.0], topics=[1, 1, 1, 0], topic=topic,
               team={"all": two | {"selection": "round_robin"}}, **chats)
    assert turns.agent[0] == turns.agent[2] != turns.agent[1] == turns.agent[3]


def test_overflow_waits_for_its_time() -> None:
    teams = {"first": {"agents": 1, "overflow": {"second": "90s"}}, "second": {"agents": 1}}
    rows = at([1, 2, 3], team=teams, route=[{"team": "first"}], topic={"all": {"handle_time": "5m"}})
    assert rows.answered.tolist() == [1, 92, 301]
    assert rows.served_by.tolist() == [0, 1, 0]
    busy = at([1, 2, 3, 4], team=teams, route=[{"topics": ["other"], "team": "second"}, {"team": "first"}],
              topic={"all": {"handle_time": "5m"}, "other": {"handle_time": "10m"}}, topics=[1, 0, 0, 0])
    # The second team is busy until 601; by then the first has been free again.
    assert busy.answered.tolist() == [1, 2, 302, 601]
    assert busy.served_by.tolist() == [1, 0, 0, 1]


def test_who_leaves_silently_costs_the_person_who_finds_out() -> None:
    chat = {"chat": {"kind": "chat", "patience": "1m", "silent": "100%", "silent_check": "45s"}}
    rows = at([1, 2, 3], channel=chat, team={"all": {"agents": 1}})
    assert rows.outcome.tolist() == [Outcome.CLOSED, Outcome.ABANDONED, Outcome.ABANDONED]
    assert rows.ended.tolist() == [301, 62, 63]
    assert rows.handle.tolist() == [300, 45, 45]
    told = at([1, 2, 3], channel={"chat": chat["chat"] | {"silent": "0%"}}, team={"all": {"agents": 1}})
    assert told.handle.tolist() == [300, 0, 0]


def test_an_email_stays_with_its_person_and_is_worked_in_touches() -> None:
    mail = {"mail": {"kind": "email", "touches": 3, "customer_delay": "2h"}}
    rows = run(channel=mail, demand={"rate": "10/h"}, length="4d", team={"all": {"agents": 4}})
    done = rows.where((rows.outcome == Outcome.CLOSED) & (rows.arrived > DAY))
    assert done.touches.mean() == pytest.approx(3.0, abs=4 * np.sqrt(6 / len(done)))
    # All touches together take the topic's time, whatever their number; each begins after the customer's delay.
    assert done.handle == pytest.approx(np.full(len(done), 300.0), abs=1e-4)
    assert (done.ended - done.answered >= (done.touches - 1) * 2 * HOUR + 299.0).all()
    assert done.replied - done.answered == pytest.approx(300.0 / done.touches, abs=1e-4)


def test_a_person_holds_only_so_many_emails() -> None:
    mail = {"mail": {"kind": "email", "touches": 50, "customer_delay": "10h"}}
    rows = at([float(60 * minute) for minute in range(30)], channel=mail, topic={"all": {"handle_time": "1m"}},
              team={"all": {"agents": 2, "open_limit": 4}})
    assert np.count_nonzero(~np.isnan(rows.answered)) == 8


def test_mail_of_the_night_is_answered_in_the_morning() -> None:
    rows = at([3 * HOUR, 3 * HOUR + 1], end=DAY, channel={"mail": {"kind": "email"}},
              shift={"day": {"start": "08:00", "end": "16:00"}}, team={"all": {"shifts": {"day": 1}}})
    assert rows.answered.tolist() == [8 * HOUR, 8 * HOUR + 300]


def test_mail_that_comes_back_at_night_keeps_nobody_from_taking_mail() -> None:
    """Two emails, of which each person holds one at most; the customers answer when nobody is at work."""
    mail = {"mail": {"kind": "email", "touches": 50, "customer_delay": "12h"}}
    rows = at([9 * HOUR, 9 * HOUR + 1], end=5 * DAY, channel=mail, topic={"all": {"handle_time": "1m"}},
              shift={"day": {"start": "08:00", "end": "16:00"}},
              team={"all": {"shifts": {"day": 2}, "open_limit": 1}})
    assert (rows.touches >= 5).all()


def test_an_unsettled_matter_comes_back_to_the_team_as_the_same_need() -> None:
    rows = at([1.0], end=3 * HOUR, topic={"all": {"handle_time": "5m", "first_contact_resolution": "0%"}},
              follow_up={"reopen": "100%", "reopen_delay": "55m"})
    assert rows.origin.tolist() == [Origin.NEW, Origin.REOPEN, Origin.REOPEN]
    assert rows.contact.tolist() == [1, 2, 3]
    assert rows.need.tolist() == [0, 0, 0]
    assert rows.arrived.tolist() == [1, 3601, 7201]


def test_who_gives_up_tries_again() -> None:
    rows = at([1.0, 2.0], channel={"phone": {"patience": "1m"}}, team={"all": {"agents": 1}},
              follow_up={"retry": "100%", "retry_delay": "3m"})
    assert rows.outcome.tolist() == [Outcome.CLOSED, Outcome.ABANDONED, Outcome.CLOSED]
    assert rows.arrived.tolist() == [1, 2, 62 + 180]
    assert rows.answered[2] == 301


def test_false_resolutions_come_back_to_people() -> None:
    rows = at([1.0], bot={"coverage": "100%", "success": "100%", "turn_time": "30s", "false_resolution": "100%"},
              follow_up={"recontact": "100%", "recontact_delay": "10m"})
    assert rows.outcome.tolist() == [Outcome.BOT_RESOLVED, Outcome.CLOSED]
    assert rows.origin.tolist() == [Origin.NEW, Origin.RECONTACT]
    assert rows.arrived.tolist() == [1, 631]
    assert rows.resolved.tolist() == [False, True]


def test_more_chats_at_once_from_one_moment_on() -> None:
    chats: dict[str, Any] = {"channel": {"chat": {"kind": "chat"}}, "team": {"all": {"agents": 1}}}
    rows = at([1, 2, 3, 4], changes=(Intervention(100.0, "team.all.concurrency", "3"),), **chats)
    assert rows.answered.tolist() == [1, 100, 100, 301]


def test_fewer_chats_at_once_than_a_person_has_in_hand() -> None:
    rows = at([1, 2, 3, 10], channel={"chat": {"kind": "chat"}}, topic={"all": {"handle_time": "5m"}},
              team={"all": {"agents": 1, "concurrency": 3}},
              changes=(Intervention(60.0, "team.all.concurrency", "1"),))
    assert rows.ended[:3].tolist() == [301, 302, 303]
    assert rows.answered.tolist() == [1, 2, 3, 303], "not before all three have ended"


def test_people_of_a_log_work_when_the_log_says() -> None:
    presences = [Presence("all", "ann", 0.0, 200.0), Presence("all", "bob", 150.0, 2_000.0),
                 Presence("all", "ann", 1_000.0, 2_000.0)]
    floor = Floor(scenario(), replay=Replay(np.array([100.0, 160.0, 170.0, 900.0]), np.zeros(4, dtype=np.int64),
                                            presences))
    floor.advance(HOUR)
    rows = floor.records()
    # Ann finishes what she has in hand at 400, and goes; Bob takes the others; Ann is back at 1,000.
    assert rows.answered.tolist() == [100, 160, 460, 900]
    assert floor.hours().available == pytest.approx(400 + 1_850 + 1_000)


def test_a_pause_is_as_long_as_it_should_be_when_it_begins_late() -> None:
    shift = {"day": {"start": "08:00", "end": "16:00", "breaks": [{"start": "12:00", "length": "30m"}]}}
    rows = at([12 * HOUR - 60, 12 * HOUR], end=DAY, shift=shift, team={"all": {"shifts": {"day": 1}}})
    assert rows.answered.tolist() == [12 * HOUR - 60, 12 * HOUR + 4 * MINUTE + 30 * MINUTE]


def test_after_contact_work_shows_in_the_slot_that_it_takes() -> None:
    floor = Floor(scenario(team={"all": {"agents": 1, "concurrency": 3}}, channel={"chat": {"kind": "chat"}},
                           topic={"all": {"handle_time": "1m", "after_work": "30s"}}),
                  replay=Replay(np.array([1.0, 31.0]), np.array([0, 0])))
    seen = []
    for now in (20.0, 40.0, 70.0, 92.0, 130.0):  # the first ends at 61 s and the second at 91 s, for the customer
        floor.advance(now)
        (person,) = floor.snapshot().teams[0].people
        seen.append((person.open, person.wrapping, person.state))
    assert seen == [(1, 0, "busy"), (2, 0, "busy"), (2, 1, "busy"), (1, 1, "wrap_up"), (0, 0, "free")]


def test_the_inspector_follows_a_conversation_from_hand_to_hand() -> None:
    world = scenario(team={"desk": {"agents": 1, "escalates_to": "seniors"}, "seniors": {
        "agents": 1}, "billing": {"agents": 1}}, topic={"bill": {"handle_time": "5m", "teams": ["billing"]}},
        routing={"transfer_time": "1m"}, route=[{"team": "desk"}])
    floor = Floor(world, replay=Replay(np.array([1.0]), np.array([0])))
    for now in (100.0, HOUR):
        floor.advance(now)
        (contact,) = floor.case(0, People(1)).contacts
        told = [(step.at, step.where, step.text) for step in contact.steps if step.where in ("desk", "billing")]
        assert told == [
            (1.0, "desk", "waited"), (1.0, "desk", "taken by agent/1 of desk"),
            (61.0, "desk", "passed on to billing: not theirs to settle"),
            (61.0, "billing", "waited"), (61.0, "billing", "taken by agent/1 of billing")]
        assert [step.at for step in contact.steps] == sorted(step.at for step in contact.steps)
    assert contact.outcome == "closed"
    assert contact.steps[-1].at == 361.0
