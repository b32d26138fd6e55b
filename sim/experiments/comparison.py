"""Comparison: several plans for the same floor under the same chance, and what each changes against a reference.

A `Plan` is a scenario with interventions and a name. `compare` runs all of them, replication by replication under
common random numbers, and returns a `Comparison`: the tallies of every plan, and from them any metric of `core.metrics`
with its paired difference, the probability of being better, and whether the run can be trusted.

How sure it is. A difference is estimated from pairs of replications that share their chance, so what luck does to both
cancels. Ratios (CSAT, service level) are differences of ratios of means, their error that of the linearised ratios.
Percentiles are taken replication by replication and averaged, as `replicate` does; a percentile of a finite run is
biased by a share of 1/n, which mostly cancels in a difference. Intervals of several plans against the same reference
hold all at once with the confidence that is named (Bonferroni); different metrics are not corrected for each other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import partial

import numpy as np

from core.attribution import Part, split
from core.errors import ExperimentError
from core.estimates import CONFIDENCE, Difference, Estimate, Floats, Replicated, bonferroni
from core.interventions import Intervention, keys
from core.metrics import METRICS
from core.scenario import Scenario
from core.sources import is_guessed
from core.streams import Stream
from core.tally import Tally, replicated
from core.units import DAY, WEEK, write_seconds
from sim.experiments.executor import Executor, Progress, executor
from sim.experiments.replications import Run, run_beside

REPLICATIONS = 20
"""How many there are where nothing is said."""
FEWEST = 10
"""Replications below which an interval rests on too little to be trusted."""
UNSETTLED = 0.02
"""A queue that grows over the run by more than this share of the conversations is not in balance."""
SATURATED = 0.95
"""Occupancy above which a queue that grows does so for want of people."""
_NEUTRAL = ("0%", "0", "0s", "none")
"""Values at which a mechanism that rests on a guess does nothing."""
DRAWS = 4000
"""Draws for the probability of being the best of more than two."""


@dataclass(frozen=True)
class Plan:
    """What might be done: a scenario, what changes on the way, and what to call it."""

    name: str
    scenario: Scenario
    interventions: tuple[Intervention, ...] = ()


@dataclass(frozen=True)
class Precision:
    """Replications are added until a metric's differences are known this well."""

    metric: str
    half_width: float
    """In the metric's unit."""

    def __post_init__(self) -> None:
        if not self.half_width > 0.0:
            raise ExperimentError(f"{self.metric}: a half width is more than 0, given {self.half_width:g}")


class Verdict(StrEnum):
    """What a difference from the reference amounts to."""

    BETTER = "better"
    WORSE = "worse"
    HIGHER = "higher"
    LOWER = "lower"
    """For metrics of which neither way is better."""
    UNCLEAR = "unclear"
    """Within the noise: the interval holds zero."""
    SAME = "same"
    """Every pair of replications is equal, to the last digit."""
    UNKNOWN = "unknown"
    """Nothing to measure, or one replication, which has no interval."""


class Doubt(StrEnum):
    """Why a plan's numbers are not to be trusted."""

    FEW = "few_replications"
    STARTS_EMPTY = "starts_empty"
    """A floor that ends with a queue began without one: it needs a warm-up."""
    UNSETTLED = "unsettled"
    """The queue still grows after the warm-up."""
    OVERLOADED = "overloaded"
    """The queue grows because people are busy all the time: its length is that of the run."""


@dataclass(frozen=True)
class Cell:
    """A metric of a plan, beside the reference's."""

    estimate: Estimate
    difference: Estimate | None
    """From the reference, its interval corrected for the number of plans; None for the reference itself."""
    chance: float | None
    """Probability that the plan is better than the reference (higher, where neither way is better)."""
    verdict: Verdict


