"""Reading survey exports: columns by name, dates either way round, rows that tell nothing, messages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.errors import IntakeError
from core.intake.survey import Survey, read_survey


def read(tmp_path: Path, *lines: str, **how: Any) -> Survey:
    path = tmp_path / "survey.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_survey(path, **how)


def test_columns_are_found_by_the_names_that_help_desks_give_them(tmp_path: Path) -> None:
    found = read(tmp_path, "Last teammate rating,Conversation started at (Europe/Berlin),Conversation first replied at "
                 "(Europe/Berlin),Teammate currently assigned", '4,2024-05-01 09:00,2024-05-01 09:12:30,"Kim, Ana"',
                 "1,2024-05-01 10:00,2024-05-01 12:00,Bo", '5,2024-05-01 10:00,2024-05-01 10:00,"Kim, Ana"')
    assert found.rating.tolist() == [4, 1, 5]
    assert found.waited.tolist() == [750.0, 7200.0, 0.0]
    assert found.agent[0] == found.agent[2] != found.agent[1]
    assert found.tenures == ("not said",)


@pytest.mark.parametrize(("header", "text", "seconds"), [
    ("First reply time in minutes", "90", 5400.0), ("First response time (seconds)", "90", 90.0),
    ("First response time (in hrs)", "25:00:30", 90030.0), ("First reply time in minutes within business hours", "2",
                                                              120.0)])
def test_a_duration_is_in_the_unit_that_its_column_says(tmp_path: Path, header: str, text: str,
                                                        seconds: float) -> None:
    assert read(tmp_path, f"CSAT,{header}", f"5,{text}").waited.tolist() == [seconds]


@pytest.mark.parametrize(("dates", "how", "seconds"), [
    (("13/08/2023 08:55", "13/08/2023 09:00"), {}, 300.0), (("08/13/2023 08:55", "08/13/2023 09:00"), {}, 300.0),
    (("01-02-2023 08:55", "02-02-2023 08:55"), {"day_first": True}, 86_400.0),
    (("01.02.2023 08:55", "02.02.2023 08:55"), {"day_first": False}, 31 * 86_400.0),
    (("2023-08-01T11:55:00", "2023-08-01T12:05:00"), {}, 600.0),
    (("2023-08-01 11:55 AM", "2023-08-01 12:05 PM"), {}, 600.0)])
def test_dates_may_begin_with_day_month_or_year(tmp_path: Path, dates: tuple[str, str], how: dict[str, Any],
                                                seconds: float) -> None:
    assert read(tmp_path, "csat,asked,answered", f"5,{dates[0]},{dates[1]}", **how).waited.tolist() == [seconds]


def test_rows_that_tell_nothing_are_left_out_and_counted(tmp_path: Path) -> None:
    found = read(tmp_path, "csat,created at,issue_responded", "5,2023-08-01 08:00,2023-08-01 08:05",
                 "Offered,2023-08-01 08:00,2023-08-01 08:05", ",2023-08-01 08:00,2023-08-01 08:05",
                 "6,2023-08-01 08:00,2023-08-01 08:05", "3,2023-08-01 08:00,", "3,2023-08-01 08:00,2023-08-01",
                 "3,2023-08-01 08:00,soon", "2,2023-08-01 08:00,2023-08-01 07:59", "4,2023-08-01 08:00",
                 "4,1,2,3,4")
    assert len(found) == 1
    assert found.rows == 10
    assert {reason: count.rows for reason, count in found.left_out.items()} == {
        "a rating that is not 1, 2, 3, 4 or 5": 2, "no rating": 1, "no time to the first reply": 1,
        "a time that cannot be read": 2, "answered before it was asked": 1,
        "does not have as many columns as the header": 2}


def test_tenure_is_in_buckets_or_in_days(tmp_path: Path) -> None:
    days = read(tmp_path, "csat,asked,answered,tenure", *(
        f"5,2023-08-01 08:00,2023-08-01 08:05,{tenure}" for tenure in ("3", "30", "400", "", "61.5")))
    assert days.tenures == ("0-30", "61-90", "over 90", "not said")
    assert days.tenure.tolist() == [0, 0, 2, 3, 1]
    words = read(tmp_path, "csat,asked,answered,tenure", "5,2023-08-01 08:00,2023-08-01 08:05,new")
    assert words.tenures == ("new",)


def test_named_columns_win_over_those_found(tmp_path: Path) -> None:
    lines = ("rating,stars,created at,issue_responded,seen", "5,1,2023-08-01 08:00,2023-08-01 08:05,2023-08-01 08:01")
    assert read(tmp_path, *lines, rating="Stars", answered="seen").waited.tolist() == [60.0]
    assert read(tmp_path, *lines, rating="stars").rating.tolist() == [1]


@pytest.mark.parametrize(("lines", "how", "said"), [
    (("when,what",), {}, ("no column of ratings is known by its name", "neither the time to the first reply")),
    (("csat,asked,answered",), {}, ("no usable survey in it: it has no rows",)),
    (("csat,asked,answered", "9,x,y"), {}, ("1 × a rating that is not",)),
    (("csat,asked,answered",), {"tenure": "tenur", "rating": "csta"}, ("no column tenur", 'did you mean "csat"?')),
    (("csat,asked,answered", "5,01/02/2023 08:00,01/02/2023 08:05"), {},
     ("may begin with the day or with the month (no number goes beyond 12)",)),
    (("csat,asked,answered", "5,13/02/2023 08:00,x", "5,02/13/2023 08:00,x"), {}, ("both numbers go beyond 12",)),
    (("csat,asked,answered,tenure", *(f"5,2023-08-01 08:00,2023-08-01 08:05,agent {at}" for at in range(13))), {},
     ("tenure has 13 different values, such as agent 0",))])
def test_what_is_wrong_is_said(tmp_path: Path, lines: tuple[str, ...], how: dict[str, Any],
                               said: tuple[str, ...]) -> None:
    with pytest.raises(IntakeError) as caught:
        read(tmp_path, *lines, **how)
    for part in said:
        assert part in str(caught.value)
    assert all(line.startswith("survey.csv: ") for line in str(caught.value).splitlines())
