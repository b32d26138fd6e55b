"""Judgement drills: a hand of items is dealt, and the trainee decides about each: triage, review, reading.

What is right is never in the file: it follows from the scenario's rules, from how a transcript was made, or from the
floor itself. `sim.drills.dealing` deals the hands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from core.drill.drill import Drill
from core.errors import InterventionError, did_you_mean
from core.interventions import with_value
from core.scenario import Scenario
from core.scenario.change import Change
from core.scenario.part import Part
from core.scenario_findings import Finding
from core.toml_lines import quoted
from core.units import DAY, Moment, PositiveDuration

SPEED = "speed"
"""The part of the score for answers in time."""
ANSWERS = "answers"
"""The part of a reading drill's score for what is right; its kinds of question share it evenly."""
Points = Annotated[float, Field(gt=0.0, le=100.0)]


class JudgementDrill(Drill):
    """What the kinds have in common."""

    STAND_INS: ClassVar[dict[str, Any]] = {**Drill.STAND_INS, "par": "1m", "points": 50}
    PARTS: ClassVar[tuple[str, ...]] = ()
    """What points may be given for, besides speed."""

    par: PositiveDuration = 60.0
    """Time for one item within which speed earns all it can; at three times that it earns nothing."""
    points: dict[str, Points]
    """What is asked, and the points for a hand that is right throughout; with `speed` they sum to 100."""

    def losses(self) -> tuple[str, ...]:
        """What is asked, and speed."""
        return tuple(self.points)

    def findings(self, scenario: Scenario, data: Mapping[str, Any]) -> Iterator[Finding]:
        """Points for what is not asked, or that do not sum to 100, besides what every drill may have."""
        yield from super().findings(scenario, data)
        for name in self.points:
            if name not in (*self.PARTS, SPEED):
                yield Finding(("points", name), "nothing of this name is asked",
                              hint=did_you_mean(name, (*self.PARTS, SPEED)))
        if not set(self.points) & set(self.PARTS):
            yield Finding(("points",), "nothing is asked", hint="one of " + ", ".join(self.PARTS))
        elif abs(sum(self.points.values()) - 100.0) > 1e-9:
            yield Finding(("points",), "must sum to 100", f"{sum(self.points.values()):g}")


class TriageDrill(JudgementDrill):
    """Conversations arrive: which team, which priority class, and who answers first, a bot or a person."""

    STAND_INS: ClassVar[dict[str, Any]] = {**JudgementDrill.STAND_INS, "count": 10, "start": "0s"}
    PARTS: ClassVar[tuple[str, ...]] = ("team", "priority", "first")

    kind: Literal["triage"]
    """triage: conversations are sorted by the floor's own rules."""
    count: Annotated[int, Field(ge=1, le=100)] = 12
    """How many conversations."""
    start: Moment = 0.0
    """They are drawn from those that arise from then until midnight."""

    def findings(self, scenario: Scenario, data: Mapping[str, Any]) -> Iterator[Finding]:
        """Decisions that the scenario leaves no choice in, besides what every judgement drill may have."""
        yield from super().findings(scenario, data)
        if "team" in self.points and len(scenario.team) < 2:
            yield Finding(("points", "team"), "the scenario has only one team to choose")
        if "first" in self.points and scenario.bot.coverage == 0.0:
            yield Finding(("points", "first"), "the scenario's bot takes nothing (bot.coverage is 0%)")


class ReviewDrill(JudgementDrill):
    """Finished conversations are rated as in the peer-review carousel, and the right rating is known."""

    STAND_INS: ClassVar[dict[str, Any]] = {**JudgementDrill.STAND_INS, "count": 9, "subtle": False}
    PARTS: ClassVar[tuple[str, ...]] = ("accuracy", "completeness", "tone", "process")

    kind: Literal["review"]
    """review: conversations are rated."""
    count: Annotated[int, Field(ge=3, le=60)] = 9
    """How many conversations; a multiple of 6 has all grades equally often."""
    subtle: bool = False
    """Whether what is wrong is a detail: a wrong number, a cold tone, an identity that is checked too late."""


QUESTIONS: dict[str, str] = {
    "longest-queue": "Which team has the longest queue against the places of its people at work?",
    "oldest-wait": "In which queue does the customer wait who has waited longest?",
    "most-late": "In which queue have most customers waited longer than they expect?",
    "free-hands": "Which team could take most conversations at once now?",
    "service-level": "Was the service level of the last hour on target?",
    "moved": "Which figure is furthest from the twin's, in per cent of the twin's?",
    "one-more": "One more person from now on: in which team does that save customers most waiting?",
}
"""Kinds of question, and what they ask; how the answer is found out is in `sim.drills.reading`."""


class Question(Part):
    """A moment at which the floor stops, and what is asked then."""

    at: Moment
    """When."""
    ask: str
    """The kind of question: longest-queue, oldest-wait, most-late, free-hands, service-level, moved or one-more."""


class ReadingDrill(JudgementDrill):
    """A floor runs, stops at moments, and asks what can be read off the wallboard."""

    STAND_INS: ClassVar[dict[str, Any]] = {**JudgementDrill.STAND_INS,
                                           "question": {"at": "0s", "ask": "service-level"},
                                           "change": {"at": "0s", "key": "demand.level", "value": "100%"}}
    PARTS: ClassVar[tuple[str, ...]] = (ANSWERS,)

    kind: Literal["reading"]
    """reading: questions about a floor at moments of its run."""
    question: Annotated[tuple[Question, ...], Field(min_length=1)]
    """What is asked, and when."""
    change: tuple[Change, ...] = ()
    """What happens on this floor and not on its twin."""

    def losses(self) -> tuple[str, ...]:
        """The kinds of question, and speed."""
        return (*dict.fromkeys(question.ask for question in self.question), SPEED)

    def findings(self, scenario: Scenario, data: Mapping[str, Any]) -> Iterator[Finding]:
        """Questions that there are not, or that come after the run, besides what every judgement drill may have."""
        yield from super().findings(scenario, data)
        for number, question in enumerate(self.question):
            if question.ask not in QUESTIONS:
                yield Finding(("question", number, "ask"), "there is no such kind of question", quoted(question.ask),
                              did_you_mean(question.ask, QUESTIONS))
            if not 0.0 < question.at <= 7 * DAY:
                yield Finding(("question", number, "at"), "must lie in the first week, after its start")
        yield from self._changes(scenario)

    def _changes(self, scenario: Scenario) -> Iterator[Finding]:
        for number, change in enumerate(self.change):
            try:
                scenario = with_value(scenario, change.key, change.value)
            except InterventionError as error:
                yield Finding(("change", number, "value"), str(error))
