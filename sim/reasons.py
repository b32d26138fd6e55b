"""Why CSAT moved: the difference between a floor and its twin, by driver and by cohort, and who is behind each part.

Both floors' rated conversations of a stretch of time are split with `core.attribution`, whose parts add up. Used by
live play (`LiveSession`) and `flightdesk why`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from core.attribution import CohortSplit, DriverSums, shares, split, split_cohorts
from core.metrics import METRICS
from core.records import Floats, Records
from core.satisfaction import CONTROLLED, DRIVERS
from core.scenario import Scenario
from core.tally import DIMENSIONS
from core.view import View

DRIVER = "driver"
"""The split by what conversations met with; the others are those of `DIMENSIONS`."""
MOST = 50
"""Conversations that are listed behind a part."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of the difference: a driver, or a cohort's own change."""

    name: str
    """A driver, baseline or chance; a cohort's name, or mix."""
    points: float
    """What it adds to CSAT, as a fraction."""
    controlled: bool = False
    """Whether the person who took the conversation controls it."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """A conversation behind a part."""

    need: int
    contact: int
    topic: str
    segment: str
    channel: str
    level: str
    rating: int
    twin_rating: int | None
    """The same conversation's rating in the twin, None where it has no such conversation."""
    points: float
    """What the part did to its chance of a rating of 4 or 5, against the twin where that has it."""


@dataclass(frozen=True)
class Why:
    """The rated conversations of a floor and its twin that ended between two times (s)."""

    since: float
    until: float
    scenario: Scenario
    """In force on the floor; the twin's is `planned`."""
    planned: Scenario
    rows: Records = field(repr=False)
    twin_rows: Records = field(repr=False)

    @cached_property
    def _views(self) -> tuple[View, View]:
        """Twin's and own."""
        return (View(self.twin_rows, self.planned, self.until), View(self.rows, self.scenario, self.until))

    @cached_property
    def _sums(self) -> tuple[DriverSums, DriverSums]:
        made = []
        for view in self._views:
            # The names of the planned scenario on both sides: a key of a change adds no table.
            sums = DriverSums({name: list(getattr(self.planned, name)) for name in DIMENSIONS})
            sums.add(view.drivers, view.scenario.satisfaction, view.rated, view.rows.rating >= 4, view.closed,
                     {name: getattr(view.rows, name) for name in DIMENSIONS})
            made.append(sums)
        return made[0], made[1]

    @property
    def rated(self) -> tuple[int, int]:
        """How many conversations count, in the twin and on the floor."""
        return len(self.twin_rows), len(self.rows)

    @cached_property
    def csat(self) -> tuple[float | None, float | None]:
        """The twin's and the floor's."""
        before, after = (METRICS["csat"].of(view) for view in self._views)
        return before, after

    @property
    def difference(self) -> float | None:
        """What the floor has beyond its twin."""
        before, after = self.csat
        return None if before is None or after is None else after - before

    @property
    def dimensions(self) -> tuple[str, ...]:
        """By what it can be split: drivers, and the cohorts of which there is more than one."""
        return (DRIVER, *(name for name in DIMENSIONS if len(getattr(self.planned, name)) > 1))

    def reasons(self, dimension: str = DRIVER) -> tuple[Reason, ...]:
        """The parts along one dimension, the largest first; they sum to the difference; none where nothing is rated."""
        if self.difference is None:
            return ()
        twin, own = self._sums
        if dimension == DRIVER:
            parts = [Reason(part.name, part.points.value or 0.0, part.name in CONTROLLED, DRIVERS.get(part.name, ""))
                     for part in split([twin], [own])]
        else:
            found = self.cohorts(dimension)
            parts = [Reason(cohort.name or "none", cohort.points.value or 0.0,
                            detail=_csats(cohort.csat, cohort.share)) for cohort in found.cohorts]
            parts.append(Reason("mix", found.mix.value or 0.0, detail="more of some cohorts, fewer of others"))
        return tuple(sorted((part for part in parts if part.points), key=lambda part: -abs(part.points)))

    def cohorts(self, dimension: str) -> CohortSplit:
        """The split by cohort, whole."""
        twin, own = self._sums
        return split_cohorts([twin], [own], dimension)

    @cached_property
    def _chances(self) -> tuple[Mapping[str, Floats], Mapping[str, Floats]]:
        """What each driver adds to each conversation's chance of a 4 or 5: twin's and own."""
        twin, own = (shares(view.drivers, view.scenario.satisfaction) for view in self._views)
        return twin, own

    def witnesses(self, dimension: str, name: str) -> tuple[Witness, ...]:
        """The conversations of the floor behind a part, those that moved it most first.

        A conversation is compared with the same one of the twin (number of the need and contact): what does not differ
        says nothing. One that the twin does not have counts with all that the part did to it.
        """
        rows = self.rows
        if not len(rows):
            return ()
        twin, own = self._chances
        partner = _partners(rows, self.twin_rows)
        there = partner >= 0
        moved = np.zeros(len(rows))
        for driver in ([name] if dimension == DRIVER else DRIVERS):
            before = twin.get(driver, np.zeros(len(self.twin_rows)))
            moved += own.get(driver, 0.0) - np.where(there, before[partner] if len(before) else 0.0, 0.0)
        chosen = np.ones(len(rows), dtype=bool)
        if dimension != DRIVER:
            names = list(getattr(self.planned, dimension))
            chosen = getattr(rows, dimension) == (names.index(name) if name in names else -1)
        elif name == "chance":  # ratings that came out otherwise
            before = np.where(there, self.twin_rows.rating[partner] if len(self.twin_rows) else 0, rows.rating)
            moved = (rows.rating >= 4).astype(np.float64) - (before >= 4)
        order = np.argsort(-np.abs(moved) * chosen, kind="stable")
        order = order[(chosen & (np.abs(moved) > 1e-9))[order]][:MOST]
        return tuple(self._witness(int(at), int(partner[at]), float(moved[at])) for at in order)

    def _witness(self, at: int, partner: int, points: float) -> Witness:
        rows = self.rows
        topic, segment, channel, level = (
            "" if (place := int(getattr(rows, name)[at])) < 0 else list(getattr(self.planned, name))[place]
            for name in DIMENSIONS)
        return Witness(int(rows.need[at]), int(rows.contact[at]), topic, segment, channel, level, int(rows.rating[at]),
                       int(self.twin_rows.rating[partner]) if partner >= 0 else None, points)


def rated(rows: Records, since: float, until: float) -> Records:
    """The rated conversations among the rows that ended between the times."""
    return rows.where((rows.rating > 0) & (rows.ended > since) & (rows.ended <= until))


def _partners(rows: Records, others: Records) -> np.ndarray:
    """For each row the position of the same conversation among the others, -1 where there is none."""
    known = {key: at for at, key in enumerate(zip(others.need.tolist(), others.contact.tolist(), strict=True))}
    return np.array([known.get(key, -1) for key in zip(rows.need.tolist(), rows.contact.tolist(), strict=True)],
                    dtype=np.int64)


def _csats(csat: tuple[float | None, float | None], share: tuple[float, float]) -> str:
    told = ["–" if value is None else f"{value * 100:.1f} %" for value in csat]
    return f"{told[0]} → {told[1]}, {share[1] * 100:.0f} % of conversations"
