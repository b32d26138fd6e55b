"""The application around the screens: theme, palette, the session in play, and an orderly way out."""

from __future__ import annotations

import asyncio
import gc
import os
import shlex
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any, ClassVar

from textual import on
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.events import Mount, Unmount
from textual.screen import Screen
from textual.theme import Theme
from textual.worker import get_current_worker

from core.errors import FlightdeskError, Problem, SessionError
from core.recent import remember
from tui.keymap import NAMED, Rebindable
from tui.lost import lasting
from tui.present import plain
from tui.screens.ask import AskScreen
from tui.screens.dialogs import HelpScreen
from tui.settings import COMMENTED, Settings, first_time, save_setting, settings_file, unknown_names
from tui.themes import THEMES, setting_of
from tui.widgets.text import has_unicode

if TYPE_CHECKING:
    from sim.live import LiveSession
    from tui.play import Play

INTERRUPTED = 130
"""Exit code after ctrl+C."""
UNTOUCHED = Settings(tour=False)
"""For tests and pictures: the defaults, and nothing in the way."""
NAMES_AFTER = 0.3
"""Seconds after which the names of people are prepared: Faker takes half a second, most of it while the floor opens."""


class Flightdesk(Rebindable, App[None]):
    """The dashboard: the floor of a session, or without one the scenario browser."""

    CSS_PATH = "theme.tcss"
    TITLE = "flightdesk"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "interrupt", "Quit", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
        Binding("s", "save_session", "Save the session", show=False),
        Binding("y", "copy_command", "Copy the command", show=False),
        Binding("j", "jump", "Jump to a panel", show=False),
        Binding("f1", "look_up", "Look up a word", show=False),
    ]

    def __init__(self, session: LiveSession | None = None, *, opening: Callable[[], Play] | None = None,
                 first: Callable[[Flightdesk], Screen[None]] | None = None,
                 clock: Callable[[], float] = time.monotonic, timed: bool = True, unicode: bool | None = None,
                 settings: Settings = UNTOUCHED, problems: Sequence[Problem] = ()):
        # Without colour means without any: Textual's own way under NO_COLOR is greys.
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.failure: Exception | None = None
        """What broke the floor, for the command to print once the terminal is restored."""
        self.refusal: FlightdeskError | None = None
        """Why what was asked for cannot be opened."""
        self.session = session
        self.play: Play | None = None
        """The session with its log; None where nothing is kept."""
        self._opening, self._first = opening, first
        self.settings = settings
        self._problems = problems
        wanted = settings.unicode if unicode is None else unicode
        self.unicode = has_unicode() if wanted is None else wanted
        """Whether the terminal shows our symbols."""
        self._clock, self._timed = clock, timed
        self._tours = {"browser", "live"} if settings.tour else set[str]()
        """Tours that are still to be offered."""
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = "ansi-dark" if self.no_color else THEMES[settings.theme].name
        self.set_keymap(dict(settings.keys))

    # Screens

    def get_default_screen(self) -> Screen[None]:
        """The live floor of the session; where that has yet to be made a word on it; else the browser, or the screen
        that was asked for."""
        if self._first is not None:
            return self._first(self)
        if self.session is not None:
            return self._live_screen(self.session)
        if self._opening is not None:
            from tui.screens.opening import OpeningScreen

            return OpeningScreen(unicode=self.unicode)
        from tui.screens.browser import BrowserScreen

        return BrowserScreen(unicode=self.unicode, timed=self._timed)

    def _live_screen(self, session: LiveSession) -> Screen[None]:
        from tui.screens.live import LiveScreen

        if self._timed:
            self.set_timer(NAMES_AFTER, Thread(target=session.people.prepare, daemon=True).start)
            # What is loaded by now stays: looking through it for garbage would take a tenth of a second now and then.
            if not gc.get_freeze_count():
                self.call_later(gc.freeze)
        session.favourites.update(self.settings.favourites)
        return LiveScreen(session, clock=self._clock, timed=self._timed, unicode=self.unicode)

    def opened(self) -> LiveSession:
        """The session that the application was given to open, made at the first call."""
        if self.session is None:
            assert self._opening is not None
            self.play = self._opening()
            self.session = self.play.session
        return self.session

    def show_opened(self) -> None:
        """The first picture is there: now the session is made, and its floor put over it."""
        if self._timed:
            self.run_worker(self._make_session, thread=True)
        else:
            self._show_floor(self.opened())

    def _make_session(self) -> None:
        """In a thread: the model and the engine are loaded and the session is made, while keys are answered."""
        from tui.screens import live  # noqa: F401  (to be loaded here)

        try:
            session = self.opened()
        except FlightdeskError as error:
            self.call_from_thread(self._refuse, error)
            return
        if get_current_worker().is_cancelled:
            self._end_play(forget=True)
        else:
            self.call_from_thread(self._show_floor, session)

    def _show_floor(self, session: LiveSession) -> None:
        self.push_screen(self._live_screen(session))

    def _refuse(self, error: FlightdeskError) -> None:
        self.refusal = error
        self.exit()

    def open_floor(self, play: Play) -> None:
        """Puts the floor of a session on top; leaving it leads back here."""
        self.play, self.session = play, play.session
        self.push_screen(self._live_screen(play.session))

    @property
    def clock(self) -> Callable[[], float]:
        """What tells real seconds."""
        return self._clock

    @property
    def timed(self) -> bool:
        """Whether the screens' timers run; tests turn them by hand."""
        return self._timed

    def go_back(self) -> None:
        """Back to the screen below; out, where it was opened first."""
        if len(self.screen_stack) == 1:
            self.exit()
        else:
            self.pop_screen()

    def action_leave(self) -> None:
        """Back to where the floor was opened from; out, where it was opened first."""
        if len(self.screen_stack) == 1 or self._opening is not None:
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
        if self.session is not None and not self.session.on_errand:
            self.settled("live")

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

    def action_compare(self) -> None:
        """The floor as it was changed beside the floor as planned, over many runs."""
        from sim.experiments.comparison import Plan
        from tui.screens.compare import CompareScreen

        session = self.session
        assert session is not None
        plans = [Plan("as planned", session.scenario)]
        if session.interventions:
            plans.append(Plan("your floor", session.scenario, session.interventions))
        self.push_screen(CompareScreen(plans, session.seed, unicode=self.unicode))

    def action_ask(self, words: Sequence[str], note: str) -> None:
        """Asks for a command line, beginning with these words, and shows its answer."""
        from tui.screens.answer import AnswerScreen, read_command

        def take(text: str) -> Callable[[], None]:
            asked = read_command(text)

            def show() -> None:
                self.push_screen(AnswerScreen(asked, unicode=self.unicode))

            return show

        self.push_screen(AskScreen("Ask", note, shlex.join(words), take, unicode=self.unicode))

    def questions(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What takes minutes to answer, about the scenario on the floor, the one in hand, or any other."""
        about: tuple[str, ...] = (getattr(screen, "in_hand", None) or "SCENARIO",)
        if self.play is not None:
            sets = (part for setting in self.play.origin.settings for part in ("--set", setting))
            about = (self.play.origin.source, *sets)
        for title, words, note in (
                ("Plan staffing", ("plan", *about, "--target", "service_level>=80%"),
                 "The cheapest people that meet the targets, such as frt_p90<=10m or csat>=85%."),
                ("Sweep", ("sweep", *about, "--vary", "demand.level=80%:120%:10%"),
                 "What a number does over a range; several --vary make a grid."),
                ("Automation strategies", ("strategy", *about), "Where more automation starts to hurt."),
                ("Any command", ("run", *about), "Whatever the command line answers.")):
            yield SystemCommand(title, note, partial(self.action_ask, words, note))

    # Finding one's way

    def settled(self, where: str) -> None:
        """A screen shows what there is to see on it: the first time ever somebody is shown around."""
        if where in self._tours:
            self._tours.discard(where)
            if first_time(f"tour-{where}"):
                self.call_after_refresh(self.action_tour)

    def action_tour(self) -> None:
        """Shows around on the screen as it is."""
        from tui.screens.tour import BROWSER, LIVE, TourScreen

        stops = LIVE if self.on_floor else BROWSER
        self.push_screen(TourScreen(self.screen, stops, unicode=self.unicode, timed=self._timed))

    def action_jump(self) -> None:
        """Puts a letter on every panel."""
        from tui.screens.jump import JumpScreen

        self.push_screen(JumpScreen(self.screen))

    def action_look_up(self, text: str = "") -> None:
        """Says what a word, a metric or a key means."""
        from tui.screens.look_up import LookUpScreen

        self.push_screen(LookUpScreen(text, unicode=self.unicode))

    def action_edit_settings(self) -> None:
        """The settings in the user's editor; they hold from the next start."""
        from tui.screens.browser import open_editor

        file = settings_file()
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(COMMENTED, encoding="utf-8")
        open_editor(self, file)

    def say_problems(self) -> None:
        """What is wrong with the settings; names of keys can be judged once the screens are loaded."""
        from tui.screens import live  # noqa: F401  (its keys have names)

        for problem in (*self._problems, *unknown_names(self.settings, NAMED)):
            self.notify(plain(problem.text(settings_file().name)), severity="warning", timeout=15, markup=False)
        self._problems = ()

    # The way out

    def get_driver_class(self) -> type[Driver]:
        """The terminal's driver, which lives on for the last words when the terminal is gone."""
        return lasting(super().get_driver_class())

    @on(Mount)
    def _begin(self) -> None:
        """A signal that ends the process ends it with the terminal restored and the session kept."""
        if self.settings.keys or self._problems:
            self.call_after_refresh(self.say_problems)
        self.theme_changed_signal.subscribe(self, self._keep_theme)
        # The terminal is empty after fg, and nothing of ours has changed: all is drawn once more.
        self.app_resume_signal.subscribe(self, lambda _: self.refresh(layout=True))
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and self._timed:
                with suppress(NotImplementedError):  # Windows ends programs in its own way
                    asyncio.get_running_loop().add_signal_handler(number, partial(self._end_by, number))

    def _keep_theme(self, theme: Theme) -> None:
        name = setting_of(theme.name)
        if self._timed and name is not None and name != self.settings.theme:
            self.settings = replace(self.settings, theme=name)
            save_setting("theme", name)

    def keep_favourites(self, favourites: Iterable[str]) -> None:
        """The knobs that come first are the same the next time."""
        self.settings = replace(self.settings, favourites=tuple(sorted(favourites)))
        save_setting("favourites", list(self.settings.favourites))

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
        # The palette is the screen now; it asks for what there is on the one below.
        on_floor = self.session is not None and getattr(screen, "session", None) is self.session
        if self.play is not None and on_floor:
            yield SystemCommand("Save the session", "As a scenario file with your changes (s)",
                                self.action_save_session)
            yield SystemCommand("Copy the command", "The command line that makes the same run (y)",
                                self.action_copy_command)
        if on_floor:
            yield SystemCommand("Compare plans", "Your floor, the plan and others over many runs, with intervals",
                                self.action_compare)
        yield from self.questions(screen)
        yield SystemCommand("Jump to a panel", "A letter on each (j)", self.action_jump)
        yield SystemCommand("Look up a word", "What a word, a metric or a key means (F1)", self.action_look_up)
        yield SystemCommand("Tour", "Show me around", self.action_tour)
        yield SystemCommand("Settings", "Edit the settings file", self.action_edit_settings)
        yield from super().get_system_commands(screen)
