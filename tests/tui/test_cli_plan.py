"""`flightdesk plan`: the page, the files it writes, the exit codes, and Ctrl+C."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from core.scenario_file import load_scenario
from sim.experiments.staffing_trials import Trials
from tests.two_hours import two_hours
from tui.cli import run
from tui.exit import Exit

FLOOR = two_hours("=Two hours, [bold]one[/] queue")
FEW = ("--shifts", "own", "--replications", "8", "--jobs", "1")

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def floor(tmp_path: Path) -> str:
    file = tmp_path / "floor.toml"
    file.write_text(FLOOR)
    return str(file)


def test_the_page_and_the_files(floor: str, tmp_path: Path, capsys: Capture) -> None:
    made, table, rota = (tmp_path / name for name in ("made.toml", "table.csv", "rota.csv"))
    code = run(["plan", floor, "--target", "service_level>=75%", *FEW, "-o", str(made), "--csv", str(table),
                "--rota", str(rota)])
    shown = capsys.readouterr()
    assert code == Exit.OK
    assert shown.out.startswith("=Two hours, [bold]one[/] queue\n1 day, seed 1, checked in 8 replications")
    assert "Met: " in shown.out
    assert "service_level>=75%: yes." in shown.out
    assert "Wrote" in shown.err
    planned = load_scenario(made)
    people = planned.team["desk"].shifts["morning"]
    assert people > 3
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert {row["start"] for row in rows if float(row["plan"])} == {"09:00", "10:00"}
    assert all(float(row["difference"]) == people - 3 for row in rows if float(row["plan"]))
    (line,) = csv.DictReader(rota.read_text().splitlines())
    assert (line["shift"], int(line["people"]), float(line["cost"])) == ("morning", people, people * 40.0)
    # What is there stays, unless it is meant.
    assert run(["plan", floor, *FEW, "-o", str(made)]) == Exit.INPUT


def test_the_json_is_the_plan(floor: str, capsys: Capture) -> None:
    assert run(["plan", floor, "--target", "service_level>=75%", *FEW, "--json"]) == Exit.OK
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["kind"], found["met"]) == (1, "plan", True)
    (target,) = found["targets"]
    assert target["text"] == "service_level>=75%"
    assert target["met"] is True
    assert target["reached"]["value"] - target["reached"]["half_width"] >= 0.75
    assert found["metrics"][0]["metric"] == "service_level"
    assert found["teams"][0]["shifts"][0]["people"] == found["teams"][0]["people"]
    assert len(found["teams"][0]["intervals"]) == 24


def test_targets_that_cannot_be_met_have_exit_code_1(floor: str, capsys: Capture) -> None:
    assert run(["plan", floor, "--set", "demand.profile=none", *FEW]) == Exit.NO
    shown = capsys.readouterr().out
    assert "NO number of people meets it" in shown
    assert "longer opening hours are what is missing" in " ".join(shown.split())
    assert run(["plan", floor, "--target", "service_level>=90%", "--budget", "100", *FEW]) == Exit.NO
    assert "NOT MET within $100" in capsys.readouterr().out


@pytest.mark.parametrize(("words", "said"), [
    (["--target", "servcie_level>=80%"], 'did you mean "service_level"'),
    (["--team", "dsk"], 'did you mean "desk"'),
    (["--best", "aht"], "aht has no best"),
    (["--best", "csat", "--target", "csat>=80%"], "exclude each other"),
    (["--length", "ninety"], "--length: a duration"),
    (["--part-time", "140%"], "--part-time: between 0% and 100%"),
    (["--confidence", "100%"], "--confidence: from 50% to under 100%"),
    (["--interval", "7m"], "--interval: 15m, 30m or 1h"),
    (["--marginal", "--stretch", "7h"], "--stretch: a part of a day"),
    (["--csv", "nowhere/table.csv"], "no such folder"),
])
def test_what_cannot_be_used_is_told(floor: str, capsys: Capture, words: list[str], said: str) -> None:
    assert run(["plan", floor, *words]) == Exit.INPUT
    assert said in " ".join(capsys.readouterr().err.split())


def test_one_more_and_one_fewer(floor: str, tmp_path: Path, capsys: Capture) -> None:
    words = ["plan", floor, "--marginal", "--stretch", "1h", "--replications", "4", "--jobs", "1"]
    table = tmp_path / "table.csv"
    assert run([*words, "--csv", str(table)]) == Exit.OK
    shown = capsys.readouterr().out
    assert "One person more helps most on Mon " in shown
    assert "One person fewer costs least on Mon " in shown
    rows = list(csv.DictReader(table.read_text().splitlines()))
    assert {row["metric"] for row in rows} == {"service_level", "frt_p90", "csat"}
    assert run([*words, "--json"]) == Exit.OK
    found = json.loads(capsys.readouterr().out)
    assert [stretch["name"] for stretch in found["stretches"]] == ["Mon 09:00-10:00", "Mon 10:00-11:00"]
    assert " ".join(found["answer"]) in " ".join(shown.split())
    assert found["stretches"][0]["in_time_more"]["value"] > 0 > found["stretches"][0]["in_time_fewer"]["value"]


def test_markdown_for_a_chat(floor: str, capsys: Capture) -> None:
    assert run(["plan", floor, "--best", "service_level", *FEW, "--markdown"]) == Exit.OK
    shown = capsys.readouterr().out
    assert r"**=Two hours, \[bold\]one\[/\] queue**" in shown
    assert "| cost of the rota |" in shown


def test_ctrl_c_keeps_the_best_plan_so_far(floor: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    real, wanted = Trials.run, []

    def interrupted(self: Trials, scenario, numbers, *more, **others):  # type: ignore[no-untyped-def]
        wanted.append(scenario)
        if min(numbers) >= 12:  # the check
            raise KeyboardInterrupt
        return real(self, scenario, numbers, *more, **others)

    monkeypatch.setattr(Trials, "run", interrupted)
    assert run(["plan", floor, "--target", "service_level>=75%", *FEW]) == Exit.INTERRUPTED
    shown = capsys.readouterr().out
    assert "Interrupted: the cheapest plan so far" in shown
    assert "desk: " in shown
