"""The review drill: the trainee rates conversations as in the carousel, and the right rating is known.

`review` writes transcripts from `transcripts.toml`: what is wrong with each, and what is better than it must be, is
put in, so that the reference rating follows from how it was made. Beside it stand colleagues: what raters who follow
the scenario's own scorecard law (`core.quality`) say of work that deserves that grade. `agreement` compares a trainee's
ratings with both, `calibration` a group's with each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import tomli
from numpy.typing import NDArray

from core.agreement import krippendorff_alpha, weighted_kappa
from core.errors import DrillError
from core.quality import Grade, Scorecards, followed_worth, scorecards, worth_of
from core.scenario import Scenario
from core.scenario.quality import Quality
from core.streams import Stream
from sim.drills.judgement import Answer, Decision, Hand, Item, Option, Truth, marked
from sim.facts import Facts
from sim.messages import Chance, phrases
from sim.people import People
from sim.topic_families import family_of

GRADED = ("accuracy", "completeness", "tone")
DIMENSIONS = (*GRADED, "process")
"""What is rated: the columns of `core.quality.Scorecards`."""
GRADES = {"needs-improvement": "needs improvement", "good": "good", "exceptional": "exceptional"}
"""By value, in their order: what it is called."""
FOLLOWED = {"no": "no", "yes": "yes"}
NEAR = 0.25
"""What a rating that is one grade off is worth."""
COLLEAGUES = 12
"""How many others have rated the same conversations."""

Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Review:
    """A hand of transcripts, and how colleagues have rated them."""

    hand: Hand
    colleagues: Mapping[str, Ints]
    """By dimension: positions of their ratings among its values, shape (colleagues, items)."""


def scale(dimension: str) -> Mapping[str, str]:
    """The values of a dimension, lowest first, and what they are called."""
    return GRADES if dimension in GRADED else FOLLOWED


def review(scenario: Scenario, seed: int, *, count: int, subtle: bool, points: Mapping[str, float],
           par: float) -> Review:
    """A hand of `count` transcripts about topics of the scenario.

    Every grade of a dimension comes as often as the others, give or take one, in an order that chance decides.

    Raises:
        DrillError: where there is nothing to say about any of the scenario's topics.
    """
    topics = {topic: matters for topic in scenario.topic
              if (matters := [matter for matter in sayings()["matter"] if matter["family"] == family_of(topic)])}
    if not topics:
        raise DrillError(f"there are transcripts about {', '.join(sorted(_families()))}, and the scenario has no such "
                         "topic")
    deserved = {name: _spread(seed, name, count) for name in DIMENSIONS}
    rated = _colleagues(seed, deserved, scenario.quality)
    written = [_Transcript(seed, at, _matter(seed, at, topics), subtle,
                           {name: int(grades[at]) for name, grades in deserved.items()}) for at in range(count)]
    decisions = tuple(Decision(name, question, tuple(Option(value, label) for value, label in scale(name).items()))
                      for name, question in (("accuracy", "Was it right?"), ("completeness", "Was it complete?"),
                                             ("tone", "How was the tone?"), ("process", "Was the process followed?")))
    items = tuple(transcript.item(decisions, People(seed)) for transcript in written)
    truths = tuple({name: transcript.truth(name, rated[name][:, at]) for name in DIMENSIONS}
                   for at, transcript in enumerate(written))
    return Review(Hand(items, truths, points, par, tuple(sayings()["guide"].values())), rated)


def _families() -> set[str]:
    return {matter["family"] for matter in sayings()["matter"]}


def _matter(seed: int, at: int, topics: Mapping[str, Sequence[Mapping[str, Any]]]) -> tuple[str, Mapping[str, Any]]:
    """Topic and matter of a transcript: all matters in turn, in an order of their own for each seed."""
    every = [(topic, matter) for topic, matters in topics.items() for matter in matters]
    order = np.argsort(Stream(seed, 0, "drill/review/matters").uniform(len(every)))
    return every[int(order[at % len(every)])]


def _spread(seed: int, dimension: str, count: int) -> Ints:
    """What each transcript deserves, as positions among the dimension's values."""
    values = np.arange(count, dtype=np.int64) % len(scale(dimension))
    order = np.argsort(Stream(seed, 0, f"drill/review/{dimension}").uniform(count))
    shuffled: Ints = values[order]
    return shuffled


def _colleagues(seed: int, deserved: Mapping[str, Ints], quality: Quality) -> dict[str, Ints]:
    """Ratings of colleagues: work that deserves a grade, rated by the scenario's law."""
    rated = {}
    for name, grades in deserved.items():
        worth = np.array([worth_of(Grade(grade), quality) if name in GRADED else followed_worth(bool(grade), quality)
                          for grade in grades.tolist()])
        rows = []
        for number in range(COLLEAGUES):
            u = Stream(seed, number, f"drill/review/colleague/{name}").rows(len(grades), 4)
            cards: Scorecards = scorecards(worth, worth, quality, u)
            rows.append(np.asarray(getattr(cards, name), dtype=np.int64))
        rated[name] = np.array(rows)
    return rated


