"""The judgement drills that come along, and a play from the first card to the score."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from core.drill import shelf
from core.drill.file import DrillFile, examine_drill, load_drill
from core.drill.judgement import QUESTIONS, JudgementDrill, ReadingDrill
from core.drill.performance import Answered, Performance, dump, parse
from core.errors import DrillError
from sim.drills import reading
from sim.drills.dealing import Dealt, deal, divided, judge, remembered
from sim.drills.judgement import baselines
from sim.drills.round import Round

JUDGED = [name for name in shelf.names() if isinstance(load_drill(name).drill, JudgementDrill)]


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def triage() -> tuple[DrillFile, Dealt]:
    file = load_drill("first-triage")
    return file, deal(file, 1)


@pytest.mark.parametrize("name", JUDGED)
def test_only_who_knows_passes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Doing nothing, guessing, and any fixed answer fail the pass mark, and the truth passes."""
    monkeypatch.setattr(reading, "REPLAYS", 2)
    monkeypatch.setattr(reading, "AHEAD", 1800.0)
    only_who_knows_passes(name, range(1, 3))


@pytest.mark.long
@pytest.mark.parametrize("name", JUDGED)
def test_that_is_so_under_many_seeds(name: str) -> None:
    only_who_knows_passes(name, range(1, 9))


def only_who_knows_passes(name: str, seeds: Iterable[int]) -> None:
    file = load_drill(name)
    for seed in seeds:
        dealt = deal(file, seed)
        points = baselines(dealt.hand)
        assert points.pop("truth") == 100.0
        assert max(points.values()) < file.drill.pass_mark - 2
        nothing = judge(file, Performance(drill=name), seed, dealt=dealt)
        assert (nothing.points, nothing.passed) == (0.0, False)


@pytest.mark.parametrize("name", JUDGED)
def test_drills_teach(name: str) -> None:
    """Each has goals, hints that cost, and a sentence for whatever can be lost."""
    drill = load_drill(name).drill
    assert drill.hint
    assert all(hint.cost > 0 for hint in drill.hint)
    assert {loss for loss in drill.losses() if loss != "speed"} <= {*drill.remember, "service-level"}
    assert "always" in drill.remember


def test_points_of_a_reading_drill_sum_to_what_there_is() -> None:
    for name in ("read-the-wallboard", "find-the-bottleneck"):
        drill = load_drill(name).drill
        assert isinstance(drill, ReadingDrill)
        assert round(sum(divided(drill).values()), 9) == 100.0


def test_a_play_is_recorded_and_scored_the_same_again(triage: tuple[DrillFile, Dealt]) -> None:
    file, dealt = triage
    clock = Clock()
    one = Round(file, dealt, 1, "Ann", clock)
    hint = one.take_hint()
    assert hint is not None
    for at, truths in enumerate(dealt.hand.truths):
        one.show()
        clock.now += 10.04
        assert one.choose(truths["team"].value) is None
        clock.now += 50.0 if at == 0 else 0.0
        marks = one.choose("person")
        assert marks is not None
        assert [mark.decision for mark in marks] == ["team", "first"]
    assert one.ended
    assert one.performance.answers[0].took == 60.0
    first = one.result()
    again = judge(file, parse(dump(one.performance)))
    assert json.dumps(again.document()) == json.dumps(first.document())
    parts = {share.name: share.tenths for share in first.grade.shares}
    assert parts["team"] == 500
    assert first.points == (sum(parts.values()) - 40) / 10
    people = sum(truths["first"].value == "person" for truths in dealt.hand.truths)
    assert parts["first"] == 35 * people
    assert dict(first.missed) == {"no rule against a bot": 10 - people}


def test_a_decision_can_be_taken_back_until_the_last(triage: tuple[DrillFile, Dealt]) -> None:
    one = Round(*triage, 1)
    one.show()
    assert not one.back()
    one.choose("sorting")
    assert one.back()
    assert one.decision.name == "team"
    with pytest.raises(DrillError, match="nobody: is no answer"):
        one.choose("nobody")


