"""A line chart of one metric over time: the floor, its twin, the target, and a mark at every change."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from textual import on
from textual.events import Click
from textual.message import Message

from core.metrics import METRICS
from core.units import DAY, HOUR, MINUTE
from sim.outlook import Band
from sim.snapshot import Series
from tui.widgets import numbers
from tui.widgets.braille import Canvas
from tui.widgets.measures import Measure
from tui.widgets.panel import Panel
from tui.widgets.text import Line, Span, joined, pad, width_of

STEPS = {
    "time": (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400, 172_800,
             345_600, 604_800),
    "share": (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5),
    "count": tuple(digit * 10**power for power in range(7) for digit in (1, 2, 5)),
    "money": tuple(digit * 10.0**power for power in range(-2, 6) for digit in (1, 2, 5)),
}
"""Distances of axis ticks that people can read, by kind of axis, in the unit of the metric."""
CLOCK_STEPS = (5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY)
NARROWEST_SPAN = {"time": 20.0, "share": 0.05, "count": 4.0, "money": 0.2}
"""An axis never covers less, or noise would look like news."""


MOST_TICKS = 6
MOST, OFF_CHART = 0.85, 3.0
"""Peaks that make up less than the rest of this share, and rise so many times over it, leave the top of the chart."""


@dataclass(frozen=True)
class Plot:
    """What a chart shows: series of the metric, in its unit, between two times (s)."""

    measure: Measure
    start: float
    end: float
    now: Series | None
    twin: Series | None
    marks: tuple[tuple[float, str], ...] = ()
    """Times of changes and what they were."""
    differs: bool = False
    """Whether anything was changed, so that the twin is another line."""
    ahead: Band | None = None
    """Where the metric will probably be, up to `end`."""
    present: float | None = None
    """Where the lines end, where the chart goes beyond (s)."""
    effect: tuple[float, float, float] | None = None
    """By how much the floor will probably differ from its twin: low, middle, high."""


@dataclass(frozen=True)
class Axis:
    """Values at the bottom and the top of a chart, on half steps, and the ticks, on whole ones."""

    low: float
    high: float
    step: float
    ticks: tuple[float, ...] = ()
    beyond: float | None = None
    """The highest value, where it lies above the top."""


class Chart(Panel, can_focus=True):
    """The chart; braille where the terminal has it, else one character a column."""

    HELP: ClassVar[str] = (
        "The full line is your floor, the broken one its twin: the same customers without your changes. Where the "
        "lines lie on each other your changes made no difference. ╌ is the target, where the scenario names one. ▲ on "
        "the time axis is a change that you made. After a change ░ shows where eight in ten of the ways lie in which "
        "the day may go on from here, and ─ their middle. The broken line goes on as the middle of the twin's ways, "
        "and the heading says what the difference comes to, each way against the same one of the twin: its middle, and "
        "eight in ten of the ways. a puts all that away or asks anew. m shows another metric, w another stretch of "
        "time.")

    class Next(Message):
        """The chart was clicked: the next metric is wanted."""

    def __init__(self, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self.plot: Plot | None = None

    def show(self, plot: Plot) -> None:
        """Redraws for another plot."""
        self.plot = plot
        self.redraw()

    def heading(self) -> str:
        """The metric and the stretch of time."""
        if self.plot is None:
            return ""
        plot = self.plot
        if plot.present is not None:
            return f"{plot.measure.title}, up to {numbers.time_of_day(plot.end)}"
        return f"{plot.measure.title}, last {numbers.tick(plot.end - plot.start)}"

    def aside(self, width: int) -> Line:
        """The legend, in as many words as there is room for."""
        plot = self.plot
        if plot is None:
            return ()
        now, twin = ("⣀⡠", "⠄⠄") if self.unicode else ("**", "..")
        lines: list[Span] = [(now, "now"), (" now  ", "faint"), (twin, "twin"), (" twin", "faint")]
        same: list[Span] = [] if plot.differs else [(" (the same)", "faint")]
        target: list[Span] = []
        if plot.measure.target is not None:
            target = [("  ╌╌", "target"), (f" target {plot.measure.target_text}", "faint")]
        change: list[Span] = [("  ▲", "change"), (" change", "faint")] if plot.marks else []
        ahead: list[Span] = [("  ░", "ahead"), (" 8 of 10 ahead", "faint")] if plot.ahead is not None else []
        room = width - len(self.heading()) - 8
        effect = _effect(plot)
        shade: list[Span] = [("░", "ahead")]
        legends = (*([*one, *effect] for one in ([*lines, *target, *ahead], [*lines, *ahead], ahead, shade) if effect),
                   *([[*shade, *effect[:-1]]] if effect else []),
                   [*lines, *same, *target, *change, *ahead], [*lines, *target, *ahead], [*lines, *ahead],
                   [*lines, *same, *target, *change], [*lines, *target, *change], [*lines, *target], lines)
        return joined(next((legend for legend in legends if width_of(legend) <= room), ()))

    def body(self, width: int, height: int) -> list[Line]:
        """Plot area, then the time axis and its labels."""
        plot = self.plot
        if plot is None or height < 3 or width < 20:
            return []
        rows = height - 2
        axis = choose_axis(plot, rows)
        labels = {} if _empty(plot) else self._labels(plot.measure, axis, rows)  # an axis of nothing has no numbers
        margin = max([4, *(len(label) for label in labels.values())])
        columns = width - margin - 2
        area = self._area(plot, axis, columns, rows)
        lines: list[Line] = []
        for row in range(rows):
            label = labels.get(row, "")
            lines.append(((pad(label, margin, True), "faint"), (" ┤" if label else " │", "rule"), *area[row]))
        return [*lines, *self._time_axis(plot, margin, columns)]

    def _labels(self, measure: Measure, axis: Axis, rows: int) -> dict[int, str]:
        labels: dict[int, str] = {}
        if axis.beyond is not None:
            labels[0] = f"↑{axis_text(measure.axis, _rounded(axis.beyond), axis.step)}"
        for value in axis.ticks:
            row = row_of(value, axis, rows)
            if 0 <= row < rows and not {row - 1, row, row + 1} & labels.keys():
                labels[row] = axis_text(measure.axis, value, axis.step)
        return labels

    def _area(self, plot: Plot, axis: Axis, columns: int, rows: int) -> list[Line]:
        now, twin = Canvas(columns, rows), Canvas(columns, rows)
        width, height = now.dots
        if _empty(plot):
            return [joined([(_centred("nothing to measure in this time", columns), "faint")]) if row == rows // 2 else
                    () for row in range(rows)]
        assert plot.now is not None
        now.polyline(dots(plot.now, plot, axis, width, height))
        if plot.differs:
            twin.polyline(dots(plot.twin, plot, axis, width, height), every=2)
        target = None if plot.measure.target is None else row_of(plot.measure.target, axis, rows)
        ahead = shaded(plot, axis, columns, rows)
        lines: list[Line] = []
        for row in range(rows):
            lines.append(joined(self._cell(now, twin, column, row, row == target, ahead.get(column))
                                for column in range(columns)))
        return lines

    def _cell(self, now: Canvas, twin: Canvas, column: int, row: int, on_target: bool,
              ahead: tuple[int, int, int] | None) -> Span:
        if now.cells[row][column]:
            # The twin's dots stay visible where the lines meet.
            both = now.cells[row][column] | twin.cells[row][column]
            return (chr(0x2800 + both) if self.unicode else "*"), "now"
        if twin.cells[row][column]:
            return (twin.char(column, row) if self.unicode else "."), "twin"
        if ahead is not None and ahead[0] <= row <= ahead[2]:
            return ("─", "now") if row == ahead[1] else ("░", "ahead")
        return ("╌", "target") if on_target else (" ", "")

    def _time_axis(self, plot: Plot, margin: int, columns: int) -> list[Line]:
        """The rule with the marks of changes, and the times under it."""
        rule: list[Span] = [("─", "rule")] * columns
        marks = {column: label for at, label in plot.marks  # of several in one place the last counts
                 if at >= plot.start and (column := column_of(at, plot, columns)) < columns}
        for column in marks:
            rule[column] = ("▲", "change")
        for column, label in marks.items():
            words = f" {label} "
            for begin in (column + 1, column - len(words)):
                free = rule[max(0, begin):begin + len(words)]
                if len(free) == len(words) and all(span == ("─", "rule") for span in free):
                    rule[begin:begin + len(words)] = [(char, "change") for char in words]
                    break
        times: list[str] = [" "] * columns
        step = next((step for step in CLOCK_STEPS if (plot.end - plot.start) / step * 9 <= columns), DAY)
        tick = math.ceil(plot.start / step) * step
        while tick <= plot.end:
            words = numbers.time_of_day(tick) if tick % DAY else numbers.moment(tick)[-9:-6]
            column = column_of(tick, plot, columns)
            begin = column - len(words) // 2
            if begin >= 0 and begin + len(words) <= columns and tick >= 0:
                times[begin:begin + len(words)] = words
                if rule[column] == ("─", "rule"):
                    rule[column] = ("┴", "rule")
            tick += step
        return [joined([(" " * margin + " └", "rule"), *rule]), ((" " * (margin + 2) + "".join(times), "faint"),)]

    @on(Click)
    def _clicked(self, event: Click) -> None:
        if event.y > 0:
            self.post_message(self.Next())

    def help_text(self) -> str:
        """The panel's help, with what the metric is."""
        if self.plot is None:
            return self.HELP
        metric = METRICS[self.plot.measure.name]
        moves = f"\nMoved by: {metric.moves}." if metric.moves else ""
        return f"{metric.title}: {metric.formula}.{moves}\n\n{self.HELP}"


