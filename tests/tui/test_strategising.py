"""What strategies come to, in words."""

from __future__ import annotations

import pytest

from core.estimates import Estimate
from sim.experiments.strategies import Turn
from tui.strategising import turn_text, worth_cells


@pytest.mark.parametrize(("customers", "asked", "verdict", "cells"), [
    (None, 0.0, None, ["–", "–", "–"]),
    (Estimate(3.2, 0.5, "money"), 0.9, True, ["€3.20 ± 0.50", "€0.90", "yes"]),
    (Estimate(-1.0, 8.1, "money"), 0.9, None, ["−€1 ± 8", "€0.90", "too close"]),
    (Estimate(-17.2, 8.1, "money"), 0.9, False, ["at no price", "€0.90", "no"]),
])
def test_a_price_below_nothing_is_said_as_what_it_means(customers: Estimate | None, asked: float,
                                                        verdict: bool | None, cells: list[str]) -> None:
    given = worth_cells(Estimate(210.0, 7.0, "conversations"), Estimate(18.0, 3.0, "hours"),
                        Estimate(3.2, 0.5, "money"), Estimate(6.9, 1.1, "money"), customers, asked, verdict, "€")
    assert list(given) == ["210 ± 7", "18 ± 3", "€3.20 ± 0.50", "€6.90 ± 1.10", *cells]


def test_metrics_that_turn_together_are_told_together() -> None:
    turns = [Turn("csat", 0.0, Estimate(0.75, 0.01, "1"), 0.17, Estimate(-0.01, 0.003, "1")),
             Turn("churn_risk", 0.0, Estimate(0.006, 0.001, "1"), 0.17, Estimate(0.002, 0.001, "1"))]
    assert turn_text(turns, "$") == ("CSAT and churn risk are best at 0 % coverage; from 17 % on more of it hurts for "
                                     "sure (CSAT −1.0 ± 0.3, churn risk +0.20 ± 0.10).")
