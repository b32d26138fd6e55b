"""Strategies on a small floor: more automation frees time, and without a way out it hurts."""

from __future__ import annotations

import json

import pytest

from core.scenario_file import read_scenario
from core.strategies import DOCUMENTED
from sim.experiments.strategies import AS_IT_IS, Strategies, strategies
from tui import strategising

FLOOR = read_scenario("""\
title = "Chats of a day"
length = "12h"
[demand]
rate = "60/h"
[topic.any]
handle_time = { law = "exponential", mean = "4m" }
[channel.phone]
patience = { law = "exponential", mean = "10m" }
[segment.all]
churn = "3%"
value = 500
[bot]
coverage = "20%"
success = "30%"
turn_time = { law = "exponential", mean = "30s" }
gives_up = "25%"
cost_per_resolution = 0.5
[team.desk]
agents = 5
cost_per_hour = 20
""")


@pytest.fixture(scope="module")
def found() -> Strategies:
    return strategies(FLOOR, DOCUMENTED, steps=3, replications=6, jobs=1)


def test_every_strategy_and_the_floor_as_it_is_meet_the_same_customers(found: Strategies) -> None:
    result = found.comparison
    assert [plan.name for plan in result.plans] == [*(one.name for one in DOCUMENTED), AS_IT_IS]
    assert {result.estimate("needs", plan).value for plan in range(len(result.plans))} == {
        result.estimate("needs", 0).value}


def test_without_a_way_out_more_bot_hurts(found: Strategies) -> None:
    with_exit, without = found.curves
    assert with_exit.coverage == without.coverage == (0.0, 1 / 3, 2 / 3, 1.0)
    turn = without.turn("csat")
    assert turn is not None
    assert turn.best < 0.5
    assert turn.hurts_from is not None
    assert turn.by is not None
    assert (turn.by.value or 0) < 0
    # Both curves begin at the same floor without a bot, which ran once.
    assert with_exit.comparison.tallies(0)[0] is without.comparison.tallies(0)[0]
    assert without.turn("conversations") is None


def test_a_resolution_is_worth_the_time_it_frees(found: Strategies) -> None:
    names = [plan.name for plan in found.comparison.plans]
    worth = found.worth(names.index("broad, with exit"))
    assert worth is not None
    assert (worth.resolutions.value or 0) > 50
    # 4 minutes at 20 an hour are 1.33; each resolution frees a little more or less than one conversation.
    assert worth.price.value == pytest.approx(4 / 60 * 20, rel=0.4)
    assert (worth.price_if_staffing_follows.value or 0) > (worth.price.value or 0)
    assert worth.asked == pytest.approx(0.5)
    assert worth.price_with_customers is not None
    assert found.worth(0) is None
    assert found.worth(names.index("triage only")) is None


def test_the_page_the_document_and_the_table(found: Strategies) -> None:
    page = "\n".join(strategising.text(found, 100))
    assert "Without a way out: CSAT, churn risk and money at risk are best at 0 % coverage" in " ".join(page.split())
    assert "What a bot's resolution is worth" in page
    assert "“triage only” assumes" in page
    document = json.loads(json.dumps(strategising.document(found, "floor"), allow_nan=False))
    assert document["kind"] == "strategies"
    assert [point["coverage"] for point in document["curves"][1]["points"]] == [0.0, 1 / 3, 2 / 3, 1.0]
    assert document["curves"][1]["turns"]["csat"]["hurts_from"] is not None
    rows = list(strategising.csv_rows(found))
    assert {len(row) for row in rows} == {len(strategising.HEADER)}
    assert any(line.startswith("| broad, without exit |") for line in strategising.markdown_lines(found))
