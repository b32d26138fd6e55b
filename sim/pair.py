"""A floor and its twin, stepped side by side in small pieces, so that whoever calls is never kept waiting for long.

`sim.live` owns a `Pair` and gives it slices of real time. The floors take turns: between two calls one may be a
stretch ahead of the other, and one may have been looked at while the other has not. Nothing of that shows in a run,
since in how many pieces a floor is run makes no difference to it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Protocol

from core.interventions import Intervention
from core.records import Records
from core.scenario import Scenario
from core.units import MINUTE
from sim.case import Case
from sim.floor import Floor
from sim.people import People
from sim.snapshot import Snapshot

SLICE = 0.004
"""Real seconds that one stretch of simulation should take; the budget is checked between stretches."""
STRIDES = (1.0, 15 * MINUTE)
"""Shortest and longest such stretch (simulated s)."""


class Steppable(Protocol):
    """What live play needs of a floor."""

    @property
    def now(self) -> float:
        """Seconds since Monday 00:00 of the first week."""

    def advance(self, until: float) -> None:
        """Runs to that time (s)."""

    def intervene(self, intervention: Intervention) -> None:
        """Takes a change, for now or for later."""

    def replan(self, changes: Iterable[Intervention]) -> None:
        """Takes what will be changed after now, in place of what would have been."""

    def snapshot(self) -> Snapshot:
        """The floor as it stands."""

    def case(self, need: int, people: People) -> Case:
        """What has happened about a need so far."""

    def rated(self, since: float) -> Records:
        """The conversations that have been rated since a time."""


MakeFloor = Callable[[Scenario, int, tuple[Intervention, ...]], Steppable]


def make_floor(scenario: Scenario, seed: int, interventions: tuple[Intervention, ...]) -> Steppable:
    """A floor of the model, at the beginning of its first day: before, there is nothing to look at."""
    floor = Floor(scenario, seed=seed, interventions=interventions)
    floor.advance(0.0)
    return floor


class Pair:
    """The floor that the user changes, and its twin. `clock` tells real seconds."""

    def __init__(self, floor: Steppable, twin: Steppable, clock: Callable[[], float] = time.perf_counter):
        self.floor, self.twin = floor, twin
        self._clock = clock
        self._stride = MINUTE
        self._half: tuple[tuple[object, ...], Snapshot] | None = None
        """A picture of the floor that still wants the twin's beside it, and what it was taken of."""
        self._whole: tuple[tuple[object, ...], Snapshot, Snapshot] | None = None

    @property
    def now(self) -> float:
        """Time of the floor (s); its twin may have yet to follow."""
        return self.floor.now

    @property
    def level(self) -> bool:
        """Whether both are at the same time."""
        return self.twin.now >= self.floor.now

    def replace(self, floors: tuple[Steppable, ...]) -> None:
        """Another floor takes the place of the one there was, or both do."""
        self.floor, self.twin = (*floors, self.twin)[:2]

    def run(self, goal: float, deadline: float, floors: tuple[Steppable, ...] = ()) -> None:
        """Runs both, or the floors given, to `goal` (s), in stretches that take about `SLICE` real seconds each.

        It ends at `deadline` (real s) in any case, with the floors a stretch apart at the most.
        """
        floors = floors or (self.floor, self.twin)
        while True:
            behind = min(floors, key=lambda floor: floor.now)
            before, ahead = behind.now, max(floor.now for floor in floors)
            if before >= goal:
                return
            began = self._clock()
            behind.advance(ahead if ahead > before else min(goal, before + self._stride))
            ended = self._clock()
            if (ended - began) * len(floors) > SLICE:
                self._stride = max(STRIDES[0], self._stride / 2)
            elif (ended - began) * len(floors) < SLICE / 2:
                self._stride = min(STRIDES[1], self._stride * 2)
            if ended >= deadline:
                return

    def catch_up(self) -> None:
        """The twin comes to where the floor is, however long that takes."""
        if not self.level:
            self.twin.advance(self.floor.now)

    def look(self, generation: int) -> Snapshot | None:
        """The next piece of looking at both: the twin catches up, the floor is looked at, or its twin.

        Pieces that cost next to nothing go in one. `generation` tells changes apart at one time of the clock.
        Returns the floor's snapshot in the piece in which it was taken.
        """
        began, stamp = self._clock(), self._stamp(generation)
        self.catch_up()
        taken = None
        if self._whole is None or self._whole[0] != stamp:
            if self._half is None or self._half[0] != stamp:
                if self._clock() - began >= SLICE:
                    return None
                taken = self.floor.snapshot()
                self._half = stamp, taken
                if self._clock() - began >= SLICE:
                    return taken
            self._whole = stamp, self._half[1], self.twin.snapshot()
            self._half = None
        return taken

    def seen(self, generation: int) -> bool:
        """Whether both have been looked at as they stand."""
        return self._whole is not None and self._whole[0] == self._stamp(generation)

    @property
    def pictures(self) -> tuple[Snapshot, Snapshot] | None:
        """The floor and its twin as they were last seen together; None where they have never been."""
        return None if self._whole is None else self._whole[1:]

    def forget(self) -> None:
        """What was seen was of another course."""
        self._half = self._whole = None

    def _stamp(self, generation: int) -> tuple[object, ...]:
        return id(self.floor), self.floor.now, generation
