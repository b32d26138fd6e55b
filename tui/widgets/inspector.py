"""The inspector: one conversation from its first message on, followed while it lives."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.events import MouseScrollDown, MouseScrollUp

from core.satisfaction import CONTROLLED, DRIVERS
from core.units import DAY
from sim.case import Case, Contact, Step
from tui.present import plain
from tui.widgets import numbers
from tui.widgets.panel import ViewPanel
from tui.widgets.text import Line, pad, width_of

WHERE, WORDS = 13, 34
"""Cells of the tier's name, and of what happened there, on a wide panel."""
UNIT = 4
"""Cells of a bar for one unit of log odds."""


class Inspector(ViewPanel, can_focus=True):
    """Who the customer is, each step with its time and how long it took, and what moved the rating."""

    HELP: ClassVar[str] = (
        "One customer's matter: every conversation about it, each step with its time and how long it took (! longer "
        "than this customer expects), who took it, and at the end the rating that the customer has in mind with what "
        "moved it: log odds away from the baseline of a matter settled at once; ∗ marks what the person who took "
        "it controls. While it is open it goes on as you watch. Enter on a customer in a queue (3), on a line of what "
        "happens (6) or on a conversation behind a bar (9) shows it here. ↑ and ↓ scroll, escape leaves.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_lines(-1)", "Up", show=False),
        Binding("down", "scroll_lines(1)", "Down", show=False),
    ]
    _first = 0
    _need: int | None = None

    def heading(self) -> str:
        """The number and the customer."""
        case = None if self._view is None else self._view.case
        if case is None:
            return "Conversation"
        company = f", {plain(case.company)}" if case.company else ""
        return f"Conversation {case.need}: {plain(case.name)}{company}"

    def aside(self, width: int) -> Line:
        """What it is about."""
        case = None if self._view is None else self._view.case
        if case is None:
            return ()
        words = " · ".join(plain(value) for _, value in case.about)
        room = width - cell_len(self.heading()) - 10
        return ((pad(words, min(room, cell_len(words))), "faint"),) if room >= 12 else ()

    def body(self, width: int, height: int) -> list[Line]:
        """The case, from the line scrolled to."""
        case = None if self._view is None else self._view.case
        if case is None:
            return [(("  nobody yet: Enter on a customer in a queue (3) shows the conversation here", "faint"),)]
        lines = case_lines(case, width)
        if case.need != self._need:
            self._need, self._first = case.need, 0
        if len(lines) > height:
            self._first = max(0, min(self._first, len(lines) - height))
            shown = lines[self._first:self._first + height]
            if self._first + height < len(lines):
                shown[-1] = ((f"  ↓ {len(lines) - self._first - height + 1} more lines", "faint"),)
            return shown
        return lines

    def action_scroll_lines(self, by: int) -> None:
        """Moves the lines on view."""
        self._first = max(0, self._first + by)
        self.redraw()

    @on(MouseScrollDown)
    def _scrolled_down(self) -> None:
        self.action_scroll_lines(1)

    @on(MouseScrollUp)
    def _scrolled_up(self) -> None:
        self.action_scroll_lines(-1)


def case_lines(case: Case, width: int) -> list[Line]:
    """The whole case as lines of at most `width` cells."""
    lines: list[Line] = []
    for name, value in case.about:
        pair: Line = ((f"  {plain(name)} ", "faint"), (plain(value), "strong"))
        if lines and width_of(lines[-1]) + width_of(pair) <= width:
            lines[-1] = (*lines[-1], *pair)
        else:
            lines.append(pair)
    if case.message:
        for line in case.message.splitlines():
            lines += [(("  │ ", "rule"), (part, "")) for part in _wrapped(plain(line), max(20, width - 6))]
    for contact in case.contacts:
        if len(case.contacts) > 1:
            lines.append(((f"  contact {contact.number}", "title"),))
        if contact.facts:
            lines += [((f"  {part}", "warn"),) for part in _wrapped(plain(", ".join(contact.facts)), width - 4)]
        lines += _path(contact, width, case.now)
        lines += _ending(contact, width)
    return lines


def _path(contact: Contact, width: int, now: float) -> list[Line]:
    # The day is said where it is not today.
    other = any(step.at // DAY != now // DAY for step in contact.steps)
    stamp = 13 if other else 9
    taken = [_took(step, contact) for step in contact.steps]
    left = stamp + 2 + WHERE + 1
    words = max(12, min(WORDS, width - left - max(map(len, taken), default=0)))
    lines: list[Line] = []
    for step, took in zip(contact.steps, taken, strict=True):
        when = numbers.moment(step.at, seconds=True)[-12:] if other else numbers.time_of_day(step.at, seconds=True)
        first, *more = _wrapped(plain(step.text), words if took else max(words, width - left))
        lines.append(((f"  {pad(when, stamp)}", "faint"), (pad(plain(step.where), WHERE), "strong"), (" ", ""),
                      (pad(first, words) if took else first, ""), (took, "bad" if step.late else "faint")))
        lines += [((" " * left, ""), (part, "")) for part in more]
    return lines


def _took(step: Step, contact: Contact) -> str:
    """How long a step took, and that it took too long."""
    if step.took is None:
        return ""
    over = f" ! expects {numbers.duration(contact.expects)}" if step.late else ""
    return f" {numbers.duration(step.took)}{over}"


def _ending(contact: Contact, width: int) -> list[Line]:
    """The rating and what moved it."""
    if not contact.rating or contact.likely is None:
        return []
    stars = "★" * contact.rating + "☆" * (5 - contact.rating)
    answered = "answers the survey" if contact.surveyed else "leaves the survey unanswered"
    lines: list[Line] = [((f"  {pad('rating', 13)}", "faint"),
                          (f"{stars} {contact.rating} of 5", "good" if contact.rating >= 4 else "bad"),
                          (f"   a 4 or 5 had a chance of {numbers.percent(0)(contact.likely)}; {answered}", "faint"))]
    for name, effect in contact.drivers:
        role = "good" if effect > 0 else "bad"
        bar = "━" * max(1, min(24, round(abs(effect) * UNIT)))
        own = "∗" if name in CONTROLLED else " "
        amount = numbers.signed(f"{effect:.2f}".replace("-", numbers.MINUS))
        said = pad(plain(name.replace("_", " ")), WHERE)
        lines.append(((f"  {pad('moved by', 13)}", "faint"), (f"{said}{own}", "strong"),
                      (f"{pad(amount, 6, True)} ", role), (f"{bar} ", role),
                      (pad(plain(DRIVERS.get(name, "")), max(0, width - 46 - len(bar))).rstrip(), "faint")))
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    """The words in lines of at most `width` cells; a word that is longer is cut with a sign."""
    lines = [""]
    for word in text.split():
        if lines[-1] and cell_len(lines[-1]) + 1 + cell_len(word) > width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + (word if cell_len(word) <= width else pad(word, width))
    return lines
