"""Demand: volume adds customers and takes them away without changing the others; incidents are their own."""

from __future__ import annotations

import numpy as np
import pytest

from core.records import Outcome, Records
from core.scenario import Bot
from sim.bot import endings
from tests.sim.floors import HOUR, run


def who(rows: Records) -> set[tuple[float, float]]:
    """Customers by when they come and how long their matter takes."""
    return set(zip(rows.arrived.tolist(), rows.handle.tolist(), strict=True))


TOPIC = {"all": {"handle_time": {"law": "exponential", "mean": "2m"}}}


def level(text: str) -> set[tuple[float, float]]:
    """Customers of a floor where nobody waits, at that level of demand."""
    return who(run(topic=TOPIC, demand={"rate": "1/m", "level": text}, team={"all": {"agents": 60}}))


def test_more_volume_adds_customers_and_less_takes_some_away() -> None:
    usual, half, more, most = (level(text) for text in ("100%", "50%", "130%", "250%"))
    assert half < usual < more < most
    for some, share in ((half, 0.5), (more, 1.3), (most, 2.5)):
        assert len(some) == pytest.approx(1440 * share, abs=4 * np.sqrt(1440 * share))


def test_an_incident_adds_customers_of_its_topics_while_it_lasts() -> None:
    topics = {"all": {"share": 3}, "login": {"share": 1}}
    incident = {"outage": {"start": "Mon 10:00", "length": "2h", "factor": 5, "topics": ["login"]}}
    plain, struck = run(topic=topics), run(topic=topics, incident=incident)
    assert set(plain.arrived.tolist()) < set(struck.arrived.tolist())
    new = struck.where(~np.isin(struck.arrived, plain.arrived))
    assert set(new.topic.tolist()) == {1}
    assert ((new.arrived >= 10 * HOUR) & (new.arrived < 12 * HOUR)).all()
    # a quarter of 60 an hour, four times that on top, for two hours: 120
    assert len(new) == pytest.approx(120, abs=4 * np.sqrt(120))


def test_an_incident_can_keep_customers_away() -> None:
    quiet = {"football": {"start": "Mon 20:00", "length": "2h", "factor": "25%"}}
    rows, plain = run(incident=quiet), run()
    lasts = (rows.arrived >= 20 * HOUR) & (rows.arrived < 22 * HOUR)
    assert set(rows.arrived.tolist()) < set(plain.arrived.tolist())
    assert np.count_nonzero(lasts) == pytest.approx(30, abs=4 * np.sqrt(30))
    assert np.count_nonzero(~lasts) == np.count_nonzero((plain.arrived < 20 * HOUR) | (plain.arrived >= 22 * HOUR))


def test_a_topic_has_its_own_channels_and_hours() -> None:
    rows = run(topic={"all": {"share": 1}, "night": {"share": 1, "profile": "night", "channels": {"mail": 1}}},
               profile={"night": {"all": [1] * 6 + [0] * 18}},
               channel={"phone": {"share": 1}, "mail": {"share": 0, "kind": "email"}})
    night = rows.where(rows.topic == 1)
    assert len(night) > 100
    assert (night.arrived < 6 * HOUR).all()
    assert (night.channel == 1).all()
    assert (rows.where(rows.topic == 0).channel == 0).all()


def test_the_bots_endings_are_all_there_is() -> None:
    ways = endings(Bot(success=0.4, later_success=0.5, exit_after=3, gives_up=0.1))
    assert sum(chance for _, _, chance in ways) == pytest.approx(1.0)
    by_outcome = {outcome: sum(chance for other, _, chance in ways if other == outcome) for outcome, _, _ in ways}
    # .4 + .6 .9 .2 + .6 .9 .8 .9 .1; gives up after the first and the second failed turn
    assert by_outcome[Outcome.BOT_RESOLVED] == pytest.approx(0.4 + 0.54 * 0.2 + 0.54 * 0.8 * 0.9 * 0.1)
    assert by_outcome[Outcome.BOT_GAVE_UP] == pytest.approx(0.6 * 0.1 + 0.54 * 0.8 * 0.1)


def test_a_bot_without_an_exit_hands_nobody_over() -> None:
    ways = endings(Bot(success=0.3, exit_after=0, gives_up=0.2))
    assert {outcome for outcome, _, _ in ways} == {Outcome.BOT_RESOLVED, Outcome.BOT_GAVE_UP}
    assert sum(chance for _, _, chance in ways) == pytest.approx(1.0)
