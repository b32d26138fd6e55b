"""Knobs: every number of a scenario, how a step goes in each unit, searching, typing, changes for later."""

from __future__ import annotations

from contextlib import nullcontext, suppress

import pytest
from textual.widgets import Input

from core.catalogue import names
from core.errors import InterventionError
from core.interventions import keys, with_value
from core.scenario_file import load_scenario
from core.units import DAY, HOUR, MINUTE
from tests.fake_floor import scenario
from tests.tui.test_live_screen import START, desk
from tui.app import Flightdesk
from tui.screens.dialogs import ValueScreen
from tui.settings import Settings, read_settings
from tui.widgets.changes import Changes
from tui.widgets.chart import Chart
from tui.widgets.feed import FeedPanel
from tui.widgets.knob import FAVOURITES, Knob, knobs, matching
from tui.widgets.knobs import Knobs


def knob(key: str) -> Knob:
    return next(knob for knob in knobs(scenario()) if knob.key == key)


BRIEFLY = ("b2b-saas", "call-centre")
"""Between them they have every kind of number."""


@pytest.mark.parametrize("name", [name if name in BRIEFLY else pytest.param(name, marks=pytest.mark.long)
                                  for name in names()])
def test_every_number_of_every_scenario_is_a_knob_that_steps_to_values_it_can_take(name: str) -> None:
    world = load_scenario(name)
    every = {key.name: key for key in keys(world)}
    listed = {knob.key for knob in knobs(world)}
    for key in every.values():
        if key.slot.quantity is not None or key.slot.kind in (int, float):
            assert key.name in listed
    stepped = 0
    for one in knobs(world):
        if one.group == FAVOURITES or not one.steps:
            continue
        for steps in (1, -1, 5):
            text = one.turned(every[one.key].value, steps)
            number = one.number(text)
            assert number is None or one.slot.admits(number), (one.key, text)
            with suppress(InterventionError) if one.key.endswith((".agents", ".every", ".upto")) else nullcontext():
                with_value(world, one.key, text)  # what depends on another key is told when it is tried
            stepped += not one.same(text, every[one.key].value)
    assert stepped > len(listed)


@pytest.mark.parametrize(("key", "text", "up", "down"), [
    ("team.frontline.extra", "0", "1", "-1"),
    ("bot.success", "4%", "5%", "3%"),
    ("bot.success", "10%", "15%", "9%"),
    ("channel.chat.silent_check", "2m", "2m10s", "1m50s"),
    ("channel.chat.silent_check", "4h", "4h15m", "3h45m"),
    ("demand.rate", "104/h", "110/h", "100/h"),
    ("demand.level", "100%", "110%", "90%"),
    ("incident.payment-down.start", "Tue 09:30", "Tue 09:45", "Tue 09:15"),
    ("satisfaction.wait", "-0.28", "-0.25", "-0.3"),
    ("channel.chat.kind", "chat", "email", "call"),
    ("office_hours.weekend", "true", "false", "false"),
    ("topic.billing.share", "34%", "35%", "30%"),
    ("team.frontline.concurrency", "1", "2", "1")])
def test_a_step_is_a_round_number_of_the_unit(key: str, text: str, up: str, down: str) -> None:
    assert (knob(key).turned(text, 1), knob(key).turned(text, -1)) == (up, down)


def test_a_law_or_a_list_can_only_be_typed() -> None:
    assert not knob("channel.chat.patience").steps
    assert knob("satisfaction.respond").turned('["30%"]', 1) == '["30%"]'
    assert "title" not in {knob.key for knob in knobs(scenario())}
    assert "route.0.team" not in {knob.key for knob in knobs(scenario())}


def test_a_search_wants_all_words_and_puts_names_before_documentation() -> None:
    every = knobs(scenario())
    assert [knob.key for knob in matching(every, "chat silent_check")] == ["channel.chat.silent_check"]
    found = [knob.key for knob in matching(every, "exit")]
    assert found[0] == "bot.exit_after"
    assert len(found) == len(set(found))
    assert matching(every, "no such thing") == []


async def test_searching_and_turning_any_key_of_the_scenario() -> None:
    async with desk((80, 24)) as live:
        await live.press("slash", *"billing fcr")
        assert "no knob has these words" in live.text(Knobs)
        await live.press(*["backspace"] * 3, *"first")
        assert "/billing first█ (1)" in live.text(Knobs)
        assert live.session.playing, "a space in the search does not stop the clock"
        await live.press("enter", "left")
        assert [(change.key, change.value) for change in live.session.interventions] == [
            ("topic.billing.first_contact_resolution", "95%")]
        await live.press("escape")
        assert "topic billing first" in live.text(Knobs), "the one found stays in hand"


