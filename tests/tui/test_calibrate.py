"""`flightdesk calibrate` and `flightdesk backtest` on the command line: output, JSON, files, errors."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from core.intake.observed import MEASURES
from core.scenario_file import load_scenario
from tests.core.intake.synthetic import Truth, run, vanad_row, write_bank, write_vanad
from tui.cli import run as flightdesk

TRUTH = Truth(calls_per_hour=100.0, people=((8, ("sales",)),), days=(0, 1, 2))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    write_vanad(folder / "fit.csv", run(TRUTH, 1))
    write_vanad(folder / "test.csv", run(TRUTH, 2))
    write_bank(folder / "bank.txt", run(TRUTH, 1))
    return folder


def test_calibrate_writes_a_scenario_and_says_how_it_fits(folder: Path, tmp_path: Path,
                                                          capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "mine.toml"
    assert flightdesk(["calibrate", str(folder / "fit.csv"), "-o", str(out), "--title", "Mine", "--jobs", "1"]) == 0
    said = capsys.readouterr().out
    for part in ("Found", "Guessed", "How well it fits", "patience (Kaplan-Meier)", "no row was left out", "Wrote "):
        assert part in said
    assert load_scenario(out).title == "Mine"
    assert out.read_text(encoding="utf-8").startswith("# Fitted from ")


def test_calibrate_never_writes_over_a_file_unless_told_to(folder: Path, tmp_path: Path,
                                                           capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "mine.toml"
    out.write_text("precious", encoding="utf-8")
    arguments = ["calibrate", str(folder / "bank.txt"), "-o", str(out), "--jobs", "1"]
    assert flightdesk(arguments) == 2
    assert "is there already" in capsys.readouterr().err
    assert out.read_text(encoding="utf-8") == "precious"
    assert flightdesk([*arguments, "--force"]) == 0
    assert "precious" not in out.read_text(encoding="utf-8")
    assert flightdesk(["calibrate", str(folder / "fit.csv"), "-o", str(tmp_path / "no" / "x.toml")]) == 2
    assert "no such folder" in capsys.readouterr().err


def test_calibrate_json_has_the_log_beside_the_scenario(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert flightdesk(["calibrate", str(folder / "fit.csv"), "--json", "--jobs", "1"]) == 0
    account = json.loads(capsys.readouterr().out)
    assert account["schema"] == 1
    assert account["output"] is None
    assert set(account["observed"]) == set(account["simulated"]) == set(MEASURES)
    assert account["handle"]["mean"] == pytest.approx(240, rel=0.1)
    assert account["log"]["left_out"] == {}
    assert account["guessed"]


def test_rows_that_are_left_out_are_told(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.csv"
    text = (folder / "fit.csv").read_text(encoding="utf-8")
    path.write_text(text + "2024-01-01 09:00:00,[red]\x1b[31m,7,2024-01-01 08:00:00,NULL,NULL,2024-01-01 09:00:00\n",
                    encoding="utf-8")
    assert flightdesk(["calibrate", str(path), "--jobs", "1"]) == 0
    said = capsys.readouterr().out
    assert "left out: 1 × answered before it was received" in said
    assert "[red]" in said  # as it is: no markup
    assert "\x1b" not in said


def test_bad_files_are_all_named_and_the_exit_code_is_2(folder: Path, tmp_path: Path,
                                                        capsys: pytest.CaptureFixture[str]) -> None:
    other = tmp_path / "other.csv"
    other.write_text("datetime,calls\n2024-01-01 09:00,3\n", encoding="utf-8")
    missing = tmp_path / "missing.csv"
    assert flightdesk(["calibrate", str(other), str(missing)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "other.csv: is not a call log" in captured.err
    assert "missing.csv: there is no such file" in captured.err
    assert "Traceback" not in captured.err
    files = [str(other), str(missing)]
    assert flightdesk(["backtest", "--fit", *files, "--test", str(other), str(folder / "fit.csv")]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len([line for line in said if "other.csv" in line]) == 1
    assert len([line for line in said if "missing.csv" in line]) == 1


def test_backtest_json_has_the_same_names_observed_and_predicted(folder: Path,
                                                                 capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["backtest", "--fit", str(folder / "fit.csv"), "--test", str(folder / "test.csv"),
                 "--replications", "2", "--seed", "3", "--jobs", "1", "--json"]
    assert flightdesk(arguments) == 0
    captured = capsys.readouterr()
    document: dict[str, Any] = json.loads(captured.out)
    assert (document["schema"], document["seed"], document["replications"]) == (1, 3, 2)
    assert set(document["observed"]) == set(document["predicted"]) == set(document["baseline"]) == set(MEASURES)
    for part in (document, *document["by_hour"], *document["by_day"]):
        for name in MEASURES:
            assert set(part["predicted"][name]) == {"value", "half_width", "unit"}
            assert "value" in part["observed"][name]
    assert [day["date"] for day in document["by_day"]] == ["2024-01-01", "2024-01-02", "2024-01-03"]
    assert document["service_level"] == {"within": 20.0, "formula": "answered in time / all who joined a queue"}
    # The two synthetic logs are of the same three days.
    assert "3 days are in the logs to fit and to test" in captured.err


def test_backtest_text_shows_all_three_and_what_is_missing(folder: Path, tmp_path: Path,
                                                           capsys: pytest.CaptureFixture[str]) -> None:
    second = tmp_path / "second.csv"
    later = run(Truth(calls_per_hour=100.0, people=TRUTH.people, days=(3,)), 5)
    second.write_text("\n".join([(folder / "fit.csv").read_text(encoding="utf-8").splitlines()[0],
                                 *map(vanad_row, later)]), encoding="utf-8")
    arguments = ["backtest", "--fit", str(folder / "fit.csv"), str(second), "--test", str(folder / "test.csv"),
                 "--replications", "1", "--jobs", "1"]
    assert flightdesk(arguments) == 0
    said = capsys.readouterr().out
    assert "fit.csv, second.csv" in said
    for part in ("observed", "predicted", "Erlang A", "By hour of day", "By day", "What is still missing", "09:00",
                 "2024-01-03", "so no intervals"):
        assert part in said
    assert not [line for line in said.splitlines() if len(line) > 120]
