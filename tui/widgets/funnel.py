"""The funnel: how many needs came, where they were met, and each of the last ones on its way.

Rows run from a need to its end: the tiers before the team, the team, what came of it. A lane on the right shows every
conversation that passed there lately as a mark that moves from left to right as time goes by.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from core.records import Outcome
from core.units import MINUTE
from sim.snapshot import Snapshot
from tui.widgets import numbers
from tui.widgets.panel import ViewPanel
from tui.widgets.text import Line, Span, joined, pad

BY_PEOPLE = ("abandoned", "closed")
"""Outcomes of conversations that joined a team's queue; all others come before the team."""
LABELS = {"needs": "needs", "human": "to people", "again": "back again", "abandoned": "gave up", "closed": "closed",
          "self_served": "self-served", "bot_resolved": "bot solved", "bot_gave_up": "left the bot",
          "article_resolved": "by an article", "turned_away": "turned away"}
ROLES = {"abandoned": "bad", "bot_gave_up": "bad", "turned_away": "bad", "again": "warn", "article_resolved": "good",
         "closed": "good", "prevented": "good", "self_served": "good", "bot_resolved": "good"}
PACE = 1.25
"""Cells a real second that a mark moves at the speed of the clock."""
SPAN = (5 * MINUTE, 8 * 60 * MINUTE)
"""Shortest and longest stretch of time that a lane shows (s)."""
LABEL, COUNT, BAR = 15, 6, 10
MARKS = " ·•●"
"""No, few, more, many conversations in one place of a lane."""


class Funnel(ViewPanel, can_focus=True):
    """A row for each stage: the last hour's number, a bar, against the twin, and the lane."""

    HELP: ClassVar[str] = (
        "What became of the last hour's customers, from top to bottom: needs that arose; those that proactive support, "
        "the help centre and the bot met; conversations that went to people, and how those ended; customers who came "
        "back, since the matter was not settled. The bar is the number against the needs. On the right each "
        "conversation that passed lately is a mark, newest at the left; • and ● are several at once. The heading "
        "says how many are on their way right now: with the bot, waiting, in somebody's hands.")

    def heading(self) -> str:
        """The title."""
        return "Funnel, last hour"

    def aside(self, width: int) -> Line:
        """How many are where right now."""
        if self._view is None:
            return ()
        funnel = self._view.snapshot.funnel
        parts = [f"{funnel[name]} {words}" for name, words in (
            ("with_help_centre", "reading"), ("with_bot", "with the bot"), ("waiting", "waiting"),
            ("in_hand", "in hand")) if funnel.get(name)]
        while parts and len("   ".join(parts)) > width - len(self.heading()) - 8:
            del parts[0]
        return ((" · ".join(parts), "faint"),) if parts else ()

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        """Heading and a row for each stage."""
        return 1 + len(stages(self._view.snapshot if self._view is not None else None))

    def body(self, width: int, height: int) -> list[Line]:
        """The stages that fit: what never happened goes first."""
        view = self._view
        if view is None:
            return []
        snapshot = view.snapshot
        rows = stages(snapshot)
        for name in [name for name in rows if not snapshot.funnel.get(name) and not view.twin.funnel.get(name)]:
            if len(rows) > height:
                rows.remove(name)
        against = bool(view.interventions) and width >= 62
        bar = BAR if width < 62 else BAR + min(16, (width - 62) // 3)
        lane = width - LABEL - COUNT - 1 - bar - 2 - (8 if against else 0)
        needs = max(1, snapshot.funnel.get("needs", 0))
        span = min(max(view.speed * lane / PACE, SPAN[0]), SPAN[1])
        counts = {name: passed(snapshot.flow.get(name), view.now, span, max(0, lane)) for name in rows[:height]}
        most = max((int(places.max(initial=0)) for places in counts.values()), default=0)
        lines: list[Line] = []
        for name in rows[:height]:
            number = snapshot.funnel.get(name, 0)
            inner = name in BY_PEOPLE or name == "again"
            role = ROLES.get(name, "now")
            full = min(bar, round(number / needs * bar)) or (1 if number else 0)
            twin: list[Span] = [(pad(_difference(number, view.twin.funnel.get(name, 0)), 8, True), "faint")]
            lines.append(joined([
                (pad(f"{'    ' if inner else '  '}{label(name)}", LABEL), "" if inner else "strong"),
                (pad(numbers.count(number), COUNT, True), "strong" if number else "faint"), *(twin if against else ()),
                (" ", ""), ("━" * full, role), (" " * (bar - full) + "  ", ""), (marks(counts[name], most), role)]))
        return lines


def stages(snapshot: Snapshot | None) -> list[str]:
    """Names of the funnel's rows, from a need to its end; an outcome that has not come up lately has none."""
    outcomes = [outcome.name.lower() for outcome in Outcome if outcome is not Outcome.OPEN]
    before = [name for name in outcomes if name not in BY_PEOPLE]
    if snapshot is not None:
        before = [name for name in before if len(snapshot.flow.get(name, ()))]
    return ["needs", *before, "human", *reversed(BY_PEOPLE), "again"]


def label(name: str) -> str:
    """A stage in the words of the field."""
    return LABELS.get(name, name.replace("_", " "))


def _difference(value: int, twin: int) -> str:
    return "=" if value == twin else numbers.signed(numbers.count(value - twin))


def passed(times: np.ndarray | None, now: float, span: float, cells: int) -> np.ndarray:
    """How many passed, by age: the last `span` seconds in so many cells, the newest first."""
    if times is None or not len(times) or cells <= 0:
        return np.zeros(cells, dtype=np.int64)
    ages = now - times[(times > now - span) & (times <= now)]
    return np.bincount(np.minimum((ages / span * cells).astype(int), cells - 1), minlength=cells)


def marks(places: np.ndarray, most: int) -> str:
    """A mark for each place: none, one or few, more, many, where `most` is the highest number on any lane."""
    levels = np.ceil(places / max(most, 3) * 3).astype(int)
    return "".join(MARKS[level] for level in levels.tolist())
