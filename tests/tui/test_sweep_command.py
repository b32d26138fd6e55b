"""`flightdesk sweep`: pictures, JSON, CSV, and going on after a stop."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.metrics import METRICS
from core.output.store import Store
from tests.tui.test_cli_run import FLOOR
from tui.cli import run
from tui.commands import sweep as sweep_command
from tui.exit import Exit
from tui.present import Progress

Capture = pytest.CaptureFixture[str]
TWO = ("--vary", "team.desk.agents=2:4:1", "--vary", "bot.coverage=0,0.5")


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    file = tmp_path / "floor.toml"
    file.write_text(FLOOR)
    monkeypatch.setenv("FLIGHTDESK_DATA", str(tmp_path / "data"))
    return ["sweep", str(file), "--days", "0.1", "--jobs", "1", "--replications", "2"]


def test_two_keys_make_heat_maps_and_a_frontier(words: list[str], capsys: Capture) -> None:
    assert run([*words, *TWO]) == Exit.OK
    text = capsys.readouterr().out
    assert text.startswith("Three people, one queue\n6 points (every value with every value) and the scenario as it is")
    for part in ("bot.coverage \\ team.desk.agents  2", "darker is better, * the best", "CSAT against cost",
                 "team.desk.agents=2"):
        assert part in text


def test_one_key_makes_a_table_and_one_at_a_time_a_tornado(words: list[str], capsys: Capture) -> None:
    assert run([*words, "--vary", "team.desk.agents=2:4:1", "--metric", "asa"]) == Exit.OK
    text = capsys.readouterr().out
    assert "average speed of answer" in text
    assert "as it is" in text
    assert run([*words, *TWO, "--design", "one"]) == Exit.OK
    text = capsys.readouterr().out
    assert "CSAT: each key alone, all else as it is" in text
    assert "█" in text
    assert run([*words, *TWO, "--design", "latin", "--points", "3"]) == Exit.OK
    assert "a Latin hypercube" in capsys.readouterr().out


def test_json_and_csv_have_every_point(words: list[str], tmp_path: Path, capsys: Capture) -> None:
    assert run([*words, *TWO, "--json"]) == Exit.OK
    given = json.loads(capsys.readouterr().out)
    assert given["schema"] == 1
    assert [axis["key"] for axis in given["axes"]] == ["team.desk.agents", "bot.coverage"]
    assert [point["settings"] for point in given["points"]][:2] == [
        {}, {"team.desk.agents": "2", "bot.coverage": "0%"}]
    assert set(given["points"][0]["metrics"]) == set(METRICS)
    file = tmp_path / "points.csv"
    assert run([*words, *TWO, "--csv", str(file)]) == Exit.OK
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert [float(row["csat"]) for row in rows] == [point["metrics"]["csat"]["value"] for point in given["points"]]
    asked = Store().query("SELECT DISTINCT sweep, setting, value FROM sweeps WHERE metric = 'cost' AND replication = 0")
    assert len({row[0] for row in asked.rows}) == 1
    assert sorted(row[1] for row in asked.rows) == sorted(
        json.dumps(list(point["settings"].items())) for point in given["points"])
    assert [row["on_frontier"] == "yes" for row in rows] == [point["on_frontier"] for point in given["points"]]


def test_the_same_command_goes_on_after_a_stop(words: list[str], capsys: Capture,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def impatient(at: int):  # type: ignore[no-untyped-def]
        @contextmanager
        def progress(what: str) -> Iterator[Progress]:
            def told(done: int, total: int) -> None:
                seen.append(done)
                if done == at:
                    raise KeyboardInterrupt
            yield told
        return progress

    monkeypatch.setattr(sweep_command, "progress", impatient(5))
    assert run([*words, *TWO, "--json"]) == Exit.INTERRUPTED
    assert "5 of 14 runs had finished. The same command goes on from here." in capsys.readouterr().err
    seen.clear()
    monkeypatch.setattr(sweep_command, "progress", impatient(99))
    assert run([*words, *TWO, "--json"]) == Exit.OK
    resumed = capsys.readouterr().out
    assert seen[0] == 6
    assert run([*words, *TWO, "--json", "--no-save"]) == Exit.OK
    assert capsys.readouterr().out == resumed.replace(" --json\"", " --json --no-save\"")


def test_a_folder_that_cannot_be_written_costs_no_result(words: list[str], tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "data").write_text("a file")
    assert run([*words, "--vary", "bot.coverage=0,0.5", "--metric", "csat"]) == Exit.OK
    shown = capsys.readouterr()
    assert "CSAT" in shown.out
    assert shown.err.count("cannot be stored") == 1


def test_every_problem_is_said_before_anything_runs(words: list[str], capsys: Capture) -> None:
    assert run([*words, "--vary", "team.dsk.agents=1", "--vary", "bot.coverage=1:0"]) == Exit.INPUT
    said = capsys.readouterr().err
    assert 'did you mean "team.desk.agents"?' in said
    assert "a range goes up" in said
    assert run([*words]) == Exit.INPUT
    assert run([*words, *TWO, "--metric", "cast"]) == Exit.INPUT
