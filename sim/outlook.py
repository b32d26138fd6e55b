"""What a look ahead is asked and what it finds: between live play, which asks, and `sim.experiments.prospect`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.interventions import Intervention
from core.scenario import Scenario
from core.units import DAY, HOUR

SHORTEST = 4 * HOUR
"""A look ahead reaches to the end of the day, and at least so far (s)."""


@dataclass(frozen=True)
class Ask:
    """The floor that a look ahead begins at, and how far it reaches (s)."""

    scenario: Scenario
    seed: int
    interventions: tuple[Intervention, ...]
    now: float
    until: float
    number: int = 0
    """Which question it is: one that has been replaced is not answered."""

    @property
    def twin(self) -> Ask:
        """The same question about the floor without the changes."""
        return replace(self, interventions=())


@dataclass(frozen=True)
class Band:
    """Where a metric will probably be: quantiles over the replications, by interval; nan where nothing is measured."""

    times: NDArray[np.float64]
    low: NDArray[np.float64]
    middle: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True)
class Ahead:
    """What a look ahead has found so far."""

    begun: float
    """The present that it begins at (s)."""
    until: float
    bands: Mapping[str, Band]
    """By metric; none while too few replications have finished."""
    done: int
    asked: int
    trouble: str = ""
    """What went wrong, where something did."""
    twin: Mapping[str, Band] = field(default_factory=dict)
    """The same of the twin; none while too few of its replications have finished, or where it is the same floor."""
    effects: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    """By how much the floor differs from its twin up to `until`, by metric: low, middle and high over the replications,
    each against the same one of the twin."""


def horizon(now: float, length: float) -> float:
    """How far a look ahead reaches by itself (s): to the end of the day, or four hours, or the end of the run."""
    return min(max((now // DAY + 1) * DAY, now + SHORTEST), length)


class Outlook(Protocol):
    """What live play needs of a look ahead."""

    def start(self, ask: Ask) -> None:
        """Begins another one, in place of any that is under way."""

    def stop(self) -> None:
        """Ends what is under way."""

    def poll(self) -> Ahead | None:
        """What has been found so far: the very same object while nothing is new; None where nothing was asked."""

    @property
    def busy(self) -> bool:
        """Whether more is to come."""
