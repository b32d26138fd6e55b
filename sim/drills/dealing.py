"""From a judgement drill and a seed to the hand that is dealt, and from a recorded play to its result.

`deal` calls the kind's own module; `judge` is the one place that scores a play, for the terminal, the screen, a replay
and a class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.drill.drill import ALWAYS, Drill
from core.drill.file import DrillFile
from core.drill.judgement import ANSWERS, SPEED, ReadingDrill, ReviewDrill, TriageDrill
from core.drill.performance import Answered, Performance
from core.errors import DrillError, did_you_mean
from core.interventions import Intervention
from core.output.store import program_version
from core.toml_lines import printable, quoted
from sim.drills.judgement import Answer, Grade, Hand, Mark, baselines, graded, marked
from sim.drills.reading import reading
from sim.drills.review import Agreement, Overlooked, Review, agreement, overlooked, review
from sim.drills.triage import triage


@dataclass(frozen=True)
class Dealt:
    """What is dealt."""

    hand: Hand
    review: Review | None = None
    """The same hand with the colleagues' ratings, of a review drill."""


def deal(file: DrillFile, seed: int) -> Dealt:
    """The hand of a judgement drill.

    Raises:
        DrillError: where the scenario does not give one.
    """
    drill, scenario = file.drill, file.scenario
    try:
        if isinstance(drill, TriageDrill):
            return Dealt(triage(scenario, seed, count=drill.count, start=drill.start, points=drill.points,
                               par=drill.par))
        if isinstance(drill, ReviewDrill):
            hand = review(scenario, seed, count=drill.count, subtle=drill.subtle, points=drill.points, par=drill.par)
            return Dealt(hand.hand, hand)
        assert isinstance(drill, ReadingDrill), f"{file.name} is no judgement drill"
        return Dealt(reading(scenario, seed, questions=[(question.at, question.ask) for question in drill.question],
                            changes=[Intervention(one.at, one.key, one.value) for one in drill.change],
                            points=divided(drill), par=drill.par))
    except DrillError as error:
        raise DrillError(f"{file.name}, seed {seed}: {error}") from None


def divided(drill: ReadingDrill) -> dict[str, float]:
    """Points by kind of question: in tenths that sum to what there is for answers, as evenly as can be."""
    asked = Counter(question.ask for question in drill.question)
    whole, left = round(drill.points[ANSWERS] * 10), round(drill.points[ANSWERS] * 10)
    tenths = {}
    for name, count in asked.items():
        tenths[name] = whole * count // len(drill.question)
        left -= tenths[name]
    for name in list(tenths)[:left]:
        tenths[name] += 1
    return {name: share / 10 for name, share in tenths.items()} | {
        name: points for name, points in drill.points.items() if name == SPEED}


# --- a play of it -----------------------------------------------------------------------------------------------------

def answers_of(performance: Performance, file: DrillFile, hand: Hand, name: str) -> list[Answer]:
    """The answers of a recorded play.

    Raises:
        DrillError: with everything in it that does not fit the drill and its hand.
    """
    wrong = []
    if performance.digest is not None and performance.digest != file.digest:
        wrong.append("digest: it was played on another version of this drill" if performance.drill == file.name
                     else f"drill: it is a play of {quoted(performance.drill)}")
    if performance.hints > len(file.drill.hint):
        wrong.append(f"hints: the drill has {len(file.drill.hint)}, given {performance.hints}")
    answers: dict[int, Answer] = {}
    for number, one in enumerate(performance.answers):
        wrong += [f"answers.{number}: {problem}" for problem in _wrong(one, hand, answers)]
        answers[one.item] = Answer(one.item, one.answers, one.took)
    if wrong:
        raise DrillError("\n".join(printable(f"{name}: {problem}") for problem in wrong))
    return list(answers.values())


def _wrong(one: Answered, hand: Hand, before: Mapping[int, Answer]) -> Iterator[str]:
    if one.item >= len(hand.items):
        yield f"item: a number from 0 to {len(hand.items) - 1} is wanted, given {one.item}"
        return
    if one.item in before:
        yield f"item: {one.item} has been answered before"
    decisions = {decision.name: decision for decision in hand.items[one.item].decisions}
    for name, value in one.answers.items():
        if name not in decisions:
            yield f"answers: {quoted(name)} is not asked here; {did_you_mean(name, decisions)}"
        elif value not in (values := [option.value for option in decisions[name].options]):
            yield f"answers: {name}: {quoted(value)} is no answer; {did_you_mean(value, values)}"


