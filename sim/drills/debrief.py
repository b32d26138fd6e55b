"""The debrief of a floor drill: where the outcome was decided, what the better move gives, what to remember.

The value to go V(t) is what the trainee's course up to t is worth when the reference policy goes on from there: as it
was, or doing at once what it had done by then and the trainee had not, or with nothing more, whichever is best. V is
the reference's worth at the start of play and the trainee's at its end, so what is lost from one point of the grid to
the next adds up to the whole difference; the largest loss is where it was decided. The better move there is the best
single change of the trainee's course, and what it gives is shown for that day and, over paired branches of chance from
that minute on, for days like it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from core import estimates
from core.drill.course import Deed, Deeds, allowed, holds_from, in_order
from core.drill.drill import ALWAYS
from core.drill.floor import FloorDrill
from core.drill.score import ACTIONS, Run, run_of, score
from core.estimates import Estimate
from core.metrics import METRICS
from core.units import write_moment
from sim.drills.exercise import Exercise
from sim.drills.result import Result
from sim.experiments.executor import Executor, Progress, ThisProcess
from sim.floor import Floor
from sim.snapshot import Series

BRANCHES = 16
"""Pairs of days over which a better move is looked at."""
SENTENCES = 3
"""To remember."""
OF_NOTE = 3.0
"""Points under which a loss is not worth a sentence."""


@dataclass(frozen=True, slots=True)
class Step:
    """From a point of the grid to the next (s): what was still to be had at its begin, and what was lost on the way."""

    begin: float
    end: float
    value: float
    """Money better than doing nothing that was still to be had at `begin`."""
    lost: float
    """Money; less than nothing where the trainee did better than the reference goes on."""
    points: float


@dataclass(frozen=True, slots=True)
class Better:
    """The better move at a minute: one change of the trainee's course."""

    at: float
    put_in: Deeds
    left_out: Deeds
    gain: float
    """Money on that day."""
    points: float
    days: Estimate
    """Money on days that went the same way up to that minute, with its interval."""
    pairs: int


@dataclass(frozen=True, slots=True)
class Own:
    """What one of the trainee's decisions was worth: the course with it against the course without it."""

    deed: Deed
    worth: float
    points: float


@dataclass(frozen=True)
class Debrief:
    """What there is to learn from a performance."""

    result: Result
    steps: tuple[Step, ...]
    own: tuple[Own, ...]
    """By time."""
    better: Better | None
    """None where nothing of note was lost, or no single change helps."""
    remember: tuple[str, ...]
    series: Mapping[str, Mapping[str, Series]]
    """By metric, then by whose: you, nothing done, reference."""

    @property
    def decided(self) -> Step | None:
        """The step in which most was lost; None where nothing of note was."""
        worst = max(self.steps, key=lambda step: step.lost)
        return worst if worst.points >= OF_NOTE else None


def debrief(result: Result, executor: Executor | None = None, progress: Progress | None = None,
            branches: int = BRANCHES) -> Debrief:
    """The debrief of a result.

    Args:
        result: a performance that was judged.
        executor: where courses are run again.
        progress: called with the runs done, and how many there will be at most.
        branches: pairs of days over which a better move is looked at.
    """
    return _Debriefing(result, executor or ThisProcess(), progress, branches).do()


def losses(result: Result, executor: Executor | None = None) -> tuple[Step, ...]:
    """What was lost between the points of the grid, and no more of the debrief: enough to set a class side by side."""
    return _Debriefing(result, executor or ThisProcess(), None, 0).steps()


