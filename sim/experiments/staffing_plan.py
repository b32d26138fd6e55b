"""The cheapest staffing that meets targets: formulas propose, an integer program makes shifts, the simulation decides.

1. With people enough at all opening hours the floor says what work comes to which team when, and whether the targets
   can be met at all.
2. `core.staffing.program` makes the cheapest shifts that answer a share in time by Erlang A; the share is raised or
   lowered until the simulation, under common random numbers, says that every target is just met.
3. Then people are taken off one by one, where that costs the least, as long as the simulation agrees.
4. The plan is checked on replications that the search has not used. Its figures and their intervals are from those
   alone: a plan chosen because it looked good under some chance looks too good under the same. If it fails there, the
   next dearer plan of the search is checked, on replications of its own.

The other way round, `best_reachable` spends a given budget where it does most for a metric. Nothing is timed, so the
same input gives the same plan.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from core.estimates import Difference, Estimate, bonferroni
from core.metrics import METRICS
from core.scenario import Scenario
from core.staffing import program
from core.staffing.grid import Grid, cost_per_hour, planned
from core.staffing.loads import TeamLoad, lookup, needed, table
from core.staffing.program import Counts, Level, TeamPart
from core.staffing.targets import ALL, Scope, Target, can_be_told_apart
from core.staffing.tours import Rules, RulesError, Tour, own_tours, single_steps, tours, with_people
from core.units import HOUR
from sim.experiments.executor import Executor, Progress, executor
from sim.experiments.staffing_trials import Outcome, Trials

Array = NDArray[np.float64]
Shifts = Literal["new", "own", "free"]

REPLICATIONS = 40
"""With which a plan is checked."""
PILOT = 8
"""Replications with people enough, that say what work there is."""
FIRST_LOOK, LOOK = 4, 12
"""Replications by which a proposed plan is judged: some at first, all where they leave a doubt."""
_TRIED = 16
"""Small changes of a plan that are tried at most."""
_AT_ONCE = 30
"""So many people of a plan for each one more that is taken off at once."""
_MUCH_LESS = 0.8
"""After a change that was too much, one that loses this share of it at most is tried."""
_WORTH = 0.02
"""Calls or chats that an hour of work is worth beyond those it answers by the formulas."""
_CHECKS = 4
"""Plans that are checked at most, each dearer than the one before."""
_EASIEST, _HARDEST = -4.0, 8.0
"""Bounds of the effort that the formulas are asked for."""
_SAME = 0.05
"""Plans whose costs differ by less than this share are near enough: small changes do the rest."""
_USUAL = 0.8
"""Share in time from which the search starts for metrics that say no share of their own."""
_SURE = 0.99
"""Confidence with which a plan is dropped at the first look."""
_ROOM = 0.08
"""Time that a day has beyond what its work needs, at no effort; each unit of effort doubles it."""
_TRIED_ROOMS = (-1.0, 1.0, 2.0)
"""Efforts at which a budget is spent, for what it leaves for work that can wait."""
_CROWD = 2000.0
"""Load (erlangs) beyond which people enough are no more."""


@dataclass(frozen=True)
class TeamPlan:
    """The people of one team."""

    team: str
    people: Mapping[Tour, int]
    today: Array
    """People on duty in each interval by the scenario's own plan."""
    on_duty: Array
    """People on duty in each interval by this plan."""
    needed: Array
    """People on duty whom the formulas ask for in each interval on its own; absences are allowed for."""
    calls: Array
    """Calls and chats that join in each interval of an average week."""
    cost_per_hour: float

    @property
    def heads(self) -> int:
        """People it takes, each on one tour all week; 0 where people come by the interval."""
        return sum(count for tour, count in self.people.items() if tour.shift is not None)

    @property
    def hours(self) -> float:
        """Paid hours over the grid's days."""
        return math.fsum(tour.hours * count for tour, count in self.people.items())


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
    confidence: float
    seed: int
    shortfalls: Sequence[Shortfall] = ()
    """Targets that no number of people meets."""
    budget: float | None = None
    over_budget: float = 0.0
    """What the cheapest plan that meets the targets costs more than the budget; then this is the best within it."""
    checked: bool = True
    """Whether the figures are from replications that the search has not used."""
    interrupted: bool = False
    replications: int = 0
    """Replications that the search and the check took."""

    @property
    def met(self) -> bool:
        """Every target, with the confidence."""
        return not self.shortfalls and all(target.verdict(self.reached(target)) is True for target in self.targets)

    def reached(self, target: Target) -> Estimate:
        """The target's metric; the worse end of its interval holds with the confidence, for all targets together."""
        return self.outcome.estimate(target, _two_sided(self.confidence, len(self.targets)))

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
        return (math.fsum(float(team.today.sum()) * self.grid.step / HOUR for team in self.teams),
                math.fsum(team.hours for team in self.teams))

    @property
    def cost(self) -> tuple[float, float]:
        """What they cost: today, and by this plan."""
        return (math.fsum(float(team.today.sum()) * self.grid.step / HOUR * team.cost_per_hour for team in self.teams),
                math.fsum(team.hours * team.cost_per_hour for team in self.teams))


