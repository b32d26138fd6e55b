"""Patience by Kaplan and Meier recovers the truth; the mean wait of those who gave up does not."""

from __future__ import annotations

import numpy as np
import pytest

from core.distributions import Exponential, Table
from core.intake.call_log import Flags, Floats
from core.intake.patience import fit_patience, kaplan_meier


def censored(patience: Floats, offered: Floats) -> tuple[Floats, Flags]:
    """What a log sees: the wait until answered or given up, and who gave up."""
    return np.minimum(patience, offered), patience < offered


def test_the_estimate_of_a_textbook_example() -> None:
    """By hand: 5 callers; one gives up at 2 (5 waiting), one at 4 (3 waiting): S = 4/5, then 4/5 × 2/3."""
    times, outlast, waiting = kaplan_meier(np.array([1.0 + 1, 3.0, 4.0, 5.0, 4.0]),
                                           np.array([True, False, True, False, False]))
    assert times.tolist() == [2.0, 4.0]
    assert outlast == pytest.approx([4 / 5, 4 / 5 * 2 / 3])
    assert waiting.tolist() == [5.0, 3.0]


@pytest.mark.parametrize("offered_mean", [60.0, 300.0])
def test_patience_is_recovered_however_little_of_it_is_seen(offered_mean: float) -> None:
    """400 s exponential; waits of 60 s show little of it, yet time waited over those who gave up is unbiased."""
    rng = np.random.default_rng(1)
    wait, gave_up = censored(rng.exponential(400.0, 100_000), rng.exponential(offered_mean, 100_000))
    patience = fit_patience(wait, gave_up)
    assert patience is not None
    # A sum over n who gave up has a relative standard error of 1/√n.
    assert patience.mean == pytest.approx(400.0, rel=3.3 / np.sqrt(patience.gave_up))
    # Those who gave up had waited 1 / (1/400 + 1/offered) on average, whatever the patience of all.
    assert patience.mean_of_abandoners == pytest.approx(1 / (1 / 400 + 1 / offered_mean), rel=0.05)
    assert patience.mean_of_abandoners < 0.5 * patience.mean


def test_the_law_follows_a_shape_that_is_not_exponential() -> None:
    """Half the callers have 30 s of patience, the others 600 s; offered waits reach far into both."""
    rng = np.random.default_rng(2)
    patience = np.where(rng.random(200_000) < 0.5, rng.exponential(30.0, 200_000), rng.exponential(600.0, 200_000))
    found = fit_patience(*censored(patience, rng.exponential(200.0, 200_000)))
    assert found is not None
    assert isinstance(found.law, Table)
    for share in (0.2, 0.4, 0.5, 0.6):
        # The estimate rests on 10⁵ callers; the law joins its points by lines, to whole seconds.
        stayed = (share - found.leaves_at_once) / (1.0 - found.leaves_at_once)
        truth = np.quantile(patience, share)
        assert found.law.quantile(np.array([stayed]))[0] == pytest.approx(truth, rel=0.04, abs=1.0)
    assert found.worst < 0.02
    naive = np.quantile(censored(patience, rng.exponential(200.0, 200_000))[0], 0.5)
    assert naive < 0.8 * np.quantile(patience, 0.5)  # the waits themselves are no estimate


def test_who_leaves_at_once_is_told_apart() -> None:
    rng = np.random.default_rng(3)
    patience = np.where(rng.random(50_000) < 0.1, 1.0, 3.0 + rng.exponential(300.0, 50_000))
    found = fit_patience(*censored(patience, np.full(50_000, 250.0)))
    assert found is not None
    assert found.leaves_at_once == pytest.approx(0.1, abs=0.005)
    assert found.law.quantile(np.array([0.01]))[0] >= 2.0


def test_few_who_gave_up_make_an_exponential_and_none_make_no_law() -> None:
    wait = np.linspace(1.0, 100.0, 200)
    few = np.zeros(200, dtype=bool)
    few[:20] = True
    found = fit_patience(wait, few)
    assert found is not None
    assert isinstance(found.law, Exponential)
    assert found.law.mean == pytest.approx(wait.sum() / 20)
    assert fit_patience(wait, np.zeros(200, dtype=bool)) is None


def test_the_law_reaches_beyond_what_was_seen() -> None:
    rng = np.random.default_rng(4)
    found = fit_patience(*censored(rng.exponential(400.0, 50_000), np.full(50_000, 100.0)))
    assert found is not None
    assert isinstance(found.law, Table)
    assert found.law.upto == pytest.approx(1 - np.exp(-100 / 400), abs=0.01)
    assert found.law.moments()[0] == pytest.approx(400.0, rel=0.1)  # exponential beyond: right for this truth
