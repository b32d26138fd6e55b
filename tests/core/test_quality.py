"""IQS: grades follow skill and tone, the score is what its weights say, and the carousel keeps its rules."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.quality import Grade, carousel, draw, expected_score, qualifies, scorecards
from core.records import Outcome
from core.scenario.quality import Quality

QUALITY = Quality()


def expected(skill: float, tone: float | None = None, quality: Quality = QUALITY) -> float:
    return float(expected_score(np.array([skill]), np.array([skill if tone is None else tone]), quality)[0])


def test_the_defaults_are_average_and_good_teams() -> None:
    """81 % on average, 89 % in good teams, in a benchmark of support teams."""
    assert expected(0.0) == pytest.approx(0.81, abs=0.001)
    assert expected(0.8) == pytest.approx(0.89, abs=0.003)


def test_what_is_exceptional_is_good_too() -> None:
    with pytest.raises(ValueError, match="`exceptional` cannot be more than `at_least_good`"):
        Quality(exceptional=0.95)


def test_drawn_scorecards_have_the_shares_and_the_mean_of_the_formula() -> None:
    u = np.random.default_rng(1).random((4, 100_000))
    skill, tone = np.full(100_000, -0.3), np.full(100_000, 0.4)
    cards = scorecards(skill, tone, QUALITY, u)

    def moved(share: float, by: float) -> float:
        odds = share / (1 - share) * np.exp(by)
        return float(odds / (1 + odds))

    for grades, latent in ((cards.accuracy, -0.3), (cards.completeness, -0.3), (cards.tone, 0.4)):
        for grade, share in ((Grade.GOOD, QUALITY.at_least_good), (Grade.EXCEPTIONAL, QUALITY.exceptional)):
            assert (grades >= grade).mean() == pytest.approx(moved(share, latent), abs=0.006)
    assert cards.process.mean() == pytest.approx(moved(QUALITY.followed, -0.3), abs=0.006)
    assert cards.score.mean() == pytest.approx(expected(-0.3, 0.4), abs=0.003)


def test_a_score_is_the_weighted_points() -> None:
    quality = Quality(accuracy=40, completeness=20, tone=30, process=10, good=0.5)
    u = np.array([[0.0, 0.999999], [0.6, 0.0], [0.999999, 0.0], [0.0, 0.999999]])
    cards = scorecards(np.zeros(2), np.zeros(2), quality, u)
    assert cards.accuracy.tolist() == [Grade.EXCEPTIONAL, Grade.NEEDS_IMPROVEMENT]
    assert cards.completeness.tolist() == [Grade.GOOD, Grade.EXCEPTIONAL]
    assert cards.tone.tolist() == [Grade.NEEDS_IMPROVEMENT, Grade.EXCEPTIONAL]
    assert cards.process.tolist() == [True, False]
    assert cards.score == pytest.approx([0.4 + 0.1 + 0.0 + 0.1, 0.2 + 0.3])


@given(st.lists(st.floats(0.001, 0.999), min_size=4, max_size=4), st.floats(-3, 3), st.floats(-3, 3), st.floats(0, 2))
def test_better_work_is_never_rated_lower(u: list[float], skill: float, tone: float, better: float) -> None:
    draws = np.array([u]).T
    scores = [float(scorecards(np.array([skill + more]), np.array([tone + more]), QUALITY, draws).score[0])
              for more in (0.0, better)]
    assert 0.0 <= scores[0] <= scores[1] <= 1.0


def test_too_short_spam_and_what_nobody_closed_is_not_reviewed() -> None:
    outcome = np.array([Outcome.CLOSED] * 4 + [Outcome.ABANDONED, Outcome.BOT_RESOLVED, Outcome.OPEN], dtype=np.int64)
    agent = np.array([0, 1, 2, -1, -1, -1, 3])
    handle = np.array([300.0, 59.0, 300.0, 300.0, 300.0, 300.0, 300.0])
    spam = np.array([False, False, True, False, False, False, False])
    assert qualifies(outcome, agent, handle, QUALITY, spam).tolist() == [True, *[False] * 6]
    assert qualifies(outcome, agent, handle, QUALITY).tolist() == [True, False, True, *[False] * 4]


@settings(deadline=None)
@given(st.integers(0, 2**32), st.integers(2, 6), st.integers(0, 60), st.integers(1, 7))
def test_the_carousel_keeps_its_rules(seed: int, people: int, rows: int, reviews: int) -> None:
    rng = np.random.default_rng(seed)
    agent = rng.integers(0, people, rows)
    candidates = rng.random(rows) < 0.8
    drawn = carousel(range(people), agent, candidates, rng.random((people, reviews)))
    together = np.concatenate(drawn)
    assert len(set(together.tolist())) == len(together), "reviewed twice"
    assert candidates[together].all()
    left = candidates.copy()
    for reviewer, mine in zip(range(people), drawn, strict=True):
        assert (agent[mine] != reviewer).all(), "reviewed their own"
        assert len(mine) == min(reviews, np.count_nonzero(left & (agent != reviewer)))
        left[mine] = False


def test_everyone_s_conversations_are_as_likely() -> None:
    agent = np.arange(10) % 5
    u = np.random.default_rng(2).random((4_000, 2))
    nothing = np.zeros(10, dtype=bool)
    counts = np.bincount(np.concatenate([draw(0, agent, ~nothing, nothing, numbers) for numbers in u]), minlength=10)
    assert counts[agent == 0].sum() == 0
    assert counts[agent != 0] == pytest.approx([1_000] * 8, abs=110)
