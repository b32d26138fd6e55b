"""Sweep: one floor under many settings of a few keys, all under the same chance.

An `Axis` is a key and its values, `read_axis` reads "bot.coverage=0:0.9:0.1"; a `Design` is the points to try, made by
`grid`, `latin` or `one_at_a_time`; `sweep` runs them with the scenario as it is as the point that all are measured
against, and hands out every run's numbers as it finishes, so that a sweep can be stopped and resumed.
Numbers are a metric's value, numerator and denominator: what estimates need, and small enough to keep.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from core.errors import ExperimentError, FlightdeskError, InterventionError, UnitError
from core.estimates import CONFIDENCE, Difference, Estimate, Replicated, replicated_mean, replicated_ratio
from core.interventions import Intervention, parse_change, with_value
from core.metrics import METRICS
from core.scenario import Scenario
from core.scenario_keys import Slot, slot_at
from core.streams import Stream
from sim.experiments.executor import Executor, Progress, executor
from sim.experiments.replications import run_once

REPLICATIONS = 5
"""How many there are of each point where nothing is said."""
MOST = 20_000
"""Points beyond which a design is a slip of the keyboard."""

Numbers = Mapping[str, tuple[float | None, float | None, float | None]]
"""Value, numerator and denominator of each metric of one run."""
Setting = tuple[tuple[str, str], ...]
"""Keys with the values that they take; none of them is the scenario as it is."""
Cell = tuple[Setting, int]
"""A setting and the number of a replication."""
Kind = Literal["grid", "latin", "one"]


@dataclass(frozen=True)
class Axis:
    """A key and the values that it takes."""

    key: str
    values: tuple[str, ...]
    """As `core.interventions.with_value` takes them."""
    numbers: tuple[float, ...] | None
    """The same inside; None where they are no numbers."""
    step: float | None = None
    """Distance of neighbours, where they have one."""

    @property
    def ends(self) -> tuple[float, float]:
        """The least and the greatest."""
        assert self.numbers is not None
        return min(self.numbers), max(self.numbers)


@dataclass(frozen=True)
class Design:
    """The points of a sweep; the scenario as it is (no changes) is the first."""

    kind: Kind
    axes: tuple[Axis, ...]
    points: tuple[Setting, ...]


@dataclass(frozen=True)
class Effect:
    """What a key moves a metric by, down and up, each with its interval; zero to a side that it does not move it to."""

    low: Estimate
    high: Estimate
    low_at: str | None = None
    """The value at which it is that low; None where it is a straight line's."""
    high_at: str | None = None

    @property
    def span(self) -> float:
        """From the low end to the high one, in the metric's unit."""
        return (self.high.value or 0.0) - (self.low.value or 0.0)


@dataclass(frozen=True)
class Sweep:
    """The runs of a design that have finished."""

    scenario: Scenario
    design: Design
    seed: int
    replications: int
    """How many were asked for of each point."""
    runs: Mapping[Cell, Numbers]

    def effects(self, metric: str) -> dict[str, Effect]:
        """What each key does to a metric, from the scenario as it is.

        One at a time it is what was found; in other designs what a straight line through all points says of the key
        from the low end of its range to the high end, the others held (least squares).
        """
        if self.design.kind != "one":
            return self._slopes(metric)
        found: dict[str, Effect] = {}
        for axis in self.design.axes:
            moved = [(apart, value) for value in axis.values
                     if (apart := self.difference(metric, ((axis.key, value),)).estimate()).value is not None]
            if moved:
                nothing: tuple[Estimate, str | None] = (Estimate(0.0, None, METRICS[metric].unit), None)
                ends = sorted([nothing, *moved], key=lambda one: one[0].value or 0.0)
                found[axis.key] = Effect(ends[0][0], ends[-1][0], ends[0][1], ends[-1][1])
        return found

    def _slopes(self, metric: str) -> dict[str, Effect]:
        axes = [axis for axis in self.design.axes if axis.numbers is not None and axis.ends[0] < axis.ends[1]]
        rows: list[list[float]] = []
        values: list[Replicated] = []
        for point in self.design.points[1:]:
            value, at = self.replicated(metric, point), dict(point)
            if value.value is not None:
                inside = [(self._inside(axis.key, at[axis.key]), *axis.ends) for axis in axes]
                rows.append([1.0, *((here - low) / (high - low) for here, low, high in inside)])
                values.append(value)
        if len(rows) <= len(axes) + 1:
            return {}
        unit = METRICS[metric].unit
        found = {}
        # A slope is a weighted sum of the points' values, so of what each replication does to them as well.
        for axis, weights in zip(axes, np.linalg.pinv(np.array(rows))[1:], strict=True):
            slope = Replicated(float(weights @ [value.value for value in values]),
                               weights @ np.array([value.deviations for value in values]), unit).estimate()
            nothing = Estimate(0.0, None, unit)
            found[axis.key] = Effect(*((slope, nothing) if (slope.value or 0.0) < 0.0 else (nothing, slope)))
        return found

    def _inside(self, key: str, text: str) -> float:
        slot = slot_at(tuple(key.split(".")), self.scenario)
        assert slot is not None
        return _number(slot, text)

    def has(self, point: Setting) -> bool:
        """Whether a point has been run at all."""
        return any((point, number) in self.runs for number in range(self.replications))

    @property
    def finished(self) -> int:
        """How many of the runs asked for there are."""
        return sum((point, number) in self.runs for point in self.design.points for number in range(self.replications))

    @property
    def asked(self) -> int:
        """How many were asked for."""
        return len(self.design.points) * self.replications

    def replicated(self, metric: str, point: Setting) -> Replicated:
        """A metric at a point; replications that are missing have nothing to measure."""
        rows = [self.runs.get((point, number), {}).get(metric) for number in range(self.replications)]
        unit = METRICS[metric].unit
        if METRICS[metric].kind == "ratio":
            found = [row for row in rows if row is not None]
            ratio = replicated_ratio([row[1] or 0.0 for row in found], [row[2] or 0.0 for row in found], unit)
            deviations = np.full(len(rows), np.nan)
            deviations[[row is not None for row in rows]] = ratio.deviations
            return Replicated(ratio.value, deviations, unit)
        return replicated_mean([np.nan if row is None or row[0] is None else row[0] for row in rows], unit)

    def estimate(self, metric: str, point: Setting = (), confidence: float = CONFIDENCE) -> Estimate:
        """A metric at a point, with its interval."""
        return self.replicated(metric, point).estimate(confidence)

    def difference(self, metric: str, point: Setting) -> Difference:
        """What the point changes against the scenario as it is, replication by replication."""
        return self.replicated(metric, point).minus(self.replicated(metric, ()))

    def frontier(self, dear: str = "cost", good: str = "csat") -> list[Setting]:
        """The points that nothing beats in both metrics at once, from the cheapest on; each by its better direction."""
        def amount(metric: str, point: Setting) -> float | None:
            value = self.estimate(metric, point).value
            return None if value is None else -value if METRICS[metric].better == "higher" else value

        found = [(least, other, point) for point in self.design.points
                 if (least := amount(dear, point)) is not None and (other := amount(good, point)) is not None]
        best, frontier = math.inf, []
        for _, other, point in sorted(found, key=lambda item: item[:2]):
            if other < best:
                best = other
                frontier.append(point)
        return frontier