def test_hints_run_out(triage: tuple[DrillFile, Dealt]) -> None:
    one = Round(*triage, 1)
    costs = [hint.cost for _ in range(3) if (hint := one.take_hint()) is not None]
    assert one.take_hint() is None
    assert one.hints == 3
    assert one.result().points == -sum(costs)


def test_everything_that_does_not_fit_is_said_at_once(triage: tuple[DrillFile, Dealt]) -> None:
    file, dealt = triage
    wrong = Performance(drill="first-triage", digest="0" * 16, hints=9, answers=(
        Answered(item=0, answers={"team": "sortng", "mood": "good"}, took=1.0),
        Answered(item=0, answers={}, took=1.0), Answered(item=99, answers={}, took=1.0)))
    with pytest.raises(DrillError) as raised:
        judge(file, wrong, dealt=dealt, name="ann.json")
    assert str(raised.value).splitlines() == [
        "ann.json: digest: it was played on another version of this drill",
        "ann.json: hints: the drill has 3, given 9",
        'ann.json: answers.0: answers: team: "sortng" is no answer; did you mean "sorting"?',
        'ann.json: answers.0: answers: "mood" is not asked here; allowed: team, first',
        "ann.json: answers.1: item: 0 has been answered before",
        "ann.json: answers.2: item: a number from 0 to 9 is wanted, given 99"]


@pytest.mark.parametrize("text", ['{"drill": "x", "answers": [{"item": 0, "answers": {}, "took": -1}]}',
                                  '{"drill": "x", "answers": [{"item": 0, "answers": {}, "took": Infinity}]}',
                                  '{"drill": "x", "answers": [{"item": 0, "took": 1}]}'])
def test_a_record_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(DrillError, match=r"^actions: answers\.0\."):
        parse(text)


def test_what_to_remember_is_what_lost_most() -> None:
    drill = load_drill("first-triage").drill
    said = remembered(drill, {"team": 5.0, "first": 20.0, "speed": 0.0})
    assert said == [drill.remember["first"], drill.remember["team"], drill.remember["always"]]


TRIAGE = """\
kind = "triage"
title = "A drill"
number = 1
level = "beginner"
goals = ["to sort"]
brief = "Sort."
scenario = "small-team"
points = { team = 50, frist = 40 }
"""


def test_problems_of_a_judgement_drill() -> None:
    reading_ = examine_drill(TRIAGE, shelf.folder() / "x.toml")
    assert {problem.text("x") for problem in reading_.problems} == {
        "x:8: points: must sum to 100, given 90",
        "x:8: points.team: the scenario has only one team to choose",
        'x:8: points.frist: nothing of this name is asked; did you mean "first"?'}
    asked = TRIAGE.replace("triage", "reading").replace("team = 50, frist = 40", "answers = 100") + (
        '[[question]]\nat = "Mon 10:00"\nask = "moved-on"\n[[change]]\nat = "Mon 09:00"\nkey = "x"\nvalue = 1\n')
    found = [problem.text("x") for problem in examine_drill(asked, shelf.folder() / "x.toml").problems]
    assert found[0].startswith('x:11: question.0.ask: there is no such kind of question, given "moved-on"; ')
    assert found[1].startswith("x:15: change.0.value: ")


def test_the_kinds_of_question_are_those_of_the_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "how-to" / "judgement-drills.md").read_text(encoding="utf-8")
    table = page[page.index("| `ask` |"):]
    assert re.findall(r"^\| `([a-z-]+)` \|", table, re.MULTILINE)[1:] == list(QUESTIONS)
    drill = re.search(r'```toml\n(kind = .*?)```', page, re.DOTALL)
    assert drill is not None
    text = drill[1].replace('"ours.toml"  # beside this file, or a built-in name', '"b2b-saas"')
    assert not examine_drill(text, shelf.folder() / "ours.toml").problems
