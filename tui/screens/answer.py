"""A command of the command line as a screen: its answer as text, while the floor waits.

For the questions that take minutes (staffing plans, sweeps, strategies): the command runs in a process of its own, so
the screen stays quick, and stopping it keeps what has finished. The screen shows exactly what the command prints.
"""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
import sys
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Mount, Unmount
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from core.errors import InterventionError, did_you_mean
from tui.exit import Exit
from tui.keymap import Rebindable
from tui.present import WIDTH, plain
from tui.screens.ask import AskScreen, Then
from tui.screens.dialogs import HelpScreen
from tui.widgets.keys import Keys
from tui.widgets.text import ascii_only

ANSWERING = ("plan", "sweep", "strategy", "run", "compare", "why", "ahead", "runs", "sql", "explain", "keys", "check",
             "report", "customers", "inspect", "floor")
"""Commands whose answer is text, and which ask nothing back."""
KEYS = (("c", "c", "change the command"), ("x", "x", "stop it"), ("?", "question_mark", "help"),
        ("esc", "escape", "back"))
HELP = (
    "The answer of a command, as the command line prints it. c changes the command and runs it again; x stops it, and "
    "what has finished by then is shown, as Ctrl+C does there. `flightdesk COMMAND --help` in a terminal lists what a "
    "command can be asked.")
VERDICTS = {int(Exit.OK): "done", int(Exit.NO): "done: the answer is no", int(Exit.INTERRUPTED): "stopped",
            int(Exit.INPUT): "it cannot be asked like this"}


def read_command(text: str) -> list[str]:
    """The words of a command line, with or without `flightdesk` in front.

    Raises:
        InterventionError: for a command that has no answer to show, or a quote that is not closed.
    """
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise InterventionError(f"{error}, given {text}".lower()) from error
    words = words[1:] if words[:1] == ["flightdesk"] else words
    if not words:
        raise InterventionError("a command is wanted, such as: plan small-team")
    if words[0] not in ANSWERING:
        raise InterventionError(f"{words[0]} has no answer to show here; {did_you_mean(words[0], ANSWERING)}")
    return words


class AnswerScreen(Rebindable, Screen[None]):
    """Runs a command and shows what it says."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "change", "change the command", show=False),
        Binding("x", "stop", "stop it", show=False),
        Binding("question_mark", "help", "help", show=False),
        Binding("escape,q", "leave", "back", show=False),
    ]

    def __init__(self, words: Sequence[str], *, unicode: bool = True):
        super().__init__()
        self.words = list(words)
        self._unicode = unicode
        self.code: int | None = None
        """Exit code of the command, None while it runs."""
        self._process: Process | None = None
        self._began = time.monotonic()
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        """The command, its answer, and how far it is."""
        yield Static("", id="answer-command", markup=False)
        with VerticalScroll():
            yield Static("", id="answer-text", markup=False)
        yield Static("", id="answer-status", markup=False)
        yield Keys(KEYS, id="keys", unicode=self._unicode)

    @on(Mount)
    def _begin(self) -> None:
        self.query_one(VerticalScroll).focus()
        self._timer = self.set_interval(1.0, self._tell)
        self._ask()

    @on(Unmount)
    def _end(self) -> None:
        self._interrupt()

    def _ask(self) -> None:
        """Runs the command in place of the one before."""
        self._interrupt()
        self.code, self._began = None, time.monotonic()
        self._write("#answer-command", "flightdesk " + shlex.join(self.words))
        self._write("#answer-text", "")
        self._tell()
        self.run_worker(self._run(self.words), exclusive=True, exit_on_error=False)

    async def _run(self, words: Sequence[str]) -> None:
        environment = {**os.environ, WIDTH: str(max(self.size.width - 4, 40)), "NO_COLOR": "1",
                       "PYTHONIOENCODING": "utf-8"}
        process = self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from tui.cli import main; main()", *words, stdin=DEVNULL, stdout=PIPE, stderr=PIPE,
            env=environment)
        answer, said = await process.communicate()
        if process is not self._process:  # another command has been asked in the meantime
            return
        self.code = process.returncode
        lines = [*answer.decode(errors="replace").splitlines(), *said.decode(errors="replace").splitlines()]
        self._write("#answer-text", "\n".join(plain(line) for line in lines))
        self._tell()

    def _interrupt(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGINT)

    def _tell(self) -> None:
        if self.code is None:
            self._write("#answer-status", f"running for {time.monotonic() - self._began:.0f} s; x stops it")
        else:
            self._write("#answer-status", VERDICTS.get(self.code, f"it failed, with exit code {self.code}"))

    def _write(self, where: str, text: str) -> None:
        self.query_one(where, Static).update(Content(text if self._unicode else ascii_only(text)))

    # Keys

    def action_change(self) -> None:
        """Asks for another command line."""
        def take(text: str) -> Then | None:
            self.words = read_command(text)
            return self._ask

        self.app.push_screen(AskScreen("A command", "As on the command line.", shlex.join(self.words), take,
                                       unicode=self._unicode))

    def action_stop(self) -> None:
        """Stops the command as Ctrl+C does; it says what it has."""
        if self._process is not None and self._process.returncode is None:
            self._process.send_signal(signal.SIGINT)

    def action_help(self) -> None:
        """What this screen is."""
        self.app.push_screen(HelpScreen("An answer", HELP, unicode=self._unicode))

    def action_leave(self) -> None:
        """Back to where it was asked."""
        self.dismiss()
