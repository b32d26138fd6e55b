"""The metrics: name, unit, formula, estimator, and which way is better.

Each is a ratio of two sums over the records of a run, or a quantile of their times; so parts of a run add up, and
replications give the right interval (`core.estimates`). `View` names the sets of rows that formulas speak of;
`Tally` adds parts of a run; `estimate` puts replications together.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np

from core import estimates
from core.estimates import Estimate
from core.histogram import Histogram
from core.records import Flags, Floats, Origin, Outcome, Records
from core.scenario import Scenario
from core.units import DAY, WEEK


@dataclass(frozen=True)
class View:
    """Records as they stand at `now`, with the sets of rows that the formulas speak of."""

    rows: Records
    scenario: Scenario
    now: float
    since: float = 0.0

    @cached_property
    def counted(self) -> Flags:
        """Rows of customers who came after the warm-up."""
        return self.rows.arrived >= self.since

    @cached_property
    def new(self) -> Flags:
        """Needs, not their further conversations."""
        return self.counted & (self.rows.origin == Origin.NEW)

    @cached_property
    def asked(self) -> Flags:
        """Conversations: a first message was written."""
        return self.counted & ~np.isnan(self.rows.asked)

    @cached_property
    def human(self) -> Flags:
        """Conversations that joined a team's queue."""
        return self.counted & ~np.isnan(self.rows.queued)

    @cached_property
    def answered(self) -> Flags:
        """Conversations that a person took."""
        return self.human & ~np.isnan(self.rows.answered)

    @cached_property
    def abandoned(self) -> Flags:
        """Customers who gave up in the queue."""
        return self.human & (self.rows.outcome == Outcome.ABANDONED)

    @cached_property
    def closed(self) -> Flags:
        """Conversations that a person ended."""
        return self.counted & (self.rows.outcome == Outcome.CLOSED)

    @cached_property
    def wait(self) -> Floats:
        """Seconds in the queue until answered, given up, or now."""
        rows = self.rows
        left = np.where(np.isnan(rows.ended), self.now, rows.ended)
        wait: Floats = np.where(np.isnan(rows.answered), left, rows.answered) - rows.queued
        return wait

    @cached_property
    def in_time(self) -> Flags:
        """Answered within the service level's threshold."""
        return self.answered & (self.wait <= self.scenario.service_level.within)

    @cached_property
    def undecided(self) -> Flags:
        """Waiting, and not yet longer than the threshold: neither in time nor late."""
        return (self.human & (self.rows.outcome == Outcome.OPEN) & ~self.answered
                & (self.wait <= self.scenario.service_level.within))

    @cached_property
    def awaiting_reply(self) -> Flags:
        """Conversations with a human reply, or that wait for one: what FRT is measured over.

        Those that wait count with their wait so far; left out, a queue that never ends would look short.
        """
        return self.human & (~np.isnan(self.rows.replied) | (self.rows.outcome == Outcome.OPEN))

    @cached_property
    def frt(self) -> Floats:
        """Seconds from the first message to the first human reply, or so far."""
        rows = self.rows
        frt: Floats = np.where(np.isnan(rows.replied), self.now, rows.replied) - rows.asked
        return frt

    @cached_property
    def frt_office(self) -> Floats:
        """The same in office hours."""
        hours, rows = self.scenario.office_hours, self.rows
        replied = np.where(np.isnan(rows.replied), self.now, rows.replied)
        return (office_seconds(replied, hours.start, hours.end, hours.weekend)
                - office_seconds(rows.asked, hours.start, hours.end, hours.weekend))

    @cached_property
    def rated(self) -> Flags:
        """Conversations that ended with something to rate."""
        return self.asked & (self.rows.rating > 0)

    def overlap(self, start: Floats, end: Floats, rows: Flags) -> float:
        """Seconds of the spans from start to end (nan: now) that lie between warm-up and now, summed over `rows`."""
        first = np.maximum(start[rows], self.since)
        last = np.where(np.isnan(end[rows]), self.now, end[rows])
        return float(np.maximum(last - first, 0.0).sum())


def office_seconds(times: Floats, start: float, end: float, weekend: bool) -> Floats:
    """Seconds of office hours between Monday 00:00 of the first week and each time (s)."""
    days = 7 if weekend else 5
    week = np.floor(times / WEEK)
    rest = times - week * WEEK
    day = np.floor(rest / DAY)
    today = np.clip(rest - day * DAY - start, 0.0, end - start)
    spent: Floats = (week * days + np.minimum(day, days)) * (end - start) + np.where(day < days, today, 0.0)
    return spent


