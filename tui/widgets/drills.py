"""The two panels of the list of drills: the curriculum, and what is known of the drill in hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message

from core.drill.file import DrillFile
from core.drill.records import Scored, Unfinished
from tui.present import plain, wrapped
from tui.widgets.chooser import Chooser, first_shown
from tui.widgets.panel import Panel
from tui.widgets.text import Line, Span, pad, spread

LEVEL, KIND, VERDICT = 10, 7, 14
"""Cells of the columns: of the first two where there is room, of a verdict at least."""


@dataclass(frozen=True, slots=True)
class Shelved:
    """A drill of the list, and what was made of it."""

    file: DrillFile
    best: Scored | None
    """The best score; None where it was never played to its end."""
    goes: int
    """How often it was."""
    left: Unfinished | None
    """A go that can be taken up again."""

    @property
    def verdict(self) -> Span:
        """What it came to, in a few words."""
        if self.left is not None:
            return "under way", "change"
        if self.best is None:
            return "", "faint"
        points = f"{self.best.points:.0f}"
        return (f"passed, {points}", "good") if self.best.passed else (f"not passed, {points}", "warn")


class DrillList(Chooser, can_focus=True):
    """The drills in the order of the curriculum, one in hand."""

    HELP: ClassVar[str] = (
        "Drills in the order of the curriculum, from the first hour to the expert, with the best score so far. A floor "
        "drill is an incident on a live floor: you act, and are scored against what happens by itself and against a "
        "strong policy. ↑ and ↓ choose one, enter shows its briefing.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "up", show=False), Binding("down", "choose(1)", "down", show=False),
        Binding("home", "choose(-999)", "first", show=False), Binding("end", "choose(999)", "last", show=False),
        Binding("enter", "open", "open", show=False)]

    class Moved(Message):
        """Another drill is in hand."""

    class Opened(Message):
        """The drill in hand is wanted."""

    def __init__(self, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._drills: Sequence[Shelved] = ()
        self._at = self._first = 0

    @property
    def chosen(self) -> Shelved | None:
        """The drill in hand."""
        return self._drills[self._at] if self._drills else None

    def show(self, drills: Sequence[Shelved]) -> None:
        """Lists these; the one in hand stays where it is."""
        self._drills = drills
        self._at = max(0, min(self._at, len(drills) - 1))
        self.redraw()

    def heading(self) -> str:
        """The title."""
        return "Drills"

    def aside(self, width: int) -> Line:
        """How many were passed."""
        passed = sum(one.best is not None and one.best.passed for one in self._drills)
        return ((f"{passed} of {len(self._drills)} passed", "good" if passed else "faint"),)

    def body(self, width: int, height: int) -> list[Line]:
        """A row each, around the one in hand.

        Titles have what the other columns leave. Level and kind go where the longest does not fit beside them.
        """
        self._first = first_shown(self._first, self._at, height, len(self._drills))
        number = max((len(str(one.file.drill.number)) for one in self._drills), default=0)
        title = max((cell_len(plain(one.file.drill.title)) for one in self._drills), default=0)
        verdict = max((VERDICT, *(cell_len(one.verdict[0]) for one in self._drills)))
        room = width - 2 - number - 1 - 2 - verdict
        both = title + 2 + LEVEL + 2 + KIND <= room
        return [self._row(at, number, min(title, room), both, verdict, width)
                for at in range(self._first, min(self._first + height, len(self._drills)))]

    def _row(self, at: int, number: int, title: int, both: bool, verdict: int, width: int) -> Line:
        drill, chosen = self._drills[at].file.drill, at == self._at
        said, role = self._drills[at].verdict
        left: list[Span] = [("▸ " if chosen else "  ", "cursor"), (pad(str(drill.number), number, True), "faint"),
                            (" ", ""), (pad(plain(drill.title), title), "strong" if chosen else "")]
        if both:
            left.append((f"  {drill.level:{LEVEL}}  {drill.kind:{KIND}}", "faint"))
        return spread(left, ((pad(said, verdict), role),), width)

    def action_choose(self, by: int) -> None:
        """Takes another drill in hand."""
        if self._drills:
            self._at = max(0, min(self._at + by, len(self._drills) - 1))
            self.redraw()
            self.post_message(self.Moved())

    def action_open(self) -> None:
        """The drill in hand is wanted."""
        if self._drills:
            self.post_message(self.Opened())

    @on(Click)
    def _clicked(self, event: Click) -> None:
        at = self._first + event.y - 1
        if event.y >= 1 and at < len(self._drills):
            if at == self._at:
                self.action_open()
            self._at = at
            self.redraw()
            self.post_message(self.Moved())


class DrillDetail(Panel):
    """What the drill in hand is about."""

    def __init__(self, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._shown: Shelved | None = None

    def show(self, shown: Shelved | None) -> None:
        """Another drill."""
        self._shown = shown
        self.redraw()

    def heading(self) -> str:
        """Its title."""
        return plain(self._shown.file.drill.title) if self._shown is not None else ""

    def body(self, width: int, height: int) -> list[Line]:
        """Goals, story, and what was made of it."""
        if self._shown is None:
            return []
        drill = self._shown.file.drill
        room = max(20, width - 4)
        lines: list[Line] = []
        for goal in drill.goals:
            first, *more = wrapped(plain(goal), room - 2)
            lines += [(("  • ", "accent"), (first, "")), *((("    ", ""), (line, "")) for line in more)]
        lines.append(())
        for part in drill.brief.strip().split("\n\n"):
            lines += [(("  ", ""), (line, "faint")) for line in wrapped(plain(" ".join(part.split())), room)]
        verdict, role = self._shown.verdict
        if self._shown.best is not None and self._shown.left is None:
            verdict += " points"
        goes = self._shown.goes
        played = (f"played {'once' if goes == 1 else f'{goes} times'}" if goes else
                  "never played" if self._shown.left is None else "never played to its end")
        ending: Line = (("  ", ""), (f"{verdict}; " if verdict else "", role), (played, "faint"),
                        (f"; pass mark {drill.pass_mark:g}", "faint"))
        if len(lines) > height - 2:
            lines = [*lines[:height - 3], (("  …", "faint"),)]
        return [*lines, (), ending][:height]
