"""The comparison of plans as a screen: the same table as `flightdesk compare`, filling up while it runs.

The runs are made in processes beside the screen; a thread waits for them and posts what there is. Opened from the
palette of the live floor with the floor as planned and as it was changed; further plans are typed as on the command
line.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from threading import Event
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Mount, Resize, Unmount
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from sim.experiments.comparison import REPLICATIONS, Comparison, Plan, compare
from sim.experiments.executor import Executor, executor
from sim.experiments.replications import Run
from tui.comparing import chosen, heading, legend, rows, text_table, warnings
from tui.keymap import Rebindable
from tui.plans import SYNTAX, add_plan
from tui.present import plain
from tui.saving import load_stored_or_not
from tui.screens.ask import AskScreen, Then
from tui.screens.dialogs import HelpScreen
from tui.widgets.keys import Keys
from tui.widgets.text import ascii_only

KEYS = (("a", "a", "add a plan"), ("d", "d", "drop it"), ("m", "m", "more runs"), ("e", "e", "every metric"),
        ("?", "question_mark", "help"), ("esc", "escape", "back"))
COLOURS = {"▲": "$success", "▼": "$error"}
HELP = (
    "Each plan is run many times; all plans meet the same customers, so what luck does to both cancels and a "
    "difference is known far better than either value. ▲ is better and ▼ worse than the first plan, ≈ within the "
    "noise, = the same in every run; ↑ and ↓ are higher and lower where neither is better. Intervals hold for all "
    "plans of a row at once (Bonferroni).\n\n"
    "“Trust it?” says no where there are too few runs, where the floor began without the queue that it ends with and "
    "so needs a warm-up, or where people are busy all the time and the queue grows as long as the run lasts.\n\n"
    f"A further plan is typed as for `flightdesk compare`: {SYNTAX}; + stands for the first plan, as in "
    "+team.frontline.extra=2; title=Two more people.")
PICTURES = 0.25
"""Seconds between two pictures while runs come in."""


class CompareScreen(Rebindable, Screen[None]):
    """Plans side by side. `jobs` is how many processes there are, one for each processor if None."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "another plan", show=False),
        Binding("d", "drop", "drop the last plan", show=False),
        Binding("m", "more", "more runs", show=False),
        Binding("e", "everything", "every metric", show=False),
        Binding("question_mark", "help", "help", show=False),
        Binding("escape,q", "leave", "back", show=False),
    ]

    class Came(Message):
        """More replications have finished."""

        def __init__(self, comparison: Comparison, turn: int, complete: bool):
            super().__init__()
            self.comparison, self.turn, self.complete = comparison, turn, complete

    class Failed(Message):
        """The runs ended with an error."""

        def __init__(self, error: BaseException, turn: int):
            super().__init__()
            self.error, self.turn = error, turn

    def __init__(self, plans: Sequence[Plan], seed: int, replications: int = REPLICATIONS, *, unicode: bool = True,
                 jobs: int | None = None):
        super().__init__()
        self.plans = list(plans)
        self._seed, self._replications, self._jobs, self._unicode = seed, replications, jobs, unicode
        self.comparison: Comparison | None = None
        """What there is so far."""
        self.running = False
        self._trouble = ""
        """What the runs ended with; it stays until they begin again."""
        self._everything = False
        self._known: list[tuple[Plan, Sequence[Run]]] = []
        """The runs of each plan, so that another plan costs its own runs alone."""
        self._turn = 0
        """Which set of runs is wanted; news of earlier ones is old."""
        self._stop = Event()
        self._where: Executor | None = None
        self._began = self._shown = 0.0
        self._at_first = 0

    def compose(self) -> ComposeResult:
        """The table over a line on how far it is."""
        with VerticalScroll():
            yield Static("", id="compare-table", markup=False)
        yield Static("", id="compare-status", markup=False)
        yield Keys(KEYS, id="keys", unicode=self._unicode)

    @on(Mount)
    def _begin(self) -> None:
        self.query_one(VerticalScroll).focus()
        self._run()

    @on(Unmount)
    def _end(self) -> None:
        self._halt()

    # Runs

    def _halt(self) -> None:
        self._stop.set()
        if self._where is not None:
            self._where.stop()
        self.running = False

    def _run(self) -> None:
        """Runs what is missing, in place of what is under way."""
        self._halt()
        self._turn += 1
        self._stop = Event()
        self._began, self._shown = time.monotonic(), 0.0
        self._trouble = ""
        self._at_first = sum(len(self._runs_of(plan)) for plan in self.plans)
        self.running = True
        self.run_worker(self._work_for(self._turn, list(self.plans), self._stop), thread=True, exit_on_error=False)
        self._show()

    def _runs_of(self, plan: Plan) -> Sequence[Run]:
        """The runs of a plan that have been made, whatever it was called then."""
        return next((runs for known, runs in self._known
                     if known.scenario is plan.scenario and known.interventions == plan.interventions), ())

    def _work_for(self, turn: int, plans: list[Plan], stop: Event) -> Callable[[], None]:
        known = [self._runs_of(plan) for plan in plans]

        def seen(comparison: Comparison) -> None:
            if stop.is_set():
                raise KeyboardInterrupt
            self.post_message(self.Came(comparison, turn, False))

        def work() -> None:
            try:
                with executor(self._jobs) as self._where:
                    found = compare(plans, self._seed, self._replications, where=self._where, known=known, seen=seen)
                self.post_message(self.Came(found, turn, True))
            except BaseException as error:
                if not stop.is_set():
                    self.post_message(self.Failed(error, turn))

        return work

    @on(Came)
    def _came(self, message: Came) -> None:
        if message.turn != self._turn:
            return
        self.comparison = message.comparison
        older = [(plan, runs) for plan, runs in self._known if plan not in self.comparison.plans]
        self._known = [*older, *zip(self.comparison.plans, self.comparison.runs, strict=True)]
        self.running = not message.complete
        if message.complete or time.monotonic() - self._shown >= PICTURES:
            self._show()

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        if message.turn == self._turn:
            self.running = False
            self._trouble = f"The runs ended: {plain(str(message.error) or type(message.error).__name__)}"
            self._show()

    # Pictures

    @on(Resize)
    def _resized(self) -> None:
        self._show()

    def _show(self) -> None:
        self._shown = time.monotonic()
        found = self.comparison
        if found is not None:
            self.query_one("#compare-table", Static).update(Content("\n").join(self._lines(found)))
        self._say(self._status())

    def _lines(self, found: Comparison) -> Iterator[Content]:
        metrics = chosen(found, everything=self._everything)
        width = max(self.size.width - 4, 40)
        for line in (*heading(found), "", *text_table(found, metrics, width), "", legend(rows(found, metrics))):
            yield self._coloured(line)
        for line in warnings(found):
            yield Content.styled(self._written(line), "bold $error")

    def _coloured(self, line: str) -> Content:
        """The line with its marks in colour, which say nothing that they do not say without."""
        parts = re.split("([▲▼])", line)
        return Content.assemble(*((self._written(part), COLOURS.get(part, "")) for part in parts))

    def _written(self, text: str) -> str:
        return text if self._unicode else ascii_only(text)

    def _say(self, text: str) -> None:
        self.query_one("#compare-status", Static).update(Content(self._written(text)))

    def _status(self) -> str:
        asked = self._replications * len(self.plans)
        done = 0 if self.comparison is None else sum(map(len, self.comparison.runs))
        if not self.running:
            return self._trouble or f"{done} runs"
        new, spent = done - self._at_first, time.monotonic() - self._began
        left = f", about {spent / new * (asked - done):,.0f} s left" if new > 0 and done < asked else ""
        return f"{min(done, asked)} of {asked} runs{left}"

    # Keys

    def action_add(self) -> None:
        """Asks for another plan."""
        def take(text: str) -> Then | None:
            self.plans = add_plan(self.plans, text, load_stored_or_not)
            return self._run

        note = f"{SYNTAX}; + stands for “{plain(self.plans[0].name)}”"
        self.app.push_screen(AskScreen("Another plan", note, "+", take, unicode=self._unicode))

    def action_drop(self) -> None:
        """Takes the last plan out."""
        if len(self.plans) > 1:
            self.plans.pop()
            self._run()

    def action_more(self) -> None:
        """Twice as many runs."""
        self._replications *= 2
        self._run()

    def action_everything(self) -> None:
        """All metrics, or the usual ones again."""
        self._everything = not self._everything
        self._show()

    def action_help(self) -> None:
        """What the table says."""
        self.app.push_screen(HelpScreen("Compare plans", HELP, unicode=self._unicode))

    def action_leave(self) -> None:
        """Back to the floor."""
        self._halt()
        self.dismiss()
