"""Judgement drills and classes from the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from core.drill import records
from core.drill.classroom import ClassFile, read_class, read_result
from core.drill.file import DrillFile, load_drill
from core.drill.performance import Performance
from core.output.store import program_version
from sim.drills import collecting, reference
from sim.drills.dealing import deal
from sim.drills.exercise import Exercise
from sim.drills.judgement import truth_answers
from tui.cli import run
from tui.drilling import judging, prompts
from tui.drilling.collect_ import mixed


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is typed, line by line; then the input ends."""
    words: list[str] = []

    def read() -> str:
        if not words:
            raise EOFError
        if words[0] == "^C":
            raise KeyboardInterrupt
        return words.pop(0)

    monkeypatch.setattr(prompts.play, "__defaults__", (read,))
    return words


def right() -> list[str]:
    """The numbers of the right answers of `first-triage`, card by card."""
    hand = deal(load_drill("first-triage"), 1).hand
    return [str(1 + [option.value for option in decision.options].index(answer.values[decision.name]))
            for item, answer in zip(hand.items, truth_answers(hand), strict=True) for decision in item.decisions]


def test_a_hand_is_played_and_gives_the_same_score_again(tmp_path: Path, typed: list[str],
                                                         capsys: pytest.CaptureFixture[str]) -> None:
    record = tmp_path / "ann.json"
    typed += ["?", *right()]
    assert run(["drill", "play", "first-triage", "-o", str(record), "--trainee", "Ann", "--json"]) == 0
    said = capsys.readouterr()
    played = json.loads(said.out)
    assert played["score"] == 96.0  # a hint cost four
    assert "Hint 1, for 4 points" in said.err
    assert run(["drill", "first-triage", "--actions", str(record), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == played
    assert run(["drill", "play", "first-triage", "--actions", str(record)]) == 0
    assert "Score 96.0, passed (pass mark 75)" in capsys.readouterr().out


def test_a_debrief_shows_what_was_missed_and_why(tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    hand = deal(load_drill("first-triage"), 1).hand
    right = hand.truths[0]["team"]
    wrong = next(name for name in ("technical", "accounts") if name != right.value)
    Path("ann.json").write_text(json.dumps({"drill": "first-triage", "trainee": "<b>Ann</b>", "answers": [
        {"item": 0, "answers": {"team": wrong, "first": "bot"}, "took": 5.0}]}), encoding="utf-8")
    assert run(["drill", "debrief", "first-triage", "--actions", "ann.json"]) == 1
    shown = capsys.readouterr().out
    assert f"1  {hand.items[0].title}" in shown
    assert hand.items[1].title not in shown  # what was not answered was not missed
    assert f"wrong  team: {wrong}; it is {right.value}. {right.place}" in shown
    for name in ("page.html", "page.md"):
        assert run(["drill", "debrief", "first-triage", "--actions", "ann.json", "-o", name]) == 1
        written = Path(name).read_text(encoding="utf-8")
        assert "<b>Ann</b>" not in written
        assert right.place in written


def test_ctrl_c_keeps_what_is_finished(home: Path, typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    typed += ["g", "nonsense", "9", *right()[:3], "b", "^C"]
    assert run(["drill", "play", "first-triage"]) == 130
    said = capsys.readouterr()
    assert "1 of 10 were answered; the others count nothing." in said.out
    assert said.err.count("A number from 1 to 6 is wanted.") == 2
    assert "bot.never_topics:  never automate billing" in said.err
    (record,) = (home / "drills").glob("*-first-triage.json")
    assert len(json.loads(record.read_text())["answers"]) == 1


def test_a_class_from_end_to_end(tmp_path: Path, typed: list[str], capsys: pytest.CaptureFixture[str],
                                 monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["drill", "class", "new", "first-triage", "-o", "class.json", "--seed", "1", "--title", "[b]Us"]) == 0
    for name in ("=Ann[/b]", "=Ann[/b]"):
        typed += right()
        assert run(["drill", "play", "first-triage", "--class", "class.json", "--trainee", name]) == 0
    capsys.readouterr()
    # Two plays in the same tenth of a second are one play; a person takes longer.
    assert run(["drill", "collect", ".", "--class", "class.json", "--csv", "table.csv"]) == 1
    said = capsys.readouterr()
    assert "[b]Us" in said.out
    assert "  =Ann[/b]      100.0" in said.out
    assert "first-triage-ann-b-2.json: is the same play" in said.err
    with (tmp_path / "table.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["trainee"], row["score"], row["session"]) == ("'=Ann[/b]", "100.0", "1")
    assert row["version"] == program_version()
    assert "different versions" not in said.err
    Path("first-triage-ann-b-2.json").unlink()
    assert run(["drill", "collect", ".", "--class", "class.json", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["spread"]["first-triage"]["passed"] == 1


def test_results_of_several_versions_are_told() -> None:
    group = ClassFile.new("Monday", [load_drill("first-triage")], ())
    passed = collecting.Verdict(80.0, True)
    scored = [collecting.Collected(f"{name}.json", name, "first-triage", 1, 1, 0, passed, version)
              for name, version in (("Ann", "0.1.0"), ("Bob", "0.1.0"), ("Cy", None))]
    assert mixed(collecting.Collection(group, scored, ())).startswith(
        "The results are of different versions of Flightdesk: 2 of 0.1.0, 1 of one that is not known.")
    assert not mixed(collecting.Collection(group, scored[:2], ()))


@pytest.mark.parametrize(("words", "said"), [
    (["play", "first-triage", "--class", "class.json"], 'a class needs to know who plays: --trainee "Name"'),
    (["play", "first-triage", "--class", "class.json", "--trainee", "A", "--seed", "3"],
     "the class says under which seed"),
    (["play", "first-review", "--class", "class.json", "--trainee", "A"], "the class does not play this drill"),
    (["class", "new", "first-triage", "-o", "class.json"], "is there already"),
    (["first-triage", "--class", "class.json", "--trainee", "A", "--actions", "played.json"],
     "session 1 of first-triage is played under seed 1, and this was played under 7"),
    (["collect", ".", "--class", "no.json"], "no.json: cannot be read"),
])
def test_what_cannot_be_is_said(words: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["drill", "class", "new", "first-triage", "-o", "class.json"]) == 0
    Path("played.json").write_text('{"drill": "first-triage", "seed": 7}', encoding="utf-8")
    assert run(["drill", *words]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_a_floor_drill_is_handed_in_when_its_screen_is_left(tmp_path: Path, capsys: pytest.CaptureFixture[str],
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    """The screen leaves a record in the data folder, under the class's seed; a go without one hands nothing in."""
    monkeypatch.chdir(tmp_path)

    def on_screen(drill: DrillFile, seed: int | None, eased: bool, trainee: str | None, group: str | None) -> int:
        assert group == "A class, session 1, Ann"
        for number, now in enumerate((36000.0, None, None)):  # the first was left, the last is a branch
            records.Record(records.folder() / f"{number}.json").keep(
                Performance(drill=drill.name, digest=drill.digest, seed=seed, trainee=trainee, hints=number), now)
        return 0

    monkeypatch.setattr("tui.drilling.play_.on_screen", lambda *words: 129)
    assert run(["drill", "class", "new", "login-outage", "-o", "gone.json"]) == 0
    assert run(["drill", "login-outage", "--class", "gone.json", "--trainee", "Ann"]) == 129, "its terminal went"
    monkeypatch.setattr("tui.drilling.play_.on_screen", lambda *words: 0)
    assert run(["drill", "class", "new", "login-outage", "-o", "class.json"]) == 0
    words = ["drill", "login-outage", "--class", "class.json", "--trainee", "Ann"]
    assert run(words) == 1
    assert "nothing is handed in" in capsys.readouterr().err
    monkeypatch.setattr("tui.drilling.play_.on_screen", on_screen)
    assert run(words) == 1
    assert "Hand in login-outage-ann-1.json" in capsys.readouterr().err
    result = read_result(tmp_path / "login-outage-ann-1.json")
    assert result.performance.hints == 1, "the first go that came to its end"


def test_a_class_carries_the_policies_that_its_floor_drills_are_measured_by(tmp_path: Path,
                                                                           monkeypatch: pytest.MonkeyPatch) -> None:
    """One machine looks for them; where the class is played, and where it is collected, they are known."""
    asked: list[int] = []

    def search(exercise: Exercise, seed: int, *more: object) -> reference.Found:
        asked.append(seed)
        return reference.Found(reference.own_policy(exercise)[:1], 1.0, 7, True)

    monkeypatch.setattr(reference, "search", search)
    monkeypatch.chdir(tmp_path)
    exercise = Exercise.of(load_drill("login-outage"))
    assert run(["drill", "class", "new", "login-outage", "first-triage", "-o", "class.json", "--seed", "1",
                "--seed", "9"]) == 0
    assert asked == [9], "the drill's own file has the one of seed 1"
    policy = reference.known(exercise, 9)
    assert policy == reference.own_policy(exercise)[:1]
    monkeypatch.setenv("FLIGHTDESK_HOME", str(tmp_path / "another machine"))
    assert reference.known(exercise, 9) is None
    assert judging.seat(load_drill("login-outage"), Path("class.json"), "Ann", None, tmp_path) is not None
    assert reference.known(exercise, 9) == policy
    monkeypatch.setenv("FLIGHTDESK_HOME", str(tmp_path / "the trainer's machine"))
    desk = collecting._Desk(read_class(Path("class.json")), None)
    desk._drill(desk._group.drills[0])
    assert reference.known(exercise, 9) == policy
