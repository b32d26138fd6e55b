"""A floor that follows formulas, and a clock that the test turns: what the live screen is tested with."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import fields
from typing import Any

import numpy as np

from core.errors import InterventionError
from core.interventions import Intervention
from core.records import Outcome, Records
from core.scenario import Bot, Channel, Demand, Incident, Profile, Route, Scenario, Team, Topic
from core.units import DAY, HOUR, MINUTE
from sim.case import Case, Contact, Step
from sim.people import People
from sim.snapshot import PersonSnapshot, Series, Snapshot, TeamSnapshot

FIVE_MINUTES = 5 * MINUTE


class FakeClock:
    """Real seconds, as the test has it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        """Time goes by."""
        self.now += seconds


def scenario(title: str = "Two desks", **changes: object) -> Scenario:
    """Two teams with day shifts, chat, a bot and an incident."""
    office = Profile(weekday=tuple(1.0 if 8 <= hour < 18 else 0.05 for hour in range(24)))
    people = Profile(weekday=tuple(12.0 if 8 <= hour < 18 else 0.0 for hour in range(24)))
    few = Profile(weekday=tuple(4.0 if 8 <= hour < 18 else 0.0 for hour in range(24)))
    parts: dict[str, object] = {
        "title": title, "demand": Demand(rate=0.05, profile="office"),
        "profile": {"office": office, "people": people, "few": few},
        "topic": {"billing": Topic(), "api": Topic()}, "channel": {"chat": Channel(kind="chat", expects=120.0)},
        "team": {"frontline": Team(schedule="people", cost_per_hour=24.0),
                 "engineers": Team(schedule="few", concurrency=4)},
        "route": (Route(topics=("api",), team="engineers"),),
        "bot": Bot(coverage=0.45, success=0.4, exit_after=2),
        "incident": {"payment-down": Incident(start=DAY + 9.5 * HOUR, length=HOUR, topics=("billing",))}}
    return Scenario.model_validate(parts | changes)


def conversations(count: int, now: float, frt: Callable[[int], float]) -> Records:
    """Rated conversations, closed a minute ago: content where the first response came within a minute."""
    kinds = {"Ints": np.int64, "Floats": np.float64, "Flags": np.bool_}
    columns: dict[str, Any] = {field.name: np.zeros(count, dtype=kinds[str(field.type)]) for field in fields(Records)}
    waits = np.array([frt(need) for need in range(count)])
    columns |= {"need": np.arange(count), "contact": np.ones(count, dtype=np.int64), "level": np.full(count, -1),
                "outcome": np.full(count, int(Outcome.CLOSED)), "asked": np.full(count, now - 4000.0),
                "replied": now - 4000.0 + waits, "ended": np.full(count, now - 60.0), "expects": np.full(count, 60.0),
                "resolved": np.ones(count, dtype=bool), "rating": np.where(waits <= 60.0, 5, 2),
                "topic": np.arange(count) % 2}
    return Records(**columns)


