"""The cheapest people on tours that reach a level of service, as an integer program (HiGHS, through SciPy).

Variables are the people on each tour and, for each queue and interval, the share answered in time. What is answered of
the queues of a pool lies under the concave lines of its curve (`core.staffing.loads.hull`): so a program may do more
where an hour of work buys more. What can wait (emails) asks that the day has time for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.staffing.loads import hull
from core.staffing.tours import Tour

Array = NDArray[np.float64]

GAP = 0.01
"""A plan within this share of the best cost is good enough: the simulation decides among such."""
_NODES = (20, 1)
"""Branches after which the best plan so far is taken, with few tours and with many (`_MANY`): counted, not timed, so
that the answer is the same everywhere."""

_MANY = 60
"""Tours of a team from which only the likely ones are looked at."""
_NEAR = (0.3, 1.0)
"""Part of a person that a plan of one team may be too dear by, and of several: these take much longer to solve."""


@dataclass(frozen=True)
class TeamPart:
    """One team's part of the program."""

    tours: Sequence[Tour]
    there: float
    """Share of the people at work who are not away: 1 - shrinkage."""
    cost_per_hour: float
    duty: Array
    """People who must be on duty in each interval."""
    time: Array
    """People's time (s) that each stretch (a row of `stretches`) needs at least."""
    stretches: Array
    """Which intervals belong to each stretch, shape (stretches, intervals), in seconds of an interval."""
    part_time: float
    """Most part-timers, as a share of all."""
    already: Array
    """People at work and not away in each interval whatever the plan: new hires, a team that is not planned."""
    preferred: float = 1.0
    """Factor by which their cost counts, so that of plans that cost nearly the same one is chosen."""

    @property
    def costs(self) -> Array:
        """Cost of one person on each tour; their hours where people cost nothing."""
        return np.array([tour.hours * (self.cost_per_hour or 1.0) for tour in self.tours])

    @property
    def at_work(self) -> Array:
        """People at work and not away in each interval by one person on each tour, shape (intervals, tours)."""
        return self.there * by_tour(self.tours, len(self.duty), "present")

    @property
    def on_duty(self) -> Array:
        """The same of people on duty."""
        return by_tour(self.tours, len(self.duty), "duty")


def by_tour(tours: Sequence[Tour], intervals: int, what: str) -> Array:
    """One of the tours' shares of each interval, shape (intervals, tours)."""
    return np.column_stack([getattr(tour, what) for tour in tours]) if tours else np.zeros((intervals, 0))


@dataclass(frozen=True)
class Bound:
    """What some people can do for some queues: of their conversations together no more than the curves say."""

    queues: Sequence[str]
    people: Sequence[str]
    curves: Sequence[Array]
    """For each interval the share answered in time by 0, 1, 2, ... people of these teams."""


@dataclass(frozen=True)
class Level:
    """A share of the conversations of some queues that must be answered in time."""

    share: float
    calls: Mapping[str, Array]
    """By queue: how many there are in each interval."""
    bounds: Sequence[Bound]
    """Every queue is in one of them at least."""


Counts = dict[str, NDArray[np.int64]]
"""People on each tour, by team."""


def cheapest(parts: Mapping[str, TeamPart], levels: Sequence[Level], budget: float | None = None,
             most_people: int | None = None) -> Counts | None:
    """The cheapest people who reach every level, None where no number of them does."""
    return _solve(parts, levels, budget, most_people, best=False)


def best(parts: Mapping[str, TeamPart], level: Level, budget: float | None = None,
         most_people: int | None = None) -> Counts | None:
    """The people within a budget, or a number of them, who answer the most in time; its `share` is not looked at."""
    return _solve(parts, [level], budget, most_people, best=True)


