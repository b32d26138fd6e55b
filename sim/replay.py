"""A recorded day in place of a drawn one: real arrivals, real people at work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Presence:
    """One stretch at work of one person (seconds since Monday 00:00 of the first week)."""

    team: str
    person: str
    start: float
    end: float


@dataclass(frozen=True)
class Replay:
    """What the floor takes from a log; whatever it does not speak of comes from the scenario."""

    times: NDArray[np.float64]
    """When each conversation arrives (s), in order."""
    topics: NDArray[np.int64]
    """Its topic: position in `scenario.topic`."""
    presences: Sequence[Presence] = field(default_factory=tuple)
    """Who was at work when. Teams with none here work as the scenario says."""
