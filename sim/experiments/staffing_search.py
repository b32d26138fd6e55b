"""The cheapest staffing that meets targets: formulas propose, an integer program makes shifts, the simulation decides.

1. With people enough at all opening hours the floor says what work comes to which team when, and whether the targets
   can be met at all.
2. `core.staffing.proposals` makes the cheapest shifts that answer a share in time by Erlang A; the share is raised or
   lowered until the simulation, under common random numbers, says that every target is just met. Today's plan, with
   all its numbers larger or smaller, competes.
3. Then people are taken off one by one, where that costs the least, as long as the simulation agrees.
4. The plan is checked on replications that the search has not used. Its figures and their intervals are from those
   alone: a plan chosen because it looked good under some chance looks too good under the same. Where it fails so
   narrowly that more replications may tell, there are more; if it fails then, the next dearer plan, or one with
   people more, is checked on others. Each look takes a part of the risk of a wrong yes, so the confidence is of all
   together.

The other way round, `best_reachable` spends a given budget where it does most for a metric. Nothing is timed, so the
same input gives the same plan.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.estimates import Estimate
from core.metrics import METRICS
from core.scenario import Scenario
from core.staffing.grid import Grid, cost_per_hour
from core.staffing.loads import TeamLoad
from core.staffing.program import Counts
from core.staffing.proposals import Change, Proposals, Shifts
from core.staffing.targets import ALL, Scope, Target, can_be_told_apart
from core.staffing.tours import Rules, RulesError
from core.units import HOUR
from sim.experiments.executor import Executor, Progress, executor
from sim.experiments.staffing_plan import Shortfall, StaffingPlan, TeamPlan, confidence_of_look, two_sided
from sim.experiments.staffing_trials import Outcome, Trials

REPLICATIONS = 40
"""With which a plan is checked at first."""
PILOT = 8
"""Replications with people enough, that say what work there is."""
FIRST_LOOK, LOOK = 4, 12
"""Replications by which a proposed plan is judged: some at first, all where they leave a doubt."""
_TRIED = 24
"""Small changes of a plan that are tried at most."""
_IN_VAIN = 6
"""Small changes in vain, one after the other, after which no more are tried."""
_AT_ONCE = 30
"""So many people of a plan for each one more that is taken off at once."""
_MUCH_LESS = 0.8
"""After a change that was too much, one that loses this share of it at most is tried."""
_LOOKS = (1, 2, 4)
"""Replications of a check, in those of the first look: more where the last ones left a doubt."""
_CHECKS = 4
"""Plans that are checked at most, each dearer than the one before."""
_EASIEST, _HARDEST = -4.0, 8.0
"""Bounds of the effort that the formulas are asked for."""
_SAME = 0.05
"""Plans whose costs differ by less than this share are near enough: small changes do the rest."""
_NEAR = 0.2
"""Effort (see `Proposals.propose`) that is near enough too."""
_EFFORTS = 10
"""Efforts that are tried at most."""
_SURE = 0.99
"""Confidence with which a plan is dropped at the first look."""
_TRIED_ROOMS = (-1.0, 1.0, 2.0)
"""Efforts at which a budget is spent, for what it leaves for work that can wait."""
_SCALES = 4
"""Sizes of today's plan that are tried at most."""


