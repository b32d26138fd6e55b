"""The command line: what it lists, how it refuses, and its exit codes."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
import rich_click as click

from core import catalogue
from core.scenario_keys import fields, parts
from tui import front
from tui.app import Flightdesk
from tui.cli import COMMANDS, load, run
from tui.exit import Exit

GOOD = '[demand]\nrate = "20/h"\n[topic.any]\nhandle_time = "4m"\n[team.all]\nagents = 3\n'
BAD = GOOD.replace("agents = 3", "agnts = 3\nconcurrency = 99").replace('"20/h"', '"20 an hour"')

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def good(tmp_path: Path) -> str:
    file = tmp_path / "good.toml"
    file.write_text(GOOD)
    return str(file)


@pytest.fixture
def bad(tmp_path: Path) -> str:
    file = tmp_path / "bad.toml"
    file.write_text(BAD)
    return str(file)


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_of_each_command_what_the_command_says_itself(name: str) -> None:
    command = load(name)
    assert command.name == name
    assert (command.help or "").split("\n\n")[0].replace("\n", " ") == COMMANDS[name]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_of_every_command_is_explained(name: str) -> None:
    options = [param for param in load(name).params if isinstance(param, click.Option)]
    assert all(option.help for option in options)


def test_help_lists_every_command_but_the_hidden(capsys: Capture) -> None:
    assert run(["--help"]) == Exit.OK
    text = capsys.readouterr().out
    assert all((f" {name} " in text) == (name != "reference") for name in COMMANDS)


def test_version(capsys: Capture) -> None:
    version = tomllib.loads(Path("pyproject.toml").read_text())["project"]["version"]
    assert run(["--version"]) == Exit.OK
    assert capsys.readouterr().out == f"flightdesk {version}\n"


@pytest.mark.parametrize(("arguments", "said"), [
    (["rum"], 'There is no command \'rum\'; did you mean "run"?'),
    (["run"], "Missing argument 'SCENARIO'"),
    (["run", "x", "--replikations", "3"], "No such option"),
    (["run", "x", "--replications", "0"], "0 is not in the range"),
    (["run", "smal-team"], 'did you mean "small-team"?'),
    (["run", "no/such.toml"], "no/such.toml: file: cannot be read: No such file"),
    (["check"], "Missing argument 'FILE...'"),
    (["keys", "small-team", "coverege"], 'did you mean "coverage"?'),
])
def test_bad_input_is_said_on_stderr_with_exit_code_2(arguments: list[str], said: str, capsys: Capture) -> None:
    assert run(arguments) == Exit.INPUT
    shown = capsys.readouterr()
    assert said in shown.err
    assert "Traceback" not in shown.err
    assert shown.out == ""


def test_a_defect_of_ours_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(catalogue, "entries", broken)
    with pytest.raises(ZeroDivisionError):
        run(["scenarios"])


def test_check_of_good_files(good: str, capsys: Capture) -> None:
    assert run(["check", good, "small-team"]) == Exit.OK
    assert capsys.readouterr().out == f"{good}: fine\n{catalogue.folder() / 'small-team.toml'}: fine\n"


def test_check_tells_every_problem_of_every_file(good: str, bad: str, capsys: Capture) -> None:
    assert run(["check", bad, good, "no/such.toml"]) == Exit.INPUT
    assert capsys.readouterr().out.splitlines() == [
        f'{bad}:2: demand.rate: a rate is wanted, such as "12/h", "3.5/m" or "100/30m", given "20 an hour"',
        f'{bad}:6: team.all.agnts: unknown key; did you mean "agents"?',
        f"{bad}:7: team.all.concurrency: must be a whole number, between 1 and 20, given 99",
        f"{bad}: 3 problems",
        f"{good}: fine",
        "no/such.toml: file: cannot be read: No such file or directory",
        "no/such.toml: 1 problem",
    ]


def test_check_as_json(good: str, bad: str, tmp_path: Path, capsys: Capture) -> None:
    noted = tmp_path / "noted.toml"
    noted.write_text(GOOD + "[profile.spare]\n")
    assert run(["check", "--json", good, str(noted)]) == Exit.OK
    first, second = json.loads(capsys.readouterr().out)["files"]
    assert first == {"file": good, "ok": True, "problems": [], "notes": []}
    assert second["ok"]
    assert second["notes"] == [{"key": "profile.spare", "what": "nobody uses this profile", "line": 7, "given": None,
                                "hint": None}]
    assert run(["check", "--json", bad]) == Exit.INPUT
    (third,) = json.loads(capsys.readouterr().out)["files"]
    assert not third["ok"]
    assert [problem["line"] for problem in third["problems"]] == [2, 6, 7]


def test_scenarios_lists_what_can_be_loaded(capsys: Capture) -> None:
    assert run(["scenarios"]) == Exit.OK
    text = capsys.readouterr().out
    assert run(["scenarios", "--json"]) == Exit.OK
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == 1
    assert [entry["name"] for entry in document["scenarios"]] == catalogue.names()
    assert [entry["name"] for entry in document["scenarios"] if entry["default"]] == [catalogue.default_name()]
    for entry in document["scenarios"]:
        assert Path(entry["path"]).is_file()
        assert len(entry["needs_by_hour"]) == len(entry["people_by_hour"]) == 168
        assert sum(entry["needs_by_hour"]) == pytest.approx(entry["needs_a_week"], rel=0.01)
        assert f"{entry['needs_a_week']:,.0f} needs a week" in text
        assert f"up to {entry['most_people']} people" in " ".join(text.split())
        assert f"{entry['name']}  " in text
        assert entry["title"] in text


def test_keys_with_value_meaning_and_bounds(capsys: Capture) -> None:
    assert run(["keys", "small-team", "team.support.extra"]) == Exit.OK
    text = capsys.readouterr().out
    assert text.startswith("team.support.extra = 0\n    People on top of the plan")
    assert "between -5000 and 5000" in text
    assert run(["keys", "small-team", "--json"]) == Exit.OK
    every = {key["key"]: key for key in json.loads(capsys.readouterr().out)["keys"]}
    assert every["bot.coverage"]["allowed"] == 'a share such as "35%", between 0% and 100%'


def test_the_schema_knows_every_key_its_default_as_written_and_its_meaning(capsys: Capture) -> None:
    assert run(["schema"]) == Exit.OK
    schema = json.loads(capsys.readouterr().out)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    tables = {"Scenario": schema, **schema["$defs"]}
    for part in parts():
        table = tables[part.__name__]
        assert table["additionalProperties"] is False
        assert list(table["properties"]) == [name for name, _ in fields(part)]
    assert schema["required"] == ["demand", "topic", "team"]
    assert schema["properties"]["length"]["default"] == "7d"
    assert tables["Team"]["properties"]["extra"] == {
        "type": "integer", "minimum": -5000, "maximum": 5000, "default": 0,
        "description": "People on top of the plan whenever anyone is planned (fewer if negative): the knob to turn. "
                       "Takes a whole number, between -5000 and 5000."}
    level = tables["Demand"]["properties"]["level"]
    assert (level["type"], level["default"]) == (["string", "number"], "100%")
    assert {"type": "string", "examples": ["4m", "never"]} in tables["Channel"]["properties"]["patience"]["anyOf"]
    references = json.dumps(schema).split('"$ref": "#/$defs/')[1:]
    assert {reference.split('"')[0] for reference in references} <= set(schema["$defs"])


def test_without_a_command_the_scenarios_are_listed_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Flightdesk] = []

    def show(app: Flightdesk) -> int:
        opened.append(app)
        return Exit.NO

    monkeypatch.setattr(front, "on_a_terminal", lambda: True)
    monkeypatch.setattr(front, "run_app", show)
    assert run([]) == Exit.NO
    assert [app.session for app in opened] == [None]


def test_without_a_terminal_the_default_scenario_is_run_instead(monkeypatch: pytest.MonkeyPatch,
                                                                capsys: Capture) -> None:
    ran: list[str] = []

    @click.command("run")
    @click.argument("scenario")
    def stand_in(scenario: str) -> int:
        ran.append(scenario)
        return Exit.NO

    monkeypatch.setattr("tui.commands.run.command", stand_in)
    assert run([]) == Exit.NO
    assert ran == [catalogue.default_name()]
    assert "There is no terminal to draw on" in capsys.readouterr().err


@pytest.mark.parametrize("stop", [KeyboardInterrupt, click.Abort, EOFError])
def test_ctrl_c_is_130(stop: type[BaseException], monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    def stopped() -> None:
        raise stop

    monkeypatch.setattr(catalogue, "entries", stopped)
    assert run(["scenarios"]) == Exit.INTERRUPTED
    assert capsys.readouterr().err.strip() == "Interrupted."
