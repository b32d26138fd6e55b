"""The usual formula beside which a prediction must stand: Erlang A, hour by hour, all people in one pool."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from core.intake.call_log import CallLog, Flags, Floats
from core.intake.learned import Learned
from core.intake.observed import Calls
from core.intake.staffing import edges, plain_stretches
from core.queueing import ErlangA
from core.units import HOUR


class ErlangHours:
    """The usual formula: in each hour of each day a queue of its own, in its steady state, all people in one pool.

    Its people are those between whose calls there are at most ten minutes; handle time and patience are the means of
    the months to fit.
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

    def measures(self, choose: Callable[[Calls], Flags], within: float) -> dict[str, float]:
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
