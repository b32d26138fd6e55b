"""The screen of judgement drills: a small hand, played with keys."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.containers import VerticalScroll

from core.drill import records
from core.drill.file import load_drill
from core.drill.performance import read
from sim.drills.dealing import Dealt
from sim.drills.judgement import Decision, Figures, Hand, Item, Option, Truth
from sim.drills.round import Round
from tests.snapshots import compare, picture
from tui.app import Flightdesk
from tui.drilling import judged
from tui.screens.hand import HandScreen, open_hand
from tui.themes import THEMES

TEAM = Decision("team", "Which team's inbox?", (Option("frontline", "frontline"), Option("billing", "billing")))
FIRST = Decision("first", "Who may answer first?", (Option("bot", "a bot"), Option("person", "a person")))


def item(number: int, said: str) -> Item:
    return Item(f"Mon 09:0{number}, chat from 김도현", (("channel", "chat"), ("form says", "nothing")),
                (("customer", said),), (TEAM, FIRST))


HAND = Hand(
    (item(1, "[red]My card was charged twice[/red] and nobody answers the telephone. It's about \"invoice\"."),
     item(2, "How do I invite a colleague?")),
    ({"team": Truth("billing", 'route.0: conversations that mention "invoice" go to billing, class 3.', "route.0"),
      "first": Truth("person", "bot.never_topics: billing is never automated.", "bot.never_topics")},
     {"team": Truth("frontline", "What no rule places goes to the first team, frontline, class 5.", "routing.inbox"),
      "first": Truth("bot", "Nothing of the never-automate list holds: the bot may try.", "no rule against a bot")}),
    {"team": 50.0, "first": 35.0, "speed": 15.0}, 45.0, ("route.0: the [b]rule[/b].",))


def playing() -> Round:
    return Round(load_drill("first-triage"), Dealt(HAND), 1, clock=lambda: 12.0)


def on_a_hand(one: Round, *, timed: bool, unicode: bool) -> Flightdesk:
    return Flightdesk(first=lambda app: HandScreen(one, unicode=app.unicode, timed=app.timed), timed=timed,
                      unicode=unicode)


def shown(app: Flightdesk, where: str) -> str:
    return "\n".join(strip.text.rstrip() for strip in app.screen.query_one(where).render_lines(
        app.screen.query_one(where).size.region))


@pytest.mark.parametrize(("name", "keys"), [("asked", ("1", "h")), ("marked", ("1", "2"))])
async def test_it_looks_as_it_did(name: str, keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    pictures: dict[tuple[int, int], dict[str, tuple[str, str]]] = {}
    for colourless in (False, True):
        if colourless:
            monkeypatch.setenv("NO_COLOR", "1")
        app = on_a_hand(playing(), timed=False, unicode=True)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("enter", *keys)
            for look in ("NO_COLOR",) if colourless else ("dark", "light"):
                if not colourless:
                    app.theme = THEMES[look].name
                for size in ((80, 24), (120, 40)):
                    await pilot.resize_terminal(*size)
                    await pilot.pause()
                    pictures.setdefault(size, {})[look] = picture(app)
    for (width, height), looks in pictures.items():
        compare(f"hand-{name}-{width}x{height}", looks)


async def test_a_hand_is_played_with_keys() -> None:
    one = playing()
    app = on_a_hand(one, timed=False, unicode=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("1")  # no card is on the table before what is to be known has been read
        assert one.given == {}
        await pilot.press("enter", "7", "1", "b", "2", "2")
        assert "right, team: billing." in shown(app, "#hand-asked")
        await pilot.press("1", "h", "b")  # nothing is decided while an answer is looked at
        assert (one.at, one.hints) == (1, 0)
        await pilot.press("enter", "h", "h", "h", "h")
        assert "There is no other hint." in shown(app, "#hand-asked")
        await pilot.press("g")
        assert "route.0: the [b]rule[/b]." in "\n".join(
            strip.text for strip in app.screen._compositor.render_strips())
        await pilot.press("escape", "1", "2", "enter")
        assert "Score 65.4, not passed" in shown(app, "#hand-item")  # 50 + 17.5 + 15 x (1 + 50/85) / 2, less 14
        await pilot.press("escape")
    assert app.return_code == 0
    assert [answer.answers for answer in one.performance.answers] == [
        {"team": "billing", "first": "person"}, {"team": "frontline", "first": "person"}]


def test_a_report_keeps_to_the_columns_that_there_are() -> None:
    one = playing()
    while not one.ended:
        one.show()
        while one.choose(one.decision.options[0].value) is None:
            pass
    broad, narrow = (list(judged.report(one.result(), width)) for width in (80, 40))
    assert any(row.startswith("  1 × route.0 ") and "mention" in row for row in broad)
    assert narrow[narrow.index("  1 × route.0") + 1] == "      conversations that mention"
    assert max(map(len, narrow)) <= 40


def test_figures_stand_nearer_to_each_other_then_in_tables_of_their_own() -> None:
    figures = Figures(("team", "waits", "oldest"), (("frontline", "12", "5m"),))
    assert list(judged.table(figures, 24)) == ["team       waits  oldest", "frontline     12      5m"]
    assert list(judged.table(figures, 22)) == ["team      waits oldest", "frontline    12     5m"]
    assert list(judged.table(figures, 16)) == ["team      waits", "frontline    12", "", "team      oldest",
                                               "frontline     5m"]


async def test_over_another_screen_it_is_kept_when_it_is_left() -> None:
    kept: list[int] = []
    one = playing()
    app = on_a_hand(playing(), timed=False, unicode=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        await app.push_screen(HandScreen(one, timed=False, keep=lambda played: kept.append(played.at)))
        await pilot.press("enter", "1", "1", "escape", "escape")
        assert app.screen.query_one("#hand-card"), "one key too many does not end it"
        await pilot.press("escape", "enter")
        await pilot.pause()
        assert len(app.screen_stack) == 1
    assert kept == [1]


async def test_a_long_card_scrolls_and_small_terminals_show_all_of_it() -> None:
    app = on_a_hand(playing(), timed=False, unicode=True)
    async with app.run_test(size=(60, 12)) as pilot:
        await pilot.press("enter")
        assert app.screen.query_one("#hand-side").region.y > app.screen.query_one("#hand-card").region.y
        card = app.screen.query_one("#hand-card", VerticalScroll)
        assert card.max_scroll_y > 0
        await pilot.press("end")
        await pilot.pause()
        assert card.scroll_y == card.max_scroll_y


async def test_a_drill_is_dealt_beside_the_list_and_its_play_is_kept(home: Path) -> None:
    app = on_a_hand(playing(), timed=False, unicode=True)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("enter")
        open_hand(app.screen, load_drill("first-triage"), unicode=True, timed=False)
        await app.workers.wait_for_complete()
        await pilot.press("enter", "1", "1", "escape", "enter")
        await pilot.pause()
    (scored,) = records.scores()
    assert (scored.drill, scored.passed) == ("first-triage", False)
    assert len(read(Path(scored.record)).answers) == 1
    assert Path(scored.record).parent == home / "drills"
