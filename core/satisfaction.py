"""CSAT as a pure function of a record: a latent satisfaction made of named drivers, a rating, a survey answer.

The latent score is the log odds of a rating of 4 or 5: a baseline plus drivers that add up, so a difference of
scores between two runs splits into what each driver contributed. The rating is an ordered logit of the score; the
survey is answered with a chance that depends on the rating, so the true and the surveyed CSAT differ.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core import elementary
from core.records import Flags, Floats, Ints, Outcome
from core.scenario import Satisfaction

Array = NDArray[np.float64]

DRIVERS = {
    "wait": "first response time beyond what the channel's customers expect",
    "unresolved": "the matter was not settled",
    "repeat": "earlier contacts about the same matter",
    "bot_turns": "bot turns that did not help",
    "bot_resolved": "settled by a bot",
    "gave_up": "left before anyone helped",
}
"""What moves satisfaction, by the name of its coefficient in the scenario."""

_LN2 = float(elementary.log(2.0))

CONTROLLED = frozenset({"unresolved"})
"""Drivers that the person who handled the conversation controls; the others are the operation's."""


def exposure(outcome: Ints, frt: Floats, expects: Floats, resolved: Flags, contact: Ints,
             failed_turns: Ints) -> dict[str, Array]:
    """How much of each driver a conversation met with: what its coefficient multiplies, shape (rows,) each.

    `frt` is seconds from the first message to the first human reply, nan where there was none; `expects` is the
    first response time (s) that is taken for granted in the conversation's channel.
    """
    gave_up = (outcome == Outcome.ABANDONED) | (outcome == Outcome.BOT_GAVE_UP)
    # Satisfaction is flat for short waits and falls with the logarithm of longer ones (docs/explanation/csat.md).
    late = frt > expects
    doublings = np.zeros(len(frt))
    doublings[late] = elementary.log(frt[late] / expects[late]) / _LN2
    return {
        "wait": doublings,
        "unresolved": (~resolved & ~gave_up).astype(np.float64),
        "repeat": (contact - 1).astype(np.float64),
        "bot_turns": failed_turns.astype(np.float64),
        "bot_resolved": (outcome == Outcome.BOT_RESOLVED).astype(np.float64),
        "gave_up": gave_up.astype(np.float64),
    }


def score(drivers: dict[str, Array], effects: Satisfaction) -> Array:
    """Latent satisfaction: the baseline plus each driver times its effect."""
    total = np.full(len(drivers["wait"]), effects.baseline)
    for name, amount in drivers.items():
        total += getattr(effects, name) * amount
    return total


def csat_probability(scores: Array) -> Array:
    """Chance of a rating of 4 or 5."""
    return elementary.logistic(scores)


def rating(scores: Array, effects: Satisfaction, u: Array) -> Ints:
    """Rating 1 to 5 by an ordered logit: P(rating >= k) = logistic(score - threshold k), the one for 4 being 0."""
    offsets = np.array([*effects.spread, 0.0])
    # logistic(score - threshold) > u, solved for the threshold: one logarithm serves all four.
    reached = scores - elementary.log(u / (1.0 - u))
    ratings: Ints = np.searchsorted(offsets - offsets[2], reached, side="left") + 1
    return ratings


def surveyed(ratings: Ints, effects: Satisfaction, u: Array) -> Flags:
    """Who answers the survey."""
    answers: Flags = u < np.array([0.0, *effects.respond])[ratings]
    return answers
