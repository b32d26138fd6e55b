"""A floor drill while it is played: the live floor with actions in place of knobs, a script, a budget and a clock.

The screen drives a `sim.drills.play.Play` and writes down what is done as it goes (`core.drill.records`). There is no
way back in a drill: no undo, no rewinding; a clock that is not eased does not stop either, whatever is open on the
screen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, ClassVar, Literal

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Mount, Unmount
from textual.widgets import Static

from core.drill.records import Record
from core.errors import DrillError
from core.units import HOUR, MINUTE
from sim.drills.play import Play
from sim.feed import Happening
from sim.live import LiveView
from tui.present import plain
from tui.screens.dialog import Dialog
from tui.screens.dialogs import HelpScreen, QuestionScreen
from tui.screens.live import LiveScreen
from tui.widgets import numbers
from tui.widgets.actions import Actions
from tui.widgets.feed import FeedPanel
from tui.widgets.header import play_state
from tui.widgets.keys import Keys
from tui.widgets.panel import Panel, ViewPanel
from tui.widgets.text import Line, Span, ascii_only, pad, width_of

KEYS = (("1-9", "1", "actions"), ("enter", "enter", "decide"), ("h", "h", "hint"), ("b", "b", "briefing"),
        ("z", "z", "zoom"), ("?", "question_mark", "help"), ("q", "q", "leave"))
EVERYWHERE = (
    "Everywhere: a number takes an action in hand, enter decides on it; h is help in steps, which costs points; b "
    "shows the briefing; m and w change what the charts show; Tab goes to the next panel, and z lets it fill the "
    "screen; 6 and 8 of the live floor are f (what happens) and c (the conversation that was chosen). space stops an "
    "eased clock. q leaves: what was done is kept. ctrl+p finds everything.")
KINDS: dict[str, Literal["incident", "change", "in_time"]] = {
    "headline": "incident", "decided": "change", "holds": "in_time", "over": "change"}
"""How the feed shows what is told in a drill."""
WORDS = {"headline": "{}", "decided": "You decided: {}", "holds": "Holds: {}", "over": "Is over: {}"}
OBSERVED = ("late", "in_time", "shift")
"""What of the floor's own happenings is told: incidents of the scenario only as the script tells of them."""


