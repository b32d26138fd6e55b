"""What the formulas propose: plans that should reach the targets by Erlang A, and what changes of a plan would miss.

A proposal is asked for with an effort, the one dial that `sim.experiments.staffing_search` turns until the simulation
is content. Teams that take over from one another in time are one pool here (`core.staffing.pools`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.scenario import Scenario
from core.staffing import program
from core.staffing.grid import Grid, cost_per_hour, hired, planned
from core.staffing.loads import TeamLoad, lookup, needed, table
from core.staffing.pools import Pool, inside, pools
from core.staffing.program import Bound, Counts, Level, TeamPart
from core.staffing.targets import Scope, Target
from core.staffing.tours import Rules, RulesError, Tour, own_tours, single_steps, tours, with_people

Array = NDArray[np.float64]
Shifts = Literal["new", "own", "free"]

_USUAL = 0.8
"""Share in time from which the search starts for metrics that say no share of their own."""
_ROOM = 0.08
"""Time that a day has beyond what its work needs, at no effort; each unit of effort doubles it."""
_CROWD = 2000.0
"""Load (erlangs) beyond which people enough are no more."""
_WORTH = 0.02
"""Calls or chats that an hour of work is worth beyond those it answers by the formulas."""
_SOON = 3600.0
"""Time (s) within which emails too need somebody who is free, not a day that has room for them."""
_BREADTH = 0.02
"""Share of their cost by which people for a further queue seem dearer: who can do everything is hard to find."""


@dataclass(frozen=True, slots=True)
class Aim:
    """A target as a share of somebody's conversations."""

    scope: Scope
    within: float | None
    """Answered within this time (s); None: who do not give up."""
    share: float
    """What it asks for, or what the search for it starts from."""
    mail: bool
    """Whether emails have to be answered as soon as calls and chats."""

    def calls(self, load: TeamLoad) -> Array:
        """Those of a queue that it speaks of, by interval."""
        return load.with_mail.calls if self.mail else load.calls


@dataclass(frozen=True)
class Change:
    """Of people on tours."""

    moves: tuple[tuple[str, int, int], ...]
    """Team, position of the tour, and how many more (or fewer)."""
    lost: float
    """Calls and chats no longer answered in time, by the formulas."""
    saved: float
    """Money, or hours where people cost nothing."""
    before: Counts

    @property
    def counts(self) -> Counts:
        """The plan after it."""
        after = {name: people.copy() for name, people in self.before.items()}
        for name, place, more in self.moves:
            after[name][place] += more
        return after