class _Debriefing:
    def __init__(self, result: Result, executor: Executor, progress: Progress | None, branches: int):
        self.result, self.exercise, self.drill = result, result.exercise, result.exercise.drill
        self.mine, self.best = result.mine.deeds, result.reference.deeds
        self.executor, self.progress, self.branches = executor, progress, branches
        twin = result.twin
        self.gains: dict[Deeds, float] = {deeds: self.exercise.gain(run, twin) for deeds, run in (
            ((), twin), (self.mine, result.mine), (self.best, result.reference))}
        self.done = 0
        self.grid = _grid(self.drill)
        self.expected = 3 * len(self.grid) + len(self.mine) + 2 * len(self.drill.action) + branches

    def do(self) -> Debrief:
        steps, own = self.steps(), self.own()
        worst = max(steps, key=lambda step: step.lost)
        better = self.better(worst.begin) if worst.points >= OF_NOTE else None
        return Debrief(self.result, steps, own, better, self.remember(steps, own, better), self.series())

    def run_all(self, courses: Iterable[Deeds]) -> None:
        """Runs the courses that have not been."""
        new = [deeds for deeds in dict.fromkeys(courses) if deeds not in self.gains]
        for at, gain in self.executor.results(partial(_gain, self.exercise, self.result.seed, self.result.twin), new):
            self.gains[new[at]] = gain
            self.tick()

    def tick(self) -> None:
        self.done += 1
        if self.progress is not None:
            self.progress(self.done, max(self.done, self.expected))

    def points(self, money: float) -> float:
        """The same in points of the score."""
        return 100.0 * money / self.result.score.span if self.result.score.scorable else 0.0

    def steps(self) -> tuple[Step, ...]:
        """The value to go on the grid, and what is lost between its points."""
        ways = {time: self.ways_on(time) for time in self.grid}
        self.run_all(deeds for courses in ways.values() for deeds in courses)
        values = [max(self.gains[deeds] for deeds in ways[time]) for time in self.grid]
        steps = []
        for at, (begin, end) in enumerate(zip(self.grid, self.grid[1:], strict=False)):
            lost = values[at] - values[at + 1]
            steps.append(Step(begin, end, values[at], lost, self.points(lost)))
        return tuple(steps)

    def ways_on(self, time: float) -> list[Deeds]:
        """The courses that the value to go at that time is the best of."""
        if time <= self.drill.start:
            return [self.best]
        if time >= self.drill.end:
            return [self.mine]
        before = tuple(deed for deed in self.mine if deed.at < time)
        later = tuple(deed for deed in self.best if deed.at >= time)
        return [allowed(self.drill, (*before, *later)), self.caught_up(before, time), before]

    def caught_up(self, before: Deeds, time: float) -> Deeds:
        """The reference going on from a time: what it had done by then and the trainee had not, it does at once."""
        deeds, had = before, [deed.action for deed in before]
        for deed in self.best:
            if deed.action in had:
                had.remove(deed.action)
                continue
            at = max(deed.at, time)
            for need in self.drill.action[deed.action].needs:
                held = [holds_from(self.drill.action[need], one.at) for one in deeds if one.action == need]
                at = max([at, *([math.ceil(min(held))] if held else [])])
            deeds = allowed(self.drill, (*deeds, Deed(float(at), deed.action)))
        return deeds

    def own(self) -> tuple[Own, ...]:
        """What each of the trainee's decisions was worth."""
        without = [allowed(self.drill, (*self.mine[:at], *self.mine[at + 1:])) for at in range(len(self.mine))]
        self.run_all(without)
        worths = [self.gains[self.mine] - self.gains[deeds] for deeds in without]
        return tuple(Own(deed, worth, self.points(worth)) for deed, worth in zip(self.mine, worths, strict=True))

    def better(self, time: float) -> Better | None:
        """The best single change of the trainee's course at a time."""
        courses: list[Deeds] = []
        before = tuple(deed for deed in self.mine if deed.at < time)
        after = tuple(deed for deed in self.mine if deed.at >= time)
        for name, action in self.drill.action.items():
            courses.append(allowed(self.drill, self.begun(self.mine, name, time)))
            for sooner in ((name,), (name, *action.needs)):  # than the trainee did, with what it needs or without
                rest = list(after)
                for each in sooner:
                    at = next((place for place, deed in enumerate(rest) if deed.action == each), None)
                    if at is not None:
                        del rest[at]
                courses.append(allowed(self.drill, self.begun((*before, *rest), name, time)))
        courses += [allowed(self.drill, (*before, *after[:at], *after[at + 1:])) for at in range(len(after))]
        self.run_all(courses)
        found = max(courses, key=lambda deeds: self.gains[deeds])
        gain = self.gains[found] - self.gains[self.mine]
        if self.points(gain) < OF_NOTE:
            return None
        values = [0.0] * self.branches
        tasks = list(range(1, self.branches + 1))
        work = partial(_branch, self.exercise, self.result.seed, self.mine, found, time)
        for place, value in self.executor.results(work, tasks):
            values[place] = value
            self.tick()
        days = estimates.replicated_mean(values, "money").estimate()
        return Better(time, _without(found, self.mine), _without(self.mine, found), gain, self.points(gain), days,
                      self.branches)

    def begun(self, deeds: Deeds, name: str, time: float) -> Deeds:
        """The deeds with an action begun at a time, after what it needs."""
        for need in self.drill.action[name].needs:
            if not any(deed.action == need for deed in deeds):
                deeds = self.begun(deeds, need, time)
            held = [holds_from(self.drill.action[need], deed.at) for deed in deeds if deed.action == need]
            time = max(time, float(math.ceil(min(held))))
        return in_order((*deeds, Deed(time, name)))

    def series(self) -> dict[str, dict[str, Series]]:
        """How the drill's metrics went, as far as the floor follows them through the day, and the queue."""
        floors = {"you": self.mine, "nothing done": (), "reference": self.best}
        found: dict[str, dict[str, Series]] = {}
        for whose, deeds in floors.items():
            floor = self.exercise.floor(deeds, self.result.seed, keep_records=True)
            floor.advance(self.drill.end)
            for name, one in floor.snapshot().series.items():
                if name == "waiting" or name in [goal.metric for goal in self.drill.goal]:
                    shown = one.times > self.drill.start
                    found.setdefault(name, {})[whose] = Series(one.times[shown], one.values[shown])
        return found

    # What to remember

    def remember(self, steps: Sequence[Step], own: Sequence[Own], better: Better | None) -> tuple[str, ...]:
        """Three sentences: of what was lost most, in the drill's own words where it has them."""
        said = self.drill.remember
        sentences: list[str] = []
        if better is not None:
            sentences.append(self.of_better(better))
        harmful = min(own, key=lambda one: one.worth, default=None)
        if harmful is not None and harmful.points <= -OF_NOTE:
            title = self.drill.action[harmful.deed.action].title
            sentences.append(f"“{title}” at {_clock(harmful.deed.at)} cost {-harmful.points:.0f} points more than it "
                             "gave.")
        for name, lost in self.shortfalls():
            if lost >= OF_NOTE and name in said:
                sentences.append(said[name])
        if ALWAYS in said:
            sentences.append(said[ALWAYS])
        helpful = max(own, key=lambda one: one.worth, default=None)
        if helpful is not None and helpful.points >= OF_NOTE:
            title = self.drill.action[helpful.deed.action].title
            sentences.append(f"Your best decision was “{title}” at {_clock(helpful.deed.at)}: "
                             f"{helpful.points:.0f} points.")
        for name, lost in self.shortfalls():
            if lost >= OF_NOTE and name not in said:
                title = "actions" if name == ACTIONS else METRICS[name].title
                sentences.append(f"Most was left to gain in {title}: {lost:.0f} points.")
        sentences += self.drill.goals
        return tuple(dict.fromkeys(sentences))[:SENTENCES]

    def of_better(self, better: Better) -> str:
        """The better move, with what the drill says of it."""
        changed = better.put_in or better.left_out
        said = next((self.drill.remember[deed.action] for deed in reversed(changed)
                     if deed.action in self.drill.remember), "")
        words = f"{in_words(self.drill, better)}: {better.points:.0f} points."
        return f"{said} {words}" if said else words

    def shortfalls(self) -> list[tuple[str, float]]:
        """Points by which each part is behind the reference, most first."""
        parts = self.result.score.parts
        best = _parts(self.result)
        return sorted(((part.name, best[part.name] - part.points) for part in parts), key=lambda item: -item[1])