def read_axis(scenario: Scenario, text: str) -> Axis:
    """The axis of "KEY=FROM:TO:STEP", "KEY=FROM:TO" or "KEY=A,B,C", every value tried on the scenario.

    Raises:
        FlightdeskError: for a key, a value or a range that cannot be used.
    """
    key, written = parse_change(text)
    parts = [part.strip() for part in written.split(":")]
    slot = slot_at(tuple(key.split(".")), scenario)
    if 2 <= len(parts) <= 3 and "," not in written and slot is not None and _is_number(slot):
        try:
            low, high, *step = (_number(slot, part) for part in parts)
        except (UnitError, ValueError) as error:
            raise InterventionError(f"{text}: a range is written FROM:TO:STEP, such as bot.coverage=0:0.9:0.1 "
                                    f"({error})") from error
        if not (low < high and all(part > 0.0 for part in step)):
            raise InterventionError(f"{text}: a range goes up, by steps of more than 0")
        count = round((high - low) / step[0] + 1e-9) if step else 1
        numbers = tuple(_tidy(low + at * (step[0] if step else high - low)) for at in range(count + 1)
                        if low + at * (step[0] if step else high - low) <= high + 1e-9 * (high - low))
        axis = Axis(key, tuple(_text(slot, number) for number in numbers), numbers, step[0] if step else None)
    else:
        values = tuple(dict.fromkeys(part.strip() for part in written.split(",") if part.strip()))
        axis = Axis(key, values, None)
        if slot is not None and _is_number(slot):
            with suppress(UnitError, ValueError):
                found = tuple(_tidy(_number(slot, value)) for value in values)
                # Written one way, so that the same value in a range and in a list is the same point.
                axis = Axis(key, tuple(_text(slot, number) for number in found), found)
    for value in axis.values:
        with_value(scenario, key, value)
    return axis


def grid(axes: Sequence[Axis]) -> Design:
    """Every value with every value."""
    size = math.prod(len(axis.values) for axis in axes)
    _check(size)
    points = [tuple((axis.key, value) for axis, value in zip(axes, values, strict=True))
              for values in itertools.product(*(axis.values for axis in axes))]
    return _design("grid", axes, points)


def one_at_a_time(axes: Sequence[Axis]) -> Design:
    """Every value alone, all else as it is."""
    return _design("one", axes, [((axis.key, value),) for axis in axes for value in axis.values])


