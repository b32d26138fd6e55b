"""The last line: the keys that matter most. `?` and the palette know the others."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.events import Click

from tui.widgets.panel import Panel
from tui.widgets.text import Line, Span, width_of

KEYS = (("space", "space", "pause"), (".", "full_stop", "step"), ("[", "left_square_bracket", ""),
        ("]", "right_square_bracket", "speed"), ("u", "u", "undo"), ("z", "z", "zoom"),
        ("?", "question_mark", "help"), ("q", "q", "quit"))
"""What is printed, Textual's name of the key, what it does; [ and ] share a word."""


class Keys(Panel):
    """One line; a click on a key presses it."""

    HEADED: ClassVar[bool] = False

    def body(self, width: int, height: int) -> list[Line]:
        """The keys."""
        line: list[Span] = [(" ", "")]
        for shown, _, word in KEYS:
            line += [(shown, "key"), (f" {word}   " if word else " ", "faint")]
        return [tuple(line)]

    @on(Click)
    def _clicked(self, event: Click) -> None:
        at = 1
        for shown, key, word in KEYS:
            at += width_of([(f"{shown} {word}   " if word else f"{shown} ", "")])
            if event.x < at:
                self.app.simulate_key(key)
                return
