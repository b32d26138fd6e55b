"""The floor's pulse: what its last hour and its intervals look like, for snapshots."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import simpy

from core.metrics import METRICS
from core.records import Flags, Floats, Origin, Outcome, Records
from core.scenario import Scenario
from core.tally import Hours
from core.units import DAY, HOUR
from core.view import View
from sim.agents import Agent
from sim.clock import Clock
from sim.conversation import Conversation
from sim.facts import facts_of
from sim.snapshot import PersonSnapshot, Series, Snapshot, State, TeamSnapshot
from sim.team import Team

INTERVAL = 900.0
"""Length of an interval of the series (s)."""
HORIZON = 3 * DAY
"""How far back the series go (s)."""
FLOW = 8 * HOUR
"""How far back the flow of the funnel goes (s)."""
_MOST_WAITS = 200

_EVENT = {"frt_p90": "replied", "service_level": "answered", "abandonment_rate": "answered", "csat": "ended",
          "roar": "asked", "cost_per_conversation": "asked"}
"""What has to happen in an interval for a conversation to count there, by metric."""
KPIS = ("frt_p90", "service_level", "csat", "waiting", "occupancy", "cost_per_conversation", "abandonment_rate", "roar")


class Pulse:
    """Samples the floor at the end of each interval and remembers what intervals came to."""

    def __init__(self, clock: Clock, teams: Sequence[Team]):
        self._clock = clock
        self._teams = teams
        self._sampled: list[tuple[float, Hours, int]] = [(0.0, Hours(), 0)]
        self._values: dict[str, list[float]] = {name: [] for name in _EVENT}
        self._first = 0
        """Number of the first interval that `_values` speaks of."""
        clock.process(self._sample())

    def _sample(self) -> Generator[simpy.Event, None, None]:
        """A SimPy process: the state of the floor at the end of each interval."""
        while True:
            yield self._clock.timeout(INTERVAL)
            self._sampled.append((self._clock.now, self._hours(), self._waiting()))
            if len(self._sampled) > HORIZON / INTERVAL + 1:
                del self._sampled[0]

    def _hours(self) -> Hours:
        total = Hours()
        for team in self._teams:
            team.settle()
            total = total + team.hours()
        return total

    def _waiting(self) -> int:
        return sum(team.waiting for team in self._teams)

    @property
    def since(self) -> float:
        """How far back the rows of the next snapshot have to reach (s): what ended before is counted already."""
        now = self._clock.now
        counted = (self._first + len(self._values["csat"])) * INTERVAL
        return max(now - HORIZON, min(now - FLOW, counted))

    def snapshot(self, scenario: Scenario, rows: Records, headcount: Mapping[str, int]) -> Snapshot:
        """The floor now; `rows` reach back at least to `since`."""
        now = self._clock.now
        self._count_intervals(scenario, rows, now)
        flow, wrapping = _flow(rows, now), self._wrapping()
        return Snapshot(now, self._kpi(scenario, rows, now), _funnel(rows, flow, now), self._series(),
                        tuple(self._team(team, scenario, headcount[team.name], wrapping) for team in self._teams), flow)

    def _kpi(self, scenario: Scenario, rows: Records, now: float) -> dict[str, float | None]:
        """Metrics over the last hour; who waits counts with the wait so far."""
        since = now - HOUR
        values: dict[str, float | None] = {}
        rows = _not_ended_by(rows, min(since, self._sampled_by(since)[0]))
        for name, event in _EVENT.items():
            times = _when(rows, event)
            counted = (times > since) & (times <= now)
            if event in ("answered", "replied"):
                counted |= np.isnan(times) & (rows.outcome == Outcome.OPEN) & ~np.isnan(rows.queued)
            values[name] = METRICS[name].of(View(rows.where(counted), scenario, now))
        before = self._sampled_by(since)
        spent = self._hours() - before[1]
        asked = int(np.count_nonzero(_when(rows, "asked") > before[0]))
        bot = int(np.count_nonzero((rows.outcome == Outcome.BOT_RESOLVED) & (rows.ended > before[0])))
        values["waiting"] = float(self._waiting())
        values["occupancy"] = spent.busy / spent.available if spent.available > 0 else None
        values["cost_per_conversation"] = ((spent.cost + bot * scenario.bot.cost_per_resolution) / asked
                                           if asked else None)
        return {name: values[name] for name in KPIS}

    def _sampled_by(self, time: float) -> tuple[float, Hours, int]:
        """The last sample by that time (s), or the first there is."""
        return next((sample for sample in reversed(self._sampled) if sample[0] <= time), self._sampled[0])

    def _count_intervals(self, scenario: Scenario, rows: Records, now: float) -> None:
        """What the intervals that have ended since the last snapshot came to."""
        last = math.floor(now / INTERVAL)
        done = self._first + len(self._values["csat"])
        keep = int(HORIZON / INTERVAL)
        if last - done > keep:
            done = last - keep
            self._first, self._values = done, {name: [] for name in _EVENT}
        if last <= done:
            return
        rows = _not_ended_by(rows, done * INTERVAL)
        for name, event in _EVENT.items():
            place = np.floor(_when(rows, event) / INTERVAL)
            new = np.flatnonzero(place >= done)
            new = new[np.argsort(place[new], kind="stable")]
            edges = np.searchsorted(place[new], np.arange(done, last + 1)).tolist()
            sorted_rows = rows.where(new)
            for start, end in pairwise(edges):
                stretch = slice(start, end)
                value = METRICS[name].of(View(sorted_rows.where(stretch), scenario, now)) if end > start else None
                self._values[name].append(math.nan if value is None else value)
            excess = len(self._values[name]) - keep
            if excess > 0:
                del self._values[name][:excess]
        self._first = last - len(self._values["csat"])

    def _series(self) -> dict[str, Series]:
        times = (self._first + 1.0 + np.arange(len(self._values["csat"]), dtype=np.float64)) * INTERVAL
        series = {name: Series(times, np.array(values)) for name, values in self._values.items()}
        at = np.array([time for time, _, _ in self._sampled[1:]])
        spent = [after[1] - before[1] for before, after in pairwise(self._sampled)]
        series["waiting"] = Series(at, np.array([float(waiting) for _, _, waiting in self._sampled[1:]]))
        series["occupancy"] = Series(at, np.array([hours.busy / hours.available if hours.available else math.nan
                                                   for hours in spent]))
        return {name: series[name] for name in KPIS}

    def _wrapping(self) -> Counter[Agent]:
        """How many conversations each person is finishing up after the customer has gone."""
        ends = {id(team.after_contact) for team in self._teams}
        return Counter(event.agent for event in self._clock.ahead() if id(event.callbacks) in ends and not event.ghost)

    def _team(self, team: Team, scenario: Scenario, headcount: int, wrapping: Counter[Agent]) -> TeamSnapshot:
        now = self._clock.now
        queue = sorted([*team.line, *(mail for agent in team.agents.values() for mail in agent.returned)],
                       key=lambda conversation: conversation.queued)[:_MOST_WAITS]
        waits = tuple(now - conversation.queued for conversation in queue)
        expects = tuple(_expected(conversation) for conversation in queue)
        late = tuple(wait > expected for wait, expected in zip(waits, expects, strict=True))
        people = tuple(_person(agent, team, now, wrapping[agent]) for agent in team.agents.values()
                       if agent.on_shift or agent.used)
        needs = tuple(int(conversation.block.need[conversation.row]) for conversation in queue)
        return TeamSnapshot(team.name, team.waiting, waits, late, headcount, people,
                            facts_of(queue[0].block, queue[0].row, scenario) if queue else None, expects, needs)


def _expected(conversation: Conversation) -> float:
    """The first response time that this customer takes for granted (s)."""
    return float(conversation.block.expects[conversation.row])


def _person(agent: Agent, team: Team, now: float, wrapping: int) -> PersonSnapshot:
    slots = team.slots
    state: State = "full" if agent.used >= slots else "busy" if agent.open else "free"
    if agent.away:
        state = "break" if agent.on_break else "away"
    elif wrapping and wrapping >= agent.open:
        state = "wrap_up"
    return PersonSnapshot(0 if agent.away else agent.open, slots, state, team.is_new(agent), agent.strain > 0.0,
                          0 if agent.away else wrapping)


def _not_ended_by(rows: Records, time: float) -> Records:
    """The rows to which something may have happened after that time (s)."""
    return rows.where(~(rows.ended <= time))


def _when(rows: Records, event: str) -> Floats:
    """When the event happened to each row (s), nan where it has not; giving up counts as being dealt with."""
    if event == "answered":
        left = np.where(rows.outcome == Outcome.ABANDONED, rows.ended, np.nan)
        return np.where(np.isnan(rows.answered), left, rows.answered)
    times: Floats = getattr(rows, event)
    return times


def _flow(rows: Records, now: float) -> dict[str, Floats]:
    """When each of the last hours' needs arose, and when their conversations ended, joined a team or came back (s)."""
    since = now - FLOW
    ended, new = rows.ended > since, rows.origin == Origin.NEW
    flow: dict[str, Floats] = {"needs": rows.arrived[(rows.arrived > since) & new]}
    for outcome in Outcome:
        if outcome is not Outcome.OPEN:
            flow[outcome.name.lower()] = rows.ended[ended & (rows.outcome == outcome)]
    flow["human"] = rows.queued[rows.queued > since]
    flow["again"] = rows.arrived[(rows.arrived > since) & ~new]
    return flow


def _funnel(rows: Records, flow: Mapping[str, Floats], now: float) -> dict[str, int]:
    def count(chosen: Flags) -> int:
        return int(np.count_nonzero(chosen))

    funnel = {name: count(times > now - HOUR) for name, times in flow.items()}
    is_open, asked, queued = rows.outcome == Outcome.OPEN, ~np.isnan(rows.asked), ~np.isnan(rows.queued)
    answered = ~np.isnan(rows.answered)
    return funnel | {"with_help_centre": count(is_open & ~asked), "with_bot": count(is_open & asked & ~queued),
                     "waiting": count(is_open & queued & ~answered), "in_hand": count(is_open & answered)}
