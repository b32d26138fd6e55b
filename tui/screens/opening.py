"""What is shown while a session is being made: half a second in which the engine is loaded."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Mount
from textual.screen import Screen
from textual.widgets import Static

from tui.widgets.title import Title


class OpeningScreen(Screen[None]):
    """A line in the middle, and then the floor."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q", "app.quit", "leave", show=False)]

    def __init__(self, *, unicode: bool = True):
        super().__init__()
        self._unicode = unicode

    def compose(self) -> ComposeResult:
        """The screen."""
        yield Title("the floor opens", id="header", unicode=self._unicode)
        yield Static(Content("The customers of a week are on their way."), id="opening", markup=False)

    @on(Mount)
    def _begin(self) -> None:
        self.call_after_refresh(self.app.show_opened)  # type: ignore[attr-defined]
