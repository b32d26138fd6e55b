"""A command of the command line as a screen: its answer as text, while the floor waits.

For the questions that take minutes (staffing plans, sweeps, strategies): the command runs in a process of its own, so
the screen stays quick, and stopping it keeps what has finished. The screen shows exactly what the command prints, and
while it runs how far it is. From a plan it goes on: to its floor, or to a comparison with today's.
"""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import signal
import sys
import time
from asyncio import StreamReader
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
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
from core.scenario import Scenario
from tui.exit import Exit
from tui.keymap import Rebindable
from tui.present import TOLD, TOLD_MARK, WIDTH, plain
from tui.screens.ask import AskScreen, Then
from tui.screens.dialogs import HelpScreen
from tui.widgets.keys import Keys
from tui.widgets.text import ascii_only

ANSWERING = ("plan", "sweep", "strategy", "run", "compare", "why", "ahead", "runs", "sql", "explain", "keys", "check",
             "report", "customers", "inspect", "floor")
"""Commands whose answer is text, and which ask nothing back."""
KEYS = (("c", "c", "change"), ("?", "question_mark", "help"), ("esc", "escape", "stop, back"))
PLAN_KEYS = (KEYS[0], ("l", "l", "fly the plan"), ("v", "v", "beside today"), *KEYS[1:])
HELP = (
    "The answer of a command, as the command line prints it. c changes the command and runs it again; esc (or x) stops "
    "it, and what has finished by then is shown, as Ctrl+C does there; esc once more leads back.\n\n"
    "When a staffing plan is there, l opens its floor live and v sets it beside today's plan, over many runs under the "
    "same chance. To keep it, change the command: -o FILE writes it as a scenario.\n\n"
    "`flightdesk COMMAND --help` in a terminal lists what a command can be asked.")
TOLD_LINE = re.compile(rf"{TOLD_MARK}(?P<done>\d+)/(?P<total>\d+)")
BAR = 24
"""Cells of the bar that says how far it is."""
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


