"""The chart: known lines give known cells."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from core.units import HOUR
from sim.outlook import Band
from sim.snapshot import Series
from tests.fake_floor import scenario
from tui.widgets.braille import Canvas
from tui.widgets.chart import Axis, Chart, Plot, choose_axis, dots, row_of, shaded
from tui.widgets.measures import measures
from tui.widgets.spark import sparkline
from tui.widgets.text import text_of


def series(values: list[float], first: float = 1.0, every: float = 1.0) -> Series:
    return Series(np.array([first + every * at for at in range(len(values))]), np.array(values))


def plot(values: list[float], twin: list[float] | None = None, name: str = "waiting", end: float | None = None,
         marks: tuple[tuple[float, str], ...] = ()) -> Plot:
    return Plot(measures(scenario())[name], 0.0, float(len(values)) if end is None else end, series(values),
                None if twin is None else series(twin), marks, twin is not None)


def rows(canvas: Canvas) -> list[str]:
    return ["".join(canvas.char(column, row) for column in range(canvas.width)) for row in range(canvas.height)]


def test_a_falling_diagonal() -> None:
    canvas = Canvas(2, 1)
    canvas.line(0, 0, 3, 3)
    assert rows(canvas) == ["⠑⢄"]


def test_a_level_line_and_its_fainter_twin() -> None:
    canvas = Canvas(3, 1)
    canvas.line(0, 3, 5, 3)
    assert rows(canvas) == ["⣀⣀⣀"]
    canvas = Canvas(3, 1)
    canvas.line(0, 3, 5, 3, every=2)
    assert rows(canvas) == ["⡀⡀⡀"]


def test_a_gap_stays_a_gap_and_a_lone_point_is_seen() -> None:
    canvas = Canvas(4, 1)
    canvas.polyline([(0, 0), (1, 0), None, (6, 0)])
    assert rows(canvas) == ["⠉  ⠁"]


def test_nothing_is_drawn_outside() -> None:
    canvas = Canvas(2, 1)
    canvas.line(-4, -4, 9, 9)
    assert rows(canvas) == ["⠑⢄"]


def test_points_of_one_column_become_their_mean_and_nan_a_gap() -> None:
    shown = plot([2.0, 4.0, math.nan, 8.0])
    axis = Axis(0.0, 10.0, 5.0)
    assert dots(shown.now, shown, axis, 9, 11) == [(2, 8), (4, 6), None, (8, 2)]
    assert dots(shown.now, shown, axis, 3, 11) == [(0, 8), (1, 6), (2, 2)]


@pytest.mark.parametrize(("name", "values", "low", "high"), [
    ("frt_p90", [30.0, 250.0], 0.0, 270.0), ("csat", [0.82, 0.89], 0.82, 0.89), ("csat", [0.9, 0.9], 0.9, 0.95),
    ("csat", [1.0, 1.0], 0.95, 1.0), ("waiting", [0.0, 0.0], 0.0, 4.0)])
def test_axes_hold_the_data_and_never_zoom_into_noise(name: str, values: list[float], low: float, high: float) -> None:
    axis = choose_axis(plot(values, name=name), 12)
    assert [axis.low, axis.high] == pytest.approx([low, high])


def test_a_peak_far_above_the_rest_leaves_the_chart_and_says_how_high_it_is() -> None:
    morning = [300.0, 28_800.0, 300.0, *[200.0] * 13]
    axis = choose_axis(plot(morning, name="frt_p90"), 12)
    assert axis.beyond == 28_800.0
    assert axis.high < 600
    chart = Chart(unicode=True)
    chart.plot = plot(morning, name="frt_p90")
    assert text_of(chart.compose_lines(60, 14)[1]).startswith(" ↑8h ┤")
    now_in_trouble = [*[200.0] * 14, 300.0, 28_800.0]
    assert choose_axis(plot(now_in_trouble, name="frt_p90"), 12).beyond is None, "what happens now is never cut off"


def test_a_stretch_without_anything_to_measure_says_so() -> None:
    chart = Chart(unicode=True)
    chart.plot = plot([math.nan] * 4)
    lines = [text_of(line) for line in chart.compose_lines(60, 10)]
    assert any("nothing to measure in this time" in line for line in lines)
    assert not any("┤" in line for line in lines), "nor has its axis numbers"


def test_ticks_are_whole_steps_and_rows_apart() -> None:
    for rows in range(3, 30):
        for high in (0.7, 3.0, 11.0, 250.0):
            axis = choose_axis(plot([high, high / 3]), rows)
            places = [row_of(tick, axis, rows) for tick in axis.ticks]
            assert all(below - above >= 1 for below, above in itertools.pairwise(places))
            assert axis.high >= high
            assert len(axis.ticks) <= 7


def test_the_whole_chart() -> None:
    chart = Chart(unicode=True)
    hours = np.array([1.0, 2.0, 3.0, 4.0])
    chart.plot = Plot(measures(scenario())["waiting"], 0.0, 4 * HOUR, Series(hours * HOUR, hours), None,
                      ((0.5 * HOUR, "+1"), (2.19 * HOUR, "+3"), (2.2 * HOUR, "+2"), (-1.0, "gone by")))
    assert [text_of(line) for line in chart.compose_lines(40, 8)] == [
        "─ waiting, last 4h ─── ⣀⡠ now  ⠄⠄ twin ─",
        "   4 ┤                            ⣀⡠⠤⠒⠒⠉",
        "     │                     ⢀⣀⠤⠔⠒⠉⠉      ",
        "   2 ┤              ⣀⣀⠤⠤⠒⠊⠉⠁            ",
        "     │        ⠠⠤⠒⠒⠉⠉                    ",
        "   0 ┤                                  ",
        "     └────▲ +1 ───────┴─▲ +2 ───────────",
        "                    02:00               "]


def test_the_twin_is_a_line_of_its_own_and_the_target_gives_way_to_both() -> None:
    chart = Chart(unicode=True)
    chart.plot = plot([200.0, 200.0, 200.0], [60.0, 60.0, 60.0], name="frt_p90")
    lines = chart.compose_lines(60, 10)
    roles = {role for line in lines for text, role in line if text.strip()}
    assert {"now", "twin", "target"} <= roles
    assert "twin" in text_of(lines[0])
    assert "target 2m" in text_of(lines[0])


def test_without_unicode_every_cell_is_ascii() -> None:
    chart = Chart(unicode=False)
    chart.plot = plot([200.0, 100.0, 30.0], [60.0, 60.0, 60.0], name="frt_p90", marks=((1.0, "+2 frontline"),))
    chart.lines = chart.compose_lines(60, 10)
    text = chart.text()
    assert text.isascii()
    assert "*" in text
    assert "^" in text


def test_sparklines() -> None:
    assert sparkline(series([0, 1, 2, 3, 4, 5, 6, 7]), 0, 8, 8, 0.0) == "▁▂▃▄▅▆▇█"
    assert sparkline(series([5.0, 5.0, 5.0]), 0, 3, 3) == "▁▁▁"
    assert sparkline(series([5.0, 5.001, 5.0]), 0, 3, 3, least=1.0) == "▁▁▁", "noise is no news"
    assert sparkline(series([1.0, math.nan, 3.0]), 0, 3, 3, 0.0) == "▃ █"
    assert sparkline(series([1.0, 3.0]), 0, 2, 4, 0.0) == "▃▃██", "an interval fills its stretch"
    assert sparkline(None, 0, 2, 4) == "    "


def test_what_may_come_is_shaded_from_the_present_on_with_its_middle_as_a_line() -> None:
    band = Band(np.array([6.0, 8.0, 10.0]), np.array([2.0] * 3), np.array([5.0] * 3), np.array([8.0] * 3))
    shown = Plot(measures(scenario())["waiting"], 0.0, 10.0, series([4.0] * 5), None, (), False, band, 5.0)
    axis = choose_axis(shown, 8)
    assert axis.high >= 8.0, "the axis holds the band"
    found = shaded(shown, axis, 21, 8)
    assert set(found) == set(range(11, 21)), "nothing of it lies before the present"
    assert all(top < middle < bottom for top, middle, bottom in found.values())
    chart = Chart(unicode=True)
    chart.plot = shown
    area = [text_of(line) for line in chart._area(shown, axis, 21, 8)]
    top, middle, _ = found[15]
    assert area[top][15] == "░"
    assert area[middle][15] == "─"
    assert all(row[:11].strip("⠀⣀⠤⠒⠉⠁⠂⠄⡀ ") == "" for row in area if row)
    assert shaded(Plot(shown.measure, 0.0, 10.0, shown.now, None), axis, 21, 8) == {}


@pytest.mark.parametrize(("effect", "width", "words"), [
    ((-150.0, -120.0, -90.0), 100, "8 of 10 ahead  ▼ −2m00s (−2m30s to −1m30s)"),
    ((-150.0, -120.0, -90.0), 58, "░  ▼ −2m00s (−2m30s to −1m30s)"),
    ((-150.0, -120.0, -90.0), 48, "░  ▼ −2m00s ─"),
    ((-30.0, 20.0, 90.0), 58, "░  ≈ twin (−30s to +1m30s)")])
def test_what_the_changes_will_probably_do_is_said_with_its_range(
        effect: tuple[float, float, float], width: int, words: str) -> None:
    band = Band(np.array([6.0, 8.0, 10.0]), *(np.array([value] * 3) for value in (2.0, 5.0, 8.0)))
    chart = Chart(unicode=True)
    chart.plot = Plot(measures(scenario())["frt_p90"], 0.0, 10.0, series([4.0] * 5), series([4.0] * 5), (), True, band,
                      5.0, effect)
    line = chart.compose_lines(width, 8)[0]
    assert words in text_of(line)
    assert ("good" in {role for text, role in line if "▼" in text}) == (effect[2] < 0)
