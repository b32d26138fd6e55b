"""A floor drill, ready to run: any deeds under any seed, without a screen, to the last digit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from core.drill.course import Deed, course, in_order
from core.drill.file import DrillFile
from core.drill.floor import FloorDrill
from core.drill.score import Run, gain, run_of
from core.errors import DrillError
from core.interventions import Intervention
from core.scenario import Scenario
from sim.floor import Floor


@dataclass(frozen=True)
class Exercise:
    """A drill and its floor."""

    name: str
    drill: FloorDrill
    scenario: Scenario
    """The floor, with what it plans itself; it ends with play, and who came before the time that counts is warm-up."""
    digest: str

    @classmethod
    def of(cls, file: DrillFile) -> Exercise:
        """The exercise of a drill file.

        Raises:
            DrillError: where it is a drill of another kind.
        """
        drill = file.drill
        if not isinstance(drill, FloorDrill):
            raise DrillError(f"{file.name}: is a {drill.kind} drill; a floor drill is wanted")
        counted = drill.start if drill.counted_from is None else drill.counted_from
        scenario = file.scenario.model_copy(update={"length": drill.end, "warm_up": counted})
        return cls(file.name, drill, scenario, file.digest)

    @property
    def plain(self) -> Scenario:
        """The floor without what it plans itself, which is in every course."""
        return self.scenario.model_copy(update={"intervention": ()})

    def course(self, deeds: Iterable[Deed]) -> tuple[Intervention, ...]:
        """What becomes of the floor's keys with these deeds."""
        return course(self.drill, self.scenario, deeds)

    def floor(self, deeds: Iterable[Deed], seed: int, keep_records: bool = False) -> Floor:
        """A floor at the beginning of that course."""
        return Floor(self.plain, seed, interventions=self.course(deeds), keep_records=keep_records)

    def run(self, deeds: Iterable[Deed], seed: int) -> Run:
        """What comes of the deeds under that seed."""
        deeds = in_order(deeds)
        floor = self.floor(deeds, seed)
        floor.advance(self.drill.end)
        return run_of(self.drill, deeds, floor.measures())

    def gain(self, run: Run, twin: Run) -> float:
        """Money by which a run is better than doing nothing."""
        return gain(self.drill, self.scenario, run, twin)
