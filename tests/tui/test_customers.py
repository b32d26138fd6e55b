"""`flightdesk customers`: who comes, with what message, without a whole run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from core.records import Outcome
from core.scenario_file import load_scenario
from core.units import DAY
from sim.floor import Floor
from tui.cli import run
from tui.commands.customers import visitors_of
from tui.exit import Exit
from tui.present import wrapped

Capture = pytest.CaptureFixture[str]
MECHANISMS = str(Path(__file__).parents[1] / "sim" / "every_mechanism.toml")


def test_the_first_customers_with_their_messages(capsys: Capture) -> None:
    assert run(["customers", "small-team", "--count", "2"]) == Exit.OK
    text = capsys.readouterr().out
    first, second = text.split("\n\n")
    assert first.startswith("need 0  Mon 00:35  email, returns, everyone\n")
    assert "  Subject: " in first
    assert second.startswith("need 1  ")
    assert run(["customers", "small-team", "--need", "1"]) == Exit.OK
    assert capsys.readouterr().out == second


def test_as_json(capsys: Capture) -> None:
    assert run(["customers", "small-team", "--count", "3", "--json"]) == Exit.OK
    document = json.loads(capsys.readouterr().out)
    assert [customer["need"] for customer in document["customers"]] == [0, 1, 2]
    assert all(customer["message"] and customer["locale"] for customer in document["customers"])


def test_a_need_that_does_not_arise_is_refused(capsys: Capture) -> None:
    assert run(["customers", MECHANISMS, "--need", "1000000"]) == Exit.INPUT
    assert "no such need arises in this run" in capsys.readouterr().err


def test_they_are_those_of_a_whole_run_and_some_never_write() -> None:
    scenario = load_scenario(MECHANISMS)
    floor = Floor(scenario, seed=1)
    floor.advance(DAY)
    records = floor.records()
    first = records.where((records.contact == 1) & (records.need < 40))
    visitors = list(visitors_of(scenario, 1, range(40)))
    assert [visitor.facts.topic for visitor in visitors] == [list(scenario.topic)[topic] for topic in first.topic]
    silent = {visitor.facts.need for visitor in visitors if visitor.message is None}
    assert silent == set(first.need[(first.outcome == Outcome.PREVENTED) | (first.outcome == Outcome.SELF_SERVED)])
    assert silent


def test_a_line_is_no_wider_than_it_may_be() -> None:
    for text in ("a few words that go on", "한국어 문장은 한 글자가 두 칸입니다", "x" * 25, ""):
        lines = list(wrapped(text, 11))
        assert all(cell_len(line) <= 11 for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
