"""Automation strategies side by side, and where more automation starts to hurt.

All plans meet the same customers (`sim.experiments.comparison`). Beside the strategies runs a curve: the bot's coverage
in steps, with a way out of the bot and without. From the curve comes where a metric is best and from where on it is
worse than that for sure; from the strategies, what the bot's resolutions are worth in people's time.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.estimates import Estimate, replicated_ratio
from core.interventions import with_value
from core.metrics import METRICS
from core.scenario import Scenario
from core.strategies import DOCUMENTED, Applied, Strategy, apply
from core.tally import Tally
from core.units import HOUR, write_fraction
from sim.experiments.comparison import Comparison, Plan, compare
from sim.experiments.executor import Executor, Progress

REPLICATIONS = 10
STEPS = 6
"""Steps of coverage from none to all."""
AS_IT_IS = "as it is"
_BROAD = "broad, with exit"
_SURE = 1e-12


@dataclass(frozen=True)
class Turn:
    """Where a metric is best along a curve of coverage, and where more of it hurts."""

    metric: str
    best: float
    """Coverage at which it is best."""
    value: Estimate
    hurts_from: float | None
    """Least coverage above that at which it is worse for sure; None where that is not seen."""
    by: Estimate | None
    """Difference from the best there."""


@dataclass(frozen=True)
class Curve:
    """The bot's coverage in steps."""

    name: str
    exit_after: int
    coverage: tuple[float, ...]
    comparison: Comparison
    """A plan a step; the first, without the bot, is the reference."""

    def turn(self, metric: str) -> Turn | None:
        """Where the metric turns; None where neither way is better, or nothing was measured."""
        better = METRICS[metric].better
        values = [self.comparison.estimate(metric, plan) for plan in range(len(self.coverage))]
        if better is None or any(value.value is None for value in values):
            return None
        sign = 1.0 if better == "higher" else -1.0
        numbers = [sign * (value.value or 0.0) for value in values]
        best = max(range(len(numbers)), key=lambda plan: (numbers[plan], -plan))
        if max(numbers) - min(numbers) < _SURE:
            return None
        against = replace(self.comparison, reference=best)
        for plan in range(best + 1, len(numbers)):
            apart = against.difference(metric, plan).estimate(against.interval_confidence)
            if apart.value is not None and apart.half_width is not None and sign * apart.value < -apart.half_width:
                return Turn(metric, self.coverage[best], values[best], self.coverage[plan], apart)
        return Turn(metric, self.coverage[best], values[best], None, None)


@dataclass(frozen=True)
class Worth:
    """What a strategy's resolutions are worth beside no bot at all."""

    resolutions: Estimate
    """Conversations that bots resolve in a run, false resolutions included."""
    hours: Estimate
    """People's time that it frees in a run (hours); negative where it takes more."""
    price: Estimate
    """Price of a resolution at which that time, at its wage, pays for it."""
    price_if_staffing_follows: Estimate
    """The same where the rota shrinks with the work: a freed hour of work is more than an hour of pay."""
    price_with_customers: Estimate | None
    """The first with the money of customers lost, or kept, counted; None where the scenario puts no value on them."""
    satisfaction: Estimate
    """What the strategy does to CSAT: time is also freed by customers who give up."""
    asked: float
    """What a resolution costs in the run."""

    @property
    def pays(self) -> bool | None:
        """Whether the bot is worth its price in people's time, and in customers where they have a value.

        None where the interval does not tell.
        """
        interval = (self.price_with_customers or self.price).interval
        if interval is None:
            return None
        return True if self.asked <= interval[0] else False if self.asked > interval[1] else None


