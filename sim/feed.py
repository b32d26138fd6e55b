"""What happens on the floor, in words: incidents, shift changes, queues that run late, and what the user did.

`sim.live` adds the user's changes and shows each new snapshot to `Feed.observe`; the screen draws the `Happening`s.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Literal

from core.scenario import Scenario
from core.units import MINUTE, write_seconds
from sim.people import People
from sim.snapshot import Snapshot, TeamSnapshot

KEPT = 200
BEHIND = 0.2
"""A queue is late when so many customers for each of its people, and two at least, wait longer than they expect."""
CALM = 15 * MINUTE
"""A queue is back in time after so long without anyone waiting too long (s)."""

Kind = Literal["change", "late", "in_time", "incident", "shift"]


@dataclass(frozen=True, slots=True)
class Happening:
    """Something worth a line, at a time (seconds since Monday 00:00 of the first week)."""

    at: float
    kind: Kind
    text: str
    need: int | None = None
    """Whose it is about, where it is about somebody."""


class Feed:
    """The latest happenings, told from one snapshot to the next."""

    def __init__(self, scenario: Scenario, people: People):
        self._scenario = scenario
        self._people = people
        self._happenings: deque[Happening] = deque(maxlen=KEPT)
        self._newest: tuple[Happening, ...] | None = None
        self._before: Snapshot | None = None
        self._late_until: dict[str, float] = {}

    def newest(self) -> tuple[Happening, ...]:
        """All that are kept, newest first."""
        if self._newest is None:
            self._newest = tuple(reversed(self._happenings))
        return self._newest

    def add(self, happening: Happening) -> None:
        """One more; told in the order of telling."""
        self._happenings.append(happening)
        self._newest = None

    def forget(self, since: float) -> None:
        """Drops what was observed from that time on: it belongs to a run that is not this one any more."""
        kept = [happening for happening in self._happenings if happening.at < since or happening.kind == "change"]
        self._happenings = deque(kept, maxlen=KEPT)
        self._late_until = {}
        self._newest = None

    def observe(self, snapshot: Snapshot) -> None:
        """Tells what changed since the snapshot before."""
        before, self._before = self._before, snapshot
        if before is None or snapshot.now <= before.now:
            return
        self._incidents(before.now, snapshot.now)
        self._shifts(before, snapshot)
        for team in snapshot.teams:
            self._queue(team, snapshot.now)

    def _incidents(self, since: float, now: float) -> None:
        for name, incident in self._scenario.incident.items():
            about = ", ".join(incident.topics) or "all topics"
            if since < incident.start <= now:
                self.add(Happening(incident.start, "incident", f"Incident {name}: {about} × {incident.factor:g} "
                                                               f"for {write_seconds(incident.length)}"))
            if since < (end := incident.start + incident.length) <= now:
                self.add(Happening(end, "incident", f"Incident {name} is over"))

    def _shifts(self, before: Snapshot, snapshot: Snapshot) -> None:
        planned = {team.name: team.planned for team in before.teams}
        moves = [f"{team.name} {planned[team.name]} → {team.planned}" for team in snapshot.teams
                 if team.name in planned and planned[team.name] != team.planned]
        if moves:
            more = f" and {len(moves) - 4} more teams" if len(moves) > 4 else ""
            self.add(Happening(snapshot.now, "shift", f"People planned: {', '.join(moves[:4])}{more}"))

    def _queue(self, team: TeamSnapshot, now: float) -> None:
        late = sum(team.late)
        if late >= max(2, BEHIND * len(team.people)) or (late and team.name in self._late_until):
            if team.name not in self._late_until:
                self.add(Happening(now, "late", f"{team.name} is late: {team.waiting} wait, {late} longer than they "
                                                f"expect; {self._first(team)} has for {_minutes(team.oldest or 0.0)}",
                                   None if team.first is None else team.first.need))
            self._late_until[team.name] = now + CALM
        elif team.name in self._late_until and now >= self._late_until[team.name]:
            del self._late_until[team.name]
            self.add(Happening(now, "in_time", f"{team.name} is back in time"))

    def _first(self, team: TeamSnapshot) -> str:
        """Who has waited longest, in words."""
        if team.first is None:
            return "the first"
        return f"{self._people.customer(team.first).name} ({team.first.segment}, {team.first.topic})"


def _minutes(seconds: float) -> str:
    """A wait as people say it."""
    return f"{seconds:.0f} s" if seconds < 2 * MINUTE else f"{seconds / MINUTE:.0f} min"
