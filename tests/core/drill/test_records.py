"""Plays of drills in the data folder: written as they go, taken up again, and their scores."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from core.drill.floor import Move
from core.drill.performance import Performance, read
from core.drill.records import Record, Scored, best, note, record_file, scores, unfinished

DONE = Performance(drill="rush", digest="abc", seed=7, actions=(Move(at=100.0, action="call-in"),), hints=1)


def test_a_go_is_on_disk_as_it_goes_and_can_be_taken_up_again() -> None:
    record = Record(record_file("drills/rush.toml", datetime(2026, 3, 2, 9, 30)))
    assert record.path.name == "2026-03-02-093000-rush.json"
    assert unfinished("abc") is None
    record.keep(DONE, 120.0)
    assert record_file("rush", datetime(2026, 3, 2, 9, 30)).name == "2026-03-02-093000-rush-2.json"
    left = unfinished("abc")
    assert left is not None
    assert (left.path, left.performance, left.now) == (record.path, DONE, 120.0)
    assert unfinished("another version") is None
    record.keep(DONE, None)
    assert unfinished("abc") is None
    assert read(record.path) == DONE
    record.drop()
    assert not record.path.exists()


def test_a_disk_that_takes_nothing_ends_the_record_and_not_the_go(home: Path) -> None:
    home.write_text("in the way")
    record = Record(home / "drills" / "x.json")
    record.keep(DONE, 1.0)
    assert record.trouble is not None
    assert not scores()


def test_the_best_score_of_a_drill_is_one_that_passed() -> None:
    for points, passed in ((90.0, False), (70.0, True), (None, False), (60.0, True)):
        note(Scored("rush", "abc", 7, points, passed, "2026-03-02T09:30:00", "x.json"))
    note(Scored("other", "def", 7, 99.0, True, "2026-03-02T09:30:00", "x.json"))
    found = best(scores(), "abc")
    assert found is not None
    assert found.points == 70.0
    assert best(scores(), "nothing") is None
