"""The score of a floor drill: what was better than doing nothing, against what a strong policy makes better.

Everything is money, as the drill's goals have it: U is what the goals are worth over the time that counts, less what
the actions cost. The score is 100 (U - U of the twin) / (U of the reference - U of the twin), part by part, less the
points of hints; all three ran under the same chance. Parts add up to the score because the score is their sum.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.drill.course import Deeds, spent
from core.drill.floor import FloorDrill, Goal
from core.metrics import METRICS
from core.scenario import Scenario
from core.scenario_findings import Finding
from core.staffing.targets import ALL, Target, TargetError, read_targets, read_value
from core.toml_lines import quoted

LEAST_SPAN = 1.0
"""Money between doing nothing and the reference under which a score would tell chance from chance."""
ACTIONS = "actions"
"""The part of the score that is what actions cost."""


@dataclass(frozen=True, slots=True)
class Run:
    """What came of a course: the deeds, and the metrics over the time that counts."""

    deeds: Deeds
    measures: Mapping[str, float | None]
    """Those of the goals and targets, and the ones that a debrief shows."""
    spent: float
    """Money for actions."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the score."""

    name: str
    """The goal's metric, or `ACTIONS`."""
    title: str
    value: float | None
    """The trainee's, in the metric's unit; of actions their cost."""
    twin: float | None
    reference: float | None
    money: float
    """Better (worse if negative) than doing nothing."""
    points: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A target, and whether it was met."""

    target: Target
    value: float | None
    met: bool


@dataclass(frozen=True, slots=True)
class Score:
    """How a drill went."""

    parts: tuple[Part, ...]
    hints: float
    """Points that hints cost."""
    span: float
    """Money between doing nothing and the reference: 100 points."""
    targets: tuple[Judged, ...]
    pass_mark: float

    @property
    def scorable(self) -> bool:
        """Whether there is enough between doing nothing and the reference for a score."""
        return self.span >= LEAST_SPAN

    @property
    def points(self) -> float:
        """The score: the sum of its parts, less hints."""
        return math.fsum([*(part.points for part in self.parts), -self.hints])

    @property
    def passed(self) -> bool:
        """Whether it reaches the pass mark."""
        return self.scorable and self.points >= self.pass_mark

    def in_tenths(self) -> tuple[float, ...]:
        """Points of the parts, of hints, and of all, to a tenth, so that what is read adds up."""
        exact = [*(part.points for part in self.parts), -self.hints]
        return (*to_tenths(exact), round(math.fsum(exact), 1))


def to_tenths(values: Sequence[float]) -> list[float]:
    """The values to a tenth, so that they add up to their rounded sum: those nearest the other tenth give way."""
    tenths = [math.floor(value * 10) for value in values]
    short = round(math.fsum(values) * 10) - sum(tenths)
    by_rest = sorted(range(len(values)), key=lambda at: tenths[at] - values[at] * 10)
    for at in by_rest[:max(short, 0)]:
        tenths[at] += 1
    return [tenth / 10 for tenth in tenths]


def needed(drill: FloorDrill, scenario: Scenario) -> tuple[str, ...]:
    """The metrics that a score asks for."""
    judged = [target.metric for target in read_targets(drill.target, scenario)]
    return tuple(dict.fromkeys([*(goal.metric for goal in drill.goal), *judged]))


def money(goal: Goal, value: float, scenario: Scenario) -> float:
    """What a value of the goal's metric is worth."""
    metric = METRICS[goal.metric]
    if goal.target is not None:
        (target,) = read_targets([f"{goal.metric}{goal.target}"], scenario)
        return goal.worth if target.met_by(value) else 0.0
    assert goal.per is not None
    sign = 1.0 if metric.better == "higher" else -1.0
    return sign * goal.worth * value / read_value(goal.per, metric)


def utility(drill: FloorDrill, scenario: Scenario, run: Run, twin: Run) -> dict[str, float]:
    """What a run is worth (money), by part; where it has nothing to measure it counts as the twin."""
    parts = {}
    for goal in drill.goal:
        value = run.measures[goal.metric]
        value = twin.measures[goal.metric] if value is None else value
        parts[goal.metric] = 0.0 if value is None else money(goal, value, scenario)
    return {**parts, ACTIONS: -run.spent}


def gain(drill: FloorDrill, scenario: Scenario, run: Run, twin: Run) -> float:
    """Money by which a run is better than doing nothing."""
    mine, nothing = utility(drill, scenario, run, twin), utility(drill, scenario, twin, twin)
    return math.fsum(mine[name] - nothing[name] for name in mine)


def score(drill: FloorDrill, scenario: Scenario, run: Run, twin: Run, reference: Run, hints: int = 0) -> Score:
    """The score of a run after so many hints."""
    mine, nothing = utility(drill, scenario, run, twin), utility(drill, scenario, twin, twin)
    span = gain(drill, scenario, reference, twin)
    parts = []
    for name, value in mine.items():
        gained = value - nothing[name]
        mine_was, nothing_was, best_was = ((one.spent if name == ACTIONS else one.measures[name])
                                           for one in (run, twin, reference))
        parts.append(Part(name, "actions" if name == ACTIONS else METRICS[name].title, mine_was, nothing_was, best_was,
                          gained, 100.0 * gained / span if span >= LEAST_SPAN else 0.0))
    judged = tuple(Judged(target, run.measures[target.metric], target.met_by(run.measures[target.metric]))
                   for target in read_targets(drill.target, scenario))
    return Score(tuple(parts), math.fsum(hint.cost for hint in drill.hint[:hints]), span, judged, drill.pass_mark)


def run_of(drill: FloorDrill, deeds: Deeds, measures: Mapping[str, float | None]) -> Run:
    """A run from its measures."""
    return Run(deeds, measures, spent(drill, deeds))


# --- what is wrong with a drill's goals ----------------------------------------------------------------------------

def findings(drill: FloorDrill, scenario: Scenario) -> Iterator[Finding]:
    """Goals and targets that cannot be judged."""
    seen = set[str]()
    for number, goal in enumerate(drill.goal):
        here = ("goal", number)
        if goal.metric in seen:
            yield Finding((*here, "metric"), "is a goal already", quoted(goal.metric))
        seen.add(goal.metric)
        if (goal.per is None) == (goal.target is None):
            yield Finding(here, "either `per` (each step is worth so much) or `target` (met or missed)")
        elif goal.target is not None:
            yield from _judge(f"{goal.metric}{goal.target}", scenario, (*here, "target"))
        elif goal.metric not in METRICS:
            yield from _judge(f"{goal.metric}>=1", scenario, (*here, "metric"))
        elif METRICS[goal.metric].better is None:
            yield Finding((*here, "metric"), "has no best: a metric is wanted that can be better or worse",
                          quoted(goal.metric))
        else:
            assert goal.per is not None
            try:
                if read_value(goal.per, METRICS[goal.metric]) <= 0:
                    yield Finding((*here, "per"), "must be more than nothing", quoted(goal.per))
            except TargetError as error:
                yield Finding((*here, "per"), str(error))
    for number, text in enumerate(drill.target):
        yield from _judge(text, scenario, ("target", number))


def _judge(text: str, scenario: Scenario, path: tuple[str | int, ...]) -> Iterator[Finding]:
    try:
        (target,) = read_targets([text], scenario)
    except TargetError as error:
        yield Finding(path, str(error).split(": ", 1)[1])
    else:
        if target.scope != ALL:
            yield Finding(path, "a drill is judged over all teams and channels", quoted(text))
