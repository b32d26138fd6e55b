"""Maximum likelihood for ratings 1 to 5: an ordered logit seen through a survey that the answerers chose to answer.

The law is that of `core.satisfaction`: P(rating >= k) = logistic(score - threshold k), the threshold of 4 being 0. A
rating k gets into the survey with chance r_k, so among the answers its share is r_k P(k) over the sum of those. The
chances r cannot be told from answers alone: they are given, and the level found is only as good as they are.

Fisher scoring on counts of ratings by kind of row; arrays only, names are the caller's (`core.intake.survey`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_STEPS = 100
_CLOSE = 1e-9
"""Gain of log likelihood under which the search is over, per row."""


@dataclass(frozen=True)
class Optimum:
    """Where the likelihood is greatest."""

    effects: Array
    """One for each column of the design."""
    thresholds: Array
    """Of ratings 2, 3 and 5 on the scale of the score; that of 4 is 0."""
    log_likelihood: float
    scores: Array
    """Derivatives of the log likelihood of each kind of row, by rating and parameter, shape (kinds, 5, parameters)."""
    chance: Array
    """Chance of each rating among the answers of each kind, shape (kinds, 5)."""


def fit(design: Array, counts: Array, answers: Sequence[float], start: Optimum | None = None) -> Optimum:
    """The effects and thresholds under which the counts are likeliest.

    Args:
        design: amounts by kind of row and effect.
        counts: rows of each kind by rating, shape (kinds, 5).
        answers: chance that somebody with rating 1 to 5 answers the survey.
        start: an optimum nearby; None starts from the ratings as a whole.
    """
    respond = np.asarray(answers, dtype=np.float64)
    if start is not None:
        values = np.concatenate([start.effects, start.thresholds])
    else:
        # Undo the survey, then take the log odds of each rating or a better one.
        shares = counts.sum(axis=0) / respond
        above = (shares[::-1].cumsum()[::-1] / shares.sum())[1:]
        odds = np.log(above / (1.0 - above))
        values = np.zeros(design.shape[1] + 3)
        values[0] = odds[2]
        values[-3:] = odds[2] - odds[[0, 1, 3]]
    found = _at(design, respond, values)
    likelihood = _likelihood(found, counts)
    for _ in range(_STEPS):
        gradient = np.einsum("ky,kyp->p", counts, found[1])
        step = np.linalg.lstsq(information(counts.sum(axis=1), found[0], found[1]), gradient, rcond=None)[0]
        for _ in range(40):
            there = _at(design, respond, values + step)
            better = _likelihood(there, counts)
            if better >= likelihood:
                break
            step = step / 2.0
        else:
            break
        gain, values, found, likelihood = better - likelihood, values + step, there, better
        if gain <= _CLOSE * counts.sum():
            break
    return Optimum(values[:-3], values[-3:], likelihood, found[1], found[0])


def information(rows: Array, chance: Array, scores: Array) -> Array:
    """Expected (Fisher) information of rows of each kind."""
    weighted = scores * (rows[:, None] * chance)[..., None]
    found: Array = np.einsum("kyp,kyq->pq", weighted, scores)
    return found


def covariance(rows: Array, chance: Array, scores: Array, cluster_scores: Array) -> Array:
    """Covariance of the estimates that holds for rows that depend on each other within clusters (a sandwich).

    Args:
        rows: rows of each kind.
        chance: as in `Optimum`.
        scores: as in `Optimum`.
        cluster_scores: sum of the derivatives over the rows of each cluster, shape (clusters, parameters).
    """
    bread = np.linalg.pinv(information(rows, chance, scores), hermitian=True)
    many = len(cluster_scores)
    meat = cluster_scores.T @ cluster_scores * (many / max(many - 1, 1))
    found: Array = bread @ meat @ bread
    return found


def _likelihood(found: tuple[Array, Array] | None, counts: Array) -> float:
    if found is None:
        return -np.inf
    seen = counts > 0
    with np.errstate(divide="ignore"):
        return float((counts[seen] * np.log(found[0][seen])).sum())


def _at(design: Array, respond: Array, values: Array) -> tuple[Array, Array]:
    """Chances of the ratings among the answers, and the derivatives of their logarithms."""
    effects, (second, third, fifth) = values[:-3], values[-3:]
    thresholds = np.array([second, third, 0.0, fifth])
    kinds = len(design)
    if not (np.diff(thresholds) > 0).all():
        return np.zeros((kinds, 5)), np.zeros((kinds, 5, len(values)))
    above = np.empty((kinds, 6))
    above[:, 0], above[:, 5] = 1.0, 0.0
    above[:, 1:5] = 1.0 / (1.0 + np.exp(-np.clip((design @ effects)[:, None] - thresholds, -500.0, 500.0)))
    slope = above * (1.0 - above)
    rating = np.maximum(above[:, :-1] - above[:, 1:], 1e-300)
    # d P(rating) by the score, and by the thresholds of 2, 3 and 5.
    moves = np.zeros((kinds, 5, 4))
    moves[..., 0] = slope[:, :-1] - slope[:, 1:]
    for at, boundary in enumerate((1, 2, 4), start=1):
        moves[:, boundary, at] = -slope[:, boundary]
        moves[:, boundary - 1, at] = slope[:, boundary]
    weight = rating @ respond
    relative = moves / rating[..., None] - np.einsum("y,kym->km", respond, moves)[:, None, :] / weight[:, None, None]
    scores = np.concatenate([relative[..., :1] * design[:, None, :], relative[..., 1:]], axis=2)
    return rating * respond / weight[:, None], scores
