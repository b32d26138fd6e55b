"""CSAT: drivers add up, ratings follow the ordered logit, the survey is answered as the scenario says."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core import satisfaction
from core.records import Outcome
from core.scenario import Satisfaction

EFFECTS = Satisfaction()


def one(outcome: Outcome, frt: float = 0.0, resolved: bool = True, contact: int = 1, failed: int = 0) -> float:
    """The score of one conversation whose channel expects a reply in a minute."""
    drivers = satisfaction.exposure(np.array([int(outcome)]), np.array([frt]), np.array([60.0]), np.array([resolved]),
                                    np.array([contact]), np.array([failed]))
    return float(satisfaction.score(drivers, EFFECTS)[0])


@pytest.mark.parametrize(("given", "expected"), [
    (one(Outcome.CLOSED, 59.0), EFFECTS.baseline),
    (one(Outcome.CLOSED, 240.0), EFFECTS.baseline + 2 * EFFECTS.wait),
    (one(Outcome.CLOSED, resolved=False), EFFECTS.baseline + EFFECTS.unresolved),
    (one(Outcome.CLOSED, contact=3), EFFECTS.baseline + 2 * EFFECTS.repeat),
    (one(Outcome.CLOSED, failed=2), EFFECTS.baseline + 2 * EFFECTS.bot_turns),
    (one(Outcome.BOT_RESOLVED, math.nan), EFFECTS.baseline + EFFECTS.bot_resolved),
    (one(Outcome.ABANDONED, math.nan, resolved=False), EFFECTS.baseline + EFFECTS.gave_up),
    (one(Outcome.BOT_GAVE_UP, math.nan, resolved=False, failed=3),
     EFFECTS.baseline + EFFECTS.gave_up + 3 * EFFECTS.bot_turns)])
def test_a_score_is_the_baseline_and_each_driver_times_its_effect(given: float, expected: float) -> None:
    assert given == pytest.approx(expected, abs=1e-12)


def test_ratings_come_with_the_probabilities_of_the_ordered_logit() -> None:
    u = (np.arange(100_000) + 0.5) / 100_000
    score = 0.8
    ratings = satisfaction.rating(np.full(len(u), score), EFFECTS, u)
    begins = dict(zip((2, 3, 4, 5), (*EFFECTS.spread, 0.0), strict=True))
    for rating, place in begins.items():
        exact = 1 / (1 + math.exp(-(score - (place - begins[4]))))
        assert (ratings >= rating).mean() == pytest.approx(exact, abs=2e-5)
    assert (ratings >= 4).mean() == pytest.approx(float(satisfaction.csat_probability(np.array([score]))[0]), abs=2e-5)


def test_the_survey_is_answered_by_rating() -> None:
    u = np.tile((np.arange(1_000) + 0.5) / 1_000, 6)
    ratings = np.repeat(np.arange(6), 1_000)
    answered = satisfaction.surveyed(ratings, EFFECTS, u)
    shares = [answered[ratings == rating].mean() for rating in range(6)]
    assert shares == pytest.approx([0.0, *EFFECTS.respond], abs=1e-9)
