"""Targets: what a plan has to reach, as people write it, "service_level>=80%" or "frontline:frt_p90<=10m".

Read by `flightdesk plan`; judged against estimates by the search. A target may speak of one team or one channel alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from core.errors import ExperimentError, UnitError, did_you_mean
from core.estimates import Estimate
from core.metrics import METRICS, Metric, whole_span
from core.scenario import Scenario
from core.toml_lines import printable, quoted
from core.units import fraction, seconds, write_fraction, write_number, write_seconds

_WRITTEN = re.compile(r"\s*(?:([^:<>=]+):)?\s*([^:<>=]+?)\s*(<=|>=|=<|=>|<|>|=)\s*(.+?)\s*")
_DEARER = ("cost", "cost_per_conversation")
_SAVED_BY_FEWER = ("occupancy", "utilisation", "concurrency")
"""What falls when people are added, with no better side: only an upper limit asks for people."""


class TargetError(ExperimentError):
    """Targets that cannot be used, all of them at once."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose conversations count: everyone's, those of one team's queue, or those of one channel."""

    kind: str = "all"
    """all, team or channel."""
    name: str = ""

    def __str__(self) -> str:
        return self.name


ALL = Scope()


@dataclass(frozen=True, slots=True)
class Target:
    """A metric that has to be at least, or at most, a value (in the metric's unit)."""

    metric: str
    at_least: bool
    value: float
    scope: Scope = ALL

    @property
    def spec(self) -> Metric:
        """The metric."""
        return METRICS[self.metric]

    def __str__(self) -> str:
        lead = f"{self.scope}:" if self.scope.name else ""
        return f"{lead}{self.metric}{'>=' if self.at_least else '<='}{write_value(self.value, self.spec.unit)}"

    def met_by(self, value: float | None) -> bool:
        """Whether a value is on the right side."""
        return value is not None and (value >= self.value if self.at_least else value <= self.value)

    def missing(self, value: float | None) -> float:
        """How far a value is on the wrong side, in the metric's unit; negative where it is beyond the target."""
        if value is None:
            return float("inf")
        return self.value - value if self.at_least else value - self.value

    def verdict(self, estimate: Estimate) -> bool | None:
        """Whether the whole interval is on the right side (True), on the wrong side (False), or neither (None)."""
        if estimate.value is None:
            return False
        half = estimate.half_width or 0.0
        worst, best = self.missing(estimate.value) + half, self.missing(estimate.value) - half
        return True if worst <= 0 else False if best > 0 else None


def read_targets(texts: Sequence[str], scenario: Scenario) -> tuple[Target, ...]:
    """The targets of the command line.

    Raises:
        TargetError: with everything that is wrong with any of them.
    """
    targets, wrong = [], []
    for text in texts:
        try:
            targets.append(_read(text, scenario))
        except TargetError as error:
            wrong.append(f"--target {quoted(printable(text))}: {error}")
    wrong += _contradictions(targets)
    if wrong:
        raise TargetError("\n".join(wrong))
    return tuple(dict.fromkeys(targets))


def read_metric(text: str, scenario: Scenario) -> tuple[str, Scope]:
    """The metric of "csat" or "frontline:frt_p90", one that can be better or worse, and whose it is.

    Raises:
        TargetError: for a metric, a team or a channel that is not there.
    """
    lead, colon, name = text.rpartition(":")
    name = name.strip()
    if name not in METRICS:
        raise TargetError(f"there is no metric {quoted(printable(name))}; {did_you_mean(name, METRICS)}")
    metric = METRICS[name]
    if metric.better is None or name in _DEARER:
        raise TargetError(f"{name} has no best: a metric is wanted that can be better or worse, such as csat")
    return name, _scope(lead if colon else None, metric, scenario)


def default_target(scenario: Scenario) -> Target:
    """The scenario's own service level."""
    return Target("service_level", True, scenario.service_level.target)


def _read(text: str, scenario: Scenario) -> Target:
    match = _WRITTEN.fullmatch(text)
    if match is None:
        raise TargetError('a target is written METRIC>=VALUE or METRIC<=VALUE, such as "service_level>=80%"; of one '
                          'team or channel, "frontline:frt_p90<=10m"')
    scope, name, sign, value = match.groups()
    if name not in METRICS:
        raise TargetError(f"there is no metric {quoted(printable(name))}; {did_you_mean(name, METRICS)}")
    metric = METRICS[name]
    if name in _DEARER:
        raise TargetError("cost is what a plan makes least; --budget sets a limit to it")
    if sign == "=":
        raise TargetError("write >= or <=; a plan cannot hit a value exactly")
    at_least = ">" in sign
    if metric.better is not None and at_least != (metric.better == "higher"):
        raise TargetError(f"{metric.better} is better here, so write {'>=' if metric.better == 'higher' else '<='}")
    if name in _SAVED_BY_FEWER and at_least:
        raise TargetError("more people lower it, so a plan can only keep it below a limit: write <=")
    if metric.kind == "count":
        raise TargetError("it counts what happens and is no aim of staffing; a share or a time is wanted")
    wanted = read_value(value, metric)
    if wanted < 0.0 or (metric.unit == "1" and at_least and wanted > 1.0):
        raise TargetError(f"{metric.title} is never {'under 0' if wanted < 0.0 else 'over 100%'}, given "
                          f"{quoted(printable(value.strip()))}")
    return Target(name, at_least, wanted, _scope(scope, metric, scenario))


def read_value(text: str, metric: Metric) -> float:
    """The value of a text in the metric's unit: "10m", "80%", "4.5".

    Raises:
        TargetError: for anything else.
    """
    try:
        if metric.unit == "s":
            return seconds(text)
        if metric.unit == "1":
            return fraction(text)
        return float(text)
    except UnitError as error:
        raise TargetError(f"{error}, given {quoted(printable(text))}") from None
    except ValueError:
        raise TargetError(f"a number is wanted, given {quoted(printable(text))}") from None


def _scope(name: str | None, metric: Metric, scenario: Scenario) -> Scope:
    if name is None:
        return ALL
    name = name.strip()
    kind = "team" if name in scenario.team else "channel" if name in scenario.channel else None
    if kind is None:
        known = dict.fromkeys([*scenario.team, *scenario.channel])
        raise TargetError(f"there is no team or channel {quoted(printable(name))}; {did_you_mean(name, known)}")
    if not can_be_told_apart(metric):
        raise TargetError(f"{metric.name} is not told apart by {kind}; leave out {quoted(name + ':')}")
    return Scope(kind, name)


def can_be_told_apart(metric: Metric) -> bool:
    """Whether the records tell the metric of one team or channel: what people's hours go to they do not."""
    if metric.times is not None:
        return True
    return metric.top is not None and metric.bottom is not None and metric.bottom is not whole_span


def _contradictions(targets: Iterable[Target]) -> Iterator[str]:
    seen: dict[tuple[str, Scope], Target] = {}
    for target in targets:
        other = seen.setdefault((target.metric, target.scope), target)
        if other.value != target.value:
            yield f"--target {quoted(str(target))}: {quoted(str(other))} is given too"


def write_value(value: float, unit: str) -> str:
    """A value as it would be written in a target: 10m, 80%, 4.5."""
    if unit == "s":
        return write_seconds(value)
    return write_fraction(value) if unit == "1" else write_number(value)
