"""What judgement drills have in common: a hand of items to decide, the truth about each, and what answers are worth.

A triage, a review and a reading drill are an `Hand` each, dealt by a seed (`sim.drills.triage`, `.review`,
`.reading`): data alone, so that a terminal, a screen, a replay and a class all see the same. `marked` compares
answers with the truth, `graded` turns that into points which add up, and `commonest` and `guessing` are what somebody
gets who knows nothing. Texts are data: never markup.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.drill.judgement import SPEED

SLOW = 3.0
"""An answer that takes so many times the par time earns nothing for speed; between, evenly less."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be answered."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Something to decide about an item."""

    name: str
    question: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Figures:
    """A small table, as text: what each row is about stands first."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Item:
    """What is laid before a trainee."""

    title: str
    facts: tuple[tuple[str, str], ...]
    """What is known of it: name and value."""
    lines: tuple[tuple[str, str], ...]
    """What is said in it: who, and the words."""
    decisions: tuple[Decision, ...]
    figures: tuple[Figures, ...] = ()
    """What can be read off it."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is right about a decision, and why."""

    value: str
    why: str
    place: str
    """What says so, a key of the scenario or the name of a fault: under this name misses are counted."""
    credits: Mapping[str, float] = field(default_factory=dict)
    """What other answers are worth, of 1; those that are not here nothing."""
    misses: Mapping[str, str] = field(default_factory=dict)
    """Why another answer is wrong, where there is more to say."""
    figures: Figures | None = None
    """What shows it, where it takes several figures."""

    def credit(self, given: str | None) -> float:
        """What an answer is worth, 0 to 1."""
        return 1.0 if given == self.value else self.credits.get(given, 0.0) if given is not None else 0.0


@dataclass(frozen=True)
class Hand:
    """A hand of items with what is right about each."""

    items: tuple[Item, ...]
    truths: tuple[Mapping[str, Truth], ...]
    """Of each item, by decision."""
    points: Mapping[str, float]
    """What a hand that is right throughout earns, by decision, and for `SPEED`."""
    par: float
    """Time for one item within which speed earns all it can (s)."""
    guide: tuple[str, ...] = ()
    """The rules of the team, or what else a trainee may look into at any time; a line each."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a trainee said to one item."""

    item: int
    """Its position in the hand."""
    values: Mapping[str, str]
    """By decision."""
    took: float
    """Time from seeing the item to the last decision (s)."""