def _parts(result: Result) -> dict[str, float]:
    """The reference's points by part."""
    best = score(result.exercise.drill, result.exercise.scenario, result.reference, result.twin, result.reference)
    return {part.name: part.points for part in best.parts}


def in_words(drill: FloorDrill, better: Better) -> str:
    """A better move in words."""
    left = list(better.left_out)
    said = []
    for deed in better.put_in:
        words = f"“{drill.action[deed.action].title}” at {_clock(deed.at)}"
        before = next((one for one in left if one.action == deed.action), None)
        if before is not None:
            left.remove(before)
            words += f" in place of {_clock(before.at)}"
        said.append(words)
    gone = " and ".join(f"“{drill.action[deed.action].title}” at {_clock(deed.at)}" for deed in left)
    if said:
        return " and ".join(said) + (f", without {gone}," if gone else "")
    return f"The same course without {gone}"


def _clock(at: float) -> str:
    return write_moment(round(at))


def _grid(drill: FloorDrill) -> list[float]:
    """Times from the start of play to its end."""
    count = math.ceil((drill.end - drill.start) / drill.grid)
    return [*(drill.start + at * drill.grid for at in range(count)), drill.end]


def _without(deeds: Deeds, others: Deeds) -> Deeds:
    """The deeds that are not among the others."""
    left = list(others)
    found = []
    for deed in deeds:
        if deed in left:
            left.remove(deed)
        else:
            found.append(deed)
    return tuple(found)


def _gain(exercise: Exercise, seed: int, twin: Run, deeds: Deeds) -> float:
    return exercise.gain(exercise.run(deeds, seed), twin)


def _branch(exercise: Exercise, seed: int, mine: Deeds, other: Deeds, time: float, branch: int) -> float:
    """Money by which another course is better on a day that went the same way up to a time."""
    runs = []
    for deeds in (other, mine):
        floor: Floor = exercise.floor(deeds, seed)
        floor.advance(time)
        floor.branch(branch)
        floor.advance(exercise.drill.end)
        runs.append(run_of(exercise.drill, deeds, floor.measures()))
    return exercise.gain(*runs)