@cache
def sayings() -> Mapping[str, Any]:
    """What `transcripts.toml` says."""
    return tomli.loads((files("sim.drills") / "transcripts.toml").read_text(encoding="utf-8"))


class _Transcript:
    """A conversation with what was put into it."""

    def __init__(self, seed: int, number: int, matter: tuple[str, Mapping[str, Any]], subtle: bool,
                 deserved: Mapping[str, int]):
        self._number, self._deserved, self._subtle = number, deserved, subtle
        self._topic, self._matter = matter
        self._chance = Chance(f"{seed}/review/{number}")
        self._wrong = self._pick("wrong", (0, 1)) if deserved["accuracy"] == 0 else -1
        # What is left out is not what is wrong: nobody could see that.
        missing = (1 - self._wrong,) if self._wrong >= 0 else (0, 1)
        self._missing = self._pick("missing", missing) if deserved["completeness"] == 0 else -1
        self._fault = "" if deserved["process"] else self._pick(
            "process", ("identity late", "no closing question") if subtle
            else ("identity not checked", "no closing question"))

    def _pick(self, purpose: str, choices: Sequence[Any]) -> Any:
        return self._chance.pick(purpose, choices)

    @property
    def _kind_of_wrong(self) -> str:
        return "slip" if self._subtle else "wrong"

    def item(self, decisions: tuple[Decision, ...], people: People) -> Item:
        """What the trainee reads."""
        said, matter, english = sayings(), self._matter, phrases("en")
        customer = people.customer(Facts(self._number, topic=self._topic, locale="en_US"))
        filling = {"name": customer.name, "digits": f"{int(self._chance.number('digits') * 10_000):04d}"}

        def line(group: str, kind: str) -> str:
            return str(self._pick(f"{group}/{kind}", said[group][kind])).format(**filling)

        tone = ("cold" if self._subtle else "curt", "good", "exceptional")[self._deserved["tone"]]
        opening = self._pick("opening", [text for text in english.opening["chat"] if text])
        told = english.topic[matter["family"]]["says"][matter["line"]]
        mood = self._pick("mood", english.mood["upset"])
        lines = [("customer", f"{opening} {told} {matter['also']} {mood}")]
        if self._fault in ("identity not checked", "identity late"):
            lines += [("agent", line("greeting", tone)), ("customer", line("process", "unchecked"))]
        else:
            lines += [("agent", f"{line('greeting', tone)} {line('process', 'identity')}"),
                      ("customer", line("process", "confirmed"))]
        parts = [line("bridge", tone)]
        if self._deserved["accuracy"] == 2:
            parts.append(matter["looked"].format(**filling))
        parts += [answer[self._kind_of_wrong if at == self._wrong else "right"]
                  for at, answer in enumerate(matter["answers"]) if at != self._missing]
        lines += [("agent", " ".join(parts)), ("customer", line("process", "noted"))]
        last = [matter["ahead"].format(**filling)] if self._deserved["completeness"] == 2 else []
        if self._fault == "identity late":
            last.append(line("process", "late"))
        if self._fault != "no closing question":
            last.append(line("process", "closing"))
        lines.append(("agent", " ".join([*last, line("farewell", tone)])))
        facts = (("topic", self._topic), *((f"card {at}", text) for at, text in enumerate(matter["card"], 1)))
        return Item(f"Conversation {self._number + 1}, chat with {customer.name}", facts, tuple(lines), decisions)

    def truth(self, dimension: str, colleagues: Ints) -> Truth:
        """The rating that it deserves, and why."""
        deserved, values = self._deserved[dimension], list(scale(dimension))
        why, place = {"accuracy": self._accuracy, "completeness": self._completeness, "tone": self._tone,
                      "process": self._process}[dimension](deserved)
        credits = {values[grade]: NEAR for grade in (deserved - 1, deserved + 1)
                   if dimension in GRADED and 0 <= grade < len(values)}
        counts = Counter(colleagues.tolist())
        others = ", ".join(f"{counts[grade]} {label}" for grade, label in enumerate(scale(dimension).values())
                           if counts[grade])
        return Truth(values[deserved], f"{why} Colleagues: {others}.", place, credits)

    def _accuracy(self, grade: int) -> tuple[str, str]:
        if grade == 0:
            said, card = self._matter["answers"][self._wrong][self._kind_of_wrong], self._matter["card"][self._wrong]
            return f'"{said}" contradicts the card: "{card}"', "a wrong detail" if self._subtle else "a wrong answer"
        if grade == 1:
            return "All that is said is as on the card, and the agent has not looked into this case.", "accuracy, good"
        return f'Right, and the agent has looked: "{self._matter["looked"]}"', "accuracy, exceptional"

    def _completeness(self, grade: int) -> tuple[str, str]:
        if grade == 0:
            return (f'There is no word about this: "{self._matter["card"][self._missing]}"', "an unanswered question")
        if grade == 1:
            return "Both questions have an answer, and no more.", "completeness, good"
        return f'What comes next is answered too: "{self._matter["ahead"]}"', "completeness, exceptional"

    def _tone(self, grade: int) -> tuple[str, str]:
        if grade == 0:
            return (("Correct words without any warmth, for somebody who is upset.", "a cold tone") if self._subtle
                    else ("Curt and blaming.", "a curt tone"))
        if grade == 1:
            return "Polite; the customer's feelings are not spoken of.", "tone, good"
        return "It shows that the customer's feelings were seen.", "tone, exceptional"

    def _process(self, followed: int) -> tuple[str, str]:
        return {"": ("Identity checked first, and a closing question.", "process, followed"),
                "identity not checked": ("Nobody checked who it is before the account was opened.",
                                         "identity not checked"),
                "identity late": ("Who it is was asked only after the account had been opened.",
                                  "identity checked too late"),
                "no closing question": ("Nobody asked whether anything is still open.", "no closing question"),
                }[self._fault]


