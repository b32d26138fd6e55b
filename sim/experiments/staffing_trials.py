"""Trials of staffing: replications of many plans under common random numbers, and what a plan needs to know of them.

A search tries dozens of plans with one executor; `Sample` is what comes back of one
replication: sums for every metric, of everyone and of each scope that a target speaks of, and what happened by
interval of the week.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.estimates import CONFIDENCE, Difference, Estimate, Replicated
from core.interventions import Intervention
from core.records import Records
from core.scenario import Scenario
from core.staffing.grid import Grid
from core.staffing.targets import ALL, Scope, Target
from core.tally import Hours, Tally, replicated
from core.units import WEEK
from core.view import View
from sim.experiments.executor import Executor
from sim.floor import Floor

Array = NDArray[np.float64]
Counted = Callable[[int], None]
"""Called with how many more replications are done."""


@dataclass(frozen=True)
class Sample:
    """What one replication came to."""

    replication: int
    tallies: dict[Scope, Tally]
    joined: Array
    """Conversations that joined a queue in each interval of a week, shape (teams, channels, intervals)."""
    in_time: Array
    """Those of them answered within the service level's threshold."""
    work: Array
    """Their handle time (s)."""
    paid: Array
    """Paid hours of each team over the run."""


def measure(replication: int, *, scenario: Scenario, seed: int, interventions: Sequence[Intervention],
            scopes: Sequence[Scope], grid: Grid) -> Sample:
    """One replication from start to end."""
    floor = Floor(scenario, seed, replication, interventions)
    floor.advance(scenario.length)
    rows = floor.records()
    tallies = {ALL: floor.tally()}
    for scope in scopes:
        if scope.name:
            part = Tally()
            part.add(View(_of(rows, scope, scenario), scenario, floor.now, scenario.warm_up))
            tallies[scope] = part.finish(Hours(), floor.now - scenario.warm_up)
    view = View(rows, scenario, floor.now, scenario.warm_up)
    # Intervals that a run of several weeks lives through more often count as one week.
    weeks = max(1.0, (scenario.length - scenario.warm_up) / WEEK) if grid.days == 7 else 1.0

    def by_interval(chosen: NDArray[np.bool_], weights: Array | None = None) -> Array:
        shape = (len(scenario.team), len(scenario.channel), len(grid))
        where = np.ravel_multi_index((rows.team[chosen], rows.channel[chosen], grid.at(rows.queued[chosen])), shape)
        sums = np.bincount(where, None if weights is None else weights[chosen], minlength=int(np.prod(shape)))
        return sums.reshape(shape) / weeks

    return Sample(replication, tallies, by_interval(view.human), by_interval(view.in_time),
                  by_interval(view.closed & view.human, rows.handle),
                  np.array([team.hours().paid for team in floor.teams]) / 3600.0)


def _of(rows: Records, scope: Scope, scenario: Scenario) -> Records:
    names = list(scenario.team if scope.kind == "team" else scenario.channel)
    return rows.where((rows.team if scope.kind == "team" else rows.channel) == names.index(scope.name))


@dataclass(frozen=True)
class Outcome:
    """Replications of one scenario, in order."""

    scenario: Scenario
    samples: Sequence[Sample] = field(default_factory=list)

    def replicated(self, metric: str, scope: Scope = ALL) -> Replicated:
        """A metric with what each replication does to it."""
        return replicated(metric, [sample.tallies[scope] for sample in self.samples])

    def estimate(self, target: Target, confidence: float = CONFIDENCE) -> Estimate:
        """The target's metric with its interval."""
        return self.replicated(target.metric, target.scope).estimate(confidence)

    def minus(self, other: Outcome, metric: str, scope: Scope = ALL) -> Difference:
        """What this changes against the other, replication by replication."""
        return self.replicated(metric, scope).minus(other.replicated(metric, scope))

    def values(self, target: Target) -> list[float | None]:
        """The target's metric in each replication."""
        return [sample.tallies[target.scope].value(target.metric) for sample in self.samples]

    def mean(self, of: Callable[[Sample], Array]) -> Array:
        """The mean over replications of something by interval."""
        return np.mean([of(sample) for sample in self.samples], axis=0)  # type: ignore[no-any-return]


class Trials:
    """Runs replications of many scenarios with one executor."""

    def __init__(self, seed: int, grid: Grid, scopes: Iterable[Scope], where: Executor, counted: Counted | None = None):
        self._seed, self._grid, self._scopes = seed, grid, tuple(dict.fromkeys(scopes))
        self._where = where
        self._counted = counted or (lambda more: None)
        self.replications = 0
        """How many have been run."""

    def run(self, scenario: Scenario, numbers: Iterable[int], interventions: Sequence[Intervention] = (),
            before: Outcome | None = None, also: Iterable[Scope] = ()) -> Outcome:
        """Replications of the scenario by number; those of `before`, the same scenario, are not run again.

        `also` are scopes that are told apart in these alone.
        """
        there = {sample.replication: sample for sample in before.samples} if before is not None else {}
        wanted = list(numbers)
        work = partial(measure, scenario=scenario, seed=self._seed, interventions=tuple(interventions),
                       scopes=tuple(dict.fromkeys([*self._scopes, *also])), grid=self._grid)
        for _, sample in self._where.results(work, [number for number in wanted if number not in there]):
            there[sample.replication] = sample
            self.replications += 1
            self._counted(1)
        return Outcome(scenario, [there[number] for number in wanted])
