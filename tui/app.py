"""The application around the screens: theme, palette, the session in play, and an orderly way out."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Mount, Unmount
from textual.screen import Screen
from textual.theme import Theme

from core.errors import SessionError
from core.recent import remember
from tui.present import plain
from tui.screens.ask import AskScreen
from tui.screens.dialogs import HelpScreen
from tui.widgets.text import has_unicode

if TYPE_CHECKING:
    from sim.live import LiveSession
    from tui.play import Play

NIGHT = Theme(
    name="flightdesk", dark=True, primary="#6cb6ff", secondary="#a3a8bd", accent="#e3b341", foreground="#d7dce2",
    background="#12161c", surface="#1b2129", panel="#242c36", success="#7fc48a", warning="#e3b341", error="#ff7b72")
DAYLIGHT = Theme(
    name="flightdesk-light", dark=False, primary="#0550ae", secondary="#6e7781", accent="#8a5a00", foreground="#1f2328",
    background="#ffffff", surface="#eef1f4", panel="#e2e7ec", success="#116329", warning="#8a5a00", error="#b31d28")
INTERRUPTED = 130
"""Exit code after ctrl+C."""
NAMES_AFTER = 1.0
"""Seconds after which the names of people are prepared: Faker takes half a second, and nobody is named before."""


class Flightdesk(App[None]):
    """The dashboard: the floor of a session, or without one the scenario browser."""

    CSS_PATH = "theme.tcss"
    TITLE = "flightdesk"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
        Binding("s", "save_session", "Save the session", show=False),
        Binding("y", "copy_command", "Copy the command", show=False),
    ]

    def __init__(self, session: LiveSession | None = None, *, play: Play | None = None,
                 clock: Callable[[], float] = time.monotonic, timed: bool = True, unicode: bool | None = None):
        # Without colour means without any: Textual's own way under NO_COLOR is greys.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.failure: Exception | None = None
        """What broke the floor, for the command to print once the terminal is restored."""
        self.session = session
        self.play = play
        """The session with its log; None where nothing is kept."""
        self.unicode = has_unicode() if unicode is None else unicode
        """Whether the terminal shows our symbols."""
        self._clock, self._timed = clock, timed
        self.register_theme(NIGHT)
        self.register_theme(DAYLIGHT)
        self.theme = "ansi-dark" if self.no_color else NIGHT.name

    # Screens

    def get_default_screen(self) -> Screen[None]:
        """The live floor of the session; without one the browser."""
        if self.session is not None:
            return self._live_screen(self.session)
        from tui.screens.browser import BrowserScreen

        return BrowserScreen(unicode=self.unicode, timed=self._timed)

    def _live_screen(self, session: LiveSession) -> Screen[None]:
        from tui.screens.live import LiveScreen

        if self._timed:
            self.set_timer(NAMES_AFTER, Thread(target=session.people.prepare, daemon=True).start)
        return LiveScreen(session, clock=self._clock, timed=self._timed, unicode=self.unicode)

    def open_floor(self, play: Play) -> None:
        """Puts the floor of a session on top; leaving it leads back here."""
        self.play, self.session = play, play.session
        self.push_screen(self._live_screen(play.session))

    def action_leave(self) -> None:
        """Back to where the floor was opened from; out, where it was opened first."""
        if len(self.screen_stack) == 1:
            self.exit()
            return
        self._end_play(forget=True)
        self.play = self.session = None
        self.pop_screen()

    # The session

    @property
    def on_floor(self) -> bool:
        """Whether a session is on the screen."""
        return self.session is not None and getattr(self.screen, "session", None) is self.session

    def keep(self) -> None:
        """Something may have happened: what is new goes to the session's log."""
        if self.play is not None:
            well = self.play.log.trouble is None
            self.play.keep()
            if well and self.play.log.trouble is not None:
                self.notify(self.play.log.trouble, severity="warning", markup=False)

    def _end_play(self, forget: bool) -> None:
        if self.play is not None:
            self.play.close(forget=forget)

    @on(Unmount)
    def _close(self) -> None:
        self._end_play(forget=not self.return_code)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What has to do with a session is there where one is on the screen."""
        if action in ("save_session", "copy_command"):
            return self.play is not None and self.on_floor
        return super().check_action(action, parameters)

    def action_save_session(self) -> None:
        """Asks for a file and writes the session there as a scenario."""
        play = self.play
        assert play is not None
        name, told = f"{Path(play.origin.source).stem}-session.toml", set[Path]()

        def write(text: str) -> None:
            path = Path(text).expanduser()
            if path.exists() and path not in told:
                told.add(path)
                raise SessionError(f"{path} is there already; enter again replaces it")
            play.save(path)
            remember(path)
            self.notify(f"Saved. The same run: flightdesk run {path} --seed {play.origin.seed} --replications 1",
                        markup=False)

        self.push_screen(AskScreen("Save the session as a scenario",
                                   "The scenario with your changes at their times.", name, write,
                                   unicode=self.unicode))

    def action_copy_command(self) -> None:
        """Puts the command that makes the same run on the clipboard, and shows it."""
        assert self.play is not None
        command = self.play.command
        self.copy_to_clipboard(command)
        self.push_screen(HelpScreen("The same run as a command", f"{plain(command)}\n\nIt is on the clipboard, if the "
                                    "terminal lets programs write to it (OSC 52).", unicode=self.unicode))

    # The way out

    @on(Mount)
    def _listen(self) -> None:
        """A signal that ends the process ends it with the terminal restored and the session kept."""
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and self._timed:
                asyncio.get_running_loop().add_signal_handler(number, partial(self._end_by, number))

    def _end_by(self, number: int) -> None:
        self.exit(return_code=128 + number)

    def action_interrupt(self) -> None:
        """Leaves as after an interrupt."""
        self.exit(return_code=INTERRUPTED)

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """The screen's own commands first."""
        own: Callable[[], Iterable[SystemCommand]] | None = getattr(screen, "commands", None)
        if own is not None:
            yield from own()
        if self.play is not None and self.on_floor:
            yield SystemCommand("Save the session", "As a scenario file with your changes (s)",
                                self.action_save_session)
            yield SystemCommand("Copy the command", "The command line that makes the same run (y)",
                                self.action_copy_command)
        yield from super().get_system_commands(screen)
