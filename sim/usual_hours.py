"""The hours at which customers write: those at which the weekly profile has needs of their topic.

Who would come back in the middle of the night, when nobody else writes, does so when people next write, at a moment
of that stretch which is as likely as any need's of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, count, takewhile

import numpy as np

from core.distributions import on_tick
from core.scenario import Scenario
from core.units import WEEK
from sim.demand import intensity


class UsualHours:
    """When customers of each topic write, by a scenario's profiles."""

    def __init__(self, scenario: Scenario):
        rates = np.concatenate([intensity(scenario, day).rates for day in range(7)], axis=1)
        self._weeks = [_Week(of_topic) for of_topic in rates.tolist()]
        self.always = all(week.always for week in self._weeks)
        """Somebody may write at any time, whatever it is about."""

    def next(self, topic: int, time: float, chance: Callable[[], float]) -> float:
        """The time (s) at which somebody writes who would have at `time`; `chance` gives their own uniform number."""
        return self._weeks[topic].next(time, chance)


class _Week:
    """One topic's needs over a week, on steps of equal length."""

    def __init__(self, rates: Sequence[float]):
        self._steps = len(rates)
        self._length = WEEK / self._steps
        """Of a step (s)."""
        self._writes = [rate > 0.0 for rate in rates]
        self.always = all(self._writes) or not any(self._writes)
        self._begins = [step for step in range(self._steps) if self._writes[step] and not self._writes[step - 1]]
        """Steps at which customers begin to write."""
        self._cumulative = [list(accumulate(self._stretch(rates, step), initial=0.0)) for step in self._begins]
        """Needs from there on until they stop, summed up one by one: in one order, the same on every platform."""

    def _stretch(self, rates: Sequence[float], begin: int) -> Iterator[float]:
        """The rates from a step on, past the end of the week if need be, until nobody writes."""
        return takewhile(lambda rate: rate > 0.0, (rates[step % self._steps] for step in count(begin)))

    def next(self, time: float, chance: Callable[[], float]) -> float:
        """See `UsualHours.next`."""
        week, here = divmod(int(time // self._length), self._steps)
        if self.always or self._writes[here]:
            return time
        place = bisect_right(self._begins, here)
        if place == len(self._begins):
            week, place = week + 1, 0
        cumulative = self._cumulative[place]
        wanted = chance() * cumulative[-1]
        step = min(bisect_right(cumulative, wanted), len(cumulative) - 1) - 1
        within = step + (wanted - cumulative[step]) / (cumulative[step + 1] - cumulative[step])
        return on_tick((week * self._steps + self._begins[place] + within) * self._length)
