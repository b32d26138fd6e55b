"""The base of the screens that are a list and what is known of the one in hand, side by side or below each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content
from textual.events import Mount, Resize
from textual.screen import Screen
from textual.widgets import Static

from tui.keymap import Rebindable
from tui.screens.dialogs import HelpScreen
from tui.widgets.chooser import Chooser
from tui.widgets.keys import Keys
from tui.widgets.panel import Panel
from tui.widgets.title import Title

SMALLEST = (80, 24)
SIDE_BY_SIDE = 116
"""Columns from which the one in hand stands beside the list and not below."""


class ListingScreen(Rebindable, Screen[None]):
    """A list and the one in hand; subclasses say what is listed."""

    LISTED: ClassVar[str]
    """What is listed."""
    KEYS: ClassVar[Sequence[tuple[str, str, str]]]
    """The last line: how a key is written, the key, and what it does."""
    ABOUT: ClassVar[str]
    """What `?` says after what the panel says of itself."""

    def __init__(self, *, unicode: bool = True, timed: bool = True):
        super().__init__()
        self._unicode, self._timed = unicode, timed

    def listing(self) -> Chooser:
        """The list."""
        raise NotImplementedError

    def detail(self) -> Panel:
        """What is known of the one in hand."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        """Title, list, the one in hand, keys."""
        yield Title(self.LISTED.lower(), id="header", unicode=self._unicode)
        with Container(id="library"):
            yield self.listing()
            yield self.detail()
        yield Static("", id="too-small", markup=False)
        yield Keys(self.KEYS, id="keys", unicode=self._unicode)

    @on(Mount)
    def _focus_list(self) -> None:
        self.query_one(Chooser).focus()

    @on(Resize)
    def _resized(self, event: Resize) -> None:
        width, height = event.size
        self.set_class(width < SMALLEST[0] or height < SMALLEST[1], "-small")
        self.set_class(width >= SIDE_BY_SIDE, "-wide")
        self.query_one("#too-small", Static).update(
            Content(f"Flightdesk needs {SMALLEST[0]}x{SMALLEST[1]}, this is {width}x{height}"))

    def action_help(self) -> None:
        """What the focused panel shows, and this screen."""
        panel = self.focused if isinstance(self.focused, Panel) else self.query_one(Chooser)
        self.app.push_screen(HelpScreen(self.LISTED, f"{panel.help_text()}\n\n{self.ABOUT}", unicode=self._unicode))
