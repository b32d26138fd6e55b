"""The debrief of a floor drill as a screen: what `flightdesk drill debrief` prints, with the day as a chart.

The work (a reference policy where there is none yet, then the courses that might have been) is done by processes beside
the screen; a thread waits for them and tells how far they are. Leaving stops them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import ClassVar

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Mount, Resize, Unmount
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from core.drill.performance import Performance
from core.drill.records import Scored, note
from core.errors import DrillError
from core.units import write_moment
from sim.drills.debrief import Debrief, debrief
from sim.drills.exercise import Exercise
from sim.drills.result import Result, judge
from sim.experiments.executor import Executor, executor
from sim.live import read_time
from tui.drilling.debrief_ import text, write_page
from tui.drilling.play_ import report
from tui.keymap import Rebindable
from tui.present import columns, plain, wrapped
from tui.screens.ask import AskScreen, Then
from tui.screens.dialogs import HelpScreen
from tui.widgets.debrief import DayChart
from tui.widgets.keys import Keys
from tui.widgets.measures import measures
from tui.widgets.text import ascii_only
from tui.widgets.title import Title

KEYS = (("b", "b", "branch from a minute"), ("m", "m", "chart"), ("s", "s", "save as a page"),
        ("?", "question_mark", "help"), ("esc", "escape", "back"))
HELP = (
    "What you made of the drill: the score by parts, which add up; the day as a chart; when what happened, and what "
    "each decision of yours was worth; where most was lost, and the single change that would have helped most, tried "
    "again on other days that went the same way up to then; and what is worth remembering. b plays on from any minute "
    "with what you had done by then; m shows another metric; s saves all this as a page, HTML or Markdown. Your go is "
    "kept: `flightdesk drill debrief NAME --actions FILE` says the same.")
CHART = 13
"""Rows of the chart."""
PICTURES = 0.2
"""Seconds between two reports of how far it is."""


class DebriefScreen(Rebindable, Screen[None]):
    """Judges a go and shows what there is to learn from it. `again` plays on from a minute (s)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "branch", "branch from a minute", show=False),
        Binding("m", "metric", "another metric", show=False),
        Binding("s", "save", "save as a page", show=False),
        Binding("question_mark", "help", "help", show=False),
        Binding("escape,q", "leave", "back", show=False),
    ]

    class Came(Message):
        """The score is there, or all of the debrief."""

        def __init__(self, result: Result, found: Debrief | None):
            super().__init__()
            self.result, self.found = result, found

    class Progress(Message):
        """How far it is."""

        def __init__(self, words: str, done: int, asked: int):
            super().__init__()
            self.words, self.done, self.asked = words, done, asked

    class Failed(Message):
        """It ended with an error."""

        def __init__(self, error: BaseException):
            super().__init__()
            self.error = error

    def __init__(self, exercise: Exercise, performance: Performance, record: Path, *,
                 again: Callable[[float], None] | None = None, unicode: bool = True, jobs: int | None = None):
        super().__init__()
        self._exercise, self._performance, self._record = exercise, performance, record
        self._again, self._unicode, self._jobs = again, unicode, jobs
        self.result: Result | None = None
        self.found: Debrief | None = None
        self._metric = 0
        self._measures = measures(exercise.scenario)
        self._stop = Event()
        self._where: Executor | None = None
        self._told = 0.0

    def compose(self) -> ComposeResult:
        """The score, the chart and the rest, over a line on how far it is."""
        unicode = self._unicode
        yield Title(f"debrief: {plain(self._exercise.drill.title)}", id="header", unicode=unicode)
        with VerticalScroll():
            yield Static("", id="debrief-score", markup=False)
            chart = DayChart(id="day", unicode=unicode)
            chart.display = False
            yield chart
            yield Static("", id="debrief-text", markup=False)
        yield Static("", id="debrief-status", markup=False)
        yield Keys(KEYS, id="keys", unicode=unicode)

    @on(Mount)
    def _begin(self) -> None:
        self.query_one(DayChart).styles.height = CHART
        self.query_one(VerticalScroll).focus()
        self._say("The day is played again ...")
        self._write("#debrief-score", "\n".join(self._meanwhile()))
        self.work()

    def _meanwhile(self) -> Iterator[str]:
        """What there is to read until the score is there."""
        action = self._exercise.drill.action
        yield from columns([(f"  {write_moment(round(deed.at))}", plain(action[deed.action].title))
                            for deed in self._performance.deeds if deed.action in action] or [("  You did nothing.",)])
        yield ""
        yield from wrapped("The day is judged beside one on which nobody acts and one that a strong policy runs. Under "
                           "a seed that is played for the first time that policy has to be looked for, which takes "
                           "some minutes. Your go is kept: esc leaves, and `flightdesk drill debrief "
                           f"{plain(self._exercise.name)} --actions {plain(str(self._record))}` says the same.",
                           max(40, min(self.app.size.width - 6, 100)))

    def work(self) -> None:
        """Begins the work beside the screen."""
        self.run_worker(self._work, thread=True, exit_on_error=False)

    def _work(self) -> None:
        try:
            with executor(self._jobs) as self._where:
                result = judge(self._exercise, self._performance, None, self._where,
                               self._teller("looking for a strong policy under this seed"))
                self.post_message(self.Came(result, None))
                found = debrief(result, self._where, self._teller("looking where it was decided"))
            self.post_message(self.Came(result, found))
        except BaseException as error:
            if not self._stop.is_set():
                self.post_message(self.Failed(error))

    def _teller(self, words: str) -> Callable[[int, int], None]:
        def tell(done: int, asked: int) -> None:
            if self._stop.is_set():
                raise KeyboardInterrupt
            if time.monotonic() - self._told >= PICTURES:
                self._told = time.monotonic()
                self.post_message(self.Progress(words, done, asked))

        return tell

    @on(Unmount)
    def _end(self) -> None:
        self._stop.set()
        if self._where is not None:
            self._where.stop()

    # What there is to see

    @on(Came)
    def _came(self, message: Came) -> None:
        if self.result is None:
            score = message.result.score
            note(Scored(self._exercise.name, self._exercise.digest, message.result.seed,
                        score.points if score.scorable else None, score.passed,
                        datetime.now().astimezone().isoformat(timespec="seconds"), self._record.name))
        self.result, self.found = message.result, message.found
        self._say("Looking where it was decided ..." if self.found is None else
                  f"{'Passed' if self.result.score.passed else 'Not passed'}. Kept as {plain(self._record.name)}")
        self._show()

    @on(Progress)
    def _progressed(self, message: Progress) -> None:
        if self.found is None:
            self._say(f"{message.words}: {message.done} of {message.asked} runs at most")

    @on(Failed)
    def _failed(self, message: Failed) -> None:
        self._say(f"It ended: {plain(str(message.error) or type(message.error).__name__)}")

    @on(Resize)
    def _resized(self) -> None:
        self._show()

    def _show(self) -> None:
        result, found = self.result, self.found
        if result is None:
            return
        width = max(40, self.app.size.width - 6)
        self._write("#debrief-score", "\n".join(report(result.score, plain(self._exercise.scenario.currency))))
        chart = self.query_one(DayChart)
        chart.display = found is not None
        if found is None:
            return
        name = self._shown()[self._metric]
        chart.tell(found, self._measures[name], self._marks(found))
        lines = list(text(found, width))
        self._write("#debrief-text", "\n".join(lines[lines.index("Timeline"):]))

    def _shown(self) -> list[str]:
        """The metrics that the day can be seen in; what counts first."""
        assert self.found is not None
        counts = [goal.metric for goal in self._exercise.drill.goal]
        return sorted((name for name in self.found.series if name in self._measures),
                      key=lambda name: counts.index(name) if name in counts else len(counts))

    def _marks(self, found: Debrief) -> tuple[tuple[float, str], ...]:
        drill = self._exercise.drill
        names = list(drill.action)
        told = [(incident.at + incident.told_after, "!") for incident in drill.incident if incident.headline]
        done = [(deed.at, str((names.index(deed.action) + 1) % 10)) for deed in found.result.mine.deeds]
        return tuple(sorted((*told, *done)))

    def _say(self, words: str) -> None:
        self._write("#debrief-status", words)

    def _write(self, where: str, words: str) -> None:
        self.query_one(where, Static).update(Content(words if self._unicode else ascii_only(words)))

    # Keys

    def action_metric(self) -> None:
        """Another metric in the chart."""
        if self.found is not None:
            self._metric = (self._metric + 1) % len(self._shown())
            self._show()

    @on(DayChart.Next)
    def _next_metric(self) -> None:
        self.action_metric()

    def action_branch(self) -> None:
        """Asks from which minute to play on."""
        drill, again = self._exercise.drill, self._again
        if again is None:
            return
        decided = None if self.found is None else self.found.decided
        first = drill.start if decided is None else decided.begin

        def take(words: str) -> Then | None:
            at = read_time(words, drill.start)
            if not drill.start <= at < drill.end:
                raise DrillError(f"play lasts from {write_moment(round(drill.start))} to "
                                 f"{write_moment(round(drill.end))}")

            def go() -> None:
                self.dismiss()
                again(at)

            return go

        self.app.push_screen(AskScreen("Play on from a minute", "With what you had done by then.",
                                       write_moment(round(first)), take, unicode=self._unicode))

    def action_save(self) -> None:
        """Asks for a file, and writes the debrief there as a page."""
        found = self.found
        if found is None:
            self.notify("The debrief is not finished yet.", timeout=3, markup=False)
            return
        told = set[Path]()

        def take(words: str) -> Then | None:
            path = Path(words).expanduser()
            if path.exists() and path not in told:
                told.add(path)
                raise DrillError(f"{path} is there already; enter again replaces it")
            write_page(found, path, False, self.command)
            self.notify(f"Saved as {path}", markup=False)
            return None

        self.app.push_screen(AskScreen("Save the debrief as a page", "HTML; Markdown where the name ends with .md.",
                                       f"{Path(self._exercise.name).stem}-debrief.html", take, unicode=self._unicode))

    @property
    def command(self) -> str:
        """The command that says the same."""
        return f"flightdesk drill debrief {self._exercise.name} --actions {self._record}"

    def action_help(self) -> None:
        """What this screen is."""
        self.app.push_screen(HelpScreen("Debrief", HELP, unicode=self._unicode))

    def action_leave(self) -> None:
        """Back to the list of drills."""
        self._end()
        self.app.go_back()  # type: ignore[attr-defined]

    def commands(self) -> Iterable[SystemCommand]:
        """What the palette offers here."""
        yield SystemCommand("Branch from a minute", "Play on from there, with what was done (b)", self.action_branch)
        yield SystemCommand("Another metric", "In the chart (m)", self.action_metric)
        yield SystemCommand("Save as a page", "HTML or Markdown (s)", self.action_save)
        yield SystemCommand("Help", "What this screen is (?)", self.action_help)
