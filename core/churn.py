"""Churn as a pure function of satisfaction: expected values, no draws.

After a conversation as satisfying as the baseline (settled at the first contact by somebody tenured, in time) a segment
loses the share of customers that its `churn` says. Each unit of satisfaction less raises the log odds of that. The
default slope is that of SQM Group's survey of call centres: 5 % of customers wish to leave after a matter settled at
the first contact, 9 % after two or more, 25 % after one that stays open (docs/explanation/csat.md).

Called by `core.view` for the metrics.
"""

from __future__ import annotations

import numpy as np

from core import elementary
from core.records import Floats
from core.scenario import Scenario


def churn_probability(score: Floats, base: Floats, baseline: float, slope: float) -> Floats:
    """Chance of losing the customer after each conversation; 0 where there was nothing to rate, or `base` is 0.

    Args:
        score: latent satisfaction, nan where there is nothing to rate.
        base: chance after a conversation at the baseline, less than 1.
        baseline: satisfaction of such a conversation.
        slope: log odds for each unit of satisfaction.
    """
    found = np.zeros(len(score))
    at_stake = (base > 0.0) & ~np.isnan(score)
    odds = elementary.log(base[at_stake] / (1.0 - base[at_stake])) - slope * (score[at_stake] - baseline)
    found[at_stake] = elementary.logistic(odds)
    return found


def base_risk(segment: np.ndarray, scenario: Scenario) -> Floats:
    """Chance of losing each customer after a conversation at the baseline, by the position of the segment."""
    found: Floats = np.array([kind.churn for kind in scenario.segment.values()])[segment]
    return found


def customer_value(segment: np.ndarray, scenario: Scenario) -> Floats:
    """Money that each customer brings a year, by the position of the segment."""
    found: Floats = np.array([kind.value for kind in scenario.segment.values()])[segment]
    return found


def money_at_risk(risk: Floats, base: Floats, value: Floats) -> Floats:
    """Money a year that is expected to be lost beyond what even good conversations lose.

    The base is not support's doing, and would count again with each further contact about a matter.
    """
    return value * np.where(risk > 0.0, risk - base, 0.0)