def write_left(seconds: float) -> str:
    """A time that is an estimate: 40 s, 3 min, 1 h 20 min."""
    if seconds < 90:
        return f"{max(5, round(seconds / 5) * 5)} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 90 else f"{minutes // 60} h {minutes % 60} min"


def asked(words: Sequence[str]) -> tuple[Scenario, int]:
    """The floor that a plan was asked for, and the seed."""
    from tui.commands.plan import command
    from tui.plans import floor_of

    given = command.make_context("plan", list(words[1:])).params
    return floor_of(given["scenario"], given["changes"], given["days"]), given["seed"]


class AnswerScreen(Rebindable, Screen[None]):
    """Runs a command and shows what it says."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "change", "change the command", show=False),
        Binding("x", "stop", "stop it", show=False),
        Binding("l", "fly", "fly the plan", show=False),
        Binding("v", "beside", "compare the plan with today's", show=False),
        Binding("question_mark", "help", "help", show=False),
        Binding("escape", "back", "stop it, or back", show=False),
        Binding("q", "leave", "back", show=False),
    ]

    def __init__(self, words: Sequence[str], *, unicode: bool = True):
        super().__init__()
        self.words = list(words)
        self._unicode = unicode
        self.code: int | None = None
        """Exit code of the command, None while it runs."""
        self._process: Process | None = None
        self._stopping = False
        self.progress: tuple[int, int, float] | None = None
        """How many pieces of work are done, of how many, and when the first was begun; None before."""
        self._folder: TemporaryDirectory[str] | None = None
        """Where a plan is written to that nobody asked a file for; lives as long as the screen."""
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
        self._timer = self.set_interval(1.0, self.tell)
        self._ask()

    @on(Unmount)
    def _end(self) -> None:
        self._interrupt()
        if self._folder is not None:
            self._folder.cleanup()

    def _ask(self) -> None:
        """Runs the command in place of the one before."""
        self._interrupt()
        self.code, self._began, self.progress, self._stopping = None, time.monotonic(), None, False
        if self._folder is not None:
            self._folder.cleanup()
        self._folder = TemporaryDirectory(prefix="flightdesk-") if self._makes_a_plan else None
        self.query_one(Keys).show(PLAN_KEYS if self.words[0] == "plan" else KEYS)
        self._write("#answer-command", "flightdesk " + shlex.join(self.words))
        self._write("#answer-text", "")
        self.tell()
        words = self.words if self._folder is None else [*self.words, "-o", str(self.plan_file)]
        self.run_worker(self._run(words), exclusive=True, exit_on_error=False)

    async def _run(self, words: Sequence[str]) -> None:
        environment = {**os.environ, WIDTH: str(max(self.size.width - 4, 40)), TOLD: "1", "NO_COLOR": "1",
                       "PYTHONIOENCODING": "utf-8"}
        process = self._process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", "from tui.cli import main; main()", *words, stdin=DEVNULL, stdout=PIPE, stderr=PIPE,
            env=environment)
        assert process.stdout is not None
        assert process.stderr is not None
        answer, said, _ = await asyncio.gather(process.stdout.read(), self._listen(process, process.stderr),
                                               process.wait())
        if process is not self._process:  # another command has been asked in the meantime
            return
        self.code = process.returncode
        lines = [*answer.decode(errors="replace").splitlines(), *said]
        if self._folder is not None:
            lines = [line for line in lines if str(self.plan_file) not in line]
        self._write("#answer-text", "\n".join(plain(line) for line in lines))
        self.tell()

    async def _listen(self, process: Process, stream: StreamReader) -> list[str]:
        """What the command says besides its answer; how far it is goes to the status."""
        said = []
        while raw := await stream.readline():
            line = raw.decode(errors="replace").rstrip()
            told = TOLD_LINE.match(line)
            if told is None or line[told.end():]:
                # Who is stopped in the midst of a line says what comes next behind it.
                said.append(line if told is None else line[told.end():])
            if told is not None and process is self._process:
                first = self.progress is None
                since = time.monotonic() if self.progress is None else self.progress[2]
                self.progress = int(told["done"]), int(told["total"]), since
                if first:
                    self.tell()
        return said

    @property
    def _makes_a_plan(self) -> bool:
        return self.words[0] == "plan" and not {"-o", "--output"} & set(self.words)

    @property
    def plan_file(self) -> Path | None:
        """Where the command writes a plan to, if it makes one."""
        if self._folder is not None:
            return Path(self._folder.name) / "plan.toml"
        if self.words[0] != "plan":
            return None
        at = next((at for at, word in enumerate(self.words[:-1]) if word in ("-o", "--output")), None)
        return None if at is None else Path(self.words[at + 1])

    def _interrupt(self) -> None:
        process, self._process = self._process, None
        if process is not None and process.returncode is None:
            process.send_signal(signal.SIGINT)

    def tell(self) -> None:
        """Says how far it is, or how it ended."""
        if self.code is None:
            self._write("#answer-status", self._how_far())
        else:
            on = "; l flies the plan, v sets it beside today's" if self._has_plan() else ""
            self._write("#answer-status", VERDICTS.get(self.code, f"it failed, with exit code {self.code}") + on)

    def _how_far(self) -> str:
        """A bar with an estimate of the time left, once there is something to judge by."""
        now = time.monotonic()
        if self._stopping:
            return "stopping; what has finished will be shown"
        if self.progress is None:
            return f"running for {now - self._began:.0f} s; esc stops it"
        done, total, since = self.progress
        full = BAR * done // max(total, 1)
        left = f", about {write_left((now - since) / (done - 1) * (total - done))} left" if done > 1 else ""
        return f"{'█' * full}{'░' * (BAR - full)} {done} of {total}{left}; esc stops it"

    def _has_plan(self) -> bool:
        return self.code is not None and self.plan_file is not None and self.plan_file.exists()

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
            self._stopping = True
            self._process.send_signal(signal.SIGINT)
            self.tell()

    def action_fly(self) -> None:
        """The plan's floor, live."""
        from core.scenario_file import load_scenario
        from tui.app import Flightdesk
        from tui.play import Play

        if not self._has_plan() or not isinstance(self.app, Flightdesk):
            self._no_plan()
            return
        self.app.open_floor(Play.begin(load_scenario(str(self.plan_file)), str(self.plan_file), asked(self.words)[1]))

    def action_beside(self) -> None:
        """The plan and today's, side by side over many runs."""
        from core.scenario_file import load_scenario
        from sim.experiments.comparison import Plan
        from tui.screens.compare import CompareScreen

        if not self._has_plan():
            self._no_plan()
            return
        today, seed = asked(self.words)
        plans = [Plan("today", today), Plan("planned", load_scenario(str(self.plan_file)))]
        self.app.push_screen(CompareScreen(plans, seed, unicode=self._unicode))

    def _no_plan(self) -> None:
        self.notify("There is no staffing plan here: `plan` makes one.", markup=False)

    def action_back(self) -> None:
        """Stops the command; where nothing runs, back to where it was asked."""
        if self.code is None and self._process is not None and not self._stopping:
            self.action_stop()
        else:
            self.dismiss()

    def action_help(self) -> None:
        """What this screen is."""
        self.app.push_screen(HelpScreen("An answer", HELP, unicode=self._unicode))

    def action_leave(self) -> None:
        """Back to where it was asked."""
        self.dismiss()
