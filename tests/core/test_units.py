"""What people write becomes seconds, fractions and rates, and is written back as the same number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from core import units
from core.errors import UnitError
from core.units import WRITTEN, Duration, Moment, Multiple, Rate, Ratio, Share, TimeOfDay, Weight


@pytest.mark.parametrize(("read", "text", "value"), [
    (units.seconds, "90s", 90.0), (units.seconds, "1h30m", 5400.0), (units.seconds, " 1.5 h ", 5400.0),
    (units.seconds, "2d 3h", 183_600.0), (units.seconds, "250ms", 0.25), (units.seconds, "10min", 600.0),
    (units.seconds, "1W", 604_800.0), (units.seconds, 0, 0.0),
    (units.fraction, "35%", 0.35), (units.fraction, "0.35", 0.35), (units.fraction, 1, 1.0),
    (units.fraction, " 4.5% ", 0.045),
    (units.multiple, "120%", 1.2), (units.multiple, 3, 3.0), (units.multiple, "1.2", 1.2),
    (units.per_second, "12/h", 12 / 3600), (units.per_second, "3.5/m", 3.5 / 60),
    (units.per_second, "100/30m", 100 / 1800), (units.per_second, "2 / s", 2.0), (units.per_second, 0, 0.0),
    (units.moment, "Mon 09:00", 32_400.0), (units.moment, "tuesday 10:30:15", 124_215.0),
    (units.moment, "week 2 Sun 00:00", 604_800.0 + 6 * 86_400.0), (units.moment, "25h", 90_000.0),
    (units.time_of_day, "09:00", 32_400.0), (units.time_of_day, "24:00", 86_400.0),
    (units.time_of_day, "7:05:09", 25_509.0),
])
def test_what_is_read(read: Callable[[object], float], text: object, value: float) -> None:
    assert read(text) == value


@pytest.mark.parametrize(("read", "text"), [
    (units.seconds, "90"), (units.seconds, 90), (units.seconds, "90 sekonds"), (units.seconds, ""),
    (units.seconds, "s"), (units.seconds, "-5s"), (units.seconds, "1h30"), (units.seconds, True),
    (units.seconds, None), (units.seconds, "5sm"),
    (units.fraction, 35), (units.fraction, "35"), (units.fraction, "%"), (units.fraction, "a third"),
    (units.fraction, True), (units.fraction, float("nan")), (units.fraction, "nan"),
    (units.multiple, "twice"), (units.multiple, float("inf")), (units.multiple, False),
    (units.per_second, 12), (units.per_second, "12"), (units.per_second, "12/fortnight"), (units.per_second, "12/0m"),
    (units.moment, "Mon"), (units.moment, "Mon 25:00"), (units.moment, "Mon 10:60"), (units.moment, "09:00"),
    (units.time_of_day, "9"), (units.time_of_day, "24:01"), (units.time_of_day, "09:00:60"), (units.time_of_day, 9),
])
def test_what_has_no_reading_is_refused(read: Callable[[object], float], text: object) -> None:
    with pytest.raises(UnitError, match=r"wanted, such as|lies between"):
        read(text)


@pytest.mark.parametrize(("written", "value"), [
    (units.write_seconds(5400), "1h30m"), (units.write_seconds(0.5), "0.5s"), (units.write_seconds(0), "0s"),
    (units.write_seconds(1_209_661), "14d1m1s"), (units.write_seconds(1e-7), "0.0000001s"),
    (units.write_fraction(0.35), "35%"), (units.write_fraction(0.045), "4.5%"),
    (units.write_multiple(1.2), "120%"), (units.write_weight(3.0), "3"), (units.write_weight(0.25), "25%"),
    (units.write_per_second(12 / 3600), "12/h"), (units.write_per_second(2.5), "9000/h"),
    (units.write_moment(118_800), "Tue 09:00"), (units.write_moment(608_400), "week 2 Mon 01:00"),
    (units.write_moment(0.5), "0.5s"), (units.write_time_of_day(34_215), "09:30:15"),
])
def test_what_is_written(written: str, value: str) -> None:
    assert written == value


finite = st.floats(0.0, 1e12, allow_subnormal=False)


@given(finite)
def test_durations_factors_weights_rates_and_moments_are_read_back_equal(value: float) -> None:
    for write, read in ((units.write_seconds, units.seconds), (units.write_multiple, units.multiple),
                        (units.write_weight, units.multiple), (units.write_number, units.multiple),
                        (units.write_per_second, units.per_second), (units.write_moment, units.moment)):
        assert read(write(value)) == value, write.__name__


@given(st.floats(0.0, 1.0))
def test_shares_are_read_back_equal(value: float) -> None:
    assert units.fraction(units.write_fraction(value)) == value


@given(st.integers(0, 86_400))
def test_times_of_day_are_read_back_equal(value: int) -> None:
    assert units.time_of_day(units.write_time_of_day(value)) == value


class Everything(BaseModel):
    duration: Duration = 90.0
    share: Share = 0.35
    multiple: Multiple = 1.2
    ratio: Ratio = 1.1
    weight: Weight = 3.0
    rate: Rate = 0.5
    moment: Moment = 32_400.0
    time: TimeOfDay = 32_400.0


def test_a_model_writes_what_it_reads() -> None:
    written = Everything().model_dump()
    assert written == {"duration": "1m30s", "share": "35%", "multiple": "120%", "ratio": "1.1", "weight": "3",
                       "rate": "1800/h", "moment": "Mon 09:00", "time": "09:00"}
    assert Everything.model_validate(written, context=WRITTEN) == Everything()


@pytest.mark.parametrize("given_", [
    {"duration": 90.0}, {"duration": "90"}, {"share": "101%"}, {"share": "-1%"}, {"rate": 0.5}, {"moment": 32_400.0},
    {"time": "24:30"}, {"multiple": "-1%"}, {"weight": "nan%"}, {"ratio": "inf"},
    {"duration": "9" * 400 + "s"},
])
def test_what_people_write_needs_its_unit_and_its_bounds(given_: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Everything.model_validate(given_, context=WRITTEN)


def test_in_code_numbers_are_in_the_inside_unit() -> None:
    assert Everything(duration=12.5, rate=0.25).duration == 12.5
    with pytest.raises(ValidationError, match="between 0% and 100%"):
        Everything(share=1.5)
