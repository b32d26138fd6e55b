"""CSAT as a pure function of what a customer met with: a latent satisfaction of named drivers, a rating, an answer.

The latent score is the log odds of a rating of 4 or 5: a baseline plus drivers that add up, so a difference of
scores between two runs splits into what each driver contributed (`core.attribution`). The rating is an ordered logit
of the score; the survey is answered with a chance that depends on the rating, so the true and the surveyed CSAT
differ.

    Experience --exposure--> amounts by driver --contributions--> log odds by driver --score--> rating, survey answer

Called by `sim.recorder` on the columns of a block.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from core import elementary
from core.records import Flags, Floats, Ints, Outcome, Records
from core.scenario import Satisfaction

Array = NDArray[np.float64]
Amounts = Mapping[str, Array]
"""By driver, one number a row; drivers that nobody met with may be left out."""

DRIVERS = {
    "wait": "first response time beyond what the channel's customers expect",
    "unresolved": "the matter was not settled, and nobody would have settled it at that point",
    "missed": "the matter was not settled, though a tenured, rested person of the right level would have settled it",
    "repeat": "earlier contacts about the same matter",
    "transfers": "passed on from one team to another",
    "bot_turns": "bot turns that did not help",
    "bot_resolved": "settled by a bot, or by an article that it suggested",
    "sent_back": "sent back to articles just read",
    "wanted_person": "kept by a bot though a person was wanted",
    "gave_up": "left before anyone helped, or found the channel closed",
    "foreign": "answered in a language that is not the customer's",
    "mood": "was upset before the conversation began",
    "skill": "skill of the person who took it, against a tenured and rested one of the right level",
    "tone": "tone of that person; it counts more with upset customers",
}
"""What moves satisfaction, by name."""

_EFFECT_OF = {"missed": "unresolved"}
"""Drivers whose effect has another name: a customer with an open matter does not know whose doing it is."""

CONTROLLED = frozenset({"missed", "skill", "tone"})
"""Drivers that the person who took the conversation controls.

The others are the operation's (waits, transfers, bots, languages, what nobody at that desk could have settled) or the
customer's own (mood). Of the matters left open only those are the person's that somebody tenured would have settled.
"""

_GAVE_UP: Flags = np.isin(list(Outcome), (Outcome.ABANDONED, Outcome.BOT_GAVE_UP, Outcome.TURNED_AWAY))
_BOT_RESOLVED: Flags = np.isin(list(Outcome), (Outcome.BOT_RESOLVED, Outcome.ARTICLE_RESOLVED))
RATED: Flags = _GAVE_UP | _BOT_RESOLVED | np.isin(list(Outcome), (Outcome.CLOSED,))
"""By outcome: there is something to rate."""

_LN2 = float(elementary.log(2.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Experience:
    """What customers met with, one row a conversation; None where nobody met with it."""

    outcome: Ints
    """How it ended: `Outcome`."""
    frt: Floats
    """First message to first human reply (s); nan where there was none."""
    expects: Floats
    """First response time that the channel's customers take for granted (s)."""
    resolved: Flags
    """Whether the matter was settled when it ended."""
    contact: Ints
    """1 for the first conversation about a need, 2 for the second ..."""
    failed_turns: Ints
    """Bot turns that did not settle it."""
    avoidable: Floats | Flags | None = None
    """Chance that a tenured, rested person of the right level would have settled it; counts where it was not settled
    by the person who took it."""
    transfers: Ints | None = None
    """Times it was passed on to another team."""
    sent_back: Flags | None = None
    """Whether a bot suggested articles that the customer had just read."""
    wanted_person: Flags | None = None
    """Whether a bot took a customer who wanted a person."""
    foreign: Flags | None = None
    """Whether it was answered in a language that is not the customer's."""
    mood: Ints | None = None
    """How the customer came: 0 calm, 1 upset, 2 harsh."""
    skill: Floats | None = None
    """Skill of the person who took it, log odds; 0 is a tenured, rested person of the right level."""
    tone: Floats | None = None
    """Tone of that person, log odds with a calm customer; 0 is that of a tenured, rested person."""
    callback: Flags | None = None
    """Whether the customer waited for a call-back that was agreed."""

    def __len__(self) -> int:
        return len(self.outcome)


_RARE = [column.name for column in fields(Experience) if column.default is None]
"""Columns of the records that nobody may have met with."""


def met_with(rows: Records) -> Experience:
    """What the customers of these conversations met with."""
    met = {name: values for name in _RARE if (values := getattr(rows, name)).any()}
    return Experience(outcome=rows.outcome, frt=rows.replied - rows.asked, expects=rows.expects,
                      resolved=rows.resolved, contact=rows.contact, failed_turns=rows.failed_turns, **met)


def exposure(met: Experience, effects: Satisfaction) -> dict[str, Array]:
    """How much of each driver a conversation met with: what its effect multiplies, shape (rows,) each.

    Drivers that nobody met with are left out.
    """
    gave_up = _GAVE_UP[met.outcome]
    # Satisfaction is flat for short waits and falls with the logarithm of longer ones (docs/explanation/csat.md).
    late = met.frt > met.expects
    wait = np.zeros(len(met))
    wait[late] = elementary.log(met.frt[late] / met.expects[late]) / _LN2
    if met.callback is not None:
        wait[met.callback] *= effects.callback_wait
    unsettled = ~met.resolved & ~gave_up
    tone = met.tone
    if tone is not None and met.mood is not None:
        tone = tone * (1.0 + effects.upset_tone * met.mood)
    found: dict[str, Floats | Ints | Flags | None] = {
        "wait": wait, "unresolved": unsettled, "repeat": met.contact - 1, "transfers": met.transfers,
        "bot_turns": met.failed_turns, "bot_resolved": _BOT_RESOLVED[met.outcome], "sent_back": met.sent_back,
        "wanted_person": met.wanted_person, "gave_up": gave_up, "foreign": met.foreign, "mood": met.mood,
        "skill": met.skill, "tone": tone}
    if met.avoidable is not None:
        # What a bot left unsettled is nobody's lapse.
        missed = np.where(unsettled & (met.outcome == Outcome.CLOSED), met.avoidable, 0.0)
        found |= {"unresolved": unsettled - missed, "missed": missed}
    return {name: amount.astype(np.float64) for name, amount in found.items() if amount is not None}


def contributions(drivers: Amounts, effects: Satisfaction) -> dict[str, Array]:
    """What each driver adds to the score, in log odds: its amount times its effect."""
    return {name: getattr(effects, _EFFECT_OF.get(name, name)) * amount for name, amount in drivers.items()}


def score(drivers: Amounts, effects: Satisfaction) -> Array:
    """Latent satisfaction: the baseline plus each driver times its effect."""
    total = np.full(len(drivers["wait"]), effects.baseline)
    for added in contributions(drivers, effects).values():
        total += added
    return total


def csat_probability(scores: Array) -> Array:
    """Chance of a rating of 4 or 5."""
    return elementary.logistic(scores)


def csat_controlled(drivers: Amounts, effects: Satisfaction) -> Array:
    """Chance of a rating of 4 or 5 if only the drivers had acted that the person who took it controls.

    Its mean over the conversations that people closed says how well they did, whatever the operation did to them.
    """
    total = np.full(len(drivers["wait"]), effects.baseline)
    for name, added in contributions(drivers, effects).items():
        if name in CONTROLLED:
            total += added
    return csat_probability(total)


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
