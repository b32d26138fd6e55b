"""Replications: the same scenario under independent chance, in one process or several, and the estimates from them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial

from core.estimates import Estimate
from core.interventions import Intervention
from core.records import Records
from core.scenario import Scenario
from core.tally import Tally, estimate_all
from core.units import DAY
from sim.common import CommonDay
from sim.experiments.executor import Executor, Progress, executor
from sim.floor import Floor
from sim.replay import Replay

__all__ = ["Outcome", "Progress", "Run", "replicate", "run_beside", "run_once"]


@dataclass(frozen=True)
class Run:
    """What one replication came to."""

    replication: int
    tally: Tally
    records: Records | None
    waiting_before: int = 0
    """Conversations that waited for a person at the end of the warm-up."""
    waiting_after: int = 0
    """The same at the end of the run."""


@dataclass(frozen=True)
class Outcome:
    """Replications of a scenario: fewer than asked for if they were interrupted."""

    scenario: Scenario
    seed: int
    asked: int
    runs: Sequence[Run]
    estimates: Mapping[str, Estimate] = field(init=False)
    """Every metric with its 95 % interval, by name."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "estimates", estimate_all([run.tally for run in self.runs]))

    @property
    def replications(self) -> int:
        """How many have finished."""
        return len(self.runs)

    @property
    def records(self) -> list[Records]:
        """The records of each replication, where they were kept."""
        return [run.records for run in self.runs if run.records is not None]


def run_once(replication: int, *, scenario: Scenario, seed: int, interventions: Sequence[Intervention] = (),
             replay: Replay | None = None, keep_records: int = False) -> Run:
    """One replication from start to end; `keep_records` as in `replicate`."""
    keep = keep_records is True or replication < keep_records
    floor = Floor(scenario, seed, replication, interventions, replay, keep)
    floor.advance(scenario.warm_up)
    waiting = _waiting(floor)
    floor.advance(scenario.length)
    return _came_to(floor, replication, keep, waiting)


def run_beside(replication: int, *, plans: Sequence[tuple[Scenario, Sequence[Intervention]]], seed: int,
               keep_records: int = False) -> list[Run]:
    """`run_once` of several scenarios of the same length and warm-up, which have their customers in common.

    They live through each day one after the other: what they have in common is worked out once and kept for a day.
    """
    keep, common, first = keep_records is True or replication < keep_records, CommonDay(), plans[0][0]
    floors = [Floor(scenario, seed, replication, interventions, None, keep, common)
              for scenario, interventions in plans]
    waiting = [0] * len(plans)
    days = [day * DAY for day in range(1, math.ceil(first.length / DAY))]
    for stop in sorted({first.warm_up, *days, first.length}):
        for at, floor in enumerate(floors):
            floor.advance(stop)
            if stop == first.warm_up:
                waiting[at] = _waiting(floor)
    return [_came_to(floor, replication, keep, before) for floor, before in zip(floors, waiting, strict=True)]


def _came_to(floor: Floor, replication: int, keep: bool, waiting: int) -> Run:
    return Run(replication, floor.tally(), floor.records() if keep else None, waiting, _waiting(floor))


def _waiting(floor: Floor) -> int:
    """Conversations that wait for a person of any team, customers' answers to emails included."""
    return sum(team.line.waiting + sum(len(agent.returned) for agent in team.agents.values()) for team in floor.teams)


def replicate(scenario: Scenario, seed: int = 1, replications: int = 10, interventions: Iterable[Intervention] = (),
              jobs: int | None = None, progress: Progress | None = None, keep_records: int = False,
              replay: Replay | None = None, where: Executor | None = None) -> Outcome:
    """Runs replications 0, 1, 2 ... of the scenario; `jobs` processes (all processors if None) change no digit.

    `keep_records` is True for the records of all replications, or for how many of the first. `where`, if given, is used
    instead of processes of its own. Ctrl+C (KeyboardInterrupt) ends it with the replications
    that have finished; with none it is raised again.
    """
    work = partial(run_once, scenario=scenario, seed=seed, interventions=tuple(interventions), replay=replay,
                   keep_records=keep_records)
    runs: list[Run] = []
    try:
        with executor(jobs) if where is None else nullcontext(where) as place:
            for _, run in place.results(work, range(replications)):
                runs.append(run)
                if progress is not None:
                    progress(len(runs), replications)
    except KeyboardInterrupt:
        if not runs:
            raise
    return Outcome(scenario, seed, replications, sorted(runs, key=lambda run: run.replication))
