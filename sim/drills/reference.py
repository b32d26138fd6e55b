"""The reference policy of a floor drill: a strong course found by searching the actions under the very same chance.

Greedy insertion of actions, with what they need before them, over a coarse grid of times; then local moves (leave one
out, do it sooner or later, put one more in) over ever finer grids, until none helps. Each candidate is run. The search
counts its runs and never looks at a clock, so it finds the same policy everywhere, in however many processes. It does
nothing before the first headline: it knows how the day goes, but not sooner than a trainee knows that something is up.

`reference` is what a score stands on: the policy that the drill's file has for its own seed; for others what was found,
kept in the data folder. Only deeds are kept, never what came of them: that is run again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from core.drill.course import Deed, Deeds, allowed, holds_from, in_order
from core.drill.floor import Move
from core.drill.news import first_known
from core.drill.performance import Performance, dump, moves, read
from core.drill.score import Run
from core.errors import DrillError
from core.output.store import program_version
from core.places import data_folder
from sim.drills.exercise import Exercise
from sim.experiments.executor import Executor, Progress, ThisProcess

MOST = 600
"""Runs that one search may take."""
COARSE = 8
"""Times between which the first round looks."""
WORTH_IT = 0.005
"""Part of the gain so far by which a step must be better: less is not worth the runs."""
HARDLY = 0.02
"""Part of the whole gain that may be given up for a policy of fewer moves."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to."""

    deeds: Deeds
    gain: float
    """Money better than doing nothing, in the mean of its days."""
    runs: int
    """Candidates that were tried."""
    finished: bool
    """Whether no step was left that helps; False where it was interrupted, or had no runs left."""

    @property
    def complete(self) -> bool:
        """Whether anybody who searches finds the same: nothing cut it short."""
        return self.runs == MOST or (self.finished and self.runs < MOST)


def reference(exercise: Exercise, seed: int, executor: Executor | None = None,
              progress: Progress | None = None) -> Deeds:
    """The reference policy under a seed: the drill's own, the one that was kept, or else one that is looked for now.

    Raises:
        KeyboardInterrupt: where the search was ended: a score does not stand on half of one.
    """
    own = known(exercise, seed)
    if own is not None:
        return own
    found = search(exercise, seed, executor or ThisProcess(), progress)
    if not found.complete:
        raise KeyboardInterrupt
    keep(exercise, seed, found.deeds)
    return found.deeds


def known(exercise: Exercise, seed: int) -> Deeds | None:
    """The reference policy under a seed, where nothing has to be looked for."""
    if seed == exercise.drill.seed and exercise.drill.reference:
        return own_policy(exercise)
    try:
        kept = read(_file(exercise, seed))
    except DrillError:
        return None
    return allowed(exercise.drill, kept.deeds) if kept.digest == exercise.digest else None


def own_policy(exercise: Exercise) -> Deeds:
    """What the drill's file has as its reference."""
    return in_order(Deed(move.at, move.action) for move in exercise.drill.reference)


def keep(exercise: Exercise, seed: int, deeds: Deeds) -> None:
    """Keeps a policy for the next time."""
    file = _file(exercise, seed)
    file.parent.mkdir(parents=True, exist_ok=True)
    text = dump(Performance(drill=exercise.name, digest=exercise.digest, seed=seed, actions=moves(deeds)))
    beside = file.with_suffix(".new")
    beside.write_text(text, encoding="utf-8")
    beside.replace(file)


def for_class(exercise: Exercise, seeds: Iterable[int], executor: Executor,
              progress: Progress | None = None) -> dict[str, tuple[Move, ...]]:
    """The reference policies that a class's file carries: under seeds for which the drill's own file has none.

    Raises:
        KeyboardInterrupt: where a search was ended.
    """
    drill = exercise.drill
    return {str(seed): moves(reference(exercise, seed, executor, progress))
            for seed in seeds if seed != drill.seed or not drill.reference}


def take_over(exercise: Exercise, carried: Mapping[str, Sequence[Move]]) -> None:
    """Keeps the policies that a class's file carries, where none is known here."""
    for seed, policy in carried.items():
        if known(exercise, int(seed)) is None:
            keep(exercise, int(seed), in_order(Deed(move.at, move.action) for move in policy))


def _file(exercise: Exercise, seed: int) -> Path:
    return data_folder() / "drills" / f"{exercise.digest}-{seed}-{program_version()}.json"


# --- the search ----------------------------------------------------------------------------------------------------

def search(exercise: Exercise, seed: int, executor: Executor, progress: Progress | None = None,
           most: int = MOST, begin_with: Iterable[Deeds] = (), seeds: int = 1) -> Found:
    """Looks for a strong policy; Ctrl+C ends it with the best so far.

    Args:
        exercise: the drill.
        seed: chance, the same for every candidate.
        executor: where candidates are run.
        progress: called with the candidates so far, and `most`.
        most: candidates that it may try.
        begin_with: policies to begin with, besides doing nothing and the drill's own.
        seeds: days that a candidate is tried on, from `seed` on; its gain is their mean. With one day the policy fits
            that day's chance too; with several it is what was right, and not what was lucky.
    """
    return _Search(exercise, range(seed, seed + seeds), executor, progress, most).find(begin_with)


