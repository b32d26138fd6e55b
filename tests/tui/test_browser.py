"""The scenario browser under a pilot: what it lists, what it says of the entry in hand, and the ways on from it."""

from __future__ import annotations

import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, Static

from core import catalogue
from core.interventions import Intervention
from core.output.store import Finished, Store
from core.places import session_files
from core.recent import recent_files, remember
from core.scenario_file import dump_scenario, load_scenario
from core.sessions import find_session, read_session
from core.units import HOUR
from sim.experiments.replications import replicate
from tests.fake_floor import scenario
from tui import library
from tui.app import Flightdesk
from tui.doors import DOORS
from tui.play import Play
from tui.screens.ask import AskScreen
from tui.screens.browser import BrowserScreen
from tui.screens.compare import CompareScreen
from tui.screens.dialogs import HelpScreen
from tui.screens.live import LiveScreen
from tui.screens.problems import ProblemsScreen
from tui.widgets.library import EntryDetail, EntryList
from tui.widgets.panel import Panel

SIZES = [(80, 24), (120, 40), (200, 60)]


class Desk:
    """A running browser."""

    def __init__(self, app: Flightdesk, pilot: Pilot[None]):
        self.app, self.pilot = app, pilot

    @property
    def entries(self) -> EntryList:
        return self.app.screen_stack[0].query_one(EntryList)

    @property
    def detail(self) -> str:
        return self.app.screen_stack[0].query_one(EntryDetail).text()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def take(self, name: str) -> None:
        """The entry of that name in hand."""
        at = [entry.name for entry in self.entries.entries].index(name)
        await self.press("home", *["down"] * at)

    def rows(self) -> list[str]:
        return ["".join(segment.text for segment in strip) for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.rows())


@asynccontextmanager
async def desk(size: tuple[int, int] = (80, 24), unicode: bool = True) -> AsyncIterator[Desk]:
    app = Flightdesk(timed=False, unicode=unicode)
    async with app.run_test(size=size) as pilot:
        running = Desk(app, pilot)
        while len(running.entries.facts) < len(running.entries.entries):  # read one by one between two pictures
            await pilot.pause()
        yield running


looked_at = cache(library.look)


@pytest.fixture(autouse=True)
def built_in_scenarios_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A dozen of them in every test would take longer than the rest of it."""
    real = library.look
    monkeypatch.setattr(library, "look", lambda entry: (looked_at if entry.kind == "built-in" else real)(entry))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def mine(here: Path) -> Path:
    """A file of the user's, opened before."""
    path = here / "mine.toml"
    path.write_text(dump_scenario(scenario("My desks")), encoding="utf-8")
    remember(path)
    return path


