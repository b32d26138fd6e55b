"""Tables for other programs: no cell is a formula, no text is a mark."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.output.tables import FORMULA, markdown, markdown_text, safe, write_csv


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x","y")', "+1+1", "-2+3|cmd", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_would_be_a_formula_is_text(text: str) -> None:
    assert safe(text) == "'" + text.replace("\r", " ")


@pytest.mark.parametrize("value", [-1.5, -3, 0.0, None, True, "as it is", "a=b", ""])
def test_everything_else_stays_as_it_is(value: str | float | None) -> None:
    assert safe(value) == value


@given(st.lists(st.tuples(st.text(), st.floats(allow_nan=False), st.none()), max_size=3))
def test_what_is_read_back_is_what_was_written_and_no_formula(rows: list[tuple[str, float, None]]) -> None:
    file = io.StringIO(newline="")
    write_csv(file, ("name", "value", "nothing"), rows)
    read = list(csv.reader(io.StringIO(file.getvalue(), newline="")))[1:]
    assert [row[0] for row in read] == [safe(row[0]) for row in rows]
    assert [float(row[1]) for row in read] == [row[1] for row in rows]
    assert not any(row[0].startswith(FORMULA) for row in read)


def test_markdown_keeps_its_columns_whatever_is_in_a_cell() -> None:
    lines = list(markdown(["", "a|b"], [["*x*\n", "1 | 2"]]))
    assert lines == ["|  | a\\|b |", "|---|---:|", "| \\*x\\* | 1 \\| 2 |"]
    assert markdown_text("<b>[x](y)`") == "\\<b\\>\\[x\\](y)\\`"
