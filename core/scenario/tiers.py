"""What stands between a need and the human team: proactive support, self-serve, the bot; and what follows after it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.distributions import Constant, Law
from core.scenario.part import Part
from core.units import Duration, Share


class Proactive(Part):
    """Problems solved before anyone asks."""

    reach: Share = 0.0
    """Share of customers with a need that proactive support reaches in time."""
    effect: Share = 1.0
    """Share of those reached whose need is gone."""


class SelfServe(Part):
    """The help centre."""

    tries: Share = 0.0
    """Share of customers who look there first (67 % in the sources)."""
    finds: Share = 0.0
    """Share of those who find an answer that settles it (about 9 % resolve fully)."""
    duration: Law = Constant(mean=0.0)
    """Time spent there, found or not."""


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
    false_resolution: Share = 0.0
    """Share of its resolutions that are none: the customer said yes, or said nothing, and still has the problem."""
    cost_per_resolution: Annotated[float, Field(ge=0.0)] = 0.0
    """Money for each conversation it resolves, false ones included."""


class Route(Part):
    """A routing rule; the first that matches decides. What a rule does not name, it does not ask."""

    topics: tuple[str, ...] = ()
    """Topics it is for."""
    segments: tuple[str, ...] = ()
    """Segments it is for."""
    channels: tuple[str, ...] = ()
    """Channels it is for."""
    team: str
    """Team whose queue the conversation joins."""
    priority: Annotated[int, Field(ge=0, le=9)] = 5
    """Priority class in the queue, 0 first; within a class first come, first served."""


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


class ServiceLevel(Part):
    """What counts as answered in time."""

    within: Duration = 20.0
    """Wait for a person, from joining the team's queue."""
    target: Share = 0.8
    """Share of conversations that should be answered within it."""
