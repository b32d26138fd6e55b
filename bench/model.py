"""The model that every contestant runs, what its answer must be, and what a run hands back. Minutes throughout."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core.estimates import t_quantile
from core.queueing import ErlangA

RATE = 5.2
"""Customers a minute."""
HANDLE = 10.0
"""Mean handle time."""
AGENTS = 50
PATIENCE = 6.0
"""Mean patience."""
WITHIN = 1.0
"""Answered in time."""
WARM_UP = 120.0
"""Customers who come before it are served and not counted."""

_ERLANG_A = ErlangA(RATE, HANDLE, AGENTS, PATIENCE)
EXACT = {"abandoned": _ERLANG_A.abandonment_rate, "wait_mean": _ERLANG_A.wait_mean,
         "in_time": _ERLANG_A.service_level(WITHIN)}


@dataclass(frozen=True, slots=True)
class Run:
    """One run: CPU seconds of the simulation, customers in it, and its answer."""

    seconds: float
    customers: int
    answer: dict[str, float]

    @property
    def speed(self) -> float:
        """Customers a second."""
        return self.customers / self.seconds


Contestant = Callable[[float, int], Run]
"""Runs the model for a horizon (minutes) with a seed."""


@dataclass
class Count:
    """What the peers count as customers leave."""

    customers: int = 0
    counted: int = 0
    abandoned: int = 0
    in_time: int = 0
    waited: float = 0.0

    def leaves(self, arrived: float, wait: float, answered: bool) -> None:
        """A customer is answered or gives up, `wait` minutes after arriving."""
        self.customers += 1
        if arrived >= WARM_UP:
            self.counted += 1
            self.waited += wait
            if not answered:
                self.abandoned += 1
            elif wait <= WITHIN:
                self.in_time += 1

    def answer(self) -> dict[str, float]:
        """The figures to compare with `EXACT`."""
        return {"abandoned": self.abandoned / self.counted, "wait_mean": self.waited / self.counted,
                "in_time": self.in_time / self.counted}


@dataclass(frozen=True, slots=True)
class Verdict:
    """A figure over the runs: mean, half width of its 99.9 % interval, the exact value."""

    value: float
    half_width: float
    exact: float

    @property
    def right(self) -> bool:
        """Whether the exact value lies in the interval."""
        return abs(self.value - self.exact) <= self.half_width


def verdicts(runs: Sequence[Run]) -> dict[str, Verdict]:
    """Each figure of a contestant against the exact one."""
    result = {}
    for name, exact in EXACT.items():
        values = np.array([run.answer[name] for run in runs])
        half = t_quantile(0.999, len(runs) - 1) * float(values.std(ddof=1)) / math.sqrt(len(runs))
        result[name] = Verdict(float(values.mean()), half, exact)
    return result
