"""The knobs: numbers of the scenario that can be turned while the floor runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message

from core.scenario import Scenario
from core.units import fraction, multiple, write_fraction, write_multiple
from sim.live import LiveSession, LiveView, has_people
from tui.present import plain
from tui.widgets import numbers
from tui.widgets.measures import has_bot
from tui.widgets.panel import Panel
from tui.widgets.text import Line, Span, pad

Kind = Literal["people", "share", "times", "multiple"]
STEP = {"people": 1.0, "share": 0.05, "times": 1.0, "multiple": 0.1}
"""What one press turns, in the unit of the value."""
FAST = 5
"""Presses that one press with shift is worth."""
LABEL, VALUE = 28, 6


@dataclass(frozen=True)
class Knob:
    """One number: its key in the scenario, its name on screen, its bounds in the unit of the value."""

    key: str
    label: str
    kind: Kind
    low: float
    high: float
    team: str = ""

    def read(self, text: str) -> float:
        """The number behind what the scenario says."""
        if self.kind == "share":
            return fraction(text)
        return multiple(text) if self.kind == "multiple" else float(int(text))

    def write(self, value: float) -> str:
        """A number as a scenario says it."""
        if self.kind == "share":
            return write_fraction(round(value, 6))
        return write_multiple(round(value, 6)) if self.kind == "multiple" else str(round(value))

    def turned(self, text: str, steps: int) -> str:
        """The value so many steps on from `text`, within the bounds and on a whole step."""
        step = STEP[self.kind]
        value = self.read(text)
        aim = round(value / step) * step + steps * step
        return self.write(min(max(aim, self.low), self.high))

    def show(self, text: str) -> str:
        """The value as a person reads it: +2, 45 %."""
        value = self.read(text)
        if self.kind == "people":
            return numbers.signed(numbers.count(value)) if value else "0"
        if self.kind == "times":
            return numbers.count(value) if value else "never"
        return numbers.percent(0)(value)


def knobs(scenario: Scenario) -> tuple[Knob, ...]:
    """The knobs of a scenario: people of each team that has some, the bot where there is one, demand."""
    found = [Knob(f"team.{name}.extra", f"{plain(name)}, extra people", "people", low=-5000, high=5000, team=name)
             for name in scenario.team if has_people(scenario, name)]
    if has_bot(scenario):
        found += [Knob("bot.coverage", "bot coverage", "share", 0.0, 1.0),
                  Knob("bot.exit_after", "bot: exit after failed", "times", 0, 20)]
    return (*found, Knob("demand.level", "demand", "multiple", 0.0, 20.0))


class Knobs(Panel, can_focus=True):
    """A row for each knob; the one in hand is marked, and the only one where there is a single row."""

    HELP: ClassVar[str] = (
        "↑ ↓ choose a knob, ← → (or - +) turn it, with shift five steps at once; Enter to type a value with its unit. "
        "The change holds from now on, in your floor and not in its twin. u takes the last one back, r makes it "
        "again.\n\n"
        "Extra people come on top of the plan whenever the plan has anyone at work. Bot coverage is the share of "
        "conversations that the bot takes first. Exit after: failed bot turns until the customer is offered a person; "
        "never is a loop. Demand is the volume against plan.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "Knob above", show=False),
        Binding("down", "choose(1)", "Knob below", show=False),
        Binding("left,minus", "turn(-1)", "Turn down", show=False),
        Binding("right,plus,equals_sign", "turn(1)", "Turn up", show=False),
        Binding("shift+left", f"turn({-FAST})", "Turn down fast", show=False),
        Binding("shift+right", f"turn({FAST})", "Turn up fast", show=False),
        Binding("enter", "type", "Type a value", show=False),
    ]

    class Turned(Message):
        """A knob was turned by so many steps from wherever it stands."""

        def __init__(self, knob: Knob, steps: int):
            super().__init__()
            self.knob, self.steps = knob, steps

    class TypingAsked(Message):
        """The user wants to type the value of a knob."""

        def __init__(self, knob: Knob):
            super().__init__()
            self.knob = knob

    def __init__(self, session: LiveSession, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self.knobs = knobs(session.scenario)
        self._plan = session.plan
        self._label = min(LABEL, max(cell_len(knob.label) for knob in self.knobs))
        self._view: LiveView | None = None
        self._chosen = 0

    def show(self, view: LiveView) -> None:
        """Redraws for another view."""
        self._view = view
        self.redraw()

    def value(self, knob: Knob) -> str:
        """What the knob stands at, as a scenario says it: the last change, else the plan."""
        changes = () if self._view is None else self._view.interventions
        return next((change.value for change in reversed(changes) if change.key == knob.key), self._plan[knob.key])

    def heading(self) -> str:
        """The title; where only one knob is on view, which one it is."""
        return f"Knob {self._chosen + 1} of {len(self.knobs)}" if self.size.height <= 2 else "Knobs"

    def aside(self, width: int) -> Line:
        """Keys; where there is no room for the feed, its latest line."""
        if self.size.height <= 2 and self._view is not None and self._view.happenings:
            latest = self._view.happenings[0]
            room = max(10, width - 22)
            words = f"{numbers.time_of_day(latest.at)} {plain(latest.text)}"
            return ((pad(words, min(room, len(words))), "bad" if latest.kind == "late" else "faint"),)
        return (("↑↓ choose  ←→ turn  enter type", "faint"),) if width >= 50 and self.size.height > 2 else ()

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Heading and a row for each knob."""
        return 1 + len(self.knobs)

    def body(self, width: int, height: int) -> list[Line]:
        """The knobs around the one in hand, as many as fit."""
        first = max(0, min(self._chosen - height // 2, len(self.knobs) - height))
        shown = range(first, min(len(self.knobs), first + height))
        lines = [self._row(at, width) for at in shown]
        if height > 1 and first + height < len(self.knobs) and len(lines) > 1 and self._chosen != shown[-1]:
            lines[-1] = (("    ", ""), (f"↓ {len(self.knobs) - first - height + 1} more", "faint"))
        return lines

    def _row(self, at: int, width: int) -> Line:
        knob = self.knobs[at]
        text = self.value(knob)
        chosen = at == self._chosen
        changed = text != self._plan[knob.key] and knob.read(text) != knob.read(self._plan[knob.key])
        label = min(self._label, max(12, width - VALUE - 24))
        mark: Span = ("▸ ", "accent") if chosen else ("  ", "")
        arrows = "cursor" if chosen else "faint"
        aside: list[Span] = [("   ", ""), (self._beside(knob, text), "faint")]
        if width >= 74 and self.size.height <= 2:
            aside = spread_end(aside, width - label - VALUE - 8, "↑↓  ←→  enter")
        return (mark, (pad(knob.label, label), "strong" if chosen else ""), (" ◂", arrows),
                (pad(knob.show(text), VALUE, True) + " ", "change" if changed else "strong"), ("▸", arrows), *aside)

    def _beside(self, knob: Knob, text: str) -> str:
        if knob.team and self._view is not None:
            planned = next((team.planned for team in self._view.snapshot.teams if team.name == knob.team), 0)
            if not planned:
                return "plan 0 now"
            extra = int(knob.read(text))
            return f"plan {planned} now" + (f", so {max(0, planned + extra)}" if extra else "")
        return f"plan {knob.show(self._plan[knob.key])}"

    def action_choose(self, by: int) -> None:
        """Takes the knob above or below in hand."""
        self._chosen = (self._chosen + by) % len(self.knobs)
        self.redraw()

    def action_turn(self, steps: int) -> None:
        """Turns the knob in hand."""
        self.post_message(self.Turned(self.knobs[self._chosen], steps))

    def action_type(self) -> None:
        """Asks for a typed value."""
        self.post_message(self.TypingAsked(self.knobs[self._chosen]))

    @on(Click)
    def _clicked(self, event: Click) -> None:
        height = self.size.height - 1
        first = max(0, min(self._chosen - height // 2, len(self.knobs) - height))
        at = first + event.y - 1
        if event.y < 1 or at >= len(self.knobs):
            return
        self._chosen = at
        label = min(self._label, max(12, self.size.width - VALUE - 24))
        down, up = 2 + label + 1, 2 + label + 2 + VALUE + 1
        if abs(event.x - down) <= 1:
            self.action_turn(-1)
        elif abs(event.x - up) <= 1:
            self.action_turn(1)
        self.redraw()


def spread_end(spans: list[Span], width: int, words: str) -> list[Span]:
    """The spans with words at the right end of `width` cells, where they fit."""
    gap = width - sum(len(text) for text, _ in spans) - len(words)
    return [*spans, (" " * gap, ""), (words, "faint")] if gap > 1 else spans


def mark_label(key: str, value: str) -> str:
    """A change in a few characters, for the time axis of a chart: "+2 frontline", "bot 60%"."""
    parts = key.split(".")
    if parts[0] == "team" and parts[-1] == "extra":
        number = value if value.startswith(("-", "+")) or value == "0" else f"+{value}"
        return f"{number.replace('-', numbers.MINUS)} {plain(parts[1])}"
    short = {"bot.coverage": "bot", "bot.exit_after": "exit", "demand.level": "demand"}
    return f"{short.get(key, plain(key))} {plain(value)}"



