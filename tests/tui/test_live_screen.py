"""The live screen under a pilot: fake floors, a clock that the test turns, and slices that the test asks for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from core.interventions import Intervention
from core.scenario import Scenario
from core.units import DAY, HOUR
from sim.live import LiveSession
from sim.pair import Steppable
from sim.snapshot import PersonSnapshot, TeamSnapshot
from tests.fake_floor import FakeClock, FakeFloor, scenario
from tui.app import Flightdesk
from tui.screens.dialogs import HelpScreen, TroubleScreen, ValueScreen
from tui.screens.live import LiveScreen
from tui.widgets.chart import Chart
from tui.widgets.feed import FeedPanel
from tui.widgets.header import Header
from tui.widgets.keys import KEYS
from tui.widgets.knobs import Knobs
from tui.widgets.kpis import Kpis
from tui.widgets.panel import Panel
from tui.widgets.teams import Teams

SIZES = [(80, 24), (120, 40), (200, 60)]
START = DAY + 10 * HOUR


@dataclass
class Desk:
    """A running application with its clock."""

    app: Flightdesk
    pilot: Pilot[None]
    clock: FakeClock
    session: LiveSession
    floors: list[FakeFloor]

    @property
    def screen(self) -> LiveScreen:
        screen = self.app.screen_stack[0]
        assert isinstance(screen, LiveScreen)
        return screen

    async def play(self, seconds: float) -> None:
        """Real seconds go by, in frames of a tenth."""
        for _ in range(round(seconds * 10)):
            self.clock.sleep(0.1)
            self.screen.tick()
        await self.pilot.pause()

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)
        await self.pilot.pause()

    def text(self, kind: type[Panel]) -> str:
        return self.screen.query(kind).first().text()

    def rows(self) -> list[str]:
        """The whole screen as text."""
        return ["".join(segment.text for segment in strip) for strip in self.app.screen._compositor.render_strips()]


@asynccontextmanager
async def desk(size: tuple[int, int] = (120, 40), world: Scenario | None = None, unicode: bool = True,
               breaks_at: float = float("inf"), start: float = START) -> AsyncIterator[Desk]:
    clock, floors = FakeClock(), list[FakeFloor]()

    def make(described: Scenario, seed: int, interventions: tuple[Intervention, ...]) -> Steppable:
        floors.append(FakeFloor(described, seed, interventions, breaks_at=breaks_at))
        return floors[-1]

    session = LiveSession(world or scenario(), 7, start=start, make_floor=make, clock=clock)
    app = Flightdesk(session, clock=clock, timed=False, unicode=unicode)
    async with app.run_test(size=size) as pilot:
        running = Desk(app, pilot, clock, session, floors)
        await running.play(1.0)
        yield running


@pytest.mark.parametrize("size", SIZES)
async def test_every_size_shows_what_there_is_and_cuts_nothing_off(size: tuple[int, int]) -> None:
    async with desk(size) as live:
        rows = live.rows()
        assert len(rows) == size[1]
        text = "\n".join(rows)
        for words in ("Two desks", "Tue 10:00", "FRT p90", "answered in 20s", "CSAT", "waiting", "frontline",
                      "engineers", "frontline, extra people", "space pause", "q quit", "last 4h", "target 2m"):
            assert words in text, words
        shown = [panel for panel in live.screen.query(Panel) if panel.display and panel.size]
        assert len([panel for panel in shown if isinstance(panel, Chart)]) == {80: 1, 120: 2, 200: 4}[size[0]]
        assert any(isinstance(panel, FeedPanel) for panel in shown) == (size[0] > 80)
        for panel in shown:
            assert panel.region.bottom <= size[1]
            assert panel.region.right <= size[0]
            assert len(panel.lines) <= panel.size.height
        assert len([word for _, _, word in KEYS if word]) <= 7


async def test_a_tall_narrow_terminal_stacks_two_charts_and_the_feed() -> None:
    async with desk((80, 50)) as live:
        shown = [panel for panel in live.screen.query(Panel) if panel.display and panel.size]
        charts = [panel for panel in shown if isinstance(panel, Chart)]
        assert [chart.region.x for chart in charts] == [1, 1]
        assert charts[0].region.bottom <= charts[1].region.y
        feed = live.screen.query_one(FeedPanel)
        assert feed.region.y >= live.screen.query_one(Knobs).region.bottom


async def test_below_the_smallest_size_one_line_says_so() -> None:
    async with desk((70, 20)) as live:
        assert "\n".join(live.rows()).strip() == "Flightdesk needs 80x24, this is 70x20"
        await live.pilot.resize_terminal(80, 24)
        await live.pilot.pause()
        assert "FRT p90" in "\n".join(live.rows())


async def test_where_a_way_on_ends_is_shown_also_after_a_long_slice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slice that comes to the next event leaves no time for a picture, and the clock stands from then on."""
    class Paused(Exception):
        """Nothing calls for slices any more."""

    class FakeTimer:
        def pause(self) -> None:
            raise Paused

    async with desk() as live:
        live.session.playing = False
        advance = live.session.advance

        def long(passed: float, budget: float) -> None:
            advance(passed, budget)
            live.clock.sleep(0.05)

        monkeypatch.setattr(live.session, "advance", long)
        monkeypatch.setattr(live.screen, "_timer", FakeTimer())
        await live.press("n")
        with suppress(Paused):
            for _ in range(2000):
                live.clock.sleep(0.02)
                live.screen.tick()
        monkeypatch.setattr(live.screen, "_timer", None)
        assert live.screen.view is not None
        assert (live.screen.view.now, live.screen.view.errand) == (live.session.now, None)


