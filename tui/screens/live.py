"""The live floor: session in the middle, panels around it.

A timer gives the session slices of real time and takes its frozen `LiveView`; the watcher of `view` shows it to the
panels, which repaint only what differs. Charts follow at most ten times a second, tables three. While the session is
idle the timer stands still, so nothing is drawn at all.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import ClassVar

import numpy as np
from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.content import Content
from textual.events import Mount, Resize, ScreenResume
from textual.reactive import reactive
from textual.screen import Screen
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static

from core.errors import FlightdeskError
from core.units import HOUR
from sim.history import Branch
from sim.live import BUDGET, SPEEDS, LiveSession, LiveView, read_time
from sim.outlook import Band
from sim.snapshot import Series
from tui.keymap import Rebindable
from tui.present import plain
from tui.screens.dialogs import HelpScreen, TimeScreen, TroubleScreen, ValueScreen
from tui.widgets import numbers
from tui.widgets.changes import Changes
from tui.widgets.chart import Chart, Plot
from tui.widgets.feed import FeedPanel
from tui.widgets.funnel import Funnel
from tui.widgets.header import Header
from tui.widgets.inspector import Inspector
from tui.widgets.keys import Keys
from tui.widgets.knob import Knob
from tui.widgets.knobs import Knobs, mark_label
from tui.widgets.kpis import Kpis
from tui.widgets.measures import measures
from tui.widgets.panel import Panel, Picked, ViewPanel
from tui.widgets.teams import Teams
from tui.widgets.why import WhyPanel

FRAME = 1 / 30
"""Seconds between two slices of simulation."""
ERRAND_BUDGET = 2 * BUDGET
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
AHEAD = 0.4
"""Share of a chart that lies ahead, at most."""
CHARTS = ("frt_p90", "csat", "waiting", "occupancy")
"""Metrics of the charts where there is room for all; the first ones where there is less."""
PANELS = (("1", Kpis, "Key figures"), ("2", Funnel, "Funnel"), ("3", Teams, "Teams"), ("4", Chart, "Charts"),
          ("5", Knobs, "Knobs"), ("6", FeedPanel, "What happens"), ("7", Changes, "Changes"),
          ("8", Inspector, "Conversation"), ("9", WhyPanel, "Why CSAT moved"))
"""Panels by the key that goes to them."""
ZOOM_RULES = ("display", "width", "height", "max_height", "margin", "layout")
"""What a panel that fills the screen, and those around it, have of their own."""
SIDE = (FeedPanel, Changes, Inspector, WhyPanel)
"""Panels that share a place: one of them is on view at a time."""
EVERYWHERE = (
    "Everywhere: space pauses, . steps one interval, [ ] change the speed, n goes on to the next event, g to any time, "
    "back too; u takes the last change back, r makes it again; a looks ahead, or puts that away; m and w change what "
    "the charts show. The number before a panel's title goes to it, and Tab to the next one; z lets it fill the screen "
    "and go back, as a click on its title does. s saves the session as a scenario, y copies the command that runs it, "
    "j jumps to a panel. ctrl+p finds everything, q quits.")


class LiveScreen(Rebindable, Screen[None]):
    """One floor, live. `clock` tells real seconds; `timed` False leaves the slices to the caller of `tick`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "pause"),
        Binding("full_stop", "step", "step"),
        Binding("left_square_bracket", "speed(-1)", "slower"),
        Binding("right_square_bracket", "speed(1)", "faster"),
        Binding("u", "undo", "undo"),
        Binding("z", "zoom", "zoom"),
        Binding("question_mark", "help", "help"),
        Binding("q", "app.leave", "quit"),
        Binding("r", "redo", "redo", show=False),
        Binding("m", "metric", "chart", show=False),
        Binding("w", "window", "window", show=False),
        Binding("n", "next", "next event", show=False),
        Binding("g", "go", "go to a time", show=False),
        Binding("a", "ahead", "look ahead", show=False),
        Binding("escape", "unzoom", "back", show=False),
        *(Binding(key, f"panel('{key}')", title, show=False) for key, _, title in PANELS),
    ]

    NUMBERED: ClassVar[bool] = True
    """Whether number keys go to the panels."""
    HAND: ClassVar[str] = "knobs"
    """Which panel is in hand at first."""

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
        self._looking = False
        """Whether a picture is due that there was no time for yet, or is half taken: the floor stands until it is."""
        self._looked = 0.0
        """Real seconds that the picture has cost so far."""
        self._zoomed: Panel | None = None
        """The panel that fills the screen."""
        self._side: type[Panel] = FeedPanel
        """The one of those that share a place that is on view."""

    def compose(self) -> ComposeResult:
        """All panels; the stylesheet shows what the size has room for."""
        unicode = self._unicode
        yield self.header()
        yield Kpis(self.session, id="kpis", unicode=unicode)
        with Container(id="middle"):
            yield Funnel(id="funnel", unicode=unicode)
            yield Teams(self.session, id="teams", unicode=unicode)
        with Container(id="charts"):
            for at, _ in enumerate(CHARTS):
                chart = Chart(id=f"chart-{at}", unicode=unicode)
                chart.add_class(("-first", "-second", "-third", "-fourth")[at])
                yield chart
        with Container(id="lower"):
            yield self.hands()
            yield FeedPanel(id="feed", unicode=unicode)
            yield Changes(id="changes", unicode=unicode)
            yield Inspector(id="inspector", unicode=unicode)
            yield WhyPanel(id="why", unicode=unicode)
        yield Static("", id="too-small", markup=False)
        yield self.keys()

    # What another screen of a floor has in its own way

    def header(self) -> ViewPanel:
        """The first line."""
        return Header(self.session, id="header", unicode=self._unicode)

    def hands(self) -> ViewPanel:
        """The panel in which something is done to the floor."""
        return Knobs(self.session, id="knobs", unicode=self._unicode)

    def keys(self) -> Keys:
        """The last line."""
        return Keys(id="keys", unicode=self._unicode)

    def advance(self, passed: float, budget: float) -> None:
        """Moves the floor on by so many real seconds, within a budget of them."""
        self.session.advance(passed, budget)

    def as_told(self, view: LiveView) -> LiveView:
        """The view as this screen shows it."""
        return view

    def marks(self, view: LiveView) -> Iterable[tuple[float, str]]:
        """Times on the charts at which something was done, and what."""
        return ((change.at, mark_label(change.key, change.value)) for change in view.interventions)

    @property
    def runs_on(self) -> bool:
        """Whether the floor goes on while a dialog is open."""
        return False

    @on(Mount)
    def _begin(self) -> None:
        for key, kind, _ in PANELS if self.NUMBERED else ():
            self.query(kind).first().number = key
        self._hand = self.query_one(f"#{self.HAND}", ViewPanel)
        self._arrange()
        self._hand.focus()
        self._timer = self.set_interval(FRAME, self.tick, pause=not self._timed)
        self.act()

    # Time

    def tick(self) -> None:
        """A slice of simulation, and a picture where one is due."""
        now = self._clock()
        passed = min(now - self._last, LONGEST_FRAME)
        if not self._looking:
            self._last = now
        if self.app.screen is not self and not self.runs_on:  # a dialog is open: the floor waits
            return
        try:
            view = self._slice(now, passed)
        except Exception as error:
            self._broke(error)
            return
        if view is None:  # a picture of where it stopped may still be owed
            return
        self.show(view)
        if self.session.idle and self._timer is not None:
            self._timer.pause()

    def _slice(self, now: float, passed: float) -> LiveView | None:
        """Simulates, or looks at the floor where a picture is due: one of the two where either takes long."""
        session = self.session
        if not self._looking:
            self.advance(passed, ERRAND_BUDGET if session.on_errand else BUDGET)
        due = now - self._charts_at >= self._charts_every - 1e-6 or session.idle
        began = self._clock()
        if not due or (began - now > BUDGET / 2 and not self._looking):
            self._looking = due
            return None
        self._looking = not session.look()
        self._looked += self._clock() - began
        if self._looking:
            return None
        self._charts_at, self._charts_every = now, max(CHARTS_EVERY, self._looked / SNAPSHOTS)
        self._looked = 0.0
        return session.view()

    def show(self, view: LiveView) -> None:
        """Shows a view, unless it is on the screen already, and lets the session's log follow."""
        if view.ahead is not None and view.ahead.trouble and (self.view is None or view.ahead is not self.view.ahead):
            self.notify(f"Looking ahead failed: {view.ahead.trouble}", severity="warning", markup=False)
        view = self.as_told(view)
        if view is not self.view:
            self.view = view
            self.app.keep()  # type: ignore[attr-defined]

    def act(self) -> None:
        """After a key that did something to the session: shows it at once and lets the slices go on.

        The floors are shown as they were last seen; the next slices take a new picture.
        """
        self._tables_at = self._charts_at = float("-inf")
        try:
            view = self.session.view(at_once=True)
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
            self.query_one("#header", ViewPanel).show(view)
            for chart, name in zip(self.query(Chart), self.metrics(), strict=True):
                if chart.display:
                    chart.show(self._plot(view, name, window))
            if tables:
                self._tables_at = self._clock()
                self.query_one(Kpis).show(view, self.metrics()[0], window)
                for panel in self.query("Funnel, Teams, #lower > .-shown").results(ViewPanel):
                    panel.show(view)
                self._hand.show(view)

    def metrics(self) -> list[str]:
        """Metrics of the charts in order: the one chosen, then the usual ones that are not it."""
        chosen = list(self._measures)[self._metric]
        return [chosen, *(name for name in CHARTS if name != chosen)][:len(CHARTS)]

    def _plot(self, view: LiveView, name: str, window: float) -> Plot:
        band = None if view.ahead is None else view.ahead.bands.get(name)
        end, twin = view.now, view.twin.series.get(name)
        if view.ahead is not None and band is not None:
            end = min(view.ahead.until, view.now + AHEAD * window)
            twin = _going_on(twin, view.ahead.twin.get(name))
        return Plot(self._measures[name], end - window, end, view.snapshot.series.get(name), twin,
                    tuple(mark for mark in self.marks(view) if mark[0] <= end),
                    bool(view.interventions), band, None if band is None else view.now,
                    None if view.ahead is None else view.ahead.effects.get(name))

    @on(Resize)
    def _resized(self, event: Resize) -> None:
        """Chooses the layout."""
        width, height = event.size
        self.update_classes({
            "-small": width < SMALLEST[0] or height < SMALLEST[1], "-wide": width >= WIDE, "-narrow": width < WIDE,
            "-column": width < WIDE and height >= TALLEST, "-tall": height >= TALL,
            "-huge": width >= HUGE and height >= TALLEST}, animate=False)
        self._arrange()
        self.query_one("#too-small", Static).update(
            Content(f"Flightdesk needs {SMALLEST[0]}x{SMALLEST[1]}, this is {width}x{height}"))
        self.call_after_refresh(self._again)

    def _arrange(self) -> None:
        """Shows the panel that fills the screen alone, or each in its place.

        By styles of their own and not by classes: a class would have the stylesheet applied to every panel again.
        """
        zoomed = self._zoomed
        for kind in SIDE:
            self.query_one(kind).set_class(kind is self._side, "-shown")
        for place in self.query("#kpis, #middle, #charts, #lower, #middle > *, #charts > *, #lower > *"):
            styles = place.styles
            for rule in ZOOM_RULES:
                styles.clear_rule(rule)
            if zoomed is None:
                continue
            if place is zoomed:
                styles.display, styles.width, styles.height, styles.margin = "block", "1fr", "1fr", (0, 1)
                styles.max_height = "100%"
            elif place is zoomed.parent:
                styles.layout, styles.height, styles.max_height, styles.margin = "vertical", "1fr", "100%", 0
            else:
                styles.display = "none"
        self.refresh(layout=True)
        self.session.explain(_has_place(self.query_one(WhyPanel)))

    def _again(self) -> None:
        """Shows everything anew: what is on view has changed."""
        before = self.view
        self.act()
        if self.view is before:
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

    def action_next(self) -> None:
        """On to the next event of interest."""
        self._travel(self.session.go_to_next)

    def action_go(self) -> None:
        """Asks for a time to go to."""
        self.app.push_screen(TimeScreen(numbers.moment(self.session.now, seconds=True), self.go, unicode=self._unicode))

    def go(self, text: str) -> None:
        """To another time, as the user writes it.

        Raises:
            FlightdeskError: for a time that cannot be read, or that the run does not reach.
        """
        self.session.go(read_time(text, self.session.now))
        self.act()

    def action_ahead(self) -> None:
        """Looks ahead from here, or puts away what was found."""
        self.session.look_ahead(self.session.view().ahead is None)
        self.act()

    def _travel(self, travel: Callable[[], None]) -> bool:
        """Does something with the session that may not be possible, and says so; whether it was."""
        try:
            travel()
        except FlightdeskError as error:
            self.notify(str(error), timeout=3, markup=False)
            return False
        self.act()
        return True

    def action_panel(self, key: str) -> None:
        """Goes to a panel; one that has no place at this size fills the screen, until another is wanted."""
        kind = next(kind for number, kind, _ in PANELS if number == key)
        panel = self.query(kind).first()
        if kind in SIDE:
            self._side = kind
        self._zoomed = panel if self._zoomed is not None else None
        self._arrange()
        if not _has_place(panel):
            self._zoomed = panel
            self._arrange()
        self.set_focus(panel)
        self.call_after_refresh(self._again)

    def action_zoom(self, panel: Panel | None = None) -> None:
        """Lets the focused panel fill the screen, or go back to its place."""
        if self._zoomed is not None:
            self.action_unzoom()
            return
        chosen = panel or (self.focused if isinstance(self.focused, Panel) else self._hand)
        self._zoomed = chosen
        self._arrange()
        self.set_focus(chosen)
        self.call_after_refresh(self._again)

    def action_unzoom(self) -> None:
        """The panel that fills the screen goes back to its place."""
        if self._zoomed is not None:
            self._zoomed = None
            self._arrange()
            if not isinstance(self.focused, Panel) or not _has_place(self.focused):
                self.set_focus(self._hand)
            self.call_after_refresh(self._again)

    @on(Panel.ZoomAsked)
    def _zoom_asked(self, message: Panel.ZoomAsked) -> None:
        self.action_zoom(message.panel)

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
        panel = self.focused if isinstance(self.focused, Panel) else self._hand
        self.app.push_screen(HelpScreen(panel.heading(), f"{panel.help_text()}\n\n{EVERYWHERE}",
                                        unicode=self._unicode))

    def change(self, key: str, value: str, when: str = "") -> None:
        """Turns a knob, from now on or from a later time as the user writes it.

        Raises:
            FlightdeskError: for a value that the key cannot take, or a time that cannot be read or is past.
        """
        present = self.session.present
        self.session.change(key, value, read_time(when, present) if when else None)
        self.act()

    @on(Knobs.Turned)
    def _turned(self, message: Knobs.Turned) -> None:
        try:
            self.change(message.knob.key, message.knob.turned(self.session.value(message.knob.key), message.steps))
        except FlightdeskError as error:
            self.notify(str(error), severity="error", markup=False)

    @on(Knobs.Starred)
    def _starred(self) -> None:
        self.app.keep_favourites(self.session.favourites)  # type: ignore[attr-defined]

    @on(Knobs.TypingAsked)
    def _typing_asked(self, message: Knobs.TypingAsked) -> None:
        knob = message.knob
        now, plan = self.session.value(knob.key), self.session.plan[knob.key]
        about = (f"{knob.doc}\n\nNow {plain(now)}" + ("" if knob.same(now, plan) else f", planned {plain(plan)}")
                 + f"; it takes {plain(knob.slot.allowed)}.")
        self.app.push_screen(ValueScreen(_title(knob), now, about, lambda text, when: self.change(knob.key, text, when),
                                         unicode=self._unicode))

    @on(Picked)
    def _picked(self, message: Picked) -> None:
        self.inspect(message.need)

    def inspect(self, need: int) -> None:
        """Shows the conversations about a need, and follows them."""
        if self._travel(lambda: self.session.follow(need)):
            self.action_panel("8")

    @on(Changes.Chosen)
    def _change_chosen(self, message: Changes.Chosen) -> None:
        what = message.what
        if isinstance(what, Branch):
            self._travel(lambda: self.session.take(what))
        else:
            self.action_panel("5")
            self.query_one(Knobs).take_in_hand(what.key)

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
        yield SystemCommand("Next event", "On to what happens next (n)", self.action_next)
        yield SystemCommand("Look ahead", "Where the day may go from here, or put it away (a)", self.action_ahead)
        yield SystemCommand("Go to a time", "On or back to any time of the run (g)", self.action_go)
        for key, _, title in PANELS:
            yield SystemCommand(f"Panel: {title}", f"Go to it ({key})", lambda key=key: self.action_panel(key))
        yield SystemCommand("Zoom", "Let the focused panel fill the screen, or go back (z)", self.action_zoom)
        yield SystemCommand("Undo", "Take the last change back (u)", self.action_undo)
        yield SystemCommand("Redo", "Make it again (r)", self.action_redo)
        for name, measure in self._measures.items():
            yield SystemCommand(f"Chart: {measure.title}", "Show this metric in the first chart (m)",
                                lambda name=name: self.action_metric(name))
        yield SystemCommand("Window", "Another stretch of time in the charts (w)", self.action_window)
        yield SystemCommand("Help", "What the focused panel shows (?)", self.action_help)


def _has_place(panel: Widget) -> bool:
    """Whether the panel and what is around it are on view."""
    return panel.display and all(part.display for part in panel.ancestors if isinstance(part, Container))


def _going_on(series: Series | None, band: Band | None) -> Series | None:
    """The series, and after it the middle of where it will probably be."""
    if series is None or band is None:
        return series
    known = ~np.isnan(band.middle) & (band.times > (series.times[-1] if len(series.times) else -np.inf))
    return Series(np.concatenate([series.times, band.times[known]]),
                  np.concatenate([series.values, band.middle[known]]))


def _title(knob: Knob) -> str:
    return plain(knob.label if knob.label.startswith(knob.group) else f"{knob.label} ({knob.key})")
