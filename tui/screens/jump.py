"""Jump mode: a letter on every panel; the letter goes there, anything else goes back."""

from __future__ import annotations

from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click, Key
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from tui.screens.dialog import Dialog

LETTERS = "asdfghjklwertyuiop"


class JumpScreen(Dialog[None]):
    """Letters over the panels of the screen below that can be gone to."""

    def __init__(self, below: Screen[Any]):
        super().__init__()
        places = [widget for widget in below.query("*").results(Widget)
                  if widget.focusable and widget.display and widget.region]
        places.sort(key=lambda widget: (widget.region.y, widget.region.x))
        self.places = dict(zip(LETTERS, places, strict=False))
        """The panel of each letter, as one reads."""

    def compose(self) -> ComposeResult:
        """A mark at the top left of each."""
        for letter, widget in self.places.items():
            mark = Static(Content(f" {letter} "), classes="jump", markup=False)
            mark.styles.offset = (widget.region.x + 2, widget.region.y)
            yield mark

    @on(Key)
    def _pressed(self, event: Key) -> None:
        event.stop()
        self.dismiss()
        place = self.places.get(event.key)
        if place is not None:
            self.app.call_later(place.focus)

    @on(Click)
    def _clicked(self) -> None:
        self.dismiss()
