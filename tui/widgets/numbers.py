"""How quantities are written on screen: 4m12s, 91 %, 4.10, Tue 10:42.

All take the units of the inside (seconds, fractions, money); None and nan are "–".
"""

from __future__ import annotations

import math
from collections.abc import Callable

from core.units import DAY, HOUR, MINUTE, WEEK, WEEKDAYS

NOTHING = "–"
MINUS = "−"


def known(value: float | None) -> bool:
    """Whether there is a number."""
    return value is not None and math.isfinite(value)


def duration(seconds: float | None) -> str:
    """The two largest units: 8s, 4m12s, 1h05m, 2d03h."""
    if seconds is None or not math.isfinite(seconds):
        return NOTHING
    if seconds < 0:
        return MINUS + duration(-seconds)
    whole = round(seconds)
    if whole < MINUTE:
        return f"{whole}s"
    if whole < HOUR:
        return f"{whole // 60}m{whole % 60:02d}s"
    minutes = round(seconds / MINUTE)
    if minutes < 24 * 60:
        return f"{minutes // 60}h{minutes % 60:02d}m"
    hours = round(seconds / HOUR)
    return f"{hours // 24}d{hours % 24:02d}h"


def tick(seconds: float) -> str:
    """A round duration in one unit, for an axis: 30s, 5m, 2h, 1d; 90 s stays 90s, 8.3 h is 8h."""
    if seconds == 0:
        return "0"
    for unit, size in (("d", DAY), ("h", HOUR), ("m", MINUTE)):
        if seconds >= size and (seconds % size == 0 or seconds >= 3 * size):
            return f"{seconds / size:.0f}{unit}"
    return f"{seconds:g}s"


def percent(decimals: int) -> Callable[[float | None], str]:
    """Writes fractions with so many decimals: 91 %, 87.2 %."""
    def write(value: float | None) -> str:
        if value is None or not math.isfinite(value):
            return NOTHING
        return f"{_minus(f'{value * 100:.{decimals}f}')} %"
    return write


def points(decimals: int) -> Callable[[float | None], str]:
    """Writes differences of fractions in percentage points: 2.1 pt."""
    def write(value: float | None) -> str:
        if value is None or not math.isfinite(value):
            return NOTHING
        return f"{_minus(f'{value * 100:.{decimals}f}')} pt"
    return write


def count(value: float | None) -> str:
    """Whole numbers, thousands set apart: 1,910."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return _minus(f"{value:,.0f}")


def money(value: float | None) -> str:
    """Two decimals below a thousand, none above: 4.10, 1,910."""
    if value is None or not math.isfinite(value):
        return NOTHING
    return _minus(f"{value:,.2f}" if abs(value) < 1000 else f"{value:,.0f}")


def signed(text: str) -> str:
    """A plus sign before what has no minus."""
    return text if text.startswith((MINUS, NOTHING)) else f"+{text}"


def moment(at: float, seconds: bool = False) -> str:
    """Tue 10:42, or "week 2 Tue 10:42" (s since Monday 00:00 of the first week)."""
    whole = int(at + 1e-6)
    week, rest = divmod(whole, int(WEEK))
    day, rest = divmod(rest, int(DAY))
    lead = f"week {week + 1} " if week else ""
    return f"{lead}{WEEKDAYS[day]} {time_of_day(rest, seconds)}"


def time_of_day(at: float, seconds: bool = False) -> str:
    """10:42, the day left out."""
    rest = int(at + 1e-6) % int(DAY)
    text = f"{rest // 3600:02d}:{rest // 60 % 60:02d}"
    return f"{text}:{rest % 60:02d}" if seconds else text


def pace(speed: float) -> str:
    """Simulated time a real second: real time, 10×, 1 min/s, 1 h/s, 1 day/s."""
    if speed < MINUTE:
        return "real time" if speed == 1 else f"{speed:.2g}×"
    for unit, size in (("week", WEEK), ("day", DAY), ("h", HOUR), ("min", MINUTE)):
        if speed >= size:
            return f"{speed / size:.2g} {unit}/s"
    raise AssertionError(speed)


def _minus(text: str) -> str:
    """A true minus sign; no "-0"."""
    if text.startswith("-"):
        return MINUS + text[1:] if any(digit in text for digit in "123456789") else text[1:]
    return text
