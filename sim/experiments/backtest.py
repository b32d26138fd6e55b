"""Backtest: learn from some months of a call log, replay another month's arrivals and staffing, compare.

From the months to fit come how long calls take (by queue, by person), how long callers wait before they give up, which
queues belong together, how long it takes to get to the next call, and how staffing is best read from a log. From the
month to test come when calls arrive and who took calls when, hence who was at work with which skills. Its waits and the
callers who gave up are what is predicted: nothing is fitted to them. Beside it stands what the usual formula makes of
the same: Erlang A hour by hour, all people in one pool (`core.intake.erlang_hours`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from core.estimates import Estimate, mean
from core.intake.call_log import CallLog, Flags, read_call_log
from core.intake.erlang_hours import ErlangHours
from core.intake.learned import Learned, learn
from core.intake.observed import MEASURES, Calls
from core.metrics import METRICS
from core.records import Outcome, Records
from sim.experiments.executor import Executor
from sim.experiments.reconstruction import STRICTNESS, Reconstruction, calls_of, reconstruct, tuned
from sim.experiments.replications import Progress, replicate


@dataclass(frozen=True)
class Comparison:
    """Observed, predicted and by the formula, for the calls of a stretch of time."""

    name: str
    """"all", an hour such as "09:00", or a date."""
    calls: int
    observed: Mapping[str, float]
    predicted: Mapping[str, Estimate]
    baseline: Mapping[str, float]


@dataclass(frozen=True)
class Drift:
    """What was different in the month tested: nothing was fitted to it, it says why a prediction is off."""

    handle_observed: float
    """Mean handle time of its calls (s)."""
    handle_predicted: float
    """The same as learned, for its mix of queues and people (s)."""
    handle_day_cv: float
    """How much the mean handle time differs from day to day, beyond chance."""
    patience_observed: float
    """Time waited by all over number who gave up (s)."""
    patience_learned: float
    strangers: float
    """Share of the time at work by people who are not in the months to fit."""


@dataclass(frozen=True)
class Backtest:
    """A prediction of a month that was not used to fit, beside what happened."""

    fit: CallLog
    test: CallLog
    learned: Learned
    seed: int
    replications: int
    within: float
    """Threshold of the service level (s)."""
    overall: Comparison
    by_hour: tuple[Comparison, ...]
    by_day: tuple[Comparison, ...]
    drift: Drift

    def miss(self, measure: str, baseline: bool = False) -> float:
        """Mean distance between days predicted and observed, weighted by calls."""
        pairs = [(day.calls, day.observed[measure], day.baseline[measure] if baseline else day.predicted[measure].value)
                 for day in self.by_day]
        told = [(calls, abs(seen - said)) for calls, seen, said in pairs
                if said is not None and math.isfinite(seen - said)]
        return math.fsum(calls * miss for calls, miss in told) / max(sum(calls for calls, _ in told), 1)


def backtest(fit_files: Sequence[str | Path], test_files: Sequence[str | Path], *, seed: int = 1, replications: int = 5,
             within: float = 20.0, jobs: int | None = None, progress: Progress | None = None) -> Backtest:
    """Predicts the months of `test_files` with what is learned from `fit_files`.

    Args:
        fit_files: call logs to learn from.
        test_files: call logs to predict.
        seed: chance of the replications.
        replications: how many times the months are replayed.
        within: threshold of the service level (s).
        jobs: processes; all processors if None.
        progress: called with the replications done and asked for.

    Raises:
        IntakeError: a file that cannot be read, or too little in it.
    """
    return compare(read_call_log(fit_files), read_call_log(test_files), seed=seed, replications=replications,
                   within=within, jobs=jobs, progress=progress)


def compare(fit: CallLog, test: CallLog, *, seed: int = 1, replications: int = 5, within: float = 20.0,
            jobs: int | None = None, where: Executor | None = None, progress: Progress | None = None) -> Backtest:
    """`backtest` of logs that have been read; `where` is an executor to use instead of one of its own."""
    trials, told = len(STRICTNESS), progress or (lambda done, total: None)
    learned = learn(fit)
    for done, better in enumerate(tuned(learned, fit), start=1):
        learned = better
        told(done, trials + replications)
    again = reconstruct(learned, test, within)
    outcome = replicate(again.scenario, seed, replications, jobs=jobs, where=where, keep_records=True,
                        replay=again.replay, progress=lambda done, total: told(trials + done, trials + total))
    seen = Calls(test.received, test.wait, test.served)
    runs = [calls_of(records, learned.connecting) for records in outcome.records]
    formula = ErlangHours(learned, test)

    def slice_(name: str, choose: Callable[[Calls], Flags]) -> Comparison:
        part = seen.where(choose(seen))
        each = [run.where(choose(run)).measures(within) for run in runs]
        predicted = {measure: mean([one[measure] for one in each], METRICS[measure].unit) for measure in MEASURES}
        return Comparison(name, len(part), part.measures(within), predicted, formula.measures(choose, within))

    hours, days = np.unique(seen.hour), np.unique(seen.day)
    return Backtest(
        fit, test, learned, seed, outcome.replications, within,
        slice_("all", lambda calls: np.ones(len(calls), dtype=bool)),
        tuple(slice_(f"{hour:02d}:00", partial(_in_hour, hour)) for hour in hours.tolist()),
        tuple(slice_(test.date_of(day).isoformat(), partial(_on_day, day)) for day in days.tolist()),
        _drift(learned, test, again, outcome.records))


def _in_hour(hour: int, calls: Calls) -> Flags:
    return np.equal(calls.hour, hour)


def _on_day(day: int, calls: Calls) -> Flags:
    return np.equal(calls.day, day)


def _drift(learned: Learned, log: CallLog, again: Reconstruction, records: Sequence[Records]) -> Drift:
    timed = ~np.isnan(log.handle)
    times, day = log.handle[timed], log.day[timed]
    days = [times[day == one] for one in np.unique(day) if np.count_nonzero(day == one) >= 100]
    means, chance = np.array([part.mean() for part in days]), np.array([part.var() / len(part) for part in days])
    beyond = math.sqrt(max(0.0, means.var() - chance.mean())) / means.mean() if len(days) > 1 else math.nan
    predicted = [(run.ended - run.answered)[run.outcome == Outcome.CLOSED].mean() for run in records]
    lost = max(int(np.count_nonzero(~log.served)), 1)
    overall = learned.patience.get("")
    return Drift(float(times.mean()), float(np.mean(predicted)), beyond, float(log.wait.sum()) / lost,
                 overall.mean if overall else math.inf, again.strangers)
