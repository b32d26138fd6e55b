"""Queues and people by team: who waits, how long, and what the people are at.

A row is a counter seen from above: customers queue up from the left, the one who has waited longest next to the bar,
people work to the right of it.
"""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.geometry import Size

from sim.live import LiveSession
from sim.opening import has_people
from sim.snapshot import PersonSnapshot, TeamSnapshot
from tui.present import plain
from tui.widgets import numbers
from tui.widgets.panel import Picked, ViewPanel
from tui.widgets.text import Line, Span, joined, pad, spread, width_of

FAR, LATE, LONG, SHORT = ("◆", "bad"), ("▲", "bad"), ("•", "now"), ("·", "now")
"""A customer who waits: three times as long as expected and more, past it, past half of it, less."""
BUSY, WRAP_UP, FREE = ("●", "now"), ("◐", "now"), ("○", "good")
BREAK, AWAY = ("□", "faint"), ("×", "faint")
NEW, STRAINED, NEW_FREE = "◍", "◉", "◌"
"""In place of ● and ○: somebody who still learns the work; somebody who is tired."""
LEVELS = "○◔◑◕●"
"""One mark for a person with several slots: none, up to a quarter ... all of them taken."""
COUNTS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("free",), "free"), (("busy", "full", "wrap_up"), "busy"), (("break", "away"), "away"))
"""What is counted of a team's people: states, and the word."""
QUEUE, PEOPLE = "    queue  ", "    people "
MOST = 0.34
"""Share of the screen's height that the panel takes by itself, at most."""
TALL = 36
"""Rows of a screen that has room for more than one row a team."""
BLOCKS_BELOW = 90
"""Narrower than this, and with rows enough, queue and people have rows of their own."""
COUNTED = 72
"""Narrower than this, marks alone say what people are at."""
NUMBERS = 5
"""Cells of each of the columns free, busy and away."""


