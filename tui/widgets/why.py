"""Why CSAT moved: a waterfall from the twin's CSAT to the floor's, by driver or by cohort, and who is behind a bar."""

from __future__ import annotations

import itertools
from typing import ClassVar

from textual import on
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.events import Click

from sim.reasons import DRIVER, Reason, Why, Witness
from tui.present import plain
from tui.widgets import numbers
from tui.widgets.panel import Picked, ViewPanel
from tui.widgets.text import Line, Span, fit, joined, pad

LABEL, POINTS, BAR = 18, 9, 36
"""Cells of a part's name, of its points, and of its bar at most."""
SMALL = 0.0005
"""Points below this say nothing."""
WORDS = {"baseline": "what is expected", "chance": "chance", "mix": "mix of conversations"}


class WhyPanel(ViewPanel, can_focus=True):
    """The waterfall; or the conversations behind one of its bars."""

    HELP: ClassVar[str] = (
        "The CSAT of the conversations rated since your first change, from the twin's (above) to yours (below). Each "
        "bar begins where the one before ended and says what that driver did: waits, matters left open, bot turns ...; "
        "∗ is what the person who took the conversation controls. The parts add up to the difference exactly. chance "
        "is what ratings came to beyond what was to be expected.\n\n"
        "← and → split by topic, segment, channel or level instead: what each kind of conversation did, and the mix of "
        "them. ↑ and ↓ choose a bar, Enter lists the conversations behind it, those that it moved most first, and "
        "Enter on one of them shows it (8). Escape goes back.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "Above", show=False),
        Binding("down", "choose(1)", "Below", show=False),
        Binding("left", "split(-1)", "Split before", show=False),
        Binding("right", "split(1)", "Next split", show=False),
        Binding("enter", "enter", "Conversations behind it", show=False),
        Binding("escape,backspace", "back", "Back", show=False),
    ]

    def __init__(self, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._dimension = DRIVER
        self._chosen = 0
        self._first = 0
        self._behind: str | None = None
        """Name of the part whose conversations are listed."""

    @property
    def _why(self) -> Why | None:
        return None if self._view is None else self._view.why

    def heading(self) -> str:
        """From where to where."""
        why = self._why
        if why is None or why.difference is None:
            return "Why CSAT moved"
        before, after = (numbers.percent(1)(value) for value in why.csat)
        return f"Why CSAT moved, by {self._dimension}: {before} → {after}"

    def aside(self, width: int) -> Line:
        """The split."""
        why = self._why
        if why is None or width < 30:
            return ()
        if self._behind is not None:
            return (("esc back", "faint"),)
        return (("←→ by", "faint"),) if len(why.dimensions) > 1 else ()

    def _reasons(self) -> tuple[Reason, ...]:
        why = self._why
        if why is None:
            return ()
        if self._dimension not in why.dimensions:
            self._dimension = DRIVER
        return tuple(reason for reason in why.reasons(self._dimension) if abs(reason.points) >= SMALL)

    def _witnesses(self) -> tuple[Witness, ...]:
        why = self._why
        return () if why is None or self._behind is None else why.witnesses(self._dimension, self._behind)

    def body(self, width: int, height: int) -> list[Line]:
        """The bars, or the conversations."""
        why = self._why
        if why is None:
            return [(("  a moment ...", "faint"),)]
        if why.difference is None:
            return [(("  nothing has been rated yet on both floors", "faint"),)]
        if self._behind is not None:
            return self._list(width, height)
        reasons = self._reasons()
        if not reasons:
            return [(("  no difference to the twin", "faint"),)]
        self._chosen = min(self._chosen, len(reasons) - 1)
        rows = max(1, height - 2) if height >= 4 else height
        self._first = max(0, min(max(self._first, self._chosen - rows + 1), self._chosen, max(0, len(reasons) - rows)))
        bars = waterfall([reason.points for reason in reasons], max(6, min(BAR, width - LABEL - POINTS - 6)))
        lines = [self._bar(reason, bars[at], at == self._chosen and self.has_focus, width)
                 for at, reason in enumerate(reasons[self._first:self._first + rows], self._first)]
        if height >= 4:
            mark = "twin" if why.rated[0] else ""
            before, after = (numbers.percent(1)(value) for value in why.csat)
            lines.insert(0, ((f"  {pad(mark, LABEL)}", "twin"), (pad(before, POINTS, True), "twin"),
                             (f"   {why.rated[0]} rated since {numbers.time_of_day(why.since)}", "faint")))
            more = len(reasons) - self._first - rows
            said = f"   {why.rated[1]} rated" + (f", ↓ {more} more parts" if more > 0 else "")
            lines.append(((f"  {pad('now', LABEL)}", "now"), (pad(after, POINTS, True), "now"), (said, "faint")))
        return lines

    def _bar(self, reason: Reason, bar: tuple[int, int], chosen: bool, width: int) -> Line:
        mark: Span = ("▸ ", "cursor") if chosen else ("  ", "")
        role = "good" if reason.points > 0 else "bad"
        name = WORDS.get(reason.name, reason.name.replace("_", " ")) + (" ∗" if reason.controlled else "")
        arrow = "▲" if reason.points > 0 else "▼"
        points = f"{arrow} {numbers.signed(f'{reason.points * 100:.1f}'.replace('-', numbers.MINUS))}"
        begin, size = bar
        return fit(joined([mark, (pad(plain(name), LABEL), "strong"), (pad(points, POINTS, True), role),
                           (" " * (3 + begin), ""), ("━" * size, role), ("  ", ""), (plain(reason.detail), "faint")]),
                   width)

    def _list(self, width: int, height: int) -> list[Line]:
        assert self._behind is not None
        every = self._witnesses()
        name = WORDS.get(self._behind, self._behind.replace("_", " "))
        if not every:
            return [((f"  {plain(name)}: no conversation of yours differs in it; esc goes back", "faint"),)]
        self._chosen = min(self._chosen, len(every) - 1)
        rows = max(1, height - 1)
        self._first = max(0, min(max(self._first, self._chosen - rows + 1), self._chosen, max(0, len(every) - rows)))
        lines: list[Line] = [((f"  behind {plain(name)}: {len(every)} conversations", "title"),
                              ("   need, about, rating, points", "faint"))]
        for at, one in enumerate(every[self._first:self._first + rows], self._first):
            mark: Span = ("▸ ", "cursor") if at == self._chosen and self.has_focus else ("  ", "")
            about = " · ".join(part for part in (one.topic, one.segment, one.channel, one.level) if part)
            twin = "" if one.twin_rating is None else f" (twin {one.twin_rating})"
            points = numbers.signed(f"{one.points * 100:.0f}".replace("-", numbers.MINUS))
            room = max(8, width - 30 - len(twin))
            lines.append((mark, (pad(str(one.need), 7, True), "strong"), (f"  {pad(plain(about), room)} ", ""),
                          (f"{one.rating} of 5{twin} ", "good" if one.rating >= 4 else "bad"),
                          (pad(points, 5, True), "good" if one.points > 0 else "bad")))
        return lines[:height]

    def action_choose(self, by: int) -> None:
        """Another bar, or another conversation."""
        count = len(self._reasons()) if self._behind is None else len(self._witnesses())
        self._chosen = max(0, min(self._chosen + by, count - 1))
        self.redraw()

    def action_split(self, by: int) -> None:
        """By something else."""
        why = self._why
        if why is not None and self._behind is None:
            at = why.dimensions.index(self._dimension) if self._dimension in why.dimensions else 0
            self._dimension = why.dimensions[(at + by) % len(why.dimensions)]
            self._chosen = self._first = 0
            self.redraw()

    def action_enter(self) -> None:
        """The conversations behind the chosen bar, or the chosen one of them."""
        if self._behind is None:
            reasons = self._reasons()
            if reasons:
                self._behind = reasons[min(self._chosen, len(reasons) - 1)].name
                self._chosen = self._first = 0
                self.redraw()
            return
        every = self._witnesses()
        if every:
            self.post_message(Picked(every[min(self._chosen, len(every) - 1)].need))

    def action_back(self) -> None:
        """From the conversations to the bars."""
        if self._behind is None:
            raise SkipAction
        self._behind = None
        self._chosen = self._first = 0
        self.redraw()

    @on(Click)
    def _clicked(self, event: Click) -> None:
        count = len(self._reasons()) if self._behind is None else len(self._witnesses())
        at = self._first + event.y - (2 if self.size.height > 4 or self._behind is not None else 1)
        if event.y >= 1 and 0 <= at < count:
            again, self._chosen = at == self._chosen, at
            if again:
                self.action_enter()
            self.redraw()


def waterfall(points: list[float], cells: int) -> list[tuple[int, int]]:
    """First cell and length of each bar: each begins where the one before ended, on one scale that holds them all."""
    at, edges = 0.0, [0.0]
    for one in points:
        at += one
        edges.append(at)
    low, high = min(edges), max(edges)
    scale = cells / max(high - low, 1e-9)
    bars = []
    for before, after in itertools.pairwise(edges):
        begin, end = sorted(((before - low) * scale, (after - low) * scale))
        first = min(int(begin), cells - 1)
        bars.append((first, max(1, min(round(end), cells) - first)))
    return bars
