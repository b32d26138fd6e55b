"""`flightdesk survey` on the command line: the account, JSON, and how it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from tui.cli import run

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """800 answers; those who waited over an hour are less often satisfied. One row is no rating."""
    rng = np.random.default_rng(4)
    lines = ["csat,first reply time in minutes,tenure,agent_name", "Offered,3,90,x"]
    for at in range(800):
        minutes = int(np.exp(rng.uniform(0.0, 8.0)))
        weights = np.array([1, 1, 1, 2, 9] if minutes < 60 else [3, 2, 2, 2, 4])
        stars = rng.choice(5, p=weights / weights.sum()) + 1
        lines.append(f"{stars},{minutes},{rng.integers(1, 400)},\x1b[31magent {at % 50}")
    path = tmp_path_factory.mktemp("survey") / "answers.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_the_account_says_what_was_found_and_what_is_not_known(export: Path, capsys: Capture) -> None:
    assert run(["survey", str(export)]) == 0
    said = capsys.readouterr().out
    for part in ("801 rows, 800 answers used", "left out: 1 × a rating that is not", "each doubling of the wait",
                 "agent's tenure 0-30, against over 90", "the fall begins at ", "who does not answer",
                 "[satisfaction]\n  wait = -0."):
        assert part in said
    assert "\x1b[31m" not in said


def test_json_has_the_numbers_with_their_errors(export: Path, capsys: Capture) -> None:
    assert run(["survey", str(export), "--json", "--tenured", "31-60", "--respond", *["20%"] * 5]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["answers"] == 800
    assert found["left_out"] == {"a rating that is not 1, 2, 3, 4 or 5": 1}
    assert found["respond"] == [0.2] * 5
    assert found["wait"]["value"] < -3 * found["wait"]["error"]
    assert found["wait"]["value"] == pytest.approx(found["wait_evenly"], abs=1e-6)
    assert found["tenured"] == "31-60"
    assert set(found["tenure"]) == {"0-30", "61-90", "over 90"}
    assert sum(band["rows"] for band in found["bands"]) == 800


@pytest.mark.parametrize(("arguments", "said"), [
    (["--rating", "cast"], 'there is no column cast; did you mean "csat"?'),
    (["--respond", "1", "1", "1", "1", "most"], "--respond: "),
    (["--respond", "1", "1", "1", "1", "0"], "more than 0% and at most 100%"),
    (["--tenured", "old"], "there is no tenure old; there are: 0-30, 31-60, 61-90, over 90"),
    (["--tenure", "agent_name"], "has 50 different values, such as ?[31magent 0")])
def test_bad_input_is_said_on_stderr_with_exit_code_2(export: Path, arguments: list[str], said: str,
                                                      capsys: Capture) -> None:
    assert run(["survey", str(export), *arguments]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert said in " ".join(shown.err.split())
