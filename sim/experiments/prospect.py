"""The look ahead: what may become of a floor from its present state on, over replications of what is still to come.

A replication runs the scenario with its seed and changes up to the present, which gives the very floor that is being
watched, and then lets chance go another way (`Floor.branch`). So the replications share everything that has happened
and differ in what has not: needs that have not arisen yet, people's coming days. Used by live play (`LookAhead`, in
processes beside the floor) and by `flightdesk ahead`.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from core.metrics import METRICS
from core.units import HOUR
from core.view import View
from sim.experiments import worker
from sim.floor import Floor
from sim.outlook import Ahead, Ask, Band

REPLICATIONS = 24
"""Replications of one look ahead."""
FEWEST = 4
"""A band is shown from so many on."""
BAND = (0.1, 0.5, 0.9)
"""Quantiles over the replications: the lower edge of a band, its middle, its upper edge."""
SLICE = HOUR
"""How often a replication looks whether it is still wanted (simulated s)."""

Wanted = Callable[[], bool]


@dataclass(frozen=True)
class Prospect:
    """One way that it may go on: metrics by interval, and over the whole time from the present on."""

    number: int
    times: NDArray[np.float64]
    """Ends of the intervals (s)."""
    series: Mapping[str, NDArray[np.float64]]
    measures: Mapping[str, float]


def look(ask: Ask, replication: int, wanted: Wanted = lambda: True) -> Prospect | None:
    """One replication, 1 or higher; None as soon as it is not wanted any more."""
    floor = Floor(ask.scenario, ask.seed, interventions=ask.interventions)
    return _go_on(floor, ask, replication, wanted) if _advance(floor, ask.now, wanted) else None


def _go_on(floor: Floor, ask: Ask, replication: int, wanted: Wanted) -> Prospect | None:
    """From a floor at the present on, in the way of that replication."""
    floor.branch(replication)
    before = floor.worked()
    if not _advance(floor, ask.until, wanted):
        return None
    series = floor.snapshot().series
    times = next(iter(series.values())).times
    ahead = times > ask.now
    spent = floor.worked() - before
    rows = floor.records()
    view = View(rows.where(rows.arrived > ask.now), floor.scenario, ask.until, ask.now)
    measures = {name: value for name, metric in METRICS.items() if (value := metric.of(view)) is not None}
    if spent.available > 0:
        measures["occupancy"] = spent.busy / spent.available
    return Prospect(ask.number, times[ahead], {name: one.values[-int(ahead.sum()):] if ahead.any() else one.values[:0]
                                               for name, one in series.items()}, measures)


def _advance(floor: Floor, until: float, wanted: Wanted) -> bool:
    while floor.now < until:
        if not wanted():
            return False
        floor.advance(min(floor.now + SLICE, until))
    return True


def bands(prospects: Sequence[Prospect]) -> dict[str, Band]:
    """The bands of some replications of one question."""
    times = prospects[0].times
    found = {}
    for name in prospects[0].series:
        values = np.array([one.series[name] for one in prospects])
        known = ~np.isnan(values).all(axis=0)
        edges = np.full((len(BAND), values.shape[1]), np.nan)
        if known.any():
            edges[:, known] = np.nanquantile(values[:, known], BAND, axis=0)
        found[name] = Band(times, *edges)
    return found


def effects(pairs: Sequence[tuple[Prospect, Prospect]]) -> dict[str, tuple[float, float, float]]:
    """What the changes do to each metric from the present on: quantiles of the differences to the twin, by pairs."""
    found = {}
    for name in pairs[0][0].measures:
        by = [one.measures[name] - twin.measures[name] for one, twin in pairs
              if name in one.measures and name in twin.measures]
        if by:
            low, middle, high = np.quantile(by, BAND).tolist()
            found[name] = low, middle, high
    return found


def look_all(ask: Ask, replications: int, jobs: int | None = None,
             progress: Callable[[int, int], None] | None = None) -> list[Prospect]:
    """All replications of a question, in one process or several; how many changes nothing."""
    found: list[Prospect] = []
    jobs = min(jobs or os.cpu_count() or 1, replications)
    outlook = LookAhead(replications, jobs) if jobs > 1 else None
    try:
        if outlook is not None:
            outlook.start(ask)
        for number in range(replications):
            one = look(ask, number + 1) if outlook is None else outlook.result(number)
            assert one is not None, "nobody takes the question back"
            found.append(one)
            if progress is not None:
                progress(len(found), replications)
    finally:
        if outlook is not None:
            outlook.close()
    return found


_newest: Any = None
"""In a worker: the number of the question that is wanted."""


def _begin(newest: Any) -> None:
    global _newest
    _newest = newest
    worker.begin()
    if hasattr(os, "nice"):
        os.nice(10)  # the floor and its screen come first


def _work(ask: Ask, replication: int) -> Prospect | None:
    """In a worker: a replication of the question, where it is still the one that is wanted."""
    def wanted() -> bool:
        return bool(_newest.value == ask.number)

    if not hasattr(os, "fork"):
        return look(ask, replication, wanted)
    present = _present(ask, wanted)
    return None if present is None else _in_a_child(lambda: _go_on(present, ask, replication, wanted))


_kept: dict[bool, tuple[Ask, Floor]] = {}
"""In a worker: the latest question about the floor with changes, and that about its twin, each with the floor at its
present, from which every replication goes on in a child process of its own. A floor cannot be copied; a process can."""


def _present(ask: Ask, wanted: Wanted) -> Floor | None:
    """The floor at the question's present: the kept one, taken on, where it is of that course; else a new one."""
    changed = bool(ask.interventions)
    kept = _kept.pop(changed, None)
    floor, made = None, 0
    if kept is not None:
        old, floor = kept
        if old.number == ask.number:
            _kept[changed] = kept
            return floor
        made = len(old.interventions)
        new = ask.interventions[made:]
        if ((old.scenario, old.seed, old.interventions) != (ask.scenario, ask.seed, ask.interventions[:made])
                or not floor.now <= min([ask.now, *(change.at for change in new)])):
            floor = None
    if floor is None:
        floor = Floor(ask.scenario, ask.seed, interventions=ask.interventions)
    else:
        for change in ask.interventions[made:]:
            floor.intervene(change)
    if not _advance(floor, ask.now, wanted):
        return None
    _kept[changed] = ask, floor
    return floor


