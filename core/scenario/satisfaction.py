"""What satisfies customers, and who answers the survey: the coefficients of `core.satisfaction`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.scenario.part import Part
from core.units import Share

Effect = Annotated[float, Field(ge=-10.0, le=10.0)]


class Satisfaction(Part):
    """Effects on a customer's latent satisfaction, in log odds of a rating of 4 or 5.

    One unit near the top is some ten points of CSAT. The defaults and where they come from:
    docs/explanation/csat.md.
    """

    baseline: Effect = 2.1
    """A matter settled by a person at the first contact, answered as fast as the customer expects."""
    wait: Effect = -0.28
    """Each doubling of the first response time beyond what the channel's customers expect."""
    unresolved: Effect = -1.9
    """The matter is not settled when the conversation ends."""
    repeat: Effect = -0.6
    """Each earlier contact about the same matter."""
    bot_turns: Effect = -0.35
    """Each failed bot turn before a person, or the end, was reached."""
    bot_resolved: Effect = -0.3
    """Settled by a bot, not by a person."""
    gave_up: Effect = -2.6
    """The customer left before anyone helped: in the queue, or in the bot."""
    spread: tuple[Effect, Effect, Effect] = (-2.4, -1.3, -0.7)
    """Where ratings 2, 3 and 4 begin on the latent scale, below where 5 begins; CSAT counts 4 and 5."""
    respond: tuple[Share, Share, Share, Share, Share] = (0.30, 0.18, 0.12, 0.16, 0.24)
    """Chance that a customer with rating 1, 2, 3, 4, 5 answers the survey: the extremes answer more."""
