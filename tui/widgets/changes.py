"""The log of changes: what was turned, from what to what, from when on; what is due later, and what was taken back."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message

from sim.history import Branch, Entry
from tui.present import plain
from tui.widgets import numbers
from tui.widgets.panel import ViewPanel
from tui.widgets.text import Line, Span, pad

SIGNS = {"done": ("▲", "change"), "due": ("○", "warn"), "undone": ("×", "faint")}
WORDS = {"done": "", "due": "due", "undone": "taken back"}


class Changes(ViewPanel, can_focus=True):
    """A line for each change, the latest first; below, the courses that were left by going back in time."""

    HELP: ClassVar[str] = (
        "The changes of your floor, the latest first: ▲ holds, ○ is due later, × was taken back and can be made again "
        "with r. u takes the last one made back. Scenario, seed and these changes are the whole run: `flightdesk run` "
        "with them gives it again to the last digit. Enter takes the knob of a line in hand.\n\n"
        "Going back in time (g) leaves out what was changed after that time; the course that was left is kept at the "
        "end, and Enter on it returns there.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "Line above", show=False),
        Binding("down", "choose(1)", "Line below", show=False),
        Binding("enter", "take", "Take it", show=False),
    ]

    class Chosen(Message):
        """The knob of a change, or a course that was left, is wanted."""

        def __init__(self, what: Entry | Branch):
            super().__init__()
            self.what = what

    def __init__(self, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._chosen = 0
        self._first = 0

    def heading(self) -> str:
        """The title."""
        return "Changes"

    def aside(self, width: int) -> Line:
        """What can be done."""
        return (("u undo  r redo  enter takes it", "faint"),) if width >= 50 else ()

    def _lines(self) -> list[Entry | Branch]:
        if self._view is None:
            return []
        log = self._view.log
        made = [entry for entry in log if entry.state != "undone"]
        return [*reversed(made), *(entry for entry in log if entry.state == "undone"), *reversed(self._view.branches)]

    def body(self, width: int, height: int) -> list[Line]:
        """The lines around the chosen one."""
        every = self._lines()
        if not every:
            return [(("  nothing yet: your floor is its twin", "faint"),)]
        self._chosen = min(self._chosen, len(every) - 1)
        self._first = max(0, min(max(self._first, self._chosen - height + 1), self._chosen))
        return [self._line(what, at == self._chosen and self.has_focus, width)
                for at, what in enumerate(every[self._first:self._first + height], self._first)]

    def _line(self, what: Entry | Branch, chosen: bool, width: int) -> Line:
        mark: Span = ("▸ ", "cursor") if chosen else ("  ", "")
        if isinstance(what, Branch):
            many = len(what.gestures)
            return (mark, ("← ", "accent"), (f"another course, with {many} change{'s' if many != 1 else ''}, "
                                             f"left at {numbers.moment(what.until)}", ""))
        sign, role = SIGNS[what.state]
        said = f" {WORDS[what.state]}" if WORDS[what.state] else ""
        values = f" {_short(what.before)} → {_short(what.after)}"
        key = pad(plain(what.key), max(8, width - 14 - cell_len(values + said))).rstrip()
        return (mark, (f"{pad(numbers.moment(what.at), 10)}", "faint"), (f"{sign} ", role),
                (key, "faint" if what.state == "undone" else "strong"), (values, ""), (said, role))

    def action_choose(self, by: int) -> None:
        """Another line."""
        self._chosen = max(0, min(self._chosen + by, len(self._lines()) - 1))
        self.redraw()

    def action_take(self) -> None:
        """The knob of the chosen line, or the course."""
        every = self._lines()
        if every:
            self.post_message(self.Chosen(every[self._chosen]))

    @on(Click)
    def _clicked(self, event: Click) -> None:
        at = self._first + event.y - 1
        if event.y >= 1 and at < len(self._lines()):
            if at == self._chosen:
                self.action_take()
            self._chosen = at
            self.redraw()


def _short(value: str) -> str:
    text = plain(value)
    return text if len(text) <= 24 else pad(text, 24)
