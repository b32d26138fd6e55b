"""The intervals of the week that a plan speaks of: equal steps from Monday 00:00 to the end of its last day."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.scenario import Scenario, Shift, Team
from core.units import DAY, WEEK, WEEKDAYS, write_time_of_day

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grid:
    """Steps of equal length (s) over the first `days` days of the week; with seven it closes on itself."""

    days: int
    step: float

    @staticmethod
    def of(scenario: Scenario, step: float) -> Grid:
        """The days that the scenario lives through, a week at most."""
        return Grid(min(7, math.ceil(scenario.length / DAY)), step)

    def __len__(self) -> int:
        return self.days * self.steps_a_day

    @property
    def steps_a_day(self) -> int:
        """How many make a day."""
        return round(DAY / self.step)

    @property
    def span(self) -> float:
        """Seconds from Monday 00:00 to its end."""
        return self.days * DAY

    def day(self, interval: int) -> int:
        """The weekday of an interval, 0 is Monday."""
        return interval // self.steps_a_day

    def start(self, interval: int) -> float:
        """Where it starts, seconds since midnight of its day."""
        return interval % self.steps_a_day * self.step

    def name(self, interval: int) -> str:
        """Such as "Mon 09:00"."""
        return f"{WEEKDAYS[self.day(interval)]} {write_time_of_day(self.start(interval))}"

    def covered(self, start: float, end: float) -> Array:
        """How much of each interval lies between two times (s since Monday 00:00), a share from 0 to 1.

        What goes beyond Sunday is on Monday; beyond an earlier last day it is outside.
        """
        edges = np.arange(len(self) + 1) * self.step
        shares = np.zeros(len(self))
        for week in range(math.floor(start / self.span), math.ceil(end / self.span)) if self.days == 7 else (0,):
            low, high = start - week * self.span, end - week * self.span
            shares += np.clip(np.minimum(edges[1:], high) - np.maximum(edges[:-1], low), 0.0, None) / self.step
        return shares

    def at(self, times: Array) -> NDArray[np.int64]:
        """The interval of each time (s since Monday 00:00 of the first week), later weeks folded onto the first."""
        folded = times % self.span if self.days == 7 else np.minimum(times, self.span - 1.0)
        places: NDArray[np.int64] = (folded // self.step).astype(np.int64)
        return places


def planned(scenario: Scenario, team: Team, grid: Grid) -> Array:
    """People whom a team's own plan has on duty in each interval, on average over it; `extra` counts, hires do not."""
    people = np.zeros(len(grid))
    if team.agents is not None:
        people += team.agents
    for name, count in team.shifts.items():
        people += count * _shift_hours(scenario.shift[name], grid)
    if team.schedule is not None:
        profile = scenario.profile[team.schedule]
        for day in range(grid.days):
            for step, wanted in enumerate(profile.day(day)):
                start = day * DAY + step * profile.every
                people += round(wanted) * grid.covered(start, start + profile.every)
    return np.where(people > 0, np.maximum(people + team.extra, 0.0), 0.0)


def hired(scenario: Scenario, team: str, grid: Grid, open_hours: Array) -> tuple[Array, Array]:
    """People whom a team gets as new hires on the way: on duty, and paid, in each interval on average over the run.

    They come on top of the plan, on their shift, or (without one) whenever it has anyone; paid from their training on.
    """
    on_duty, paid = np.zeros(len(grid)), np.zeros(len(grid))
    weeks = max(1, math.ceil(scenario.length / WEEK)) if grid.days == 7 else 1
    for group in scenario.hire.values():
        if group.team != team:
            continue
        shift = scenario.shift[group.shift] if group.shift is not None else None
        hours = _shift_hours(shift, grid) if shift is not None else np.minimum(np.ceil(open_hours), 1.0)
        starts = np.arange(len(grid)) * grid.step
        for week in range(weeks):
            for since, there in ((group.joins, on_duty), (group.joins - group.trained, paid)):
                come = np.clip((starts + grid.step + week * WEEK - since) / grid.step, 0.0, 1.0)
                there += group.people * hours * come / weeks
    return on_duty, paid


def _shift_hours(shift: Shift, grid: Grid) -> Array:
    hours = np.zeros(len(grid))
    for day in range(grid.days):
        if shift.works(day):
            hours += grid.covered(day * DAY + shift.start, day * DAY + shift.start + shift.length)
    return hours


def cost_per_hour(scenario: Scenario, team: str) -> float:
    """Cost of one paid hour of a team's people, on average over their levels."""
    settings = scenario.team[team]
    weights = settings.levels
    total = math.fsum(weights.values())
    if total <= 0:
        return settings.cost_per_hour
    costs = {name: scenario.level[name].cost_per_hour for name in weights}
    return math.fsum(weight * (settings.cost_per_hour if (cost := costs[name]) is None else cost)
                     for name, weight in weights.items()) / total
