"""The log of a session: written as it goes, good up to where it breaks off, and the same run again."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from core.errors import SessionError
from core.interventions import Intervention, Turn, planned
from core.places import session_files
from core.scenario_file import read_scenario
from core.sessions import (
    POSITION_EVERY,
    Origin,
    Session,
    SessionLog,
    command_line,
    find_session,
    read_session,
    saved_scenario,
)
from tests.fake_floor import FakeClock, scenario

ORIGIN = Origin(scenario(), 7, "desks/two desks.toml", ("bot.coverage=30%",))
ONE = (Intervention(32_487.038427352905, "team.frontline.extra", "1"),
       Intervention(32_487.038427352905, "team.frontline.extra", "2"))
TWO = (Intervention(36_000.0, "bot.coverage", "40%"),)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def log(tmp_path: Path, clock: FakeClock) -> SessionLog:
    return SessionLog(ORIGIN, tmp_path, clock)


def as_read(log: SessionLog) -> tuple[float | None, tuple[Turn, ...]]:
    session = read_session(log.path)
    return session.now, session.turns


def test_what_is_done_is_on_disk_at_once(log: SessionLog) -> None:
    assert as_read(log) == (None, ())
    for now, turns in ((1.0, (ONE[:1],)), (1.0, (ONE,)), (2.0, (ONE, TWO)), (3.0, (TWO,)), (4.0, ())):
        log.keep(now, turns)
        assert as_read(log) == (now, turns)
    session = read_session(log.path)
    assert session.origin == ORIGIN
    assert session.name == log.name
    for turns, undone in (((ONE,), (TWO,)), ((), (ONE, TWO)), ((ONE,), (TWO,)), ((ONE, TWO), ())):
        log.keep(4.0, turns, undone)
        session = read_session(log.path)
        assert (session.turns, session.undone) == (turns, undone)


def test_a_line_tells_only_what_is_new(log: SessionLog) -> None:
    log.keep(1.0, (ONE, TWO))
    size = log.path.stat().st_size
    log.keep(2.0, (ONE, TWO, TWO))
    line = log.path.read_bytes()[size:].decode()
    assert line == '{"now": 2.0, "keep": 2, "turns": [[[36000.0, "bot.coverage", "40%"]]]}\n'


def test_the_time_is_noted_now_and_then_and_at_the_end(log: SessionLog, clock: FakeClock) -> None:
    size = log.path.stat().st_size
    for now in range(1, 10):
        log.keep(float(now), ())
        clock.sleep(POSITION_EVERY / 10)
    assert log.path.stat().st_size == size
    clock.sleep(POSITION_EVERY)
    log.keep(11.0, ())
    assert as_read(log) == (11.0, ())
    log.keep(12.0, ())
    log.keep(None, ())
    log.close()
    assert as_read(log) == (12.0, ()), "on the way to where play is the time stays what it was"
    log.keep(13.0, (ONE,))
    assert as_read(log) == (12.0, ()), "closed is closed"


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_file_that_breaks_off_is_good_up_to_there(log: SessionLog, cut: int) -> None:
    log.keep(1.0, (ONE,))
    log.keep(2.0, (ONE, TWO))
    log.close()
    whole = log.path.read_bytes()
    last = whole.rindex(b"\n", 0, whole.rindex(b'{"now": 2.0, "keep"'))
    log.path.write_bytes(whole[:last + cut])
    assert as_read(log) == (1.0, (ONE,))


@pytest.mark.parametrize("data", [b"", b"{}", b"[1]\n", b"\xff\xfe", b'{"flightdesk": 99}\n', b"title = 1\n"])
def test_what_is_no_session_says_so(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "x.jsonl"
    file.write_bytes(data)
    with pytest.raises(SessionError, match=r"is no session|another version"):
        read_session(file)


def test_a_scenario_of_another_time_is_told_with_its_problems(log: SessionLog) -> None:
    log.path.write_text(log.path.read_text().replace("concurrency", "concurency"))
    with pytest.raises(SessionError, match=r'knew other keys\n.*did you mean "concurrency"'):
        read_session(log.path)


def test_a_session_without_changes_can_be_forgotten(tmp_path: Path) -> None:
    first, second = SessionLog(ORIGIN, tmp_path), SessionLog(ORIGIN, tmp_path)
    assert first.path != second.path
    second.keep(1.0, (ONE,))
    for log in (first, second):
        log.close(forget=True)
    assert session_files(tmp_path) == [second.path]


def test_a_full_disk_ends_the_log_and_not_the_session(log: SessionLog, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    log.keep(1.0, (ONE,))
    assert log.trouble == "This session is not being kept: No space left on device"
    log.keep(2.0, (ONE, TWO))
    log.close()


def test_a_folder_that_cannot_be_made_is_no_trouble_for_the_session(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    log = SessionLog(ORIGIN, tmp_path / "file")
    assert log.trouble is not None
    log.keep(1.0, (ONE,))
    log.close()


def test_sessions_are_found_by_name_by_its_beginning_and_as_the_newest(tmp_path: Path,
                                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTDESK_HOME", str(tmp_path))
    with pytest.raises(SessionError, match="there is no session to resume"):
        find_session()
    for name in ("2026-01-01-090000-a", "2026-01-02-090000-a", "2026-01-02-090000-b"):
        (tmp_path / "sessions").mkdir(exist_ok=True)
        (tmp_path / "sessions" / f"{name}.jsonl").touch()
    assert find_session().stem == "2026-01-02-090000-b"
    assert find_session("2026-01-01").stem == "2026-01-01-090000-a"
    assert find_session("2026-01-02-090000-a").stem == "2026-01-02-090000-a"
    with pytest.raises(SessionError, match="2 sessions begin like this; 2026-01-02-090000-b, 2026-01-02-090000-a"):
        find_session("2026-01-02")
    with pytest.raises(SessionError, match='no session of this name; did you mean "2026-01-02-090000-b"'):
        find_session("2026-01-03-090000-b")


def test_saved_as_a_scenario_the_changes_stand_at_their_times_to_the_last_digit() -> None:
    text = saved_scenario(ORIGIN, (*TWO, *ONE))
    assert text.startswith("# A live session of desks/two desks.toml, seed 7. The same run:\n"
                           "# flightdesk run THIS-FILE --seed 7 --replications 1\n")
    assert "# Mon 09:01:27\n[[intervention]]\n" in text
    saved = read_scenario(text)
    assert planned(saved) == (*ONE, *TWO)
    assert saved.model_copy(update={"intervention": ()}) == ORIGIN.scenario


def test_the_command_is_quoted_for_a_shell() -> None:
    assert command_line(ORIGIN, (*TWO, *ONE[:1])) == (
        "flightdesk run 'desks/two desks.toml' --seed 7 --replications 1 --set bot.coverage=30% "
        "--at 32487.038427352905s team.frontline.extra=1 --at 'Mon 10:00' bot.coverage=40%")


def test_a_session_is_what_was_changed_in_order() -> None:
    session = Session("x", Path("x"), None, ORIGIN, (ONE, TWO), 1.0)  # type: ignore[arg-type]
    assert session.interventions == (*ONE, *TWO)
