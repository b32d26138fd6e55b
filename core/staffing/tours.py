"""Tours: who could work when. A tour is a shift with its days of the week; a plan says how many people are on each.

`tours` makes them from rules (lengths, breaks, start grid, days in a row, part time); `own_tours` are the shifts that a
scenario has already; `single_steps` are people who come for one interval, which no one does but a lower bound may.
`with_people` puts a plan into a scenario.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from core.errors import ExperimentError
from core.scenario import Break, Profile, Scenario, Shift
from core.scenario.demand import DAY_KEYS
from core.staffing.grid import Grid
from core.units import DAY, HOUR, MINUTE, WEEKDAYS, write_seconds

Array = NDArray[np.float64]

_MOSTLY_OPEN = 0.9
"""Share of a tour's time that must lie in opening hours, where these can be covered so."""


class RulesError(ExperimentError):
    """Rules of work from which no shift can be made."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Which shifts people can work; times in seconds."""

    length: float = 8 * HOUR
    """From the start to the end of a full shift, break included (and paid)."""
    rest: float = 30 * MINUTE
    """The break in it, around its middle, taken in turns."""
    days: int = 5
    """Days in a row that a full-time person works, the others are off."""
    every: float = HOUR
    """Shifts start at multiples of this."""
    part_time: float = 0.25
    """Most people, as a share of all of a team, who work part time: half shifts, or full ones on two days."""
    at_least: int = 1
    """People on duty whenever the team is open."""

    def check(self) -> None:
        """Raises:
            RulesError: with all that is wrong.
        """
        wrong = []
        if not 2 * HOUR <= self.length <= 14 * HOUR:
            wrong.append(f"a shift lasts from 2h to 14h, given {write_seconds(self.length)}")
        if not 0 <= self.rest <= self.length / 3:
            wrong.append(f"a break lasts a third of the shift at most, given {write_seconds(self.rest)}")
        if self.every < 15 * MINUTE or DAY % self.every:
            wrong.append(f"the start grid divides a day and is 15m or more, given {write_seconds(self.every)}")
        if not 1 <= self.days <= 7:
            wrong.append(f"days in a row are from 1 to 7, given {self.days}")
        if wrong:
            raise RulesError("\n".join(wrong))


@dataclass(frozen=True, slots=True, eq=False)
class Tour:
    """A shift that people can be on, or (without one) a single interval that somebody comes for."""

    name: str
    shift: Shift | None
    part_time: bool
    duty: Array
    """Share of each interval on duty."""
    present: Array
    """Share of each interval at work, breaks left out."""
    hours: float
    """Paid hours of one place over the grid's days: of one person, where nobody has to take turns."""
    turns: float = 1.0
    """People for one place: more than one where it is on duty on more days than a person works in a row."""

    def heads(self, places: int) -> int:
        """People that it takes to fill so many places."""
        return math.ceil(places * self.turns - 1e-9) if self.shift is not None else 0

    def describe(self) -> str:
        """Days and hours in words."""
        return self.name if self.shift is None else f"{days_in_words(self.shift.days)} {_clock(self.shift)}"


def tours(rules: Rules, grid: Grid, open_hours: Array) -> list[Tour]:
    """Every tour that the rules allow and that lies mostly within opening hours.

    Args:
        rules: the rules of work.
        grid: the intervals.
        open_hours: share of each interval in which the team is open.
    """
    rules.check()
    full = [(rules.length, rules.days, False)]
    # Half a shift is long enough to come for from four hours on; under that nobody is asked to.
    half = max(4 * HOUR, round(rules.length / 2 / rules.every) * rules.every)
    part = [(half, rules.days, True), (rules.length, min(2, rules.days), True)] if rules.part_time > 0 else []
    made: dict[tuple[tuple[str, ...], float, float], Tour] = {}
    for length, days, part_time in (*full, *part):
        for pattern in _patterns(days, grid.days):
            for step in range(round(DAY / rules.every)):
                start = step * rules.every
                tour = _tour(_shift(pattern, start, length, rules), part_time, grid)
                if tour.duty.any():
                    made.setdefault((pattern, start, length), tour)
    inside = {tour: float(tour.duty @ open_hours) / float(tour.duty.sum()) for tour in made.values()}
    kept = {tour for tour, share in inside.items() if share >= _MOSTLY_OPEN}
    covered = np.sum([tour.duty for tour in kept], axis=0) if kept else np.zeros(len(grid))
    for interval in np.flatnonzero((open_hours > 0) & (covered == 0)).tolist():
        # Hours that are too short, or too early, for a shift: those that lie outside the least.
        there = {tour: share for tour, share in inside.items() if tour.duty[interval] > 0}
        most = max(there.values(), default=0.0)
        kept.update(tour for tour, share in there.items() if share >= most - 1e-9)
    return [tour for tour in made.values() if tour in kept]


def own_tours(scenario: Scenario, grid: Grid, days: int) -> list[Tour]:
    """The shifts that the scenario has; nobody counts as a part-timer there.

    Those of more days of the week than a person works (`days`) take people who take turns.
    """
    return [replace(_tour(shift, False, grid, name), turns=max(1.0, len(shift.days) / days))
            for name, shift in scenario.shift.items()]


def single_steps(grid: Grid, open_hours: Array) -> list[Tour]:
    """One person for one interval, for each that is open."""
    made = []
    for interval in np.flatnonzero(open_hours > 0).tolist():
        share = np.zeros(len(grid))
        share[interval] = 1.0
        made.append(Tour(grid.name(interval), None, False, share, share, grid.step / HOUR))
    return made


