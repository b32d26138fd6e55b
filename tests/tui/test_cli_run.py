"""`flightdesk run`: the JSON, the CSV, the table, changes before and during the run, and Ctrl+C."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.metrics import METRICS
from tui.cli import run
from tui.commands import run as run_command
from tui.exit import Exit
from tui.present import Progress

FLOOR = """\
title = "Three people, one queue"
length = "1d"
[demand]
rate = "30/h"
[topic.any]
handle_time = { law = "exponential", mean = "5m" }
first_contact_resolution = "80%"
[channel.phone]
patience = { law = "exponential", mean = "3m" }
[team.desk]
agents = 3
cost_per_hour = 30
"""
NAMES = ("conversations", "human_conversations", "wait_mean", "p_wait", "asa", "frt_mean", "frt_p50", "frt_p90",
         "service_level", "service_level_answered", "service_level_offered", "abandonment_rate", "occupancy", "csat",
         "csat_surveyed", "fcr", "deflection_rate", "containment_rate", "roar", "backlog", "cost_per_conversation")

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def floor(tmp_path: Path) -> str:
    file = tmp_path / "floor.toml"
    file.write_text(FLOOR)
    return str(file)


def document(capsys: Capture, *arguments: str) -> dict[str, Any]:
    """The JSON of a run in this process."""
    capsys.readouterr()
    assert run(["run", *arguments, "--jobs", "1", "--json"]) == Exit.OK
    shown = capsys.readouterr()
    assert shown.err == ""
    return json.loads(shown.out)  # type: ignore[no-any-return]


def value(given: dict[str, Any], metric: str) -> float:
    return float(given["metrics"][metric]["value"])


def test_the_json_has_every_metric_with_its_interval_and_unit(floor: str, capsys: Capture) -> None:
    given = document(capsys, floor, "--seed", "4", "--replications", "3")
    assert {key: given[key] for key in ("schema", "scenario", "seed", "replications")} == {
        "schema": 1, "scenario": floor, "seed": 4, "replications": 3}
    assert set(NAMES) <= set(given["metrics"])
    for name, metric in given["metrics"].items():
        assert metric["unit"] == METRICS[name].unit
        assert (metric["value"] is None) == (metric["half_width"] is None)
    level = given["metrics"]["service_level"]
    assert (level["formula"], level["within"]) == ("answered in time / all who joined a queue", 20.0)
    assert 0.0 < level["value"] < 1.0
    assert given["metrics"]["wait_mean"]["unit"] == "s"


def test_the_seed_decides_and_nothing_else(floor: str, capsys: Capture) -> None:
    first = document(capsys, floor, "--replications", "2")
    assert document(capsys, floor, "--replications", "2") == first
    assert document(capsys, floor, "--replications", "2", "--seed", "2")["metrics"] != first["metrics"]


def test_the_number_of_processes_changes_no_digit(floor: str, capsys: Capture) -> None:
    alone = document(capsys, floor, "--replications", "2")
    assert run(["run", floor, "--replications", "2", "--jobs", "2", "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out) | {"command": alone["command"]} == alone


def test_one_replication_has_no_interval(floor: str, capsys: Capture) -> None:
    given = document(capsys, floor, "--replications", "1")
    assert {metric["half_width"] for metric in given["metrics"].values()} == {None}


def test_set_changes_the_scenario_first(floor: str, capsys: Capture) -> None:
    usual = document(capsys, floor, "--replications", "2")
    changed = document(capsys, floor, "--replications", "2", "--set", "team.desk.extra=2", "--set",
                       "service_level.within=1m")
    assert value(changed, "wait_mean") < value(usual, "wait_mean")
    assert changed["metrics"]["service_level"]["within"] == 60.0


def test_at_changes_the_run_on_its_way(floor: str, capsys: Capture) -> None:
    usual = document(capsys, floor, "--replications", "2")
    late = document(capsys, floor, "--replications", "2", "--at", "Mon 18:00", "team.desk.extra=2")
    early = document(capsys, floor, "--replications", "2", "--at", "Mon 06:00", "team.desk.extra=2")
    assert value(early, "wait_mean") < value(late, "wait_mean") < value(usual, "wait_mean")
    assert late["interventions"] == [{"at": 64_800.0, "key": "team.desk.extra", "value": "2"}]


def test_days_make_the_run_longer(floor: str, capsys: Capture) -> None:
    one = document(capsys, floor, "--replications", "2")
    three = document(capsys, floor, "--replications", "2", "--days", "3")
    assert three["length"] == 3 * one["length"]
    assert 2.5 < value(three, "needs") / value(one, "needs") < 3.5


def test_the_csv_says_the_same_as_the_json(floor: str, tmp_path: Path, capsys: Capture) -> None:
    given = document(capsys, floor, "--replications", "2")
    file = tmp_path / "metrics.csv"
    assert run(["run", floor, "--replications", "2", "--jobs", "1", "--csv", str(file)]) == Exit.OK
    assert capsys.readouterr().out == ""
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert [row["metric"] for row in rows] == list(given["metrics"])
    for row in rows:
        metric = given["metrics"][row["metric"]]
        assert (row["unit"], row["formula"]) == (metric["unit"], metric["formula"])
        assert (float(row["value"]) if row["value"] else None) == metric["value"]
        assert (float(row["half_width"]) if row["half_width"] else None) == metric["half_width"]
    assert run(["run", floor, "--replications", "2", "--jobs", "1", "--csv", "-"]) == Exit.OK
    assert capsys.readouterr().out == file.read_text()


def test_the_table_is_for_people(floor: str, capsys: Capture) -> None:
    change = ("--at", "Mon 12:00", "team.desk.extra=1")
    assert run(["run", floor, "--replications", "3", "--jobs", "1", *change]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == ["Three people, one queue", "1d, seed 1, 3 replications, 95 % intervals",
                         "Mon 12:00: team.desk.extra = 1"]
    rows = {line.strip().split("  ")[0]: line for line in lines if line.startswith("  ")}
    assert "±" in rows["mean wait"]
    assert " s " in rows["mean wait"]
    assert rows["service level (20s)"].endswith("answered in time / all who joined a queue")
    assert "$" in rows["cost a conversation"]
    # There is no bot here, so nothing is said of one.
    assert "ROAR" not in rows
    assert run(["run", floor, "--replications", "1", "--jobs", "1"]) == Exit.OK
    assert "±" not in capsys.readouterr().out


def test_a_title_from_a_file_is_text_and_no_escape_sequence(tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "floor.toml"
    file.write_text(FLOOR.replace("Three people", "\\u001b[2J[red]Three\\u202e"))
    assert run(["run", str(file), "--replications", "1", "--jobs", "1"]) == Exit.OK
    assert capsys.readouterr().out.startswith(" [2J[red]Three , one queue\n")


@pytest.mark.parametrize(("arguments", "said"), [
    (["--set", "team.dsk.extra=1"], 'team.dsk.extra: unknown key; did you mean "team.desk.extra"?'),
    (["--set", "team.desk.extra"], "a change is written KEY=VALUE"),
    (["--set", "bot.coverage=45"], 'bot.coverage: a share is wanted, such as "35%" or 0.35, given "45"'),
    (["--at", "Mon", "team.desk.extra=1"], '--at: a moment is wanted, such as "Mon 09:00"'),
    (["--at", "Tue 10:00", "team.desk.extra=1"], "--at Tue 10:00: the run ends before, at Tue 00:00"),
    (["--at", "Mon 10:00", "team.desk.extra=x"], "team.desk.extra: must be a whole number"),
    (["--set", "warm_up=1d"], "the run (1d) must be longer than its warm-up (1d)"),
    (["--days", "0"], "0.0 is not in the range"),
    (["--json", "--csv", "x.csv"], "--json and --csv exclude each other"),
    (["--csv", "no/such/folder/x.csv"], "x.csv"),
])
def test_what_cannot_be_run_is_said_before_anything_runs(floor: str, arguments: list[str], said: str,
                                                         capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_command, "replicate", None)
    assert run(["run", floor, *arguments]) == Exit.INPUT
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == ""


def test_ctrl_c_reports_what_has_finished(floor: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def impatient(what: str) -> Iterator[Progress]:
        def told(done: int, total: int) -> None:
            if done == 2:
                raise KeyboardInterrupt
        yield told

    expected = document(capsys, floor, "--replications", "2")
    monkeypatch.setattr(run_command, "progress", impatient)
    assert run(["run", floor, "--replications", "9", "--jobs", "1", "--json"]) == Exit.INTERRUPTED
    shown = capsys.readouterr()
    assert json.loads(shown.out) | {"command": expected["command"]} == expected
    assert shown.err == "Interrupted: 2 of 9 replications had finished.\n"
