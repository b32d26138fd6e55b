"""Backtest: learn from some months of a call log, replay another month's arrivals and staffing, compare.

From the months to fit come how long calls take (by queue, by person), how long callers wait before they give up, which
queues belong together and how long it takes to get to the next call. From the month to test come when calls arrive
and who was at work with which skills. Waits and callers who gave up in the month to test are what is predicted: nothing
is fitted to them. Beside it stands what the usual formula makes of the same: Erlang A hour by hour, all people in one pool.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.distributions import Never
from core.estimates import Estimate, mean
from core.intake.call_log import CallLog, Floats, Ints, read_call_log
from core.intake.handling import AfterWork, HandleTime, fit_after_work, fit_handle_time, fit_pace
from core.intake.observed import MEASURES, Calls
from core.intake.patience import Patience, fit_patience
from core.intake.queue_groups import QueueGroups, group_queues, pool_agents, slug
from core.intake.staffing import Stretches, agent_calls, edges, left_in_hand, plain_stretches, stretches
from core.metrics import METRICS
from core.queueing import ErlangA
from core.records import Outcome, Records
from core.scenario import Channel, Demand, Route, Scenario, ServiceLevel, Team, Topic
from core.units import DAY, HOUR
from sim.experiments.replications import Progress, replicate
from sim.replay import Presence, Replay

PACES = 3
"""Classes of people by how fast they handle calls."""
_OWN_LAW = 200
"""Calls (or callers who gave up) from which a queue has laws of its own."""


@dataclass(frozen=True)
class Learned:
    """What the months to fit say about any other month."""

    groups: QueueGroups
    topic_of: Mapping[str, str]
    """Topic of each queue."""
    group_of: Mapping[str, int]
    """Group of each topic."""
    handle: Mapping[str, HandleTime]
    """Handle time at average pace, by topic."""
    patience: Mapping[str, Patience]
    """By topic; those without one of their own have that of all calls, under ""."""
    after_work: AfterWork | None
    pace: Mapping[str, float]
    """Pace of each person by name: handle time against the average."""
    handle_mean: float
    """Mean handle time over all calls (s)."""
    in_hand: float
    """Time that a call in hand still takes on average (s)."""
    connecting: float
    """Shortest time in which calls are answered (s)."""

    def topic(self, queue: str) -> str:
        """The topic of a queue, that of the first group's rest for a queue never seen."""
        return self.topic_of.get(queue, self._rest(0))

    def _rest(self, group: int) -> str:
        return f"rest-of-{self.groups.names[group]}"[:40]


def learn(log: CallLog) -> Learned:
    """Everything that carries over from one month to another."""
    groups = group_queues(log)
    timed = ~np.isnan(log.handle)
    pace = fit_pace(log)
    steady = log.handle / np.where(log.agent >= 0, pace[log.agent], 1.0)
    calls = np.bincount(log.queue[timed], minlength=len(log.queues))
    topic_of, group_of, members = dict[str, str](), dict[str, int](), dict[str, list[int]]()
    for place, queue in enumerate(log.queues):
        group = next(number for number, queues in enumerate(groups.queues) if queue in queues)
        topic = f"queue-{slug(queue)}-{place}" if calls[place] >= _OWN_LAW else f"rest-of-{groups.names[group]}"[:40]
        topic_of[queue], group_of[topic] = topic, group
        members.setdefault(topic, []).append(place)
    for group, name in enumerate(groups.names):
        group_of.setdefault(f"rest-of-{name}"[:40], group)
    whole = steady[timed]
    handle, patience = dict[str, HandleTime](), dict[str, Patience]()
    for topic in group_of:
        rows = np.isin(log.queue, members.get(topic, []))
        times = steady[rows & timed]
        handle[topic] = fit_handle_time(times if len(times) >= _OWN_LAW else whole, knots=100, exact=True)
        if np.count_nonzero(rows & ~log.served) >= _OWN_LAW and (law := fit_patience(log.wait[rows], ~log.served[rows])):
            patience[topic] = law
    if overall := fit_patience(log.wait, ~log.served):
        patience[""] = overall
    order = agent_calls(log)
    waits = log.wait[log.served]
    return Learned(groups, topic_of, group_of, handle, patience, fit_after_work(log, order.rows, order.follows),
                   dict(zip(log.agents, pace.tolist(), strict=True)), float(log.handle[timed].mean()),
                   left_in_hand(log.handle[timed]), min(float(np.quantile(waits, 0.01)), 5.0))


