"""Who was at work is recovered from who took calls."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.intake.call_log import CallLog, Flags, Ints, read_call_log
from core.intake.staffing import Stretches, edges, left_in_hand, plain_stretches, stretches
from tests.core.intake.synthetic import Call, Truth, run, write_vanad

HOUR = 3600.0


def log_of(tmp_path: Path, calls: list[Call]) -> CallLog:
    return read_call_log([write_vanad(tmp_path / "log.csv", calls)])


def everything(log: CallLog) -> tuple[Flags, Ints]:
    """Everybody serves the one group of queues that there is."""
    return np.ones((len(log.agents), 1), dtype=bool), np.zeros(len(log), dtype=np.int64)


def test_people_at_work_between_edges() -> None:
    people = Stretches(np.array([0, 1]), np.array([0.0, 1800.0]), np.array([3600.0, 9000.0]))
    assert people.at_work(np.array([0.0, 3600.0, 7200.0, 10800.0])) == pytest.approx([1.5, 1.0, 0.5])
    assert people.hours() == 3.0


def test_a_known_number_of_people_is_recovered(tmp_path: Path) -> None:
    """9 people for 8 erlangs of calls, 8 hours a day; whoever is idle at either end of the day is seen late."""
    log = log_of(tmp_path, run(Truth(days=tuple(range(5)))))
    found = stretches(log, *everything(log), 0.0).at_work(edges(0, 4, HOUR)).reshape(5, 24)
    assert found[:, 10:16].mean() == pytest.approx(9.0, abs=0.35)
    assert found[:, :8].sum() == 0.0


def test_who_goes_home_is_seen_to_go(tmp_path: Path) -> None:
    """Two of the nine take no calls from 13:00 on: for the log they are gone."""
    gone = {"0-0", "0-1"}
    calls = [call for call in run(Truth(days=(0,)))
             if not (call.agent in gone and call.answered and call.answered > 13 * HOUR)]
    log = log_of(tmp_path, calls)
    found = stretches(log, *everything(log), 0.0).at_work(edges(0, 0, HOUR))
    assert found[11] - found[14] == pytest.approx(2.0, abs=0.5)


def _at(minute: float, agent: str, length: float = 60.0) -> Call:
    return Call(minute * 60, "sales", agent, minute * 60, None, minute * 60 + length)


def test_a_short_gap_is_time_away_when_others_are_called_in_their_place(tmp_path: Path) -> None:
    """Ann is free from minute 1 to 8; Bob, free later each time, takes three calls in between: she was not there."""
    anns = [_at(0, "ann"), _at(8, "ann")]
    log = log_of(tmp_path, [*anns, _at(1.5, "bob"), _at(3, "bob"), _at(5, "bob"), _at(9.5, "bob")])
    people = stretches(log, *everything(log), 0.0)
    ann = people.where(people.agent == log.agents.index("ann"))
    assert ann.start.tolist() == [-1.0, 8 * 60 - 1.0]
    assert ann.end.tolist() == [60.0, 9 * 60.0]
    # If Bob's calls are of a kind that she does not take, nothing says that she was away.
    serves = np.array([[name == "bob", True] for name in log.agents])
    group = np.array([0 if log.agents[agent] == "bob" else 1 for agent in log.agent])
    people = stretches(log, serves, group, 0.0)
    assert np.count_nonzero(people.agent == log.agents.index("ann")) == 1
    # Nor if being passed over is not held against her.
    people = stretches(log, *everything(log), 0.0, passed_over=np.inf)
    assert np.count_nonzero(people.agent == log.agents.index("ann")) == 1


def test_a_long_gap_is_time_away(tmp_path: Path) -> None:
    log = log_of(tmp_path, [_at(0, "ann"), _at(10.9, "ann"), _at(22, "ann")])
    people = plain_stretches(log)
    assert people.start.tolist() == [-1.0, 22 * 60 - 1.0]


def test_a_stretch_ends_early_enough_for_the_call_in_hand(tmp_path: Path) -> None:
    log = log_of(tmp_path, [_at(0, "ann", 300), _at(6, "ann", 300)])
    serves, group = everything(log)
    assert stretches(log, serves, group, 100.0).end.tolist() == [11 * 60.0 - 100.0]
    # But not before the last call was taken.
    assert stretches(log, serves, group, 900.0).end.tolist() == [6 * 60.0]


def test_what_is_left_of_a_call_in_hand() -> None:
    """Inspection paradox: all of 100 s leave 50 s; exponential ones leave a whole mean."""
    assert left_in_hand(np.full(10, 100.0)) == 50.0
    times = np.random.default_rng(1).exponential(200.0, 200_000)
    assert left_in_hand(times) == pytest.approx(200.0, rel=0.02)
