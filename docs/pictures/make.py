"""Makes the pictures of this folder: `python docs/pictures/make.py`, or `make pictures`.

Each is a screen of the application with a fixed seed at a fixed time, drawn by Textual as SVG. They come out the same
on every machine, so a change here is a change of the screens.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent))

from textual.pilot import Pilot  # noqa: E402
from textual.screen import Screen  # noqa: E402
from textual.widgets import Input  # noqa: E402

from core.drill.file import load_drill  # noqa: E402
from core.drill.records import Record  # noqa: E402
from core.places import data_folder  # noqa: E402
from core.scenario_file import load_scenario  # noqa: E402
from core.units import moment  # noqa: E402
from sim.drills.exercise import Exercise  # noqa: E402
from sim.drills.play import Play  # noqa: E402
from sim.live import LiveSession  # noqa: E402
from tui.app import Flightdesk  # noqa: E402
from tui.screens.debrief import DebriefScreen  # noqa: E402
from tui.screens.drill import DrillScreen  # noqa: E402
from tui.settings import Settings  # noqa: E402
from tui.widgets.library import EntryList  # noqa: E402

SIZE = (120, 40)
SEED = 7
Act = Callable[[Pilot[None]], Awaitable[None]]


def session(scenario: str, start: str, changes: tuple[tuple[str, str, str], ...], end: str) -> LiveSession:
    """A floor that was opened at a time of the week, changed at others, and stands still at the last."""
    clock = [0.0]
    played = LiveSession(load_scenario(scenario), SEED, start=moment(start), clock=lambda: clock[0])

    def until(time: float) -> None:
        played.speed = 3600.0
        while played.on_errand or played.now < time:
            left = time - played.now
            played.advance(left / played.speed, float("inf"))
            played.view()
            clock[0] += 10.0  # every change is a turn of a knob of its own

    for when, key, value in changes:
        until(moment(when))
        played.change(key, value)
    until(moment(end))
    played.speed = 60.0
    played.playing = False
    return played


def go(drill: str, deeds: tuple[tuple[str, str], ...], end: str) -> DrillScreen:
    """The floor of a drill on which that was decided, at a time."""
    clock = [0.0]
    exercise = Exercise.of(load_drill(drill))
    play = Play(exercise, clock=lambda: clock[0])

    def until(time: float) -> None:
        play.session.speed = 60.0
        while play.session.on_errand or play.now < time:
            play.advance(max(time - play.now, 0.0) / 60.0, float("inf"))
            play.session.view()

    for when, name in deeds:
        until(moment(when))
        play.act(name)
    until(moment(end))
    play.session.speed, play.session.playing = exercise.drill.speed, False
    return DrillScreen(play, Record(data_folder() / "a-go.json"), lambda screen: None, "", timed=False,
                       clock=lambda: clock[0])


async def judged(pilot: Pilot[None]) -> None:
    """A debrief once all of it has come."""
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


async def nothing(pilot: Pilot[None]) -> None:
    """As it is."""


async def read(pilot: Pilot[None]) -> None:
    """The browser once it has read all that it lists."""
    panel = pilot.app.screen.query_one(EntryList)
    while len(panel.facts) < len(panel.entries):
        await pilot.pause()


async def ask(pilot: Pilot[None]) -> None:
    """A word looked up."""
    await read(pilot)
    await pilot.press("f1")
    pilot.app.screen.query_one(Input).cursor_blink = False
    await pilot.press(*"roar")


FLOOR = ("outage", "Wed 09:00", (("Wed 10:20", "incident.login-down.notice_reach", "70%"),
                                 ("Wed 10:20", "team.support.extra", "3")), "Wed 11:05")
DRILL = ("login-outage", (("Mon 10:04", "approve-text"), ("Mon 10:05", "three-chats"), ("Mon 10:12", "call-in"),
                          ("Mon 10:24", "notice"), ("Mon 10:25", "call-back")), "Mon 10:50")
PICTURES: dict[str, tuple[tuple[str, str, tuple[tuple[str, str, str], ...], str] | None, str, Act]] = {
    "browser": (None, "dark", read),
    "floor": (FLOOR, "dark", nothing),
    "floor-light": (FLOOR, "light", nothing),
    "floor-safe": (FLOOR, "colour-blind", nothing),
    "look-up": (None, "dark", ask),
    "drill": (None, "dark", nothing),
    "debrief": (None, "dark", judged),
}
"""By name: the floor (none: the list of scenarios, or a screen of `SCREENS`), the look, and what is done there."""
SCREENS: dict[str, Callable[[], Screen[None]]] = {
    "drill": lambda: go(*DRILL),
    "debrief": lambda: DebriefScreen((play := go(*DRILL).play).exercise, play.performance(), Path("a-go.json"), jobs=1),
}
"""Screens to begin with."""


async def draw(name: str) -> str:
    """The picture of that name."""
    floor, look, act = PICTURES[name]
    screen = SCREENS.get(name)
    app = Flightdesk(None if floor is None else session(*floor), timed=False, unicode=True,
                     first=None if screen is None else lambda app: screen(), settings=Settings(theme=look, tour=False))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause()
        await act(pilot)
        await pilot.pause()
        return small(app.export_screenshot(title=f"flightdesk: {name}"))


def small(svg: str) -> str:
    """The picture with the reader's own fonts, not with ones from the network."""
    svg = re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)
    return re.sub(r"font-family: [^;]*;", "font-family: ui-monospace, Menlo, Consolas, monospace;", svg)


def main() -> None:
    """Draws all of them, or those named."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["FLIGHTDESK_HOME"] = folder
        os.environ.pop("NO_COLOR", None)
        for name in sys.argv[1:] or PICTURES:
            (HERE / f"{name}.svg").write_text(asyncio.run(draw(name)), encoding="utf-8")


if __name__ == "__main__":
    main()
