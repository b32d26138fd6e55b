"""What a search for staffing comes to: the plan, what it reaches, today's plan beside it, and what cannot be met.

Made by `sim.experiments.staffing_search`, told by `tui.planning`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.estimates import Difference, Estimate, bonferroni
from core.scenario import Scenario
from core.staffing.grid import Grid
from core.staffing.targets import ALL, Scope, Target
from core.staffing.tours import Tour
from sim.experiments.staffing_trials import Outcome

Array = NDArray[np.float64]

_CLOSE = 0.15
"""A target that leaves no more than this share of the way from today's to the limit is close to it."""
_FIRST = 0.7
"""Share of the risk of a wrong yes that the first look at a plan may take; each later one takes 0.3 of that before."""


@dataclass(frozen=True)
class TeamPlan:
    """The people of one team."""

    team: str
    people: Mapping[Tour, int]
    today: Array
    """People on duty in each interval by the scenario's own plan, new hires included as they come."""
    on_duty: Array
    """People on duty in each interval by this plan, new hires included."""
    needed: Array
    """People on duty whom the formulas ask for in each interval on its own; absences are allowed for."""
    calls: Array
    """Calls and chats that join in each interval of an average week."""
    cost_per_hour: float
    hours_today: float
    """Paid hours by the scenario's own plan."""
    hired_hours: float = 0.0
    """Paid hours of new hires, who come on top of either plan."""

    @property
    def heads(self) -> int:
        """People it takes, each on one tour all week or taking turns; 0 where people come by the interval."""
        return sum(tour.heads(count) for tour, count in self.people.items())

    @property
    def hours(self) -> float:
        """Paid hours over the grid's days, those of new hires included."""
        return math.fsum(tour.hours * count for tour, count in self.people.items()) + self.hired_hours


@dataclass(frozen=True)
class Shortfall:
    """A target that cannot be met, and by how much."""

    target: Target
    with_enough: Estimate
    """What people without number reach in today's opening hours."""
    around_the_clock: Estimate | None
    """What they would reach at every hour of the week; None where today's hours are these."""
    by_channel: Mapping[str, Estimate]
    """What they reach in each channel alone, where the target speaks of several."""


@dataclass(frozen=True)
class StaffingPlan:
    """A plan, what it reaches by the simulation, and today's plan beside it."""

    scenario: Scenario
    """Today's floor."""
    proposed: Scenario
    grid: Grid
    targets: Sequence[Target]
    """What was asked for; of `best_reachable` none."""
    teams: Sequence[TeamPlan]
    today: Outcome
    outcome: Outcome
    """The same replications as `today`."""
    enough: Outcome
    """With all the people one could want, in today's opening hours."""
    confidence: float
    seed: int
    shortfalls: Sequence[Shortfall] = ()
    """Targets that no number of people meets."""
    budget: float | None = None
    people: int | None = None
    """Most people, where that was asked for."""
    over_budget: float = 0.0
    """What the cheapest plan that meets the targets costs more than the budget; then this is the best within it."""
    checked: bool = True
    """Whether the figures are from replications that the search has not used."""
    looks: int = 1
    """How often the check looked: at this plan with more replications, and at cheaper ones that failed."""
    interrupted: bool = False
    replications: int = 0
    """Replications that the search and the check took."""

    @property
    def met(self) -> bool:
        """Every target, with the confidence."""
        return not self.shortfalls and all(target.verdict(self.reached(target)) is True for target in self.targets)

    def reached(self, target: Target) -> Estimate:
        """The target's metric; the worse end of its interval holds with the confidence, for all targets together."""
        sure = confidence_of_look(self.confidence, max(0, self.looks - 1)) if self.checked else self.confidence
        return self.outcome.estimate(target, two_sided(sure, len(self.targets)))

    def limit(self, target: Target) -> Estimate | None:
        """What no number of people goes beyond, where the target asks for most of the way from today's to it."""
        limit, now = (outcome.replicated(target.metric, target.scope).estimate()
                      for outcome in (self.enough, self.today))
        if limit.value is None or now.value is None or target.missing(now.value) <= 0:
            return None
        left, way = abs(limit.value - target.value), abs(limit.value - now.value)
        if target.spec.unit == "s":
            # Half of a long wait is sooner had than half of what then is left.
            left, way = (abs(math.log(max(end, 1.0) / max(limit.value, 1.0))) for end in (target.value, now.value))
        return limit if left <= _CLOSE * way else None

    def difference(self, metric: str, scope: Scope = ALL) -> Difference:
        """The plan minus today, replication by replication."""
        return self.outcome.minus(self.today, metric, scope)

    def weeks_that_meet(self, target: Target) -> float:
        """Share of the replications that meet the target: what a single week may look like."""
        values = self.outcome.values(target)
        return sum(target.met_by(value) for value in values) / max(1, len(values))

    @property
    def hours(self) -> tuple[float, float]:
        """Paid hours of the planned teams over the grid's days: today, and by this plan."""
        return math.fsum(team.hours_today for team in self.teams), math.fsum(team.hours for team in self.teams)

    @property
    def cost(self) -> tuple[float, float]:
        """What they cost: today, and by this plan."""
        return (math.fsum(team.hours_today * team.cost_per_hour for team in self.teams),
                math.fsum(team.hours * team.cost_per_hour for team in self.teams))



def confidence_of_look(confidence: float, look: int) -> float:
    """With which a look (0, 1, 2, ...) must be sure, so that all together, however many, are with the confidence.

    The risks 0.7, 0.21, 0.063 ... of the whole sum to it.
    """
    return 1.0 - (1.0 - confidence) * _FIRST * (1.0 - _FIRST)**look


def two_sided(confidence: float, targets: int) -> float:
    """Confidence of the two-sided intervals whose one end holds with the given confidence for all targets together."""
    return 1.0 - 2.0 * (1.0 - bonferroni(confidence, targets))
