"""The compare screen under a pilot: the table that the command prints, another plan, more runs, and a way back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.widgets import Input, Static

import tui.app
from core.interventions import Intervention
from sim.experiments.comparison import Plan, compare
from tests.fake_floor import scenario as two_desks
from tests.sim.floors import HOUR, scenario
from tui.app import Flightdesk
from tui.comparing import chosen, text_table
from tui.screens.ask import AskScreen
from tui.screens.compare import CompareScreen
from tui.screens.live import LiveScreen

WORLD = scenario(length="2h", team={"all": {"agents": 5, "cost_per_hour": 20}})
CHANGES = (Intervention(HOUR, "team.all.extra", "2"),)
PLANS = [Plan("as planned", WORLD), Plan("your floor", WORLD, CHANGES)]


class Bare(App[None]):
    """Nothing but the screen."""

    CSS_PATH = Path(tui.app.__file__).with_name("theme.tcss")

    def __init__(self, screen: CompareScreen):
        super().__init__()
        self._first = screen

    def on_mount(self) -> None:
        self.push_screen(self._first)


@asynccontextmanager
async def shown(size: tuple[int, int] = (120, 40), unicode: bool = True) -> AsyncIterator[tuple[CompareScreen,
                                                                                                 Pilot[None]]]:
    screen = CompareScreen(PLANS, 7, 2, unicode=unicode, jobs=1)
    async with Bare(screen).run_test(size=size) as pilot:
        await ready(screen, pilot)
        yield screen, pilot


async def ready(screen: CompareScreen, pilot: Pilot[None]) -> None:
    """Every run has come."""
    await screen.workers.wait_for_complete()
    await pilot.pause()


def text(screen: CompareScreen, which: str = "#compare-table") -> str:
    return str(screen.query_one(which, Static).content)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_it_shows_what_the_command_prints(size: tuple[int, int]) -> None:
    async with shown(size) as (screen, _):
        expected = compare(PLANS, 7, 2, jobs=1)
        assert "\n".join(text_table(expected, chosen(expected), size[0] - 4)) in text(screen)
        assert text(screen, "#compare-status") == "4 runs"
        width = screen.query_one("#compare-table", Static).size.width
        assert max(map(len, text_table(expected, chosen(expected), size[0] - 4))) <= width


async def test_another_plan_costs_its_own_runs_alone() -> None:
    async with shown() as (screen, pilot):
        first = screen.comparison
        assert first is not None
        await pilot.press("a")
        assert isinstance(pilot.app.screen, AskScreen)
        field = pilot.app.screen.query_one(Input)
        field.value = "+team.all.agnts=9"
        await pilot.press("enter")
        assert 'did you mean "team.all.agents"' in str(pilot.app.screen.query_one(".problem", Static).content)
        field.value = "+team.all.agents=9; title=Nine [bold]"
        await pilot.press("enter")
        await pilot.pause()
        await ready(screen, pilot)
        found = screen.comparison
        assert found is not None
        assert [plan.name for plan in found.plans] == ["as planned", "your floor", "Nine [bold]"]
        assert all(found.runs[0][at] is first.runs[0][at] for at in (0, 1))
        assert "Nine [bold]" in text(screen)
        await pilot.press("d")
        await ready(screen, pilot)
        assert "Nine" not in text(screen)


async def test_more_runs_every_metric_and_back() -> None:
    async with shown(unicode=False) as (screen, pilot):
        assert text(screen).isascii()
        await pilot.press("m")
        await ready(screen, pilot)
        assert screen.comparison is not None
        assert screen.comparison.replications == 4
        assert "mean wait" not in text(screen)
        await pilot.press("e")
        assert "mean wait" in text(screen)
        await pilot.press("escape")
        await pilot.pause()
        assert pilot.app.screen is not screen
        assert not screen.running


async def test_what_breaks_in_a_run_is_said_and_the_screen_stays() -> None:
    broken = Plan("broken", WORLD, (Intervention(HOUR, "team.nobody.extra", "1"),))
    screen = CompareScreen([PLANS[0], broken], 7, 2, jobs=1)
    async with Bare(screen).run_test() as pilot:
        await ready(screen, pilot)
        await pilot.resize_terminal(100, 30)
        await pilot.pause()
        assert "The runs ended: " in text(screen, "#compare-status")
        assert "team.nobody" in text(screen, "#compare-status")


async def test_the_palette_of_the_live_floor_leads_there(monkeypatch: pytest.MonkeyPatch) -> None:
    from sim.live import LiveSession
    from tests.fake_floor import FakeClock, FakeFloor

    monkeypatch.setattr(CompareScreen, "_run", lambda self: None)
    clock = FakeClock()
    session = LiveSession(two_desks(), 7, start=0.0, clock=clock,
                          make_floor=lambda described, seed, changes: FakeFloor(described, seed, changes))
    app = Flightdesk(session, clock=clock, timed=False)
    async with app.run_test(size=(120, 40)) as pilot:
        assert isinstance(app.screen, LiveScreen)
        session.change("team.frontline.extra", "2")
        await pilot.press("ctrl+p", *"compare plans")
        await pilot.pause()
        await pilot.app.workers.wait_for_complete()
        await pilot.press("down", "enter")
        await pilot.pause()
        assert isinstance(app.screen, CompareScreen)
        assert [plan.name for plan in app.screen.plans] == ["as planned", "your floor"]
        assert app.screen.plans[1].interventions == session.interventions
        await pilot.press("escape")
        await pilot.pause()
        assert isinstance(app.screen, LiveScreen)
