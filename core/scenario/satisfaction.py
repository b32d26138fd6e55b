"""What satisfies customers, and who answers the survey: the coefficients of `core.satisfaction`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.scenario.part import Part
from core.units import Multiple, Share

Effect = Annotated[float, Field(ge=-10.0, le=10.0)]


class Satisfaction(Part):
    """Effects on a customer's latent satisfaction, in log odds of a rating of 4 or 5.

    One unit near the top is some ten points of CSAT. The defaults and where they come from:
    docs/explanation/csat.md.
    """

    baseline: Effect = 2.1
    """A matter settled by a person at the first contact, answered as fast as the customer expects."""
    wait: Effect = -0.12
    """Each doubling of the first response time beyond what the channel's customers expect."""
    unresolved: Effect = -3.0
    """The matter is not settled when the conversation ends."""
    repeat: Effect = -1.0
    """Each earlier contact about the same matter."""
    transfers: Effect = -0.4
    """Each time it is passed on to another team."""
    bot_turns: Effect = -0.35
    """Each failed bot turn before a person, or the end, was reached."""
    bot_resolved: Effect = -0.3
    """Settled by a bot, or by an article that it suggested, not by a person."""
    sent_back: Effect = -0.3
    """Sent back to articles that the customer had just read."""
    wanted_person: Effect = -0.7
    """Kept by a bot though the customer wanted a person."""
    gave_up: Effect = -3.2
    """The customer left before anyone helped: in the queue, in the bot, or because the channel was closed."""
    foreign: Effect = -0.4
    """Answered in a language that is not the customer's."""
    mood: Effect = -0.4
    """Each step of the mood in which the customer came: 1 upset, 2 harsh."""
    skill: Effect = 1.0
    """Each unit of skill of the person who took it: log odds against somebody tenured, rested, of the right level."""
    tone: Effect = 1.0
    """Each unit of that person's tone, in log odds with a calm customer."""
    upset_tone: Annotated[Multiple, Field(ge=0.0, le=10.0)] = 0.5
    """How much more tone counts for each step of the customer's mood."""
    callback_wait: Share = 0.25
    """How much of its wait counts for a customer who has agreed to be called back."""
    spread: tuple[Effect, Effect, Effect] = (-1.62, -1.43, -0.96)
    """Where ratings 2, 3 and 4 begin on the latent scale, below where 5 begins; CSAT counts 4 and 5."""
    respond: tuple[Share, Share, Share, Share, Share] = (0.30, 0.18, 0.12, 0.16, 0.24)
    """Chance that a customer with rating 1, 2, 3, 4, 5 answers the survey: the extremes answer more."""