@dataclass(frozen=True)
class Reconstruction:
    """A month as the engine replays it."""

    scenario: Scenario
    replay: Replay
    people: Stretches
    strangers: float
    """Share of the time at work by people whom the months to fit do not know."""


def reconstruct(learned: Learned, log: CallLog, within: float) -> Reconstruction:
    """The month's arrivals and people, with the laws that were learned."""
    groups = learned.groups
    pools = pool_agents(log, groups)
    people = stretches(log, pools.serves[pools.pool], groups.of(log)[log.queue], learned.in_hand)
    hours = np.bincount(people.agent, people.end - people.start, len(log.agents))
    known = np.array([name in learned.pace for name in log.agents])
    pace = np.array([learned.pace.get(name, 1.0) for name in log.agents])
    tempo, factors = _classes(pace, hours)
    teams = {name: Team(agents=0, overflow={}) for name in groups.names}
    crews: dict[tuple[int, int], str] = {}
    for pool in range(len(pools.serves)):
        for number, factor in enumerate(factors):
            crews[pool, number] = f"pool-{pool + 1}-pace-{number + 1}"
            teams[crews[pool, number]] = Team(agents=0, handle_factor=factor)
    for group, name in enumerate(groups.names):
        serving = {crew: 0.0 for (pool, _), crew in crews.items() if pools.serves[pool, group]}
        teams[name] = Team(agents=0, overflow=serving)
    topics, channels = _topics(learned)
    routes = tuple(Route(topics=tuple(topic for topic, group in learned.group_of.items() if group == place), team=name)
                   for place, name in enumerate(groups.names))
    order = list(topics)
    topic_of = np.array([order.index(learned.topic(queue)) for queue in log.queues], dtype=np.int64)
    presences = [Presence(crews[int(pools.pool[agent]), int(tempo[agent])], log.agents[agent], start, end)
                 for agent, start, end in zip(people.agent.tolist(), people.start.tolist(), people.end.tolist(), strict=True)]
    scenario = Scenario(title="Replay of a call log", length=float((log.day[-1] + 2) * DAY), demand=Demand(rate=0.0),
                        topic=topics, channel=channels, route=routes, team=teams, service_level=ServiceLevel(within=within))
    strangers = float(hours[~known].sum() / hours.sum()) if hours.sum() else 0.0
    return Reconstruction(scenario, Replay(log.received, topic_of[log.queue], presences), people, strangers)


def _topics(learned: Learned) -> tuple[dict[str, Topic], dict[str, Channel]]:
    """A topic for each law of handle times, a channel for each law of patience."""
    channels, topics = dict[str, Channel](), dict[str, Topic]()
    for topic, patience in learned.patience.items():
        channels[topic or "phone"] = Channel(patience=patience.law, leaves_at_once=patience.leaves_at_once)
    if "phone" not in channels:
        channels["phone"] = Channel(patience=Never())
    for topic, handle in learned.handle.items():
        after = {} if learned.after_work is None else {"after_work": learned.after_work.law}
        topics[topic] = Topic(handle_time=handle.law, channels={topic if topic in channels else "phone": 1.0}, **after)
    return topics, channels


def _classes(pace: Floats, hours: Floats) -> tuple[Ints, list[float]]:
    """Class of each person by pace, about equal in hours, and the mean pace of each class."""
    order = np.argsort(pace, kind="stable")
    reached = np.cumsum(hours[order]) / max(hours.sum(), 1e-9)
    tempo = np.zeros(len(pace), dtype=np.int64)
    tempo[order] = np.minimum((reached * PACES * (1 - 1e-9)).astype(np.int64), PACES - 1)
    weight = np.maximum(hours, 1e-9)
    return tempo, [float(np.average(pace[tempo == one], weights=weight[tempo == one])) if (tempo == one).any() else 1.0
                   for one in range(PACES)]


