"""Sums of a run from which every metric follows, and the metrics over replications with their intervals.

Parts of a run are tallied when they are finished, so memory does not grow with the horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from core import estimates
from core.attribution import DriverSums
from core.estimates import Estimate, Replicated
from core.histogram import Histogram
from core.metrics import METRICS, TIMES, whole_span
from core.records import Outcome
from core.view import View

DIMENSIONS = ("topic", "segment", "channel", "level")
"""What the drivers of satisfaction are kept apart by: tables of the scenario and columns of the records."""


@dataclass(frozen=True, slots=True)
class Hours:
    """What people's time went to between warm-up and now, seconds over all people, and money."""

    busy: float = 0.0
    """With at least one conversation."""
    available: float = 0.0
    """At work, breaks and spells away left out."""
    held: float = 0.0
    """Conversations held, integrated over time."""
    paid: float = 0.0
    """Paid: shifts with all that is in them, and overtime."""
    cost: float = 0.0
    """Money for paid time, hires, campaigns, and what runs besides."""
    hired: float = 0.0
    """People hired for leavers."""

    def __add__(self, other: Hours) -> Hours:
        return Hours(self.busy + other.busy, self.available + other.available, self.held + other.held,
                     self.paid + other.paid, self.cost + other.cost, self.hired + other.hired)

    def __sub__(self, other: Hours) -> Hours:
        return Hours(self.busy - other.busy, self.available - other.available, self.held - other.held,
                     self.paid - other.paid, self.cost - other.cost, self.hired - other.hired)


@dataclass
class Tally:
    """Sums of one run, or of a part of it, from which every metric follows."""

    tops: dict[str, float] = field(default_factory=dict)
    bottoms: dict[str, float] = field(default_factory=dict)
    times: dict[str, Histogram] = field(default_factory=dict)
    bot_cost: float = 0.0
    settled: float = 0.0
    """Conversations that settled their matter."""
    drivers: DriverSums | None = None
    """What the satisfaction of the rated conversations is made of (`core.attribution`); None before any was tallied."""

    def add(self, view: View) -> None:
        """Adds the rows of a part of the run."""
        for name, metric in METRICS.items():
            if metric.top is not None:
                self.tops[name] = self.tops.get(name, 0.0) + metric.top(view)
            if metric.bottom is not None and metric.bottom is not whole_span:
                self.bottoms[name] = self.bottoms.get(name, 0.0) + metric.bottom(view)
        for times in TIMES:
            self.times.setdefault(times.__name__, Histogram()).add(times(view))
        self.settled += float(np.count_nonzero(view.settled))
        self._add_drivers(view)
        bot_resolved = view.counted & (view.rows.outcome == Outcome.BOT_RESOLVED)
        self.bot_cost += float(np.count_nonzero(bot_resolved)) * view.scenario.bot.cost_per_resolution

    def _add_drivers(self, view: View) -> None:
        rows, scenario = view.rows, view.scenario
        if self.drivers is None:
            self.drivers = DriverSums({name: list(getattr(scenario, name)) for name in DIMENSIONS})
        self.drivers.add(view.drivers, scenario.satisfaction, view.rated, rows.rating >= 4, view.closed,
                         {name: getattr(rows, name) for name in DIMENSIONS})

    def copy(self) -> Tally:
        """An equal tally that can be added to."""
        times = {name: Histogram(histogram.counts.copy()) for name, histogram in self.times.items()}
        drivers = None if self.drivers is None else self.drivers.copy()
        return Tally(dict(self.tops), dict(self.bottoms), times, self.bot_cost, self.settled, drivers)

    def finish(self, hours: Hours, span: float) -> Tally:
        """The tally with what records do not tell: people's hours, cost, and the span (s) of time averages."""
        done = self.copy()
        for name, metric in METRICS.items():
            if metric.bottom is whole_span:
                done.bottoms[name] = span
        cost = hours.cost + self.bot_cost
        done.tops |= {"occupancy": hours.busy, "utilisation": hours.busy, "concurrency": hours.held, "cost": cost,
                      "cost_per_conversation": cost, "cost_per_resolution": cost, "hires": hours.hired}
        done.bottoms |= {"occupancy": hours.available, "utilisation": hours.paid, "concurrency": hours.available,
                         "cost_per_conversation": self.tops.get("conversations", 0.0),
                         "cost_per_resolution": self.settled}
        return done

    def value(self, name: str) -> float | None:
        """The metric of this run alone."""
        metric = METRICS[name]
        if metric.times is not None:
            return self.times.get(metric.times.__name__, Histogram()).quantile(metric.share)
        top = self.tops.get(name, 0.0)
        if metric.kind == "count":
            return top
        weight = self.bottoms.get(name, 0.0)
        return top / weight if weight > 0 else None


def replicated(name: str, tallies: Sequence[Tally]) -> Replicated:
    """The metric over replications, with what each replication does to it."""
    metric = METRICS[name]
    if metric.kind == "ratio":
        return estimates.replicated_ratio([tally.tops.get(name, 0.0) for tally in tallies],
                                          [tally.bottoms.get(name, 0.0) for tally in tallies], metric.unit)
    values = [np.nan if (value := tally.value(name)) is None else value for tally in tallies]
    return estimates.replicated_mean(values, metric.unit)


def estimate(name: str, tallies: Sequence[Tally], confidence: float = estimates.CONFIDENCE) -> Estimate:
    """The metric over replications, with its interval."""
    return replicated(name, tallies).estimate(confidence)


def estimate_all(tallies: Sequence[Tally], confidence: float = estimates.CONFIDENCE) -> Mapping[str, Estimate]:
    """Every metric over replications, by name."""
    return {name: estimate(name, tallies, confidence) for name in METRICS}