def plan(scenario: Scenario, targets: Sequence[Target], *, teams: Sequence[str] = (), rules: Rules | None = None,
         shifts: Shifts = "new", step: float = HOUR, budget: float | None = None, confidence: float = 0.95,
         seed: int = 1, replications: int = REPLICATIONS, jobs: int | None = None, where: Executor | None = None,
         progress: Progress | None = None) -> StaffingPlan:
    """The cheapest staffing of the teams (all if none is named) that meets the targets.

    Ctrl+C (KeyboardInterrupt) ends it with the best plan so far; with none it is raised again.

    Args:
        scenario: today's floor.
        targets: what has to be met, all of it.
        teams: whose people are planned; the others stay as they are.
        rules: which shifts people can work.
        shifts: made from the rules, the scenario's own, or any number of people in each interval.
        step: length of an interval (s).
        budget: most that the planned teams may cost over the planned days (hours where people cost nothing).
        confidence: with which all targets together are met.
        seed: chance of the replications.
        replications: with which the plan is checked.
        jobs: processes; all processors if None.
        where: an executor to use instead of one of its own.
        progress: called with the replications done and how many it will take, an estimate.

    Raises:
        RulesError: for rules from which no shift can be made.
    """
    with executor(jobs) if where is None else nullcontext(where) as place:
        search = _Search.begun(scenario, targets, teams, rules, shifts, step, confidence, seed, replications, place,
                               progress)
        return search.cheapest(budget)


def best_reachable(scenario: Scenario, metric: str, *, scope: Scope = ALL, teams: Sequence[str] = (),
                   rules: Rules | None = None, shifts: Shifts = "new", step: float = HOUR,
                   budget: float | None = None, people: int | None = None, confidence: float = 0.95, seed: int = 1,
                   replications: int = REPLICATIONS, jobs: int | None = None, where: Executor | None = None,
                   progress: Progress | None = None) -> StaffingPlan:
    """The staffing that does best by a metric within a budget, or with so many people.

    Without either the budget is what the teams cost today. The other arguments are those of `plan`.

    Raises:
        RulesError: for too little to have someone on duty at all opening hours.
    """
    with executor(jobs) if where is None else nullcontext(where) as place:
        search = _Search.begun(scenario, (), teams, rules, shifts, step, confidence, seed, replications, place,
                               progress, scope)
        return search.best(metric, scope, budget, people)


def _two_sided(confidence: float, targets: int) -> float:
    """Confidence of the two-sided intervals whose one end holds with the given confidence for all targets together."""
    return 1.0 - 2.0 * (1.0 - bonferroni(confidence, targets))


@dataclass(frozen=True)
class _Proposal:
    """A plan on the table, and what the simulation said of it."""

    counts: Counts
    cost: float
    outcome: Outcome
    good: bool
    """Every target that can be met is."""


