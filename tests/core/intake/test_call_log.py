"""Reading call logs: both formats, what is left out and why, and files that are none."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np
import pytest

from core.errors import IntakeError
from core.intake.call_log import CallLog, read_call_log
from tests.core.intake.synthetic import BANK_HEADER, VANAD_HEADER, Truth, run, write_bank, write_vanad

DATA = Path(__file__).parents[3].parent / "shared" / "data"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the real logs are not beside the project (../shared/data)")

GOOD = "2024-01-01 09:00:00,sales,7,2024-01-01 09:00:20,NULL,NULL,2024-01-01 09:03:20"


def vanad(tmp_path: Path, *rows: str, name: str = "log.csv", header: str = VANAD_HEADER) -> Path:
    path = tmp_path / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def bank(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "bank.txt"
    path.write_text("\n".join([BANK_HEADER, *rows]) + "\n", encoding="utf-8")
    return path


def same(one: CallLog, other: CallLog) -> bool:
    columns = ("received", "answered", "ended", "left", "queue", "agent", "customer")
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in columns)


def test_a_call_that_is_transferred_takes_its_agent_until_the_transfer(tmp_path: Path) -> None:
    log = read_call_log([vanad(tmp_path, GOOD,
                               "2024-01-01 10:00:00,sales,8,2024-01-01 10:00:01,2024-01-01 10:01:00,"
                               "2024-01-01 10:02:01,2024-01-01 10:30:00")])
    assert log.handle.tolist() == [180.0, 120.0]
    assert log.wait.tolist() == [20.0, 1.0]
    assert (log.agents, log.queues) == (("7", "8"), ("sales",))
    assert log.received[0] == 9 * 3600.0  # 2024-01-01 is a Monday


def test_who_is_not_answered_and_hangs_up_gave_up_whoever_it_rang_at(tmp_path: Path) -> None:
    log = read_call_log([vanad(tmp_path, GOOD, "2024-01-01 11:00:00,sales,7,NULL,NULL,NULL,2024-01-01 11:01:30")])
    assert log.served.tolist() == [True, False]
    assert log.wait[1] == 90.0
    assert log.agent.tolist() == [0, -1]


@pytest.mark.parametrize(("row", "reason"), [
    ("NULL,sales,7,2024-01-01 09:00:20,NULL,NULL,2024-01-01 09:03:20", "no time received"),
    ("soon,sales,7,2024-01-01 09:00:20,NULL,NULL,2024-01-01 09:03:20", "a time that cannot be read"),
    ("2024-01-01 09:00:00,sales,7,2024-01-41 09:00:20,NULL,NULL,2024-01-01 09:03:20", "a time that cannot be read"),
    ("infinity,sales,7,2024-01-01 09:00:20,NULL,NULL,2024-01-01 09:03:20", "a time that cannot be read"),
    ("2024-01-01 09:00:00,,7,2024-01-01 09:00:20,NULL,NULL,2024-01-01 09:03:20", "no queue"),
    ("2024-01-01 09:00:00,sales,7,2024-01-01 08:59:59,NULL,NULL,2024-01-01 09:03:20",
     "answered before it was received"),
    ("2024-01-01 09:00:00,sales,7,2024-01-01 09:00:20,NULL,NULL,2024-01-01 09:00:10", "hung up before it was answered"),
    ("2024-01-01 09:00:00,sales,NULL,NULL,NULL,NULL,2024-01-01 08:00:00", "hung up before it was received"),
    ("2024-01-01 09:00:00,sales,7,2024-01-01 09:00:20,NULL,2024-01-01 09:00:19,2024-01-01 09:03:20",
     "transferred before it was answered"),
    ("2024-01-01 09:00:00,sales,7,NULL,NULL,2024-01-01 09:00:19,2024-01-01 09:03:20",
     "transferred without being answered"),
    ("2024-01-01 09:00:00,sales,7,2024-01-01 09:00:20,NULL,NULL,NULL", "answered, but neither hung up nor transferred"),
    ("2024-01-01 09:00:00,sales,NULL,NULL,NULL,NULL,NULL", "neither answered nor hung up"),
    ("2024-01-01 09:00:00,sales,7,2024-01-01 09:00:20,NULL,NULL,2024-01-01 22:00:20", "lasted more than 12 hours"),
    ("1999-01-01 09:00:00,sales,7,1999-01-01 09:00:20,NULL,NULL,1999-01-01 09:03:20",
     "received years away from the other calls"),
    (GOOD, "the same row once more"),
    ("2024-01-01 09:00:00,sales,7", "does not have as many columns as the header"),
    (GOOD + ",8", "does not have as many columns as the header"),
])
def test_a_bad_row_is_left_out_and_counted_with_its_reason(tmp_path: Path, row: str, reason: str) -> None:
    other = "2024-01-02 09:00:00,sales,7,2024-01-02 09:00:20,NULL,NULL,2024-01-02 09:03:20"
    log = read_call_log([vanad(tmp_path, GOOD, other, row)])
    assert {reason: count.rows for reason, count in log.left_out.items()} == {reason: 1}
    assert (log.rows, len(log)) == (3, 2)
    # The example shows the row, or as much of it as there is.
    assert next(iter(log.left_out.values())).example.split(",")[0] == row.split(",")[0]


def test_a_stray_quote_spoils_its_row_and_no_other(tmp_path: Path) -> None:
    later = [GOOD.replace("01-01", f"01-{day:02d}") for day in range(2, 9)]
    log = read_call_log([vanad(tmp_path, GOOD, '"' + GOOD.replace("sales,7", "sales,8"), *later)])
    assert len(log) >= 8
    assert log.rows == 9


def test_an_answered_call_without_an_agent_is_kept_and_counted(tmp_path: Path) -> None:
    log = read_call_log([vanad(tmp_path, GOOD, GOOD.replace(",7,", ",NULL,"))])
    assert len(log) == 2
    assert {reason: count.rows for reason, count in log.remarks.items()} == {"answered by nobody who is named": 1}


def test_packed_plain_split_shuffled_and_renamed_files_are_the_same_log(tmp_path: Path) -> None:
    calls = run(Truth(days=(0, 1)))
    plain = write_vanad(tmp_path / "plain.csv", calls)
    text = plain.read_text(encoding="utf-8")
    log = read_call_log([plain])
    packed = tmp_path / "packed.csv"  # by its content, not by its name
    packed.write_bytes(gzip.compress(text.encode()))
    windows = tmp_path / "windows.csv"
    windows.write_bytes(("\ufeff" + text).replace("\n", "\r\n").encode())
    lines = text.splitlines()
    first, second = vanad(tmp_path, *lines[1:300], name="a.csv"), vanad(tmp_path, *lines[300:], name="b.csv")
    semicolons = tmp_path / "semicolons.csv"
    semicolons.write_text("\n".join(";".join(["x", *reversed(line.split(","))]) for line in lines), encoding="utf-8")
    loud = tmp_path / "loud.csv"
    loud.write_text("\n".join([lines[0].upper(), *lines[1:]]), encoding="utf-8")
    for files in ([packed], [windows], [second, first], [semicolons], [loud]):
        assert same(read_call_log(files), log), files
    assert len(read_call_log([plain, packed])) == len(log)  # the same calls twice count once


def test_a_file_name_with_wildcards_means_that_file_alone(tmp_path: Path) -> None:
    vanad(tmp_path, GOOD, GOOD.replace("01-01", "01-02"), name="log1.csv")
    starred = vanad(tmp_path, GOOD, name="log*.csv")
    bracketed = vanad(tmp_path, GOOD, name="log[1].csv")
    assert [len(read_call_log([path])) for path in (starred, bracketed)] == [1, 1]


def test_names_from_the_file_carry_no_control_characters(tmp_path: Path) -> None:
    log = read_call_log([vanad(tmp_path, GOOD.replace("sales", "sa\x1b[31mles"))])
    assert log.queues == ("sa?[31mles",)


def test_a_table_of_something_else_says_what_was_found_and_what_is_wanted(tmp_path: Path) -> None:
    path = vanad(tmp_path, "1,2", name="other.csv", header="datetime,calls")
    with pytest.raises(IntakeError, match=r"other.csv: is not a call log.*datetime, calls.*date_received.*vru_exit"):
        read_call_log([path])
    near = vanad(tmp_path, GOOD, name="near.csv", header=VANAD_HEADER.replace("answered", "answerd"))
    with pytest.raises(IntakeError, match=r"nearest format is VANAD.*answered \(is that answerd\?\)"):
        read_call_log([near])


def test_every_file_that_cannot_be_read_is_named_at_once(tmp_path: Path) -> None:
    whole = gzip.compress(("\n".join([VANAD_HEADER, *[GOOD] * 5000])).encode())
    (tmp_path / "cut.csv.gz").write_bytes(whole[:len(whole) // 2])
    (tmp_path / "damaged.csv.gz").write_bytes(whole[:20] + b"\xff\xff\xff\xff" + whole[24:])
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "sixteen.csv").write_bytes(VANAD_HEADER.encode("utf-16"))
    (tmp_path / "latin.csv").write_bytes((VANAD_HEADER + "\n" + GOOD.replace("sales", "café")).encode("latin-1"))
    (tmp_path / "folder").mkdir()
    names = ["cut.csv.gz", "damaged.csv.gz", "empty.csv", "sixteen.csv", "latin.csv", "missing.csv", "folder"]
    with pytest.raises(IntakeError) as caught:
        read_call_log([tmp_path / name for name in names])
    said = str(caught.value).splitlines()
    for line, name, why in zip(said, names, ("ends in the middle", "damaged", "empty", "UTF-16", "0xe9", "no such file",
                                             "folder"), strict=True):
        assert name in line
        assert why in line


def test_a_log_without_a_usable_call_says_why(tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match=r"no usable call.*1 × no time received"):
        read_call_log([vanad(tmp_path, "NULL,sales,7,NULL,NULL,NULL,2024-01-01 09:03:20")])
    with pytest.raises(IntakeError, match=r"no usable call.*no rows"):
        read_call_log([vanad(tmp_path)])


def test_files_of_two_formats_are_no_one_log(tmp_path: Path) -> None:
    calls = run(Truth(days=(0,)))
    with pytest.raises(IntakeError, match="not of one format"):
        read_call_log([write_vanad(tmp_path / "a.csv", calls), write_bank(tmp_path / "b.txt", calls)])


def test_both_formats_tell_the_same_calls(tmp_path: Path) -> None:
    # The bank calls shorter services artefacts, and who gives up within the second never queued there.
    calls = [call for call in run(Truth(days=(0, 1)))
             if (call.ended is not None and round(call.ended) - round(call.answered or 0) >= 10)
             or (call.left is not None and round(call.left) > round(call.received))]
    one = read_call_log([write_vanad(tmp_path / "a.csv", calls)])
    other = read_call_log([write_bank(tmp_path / "b.txt", calls)])
    for name in ("received", "answered", "ended", "left"):
        assert np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True), name
    assert one.agents == other.agents


BANK_ROW = "AA0101\t1\t{customer}\t{priority}\tPS\t990104\t9:00:00\t9:00:06\t6\t{queue}\t{outcome}\t{service}\t{server}"


@pytest.mark.parametrize(("changes", "reason"), [
    ({"outcome": "PHANTOM"}, "PHANTOM: not a real call"),
    ({"outcome": "HANG", "queue": "0:00:00\t0:00:00\t0", "service": "0:00:00\t0:00:00\t0", "server": "NO_SERVER"},
     "left before queueing (HANG in the voice menu): asked for nobody"),
    ({"outcome": "HANG"}, "gave up (HANG), yet with a time of service"),
    ({"service": "9:01:05\t9:01:12\t7"}, "served for less than 10 s: an artefact, no service"),
    ({"service": "9:01:05\t9:00:55\t-10"}, "service ended before it began"),
    ({"service": "8:59:00\t9:01:12\t132"}, "answered before it was received"),
    ({"queue": "9:00:06\t8:59:00\t-66"}, "left the queue before joining it"),
    ({"queue": "9:00:06\t9:61:00\t59"}, "a time that cannot be read"),
    ({"outcome": "WHO KNOWS"}, "an outcome other than AGENT, HANG and PHANTOM"),
])
def test_the_traps_of_the_bank_are_left_out_and_counted(tmp_path: Path, changes: dict[str, str], reason: str) -> None:
    usual = {"customer": "0", "priority": "0", "queue": "9:00:06\t9:01:05\t59", "outcome": "AGENT",
             "service": "9:01:05\t9:03:05\t120", "server": "ANAT"}
    log = read_call_log([bank(tmp_path, BANK_ROW.format(**usual), BANK_ROW.format(**usual | changes))])
    assert {why: count.rows for why, count in log.left_out.items()} == {reason: 1}
    assert (log.wait.tolist(), log.handle.tolist()) == ([59.0], [120.0])


def test_a_bank_call_may_stretch_over_midnight_and_start_a_second_early(tmp_path: Path) -> None:
    log = read_call_log([bank(
        tmp_path,
        "AA0101\t1\t105618\t1\tPS\t990109\t23:59:23\t23:59:28\t5\t23:59:28\t0:00:03\t35\tAGENT\t0:00:03\t0:00:55\t52\tANAT",
        "AA0101\t2\t0\t0\tPS\t990110\t8:28:33\t8:28:43\t10\t0:00:00\t0:00:00\t0\tAGENT\t8:28:42\t8:30:24\t102\tKAZAV")])
    assert log.wait.tolist() == [35.0, 0.0]
    assert log.handle.tolist() == [52.0, 101.0]
    assert log.customer.tolist() == [0, -1]


@real
@pytest.mark.parametrize(("month", "gave_up", "asa"), [("02", 0.0304, 23.8), ("03", 0.052, 42.0), ("05", 0.118, 98.0)])
def test_the_months_of_the_real_centre_are_as_published(month: str, gave_up: float, asa: float) -> None:
    """March and May: data/README.md of the logs; February: a plain query of the raw file."""
    log = read_call_log([DATA / f"vanad_2014-{month}.csv.gz"])
    assert 1 - log.served.mean() == pytest.approx(gave_up, abs=5e-4)
    assert log.wait[log.served].mean() == pytest.approx(asa, abs=0.5)
    assert set(log.left_out) == ({"the same row once more"} if month != "02" else set())


@real
def test_the_bank_is_as_published() -> None:
    """data/README.md: service mean 182 s and CV 1.5 with the artefacts in; 11 and 12 January are missing."""
    log = read_call_log([DATA / "anonymousbank_1999-01.txt.gz"])
    assert log.rows == 31_599
    assert log.left_out["served for less than 10 s: an artefact, no service"].rows == 1_468
    assert [day.day for day in log.dates] == [day for day in range(1, 32) if day not in (11, 12)]
    times = log.handle[~np.isnan(log.handle)]
    assert 180 < times.mean() < 200
    assert 1.1 < times.std() / times.mean() < 1.5