class DrillHeader(ViewPanel):
    """One line: the drill, its clock, the time and the money that are left."""

    HEADED: ClassVar[bool] = False
    HELP: ClassVar[str] = "The clock of the drill, how much of it is left, and the money that is left for actions."

    def __init__(self, play: Play, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._play = play

    def body(self, width: int, height: int) -> list[Line]:
        """The line."""
        view, play = self._view, self._play
        if view is None:
            return []
        currency = plain(play.exercise.scenario.currency)
        left = max(0.0, play.drill.end - play.session.present)
        broad = width >= 100
        gap: Span = ("   " if broad else "  ", "")
        right: list[Span] = [(numbers.moment(view.now), "strong"), gap, play_state(view), gap,
                             (f"{_length(left, broad)} left", "change" if left < HOUR / 2 else "faint"), gap]
        if play.budget_left is not None:
            right += [(f"{currency}{play.budget_left:,.0f} {'to spend' if broad else 'left'}", "strong"), (" ", "")]
        else:
            right += [(f"{currency}{play.spent:,.0f} spent", "faint"), (" ", "")]
        name: list[Span] = [(" drill  ", "accent")] if broad else [(" ", "")]
        room = width - width_of(name) - width_of(right) - 2
        return [(*name, (pad(plain(play.drill.title), max(0, room)), "title"), ("  ", ""), *right)]


def _length(seconds: float, broad: bool) -> str:
    hours, minutes = divmod(math.ceil(seconds / MINUTE), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes:02d} min" if broad else f"{hours}h{minutes:02d}m"


class DrillScreen(LiveScreen, inherit_bindings=False):
    """One go at a floor drill. `ended` is called with it when its clock has run out, or it is left for the debrief."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number % 10), f"action({number})", f"action {number}", show=False) for number in range(1, 11)),
        Binding("h", "hint", "hint", show=False),
        Binding("b", "briefing", "briefing", show=False),
        Binding("space", "pause", "pause", show=False),
        Binding("z", "zoom", "zoom", show=False),
        Binding("f", "panel('6')", "what happens", show=False),
        Binding("c", "panel('8')", "conversation", show=False),
        Binding("m", "metric", "chart", show=False),
        Binding("w", "window", "window", show=False),
        Binding("tab", "app.focus_next", "next panel", show=False),
        Binding("shift+tab", "app.focus_previous", "panel before", show=False),
        Binding("escape", "unzoom", "back", show=False),
        Binding("question_mark", "help", "help", show=False),
        Binding("q", "leave", "leave", show=False),
    ]
    NUMBERED: ClassVar[bool] = False
    HAND: ClassVar[str] = "actions"

    def __init__(self, play: Play, record: Record, ended: Callable[[DrillScreen], None], briefing: str, **options: Any):
        super().__init__(play.session, **options)
        self.play, self.record = play, record
        self._ended, self._briefing = ended, briefing
        self._told: tuple[LiveView, int, LiveView] | None = None
        self._over = False
        self._window = 0

    def header(self) -> ViewPanel:
        """The first line."""
        return DrillHeader(self.play, id="header", unicode=self._unicode)

    def hands(self) -> ViewPanel:
        """What can be done."""
        play = self.play
        return Actions(play.drill, play.exercise.scenario.currency, play.actions, id="actions", unicode=self._unicode)

    def keys(self) -> Keys:
        """The last line."""
        return Keys(KEYS, id="keys", unicode=self._unicode)

    @on(Mount)
    def _quiet(self) -> None:
        self.query_one(FeedPanel).quiet = "nothing so far"

    # Time

    @property
    def runs_on(self) -> bool:
        """A clock that is not eased goes on while a dialog is open."""
        return not self.play.eased and self.is_attached and not self._over

    def advance(self, passed: float, budget: float) -> None:
        """Moves the drill on; at its end it is over."""
        if not self._over:
            self.play.advance(passed, budget)
            if self.play.ended:
                self.finish()

    def finish(self) -> None:
        """The go is over: it is written down, and what comes next is shown."""
        if not self._over:
            self._over = True
            self.session.playing = False
            self.record.keep(self.play.performance(), None)
            self.app.call_later(self._ended, self)

    @on(Unmount)
    def _keep(self) -> None:
        self.write()

    def write(self) -> None:
        """Writes down what was done, and where the clock is."""
        well = self.record.trouble is None
        if not self._over and not self.session.on_errand:
            self.record.keep(self.play.performance(), math.floor(self.play.now / MINUTE) * MINUTE)
        if well and self.record.trouble is not None:
            self.notify(self.record.trouble, severity="warning", markup=False)

    def show(self, view: LiveView) -> None:
        """Shows a view, and lets the record follow."""
        super().show(view)
        self.write()

    # Pictures

    def as_told(self, view: LiveView) -> LiveView:
        """The view with what the trainee has been told in place of what only the script knows."""
        told = self.play.news()
        if self._told is None or self._told[0] is not view or self._told[1] != len(told):
            lines = [Happening(one.at, KINDS[one.kind], WORDS[one.kind].format(one.text)) for one in told]
            lines += [happening for happening in view.happenings if happening.kind in OBSERVED]
            shown = replace(view, happenings=tuple(sorted(lines, key=lambda line: -line.at)), log=(), branches=())
            self._told = view, len(told), shown
        return self._told[2]

    def marks(self, view: LiveView) -> Iterable[tuple[float, str]]:
        """What was decided, and the headlines."""
        names = list(self.play.drill.action)
        yield from ((one.at, "!") for one in self.play.news() if one.kind == "headline")
        yield from ((deed.at, str((names.index(deed.action) + 1) % 10)) for deed in self.play.deeds)

    # Keys

    def action_action(self, number: int) -> None:
        """Takes an action in hand, or decides on it."""
        self.query_one(Actions).press(number)

    @on(Actions.Decided)
    def _decided(self, message: Actions.Decided) -> None:
        if self._over:
            return
        try:
            deed = self.play.act(message.name)
        except DrillError as error:
            self.notify(plain(str(error)), severity="warning", timeout=4, markup=False)
        else:
            if not self.query_one(Actions).region:  # else its line says so, and a notice would lie over it
                self.notify(f"{plain(self.play.drill.action[deed.action].title)}: decided", timeout=3, markup=False)
        self.act()

    def action_pause(self) -> None:
        """Stops an eased clock, or lets it go on."""
        if self.play.eased:
            super().action_pause()
        else:
            self.notify("This clock does not stop; the briefing has an eased one.", timeout=3, markup=False)

    def action_hint(self) -> None:
        """Help in steps: what was taken, and what the next one costs."""
        self.app.push_screen(HintScreen(self.play, unicode=self._unicode), lambda taken: self.act() if taken else None)

    def action_briefing(self) -> None:
        """The briefing once more."""
        self.app.push_screen(HelpScreen(plain(self.play.drill.title), self._briefing, unicode=self._unicode))

    def action_help(self) -> None:
        """What the focused panel shows."""
        panel = self.focused if isinstance(self.focused, Panel) else self._hand
        self.app.push_screen(HelpScreen(panel.heading() or "This line", f"{panel.help_text()}\n\n{EVERYWHERE}",
                                        unicode=self._unicode))

    def action_leave(self) -> None:
        """Asks how to leave."""
        def left(how: str | None) -> None:
            if how == "debrief":
                self.finish()
            elif how == "away":
                if self.play.deeds or self.play.hints:
                    self.write()
                else:
                    self.record.drop()
                self._over = True
                self.dismiss()

        self.app.push_screen(LeaveScreen(unicode=self._unicode), left)

    def commands(self) -> Iterable[SystemCommand]:
        """What the palette offers here."""
        for number, action in enumerate(self.play.drill.action.values(), 1):
            yield SystemCommand(f"Action: {plain(action.title)}", plain(action.does),
                                lambda number=number: self.query_one(Actions).press(number))
        yield SystemCommand("Hint", "Help in steps, which costs points (h)", self.action_hint)
        yield SystemCommand("Briefing", "What this drill is about (b)", self.action_briefing)
        yield SystemCommand("Zoom", "Let the focused panel fill the screen, or go back (z)", self.action_zoom)
        for name, measure in self._measures.items():
            yield SystemCommand(f"Chart: {measure.title}", "Show this metric in the first chart (m)",
                                lambda name=name: self.action_metric(name))
        yield SystemCommand("Window", "Another stretch of time in the charts (w)", self.action_window)
        yield SystemCommand("Help", "What the focused panel shows (?)", self.action_help)
        yield SystemCommand("Leave the drill", "To the debrief, or away (q)", self.action_leave)


class HintScreen(Dialog[bool]):
    """The hints taken, and the next one for its price."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "take", "Take the next hint", show=False),
        Binding("escape,q,h", "leave", "Leave", show=False),
    ]

    def __init__(self, play: Play, *, unicode: bool):
        super().__init__()
        self._play, self._unicode, self._taken = play, unicode, False

    def compose(self) -> ComposeResult:
        """The dialog."""
        with VerticalScroll(classes="dialog" if self._unicode else "dialog -ascii", can_focus=False):
            yield Static(Content("Hints"), classes="title", markup=False)
            yield Static(Content(self._text()), id="hints", markup=False)
            yield Static(Content(self._offer()), id="offer", classes="keys", markup=False)

    def _text(self) -> str:
        text = "\n\n".join(f"{number}. {plain(hint)}" for number, hint in enumerate(self._play.hints, 1))
        text = text or "None taken so far."
        return text if self._unicode else ascii_only(text)

    def _offer(self) -> str:
        cost = self._play.next_hint_costs
        return ("There is no other hint; esc closes" if cost is None else
                f"enter takes the next hint, which costs {cost:g} points; esc closes")

    def action_take(self) -> None:
        """The next hint."""
        self._taken = self._play.take_hint() is not None or self._taken
        self.query_one("#hints", Static).update(Content(self._text()))
        self.query_one("#offer", Static).update(Content(self._offer()))

    def action_leave(self) -> None:
        """Closes."""
        self.dismiss(self._taken)


class LeaveScreen(QuestionScreen[str]):
    """How to leave a drill that has not ended."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss('debrief')", "To the debrief", show=False),
        Binding("x", "dismiss('away')", "Away", show=False),
        Binding("escape,q", "dismiss('')", "Stay", show=False),
    ]

    def __init__(self, *, unicode: bool):
        super().__init__("Leave the drill?", (
            "enter goes to the debrief: the rest of the time counts as if you did nothing more.\n"
            "x leaves it for now; what you did is kept, and r in the list of drills goes on from here.\n"
            "esc stays."), unicode=unicode)
