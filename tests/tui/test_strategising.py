"""What strategies come to, in words."""

from __future__ import annotations

import pytest

from core.estimates import Estimate
from sim.experiments.strategies import Worth
from tui.strategising import worth_text


@pytest.mark.parametrize(("customers", "said"), [
    (None, "where staffing follows; at €0.90 it pays."),
    (Estimate(3.2, 0.5, "money"), ", €3.20 ± 0.50 with the customers lost or kept by it; at €0.90 it pays."),
    (Estimate(-17.2, 8.1, "money"),
     "; with the customers lost by it no price is low enough (−€17 ± 8); at €0.90 it does not pay."),
])
def test_a_price_below_nothing_is_said_as_what_it_means(customers: Estimate | None, said: str) -> None:
    worth = Worth(Estimate(210.0, 7.0, "conversations"), Estimate(18.0, 3.0, "h"), Estimate(3.2, 0.5, "money"),
                  Estimate(6.9, 1.1, "money"), customers, Estimate(0.01, 0.02, "1"), 0.9)
    assert worth_text(worth, "€").endswith(said)
