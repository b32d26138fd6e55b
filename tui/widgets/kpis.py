"""The KPI strip: for each metric its value, a word against the target, the difference to the twin, a sparkline."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.events import Click
from textual.message import Message

from core.metrics import METRICS
from sim.live import LiveSession, LiveView
from tui.widgets.measures import Measure, measures, value_of
from tui.widgets.panel import Panel
from tui.widgets.spark import sparkline
from tui.widgets.text import Line, Span, pad, spread

NARROWEST, GAP = 18, 2
"""Cells of a tile and between two of them."""


class Kpis(Panel, can_focus=True):
    """A strip of tiles, as many as fit; the metric of the chart is always among them."""

    HEADED: ClassVar[bool] = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "choose(-1)", "Metric before", show=False),
        Binding("right", "choose(1)", "Next metric", show=False),
    ]
    HELP: ClassVar[str] = (
        "Each tile: the value over the last hour, a word where the scenario names a target, the difference to the twin "
        "(▲ up, ▼ down; better or worse goes by the metric, ≈ is too small to mean anything), and the course over the "
        "window of the charts. ← and → choose the metric that the first chart shows.")

    class Chosen(Message):
        """A tile was clicked, or moved to."""

        def __init__(self, name: str):
            super().__init__()
            self.name = name

    def __init__(self, session: LiveSession, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._measures = measures(session.scenario)
        self._view: LiveView | None = None
        self._chosen = "frt_p90"
        self._window = 0.0

    def heading(self) -> str:
        """The title of its help."""
        return "Key figures"

    def show(self, view: LiveView, chosen: str, window: float) -> None:
        """Redraws for another view, chosen metric or window (s)."""
        self._view, self._chosen, self._window = view, chosen, window
        self.redraw()

    def tiles(self, width: int) -> list[Measure]:
        """The measures that fit."""
        fits = max(1, min(len(self._measures), (width + GAP) // (NARROWEST + GAP)))
        listed = list(self._measures.values())
        shown = listed[:fits]
        chosen = self._measures[self._chosen]
        return shown if chosen in shown else [*shown[:-1], chosen]

    def body(self, width: int, height: int) -> list[Line]:
        """Four rows of tiles side by side."""
        if self._view is None:
            return []
        shown = self.tiles(width)
        wide = (width - GAP * (len(shown) - 1)) // len(shown)
        rows: list[list[Span]] = [[] for _ in range(4)]
        for at, measure in enumerate(shown):
            for row, line in zip(rows, self._tile(measure, self._view, wide), strict=True):
                row += [(" " * GAP, ""), *line] if at else line
        return [tuple(row) for row in rows[:height]]

    def _tile(self, measure: Measure, view: LiveView, width: int) -> list[Line]:
        value, twin = value_of(measure, view.snapshot), value_of(measure, view.twin)
        chosen = measure.name == self._chosen
        mark = "▸ " if chosen else "  "
        verdict, role = measure.verdict(value)
        if measure.name == "waiting":
            late = sum(sum(team.late) for team in view.snapshot.teams)
            verdict, role = (f"{late} late", "bad") if late else ("ok", "good")
        difference, way = measure.against(value, twin) if view.interventions else ("", "faint")
        inner = width - 2
        spark = sparkline(view.snapshot.series.get(measure.name), view.now - self._window, view.now, inner,
                          0.0 if measure.axis in ("time", "count") else None, 10 * measure.noise)
        title = "faint" if not chosen else "cursor" if self.has_focus else "title"
        return [((mark, "accent"), (pad(measure.title, inner), title)),
                (("  ", ""), *spread(((measure.write(value), "strong"),), ((verdict, role),), inner)),
                (("  ", ""), (pad(difference or "= twin", inner), way)),
                (("  ", ""), (spark, "spark"))]

    def action_choose(self, by: int) -> None:
        """The tile beside the chosen one, in the order of all metrics."""
        names = list(self._measures)
        self.post_message(self.Chosen(names[(names.index(self._chosen) + by) % len(names)]))

    @on(Click)
    def _clicked(self, event: Click) -> None:
        shown = self.tiles(self.size.width)
        wide = (self.size.width - GAP * (len(shown) - 1)) // len(shown)
        self.post_message(self.Chosen(shown[min(event.x // (wide + GAP), len(shown) - 1)].name))

    def help_text(self) -> str:
        """The panel's help with the formulas of the tiles on it."""
        lines = [f"{METRICS[measure.name].title}: {METRICS[measure.name].formula}"
                 for measure in self.tiles(self.size.width)]
        return "\n".join([self.HELP, "", *lines])