# --- what comes of it ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Comparison:
    """Observed, predicted and by the formula, for the calls of a stretch of time."""

    name: str
    """"all", an hour such as "09:00", or a date."""
    calls: int
    observed: Mapping[str, float]
    predicted: Mapping[str, Estimate]
    baseline: Mapping[str, float]


@dataclass(frozen=True)
class Drift:
    """What was different in the month tested: nothing was fitted to it, it says why a prediction is off."""

    handle_observed: float
    """Mean handle time of its calls (s)."""
    handle_predicted: float
    """The same as learned, for its mix of queues and people (s)."""
    handle_day_cv: float
    """How much the mean handle time differs from day to day, beyond chance."""
    patience_observed: float
    """Time waited by all over number who gave up (s)."""
    patience_learned: float
    strangers: float
    """Share of the time at work by people who are not in the months to fit."""


@dataclass(frozen=True)
class Backtest:
    """A prediction of a month that was not used to fit, beside what happened."""

    fit: CallLog
    test: CallLog
    learned: Learned
    seed: int
    replications: int
    within: float
    """Threshold of the service level (s)."""
    overall: Comparison
    by_hour: tuple[Comparison, ...]
    by_day: tuple[Comparison, ...]
    drift: Drift

    def miss(self, measure: str, baseline: bool = False) -> float:
        """Mean distance between days predicted and observed, weighted by calls."""
        pairs = [(day.calls, day.observed[measure], day.baseline[measure] if baseline else day.predicted[measure].value)
                 for day in self.by_day]
        told = [(calls, abs(seen - said)) for calls, seen, said in pairs if said is not None and math.isfinite(seen - said)]
        return math.fsum(calls * miss for calls, miss in told) / max(sum(calls for calls, _ in told), 1)


def backtest(fit_files: Sequence[str | Path], test_files: Sequence[str | Path], *, seed: int = 1, replications: int = 5,
             within: float = 20.0, jobs: int | None = None, progress: Progress | None = None) -> Backtest:
    """Predicts the months of `test_files` with what is learned from `fit_files`.

    Args:
        fit_files: call logs to learn from.
        test_files: call logs to predict.
        seed: chance of the replications.
        replications: how many times the months are replayed.
        within: threshold of the service level (s).
        jobs: processes; all processors if None.
        progress: called with the replications done and asked for.

    Raises:
        IntakeError: a file that cannot be read, or too little in it.
    """
    return compare(read_call_log(fit_files), read_call_log(test_files), seed=seed, replications=replications,
                   within=within, jobs=jobs, progress=progress)


def compare(fit: CallLog, test: CallLog, *, seed: int = 1, replications: int = 5, within: float = 20.0,
            jobs: int | None = None, progress: Progress | None = None) -> Backtest:
    """`backtest` of logs that have been read."""
    learned = learn(fit)
    again = reconstruct(learned, test, within)
    outcome = replicate(again.scenario, seed, replications, jobs=jobs, progress=progress, keep_records=True,
                        replay=again.replay)
    seen = Calls(test.received, test.wait, test.served)
    runs = [_calls(records, learned.connecting) for records in outcome.records]
    formula = ErlangHours(learned, test)

    def slice_(name: str, choose: Callable[[Calls], np.ndarray[tuple[int], np.dtype[np.bool_]]]) -> Comparison:
        part = seen.where(choose(seen))
        each = [run.where(choose(run)).measures(within) for run in runs]
        predicted = {measure: mean([one[measure] for one in each], METRICS[measure].unit) for measure in MEASURES}
        return Comparison(name, len(part), part.measures(within), predicted, formula.measures(choose, within))

    hours, days = np.unique(seen.hour), np.unique(seen.day)
    return Backtest(
        fit, test, learned, seed, outcome.replications, within,
        slice_("all", lambda calls: np.ones(len(calls), dtype=bool)),
        tuple(slice_(f"{hour:02d}:00", lambda calls, hour=hour: calls.hour == hour) for hour in hours.tolist()),
        tuple(slice_(test.date_of(day).isoformat(), lambda calls, day=day: calls.day == day) for day in days.tolist()),
        _drift(learned, test, again, outcome.records))