class _Search:
    """Looks for a plan; read `cheapest` and `best`."""

    def __init__(self, scenario: Scenario, targets: tuple[Target, ...], teams: tuple[str, ...], rules: Rules,
                 shifts: Shifts, grid: Grid, confidence: float, seed: int, replications: int, trials: Trials):
        self.scenario, self.targets, self.teams, self.rules, self.shifts = scenario, targets, teams, rules, shifts
        self.grid, self.confidence, self.seed, self.trials = grid, confidence, seed, trials
        self.checking = replications
        self.aimed = targets
        """Those of the targets that can be met."""
        self.opening = {name: planned(scenario, scenario.team[name], grid) for name in teams}
        self.tours = {name: self._tours(opening) for name, opening in self.opening.items()}
        nobody = [name for name in teams if not self.tours[name]]
        if nobody:
            raise RulesError(f"{', '.join(nobody)}: nobody is planned there today, so there are no hours to plan for")
        self.parts: dict[str, TeamPart] = {}
        self.loads: dict[str, TeamLoad] = {}
        self.curves: dict[tuple[str, float], list[Array]] = {}
        self.tables: dict[tuple[str, float], Array] = {}
        self.known: dict[bytes, _Proposal] = {}
        self.today: Outcome = Outcome(scenario)

    @staticmethod
    def begun(scenario: Scenario, targets: Sequence[Target], teams: Sequence[str], rules: Rules | None, shifts: Shifts,
              step: float, confidence: float, seed: int, replications: int, where: Executor,
              progress: Progress | None, *scopes: Scope) -> _Search:
        """A search that does its replications there."""
        expected = PILOT + 7 * LOOK + _TRIED * (FIRST_LOOK + LOOK) // 2 + 2 * replications
        done = 0

        def counted(more: int) -> None:
            nonlocal done
            done += more
            if progress is not None:
                progress(done, max(expected, done))

        grid = Grid.of(scenario, step)
        trials = Trials(seed, grid, [*(target.scope for target in targets), *scopes], where, counted)
        # A team in which nobody ever works (others take over its queue) has no hours to plan.
        staffed = [name for name, team in scenario.team.items() if planned(scenario, team, grid).any()]
        return _Search(scenario, tuple(targets), tuple(teams) or tuple(staffed), rules or Rules(), shifts,
                       grid, confidence, seed, replications, trials)

    def _tours(self, opening: Array) -> list[Tour]:
        if self.shifts == "own":
            return own_tours(self.scenario, self.grid)
        if self.shifts == "free":
            return single_steps(self.grid, opening)
        # What people work today they can go on working.
        own = [tour for tour in own_tours(self.scenario, self.grid) if float(tour.duty @ opening) > 0]
        return [*own, *tours(self.rules, self.grid, np.minimum(opening, 1.0))]

    # The two questions

    def cheapest(self, budget: float | None) -> StaffingPlan:
        """The cheapest plan that meets the targets, or why there is none."""
        enough = self._look_around()
        hopeless = [target for target in self.targets if target.verdict(enough.estimate(target, _SURE)) is False]
        self.aimed = tuple(target for target in self.targets if target not in hopeless)
        shortfalls = [self._shortfall(target, enough) for target in hopeless]
        if not self.aimed:
            return self._plan(None, self.today, self.today, shortfalls=shortfalls, budget=budget)
        try:
            found = self._fewer(self._least_effort())
            if budget is not None and found.cost > budget:
                spent = self._spend(self.aimed[0], budget, None)
                return self._finished(spent or found, shortfalls=shortfalls, budget=budget,
                                      over_budget=found.cost - budget)
            return self._checked(found, shortfalls, budget)
        except KeyboardInterrupt:
            good = [proposal for proposal in self.known.values() if proposal.good]
            if not good:
                raise
            return self._interrupted(min(good, key=lambda proposal: proposal.cost), shortfalls, budget)

    def best(self, metric: str, scope: Scope, budget: float | None, people: int | None) -> StaffingPlan:
        """The plan that does best by the metric."""
        self._look_around()
        if budget is None and people is None:
            budget = math.fsum(float(self.opening[name].sum()) * self.grid.step / HOUR
                               * (cost_per_hour(self.scenario, name) or 1.0) for name in self.teams)
        better = METRICS[metric].better
        # Any value will do; which is better is for the pairs to say.
        target = Target(metric, better != "lower", math.inf if better == "lower" else -math.inf, scope)
        found = self._spend(target, budget, people)
        if found is None:
            raise RulesError("that is too little for someone on duty at all opening hours of "
                             + ", ".join(self.teams))
        return self._finished(found, budget=budget)

    def _look_around(self) -> Outcome:
        """Today's floor, and what work there is where nobody waits."""
        self.today = self.trials.run(self.scenario, range(LOOK))
        enough = self.trials.run(self._with_enough(self.opening), range(PILOT), also=self._channels())
        joined, work = enough.mean(lambda sample: sample.joined), enough.mean(lambda sample: sample.work)
        for place, name in enumerate(self.scenario.team):
            if name in self.teams:
                self.loads[name] = TeamLoad.of(self.scenario, name, joined[place], work[place])
        return enough

    def _channels(self) -> list[Scope]:
        return [Scope("channel", name) for name in self.scenario.channel]

    def _with_enough(self, hours: Mapping[str, Array]) -> Scenario:
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

    # What the formulas propose

    def _curves(self, team: str, within: float) -> list[Array]:
        key = (team, within)
        if key not in self.curves:
            self.curves[key] = self.loads[team].in_time(self.grid, within)
        return self.curves[key]

    def _aim(self, target: Target) -> tuple[Scope, float, float]:
        """The target as a share answered within a time (s): what it is, or what the search for it starts from."""
        metric = target.spec
        expects = min(channel.expects.moments()[0] for channel in self.scenario.channel.values())
        if metric.name.startswith("service_level"):
            return target.scope, self.scenario.service_level.within, (
                target.value if math.isfinite(target.value) else _USUAL)
        timed = metric.unit == "s" and 0.0 < target.value < math.inf
        return (target.scope, target.value if timed else expects,
                metric.share if timed and metric.kind == "quantile" else _USUAL)

    def _level(self, target: Target, effort: float) -> Level | None:
        """What the formulas are asked for; each unit of effort halves the share that is answered late."""
        scope, within, share = self._aim(target)
        teams = [name for name in self.teams if scope.kind != "team" or name == scope.name]
        curves = {name: self._curves(name, within) for name in teams}
        calls = {name: self.loads[name].calls for name in teams}
        total = math.fsum(float(calls[name].sum()) for name in teams)
        if total <= 0:
            return None
        # Who calls while nobody can be there is late whatever the plan.
        tops = {name: np.array([curve[-1] for curve in curves[name]]) for name in teams}
        most = math.fsum(float(calls[name] @ np.where(self.parts[name].at_work.any(axis=1), tops[name], 0.0))
                         for name in teams) / total
        if share >= most:
            share = most * _USUAL
        return Level(max(0.0, most - (most - share) * 2.0**-effort), curves, calls)

    def _part(self, team: str, effort: float) -> TeamPart:
        settings = self.scenario.team[team]
        time, stretches = self._days(self.loads[team], self.opening[team], effort)
        there = (1.0 - settings.shrinkage.absent) * (1.0 - settings.shrinkage.away)
        return TeamPart(self.tours[team], there, cost_per_hour(self.scenario, team),
                        np.minimum(self.opening[team], self.rules.at_least), time, stretches,
                        self.rules.part_time if self.shifts == "new" else 1.0)

    def _days(self, load: TeamLoad, opening: Array, effort: float) -> tuple[Array, Array]:
        """Per day the time (s) that people need for what comes, and the intervals in which they have it.

        Emails that come while nobody is there belong to the next interval that is open. Where everything is answered at
        once or given up on, no day needs more time than the level asks for.
        """
        grid = self.grid
        stretches = np.kron(np.eye(grid.days), np.full(grid.steps_a_day, grid.step))
        if not load.later.any() or not opening.any():
            return np.zeros(grid.days), stretches
        waiting = load.later.copy()
        # Twice round the week: what comes on Sunday night moves on to Monday.
        for interval in [*range(len(grid))] * 2:
            following = (interval + 1) % len(grid)
            if opening[interval] == 0.0 and (following or grid.days == 7):
                waiting[following] += waiting[interval]
                waiting[interval] = 0.0
        room = 1.0 + _ROOM * 2.0**effort
        time = (load.least_work + waiting).reshape(grid.days, -1).sum(axis=1) * room
        return np.where(opening.reshape(grid.days, -1).any(axis=1), time, 0.0), stretches

    def _propose(self, effort: float) -> Counts | None:
        self.parts = {name: self._part(name, effort) for name in self.teams}
        aims = {self._aim(target): target for target in self.aimed}
        levels = [level for target in aims.values() if (level := self._level(target, effort)) is not None]
        return program.cheapest(self.parts, levels)

    # What the simulation says

    def _least_effort(self) -> _Proposal:
        """The cheapest proposal that is good: the effort is searched outwards from what was asked, then between."""
        good: _Proposal | None = None
        bad: _Proposal | None = None
        low, high, effort, stride = _EASIEST, _HARDEST, 0.0, 1.0
        while True:
            counts = self._propose(effort)
            if counts is None:
                raise RulesError("no number of people on these shifts covers the opening hours")
            tried = self._judged(counts)
            if tried.good:
                high, good = effort, tried if good is None or tried.cost < good.cost else good
            else:
                low, bad = effort, tried
            if good is not None and bad is not None:
                if high - low < 0.1 or good.cost - bad.cost <= _SAME * good.cost:
                    return good
                effort = (low + high) / 2
                continue
            if effort in (_EASIEST, _HARDEST):
                return tried
            effort = max(_EASIEST, effort - stride) if tried.good else min(_HARDEST, effort + stride)
            stride *= 1.5

    def _judged(self, counts: Counts, beside: _Proposal | None = None) -> _Proposal:
        """The proposal with the simulation's opinion; looked up where it was asked before.

        What a small change does to a plan that is known (`beside`) a few pairs of replications tell, because they
        share their chance.
        """
        key = self._key(counts)
        if key not in self.known:
            scenario = self._scenario(counts)
            outcome = self.trials.run(scenario, range(FIRST_LOOK))
            surely_bad = any(target.verdict(outcome.estimate(target, _SURE)) is False for target in self.aimed)
            if beside is not None:
                surely_bad |= any(self._spoils(target, outcome, beside.outcome) for target in self.aimed)
            if not surely_bad:
                outcome = self.trials.run(scenario, range(LOOK), before=outcome)
            good = not surely_bad and all(self._comfortable(target, outcome) for target in self.aimed)
            self.known[key] = _Proposal(counts, self._cost(counts), outcome, good)
        return self.known[key]

    def _spoils(self, target: Target, first: Outcome, beside: Outcome) -> bool:
        """Whether a plan that meets the target comfortably would not any more, judged by the first pairs alone."""
        pairs = Outcome(beside.scenario, beside.samples[:len(first.samples)])
        change = first.minus(pairs, target.metric, target.scope)
        before = beside.replicated(target.metric, target.scope).value
        if change.value is None or before is None:
            return True
        return target.missing(before + change.value) + self._margin(target, beside) > (change.error or 0.0)

    def _comfortable(self, target: Target, outcome: Outcome) -> bool:
        """Whether the target would be met for sure if the replications of the check came out like these."""
        value = outcome.replicated(target.metric, target.scope).value
        return target.missing(value) + self._margin(target, outcome) <= 0

    def _margin(self, target: Target, outcome: Outcome) -> float:
        """Half width that the check's interval will have, by these replications."""
        half = outcome.estimate(target, _two_sided(self.confidence, len(self.targets))).half_width or 0.0
        return half * math.sqrt(len(outcome.samples) / max(self.checking, len(outcome.samples)))

    def _fewer(self, found: _Proposal) -> _Proposal:
        """People off, or on shorter tours, as long as it stays good: several at once where there are many.

        Next is the change that loses the least for the money that it saves; after one that was too much, fewer at once,
        and at last only such as lose less by the formulas.
        """
        most, at_once = math.inf, 1 + sum(int(counts.sum()) for counts in found.counts.values()) // _AT_ONCE
        for _ in range(_TRIED if found.good else 0):
            counts, lost = found.counts, 0.0
            for _ in range(at_once):
                change = self._least_missed(counts, most)
                if change is None:
                    break
                counts, lost = change.counts, change.lost
            if counts is found.counts:
                break
            tried = self._judged(counts, found)
            if tried.good:
                found = tried
            elif at_once > 1:
                at_once //= 2
            else:
                most = _MUCH_LESS * lost
        return found

    def _least_missed(self, counts: Counts, most: float) -> _Change | None:
        """The change that saves money and loses the least for it, of those not tried that lose less than `most`."""
        changes = [change for change in self._changes(counts) if change.lost < most and change.saved > 0]
        untried = (change for change in sorted(changes, key=lambda change: change.lost / change.saved)
                   if self._key(change.counts) not in self.known)
        return next(untried, None)

    def _changes(self, counts: Counts) -> Iterator[_Change]:
        """One person of the plan off, or on another tour, as far as the opening hours and the rules allow it."""
        for name, part in self.parts.items():
            coverage, costs = part.at_work, part.costs
            duty = np.column_stack([tour.duty for tour in part.tours])
            people, on_duty = coverage @ counts[name], duty @ counts[name]
            least = np.minimum(part.duty, on_duty) - 1e-9
            part_timers = np.array([tour.part_time for tour in part.tours])
            now = self._answered(name, people[:, None])
            for place in np.flatnonzero(counts[name]).tolist():
                # Nobody instead, then each other tour.
                others = np.column_stack([np.zeros(len(people)), coverage])
                lost = now - self._answered(name, (people - coverage[:, place])[:, None] + others)
                there = (on_duty - duty[:, place])[:, None] + np.column_stack([np.zeros(len(people)), duty])
                saved = costs[place] - np.concatenate([[0.0], costs])
                heads = int(counts[name].sum()) - np.concatenate([[1], np.zeros(len(costs), dtype=int)])
                timers = (int(counts[name] @ part_timers) - int(part_timers[place])
                          + np.concatenate([[0], part_timers.astype(int)]))
                allowed = (there >= least[:, None]).all(axis=0) & (timers <= part.part_time * heads + 1e-9)
                for other in np.flatnonzero(allowed).tolist():
                    if other != place + 1:
                        moves = [(name, place, -1)] + ([(name, other - 1, 1)] if other else [])
                        yield _Change(tuple(moves), float(lost[other]), float(saved[other]), counts)

    def _answered(self, team: str, people: Array) -> Array:
        """Calls and chats answered in time by the formulas, for each column of people at work by interval."""
        total = np.zeros(people.shape[1])
        for target in self.aimed:
            scope, within, _ = self._aim(target)
            if scope.kind != "team" or scope.name == team:
                total += self.loads[team].calls @ lookup(self._table(team, within), people)
        # An hour of work is worth a little in itself: for emails, and where the formulas see no difference.
        total += _WORTH * people.sum(axis=0)
        return total

    def _table(self, team: str, within: float) -> Array:
        key = (team, within)
        if key not in self.tables:
            self.tables[key] = table(self._curves(team, within))
        return self.tables[key]

    def _spend(self, target: Target, budget: float | None, people: int | None) -> _Proposal | None:
        """The best proposal by one metric within a budget or a number of people, then people moved while it helps."""
        found: _Proposal | None = None
        self.aimed = (target,)
        for effort in (None, *_TRIED_ROOMS):
            self.parts = {name: self._part(name, effort or 0.0) for name in self.teams}
            if effort is None:
                counts = self._as_today(budget, people)
            elif (level := self._level(target, 0.0)) is not None:
                counts = program.best(self.parts, level, budget, people)
            else:
                counts = program.cheapest(self.parts, [], budget, people)
            if counts is not None and (found is None or self._beats(self._judged(counts), found, target)):
                found = self._judged(counts)
        if found is None:
            return None
        for _ in range(_TRIED // 2):
            heads = sum(int(counts.sum()) for counts in found.counts.values())
            changes = [change for change in (*self._changes(found.counts), *self._additions(found.counts))
                       if (budget is None or self._cost(found.counts) - change.saved <= budget + 1e-6)
                       and (people is None or heads + sum(more for *_, more in change.moves) <= people)
                       and change.lost < 0 and self._key(change.counts) not in self.known]
            if not changes:
                break
            tried = self._judged(min(changes, key=lambda change: change.lost).counts)
            if self._beats(tried, found, target):
                found = tried
        return found

    def _additions(self, counts: Counts) -> Iterator[_Change]:
        """One person more on a tour."""
        for name, part in self.parts.items():
            coverage, people = part.at_work, part.at_work @ counts[name]
            gained = self._answered(name, people[:, None] + coverage) - self._answered(name, people[:, None])
            for place, cost in enumerate(part.costs.tolist()):
                yield _Change(((name, place, 1),), -float(gained[place]), -cost, counts)

    def _as_today(self, budget: float | None, people: int | None) -> Counts | None:
        """Today's plan, where it is made of shifts and within the limits."""
        counts: Counts = {}
        for name, part in self.parts.items():
            team = self.scenario.team[name]
            places = {tour.name: place for place, tour in enumerate(part.tours) if tour.shift is not None}
            if not team.shifts or team.extra or not team.shifts.keys() <= places.keys():
                return None
            counts[name] = np.zeros(len(part.tours), dtype=np.int64)
            for shift, number in team.shifts.items():
                counts[name][places[shift]] = number
        within = budget is None or self._cost(counts) <= budget + 1e-6
        return counts if within and (people is None or sum(map(np.sum, counts.values())) <= people) else None

    @staticmethod
    def _beats(one: _Proposal, other: _Proposal, target: Target) -> bool:
        """Whether the one is better by the metric on the replications that both have, beyond its standard error."""
        count = min(len(one.outcome.samples), len(other.outcome.samples))
        a, b = (Outcome(each.outcome.scenario, each.outcome.samples[:count]) for each in (one, other))
        difference = a.minus(b, target.metric, target.scope)
        if difference.value is None:
            return False
        return (difference.value if target.at_least else -difference.value) > (difference.error or 0.0)

    # The answer

    def _checked(self, found: _Proposal, shortfalls: Sequence[Shortfall], budget: float | None) -> StaffingPlan:
        """The plan on replications of its own; the next dearer one where it fails there."""
        dearer = sorted((proposal for proposal in self.known.values()
                         if proposal.good and proposal.cost > found.cost), key=lambda proposal: proposal.cost)
        checked = self._finished(found, 0, shortfalls=shortfalls, budget=budget)
        for attempt, proposal in enumerate(dearer[:_CHECKS - 1], start=1):
            if all(target.verdict(checked.reached(target)) is True for target in self.aimed):
                break
            if budget is not None and proposal.cost > budget:
                break
            checked = self._finished(proposal, attempt, shortfalls=shortfalls, budget=budget)
        return checked

    def _finished(self, found: _Proposal, attempt: int = 0, **more: Any) -> StaffingPlan:
        """The plan with figures from replications that the search has not used."""
        first = LOOK + attempt * self.checking
        numbers = range(first, first + self.checking)
        outcome = self.trials.run(self._scenario(found.counts), numbers)
        return self._plan(found, self.trials.run(self.scenario, numbers), outcome, **more)

    def _interrupted(self, found: _Proposal, shortfalls: Sequence[Shortfall], budget: float | None) -> StaffingPlan:
        count = len(found.outcome.samples)
        return self._plan(found, Outcome(self.scenario, self.today.samples[:count]), found.outcome,
                          shortfalls=shortfalls, budget=budget, checked=False, interrupted=True)

    def _plan(self, found: _Proposal | None, today: Outcome, outcome: Outcome, **more: Any) -> StaffingPlan:
        teams = [self._team(name, found.counts[name]) for name in self.teams] if found is not None else []
        return StaffingPlan(self.scenario, outcome.scenario, self.grid, self.targets, teams, today, outcome,
                            self.confidence, self.seed, replications=self.trials.replications, **more)

    def _team(self, name: str, counts: NDArray[np.int64]) -> TeamPlan:
        load, part = self.loads[name], self.parts[name]
        people = {part.tours[place]: int(counts[place]) for place in np.flatnonzero(counts).tolist()}
        on_duty = np.column_stack([tour.duty for tour in part.tours]) @ counts
        # The first target that speaks of this team says what an interval needs on its own.
        speaking = [target for target in self.aimed if target.scope.kind != "team" or target.scope.name == name]
        wanted = np.zeros(len(self.grid))
        if speaking:
            _, within, share = self._aim(speaking[0])
            wanted = np.array([needed(curve, share) for curve in self._curves(name, within)]) / part.there
        return TeamPlan(name, people, self.opening[name], on_duty, wanted, load.calls, part.cost_per_hour)

    def _shortfall(self, target: Target, enough: Outcome) -> Shortfall:
        """Why people alone do not help."""
        always = {name: np.ones(len(self.grid)) for name in self.teams}
        wider = None
        if any((opening == 0.0).any() for opening in self.opening.values()):
            wider = self.trials.run(self._with_enough(always), range(PILOT)).estimate(target)
        channels: dict[str, Estimate] = {}
        if target.scope.kind == "all" and len(self.scenario.channel) > 1 and can_be_told_apart(target.spec):
            channels = {scope.name: enough.replicated(target.metric, scope).estimate() for scope in self._channels()}
        return Shortfall(target, enough.estimate(target), wider, channels)

    def _scenario(self, counts: Counts) -> Scenario:
        return with_people(self.scenario, self.grid, {
            name: {tour: int(count) for tour, count in zip(self.parts[name].tours, counts[name], strict=True)}
            for name in self.teams})

    def _cost(self, counts: Counts) -> float:
        return math.fsum(float(self.parts[name].costs @ counts[name]) for name in self.teams)

    def _key(self, counts: Counts) -> bytes:
        return b"".join(counts[name].tobytes() for name in self.teams)


@dataclass(frozen=True)
class _Change:
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
