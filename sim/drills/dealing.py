"""From a judgement drill and a seed to the hand that is dealt, and from a recorded play to its result.

`deal` calls the kind's own module; `judge` is the one place that scores a play, for the terminal, the screen, a replay
and a class.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core.drill.file import DrillFile
from core.drill.judgement import ANSWERS, SPEED, JudgementDrill, ReadingDrill, ReviewDrill, TriageDrill
from core.drill.record import Record, is_time
from core.errors import DrillError, did_you_mean
from core.interventions import Intervention
from sim.drills.judgement import Answer, Exercise, Grade, Mark, baselines, graded, marked
from sim.drills.reading import reading
from sim.drills.review import Agreement, Overlooked, Review, agreement, overlooked, review
from sim.drills.triage import triage


@dataclass(frozen=True)
class Hand:
    """What is dealt."""

    exercise: Exercise
    review: Review | None = None
    """The same hand with the colleagues' ratings, of a review drill."""


def deal(file: DrillFile, seed: int) -> Hand:
    """The hand of a judgement drill.

    Raises:
        DrillError: where the scenario does not give one.
    """
    drill, scenario = file.drill, file.scenario
    try:
        if isinstance(drill, TriageDrill):
            return Hand(triage(scenario, seed, count=drill.count, start=drill.start, points=drill.points,
                               par=drill.par))
        if isinstance(drill, ReviewDrill):
            hand = review(scenario, seed, count=drill.count, subtle=drill.subtle, points=drill.points, par=drill.par)
            return Hand(hand.exercise, hand)
        assert isinstance(drill, ReadingDrill), f"{file.name} is no judgement drill"
        return Hand(reading(scenario, seed, questions=[(question.at, question.ask) for question in drill.question],
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


# --- answers in a record ----------------------------------------------------------------------------------------------

def entry_of(answer: Answer) -> dict[str, Any]:
    """An answer as a record has it."""
    return {"item": answer.item, "answers": dict(answer.values), "took": answer.took}


def answers_of(record: Record, exercise: Exercise, file: str) -> list[Answer]:
    """The answers of a record.

    Raises:
        DrillError: with everything in it that does not fit the hand.
    """
    answers: list[Answer] = []
    wrong = []
    for number, entry in enumerate(record.entries):
        problems = list(_wrong(entry, exercise, {answer.item for answer in answers}))
        wrong += [f"{file}: entry {number}: {problem}" for problem in problems]
        if not problems:
            answers.append(Answer(entry["item"], dict(entry["answers"]), float(entry["took"])))
    if wrong:
        raise DrillError("\n".join(wrong))
    return answers


def _wrong(entry: Mapping[str, Any], exercise: Exercise, before: set[int]) -> Iterator[str]:
    item, given = entry.get("item"), entry.get("answers")
    if not isinstance(item, int) or isinstance(item, bool) or not 0 <= item < len(exercise.items):
        yield f"item: a number from 0 to {len(exercise.items) - 1} is wanted"
        return
    if item in before:
        yield f"item: {item} has been answered before"
    if not is_time(entry.get("took")):
        yield "took: seconds are wanted"
    if not isinstance(given, dict):
        yield "answers: an object is wanted"
        return
    decisions = {decision.name: decision for decision in exercise.items[item].decisions}
    for name, value in given.items():
        if name not in decisions:
            yield f"answers: {name!r} is not asked here; {did_you_mean(name, decisions)}"
        elif value not in (values := [option.value for option in decisions[name].options]):
            yield f"answers: {name}: {value!r} is no answer; {did_you_mean(str(value), values)}"


# --- what came of it --------------------------------------------------------------------------------------------------

@dataclass(frozen=True)
class Result:
    """A play with its score and all that there is to say of it."""

    file: DrillFile
    record: Record
    hand: Hand
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
        return Counter(mark.truth.place for mark in self.marks if mark.given is not None and not mark.right).most_common()

    def remember(self) -> list[str]:
        """The drill's sentences for what most was lost by, and for always; three at most."""
        return remembered(self.file.drill, {share.name: share.most - share.tenths for share in self.grade.shares})

    def document(self) -> dict[str, Any]:
        """The JSON of it."""
        drill = self.file.drill
        document = {
            "schema": 1, "drill": self.file.name, "kind": drill.kind, "digest": self.file.digest,
            "seed": self.record.seed, "trainee": self.record.trainee, "points": self.points, "passed": self.passed,
            "pass_mark": drill.pass_mark,
            "parts": [{"name": share.name, "points": share.tenths / 10, "most": share.most / 10}
                      for share in self.grade.shares],
            "hints": {"taken": len(self.record.hints), "points": -self.hint_tenths / 10},
            "baselines": dict(self.baselines),
            "missed": [{"place": place, "times": times} for place, times in self.missed],
            "marks": [{"item": mark.item, "decision": mark.decision, "given": mark.given, "right": mark.truth.value,
                       "credit": mark.credit, "place": mark.truth.place, "why": mark.why} for mark in self.marks]}
        if self.agreement:
            document["agreement"] = [asdict(one) for one in self.agreement]
            document["overlooked"] = [asdict(one) for one in self.overlooked]
        return document


def remembered(drill: JudgementDrill | Any, lost: Mapping[str, float]) -> list[str]:
    """The drill's sentences for what was lost, the largest first, and then what is always worth remembering."""
    order = [name for name in sorted(lost, key=lambda name: -lost[name]) if lost[name] > 0]
    return [drill.remember[name] for name in (*order, "always") if name in drill.remember][:3]


def judge(file: DrillFile, record: Record, hand: Hand | None = None, name: str = "the record") -> Result:
    """The result of a recorded play; `hand` where it has been dealt already.

    Raises:
        DrillError: where the record does not fit the hand.
    """
    hand = deal(file, record.seed) if hand is None else hand
    answers = answers_of(record, hand.exercise, name)
    hints = file.drill.hint[:len(record.hints)]
    if len(record.hints) > len(file.drill.hint):
        raise DrillError(f"{name}: {len(record.hints)} hints were taken, and the drill has {len(file.drill.hint)}")
    found: Sequence[Agreement] = agreement(hand.review, answers) if hand.review is not None else ()
    faults: Sequence[Overlooked] = overlooked(hand.review, answers) if hand.review is not None else ()
    return Result(file, record, hand, graded(hand.exercise, answers), round(sum(hint.cost for hint in hints) * 10),
                  tuple(marked(hand.exercise, answers)), tuple(answers), baselines(hand.exercise), tuple(found),
                  tuple(faults))
