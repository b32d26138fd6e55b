"""The first line: whose floor, what time it is there, how fast the clock runs, and against which twin."""

from __future__ import annotations

from typing import ClassVar

from sim.live import LiveSession, LiveView
from tui.present import plain
from tui.widgets import numbers
from tui.widgets.measures import twin_note
from tui.widgets.panel import ViewPanel
from tui.widgets.text import Line, Span, pad, width_of


class Header(ViewPanel):
    """One line; the title gives way where it is narrow."""

    HEADED: ClassVar[bool] = False
    HELP: ClassVar[str] = (
        "The clock of the floor, the speed asked for (and the one reached, when the model is too heavy for it), the "
        "seed, and the twin: the same week with the same customers, without your changes.")

    def __init__(self, session: LiveSession, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._title = plain(session.scenario.title)
        self._seed = session.seed

    def body(self, width: int, height: int) -> list[Line]:
        """The line."""
        view = self._view
        if view is None:
            return []
        state = play_state(view)
        when = numbers.moment(view.now, seconds=view.speed <= 10 and view.playing)
        right: list[Span] = [(when, "strong"), ("   ", ""), state, ("   ", "")]
        if width >= 100:
            right += [(f"seed {self._seed}", "faint"), ("   ", "")]
        ahead = view.ahead
        if ahead is not None and ahead.done < ahead.asked and not ahead.trouble and width >= 100:
            right += [(f"looking ahead {ahead.done}/{ahead.asked}   ", "faint")]
        right += [(twin_note(view), "faint"), (" ", "")]
        name: list[Span] = [(" flightdesk  ", "accent")] if width >= 100 else [(" ", "")]
        room = width - width_of(name) - width_of(right) - 2
        return [(*name, (pad(self._title, max(0, room)), "title"), ("  ", ""), *right)]


def play_state(view: LiveView) -> Span:
    """▶ 1 min/s, ‖ paused at ..., or what the session is busy with."""
    if view.errand is not None:
        return f"… {view.errand} {view.progress * 100:.0f} %", "change"
    if view.ended:
        return "■ the run is over", "change"
    asked = numbers.pace(view.speed)
    if not view.playing:
        return f"‖ paused ({asked})", "change"
    if view.actual_speed is not None:
        return f"▶ {asked}, slowed to {numbers.pace(view.actual_speed)}", "warn"
    return f"▶ {asked}", "now"
