"""What happens, newest first: changes made, incidents, shift changes, queues that run late."""

from __future__ import annotations

from typing import ClassVar

from tui.present import plain
from tui.widgets import numbers
from tui.widgets.panel import ViewPanel
from tui.widgets.text import Line, pad

SIGNS = {"change": ("▲", "change"), "late": ("!", "bad"), "in_time": ("○", "good"), "incident": ("◆", "warn"),
         "shift": ("·", "faint")}


class FeedPanel(ViewPanel, can_focus=True):
    """As many happenings as there are rows."""

    HELP: ClassVar[str] = (
        "▲ is a change that you made, ! a queue in which customers wait longer than they expect, ○ one that is back in "
        "time, ◆ an incident of the scenario, · people coming and going by plan.")

    def heading(self) -> str:
        """The title."""
        return "What happens"

    def body(self, width: int, height: int) -> list[Line]:
        """A line each, the text over as many rows as it needs."""
        if self._view is None:
            return []
        if not self._view.happenings:
            return [(("  nothing yet: turn a knob, or let it run", "faint"),)]
        lines: list[Line] = []
        for happening in self._view.happenings:
            sign, role = SIGNS[happening.kind]
            words = _wrapped(plain(happening.text), max(8, width - 15))
            strong = "bad" if happening.kind == "late" else "strong" if happening.kind == "change" else ""
            if len(lines) + len(words) > height:
                break
            when = numbers.moment(happening.at)[-9:]
            lines.append(((f"  {pad(when, 9)} ", "faint"), (sign, role), (" ", ""), (words[0], strong)))
            lines += [((" " * 14, ""), (more, strong)) for more in words[1:]]
        return lines


def _wrapped(text: str, width: int) -> list[str]:
    """The words in lines of at most `width` characters."""
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > width:
            lines.append("")
        lines[-1] += (" " if lines[-1] else "") + word
    return lines