def _effect(plot: Plot) -> list[Span]:
    """What the changes will probably do, in words: the middle of the ways, and eight in ten of them."""
    if plot.effect is None:
        return []
    low, middle, high = plot.effect
    least, likely, most = (numbers.signed(plot.measure.write_difference(by)) for by in plot.effect)
    if low <= 0.0 <= high:
        return [("  ≈ twin", "faint"), (f" ({least} to {most})", "faint")]
    better = METRICS[plot.measure.name].better
    role = "strong" if better is None else "good" if (middle > 0) == (better == "higher") else "bad"
    return [(f"  {'▲' if middle > 0 else '▼'} {likely}", role), (f" ({least} to {most})", "faint")]


def _empty(plot: Plot) -> bool:
    """Whether there is nothing to measure in the plot's time."""
    return plot.now is None or bool(np.isnan(plot.now.values[plot.now.times > plot.start]).all())


def choose_axis(plot: Plot, rows: int) -> Axis:
    """An axis that holds both lines and the target, with a tick on every second row at most."""
    kind = plot.measure.axis
    seen = [value for series in (plot.now, plot.twin) if series is not None
            for value in series.values[(series.times > plot.start) & (series.times <= plot.end)].tolist()
            if not math.isnan(value)]
    if plot.measure.target is not None:
        seen.append(plot.measure.target)
    if plot.ahead is not None:
        seen += [value for edge in (plot.ahead.low, plot.ahead.high) for value in edge[plot.ahead.times <= plot.end]
                 if not math.isnan(value)]
    low, high = (min(seen), max(seen)) if seen else (0.0, NARROWEST_SPAN[kind])
    beyond = None
    if kind != "share":
        low = 0.0
        usual = _usual(plot, seen)
        if high > OFF_CHART * usual:
            high, beyond = 1.3 * usual, high
    short = NARROWEST_SPAN[kind] - (high - low)
    if short > 0:
        high += short
        if kind == "share" and high > 1.0:
            low, high = low - (high - 1.0), 1.0
    for step in STEPS[kind]:
        bottom = math.floor(low / step * 2 + 1e-9) * step / 2
        top = math.ceil(high / step * 2 - 1e-9) * step / 2
        if (top - bottom) / step <= max(1, min(MOST_TICKS, rows // 2)):
            break
    first = math.ceil(bottom / step - 1e-9)
    ticks = tuple(step * at for at in range(first, math.floor(top / step + 1e-9) + 1))
    return Axis(bottom, top, step, ticks, beyond)


def _usual(plot: Plot, seen: list[float]) -> float:
    """The highest value that the axis must hold: that of most of the window, and all of its last quarter.

    A night's worth of waiting mail answered in one go would flatten everything else.
    """
    recent = [value for series in (plot.now, plot.twin) if series is not None
              for value in series.values[series.times > plot.end - (plot.end - plot.start) / 4].tolist()
              if not math.isnan(value)]
    most = float(np.quantile(seen, MOST)) if seen else 0.0
    return float(max(plot.measure.target or 0.0, NARROWEST_SPAN[plot.measure.axis], most, *recent))


def _rounded(value: float) -> float:
    """Two digits."""
    return float(f"{value:.2g}")


def _centred(text: str, width: int) -> str:
    return " " * max(0, (width - len(text)) // 2) + text


def axis_text(kind: str, value: float, step: float) -> str:
    """A tick's label: 5m, 80 %, 20, 4.50."""
    if kind == "time":
        return numbers.tick(round(value))
    if kind == "share":
        return numbers.percent(1 if step < 0.01 else 0)(value)
    if kind == "money":
        return numbers.money(value)
    return numbers.count(value)


def row_of(value: float, axis: Axis, rows: int) -> int:
    """The row of cells, from the top, that a value falls in."""
    return y_of(value, axis, 4 * rows) // 4


def y_of(value: float, axis: Axis, height: int) -> int:
    """The row of dots, from the top, of a value."""
    return max(0, round((axis.high - value) / (axis.high - axis.low) * (height - 1)))


def column_of(at: float, plot: Plot, columns: int) -> int:
    """The column of cells of a time."""
    return round((at - plot.start) / (plot.end - plot.start) * (columns - 1))


def shaded(plot: Plot, axis: Axis, columns: int, rows: int) -> dict[int, tuple[int, int, int]]:
    """For each column that lies ahead, the rows of the band's upper edge, middle and lower edge."""
    band = plot.ahead
    if band is None or plot.present is None:
        return {}
    known = (band.times <= plot.end) & ~np.isnan(band.middle)
    times = band.times[known]
    if not len(times):
        return {}
    first = column_of(plot.present, plot, columns) + 1
    found = {}
    for column in range(first, columns):
        at = plot.start + (plot.end - plot.start) * column / (columns - 1)
        if times[0] - HOUR <= at <= times[-1] + 1.0:
            top, middle, bottom = (min(rows - 1, row_of(float(np.interp(at, times, edge[known])), axis, rows))
                                   for edge in (band.high, band.middle, band.low))
            found[column] = top, middle, bottom
    return found


def dots(series: Series | None, plot: Plot, axis: Axis, width: int, height: int) -> list[tuple[int, int] | None]:
    """A point for each interval; several in one column of dots become their mean, nan a gap."""
    if series is None:
        return []
    inside = (series.times > plot.start) & (series.times <= plot.end)
    times, values = series.times[inside], series.values[inside]
    columns = np.rint((times - plot.start) / (plot.end - plot.start) * (width - 1)).astype(int)
    points: list[tuple[int, int] | None] = []
    for column in np.unique(columns):
        here = values[columns == column]
        here = here[~np.isnan(here)]
        points.append((int(column), y_of(float(here.mean()), axis, height)) if len(here) else None)
    return points
