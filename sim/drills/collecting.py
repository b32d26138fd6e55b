"""Collecting a class: every result file is verified, played again, and set beside the others.

Called by `flightdesk drill collect`. A file that cannot be used (unreadable, of another class, tampered with, another
version of the drill, a score that its play does not give, handed in twice) is a `Trouble` with its name, and the rest
is tabulated all the same.
"""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.drill.classroom import ClassDrill, ClassFile, ClassResult, canonical, is_class, read_result, verified
from core.drill.file import DrillFile, load_drill
from core.drill.judgement import JudgementDrill
from core.drill.performance import Performance
from core.errors import DrillError, FlightdeskError
from core.output.store import program_version
from core.units import write_moment
from sim.drills.dealing import Dealt, deal, judge
from sim.drills.debrief import OF_NOTE, losses
from sim.drills.exercise import Exercise
from sim.drills.judgement import Answer
from sim.drills.reference import take_over
from sim.drills.result import Result as FloorResult
from sim.drills.result import judge as floor_judge
from sim.drills.review import Calibration, calibration
from sim.experiments.executor import Executor

Progress = Callable[[int, int], None]
MINUTES = 3
"""Stretches of a floor drill that count as missed: those in which most was lost, if it was of note."""


@dataclass(frozen=True)
class Verdict:
    """What a play comes to when it is played again."""

    score: float | None
    passed: bool
    misses: tuple[str, ...] = ()
    """What was missed, once for each time: rules, faults, kinds of question, minutes of a floor."""
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class Collected:
    """A result that holds."""

    file: str
    trainee: str
    drill: str
    session: int
    seed: int
    hints: int
    verdict: Verdict
    version: str | None
    """Of the Flightdesk that scored it when it was handed in; None: it does not say."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """A file that cannot be used, and why."""

    file: str
    what: str


@dataclass(frozen=True, slots=True)
class Spread:
    """The scores of a drill over all results."""

    results: int
    trainees: int
    passed: int
    """Results that reach the pass mark."""
    mean: float
    deviation: float | None
    """Standard deviation, None for fewer than two."""
    lowest: float
    median: float
    highest: float


@dataclass(frozen=True, slots=True)
class Way:
    """A trainee's way through a drill, session by session."""

    trainee: str
    drill: str
    scores: tuple[tuple[int, float | None], ...]
    """Session and score."""

    @property
    def change(self) -> float | None:
        """Last score minus the first, None for fewer than two."""
        known = [score for _, score in self.scores if score is not None]
        return known[-1] - known[0] if len(known) > 1 else None


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something that was missed, over the class."""

    drill: str
    place: str
    trainees: int
    """How many missed it at least once."""
    times: int


@dataclass(frozen=True, slots=True)
class GroupSession:
    """How a group's ratings of one session stand to the reference and to each other."""

    drill: str
    session: int
    dimensions: tuple[Calibration, ...]


class Collection:
    """A class's results."""

    def __init__(self, group: ClassFile, results: Sequence[Collected], troubles: Sequence[Trouble],
                 groups: Sequence[GroupSession] = ()):
        self.group = group
        self.results = tuple(sorted(results, key=lambda one: (one.drill, one.trainee.casefold(), one.session)))
        self.troubles = tuple(troubles)
        self.groups = tuple(groups)

    @property
    def drills(self) -> list[str]:
        """The drills that there are results of, in the order of the class."""
        have = {one.drill for one in self.results}
        return [drill.name for drill in self.group.drills if drill.name in have]

    @property
    def versions(self) -> dict[str | None, int]:
        """How many results each version of Flightdesk has scored, the most first; None: it is not said."""
        return dict(Counter(one.version for one in self.results).most_common())

    def spread(self, drill: str) -> Spread | None:
        """How the scores of a drill are spread, None where nothing could be scored."""
        mine = [one for one in self.results if one.drill == drill and one.verdict.score is not None]
        scores = [one.verdict.score for one in mine if one.verdict.score is not None]
        if not scores:
            return None
        return Spread(len(mine), len({one.trainee for one in mine}), sum(one.verdict.passed for one in mine),
                      statistics.fmean(scores), statistics.stdev(scores) if len(scores) > 1 else None, min(scores),
                      statistics.median(scores), max(scores))

    def ways(self) -> list[Way]:
        """Each trainee's sessions at each drill."""
        found: dict[tuple[str, str], list[tuple[int, float | None]]] = defaultdict(list)
        for one in self.results:
            found[one.drill, one.trainee].append((one.session, one.verdict.score))
        return [Way(trainee, drill, tuple(scores)) for (drill, trainee), scores in found.items()]

    def mistakes(self) -> list[Mistake]:
        """What was missed, in each drill by how many, the most first."""
        times: Counter[tuple[str, str]] = Counter()
        who: dict[tuple[str, str], set[str]] = defaultdict(set)
        for one in self.results:
            for place in one.verdict.misses:
                times[one.drill, place] += 1
                who[one.drill, place].add(one.trainee)
        found = [Mistake(drill, place, len(who[drill, place]), count) for (drill, place), count in times.items()]
        return sorted(found, key=lambda one: (self.drills.index(one.drill), -one.trainees, -one.times, one.place))


def result_files(folder: Path) -> list[Path]:
    """The files of a folder that may be results, by name: all JSON but class files."""
    return [file for file in sorted(folder.glob("*.json")) if not is_class(file)]


def collect(files: Sequence[Path], group: ClassFile, progress: Progress | None = None,
            executor: Executor | None = None) -> Collection:
    """What the files of a class come to; `executor` is where floors are run again."""
    desk = _Desk(group, executor)
    results, troubles = [], []
    for number, file in enumerate(files):
        try:
            results.append(desk.take(file))
        except FlightdeskError as error:
            lines = [line.removeprefix(f"{file}: ") for line in str(error).splitlines()]
            troubles.append(Trouble(file.name, "; ".join(lines)))
        if progress is not None:
            progress(number + 1, len(files))
    return Collection(group, results, troubles, list(desk.groups(results)))


