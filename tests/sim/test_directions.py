"""What the whole funnel must do, whatever its numbers: the directions that its sources speak of."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sim.floors import HOUR, measures

EASY_AND_HARD: dict[str, Any] = {
    "topic": {"any": {"difficulty": ["0%", "100%"], "stretch": 1.0, "handle_time": "5m"}},
    "demand": {"rate": "60/h"}, "team": {"all": {"agents": 20}}, "length": "4d"}


def test_bots_take_the_easy_ones_and_the_team_only_looks_slower() -> None:
    """Handed over is what the bot fails: 1 - 0.8 (1 - d) of difficulty d, whose mean is then 0.6111 in place of 0.5."""
    bot = {"coverage": "100%", "success": "80%", "hardness": "100%", "exit_after": 1}
    alone, after = measures(**EASY_AND_HARD), measures(**EASY_AND_HARD, bot=bot)
    mean = (0.2 / 2 + 0.8 / 3) / (0.2 + 0.8 / 2)
    assert alone["aht"] == pytest.approx(300.0, rel=0.01)
    assert after["aht"] == pytest.approx(300.0 * (1.0 + mean - 0.5), rel=0.01)
    assert after["aht_expected"] == pytest.approx(after["aht"])
    assert (alone["handle_index"], after["handle_index"]) == pytest.approx((1.0, 1.0))


def test_shoulder_taps_grow_with_the_team() -> None:
    """The same questions a person: twice the team on twice the demand taps twice as often, at the same rate."""
    def taps(size: int) -> tuple[float, float]:
        found = measures(
            demand={"rate": f"{20 * size}/h"}, topic={"any": {"handle_time": "5m", "knowledge": "60%"}},
            level={"new": {}, "old": {"senior": True}}, length="4d",
            team={"all": {"agents": 4 * size, "levels": {"new": 1, "old": 1}}},
            knowledge={"taps": "50%", "answer": "2m", "refocus": "0s"})
        return found["tap_rate"], found["tap_rate"] * found["human_conversations"]

    (rate, number), (rate_of_twice, number_of_twice) = taps(1), taps(2)
    assert rate == pytest.approx(0.2, rel=0.1)
    assert rate_of_twice == pytest.approx(rate, rel=0.1)
    assert number_of_twice == pytest.approx(2 * number, rel=0.12)


def test_an_interruption_costs_the_senior_more_than_the_answer() -> None:
    """23 min 15 s to get back into the work for each tap: less time at work, by that much."""
    def hours(refocus: str) -> tuple[float, float]:
        """Seconds at work of all six together, and how many taps there were."""
        found = measures(
            demand={"rate": "20/h"}, topic={"any": {"handle_time": "5m", "knowledge": "60%"}}, length="3d",
            level={"new": {}, "old": {"senior": True}}, team={"all": {"agents": 6, "levels": {"new": 1, "old": 1}}},
            knowledge={"taps": "50%", "answer": "2m", "refocus": refocus})
        paid = 6 * 3 * 24 * HOUR
        return found["utilisation"] / found["occupancy"] * paid, found["tap_rate"] * found["human_conversations"]

    without, _ = hours("0s")
    with_it, taps = hours("23m15s")
    assert without - with_it == pytest.approx(taps * 1395.0, rel=0.1)
