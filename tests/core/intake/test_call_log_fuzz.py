"""Whatever a file holds, it is read with every row accounted for, or refused in words."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import IntakeError
from core.intake.call_log import CallLog, read_call_log
from tests.core.intake.synthetic import BANK_HEADER, VANAD_HEADER, Truth, bank_row, run, vanad_row

CALLS = run(Truth(days=(0,)))[:12]
CELLS = st.one_of(st.sampled_from(["NULL", "", "0", "-1", "infinity", "2024-01-01", "2024-02-30 25:00:00", "0:00:00",
                                   "99:99:99", "24:00:00", '"', "'; drop table given; --", "\x1b[31m", "AGENT", "HANG",
                                   "NO_SERVER"]),
                  st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12))


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A log of twelve calls in which some cells, and some whole rows, hold something else."""
    header, rows, separator = draw(st.sampled_from([(VANAD_HEADER, [vanad_row(call) for call in CALLS], ","),
                                                    (BANK_HEADER, [bank_row(call) for call in CALLS], "\t")]))
    table = [row.split(separator) for row in rows]
    for _ in range(draw(st.integers(0, 6))):
        row = draw(st.sampled_from(table))
        row[draw(st.integers(0, len(row) - 1))] = draw(CELLS)
    if draw(st.booleans()):
        table.append(draw(st.lists(CELLS, min_size=1, max_size=20)))
    return header, [separator.join(row) for row in table]


def read_or_refuse(path: Path) -> CallLog | None:
    """The log; None where it is refused with the file's name."""
    try:
        return read_call_log([path])
    except IntakeError as error:
        if path.name not in str(error):
            raise AssertionError(f"which file is it? {error}") from error
        return None


@settings(max_examples=30)
@given(tables())
def test_every_row_is_a_call_or_is_counted_among_those_left_out(table: tuple[str, list[str]]) -> None:
    header, rows = table
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8", newline="")
        log = read_or_refuse(path)
    if log is None:
        return
    assert len(log) + sum(count.rows for count in log.left_out.values()) == log.rows
    # A row of nothing at all is a blank line, which is no row.
    assert log.rows >= len([row for row in rows if row.strip()]) - 1
    assert (log.wait >= 0).all()
    assert (log.handle[~(log.handle != log.handle)] >= 0).all()


@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_refused_in_words(content: bytes, after_a_header: bool) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "log.csv"
        path.write_bytes((VANAD_HEADER.encode() + b"\n" if after_a_header else b"") + content)
        log = read_or_refuse(path)
        if log is not None:
            assert len(log) + sum(count.rows for count in log.left_out.values()) == log.rows