class _Desk:
    """Takes results one by one, and remembers what was handed in."""

    def __init__(self, group: ClassFile, executor: Executor | None):
        self._group, self._executor = group, executor
        self._drills: dict[str, DrillFile] = {}
        self._dealt: dict[tuple[str, int], Dealt] = {}
        self._seen: dict[tuple[str, str, int], str] = {}
        self._plays: dict[bytes, str] = {}
        self._names: dict[str, str] = {}
        """Trainees as they first wrote themselves: capitals and spaces make no other person."""

    def take(self, file: Path) -> Collected:
        """A result that holds.

        Raises:
            FlightdeskError: where it does not, with why.
        """
        result = read_result(file)
        if result.class_id != self._group.id:
            raise DrillError("is of another class")
        if not verified(self._group, result):
            raise DrillError("the signature does not fit: it was changed after it was written, or made without this "
                             "class's key")
        performance = result.performance
        entry = self._entry(performance)
        if performance.seed != (seed := entry.seed(result.session)):
            raise DrillError(f"session {result.session} of {entry.name} is played under seed {seed}, and this one was "
                             f"under {performance.seed}")
        drill = self._drill(entry)
        verdict, missed = self.judged(drill, performance, seed)
        if verdict.score != result.score:
            raise DrillError(f"says a score of {_points(result.score)}, and its play gives {_points(verdict.score)}"
                             f"{_other_version(performance)}")
        name = " ".join(result.trainee.split())
        name = self._names.setdefault(name.casefold(), name)
        self._once(file, result, entry, name)
        # Where a floor drill was lost takes many runs: only for those that hold.
        return Collected(file.name, name, entry.name, result.session, seed, performance.hints,
                         replace(verdict, misses=missed()), performance.version)

    def _entry(self, performance: Performance) -> ClassDrill:
        for entry in self._group.drills:
            if entry.digest == performance.digest:
                return entry
        if performance.drill in {entry.name for entry in self._group.drills}:
            raise DrillError(f"{performance.drill} was played in another version than the class's")
        raise DrillError(f"the class does not play {performance.drill}")

    def _drill(self, entry: ClassDrill) -> DrillFile:
        if entry.digest not in self._drills:
            drill = load_drill(entry.name)
            if drill.digest != entry.digest:
                raise DrillError(f"the {entry.name} of this Flightdesk is another version than the class's")
            if entry.references:
                take_over(Exercise.of(drill), entry.references)
            self._drills[entry.digest] = drill
        return self._drills[entry.digest]

    def judged(self, drill: DrillFile, performance: Performance,
               seed: int) -> tuple[Verdict, Callable[[], tuple[str, ...]]]:
        """The play, played again, and what finds out what it missed."""
        if not isinstance(drill.drill, JudgementDrill):
            floor = floor_judge(Exercise.of(drill), performance, seed, self._executor)
            points = floor.score.points if floor.score.scorable else None
            return Verdict(points, floor.score.passed), lambda: minutes_missed(floor, self._executor)
        if (drill.digest, seed) not in self._dealt:
            self._dealt[drill.digest, seed] = deal(drill, seed)
        result = judge(drill, performance, seed, dealt=self._dealt[drill.digest, seed])
        return Verdict(result.points, result.passed, answers=result.answers), lambda: tuple(
            mark.truth.place for mark in result.marks if mark.given is not None and not mark.right)

    def _once(self, file: Path, result: ClassResult, entry: ClassDrill, name: str) -> None:
        """Refuses what was handed in before, under this name or another."""
        who = name, entry.digest, result.session
        if who in self._seen:
            raise DrillError(f"{name} has handed in session {result.session} of {entry.name} already: "
                             f"{self._seen[who]}")
        said = result.performance.model_dump(mode="json", exclude={"trainee", "version"})
        play = canonical(said)
        if play in self._plays and result.performance.answers:
            raise DrillError(f"is the same play, to the tenth of a second, as {self._plays[play]}")
        self._seen[who] = self._plays[play] = file.name

    def groups(self, results: Iterable[Collected]) -> Iterator[GroupSession]:
        """How groups rated, for each session of a review drill."""
        sessions: dict[tuple[str, int, int], list[Sequence[Answer]]] = defaultdict(list)
        for one in results:
            sessions[one.drill, one.session, one.seed].append(one.verdict.answers)
        for (name, session, seed), ratings in sorted(sessions.items()):
            digest = next(entry.digest for entry in self._group.drills if entry.name == name)
            dealt = self._dealt.get((digest, seed))
            if dealt is not None and dealt.review is not None:
                yield GroupSession(name, session, tuple(calibration(dealt.hand, ratings)))


def minutes_missed(result: FloorResult, executor: Executor | None = None) -> tuple[str, ...]:
    """The stretches of a floor drill in which a play lost most, as in its debrief."""
    if not result.score.scorable:
        return ()
    worst = sorted((step for step in losses(result, executor) if step.points >= OF_NOTE),
                   key=lambda step: -step.points)[:MINUTES]
    return tuple(f"{write_moment(step.begin)} to {write_moment(step.end)}" for step in worst)


def _other_version(performance: Performance) -> str:
    """That another version scored a result, where it is so: then a score may well be another."""
    here = program_version()
    if performance.version in (None, here):
        return ""
    return f"; it was scored by Flightdesk {performance.version}, and this is {here}"


def _points(score: float | None) -> str:
    return "none" if score is None else f"{score:g}"
