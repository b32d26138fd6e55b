"""`flightdesk explain`: text, JSON, the list of all names, and how it refuses."""

from __future__ import annotations

import json

import pytest

from core.metrics import METRICS
from tui.cli import run
from tui.exit import Exit

Capture = pytest.CaptureFixture[str]


def test_a_key_with_its_value(capsys: Capture) -> None:
    assert run(["explain", "team.support.concurrency", "small-team"]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "team.support.concurrency  (a key of a scenario)"
    assert "  here          team.support.concurrency = 2" in lines
    assert all(len(line) <= 98 for line in lines)


def test_all_that_a_name_can_mean(capsys: Capture) -> None:
    assert run(["explain", "occupancy"]) == Exit.OK
    text = capsys.readouterr().out
    assert text.startswith("occupancy  (a word of the field)")
    assert "\n\noccupancy  (a metric)" in text


def test_as_json(capsys: Capture) -> None:
    assert run(["explain", "csat", "--json"]) == Exit.OK
    document = json.loads(capsys.readouterr().out)
    metric = next(entry for entry in document["entries"] if entry["kind"] == "metric")
    assert metric["formula"] == METRICS["csat"].formula
    assert metric["better"] == "higher"


def test_alone_it_lists_all_names(capsys: Capture) -> None:
    assert run(["explain"]) == Exit.OK
    text = " ".join(capsys.readouterr().out.split())
    assert all(name in text for name in (*METRICS, "shrinkage", "team.*.shrinkage", "bot_gave_up"))
    assert run(["explain", "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["names"]["metric"] == list(METRICS)


def test_an_unknown_name_is_refused_with_the_nearest(capsys: Capture) -> None:
    assert run(["explain", "occupansy"]) == Exit.INPUT
    assert capsys.readouterr().err == 'nothing is called "occupansy"; did you mean "occupancy"?\n'