Kind = Literal["ratio", "quantile", "count"]
Sum = Callable[[View], float]


@dataclass(frozen=True)
class Metric:
    """One measure of a run."""

    name: str
    title: str
    unit: str
    """s, 1 (a fraction, or a number of conversations), or money."""
    formula: str
    better: Literal["higher", "lower"] | None
    kind: Kind = "ratio"
    top: Sum | None = None
    bottom: Sum | None = None
    times: Callable[[View], Floats] | None = None
    share: float = 0.5
    moves: str = ""
    """What moves it."""

    def of(self, view: View) -> float | None:
        """The metric over the rows of one view; None where there is nothing to measure, or records do not tell."""
        if self.times is not None:
            values = self.times(view)
            return float(np.quantile(values, self.share)) if len(values) else None
        if self.top is None or self.bottom is None:
            return None
        weight = self.bottom(view)
        return self.top(view) / weight if weight > 0 else None


def _count(rows: Flags) -> float:
    return float(np.count_nonzero(rows))


def _span(view: View) -> float:
    """Only once a run: parts of it add their numerators to the same span (see `Tally`)."""
    return view.now - view.since


def _answer_times(view: View) -> Floats:
    return view.wait[view.answered]


def _first_response_times(view: View) -> Floats:
    return view.frt[view.awaiting_reply]


