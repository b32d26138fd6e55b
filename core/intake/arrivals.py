"""When calls come: the mean week, how much days differ beyond chance, and the days that tell nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.intake.call_log import CallLog, Flags, Floats
from core.units import DAY, HOUR

_ODD = 0.3
"""A day with less than this share of its weekday's median is a holiday or a gap in the log."""


@dataclass(frozen=True)
class Arrivals:
    """The mean week of a log, over the days that count."""

    week: Floats
    """Calls per hour, shape (7, 24); Monday first."""
    daily: Floats
    """Mean calls of each weekday, shape (7,)."""
    days: tuple[int, ...]
    """Days that count, from 0 on the first Monday."""
    empty: tuple[int, ...]
    """Days without a call although calls came on other such weekdays of the log: not recorded, or closed."""
    thin: tuple[int, ...]
    """Days with far fewer calls than usual: holidays or parts of days; left out of the mean week."""
    busyness_cv: float
    """Variation of days around their weekday's mean beyond chance."""
    dispersion: float
    """Variance over mean of the calls of an hour, within weekday and hour; 1 is a plain Poisson process."""

    @property
    def days_seen(self) -> Floats:
        """How many days of each weekday count, shape (7,)."""
        return np.bincount(np.array(self.days, dtype=np.int64) % 7, minlength=7).astype(np.float64)

    @property
    def counts(self) -> Flags:
        """For each day up to the last that counts: whether it does."""
        flags = np.zeros(self.days[-1] + 1, dtype=bool)
        flags[list(self.days)] = True
        return flags


def fit_arrivals(log: CallLog) -> Arrivals:
    """The mean week of the log."""
    day, hour = log.day, (log.received % DAY // HOUR).astype(np.int64)
    first, last = int(day[0]), int(day[-1])
    by_hour = np.zeros((last + 1, 24))
    np.add.at(by_hour, (day, hour), 1.0)
    by_day = by_hour.sum(axis=1)
    span = np.arange(first, last + 1)
    usual = np.zeros(7)
    for weekday in range(7):
        if len(values := by_day[span[(span % 7 == weekday) & (by_day[span] > 0)]]):
            usual[weekday] = np.median(values)
    calls, expected = by_day[span], usual[span % 7]
    empty = span[(calls == 0) & (expected > 0)]
    thin = span[(calls > 0) & (calls < _ODD * expected)]
    days = span[(calls > 0) & (calls >= _ODD * expected)]
    week = np.zeros((7, 24))
    for weekday in range(7):
        these = days[days % 7 == weekday]
        if len(these):
            week[weekday] = by_hour[these].mean(axis=0)
    daily = week.sum(axis=1)
    return Arrivals(week, daily, tuple(days.tolist()), tuple(empty.tolist()), tuple(thin.tolist()),
                    _busyness(by_day[days], days % 7, daily), _dispersion(by_hour[days], days % 7, week))


def _busyness(calls: Floats, weekday: np.ndarray[tuple[int], np.dtype[np.int64]], mean: Floats) -> float:
    """Square root of the relative variance within weekdays that a Poisson count does not explain, pooled."""
    top = bottom = 0.0
    for one in range(7):
        these = calls[weekday == one]
        if len(these) > 1 and mean[one] > 0:
            freedom = len(these) - 1
            top += freedom * (these.var(ddof=1) - mean[one]) / mean[one] ** 2 * these.sum()
            bottom += freedom * these.sum()
    return float(np.sqrt(max(0.0, top / bottom))) if bottom else 0.0


def _dispersion(calls: Floats, weekday: np.ndarray[tuple[int], np.dtype[np.int64]], mean: Floats) -> float:
    """Pooled variance of hourly counts within weekday and hour, over their pooled mean."""
    top = bottom = 0.0
    for one in range(7):
        these = calls[weekday == one]
        if len(these) > 1:
            top += float(these.var(axis=0, ddof=1).sum()) * len(these)
            bottom += float(mean[one].sum()) * len(these)
    return top / bottom if bottom else 1.0
