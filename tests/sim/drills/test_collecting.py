"""A class: what holds is tabulated, what does not is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.drill.classroom import ClassFile, canonical, read_class, read_result, sign, verified
from core.drill.file import DrillFile, load_drill
from core.drill.performance import Answered, Performance
from core.errors import DrillError
from core.output.store import program_version
from sim.drills import collecting
from sim.drills.collecting import Collection, collect, result_files
from sim.drills.dealing import Dealt, deal, judge
from sim.drills.debrief import Step

SEEDS = (1, 2)


@pytest.fixture(scope="module")
def drill() -> DrillFile:
    return load_drill("first-review")


@pytest.fixture(scope="module")
def dealt(drill: DrillFile) -> dict[int, Dealt]:
    return {seed: deal(drill, seed) for seed in SEEDS}


@pytest.fixture(scope="module")
def group(drill: DrillFile) -> ClassFile:
    return ClassFile.new("Monday", [drill], SEEDS)


class Trainee:
    """Plays `first-review`: right but for the tone, which is rated good throughout in the first session."""

    def __init__(self, name: str, group: ClassFile, drill: DrillFile, dealt: dict[int, Dealt], folder: Path):
        self.name, self.group, self.drill, self.dealt, self.folder = name, group, drill, dealt, folder
        self.version: str | None = None

    def performance(self, session: int, took: float = 10.0) -> Performance:
        seed = SEEDS[(session - 1) % len(SEEDS)]
        return Performance(
            drill=self.drill.name, digest=self.drill.digest, seed=seed, trainee=self.name, version=self.version,
            answers=tuple(Answered(item=at, took=took, answers={
                name: "good" if session == 1 and name == "tone" else truth.value for name, truth in truths.items()})
                for at, truths in enumerate(self.dealt[seed].hand.truths)))

    def play(self, session: int, took: float = 10.0, more: float = 0.0) -> Path:
        """Hands in a session; `more` is put on the score before it is signed."""
        performance = self.performance(session, took)
        points = judge(self.drill, performance, dealt=self.dealt[performance.seed or 0]).points
        signed = sign(self.group, self.name, session, performance, points + more)
        path = self.folder / f"{self.name}-{session}.json"
        path.write_text(signed.text(), encoding="utf-8")
        return path


@pytest.fixture
def ann(group: ClassFile, drill: DrillFile, dealt: dict[int, Dealt], tmp_path: Path) -> Trainee:
    return Trainee("Ann", group, drill, dealt, tmp_path)


@pytest.fixture
def bob(group: ClassFile, drill: DrillFile, dealt: dict[int, Dealt], tmp_path: Path) -> Trainee:
    return Trainee("Bob", group, drill, dealt, tmp_path)


def of(trainee: Trainee) -> Collection:
    return collect(result_files(trainee.folder), trainee.group)


def changed(path: Path, change: Any) -> None:
    """Changes a handed-in file by hand."""
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")


def test_a_class_in_a_table(ann: Trainee, bob: Trainee) -> None:
    for trainee, took in ((ann, 10.0), (bob, 11.0)):
        trainee.play(1, took)
        trainee.play(2, took)
    found = of(ann)
    assert not found.troubles
    spread = found.spread("first-review")
    assert spread is not None
    assert (spread.results, spread.trainees, spread.passed, spread.highest) == (4, 2, 4, 100.0)
    assert spread.mean == pytest.approx((spread.lowest + 100.0) / 2)
    assert [(way.trainee, way.change) for way in found.ways()] == [
        ("Ann", 100.0 - spread.lowest), ("Bob", 100.0 - spread.lowest)]
    assert {(mistake.place, mistake.trainees, mistake.times) for mistake in found.mistakes()} == {
        ("a curt tone", 2, 6), ("tone, exceptional", 2, 6)}
    tone = {session.session: next(one for one in session.dimensions if one.dimension == "tone")
            for session in found.groups}
    assert tone[2].bias == 0.0
    assert tone[2].alpha == pytest.approx(1.0)
    assert (tone[1].bias, tone[1].alpha) == (0.0, None)  # all gave the same grade


def test_which_version_scored_a_result_is_told_and_old_files_hold(ann: Trainee, bob: Trainee) -> None:
    """A file from before there was a version has no such key, not even in what is signed."""
    path = ann.play(1)
    assert "version" not in read_result(path).signed_part()["performance"]
    changed(path, lambda data: data["performance"].pop("version"))
    bob.version = "0.0.1"
    bob.play(1, 11.0)
    bob.play(2, 12.0)
    found = of(ann)
    assert not found.troubles
    assert found.versions == {"0.0.1": 2, None: 1}
    bob.play(1, 11.0, more=1.0)
    assert f"; it was scored by Flightdesk 0.0.1, and this is {program_version()}" in of(bob).troubles[0].what
    changed(bob.play(1, 11.0), lambda data: data["performance"].update(version=program_version()))
    assert "signature" in of(bob).troubles[0].what


def test_a_file_that_is_written_in_another_way_holds(ann: Trainee) -> None:
    path = ann.play(1)
    changed(path, lambda data: data.update(reversed(data.items())))
    assert not of(ann).troubles
    assert verified(ann.group, read_result(path))


@pytest.mark.parametrize("change", [
    lambda data: data.update(score=100.0), lambda data: data.update(trainee="Cyd"),
    lambda data: data.update(session=3), lambda data: data["performance"].update(hints=0, seed=2),
    lambda data: data["performance"]["answers"][0].update(took=1.0),
    lambda data: data.update(signature="0" * 64)])
def test_whatever_is_changed_is_found_out(ann: Trainee, bob: Trainee, change: Any) -> None:
    changed(ann.play(1), change)
    bob.play(1, 11.0)
    found = of(ann)
    assert [(trouble.file, trouble.what[:26]) for trouble in found.troubles] == [
        ("Ann-1.json", "the signature does not fit")]
    assert [one.trainee for one in found.results] == ["Bob"]


def test_a_score_that_is_signed_but_not_played_is_found_out(ann: Trainee) -> None:
    ann.play(2, more=-20.0)
    (trouble,) = of(ann).troubles
    assert trouble.what == "says a score of 80, and its play gives 100"


def test_twice_is_once(ann: Trainee, bob: Trainee) -> None:
    path = ann.play(1)
    (ann.folder / "copy.json").write_bytes(path.read_bytes())
    bob.play(1)  # the same answers in the same time
    assert [(trouble.file, trouble.what) for trouble in of(ann).troubles] == [
        ("Bob-1.json", "is the same play, to the tenth of a second, as Ann-1.json"),
        ("copy.json", "Ann has handed in session 1 of first-review already: Ann-1.json")]


def test_capitals_and_spaces_make_no_other_trainee(ann: Trainee) -> None:
    ann.play(1)
    ann.name = "  ANN"
    ann.play(2, 11.0)
    assert [(way.trainee, len(way.scores)) for way in of(ann).ways()] == [("ANN", 2)]


def test_what_does_not_belong_is_said(ann: Trainee, drill: DrillFile) -> None:
    performance = ann.performance(1)

    def hand_in(name: str, group: ClassFile, played: Performance, session: int = 1) -> None:
        (ann.folder / name).write_text(sign(group, "Cyd", session, played, 1.0).text(), encoding="utf-8")

    hand_in("a.json", ClassFile.new("Other", [drill], ()), performance)
    hand_in("b.json", ann.group, performance.model_copy(update={"digest": "0" * 16}))
    hand_in("c.json", ann.group, performance.model_copy(update={"digest": None, "drill": "first-triage"}))
    hand_in("d.json", ann.group, performance, session=2)
    (ann.folder / "e.json").write_text("{", encoding="utf-8")
    (ann.folder / "f.json").write_text('{"flightdesk_result": 1, "session": 0}', encoding="utf-8")
    (ann.folder / "g.json").write_bytes(b"\xff")
    found = [trouble.what for trouble in of(ann).troubles]
    assert found[:4] == [
        "is of another class", "first-review was played in another version than the class's",
        "the class does not play first-triage",
        "session 2 of first-review is played under seed 2, and this one was under 1"]
    assert found[4].startswith("no JSON: ")
    assert found[5].count("Field required") == 5
    assert found[6].startswith("no JSON: ")


def test_a_class_of_another_version_is_refused(ann: Trainee, drill: DrillFile) -> None:
    other = ann.group.model_copy(update={"drills": (
        ann.group.drills[0].model_copy(update={"digest": "0" * 16}),)})
    with pytest.raises(DrillError, match="the class plays another version of this drill"):
        other.drill(drill)
    with pytest.raises(DrillError, match="the class does not play this drill; it plays first-review"):
        ann.group.drill(load_drill("first-triage"))


def test_a_class_file_is_no_result_and_keys_differ(ann: Trainee, drill: DrillFile) -> None:
    path = ann.folder / "class.json"
    path.write_text(ann.group.model_dump_json(), encoding="utf-8")
    assert result_files(ann.folder) == []
    assert read_class(path) == ann.group
    assert ann.group.key not in ann.group.id
    assert ClassFile.new("Monday", [drill], SEEDS).key != ann.group.key


def test_one_content_has_one_text() -> None:
    assert canonical({"b": 1.5, "a": "ü"}) == canonical({"a": "ü", "b": 1.5}) == b'{"a":"\\u00fc","b":1.5}'


@pytest.mark.parametrize("name", ["", "x" * 61])
def test_a_name_that_is_none_is_refused(ann: Trainee, name: str) -> None:
    with pytest.raises(DrillError, match=r"^trainee: trainee: String should have"):
        sign(ann.group, name, 1, ann.performance(1), 1.0)


def test_floor_drills_are_collected_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is done: the score is 0, and the minutes that lost most, by the drill's debrief, are named."""
    steps = [Step(36_000.0 + 600 * at, 36_600.0 + 600 * at, 0.0, 0.0, points)
             for at, points in enumerate((6.5, 2.9, 11.7, -3.8, 18.6))]
    monkeypatch.setattr(collecting, "losses", lambda result, executor: tuple(steps))
    file = load_drill("login-outage")
    group = ClassFile.new("Leads", [file], ())
    played = Performance(drill=file.name, digest=file.digest, seed=file.drill.seed)
    for name, score in (("Ann", 0.0), ("Bob", 50.0)):
        (tmp_path / f"{name}.json").write_text(sign(group, name, 1, played, score).text(), encoding="utf-8")
    found = collect(result_files(tmp_path), group)
    assert [trouble.what for trouble in found.troubles] == ["says a score of 50, and its play gives 0"]
    assert [one.verdict.score for one in found.results] == [0.0]
    assert [mistake.place for mistake in found.mistakes()] == [
        "Mon 10:00 to Mon 10:10", "Mon 10:20 to Mon 10:30", "Mon 10:40 to Mon 10:50"]
