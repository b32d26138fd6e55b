"""Results as text for people: numbers rounded by their own error, tables, progress on stderr.

Screens import `plain` from here before their first picture, so the estimates and their numpy are not loaded for it.
"""

from __future__ import annotations

import math
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.estimates import Estimate

NOTHING = "–"
TOLD, TOLD_MARK = "FLIGHTDESK_PROGRESS", "\x1e"
"""Asks for progress as lines on stderr, and how such a line begins."""
WIDTH = "FLIGHTDESK_WIDTH"
"""Names the columns of text that does not go to a terminal, for whoever shows it in one."""
MINUTE, HOUR = 60.0, 3_600.0
"""In seconds."""
Progress = Callable[[int, int], None]


def value_and_error(estimate: Estimate, currency: str = "$") -> tuple[str, str]:
    """The value and its half width in a unit that reads well: "83.4" and "± 0.6 %", "11m20s" and "± 25s".

    Both are rounded by the half width: see `places`; a wide one rounds to tens, hundreds, whole minutes. Units are
    those of `core.metrics`: s, 1 (a fraction), money, or things that are counted.
    """
    value, half = estimate.value, estimate.half_width
    if value is None or not math.isfinite(value):
        return NOTHING, ""
    if estimate.unit == "s":
        return _duration(value, half)
    if estimate.unit == "1":
        return _pair(value * 100, None if half is None else half * 100, " %")
    if estimate.unit == "money":
        text, error = _pair(value, half, money=True)
        return f"−{currency}{text[1:]}" if text.startswith("-") else f"{currency}{text}", error
    return _pair(value, half)


def value_with_error(estimate: Estimate, currency: str = "$") -> str:
    """`value_and_error` as one text: 83.4 ± 0.6 %, 11m20s ± 25s, $4.10 ± 0.03, $310 ± 130."""
    return " ".join(filter(None, value_and_error(estimate, currency)))


def places(value: float, half: float | None) -> int:
    """Digits after the point to show, at most 4.

    They end at the first digit of the error, at the second where the first is a 1; three digits of the value where
    there is no error.
    """
    size = half or abs(value)
    if size == 0.0:
        return 0
    power = math.floor(math.log10(size))
    extra = 2 if not half else 1 if size < 2 * 10.0**power else 0
    return max(0, min(4, extra - power))


def _pair(value: float, half: float | None, unit: str = "", money: bool = False) -> tuple[str, str]:
    """The value and its half width, rounded alike; of money there are both digits after the point, or none."""
    digits = places(value, half)
    if half and half >= 10:
        step = _coarse(half)
        value, half = round(value / step) * step, round(half / step) * step
    elif money and not half:
        whole = abs(value) >= 1000 or (half is not None and round(value, 4) % 1 == 0)
        digits = 0 if whole else max(digits, 2)
    written = max(digits, 2) if money and digits else digits
    number = f"{round(value, digits) + 0.0:,.{written}f}"  # + 0.0: no minus before nothing
    return number, unit.strip() if half is None else f"± {round(half, digits):,.{written}f}{unit}"


def _coarse(half: float) -> float:
    """The widest of 1, 5, 10, 50, 100 ... that is no more than a quarter of an error of 10 or more."""
    power = 10.0**math.floor(math.log10(half / 4))
    return 5 * power if half / 4 >= 5 * power else power


STEPS = (1.0, 5.0, 10.0, 30.0, MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE, HOUR)
"""What durations are rounded to (s): the widest that is no more than a quarter of the error."""


def _duration(value: float, half: float | None) -> tuple[str, str]:
    """Seconds with decimals where the error is below a second, else minutes and seconds, or hours and minutes."""
    error = abs(value) / 100 if half is None else half
    if max(abs(value), half or 0.0) < 100 or (error < 1 and abs(value) < HOUR):
        return _pair(value, half, " s")
    least = MINUTE if abs(value) >= 10 * HOUR else 1.0
    step = max(least, *(step for step in STEPS if step <= max(error / 4, 1.0)))
    return clock(value, step), "" if half is None else f"± {clock(half, step)}"


