"""A drill at play: what is decided when, what is told, and the same score on the screen and without one."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import cast

import pytest

from core.drill.course import Deed
from core.drill.performance import dump, parse
from core.drill.performance import read as read_performance
from core.drill.score import ACTIONS, score, to_tenths
from core.errors import DrillError
from core.units import HOUR, MINUTE
from sim.drills.exercise import Exercise
from sim.drills.play import Play
from sim.floor import Floor
from tests.fake_floor import FakeClock
from tests.sim.drills import small
from tui.cli import run


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    return small.exercise(tmp_path)


def played(exercise: Exercise, **given: object) -> Play:
    """At the start of play, a simulated minute a second."""
    play = Play(exercise, clock=FakeClock(), **given)  # type: ignore[arg-type]
    while play.session.on_errand:
        play.advance(0.0, math.inf)
    return play


def on(play: Play, until: float) -> None:
    """On to a time on a tick, second by second as it were."""
    play.session.speed = 1.0
    while play.now < until and not play.ended:
        if not play.session.playing:
            play.session.pause()
        play.advance(until - play.now, math.inf)


def test_the_screen_and_the_command_line_give_the_same_score(exercise: Exercise, tmp_path: Path,
                                                             capsys: pytest.CaptureFixture[str]) -> None:
    play = played(exercise, trainee="Ada")
    on(play, 9.5 * HOUR + 123.75)  # the clock of a screen stops anywhere
    play.act("approve")
    play.act("call-in")
    on(play, 9.75 * HOUR)
    play.act("notice")
    assert play.take_hint() == "Look at the queue."
    on(play, exercise.drill.end)
    file = tmp_path / "ada.json"
    file.write_text(dump(play.performance()), encoding="utf-8")
    assert read_performance(file) == play.performance()

    mine, twin, best = (exercise.run(deeds, 7) for deeds in (play.deeds, (), (Deed(9.55 * HOUR, "call-in"),) * 2))
    shown = play.session
    assert cast(Floor, shown._pair.floor).measures() == mine.measures
    assert cast(Floor, shown._pair.twin).measures() == twin.measures != mine.measures

    moves = "".join(f'[[reference]]\nat = "Mon 09:33"\naction = "{name}"\n' for name in ("call-in", "call-in"))
    drill = small.exercise(tmp_path, "[[goal]]", f"{moves}[[goal]]")
    expected = score(drill.drill, drill.scenario, mine, twin, best, hints=1)
    text = file.read_text(encoding="utf-8").replace(exercise.digest, drill.digest)
    file.write_text(text, encoding="utf-8")
    code = run(["drill", str(tmp_path / "rush.toml"), "--actions", str(file), "--json", "--jobs", "1"])
    told = json.loads(capsys.readouterr().out)
    assert told["score"] == expected.points
    assert told["passed"] == (code == 0) == expected.passed
    assert math.fsum([*(part["points"] for part in told["parts"]), told["hints"]["points"]]) == told["score"]


def test_a_decision_is_for_the_next_second_and_never_for_the_past(exercise: Exercise) -> None:
    play = played(exercise)
    assert play.act("approve") == Deed(9.25 * HOUR + 1, "approve")
    before = play.session.now
    on(play, before + 10 * MINUTE)
    assert play.act("notice").at == before + 10 * MINUTE + 1
    with pytest.raises(DrillError, match="Tell customers: it was done"):
        play.act("notice")


def test_what_is_due_holds_and_is_used_up(exercise: Exercise) -> None:
    play = played(exercise)
    play.act("call-in")
    now = play.now
    stands = {one.name: one for one in play.actions()}
    assert (stands["call-in"].left, stands["call-in"].due, stands["call-in"].until) == (1, (now + 601,), ())
    assert stands["notice"].why_not == "first: Approve a text"
    on(play, now + 15 * MINUTE)
    play.act("call-in")
    stands = {one.name: one for one in play.actions()}
    assert stands["call-in"].until == (now + 601 + HOUR,)
    assert stands["call-in"].why_not == "it was done 2 times, which is all there is"
    assert play.spent == 40


def test_the_news_and_a_clock_that_is_eased(exercise: Exercise) -> None:
    play = played(exercise, eased=True)
    assert play.session.speed == 30.0, "half of a minute a second"
    play.session.speed = 60.0
    for _ in range(2000):
        if not play.session.playing:
            break
        play.advance(1.0, math.inf)
    assert play.now == pytest.approx(9.5 * HOUR + 2 * MINUTE, abs=60)
    assert [one.text for one in play.news()] == ["A rush"]
    play.act("call-in")
    play.session.pause()
    on(play, play.now + 70 * MINUTE)
    assert [(one.kind, one.text) for one in play.news()] == [
        ("headline", "A rush"), ("decided", "Call in two people"), ("holds", "Call in two people"),
        ("headline", "People are tired"), ("over", "Call in two people")][:len(play.news())]


def test_again_takes_the_same_course_up_to_that_minute(exercise: Exercise) -> None:
    play = played(exercise)
    on(play, 9.5 * HOUR)
    play.act("call-in")
    on(play, 10 * HOUR)
    play.act("send-home")
    other = play.again(9.75 * HOUR)
    while other.session.on_errand:
        other.advance(0.0, math.inf)
    assert other.now == 9.75 * HOUR
    assert [deed.action for deed in other.deeds] == ["call-in"]
    on(other, exercise.drill.end)
    assert cast(Floor, other.session._pair.floor).measures() == exercise.run(other.deeds, 7).measures


def test_parts_add_up_also_as_they_are_read(exercise: Exercise) -> None:
    twin, mine, best = (exercise.run(deeds, 3) for deeds in (
        (), (Deed(9.6 * HOUR, "call-in"), Deed(9.6 * HOUR, "send-home")), (Deed(9.5 * HOUR, "call-in"),)))
    one = score(exercise.drill, exercise.scenario, mine, twin, best, hints=2)
    assert one.points == math.fsum([*(part.points for part in one.parts), -10.0])
    assert {part.name: part.value for part in one.parts}[ACTIONS] == 20
    *parts, total = one.in_tenths()
    assert math.fsum(parts) == pytest.approx(total, abs=1e-9)
    assert score(exercise.drill, exercise.scenario, best, twin, best).points == pytest.approx(100.0)
    assert score(exercise.drill, exercise.scenario, twin, twin, best).points == 0.0
    assert not score(exercise.drill, exercise.scenario, mine, twin, twin).scorable


def test_tenths_add_up() -> None:
    assert to_tenths([33.333, 33.333, 33.333]) == [33.4, 33.3, 33.3]
    assert to_tenths([-0.06, 0.04]) == [0.0, 0.0]


@pytest.mark.parametrize(("text", "what"), [
    ("{", "no JSON"),
    ('{"drill": "x", "actions": [{"at": 5, "action": "call-in"}, {"at": "Mon 09:30", "acton": "a"}]}',
     "actions.0.at"),
    ('{"drill": "x", "format": 2}', "format"),
])
def test_files_that_cannot_be_read(text: str, what: str) -> None:
    with pytest.raises(DrillError, match=what):
        parse(text)


def test_all_that_cannot_have_been_done_is_told(exercise: Exercise) -> None:
    from core.drill.performance import check

    wrong = parse('{"drill": "x", "digest": "0", "hints": 9, "actions": [{"at": "Mon 09:30", "action": "call-inn"}, '
                  '{"at": "Mon 09:30", "action": "notice"}]}')
    with pytest.raises(DrillError) as told:
        check(wrong, exercise.drill, exercise.digest, "f.json")
    lines = str(told.value).splitlines()
    assert [line.split(":")[1] for line in lines] == [" digest", " actions", " actions", " hints"]
    assert 'did you mean "call-in"?' in lines[1]
    assert "Mon 09:30 notice: first: Approve a text" in lines[2]
