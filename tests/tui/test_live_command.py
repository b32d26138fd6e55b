"""`flightdesk live` on the command line: what it makes of its options, and what it does without a terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from core.errors import UnitError
from core.places import session_files
from core.scenario_file import dump_scenario, load_scenario
from core.units import DAY, HOUR
from sim.live import LiveSession
from tests.fake_floor import scenario
from tui.app import Flightdesk
from tui.commands import ahead, floor, live
from tui.commands.live import read_speed
from tui.play import Play


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "desk.toml"
    path.write_text(dump_scenario(scenario(length=12 * HOUR, incident={})), encoding="utf-8")
    return path


@pytest.mark.parametrize(("text", "speed"), [("1", 1), ("60", 60), ("60x", 60), ("1m/s", 60), ("1d/s", DAY)])
def test_speeds_as_written(text: str, speed: float) -> None:
    assert read_speed(text) == speed


@pytest.mark.parametrize("text", ["fast", "0", "-1", "1m", "m/s"])
def test_what_is_no_speed_says_what_is(text: str) -> None:
    with pytest.raises(UnitError, match="1m/s"):
        read_speed(text)


def test_without_a_terminal_it_reports_a_run_and_says_why(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)  # in this process: ten small runs
    result = CliRunner().invoke(live.command, [str(file), "--set", "team.frontline.extra=1"])
    assert result.exit_code == 0, result.output
    assert "There is no terminal to draw on" in result.stderr
    assert result.stdout.startswith("Two desks")
    assert "p90 FRT" in result.stdout


def test_on_a_terminal_it_opens_the_floor_as_asked(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[LiveSession] = []
    monkeypatch.setattr(live, "on_a_terminal", lambda: True)
    monkeypatch.setattr(Flightdesk, "run", lambda self: opened.append(self.opened()))
    options = ["--seed", "3", "--speed", "1h/s", "--from", "Mon 09:30", "--set", "team.frontline.extra=2", "--paused"]
    result = CliRunner().invoke(live.command, [str(file), *options], standalone_mode=False)
    assert result.exception is None
    assert result.return_value == 0
    (session,) = opened
    assert (session.seed, session.speed, session.playing) == (3, 3600, False)
    assert session.scenario.team["frontline"].extra == 2
    assert session.interventions == (), "what is set first holds for the twin too"
    while session.view().errand is not None:
        session.advance(0.0)
    assert session.now == 9.5 * HOUR


def test_a_session_goes_on_where_it_ended(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[LiveSession] = []

    def play(self: Flightdesk) -> None:
        session = self.opened()
        opened.append(session)
        while session.on_errand:
            session.advance(0.0)
        if len(opened) == 1:
            session.change("team.frontline.extra", "2")
            session.advance(2.0, 60.0)
        self.keep()

    monkeypatch.setattr(live, "on_a_terminal", lambda: True)
    monkeypatch.setattr(Flightdesk, "run", play)
    first = [str(file), "--seed", "3", "--from", "Mon 09:30", "--set", "bot.coverage=0%"]
    for options in (first, ["--resume"], ["--resume=20", "--speed", "1h/s"]):
        for old in session_files()[1:]:
            old.unlink()
        result = CliRunner().invoke(live.command, options, standalone_mode=False)
        assert result.exception is None, result.exception
    one, two, three = opened
    assert one.now > 9.5 * HOUR
    assert {(session.now, session.seed, session.turns) for session in opened} == {(one.now, 3, one.turns)}
    assert two.scenario == three.scenario == one.scenario
    assert one.playing
    assert not two.playing
    assert three.speed == HOUR


@pytest.mark.parametrize("options", [["--resume", "--set", "bot.coverage=1%"], ["--resume", "--from", "Mon 10:00"],
                                     ["--resume=x", "FILE"]])
def test_a_session_goes_on_as_it_was(options: list[str]) -> None:
    result = CliRunner().invoke(live.command, options)
    assert result.exit_code == 2
    assert "as it was" in result.output


def test_without_a_terminal_a_session_is_not_resumed_but_told_of(file: Path) -> None:
    Play.begin(load_scenario(file), str(file)).close()
    result = CliRunner().invoke(live.command, ["--resume"])
    assert result.exit_code == 2
    assert "flightdesk sessions" in result.output


@pytest.mark.parametrize(("options", "words"), [
    (["--from", "Tue 09:30"], "the run ends before, at Mon 12:00"),
    (["--set", "team.frontlin.extra=2"], 'did you mean "team.frontline.extra"'),
    (["--set", "bot.coverage"], "KEY=VALUE")])
def test_what_cannot_be_used_says_why(file: Path, options: list[str], words: str) -> None:
    result = CliRunner().invoke(live.command, [str(file), *options])
    assert result.exit_code != 0
    assert words in str(result.exception)


def test_a_floor_that_broke_is_told_once_the_terminal_is_back(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(self: Flightdesk) -> None:
        self.failure = ZeroDivisionError("no people to divide by")
        self._return_code = 1

    monkeypatch.setattr(live, "on_a_terminal", lambda: True)
    monkeypatch.setattr(Flightdesk, "run", broken)
    result = CliRunner().invoke(live.command, [str(file)], standalone_mode=False)
    assert result.return_value == 1
    assert "ZeroDivisionError: no people to divide by" in result.stderr
    assert not result.stdout


def test_looking_ahead_on_the_command_line(file: Path) -> None:
    options = [str(file), "--time", "Mon 09:00", "--replications", "3", "--jobs", "1", "--at", "Mon 08:30",
               "team.frontline.extra=-4"]
    result = CliRunner().invoke(ahead.command, options)
    assert result.exit_code == 0, result.output
    first, header, *rows = result.stdout.splitlines()
    assert first == "Two desks: from Mon 09:00 to Mon 12:00, 3 ways to go on"
    assert header.split() == ["1", "in", "10", "below", "middle", "1", "in", "10", "above", "against", "the", "twin"]
    assert rows[0].startswith("p90 FRT")
    data = json.loads(CliRunner().invoke(ahead.command, [*options, "--json"]).stdout)
    assert data["measures"]["csat"]["low"] <= data["measures"]["csat"]["middle"] <= data["measures"]["csat"]["high"]
    assert len(data["bands"]["csat"]["times"]) == 12
    assert set(data["against_twin"]) == set(data["measures"])
    late = CliRunner().invoke(ahead.command, [str(file), "--time", "Tue 09:00"])
    assert "up to Mon 12:00" in str(late.exception)


def test_the_floor_at_a_moment_on_the_command_line(file: Path) -> None:
    options = [str(file), "--time", "Mon 10:00", "--at", "Mon 08:30", "team.frontline.extra=-9"]
    result = CliRunner().invoke(floor.command, options)
    assert result.exit_code == 0, result.output
    text = result.stdout
    assert text.startswith("Two desks, Mon 10:00, seed 1")
    for words in ("against the twin", "  needs", "(twin ", "Teams", "  frontline", "Since midnight",
                  "Mon 08:30  frontline people to plan −9"):
        assert words in text, words
    data = json.loads(CliRunner().invoke(floor.command, [*options, "--json"]).stdout)
    assert data["kpi"]["frt_p90"] > data["twin"]["frt_p90"]
    assert [team["name"] for team in data["teams"]] == ["frontline", "engineers"]
    assert data["funnel"]["needs"] > 0
