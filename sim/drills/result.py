"""How a performance went: the trainee, the twin and the reference under the same chance, and the score of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.drill.course import Deeds
from core.drill.performance import Performance, check
from core.drill.score import Run, Score, score
from core.output.store import program_version
from core.units import write_moment
from sim.drills.exercise import Exercise
from sim.drills.reference import reference
from sim.experiments.executor import Executor, Progress


@dataclass(frozen=True)
class Result:
    """A performance, judged."""

    exercise: Exercise
    seed: int
    performance: Performance
    mine: Run
    twin: Run
    reference: Run
    score: Score


def judge(exercise: Exercise, performance: Performance, seed: int | None = None, executor: Executor | None = None,
          progress: Progress | None = None) -> Result:
    """Plays the performance again, with its twin and the reference.

    Args:
        exercise: the drill.
        performance: what was done.
        seed: in place of the performance's, and of the drill's own.
        executor: where a reference policy is looked for, under a seed that has none yet.
        progress: called with the runs of that search.

    Raises:
        DrillError: with all that cannot have been done in this drill.
    """
    check(performance, exercise.drill, exercise.digest)
    seed = next(one for one in (seed, performance.seed, exercise.drill.seed) if one is not None)
    best = reference(exercise, seed, executor, progress)
    mine, twin, strong = (exercise.run(deeds, seed) for deeds in (performance.deeds, (), best))
    return Result(exercise, seed, performance, mine, twin, strong,
                  score(exercise.drill, exercise.scenario, mine, twin, strong, performance.hints))


def as_json(result: Result) -> Mapping[str, object]:
    """The result as JSON: every digit, times in seconds, shares from 0 to 1."""
    one = result.score
    return {
        "schema": 1, "version": program_version(), "drill": result.exercise.name, "digest": result.exercise.digest,
        "seed": result.seed, "trainee": result.performance.trainee, "score": one.points if one.scorable else None,
        "passed": one.passed, "pass_mark": one.pass_mark,
        "parts": [{"name": part.name, "points": part.points, "money": part.money, "value": part.value,
                   "twin": part.twin, "reference": part.reference} for part in one.parts],
        "hints": {"taken": result.performance.hints, "points": -one.hints},
        "money_for_100_points": one.span,
        "targets": [{"target": str(each.target), "value": each.value, "met": each.met} for each in one.targets],
        "actions": deeds_as_json(result.mine.deeds), "reference": deeds_as_json(result.reference.deeds)}


def deeds_as_json(deeds: Deeds) -> list[Mapping[str, str]]:
    """Deeds as they stand in files."""
    return [{"at": write_moment(deed.at), "action": deed.action} for deed in deeds]