async def test_a_standing_clock_draws_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    original = Panel.render_line

    def counted(self: Panel, y: int) -> object:
        drawn.append(type(self).__name__)
        return original(self, y)

    async with desk() as live:
        monkeypatch.setattr(Panel, "render_line", counted)
        await live.play(2.0)
        assert {"Header", "Kpis", "Teams", "Chart"} <= set(drawn)
        await live.press("space")
        assert "paused" in live.text(Header)
        drawn.clear()
        taken = [floor.snapshots for floor in live.floors]
        now = live.session.now
        await live.play(5.0)
        assert drawn == []
        assert [floor.snapshots for floor in live.floors] == taken
        assert live.session.now == now
        await live.press("space")
        await live.play(1.0)
        assert drawn
        assert live.session.now > now


async def test_pictures_are_rare_however_often_the_floor_is_advanced(monkeypatch: pytest.MonkeyPatch) -> None:
    async with desk() as live:
        shown: list[str] = []
        for kind in (Chart, Teams):
            original: Callable[..., None] = kind.show

            def show(self: Panel, *data: object, original: Callable[..., None] = original) -> None:
                shown.append(type(self).__name__)
                original(self, *data)

            monkeypatch.setattr(kind, "show", show)
        for _ in range(300):
            live.clock.sleep(0.01)
            live.screen.tick()
        await live.pilot.pause()
        assert 25 <= shown.count("Chart") / 2 <= 31, "two charts, ten times a second for three seconds"
        assert 8 <= shown.count("Teams") <= 11


async def test_a_knob_makes_an_intervention_and_undo_takes_it_back() -> None:
    async with desk() as live:
        await live.press("right", "right", "down", "down", "left")
        assert [(change.key, change.value) for change in live.session.interventions] == [
            ("team.frontline.extra", "1"), ("team.frontline.extra", "2"), ("bot.coverage", "40%")]
        assert "+2" in live.text(Knobs)
        assert "plan 12, so 14" in live.text(Knobs)
        assert "without your 2 changes" in live.text(Header)
        assert "You set bot coverage to 40%" in live.text(FeedPanel)
        await live.press("u")
        await live.play(1.0)
        assert [change.value for change in live.session.interventions] == ["1", "2"]
        assert [change.value for change in live.floors[-1].interventions] == ["1", "2"]
        assert "You set bot coverage" not in live.text(FeedPanel)
        assert "You took back bot coverage to 40%" in live.text(FeedPanel)
        await live.press("r")
        await live.play(1.0)
        assert [change.value for change in live.session.interventions] == ["1", "2", "40%"]


