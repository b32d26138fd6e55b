"""What happens, newest first: changes made, incidents, shift changes, queues that run late."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.events import Click

from sim.feed import Happening
from tui.present import plain
from tui.widgets import numbers
from tui.widgets.panel import Picked, ViewPanel
from tui.widgets.text import Line, Span, pad

SIGNS = {"change": ("▲", "change"), "late": ("!", "bad"), "in_time": ("○", "good"), "incident": ("◆", "warn"),
         "shift": ("·", "faint")}


class FeedPanel(ViewPanel, can_focus=True):
    """As many happenings as there are rows, from the one that the cursor is on."""

    HELP: ClassVar[str] = (
        "▲ is a change that you made, ! a queue in which customers wait longer than they expect, ○ one that is back in "
        "time, ◆ an incident of the scenario, · people coming and going by plan. ↑ and ↓ choose a line, Enter shows "
        "the conversation of whoever it speaks of.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "Line above", show=False),
        Binding("down", "choose(1)", "Line below", show=False),
        Binding("enter", "inspect", "Show the conversation", show=False),
    ]

    def __init__(self, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._chosen: Happening | None = None
        self._first = 0
        self._places: list[Happening] = []
        """Which happening each row shows."""

    quiet = "nothing yet: turn a knob, or let it run"
    """What it says before anything has happened."""

    def heading(self) -> str:
        """The title."""
        return "What happens"

    def _at(self) -> int:
        """Place of the chosen happening: it keeps its line when others come."""
        happenings = () if self._view is None else self._view.happenings
        return next((at for at, other in enumerate(happenings) if other is self._chosen), 0)

    def body(self, width: int, height: int) -> list[Line]:
        """A line each, the text over as many rows as it needs."""
        self._places = []
        if self._view is None:
            return []
        if not self._view.happenings:
            return [((f"  {self.quiet}", "faint"),)]
        at = self._at() if self.has_focus else 0
        self._first = max(0, min(self._first, at)) if self.has_focus else 0
        while True:
            lines = self._lines(width, height)
            if self._first >= at or self._view.happenings[at] in self._places:
                return lines
            self._first += 1

    def _lines(self, width: int, height: int) -> list[Line]:
        assert self._view is not None
        self._places = []
        lines: list[Line] = []
        for at, happening in enumerate(self._view.happenings[self._first:], self._first):
            sign, role = SIGNS[happening.kind]
            words = _wrapped(plain(happening.text), max(8, width - 15))
            strong = "bad" if happening.kind == "late" else "strong" if happening.kind == "change" else ""
            if len(lines) + len(words) > height:
                break
            when = numbers.moment(happening.at)[-9:]
            mark: Span = ("▸ ", "cursor") if self.has_focus and at == self._at() else ("  ", "")
            lines.append((mark, (f"{pad(when, 9)} ", "faint"), (sign, role), (" ", ""), (words[0], strong)))
            lines += [((" " * 14, ""), (more, strong)) for more in words[1:]]
            self._places += [happening] * len(words)
        return lines

    def action_choose(self, by: int) -> None:
        """Another line."""
        if self._view is not None and self._view.happenings:
            happenings = self._view.happenings
            self._chosen = happenings[max(0, min(self._at() + by, len(happenings) - 1))]
            self.redraw()

    def action_inspect(self) -> None:
        """Shows the conversation that the chosen line speaks of."""
        if self._view is not None and self._view.happenings:
            need = self._view.happenings[self._at()].need
            if need is not None:
                self.post_message(Picked(need))

    @on(Click)
    def _clicked(self, event: Click) -> None:
        if 1 <= event.y <= len(self._places):
            self._chosen = self._places[event.y - 1]
            self.action_inspect()
            self.redraw()


def _wrapped(text: str, width: int) -> list[str]:
    """The words in lines of at most `width` characters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines
