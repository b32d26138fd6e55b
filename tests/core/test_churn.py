"""Churn follows satisfaction by segment, is exactly nothing when off, and stands where a survey of customers has it."""

from __future__ import annotations

import numpy as np
import pytest

from core.churn import churn_probability, money_at_risk
from core.scenario import Satisfaction
from core.scenario.churn import Churn

EFFECTS, SLOPE = Satisfaction(), Churn().slope


def lost(moved: float, base: float = 0.05, slope: float = SLOPE) -> float:
    score = np.array([EFFECTS.baseline + moved])
    return float(churn_probability(score, np.array([base]), EFFECTS.baseline, slope)[0])


@pytest.mark.parametrize(("moved", "exact"), [(0.0, 0.05), (EFFECTS.repeat, 0.09), (EFFECTS.unresolved, 0.25)])
def test_the_default_slope_is_that_of_the_survey(moved: float, exact: float) -> None:
    """SQM Group: 5 % wish to leave after a first contact that settles it, 9 % after more, 25 % if it stays open."""
    assert lost(moved) == pytest.approx(exact, abs=0.005)


def test_worse_is_riskier_and_no_slope_is_no_effect() -> None:
    risks = [lost(moved) for moved in (1.0, 0.0, -1.0, -4.0, -50.0)]
    assert risks == sorted(risks)
    assert risks[-1] <= 1.0
    assert lost(-3.0, slope=0.0) == pytest.approx(0.05, abs=1e-15)


def test_nothing_is_lost_where_it_is_off_or_nothing_was_rated() -> None:
    score, base = np.array([-3.0, np.nan, -3.0]), np.array([0.0, 0.3, 0.3])
    risk = churn_probability(score, base, EFFECTS.baseline, SLOPE)
    assert risk[:2].tolist() == [0.0, 0.0]
    assert risk[2] > 0.3
    money = money_at_risk(risk, base, np.array([100.0, 100.0, 1_000.0]))
    assert money[:2].tolist() == [0.0, 0.0]
    assert money[2] == pytest.approx(1_000.0 * (risk[2] - 0.3))