# --- agreement --------------------------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Agreement:
    """How a trainee's ratings of one dimension compare with the reference."""

    dimension: str
    rated: int
    """Conversations that were rated."""
    exact: float | None
    """Share of them with the reference rating."""
    within_one: float | None
    """Share at most one grade off."""
    kappa: float | None
    """Weighted kappa with the reference; see `core.agreement`."""
    bias: float | None
    """Mean of given minus deserved, in grades: above 0 too mild, below too strict."""
    colleagues: tuple[float | None, ...]
    """Each colleague's weighted kappa with the reference on the same conversations."""


@dataclass(frozen=True, slots=True)
class Overlooked:
    """A fault that was rated as none."""

    item: int
    dimension: str
    fault: str
    why: str


def grades_of(hand: Hand, answers: Sequence[Answer], dimension: str) -> tuple[NDArray[np.float64], Ints]:
    """Given (nan where there is none) and deserved grades of every item."""
    values = list(scale(dimension))
    rows = [mark for mark in marked(hand, answers) if mark.decision == dimension]
    given = np.array([np.nan if mark.given not in values else values.index(mark.given) for mark in rows])
    return given, np.array([values.index(mark.truth.value) for mark in rows], dtype=np.int64)


def agreement(hand: Review, answers: Sequence[Answer]) -> list[Agreement]:
    """How a trainee's ratings agree with the reference, by dimension, beside how the colleagues' do."""
    found = []
    for name in DIMENSIONS:
        given, deserved = grades_of(hand.hand, answers, name)
        rated = ~np.isnan(given)
        mine, theirs, grades = given[rated].astype(np.int64), deserved[rated], len(scale(name))
        off = mine - theirs
        some = bool(len(off))
        found.append(Agreement(
            name, len(off), float((off == 0).mean()) if some else None,
            float((np.abs(off) <= 1).mean()) if some else None, weighted_kappa(mine, theirs, grades),
            float(off.mean()) if some else None,
            tuple(weighted_kappa(ratings[rated], theirs, grades) for ratings in hand.colleagues[name])))
    return found


def overlooked(hand: Review, answers: Sequence[Answer]) -> list[Overlooked]:
    """The faults that a trainee rated as none, item by item."""
    return [Overlooked(mark.item, mark.decision, mark.truth.place, mark.truth.why)
            for mark in marked(hand.hand, answers)
            if mark.truth.value == next(iter(scale(mark.decision)))
            and mark.given is not None and mark.given != mark.truth.value]


@dataclass(frozen=True, slots=True)
class Calibration:
    """How a group that rated the same conversations stands to the reference and to each other, in one dimension."""

    dimension: str
    raters: int
    bias: float | None
    """Mean of given minus deserved over all of them, in grades: above 0 too mild."""
    spread: float | None
    """Standard deviation between the raters' own biases, in grades; None for fewer than two."""
    alpha: float | None
    """Krippendorff's alpha, ordinal: see `core.agreement`."""


def calibration(hand: Hand, group: Sequence[Sequence[Answer]]) -> list[Calibration]:
    """How a group's ratings of the same hand agree, by dimension."""
    found = []
    for name in DIMENSIONS:
        both = [grades_of(hand, answers, name) for answers in group]
        biases = [float(np.nanmean(given - deserved)) for given, deserved in both if not np.isnan(given).all()]
        ratings = np.array([given for given, _ in both]) if both else np.empty((0, 0))
        found.append(Calibration(name, len(biases), float(np.mean(biases)) if biases else None,
                                 float(np.std(biases, ddof=1)) if len(biases) > 1 else None,
                                 krippendorff_alpha(ratings, len(scale(name))) if len(biases) > 1 else None))
    return found
