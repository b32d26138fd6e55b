"""Asks for a line of text: a file name, a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from core.errors import FlightdeskError
from tui.present import plain
from tui.screens.dialog import Dialog
from tui.widgets.text import ascii_only

Then = Callable[[], None]
"""What comes once the dialog is gone."""


class AskScreen(Dialog[bool]):
    """Closes when `take` accepts what was typed and goes on with what it returns; else shows what is wrong with it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(False)", "Leave", show=False)]

    def __init__(self, title: str, note: str, text: str, take: Callable[[str], Then | None], *, unicode: bool):
        super().__init__()
        self._title, self._note, self._text, self._take, self._unicode = title, note, text, take, unicode

    def compose(self) -> ComposeResult:
        """The dialog."""
        with Vertical(classes="dialog" if self._unicode else "dialog -ascii"):
            yield self._static(self._title, "title")
            yield self._static(self._note)
            yield Input(self._text, compact=True, select_on_focus=False)
            yield self._static("", "problem")
            yield self._static("enter takes it, esc leaves", "keys")

    def _static(self, text: str, classes: str = "") -> Static:
        return Static(Content(text if self._unicode else ascii_only(text)), classes=classes, markup=False)

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        try:
            then = self._take(event.value.strip())
        except FlightdeskError as error:
            self.query_one(".problem", Static).update(Content(plain(str(error))))
        except OSError as error:
            self.query_one(".problem", Static).update(Content(plain(f"{error.filename or ''}: {error.strerror}")))
        else:
            self.dismiss(True)
            if then is not None:
                self.app.call_later(then)