METRICS: dict[str, Metric] = {metric.name: metric for metric in (
    Metric("needs", "needs", "1", "needs that arose, prevented ones included", None, "count",
           top=lambda v: _count(v.new), moves="demand"),
    Metric("conversations", "conversations", "1", "conversations with a first message, further contacts included", None,
           "count", top=lambda v: _count(v.asked), moves="demand, proactive support, self-serve, reopens and retries"),
    Metric("human_conversations", "human conversations", "1", "conversations that joined a team's queue", None, "count",
           top=lambda v: _count(v.human), moves="demand, and how much the upper tiers settle"),
    Metric("wait_mean", "mean wait", "s", "time in the queue of all who joined it, those who gave up included / their number",
           "lower", top=lambda v: float(v.wait[v.human].sum()), bottom=lambda v: _count(v.human),
           moves="staffing, demand, handle time, patience"),
    Metric("p_wait", "had to wait", "1", "conversations not taken at once / all that joined a queue", "lower",
           top=lambda v: _count(v.human & ~(v.answered & (v.wait <= 0.0))), bottom=lambda v: _count(v.human),
           moves="staffing against demand"),
    Metric("asa", "average speed of answer", "s", "time in the queue of the answered / the answered", "lower",
           top=lambda v: float(v.wait[v.answered].sum()), bottom=lambda v: _count(v.answered),
           moves="staffing, demand, handle time, patience"),
    Metric("answer_p90", "90 % are answered within", "s", "90th percentile of the answered's time in the queue", "lower",
           "quantile", times=_answer_times, share=0.9, moves="staffing in the busiest hours"),
    Metric("frt_mean", "mean FRT", "s",
           "first message to first human reply, bots excluded; those still waiting count with their wait so far", "lower",
           top=lambda v: float(v.frt[v.awaiting_reply].sum()), bottom=lambda v: _count(v.awaiting_reply),
           moves="staffing, opening hours for email, time spent with the bot"),
    Metric("frt_p50", "median FRT", "s", "50th percentile of the first response time", "lower", "quantile",
           times=_first_response_times, share=0.5, moves="staffing, opening hours, the bot's turns"),
    Metric("frt_p90", "p90 FRT", "s", "90th percentile of the first response time", "lower", "quantile",
           times=_first_response_times, share=0.9, moves="staffing in the busiest hours, nights for email"),
    Metric("frt_office_mean", "mean FRT in office hours", "s", "first response time counted in office hours alone",
           "lower", top=lambda v: float(v.frt_office[v.awaiting_reply].sum()),
           bottom=lambda v: _count(v.awaiting_reply), moves="staffing in office hours"),
    Metric("service_level", "service level", "1", "answered in time / all who joined a queue", "higher",
           top=lambda v: _count(v.in_time), bottom=lambda v: _count(v.human & ~v.undecided),
           moves="staffing in the busiest hours"),
    Metric("service_level_answered", "service level of the answered", "1", "answered in time / answered", "higher",
           top=lambda v: _count(v.in_time), bottom=lambda v: _count(v.answered), moves="staffing; blind to those who gave up"),
    Metric("service_level_offered", "service level of the offered", "1",
           "answered in time / (all - those who gave up within the threshold)", "higher",
           top=lambda v: _count(v.in_time), moves="staffing",
           bottom=lambda v: _count(v.human & ~v.undecided)
           - _count(v.abandoned & (v.wait <= v.scenario.service_level.within))),
    Metric("abandonment_rate", "gave up waiting", "1", "gave up in the queue / all who joined it", "lower",
           top=lambda v: _count(v.abandoned), bottom=lambda v: _count(v.human), moves="waits and patience"),
    Metric("aht", "average handle time", "s", "people's time on closed conversations, after-contact work included / closed",
           None, top=lambda v: float(v.rows.handle[v.closed].sum()), bottom=lambda v: _count(v.closed),
           moves="topics that reach people, concurrency with slowdown"),
    Metric("fcr", "first-contact resolution", "1", "settled at the first human conversation / first human conversations closed",
           "higher", top=lambda v: _count(v.closed & v.rows.resolved & (v.rows.origin != Origin.REOPEN)),
           bottom=lambda v: _count(v.closed & (v.rows.origin != Origin.REOPEN)), moves="topics, who handles them"),
    Metric("occupancy", "occupancy", "1", "time with at least one conversation / time at work, breaks and away excluded",
           None, moves="staffing against demand"),
    Metric("utilisation", "utilisation", "1", "time with at least one conversation / paid time", None,
           moves="occupancy, shrinkage"),
    Metric("concurrency", "conversations a person", "1", "conversations held, averaged over time at work", None,
           moves="demand, concurrency, slowdown"),
    Metric("csat", "CSAT", "1", "ratings of 4 and 5 / all finished conversations, whether or not a survey was answered",
           "higher", top=lambda v: _count(v.rated & (v.rows.rating >= 4)), bottom=lambda v: _count(v.rated),
           moves="waits, first-contact resolution, effort, loops"),
    Metric("csat_surveyed", "CSAT as surveyed", "1", "ratings of 4 and 5 / surveys answered", "higher",
           top=lambda v: _count(v.rated & v.rows.surveyed & (v.rows.rating >= 4)),
           bottom=lambda v: _count(v.rated & v.rows.surveyed), moves="CSAT, and who answers surveys"),
    Metric("survey_response", "survey response", "1", "surveys answered / finished conversations", None,
           top=lambda v: _count(v.rated & v.rows.surveyed), bottom=lambda v: _count(v.rated), moves="ratings"),
    Metric("deflection_rate", "deflection", "1", "needs not prevented that no person saw / needs not prevented", None,
           top=lambda v: _count(v.new & _DEFLECTED[v.rows.outcome]),
           bottom=lambda v: _count(v.new & (v.rows.outcome != Outcome.PREVENTED)), moves="help centre, bot; also people given up on"),
    Metric("containment_rate", "containment", "1", "conversations that began and ended with the bot / conversations", None,
           top=lambda v: _count(v.asked & _CONTAINED[v.rows.outcome]),
           bottom=lambda v: _count(v.asked), moves="bot coverage; also a bot without an exit"),
    Metric("roar", "ROAR", "1", "conversations that the bot resolved, false resolutions included / conversations", "higher",
           top=lambda v: _count(v.asked & (v.rows.outcome == Outcome.BOT_RESOLVED)),
           bottom=lambda v: _count(v.asked), moves="bot coverage and success"),
    Metric("roar_settled", "ROAR that stays resolved", "1", "conversations that the bot really settled / conversations",
           "higher", top=lambda v: _count(v.asked & (v.rows.outcome == Outcome.BOT_RESOLVED) & v.rows.resolved),
           bottom=lambda v: _count(v.asked), moves="bot coverage, success, false resolution"),
    Metric("waiting", "waiting", "1", "conversations in the queue, averaged over time", "lower",
           top=lambda v: v.overlap(v.rows.queued, np.where(np.isnan(v.rows.answered), v.rows.ended, v.rows.answered),
                                   ~np.isnan(v.rows.queued)), bottom=_span, moves="staffing against demand"),
    Metric("backlog", "backlog", "1", "human conversations not closed, averaged over time", "lower",
           top=lambda v: v.overlap(v.rows.queued, v.rows.ended, ~np.isnan(v.rows.queued)), bottom=_span,
           moves="staffing, opening hours, customers' delays in email"),
    Metric("cost", "cost", "money", "paid hours at the teams' rates + the bot's resolutions at their price", "lower", "count",
           moves="staffing"),
    Metric("cost_per_conversation", "cost a conversation", "money", "cost / conversations", "lower",
           moves="staffing against demand"),
)}
"""Every metric, by name."""

