"""The team over weeks and months: new people, their ramp, strain, leaving and hiring."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from core.scenario.part import Part
from core.units import Duration, Moment, Multiple, PositiveDuration, Share

WEEK = 604_800.0


class Hire(Part):
    """New people who come on the queue."""

    team: str
    """Team they join."""
    people: Annotated[int, Field(ge=0, le=1000)] = 1
    """How many."""
    joins: Moment = 0.0
    """When they first take conversations."""
    trained: Duration = 0.0
    """Paid time on the job before that: training, shadowing."""
    shift: str | None = None
    """Shift they work; none: whenever the team's plan has anyone."""
    level: str | None = None
    """Their level; none: as all people of a team without levels."""


class Ramp(Part):
    """How new people grow into the work: steps by time on the job, the first list saying until when each lasts.

    Handle times: measured on 80 new people of a real call centre. Skill: ratings by agent tenure in the surveys of an
    e-commerce help desk of 2023 (docs/explanation/csat.md). The rest is a guess.
    """

    until: tuple[PositiveDuration, ...] = (WEEK, 30 * 86_400.0, 60 * 86_400.0)
    """Time on the job at the end of each step; afterwards they are as everybody."""
    handle_factor: tuple[Annotated[Multiple, Field(gt=0.0, le=10.0)], ...] = (1.22, 1.15, 1.05)
    """Handle time in each step, against tenured people."""
    skill: tuple[Annotated[float, Field(ge=-5.0, le=5.0)], ...] = (-0.49, -0.22, -0.05)
    """Quality of work in each step, in log odds of a good mark."""
    knows: tuple[Share, ...] = (0.7, 0.85, 0.95)
    """Share of what they can settle once they are tenured: multiplies the difficulty that their level handles."""
    asks: tuple[Share, ...] = (0.15, 0.08, 0.03)
    """Conversations in which they ask a senior, if one is there; without one they settle half as much of them."""
    specialist: Share = 0.5
    """How much sooner people are tenured who have few topics to learn: at one topic by this share, at all by none."""

    @model_validator(mode="after")
    def _one_value_a_step(self) -> Ramp:
        steps = len(self.until)
        wrong = [f"`{name}` has {len(values)}" for name in ("handle_factor", "skill", "knows", "asks")
                 if len(values := getattr(self, name)) != steps]
        if wrong:
            raise ValueError(f"`until` has {steps} steps; " + ", ".join(wrong))
        if any(b <= a for a, b in zip(self.until, self.until[1:], strict=False)):
            raise ValueError("the steps of `until` must rise")
        return self


class Strain(Part):
    """What too little room to breathe does to people."""

    above: Share = 0.85
    """Occupancy over `window` above which a person tires (85 % in the sources)."""
    window: PositiveDuration = 7200.0
    """Time over which a person's occupancy is taken."""
    slows: Annotated[Multiple, Field(ge=0.0, le=2.0)] = 0.0
    """Handle time added by full strain, which is an occupancy of 100 %; between the two it grows evenly."""
    skill: Annotated[float, Field(ge=0.0, le=5.0)] = 0.0
    """Quality of work lost by full strain, in log odds of a good mark."""
    leaves: Annotated[Multiple, Field(ge=0.0, le=50.0)] = 0.0
    """Attrition added by full strain, against the usual."""


class Attrition(Part):
    """People leave, and others are hired for them."""

    yearly: Share = 0.0
    """People who leave in a year (support centres replace 26 %)."""
    lead_time: Duration = 45 * 86_400.0
    """Time from the day somebody leaves to the day the successor starts."""
    training: Duration = 14 * 86_400.0
    """Paid time of the successor before the first conversation."""
    replaced: Share = 1.0
    """Leavers who get a successor."""
    cost_per_hire: Annotated[float, Field(ge=0.0)] = 0.0
    """Money for each hire."""


class Cost(Part):
    """What runs besides people's hours."""

    tools_per_hour: Annotated[float, Field(ge=0.0)] = 0.0
    """Money for each paid hour of a person besides their pay: licences, tools, a desk."""
    bots_per_week: Annotated[float, Field(ge=0.0)] = 0.0
    """Money a week for bots and help centre, whatever they resolve."""
