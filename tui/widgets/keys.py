"""The last line: the keys that matter most. `?` and the palette know the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from textual import on
from textual.events import Click

from tui.keymap import key_now, where
from tui.widgets.panel import Panel
from tui.widgets.text import Line, Span, width_of

KEYS = (("space", "space", "pause"), (".", "full_stop", "step"), ("[", "left_square_bracket", ""),
        ("]", "right_square_bracket", "speed"), ("u", "u", "undo"), ("z", "z", "zoom"),
        ("?", "question_mark", "help"), ("q", "q", "quit"))
"""What is printed, Textual's name of the key, what it does; [ and ] share a word."""


class Keys(Panel):
    """One line; a click on a key presses it."""

    HEADED: ClassVar[bool] = False

    def __init__(self, keys: Sequence[tuple[str, str, str]] = KEYS, *, id: str | None = None,
                 unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._keys = keys

    def show(self, keys: Sequence[tuple[str, str, str]]) -> None:
        """Other keys from now on."""
        self._keys = keys
        self.redraw()

    def body(self, width: int, height: int) -> list[Line]:
        """The keys."""
        line: list[Span] = [(" ", "")]
        for shown, _, word in self._shown():
            line += [(shown, "key"), (f" {word}   " if word else " ", "faint")]
        return [tuple(line)]

    def _shown(self) -> Iterator[tuple[str, str, str]]:
        """The keys as the settings have them."""
        bound: Mapping[str, str] = getattr(getattr(self.app, "settings", None), "keys", {})
        for shown, key, word in self._keys:
            now = key_now(where(type(self.screen)), key, bound)
            yield shown if now == key else now, now, word

    @on(Click)
    def _clicked(self, event: Click) -> None:
        at = 1
        for shown, key, word in self._shown():
            at += width_of([(f"{shown} {word}   " if word else f"{shown} ", "")])
            if event.x < at:
                self.app.simulate_key(key)
                return