def _solve(parts: Mapping[str, TeamPart], levels: Sequence[Level], budget: float | None, most_people: int | None,
           best: bool) -> Counts | None:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csc_array

    columns, rows = _Columns(), _Rows()
    cost: dict[int, float] = {}
    preferred: dict[int, float] = {}
    people: list[int] = []
    tours_of: dict[str, NDArray[np.int64]] = {}
    at_work: dict[str, NDArray[np.int64]] = {}
    for name, part in parts.items():
        x = columns.add(len(part.tours), integer=True)
        y = columns.add(len(part.duty))
        tours_of[name], at_work[name] = x, y
        people.extend(x.tolist())
        cost.update(zip(x.tolist(), part.costs.tolist(), strict=True))
        preferred.update(zip(x.tolist(), (part.preferred * part.costs).tolist(), strict=True))
        coverage, duties = part.at_work, part.on_duty
        for interval in range(len(part.duty)):
            on = np.flatnonzero(coverage[interval])
            there = -float(part.already[interval])
            rows.add([*x[on], y[interval]], [*coverage[interval][on], -1.0], there, there)
            duty = duties[interval]
            if part.duty[interval] > 0 and duty.any():
                on = np.flatnonzero(duty)
                # A tour that covers half of an interval cannot cover more of it.
                rows.add(x[on], duty[on], part.duty[interval] * min(1.0, float(duty.max())))
        for needed, stretch in zip(part.time, part.stretches, strict=True):
            if needed > 0:
                on = np.flatnonzero(stretch)
                rows.add(y[on], stretch[on], needed)
        part_timers = np.array([tour.part_time for tour in part.tours])
        if part_timers.any():
            rows.add(x, part.part_time - part_timers, 0.0)
    gains: dict[int, float] = {}
    for level in levels:
        shares, weights = [], []
        answered: dict[tuple[str, int], int] = {}
        for name, calls in level.calls.items():
            busy = np.flatnonzero(calls > 0).tolist()
            s = columns.add(len(busy), high=1.0).tolist()
            answered.update(((name, interval), place) for interval, place in zip(busy, s, strict=True))
            shares += s
            weights += calls[busy].tolist()
        for bound in level.bounds:
            for interval, curve in enumerate(bound.curves):
                queues = [name for name in bound.queues if (name, interval) in answered]
                if not queues:
                    continue
                calls = np.array([level.calls[name][interval] for name in queues])
                places = [answered[name, interval] for name in queues]
                for height, slope in hull(curve):
                    rows.add([*places, *(at_work[name][interval] for name in bound.people)],
                             [*(calls / calls.sum()), *([-slope] * len(bound.people))], -np.inf, height)
        total = sum(weights) or 1.0
        if best:
            gains.update((place, weight / total) for place, weight in zip(shares, weights, strict=True))
        elif shares:
            rows.add(shares, np.array(weights) / total, level.share)
    if budget is not None:
        rows.add(list(cost), list(cost.values()), -np.inf, budget)
    if most_people is not None:
        rows.add(people, [1.0] * len(people), -np.inf, float(most_people))
    aim = np.zeros(len(columns))
    if best:
        for place, gain in gains.items():
            aim[place] = -gain
        # Between plans that answer as many, the cheaper one.
        for place, price in preferred.items():
            aim[place] += 1e-6 * price / max(preferred.values())
    else:
        aim[list(preferred)] = list(preferred.values())
    matrix = csc_array((rows.values, (rows.rows, rows.columns)), shape=(len(rows.low), len(columns)))
    constraints = LinearConstraint(matrix, rows.low, rows.high)
    high = np.array(columns.high)
    likely, gap, nodes = _likely(aim, matrix, rows, high, tours_of.values())
    for bounds in (likely, high):
        # HiGHS ends a search by nodes with the best plan it has; x is None where it has none.
        answer = milp(aim, integrality=columns.integer, bounds=Bounds(0.0, bounds), constraints=constraints,
                      options={"mip_rel_gap": gap, "node_limit": nodes})
        if answer.x is not None:
            return {name: np.rint(answer.x[x]).astype(np.int64) for name, x in tours_of.items()}
        if bounds is high:
            break
    return None


def _likely(aim: Array, matrix: Any, rows: _Rows, high: Array,
            teams: Collection[NDArray[np.int64]]) -> tuple[Array, float, int]:
    """Upper bounds that leave out tours which are dear for what they do, where there are many; how near is near; nodes.

    Judged by the program without whole people, in which hardly any of those is worth its price. What it uses stays.
    A person more or less is near enough then (`_NEAR`): the simulation takes people off one by one.
    """
    from scipy.optimize import linprog
    from scipy.sparse import vstack

    if all(len(team) <= _MANY for team in teams):
        return high, GAP, _NODES[0]
    low, top = np.array(rows.low), np.array(rows.high)
    at_most, at_least = np.isfinite(top), np.isfinite(low)
    table = matrix.tocsr()
    answer = linprog(aim, A_ub=vstack([table[at_most], -table[at_least]]),
                     b_ub=np.concatenate([top[at_most], -low[at_least]]),
                     bounds=np.column_stack([np.zeros(len(high)), high]))
    if answer.x is None:
        return high, GAP, _NODES[1]
    bounds = high.copy()
    for team in teams:
        order = np.lexsort((answer.lower.marginals[team], answer.x[team] <= 1e-9))
        used = int(np.count_nonzero(answer.x[team] > 1e-9))
        bounds[team[order[max(_MANY, used):]]] = 0.0
    dearest = max(float(aim[team].max()) for team in teams if len(team))
    return bounds, max(GAP, _NEAR[len(teams) > 1] * dearest / answer.fun) if answer.fun > 0 else GAP, _NODES[1]


class _Columns:
    """Variables of the program."""

    def __init__(self) -> None:
        self.integer: list[int] = []
        self.high: list[float] = []

    def __len__(self) -> int:
        return len(self.high)

    def add(self, count: int, integer: bool = False, high: float = np.inf) -> NDArray[np.int64]:
        """That many more; their places."""
        first = len(self)
        self.integer += [int(integer)] * count
        self.high += [high] * count
        return np.arange(first, first + count)


class _Rows:
    """Constraints of the program: low <= sum of value x variable <= high."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.columns: list[int] = []
        self.values: list[float] = []
        self.low: list[float] = []
        self.high: list[float] = []

    def add(self, columns: Sequence[int] | NDArray[np.int64], values: Sequence[float] | Array, low: float,
            high: float = np.inf) -> None:
        """One more."""
        self.rows += [len(self.low)] * len(columns)
        self.columns += [int(column) for column in columns]
        self.values += [float(value) for value in values]
        self.low.append(low)
        self.high.append(high)
