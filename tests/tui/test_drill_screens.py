"""Drills on the screen: briefing, floor with actions, hints, debrief, branch, and a go that is taken up again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from core.drill import shelf
from core.drill.file import DrillFile, examine_drill, load_drill
from core.drill.floor import FloorDrill
from core.drill.news import Standing
from core.drill.performance import dump, read
from core.drill.records import folder, scores, unfinished
from core.units import HOUR
from sim.drills.debrief import Debrief, debrief
from sim.drills.result import judge
from sim.live import LiveView
from tests.fake_floor import FakeClock
from tests.sim.drills import small
from tests.snapshots import compare, picture
from tui.app import Flightdesk
from tui.screens import drills
from tui.screens.debrief import DebriefScreen
from tui.screens.drill import DrillHeader, DrillScreen, HintScreen, LeaveScreen
from tui.screens.drills import BriefScreen, DrillsScreen
from tui.themes import THEMES
from tui.widgets.actions import Actions
from tui.widgets.debrief import DayChart
from tui.widgets.drills import DrillDetail, DrillList
from tui.widgets.feed import FeedPanel
from tui.widgets.text import text_of

SIZES = [(80, 24), (120, 40), (200, 60)]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DrillFile:
    """The only drill on the shelf; debriefs are made at once, over two days."""
    drills = tmp_path / "drills"
    drills.mkdir()
    reference = '[[reference]]\nat = "Mon 09:33"\naction = "call-in"\n[[goal]]'
    small.exercise(drills, "[[goal]]", reference)
    monkeypatch.setattr(shelf, "folder", lambda: drills)
    monkeypatch.setattr(shelf, "names", lambda: ["rush"])

    made: dict[str, Debrief] = {}

    def work(screen: DebriefScreen) -> None:
        played = dump(screen._performance)
        if played not in made:
            made[played] = debrief(judge(screen._exercise, screen._performance), branches=2)
        screen.post_message(DebriefScreen.Came(made[played].result, None))
        screen.post_message(DebriefScreen.Came(made[played].result, made[played]))

    monkeypatch.setattr(DebriefScreen, "work", work)
    found = examine_drill((drills / "rush.toml").read_text(encoding="utf-8"), drills / "rush.toml").drill
    assert found is not None
    return found


class Trainee:
    """An application at the briefing, and the clock that the test turns."""

    def __init__(self, app: Flightdesk, pilot: Pilot[None], clock: FakeClock):
        self.app, self.pilot, self.clock = app, pilot, clock

    @property
    def floor(self) -> DrillScreen:
        screen = self.app.screen_stack[-1]
        assert isinstance(screen, DrillScreen)
        return screen

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, at: float) -> None:
        """The floor at a time (s), or at its end."""
        floor = next(screen for screen in self.app.screen_stack if isinstance(screen, DrillScreen))
        floor.session.speed = 240.0
        while floor.session.now < at and not floor.play.ended:
            floor.advance(0.25, 60.0)
        self.clock.sleep(1.0)
        if not floor.play.ended:
            floor.show(floor.session.view())
        await self.pilot.pause()

    def text(self, panel: type[Actions] | type[FeedPanel] | type[DrillList] | type[DrillDetail]) -> str:
        return self.app.screen.query_one(panel).text()

    def said(self, where: str) -> str:
        return str(self.app.screen.query_one(where, Static).content)


@asynccontextmanager
async def at_the_briefing(file: DrillFile, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Trainee]:
    clock = FakeClock()
    app = Flightdesk(first=lambda app: BriefScreen(file, timed=False), timed=False, clock=clock, unicode=True)
    async with app.run_test(size=size) as pilot:
        await pilot.pause()
        yield Trainee(app, pilot, clock)


async def test_a_go_from_briefing_to_debrief_and_on_from_a_minute(file: DrillFile, tmp_path: Path) -> None:
    async with at_the_briefing(file) as one:
        assert "Call in two people" in one.said("#brief-text")
        assert "a clock that does not stop: 1 min/s" in one.said("#brief-status")
        await one.press("enter")
        assert "1 h 45 min left" in one.floor.query_one(DrillHeader).text()
        await one.press("space")
        assert one.floor.session.playing, "this clock does not stop"
        await one.until(9.6 * HOUR)
        assert "◆ A rush" in one.text(FeedPanel)
        await one.press("3")
        assert "first: Approve a text" in one.text(Actions)
        assert not one.floor.play.deeds, "a number takes in hand"
        await one.press("1", "1")
        assert "Call in two people ×1   $20  on its way, 10 min" in one.text(Actions)
        await one.until(9.6 * HOUR + 90.0)
        assert "You decided: Call in two people" in one.text(FeedPanel)
        (record,) = folder().glob("*.json")
        assert [move.action for move in read(record).actions] == ["call-in"]
        await one.press("h")
        assert isinstance(one.app.screen, HintScreen)
        await one.press("enter")
        assert "Look at the queue." in one.said("#hints")
        assert "costs 6 points" in one.said("#offer")
        await one.press("escape")
        await one.until(10 * HOUR)
        assert "holds until" in one.text(Actions)
        await one.until(12 * HOUR)
        screen = one.app.screen
        assert isinstance(screen, DebriefScreen)
        await one.pilot.pause()
        assert screen.result is not None
        assert read(record).hints == 1
        assert not list(folder().glob("*.going"))
        assert f"Score {screen.result.score.in_tenths()[-1]:.1f}" in one.said("#debrief-score")
        for words in ("Timeline", "Call in two people", "Where it was decided", "To remember"):
            assert words in one.said("#debrief-text")
        chart = screen.query_one(DayChart)
        assert "lost" in chart.text()
        before = chart.heading()
        await one.press("m")
        assert chart.heading() != before
        (scored,) = scores()
        assert (scored.points, scored.record) == (screen.result.score.points, record.name)
        await one.press("s")
        one.app.screen.query_one(Input).value = str(tmp_path / "debrief.md")
        await one.press("enter")
        assert "A rush at the desk" in (tmp_path / "debrief.md").read_text(encoding="utf-8")
        await one.press("b")
        one.app.screen.query_one(Input).value = "14:00"
        await one.press("enter")
        assert "play lasts from" in one.said(".problem")
        one.app.screen.query_one(Input).value = "Mon 09:45"
        await one.press("enter")
        await one.until(9.75 * HOUR)
        assert [deed.action for deed in one.floor.play.deeds] == ["call-in"]
        assert one.floor.record.path != record


async def test_a_session_of_a_class_has_its_seed_and_a_killed_terminal_leaves_the_go(file: DrillFile) -> None:
    clock = FakeClock()
    app = Flightdesk(first=lambda app: BriefScreen(file, 11, trainee="Ann", group="[b]Us, session 1, Ann", timed=False),
                     timed=False, clock=clock, unicode=True)
    async with app.run_test(size=(80, 24)) as pilot:
        one = Trainee(app, pilot, clock)
        assert "[b]Us, session 1, Ann" in one.said("#brief-status")
        await one.press("s")
        assert isinstance(app.screen, BriefScreen), "the class says under which seed"
        await one.press("enter")
        await one.until(9.5 * HOUR)
        await one.press("1", "1")
        app.exit(return_code=129)
    left = unfinished(file.digest)
    assert left is not None
    assert [move.action for move in left.performance.actions] == ["call-in"]
    assert (left.performance.seed, left.performance.trainee) == (11, "Ann")


async def test_a_go_that_was_left_is_taken_up_from_the_list(file: DrillFile) -> None:
    async with at_the_briefing(file, (80, 24)) as one:
        await one.press("e", "enter")
        await one.until(9.5 * HOUR)
        await one.press("2", "enter", "q")
        assert isinstance(one.app.screen, LeaveScreen)
        await one.press("x")
        assert isinstance(one.app.screen, BriefScreen)
        one.app.push_screen(DrillsScreen(timed=False))
        await one.pilot.pause()
        assert "A rush at the desk" in one.text(DrillList)
        assert "under way" in one.text(DrillList)
        assert "to act early" in one.text(DrillDetail)
        await one.press("r")
        assert one.floor.play.eased
        await one.until(9.5 * HOUR)
        assert [deed.action for deed in one.floor.play.deeds] == ["approve"]
        assert "Approve a text" in one.text(Actions)
        await one.press("space")
        assert not one.floor.session.playing, "an eased clock stops"
        await one.press("q", "enter")
        await one.pilot.pause()
        assert isinstance(one.app.screen, DebriefScreen)
        await one.press("escape")
        assert isinstance(one.app.screen, DrillsScreen)
        assert "passed, " in one.text(DrillList)
        assert " points; played once" in one.text(DrillDetail)
        await one.press("r")
        assert isinstance(one.app.screen, DrillsScreen), "nothing is left to take up"


def test_the_action_in_hand_is_on_view_however_few_rows_there_are() -> None:
    drill = load_drill("vip-escalation").drill
    assert isinstance(drill, FloorDrill)
    standings = [Standing(name, one.times, (), (), None) for name, one in drill.action.items()]
    panel = Actions(drill, "$", lambda: standings, unicode=True)
    panel._view = cast(LiveView, SimpleNamespace(now=0.0))
    for by in (*[1] * len(standings), *[-1] * len(standings)):
        panel.action_choose(by)
        for height in (1, 4, 7, 12):
            assert [row for row in panel.body(76, height) if row[:1] == (("▸ ", "accent"),)], (panel.chosen, height)


def test_titles_have_the_room_that_is_there() -> None:
    """At 80 columns, beside the drill in hand at 120, and where there is too little of it."""
    panel = DrillList(unicode=True)
    panel.show(drills.curriculum())
    titles = [one.file.drill.title for one in drills.curriculum()]
    broad, beside, narrow = ([text_of(line) for line in panel.body(width, 15)] for width in (78, 58, 40))
    assert all(title in row and "first hour" in broad[0] for title, row in zip(titles, broad, strict=True))
    assert all(title in row for title, row in zip(titles, beside, strict=True))
    assert "first hour" not in beside[0]
    assert "Everybody asks abo…" in narrow[7]


async def test_the_drill_screens_look_as_they_did(file: DrillFile, monkeypatch: pytest.MonkeyPatch) -> None:
    """List, briefing, floor and debrief in every look, the latter two at every size, in two applications."""
    monkeypatch.setattr("tui.screens.debrief.note", lambda scored: None)
    monkeypatch.setattr(DebriefScreen, "_say", lambda self, words: None)
    shots: dict[tuple[str, tuple[int, int]], dict[str, tuple[str, str]]] = {}
    for colourless in (False, True):
        if colourless:
            monkeypatch.setenv("NO_COLOR", "1")
        async with at_the_briefing(file) as one:
            async def shoot(name: str, one: Trainee = one, colourless: bool = colourless) -> None:
                sizes = SIZES if name in ("drill", "debrief") else SIZES[:1]
                for look in ("NO_COLOR",) if colourless else ("dark", "light"):
                    if not colourless:
                        one.app.theme = THEMES[look].name  # dear: once for all sizes
                    for size in sizes:
                        await one.pilot.resize_terminal(*size)
                        await one.pilot.pause()
                        shots.setdefault((name, size), {})[look] = picture(one.app)

            one.app.push_screen(DrillsScreen(timed=False))
            await shoot("drills")
            await one.press("escape")
            await shoot("brief")
            await one.press("enter")
            await one.until(9.6 * HOUR)
            await one.press("1", "enter", "2", "enter", "down", "down")
            await one.until(9.7 * HOUR)
            one.app.clear_notifications()
            await shoot("drill")
            one.floor.finish()
            await one.pilot.pause()
            await shoot("debrief")
    for (name, size), pictures in shots.items():
        compare(f"{name}-{size[0]}x{size[1]}", pictures)
