"""The human team: who works when, on what, and how many conversations at once."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from core.scenario.part import Part
from core.units import DAY, WEEKDAYS, Duration, Multiple, PositiveDuration, Share, TimeOfDay, Weight

Weekday = Literal["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]


class Break(Part):
    """A break in a shift."""

    start: TimeOfDay
    """Earliest start."""
    length: PositiveDuration
    """How long it is."""
    stagger: Duration = 0.0
    """Each person's break starts somewhere in this span after `start`, drawn each day."""


class Shift(Part):
    """Hours of work on some days of the week. An end at or before the start is on the next day."""

    days: tuple[Weekday, ...] = ("Mon", "Tue", "Wed", "Thu", "Fri")
    """Days on which it starts."""
    start: TimeOfDay
    """When it starts."""
    end: TimeOfDay
    """When it ends; the conversation in hand is finished."""
    breaks: tuple[Break, ...] = ()
    """Breaks, taken when the conversation in hand is finished."""

    @property
    def length(self) -> float:
        """Seconds from start to end, over midnight where it must be."""
        span = self.end - self.start
        return span if span > 0 else span + DAY

    def works(self, weekday: int) -> bool:
        """Whether the shift starts on that weekday (0 is Monday)."""
        return WEEKDAYS[weekday] in self.days


class Shrinkage(Part):
    """Paid time in which people are not available, drawn for each person and day (20-35 % together is usual)."""

    absent: Share = 0.0
    """Chance that a person is away for a whole shift: illness, leave."""
    away: Annotated[Share, Field(le=0.9)] = 0.0
    """Share of a shift spent away in spells: meetings, coaching, training."""
    spell: PositiveDuration = 1200.0
    """Mean length of such a spell."""


class Level(Part):
    """A step of the career in support: what its people can do, and what they cost."""

    handles: Share = 1.0
    """Difficulty up to which they settle matters; what is beyond goes up, or has a smaller chance."""
    beyond: Share = 0.5
    """First-contact resolution of what is beyond them, where it does not go up, against what is not."""
    handle_factor: Annotated[Multiple, Field(gt=0.0, le=10.0)] = 1.0
    """Handle time against the topic's."""
    skill: Annotated[float, Field(ge=-5.0, le=5.0)] = 0.0
    """Quality of work against what is usual, in log odds of a good mark."""
    senior: bool = False
    """Colleagues ask them, and they stand behind new ones."""
    cost_per_hour: Annotated[float, Field(ge=0.0)] | None = None
    """Cost of one paid hour; none: the team's."""


class Team(Part):
    """A queue and the people who serve it. Give `agents`, or `shifts`, or a `schedule`."""

    agents: Annotated[int, Field(ge=0, le=5000)] | None = None
    """People at work around the clock."""
    shifts: dict[str, Annotated[int, Field(ge=0, le=5000)]] = {}
    """People on each shift, by the shift's name."""
    schedule: str | None = None
    """Name of a profile that says how many people are at work in each step of the week."""
    extra: Annotated[int, Field(ge=-5000, le=5000)] = 0
    """People on top of the plan whenever anyone is planned (fewer if negative): the knob to turn."""
    shrinkage: Shrinkage = Shrinkage()
    """Time that people are paid for but not available."""
    concurrency: Annotated[int, Field(ge=1, le=20)] = 1
    """Chats that one person holds at once. A call or an email takes the whole person."""
    slowdown: Annotated[Multiple, Field(ge=0.0, le=5.0)] = 0.0
    """How much each further chat slows all chats of that person: of k chats each runs at 1 / (1 + slowdown (k - 1))."""
    open_limit: Annotated[int, Field(ge=1, le=500)] = 15
    """Email conversations that one person holds open, waiting for the customer included (10-15 in the sources)."""
    selection: Literal["balanced", "round_robin"] = "balanced"
    """Who gets the next one: balanced is the fewest open, then longest idle; round_robin is each in turn."""
    overflow: dict[str, Duration] = {}
    """Teams whose people also take from this queue, and after how long a wait. "0s" is a shared skill."""
    handle_factor: Annotated[Multiple, Field(gt=0.0, le=10.0)] = 1.0
    """Handle time of this team's people against the topic's."""
    resolution_factor: Share = 1.0
    """First-contact resolution of this team's people against the topic's."""
    cost_per_hour: Annotated[float, Field(ge=0.0)] = 0.0
    """Cost of one paid hour of one person whose level names no cost."""
    levels: dict[str, Weight] = {}
    """Levels of its people and how many of each: percentages that sum to 100%, or weights; none: all alike."""
    skill_spread: Annotated[float, Field(ge=0.0, le=3.0)] = 0.0
    """How much its people differ in quality of work: standard deviation, in log odds of a good mark."""
    escalates_to: str | None = None
    """Team that takes what is too difficult for a person here; none: they do what they can."""
    escalate_after: Share = 0.4
    """Part of the handle time after which they see that."""
    languages: tuple[str, ...] = ()
    """Languages its people speak; none named: all."""
    foreign_factor: Annotated[Multiple, Field(gt=0.0, le=10.0)] = 1.0
    """Handle time in a language that they do not speak, through a translator."""
    pause_after_harsh: Duration = 0.0
    """Room to breathe after a harsh conversation."""

    @model_validator(mode="after")
    def _one_plan(self) -> Team:
        given = [name for name, value in (("agents", self.agents), ("shifts", self.shifts or None),
                                          ("schedule", self.schedule)) if value is not None]
        if len(given) != 1:
            raise ValueError("exactly one of `agents`, `shifts` and `schedule` says who is at work; "
                             + (f"given: {', '.join(given)}" if given else "none is given"))
        return self
