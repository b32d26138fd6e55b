"""Records at a moment, with the sets of rows that the metrics' formulas speak of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core import churn, quality, satisfaction
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
        rows: Flags = self.rows.arrived >= self.since
        return rows

    @cached_property
    def new(self) -> Flags:
        """Needs, not their further conversations."""
        rows: Flags = self.counted & (self.rows.origin == Origin.NEW)
        return rows

    @cached_property
    def asked(self) -> Flags:
        """Conversations: a first message was written."""
        return self.counted & ~np.isnan(self.rows.asked)

    @cached_property
    def human(self) -> Flags:
        """Conversations that joined a team's queue."""
        rows: Flags = self.counted & ~np.isnan(self.rows.queued)
        return rows

    @cached_property
    def answered(self) -> Flags:
        """Conversations that a person took."""
        return self.human & ~np.isnan(self.rows.answered)

    @cached_property
    def abandoned(self) -> Flags:
        """Customers who gave up in the queue."""
        rows: Flags = self.human & (self.rows.outcome == Outcome.ABANDONED)
        return rows

    @cached_property
    def closed(self) -> Flags:
        """Conversations that a person ended."""
        rows: Flags = self.counted & (self.rows.outcome == Outcome.CLOSED)
        return rows

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
        rows: Flags = self.answered & (self.wait <= self.scenario.service_level.within)
        return rows

    @cached_property
    def undecided(self) -> Flags:
        """Waiting, and not yet longer than the threshold: neither in time nor late."""
        rows: Flags = (self.human & (self.rows.outcome == Outcome.OPEN) & ~self.answered
                & (self.wait <= self.scenario.service_level.within))
        return rows

    @cached_property
    def awaiting_reply(self) -> Flags:
        """Conversations with a human reply, or that wait for one: what FRT is measured over.

        Those that wait count with their wait so far; left out, a queue that never ends would look short.
        """
        rows: Flags = self.human & (~np.isnan(self.rows.replied) | (self.rows.outcome == Outcome.OPEN))
        return rows

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
        rows: Flags = self.asked & (self.rows.rating > 0)
        return rows

    @cached_property
    def felt(self) -> Flags:
        """Customers who have something to rate, those included who found their channel closed and wrote nothing."""
        rows: Flags = self.counted & (self.rows.rating > 0)
        return rows

    @cached_property
    def settled(self) -> Flags:
        """Conversations that settled the matter."""
        return self.asked & self.rows.resolved

    @cached_property
    def drivers(self) -> dict[str, Floats]:
        """How much of each driver of satisfaction a conversation met with."""
        return satisfaction.exposure(satisfaction.met_with(self.rows), self.scenario.satisfaction)

    @cached_property
    def controlled(self) -> Floats:
        """Chance of a rating of 4 or 5 if only had acted what the person who took it controls."""
        return satisfaction.csat_controlled(self.drivers, self.scenario.satisfaction)

    @cached_property
    def iqs(self) -> Floats:
        """Expected internal quality score of the skill and tone with which it was answered."""
        return quality.expected_score(self.rows.skill, self.rows.tone, self.scenario.quality)

    @cached_property
    def base_churn(self) -> Floats:
        """Chance of losing the customer after a conversation that went as well as it should."""
        return churn.base_risk(self.rows.segment, self.scenario)

    @cached_property
    def churn_risk(self) -> Floats:
        """Chance of losing the customer after the conversation as it went; 0 where there is nothing to rate."""
        return churn.churn_probability(self.rows.score, self.base_churn, self.scenario.satisfaction.baseline,
                                       self.scenario.churn.slope)

    @cached_property
    def money_at_risk(self) -> Floats:
        """Money a year that the conversation is expected to cost in lost customers, beyond a good one."""
        return churn.money_at_risk(self.churn_risk, self.base_churn,
                                   churn.customer_value(self.rows.segment, self.scenario))

    def overlap(self, start: Floats, end: Floats, rows: Flags) -> float:
        """Seconds of the spans from start to end (nan: now) that lie between warm-up and now, summed over `rows`."""
        first = np.maximum(start[rows], self.since)
        last = np.where(np.isnan(end[rows]), self.now, end[rows])
        return float(np.maximum(last - first, 0.0).sum())


def office_seconds(times: Floats, start: float, end: float, weekend: bool) -> Floats:
    """Seconds of office hours between Monday 00:00 of the first week and each time (s)."""
    if weekend and end - start == DAY:
        return times
    days = 7 if weekend else 5
    week = np.floor(times / WEEK)
    rest = times - week * WEEK
    day = np.floor(rest / DAY)
    today = np.clip(rest - day * DAY - start, 0.0, end - start)
    spent: Floats = (week * days + np.minimum(day, days)) * (end - start) + np.where(day < days, today, 0.0)
    return spent
