"""Numbers for people: rounded by their own error, in units that read well."""

from __future__ import annotations

import io
import math
import sys

import pytest

from core.estimates import Estimate
from tui.present import as_json, columns, in_blocks, plain, progress, value_with_error


@pytest.mark.parametrize(("value", "half", "unit", "text"), [
    (83.4123, 0.6123, "s", "83.4 ± 0.6 s"), (41.2, 0.0132, "s", "41.200 ± 0.013 s"), (680.0, 25.0, "s", "11m20s ± 25s"),
    (3.5, 0.0, "s", "3.50 ± 0.00 s"), (3900.0, 90.0, "s", "1h05m00s ± 1m30s"), (3900.0, 600.0, "s", "1h05m ± 10m"),
    (96_000.0, 60.0, "s", "26h40m ± 1m"), (41.234, None, "s", "41.2 s"), (680.0, None, "s", "11m20s"),
    (599.9, 5.0, "s", "10m00s ± 5s"), (683.0, 284.0, "s", "11m ± 5m"), (3854.0, 444.0, "s", "1h04m ± 7m"),
    (32_220.0, 3400.0, "s", "9h00m ± 1h00m"), (79_020.0, 154_920.0, "s", "22h00m ± 43h00m"),
    (83.0, 214.0, "s", "1m30s ± 3m30s"), (41.0, 250.0, "s", "1m ± 4m"), (12.0, 500.0, "s", "0m ± 8m"),
    (0.5, None, "1", "50.0 %"),
    (0.834123, 0.006123, "1", "83.4 ± 0.6 %"), (0.045, 0.0014, "1", "4.50 ± 0.14 %"),
    (0.0, 0.0, "1", "0 ± 0 %"), (1.0, 0.0, "1", "100 ± 0 %"), (0.53, 0.29, "1", "55 ± 30 %"),
    (4.1, 0.03, "money", "€4.10 ± 0.03"), (4.12, 0.6, "money", "€4.10 ± 0.60"),
    (0.0352, 0.0101, "money", "€0.035 ± 0.010"), (0.5, 0.0, "money", "€0.500 ± 0.000"),
    (311.53, 1.44, "money", "€311.50 ± 1.40"), (311.53, 8.29, "money", "€312 ± 8"),
    (311.53, 128.29, "money", "€310 ± 130"), (41_216.0, 350.0, "money", "€41,200 ± 350"),
    (41_216.0, 0.0, "money", "€41,216 ± 0"), (96.0, 0.0, "money", "€96 ± 0"), (212.4, None, "money", "€212.40"),
    (-17.2, 8.1, "money", "−€17 ± 8"), (-0.2, 8.1, "money", "€0 ± 8"),
    (9275.4, 725.3, "conversations", "9,300 ± 700"), (-3.0, 40.0, "conversations", "0 ± 40"),
    (1.543, 0.0143, "conversations", "1.543 ± 0.014"),
    (None, None, "s", "–"), (math.nan, None, "1", "–"),
])
def test_values_are_rounded_by_their_error(value: float | None, half: float | None, unit: str, text: str) -> None:
    assert value_with_error(Estimate(value, half, unit), "€") == text


def test_json_has_no_nan() -> None:
    assert dict(as_json(Estimate(math.nan, math.inf, "s"))) == {"value": None, "half_width": None, "unit": "s"}
    assert dict(as_json(Estimate(1.5, None, "s"))) == {"value": 1.5, "half_width": None, "unit": "s"}


def test_columns_are_aligned() -> None:
    assert list(columns([("a", "1", "x"), ("bbb", "22", "")], right=(1,))) == ["a     1  x", "bbb  22"]


def test_control_characters_do_not_get_through() -> None:
    assert plain("a\x1b[31m\tb\u202ec\nd é 字") == "a [31m b c d é 字"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_drawn_on_a_terminal_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress("[b]Floor") as bar:
        assert bar is None
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with progress("[b]Floor") as bar:
        assert bar is not None
        bar(3, 10)
    assert "[b]Floor" in terminal.getvalue()
    assert "3/10" in terminal.getvalue()


def test_a_table_that_is_too_wide_stands_in_blocks() -> None:
    rows = [("", "first", "second", "third"), ("a", "1", "2", "3"), ("b", "10", "20", "30")]
    assert list(in_blocks(rows, 80)) == ["   first  second  third", "a  1      2       3", "b  10     20      30"]
    assert list(in_blocks(rows, 17)) == ["   first  second", "a  1      2", "b  10     20", "",
                                         "   third", "a  3", "b  30"]
