"""The screens around the floor as they look: three sizes, each dark, light and without colour."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from core import catalogue, sessions
from core.interventions import Intervention
from core.recent import remember
from core.scenario_file import dump_scenario, load_scenario
from core.units import HOUR
from sim.experiments.comparison import Plan
from sim.experiments.comparison import compare as run_comparison
from tests.fake_floor import scenario
from tests.snapshots import compare, picture
from tui.app import Flightdesk
from tui.screens.answer import AnswerScreen
from tui.screens.compare import CompareScreen
from tui.themes import THEMES
from tui.widgets.library import EntryList

SIZES = [(80, 24), (120, 40), (200, 60)]
Keys = Callable[[Pilot[None]], Awaitable[None]]


@pytest.fixture
def shelf(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two built-in scenarios, a file with problems and a session, the same everywhere."""
    built_in = tmp_path / "scenarios"
    built_in.mkdir()
    story = "Sixteen people answer chats from eight to six. Try two more on the frontline, or more of the bot. " * 3
    for name, title in (("two-desks", "Two desks"), ("상담", "고객 지원 팀의 하루")):
        world = scenario(title, story=story.strip(), source="Made up for pictures.")
        (built_in / f"{name}.toml").write_text(dump_scenario(world), encoding="utf-8")
    monkeypatch.setattr(catalogue, "folder", lambda: built_in)
    monkeypatch.setattr(catalogue, "DEFAULT", "two-desks")
    monkeypatch.setattr("tui.library._short", lambda folder: "~/floors")
    mine = tmp_path / "mine.toml"
    mine.write_text('title = "Mine"\n[demand]\nrate = "30 an hour"\n[topic.a]\n[team.b]\nagnts = 3\n', encoding="utf-8")
    remember(mine)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()

    class Clock(datetime):
        @classmethod
        def now(cls, tz: object = None) -> Clock:
            return cls(2026, 3, 2, 9, 30, tzinfo=UTC)

    monkeypatch.setattr(sessions, "datetime", Clock)
    log = sessions.SessionLog(sessions.Origin(load_scenario(built_in / "two-desks.toml"), 7, "two-desks"))
    log.keep(37_800.0, ((Intervention(36_000.0, "team.frontline.extra", "2"),),))
    log.close()


async def first(pilot: Pilot[None]) -> None:
    """As it opens."""


async def a_session(pilot: Pilot[None]) -> None:
    """The session in hand."""
    await pilot.press("end")


async def a_broken_file(pilot: Pilot[None]) -> None:
    """A file with problems, which does not start."""
    await pilot.press("home", "down", "down", "enter")


async def filtered(pilot: Pilot[None]) -> None:
    """A filter that is being typed."""
    await pilot.press("slash", *"desks 2")


async def look_up(pilot: Pilot[None]) -> None:
    """A word looked up, the cursor not blinking."""
    await pilot.press("f1")
    pilot.app.screen.query_one(Input).cursor_blink = False
    await pilot.press(*"erlang")


async def tour(pilot: Pilot[None]) -> None:
    """The tour at its first stop."""
    app = pilot.app
    assert isinstance(app, Flightdesk)
    app.action_tour()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("scene", [first, a_session, a_broken_file, filtered, look_up, tour], ids=lambda f: f.__name__)
async def test_it_looks_as_it_did(size: tuple[int, int], scene: Keys, shelf: None,
                                  monkeypatch: pytest.MonkeyPatch) -> None:
    if scene is not first and size != SIZES[0]:
        pytest.skip("drawn at the smallest size only")
    pictures = {}
    for colourless in (False, True):
        if colourless:
            monkeypatch.setenv("NO_COLOR", "1")
        app = Flightdesk(timed=False, unicode=True)
        async with app.run_test(size=size) as pilot:
            panel = app.screen.query_one(EntryList)
            while len(panel.facts) < len(panel.entries):
                await pilot.pause()
            await scene(pilot)
            await pilot.pause()
            for look in ("NO_COLOR",) if colourless else ("dark", "light"):
                if not colourless:
                    app.theme = THEMES[look].name
                    await pilot.pause()
                pictures[look] = picture(app)
    compare(f"{scene.__name__}-{size[0]}x{size[1]}", pictures)


async def answered(screen: AnswerScreen, words: object) -> None:
    """An answer that has come at once."""
    screen.code = 0
    screen._write("#answer-text", "\n".join(f"{row:2}  a row of what the command prints" for row in range(1, 81)))
    screen.tell()


async def test_comparison_and_answer_look_as_they_did(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every size and look in two applications: one cannot be given its colour back."""
    monkeypatch.setattr(CompareScreen, "_run", lambda self: None)
    monkeypatch.setattr(AnswerScreen, "_run", answered)
    changed = (Intervention(36_000.0, "team.frontline.extra", "2"),)
    plans = [Plan("as planned", scenario(length=12 * HOUR)), Plan("your floor", scenario(length=12 * HOUR), changed)]
    found = run_comparison(plans, 7, 2, jobs=1)
    shots: dict[tuple[str, tuple[int, int]], dict[str, tuple[str, str]]] = {}
    for colourless in (False, True):
        if colourless:
            monkeypatch.setenv("NO_COLOR", "1")
        app = Flightdesk(timed=False, unicode=True)
        async with app.run_test(size=SIZES[0]) as pilot:
            table = CompareScreen(plans, 7, 2)
            for name, screen in (("compare", table), ("answer", AnswerScreen(["plan", "small-team"]))):
                await app.push_screen(screen)
                if screen is table:
                    table.post_message(CompareScreen.Came(found, 0, True))
                for look in ("NO_COLOR",) if colourless else ("dark", "light"):
                    if not colourless:
                        app.theme = THEMES[look].name  # dear: once for all sizes
                    for size in SIZES:
                        await pilot.resize_terminal(*size)
                        await pilot.pause()
                        shots.setdefault((name, size), {})[look] = picture(app)
    for (name, size), pictures in shots.items():
        compare(f"{name}-{size[0]}x{size[1]}", pictures)