def _patterns(days: int, there: int) -> list[tuple[str, ...]]:
    """Days in a row from each weekday on, those that the grid has."""
    found: dict[tuple[str, ...], None] = {}
    for first in range(7 if days < 7 else 1):
        at = sorted(day % 7 for day in range(first, first + days))
        found.setdefault(tuple(WEEKDAYS[day] for day in at if day < there))
    return [pattern for pattern in found if pattern]


def _shift(days: tuple[str, ...], start: float, length: float, rules: Rules) -> Shift:
    breaks: tuple[Break, ...] = ()
    if rules.rest > 0 and length > 5 * HOUR:
        stagger = round(length / 4 / (15 * MINUTE)) * 15 * MINUTE
        first = round((length - rules.rest - stagger) / 2 / (15 * MINUTE)) * 15 * MINUTE
        breaks = (Break(start=(start + first) % DAY, length=rules.rest, stagger=stagger),)
    # An end at midnight is written 24:00, as of a shift that starts before it.
    end = (start + length) % DAY or DAY
    try:
        return Shift.model_validate({"days": days, "start": start, "end": end, "breaks": breaks})
    except ValidationError as error:  # rules that were checked make shifts that can be
        raise RulesError(str(error)) from error


def _tour(shift: Shift, part_time: bool, grid: Grid, name: str | None = None) -> Tour:
    duty, away, starts = np.zeros(len(grid)), np.zeros(len(grid)), 0
    for day in range(grid.days):
        if not shift.works(day):
            continue
        starts += 1
        start = day * DAY + shift.start
        duty += grid.covered(start, start + shift.length)
        for rest in shift.breaks:
            first = day * DAY + rest.start + (DAY if rest.start < shift.start else 0.0)
            # Somewhere in its stagger: each part of that span is spent away with the same chance.
            away += grid.covered(first, first + rest.stagger + rest.length) * rest.length / (rest.stagger + rest.length)
    return Tour(name or _name(shift), shift, part_time, duty, np.maximum(duty - away, 0.0),
                starts * shift.length / HOUR)


def _name(shift: Shift) -> str:
    return f"{days_in_words(shift.days)} {_clock(shift)}".lower().replace(":", "").replace(" ", "-").replace(",", "-")


def _clock(shift: Shift) -> str:
    return "-".join(f"{int(time // 3600):02d}:{int(time % 3600 // 60):02d}" for time in (shift.start, shift.end))


def days_in_words(days: Sequence[str]) -> str:
    """Mon-Fri, Sun-Thu, or Mon,Wed where they are not in a row."""
    if len(days) == 7:
        return "Mon-Sun"
    if len(days) == 1:
        return days[0]
    places = {WEEKDAYS.index(day) for day in days}
    firsts = [day for day in sorted(places) if (day - 1) % 7 not in places]
    if len(firsts) > 1:
        return ",".join(WEEKDAYS[day] for day in sorted(places))
    return f"{WEEKDAYS[firsts[0]]}-{WEEKDAYS[(firsts[0] + len(places) - 1) % 7]}"


def with_people(scenario: Scenario, grid: Grid, plans: Mapping[str, Mapping[Tour, int]]) -> Scenario:
    """The scenario with these people on these tours, by team; shifts and schedules that nobody is on are gone."""
    shifts, profiles, teams = dict(scenario.shift), dict(scenario.profile), dict(scenario.team)
    for team in plans:
        teams[team] = teams[team].model_copy(update={"agents": None, "shifts": {}, "schedule": None, "extra": 0})
    used = {name for team in teams.values() for name in team.shifts}
    used |= {group.shift for group in scenario.hire.values() if group.shift is not None}
    shifts = {name: shift for name, shift in shifts.items() if name in used}
    for team, people in plans.items():
        counts: dict[str, int] = {}
        steps = np.zeros(len(grid))
        for tour, count in people.items():
            if count <= 0:
                continue
            if tour.shift is None:
                steps += count * tour.duty
            else:
                name = _free_name(tour, shifts)
                shifts[name] = tour.shift
                counts[name] = count
        if counts:
            teams[team] = teams[team].model_copy(update={"shifts": counts})
        elif people and next(iter(people)).shift is None:
            profiles[f"people-{team}"[:40]] = _profile(steps, grid)
            teams[team] = teams[team].model_copy(update={"schedule": f"people-{team}"[:40]})
        else:
            teams[team] = teams[team].model_copy(update={"agents": 0})
    spoken = {scenario.demand.profile, *(topic.profile for topic in scenario.topic.values()),
              *(team.schedule for team in teams.values())}
    before = {team.schedule for team in scenario.team.values()} - spoken
    profiles = {name: profile for name, profile in profiles.items() if name not in before}
    return scenario.model_copy(update={"shift": shifts, "profile": profiles, "team": teams})


def _free_name(tour: Tour, taken: Mapping[str, Shift]) -> str:
    name, number = tour.name[:36], 2
    while name in taken and taken[name] != tour.shift:
        name, number = f"{tour.name[:36]}-{number}", number + 1
    return name


def _profile(steps: Array, grid: Grid) -> Profile:
    days = np.rint(steps).reshape(grid.days, grid.steps_a_day)
    lists = {DAY_KEYS[day]: tuple(numbers.tolist()) for day, numbers in enumerate(days)}
    return Profile(every=grid.step, **lists)
