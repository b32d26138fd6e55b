"""What a log measured: abandonment, speed of answer, service level; names and formulas are those of `core.metrics`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.units import DAY, HOUR

MEASURES = ("abandonment_rate", "asa", "answer_p90", "service_level")
"""Gave up / all; mean and 90th percentile of the answered's wait (s); answered within the threshold / all."""

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls as a queue sees them, from a log or from a run."""

    received: Floats
    """When each joined the queue (s since a Monday 00:00)."""
    wait: Floats
    """Until answered or given up (s)."""
    answered: Flags
    """Whether a person took it."""

    def __len__(self) -> int:
        return len(self.received)

    @property
    def hour(self) -> NDArray[np.int64]:
        """Hour of the day of each call."""
        return (self.received % DAY // HOUR).astype(np.int64)

    @property
    def day(self) -> NDArray[np.int64]:
        """Day of each call, from 0 on the Monday."""
        return (self.received // DAY).astype(np.int64)

    def where(self, rows: Flags) -> Calls:
        """Some of the calls."""
        return Calls(self.received[rows], self.wait[rows], self.answered[rows])

    def measures(self, within: float) -> dict[str, float]:
        """Every one of `MEASURES`, nan where there is nothing to measure; `within` is the service level's (s)."""
        waits = self.wait[self.answered]
        some, answered = len(self) > 0, len(waits) > 0
        return {"abandonment_rate": 1.0 - len(waits) / len(self) if some else np.nan,
                "asa": float(waits.mean()) if answered else np.nan,
                "answer_p90": float(np.quantile(waits, 0.9)) if answered else np.nan,
                "service_level": float(np.count_nonzero(waits <= within)) / len(self) if some else np.nan}