@dataclass(frozen=True, slots=True)
class Mark:
    """An answer to one decision beside the truth."""

    item: int
    decision: str
    given: str | None
    truth: Truth

    @property
    def credit(self) -> float:
        """What it is worth, 0 to 1."""
        return self.truth.credit(self.given)

    @property
    def right(self) -> bool:
        """Whether it is as good as the truth."""
        return self.credit >= 1.0

    @property
    def why(self) -> str:
        """The truth in words, and what is wrong with the answer where there is more to say."""
        more = self.truth.misses.get(self.given or "", "")
        return f"{self.truth.why} {more}".strip()


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a score. Points are whole tenths, so that what is shown adds up to what is shown."""

    name: str
    tenths: int
    most: int
    """Tenths that could be had."""


@dataclass(frozen=True, slots=True)
class Grade:
    """A score by its parts."""

    shares: tuple[Share, ...]

    @property
    def tenths(self) -> int:
        """The sum of the parts."""
        return sum(share.tenths for share in self.shares)

    @property
    def total(self) -> float:
        """The points."""
        return self.tenths / 10


def marked(hand: Hand, answers: Iterable[Answer]) -> list[Mark]:
    """Every decision of every item beside its truth; where an item has been answered twice, the first answer counts."""
    given: dict[int, Mapping[str, str]] = {}
    for answer in answers:
        given.setdefault(answer.item, answer.values)
    return [Mark(at, decision.name, given.get(at, {}).get(decision.name), hand.truths[at][decision.name])
            for at, item in enumerate(hand.items) for decision in item.decisions]


def graded(hand: Hand, answers: Sequence[Answer]) -> Grade:
    """What answers earn, hints left out.

    Each decision's points are spread evenly over the items that ask it. Speed counts only for what is right: of each
    item's share the part of its points that were earned in full, times how fast it was.
    """
    took = {answer.item: answer.took for answer in reversed(answers)}
    fast = [quickness(took[at], hand.par) if at in took else 0.0 for at in range(len(hand.items))]
    return _grade(hand, {(mark.item, mark.decision): (mark.credit, float(mark.right))
                             for mark in marked(hand, answers)}, fast)


def quickness(took: float, par: float) -> float:
    """1 within the par time, 0 at `SLOW` times that, evenly less between."""
    return min(max((SLOW * par - took) / ((SLOW - 1.0) * par), 0.0), 1.0)


def _grade(hand: Hand, worth: Mapping[tuple[int, str], tuple[float, float]], fast: Sequence[float]) -> Grade:
    """Points from what each answer is worth, and how far it is right in full (or how probably), by item and decision.
    """
    shares, points = [], hand.points
    for name, most in points.items():
        if name != SPEED:
            got = [credit for (_, decision), (credit, _) in worth.items() if decision == name]
            shares.append(Share(name, _tenths(most * sum(got) / len(got)) if got else 0, _tenths(most)))
    if most := points.get(SPEED, 0.0):
        earned = 0.0
        for at, item in enumerate(hand.items):
            weights = [(points.get(decision.name, 0.0), worth[at, decision.name][1]) for decision in item.decisions]
            whole = sum(weight for weight, _ in weights)
            if whole:
                earned += fast[at] * sum(weight * right for weight, right in weights) / whole
        shares.append(Share(SPEED, _tenths(most * earned / len(hand.items)), _tenths(most)))
    return Grade(tuple(shares))


def _tenths(points: float) -> int:
    return int(points * 10 + 0.5)


# --- what somebody gets who knows nothing, or everything --------------------------------------------------------------

def truth_answers(hand: Hand) -> list[Answer]:
    """The answers of somebody who knows all, in par time."""
    return [Answer(at, {name: truth.value for name, truth in truths.items()}, hand.par)
            for at, truths in enumerate(hand.truths)]


def commonest_answers(hand: Hand) -> list[Answer]:
    """Always the answer that is right most often, in par time."""
    counts: dict[str, Counter[str]] = {}
    for truths in hand.truths:
        for name, truth in truths.items():
            counts.setdefault(name, Counter())[truth.value] += 1
    return [Answer(at, {name: counts[name].most_common(1)[0][0] for name in truths}, hand.par)
            for at, truths in enumerate(hand.truths)]


def guessing(hand: Hand) -> Grade:
    """The mean of what somebody earns who takes any option, each as often, in par time."""
    worth = {}
    for at, item in enumerate(hand.items):
        for decision in item.decisions:
            credits = [hand.truths[at][decision.name].credit(option.value) for option in decision.options]
            worth[at, decision.name] = (sum(credits) / len(credits),
                                        sum(credit >= 1.0 for credit in credits) / len(credits))
    return _grade(hand, worth, [1.0] * len(hand.items))


def first_answers(hand: Hand) -> list[Answer]:
    """Always the option that stands first, in par time."""
    return [Answer(at, {decision.name: decision.options[0].value for decision in item.decisions}, hand.par)
            for at, item in enumerate(hand.items)]


def baselines(hand: Hand) -> dict[str, float]:
    """Points of guessing (on average), of always the option that stands first, of always the commonest answer, where
    all items ask the same, and of knowing all.
    """
    points = {"random": guessing(hand).total, "first": graded(hand, first_answers(hand)).total}
    if len({tuple(decision.name for decision in item.decisions) for item in hand.items}) == 1:
        points["commonest"] = graded(hand, commonest_answers(hand)).total
    return {**points, "truth": graded(hand, truth_answers(hand)).total}