def latin(axes: Sequence[Axis], count: int, seed: int, scenario: Scenario) -> Design:
    """A Latin hypercube: `count` points such that each key's range is covered evenly (McKay et al. 1979).

    Raises:
        ExperimentError: for a key whose values are no numbers.
    """
    _check(count)
    columns = []
    for axis in axes:
        if axis.numbers is None:
            raise ExperimentError(f"{axis.key}: a Latin hypercube needs numbers, such as {axis.key}=FROM:TO")
        slot = slot_at(tuple(axis.key.split(".")), scenario)
        assert slot is not None
        low, high = axis.ends
        u = Stream(seed, 0, f"sweep/{axis.key}").uniform(2 * count)
        strata = np.argsort(u[:count], kind="stable")
        values = low + (high - low) * (strata + u[count:]) / count
        # Digits beyond a hundredth of a stratum would say nothing.
        step = axis.step or (1.0 if slot.kind is int else 10.0**math.floor(math.log10((high - low) / count / 100)))
        values = np.clip(low + np.round((values - low) / step) * step, low, high)
        columns.append([(axis.key, _text(slot, _tidy(float(value)))) for value in values])
    return _design("latin", axes, list(zip(*columns, strict=True)))


def _design(kind: Kind, axes: Sequence[Axis], points: Sequence[Setting]) -> Design:
    _check(len(points))
    keys = [axis.key for axis in axes]
    twice = {key for key in keys if keys.count(key) > 1}
    if twice:
        raise ExperimentError(f"{', '.join(sorted(twice))}: a key varies once")
    return Design(kind, tuple(axes), tuple(dict.fromkeys([(), *points])))


def _check(size: int) -> None:
    if size > MOST:
        raise ExperimentError(f"these are {size:,} points; more than {MOST:,} take too long: --design latin --points "
                              "200 covers the same ranges")


def apply(scenario: Scenario, point: Setting) -> Scenario:
    """The scenario at a point.

    Raises:
        ExperimentError: where the values cannot be had together.
    """
    for key, value in point:
        try:
            scenario = with_value(scenario, key, value)
        except FlightdeskError as error:
            raise ExperimentError(f"{setting_text(point)}: {error}") from error
    return scenario


def setting_text(point: Setting) -> str:
    """A point in words."""
    return ", ".join(f"{key}={value}" for key, value in point) or "as it is"


def sweep(scenario: Scenario, design: Design, seed: int = 1, replications: int = REPLICATIONS, *,
          interventions: Iterable[Intervention] = (), done: Mapping[Cell, Numbers] | None = None,
          keep: Callable[[Cell, Numbers], None] | None = None, jobs: int | None = None, where: Executor | None = None,
          progress: Progress | None = None) -> Sweep:
    """Runs what of a design has not been run.

    Ctrl+C (KeyboardInterrupt) ends it with the runs that have finished.

    Args:
        scenario: the floor as it is.
        design: the points.
        seed: chance, the same at every point.
        replications: of each point.
        interventions: what changes on the way, at every point.
        done: runs that have been made before.
        keep: called with each run as it finishes.
        jobs: processes, one for each processor if None; they change no digit.
        where: an executor to use instead of one of its own.
        progress: called with the runs done and asked for.

    Raises:
        ExperimentError: for a point that cannot be had, before anything is run.
    """
    scenarios = {point: apply(scenario, point) for point in design.points}
    runs = {cell: numbers for cell, numbers in (done or {}).items() if cell[0] in scenarios and cell[1] < replications}
    # Replication by replication, so that an early end leaves every point with something.
    cells = [(point, number) for number in range(replications) for point in design.points
             if (point, number) not in runs]
    work = partial(_run, seed=seed, interventions=tuple(interventions))
    tasks = [(scenarios[point], number) for point, number in cells]
    asked = len(design.points) * replications
    try:
        with executor(jobs) if where is None else nullcontext(where) as place:
            for at, numbers in place.results(work, tasks):
                runs[cells[at]] = numbers
                if keep is not None:
                    keep(cells[at], numbers)
                if progress is not None:
                    progress(len(runs), asked)
    except KeyboardInterrupt:
        if not runs:
            raise
    return Sweep(scenario, design, seed, replications, runs)


def _run(task: tuple[Scenario, int], *, seed: int, interventions: tuple[Intervention, ...]) -> Numbers:
    scenario, number = task
    tally = run_once(number, scenario=scenario, seed=seed, interventions=interventions).tally
    return {name: (tally.value(name), tally.tops.get(name), tally.bottoms.get(name)) for name in METRICS}


def _is_number(slot: Slot) -> bool:
    return slot.kind in (int, float) or slot.quantity is not None


def _number(slot: Slot, text: str) -> float:
    return float(slot.quantity.read(text)) if slot.quantity is not None else float(text)


def _text(slot: Slot, number: float) -> str:
    """The number as the key takes it."""
    if slot.kind is int:
        return str(round(number))
    if slot.quantity is None:
        return f"{number:.12g}"
    text = slot.quantity.write(number)
    if not text.endswith("%") and number % 1 and slot.quantity.write(0.35) == "35%":
        # A share that does not come back to the last bit as percent comes back to the twelfth digit, and reads better.
        return f"{_tidy(number * 100):.12g}%"
    return text


def _tidy(number: float) -> float:
    """Without the last digits, which adding steps has left behind: 0.3, not 0.30000000000000004."""
    return float(f"{number:.12g}")
