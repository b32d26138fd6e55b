"""The rota: who is at work when, from shifts, schedules or a record; with breaks, absence and spells away.

What a person's day looks like is drawn from a stream of that person and day, so a change of staffing leaves everyone
else's day as it was.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import groupby, pairwise

import simpy

from core import elementary
from core.distributions import TICK, on_tick
from core.scenario import Scenario, Shift, Shrinkage
from core.streams import Stream
from core.units import DAY
from sim.careers import Careers, Person
from sim.clock import Clock
from sim.common import CommonDay
from sim.crew import Crew
from sim.replay import Presence

_SPELLS_AT_ONCE = 16
_NEVER = 1e12
"""Mean time between spells away (s) that no run lives to see; next to no share away may ask for an infinite one."""


@dataclass(frozen=True, slots=True)
class Stint:
    """A stretch on duty of one person (s), the pauses in it as (start, length), and whether they came at all.

    In the plan `person` names a place on the rota; `Rota._day` puts in whoever holds it.
    """

    person: str
    start: float
    end: float
    pauses: tuple[tuple[float, float], ...] = ()
    breaks: int = 0
    """How many of the pauses, the first ones, are breaks of the shift; the others are spells away."""
    absent: bool = False
    paid: bool = True
    """False for a place that is vacant."""


class Rota:
    """Brings the people of one team to work and home again."""

    def __init__(self, clock: Clock, team: Crew, scenario: Scenario, seed: int, replication: int,
                 presences: Iterable[Presence] = (), common: CommonDay | None = None):
        self._clock = clock
        self._team = team
        self.team = team.name
        self._seed, self._replication = seed, replication
        self._common = common
        """Shared with other floors of this seed and replication."""
        self._recorded = _by_day(presence for presence in presences if presence.team == team.name)
        self.careers = Careers(team.name, scenario, seed, replication)
        self._people: dict[str, Person] = {}
        self._branched: tuple[int, int] | None = None
        """The last day that is known already, and the replication of those after it."""
        self._version = 0
        self._here: set[str] = set()
        self.configure(scenario)

    def branch(self, replication: int, day: int) -> None:
        """The days after that one are drawn as in another replication."""
        self._branched = day, replication

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's plan: who is at work changes at once where it has to."""
        self._scenario = scenario
        self._settings = scenario.team[self._team.name]
        self.careers.configure(scenario)
        self._version += 1
        self._clock.process(self._work_the_plan(self._version))

    def _work_the_plan(self, version: int) -> Generator[simpy.Event, None, None]:
        """A SimPy process: from now on, each change of who is on duty and each pause."""
        now = self._clock.now
        day = math.floor(now / DAY)
        # People of yesterday's shift may still be on duty.
        staying = [stint for stint in self._day(day - 1) if stint.end > now] if day else []
        while True:
            self.careers.turn_day(day, self._team.strain)
            today = [*staying, *self._day(day)]
            for time, moves, pauses in self._changes(today, max(now, day * DAY), (day + 1) * DAY):
                if time > self._clock.now:
                    yield self._clock.timeout(time - self._clock.now)
                    if version != self._version:
                        return
                if moves:
                    self._change(time, [stint for stint in today if stint.start <= time < stint.end])
                for person, length, is_break in pauses:
                    if person in self._here:
                        self._team.pause(person, length, is_break)
            staying = [stint for stint in today if stint.end > (day + 1) * DAY]
            day += 1
            if day * DAY > self._clock.now:
                yield self._clock.timeout(day * DAY - self._clock.now)
                if version != self._version:
                    return

    @staticmethod
    def _changes(stints: list[Stint], start: float,
                 end: float) -> list[tuple[float, bool, list[tuple[str, float, bool]]]]:
        """The times from start to end at which something happens: whether someone may come or go, and the pauses that
        begin.

        Of each pause who it is, how long, and whether it is a break of the shift.
        """
        moves = {start}
        times: dict[float, list[tuple[str, float, bool]]] = {}
        for stint in stints:
            moves.update(time for time in (stint.start, stint.end) if start < time < end)
            for at, (time, length) in enumerate(stint.pauses):
                if start < time < end or time == start == stint.start:
                    times.setdefault(time, []).append((stint.person, length, at < stint.breaks))
        return [(time, time in moves, sorted(times.get(time, ()))) for time in sorted(moves.union(times))]

    def _change(self, now: float, on_duty: list[Stint]) -> None:
        """From now on these are on duty."""
        here = {stint.person for stint in on_duty if not stint.absent}
        for person in sorted(self._here - here, key=_rank):
            self._team.leave(person)
        for person in sorted(here - self._here, key=_rank):
            self._team.arrive(self._people.get(person) or Person(person))
        for stint in on_duty:
            if stint.start == now and stint.person in self._here and not stint.absent:
                self._team.begin_duty(stint.person)
        self._here = here
        paid = {stint.person for stint in on_duty if stint.paid}
        alike = self.careers.alike
        self._team.plan({-1: len(paid)} if alike else Counter(self._level(person) for person in paid))

    def _level(self, person: str) -> int:
        return self._people[person].level if person in self._people else -1

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
        stints = [*_with_extra(planned, self._settings.extra), *self._new_people(planned, day)]
        return [self._live(stint, day) for stint in stints]

    def _new_people(self, planned: list[Stint], day: int) -> Iterator[Stint]:
        """The stints of those hired, on their shift or whenever anyone is planned: paid in training, then on duty."""
        for name, group in self._scenario.hire.items():
            begins = group.joins - group.trained
            if group.team != self._team.name or begins >= (day + 1) * DAY:
                continue
            spans = [(stint.start, stint.end) for stint in planned]
            if group.shift is not None:
                shift, start = self._scenario.shift[group.shift], day * DAY
                spans = [(start + shift.start, start + shift.start + shift.length)] if shift.works(day % 7) else []
            for start, end in _joined(spans):
                for number in range(group.people):
                    place, start = f"hire/{name}/{number + 1}", max(start, begins)
                    if start < min(end, group.joins):
                        yield Stint(place, on_tick(start), on_tick(min(end, group.joins)), absent=True)
                    if max(start, group.joins) < end:
                        yield _stint(place, max(start, group.joins), end)

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
        """The stint with who works it, and what happens in it: absence, breaks, spells away, reviews."""
        place, shift = stint.person, self._shift(stint.person)
        person = self.careers.person(place)
        if person is None:
            paid = self.careers.in_training(place, stint.start)
            return Stint(place, stint.start, stint.end, absent=True, paid=paid)
        if not self.careers.alike:
            self._people[person.key] = person
        if stint.absent:
            return Stint(person.key, stint.start, stint.end, absent=True)  # in training
        shrinkage, reviews = self._settings.shrinkage, self._scenario.quality.reviews
        if shift is None and shrinkage.absent == 0.0 and shrinkage.away == 0.0 and not reviews:
            return Stint(person.key, stint.start, stint.end)
        if self._common is None:
            filled = self._filled(stint, shift, day)
        else:
            settings = self._chance_of(day), shift, shrinkage, reviews, self._scenario.quality.review_time
            filled = self._common.stint((self.team, place, stint.start, stint.end), settings,
                                        lambda: self._filled(stint, shift, day))
        return filled if person.key == place else replace(filled, person=person.key)

    def _filled(self, stint: Stint, shift: Shift | None, day: int) -> Stint:
        """The stint of a place with what happens in it, whoever holds the place."""
        shrinkage, reviews = self._settings.shrinkage, self._scenario.quality.reviews
        stream = self._stream(f"rota/{self.team}/{stint.person}", day)
        asked = 1 if shift is None else 1 + max(1, len(shift.breaks))
        u = stream.uniform(asked + _SPELLS_AT_ONCE).tolist()
        if u[0] < shrinkage.absent:
            return Stint(stint.person, stint.start, stint.end, absent=True)
        pauses = _breaks(stint, shift, u[1:asked], day) if shift is not None else []
        breaks = len(pauses)
        pauses += _spells(stint, shrinkage, u[asked:], stream)
        if reviews:
            days = 7 if shift is None else len(shift.days)
            pauses += self._reviews(stint, reviews / days, f"reviews/{self.team}/{stint.person}", day)
        return Stint(stint.person, stint.start, stint.end, tuple(pauses), breaks)

    def _shift(self, place: str) -> Shift | None:
        """The shift of a place on the rota; None where it has none."""
        kind, _, rest = place.partition("/")
        if kind == "hire":
            name = self._scenario.hire[rest.partition("/")[0]].shift
            return None if name is None else self._scenario.shift[name]
        return self._scenario.shift.get(kind) if self._settings.shifts else None

    def _chance_of(self, day: int) -> int:
        """The replication whose chances hold on that day: another one's where the day is not known yet."""
        known, other = self._branched or (day, self._replication)
        return self._replication if day <= known else other

    def _stream(self, name: str, day: int) -> Stream:
        """The chances of that name on that day."""
        return Stream(self._seed, self._chance_of(day), f"{name}/day {day}")

    def _reviews(self, stint: Stint, number: float, name: str, day: int) -> list[tuple[float, float]]:
        """Pauses for reviewing colleagues' conversations, anywhere in the stint."""
        length = on_tick(self._scenario.quality.review_time)
        first, *others = self._stream(name, day).uniform(int(number) + 2).tolist()
        return [(on_tick(stint.start + u * (stint.end - stint.start)), length) for u in others[:int(number + first)]]


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


