"""What the tests of theory measure with: means over replications without what known inputs explain, states, lines."""

from __future__ import annotations

import math
from heapq import heappop, heappush

import numpy as np
from numpy.typing import NDArray

from core.estimates import t_quantile

Floats = NDArray[np.float64]
LEVEL = 0.999


def controlled(values: Floats, controls: Floats) -> list[tuple[float, float]]:
    """Value and half width of the 99.9 % interval of each column's mean; both arrays have a row a replication.

    Controls have mean zero where the inputs are right: how many conversations came and how long they took, against
    what the scenario says. They move every wait, and what they explain of a metric is taken out by regression over
    replications (control variates; Law 2015, Simulation Modeling and Analysis, 11.4), which is worth up to ten times as
    many. The metric is then the one at the right inputs, so that wrong ones have to be told apart: `off` does.
    """
    count = len(values)
    design = np.column_stack((np.ones(count), controls))
    # The pseudoinverse, because a handle time that is constant controls nothing.
    cofactor = np.linalg.pinv(design.T @ design)
    freedom = count - design.shape[1]
    fit = cofactor @ design.T @ values
    noise = ((values - design @ fit) ** 2).sum(axis=0) / freedom
    half_widths = t_quantile(LEVEL, freedom) * np.sqrt(noise * cofactor[0, 0])
    return list(zip(fit[0].tolist(), half_widths.tolist(), strict=True))


def off(controls: Floats) -> list[str]:
    """The controls, by number, whose mean is not zero: the zero is outside the 99.9 % interval of the mean."""
    count = len(controls)
    spread = controls.std(axis=0, ddof=1) if count > 1 else np.zeros(controls.shape[1])
    half_widths = t_quantile(LEVEL, count - 1) * spread / math.sqrt(count)
    means = controls.mean(axis=0)
    return [f"control {number} is {mean:+.3%} ± {half_width:.3%}"
            for number, (mean, half_width) in enumerate(zip(means, half_widths, strict=True))
            if abs(mean) > half_width + 1e-9]


def time_in_state(start: Floats, end: Floats, since: float, until: float, states: int) -> Floats:
    """Seconds between `since` and `until` with 0, 1, 2 ... of the spans open; longer queues are left out."""
    times = np.concatenate((start, np.where(np.isnan(end), until, end)))
    steps = np.repeat([1, -1], len(start))
    order = np.lexsort((steps, times))
    edges = np.clip(np.concatenate((times[order], [until])), since, until)
    count = np.cumsum(steps[order])
    seconds = np.bincount(np.minimum(count, states), weights=np.diff(edges), minlength=states + 1)
    return seconds[:states].astype(np.float64)


def in_line(came: Floats, service: Floats, people: int) -> Floats:
    """When each is done where those people serve first come, first served, each as long as it takes (s)."""
    free, done = [0.0] * people, np.empty(len(came))
    for row in np.argsort(came, kind="stable"):
        done[row] = max(float(came[row]), heappop(free)) + service[row]
        heappush(free, done[row])
    return done