async def test_a_change_leaves_a_mark_on_the_charts_and_moves_the_line_off_its_twin() -> None:
    async with desk() as live:
        assert "▲" not in live.text(Chart)
        assert "twin (the same)" in list(live.screen.query(Chart))[1].text()
        await live.press("shift+right", "right_square_bracket", "right_square_bracket")
        await live.play(4.0)
        for chart in list(live.screen.query(Chart))[:2]:
            assert "+5 frontline ▲" in chart.text()
        roles = {role for line in live.screen.query(Chart).first().lines for _, role in line}
        assert {"now", "twin"} <= roles


async def test_tiles_say_better_or_worse_by_the_metric() -> None:
    async with desk() as live:
        assert live.text(Kpis).count("= twin") == 6
        await live.press("shift+right")
        await live.play(3.0)
        difference = live.text(Kpis).splitlines()[2]
        assert difference.split("  ")[1:] != []
        assert "▼ −1m40s better" in difference
        assert "▲ +17 pt better" in difference
        assert "▲ +0.50 worse" in difference
        assert "▼ −10 pt" in difference
        assert "▼ −10 pt better" not in difference, "occupancy has no better direction"


async def test_typing_a_value() -> None:
    async with desk() as live:
        await live.press("down", "down", "enter")
        assert isinstance(live.app.screen, ValueScreen)
        await live.press(*"145%", "enter")
        assert "100" in "\n".join(live.rows())
        assert not live.session.interventions
        live.app.screen.query_one(Input).value = "62.5%"
        await live.press("enter")
        (change,) = live.session.interventions
        assert (change.key, change.value) == ("bot.coverage", "62.5%")
        assert len(live.app.screen_stack) == 1


async def test_the_floor_waits_while_a_dialog_is_open() -> None:
    async with desk() as live:
        await live.press("question_mark")
        assert isinstance(live.app.screen, HelpScreen)
        assert "conversations that the bot takes first" in " ".join("\n".join(live.rows()).replace("│", " ").split())
        now = live.session.now
        await live.play(3.0)
        assert live.session.now == now
        await live.press("escape")
        await live.play(1.0)
        assert live.session.now == pytest.approx(now + 60.0)


async def test_help_is_about_the_focused_panel() -> None:
    async with desk() as live:
        live.screen.query(Chart).first().focus()
        await live.press("question_mark")
        assert "90th percentile of the first response time" in " ".join("\n".join(live.rows()).split())


async def test_speed_step_metric_and_window_keys() -> None:
    async with desk() as live:
        await live.press("right_square_bracket")
        assert live.session.speed == 300
        assert "5 min/s" in live.text(Header)
        await live.press("left_square_bracket", "left_square_bracket")
        assert live.session.speed == 10
        await live.press("full_stop")
        await live.play(0.3)
        assert live.session.now % 900 == 0
        assert not live.session.playing
        await live.press("m")
        assert "answered in 20s, last 4h" in live.text(Chart)
        await live.press("w")
        assert "answered in 20s, last 8h" in live.text(Chart)


async def test_the_key_figures_choose_the_chart_by_key_and_by_mouse() -> None:
    async with desk() as live:
        live.screen.query_one(Kpis).focus()
        await live.press("right", "right")
        assert live.text(Chart).startswith("─ 4 CSAT")
        await live.pilot.click(Kpis, offset=(70, 1))
        await live.pilot.pause()
        assert live.text(Chart).startswith("─ 4 waiting")


async def test_the_arrows_of_a_knob_can_be_clicked() -> None:
    async with desk() as live:
        row = live.screen.query_one(Knobs).lines[3]
        text = "".join(part for part, _ in row)
        assert "bot coverage" in text
        await live.pilot.click(Knobs, offset=(text.index("▸"), 3))
        await live.pilot.click(Knobs, offset=(text.index("◂"), 3))
        await live.pilot.click(Knobs, offset=(text.index("◂"), 3))
        await live.pilot.pause()
        assert [change.value for change in live.session.interventions] == ["50%", "45%", "40%"]


