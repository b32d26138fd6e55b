"""How satisfaction falls with waiting and with short tenure, from answered surveys: the numbers for `[satisfaction]`.

    score = level + wait x doublings of the time to the first reply beyond `begins` + tenure

seen through the ordered logit of `core.intake.ordered_logit`. What an export of answers cannot tell is who does not
answer: the chance of answering by rating is assumed. The level is no better than that; the effects rest on it less.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import IntakeError
from core.intake import ordered_logit
from core.intake.ordered_logit import Array, Optimum
from core.intake.survey import Survey

_LEAST = 200
"""Answers under which nothing is fitted."""
_Z = 1.959964
"""Half width of a 95 % interval in standard errors."""
_FAR = 1.920729
"""Log likelihood that an end of a 95 % profile interval lies below the best (half a chi-square quantile)."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A number with its standard error, which allows for ratings of one agent being alike."""

    value: float
    error: float

    @property
    def interval(self) -> tuple[float, float]:
        """95 %."""
        return self.value - _Z * self.error, self.value + _Z * self.error


@dataclass(frozen=True, slots=True)
class Begins:
    """Time to the first reply (s) from which satisfaction falls."""

    value: float
    low: float | None
    """Ends of the 95 % interval by profile likelihood; None where the data set none."""
    high: float | None


@dataclass(frozen=True, slots=True)
class Band:
    """Answers of a range of waits beside the fit."""

    upto: float
    """Longest wait (s)."""
    rows: int
    satisfied: float
    """Share of 4s and 5s."""
    fitted: float


@dataclass(frozen=True)
class SurveyFit:
    """What the answers say. Effects are in log odds of a rating of 4 or 5."""

    survey: Survey
    respond: tuple[float, ...]
    """Assumed chance that somebody with rating 1 to 5 answers."""
    level: Fitted
    """Answered at once by somebody tenured; as good as `respond` is."""
    wait: Fitted
    """Each doubling beyond `begins`."""
    wait_evenly: float
    """The same if everybody answered alike."""
    begins: Begins
    tenured: str
    """Bucket of tenure that the others are held against."""
    tenure: Mapping[str, Fitted]
    spread: tuple[Fitted, Fitted, Fitted]
    """Where ratings 2, 3 and 4 begin, below where 5 begins."""
    log_likelihood: float
    bands: tuple[Band, ...]
    """Ten ranges of waits with as many answers each."""


def fit_survey(survey: Survey, respond: Sequence[float], tenured: str | None = None) -> SurveyFit:
    """The likeliest effects.

    Args:
        survey: answers.
        respond: chance that somebody with rating 1 to 5 answers; only their proportions count.
        tenured: bucket of tenure to hold the others against; None: the one with the most answers.

    Raises:
        IntakeError: too few answers, a rating that nobody gave, all waits alike, or no such bucket.
    """
    stars = np.bincount(survey.rating, minlength=6)[1:]
    problems = []
    if len(survey) < _LEAST:
        problems.append(f"{len(survey)} answers can be used; at least {_LEAST} are needed")
    if not stars.all():
        absent = ", ".join(str(at + 1) for at in np.flatnonzero(stars == 0))
        problems.append(f"nobody gave a rating of {absent}: where it begins cannot be told")
    if len(np.unique(survey.waited)) < 3:
        problems.append("the times to the first reply are all alike")
    if tenured is not None and tenured not in survey.tenures:
        problems.append(f"there is no tenure {tenured}; there are: {', '.join(survey.tenures)}")
    if problems:
        raise IntakeError("\n".join(f"{survey.file}: {problem}" for problem in problems))
    fit = _Fit(survey, respond, tenured)
    best = fit.best()
    return fit.account(best)