# --- what came of it --------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Result:
    """A play with its score and all that there is to say of it."""

    file: DrillFile
    performance: Performance
    seed: int
    dealt: Dealt
    grade: Grade
    hint_tenths: int
    """Tenths of points that hints cost."""
    marks: tuple[Mark, ...]
    answers: tuple[Answer, ...]
    baselines: Mapping[str, float]
    """Points of who knows nothing, and of who knows all."""
    agreement: tuple[Agreement, ...] = ()
    overlooked: tuple[Overlooked, ...] = ()

    @property
    def points(self) -> float:
        """The score: the sum of its parts, less hints."""
        return (self.grade.tenths - self.hint_tenths) / 10

    @property
    def passed(self) -> bool:
        """Whether it reaches the pass mark."""
        return self.points >= self.file.drill.pass_mark

    @property
    def missed(self) -> list[tuple[str, int]]:
        """What was broken how often, the most frequent first: rules, faults, kinds of question."""
        return Counter(mark.truth.place for mark in self.marks
                       if mark.given is not None and not mark.right).most_common()

    def remember(self) -> list[str]:
        """Sentences to take along; see `remembered`."""
        return remembered(self.file.drill, {share.name: share.most - share.tenths for share in self.grade.shares})

    def document(self) -> dict[str, Any]:
        """The JSON of it."""
        drill = self.file.drill
        document = {
            "schema": 1, "version": program_version(), "drill": self.file.name, "kind": drill.kind,
            "digest": self.file.digest, "seed": self.seed, "trainee": self.performance.trainee, "score": self.points,
            "passed": self.passed, "pass_mark": drill.pass_mark,
            "parts": [{"name": share.name, "points": share.tenths / 10, "most": share.most / 10}
                      for share in self.grade.shares],
            "hints": {"taken": self.performance.hints, "points": -self.hint_tenths / 10},
            "baselines": dict(self.baselines),
            "missed": [{"place": place, "times": times} for place, times in self.missed],
            "marks": [{"item": mark.item, "decision": mark.decision, "given": mark.given, "right": mark.truth.value,
                       "credit": mark.credit, "place": mark.truth.place, "why": mark.why,
                       "figures": None if mark.truth.figures is None else asdict(mark.truth.figures)}
                      for mark in self.marks]}
        if self.agreement:
            document["agreement"] = [asdict(one) for one in self.agreement]
            document["overlooked"] = [asdict(one) for one in self.overlooked]
        return document


def remembered(drill: Drill, lost: Mapping[str, float]) -> list[str]:
    """The drill's sentences for the two parts that lost most, and the one that is always worth remembering."""
    order = [name for name in sorted(lost, key=lambda name: -lost[name]) if lost[name] > 0 and name in drill.remember]
    return [drill.remember[name] for name in (*order[:2], ALWAYS) if name in drill.remember]


def judge(file: DrillFile, performance: Performance, seed: int | None = None, *, dealt: Dealt | None = None,
          name: str = "answers") -> Result:
    """The result of a play.

    Args:
        file: the drill.
        performance: what was decided.
        seed: in place of the performance's, and of the drill's own.
        dealt: the hand, where it has been dealt already.
        name: stands in the messages.

    Raises:
        DrillError: with all that does not fit the drill and its hand.
    """
    seed = next(one for one in (seed, performance.seed, file.drill.seed) if one is not None)
    dealt = deal(file, seed) if dealt is None else dealt
    answers = answers_of(performance, file, dealt.hand, name)
    found: Sequence[Agreement] = agreement(dealt.review, answers) if dealt.review is not None else ()
    faults: Sequence[Overlooked] = overlooked(dealt.review, answers) if dealt.review is not None else ()
    return Result(file, performance, seed, dealt, graded(dealt.hand, answers),
                  round(sum(hint.cost for hint in file.drill.hint[:performance.hints]) * 10),
                  tuple(marked(dealt.hand, answers)), tuple(answers), baselines(dealt.hand), tuple(found),
                  tuple(faults))
