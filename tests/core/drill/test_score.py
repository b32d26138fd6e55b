"""The score of a drill is the sum of its parts, whatever the figures; a target is met or missed."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.drill.course import Deed
from core.drill.file import examine_drill
from core.drill.floor import FloorDrill
from core.drill.score import ACTIONS, LEAST_SPAN, Run, run_of, score, to_tenths
from tests.core.drill.test_course import TEXT

GOALS = """
[[goal]]
metric = "frt_p90"
worth = 4
per = "1m"

[[goal]]
metric = "abandonment_rate"
target = "<=10%"
worth = 50

[[goal]]
"""
READING = examine_drill(TEXT.replace("[[goal]]", GOALS, 1), Path("drill.toml")).drill
assert READING is not None
SCENARIO = READING.scenario
assert isinstance(READING.drill, FloorDrill)
DRILL = READING.drill

shares = st.one_of(st.none(), st.floats(0, 1))
measures = st.fixed_dictionaries({"service_level": shares, "abandonment_rate": shares,
                                  "frt_p90": st.one_of(st.none(), st.floats(0, 1e5))})
deeds = st.lists(st.sampled_from(["people", "close", "approve"]), max_size=3).map(
    lambda names: tuple(Deed(9 * 3600.0, name) for name in names))
runs = st.builds(lambda done, values: run_of(DRILL, done, values), deeds, measures)


@given(runs, runs, runs, st.integers(0, 1))
def test_parts_add_up_to_the_score(mine: Run, twin: Run, best: Run, hints: int) -> None:
    one = score(DRILL, SCENARIO, mine, twin, best, hints)
    assert one.points == math.fsum([*(part.points for part in one.parts), -5.0 * hints])
    assert one.scorable == (one.span >= LEAST_SPAN)
    *tenths, total = one.in_tenths()
    assert math.fsum(tenths) == pytest.approx(total, abs=1e-6)
    if one.scorable:
        assert score(DRILL, SCENARIO, best, twin, best).points == pytest.approx(100.0)
        assert math.fsum(part.money for part in one.parts) * 100 / one.span == pytest.approx(one.points + 5.0 * hints)
    assert score(DRILL, SCENARIO, twin, twin, best).points == 0.0


@given(st.lists(st.floats(-1e4, 1e4), max_size=8))
def test_tenths_are_near_and_add_up(values: list[float]) -> None:
    tenths = to_tenths(values)
    assert math.fsum(tenths) == pytest.approx(round(math.fsum(values), 1), abs=0.051)
    assert all(abs(tenth - value) < 0.1 + 1e-9 for tenth, value in zip(tenths, values, strict=True))


def test_what_each_step_is_worth() -> None:
    def run(level: float, gave_up: float, frt: float, *done: str) -> Run:
        values = {"service_level": level, "abandonment_rate": gave_up, "frt_p90": frt}
        return run_of(DRILL, tuple(Deed(9 * 3600.0, name) for name in done), values)

    one = score(DRILL, SCENARIO, run(0.6, 0.1, 300.0, "people"), run(0.5, 0.11, 360.0), run(0.7, 0.05, 60.0))
    assert {part.name: part.money for part in one.parts} == pytest.approx(
        {"service_level": 100.0, "frt_p90": 4.0, "abandonment_rate": 50.0, ACTIONS: -100.0})
    assert one.span == pytest.approx(200 + 20 + 50)