def _breaks(stint: Stint, shift: Shift, u: list[float], day: int) -> list[tuple[float, float]]:
    """The shift's breaks on that day, each somewhere in its stagger."""
    starts = []
    for one, chance in zip(shift.breaks, u, strict=False):
        start = day * DAY + one.start + math.floor(one.stagger * chance)
        start += DAY if start < stint.start else 0.0
        if start < stint.end:
            starts.append((on_tick(start), on_tick(one.length)))
    return starts


def _spells(stint: Stint, shrinkage: Shrinkage, u: list[float], stream: Stream) -> list[tuple[float, float]]:
    """Spells away: an alternation of exponential times, in its steady state from the start.

    By the chances `u`, and by further ones of the stream where they do not suffice.
    """
    away = shrinkage.away
    if away == 0.0:
        return []
    there = min(shrinkage.spell * (1.0 - away) / away, _NEVER)
    spells, now, end = [], stint.start, stint.end
    is_away, place = u[0] < away, 1
    while now < end:
        if place == len(u):
            u, place = stream.uniform(_SPELLS_AT_ONCE).tolist(), 0
        length = math.ceil(-elementary.log_of(u[place]) * (shrinkage.spell if is_away else there) / TICK) * TICK
        if is_away:
            spells.append((now, length))
        now, is_away, place = now + length, not is_away, place + 1
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


def _joined(spans: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The times in which any of the spans lasts."""
    joined: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _rank(person: str) -> tuple[str, int, int]:
    """People in the order of their shift, number, and turn in that place."""
    shift, _, number = person.rpartition("/")
    place, _, turn = number.partition("#")
    return shift, int(place) if place.isdigit() else 0, int(turn or 1)


def _by_day(presences: Iterable[Presence]) -> dict[int, list[Stint]] | None:
    """Recorded stretches by the day that they start on; None where there are none."""
    days: dict[int, list[Stint]] = {}
    for presence in presences:
        day = math.floor(presence.start / DAY)
        days.setdefault(day, []).append(_stint(presence.person, presence.start, presence.end))
    return days or None
