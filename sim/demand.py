"""Demand: who needs help, when, and about what.

Needs of a day come in layers: the first is the plan (profile, rate and the day's busyness), each further one is as
large again. A level of 130 % is the whole of layer 1 and three tenths of layer 2, so that more volume adds customers
and less takes some away, while all the others stay who they are. An incident's needs come from layers of its own.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core import elementary
from core.distributions import Gamma, on_ticks
from core.scenario import Scenario
from core.streams import Stream
from core.units import DAY
from sim.choice import pick
from sim.conversation import Block, Cohort, Contact, Need
from sim.replay import Replay

Floats = NDArray[np.float64]
_CANDIDATES_AT_ONCE = 4096
_Number = TypeVar("_Number", np.float64, np.int64)


@dataclass(frozen=True, slots=True)
class Intensity:
    """Needs per second: `rates[topic, step]` on steps of equal length that fill a day."""

    rates: Floats

    @property
    def step(self) -> float:
        """Length of a step (s)."""
        return DAY / int(self.rates.shape[1])

    def cumulative(self) -> Floats:
        """Expected needs from midnight to the end of each step, beginning with 0."""
        return np.concatenate([[0.0], np.cumsum(self.rates.sum(axis=0) * self.step)])


def intensity(scenario: Scenario, weekday: int) -> Intensity:
    """The plan of a weekday (0 is Monday), `demand.level` left out."""
    plans = [scenario.profile[name].day(weekday) if name is not None else (1.0,)
             for name in ((topic.profile or scenario.demand.profile) for topic in scenario.topic.values())]
    steps = math.lcm(*(len(plan) for plan in plans))
    shapes = np.array([np.repeat(np.array(plan, dtype=np.float64), steps // len(plan)) for plan in plans])
    shares = np.array([topic.share for topic in scenario.topic.values()])
    return Intensity(scenario.demand.rate * (shares / shares.sum())[:, None] * shapes)


class Demand:
    """Makes the blocks of needs that arise in a window of time."""

    def __init__(self, scenario: Scenario, seed: int, replication: int, replay: Replay | None = None):
        self._planned = scenario
        self._replay = replay
        self._seed, self._replication = seed, replication
        self._cohorts: dict[tuple[str, int], tuple[Cohort, Floats]] = {}
        self._count = 0
        self._busy: dict[int, float] = {}
        """Busyness of days that are known already, whatever chance does from now on."""
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers for needs that arise from now on."""
        self._scenario = scenario

    def branch(self, replication: int, day: int) -> None:
        """From now on, on that day, needs arise from the draws of another replication; the day keeps its busyness."""
        self._busy[day] = self._busyness(day)
        self._replication = replication
        self._cohorts.clear()

    def window(self, start: float, end: float) -> Block:
        """The needs that arise after `start` and up to `end`, which lie in the same day (s, midnight to midnight)."""
        day = math.floor(start / DAY)
        if self._replay is not None:
            return self._block([self._logged(self._replay, day)], start, end)
        planned = intensity(self._planned, day % 7)
        wanted = intensity(self._scenario, day % 7)
        busyness = self._busyness(day)
        parts: list[_Part] = []

        level = self._scenario.demand.level
        steps = math.lcm(planned.rates.shape[1], wanted.rates.shape[1])
        ratio = _times(wanted, steps).sum(axis=0) * level
        base = _times(planned, steps).sum(axis=0)
        ratio = np.divide(ratio, base, out=np.zeros_like(base), where=base > 0.0)
        for layer in range(math.ceil(float(ratio.max(initial=0.0)))):
            cohort, arrived = self._cohort(f"demand/{layer + 1}", day, planned, busyness)
            step = np.minimum((arrived * (steps / DAY)).astype(np.int64), steps - 1)
            kept = cohort.needs[Need.THIN] < ratio[step] - layer
            topic = pick(_times(wanted, steps)[:, step], cohort.needs[Need.TOPIC])
            kept &= ~self._called_off(cohort, arrived + day * DAY, topic)
            parts.append(_Part(cohort, arrived + day * DAY, kept, topic))
        parts.extend(self._incidents(day, busyness, level))
        return self._block(parts, start, end)

    def _logged(self, replay: Replay, day: int) -> _Part:
        """The arrivals of a log on one day; all else about them is drawn."""
        first, last = np.searchsorted(replay.times, (day * DAY, (day + 1) * DAY), side="right")
        name, count = f"replay/day {day}", int(last - first)
        drawn = Stream(self._seed, self._replication, name).rows(count, len(Need) + len(Contact))
        cohort = Cohort(self._seed, self._replication, name, drawn[:len(Need)], drawn[len(Need):])
        return _Part(cohort, on_ticks(replay.times[first:last]), np.ones(count, dtype=bool), replay.topics[first:last])

    def _busyness(self, day: int) -> float:
        """Gamma factor of the day, mean 1."""
        if day in self._busy:
            return self._busy[day]
        cv = self._scenario.demand.busyness_cv
        u = Stream(self._seed, self._replication, f"busyness/day {day}").uniform(1)
        return float(Gamma(mean=1.0, cv=cv).quantile(u)[0]) if cv > 0.0 else 1.0

    def _called_off(self, cohort: Cohort, arrived: Floats, topic: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Needs that an incident with a factor under 1 keeps from arising."""
        gone = np.zeros(len(arrived), dtype=bool)
        for incident in self._scenario.incident.values():
            if incident.factor < 1.0:
                lasts = (arrived >= incident.start) & (arrived < incident.start + incident.length)
                stays_away = cohort.needs[Need.INCIDENT] >= incident.factor
                gone |= lasts & self._concerns(incident.topics)[topic] & stays_away
        return gone

    def _concerns(self, topics: tuple[str, ...]) -> NDArray[np.bool_]:
        return np.array([not topics or name in topics for name in self._scenario.topic])

    def _incidents(self, day: int, busyness: float, level: float) -> list[_Part]:
        """The needs that incidents add on a day."""
        parts = []
        for number, (name, incident) in enumerate(self._scenario.incident.items()):
            first, last = incident.start - day * DAY, incident.start + incident.length - day * DAY
            if incident.factor <= 1.0 or last <= 0.0 or first >= DAY:
                continue
            usual = intensity(self._scenario, day % 7)
            concerned = Intensity(usual.rates * self._concerns(incident.topics)[:, None])
            more = (incident.factor - 1.0) * level
            for layer in range(math.ceil(more)):
                stream = f"incident/{name}/{layer + 1}"
                cohort, arrived = self._cohort(stream, day, concerned, busyness)
                lasts = (arrived >= max(first, 0.0)) & (arrived < min(last, DAY))
                step = np.minimum((arrived / concerned.step).astype(np.int64), concerned.rates.shape[1] - 1)
                topic = pick(concerned.rates[:, step], cohort.needs[Need.TOPIC])
                kept = lasts & (cohort.needs[Need.THIN] < more - layer)
                parts.append(_Part(cohort, arrived + day * DAY, kept, topic, number))
        return parts

    def _cohort(self, name: str, day: int, plan: Intensity, busyness: float) -> tuple[Cohort, Floats]:
        """All candidates of one stream on one day and their times of the day (s), drawn once."""
        key = name, day
        if key not in self._cohorts:
            for old in [other for other in self._cohorts if other[1] < day]:
                del self._cohorts[old]
            self._cohorts[key] = self._draw(f"{name}/day {day}", plan, busyness)
        return self._cohorts[key]

    def _draw(self, name: str, plan: Intensity, busyness: float) -> tuple[Cohort, Floats]:
        """A Poisson process with the plan's intensity: unit-rate arrivals, moved through the cumulative plan."""
        cumulative = plan.cumulative() * busyness
        total = float(cumulative[-1])
        stream = Stream(self._seed, self._replication, name)
        width = len(Need) + len(Contact)
        rows, reached, points = [], 0.0, []
        at_once = min(_CANDIDATES_AT_ONCE, int(total + 6 * math.sqrt(total)) + 8)
        while total > 0.0 and reached <= total:
            rows.append(stream.rows(at_once, width))
            points.append(reached + np.cumsum(-elementary.log(rows[-1][Need.GAP])))
            reached = float(points[-1][-1])
        if not rows:
            nothing = np.empty((width, 0))
            return Cohort(self._seed, self._replication, name, nothing[:len(Need)], nothing[len(Need):]), np.empty(0)
        drawn, point = np.concatenate(rows, axis=1), np.concatenate(points)
        count = int(np.searchsorted(point, total))
        drawn, point = drawn[:, :count], point[:count]
        step = np.searchsorted(cumulative, point, side="right") - 1
        within = (point - cumulative[step]) / (cumulative[step + 1] - cumulative[step])
        arrived = np.minimum(on_ticks((step + within) * plan.step), DAY)
        return Cohort(self._seed, self._replication, name, drawn[:len(Need)], drawn[len(Need):]), arrived

    def _block(self, parts: list[_Part], start: float, end: float) -> Block:
        """One block of the needs that are kept and lie in the window, by time."""
        rows = [np.flatnonzero(part.kept & (part.arrived > start) & (part.arrived <= end)) for part in parts]
        arrived = _joined([part.arrived[kept] for part, kept in zip(parts, rows, strict=True)], np.float64)
        order = np.argsort(arrived, kind="stable") if len(parts) > 1 else np.arange(len(arrived))
        number = _joined([np.full(len(kept), position, dtype=np.int64) for position, kept in enumerate(rows)], np.int64)
        place = _joined([kept.astype(np.int64) for kept in rows], np.int64)
        block = Block(self._scenario, [part.cohort for part in parts], number[order], place[order], arrived[order])
        block.topic = _joined([part.topic[kept] for part, kept in zip(parts, rows, strict=True)], np.int64)[order]
        block.incident = np.array([part.incident for part in parts], dtype=np.int64)[block.cohort]
        block.need = self._count + np.arange(len(block))
        return block

    def count(self, block: Block) -> None:
        """These needs have their numbers."""
        self._count += len(block)

    def withdraw(self, count: int) -> None:
        """The last `count` needs of the newest block have not arisen: their numbers go to others."""
        self._count -= count


@dataclass(frozen=True, slots=True)
class _Part:
    """Candidates of a cohort: their times (s), which arise, about what, and of which incident."""

    cohort: Cohort
    arrived: Floats
    kept: NDArray[np.bool_]
    topic: NDArray[np.int64]
    incident: int = -1
    """Position of the incident that they come of, -1: none."""


def _times(plan: Intensity, steps: int) -> Floats:
    """The rates on a finer grid."""
    return np.repeat(plan.rates, steps // plan.rates.shape[1], axis=1)


def _joined(parts: list[NDArray[_Number]], kind: type[_Number]) -> NDArray[_Number]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)
