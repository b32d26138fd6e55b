"""Who needs help, when and about what: rates, weekly profiles, contact reasons, segments, channels, incidents."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from core.distributions import Constant, Law, Never
from core.scenario.part import Part
from core.units import DAY, HOUR, WEEKDAYS, Duration, Moment, Multiple, PositiveDuration, Rate, Share, Weight

DAY_KEYS = tuple(day.lower() for day in WEEKDAYS)
Steps = tuple[Annotated[float, Field(ge=0.0)], ...]


class Profile(Part):
    """A weekly pattern: one number for each step of the day, by weekday.

    For demand the numbers multiply a rate; for a team's schedule they are people at work.
    """

    every: PositiveDuration = HOUR
    """Length of a step; a whole number of steps makes a day."""
    all: Steps = ()
    """Every day that nothing below speaks of."""
    weekday: Steps = ()
    """Monday to Friday."""
    weekend: Steps = ()
    """Saturday and Sunday."""
    mon: Steps = ()
    """Monday; a day's own list wins over `weekday`, `weekend` and `all`."""
    tue: Steps = ()
    """Tuesday."""
    wed: Steps = ()
    """Wednesday."""
    thu: Steps = ()
    """Thursday."""
    fri: Steps = ()
    """Friday."""
    sat: Steps = ()
    """Saturday."""
    sun: Steps = ()
    """Sunday."""

    @model_validator(mode="after")
    def _whole_days(self) -> Profile:
        steps = DAY / self.every
        if steps != int(steps):
            raise ValueError("`every` must divide a day into whole steps")
        wrong = [f"`{name}` has {len(values)}" for name in ("all", "weekday", "weekend", *DAY_KEYS)
                 if (values := getattr(self, name)) and len(values) != int(steps)]
        if wrong:
            raise ValueError(f"{int(steps)} numbers make a day at this `every`; " + ", ".join(wrong))
        return self

    @property
    def steps_a_day(self) -> int:
        """How many steps make a day."""
        return int(DAY / self.every)

    def day(self, weekday: int) -> tuple[float, ...]:
        """The numbers of a weekday (0 is Monday); a day that is not spoken of is all zero."""
        part: Steps = self.weekday if weekday < 5 else self.weekend
        own: Steps = getattr(self, DAY_KEYS[weekday])
        return own or part or self.all or (0.0,) * self.steps_a_day

    def week(self) -> NDArray[np.float64]:
        """All seven days, shape (7, steps a day)."""
        return np.array([self.day(weekday) for weekday in range(7)])


class Demand(Part):
    """How many needs arise."""

    rate: Rate
    """Needs that arise where the profile says 1, before anything prevents them."""
    level: Annotated[Multiple, Field(ge=0.0, le=20.0)] = 1.0
    """Volume against what is planned: the knob to turn. More is added to, less is thinned from, the same arrivals."""
    profile: str | None = None
    """Name of the weekly profile that multiplies the rate; none: the same rate all week."""
    busyness_cv: Annotated[Multiple, Field(ge=0.0, le=1.0)] = 0.0
    """How much days differ beyond chance: the coefficient of variation of a gamma factor a day (5-30 % is usual)."""
    customers: Annotated[int, Field(ge=1, le=10_000_000)] | None = None
    """Customers who have these needs, each as often; none: every need is somebody else's, and nobody comes again."""


class Topic(Part):
    """A contact reason."""

    share: Weight = 1.0
    """How often, against the other topics: percentages that sum to 100%, or weights such as 3 and 1."""
    profile: str | None = None
    """Weekly profile of this topic alone, in place of the demand's."""
    handle_time: Law = Constant(mean=300.0)
    """An agent's time for one conversation, all touches together, without after-contact work."""
    after_work: Law = Constant(mean=0.0)
    """After-contact work: the customer is gone, the agent is not free yet."""
    first_contact_resolution: Share = 1.0
    """Chance that one human conversation settles it, by a tenured person of the right level."""
    difficulty: tuple[Share, Share] = (0.0, 0.0)
    """The easiest and the hardest of its conversations on a scale from 0% to 100%; those between are as frequent."""
    stretch: Annotated[Multiple, Field(ge=0.0, le=2.0)] = 0.0
    """How much longer the harder ones take: handle time is times 1 + stretch x (difficulty - the topic's middle)."""
    urgent: Share = 0.0
    """Conversations that cannot wait: see `urgency`."""
    told: Share = 1.0
    """Customers who say what it is about in a form; of the others rules and bots have only the keywords."""
    keywords: dict[str, Share] = {}
    """Words that give the topic away, and how often: a message has one of them at the most."""
    attributes: dict[str, dict[str, Weight]] = {}
    """Mix of an attribute's values for this topic alone, by attribute."""
    teams: tuple[str, ...] = ()
    """Teams whose people can settle it, the right inbox first; none named: any team."""
    knowledge: Share = 1.0
    """Its questions that the knowledge base answers, at the start."""
    staleness: Annotated[Multiple, Field(ge=0.0, le=20.0)] = 1.0
    """How soon its articles go stale, against `knowledge.staleness`: what changes often does sooner."""
    proactive: Share = 1.0
    """How far proactive support can work for this topic: multiplies its effect."""
    self_serve: Share = 1.0
    """How far the help centre can answer this topic: multiplies the chance of finding an answer."""
    bot: Share = 1.0
    """How far the bot may take this topic: multiplies its coverage; 0% is never automate."""
    channels: dict[str, Weight] = {}
    """Channel mix of this topic alone, shares by channel; none: the channels' own shares."""


