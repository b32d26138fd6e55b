"""The rota: who is at work when, from shifts, schedules or a record; with breaks, absence and spells away.

What a person's day looks like is drawn from a stream of that person and day, so a change of staffing leaves everyone
else's day as it was.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

import simpy

from core import elementary
from core.distributions import TICK, on_tick
from core.scenario import Scenario, Shift, Shrinkage
from core.streams import Stream
from core.units import DAY
from sim.clock import Clock
from sim.replay import Presence
from sim.team import Team

_SPELLS_AT_ONCE = 32
_NEVER = 1e12
"""Mean time between spells away (s) that no run lives to see; next to no share away may ask for an infinite one."""


@dataclass(frozen=True, slots=True)
class Stint:
    """A stretch on duty of one person (s), the pauses in it as (start, length), and whether they came at all."""

    person: str
    start: float
    end: float
    pauses: tuple[tuple[float, float], ...] = ()
    absent: bool = False


class Rota:
    """Brings the people of one team to work and home again."""

    def __init__(self, clock: Clock, team: Team, scenario: Scenario, seed: int, replication: int,
                 presences: Iterable[Presence] = ()):
        self._clock = clock
        self._team = team
        self.team = team.name
        self._seed, self._replication = seed, replication
        self._recorded = _by_day(presence for presence in presences if presence.team == team.name)
        self._version = 0
        self._here: set[str] = set()
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's plan: who is at work changes at once where it has to."""
        self._scenario = scenario
        self._settings = scenario.team[self._team.name]
        self._version += 1
        self._clock.process(self._work_the_plan(self._version))

    def _work_the_plan(self, version: int) -> Generator[simpy.Event, None, None]:
        """A SimPy process: from now on, each change of who is on duty and each pause."""
        now = self._clock.now
        day = math.floor(now / DAY)
        # People of yesterday's shift may still be on duty.
        staying = [stint for stint in self._day(day - 1) if stint.end > now] if day else []
        while True:
            today = [*staying, *self._day(day)]
            for time, pauses in self._changes(today, max(now, day * DAY), (day + 1) * DAY):
                if time > self._clock.now:
                    yield self._clock.timeout(time - self._clock.now)
                    if version != self._version:
                        return
                self._change([stint for stint in today if stint.start <= time < stint.end])
                for person, length in pauses:
                    if person in self._here:
                        self._team.pause(person, length)
            staying = [stint for stint in today if stint.end > (day + 1) * DAY]
            day += 1
            if day * DAY > self._clock.now:
                yield self._clock.timeout(day * DAY - self._clock.now)
                if version != self._version:
                    return

    @staticmethod
    def _changes(stints: list[Stint], start: float, end: float) -> list[tuple[float, list[tuple[str, float]]]]:
        """The times from start to end at which someone comes or goes, and the pauses (who, how long) that begin."""
        times: dict[float, list[tuple[str, float]]] = {start: []}
        for stint in stints:
            for time in (stint.start, stint.end):
                if start < time < end:
                    times.setdefault(time, [])
            for time, length in stint.pauses if not stint.absent else ():
                if start < time < end or time == start == stint.start:
                    times.setdefault(time, []).append((stint.person, length))
        return [(time, sorted(pauses)) for time, pauses in sorted(times.items())]

    def _change(self, on_duty: list[Stint]) -> None:
        """From now on these are on duty."""
        here = {stint.person for stint in on_duty if not stint.absent}
        for person in sorted(self._here - here, key=_rank):
            self._team.leave(person)
        for person in sorted(here - self._here, key=_rank):
            self._team.arrive(person)
        self._here = here
        self._team.plan(len({stint.person for stint in on_duty}))

    def headcount(self) -> int:
        """People that the plan has on duty now, `extra` left out."""
        now = self._clock.now
        day = math.floor(now / DAY)
        return sum(stint.start <= now < stint.end for when in (day - 1, day) if when >= 0
                   for stint in (self._recorded.get(when, []) if self._recorded is not None else self.planned(when)))

    # Who works on a day

    def _day(self, day: int) -> list[Stint]:
        """Everyone's stints that start on that day."""
        if self._recorded is not None:
            return self._recorded.get(day, [])
        planned = list(self.planned(day))
        stints = _with_extra(planned, self._settings.extra)
        return [self._live(stint, day) for stint in stints]

    def planned(self, day: int) -> Iterator[Stint]:
        """The plan's stints that start on that day, without extra people, breaks and absences."""
        settings, start = self._settings, day * DAY
        if settings.agents is not None:
            for number in range(settings.agents):
                yield _stint(f"agent/{number + 1}", start, start + DAY)
        for name, people in settings.shifts.items():
            shift = self._scenario.shift[name]
            if shift.works(day % 7):
                for number in range(people):
                    yield _stint(f"{name}/{number + 1}", start + shift.start, start + shift.start + shift.length)
        if settings.schedule is not None:
            profile = self._scenario.profile[settings.schedule]
            steps = [round(people) for people in profile.day(day % 7)]
            for number in range(max(steps)):
                for stretch in _stretches([people > number for people in steps]):
                    yield _stint(f"agent/{number + 1}", start + stretch.start * profile.every,
                                 start + stretch.stop * profile.every)

    def _live(self, stint: Stint, day: int) -> Stint:
        """The stint with what happens in it: absence, breaks, spells away."""
        shift = self._scenario.shift.get(stint.person.split("/")[0]) if self._settings.shifts else None
        shrinkage = self._settings.shrinkage
        if shift is None and shrinkage.absent == 0.0 and shrinkage.away == 0.0:
            return stint
        stream = Stream(self._seed, self._replication, f"rota/{self._team.name}/{stint.person}/day {day}")
        absent = bool(stream.uniform(1)[0] < shrinkage.absent)
        breaks = _breaks(stint, shift, stream, day) if shift is not None else []
        return Stint(stint.person, stint.start, stint.end, (*breaks, *_spells(stint, shrinkage, stream)), absent)


