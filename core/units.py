"""Quantities as people write them, and as the engine counts them.

In files and on the command line: "90s", "10m", "1h30m", "35%", "12/h", "Mon 09:00", "17:30".
Inside: seconds, fractions 0 to 1, events per second, seconds since Monday 00:00 of the first week.

The annotated types at the end are what `core.scenario` is made of: pydantic reads the written form
through them and `core.scenario_file` writes it back, so that a round trip is equal.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationInfo
from pydantic_core import CoreSchema, core_schema

from core.errors import UnitError

WRITTEN = "written"
"""Validation context for what people write: every quantity needs its unit."""

MINUTE, HOUR, DAY, WEEK = 60.0, 3_600.0, 86_400.0, 604_800.0
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_SECONDS = {"ms": 0.001, "s": 1.0, "m": MINUTE, "min": MINUTE, "h": HOUR, "d": DAY, "w": WEEK}
_PART = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(ms|min|s|m|h|d|w)(?![a-z])")
_RATE = re.compile(r"(\d+(?:\.\d+)?(?:e-?\d+)?)\s*/\s*(\d*)\s*(s|min|m|h|d|w)")
_MOMENT = re.compile(r"(?:(?:week\s*(\d+)\s+)?(mon|tue|wed|thu|fri|sat|sun)[a-z]*\s+)(\d{1,2}):(\d{2})(?::(\d{2}))?")
_TIME_OF_DAY = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")


def seconds(text: object) -> float:
    """Seconds of a duration: "90s", "1h30m", "1.5h", "2d", 0.

    Raises:
        UnitError: for anything else, a bare number other than 0 included (its unit would be a guess).
    """
    if isinstance(text, int | float) and not isinstance(text, bool) and text == 0:
        return 0.0
    if isinstance(text, str):
        word, total, at = text.strip().lower(), 0.0, 0
        while at < len(word):
            part = _PART.match(word, at)
            if part is None:
                break
            total += float(part[1]) * _SECONDS[part[2]]
            at = part.end()
        else:
            if word:
                return total
    raise UnitError('a duration with its unit is wanted, such as "90s", "10m", "1h30m" or "2d"')


def fraction(text: object) -> float:
    """Fraction of a share: "35%", 0.35. A bare number above 1 is refused: it may have been meant as %."""
    if isinstance(text, int | float) and not isinstance(text, bool):
        if not math.isfinite(text) or not -1 <= text <= 1:
            raise UnitError('a share with its unit is wanted, such as "35%" (or 0.35)')
        return float(text)
    if isinstance(text, str):
        word = text.strip()
        try:
            return float(word[:-1]) / 100 if word.endswith("%") else fraction(float(word))
        except ValueError:
            pass
    raise UnitError('a share is wanted, such as "35%" or 0.35')


def multiple(text: object) -> float:
    """A factor: "120%" or 1.2 (here 120 % and more make sense)."""
    if isinstance(text, int | float) and not isinstance(text, bool) and math.isfinite(text):
        return float(text)
    if isinstance(text, str):
        word = text.strip()
        try:
            return float(word[:-1]) / 100 if word.endswith("%") else float(word)
        except ValueError:
            pass
    raise UnitError('a factor is wanted, such as 1.2 or "120%"')


def per_second(text: object) -> float:
    """Events per second of a rate: "12/h", "3.5/m", "100/30m", "2/s"."""
    if isinstance(text, int | float) and not isinstance(text, bool) and text == 0:
        return 0.0
    if isinstance(text, str) and (match := _RATE.fullmatch(text.strip().lower())):
        count, span = float(match[1]), float(match[2] or 1)
        if span > 0:
            return count / (span * _SECONDS[match[3]])
    raise UnitError('a rate is wanted, such as "12/h", "3.5/m" or "100/30m"')


def moment(text: object) -> float:
    """Seconds since Monday 00:00 of the first week: "Mon 09:00", "week 2 Tue 10:30", or a duration.

    >>> moment("Tue 01:00") == moment("25h")
    True
    """
    if isinstance(text, str) and (match := _MOMENT.fullmatch(text.strip().lower())):
        day = [name.lower() for name in WEEKDAYS].index(match[2])
        return (int(match[1] or 1) - 1) * WEEK + day * DAY + _time_of_day(match[3], match[4], match[5])
    try:
        return seconds(text)
    except UnitError:
        raise UnitError('a moment is wanted, such as "Mon 09:00" or "week 2 Tue 10:30"') from None


def time_of_day(text: object) -> float:
    """Seconds since midnight: "09:00", "17:30", "24:00"."""
    if isinstance(text, str) and (match := _TIME_OF_DAY.fullmatch(text.strip())):
        return _time_of_day(match[1], match[2], match[3])
    raise UnitError('a time of day is wanted, such as "09:00"')


def _time_of_day(hour: str, minute: str, second: str | None) -> float:
    value = int(hour) * HOUR + int(minute) * MINUTE + int(second or 0)
    if value > DAY or int(minute) > 59 or int(second or 0) > 59:
        raise UnitError("a time of day lies between 00:00 and 24:00")
    return value


def write_seconds(value: float) -> str:
    """The shortest exact text of a duration: 5400 -> "1h30m", 0.5 -> "0.5s"."""
    if value == 0:
        return "0s"
    if value < 0 or value != int(value):
        return f"{write_number(value)}s"
    whole, parts = int(value), []
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)):
        count, whole = divmod(whole, size)
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts)


def write_fraction(value: float) -> str:
    """0.35 -> "35%", always read back as the same number."""
    text = f"{write_number(round(value * 100, 10))}%"
    return text if fraction(text) == value else repr(value)


def write_multiple(value: float) -> str:
    """1.2 -> "120%", always read back as the same number."""
    text = f"{write_number(round(value * 100, 10))}%"
    return text if multiple(text) == value else repr(value)


def write_weight(value: float) -> str:
    """A share among others: 0.35 -> "35%", 3.0 -> "3"; always read back as the same number."""
    return write_multiple(value) if 0 < value < 1 else write_number(value)


def write_per_second(value: float) -> str:
    """The rate in the unit that reads best: per second, minute, hour or day."""
    for unit, size in (("h", HOUR), ("m", MINUTE), ("s", 1.0), ("d", DAY)):
        text = f"{write_number(round(value * size, 9))}/{unit}"
        if "e" not in text and per_second(text) == value:
            return text
    return f"{write_number(value)}/s"


def write_moment(value: float) -> str:
    """118800 -> "Tue 09:00"; times that are no whole second are written as a duration."""
    if value < 0 or value != int(value):
        return write_seconds(value)
    week, rest = divmod(int(value), 604_800)
    day, rest = divmod(rest, 86_400)
    lead = f"week {week + 1} " if week else ""
    return f"{lead}{WEEKDAYS[day]} {write_time_of_day(rest)}"


def write_time_of_day(value: float) -> str:
    """34200 -> "09:30"."""
    minutes, second = divmod(int(value), 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{second:02d}" if second else text


def write_number(value: float) -> str:
    """The shortest text of a number, never with an exponent."""
    return f"{Decimal(int(value) if value == int(value) else repr(value)):f}"


@dataclass(frozen=True)
class Quantity:
    """Pydantic's view of a quantity: text on the outside, a float between `low` and `high` inside."""

    read: Callable[[object], float]
    write: Callable[[float], str]
    like: str
    low: float = 0.0
    high: float = math.inf

    @property
    def bounds(self) -> str:
        """What is allowed, in words."""
        if self.high == math.inf:
            return f"at least {self.write(self.low)}"
        return f"between {self.write(self.low)} and {self.write(self.high)}"

    def check(self, given: object, info: ValidationInfo) -> float:
        """The value of what was written, or a UnitError that says what is allowed.

        In code a number is in the inside unit; a number in a file is refused unless its unit is plain.
        """
        value = given if isinstance(given, float) and info.context != WRITTEN else self.read(given)
        if not (self.low <= value <= self.high and math.isfinite(value)):
            raise UnitError(f"must be {self.bounds}")
        return value

    def __get_pydantic_core_schema__(self, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_before_validator_function(
            self.check, core_schema.float_schema(),
            serialization=core_schema.plain_serializer_function_ser_schema(self.write))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, object]:
        return {"type": ["string", "number"], "examples": [self.like],
                "description": f"such as {self.like}, {self.bounds}"}


Duration = Annotated[float, Quantity(seconds, write_seconds, "90s")]
PositiveDuration = Annotated[float, Quantity(seconds, write_seconds, "90s", low=0.001)]
Share = Annotated[float, Quantity(fraction, write_fraction, "35%", high=1.0)]
Multiple = Annotated[float, Quantity(multiple, write_multiple, "120%")]
PositiveMultiple = Annotated[float, Quantity(multiple, write_multiple, "120%", low=0.001)]
Ratio = Annotated[float, Quantity(multiple, write_number, "1.1")]
Weight = Annotated[float, Quantity(multiple, write_weight, "35%")]
Rate = Annotated[float, Quantity(per_second, write_per_second, "12/h")]
Moment = Annotated[float, Quantity(moment, write_moment, "Mon 09:00")]
TimeOfDay = Annotated[float, Quantity(time_of_day, write_time_of_day, "09:00", high=DAY)]
