"""`flightdesk sessions`: what was played, and the same run from it to the last digit."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from core.scenario_file import dump_scenario, load_scenario
from core.units import HOUR
from tests.fake_floor import scenario
from tui.cli import run
from tui.exit import Exit
from tui.play import Play

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def played(tmp_path: Path) -> Play:
    """Three changes at odd times, one of them taken back, played to the end of the run."""
    file = tmp_path / "desk.toml"
    file.write_text(dump_scenario(scenario(length=11 * HOUR, incident={})), encoding="utf-8")
    play = Play.begin(load_scenario(file), str(file), 5, start=8.1 * HOUR)
    session = play.session
    while session.on_errand:
        session.advance(0.0)
    for key, value in (("team.frontline.extra", "-9"), ("bot.coverage", "10%"), ("bot.success", "90%")):
        session.advance(7.1234567, 60.0)
        session.change(key, value)
        play.keep()
    session.undo()
    session.speed = HOUR
    while not session.ended:
        session.advance(0.1, 60.0)
    play.close()
    return play


def metrics(arguments: list[str], capsys: Capture) -> object:
    assert run([*arguments, "--json"]) == Exit.OK
    return json.loads(capsys.readouterr().out)["metrics"]


def test_what_was_played_is_run_again_to_the_last_digit(played: Play, tmp_path: Path, capsys: Capture) -> None:
    saved = tmp_path / "saved.toml"
    assert run(["sessions", played.log.name, "-o", str(saved)]) == Exit.OK
    from_file = metrics(["run", str(saved), "--seed", "5", "--replications", "1"], capsys)
    from_command = metrics(shlex.split(played.command)[1:], capsys)
    floor = played.session._pair.floor
    floor.advance(11 * HOUR)
    played_live = {name: value for name, value in floor.measures().items() if value is not None}  # type: ignore[attr-defined]
    assert from_file == from_command
    assert {name: from_file[name]["value"] for name in played_live} == played_live  # type: ignore[index]
    assert from_file != metrics(["run", played.origin.source, "--seed", "5", "--replications", "1"], capsys)


def test_the_list_and_one_of_them(played: Play, capsys: Capture) -> None:
    assert run(["sessions"]) == Exit.OK
    listed = capsys.readouterr().out
    assert listed.startswith(f"{played.log.name}  {played.origin.source}, seed 5, 2 changes, at Mon 11:00")
    assert run(["sessions", played.log.name[:8]]) == Exit.OK
    shown = capsys.readouterr().out
    assert "bot.coverage = 10%" in shown
    assert "bot.success" not in shown, "it was taken back"
    assert played.command in shown


def test_as_json(played: Play, capsys: Capture) -> None:
    assert run(["sessions", "--json"]) == Exit.OK
    (one,) = json.loads(capsys.readouterr().out)["sessions"]
    assert run(["sessions", one["name"], "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out) == {"schema": 1, **one}
    assert [change["key"] for change in one["interventions"]] == ["team.frontline.extra", "bot.coverage"]
    assert one["now"] == 11 * HOUR


def test_where_nothing_was_played(capsys: Capture) -> None:
    assert run(["sessions"]) == Exit.OK
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "No sessions yet" in shown.err
    assert run(["sessions", "x"]) == Exit.INPUT
    assert "there is no session of this name" in capsys.readouterr().err


def test_a_file_that_is_none_does_not_hide_the_others(played: Play, capsys: Capture) -> None:
    (played.log.path.parent / "0.jsonl").write_text("broken")
    assert run(["sessions"]) == Exit.OK
    shown = capsys.readouterr()
    assert played.log.name in shown.out
    assert "0.jsonl: is no session of Flightdesk" in shown.err