async def test_the_palette_knows_every_action() -> None:
    async with desk() as live:
        names = {command.title for command in live.screen.commands()}
        assert {"Pause or play", "Step", "Undo", "Redo", "Help", "Speed: 1 week/s", "Chart: CSAT"} <= names
        next(command for command in live.screen.commands() if command.title == "Speed: 1 day/s").callback()
        assert live.session.speed == DAY


async def test_text_from_a_file_is_shown_literally() -> None:
    title = "[bold red]Desk[/] \x1b[2J[link=x]y"
    async with desk(world=scenario(title=title)) as live:
        assert "[bold red]Desk[/]  [2J[link=x]y" in live.rows()[0]
        assert "\x1b" not in "".join(live.rows())


async def test_a_slow_model_is_said_to_be_slow() -> None:
    async with desk() as live:
        for floor in live.floors:
            floor._clock, floor._cost = live.clock, 0.05
        live.session.speed = 604_800
        await live.play(1.0)
        assert "1 week/s, slowed to" in live.text(Header)


async def test_a_broken_floor_leaves_a_message_and_a_way_out() -> None:
    async with desk(breaks_at=START + 60) as live:
        await live.press("right")
        await live.play(3.0)
        assert isinstance(live.app.screen, TroubleScreen)
        text = " ".join("\n".join(live.rows()).split())
        assert "ZeroDivisionError: no people to divide by" in text
        assert "team.frontline.extra = 1" in text
        assert isinstance(live.app.failure, ZeroDivisionError)
        await live.press("q")
        assert live.app.return_code == 1


async def test_ctrl_c_is_an_interrupt() -> None:
    async with desk() as live:
        await live.press("ctrl+c")
        assert live.app.return_code == 130


async def test_without_unicode_the_panels_are_ascii() -> None:
    async with desk(unicode=False) as live:
        await live.press("right", "right_square_bracket", "right_square_bracket")
        await live.play(2.0)
        for panel in live.screen.query(Panel):
            assert panel.text().isascii(), type(panel).__name__
        assert "\n".join(live.rows()).isascii()


async def test_without_colour_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with desk() as live:
        await live.press("shift+left")
        await live.play(3.0)
        strips = live.app.screen._compositor.render_strips()
        colours = {segment.style.color.name for strip in strips for segment in strip
                   if segment.style is not None and segment.style.color is not None}
        assert colours <= {"default"}
        assert "worse" in live.text(Kpis)
        assert "wait too long" in live.text(Teams)


async def test_of_more_teams_than_rows_those_in_trouble_come_first_and_the_others_are_counted() -> None:
    names = [f"queue-{number:02d}" for number in range(27)]
    world = scenario(team={"pool": {"agents": 3}} | {name: {"agents": 0, "overflow": {"pool": "0s"}} for name in names})
    crew = (PersonSnapshot(1, 1, "full"),) * 3
    async with desk((80, 24), world=world) as live:
        queues = [TeamSnapshot(name, 2, (90.0, 5.0), (True, False), 0, ()) if name == "queue-20" else
                  TeamSnapshot(name, 0, (), (), 0, ()) for name in names]
        live.floors[0].teams = live.floors[1].teams = (TeamSnapshot("pool", 0, (), (), 3, crew), *queues)
        await live.play(1.0)
        rows = live.text(Teams).splitlines()
        assert "queue-20: 1 of 2 wait too long" in rows[0]
        assert rows[2].split() == ["pool", "0", "–", "│", "●●●", "0", "3", "0"]
        assert rows[3].split() == ["queue-20", "2", "1m30s", "•▲", "│", "←", "pool"]
        assert rows[-1].split()[:4] == ["↑↓", str(28 - len(rows) + 3), "more", "teams:"]
        live.screen.query_one(Teams).focus()
        await live.press(*["down"] * 30)
        assert "queue-26" in live.text(Teams)