@dataclass(frozen=True)
class Strategies:
    """Strategies of a scenario under the same chance."""

    scenario: Scenario
    applied: tuple[Applied | None, ...]
    """By plan of the comparison; None for the scenario as it is."""
    comparison: Comparison
    """Against the first strategy, which is no bot unless others were asked for."""
    curves: tuple[Curve, ...]

    def worth(self, plan: int) -> Worth | None:
        """What the bots of a strategy are worth against the reference; None where they resolve nothing."""
        ours, theirs = self.comparison.tallies(plan), self.comparison.tallies(self.comparison.reference)
        resolved = [tally.tops.get("roar", 0.0) for tally in ours]
        if not any(resolved) or plan == self.comparison.reference:
            return None
        freed = [(no_bot.tops["occupancy"] - bot.tops["occupancy"]) / HOUR
                 for bot, no_bot in zip(ours, theirs, strict=True)]
        wages = [_wage(tally) for tally in theirs]
        worth = [hours * wage for hours, wage in zip(freed, wages, strict=True)]
        # At the same utilisation less work needs fewer paid hours in proportion.
        follows = [money / (tally.tops["utilisation"] / tally.bottoms["utilisation"]) if tally.tops["utilisation"]
                   else 0.0 for money, tally in zip(worth, theirs, strict=True)]
        at_risk = [(tally.tops.get("money_at_risk", 0.0), other.tops.get("money_at_risk", 0.0))
                   for tally, other in zip(ours, theirs, strict=True)]
        kept = [money + before - after for money, (after, before) in zip(worth, at_risk, strict=True)]
        ones = [1.0] * len(ours)
        confidence = self.comparison.confidence
        return Worth(replicated_ratio(resolved, ones, "conversations").estimate(confidence),
                     replicated_ratio(freed, ones, "hours").estimate(confidence),
                     replicated_ratio(worth, resolved, "money").estimate(confidence),
                     replicated_ratio(follows, resolved, "money").estimate(confidence),
                     replicated_ratio(kept, resolved, "money").estimate(confidence)
                     if any(map(any, at_risk)) else None,
                     self.comparison.difference("csat", plan).estimate(confidence),
                     sum(tally.bot_cost for tally in ours) / sum(resolved))


def _wage(tally: Tally) -> float:
    """Money for a paid hour of people."""
    paid = tally.bottoms["utilisation"] / HOUR
    return (tally.tops["cost"] - tally.bot_cost) / paid if paid else 0.0


def strategies(scenario: Scenario, chosen: Sequence[Strategy], *, steps: int = STEPS, seed: int = 1,
               replications: int = REPLICATIONS, jobs: int | None = None, where: Executor | None = None,
               progress: Progress | None = None) -> Strategies:
    """Runs the strategies and the curves of coverage, all under the same chance.

    Ctrl+C (KeyboardInterrupt) ends it with the replications that have finished for all; with none it is raised again.

    Args:
        scenario: the floor as it is, which is run too where no strategy equals it.
        chosen: the first is what the others are measured against.
        steps: of coverage along the curves; 0 for none.
        seed: chance, the same for all.
        replications: of each plan.
        jobs: processes; all processors if None.
        where: an executor to use instead of one of its own.
        progress: called with the runs done and asked for.
    """
    applied: list[Applied | None] = [apply(strategy, scenario) for strategy in chosen]
    plans = [Plan(one.strategy.name, one.scenario) for one in applied if one is not None]
    if all(plan.scenario != scenario for plan in plans):
        applied.append(None)
        plans.append(Plan(AS_IT_IS, scenario))
    lines = _curves(scenario, steps, chosen) if steps else []
    every: list[Plan] = []
    places: dict[int, int] = {}
    # The same floor under two names runs once.
    for plan in [*plans, *(plan for _, _, line in lines for plan in line)]:
        same = next((at for at, other in enumerate(every) if other.scenario == plan.scenario), None)
        places[id(plan)] = len(every) if same is None else same
        if same is None:
            every.append(plan)
    result = compare(every, seed, replications, jobs=jobs, where=where, progress=progress)

    def part(some: Sequence[Plan]) -> Comparison:
        return replace(result, plans=tuple(some), runs=tuple(result.runs[places[id(plan)]] for plan in some),
                       reference=0)

    coverage = tuple(step / max(steps, 1) for step in range(steps + 1))
    curves = [Curve(name, exit_after, coverage, part(line)) for name, exit_after, line in lines]
    return Strategies(scenario, tuple(applied), part(plans), tuple(curves))


def _curves(scenario: Scenario, steps: int, chosen: Sequence[Strategy]) -> list[tuple[str, int, list[Plan]]]:
    """The plans of each curve: all that the broad strategy is, but for the coverage and the way out."""
    broad = next(one for one in (*chosen, *DOCUMENTED) if one.name == _BROAD)
    base = apply(broad, scenario).scenario
    lines = []
    for name, exit_after in (("with a way out", max(1, base.bot.exit_after)), ("without a way out", 0)):
        floor = with_value(base, "bot.gives_up", "8%") if exit_after == 0 and base.bot.gives_up == 0 else base
        line = []
        for step in range(steps + 1):
            share = write_fraction(round(step / steps, 4))
            at_share = with_value(floor, "bot.coverage", share)
            # Without the bot it makes no difference whether there is a way out of it.
            at_share = with_value(at_share, "bot.exit_after", str(exit_after if step else max(1, base.bot.exit_after)))
            line.append(Plan(f"{share} {name}", at_share if step else _no_bot(scenario)))
        lines.append((name, exit_after, line))
    return lines


def _no_bot(scenario: Scenario) -> Scenario:
    return apply(DOCUMENTED[0], scenario).scenario