class Segment(Part):
    """A kind of customer."""

    share: Weight = 1.0
    """How many, against the other segments: percentages that sum to 100%, or weights such as 3 and 1."""
    bot: Share = 1.0
    """How far the bot may talk to this segment: multiplies its coverage; 0% sends them straight to people."""
    value: Annotated[float, Field(ge=0.0)] = 0.0
    """Money that such a customer brings a year."""
    churn: Annotated[Share, Field(lt=1.0)] = 0.0
    """Chance of losing such a customer after a conversation that went as well as it should; 0% is not looked at."""
    tenure: Law = Never()
    """How long they have been customers when they ask; never: for ever."""
    wants_person: Share = 0.0
    """Those who want a person: with a bot they are dissatisfied even where it helps."""
    impact: Annotated[int, Field(ge=0, le=9)] = 0
    """Priority classes by which their conversations come before what the rule says."""


class Language(Part):
    """A language that customers write in."""

    share: Weight = 1.0
    """How many, against the other languages: percentages that sum to 100%, or weights such as 3 and 1."""
    bot: Share = 1.0
    """How far the bots speak it: multiplies their coverage; 0% sends them straight to people."""
    locale: Annotated[str, Field(pattern=r"^[a-z]{2}_[A-Z]{2}$")] = "en_US"
    """Where its customers' names and messages come from, such as ko_KR."""


class Attribute(Part):
    """Something else that the help desk knows of a conversation: product in use, kind of company, page."""

    values: dict[str, Weight]
    """Its values and how often: percentages that sum to 100%, or weights such as 3 and 1."""


class Channel(Part):
    """A way to reach the team."""

    kind: Literal["call", "chat", "email"] = "call"
    """call: one at a time, answered live. chat: several at a time. email: one at a time, in touches, with the
    customer's delays between."""
    share: Weight = 1.0
    """How many conversations come this way: percentages that sum to 100%, or weights such as 3 and 1."""
    patience: Law = Never()
    """How long a customer waits for a person before giving up."""
    leaves_at_once: Share = 0.0
    """Customers who leave at the first sight of a queue."""
    silent: Share = 0.0
    """Those who give up without closing the conversation: an agent finds out only by opening it."""
    silent_check: Duration = 60.0
    """Agent's time to find out that nobody is there."""
    expects: Law = Constant(mean=60.0)
    """First response time that a customer takes for granted here, a second at least; satisfaction falls beyond it."""
    closed: bool = False
    """Nobody can come this way: its customers go `elsewhere`, or stay away."""
    elsewhere: dict[str, Weight] = {}
    """Where its customers go when it is closed, against each other: none named: the channels that are open."""
    stays_away: Share = 0.0
    """Customers of the closed channel who go nowhere else."""
    handle_factor: Annotated[Multiple, Field(gt=0.0)] = 1.0
    """Handle time in this channel against the topic's."""
    touches: Annotated[float, Field(ge=1.0, le=50.0)] = 1.0
    """email: mean number of replies that settle a conversation (geometric); they share its handle time."""
    customer_delay: Law = Constant(mean=0.0)
    """email: how long the customer takes to answer a reply."""


class Incident(Part):
    """Something goes wrong and customers write about it."""

    start: Moment
    """When it starts."""
    length: PositiveDuration
    """How long it drives demand."""
    factor: Annotated[Multiple, Field(ge=0.0, le=100.0)] = 3.0
    """Needs of its topics while it lasts, against usual; under 1 there are fewer."""
    topics: tuple[str, ...] = ()
    """Which topics; none named: all of them."""
    notice_after: Duration = 0.0
    """Time until a notice goes out to customers."""
    notice_reach: Share = 0.0
    """Customers with a need from this incident whom the notice reaches before they write."""
    notice_effect: Share = 1.0
    """Those reached who do not write."""