class _Search:
    def __init__(self, exercise: Exercise, seeds: Sequence[int], executor: Executor, progress: Progress | None,
                 most: int):
        self.exercise, self.drill, self.seeds = exercise, exercise.drill, seeds
        self.executor, self.progress, self.most = executor, progress, most
        self.gains: dict[Deeds, float] = {}
        self.best: Deeds = ()
        self.first = float(math.ceil(first_known(self.drill)))

    def find(self, begin_with: Iterable[Deeds]) -> Found:
        try:
            finished = self._find(begin_with)
        except KeyboardInterrupt:
            finished = False
        return Found(self.best, self.gains.get(self.best, 0.0), len(self.gains), finished)

    def _find(self, begin_with: Iterable[Deeds]) -> bool:
        drill, span = self.drill, self.drill.end - self.first
        self.twins = {seed: self.exercise.run((), seed) for seed in self.seeds}
        self.gains[()] = 0.0
        self._better([allowed(drill, deeds) for deeds in (own_policy(self.exercise), *begin_with)])
        coarse = max(drill.grid, math.ceil(span / COARSE / drill.grid) * drill.grid)
        while self._better(self._with_one_more(coarse)):
            pass
        step = coarse
        while True:
            improved = self._better([*self._with_one_less(), *self._with_one_moved(step)])
            if not improved and step <= drill.grid:
                improved = self._better(self._with_one_more(coarse, coarse / 2))
                if not improved:
                    self._prune()
                    return len(self.gains) < self.most
            if not improved:
                step = max(drill.grid, step / 2)

    def _better(self, candidates: Sequence[Deeds]) -> bool:
        """Runs the candidates that have not been; whether one of them is better than the best so far, which it then is.

        Of equal ones the first in the order given, in however many processes.
        """
        before = self.gains[self.best]
        for deeds in self._tried(candidates):
            if self.gains[deeds] > self.gains[self.best]:
                self.best = deeds  # where it is interrupted, that is the best so far
            if self.progress is not None:
                self.progress(len(self.gains), self.most)
        tried = [deeds for deeds in candidates if deeds in self.gains]
        best = max(tried, key=lambda deeds: self.gains[deeds], default=self.best)
        if self.gains[best] >= self.gains[self.best]:
            self.best = best
        return self.gains[self.best] > before + max(1e-9, WORTH_IT * abs(before))

    def _tried(self, candidates: Sequence[Deeds]) -> Iterator[Deeds]:
        """Runs the candidates that have not been, as far as there are runs left; as each one ends."""
        new = [deeds for deeds in dict.fromkeys(candidates) if deeds not in self.gains]
        new = new[:max(0, self.most - len(self.gains))]
        for at, gain in self.executor.results(partial(_gain, self.exercise, self.twins), new):
            self.gains[new[at]] = gain
            yield new[at]

    def _prune(self) -> None:
        """Leaves out, one by one, what hardly adds to the rest: it is there by chance, and teaches nothing."""
        enough = (1.0 - HARDLY) * self.gains[self.best]
        while without := [deeds for deeds in self._with_one_less() if deeds in self.gains]:
            least = max(without, key=lambda deeds: self.gains[deeds])
            if self.gains[least] < enough:
                break
            self.best = least
            list(self._tried(self._with_one_less()))

    def _times(self, step: float, shift: float = 0.0) -> Iterator[float]:
        time = self.first + shift
        while time < self.drill.end:
            yield float(math.floor(time))
            time += step

    def _with_one_more(self, step: float, shift: float = 0.0) -> list[Deeds]:
        """Each action at each time put in, with what it needs before it."""
        found = []
        for name, action in self.drill.action.items():
            times = [*self._times(step, shift)]
            if action.earliest is not None and action.earliest > self.first:
                times = [action.earliest, *(time for time in times if time > action.earliest)]
            for time in times:
                deeds = allowed(self.drill, self._chain(self.best, name, time))
                if len(deeds) > len(self.best):
                    found.append(deeds)
        return found

    def _chain(self, deeds: Deeds, name: str, time: float) -> Deeds:
        """The deeds with an action begun at a time: first what it needs, where that was not done, then itself."""
        for need in self.drill.action[name].needs:
            if not any(deed.action == need for deed in deeds):
                deeds = self._chain(deeds, need, time)
            held = [holds_from(self.drill.action[need], deed.at) for deed in deeds if deed.action == need]
            time = max(time, float(math.ceil(min(held))))
        return in_order((*deeds, Deed(time, name)))

    def _with_one_less(self) -> list[Deeds]:
        return [allowed(self.drill, [*self.best[:at], *self.best[at + 1:]]) for at in range(len(self.best))]

    def _with_one_moved(self, step: float) -> list[Deeds]:
        """Each deed sooner or later, alone and with all after it."""
        found = []
        for at, deed in enumerate(self.best):
            for shift in (-step, step):
                moved = Deed(max(self.first, deed.at + shift), deed.action)
                found.append(allowed(self.drill, [*self.best[:at], moved, *self.best[at + 1:]]))
                later = [Deed(max(self.first, one.at + shift), one.action) for one in self.best[at:]]
                found.append(allowed(self.drill, [*self.best[:at], *later]))
        return found


def _gain(exercise: Exercise, twins: Mapping[int, Run], deeds: Deeds) -> float:
    """Money better than doing nothing, in the mean of the days of those twins."""
    return math.fsum(exercise.gain(exercise.run(deeds, seed), twin) for seed, twin in twins.items()) / len(twins)


def as_toml(deeds: Deeds) -> str:
    """The policy as a drill file has it."""
    from core.units import write_moment

    return "\n".join(f"[[reference]]\nat = {json.dumps(write_moment(deed.at))}\naction = {json.dumps(deed.action)}\n"
                     for deed in deeds)


