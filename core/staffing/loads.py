"""What a team has to do in each interval of the week, and what number of people would answer which part of it in time.

Loads are measured on the floor itself, with people enough that nobody waits (`sim.experiments.staffing_trials`): so
bots, self-serve, reopens and routing are in them, whatever the scenario has. The answers come from Erlang A with the
modified offered load (Jagerman 1975; Feldman, Mandelbaum, Massey, Whitt 2008, Management Science 54(2)), which says
where a plan starts; the simulation says where it ends.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from core.queueing import ErlangA, offered_loads
from core.scenario import Scenario
from core.staffing.grid import Grid
from core.units import HOUR

Array = NDArray[np.float64]

_LONGEST_PATIENCE = 4 * HOUR
"""Longer patience is taken for this: an overloaded interval answers nobody in time either way."""
_LOAD_DIGITS = 2
"""Significant digits beyond the first of a load that is looked up: what is shared by intervals is computed once."""
_ALL_BUT = 1e-3
"""Where more people answer less than this more of a load, the curve ends."""
_SPREAD = ((-math.sqrt(3.0), 1 / 6), (0.0, 2 / 3), (math.sqrt(3.0), 1 / 6))
"""Days that are busier or calmer than the plan: Gauss and Hermite's three points of a spread of one, with weights."""


@dataclass(frozen=True)
class EvenChats(ErlangA):
    """Erlang A for people who hold several chats, as if these were always spread evenly over them.

    `agents` counts places (people x chats) and `handle_time` is that of a chat when all places are taken; with
    fewer each goes faster. `core.queueing.ChatFloor` is the exact law of small floors.
    """

    per_person: int = 1
    slowdown: float = 0.0

    def _death(self, n: Array) -> Array:
        waiting = np.maximum(n - self.agents, 0.0)
        people = self.agents // self.per_person
        fewer = np.floor((n - waiting) / people)
        busier = (n - waiting) - fewer * people
        alone = self.handle_time / self._pace(self.per_person)
        done = (people - busier) * fewer / self._pace(fewer) + busier * (fewer + 1.0) / self._pace(fewer + 1.0)
        gone: Array = done / alone + waiting / self.patience
        return gone

    def _pace(self, chats: Array | int) -> Array:
        """How much longer each of that many chats of a person takes."""
        return 1.0 + self.slowdown * np.maximum(np.asarray(chats, dtype=np.float64) - 1.0, 0.0)


@dataclass(frozen=True)
class TeamLoad:
    """What comes to one team's queue, by interval of the grid."""

    calls: Array
    """Calls and chats that join in an interval of an average week."""
    work: Array
    """Their handle time (s), by the interval in which they join, where nobody has to share a person."""
    mails: Array
    """Emails that join in an interval of an average week."""
    later: Array
    """Their handle time (s), by the interval in which they join."""
    patience: float
    """Mean patience of those who call or chat (s)."""
    leaves_at_once: float
    """Share of them who leave at the first sight of a queue."""
    per_person: int
    """Chats that one person holds at once; 1 where most of them are calls."""
    slowdown: float
    busyness_cv: float
    """How much days differ beyond chance."""

    @staticmethod
    def of(scenario: Scenario, team: str, calls: Array, work: Array) -> TeamLoad:
        """From what joined the team's queue: expected numbers and their handle time, shape (channels, intervals)."""
        channels, settings = list(scenario.channel.values()), scenario.team[team]
        live = np.array([channel.kind != "email" for channel in channels])
        weights = np.where(live, calls.sum(axis=1), 0.0)
        total = float(weights.sum()) or 1.0
        leaving = sum(weight / max(1.0, min(channel.patience.moments()[0], _LONGEST_PATIENCE))
                      for weight, channel in zip(weights, channels, strict=True)) / total
        chats = sum(weight for weight, channel in zip(weights, channels, strict=True) if channel.kind == "chat")
        shared = settings.concurrency if chats > total / 2 else 1
        return TeamLoad(calls[live].sum(axis=0), work[live].sum(axis=0), calls[~live].sum(axis=0),
                        work[~live].sum(axis=0),
                        1.0 / leaving if leaving > 0 else _LONGEST_PATIENCE,
                        sum(weight * channel.leaves_at_once for weight, channel in zip(weights, channels, strict=True))
                        / total, shared, settings.slowdown if shared > 1 else 0.0, scenario.demand.busyness_cv)

    @staticmethod
    def together(loads: Sequence[TeamLoad]) -> TeamLoad:
        """Of queues that the same people serve: sums, and means over the calls; chats as most of them are held."""
        if len(loads) == 1:
            return loads[0]
        calls = [float(load.calls.sum()) for load in loads]
        total, most = math.fsum(calls) or 1.0, loads[calls.index(max(calls))]
        leaving = math.fsum(count / load.patience for count, load in zip(calls, loads, strict=True)) / total
        at_once = math.fsum(count * load.leaves_at_once for count, load in zip(calls, loads, strict=True)) / total
        return replace(most, **{what: np.sum([getattr(load, what) for load in loads], axis=0)
                                for what in ("calls", "work", "mails", "later")},
                       patience=1.0 / leaving if leaving > 0 else most.patience, leaves_at_once=at_once)

    @property
    def with_mail(self) -> TeamLoad:
        """Emails taken for calls of those who never give up, where they have to be answered as soon.

        Each takes a whole person. What is late is answered later, so that the load is the same.
        """
        calls, mails = float(self.calls.sum()), float(self.mails.sum())
        if mails <= 0:
            return self
        leaving = (calls / self.patience + mails / _LONGEST_PATIENCE) / (calls + mails)
        work = self.work + self.later * (self.per_person / self._pace)
        return replace(self, calls=self.calls + self.mails, work=work, mails=np.zeros_like(self.mails),
                       later=np.zeros_like(self.later), patience=1.0 / leaving,
                       leaves_at_once=self.leaves_at_once * calls / (calls + mails))

    @property
    def _pace(self) -> float:
        """How much longer each chat of a person who has all that they may takes."""
        return 1.0 + self.slowdown * (self.per_person - 1)

    @property
    def handle_time(self) -> float:
        """Mean handle time of a call or chat (s)."""
        calls = float(self.calls.sum())
        return float(self.work.sum()) / calls if calls > 0 else 0.0

    @property
    def least_work(self) -> Array:
        """People's time (s) that calls and chats take at least: chats where a person always has all that they may."""
        return self.work * (self._pace / self.per_person)

    def offered(self, grid: Grid) -> Array:
        """The modified offered load: calls and chats in hand, were there always someone free."""
        handle = self.handle_time
        if handle <= 0:
            return np.zeros(len(grid))
        rates = (self.work / grid.step / handle).tolist()
        before = 0.0
        if grid.days == 7:
            # What Sunday night leaves is there on Monday.
            before = float(offered_loads(rates[-grid.steps_a_day:], grid.step, handle)[-1])
        return offered_loads(rates, grid.step, handle, before)

    def curves(self, grid: Grid, within: float | None) -> list[Array]:
        """For each interval, the share answered within that time (s) by 0, 1, 2, ... people; None: that does not leave.

        The curve ends where more people make no difference; where nobody calls it is one point, all well.
        """
        handle = self.handle_time
        return [_curve(_rounded(load), handle, self.patience, self.leaves_at_once, self.per_person, self.slowdown,
                       self.busyness_cv, within) if calls > 0 and load > 0 else np.ones(1)
                for load, calls in zip(self.offered(grid).tolist(), self.calls.tolist(), strict=True)]


