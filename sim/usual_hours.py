"""The hours at which customers write: those at which the weekly profile has needs of their topic.

Who would come back in the middle of the night, when nobody else writes, does so when people next write, at a moment
of that stretch which is as likely as any need's of it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from core.distributions import on_tick
from core.scenario import Scenario
from core.units import WEEK
from sim.demand import intensity


class UsualHours:
    """When customers of each topic write, by a scenario's profiles."""

    def __init__(self, scenario: Scenario):
        rates = np.concatenate([intensity(scenario, day).rates for day in range(7)], axis=1)
        self._weeks = [_Week(of_topic) for of_topic in rates]
        self.always = all(week.always for week in self._weeks)
        """Somebody may write at any time, whatever it is about."""

    def next(self, topic: int, time: float, chance: Callable[[], float]) -> float:
        """The time (s) at which somebody writes who would have at `time`; `chance` gives their own uniform number."""
        return self._weeks[topic].next(time, chance)


class _Week:
    """One topic's needs over a week, on steps of equal length."""

    def __init__(self, rates: NDArray[np.float64]):
        self._step = WEEK / len(rates)
        self._writes = rates > 0.0
        self.always = bool(self._writes.all() or not self._writes.any())
        self._rates = rates

    def next(self, time: float, chance: Callable[[], float]) -> float:
        """See `UsualHours.next`."""
        steps = len(self._rates)
        here = int(time // self._step)
        if self.always or self._writes[here % steps]:
            return time
        first = here + 1 + int(np.argmax(np.roll(self._writes, -(here + 1) % steps)))
        stretch = np.roll(self._rates, -(first % steps))
        length = steps if (stretch > 0.0).all() else int(np.argmin(stretch > 0.0))
        # One by one and in Python, whose last digit is the same on every platform.
        cumulative = list(accumulate(stretch[:length].tolist(), initial=0.0))
        wanted = chance() * cumulative[-1]
        step = min(bisect_right(cumulative, wanted), length) - 1
        within = step + (wanted - cumulative[step]) / (cumulative[step + 1] - cumulative[step])
        return on_tick((first + within) * self._step)
