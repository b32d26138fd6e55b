"""Sparklines: a row of blocks, one for each stretch of the window."""

from __future__ import annotations

import numpy as np

from sim.snapshot import Series

BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(series: Series | None, start: float, end: float, width: int, floor: float | None = None,
              least: float = 0.0) -> str:
    """Blocks for the series between two times (s), `width` cells; a gap is blank.

    Heights run from `floor` (none: the lowest value) to the highest value, over a span of `least` at the least, so
    that noise does not look like news.
    """
    if series is None or width <= 0 or end <= start:
        return " " * max(0, width)
    values = resample(series, start, end, width)
    known = values[~np.isnan(values)]
    if not len(known):
        return " " * width
    low = float(known.min()) if floor is None else min(floor, float(known.min()))
    span = max(float(known.max()) - low, least)
    top = len(BLOCKS) - 1
    return "".join(" " if np.isnan(value) else BLOCKS[round((value - low) / span * top) if span > 0 else 0]
                   for value in values)


def resample(series: Series, start: float, end: float, count: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Means of the values in `count` equal stretches of the window; a stretch without one takes the value in force
    (that of the interval it lies in), nan before the first and where the interval has none.
    """
    times, values = series.times, series.values
    result = np.full(count, np.nan)
    inside = (times > start) & (times <= end)
    if not inside.any():
        return result
    times, values = times[inside], values[inside]
    width = (end - start) / count
    edges = start + width * np.arange(1, count + 1)
    # Which interval covers each stretch's end: the first that ends at or after it.
    holder = np.searchsorted(times, edges - 1e-9)
    first = times[0] - (times[1] - times[0] if len(times) > 1 else width)
    for at, (edge, held) in enumerate(zip(edges, holder, strict=True)):
        here = values[(times > edge - width) & (times <= edge)]
        here = here[~np.isnan(here)]
        if len(here):
            result[at] = here.mean()
        elif held < len(values) and edge > first:
            result[at] = values[held]
    return result
