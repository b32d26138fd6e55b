"""The knobs panel: every number of the scenario that can be turned while the floor runs, favourites first."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.events import Blur, Click, Key
from textual.message import Message

from sim.live import LiveSession
from tui.present import plain
from tui.widgets import numbers
from tui.widgets.chooser import Chooser
from tui.widgets.knob import FAVOURITES, Knob, knobs, matching
from tui.widgets.panel import ViewPanel
from tui.widgets.text import Line, Span, pad, width_of

FAST = 5
"""Presses that one press with shift is worth."""
LABEL, VALUE = 28, 9
DOCUMENTED = ((12, 4), (7, 2))
"""Rows from which on so many of them, below the list, say what the knob in hand is."""


@dataclass(frozen=True)
class Row:
    """A row of the list: a table's name, or a knob, under that name or away from it."""

    heading: str = ""
    knob: Knob | None = None
    at_home: bool = False


class Knobs(Chooser, ViewPanel, can_focus=True):
    """A row for each knob, under the names of their tables; where there is a single row, the knob in hand."""

    HELP: ClassVar[str] = (
        "↑ ↓ choose a knob, ← → (or - +) turn it, with shift five steps at once; Enter to type a value with its unit, "
        "and the time from which it holds. / searches keys, names and documentation. Page up and down go from table to "
        "table, Home and End to the ends; f keeps a knob among the favourites, for good. A change holds in your "
        "floor and not in its twin. u takes the last one back, r makes it again.\n\n"
        "Extra people come on top of the plan whenever the plan has anyone at work. Bot coverage is the share of "
        "conversations that the bot takes first. Exit after: failed bot turns until the customer is offered a person; "
        "never is a loop. Demand is the volume against plan. Numbers for what has not begun yet hold at once; "
        "conversations that are under way stay as they are.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "Knob above", show=False),
        Binding("down", "choose(1)", "Knob below", show=False),
        Binding("pageup", "table(-1)", "Table above", show=False),
        Binding("pagedown", "table(1)", "Table below", show=False),
        Binding("home", "end(-1)", "First knob", show=False),
        Binding("end", "end(1)", "Last knob", show=False),
        Binding("left,minus", "turn(-1)", "Turn down", show=False),
        Binding("right,plus,equals_sign", "turn(1)", "Turn up", show=False),
        Binding("shift+left", f"turn({-FAST})", "Turn down fast", show=False),
        Binding("shift+right", f"turn({FAST})", "Turn up fast", show=False),
        Binding("enter", "type", "Type a value", show=False),
        Binding("slash", "search", "Search", show=False),
        Binding("f", "favourite", "Favourite", show=False),
        Binding("escape", "clear", "Leave the search", show=False),
    ]

    class Turned(Message):
        """A knob was turned by so many steps from wherever it stands."""

        def __init__(self, knob: Knob, steps: int):
            super().__init__()
            self.knob, self.steps = knob, steps

    class Starred(Message):
        """There is one favourite more in the session, or one less."""

    class TypingAsked(Message):
        """The user wants to type the value of a knob."""

        def __init__(self, knob: Knob):
            super().__init__()
            self.knob = knob

    def __init__(self, session: LiveSession, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._every = knobs(session.scenario)
        self._session = session
        self._plan = session.plan
        self._chosen = 0
        self._first = 0
        self._searching = False
        self._search = ""
        self.knobs: list[Knob] = []
        """Those on the list, in order."""
        self._rows: list[Row] = []
        self._places: list[int] = []
        """Where in the list each of them stands."""
        self._list()

    @property
    def chosen(self) -> Knob | None:
        """The knob in hand."""
        return self.knobs[self._chosen] if self.knobs else None

    def _list(self) -> None:
        """Makes the list anew: by the search, favourites first."""
        starred = [knob for knob in self._every if knob.group == FAVOURITES or knob.key in self._session.favourites]
        by_key = {knob.key: knob for knob in reversed(starred)}
        seen: dict[str, Knob] = {knob.key: by_key[knob.key] for knob in starred}
        rest = [knob for knob in self._every if knob.group != FAVOURITES]
        if self._search:
            found = matching((*seen.values(), *rest), self._search)
            self._rows = [Row(knob=knob) for knob in found]
        else:
            self._rows = [Row(knob=knob) for knob in seen.values()]
            group = ""
            for knob in rest:
                if knob.group != group:
                    group = knob.group
                    self._rows.append(Row(group))
                self._rows.append(Row(knob=knob, at_home=True))
        self._places = [at for at, row in enumerate(self._rows) if row.knob is not None]
        self.knobs = [row.knob for row in self._rows if row.knob is not None]
        self._chosen = max(0, min(self._chosen, len(self.knobs) - 1))

    def take_in_hand(self, key: str) -> None:
        """Takes the first knob of that key in hand, out of any search."""
        self._search, self._searching = "", False
        self._list()
        self._chosen = next((at for at, knob in enumerate(self.knobs) if knob.key == key), self._chosen)
        self.redraw()

    def value(self, knob: Knob) -> str:
        """What the knob stands at, as a scenario says it."""
        done = () if self._view is None else self._view.log
        return next((entry.after for entry in reversed(done) if entry.key == knob.key and entry.state == "done"),
                    self._plan[knob.key])

    def heading(self) -> str:
        """The title; the search, where there is one; where only one knob is on view, which one it is."""
        if self._searching or self._search:
            cursor = "█" if self._searching else ""
            return f"Knobs  /{plain(self._search)}{cursor} ({len(self.knobs)})"
        if self.size.height <= 2:
            return f"Knob {self._chosen + 1} of {len(self.knobs)}"
        knob = self.chosen
        return "Knobs" if knob is None or knob.group == FAVOURITES else f"Knobs: {knob.group}"

    def aside(self, width: int) -> Line:
        """Keys; where there is no room for the feed, its latest line."""
        if self.size.height <= 2 and self._view is not None and self._view.happenings and not self._searching:
            latest = self._view.happenings[0]
            room = max(10, width - 24)
            words = f"{numbers.time_of_day(latest.at)} {plain(latest.text)}"
            return ((pad(words, min(room, cell_len(words))), "bad" if latest.kind == "late" else "faint"),)
        if self._searching:
            return (("enter takes, esc leaves", "faint"),)
        return (("↑↓ choose  ←→ turn  / search", "faint"),) if width >= 50 and self.size.height > 2 else ()

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Heading and a row for each knob."""
        return 1 + len(self._rows)

    def body(self, width: int, height: int) -> list[Line]:
        """The list around the knob in hand, as much as fits, and what that knob is."""
        if not self.knobs:
            return [(("  no knob has these words", "faint"),)]
        told = _documented(height)
        rows = height - told
        at = self._places[self._chosen]
        last = len(self._rows) - rows
        self._first = max(0, min(max(self._first, at - rows + 1 + (rows > 2)), at - (rows > 2), last))
        shown = self._rows[self._first:self._first + rows]
        lines = [((f"  {row.heading}", "title"),) if row.knob is None else
                 self._row(row.knob, width, self._first + place == at, row.at_home) for place, row in enumerate(shown)]
        more = len(self._rows) - self._first - rows
        if rows > 2 and more > 0:
            left = len([row for row in self._rows[self._first + rows - 1:] if row.knob is not None])
            lines[-1] = (("    ", ""), (f"↓ {left} more", "faint"))
        if told:
            lines += [()] * (rows - len(lines)) + self._documentation(width, told)
        return lines

    def _documentation(self, width: int, rows: int) -> list[Line]:
        """Key, documentation and bounds of the knob in hand."""
        knob = self.chosen
        assert knob is not None
        if rows == 2:
            return [((pad(f"  {words}", width), "faint"),) for words in (knob.doc, plain(knob.slot.allowed))]
        told = textwrap.wrap(f"{knob.doc} Takes {plain(knob.slot.allowed)}.", max(20, width - 4))
        if len(told) > rows - 1:
            told = [*told[:rows - 2], pad(" ".join(told[rows - 2:]), width - 4)]
        head: Line = ((f"  {plain(knob.key)}", "accent"), (f" = {pad_to(self.value(knob), width // 2)}", "faint"))
        return [head, *(((f"  {line}", ""),) for line in told), *[()] * (rows - 1 - len(told))]

    def _row(self, knob: Knob, width: int, chosen: bool, at_home: bool) -> Line:
        text = self.value(knob)
        changed = not knob.same(text, self._plan[knob.key])
        label = self._label_width(width)
        mark: Span = ("▸ ", "accent") if chosen else ("  ", "")
        arrows = "cursor" if chosen else "faint"
        left, right = (" ◂", "▸") if knob.steps else ("  ", " ")
        away = knob.group != FAVOURITES and not (at_home and self.size.height > 2)
        name = f"{knob.group} {knob.label}" if away else knob.label
        aside: list[Span] = [("   ", ""), *self._beside(knob, text)]
        if width >= 74 and self.size.height <= 2:
            aside = spread_end(aside, width - label - VALUE - 8, "↑↓  ←→  enter  /")
        return (mark, (pad(name, label), "strong" if chosen else ""), (left, arrows),
                (pad(knob.show(text), VALUE, True) + " ", "change" if changed else "strong"), (right, arrows), *aside)

    @staticmethod
    def _label_width(width: int) -> int:
        return min(LABEL + max(0, width - 80) // 3, max(12, width - VALUE - 24))

    def _beside(self, knob: Knob, text: str) -> list[Span]:
        """What the plan has, what the team comes to, and what is due later."""
        due = () if self._view is None else [entry for entry in self._view.log
                                             if entry.key == knob.key and entry.state == "due"]
        if due:
            return [(f"{numbers.moment(due[0].at)} → {knob.show(due[0].after)}", "change")]
        if knob.team and self._view is not None:
            team = next((team for team in self._view.snapshot.teams if team.name == knob.team), None)
            planned = 0 if team is None else team.planned
            if not planned:
                return [("plan 0 now", "faint")]
            extra = int(knob.number(text) or 0)
            return [(f"plan {planned}" + (f", so {max(0, planned + extra)}" if extra else " now"), "faint")]
        return [(f"plan {knob.show(self._plan[knob.key])}", "faint")]

    def action_choose(self, by: int) -> None:
        """Takes the knob above or below in hand."""
        if self.knobs:
            self._chosen = (self._chosen + by) % len(self.knobs)
            self.redraw()

    def action_table(self, by: int) -> None:
        """Takes the first knob of the table above or below in hand."""
        firsts = [at for at, knob in enumerate(self.knobs) if at == 0 or knob.group != self.knobs[at - 1].group]
        beyond = [at for at in firsts if (at > self._chosen if by > 0 else at < self._chosen)]
        if beyond:
            self._chosen = beyond[0] if by > 0 else beyond[-1]
            self.redraw()

    def action_end(self, which: int) -> None:
        """Takes the first or the last knob in hand."""
        self._chosen = 0 if which < 0 else max(0, len(self.knobs) - 1)
        self.redraw()

    def action_turn(self, steps: int) -> None:
        """Turns the knob in hand; one that has no steps is typed."""
        knob = self.chosen
        if knob is not None:
            self.post_message(self.Turned(knob, steps) if knob.steps else self.TypingAsked(knob))

    def action_type(self) -> None:
        """Asks for a typed value."""
        if self.chosen is not None:
            self.post_message(self.TypingAsked(self.chosen))

    def action_favourite(self) -> None:
        """Keeps the knob in hand among the favourites, or no more."""
        knob = self.chosen
        if knob is None or knob.group == FAVOURITES:
            return
        self._session.favourites.symmetric_difference_update({knob.key})
        self.post_message(self.Starred())
        self.take_in_hand(knob.key)

    # Searching

    def action_search(self) -> None:
        """Begins a search: letters go into it until Enter or Escape."""
        self._searching, self._search = True, ""
        self._find()

    def action_clear(self) -> None:
        """Leaves the search."""
        knob = self.chosen
        if not self._search:
            raise SkipAction
        if knob is not None:
            self.take_in_hand(knob.key)
        else:
            self._search = ""
            self._find()

    def _find(self) -> None:
        self._list()
        self._chosen = self._first = 0
        self.redraw()

    @on(Key)
    def _typed(self, event: Key) -> None:
        if not self._searching:
            return
        if event.key == "enter":
            self._searching = False
        elif event.key == "escape":
            self._searching, self._search = False, ""
        elif event.key == "backspace":
            self._search = self._search[:-1]
        elif event.is_printable and event.character is not None:
            self._search += event.character
        else:
            return  # arrows choose among what was found
        event.stop()
        event.prevent_default()
        if event.key == "enter":
            self.redraw()
        else:
            self._find()

    @on(Blur)
    def _left(self) -> None:
        self._searching = False

    # The mouse

    @on(Click)
    def _clicked(self, event: Click) -> None:
        at = self._first + event.y - 1
        if event.y < 1 or at >= len(self._rows) or event.y > len(self.lines) - 1:
            return
        knob = self._rows[at].knob
        height = self.size.height - 1
        if knob is None or event.y > height - _documented(height):
            return
        self._chosen = self._places.index(at)
        label = self._label_width(self.size.width)
        down, up = 2 + label + 1, 2 + label + 2 + VALUE + 1
        if abs(event.x - down) <= 1:
            self.action_turn(-1)
        elif abs(event.x - up) <= 1:
            self.action_turn(1)
        elif down < event.x < up:
            self.action_type()
        self.redraw()


def _documented(height: int) -> int:
    """How many of so many rows say what the knob in hand is."""
    return next((told for least, told in DOCUMENTED if height >= least), 0)


def pad_to(text: str, width: int) -> str:
    """The text, cut with a sign where it is longer than `width` cells."""
    text = plain(text)
    return text if cell_len(text) <= width else pad(text, width)


def spread_end(spans: list[Span], width: int, words: str) -> list[Span]:
    """The spans with words at the right end of `width` cells, where they fit."""
    gap = width - width_of(spans) - cell_len(words)
    return [*spans, (" " * gap, ""), (words, "faint")] if gap > 1 else spans


def mark_label(key: str, value: str) -> str:
    """A change in a few characters, for the time axis of a chart: "+2 frontline", "bot 60%"."""
    parts = key.split(".")
    if parts[0] == "team" and parts[-1] == "extra":
        number = value if value.startswith(("-", "+")) or value == "0" else f"+{value}"
        return f"{number.replace('-', numbers.MINUS)} {plain(parts[1])}"
    short = {"bot.coverage": "bot", "bot.exit_after": "exit", "demand.level": "demand"}
    return f"{short.get(key, plain(key))} {plain(value)}"