def clock(seconds: float, step: float = 1.0) -> str:
    """A duration to whole steps (s), with seconds where they are shorter than a minute: 25s, 11m20s, 1h05m, 26h40m."""
    whole = round(seconds / step) * int(step)
    if step >= MINUTE:
        return f"{whole // 3600}h{whole // 60 % 60:02d}m" if whole >= HOUR else f"{whole // 60}m"
    if whole < MINUTE:
        return f"{whole}s"
    hours, rest = divmod(whole, 3600)
    return f"{hours}h{rest // 60:02d}m{rest % 60:02d}s" if hours else f"{rest // 60}m{rest % 60:02d}s"


def columns(rows: Iterable[Sequence[str]], right: Sequence[int] = (), gap: int = 2) -> Iterator[str]:
    """The rows as aligned columns; those at the positions in `right` end together."""
    table = [list(row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        cells = [cell.rjust(width) if at in right else cell.ljust(width)
                 for at, (cell, width) in enumerate(zip(row, widths, strict=True))]
        yield (" " * gap).join(cells).rstrip()


def in_blocks(rows: Iterable[Sequence[str]], width: int, keep: int = 1, gap: int = 2) -> Iterator[str]:
    """The rows as aligned columns in several tables under each other, where one would be wider than `width`.

    The first `keep` columns stand in each of them.
    """
    table = [list(row) for row in rows]
    sizes = [max(map(len, column)) + gap for column in zip(*table, strict=True)]
    at = keep
    while at < len(sizes):
        last, room = at + 1, width + gap - sum(sizes[:keep])
        while last < len(sizes) and sum(sizes[at:last + 1]) <= room:
            last += 1
        if at > keep:
            yield ""
        yield from columns([[*row[:keep], *row[at:last]] for row in table], gap=gap)
        at = last


@contextmanager
def progress(what: str) -> Iterator[Progress | None]:
    """A bar with an estimate of the time left on stderr, where that is a terminal; else nothing (None).

    Where `TOLD` of the environment is set, a screen of ours reads stderr and draws the bar: lines of `TOLD_MARK`.
    """
    if os.environ.get(TOLD):
        # The line with its end in one piece, lest Ctrl+C comes between.
        yield lambda done, total: print(f"{TOLD_MARK}{done}/{total}\n", end="", file=sys.stderr, flush=True)
        return
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    with Progress(TextColumn(what, markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
                  console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def as_json(estimate: Estimate) -> Mapping[str, object]:
    """Value, half width and unit; None where there is none (JSON knows no nan)."""
    return {"value": _finite(estimate.value), "half_width": _finite(estimate.half_width), "unit": estimate.unit}


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def plain(text: str) -> str:
    """The text without control and format characters, which could draw outside their place or hide what is there."""
    return "".join(char if char.isprintable() else " " for char in text)


def page_width(most: int = 98) -> int:
    """Columns for text on stdout: as many as read well, fewer where the terminal has fewer."""
    return min(most, terminal_width(most))


def terminal_width(otherwise: int) -> int:
    """Columns of the terminal; where the text goes elsewhere what `WIDTH` of the environment says, or `otherwise`."""
    if sys.stdout.isatty():
        return shutil.get_terminal_size().columns
    told = os.environ.get(WIDTH, "")
    return int(told) if told.isdecimal() and int(told) > 0 else otherwise


def wrapped(text: str, width: int) -> Iterator[str]:
    """The text in lines of at most `width` terminal cells, broken between words where there are any."""
    from rich.cells import cell_len, chop_cells

    line = ""
    for word in text.split():
        if line and cell_len(line) + 1 + cell_len(word) > width:
            yield line
            line = ""
        *full, word = chop_cells(f"{line} {word}" if line else word, width)
        yield from full
        line = word
    if line:
        yield line


def command_line() -> str:
    """The command as it was called, for whoever wants to call it again."""
    import shlex

    import rich_click as click

    context = click.get_current_context(silent=True)
    words = context.find_root().obj if context is not None else None
    return shlex.join(["flightdesk", *(words or [])])