def _stint(person: str, start: float, end: float) -> Stint:
    return Stint(person, on_tick(start), on_tick(end))


def _stretches(at_work: list[bool]) -> Iterator[range]:
    """The runs of steps in which someone is at work."""
    step = 0
    for there, run in groupby(at_work):
        length = len(list(run))
        if there:
            yield range(step, step + length)
        step += length


def _breaks(stint: Stint, shift: Shift, stream: Stream, day: int) -> list[tuple[float, float]]:
    """The shift's breaks on that day, each somewhere in its stagger."""
    u = stream.uniform(max(1, len(shift.breaks)))
    starts = []
    for one, chance in zip(shift.breaks, u, strict=False):
        start = day * DAY + one.start + math.floor(one.stagger * float(chance))
        start += DAY if start < stint.start else 0.0
        if start < stint.end:
            starts.append((on_tick(start), on_tick(one.length)))
    return starts


def _spells(stint: Stint, shrinkage: Shrinkage, stream: Stream) -> list[tuple[float, float]]:
    """Spells away: an alternation of exponential times, in its steady state from the start."""
    away = shrinkage.away
    if away == 0.0:
        return []
    there = min(shrinkage.spell * (1.0 - away) / away, _NEVER)
    spells, now = [], stint.start
    u = stream.uniform(_SPELLS_AT_ONCE)
    is_away = bool(u[0] < away)
    times = -elementary.log(u[1:])
    while now < stint.end:
        for time in times:
            length = math.ceil(float(time) * (shrinkage.spell if is_away else there) / TICK) * TICK
            if is_away:
                spells.append((now, length))
            now, is_away = now + length, not is_away
            if now >= stint.end:
                break
        times = -elementary.log(stream.uniform(_SPELLS_AT_ONCE))
    return spells


def _with_extra(planned: list[Stint], extra: int) -> list[Stint]:
    """The plan with people added whenever anyone is planned, or the last ones taken off."""
    if extra == 0 or not planned:
        return planned
    edges = sorted({edge for stint in planned for edge in (stint.start, stint.end)})
    spans: dict[str, list[list[float]]] = {}
    for start, end in pairwise(edges):
        on = [stint.person for stint in planned if stint.start <= start < stint.end]
        more = [f"extra/{number + 1}" for number in range(extra)] if on else []
        for person in [*on[:max(len(on) + min(extra, 0), 0)], *more]:
            mine = spans.setdefault(person, [])
            if mine and mine[-1][1] == start:
                mine[-1][1] = end
            else:
                mine.append([start, end])
    return [Stint(person, start, end) for person, mine in spans.items() for start, end in mine]


def _rank(person: str) -> tuple[str, int]:
    """People in the order of their shift and number."""
    shift, _, number = person.rpartition("/")
    return shift, int(number) if number.isdigit() else 0


def _by_day(presences: Iterable[Presence]) -> dict[int, list[Stint]] | None:
    """Recorded stretches by the day that they start on; None where there are none."""
    days: dict[int, list[Stint]] = {}
    for presence in presences:
        day = math.floor(presence.start / DAY)
        days.setdefault(day, []).append(_stint(presence.person, presence.start, presence.end))
    return days or None