class Teams(ViewPanel, can_focus=True):
    """A row for each team; with room to spare, people spread over several rows."""

    HELP: ClassVar[str] = (
        "A row is a counter seen from above. Customers queue on the left of the bar, whoever has waited longest next "
        "to it: · is within half of what the customer expects, • within all of it, ▲ past it, ◆ past three times as "
        "much. People are on the right: ● busy, ○ free, ◐ finishing up after a conversation, □ on a break, × away "
        "(a meeting, a breather), ◍ ◌ new to the work, ◉ strained. Where one person holds several chats, each slot "
        "has a mark (●●○○), or each person one that fills up (○◔◑◕●). +n are more than fit.\n\n"
        "A queue without people of its own names the teams that serve it. Where there are more teams than rows, the "
        "queues with the longest waits come first. ↑ and ↓ go from team to team, ← and → from customer to customer, "
        "Enter shows the conversation; so does a click.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "Team above", show=False),
        Binding("down", "choose(1)", "Team below", show=False),
        Binding("left", "pick(1)", "Who came later", show=False),
        Binding("right", "pick(-1)", "Who came earlier", show=False),
        Binding("enter", "inspect", "Show the conversation", show=False),
    ]

    def __init__(self, session: LiveSession, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._scenario = session.scenario
        self._staffed = {name for name in session.scenario.team if has_people(session.scenario, name)}
        self._first = 0
        self._chosen: str | None = None
        """Name of the team that the cursor is on."""
        self._mark = 0
        """Which of its customers, 0 the one who has waited longest."""
        self._top = 2
        self._places: list[tuple[TeamSnapshot, int, int]] = []
        """For each row of the screen from `_top` on: its team, the column after the queue, and customers on view."""

    def heading(self) -> str:
        """The title."""
        return "Teams"

    def aside(self, width: int) -> Line:
        """What is wrong and where; with the cursor on a customer, who that is."""
        if self._view is None:
            return ()
        team = self._team_chosen()
        if self.has_focus and team is not None and team.needs:
            at = min(self._mark, len(team.needs) - 1)
            expects = numbers.duration(team.expects[at])
            return ((f"waits {numbers.duration(team.waits[at])}, expects {expects}: enter shows it", "strong"),)
        return (trouble(self._view.snapshot.teams),)

    def _team_chosen(self) -> TeamSnapshot | None:
        teams = () if self._view is None else self._view.snapshot.teams
        return next((team for team in teams if team.name == self._chosen), teams[0] if teams else None)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Heading, column titles and a row for each team; or three rows for each, where there is height for them."""
        teams, most = len(self._scenario.team), int(MOST * viewport.height)
        blocks = 1 + 3 * teams
        fits = width < BLOCKS_BELOW and viewport.height >= TALL and blocks <= most
        return blocks if fits else min(2 + teams, most)

    def action_choose(self, by: int) -> None:
        """The cursor to the team above or below."""
        order = self._order(self.size.height - 2)
        if order:
            team = self._team_chosen()
            at = next((at for at, other in enumerate(order) if team is not None and other.name == team.name), 0)
            self._chosen, self._mark = order[max(0, min(at + by, len(order) - 1))].name, 0
            self.redraw()

    def action_pick(self, by: int) -> None:
        """The cursor to the customer before or after, in the team's queue."""
        team = self._team_chosen()
        self._mark = max(0, min(self._mark + by, len(team.needs) - 1)) if team is not None else 0
        self.redraw()

    def action_inspect(self) -> None:
        """Shows the conversation that the cursor is on."""
        team = self._team_chosen()
        if team is not None and team.needs:
            self.post_message(Picked(team.needs[min(self._mark, len(team.needs) - 1)]))

    def _order(self, rows: int) -> list[TeamSnapshot]:
        """The teams as they are listed: those in trouble first where they do not fit."""
        teams = () if self._view is None else self._view.snapshot.teams
        return self._ranked(teams, rows) if len(teams) > rows else list(teams)

    @on(Click)
    def _clicked(self, event: Click) -> None:
        row = event.y - self._top
        if not 0 <= row < len(self._places):
            return
        team, after, marks = self._places[row]
        self._chosen, self._mark = team.name, max(0, after - 1 - event.x)
        if after - marks <= event.x < after and self._mark < len(team.needs):
            self.action_inspect()
        self.redraw()

    def body(self, width: int, height: int) -> list[Line]:
        """Column titles, then the teams that fit."""
        if self._view is None or height < 2:
            return []
        teams = self._view.snapshot.teams
        rows = height - 1
        shown, rest = self._order(rows), list[TeamSnapshot]()
        self._first = 0 if len(teams) <= rows else self._first
        if len(teams) > rows:
            at = next((at for at, team in enumerate(shown) if team.name == self._chosen), 0)
            self._first = max(0, min(max(self._first, at - rows + 2), at, len(teams) - rows + 1))
            rest = shown[:self._first] + shown[self._first + rows - 1:]
            shown = shown[self._first:self._first + rows - 1]
        self._places = []
        if not rest and shown and width < BLOCKS_BELOW and height >= 3 * len(shown):
            self._top = 1
            return self._blocks(shown, width, height)
        self._top = 2
        deep = max(1, min(3, rows // max(1, len(shown)))) if not rest else 1
        name = max(8, min(22, width // 6, max((cell_len(plain(team.name)) for team in shown), default=8)))
        counted = COUNTS if width >= COUNTED else ()
        flexible = width - (name + 3) - 9 - 9 - 3 - NUMBERS * len(counted)
        queue = max(6, min(60, flexible * 2 // 5))
        people = max(6, flexible - queue)
        lines: list[Line] = [((pad("", name + 2) + pad("waiting", 9, True) + pad("oldest", 9, True)
                               + pad("queue", queue + 1, True), "faint"), (" │ ", "rule"),
                              (pad("people", people) + "".join(pad(word, NUMBERS, True)
                                                               for _, word in counted), "faint"))]
        cursor = self._team_chosen() if self.has_focus else None
        for team in shown:
            drawn = self._team(team, name, queue, people, deep, team is cursor)
            self._places += [(team, name + 21 + queue, min(queue, team.waiting))] * len(drawn)
            lines += drawn
        if rest:
            waiting, late = sum(team.waiting for team in rest), sum(sum(team.late) for team in rest)
            lines.append((("  ", ""), (f"↑↓ {len(rest)} more teams: {waiting} wait", "faint"),
                          (f", {late} too long", "bad" if late else "faint")))
        return lines[:height]

    def _blocks(self, teams: list[TeamSnapshot], width: int, height: int) -> list[Line]:
        """Three rows for each team: what it comes to, its queue, its people."""
        lines: list[Line] = []
        cursor = self._team_chosen() if self.has_focus else None
        deep = max(1, (height - 2 * len(teams)) // len(teams))
        name = min(width // 4, max(cell_len(plain(team.name)) for team in teams))
        for team in teams:
            late = any(team.late)
            counts = [f"{sum(person.state in states for person in team.people)} {word}" for states, word in COUNTS]
            waits = f" {numbers.count(team.waiting)} waiting"
            waits += f", oldest {numbers.duration(team.oldest)}" if team.waiting else ""
            mark: Span = ("▸ ", "cursor") if team is cursor else ("  ", "")
            lines.append(spread(
                (mark, (pad(plain(team.name), name), "strong"),
                 (f" {waits}", "bad" if late else "strong" if team.waiting else "faint")),
                ((("  ".join(counts), "faint"),) if team.name in self._staffed or team.people else ()), width))
            room = width - len(QUEUE)
            drawn = queue_marks(team, min(room, max(team.waiting, 1)), self._mark if team is cursor else None)
            lines.append(joined([(QUEUE, "faint"), *drawn]))
            self._places += [(team, len(QUEUE) + width_of(drawn), min(room, team.waiting))] * 2
            people = self._people(team, room, deep)
            lines += [joined([(PEOPLE if not at else " " * len(PEOPLE), "faint"), *marks])
                      for at, marks in enumerate(people)]
            self._places += [(team, 0, 0)] * len(people)
        return lines[:height]

    def _ranked(self, teams: tuple[TeamSnapshot, ...], rows: int) -> list[TeamSnapshot]:
        """Teams with people in their order, in half of the rows at most; queues by the longest wait."""
        people = [team for team in teams if team.name in self._staffed]
        queues = sorted((team for team in teams if team.name not in self._staffed),
                        key=lambda team: (-any(team.late), -(team.oldest or 0.0)))
        return people[:rows // 2] + queues + people[rows // 2:]

    def _team(self, team: TeamSnapshot, name: int, queue: int, people: int, deep: int,
              chosen: bool) -> list[Line]:
        late = any(team.late)
        counts = [sum(person.state in states for person in team.people)
                  for states, _ in COUNTS if self.size.width >= COUNTED]
        marks = self._people(team, people, deep)
        staffed = team.name in self._staffed or bool(team.people)
        lines: list[Line] = [(
            ("▸ ", "cursor") if chosen else ("  ", ""), (pad(plain(team.name), name), "strong"),
            (pad(numbers.count(team.waiting), 9, True), "bad" if late else "strong" if team.waiting else "faint"),
            (pad("–" if team.oldest is None else numbers.duration(team.oldest), 9, True),
             "bad" if late else "faint"),
            (" ", ""), *queue_marks(team, queue, self._mark if chosen else None), (" │ ", "rule"), *marks[0],
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
        strained = sum(person.strained for team in teams for person in team.people)
        words = "nobody waits too long" if waiting else "nobody waits"
        return (f"{words}, {strained} strained", "warn") if strained else (words, "good")
    late, others = sum(worst.late), sum(any(team.late) for team in teams) - 1
    more = f" (+{others} more late)" if others else ""
    return f"▲ {plain(worst.name)}: {late} of {worst.waiting} wait too long{more}", "bad"


def queue_marks(team: TeamSnapshot, width: int, picked: int | None = None) -> Line:
    """A mark for each waiting customer, the longest wait at the right; exactly `width` cells.

    `picked` is the customer that the cursor is on, counted from the right.
    """
    marks = [_waiting(team, at) for at in range(len(team.waits))]
    if picked is not None and marks:
        at = min(picked, len(marks) - 1)
        marks[at] = marks[at][0], "pick"
    sign = ""
    if team.waiting > min(width, len(marks)):
        sign = f"+{team.waiting - min(width, len(marks))} "
        fits = width - cell_len(sign)
        sign = f"+{team.waiting - min(fits, len(marks))} "
        marks = marks[:max(0, width - cell_len(sign))]
    line = [(" " * (width - cell_len(sign) - len(marks)), ""), (sign, "faint"), *reversed(marks)]
    return joined(line)


def _waiting(team: TeamSnapshot, at: int) -> Span:
    """The mark of one customer, by the wait against what is expected."""
    if at >= len(team.expects):
        return LATE if team.late[at] else LONG
    share = team.waits[at] / team.expects[at]
    return FAR if share >= 3 else LATE if team.late[at] else LONG if share > 0.5 else SHORT


def people_marks(people: tuple[PersonSnapshot, ...], width: int, deep: int = 1) -> list[Line]:
    """The people of a team in at most `deep` lines of `width` cells, the busiest first.

    Sorted, because who is who does not matter here and a picture that jumps about cannot be read.
    """
    order = {"full": 0, "busy": 1, "wrap_up": 2, "free": 3, "break": 4, "away": 5}
    ranked = sorted(people, key=lambda person: (order[person.state], -person.open))
    if max(person.slots for person in people) > 1:
        tokens = [_slots(person) for person in ranked]
        if len(_lay_out(tokens, width, deep + 1)) > deep:
            tokens = [[_level(person)] for person in ranked]
    else:
        tokens = [[_mark(person)] for person in ranked]
    return _lay_out(tokens, width, deep)


def _mark(person: PersonSnapshot) -> Span:
    mark, role = {"full": BUSY, "busy": BUSY, "wrap_up": WRAP_UP, "free": FREE, "break": BREAK,
                  "away": AWAY}[person.state]
    if person.state in ("full", "busy"):
        return _taken(person), "warn" if person.strained else role
    return (NEW_FREE if person.new and person.state == "free" else mark), role


def _taken(person: PersonSnapshot) -> str:
    return NEW if person.new else STRAINED if person.strained else BUSY[0]


def _slots(person: PersonSnapshot) -> list[Span]:
    if person.state in ("break", "away") and not person.open:
        return [_mark(person)]
    taken = min(person.open, person.slots)
    wrapping = min(person.wrapping, taken)
    free = NEW_FREE if person.new else FREE[0]
    return [span for span in ((_taken(person) * (taken - wrapping), "warn" if person.strained else "now"),
                              (WRAP_UP[0] * wrapping, WRAP_UP[1]),
                              (free * (person.slots - taken), "good")) if span[0]]


def _level(person: PersonSnapshot) -> Span:
    if person.state in ("break", "away") and not person.open:
        return _mark(person)
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
