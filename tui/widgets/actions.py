"""What can be done in a floor drill: each action with its key, its price, its delay, and how it stands."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message

from core.drill.floor import Action, FloorDrill
from core.drill.news import Standing
from core.units import MINUTE, write_seconds
from tui.drilling.words import price, terms
from tui.present import plain
from tui.widgets import numbers
from tui.widgets.chooser import Chooser, first_shown
from tui.widgets.panel import ViewPanel
from tui.widgets.text import Line, Span, fit, pad

STATE = 18
"""Cells of how an action stands, at least: "on its way, 10 min"."""
TOLD = ((9, 3), (6, 2))
"""Rows from which on so many of them, below the list, say what the action in hand does."""


class Actions(Chooser, ViewPanel, can_focus=True):
    """A row for each action, the one in hand marked; below them what it does."""

    HELP: ClassVar[str] = (
        "What you can do, in the order of the briefing. A number, or ↑ and ↓, takes an action in hand, and below the "
        "list stands what it does; enter, or the same number once more, decides on it. A decision cannot be taken "
        "back. Behind each stand what it costs and how it stands: the time that it takes until it holds, “on its way” "
        "with the minutes left, “holds” with the time at which it ends, or what has to come first. ×2 is how often it "
        "can still be done.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "Action above", show=False),
        Binding("down", "choose(1)", "Action below", show=False),
        Binding("enter", "decide", "Decide on it", show=False),
    ]

    class Decided(Message):
        """The action in hand is wanted."""

        def __init__(self, name: str):
            super().__init__()
            self.name = name

    def __init__(self, drill: FloorDrill, currency: str, standings: Callable[[], Sequence[Standing]], *,
                 id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._drill, self._currency, self._standings = drill, plain(currency), standings
        self._names = list(drill.action)
        self._at = self._first = 0
        self._pressed: int | None = None
        """The number that was pressed last, where nothing else was since."""

    @property
    def chosen(self) -> str:
        """The name of the action in hand."""
        return self._names[self._at]

    def heading(self) -> str:
        """The title."""
        return "Actions" if self.size.height > 2 else f"Action {self._at + 1} of {len(self._names)}"

    def aside(self, width: int) -> Line:
        """How to decide."""
        return (("a number chooses, enter decides", "faint"),) if width >= 50 else ()

    def body(self, width: int, height: int) -> list[Line]:
        """The list around the action in hand, and what that does."""
        if self._view is None:
            return []
        told = next((rows for least, rows in TOLD if height >= least), 0)
        rows = height - told
        count = len(self._names)  # the last row may be the one that says how many more there are
        self._first = min(first_shown(self._first, self._at, rows - (rows > 2), count), max(0, count - rows))
        standings = self._standings()
        shown = range(self._first, min(self._first + rows, len(self._names)))
        titles = [self._title(standing) for standing in standings]
        cost = max(cell_len(self._price(name)) for name in self._names)
        room = width - 4 - 2 - cost - 2
        title = min(max(map(cell_len, titles)), max(8, room - STATE))
        lines = [self._row(at, standings[at], (title, cost, room - title), width) for at in shown]
        if rows > 2 and shown.stop < len(self._names):
            lines[-1] = ((f"    ↓ {len(self._names) - shown.stop + 1} more", "faint"),)
        if told:
            action = self._drill.action[self.chosen]
            does = plain(action.does) or f"{plain(action.title)}: {terms(action, self._currency)}."
            if action.does and cell_len(titles[self._at]) > title:
                does = f"{plain(action.title)}: {does}"
            wrapped = textwrap.wrap(does, max(20, width - 4))
            if len(wrapped) > told:
                wrapped = [*wrapped[:told - 1], pad(" ".join(wrapped[told - 1:]), width - 4)]
            lines += [()] * (rows - len(lines)) + [((f"  {line}", "faint"),) for line in wrapped[:told]]
        return lines

    def _title(self, standing: Standing) -> str:
        """What an action is called, and how often it can still be done."""
        action = self._drill.action[standing.name]
        return plain(action.title) + (f" ×{standing.left}" if action.times > 1 else "")

    def _price(self, name: str) -> str:
        cost = self._drill.action[name].cost
        return price(cost, self._currency) if cost else "free"

    def _row(self, at: int, standing: Standing, widths: tuple[int, int, int], width: int) -> Line:
        """An action; `widths` are of its title, its price and how it stands."""
        title, cost, room = widths
        assert self._view is not None
        state, role = state_of(self._drill.action[standing.name], standing, self._view.now)
        key = str((at + 1) % 10) if at < 10 else " "
        left: list[Span] = [("▸ " if at == self._at else "  ", "accent"), (key, "key"), (" ", ""),
                            (pad(self._title(standing), title), "strong" if at == self._at else ""), ("  ", ""),
                            (pad(self._price(standing.name), cost, True), "faint"), ("  ", "")]
        return fit([*left, (pad(state, max(0, room)), role)], width)

    def action_choose(self, by: int) -> None:
        """Takes the action above or below in hand."""
        self._pressed = None
        self._at = (self._at + by) % len(self._names)
        self.redraw()

    def press(self, number: int) -> None:
        """A number: takes that action in hand; decides on it at the second time."""
        at = (number - 1) % 10
        if at >= len(self._names):
            return
        twice, self._pressed = self._pressed == at, at
        if twice:
            self.action_decide()
        self._at = at
        self.focus()
        self.redraw()

    def action_decide(self) -> None:
        """Decides on the action in hand."""
        self._pressed = None
        self.post_message(self.Decided(self.chosen))

    @on(Click)
    def _clicked(self, event: Click) -> None:
        at = self._first + event.y - 1
        if event.y >= 1 and at < len(self._names):
            if at == self._at and self.has_focus:
                self.action_decide()
            self._at = at
            self.redraw()


def state_of(action: Action, standing: Standing, now: float) -> Span:
    """How an action stands, in words."""
    if standing.due:
        return f"on its way, {_in(standing.due[0] - now)}", "change"
    if standing.until:
        last = max(standing.until)
        return "holds" if math.isinf(last) else f"holds until {numbers.time_of_day(last)}", "good"
    if standing.why_not is not None:
        return plain(standing.why_not), "faint"
    return (f"takes {write_seconds(action.delay)}" if action.delay else "at once"), "strong"


def _in(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < MINUTE else f"{round(seconds / MINUTE)} min"
