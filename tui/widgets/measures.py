"""The metrics of the live screen: short title, how to write them, and what to say beside a target or the twin.

`core.metrics` says what a metric is and which way is better; here is only what a narrow screen needs on top.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from core.distributions import Constant
from core.metrics import METRICS
from core.scenario import Scenario
from core.units import write_seconds
from sim.live import LiveView
from sim.snapshot import Snapshot
from tui.present import plain
from tui.widgets import numbers
from tui.widgets.text import Span

STRAIN = 0.85
"""Occupancy above which people tire."""

Write = Callable[[float | None], str]


@dataclass(frozen=True)
class Measure:
    """One metric as the screen shows it."""

    name: str
    title: str
    write: Write
    """The value."""
    write_difference: Write
    noise: float
    """A difference to the twin below this says nothing: rounding, or a conversation more or less (metric's unit)."""
    axis: str = "count"
    """Kind of axis: time, share, count or money."""
    target: float | None = None
    """What is wanted, where the scenario says so."""
    target_text: str = ""

    def verdict(self, value: float | None) -> Span:
        """One word for the value against the target; empty where there is none."""
        if value is None or not math.isfinite(value):
            return "", ""
        if self.name == "occupancy":
            return ("strained", "warn") if value > STRAIN else ("", "")
        if self.target is None:
            return "", ""
        better = METRICS[self.name].better
        met = value <= self.target if better == "lower" else value >= self.target
        if met:
            return "ok", "good"
        return f"{'over' if better == 'lower' else 'under'} {self.target_text}", "bad"

    def against(self, value: float | None, twin: float | None) -> Span:
        """The difference to the twin: arrow, sign, size, and whether that is better; "≈ twin" within noise."""
        if value is None or twin is None or not math.isfinite(value - twin):
            return "", "faint"
        difference = value - twin
        if abs(difference) < max(self.noise, 0.02 * abs(twin) if self.axis == "time" else 0.0):
            return "≈ twin", "faint"
        arrow = "▲" if difference > 0 else "▼"
        text = f"{arrow} {numbers.signed(self.write_difference(difference))}"
        better = METRICS[self.name].better
        if better is None:
            return text, "strong"
        if (difference > 0) == (better == "higher"):
            return f"{text} better", "good"
        return f"{text} worse", "bad"


def measures(scenario: Scenario) -> dict[str, Measure]:
    """The measures of a scenario's live screen, by name, in the order of the tiles: a narrow screen shows the first.

    What the scenario says nothing about, money or a bot, is left out.
    """
    currency = plain(scenario.currency)
    level = scenario.service_level
    expects = {channel.expects.mean if isinstance(channel.expects, Constant) else None
               for channel in scenario.channel.values() if channel.share > 0}
    # With several expectations no single line is right for all conversations together.
    expected = expects.pop() if len(expects) == 1 else None
    percent, points = numbers.percent, numbers.points
    listed = (
        Measure("frt_p90", "FRT p90", numbers.duration, numbers.duration, 1.0, "time", expected,
                "" if expected is None else write_seconds(expected)),
        Measure("service_level", f"answered in {write_seconds(level.within)}", percent(0), points(0), 0.005, "share",
                level.target, f"{level.target * 100:.0f} %"),
        Measure("csat", "CSAT", percent(1), points(1), 0.001, "share"),
        Measure("waiting", "waiting", numbers.count, numbers.count, 0.5),
        Measure("occupancy", "occupancy", percent(0), points(0), 0.005, "share"),
        Measure("cost_per_conversation", f"{currency} a conversation", numbers.money, numbers.money, 0.005, "money"),
        Measure("abandonment_rate", "gave up", percent(1), points(1), 0.001, "share"),
        Measure("roar", "ROAR", percent(1), points(1), 0.001, "share"),
    )
    left_out = set()
    if not any(team.cost_per_hour for team in scenario.team.values()) and not scenario.bot.cost_per_resolution:
        left_out.add("cost_per_conversation")
    if not has_bot(scenario):
        left_out.add("roar")
    return {measure.name: measure for measure in listed if measure.name not in left_out}


def has_bot(scenario: Scenario) -> bool:
    """Whether the scenario has a bot to turn up or down."""
    return scenario.bot.success > 0 or scenario.bot.coverage > 0


def value_of(measure: Measure, snapshot: Snapshot) -> float | None:
    """What the tile shows: the last hour; for the queue, who waits right now."""
    if measure.name == "waiting":
        return float(sum(team.waiting for team in snapshot.teams))
    return snapshot.kpi.get(measure.name)


def twin_note(view: LiveView) -> str:
    """What the twin is, in words."""
    changes = view.changes
    if not changes:
        return "twin: same so far"
    return f"twin: without your {changes} change{'s' if changes > 1 else ''}"