def _in_a_child(work: Callable[[], Prospect | None]) -> Prospect | None:
    """What the work comes to in a process that begins as a copy of this one."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reading)
            try:
                told: tuple[Prospect | None, Exception | None] = work(), None
            except Exception as broken:
                told = None, broken
            with os.fdopen(writing, "wb") as pipe:
                pickle.dump(told, pipe)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        data = pipe.read()
    os.waitpid(child, 0)
    if not data:
        raise RuntimeError("a process that looked ahead was ended from outside")
    found, error = pickle.loads(data)
    if error is not None:
        raise error
    return cast("Prospect | None", found)


class LookAhead:
    """Looks ahead in processes beside the live floor; the first look starts them."""

    def __init__(self, replications: int = REPLICATIONS, jobs: int | None = None):
        self._replications = replications
        self._jobs = jobs or max(1, (os.cpu_count() or 2) - 1)
        self._number = 0
        """Of the latest question."""
        self._newest: Any = None
        """The same where the processes see it."""
        self._pool: ProcessPoolExecutor | None = None
        self._ask: Ask | None = None
        self._futures: list[Future[Prospect | None]] = []
        """Of the floor, by replication, then those of its twin."""
        self._left: set[int] = set()
        """Places of those that nobody has looked at yet."""
        self._prospects: dict[int, Prospect] = {}
        """What they found, by the same places."""
        self._found: Ahead | None = None

    def start(self, ask: Ask) -> None:
        """Begins another look, in place of any that is under way."""
        self.stop()
        self._ask = ask = replace(ask, number=self._number)
        if self._pool is None:
            context = get_context("spawn")
            # Without a lock, which a process that is ended could take with it.
            self._newest = context.RawValue("l", self._number)
            self._pool = ProcessPoolExecutor(self._jobs, mp_context=context, initializer=_begin,
                                             initargs=(self._newest,))
        asked = (ask, ask.twin) if ask.interventions else (ask,)
        self._futures = [self._pool.submit(_work, one, number + 1) for one in asked
                         for number in range(self._replications)]
        self._left = set(range(len(self._futures)))
        self._found = Ahead(ask.now, ask.until, {}, 0, self._replications)

    def stop(self) -> None:
        """Ends what is under way, and forgets what was found."""
        for future in self._futures:
            future.cancel()
        self._number += 1
        if self._newest is not None:
            self._newest.value = self._number
        self._futures, self._left, self._prospects, self._ask, self._found = [], set(), {}, None, None

    @property
    def busy(self) -> bool:
        """Whether more is to come."""
        return bool(self._left)

    def result(self, number: int) -> Prospect | None:
        """Waits for a replication, by its place."""
        return self._futures[number].result()

    def poll(self) -> Ahead | None:
        """What has been found so far."""
        done = [place for place in self._left if self._futures[place].done()]
        if done and self._ask is not None:
            self._left -= set(done)
            trouble = ""
            try:
                self._prospects |= {place: found for place in done
                                    if (found := self._futures[place].result()) is not None}
            except BrokenProcessPool:  # a worker was killed: what there is stays, and the next look begins anew
                self._left, self._pool, trouble = set(), None, "a process was ended from outside"
            except Exception as error:  # the floor itself is fine so far
                self._left, trouble = set(), f"{type(error).__name__}: {error}"
            self._found = self._so_far(self._ask, trouble)
        return self._found

    def _so_far(self, ask: Ask, trouble: str) -> Ahead:
        found, count = self._prospects, self._replications
        floor = [one for place, one in sorted(found.items()) if place < count]
        twin = [one for place, one in sorted(found.items()) if place >= count]
        pairs = [(found[place - count], one) for place, one in found.items()
                 if place >= count and place - count in found]

        def enough(some: Sequence[object]) -> bool:
            return len(some) >= FEWEST or (bool(some) and not self._left)

        return Ahead(ask.now, ask.until, bands(floor) if enough(floor) else {}, len(floor), count, trouble,
                     bands(twin) if enough(twin) else {}, effects(pairs) if enough(pairs) else {})

    def close(self) -> None:
        """Ends the processes, each as soon as it sees that its answer is not wanted any more.

        None is killed: what it holds of the queues between it and this process would be lost with it.
        """
        self.stop()
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None
