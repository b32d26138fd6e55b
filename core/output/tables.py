"""Tables for other programs: CSV that a spreadsheet does not run as formulas, Markdown that stays text.

Callers: the commands' `--csv` and `--markdown`. A cell is text, a number or None.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

Value = str | float | int | bool | None

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a text begins with that a spreadsheet would take for a formula (OWASP, CSV Injection)."""
_BREAKS = re.compile(r"[\r\n]+")
_MARKED = re.compile(r"([\\`*_{}\[\]<>#|~])")


def safe(value: Value) -> Value:
    """The value for a spreadsheet: a text on one line, with an apostrophe before what would be a formula.

    Numbers stay as they are.
    """
    if not isinstance(value, str):
        return value
    return ("'" if value.startswith(FORMULA) else "") + _BREAKS.sub(" ", value)


def write_csv(file: IO[str], header: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
    """The rows as CSV under their header."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([safe(name) for name in header])
    writer.writerows([safe(value) for value in row] for row in rows)


def markdown(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a Markdown table: the first column to the left, the others to the right."""
    yield _row(header)
    yield "|---" + "|---:" * (len(header) - 1) + "|"
    for row in rows:
        yield _row(row)


def markdown_text(text: str) -> str:
    """The text with nothing in it that Markdown would read as a mark, on one line."""
    return _MARKED.sub(r"\\\1", " ".join(text.split()))


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(markdown_text(cell) for cell in cells) + " |"
