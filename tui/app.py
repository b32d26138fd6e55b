"""The application around the screens: theme, palette, and an orderly way out."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import ClassVar

from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Mount
from textual.screen import Screen
from textual.theme import Theme

from sim.live import LiveSession
from tui.screens.live import LiveScreen
from tui.widgets.text import has_unicode

NIGHT = Theme(
    name="flightdesk", dark=True, primary="#6cb6ff", secondary="#a3a8bd", accent="#e3b341", foreground="#d7dce2",
    background="#12161c", surface="#1b2129", panel="#242c36", success="#7fc48a", warning="#e3b341", error="#ff7b72")
DAYLIGHT = Theme(
    name="flightdesk-light", dark=False, primary="#0550ae", secondary="#6e7781", accent="#8a5a00", foreground="#1f2328",
    background="#ffffff", surface="#eef1f4", panel="#e2e7ec", success="#116329", warning="#8a5a00", error="#b31d28")
INTERRUPTED = 130
"""Exit code after ctrl+C."""


class Flightdesk(App[None]):
    """The dashboard."""

    CSS_PATH = "theme.tcss"
    TITLE = "flightdesk"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
    ]

    def __init__(self, session: LiveSession, *, clock: Callable[[], float] = time.monotonic, timed: bool = True,
                 unicode: bool | None = None):
        # Without colour means without any: Textual's own way under NO_COLOR is greys.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.failure: Exception | None = None
        """What broke the floor, for the command to print once the terminal is restored."""
        self.session = session
        self._clock, self._timed = clock, timed
        self._unicode = has_unicode() if unicode is None else unicode
        self.register_theme(NIGHT)
        self.register_theme(DAYLIGHT)
        self.theme = "ansi-dark" if self.no_color else NIGHT.name

    def get_default_screen(self) -> Screen[None]:
        """The live floor."""
        return LiveScreen(self.session, clock=self._clock, timed=self._timed, unicode=self._unicode)

    @on(Mount)
    def _listen(self) -> None:
        """A signal that ends the process ends it with the terminal restored."""
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and self._timed:
                asyncio.get_running_loop().add_signal_handler(number, partial(self._end_by, number))

    def _end_by(self, number: int) -> None:
        self.exit(return_code=128 + number)

    def action_interrupt(self) -> None:
        """Leaves as after an interrupt."""
        self.exit(return_code=INTERRUPTED)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The screen's own commands first."""
        if isinstance(screen, LiveScreen):
            yield from screen.commands()
        yield from super().get_system_commands(screen)