class FakeFloor:
    """FRT falls by 20 s for each extra person since they came, CSAT rises by a point; one customer waits for each
    half minute of FRT. `cost` real seconds of `clock` go by for each simulated hour; `breaks_at` it fails."""

    def __init__(self, scenario: Scenario, seed: int = 1, interventions: tuple[Intervention, ...] = (), *,
                 clock: FakeClock | None = None, cost: float = 0.0, breaks_at: float = math.inf):
        self.scenario, self.seed = scenario, seed
        self.interventions = list(interventions)
        self.now = 0.0
        self.snapshots = 0
        self.teams: tuple[TeamSnapshot, ...] = ()
        """In place of the two teams, where given."""
        self._clock, self._cost, self._breaks_at = clock, cost, breaks_at

    def advance(self, until: float) -> None:
        if until > self._breaks_at:
            raise ZeroDivisionError("no people to divide by")
        if self._clock is not None:
            self._clock.sleep((until - self.now) / HOUR * self._cost)
        self.now = until

    def intervene(self, intervention: Intervention) -> None:
        self.interventions.append(intervention)

    def replan(self, changes: Iterable[Intervention]) -> None:
        kept = [change for change in self.interventions if change.at <= self.now]
        self.interventions = kept + [change for change in changes if change.at > self.now]

    def extra(self, at: float) -> int:
        """People added by then."""
        changes = [int(change.value) for change in self.interventions
                   if change.key == "team.frontline.extra" and change.at < at]
        return changes[-1] if changes else 0

    def frt(self, at: float) -> float:
        """FRT p90 at a time (s)."""
        wave = 150.0 + 100.0 * math.sin(at / HOUR * 1.7)
        return max(5.0, wave - 20.0 * self.extra(at))

    def case(self, need: int, people: People) -> Case:
        """Customer 7 has waited since a minute before the run's hour; there is nobody else."""
        if need != 7:
            raise InterventionError(f"need {need}: no such need has arisen")
        begun = self.now // HOUR * HOUR - MINUTE
        steps = (Step(begun, "customer", "needs help"), Step(begun, "frontline", "waits", self.now - begun, True))
        contact = Contact(1, "chat", ("upset",), steps, 30.0, None, None, False, "", 0.0, 0, False, None, ())
        return Case(7, self.now, "Marta [b]Kim", "Acme", (("topic", "billing"), ("segment", "everyone")), "Help!",
                    (contact,))

    def rated(self, since: float) -> Records:
        """Ten conversations, of which those whose number is below the people added are content and were quick."""
        extra = self.extra(self.now)
        return conversations(10, self.now, lambda need: 20.0 if need < extra else 2000.0)

    def snapshot(self) -> Snapshot:
        self.snapshots += 1
        times = np.arange(FIVE_MINUTES, self.now + 1e-6, FIVE_MINUTES)[-864:]
        frt = np.array([self.frt(time) for time in times.tolist()])
        open_hours = (times % DAY > 8 * HOUR) & (times % DAY <= 18 * HOUR)
        frt[~open_hours] = np.nan
        now = self.frt(self.now)
        values = {"frt_p90": frt, "service_level": 1.0 - frt / 600, "csat": 0.9 - frt / 3000, "waiting": frt / 30,
                  "occupancy": 0.6 + frt / 1000, "cost_per_conversation": 4.0 + 0 * frt, "abandonment_rate": frt / 5000,
                  "roar": 0.045 + 0 * frt}
        kpi: dict[str, float | None] = {
            "frt_p90": now, "service_level": 1.0 - now / 600, "csat": 0.9 - now / 3000, "waiting": now / 30,
            "occupancy": 0.6 + now / 1000, "cost_per_conversation": 4.0 + 0.1 * self.extra(self.now),
            "abandonment_rate": now / 5000, "roar": 0.045}
        waiting = int(now / 30)
        waits = tuple(now * (1 - at / max(1, waiting)) for at in range(waiting))
        people = 12 + self.extra(self.now)
        frontline = TeamSnapshot("frontline", waiting, waits, tuple(wait > 120 for wait in waits), 12, tuple(
            PersonSnapshot(1, 1, "full") if at < people - 3 else
            PersonSnapshot(0, 1, "free" if at < people - 1 else "away") for at in range(people)),
            expects=(120.0,) * waiting, needs=tuple(range(7, 7 + waiting)))
        engineers = TeamSnapshot("engineers", 0, (), (), 4, tuple(
            PersonSnapshot(taken, 4, "full" if taken == 4 else "busy" if taken else "free") for taken in (4, 3, 1, 0)))
        passed = {"needs": 40, "prevented": 3, "article_resolved": 2, "human": 20, "closed": 18, "abandoned": 1,
                  "again": 2}
        flow = {name: self.now - HOUR * (np.arange(count) + 0.5) / count for name, count in passed.items()}
        return Snapshot(self.now, kpi, passed | {"with_bot": 4, "waiting": waiting, "in_hand": 9},
                        {name: Series(times, series) for name, series in values.items()},
                        self.teams or (frontline, engineers), flow)
