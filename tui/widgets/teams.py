"""Queues and people by team: who waits, how long, and what the people are at.

A row is a counter seen from above: customers queue up from the left, the one who has waited longest next to the bar,
people work to the right of it.
"""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual.binding import Binding, BindingType

from sim.live import LiveSession, LiveView, has_people
from sim.snapshot import PersonSnapshot, TeamSnapshot
from tui.present import plain
from tui.widgets import numbers
from tui.widgets.panel import Panel
from tui.widgets.text import Line, Span, joined, pad, width_of

LATE, IN_TIME = ("▲", "bad"), ("•", "now")
BUSY, WRAP_UP, FREE, AWAY = ("●", "now"), ("◐", "now"), ("○", "good"), ("×", "faint")
LEVELS = "○◔◑◕●"
"""One mark for a person with several slots: none, up to a quarter ... all of them taken."""
NUMBERS = 5
"""Cells of each of the columns free, busy and away."""


class Teams(Panel, can_focus=True):
    """A row for each team; with room to spare, people spread over several rows."""

    HELP: ClassVar[str] = (
        "A row is a counter seen from above. Customers queue on the left of the bar, whoever has waited longest next "
        "to it: • is within what customers of that channel expect, ▲ is past it. People are on the right: ● busy, "
        "○ free, ◐ finishing up after a conversation, × on a break or away. Where one person holds several chats, each "
        "slot has a mark (●●○○), or each person one that fills up (○◔◑◕●). +n are more than fit.\n\n"
        "A queue without people of its own names the teams that serve it. Where there are more teams than rows, the "
        "queues with the longest waits come first, and ↑ and ↓ scroll.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_teams(-1)", "Teams above", show=False),
        Binding("down", "scroll_teams(1)", "Teams below", show=False),
    ]

    def __init__(self, session: LiveSession, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._scenario = session.scenario
        self._staffed = {name for name in session.scenario.team if has_people(session.scenario, name)}
        self._view: LiveView | None = None
        self._first = 0

    def show(self, view: LiveView) -> None:
        """Redraws for another view."""
        self._view = view
        self.redraw()

    def heading(self) -> str:
        """The title."""
        return "Teams"

    def aside(self, width: int) -> Line:
        """What is wrong and where."""
        return () if self._view is None else (trouble(self._view.snapshot.teams),)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Heading, column titles and a row for each team."""
        return 2 + len(self._scenario.team)

    def action_scroll_teams(self, by: int) -> None:
        """Moves the rows on view."""
        self._first = max(0, min(self._first + by, len(self._scenario.team) - 1))
        self.redraw()

    def body(self, width: int, height: int) -> list[Line]:
        """Column titles, then the teams that fit."""
        if self._view is None or height < 2:
            return []
        teams = self._view.snapshot.teams
        rows = height - 1
        self._first = max(0, min(self._first, len(teams) - rows + 1)) if len(teams) > rows else 0
        if len(teams) > rows:
            ranked = self._ranked(teams, rows)
            shown = ranked[self._first:self._first + rows - 1]
            rest = ranked[:self._first] + ranked[self._first + rows - 1:]
        else:
            shown, rest = list(teams), []
        deep = max(1, min(3, rows // max(1, len(shown)))) if not rest else 1
        name = max(8, min(22, width // 6, max((cell_len(plain(team.name)) for team in shown), default=8)))
        flexible = width - (name + 3) - 9 - 9 - 3 - 3 * NUMBERS
        queue = max(6, min(60, flexible * 2 // 5))
        people = max(6, flexible - queue)
        lines: list[Line] = [((pad("", name + 2) + pad("waiting", 9, True) + pad("oldest", 9, True)
                               + pad("queue", queue + 1, True), "faint"), (" │ ", "rule"),
                              (pad("people", people) + "".join(pad(word, NUMBERS, True)
                                                               for word in ("free", "busy", "away")), "faint"))]
        for team in shown:
            lines += self._team(team, name, queue, people, deep)
        if rest:
            waiting, late = sum(team.waiting for team in rest), sum(sum(team.late) for team in rest)
            lines.append((("  ", ""), (f"↑↓ {len(rest)} more teams: {waiting} wait", "faint"),
                          (f", {late} too long", "bad" if late else "faint")))
        return lines[:height]

    def _ranked(self, teams: tuple[TeamSnapshot, ...], rows: int) -> list[TeamSnapshot]:
        """Teams with people in their order, in half of the rows at most; queues by the longest wait."""
        people = [team for team in teams if team.name in self._staffed]
        queues = sorted((team for team in teams if team.name not in self._staffed),
                        key=lambda team: (-any(team.late), -(team.oldest or 0.0)))
        return people[:rows // 2] + queues + people[rows // 2:]

    def _team(self, team: TeamSnapshot, name: int, queue: int, people: int, deep: int) -> list[Line]:
        late = any(team.late)
        counts = [sum(person.state in states for person in team.people)
                  for states in (("free",), ("busy", "full", "wrap_up"), ("away",))]
        marks = self._people(team, people, deep)
        staffed = team.name in self._staffed or bool(team.people)
        lines: list[Line] = [(
            ("  ", ""), (pad(plain(team.name), name), "strong"),
            (pad(numbers.count(team.waiting), 9, True), "bad" if late else "strong" if team.waiting else "faint"),
            (pad("–" if team.oldest is None else numbers.duration(team.oldest), 9, True),
             "bad" if late else "faint"),
            (" ", ""), *queue_marks(team, queue), (" │ ", "rule"), *marks[0],
            (" " * (people - width_of(marks[0])), ""),
            *((pad(str(count) if staffed else "", NUMBERS, True), "strong" if count else "faint")
              for count in counts))]
        indent = (" " * (name + 2 + 18 + 1 + queue), "")
        return lines + [(indent, (" │ ", "rule"), *more) for more in marks[1:]]

    def _people(self, team: TeamSnapshot, width: int, deep: int) -> list[Line]:
        if team.people:
            return people_marks(team.people, width, deep)
        helpers = ", ".join(self._scenario.team[team.name].overflow)
        words = f"← {helpers}" if helpers and team.name not in self._staffed else "nobody at work"
        return [((pad(words, width), "faint"),)]


def trouble(teams: tuple[TeamSnapshot, ...]) -> Span:
    """What is wrong and where, in a sentence."""
    worst = max(teams, key=lambda team: (sum(team.late), team.oldest or 0.0), default=None)
    if worst is None or not any(worst.late):
        waiting = sum(team.waiting for team in teams)
        return ("all in time", "good") if waiting else ("nobody waits", "good")
    late, others = sum(worst.late), sum(any(team.late) for team in teams) - 1
    more = f" (+{others} more late)" if others else ""
    return f"▲ {plain(worst.name)}: {late} of {worst.waiting} wait too long{more}", "bad"


def queue_marks(team: TeamSnapshot, width: int) -> Line:
    """A mark for each waiting customer, the longest wait at the right; exactly `width` cells."""
    marks = [LATE if late else IN_TIME for late in team.late]
    sign = ""
    if team.waiting > min(width, len(marks)):
        sign = f"+{team.waiting - min(width, len(marks))} "
        fits = width - cell_len(sign)
        sign = f"+{team.waiting - min(fits, len(marks))} "
        marks = marks[:max(0, width - cell_len(sign))]
    line = [(" " * (width - cell_len(sign) - len(marks)), ""), (sign, "faint"), *reversed(marks)]
    return joined(line)


def people_marks(people: tuple[PersonSnapshot, ...], width: int, deep: int = 1) -> list[Line]:
    """The people of a team in at most `deep` lines of `width` cells, the busiest first.

    Sorted, because who is who does not matter here and a picture that jumps about cannot be read.
    """
    order = {"full": 0, "busy": 1, "wrap_up": 2, "free": 3, "away": 4}
    ranked = sorted(people, key=lambda person: (order[person.state], -person.open))
    if max(person.slots for person in people) > 1:
        tokens = [_slots(person) for person in ranked]
        if len(_lay_out(tokens, width, deep + 1)) > deep:
            tokens = [[_level(person)] for person in ranked]
    else:
        tokens = [[_mark(person)] for person in ranked]
    return _lay_out(tokens, width, deep)


def _mark(person: PersonSnapshot) -> Span:
    return {"full": BUSY, "busy": BUSY, "wrap_up": WRAP_UP, "free": FREE, "away": AWAY}[person.state]


def _slots(person: PersonSnapshot) -> list[Span]:
    if person.state == "away" and not person.open:
        return [AWAY]
    taken = min(person.open, person.slots)
    return [span for span in ((BUSY[0] * taken, "now"), (FREE[0] * (person.slots - taken), "good")) if span[0]]


def _level(person: PersonSnapshot) -> Span:
    if person.state == "away" and not person.open:
        return AWAY
    share = min(1.0, person.open / person.slots)
    level = 0 if share == 0 else max(1, min(4, int(share * 4 + 0.5))) if share < 1 else 4
    return LEVELS[level], "good" if level == 0 else "now"


def _lay_out(tokens: list[list[Span]], width: int, deep: int) -> list[Line]:
    """Tokens side by side in at most `deep` lines; "+n" at the end for those that do not fit."""
    lines: list[Line] = []
    rest = tokens
    group = 5 if all(width_of(token) == 1 for token in tokens) else 1
    while rest and len(lines) < deep:
        line, after = _take(rest, width, group)
        if after and len(lines) == deep - 1:
            line, after = _take(rest, width - len(f" +{len(rest)}"), group)
            line.append((f" +{len(after)}", "faint"))
        lines.append(joined(line))
        rest = after
    return lines


def _take(tokens: list[list[Span]], width: int, group: int) -> tuple[list[Span], list[list[Span]]]:
    """As many tokens as fit in a line, and the others; every `group` of them set apart."""
    line: list[Span] = []
    used = 0
    for at, token in enumerate(tokens):
        size = width_of(token)
        gap = 1 if at and at % group == 0 else 0
        if used + gap + size > width:
            return line, tokens[at:]
        line += [(" " * gap, ""), *token]
        used += gap + size
    return line, []