TIMES = {metric.times for metric in METRICS.values() if metric.times is not None}
"""The times that quantiles are taken of."""

_DEFLECTED = np.isin(list(Outcome), (Outcome.SELF_SERVED, Outcome.BOT_RESOLVED, Outcome.BOT_GAVE_UP))
_CONTAINED = np.isin(list(Outcome), (Outcome.BOT_RESOLVED, Outcome.BOT_GAVE_UP))


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
    """Money for paid time."""

    def __add__(self, other: Hours) -> Hours:
        return Hours(self.busy + other.busy, self.available + other.available, self.held + other.held,
                     self.paid + other.paid, self.cost + other.cost)

    def __sub__(self, other: Hours) -> Hours:
        return Hours(self.busy - other.busy, self.available - other.available, self.held - other.held,
                     self.paid - other.paid, self.cost - other.cost)


@dataclass
class Tally:
    """Sums of one run, or of a part of it, from which every metric follows."""

    tops: dict[str, float] = field(default_factory=dict)
    bottoms: dict[str, float] = field(default_factory=dict)
    times: dict[str, Histogram] = field(default_factory=dict)
    bot_cost: float = 0.0

    def add(self, view: View) -> None:
        """Adds the rows of a part of the run."""
        for name, metric in METRICS.items():
            if metric.top is not None:
                self.tops[name] = self.tops.get(name, 0.0) + metric.top(view)
            if metric.bottom is not None and metric.bottom is not _span:
                self.bottoms[name] = self.bottoms.get(name, 0.0) + metric.bottom(view)
        for times in TIMES:
            self.times.setdefault(times.__name__, Histogram()).add(times(view))
        bot_resolved = view.counted & (view.rows.outcome == Outcome.BOT_RESOLVED)
        self.bot_cost += _count(bot_resolved) * view.scenario.bot.cost_per_resolution

    def copy(self) -> Tally:
        """An equal tally that can be added to."""
        times = {name: Histogram(histogram.counts.copy()) for name, histogram in self.times.items()}
        return Tally(dict(self.tops), dict(self.bottoms), times, self.bot_cost)

    def finish(self, hours: Hours, span: float) -> Tally:
        """The tally with what records do not tell: people's hours, cost, and the span (s) of time averages."""
        done = self.copy()
        for name, metric in METRICS.items():
            if metric.bottom is _span:
                done.bottoms[name] = span
        cost = hours.cost + self.bot_cost
        done.tops |= {"occupancy": hours.busy, "utilisation": hours.busy, "concurrency": hours.held, "cost": cost,
                      "cost_per_conversation": cost}
        done.bottoms |= {"occupancy": hours.available, "utilisation": hours.paid, "concurrency": hours.available,
                         "cost_per_conversation": self.tops.get("conversations", 0.0)}
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


def estimate(name: str, tallies: Sequence[Tally], confidence: float = estimates.CONFIDENCE) -> Estimate:
    """The metric over replications, with its interval."""
    metric = METRICS[name]
    if metric.kind == "ratio":
        return estimates.ratio([tally.tops.get(name, 0.0) for tally in tallies],
                               [tally.bottoms.get(name, 0.0) for tally in tallies], metric.unit, confidence)
    values = [np.nan if (value := tally.value(name)) is None else value for tally in tallies]
    return estimates.mean(values, metric.unit, confidence)


def estimate_all(tallies: Sequence[Tally], confidence: float = estimates.CONFIDENCE) -> Mapping[str, Estimate]:
    """Every metric over replications, by name."""
    return {name: estimate(name, tallies, confidence) for name in METRICS}
