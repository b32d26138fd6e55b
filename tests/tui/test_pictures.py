"""The live screen as it looks: three sizes, each dark, light and without colour, and each panel by itself."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from sim.case import Case
from sim.snapshot import PersonSnapshot, TeamSnapshot
from tests.snapshots import compare, picture
from tests.tui.test_live_screen import SIZES, Desk, desk
from tui.themes import THEMES
from tui.widgets.feed import FeedPanel
from tui.widgets.knobs import Knobs
from tui.widgets.panel import Panel
from tui.widgets.teams import Teams


async def played(live: Desk) -> None:
    """Three people more, a quarter of an hour later."""
    await live.press("shift+right", "left", "left")
    live.session.speed = 900
    await live.play(1.0)
    live.session.pause()
    await live.play(0.1)


async def as_it_opens(live: Desk) -> None:
    """Every panel in its place, the feed on view and the knobs in hand."""
    screen = live.screen
    screen._zoomed, screen._side = None, FeedPanel
    screen._arrange()
    screen.set_focus(screen.query_one(Knobs))
    await live.pilot.pause()


def seen(live: Desk) -> tuple[str, str]:
    """The picture; how many knobs there are is no matter."""
    rows, styles = picture(live.app)
    return re.sub(r"(↓ |Knob 1 of )\d+", lambda found: found[1] + "#" * (len(found[0]) - len(found[1])), rows), styles


async def test_the_floor_says_the_same_in_every_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every size and look in two applications: one cannot be given its colour back."""
    shots: dict[tuple[str, tuple[int, int]], dict[str, tuple[str, str]]] = {}
    for colourless in (False, True):
        if colourless:
            monkeypatch.setenv("NO_COLOR", "1")
        async with desk(SIZES[0]) as live:
            live.session.follow(7)
            await played(live)
            for look in ("NO_COLOR",) if colourless else ("dark", "light"):
                if not colourless:
                    live.app.theme = THEMES[look].name  # dear: once for all sizes
                for size in SIZES:
                    await live.pilot.resize_terminal(*size)
                    await as_it_opens(live)
                    for name, keys in (("live", ""), ("live-inspector", "8"), ("live-why", "9")):
                        await live.press(*keys)
                        await live.play(1.1)
                        shots.setdefault((name, size), {})[look] = seen(live)
    for (name, size), pictures in shots.items():
        compare(f"{name}-{size[0]}x{size[1]}", pictures)


@pytest.mark.parametrize("key", ["2", "3", "7"])
async def test_each_panel_fills_the_smallest_screen(key: str) -> None:
    async with desk((80, 24)) as live:
        live.session.follow(7)
        await played(live)
        if key == "7":
            live.session.undo()
        await live.press(key)
        await live.play(1.1)
        if live.screen._zoomed is None:
            await live.press("z")
        compare(f"live-panel-{key}-80x24", {"dark": seen(live)})


async def test_in_ascii_and_in_wide_characters_nothing_leaves_its_place() -> None:
    crew = tuple(PersonSnapshot(1, 1, "full", new=at == 0, strained=at == 1) for at in range(4))
    wide = TeamSnapshot("frontline", 3, (700.0, 130.0, 20.0), (True, True, False), 4, crew, None, (120.0,) * 3,
                        (7, 8, 9))
    for unicode in (True, False):
        async with desk((120, 40), unicode=unicode) as live:
            for floor in live.floors:
                floor.teams = (wide,)
            original = live.session.case

            def named(need: int, original: object = original) -> Case:
                found = live.floors[0].case(7, live.session.people)
                return Case(need, found.now, "김서연 山田太郎", "주식회사 하나", found.about,
                            "결제가 되지 않습니다. " * 9,
                            found.contacts)

            live.session.case = named  # type: ignore[method-assign]
            live.session.follow(7)
            await live.press("8")
            await live.play(0.5)
            rows = live.rows()
            assert {cell_len(row) for row in rows} == {120}
            text = "\n".join(rows)
            if unicode:
                assert "김서연 山田太郎" in text
                assert "·▲◆" in live.text(Teams)
            else:
                assert text.isascii()
                assert "? " in text or "??" in text
            shown = [panel for panel in live.screen.query(Panel) if panel.region]
            for panel in shown:
                assert all(cell_len(row) <= panel.size.width for row in panel.text().splitlines())