def plan(scenario: Scenario, targets: Sequence[Target], *, teams: Sequence[str] = (), rules: Rules | None = None,
         shifts: Shifts = "new", step: float = HOUR, budget: float | None = None, confidence: float = 0.95,
         seed: int = 1, replications: int = REPLICATIONS, jobs: int | None = None, where: Executor | None = None,
         progress: Progress | None = None) -> StaffingPlan:
    """The cheapest staffing of the teams (all if none is named) that meets the targets, as far as the search finds it.

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
        replications: with which the plan is checked at first.
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

    def __init__(self, scenario: Scenario, targets: tuple[Target, ...], proposals: Proposals, confidence: float,
                 seed: int, replications: int, trials: Trials):
        self.scenario, self.targets, self.proposals = scenario, targets, proposals
        self.grid, self.teams = proposals.grid, proposals.teams
        self.confidence, self.seed, self.checking, self.trials = confidence, seed, replications, trials
        self.aimed = targets
        """Those of the targets that can be met."""
        self.known: dict[bytes, _Proposal] = {}
        self.enough = self.today = Outcome(scenario)
        self.hired = math.fsum(self._hired_hours(name) * (cost_per_hour(scenario, name) or 1.0) for name in self.teams)
        """What the new hires cost in any plan."""

    @staticmethod
    def begun(scenario: Scenario, targets: Sequence[Target], teams: Sequence[str], rules: Rules | None, shifts: Shifts,
              step: float, confidence: float, seed: int, replications: int, where: Executor,
              progress: Progress | None, *scopes: Scope) -> _Search:
        """A search that does its replications there."""
        expected = PILOT + 5 * LOOK + _TRIED * (FIRST_LOOK + LOOK) // 3 + 2 * replications
        done = 0

        def counted(more: int) -> None:
            nonlocal done
            done += more
            if progress is not None:
                progress(done, max(expected, done))

        grid = Grid.of(scenario, step)
        trials = Trials(seed, grid, [*(target.scope for target in targets), *scopes], where, counted)
        proposals = Proposals(scenario, teams, rules or Rules(), shifts, grid)
        return _Search(scenario, tuple(targets), proposals, confidence, seed, replications, trials)

    # The two questions

    def cheapest(self, budget: float | None) -> StaffingPlan:
        """The cheapest plan that meets the targets, or why there is none."""
        self._look_around()
        hopeless = [target for target in self.targets if target.verdict(self.enough.estimate(target, _SURE)) is False]
        self.aimed = self.proposals.targets = tuple(target for target in self.targets if target not in hopeless)
        shortfalls = [self._shortfall(target) for target in hopeless]
        if not self.aimed:
            return self._plan(None, self.enough, shortfalls=shortfalls, budget=budget)
        try:
            found = self._fewer(self._like_today(self._least_effort()))
            over = found.cost - (budget - self.hired) if budget is not None else 0.0
            if budget is not None and over > 0:
                spent = self._spend(self.aimed[0], budget - self.hired, None)
                return self._finished(spent or found, shortfalls=shortfalls, budget=budget, over_budget=over)
            return self._checked(found, shortfalls, budget)
        except KeyboardInterrupt:
            good = [proposal for proposal in self.known.values() if proposal.good]
            if not good:
                raise
            best = min(good, key=lambda proposal: proposal.cost)
            return self._plan(best, best.outcome, shortfalls=shortfalls, budget=budget, checked=False, interrupted=True)

    def best(self, metric: str, scope: Scope, budget: float | None, people: int | None) -> StaffingPlan:
        """The plan that does best by the metric."""
        self._look_around()
        if budget is None and people is None:
            budget = self.proposals.cost_today() + self.hired
        better = METRICS[metric].better
        # Any value will do; which is better is for the pairs to say.
        target = Target(metric, better != "lower", math.inf if better == "lower" else -math.inf, scope)
        found = self._spend(target, None if budget is None else budget - self.hired, people)
        if found is None:
            raise RulesError("that is too little for someone on duty at all opening hours of "
                             + ", ".join(self.teams))
        return self._finished(found, budget=budget, people=people)

    def _look_around(self) -> None:
        """Today's floor, to stand beside whatever there is when somebody stops; what work there is if nobody waits."""
        self.today = self.trials.run(self.scenario, range(LOOK))
        opening = {name: self.proposals.opening[name] for name in self.teams}
        self.enough = self.trials.run(self.proposals.with_enough(opening), range(PILOT), also=self._channels())
        joined, work = (self.enough.mean(of) for of in (lambda sample: sample.joined, lambda sample: sample.work))
        self.proposals.loads = {name: TeamLoad.of(self.scenario, name, joined[place], work[place])
                                for place, name in enumerate(self.scenario.team)}

    def _channels(self) -> list[Scope]:
        return [Scope("channel", name) for name in self.scenario.channel]

    # What the simulation says

    def _least_effort(self) -> _Proposal:
        """The cheapest proposal that is good: by what each lacks, and half way where that leads nowhere."""
        good: _Proposal | None = None
        bad: _Proposal | None = None
        low, high, effort = _EASIEST, _HARDEST, 0.0
        for _ in range(_EFFORTS):
            counts = self.proposals.propose(effort)
            if counts is None:
                raise RulesError("no number of people on these shifts covers the opening hours")
            tried = self._judged(counts)
            step = self._lacks(tried)
            if tried.good:
                high, good = effort, tried if good is None or tried.cost < good.cost else good
            else:
                low, bad = effort, tried
            if good is not None and (high - low < _NEAR / 2 or (tried.good and step > -_NEAR)
                                     or (bad is not None and good.cost - bad.cost <= _SAME * good.cost)):
                return good
            if effort == (_EASIEST if tried.good else _HARDEST):
                return tried
            # A little further than it seems, so that the answer soon lies between two proposals.
            effort += step - _NEAR / 2 if tried.good else max(step, _NEAR) + _NEAR / 2
            if good is not None and bad is not None and not low + 0.1 * (high - low) < effort < high - _NEAR / 4:
                effort = (low + high) / 2
            effort = min(max(effort, _EASIEST), _HARDEST)
        return good or tried

    def _lacks(self, tried: _Proposal) -> float:
        """Effort that the proposal lacks, negative where it has too much: a unit halves the way to people enough."""
        steps = []
        for target in self.aimed:
            best = target.missing(self.enough.replicated(target.metric, target.scope).value)
            gap = target.missing(tried.outcome.replicated(target.metric, target.scope).value) - best
            allowed = -self._margin(target, tried.outcome) - best
            steps.append(2.0 if allowed <= 0 or not math.isfinite(gap)
                         else -3.0 if gap <= 0 else math.log2(gap / allowed))
        return min(max(max(steps), -3.0), 3.0)

    def _judged(self, counts: Counts, beside: _Proposal | None = None) -> _Proposal:
        """The proposal with the simulation's opinion; looked up where it was asked before.

        What a small change does to a plan that is known (`beside`) a few pairs of replications tell, because they
        share their chance.
        """
        key = self._key(counts)
        if key not in self.known:
            scenario = self.proposals.floor(counts)
            outcome = self.trials.run(scenario, range(FIRST_LOOK))
            surely_bad = any(target.verdict(outcome.estimate(target, _SURE)) is False for target in self.aimed)
            if beside is not None:
                surely_bad |= any(self._spoils(target, outcome, beside.outcome) for target in self.aimed)
            if not surely_bad:
                outcome = self.trials.run(scenario, range(LOOK), before=outcome)
            good = not surely_bad and all(self._comfortable(target, outcome) for target in self.aimed)
            self.known[key] = _Proposal(counts, self.proposals.cost(counts), outcome, good)
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

    def _margin(self, target: Target, outcome: Outcome, look: int = 0, checking: int | None = None) -> float:
        """Half width that the check's interval will have at a look with so many replications, by these."""
        sure = two_sided(confidence_of_look(self.confidence, look), len(self.targets))
        half = outcome.estimate(target, sure).half_width or 0.0
        count = len(outcome.samples)
        return half * math.sqrt(count / max(checking or self.checking, count))

    def _like_today(self, found: _Proposal) -> _Proposal:
        """Today's plan with all its numbers larger or smaller, where that meets the targets for less."""
        today = self.proposals.as_today()
        if not found.good or today is None or not (cost := self.proposals.cost(today)):
            return found
        low, high, scale = 0.0, found.cost / cost, min(1.0, 0.98 * found.cost / cost)
        for _ in range(_SCALES):
            counts = self.proposals.as_today(scale)
            if counts is None or self.proposals.cost(counts) >= found.cost:
                break
            tried = self._judged(counts)
            if tried.good:
                found, high = tried, scale
            else:
                low = scale
            if low and high - low < _SAME:
                break
            scale = (low or 0.8 * scale) / 2 + high / 2 if low else 0.9 * scale
        return found

    def _fewer(self, found: _Proposal) -> _Proposal:
        """People off, or on shorter tours, as long as it stays good: several at once where there are many.

        Next is the change that loses the least for the money that it saves; after one that was too much, fewer at once,
        and at last those of other people, or such as lose less by the formulas.
        """
        at_once = 1 + sum(int(counts.sum()) for counts in found.counts.values()) // _AT_ONCE
        too_much: dict[tuple[str, int], float] = {}
        in_vain = 0
        for _ in range(_TRIED if found.good else 0):
            counts, last = found.counts, None
            for _ in range(at_once):
                change = self._least_missed(counts, too_much)
                if change is None:
                    break
                counts, last = change.counts, change
            if last is None or in_vain == _IN_VAIN:
                break
            tried = self._judged(counts, found)
            if tried.good:
                found, in_vain = tried, 0
            elif at_once > 1:
                at_once //= 2
            else:
                too_much[last.moves[0][:2]], in_vain = _MUCH_LESS * last.lost, in_vain + 1
        return found

    def _least_missed(self, counts: Counts, too_much: Mapping[tuple[str, int], float]) -> Change | None:
        """The change that saves money and loses the least for it, of those not tried.

        Of people whose change was too much only such as lose less.
        """
        changes = [change for change in self.proposals.removals(counts)
                   if change.saved > 0 and change.lost < too_much.get(change.moves[0][:2], math.inf)]
        untried = (change for change in sorted(changes, key=lambda change: change.lost / change.saved)
                   if self._key(change.counts) not in self.known)
        return next(untried, None)

    def _spend(self, target: Target, budget: float | None, people: int | None) -> _Proposal | None:
        """The best proposal by one metric within a budget or a number of people, then people moved while it helps."""
        found: _Proposal | None = None
        self.aimed = self.proposals.targets = (target,)
        for effort in (None, *_TRIED_ROOMS):
            counts = (self.proposals.as_today() if effort is None
                      else self.proposals.spend(target, effort, budget, people))
            if counts is None or not self._within(counts, budget, people):
                continue
            if found is None or self._beats(self._judged(counts), found, target):
                found = self._judged(counts)
        if found is None:
            return None
        for _ in range(_TRIED // 2):
            changes = [change for change in (*self.proposals.removals(found.counts),
                                             *self.proposals.additions(found.counts))
                       if change.lost < 0 and self._within(change.counts, budget, people)
                       and self._key(change.counts) not in self.known]
            if not changes:
                break
            tried = self._judged(min(changes, key=lambda change: change.lost).counts)
            if self._beats(tried, found, target):
                found = tried
        return found

    def _within(self, counts: Counts, budget: float | None, people: int | None) -> bool:
        return ((budget is None or self.proposals.cost(counts) <= budget + 1e-6)
                and (people is None or self._heads(counts) <= people))

    def _heads(self, counts: Counts) -> int:
        """People that it takes; where they come by the interval, how many intervals they come for."""
        return sum(tour.heads(int(each[place])) or int(each[place]) for name, each in counts.items()
                   for place, tour in enumerate(self.proposals.parts[name].tours))

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
        """The plan on replications of its own; more of them where they leave a doubt, then the next dearer plan."""
        looks, proposal = 0, found
        for check in range(_CHECKS):
            outcome, first = Outcome(self.scenario), LOOK + check * _LOOKS[-1] * self.checking
            for at, times in enumerate(_LOOKS):
                scenario, numbers = self.proposals.floor(proposal.counts), range(first, first + times * self.checking)
                outcome = self.trials.run(scenario, numbers, before=outcome)
                sure = two_sided(confidence_of_look(self.confidence, looks), len(self.targets))
                looks += 1
                verdicts = [target.verdict(outcome.estimate(target, sure)) for target in self.aimed]
                last = len(_LOOKS) - 1 - at
                if all(verdicts) or not all(self._promises(target, outcome, looks - 1 + last) for target in self.aimed):
                    break
            dearer = self._dearer(proposal)
            if all(verdicts) or check == _CHECKS - 1 or (budget is not None and dearer.cost > budget - self.hired):
                break
            proposal = dearer
        return self._plan(proposal, outcome, looks=looks, shortfalls=shortfalls, budget=budget)

    def _promises(self, target: Target, outcome: Outcome, look: int) -> bool:
        """Whether the last look, with all its replications, would be sure if they came out like these."""
        value = outcome.replicated(target.metric, target.scope).value
        return target.missing(value) + self._margin(target, outcome, look, _LOOKS[-1] * self.checking) <= 0

    def _dearer(self, failed: _Proposal) -> _Proposal:
        """The next dearer plan that the search found good, or else the one with people more where they do most."""
        known = [proposal for proposal in self.known.values() if proposal.good and proposal.cost > failed.cost + 1e-6]
        if known:
            return min(known, key=lambda proposal: proposal.cost)
        counts = failed.counts
        for _ in range(1 + sum(int(each.sum()) for each in counts.values()) // _AT_ONCE):
            counts = min(self.proposals.additions(counts), key=lambda change: change.lost / -change.saved).counts
        return _Proposal(counts, self.proposals.cost(counts), Outcome(self.scenario), False)

    def _finished(self, found: _Proposal, **more: Any) -> StaffingPlan:
        """The plan with figures from replications that the search has not used."""
        return self._plan(found, self.trials.run(self.proposals.floor(found.counts), range(LOOK, LOOK + self.checking)),
                          **more)

    def _plan(self, found: _Proposal | None, outcome: Outcome, **more: Any) -> StaffingPlan:
        """The answer, with today's plan beside it on the same replications."""
        today = self.trials.run(self.scenario, [sample.replication for sample in outcome.samples], before=self.today)
        teams = [self._team(name, found.counts[name]) for name in self.teams] if found is not None else []
        return StaffingPlan(self.scenario, outcome.scenario, self.grid, self.targets, teams, today, outcome,
                            self.enough, self.confidence, self.seed, replications=self.trials.replications, **more)

    def _team(self, name: str, counts: NDArray[np.int64]) -> TeamPlan:
        part, hired, opening = self.proposals.parts[name], self.proposals.hired[name][0], self.proposals.opening[name]
        people = {part.tours[place]: int(counts[place]) for place in np.flatnonzero(counts).tolist()}
        hours = self._hired_hours(name)
        return TeamPlan(name, people, opening + hired, part.on_duty @ counts + hired, self.proposals.asked_for(name),
                        self.proposals.loads[name].calls, part.cost_per_hour,
                        float(opening.sum()) * self.grid.step / HOUR + hours, hours)

    def _hired_hours(self, name: str) -> float:
        return float(self.proposals.hired[name][1].sum()) * self.grid.step / HOUR

    def _shortfall(self, target: Target) -> Shortfall:
        """Why people alone do not help."""
        always = {name: np.ones(len(self.grid)) for name in self.teams}
        wider = None
        if any((self.proposals.opening[name] == 0.0).any() for name in self.teams):
            wider = self.trials.run(self.proposals.with_enough(always), range(PILOT)).estimate(target)
        channels: dict[str, Estimate] = {}
        if target.scope.kind == "all" and len(self.scenario.channel) > 1 and can_be_told_apart(target.spec):
            channels = {scope.name: self.enough.replicated(target.metric, scope).estimate()
                        for scope in self._channels()}
        return Shortfall(target, self.enough.estimate(target), wider, channels)

    def _key(self, counts: Counts) -> bytes:
        return b"".join(counts[name].tobytes() for name in self.teams)