@pytest.fixture
def edits(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Stands in for the editor: notes its commands, and breaks the file on the first one."""
    commands: list[list[str]] = []

    def edit(command: list[str], check: bool) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        path = Path(command[-1])
        text = path.read_text(encoding="utf-8")
        broken = text + '[bot]\ncoverge = "10%"\n'
        path.write_text(broken if len(commands) == 1 else text.replace("coverge", "coverage"), encoding="utf-8")
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setenv("EDITOR", "vi -n")
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setattr(Flightdesk, "suspend", lambda self: nullcontext())
    monkeypatch.setattr(subprocess, "run", edit)
    return commands


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_lists_what_is_built_in_and_shows_the_first(size: tuple[int, int]) -> None:
    async with desk(size) as browser:
        text = browser.text()
        assert catalogue.default_name() in text
        assert [entry.name for entry in browser.entries.entries][1:] == [
            name for name in catalogue.names() if name != catalogue.default_name()]
        assert "needs a week" in " ".join(browser.detail.split())
        assert "Mon" in browser.detail
        for panel in browser.app.screen.query(Panel):
            assert panel.region.bottom <= size[1]
            assert panel.region.right <= size[0]
        assert browser.entries.entries[0].name == catalogue.default_name()
        assert browser.rows()[-1].startswith(" enter live   c compare   d duplicate   p drills   / filter   ? help")


async def test_the_picture_of_a_week_is_high_when_much_comes_in(mine: Path) -> None:
    async with desk() as browser:
        await browser.take("mine")
        lines = browser.detail.splitlines()
        needs = next(line for line in lines if line.startswith(" needs"))
        people = next(line for line in lines if line.startswith(" people"))
        monday, saturday = needs[9:17], needs[54:62]
        assert monday == "▁▁████▁▁", "8 to 18, in steps of three hours; one need in twenty by night"
        assert saturday.strip() == ""
        assert people[9:17] == "  ████  "


async def test_typing_behind_the_slash_filters(mine: Path) -> None:
    async with desk() as browser:
        await browser.press("slash", *"MY de")
        assert [entry.name for entry in browser.entries.entries] == ["mine"]
        assert "Scenarios with: MY de█" in browser.entries.heading()
        await browser.press("backspace", "enter")
        assert browser.entries.heading() == "Scenarios with: MY d"
        await browser.press("slash", "q", "e")
        assert not browser.entries.entries, "letters are letters while the filter is typed"
        assert "Nothing matches" in browser.text()
        await browser.press("escape")
        assert len(browser.entries.entries) > 1
        assert browser.entries.heading() == "Scenarios"


async def test_live_and_back(mine: Path) -> None:
    async with desk() as browser:
        await browser.take("mine")
        await browser.press("enter")
        floor = browser.app.screen
        assert isinstance(floor, LiveScreen)
        assert floor.session.scenario.title == "My desks"
        floor.session.change("bot.coverage", "40%")
        floor.act()
        await browser.press("q")
        assert isinstance(browser.app.screen, BrowserScreen)
        assert browser.app.session is None
        session = read_session(find_session())
        assert [change.key for change in session.interventions] == ["bot.coverage"]
        assert browser.entries.entry is not None
        assert browser.entries.entry.name == "mine", "the same is in hand as before"
        assert [entry.kind for entry in browser.entries.entries][-1] == "session"
        await browser.press("q")
        assert browser.app.return_code == 0


async def test_a_floor_that_was_only_looked_at_leaves_nothing_behind(mine: Path) -> None:
    async with desk() as browser:
        await browser.take("mine")
        await browser.press("enter", "q")
        assert session_files() == []


async def test_a_session_goes_on_from_the_list(mine: Path) -> None:
    play = Play.begin(load_scenario(mine), str(mine), 5, start=10 * HOUR)
    while play.session.on_errand:
        play.session.advance(0.0)
    play.session.change("team.frontline.extra", "-3")
    play.close()
    async with desk() as browser:
        await browser.press("end")
        assert "Seed 5, 1 change, left at Mon 10:00" in browser.detail
        assert "Mon 10:00  team.frontline.extra = -3" in browser.detail
        await browser.press("e")
        assert isinstance(browser.app.screen, BrowserScreen), "there is no file of it to edit"
        await browser.press("enter")
        floor = browser.app.screen
        assert isinstance(floor, LiveScreen)
        assert [change.value for turn in floor.session.turns for change in turn] == ["-3"]
        assert not floor.session.playing


async def test_a_run_shows_what_it_came_to_and_is_compared_and_looked_at_live(mine: Path) -> None:
    world = load_scenario(mine).model_copy(update={"length": 4 * HOUR})
    change = Intervention(2 * HOUR, "bot.coverage", "10%")
    outcome = replicate(world, 9, 2, (change,), jobs=1)
    Store().save(Finished("my-desks", world, 9, (change,), {run.replication: run.tally for run in outcome.runs}, {}))
    async with desk((120, 40)) as browser:
        await browser.take("my-desks")
        assert "Seed 9, 2 replications: " in browser.detail
        assert "CSAT" in browser.detail
        assert "Mon 02:00  bot.coverage = 10%" in browser.detail
        await browser.press("enter")
        floor = browser.app.screen
        assert isinstance(floor, LiveScreen)
        assert (floor.session.seed, floor.session.interventions) == (9, (change,))
        assert not floor.session.scenario.intervention
        await browser.press("q")
        opened: list[Any] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(CompareScreen, "__init__", lambda self, plans, seed, unicode: opened.append((plans, seed)))
            patch.setattr(Flightdesk, "push_screen", lambda self, screen: None)
            await browser.press("c")
        ((plans, seed),) = opened
        assert seed == 9
        assert [(plan.name, plan.interventions) for plan in plans] == [("my-desks", ()), ("as changed", (change,))]


async def test_duplicate_and_edit_shows_problems_at_their_lines(here: Path, edits: list[list[str]]) -> None:
    async with desk((120, 40)) as browser:
        await browser.take("small-team")
        await browser.press("d")
        assert isinstance(browser.app.screen, AskScreen)
        await browser.press("enter")
        copy = here / "small-team-2.toml"
        assert edits == [["vi", "-n", str(copy)]]
        assert isinstance(browser.app.screen, ProblemsScreen)
        line = len(copy.read_text(encoding="utf-8").splitlines()) - 1
        shown = browser.text()
        assert f"{line} │ [bot]" in shown or 'coverge = "10%"' in shown
        await browser.press("e")
        assert edits[1][:2] == ["vi", "-n"]
        assert edits[1][2].startswith("+")
        assert recent_files() == [copy]


async def test_an_edit_that_puts_it_right_ends_the_problems(mine: Path, edits: list[list[str]]) -> None:
    mine.write_text('[demand]\nrate = "9/h"\n[topic.a]\n[team.b]\nagents = 2\n', encoding="utf-8")
    async with desk() as browser:
        await browser.take("mine")
        await browser.press("e")
        assert isinstance(browser.app.screen, ProblemsScreen)
        assert '7 │ coverge = "10%"' in browser.text()
        assert 'bot.coverge: unknown key; did you mean "coverage"?' in browser.text()
        await browser.press("e")
        assert edits[1][-2:] == ["+7", str(mine)]
        assert isinstance(browser.app.screen, BrowserScreen)
        assert browser.entries.entry is not None
        assert browser.entries.entry.path == mine


async def test_a_copy_does_not_overwrite(mine: Path, edits: list[list[str]]) -> None:
    async with desk() as browser:
        await browser.take("small-team")
        await browser.press("d")
        browser.app.screen.query_one(Input).value = "mine.toml"
        before = mine.read_text(encoding="utf-8")
        await browser.press("enter")
        assert "is there already" in " ".join(browser.text().split())
        assert mine.read_text(encoding="utf-8") == before
        assert edits == []


async def test_a_file_with_problems_says_so_in_the_list_and_does_not_start(mine: Path) -> None:
    mine.write_text('[demand]\nrate = "9 an hour"\n', encoding="utf-8")
    async with desk() as browser:
        await browser.take("mine")
        assert "3 problems" in browser.entries.text()
        assert "mine.toml:2: demand.rate" in browser.detail
        await browser.press("enter")
        assert isinstance(browser.app.screen, ProblemsScreen)
        await browser.press("escape")
        assert isinstance(browser.app.screen, BrowserScreen)


async def test_open_a_file_by_its_path(here: Path) -> None:
    (here / "new.toml").write_text(dump_scenario(scenario("New desks")), encoding="utf-8")
    async with desk() as browser:
        await browser.press("o", *"nw.toml", "enter")
        assert "is no file" in browser.text()
        browser.app.screen.query_one(Input).value = "new.toml"
        await browser.press("enter")
        assert isinstance(browser.app.screen, BrowserScreen)
        assert browser.entries.entry is not None
        assert browser.entries.entry.title == "New desks"


async def test_without_an_editor_it_says_where_the_file_is(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "")
    async with desk((120, 40)) as browser:
        await browser.take("mine")
        await browser.press("e")
        assert [notice.message.split(":")[0] for notice in browser.app._notifications] == ["No editor was found"]


async def test_the_mouse_takes_in_hand_and_opens(mine: Path) -> None:
    async with desk() as browser:
        await browser.pilot.click(EntryList, offset=(5, 4))
        await browser.pilot.pause()
        assert browser.entries.entry == browser.entries.entries[2]
        await browser.pilot.click(EntryList, offset=(5, 7), times=2)
        await browser.pilot.pause()
        assert isinstance(browser.app.screen, LiveScreen)


async def test_text_from_files_is_shown_literally(mine: Path) -> None:
    mine.write_text(dump_scenario(scenario("[bold]x[/] \x1b[2J", story="[link=x]\x07y")), encoding="utf-8")
    async with desk() as browser:
        await browser.take("mine")
        assert "[bold]x[/]  [2J" in browser.entries.text()
        assert "[link=x] y" in browser.detail
        assert "\x1b" not in browser.text()


async def test_wide_characters_stay_in_their_columns(mine: Path) -> None:
    world = scenario("고객 지원 팀의 하루, 열두 명이 일하고 있는 긴 제목", story="상담 " * 200)
    mine.write_text(dump_scenario(world), encoding="utf-8")
    async with desk() as browser:
        await browser.take("mine")
        for strip in browser.app.screen._compositor.render_strips():
            assert strip.cell_length == 80
        assert "people" in browser.entries.text()


async def test_without_unicode_it_is_ascii(mine: Path) -> None:
    async with desk(unicode=False) as browser:
        assert browser.text().isascii()


async def test_without_colour_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with desk() as browser:
        colours = {segment.style.color.name for strip in browser.app.screen._compositor.render_strips()
                   for segment in strip if segment.style is not None and segment.style.color is not None}
        assert colours <= {"default"}
        assert "▸" in browser.text()


async def test_help_and_the_palette_know_every_door() -> None:
    async with desk() as browser:
        await browser.press("question_mark")
        assert isinstance(browser.app.screen, HelpScreen)
        assert "/ filters by name" in " ".join(str(part.render()) for part in browser.app.screen.query(Static))
        await browser.press("escape")
        screen = browser.app.screen
        assert isinstance(screen, BrowserScreen)
        assert {door.title for door in DOORS} <= {command.title for command in screen.commands()}


async def test_below_the_smallest_size_one_line_says_so() -> None:
    async with desk((70, 20)) as browser:
        assert browser.text().strip() == "Flightdesk needs 80x24, this is 70x20"
