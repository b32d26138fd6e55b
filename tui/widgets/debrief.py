"""The day of a drill as a chart: the trainee's line, the twin's and the reference's, and what was lost when."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from sim.drills.debrief import Debrief, Step
from sim.snapshot import Series
from tui.widgets.braille import Canvas
from tui.widgets.chart import Axis, Chart, Plot, column_of, dots
from tui.widgets.measures import Measure
from tui.widgets.spark import BLOCKS
from tui.widgets.text import Line, Span, joined, pad, width_of

SPARSE = 4
"""The reference's line has each so-manieth column of dots."""


class DayChart(Chart, can_focus=True):
    """Three lines of one metric, marks where something was decided, and a strip of what was lost."""

    HELP: ClassVar[str] = (
        "The full line is what you made of the day, the broken one what comes of it by itself, and the dotted one what "
        "the reference policy makes of it. On the time axis ▲ is a decision of yours and its number in the briefing, ! "
        "what was told. Below, the higher a bar, the more was lost against the reference in that stretch: where it is "
        "highest it was decided. m shows another metric.")

    def __init__(self, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._reference: Series | None = None
        self._steps: Sequence[Step] = ()

    def tell(self, found: Debrief, measure: Measure, marks: tuple[tuple[float, str], ...]) -> None:
        """Shows one metric of a debrief."""
        mine = found.series[measure.name]
        drill = found.result.exercise.drill
        self._reference, self._steps = mine["reference"], found.steps
        self.show(Plot(measure, drill.start, drill.end, mine["you"], mine["nothing done"], marks, True))

    def heading(self) -> str:
        """The metric."""
        return "" if self.plot is None else self.plot.measure.title

    def aside(self, width: int) -> Line:
        """The legend."""
        signs = ("⣀⡠", "⠄⠄", "⠂ ") if self.unicode else ("**", "..", ": ")
        words = ((" you  ", "now"), (" nothing done  ", "twin"), (" reference", "good"))
        lines = joined(span for sign, (word, role) in zip(signs, words, strict=True)
                       for span in ((sign, role), (word, "faint")))
        return lines if width_of(lines) + len(self.heading()) + 8 <= width else ()

    def body(self, width: int, height: int) -> list[Line]:
        """The chart, and the strip of what was lost under it."""
        lines = super().body(width, height - 1)
        if self.plot is None or not lines:
            return lines
        margin = self._margin(lines)
        columns = width_of(lines[-2]) - 2 - margin
        strip = [" "] * columns
        most = max((step.points for step in self._steps), default=0.0)
        for step in self._steps:
            if step.points > 0:
                first, last = (column_of(at, self.plot, columns) for at in (step.begin, step.end))
                wide = max(last - first, 1)
                strip[first:first + wide] = BLOCKS[round(step.points / most * (len(BLOCKS) - 1))] * wide
        return [*lines, ((pad("lost", margin, True), "faint"), ("  ", ""), ("".join(strip)[:columns], "bad"))]

    @staticmethod
    def _margin(lines: Sequence[Line]) -> int:
        """Cells of the labels left of the chart."""
        rule = "".join(text for text, _ in lines[-2])
        return rule.index("└") - 1

    def _area(self, plot: Plot, axis: Axis, columns: int, rows: int) -> list[Line]:
        self._best = Canvas(columns, rows)
        width, height = self._best.dots
        self._best.polyline(dots(self._reference, plot, axis, width, height), every=SPARSE)
        return super()._area(plot, axis, columns, rows)

    def _cell(self, now: Canvas, twin: Canvas, column: int, row: int, on_target: bool,
              ahead: tuple[int, int, int] | None) -> Span:
        if not now.cells[row][column] and self._best.cells[row][column]:
            return (self._best.char(column, row) if self.unicode else ":"), "good"
        return super()._cell(now, twin, column, row, on_target, ahead)