class Proposals:
    """Plans for some teams of a floor; `loads` must be told before anything is proposed."""

    def __init__(self, scenario: Scenario, teams: Sequence[str], rules: Rules, shifts: Shifts, grid: Grid):
        # A team in which nobody ever works (others take over its queue) has no hours to plan.
        today = {name: planned(scenario, team, grid) for name, team in scenario.team.items()}
        staffed = tuple(name for name, people in today.items() if people.any())
        self.scenario, self.rules, self.shifts, self.grid = scenario, rules, shifts, grid
        self.teams = tuple(teams) or staffed
        self.everyone = tuple(scenario.team)
        """The teams of the plan, and others that help or are helped."""
        self.opening = {name: today[name] for name in self.everyone}
        """People on duty in each interval by today's plan."""
        self.hired = {name: hired(scenario, name, grid, today[name]) for name in self.everyone}
        """People who come on top of any plan: on duty, and paid."""
        self.tours = {name: self._tours(self.opening[name]) if name in self.teams else [] for name in self.everyone}
        nobody = [name for name in self.teams if not self.tours[name]]
        if nobody:
            raise RulesError(f"{', '.join(nobody)}: nobody is planned there today, so there are no hours to plan for")
        self.targets: tuple[Target, ...] = ()
        """Which the proposals aim for."""
        self.loads: dict[str, TeamLoad] = {}
        self._families: dict[float, list[Pool]] = {}
        self._curves: dict[tuple[Pool, float | None, bool], list[Array]] = {}
        self._tables: dict[tuple[Pool, float | None, bool], Array] = {}
        # Without effort: for what does not depend on it.
        self.parts = {name: self._part(name, None) for name in self.everyone}

    def _tours(self, opening: Array) -> list[Tour]:
        if self.shifts == "own":
            return own_tours(self.scenario, self.grid, self.rules.days)
        if self.shifts == "free":
            return single_steps(self.grid, opening)
        # What people work today they can go on working.
        own = [tour for tour in own_tours(self.scenario, self.grid, self.rules.days) if float(tour.duty @ opening) > 0]
        return [*own, *tours(self.rules, self.grid, np.minimum(opening, 1.0))]

    # Floors

    def with_enough(self, hours: Mapping[str, Array]) -> Scenario:
        """The floor with far more people than it needs at those hours."""
        demand = self.scenario.demand
        highest = max([1.0, *(float(profile.week().max()) for profile in self.scenario.profile.values())])
        topics, channels = self.scenario.topic.values(), self.scenario.channel.values()
        share = math.fsum(topic.share for topic in topics)
        handle = math.fsum(topic.share / share * (topic.handle_time.moments()[0] + topic.after_work.moments()[0])
                           for topic in topics) * max(channel.handle_factor for channel in channels)
        load = min(demand.rate * demand.level * highest * handle, _CROWD)
        crowd = math.ceil(2.0 * load + 3.0 * math.sqrt(load) + 10.0)
        return with_people(self.scenario, self.grid, {
            name: dict.fromkeys(single_steps(self.grid, opening), crowd) for name, opening in hours.items()})

    def floor(self, counts: Counts) -> Scenario:
        """The floor with a plan."""
        return with_people(self.scenario, self.grid, {
            name: {tour: int(count) for tour, count in zip(self.tours[name], counts[name], strict=True)}
            for name in self.teams})

    def cost(self, counts: Counts) -> float:
        """Of a plan, hires left out: money, or hours where people cost nothing."""
        return math.fsum(float(self.parts[name].costs @ counts[name]) for name in self.teams)

    def cost_today(self) -> float:
        """The same of today's plan."""
        return math.fsum(float(self.opening[name].sum()) * self.grid.step / 3600.0
                         * (cost_per_hour(self.scenario, name) or 1.0) for name in self.teams)

    # What a target asks of the formulas

    def aim(self, target: Target) -> Aim:
        """The target in the formulas' words."""
        metric, value = target.spec, target.value
        if metric.name == "abandonment_rate":
            return Aim(target.scope, None, 1.0 - value if math.isfinite(value) else _USUAL, False)
        timed = metric.unit == "s" and 0.0 < value < math.inf
        within = (self.scenario.service_level.within if metric.name.startswith("service_level") else value if timed
                  else min(channel.expects.moments()[0] for channel in self.scenario.channel.values()))
        share = (value if metric.name.startswith("service_level") and math.isfinite(value)
                 else metric.share if timed and metric.kind == "quantile" else _USUAL)
        live = target.scope.kind == "channel" and self.scenario.channel[target.scope.name].kind != "email"
        return Aim(target.scope, within, share, within < _SOON and not live)

    def _queues(self, scope: Scope) -> list[str]:
        return [name for name in self.everyone if scope.kind != "team" or name == scope.name]

    def _family(self, within: float | None) -> list[Pool]:
        limit = math.inf if within is None else within
        if limit not in self._families:
            self._families[limit] = pools(self.scenario, self.everyone, limit)
        return self._families[limit]

    def curves(self, pool: Pool, aim: Aim) -> list[Array]:
        """What people of a pool do for its queues in each interval."""
        key = (pool, aim.within, aim.mail)
        if key not in self._curves:
            load = TeamLoad.together([self.loads[name] for name in pool.queues])
            self._curves[key] = (load.with_mail if aim.mail else load).curves(self.grid, aim.within)
        return self._curves[key]

    def _level(self, target: Target, effort: float, parts: Mapping[str, TeamPart]) -> Level | None:
        """What the formulas are asked for; each unit of effort halves the share that is answered late."""
        aim = self.aim(target)
        queues = self._queues(aim.scope)
        calls = {name: aim.calls(self.loads[name]) for name in queues}
        total = math.fsum(float(calls[name].sum()) for name in queues)
        if total <= 0:
            return None
        bounds = [Bound(pool.queues, pool.people, self.curves(pool, aim)) for pool in self._family(aim.within)
                  if set(pool.queues) & set(queues)]
        # Who calls while nobody can be there is late whatever the plan.
        most = 0.0
        for name in queues:
            smallest = next(bound for bound in bounds if name in bound.queues)
            anyone = np.any([parts[team].at_work.any(axis=1) | (parts[team].already > 0)
                             for team in smallest.people], axis=0)
            most += float(calls[name] @ np.where(anyone, [curve[-1] for curve in smallest.curves], 0.0)) / total
        share = aim.share if aim.share < most else most * _USUAL
        return Level(max(0.0, most - (most - share) * 2.0**-effort), calls, bounds)

    def _part(self, team: str, effort: float | None) -> TeamPart:
        """The team's part of the program; without an effort, days need no time of their own."""
        settings, opening = self.scenario.team[team], self.opening[team]
        there = (1.0 - settings.shrinkage.absent) * (1.0 - settings.shrinkage.away)
        grid, is_planned = self.grid, team in self.teams
        stretches = np.kron(np.eye(grid.days), np.full(grid.steps_a_day, grid.step))
        time = (self._days(self.loads[team], opening, effort) if effort is not None and is_planned
                else np.zeros(grid.days))
        serves = sum(team in self.scenario.team[name].overflow for name in self.everyone)
        least = np.minimum(opening, self.rules.at_least) if is_planned else np.zeros(len(grid))
        return TeamPart(self.tours[team], there, cost_per_hour(self.scenario, team), least, time, stretches,
                        self.rules.part_time if self.shifts == "new" else 1.0,
                        there * (self.hired[team][0] + (0.0 if is_planned else opening)), 1.0 + _BREADTH * serves)

    def _days(self, load: TeamLoad, opening: Array, effort: float) -> Array:
        """Time (s) that people need for what comes, by day.

        Emails that come while nobody is there belong to the next interval that is open. Where everything is answered at
        once or given up on, no day needs more time than the level asks for.
        """
        grid = self.grid
        if not load.later.any() or not opening.any():
            return np.zeros(grid.days)
        waiting = load.later.copy()
        # Twice round the week: what comes on Sunday night moves on to Monday.
        for interval in [*range(len(grid))] * 2:
            following = (interval + 1) % len(grid)
            if opening[interval] == 0.0 and (following or grid.days == 7):
                waiting[following] += waiting[interval]
                waiting[interval] = 0.0
        room = 1.0 + _ROOM * 2.0**effort
        time = (load.least_work + waiting).reshape(grid.days, -1).sum(axis=1) * room
        return np.where(opening.reshape(grid.days, -1).any(axis=1), time, 0.0)

    # Proposals

    def propose(self, effort: float) -> Counts | None:
        """The cheapest plan that makes that effort, None where no number of people does."""
        parts = {name: self._part(name, effort) for name in self.everyone}
        aims = {self.aim(target): target for target in self.targets}
        levels = [level for target in aims.values() if (level := self._level(target, effort, parts)) is not None]
        return program.cheapest(parts, levels)

    def spend(self, target: Target, effort: float, budget: float | None, people: int | None) -> Counts | None:
        """The plan that does most for a target within a budget or a number of people; effort goes to what can wait."""
        parts = {name: self._part(name, effort) for name in self.everyone}
        level = self._level(target, 0.0, parts)
        if level is None:
            return program.cheapest(parts, [], budget, people)
        return program.best(parts, level, budget, people)

    def as_today(self, scale: float = 1.0) -> Counts | None:
        """Today's people, so many times as many: on their own shifts, or on such as cover today's hours.

        None where that leaves hours without anyone, or no shifts cover them.
        """
        counts: Counts = {name: np.zeros(len(self.tours[name]), dtype=np.int64) for name in self.everyone}
        for name in self.teams:
            team, part = self.scenario.team[name], self.parts[name]
            places = {tour.name: place for place, tour in enumerate(part.tours) if tour.shift is not None}
            if self.shifts == "free":
                counts[name] = np.rint(scale * self.opening[name][self.opening[name] > 0]).astype(np.int64)
            elif team.shifts and not team.extra and team.shifts.keys() <= places.keys():
                for shift, number in team.shifts.items():
                    counts[name][places[shift]] = round(scale * number)
            else:
                covering = TeamPart(part.tours, part.there, part.cost_per_hour, scale * self.opening[name],
                                    np.zeros(0), np.zeros((0, len(self.grid))), part.part_time, part.already)
                found = program.cheapest({name: covering}, [])
                if found is None:
                    return None
                counts[name] = found[name]
            if (part.on_duty @ counts[name] < part.duty * np.minimum(1.0, part.on_duty.max(axis=1)) - 1e-9).any():
                return None
        return counts

    # Changes of a plan

    def removals(self, counts: Counts) -> Iterator[Change]:
        """One person of the plan off, or on another tour, as far as the opening hours and the rules allow it."""
        at_work = self._at_work(counts)
        for name in self.teams:
            part = self.parts[name]
            coverage, costs, duty = part.at_work, part.costs, part.on_duty
            on_duty = duty @ counts[name]
            least = np.minimum(part.duty, on_duty) - 1e-9
            part_timers = np.array([tour.part_time for tour in part.tours])
            now = self._answered(name, at_work, at_work[name][:, None])
            for place in np.flatnonzero(counts[name]).tolist():
                # Nobody instead, then each other tour.
                others = np.column_stack([np.zeros(len(self.grid)), coverage])
                there = (on_duty - duty[:, place])[:, None] + np.column_stack([np.zeros(len(self.grid)), duty])
                saved = costs[place] - np.concatenate([[0.0], costs])
                heads = int(counts[name].sum()) - np.concatenate([[1], np.zeros(len(costs), dtype=int)])
                timers = (int(counts[name] @ part_timers) - int(part_timers[place])
                          + np.concatenate([[0], part_timers.astype(int)]))
                allowed = (there >= least[:, None]).all(axis=0) & (timers <= part.part_time * heads + 1e-9)
                allowed[place + 1] = False
                which = np.flatnonzero(allowed)
                people = (at_work[name] - coverage[:, place])[:, None] + others[:, which]
                lost = now - self._answered(name, at_work, people)
                for other, less in zip(which.tolist(), lost.tolist(), strict=True):
                    moves = [(name, place, -1)] + ([(name, other - 1, 1)] if other else [])
                    yield Change(tuple(moves), less, float(saved[other]), counts)

    def additions(self, counts: Counts) -> Iterator[Change]:
        """One person more on a tour."""
        at_work = self._at_work(counts)
        for name in self.teams:
            part, people = self.parts[name], at_work[name][:, None]
            gained = self._answered(name, at_work, people + part.at_work) - self._answered(name, at_work, people)
            for place, cost in enumerate(part.costs.tolist()):
                yield Change(((name, place, 1),), -float(gained[place]), -cost, counts)

    def _at_work(self, counts: Counts) -> dict[str, Array]:
        return {name: part.at_work @ counts[name] + part.already for name, part in self.parts.items()}

    def _answered(self, team: str, at_work: Mapping[str, Array], people: Array) -> Array:
        """Calls and chats answered in time by the formulas, of those that the team's people can change.

        Args:
            team: whose people differ.
            at_work: people at work in each interval, of everyone else.
            people: the team's, a column for each plan, shape (intervals, plans).
        """
        total = np.zeros(people.shape[1])
        for target in self.targets:
            aim = self.aim(target)
            calls = {name: aim.calls(self.loads[name]) for name in self._queues(aim.scope)}
            family = self._family(aim.within)
            for pool in family:
                if team in pool.people and not any(set(pool.queues) < set(other.queues) for other in family):
                    total += self._answered_of(pool, aim, calls, {**at_work, team: people}).sum(axis=0)
        # An hour of work is worth a little in itself: for emails, and where the formulas see no difference.
        total += _WORTH * people.sum(axis=0)
        return total

    def _answered_of(self, pool: Pool, aim: Aim, calls: Mapping[str, Array],
                     at_work: Mapping[str, Array]) -> Array:
        """What is answered of a pool's queues: no more than its people can, nor than each smaller pool's can."""
        smaller = inside(pool, self._family(aim.within))
        loose = [name for name in pool.queues if name in calls and not any(name in one.queues for one in smaller)]
        parts = [self._answered_of(one, aim, calls, at_work) for one in smaller]
        everything = sum((calls[name][:, None] for name in loose), np.zeros((len(self.grid), 1))) + sum(parts)
        key = (pool, aim.within, aim.mail)
        if key not in self._tables:
            self._tables[key] = table(self.curves(pool, aim))
        people = sum(at_work[name] if at_work[name].ndim == 2 else at_work[name][:, None] for name in pool.people)
        asked = sum((calls[name][:, None] for name in pool.queues if name in calls), np.zeros((len(self.grid), 1)))
        answered: Array = np.minimum(asked * lookup(self._tables[key], np.asarray(people)), everything)
        return answered

    # What is told of them

    def asked_for(self, team: str) -> Array:
        """People on duty whom the formulas ask for in each interval on its own; absences are allowed for.

        By the first target that speaks of the team. What a pool needs beyond the smaller ones in it is shared by the
        teams that are new in it, by their own work.
        """
        speaking = [target for target in self.targets if target.scope.kind != "team" or target.scope.name == team]
        if not speaking:
            return np.zeros(len(self.grid))
        aim = self.aim(speaking[0])
        family = self._family(aim.within)
        pool = next(one for one in family if team in one.people)

        def whole(one: Pool) -> Array:
            return np.array([float(needed(curve, aim.share)) for curve in self.curves(one, aim)])

        smaller = inside(pool, family)
        new = [name for name in pool.people if not any(name in one.people for one in smaller)]
        work = {name: float(self.loads[name].work.sum()) for name in new}
        share = work[team] / total if (total := math.fsum(work.values())) > 0 else 1.0 / len(new)
        people = np.maximum(whole(pool) - sum((whole(one) for one in smaller), np.zeros(len(self.grid))), 0.0)
        return np.asarray(people * share / self.parts[team].there)
