"""What stands between a need and the human team: proactive support, self-serve, bots; and what follows after it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.distributions import Constant, Law
from core.scenario.part import Part
from core.units import Duration, Moment, Multiple, PositiveDuration, Share


class Proactive(Part):
    """Problems solved before anyone asks."""

    reach: Share = 0.0
    """Share of customers with a need that proactive support reaches in time."""
    effect: Share = 1.0
    """Share of those reached whose need is gone."""


class Campaign(Part):
    """Something told to customers before they ask: known bugs, holiday hours, what a change means, a tour."""

    topics: tuple[str, ...] = ()
    """Needs that it takes away, by topic; none named: all."""
    segments: tuple[str, ...] = ()
    """Customers it goes to; none named: all."""
    incidents: tuple[str, ...] = ()
    """Only needs that come of these incidents; none named: all needs."""
    sent: Moment = 0.0
    """When it goes out."""
    builds_up: Duration = 0.0
    """Time until all whom it reaches have seen it; they do so evenly."""
    reach: Share
    """Customers with such a need who have seen it in time."""
    effect: Share = 1.0
    """Those of them whose need is gone."""
    half_life: PositiveDuration | None = None
    """Time in which half of the effect wears off; none: it stays."""
    cost: Annotated[float, Field(ge=0.0)] = 0.0
    """Money for making and sending it."""


class SelfServe(Part):
    """The help centre."""

    tries: Share = 0.0
    """Share of customers who look there first (67 % in the sources)."""
    finds: Share = 0.0
    """Share of those who find an answer that settles it (about 9 % resolve fully)."""
    duration: Law = Constant(mean=0.0)
    """Time spent there, found or not."""
    writes_after: Law = Constant(mean=0.0)
    """Time from leaving it without an answer to the first message."""


class TaskBot(Part):
    """The task bot: suggests articles for the keywords of a message."""

    coverage: Share = 0.0
    """Conversations it looks at, where the language allows it."""
    solves: Share = 0.0
    """Chance that its articles settle the matter, times how far the help centre answers the topic and is fresh."""
    duration: Law = Constant(mean=0.0)
    """Time that the customer spends with them."""
    spares: Duration = 900.0
    """It is silent for whoever left the help centre less than so long ago (15 min in the sources); "0s": never."""
    solves_again: Share = 0.0
    """Chance for customers who have just been there, against `solves`: they have read it."""


class Bot(Part):
    """The resolution bot: answers at once, asks whether that helped, hands over after failed turns."""

    coverage: Share = 0.0
    """Share of conversations that the bot takes first, where topic and segment allow it."""
    success: Share = 0.0
    """Chance that its first answer settles the matter."""
    later_success: Share = 1.0
    """Chance of each further answer, against the one before it."""
    turn_time: Law = Constant(mean=0.0)
    """Time of one turn: question, answer and the question whether it helped."""
    exit_after: Annotated[int, Field(ge=0, le=20)] = 1
    """Failed turns after which a person is offered; 0: never, the customer is in a loop."""
    gives_up: Share = 0.0
    """Chance, after each failed turn, that the customer leaves unhelped before the exit opens."""
    hardness: Share = 0.0
    """How much less it succeeds with hard questions: its chances are times 1 - hardness x difficulty."""
    confirms: Share = 1.0
    """Conversations in which it asks "did that answer your question?"; else its first answer counts as a resolution."""
    false_resolution: Share = 0.0
    """Share of its resolutions that are none: the customer said yes, or said nothing, and still has the problem."""
    cost_per_resolution: Annotated[float, Field(ge=0.0)] = 0.0
    """Money for each conversation it resolves, false ones included."""
    never_topics: tuple[str, ...] = ()
    """Never automate: topics that go straight to a person, past all bots."""
    never_segments: tuple[str, ...] = ()
    """Never automate: segments that go straight to a person, past all bots."""
    never_newer_than: Duration = 0.0
    """Never automate: customers for less long than this go straight to a person, past all bots."""


class TriageBot(Part):
    """The triage bot: asks for context before a person joins."""

    coverage: Share = 0.0
    """Conversations for people whose context it collects first."""
    duration: Law = Constant(mean=0.0)
    """Time that it costs the customer."""
    handle_factor: Annotated[Multiple, Field(gt=0.0)] = 1.0
    """Handle time with the context at hand, against without."""
    told: Share = 1.0
    """Those of its conversations whose topic is then known for certain."""


class Trust(Part):
    """What customers remember of bots; `demand.customers` says who can come again."""

    demands_person: Share = 0.0
    """Customers burnt by a bot who ask for a person at once the next time."""
    burnt_after: Annotated[int, Field(ge=1, le=60)] = 2
    """Failed turns that burn a customer; so do giving up on a bot and a resolution that was none."""
    remembers: PositiveDuration = 7_776_000.0
    """How long it is held against the bots."""


class FollowUp(Part):
    """What happens when a conversation did not settle the matter."""

    reopen: Share = 1.0
    """Share of customers with an unsettled matter who come back after a human conversation."""
    reopen_delay: Law = Constant(mean=0.0)
    """How long they take."""
    recontact: Share = 1.0
    """Share of those falsely resolved by the bot who come back, and go to a person."""
    recontact_delay: Law = Constant(mean=0.0)
    """How long they take."""
    retry: Share = 0.0
    """Share of those who gave up waiting who try again."""
    retry_delay: Law = Constant(mean=600.0)
    """How long they take."""
    any_hour: bool = False
    """They come at any hour, also when the profile has no needs of their topic. Else, who would come back then does so
    when people next write, as likely at any moment as needs are."""


class ServiceLevel(Part):
    """What counts as answered in time."""

    within: Duration = 20.0
    """Wait for a person, from joining the team's queue."""
    target: Share = 0.8
    """Share of conversations that should be answered within it."""
