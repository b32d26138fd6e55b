"""The live floor: session in the middle, panels around it.

A timer gives the session slices of real time and takes its frozen `LiveView`; the watcher of `view` shows it to the
panels, which repaint only what differs. Charts follow at most ten times a second, tables three. While the session is
idle the timer stands still, so nothing is drawn at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.events import Mount, Resize, ScreenResume
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Static

from core.errors import FlightdeskError
from core.interventions import keys
from core.units import HOUR
from sim.live import BUDGET, SPEEDS, LiveSession, LiveView
from tui.keymap import Rebindable
from tui.screens.dialogs import HelpScreen, TroubleScreen, ValueScreen
from tui.widgets import numbers
from tui.widgets.chart import Chart, Plot
from tui.widgets.feed import FeedPanel
from tui.widgets.header import Header
from tui.widgets.keys import Keys
from tui.widgets.knobs import Knobs, mark_label
from tui.widgets.kpis import Kpis
from tui.widgets.measures import measures
from tui.widgets.panel import Panel
from tui.widgets.teams import Teams

FRAME = 1 / 30
"""Seconds between two slices of simulation."""
ERRAND_BUDGET = 3 * BUDGET
"""While nothing moves but a replay, it may take more of each frame (s); keys are still answered within a tenth."""
CHARTS_EVERY, TABLES_EVERY = 0.1, 0.3
"""Seconds between two pictures."""
SNAPSHOTS = 0.25
"""Share of the time that taking snapshots may cost; a floor that is dear to look at is looked at less often."""
LONGEST_FRAME = 0.25
"""What a frame counts for at most (s): after a suspended terminal the floor does not leap."""
SMALLEST = (80, 24)
WIDE, HUGE, TALL, TALLEST = 110, 170, 36, 48
WINDOWS = (2 * HOUR, 4 * HOUR, 8 * HOUR, 24 * HOUR, 72 * HOUR)
CHARTS = ("frt_p90", "csat", "waiting", "occupancy")
"""Metrics of the charts where there is room for all; the first ones where there is less."""
EVERYWHERE = (
    "Everywhere: space pauses, . steps one interval, [ ] change the speed, u takes the last change back, r makes it "
    "again, m and w change what the charts show, Tab moves between panels, ctrl+p finds everything, q quits.")


class LiveScreen(Rebindable, Screen[None]):
    """One floor, live. `clock` tells real seconds; `timed` False leaves the slices to the caller of `tick`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "pause"),
        Binding("full_stop", "step", "step"),
        Binding("left_square_bracket", "speed(-1)", "slower"),
        Binding("right_square_bracket", "speed(1)", "faster"),
        Binding("u", "undo", "undo"),
        Binding("m", "metric", "chart"),
        Binding("question_mark", "help", "help"),
        Binding("q", "app.leave", "quit"),
        Binding("r", "redo", "redo", show=False),
        Binding("w", "window", "window", show=False),
    ]

    view: reactive[LiveView | None] = reactive(None, always_update=True, repaint=False)

    def __init__(self, session: LiveSession, *, clock: Callable[[], float] = time.monotonic, timed: bool = True,
                 unicode: bool = True):
        super().__init__()
        self.session = session
        self._clock, self._timed, self._unicode = clock, timed, unicode
        self._measures = measures(session.scenario)
        self._metric = 0
        self._window = 1
        self._timer: Timer | None = None
        self._last = clock()
        self._charts_at = self._tables_at = float("-inf")
        self._charts_every = CHARTS_EVERY

    def compose(self) -> ComposeResult:
        """All panels; the stylesheet shows what the size has room for."""
        unicode = self._unicode
        yield Header(self.session, id="header", unicode=unicode)
        yield Kpis(self.session, id="kpis", unicode=unicode)
        yield Teams(self.session, id="teams", unicode=unicode)
        with Container(id="charts"):
            for at, _ in enumerate(CHARTS):
                chart = Chart(id=f"chart-{at}", unicode=unicode)
                chart.add_class(("-first", "-second", "-third", "-fourth")[at])
                yield chart
        with Container(id="lower"):
            yield Knobs(self.session, id="knobs", unicode=unicode)
            yield FeedPanel(id="feed", unicode=unicode)
        yield Static("", id="too-small", markup=False)
        yield Keys(id="keys", unicode=unicode)

    @on(Mount)
    def _begin(self) -> None:
        self.query_one(Knobs).focus()
        self._timer = self.set_interval(FRAME, self.tick, pause=not self._timed)
        self.act()

    # Time

    def tick(self) -> None:
        """A slice of simulation, and a picture where one is due."""
        now = self._clock()
        passed, self._last = min(now - self._last, LONGEST_FRAME), now
        if self.app.screen is not self:  # a dialog is open: the floor waits
            return
        try:
            self.session.advance(passed, ERRAND_BUDGET if self.session.on_errand else BUDGET)
            due = now - self._charts_at >= self._charts_every - 1e-6 or self.session.idle
            began = self._clock()
            view = self.session.view() if due else None
            if due:
                self._charts_every = max(CHARTS_EVERY, (self._clock() - began) / SNAPSHOTS)
        except Exception as error:
            self._broke(error)
            return
        if view is not None:
            self._charts_at = now
            self.show(view)
        if self.session.idle and self._timer is not None:
            self._timer.pause()

    def show(self, view: LiveView) -> None:
        """Shows a view, unless it is on the screen already, and lets the session's log follow."""
        if view is not self.view:
            self.view = view
            self.app.keep()  # type: ignore[attr-defined]

    def act(self) -> None:
        """After a key that did something to the session: shows it at once and lets the slices go on."""
        self._tables_at = float("-inf")
        try:
            view = self.session.view()
        except Exception as error:
            self._broke(error)
            return
        self.show(view)
        self._wake()

    def _wake(self) -> None:
        if self._timer is not None and self._timed and not self.session.idle:
            self._last = self._clock()
            self._timer.resume()

    def _broke(self, error: Exception) -> None:
        if self._timer is not None:
            self._timer.stop()
        self.session.playing = False
        changes = "".join(f"\n  at {numbers.moment(change.at, seconds=True)}: {change.key} = {change.value}"
                          for change in self.session.interventions)
        text = (f"At {numbers.moment(self.session.now, seconds=True)}, seed {self.session.seed}, the simulation of "
                f"“{self.session.scenario.title}” failed. This is a defect of Flightdesk and not of your scenario; "
                f"please report it with the details." + (f"\n\nChanges made:{changes}" if changes else ""))
        self.app.failure = error  # type: ignore[attr-defined]
        self.app.push_screen(TroubleScreen(error, text, unicode=self._unicode))

    # Pictures

    def watch_view(self, view: LiveView | None) -> None:
        """Shows the view to the panels."""
        if view is None or not self.is_mounted or self.has_class("-small"):
            return
        tables = self._clock() - self._tables_at >= TABLES_EVERY - 1e-6 or self.session.idle
        window = WINDOWS[self._window]
        with self.app.batch_update():
            self.query_one(Header).show(view)
            for chart, name in zip(self.query(Chart), self.metrics(), strict=True):
                if chart.display:
                    chart.show(self._plot(view, name, window))
            if tables:
                self._tables_at = self._clock()
                self.query_one(Kpis).show(view, self.metrics()[0], window)
                self.query_one(Teams).show(view)
                self.query_one(Knobs).show(view)
                self.query_one(FeedPanel).show(view)

    def metrics(self) -> list[str]:
        """Metrics of the charts in order: the one chosen, then the usual ones that are not it."""
        chosen = list(self._measures)[self._metric]
        return [chosen, *(name for name in CHARTS if name != chosen)][:len(CHARTS)]

    def _plot(self, view: LiveView, name: str, window: float) -> Plot:
        return Plot(self._measures[name], view.now - window, view.now, view.snapshot.series.get(name),
                    view.twin.series.get(name),
                    tuple((change.at, mark_label(change.key, change.value)) for change in view.interventions),
                    bool(view.interventions))

    @on(Resize)
    def _resized(self, event: Resize) -> None:
        """Chooses the layout."""
        width, height = event.size
        self.set_class(width < SMALLEST[0] or height < SMALLEST[1], "-small")
        self.set_class(width >= WIDE, "-wide")
        self.set_class(width < WIDE, "-narrow")
        self.set_class(width < WIDE and height >= TALLEST, "-column")
        self.set_class(height >= TALL, "-tall")
        self.set_class(width >= HUGE and height >= TALLEST, "-huge")
        self.query_one("#too-small", Static).update(
            Content(f"Flightdesk needs {SMALLEST[0]}x{SMALLEST[1]}, this is {width}x{height}"))
        self.call_after_refresh(self._again)

    def _again(self) -> None:
        self._tables_at = float("-inf")
        self.mutate_reactive(LiveScreen.view)

    # Keys

    def action_pause(self) -> None:
        """Stops the clock, or lets it go on."""
        self.session.pause()
        self.act()

    def action_step(self) -> None:
        """One interval on."""
        self.session.step()
        self.act()

    def action_speed(self, notches: int) -> None:
        """Faster, or slower if negative."""
        self.session.faster(notches)
        self.act()

    def action_set_speed(self, speed: float) -> None:
        """The speed nearest to that many simulated seconds a second."""
        self.session.speed = speed
        self.act()

    def action_undo(self) -> None:
        """Takes the last change back."""
        if self.session.undo() is None:
            self.notify("There is no change to take back.", timeout=3, markup=False)
        self.act()

    def action_redo(self) -> None:
        """Makes the change last taken back again."""
        if self.session.redo() is None:
            self.notify("There is nothing to do again.", timeout=3, markup=False)
        self.act()

    def action_metric(self, name: str | None = None) -> None:
        """Another metric in the first chart: that of a name, else the next one."""
        names = list(self._measures)
        self._metric = names.index(name) if name is not None else (self._metric + 1) % len(names)
        self._again()

    def action_window(self) -> None:
        """Another stretch of time in the charts."""
        self._window = (self._window + 1) % len(WINDOWS)
        self._again()

    def action_help(self) -> None:
        """What the focused panel shows."""
        panel = self.focused if isinstance(self.focused, Panel) else self.query_one(Knobs)
        self.app.push_screen(HelpScreen(panel.heading(), f"{panel.help_text()}\n\n{EVERYWHERE}",
                                        unicode=self._unicode))

    def change(self, key: str, value: str) -> None:
        """Turns a knob.

        Raises:
            InterventionError: for a value that the key cannot take.
        """
        self.session.change(key, value)
        self.act()

    @on(Knobs.Turned)
    def _turned(self, message: Knobs.Turned) -> None:
        try:
            self.change(message.knob.key, message.knob.turned(self.session.value(message.knob.key), message.steps))
        except FlightdeskError as error:
            self.notify(str(error), severity="error", markup=False)

    @on(Knobs.TypingAsked)
    def _typing_asked(self, message: Knobs.TypingAsked) -> None:
        knob = message.knob
        allowed = next(key.allowed for key in keys(self.session.scenario) if key.name == knob.key)
        self.app.push_screen(ValueScreen(knob.label, self.session.value(knob.key), allowed,
                                         lambda text: self.change(knob.key, text), unicode=self._unicode))

    @on(Kpis.Chosen)
    def _chosen(self, message: Kpis.Chosen) -> None:
        self.action_metric(message.name)

    @on(Chart.Next)
    def _next_chart(self) -> None:
        self.action_metric()

    @on(ScreenResume)
    def _resumed(self) -> None:
        self._last = self._clock()
        self._wake()

    def commands(self) -> Iterable[SystemCommand]:
        """What the palette offers here."""
        yield SystemCommand("Pause or play", "Stop the clock, or let it go on (space)", self.action_pause)
        yield SystemCommand("Step", "One interval on (.)", self.action_step)
        for speed in SPEEDS:
            yield SystemCommand(f"Speed: {numbers.pace(speed)}", "How fast the clock runs ([ and ])",
                                lambda speed=speed: self.action_set_speed(speed))
        yield SystemCommand("Undo", "Take the last change back (u)", self.action_undo)
        yield SystemCommand("Redo", "Make it again (r)", self.action_redo)
        for name, measure in self._measures.items():
            yield SystemCommand(f"Chart: {measure.title}", "Show this metric in the first chart (m)",
                                lambda name=name: self.action_metric(name))
        yield SystemCommand("Window", "Another stretch of time in the charts (w)", self.action_window)
        yield SystemCommand("Help", "What the focused panel shows (?)", self.action_help)