class _Fit:
    """Rows of one wait and one tenure are one kind: the likelihood needs only their counts."""

    def __init__(self, survey: Survey, respond: Sequence[float], tenured: str | None):
        self.survey, self.respond = survey, tuple(respond)
        often = np.bincount(survey.tenure, minlength=len(survey.tenures))
        self.reference = int(np.argmax(often)) if tenured is None else survey.tenures.index(tenured)
        kinds, self.kind = np.unique(np.column_stack([survey.waited, survey.tenure]), axis=0, return_inverse=True)
        self.kind = self.kind.ravel()
        self.waited = kinds[:, 0]
        self.others = [at for at in range(len(survey.tenures)) if at != self.reference]
        self.tenure = np.column_stack([kinds[:, 1] == at for at in self.others]).astype(np.float64) if (
            self.others) else np.zeros((len(kinds), 0))
        self.counts = np.zeros((len(kinds), 5))
        np.add.at(self.counts, (self.kind, survey.rating - 1), 1.0)
        self.tried: dict[float, Optimum] = {}

    def at(self, begins: float) -> Optimum:
        """The optimum if satisfaction falls from that wait (s) on."""
        if begins not in self.tried:
            near = min(self.tried, key=lambda other: abs(np.log(other / begins)), default=None)
            start = None if near is None else self.tried[near]
            self.tried[begins] = ordered_logit.fit(self._design(begins), self.counts, self.respond, start)
        return self.tried[begins]

    def _design(self, begins: float) -> Array:
        doublings = np.log2(np.maximum(self.waited, begins) / begins)
        return np.column_stack([np.ones(len(doublings)), doublings, self.tenure])

    def best(self) -> float:
        """The likeliest beginning: the best of a grid over the waits, refined between its neighbours."""
        from scipy.optimize import minimize_scalar

        positive = self.survey.waited[self.survey.waited > 0]
        low, high = np.log(positive.min() / 4.0), np.log(np.quantile(positive, 0.95))
        grid = np.linspace(low, high, 33)
        at = int(np.argmax([self.at(float(np.exp(place))).log_likelihood for place in grid]))
        around = (float(grid[max(at - 1, 0)]), float(grid[min(at + 1, len(grid) - 1)]))
        minimize_scalar(lambda place: -self.at(float(np.exp(place))).log_likelihood, bounds=around, method="bounded",
                        options={"xatol": 0.005})
        return max(self.tried, key=lambda begins: self.tried[begins].log_likelihood)

    def _ends(self, best: float) -> tuple[float | None, float | None]:
        """Where the profile likelihood has fallen far enough, on both sides of the best; None where it never does."""
        from scipy.optimize import brentq

        top = self.at(best).log_likelihood

        def drop(place: float) -> float:
            return top - self.at(float(np.exp(place))).log_likelihood - _FAR

        ends: list[float | None] = []
        for side in (-1, 1):
            beyond = sorted((tried for tried in self.tried if side * (tried - best) > 0), key=lambda t: abs(t - best))
            inside, end = best, None
            for begins in beyond:
                if drop(float(np.log(begins))) > 0:
                    end = float(np.exp(brentq(drop, np.log(inside), np.log(begins), xtol=0.005)))
                    break
                inside = begins
            ends.append(end)
        return ends[0], ends[1]

    def account(self, best: float) -> SurveyFit:
        """The fit with its errors, in which the beginning is a number to be estimated too."""
        optimum, survey = self.at(best), self.survey
        slope = optimum.effects[1]
        # The score's derivative by the logarithm of the beginning.
        kink = np.where(self.waited > best, -slope / np.log(2.0), 0.0)
        scores = np.concatenate([optimum.scores, optimum.scores[..., :1] * kink[:, None, None]], axis=2)
        agents, cluster = np.unique(survey.agent, return_inverse=True)
        by_agent = np.zeros((len(agents), scores.shape[2]))
        np.add.at(by_agent, cluster.ravel(), scores[self.kind, survey.rating - 1])
        spreads = ordered_logit.covariance(self.counts.sum(axis=1), optimum.chance, scores, by_agent)
        errors = np.sqrt(np.diag(spreads))
        fitted = [Fitted(float(value), float(error)) for value, error in zip(optimum.effects, errors, strict=False)]
        first = len(optimum.effects)
        second, third, fifth = optimum.thresholds
        begin = []
        for value, weights in ((second - fifth, (1, 0, -1)), (third - fifth, (0, 1, -1)), (-fifth, (0, 0, -1))):
            part = spreads[first:first + 3, first:first + 3]
            begin.append(Fitted(float(value), float(np.sqrt(np.array(weights) @ part @ np.array(weights)))))
        low, high = self._ends(best)
        tenure = dict(zip([survey.tenures[at] for at in self.others], fitted[2:], strict=True))
        evenly = ordered_logit.fit(self._design(best), self.counts, (1.0,) * 5, optimum)
        return SurveyFit(survey, self.respond, fitted[0], fitted[1], float(evenly.effects[1]),
                         Begins(best, low, high), survey.tenures[self.reference], tenure,
                         (begin[0], begin[1], begin[2]), optimum.log_likelihood, self._bands(optimum))

    def _bands(self, optimum: Optimum) -> tuple[Band, ...]:
        edges = np.unique(np.quantile(self.survey.waited, np.linspace(0.1, 1.0, 10)))
        band = np.searchsorted(edges, self.waited, side="left")
        found = []
        for at, upto in enumerate(edges):
            counts = self.counts[band == at]
            rows = counts.sum()
            expected = (counts.sum(axis=1) * optimum.chance[band == at, 3:].sum(axis=1)).sum()
            found.append(Band(float(upto), int(rows), float(counts[:, 3:].sum() / rows), float(expected / rows)))
        return tuple(found)
