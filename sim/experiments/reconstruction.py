"""A logged stretch of time as the engine replays it: its arrivals, its people, and laws learned from other months."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from core.distributions import Never
from core.errors import IntakeError
from core.intake.call_log import CallLog, Floats, Ints
from core.intake.learned import Learned
from core.intake.observed import Calls
from core.intake.queue_groups import pool_agents
from core.intake.staffing import Stretches, stretches
from core.records import Outcome, Records
from core.scenario import Channel, Demand, Route, Scenario, ServiceLevel, Team, Topic
from core.units import DAY
from sim.experiments.replications import run_once
from sim.replay import Presence, Replay

PACES = 3
"""Classes of people by how fast they handle calls."""
STRICTNESS = (2.0, 5.0, math.inf)
"""What `tuned` tries: how often somebody must be passed over in a gap to count as away; never at all is the last."""
_TUNED_ON = 28
"""Days at the end of a log on which that is tried."""


@dataclass(frozen=True)
class Reconstruction:
    """A month as the engine replays it."""

    scenario: Scenario
    replay: Replay
    people: Stretches
    strangers: float
    """Share of the time at work by people whom the months to fit do not know."""


def reconstruct(learned: Learned, log: CallLog, within: float) -> Reconstruction:
    """The month's arrivals and people, with the laws that were learned.

    Raises:
        IntakeError: no call tells who took it.
    """
    if not np.any(log.agent >= 0):
        raise IntakeError(f"{', '.join(log.files)}: no call tells who took it, so nobody can be put to work")
    groups = learned.groups
    pools = pool_agents(log, groups)
    people = stretches(log, pools.serves[pools.pool], groups.of(log)[log.queue], learned.in_hand, learned.passed_over)
    hours: Floats = np.bincount(people.agent, people.end - people.start, len(log.agents)).astype(np.float64)
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
    spans = zip(people.agent.tolist(), people.start.tolist(), people.end.tolist(), strict=True)
    presences = [Presence(crews[int(pools.pool[agent]), int(tempo[agent])], log.agents[agent], start, end)
                 for agent, start, end in spans]
    scenario = Scenario(title="Replay of a call log", length=float((log.day[-1] + 2) * DAY), demand=Demand(rate=0.0),
                        topic=topics, channel=channels, route=routes, team=teams,
                        service_level=ServiceLevel(within=within))
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


def calls_of(records: Records, connecting: float) -> Calls:
    """A run's contacts as a queue sees them; nobody is answered faster than a call is connected (s)."""
    rows = ~np.isnan(records.queued) & np.isin(records.outcome, (Outcome.CLOSED, Outcome.ABANDONED, Outcome.OPEN))
    answered = ~np.isnan(records.answered[rows])
    until = np.where(answered, records.answered[rows], records.ended[rows])
    wait = until - records.queued[rows]
    return Calls(records.queued[rows], np.where(answered, np.maximum(wait, connecting), wait), answered)


def tuned(learned: Learned, log: CallLog) -> Iterator[Learned]:
    """What was learned, with the strictness under which a replay of the same months comes nearest to their own waits.

    Whether somebody who is passed over is away depends on how a floor gives out calls. Yields once for each
    strictness tried: the best so far.
    """
    log = log.where(log.day > log.day[-1] - _TUNED_ON)
    seen = Calls(log.received, log.wait, log.served).measures(0.0)
    best, nearest = learned, math.inf
    for passed_over in STRICTNESS:
        one = replace(learned, passed_over=passed_over)
        again = reconstruct(one, log, 0.0)
        run = run_once(0, scenario=again.scenario, seed=1, interventions=(), replay=again.replay, keep_records=True)
        assert run.records is not None
        said = calls_of(run.records, learned.connecting).measures(0.0)
        away = sum(abs(math.log((said[name] + 1e-9) / (seen[name] + 1e-9))) for name in ("asa", "abandonment_rate"))
        if away < nearest:
            best, nearest = one, away
        yield best
