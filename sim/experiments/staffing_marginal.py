"""What one more person, or one fewer, changes, hour by hour: the same weeks with the people of one stretch changed.

Each stretch of the week is tried on its own, as the intervention that a live floor would be given: `extra` at its start
and back at its end. Everything else, chance included, stays the same, so the differences are small and sure.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass

import numpy as np

from core.estimates import Difference, Replicated, replicated_ratio
from core.interventions import Intervention
from core.scenario import Scenario
from core.staffing.grid import Grid, planned
from core.staffing.targets import ALL, Scope
from core.units import DAY, HOUR, WEEK, WEEKDAYS, write_time_of_day
from sim.experiments.executor import Executor, Progress, executor
from sim.experiments.staffing_trials import Outcome, Trials

REPLICATIONS = 20
"""Of each stretch, with people more and with people fewer."""


@dataclass(frozen=True)
class Stretch:
    """Some hours of a day, for one team."""

    team: str
    start: float
    """Seconds since Monday 00:00."""
    length: float
    """Seconds."""
    people: float
    """On duty by the plan, on average over it."""
    calls: float
    """Conversations that join the team's queue in it, in an average week."""

    @property
    def name(self) -> str:
        """Such as "Mon 09:00-12:00"."""
        day, start = divmod(self.start, DAY)
        return f"{WEEKDAYS[int(day) % 7]} {write_time_of_day(start)}-{write_time_of_day(start + self.length)}"

    def changes(self, scenario: Scenario, more: int) -> list[Intervention]:
        """The interventions that put so many people more on it, in every week of the run."""
        extra = scenario.team[self.team].extra
        key = f"team.{self.team}.extra"
        weeks = math.ceil(scenario.length / WEEK)
        return [Intervention(week * WEEK + time, key, str(value)) for week in range(weeks)
                for time, value in ((self.start, extra + more), (self.start + self.length, extra))
                if week * WEEK + time < scenario.length]


@dataclass(frozen=True)
class Change:
    """What people more, or fewer, on a stretch do."""

    stretch: Stretch
    more: Outcome
    """With people more."""
    fewer: Outcome | None
    """With people fewer; None where there are not that many."""


@dataclass(frozen=True)
class Marginal:
    """Every stretch of the week in which someone is on duty."""

    scenario: Scenario
    people: int
    """How many more, and fewer."""
    seed: int
    base: Outcome
    changes: Sequence[Change]
    asked: int
    """How many stretches there are; more than `changes` where it was interrupted."""
    grid: Grid

    def in_time(self, outcome: Outcome, stretch: Stretch) -> Replicated:
        """The share answered in time of what joins the team's queue in the stretch itself."""
        place = list(self.scenario.team).index(stretch.team)
        inside = self.grid.covered(stretch.start, stretch.start + stretch.length)
        good, total = ([float(part[place].sum(axis=0) @ inside) for part in parts] for parts in (
            [sample.in_time for sample in outcome.samples], [sample.joined for sample in outcome.samples]))
        return replicated_ratio(good, total, "1")

    def in_time_more(self, change: Change, outcome: Outcome) -> float:
        """How many more conversations of the stretch itself are answered in time, in an average week."""
        then, now = (self.in_time(one, change.stretch).value or 0.0 for one in (outcome, self.base))
        return (then - now) * change.stretch.calls

    def gain(self, change: Change, metric: str, scope: Scope = ALL) -> Difference:
        """What people more do to a metric."""
        return change.more.minus(self.base, metric, scope)

    def loss(self, change: Change, metric: str, scope: Scope = ALL) -> Difference | None:
        """What people fewer do to a metric."""
        return change.fewer.minus(self.base, metric, scope) if change.fewer is not None else None


def marginal(scenario: Scenario, *, teams: Sequence[str] = (), people: int = 1, length: float = 3 * HOUR,
             days: Sequence[int] = (), scopes: Sequence[Scope] = (), seed: int = 1, replications: int = REPLICATIONS,
             jobs: int | None = None, where: Executor | None = None, progress: Progress | None = None) -> Marginal:
    """What so many people more, and fewer, change in each stretch of the week.

    Ctrl+C (KeyboardInterrupt) ends it with the stretches that have been tried; with none it is raised again.

    Args:
        scenario: the floor.
        teams: whose people; all if none is named.
        people: how many more, and fewer.
        length: of a stretch (s), a part of a day.
        days: weekdays, 0 is Monday; all if none is named.
        scopes: of what the differences are wanted beside everyone.
        seed: chance of the replications.
        replications: of each.
        jobs: processes; all processors if None.
        where: an executor to use instead of one of its own.
        progress: called with the replications done and how many it will take.
    """
    grid = Grid.of(scenario, min(length, HOUR))
    done, total = 0, replications

    def counted(more: int) -> None:
        nonlocal done
        done += more
        if progress is not None:
            progress(done, total)

    numbers = range(replications)
    with executor(jobs) if where is None else nullcontext(where) as place:
        trials = Trials(seed, grid, scopes, place, counted)
        base = trials.run(scenario, numbers)
        stretches = list(_stretches(scenario, grid, base, tuple(teams) or tuple(scenario.team), length, days))
        total += replications * sum(2 if stretch.people >= people else 1 for stretch in stretches)
        changes: list[Change] = []
        try:
            for stretch in stretches:
                more = trials.run(scenario, numbers, stretch.changes(scenario, people))
                fewer = (trials.run(scenario, numbers, stretch.changes(scenario, -people))
                         if stretch.people >= people else None)
                changes.append(Change(stretch, more, fewer))
        except KeyboardInterrupt:
            if not changes:
                raise
    return Marginal(scenario, people, seed, base, changes, len(stretches), grid)


def _stretches(scenario: Scenario, grid: Grid, base: Outcome, teams: Sequence[str], length: float,
               days: Sequence[int]) -> Iterator[Stretch]:
    joined = base.mean(lambda sample: sample.joined).sum(axis=1)
    for place, name in enumerate(scenario.team):
        if name not in teams:
            continue
        people = planned(scenario, scenario.team[name], grid)
        for day in range(grid.days):
            if days and day not in days:
                continue
            for step in range(round(DAY / length)):
                start = day * DAY + step * length
                if start >= scenario.length:
                    continue
                inside = grid.covered(start, start + length)
                # `extra` counts only while somebody is planned.
                there = float(inside @ people) / float(inside.sum())
                if there > 0:
                    yield Stretch(name, start, length, there, float(np.dot(joined[place], inside)))
