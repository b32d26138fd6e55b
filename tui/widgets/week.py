"""A week in a few rows: needs and people over the hours from Monday to Sunday."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.units import WEEKDAYS
from tui.widgets.spark import BLOCKS
from tui.widgets.text import Line

CELLS = (24, 12, 8, 6, 4, 3, 2, 1)
"""Cells that a day may take: whole hours each."""


def cells_a_day(width: int) -> int:
    """How many cells of a day fit, with one free between days."""
    return next((count for count in CELLS if 7 * count + 6 <= width), 1)


def days(width: int, gutter: int) -> Line:
    """The names of the days above the picture, which begins after `gutter` cells."""
    each = cells_a_day(width - gutter)
    names = [(name if each >= 3 else name[:each]).ljust(each) for name in WEEKDAYS]
    return ((" " * gutter + " ".join(names).rstrip(), "faint"),)


def bars(label: str, hourly: NDArray[np.float64], width: int, height: int, gutter: int, role: str) -> list[Line]:
    """Bars of the greatest values of each stretch of hours, as high as the greatest of the week."""
    each = cells_a_day(width - gutter)
    values = hourly.reshape(7, each, -1).max(axis=2)
    top = float(values.max())
    steps = len(BLOCKS) * height
    # What rounding adds to a whole level is no level more.
    levels = np.ceil(values / top * steps - 1e-6).astype(np.int64) if top > 0 else np.zeros(values.shape, np.int64)
    lines: list[Line] = []
    for row in range(height):
        below = (height - 1 - row) * len(BLOCKS)
        text = " ".join("".join(BLOCKS[min(level - below, len(BLOCKS)) - 1] if level > below else " "
                                for level in day) for day in levels.tolist())
        lines.append(((label.ljust(gutter) if row == height - 1 else " " * gutter, "faint"), (text, role)))
    return lines