def needed(curve: Array, share: float) -> int:
    """The fewest people who answer that share in time, by its curve; where none do, as many as it tells of."""
    enough = np.flatnonzero(curve >= share - 1e-9)
    return int(enough[0]) if len(enough) else len(curve) - 1


def hull(curve: Array) -> list[tuple[float, float]]:
    """The least concave curve above: lines (height at nobody, slope), the flat one at its top last.

    A share of people half way between two numbers is taken to do half of what the second does more.
    """
    corners: list[int] = []
    for at in range(len(curve)):
        while len(corners) > 1 and _turns_up(curve, corners[-2], corners[-1], at):
            corners.pop()
        corners.append(at)
    lines = []
    for low, high in pairwise(corners):
        slope = float(curve[high] - curve[low]) / (high - low)
        if slope > 0:
            lines.append((float(curve[low]) - slope * low, slope))
    return [*lines, (float(curve.max()), 0.0)]


def _turns_up(curve: Array, a: int, b: int, c: int) -> bool:
    return float(curve[b] - curve[a]) * (c - a) <= float(curve[c] - curve[a]) * (b - a)


def table(curves: Sequence[Array]) -> Array:
    """The curves as rows of equal length, each going on at its top."""
    longest = max(map(len, curves)) + 1
    return np.array([np.concatenate([curve, np.full(longest - len(curve), curve[-1])]) for curve in curves])


def lookup(rows: Array, people: Array) -> Array:
    """The share in time for numbers of people that need not be whole, shape (intervals, plans)."""
    place = np.clip(people, 0.0, rows.shape[1] - 1.000001)
    low = place.astype(np.int64)
    interval = np.arange(len(rows))[:, None]
    below = rows[interval, low]
    shares: Array = below + (place - low) * (rows[interval, low + 1] - below)
    return shares


def _rounded(load: float) -> float:
    return round(load, _LOAD_DIGITS - math.floor(math.log10(load)))


@lru_cache(maxsize=20_000)
def _curve(load: float, handle: float, patience: float, leaves: float, per_person: int, slowdown: float, cv: float,
           within: float | None) -> Array:
    shares = [0.0]
    while len(shares) < 2 or shares[-1] < 1.0 - _ALL_BUT:
        people = len(shares)
        busier = [(load * max(0.05, 1.0 + cv * spread), weight) for spread, weight in _SPREAD] if cv else [(load, 1.0)]
        in_time = all_of_them = 0.0
        for one, weight in busier:
            pace = 1.0 + slowdown * (per_person - 1)
            queue = EvenChats(one / handle, handle * pace, people * per_person, patience, leaves, per_person, slowdown)
            in_time += weight * one * (1.0 - queue.abandonment_rate if within is None else queue.service_level(within))
            all_of_them += weight * one
        share = in_time / all_of_them
        if people > 1.2 * load + 2 and share - shares[-1] < _ALL_BUT / 4:
            break
        shares.append(max(share, shares[-1]))
    curve = np.array(shares)
    curve.flags.writeable = False
    return curve