async def test_the_knob_in_hand_is_explained_where_there_is_room() -> None:
    async with desk((80, 24)) as live:
        await live.press("z")
        text = live.text(Knobs)
        assert "team.frontline.extra = 0" in text
        assert "People on top of the plan" in text
        assert "between -5000 and 5000" in " ".join(text.split())
        await live.press("pagedown", "pagedown")
        assert "Knobs: demand" in live.text(Knobs)
        await live.press("z")
        assert live.screen.query_one(Chart).display


async def test_a_favourite_of_ones_own_comes_first() -> None:
    async with desk() as live:
        await live.press("slash", *"chat expects", "enter", "f")
        assert "▸ channel chat expects" in live.text(Knobs)
        await live.press("up")
        assert "▸ demand" in live.text(Knobs)
        assert read_settings()[0].favourites == ("channel.chat.expects",)
        await live.press("down", "f")
        assert live.session.favourites == set()
        assert read_settings() == (Settings(), ())
    again = Flightdesk(live.session, timed=False, settings=Settings(favourites=("channel.chat.expects", "not.there")))
    again.get_default_screen()
    assert live.session.favourites == {"channel.chat.expects", "not.there"}


async def test_a_change_for_later_waits_for_its_time() -> None:
    async with desk() as live:
        await live.press("enter")
        assert isinstance(live.app.screen, ValueScreen)
        live.app.screen.query_one("#value", Input).value = "+3"
        live.app.screen.query_one("#when", Input).value = "09:00"
        await live.press("enter")
        assert "can be made for a time from now on" in " ".join("\n".join(live.rows()).split())
        live.app.screen.query_one("#when", Input).value = "10:30"
        await live.press("enter")
        (change,) = live.session.interventions
        assert change.at == DAY + 10.5 * HOUR
        assert live.session.value("team.frontline.extra") == "0"
        assert "Tue 10:30 → +3" in live.text(Knobs)
        assert "You set" not in live.text(FeedPanel)
        await live.press("7")
        assert "○ team.frontline.extra 0 → 3 due" in live.text(Changes)
        live.session.speed = 3600
        await live.play(0.8)
        assert live.session.now >= change.at
        assert live.session.value("team.frontline.extra") == "3"
        assert "▲ team.frontline.extra 0 → 3" in live.text(Changes)
        await live.press("6")
        assert "You set frontline people" in live.text(FeedPanel)


async def test_the_log_shows_what_was_taken_back_and_leads_to_the_knob() -> None:
    async with desk() as live:
        await live.press("down", "down", "left", "u", "7")
        await live.play(0.5)
        assert "× bot.coverage 45% → 40% taken back" in live.text(Changes)
        await live.press("r")
        await live.play(0.5)
        assert "▲ bot.coverage 45% → 40%" in live.text(Changes)
        live.screen.query_one(Knobs).action_end(-1)
        await live.press("enter")
        assert live.screen.query_one(Knobs).chosen == knob_of(live.screen.query_one(Knobs), "bot.coverage")
        assert live.app.focused is live.screen.query_one(Knobs)


def knob_of(panel: Knobs, key: str) -> Knob:
    return next(knob for knob in panel.knobs if knob.key == key)


async def test_going_back_leaves_out_what_was_changed_since_and_the_log_leads_there_again() -> None:
    async with desk() as live:
        await live.press("right")
        live.session.speed = 300
        await live.play(2.0)
        left = live.session.now
        await live.press("g", *"-10m", "enter")
        await live.play(1.0)
        assert live.session.now == pytest.approx(left - 10 * MINUTE)
        assert len(live.session.interventions) == 1, "it was made before that time"
        await live.press("g", *"10:00", "enter")
        await live.play(1.0)
        assert live.session.now == START
        assert not live.session.interventions
        assert len(live.session.branches) == 1
        await live.press("7")
        assert "← another course, with 1 change, left at Tue 10:00" in live.text(Changes)
        await live.press("enter")
        await live.play(1.0)
        assert live.session.now == pytest.approx(left - 10 * MINUTE)
        assert [change.value for change in live.session.interventions] == ["1"]


async def test_on_to_the_next_event() -> None:
    async with desk() as live:
        live.session.playing = False
        await live.press("n")
        for _ in range(200):
            live.session.advance(0.1)
        await live.play(0.2)
        assert live.session.now == pytest.approx(DAY + 10.5 * HOUR, abs=120.0), "the incident is over then"
        assert "Incident payment-down is over" in live.text(FeedPanel)
        assert not live.session.playing
