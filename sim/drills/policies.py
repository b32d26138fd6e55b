"""Simple policies that a drill must tell apart from a strong one: doing nothing, and doing things at random."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from core.drill.course import Deed, Deeds, allowed
from core.drill.score import LEAST_SPAN, Run, score
from sim.drills.exercise import Exercise
from sim.drills.reference import MOST, reference, search
from sim.experiments.executor import Executor, Progress, ThisProcess


def nothing(exercise: Exercise) -> Deeds:
    """Nobody acts."""
    return ()


def at_random(exercise: Exercise, number: int) -> Deeds:
    """Each action is taken, or not, as the coin falls, at any time in play, as often as it may.

    Args:
        exercise: the drill.
        number: which of the random policies; for a drill of that name the same number is the same coin everywhere.
    """
    coin = random.Random(f"{exercise.name}/{number}")
    drill = exercise.drill
    deeds = []
    for name, action in drill.action.items():
        first, last = action.earliest or drill.start, action.latest or drill.end - 1.0
        for _ in range(action.times):
            at, taken = float(int(coin.uniform(first, last))), coin.random() < 0.5
            if taken:
                deeds.append(Deed(at, name))
    return allowed(drill, deeds)


@dataclass(frozen=True, slots=True)
class Trial:
    """Scores of simple policies under one seed."""

    seed: int
    nothing: float
    randoms: tuple[float, ...]
    reference: float
    """Of the drill's own policy: 100, unless scores stand on one that was looked for under this seed."""
    span: float
    """Money that 100 points are."""
    meets: bool
    """Whether the drill's own policy meets every target that the drill names."""
    pass_mark: float

    @property
    def gained(self) -> float:
        """Money by which the drill's own policy is better than doing nothing."""
        return self.reference / 100.0 * self.span

    @property
    def lucky(self) -> int:
        """Random policies that pass."""
        return sum(points >= self.pass_mark for points in self.randoms)


LUCKY = 0.1
"""Share of random policies that may pass: some are the right thing by chance."""
KEEPS = 1.0 / 3.0
"""Part of what the drill's own policy gains under its own seed that it must gain under any other: with less it was made
for the chance of that day, and is no example of what is right."""


def tells_apart(trials: Sequence[Trial]) -> bool:
    """Whether a drill tells good play from luck.

    Under every seed doing nothing fails, and the drill's own policy passes, meets the targets, and gains a third of
    what it does under its own seed, which is the first; of all random policies nine in ten fail, or of
    fewer than ten all but one.
    """
    sure = all(trial.span >= LEAST_SPAN and trial.nothing < trial.pass_mark <= trial.reference and trial.meets
               and trial.gained >= KEEPS * trials[0].gained for trial in trials)
    tried, lucky = sum(len(trial.randoms) for trial in trials), sum(trial.lucky for trial in trials)
    return sure and lucky <= math.ceil(LUCKY * tried)


def try_policies(exercise: Exercise, seeds: int, randoms: int, searches: bool = False, executor: Executor | None = None,
                 progress: Progress | None = None, most: int = MOST) -> list[Trial]:
    """Scores nothing, random policies and the drill's own reference under several seeds, the drill's own first.

    Args:
        exercise: the drill.
        seeds: how many.
        randoms: random policies under each.
        searches: whether a reference is looked for under each of them, and scores stand on that.
        executor: where it is run.
        progress: called with runs done, and how many there are.
        most: candidates that each search may try.
    """
    executor = executor or ThisProcess()
    own = reference(exercise, exercise.drill.seed, executor)
    numbers = [exercise.drill.seed + number for number in range(seeds)]
    best = {seed: search(exercise, seed, executor, most=most, begin_with=[own]).deeds if searches else own
            for seed in numbers}
    policies = {seed: [nothing(exercise), own, best[seed], *(at_random(exercise, 1000 * seed + number)
                                                             for number in range(randoms))] for seed in numbers}
    tasks = list(dict.fromkeys((seed, deeds) for seed in numbers for deeds in policies[seed]))
    runs: dict[tuple[int, Deeds], Run] = {}
    for at, run in executor.results(partial(_run, exercise), tasks):
        runs[tasks[at]] = run
        if progress is not None:
            progress(len(runs), len(tasks))
    trials = []
    for seed in numbers:
        twin, mine, strong, *others = (runs[seed, deeds] for deeds in policies[seed])
        scores = [score(exercise.drill, exercise.scenario, one, twin, strong) for one in (twin, mine, *others)]
        points = [one.points for one in scores]
        meets = all(judged.met for judged in scores[1].targets)
        trials.append(Trial(seed, points[0], tuple(points[2:]), points[1], scores[0].span, meets,
                            exercise.drill.pass_mark))
    return trials


def _run(exercise: Exercise, task: tuple[int, Deeds]) -> Run:
    seed, deeds = task
    return exercise.run(deeds, seed)
