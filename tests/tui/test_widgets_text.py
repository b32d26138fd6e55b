"""Numbers as written, text that came from files, and lines that are too long."""

from __future__ import annotations

import math

import pytest

from core.units import DAY, HOUR, WEEK
from tui.widgets import numbers
from tui.widgets.text import ascii_only, fit, has_unicode, joined, pad, spread, text_of


@pytest.mark.parametrize(("seconds", "text"), [
    (0, "0s"), (8.4, "8s"), (59.6, "1m00s"), (252, "4m12s"), (3599.7, "1h00m"), (3900, "1h05m"), (86_395, "1d00h"),
    (2 * DAY + 3.4 * HOUR, "2d03h"), (-160, "−2m40s"), (None, "–"), (math.nan, "–")])
def test_durations(seconds: float | None, text: str) -> None:
    assert numbers.duration(seconds) == text


@pytest.mark.parametrize(("value", "decimals", "text"), [
    (0.9123, 0, "91 %"), (0.8716, 1, "87.2 %"), (-0.0001, 1, "0.0 %"), (None, 0, "–"), (1.0, 0, "100 %")])
def test_shares(value: float | None, decimals: int, text: str) -> None:
    assert numbers.percent(decimals)(value) == text


def test_other_numbers() -> None:
    assert numbers.money(4.1) == "4.10"
    assert numbers.money(1910.4) == "1,910"
    assert numbers.count(1910.4) == "1,910"
    assert numbers.count(-22) == "−22"
    assert numbers.points(1)(-0.0214) == "−2.1 pt"
    assert numbers.signed("2.1 pt") == "+2.1 pt"
    assert numbers.signed("−2.1 pt") == "−2.1 pt"


def test_times() -> None:
    assert numbers.moment(DAY + 10 * HOUR + 42 * 60) == "Tue 10:42"
    assert numbers.moment(WEEK + 61, seconds=True) == "week 2 Mon 00:01:01"
    assert [numbers.tick(seconds) for seconds in (0, 30, 90, 300, 7200, DAY)] == ["0", "30s", "90s", "5m", "2h", "1d"]
    assert [numbers.pace(speed) for speed in (1, 10, 60, 3600, DAY, WEEK, 30_000)] == [
        "real time", "10×", "1 min/s", "1 h/s", "1 day/s", "1 week/s", "8.3 h/s"]


def test_what_does_not_fit_ends_in_a_sign() -> None:
    assert pad("frontline", 6) == "front…"
    assert pad("東京支店", 5) == "東京…"
    assert pad("12", 5, right=True) == "   12"
    assert text_of(fit([("frontline", ""), (" late", "bad")], 11)) == "frontline …"
    assert text_of(spread([("left", "")], [("right", "")], 12)) == "left   right"
    assert text_of(spread([("left", "")], [("right", "")], 9)) == "left     "


def test_neighbours_of_one_role_become_one_span() -> None:
    assert joined([("a", "x"), ("", "y"), ("b", "x"), ("c", "")]) == (("ab", "x"), ("c", ""))


def test_terminals_without_unicode() -> None:
    assert has_unicode({"TERM": "xterm-256color"})
    assert not has_unicode({"TERM": "linux"})
    assert not has_unicode({"FLIGHTDESK_ASCII": "1"})
    assert ascii_only("▲ −2 ●○ 東") == "^ -2 @o ??"
