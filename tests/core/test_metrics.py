"""Each metric against a few rows counted by hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from core.metrics import METRICS
from core.records import Origin, Outcome, Records
from core.scenario import Churn, Demand, Route, Routing, Satisfaction, Scenario, Segment, ServiceLevel, Team, Topic
from core.tally import Hours, Tally
from core.view import View, office_seconds

NAN = math.nan
SCENARIO = Scenario(demand=Demand(rate=1.0), topic={"all": Topic()},
                    team={"all": Team(agents=1), "inbox": Team(agents=1)}, routing=Routing(inbox="inbox"),
                    route=(*[Route(team="all", newer_than=1.0)] * 3, Route(team="inbox")),
                    service_level=ServiceLevel(within=20.0), length=1_000.0,
                    segment={"everyone": Segment(value=1_000.0, churn=0.5)},
                    churn=Churn(slope=math.log(3.0) / Satisfaction().baseline))

#    outcome,             origin,          asked, queued, answered, replied, ended, handle, resolved, rating, surveyed
ROWS = [
    (Outcome.PREVENTED, Origin.NEW, NAN, NAN, NAN, NAN, 10.0, 0.0, True, 0, False),
    (Outcome.SELF_SERVED, Origin.NEW, NAN, NAN, NAN, NAN, 90.0, 0.0, True, 0, False),
    (Outcome.BOT_RESOLVED, Origin.NEW, 10.0, NAN, NAN, NAN, 70.0, 0.0, True, 5, True),
    (Outcome.BOT_RESOLVED, Origin.NEW, 10.0, NAN, NAN, NAN, 70.0, 0.0, False, 2, False),
    (Outcome.BOT_GAVE_UP, Origin.NEW, 10.0, NAN, NAN, NAN, 130.0, 0.0, False, 1, True),
    (Outcome.CLOSED, Origin.NEW, 10.0, 40.0, 40.0, 40.0, 140.0, 100.0, True, 4, True),
    (Outcome.CLOSED, Origin.NEW, 10.0, 10.0, 26.0, 26.0, 126.0, 120.0, False, 3, False),
    (Outcome.CLOSED, Origin.REOPEN, 400.0, 400.0, 500.0, 500.0, 600.0, 100.0, True, 4, False),
    (Outcome.ABANDONED, Origin.NEW, 10.0, 10.0, NAN, NAN, 15.0, 0.0, False, 1, False),
    (Outcome.ABANDONED, Origin.NEW, 10.0, 10.0, NAN, NAN, 60.0, 0.0, False, 1, True),
    (Outcome.OPEN, Origin.NEW, 990.0, 990.0, NAN, NAN, NAN, 0.0, False, 0, False),
    (Outcome.OPEN, Origin.RETRY, 900.0, 900.0, NAN, NAN, NAN, 0.0, False, 0, False),
]


def records() -> Records:
    """The rows above as columns; what no metric asks for is zero."""
    outcome, origin, asked, queued, answered, replied, ended, handle, resolved, rating, surveyed = map(
        np.array, zip(*ROWS, strict=True))
    zero = np.zeros(len(ROWS), dtype=np.int64)

    def closed(*values: int) -> NDArray[np.int64]:
        """Values of the three that people closed."""
        column = zero.copy()
        column[5:8] = values
        return column

    return Records.of(len(ROWS), origin=origin, outcome=outcome, team=zero, served_by=zero, agent=zero,
                      rule=closed(0, 1, 4) - 1, transfers=closed(0, 1, 2), escalations=closed(0, 1, 0),
                      taps=closed(1, 0, 1), foreign=closed(0, 1, 0) > 0, mood=closed(0, 1, 2),
                      callback=closed(0, 0, 1) > 0, expected=closed(100, 50, 100).astype(float),
                      bot_turns=np.isin(outcome, (3, 4)).astype(np.int64),
                      arrived=np.nan_to_num(asked, nan=10.0), asked=asked, queued=queued, answered=answered,
                      replied=replied, ended=ended, handle=handle, resolved=resolved, score=handle, rating=rating,
                      surveyed=surveyed)


EXPECTED = {
    "needs": 10, "conversations": 10, "human_conversations": 7,
    # waits: 0, 16, 100 answered; 5, 50 gave up; 10, 100 so far
    "wait_mean": 281 / 7, "p_wait": 6 / 7, "asa": 116 / 3,
    "service_level": 2 / 6,  # the one that has waited 10 s is neither in time nor late
    "service_level_answered": 2 / 3, "service_level_offered": 2 / 5, "abandonment_rate": 2 / 7,
    "frt_mean": (30 + 16 + 100 + 10 + 100) / 5, "aht": 320 / 3, "fcr": 1 / 2,
    "csat": 3 / 8, "csat_surveyed": 2 / 4, "survey_response": 4 / 8,
    # five of the rated have score 0 and are lost with 75 %, three are above all doubt
    "churn_risk": 5 * 0.75 / 8, "money_at_risk": 1_000.0 * (5 * 0.25 - 3 * 0.5),
    "deflection_rate": 4 / 9, "containment_rate": 3 / 10, "roar": 2 / 10, "roar_settled": 1 / 10,
    "roar_articles": 0.0, "bot_resolution_rate": 2 / 3, "prevented_rate": 1 / 10, "self_serve_rate": 1 / 9,
    "turned_away_rate": 0.0, "rule_rate": 1 / 7,  # another rule sent to the inbox
     "right_first_rate": 1 / 3, "transfer_rate": 1.0,
    "escalation_rate": 1 / 3, "tap_rate": 2 / 3, "callback_rate": 1 / 7, "foreign_rate": 1 / 3, "upset_rate": 2 / 3,
    "aht_expected": 250 / 3, "handle_index": 320 / 250, "ttr_mean": (130 + 116 + 200) / 3,
    "csat_controlled": 1 / (1 + math.exp(-2.1)), "iqs": 0.8 * (0.75 * 0.92 + 0.25 * 0.44) + 0.2 * 0.85,
    "cost_per_resolution": 20.0 / 3, "hires": 2.0,
    "waiting": 281 / 1_000, "backlog": (100 + 116 + 200 + 5 + 50 + 10 + 100) / 1_000,
    "occupancy": 0.5, "utilisation": 0.4, "concurrency": 0.6, "cost": 20.0, "cost_per_conversation": 2.0,
}


def test_every_metric_counts_what_its_formula_says() -> None:
    tally = Tally()
    tally.add(View(records(), SCENARIO, 1_000.0))
    done = tally.finish(Hours(busy=500.0, available=1_000.0, held=600.0, paid=1_250.0, cost=20.0, hired=2.0), 1_000.0)
    quantiles = {name for name, metric in METRICS.items() if metric.kind == "quantile"}
    assert set(METRICS) == set(EXPECTED) | quantiles | {"frt_office_mean"}
    assert {name: done.value(name) for name in EXPECTED} == pytest.approx(EXPECTED)


def test_parts_of_a_run_add_up() -> None:
    rows, whole, parts = records(), Tally(), Tally()
    whole.add(View(rows, SCENARIO, 1_000.0))
    for part in (slice(0, 5), slice(5, 12)):
        parts.add(View(rows.where(np.arange(12)[part]), SCENARIO, 1_000.0))
    assert {name: whole.finish(Hours(), 1_000.0).value(name) for name in METRICS} == {
        name: parts.finish(Hours(), 1_000.0).value(name) for name in METRICS}


def test_the_warm_up_is_left_out() -> None:
    tally = Tally()
    tally.add(View(records(), SCENARIO, 1_000.0, since=300.0))
    done = tally.finish(Hours(), 700.0)
    assert done.value("human_conversations") == 3
    assert done.value("waiting") == pytest.approx((100 + 10 + 100) / 700)


def test_office_hours_count_working_time_alone() -> None:
    hour, day = 3_600.0, 86_400.0
    friday_17, monday_10 = 4 * day + 17 * hour, 7 * day + 10 * hour
    spent = np.diff(office_seconds(np.array([friday_17, monday_10]), 9 * hour, 18 * hour, weekend=False))
    assert spent.tolist() == [2 * hour]
    assert np.diff(office_seconds(np.array([friday_17, monday_10]), 0.0, day, weekend=True)).tolist() == [65 * hour]


def test_deflection_contains_containment_contains_roar() -> None:
    names = ("deflection_rate", "containment_rate", "roar", "roar_settled")
    values = [EXPECTED[name] for name in names]
    assert values == sorted(values, reverse=True)
