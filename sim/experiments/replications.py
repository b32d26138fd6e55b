"""Replications: the same scenario under independent chance, in one process or several, and the estimates from them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial
from multiprocessing import active_children, get_context

from core.estimates import Estimate
from core.interventions import Intervention
from core.records import Records
from core.scenario import Scenario
from core.tally import Tally, estimate_all
from sim.floor import Floor
from sim.replay import Replay

Progress = Callable[[int, int], None]
"""Called with how many replications are done, and of how many."""


@dataclass(frozen=True)
class Run:
    """What one replication came to."""

    replication: int
    tally: Tally
    records: Records | None


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


def run_once(replication: int, *, scenario: Scenario, seed: int, interventions: Sequence[Intervention],
             replay: Replay | None, keep_records: bool) -> Run:
    """One replication from start to end."""
    floor = Floor(scenario, seed, replication, interventions, replay, keep_records)
    floor.advance(scenario.length)
    return Run(replication, floor.tally(), floor.records() if keep_records else None)


def replicate(scenario: Scenario, seed: int = 1, replications: int = 10, interventions: Iterable[Intervention] = (),
              jobs: int | None = None, progress: Progress | None = None, keep_records: bool = False,
              replay: Replay | None = None) -> Outcome:
    """Runs replications 0, 1, 2 ... of the scenario; `jobs` processes (all processors if None) change no digit.

    Ctrl+C (KeyboardInterrupt) ends it with the replications that have finished; with none it is raised again.
    """
    work = partial(run_once, scenario=scenario, seed=seed, interventions=tuple(interventions), replay=replay,
                   keep_records=keep_records)
    jobs = min(jobs or os.cpu_count() or 1, replications)
    runs: list[Run] = []
    try:
        for run in _in_this_process(work, replications) if jobs == 1 else _in_processes(work, replications, jobs):
            runs.append(run)
            if progress is not None:
                progress(len(runs), replications)
    except KeyboardInterrupt:
        if not runs:
            raise
    return Outcome(scenario, seed, replications, sorted(runs, key=lambda run: run.replication))


def _in_this_process(work: Callable[[int], Run], replications: int) -> Iterator[Run]:
    return (work(number) for number in range(replications))


def _in_processes(work: Callable[[int], Run], replications: int, jobs: int) -> Iterator[Run]:
    """As they finish. Fresh interpreters: nothing of the parent's state can reach a run.

    Whoever stops listening (Ctrl+C in the first place) does not wait for what is under way: the workers are ended.
    """
    others = set(active_children())
    pool = ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_ignore_interrupts)
    try:
        futures: list[Future[Run]] = [pool.submit(work, number) for number in range(replications)]
        for future in as_completed(futures):
            yield future.result()
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in set(active_children()) - others:
            worker.terminate()
        raise
    finally:
        pool.shutdown()


def _ignore_interrupts() -> None:
    """Ctrl+C is the parent's to handle."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
