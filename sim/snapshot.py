"""What a floor looks like at one moment: plain, frozen data for screens and tests. Made by `sim.floor`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.facts import Facts

State = Literal["free", "busy", "full", "wrap_up", "break", "away"]


@dataclass(frozen=True, slots=True)
class PersonSnapshot:
    """One person at work: conversations held now, of how many at once; break is one of the shift, away all else."""

    open: int
    slots: int
    state: State
    new: bool = False
    """Still learning the work: slower, and knows less."""
    strained: bool = False
    """Has been busy for too long without room to breathe."""
    wrapping: int = 0
    """Of `open`, those whose customer has gone: after-contact work."""


@dataclass(frozen=True, slots=True)
class TeamSnapshot:
    """One queue and its people. Times in seconds."""

    name: str
    waiting: int
    waits: tuple[float, ...]
    """Wait so far of those in the queue, longest first; the first 200."""
    late: tuple[bool, ...]
    """For each of `waits`: whether it is past what its customer expects."""
    planned: int
    """People that the plan has at work now, `extra` left out."""
    people: tuple[PersonSnapshot, ...]
    """People who are at work now, those on a break included."""
    first: Facts | None = None
    """Who has waited longest; None where nobody waits."""
    expects: tuple[float, ...] = ()
    """For each of `waits`: the wait that its customer takes for granted."""
    needs: tuple[int, ...] = ()
    """For each of `waits`: the number of its need."""

    @property
    def oldest(self) -> float | None:
        """Longest wait in the queue, None where nobody waits."""
        return self.waits[0] if self.waits else None


@dataclass(frozen=True, slots=True)
class Series:
    """A metric by interval of the run: `times` are the intervals' ends (s), `values` may be nan."""

    times: NDArray[np.float64]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The floor at `now` (seconds since Monday 00:00 of the first week)."""

    now: float
    kpi: Mapping[str, float | None]
    """Metrics over the last hour, by name in `core.metrics`; None where there is nothing to measure.
    Always there: frt_p90, service_level, csat, waiting, occupancy, cost_per_conversation, abandonment_rate, roar."""
    funnel: Mapping[str, int]
    """Last hour: needs that arose; conversations that ended in each way (`core.records.Outcome`, in small letters),
    that joined a team's queue (human), that came back (again). Right now: with_help_centre, with_bot, waiting,
    in_hand."""
    series: Mapping[str, Series]
    """The same names as `kpi`, by interval since the start of the run (the last three days)."""
    teams: tuple[TeamSnapshot, ...]
    flow: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    """When those of the funnel's last hours passed (s), by the funnel's names, in no order; see `sim.pulse.FLOW`."""