def _calls(records: Records, connecting: float) -> Calls:
    """A run's contacts as a queue sees them; nobody is answered faster than a call is connected."""
    rows = ~np.isnan(records.queued) & np.isin(records.outcome, (Outcome.CLOSED, Outcome.ABANDONED, Outcome.OPEN))
    answered = ~np.isnan(records.answered[rows])
    until = np.where(answered, records.answered[rows], records.ended[rows])
    wait = until - records.queued[rows]
    return Calls(records.queued[rows], np.where(answered, np.maximum(wait, connecting), wait), answered)


def _drift(learned: Learned, log: CallLog, again: Reconstruction, records: Sequence[Records]) -> Drift:
    timed = ~np.isnan(log.handle)
    times, day = log.handle[timed], log.day[timed]
    days = [times[day == one] for one in np.unique(day) if np.count_nonzero(day == one) >= 100]
    means, chance = np.array([part.mean() for part in days]), np.array([part.var() / len(part) for part in days])
    beyond = math.sqrt(max(0.0, means.var() - chance.mean())) / means.mean() if len(days) > 1 else math.nan
    predicted = [(run.ended - run.answered)[run.outcome == Outcome.CLOSED].mean() for run in records]
    lost = max(int(np.count_nonzero(~log.served)), 1)
    overall = learned.patience.get("")
    return Drift(float(times.mean()), float(np.mean(predicted)), beyond, float(log.wait.sum()) / lost,
                 overall.mean if overall else math.inf, again.strangers)


class ErlangHours:
    """The usual formula: in each hour of each day a queue of its own, in its steady state, all people in one pool.

    Its people are those with a call in the last ten minutes, its handle time and patience the means of the months to fit.
    """

    def __init__(self, learned: Learned, log: CallLog):
        first, last = int(log.day[0]), int(log.day[-1])
        steps = edges(first, last, HOUR)
        calls, _ = np.histogram(log.received, steps)
        people = plain_stretches(log).at_work(steps)
        patience = learned.patience.get("")
        some = np.flatnonzero(calls)
        self._calls = calls[some].astype(np.float64)
        self._when = Calls(steps[some], np.zeros(len(some)), np.ones(len(some), dtype=bool))
        self._hours = [ErlangA(rate=float(calls[hour]) / HOUR, handle_time=learned.handle_mean,
                               agents=max(1, round(float(people[hour]))), patience=patience.mean if patience else 1e6)
                       for hour in some]

    def measures(self, choose: Callable[[Calls], np.ndarray[tuple[int], np.dtype[np.bool_]]], within: float) -> dict[str, float]:
        """Every one of `MEASURES` over the chosen hours, each weighted by its calls."""
        chosen = np.flatnonzero(choose(self._when))
        hours, calls = [self._hours[place] for place in chosen], self._calls[chosen]
        answered = calls * [1.0 - hour.abandonment_rate for hour in hours]
        return {"abandonment_rate": 1.0 - float(answered.sum() / calls.sum()),
                "asa": float(answered @ [hour.asa for hour in hours] / answered.sum()),
                "answer_p90": self._answered_within(hours, calls, 0.9 * float(answered.sum())),
                "service_level": self._in_time(hours, calls, within) / float(calls.sum())}

    @staticmethod
    def _in_time(hours: Sequence[ErlangA], calls: Floats, within: float) -> float:
        return float(calls @ [hour.service_level(within) for hour in hours])

    def _answered_within(self, hours: Sequence[ErlangA], calls: Floats, wanted: float) -> float:
        """The time in which that many calls are answered (s), by bisection to a tenth of a second."""
        low, high = 0.0, 1.0
        if self._in_time(hours, calls, 0.0) >= wanted:
            return 0.0
        while self._in_time(hours, calls, high) < wanted:
            low, high = high, 2.0 * high
        while high - low > 0.1:
            middle = (low + high) / 2.0
            low, high = (middle, high) if self._in_time(hours, calls, middle) < wanted else (low, middle)
        return high