@dataclass(frozen=True)
class Comparison:
    """Replications of several plans under the same chance: those that have finished for all."""

    plans: tuple[Plan, ...]
    seed: int
    asked: int
    runs: tuple[tuple[Run, ...], ...]
    """By plan, then by replication."""
    reference: int = 0
    """Position of the plan that the others are measured against."""
    confidence: float = CONFIDENCE
    _replicated: dict[tuple[str, int], Replicated] = field(default_factory=dict, init=False, repr=False, compare=False)
    _guesses: dict[int, list[tuple[str, str]]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def replications(self) -> int:
        """How many have finished for all plans."""
        return len(self.runs[0])

    @property
    def others(self) -> list[int]:
        """Positions of the plans that are not the reference."""
        return [at for at in range(len(self.plans)) if at != self.reference]

    @property
    def interval_confidence(self) -> float:
        """Confidence of each difference's interval, so that those of a metric hold all at once (Bonferroni)."""
        return bonferroni(self.confidence, len(self.others))

    def tallies(self, plan: int) -> list[Tally]:
        """The sums of a plan's replications, in their order."""
        return [run.tally for run in self.runs[plan]]

    def replicated(self, metric: str, plan: int) -> Replicated:
        """A metric of a plan with what each replication does to it; worked out once."""
        found = self._replicated.get((metric, plan))
        if found is None:
            found = self._replicated[metric, plan] = replicated(metric, self.tallies(plan))
        return found

    def estimate(self, metric: str, plan: int) -> Estimate:
        """A metric of a plan, with its own interval."""
        return self.replicated(metric, plan).estimate(self.confidence)

    def difference(self, metric: str, plan: int) -> Difference:
        """What the plan changes against the reference; its `estimate(interval_confidence)` is the interval to show."""
        return self.replicated(metric, plan).minus(self.replicated(metric, self.reference))

    def cell(self, metric: str, plan: int) -> Cell:
        """A metric of a plan beside the reference's."""
        own = self.replicated(metric, plan)
        mine = own.estimate(self.confidence)
        if plan == self.reference:
            return Cell(mine, None, None, Verdict.UNKNOWN)
        difference = own.minus(self.replicated(metric, self.reference))
        better, above = METRICS[metric].better, difference.chance_above
        shown = difference.estimate(self.interval_confidence)
        chance = above if above is None or better != "lower" else 1.0 - above
        return Cell(mine, shown, chance, verdict_of(shown, better))

    def best(self, metric: str) -> list[float] | None:
        """Probability of each plan to be the best by the metric; None where that says nothing.

        It comes from draws of all values together, with their errors and with what common chance makes them share; for
        two it is the chance of their difference. Plans that are equal but for rounding share what they have.
        """
        better = METRICS[metric].better
        values = [self.replicated(metric, plan) for plan in range(len(self.plans))]
        if better is None or self.replications < 2 or any(value.value is None for value in values):
            return None
        sign = 1.0 if better == "higher" else -1.0
        rows = np.array([[sign * (value.value or 0.0), *np.nan_to_num(sign * value.deviations)] for value in values])
        # What differs in the last digits of a sum does not differ.
        size = float(np.abs(rows).max(initial=0.0)) or 1.0
        rows = np.rint(rows / size * 1e10) * size / 1e10
        distinct, which, shared = np.unique(rows, axis=0, return_inverse=True, return_counts=True)
        if len(distinct) == 1:
            chances = np.ones(1)
        elif len(values) == 2:
            above = values[1].minus(values[0]).chance_above
            assert above is not None
            return [above, 1.0 - above] if sign < 0.0 else [1.0 - above, above]
        else:
            chances = _chances_of_best(distinct[:, 0], distinct[:, 1:])
        return [float(chances[at] / shared[at]) for at in which.reshape(-1).tolist()]

    def doubts(self, plan: int) -> dict[Doubt, str]:
        """Why the plan's numbers are not to be trusted, in words; empty where they are."""
        found: dict[Doubt, str] = {}
        if self.replications < FEWEST:
            found[Doubt.FEW] = f"only {self.replications} replication{'s' * (self.replications > 1)}"
        before = math.fsum(run.waiting_before for run in self.runs[plan]) / self.replications
        after = math.fsum(run.waiting_after for run in self.runs[plan]) / self.replications
        conversations = self.estimate("human_conversations", plan).value or 0.0
        if after - before <= max(UNSETTLED * conversations, 1.0):
            return found
        grew = f"{before:,.0f} waited at the start, {after:,.0f} at the end"
        busy, scenario = self.estimate("occupancy", plan).value, self.plans[plan].scenario
        warm_up = scenario.warm_up
        if busy is not None and busy > SATURATED:
            found[Doubt.OVERLOADED] = f"overloaded, the queue grows: {grew}"
        elif warm_up == 0.0:
            # As long as it takes for the same hour of the week, or of the day, to come round again.
            first = next((span for span in (WEEK, DAY) if span <= scenario.length), scenario.length)
            found[Doubt.STARTS_EMPTY] = (f"starts empty and ends with {after:,.0f} waiting; try "
                                         f"warm_up={write_seconds(first)} and "
                                         f"length={write_seconds(scenario.length + first)}")
        else:
            found[Doubt.UNSETTLED] = f"not settled after {write_seconds(warm_up)} of warm-up: {grew}"
        return found

    def guesses(self, plan: int) -> list[tuple[str, str]]:
        """The guesses that a plan's difference rests on, with their values: of every table in which it changes a key.

        Nobody need have guessed them: a number that was measured says nothing of where it came from. Worked out once:
        to look through every key of two scenarios takes longer than to draw the table.
        """
        if plan not in self._guesses:
            self._guesses[plan] = self._rests_on(plan)
        return self._guesses[plan]

    def _rests_on(self, plan: int) -> list[tuple[str, str]]:
        names = [{key.name: key.value for key in keys(self.plans[at].scenario)} for at in (self.reference, plan)]
        changed = {name for name in names[0].keys() | names[1].keys() if names[0].get(name) != names[1].get(name)}
        changed |= {change.key for at in (self.reference, plan) for change in self.plans[at].interventions}
        tables = {name.rpartition(".")[0] for name in changed} if plan != self.reference else set()
        return [(name, value) for name, value in names[1].items()
                if is_guessed(name) and name.rpartition(".")[0] in tables and value not in _NEUTRAL]

    def why(self, plan: int) -> tuple[Part, ...]:
        """What the plan's CSAT differs from the reference's by, by driver (`core.attribution.split`); sums to it.

        Empty where nothing was rated.
        """
        reference, other = ([tally.drivers for tally in self.tallies(at) if tally.drivers is not None]
                            for at in (self.reference, plan))
        if len(reference) < self.replications or len(other) < self.replications:
            return ()
        parts = split(reference, other, self.interval_confidence)
        return parts if all(part.points.value is not None for part in parts) else ()

    def paradox(self, plan: int) -> bool:
        """Whether customers are answered faster than in the reference and are less satisfied."""
        return (plan != self.reference and self.cell("csat", plan).verdict is Verdict.WORSE
                and any(self.cell(name, plan).verdict is Verdict.BETTER for name in ("frt_p90", "frt_mean")))

    def hides(self, plan: int) -> bool:
        """Whether more conversations end with the bot than in the reference and customers are less satisfied."""
        return (plan != self.reference and self.cell("csat", plan).verdict is Verdict.WORSE
                and self.cell("containment_rate", plan).verdict is Verdict.HIGHER)

    def is_same(self, plan: int) -> bool:
        """Whether nothing that is measured differs from the reference in any replication."""
        return plan != self.reference and all(self.cell(name, plan).verdict in (Verdict.SAME, Verdict.UNKNOWN)
                                              for name in METRICS) and self.replications > 1

    def is_precise(self, until: Sequence[Precision]) -> bool:
        """Whether all differences are known as well as is asked."""
        return all(self._half_width(wanted.metric) <= wanted.half_width for wanted in until)

    def needed(self, until: Sequence[Precision]) -> int:
        """How many replications it will take, judged by those there are: an error shrinks with their root."""
        ratio = max((self._half_width(wanted.metric) / wanted.half_width for wanted in until), default=0.0)
        return self.replications if ratio <= 1.0 else math.ceil(min(self.replications * ratio**2, 1e9))

    def _half_width(self, metric: str) -> float:
        """The widest interval among the metric's differences; of a lone plan, its own."""
        shown = ([self.difference(metric, plan).estimate(self.interval_confidence) for plan in self.others]
                 or [self.estimate(metric, self.reference)])
        return max(math.inf if one.half_width is None and one.value is not None else one.half_width or 0.0
                   for one in shown)


Seen = Callable[[Comparison], None]


def compare(plans: Sequence[Plan], seed: int = 1, replications: int = REPLICATIONS, *, reference: int = 0,
            jobs: int | None = None, where: Executor | None = None, progress: Progress | None = None,
            until: Sequence[Precision] = (), at_most: int = 1000, confidence: float = CONFIDENCE,
            keep_records: int = 0, known: Sequence[Sequence[Run]] = (), seen: Seen | None = None) -> Comparison:
    """Runs every plan in replications 0, 1, 2 ... under common random numbers.

    Ctrl+C (KeyboardInterrupt) ends it with the replications that have finished for all plans; with none it is raised
    again.

    Args:
        plans: what to compare; the same length, warm-up and currency.
        seed: chance, the same for all.
        replications: how many there are at least.
        reference: position of the plan that the others are measured against.
        jobs: processes, one for each processor if None; they change no digit.
        where: an executor to use instead of one of its own.
        progress: called with the runs done and asked for; with `until` the number asked for is an estimate.
        until: replications are added until these differences are that precise.
        at_most: never more replications than that.
        confidence: of the intervals.
        keep_records: of how many of the first replications the records are kept.
        known: runs of the plans, in their order, that have been made before.
        seen: called with what there is whenever another replication has finished for all plans.

    Raises:
        ExperimentError: for plans that cannot be set beside each other.
    """
    check_alike(plans)
    done: list[list[Run]] = [list(runs) for runs in known] + [[] for _ in plans[len(known):]]
    asked = replications
    result = Comparison(tuple(plans), seed, asked, (), reference, confidence)
    try:
        with executor(jobs) if where is None else nullcontext(where) as place:
            while True:
                _add(replace(result, asked=asked), done, place, progress, keep_records, seen)
                result = replace(result, asked=asked, runs=_finished(done))
                if result.is_precise(until) or asked >= at_most:
                    return result
                # Never more than twice as many at once: the first guesses at the error are rough ones.
                asked = min(at_most, max(asked + 1, min(2 * asked, result.needed(until))))
    except KeyboardInterrupt:
        finished = _finished(done)
        if not finished[0]:
            raise
        return replace(result, asked=asked, runs=finished)


def _add(result: Comparison, done: list[list[Run]], place: Executor, progress: Progress | None, keep_records: int,
         seen: Seen | None) -> None:
    """Runs what is missing; all plans of a replication before the next one, so that an early end leaves pairs.

    They go as one task where there is enough to do for everybody: what they have in common is then worked out once.
    """
    there = [{run.replication for run in runs} for runs in done]
    missing = {number: [at for at in range(len(result.plans)) if number not in there[at]]
               for number in range(result.asked)}
    together = sum(map(bool, missing.values())) >= 2 * place.jobs
    tasks = [(number, ats) for number, plans in missing.items()
             for ats in ([plans] if together else [[at] for at in plans]) if ats]
    work = partial(_run, seed=result.seed, keep_records=keep_records)
    pairs = len(_finished(done)[0])
    for position, runs in place.results(work, [(number, [result.plans[at] for at in ats]) for number, ats in tasks]):
        for at, run in zip(tasks[position][1], runs, strict=True):
            done[at].append(run)
        if progress is not None:
            progress(sum(map(len, done)), result.asked * len(result.plans))
        finished = _finished(done) if seen is not None else ()
        if seen is not None and len(finished[0]) > pairs:
            pairs = len(finished[0])
            seen(replace(result, runs=finished))


def _run(task: tuple[int, Sequence[Plan]], *, seed: int, keep_records: int) -> list[Run]:
    number, plans = task
    return run_beside(number, plans=[(plan.scenario, plan.interventions) for plan in plans], seed=seed,
                      keep_records=keep_records)


def _finished(done: list[list[Run]]) -> tuple[tuple[Run, ...], ...]:
    """The replications that every plan has."""
    common = set.intersection(*({run.replication for run in runs} for runs in done))
    return tuple(tuple(sorted((run for run in runs if run.replication in common), key=lambda run: run.replication))
                 for runs in done)


def verdict_of(difference: Estimate, better: str | None) -> Verdict:
    """What a difference with its interval amounts to, by which way is better."""
    if difference.value is None or difference.half_width is None:
        return Verdict.UNKNOWN
    if difference.value == 0.0 == difference.half_width:
        return Verdict.SAME
    if abs(difference.value) <= difference.half_width:
        return Verdict.UNCLEAR
    higher = difference.value > 0.0
    if better is None:
        return Verdict.HIGHER if higher else Verdict.LOWER
    return Verdict.BETTER if higher == (better == "higher") else Verdict.WORSE


def check_alike(plans: Sequence[Plan]) -> None:
    """Sees to it that plans can be set beside each other.

    Raises:
        ExperimentError: with everything in which they may not differ and do.
    """
    first = plans[0]
    problems = []
    for plan in plans[1:]:
        for what, given, wanted in (
                ("runs for", write_seconds(plan.scenario.length), write_seconds(first.scenario.length)),
                ("has a warm-up of", write_seconds(plan.scenario.warm_up), write_seconds(first.scenario.warm_up)),
                ("counts money in", plan.scenario.currency, first.scenario.currency)):
            if given != wanted:
                problems.append(f"“{plan.name}” {what} {given} and “{first.name}” {wanted}: only what is alike in "
                                f"this can be compared")
    if problems:
        raise ExperimentError("\n".join(problems))


def _chances_of_best(centres: Floats, deviations: Floats) -> Floats:
    """How often each value is the highest in draws from Student t around the centres, the same draws every time."""
    from scipy.special import gammaincinv, ndtri

    plans, count = deviations.shape
    covariance = np.cov(deviations) / count
    # A little more on the diagonal, so that plans that move together in everything still have a root.
    root = np.linalg.cholesky(covariance + np.eye(plans) * (np.trace(covariance) or 1.0) * 1e-12)
    u = Stream(0, 0, "best of several").uniform((plans + 1) * DRAWS).reshape(plans + 1, DRAWS)
    scale = np.sqrt((count - 1) / (2.0 * gammaincinv((count - 1) / 2.0, u[0])))
    best = np.argmax(centres[:, None] + (root @ ndtri(u[1:])) * scale, axis=0)
    shares: Floats = np.bincount(best, minlength=plans) / DRAWS
    return shares
