"""The reading drill: questions whose answers the floor itself gives."""

from __future__ import annotations

import pytest

from core.drill.judgement import QUESTIONS
from core.errors import DrillError
from core.interventions import Intervention
from core.scenario import Scenario
from sim.drills import reading
from sim.drills.judgement import Hand, Truth
from sim.floor import Floor
from tests.sim.floors import HOUR, scenario

POINTS = {"answers": 85.0, "speed": 15.0}


def two_lines(**parts: object) -> Scenario:
    """A line that has too few people and one that has too many."""
    return scenario(**{
        "demand": {"rate": "2/m"}, "topic": {"a": {"handle_time": "4m"}, "b": {"handle_time": "4m"}},
        "channel": {"phone": {"patience": {"law": "exponential", "mean": "20m"}, "expects": "1m"}},
        "route": [{"topics": ["a"], "team": "short"}, {"topics": ["b"], "team": "long"}],
        "team": {"short": {"agents": 3}, "long": {"agents": 9}}, **parts})


def ask(kind: str, given: Scenario | None = None, at: float = 2 * HOUR,
        changes: tuple[Intervention, ...] = ()) -> Truth:
    return deal([(at, kind)], given, changes).truths[0][kind]


def deal(questions: list[tuple[float, str]], given: Scenario | None = None,
         changes: tuple[Intervention, ...] = ()) -> Hand:
    return reading.reading(given or two_lines(), 1, questions=questions, changes=changes, points=POINTS, par=30.0)


def test_every_kind_of_question_has_an_answer() -> None:
    assert set(reading.KINDS) == set(QUESTIONS)


def test_answers_are_those_of_the_snapshot() -> None:
    floor = Floor(two_lines(), seed=1)
    floor.advance(2 * HOUR)
    short, long = floor.snapshot().teams
    assert short.waiting > 2 > long.waiting
    assert ask("longest-queue").value == "short"
    queue = ask("longest-queue")
    assert queue.why == f"short: {short.waiting} waiting for 3 places."
    assert queue.figures is not None
    assert queue.figures.rows[0] == ("short", str(short.waiting), "3", f"{short.waiting / 3:.2f}")
    assert ask("oldest-wait").value == "short"
    assert ask("most-late").why == f"short: {sum(short.late)} late."
    assert ask("free-hands").value == "long"
    assert ask("service-level").value == "missed"


def test_where_nobody_waits_the_answer_is_none_of_them() -> None:
    calm = two_lines(team={"short": {"agents": 40}, "long": {"agents": 40}})
    assert ask("longest-queue", calm).value == reading.NOTHING
    assert ask("service-level", calm).value == "met"


def test_who_has_as_much_is_as_right() -> None:
    """Both lines alike, and nobody there: whoever is asked for has as many free places."""
    idle = two_lines(demand={"rate": "1/d"}, team={"short": {"agents": 4}, "long": {"agents": 4}})
    truth = ask("free-hands", idle)
    assert truth.credit("short") == truth.credit("long") == 1.0
    assert truth.credit(reading.NOTHING) == 0.0


def test_what_moved_is_found_against_the_twin() -> None:
    """Half of the people of the long line leave: what waits rises most; without a change nothing has moved."""
    leave = (Intervention(HOUR, "team.long.extra", "-6"),)
    truth = ask("moved", changes=leave)
    assert truth.value == "waiting"
    assert truth.why.startswith("waiting: ")
    assert truth.figures is not None
    assert truth.figures.rows[0][0] == "waiting"
    assert ask("moved").value == reading.NOTHING


def test_one_more_helps_where_people_are_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "REPLAYS", 2)
    truth = ask("one-more", at=HOUR)
    assert truth.value == "short"
    assert truth.credit("long") == 0.0


def test_what_is_to_come_is_not_in_the_replays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "REPLAYS", 2)
    to_come = (Intervention(1.5 * HOUR, "team.long.extra", "-9"),)
    assert ask("one-more", at=HOUR, changes=to_come).why == ask("one-more", at=HOUR).why


def test_a_question_that_cannot_be_asked_says_when() -> None:
    with pytest.raises(DrillError, match="Mon 01:00, longest-queue: there is only one team to choose"):
        ask("longest-queue", scenario(), at=HOUR)


def test_the_wallboard_shows_what_is_asked() -> None:
    kpi, teams = deal([(2 * HOUR, "longest-queue")]).items[0].figures
    assert {row[0]: row[3] for row in kpi.rows if row[3]} == {"answered in 20s": "80 %"}
    short = dict(zip(teams.head, teams.rows[0], strict=True))
    assert (short["team"], short["on"], short["free"]) == ("short", "3", "0/3")
