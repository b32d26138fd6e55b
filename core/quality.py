"""IQS, the internal quality score: how a colleague rates a conversation, as a pure function, and whose are drawn.

CSAT is the customer's view, IQS the company's: accuracy, completeness and tone rated needs improvement, good or
exceptional, and the internal process followed or not. The ratings follow the skill and the tone with which it was
answered, not what the operation did to the customer. Called by the carousel in `sim`, which spends the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from core import elementary
from core.records import Flags, Floats, Ints, Outcome
from core.scenario.quality import Quality

Array = NDArray[np.float64]


class Grade(IntEnum):
    """A rating of accuracy, completeness or tone."""

    NEEDS_IMPROVEMENT = 0
    """It must be better next time."""
    GOOD = 1
    """As it should be."""
    EXCEPTIONAL = 2
    """Better than could be asked for."""


@dataclass(frozen=True, slots=True)
class Scorecards:
    """Reviews of conversations, one row each."""

    accuracy: Ints
    """`Grade`: was it right."""
    completeness: Ints
    """`Grade`: did it leave nothing open."""
    tone: Ints
    """`Grade`: empathy."""
    process: Flags
    """Whether the internal process was followed."""
    score: Floats
    """IQS, a fraction."""


def scorecards(skill: Floats, tone: Floats, quality: Quality, u: Array) -> Scorecards:
    """How conversations are rated.

    Args:
        skill: of the person in each conversation, log odds; 0 is tenured, rested, of the right level.
        tone: of the person, likewise.
        quality: shares of an average person and weights.
        u: four uniform numbers a conversation, shape (4, rows): accuracy, completeness, tone, process.
    """
    accuracy, completeness = _grades(skill, quality, u[0]), _grades(skill, quality, u[1])
    empathy = _grades(tone, quality, u[2])
    process: Flags = u[3] < elementary.logistic(_log_odds(quality.followed) + skill)
    weights = quality.accuracy, quality.completeness, quality.tone, quality.process
    points = np.array([0.0, quality.good, 1.0])
    parts = points[accuracy], points[completeness], points[empathy], process.astype(float)
    return Scorecards(accuracy, completeness, empathy, process, _mean(parts, weights))


def expected_score(skill: Floats, tone: Floats, quality: Quality) -> Array:
    """Mean IQS of conversations answered with that skill and tone."""
    good, exceptional = _log_odds(quality.at_least_good), _log_odds(quality.exceptional)
    # All chances at once: of few rows, each call of `logistic` costs as much as of many.
    chances = elementary.logistic(np.array([good + skill, exceptional + skill, good + tone, exceptional + tone,
                                            _log_odds(quality.followed) + skill]))
    marks = [quality.good * chances[at] + (1.0 - quality.good) * chances[at + 1] for at in (0, 2)]
    weights = quality.accuracy + quality.completeness, quality.tone, quality.process
    return _mean((*marks, chances[4]), weights)


def _mean(parts: Sequence[Floats], weights: Sequence[float]) -> Floats:
    """Weighted mean, part after part: a product of matrices may add them up in any order."""
    total = np.zeros_like(parts[0])
    for part, weight in zip(parts, weights, strict=True):
        total += weight * part
    mean: Floats = total / (sum(weights) or 1.0)
    return mean


def worth_of(grade: Grade, quality: Quality) -> float:
    """Skill, or tone, that deserves a grade (log odds): where the ratings of others spread around it.

    "Good" is the middle between the bounds of the grades beside it; those lie as far outside their bounds.
    """
    low, high = -_log_odds(quality.at_least_good), -_log_odds(quality.exceptional)
    return (low + high) / 2.0 + (int(grade) - 1) * (high - low)


def followed_worth(followed: bool, quality: Quality) -> float:
    """Skill that deserves to be rated as having followed the process or not: as far from the bound as `worth_of`."""
    margin = (_log_odds(quality.at_least_good) - _log_odds(quality.exceptional)) / 2.0
    return (margin if followed else -margin) - _log_odds(quality.followed)


def _grades(latent: Floats, quality: Quality, u: Array) -> Ints:
    # A low number is a high grade, so that better work of the same draw is never rated lower.
    at_least_good = u < elementary.logistic(_log_odds(quality.at_least_good) + latent)
    exceptional = u < elementary.logistic(_log_odds(quality.exceptional) + latent)
    grades: Ints = at_least_good.astype(np.int64) + exceptional
    return grades


def _log_odds(share: float) -> float:
    return elementary.log_of(share / (1.0 - share))


# --- whose conversations are reviewed ------------------------------------------------------------------------------


def qualifies(outcome: Ints, agent: Ints, handle: Floats, quality: Quality, spam: Flags | None = None) -> Flags:
    """Conversations that can be reviewed: a person closed them, and they are neither too short nor spam.

    Args:
        outcome: `Outcome`.
        agent: who took it, -1 for nobody.
        handle: people's time spent on it (s).
        quality: how short is too short.
        spam: which are spam; None: none are.
    """
    fit: Flags = (outcome == Outcome.CLOSED) & (agent >= 0) & (handle >= quality.shortest)
    return fit if spam is None else fit & ~spam


def draw(reviewer: int, agent: Ints, candidates: Flags, taken: Flags, u: Sequence[float] | Array) -> Ints:
    """Positions of the conversations that a reviewer draws at random, each at most once; fewer where there are fewer.

    Args:
        reviewer: number of the person who reviews; nobody reviews their own.
        agent: who took each conversation.
        candidates: which can be reviewed.
        taken: which have been drawn by others.
        u: a uniform number for each review.
    """
    open_ = np.flatnonzero(candidates & ~taken & (agent != reviewer)).tolist()
    drawn = [open_.pop(int(number * len(open_))) for number in list(u)[:len(open_)]]
    return np.array(drawn, dtype=np.int64)


def carousel(reviewers: Sequence[int], agent: Ints, candidates: Flags, u: Array) -> list[Ints]:
    """What each reviewer draws, in turn, so that no conversation is reviewed twice.

    Args:
        reviewers: numbers of the people, in the order in which they draw.
        agent: who took each conversation.
        candidates: which can be reviewed.
        u: uniform numbers, shape (reviewers, reviews).
    """
    taken = np.zeros(len(agent), dtype=np.bool_)
    drawn = []
    for reviewer, numbers in zip(reviewers, u, strict=True):
        drawn.append(draw(reviewer, agent, candidates, taken, numbers))
        taken[drawn[-1]] = True
    return drawn
