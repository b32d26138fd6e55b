"""`flightdesk compare`: plans as they are written, the table, JSON, CSV, Markdown, and how it refuses."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from core.attribution import Part
from core.errors import ExperimentError
from core.estimates import Estimate
from core.interventions import Intervention
from core.metrics import METRICS
from core.output.store import Store
from core.scenario_file import load_scenario
from core.sessions import Origin, SessionLog
from sim.experiments.comparison import Precision
from tests.tui.test_cli_run import FLOOR
from tui.cli import run
from tui.commands import compare as compare_command
from tui.commands.compare import read_precision, read_precisions
from tui.comparing import difference_text, why_text
from tui.exit import Exit
from tui.plans import read_plans
from tui.present import Progress
from tui.saving import load_stored_or_not

Capture = pytest.CaptureFixture[str]
SMALL = ("--days", "0.2", "--jobs", "1", "--no-save", "--replications", "3")


@pytest.fixture
def floor(tmp_path: Path) -> str:
    file = tmp_path / "floor.toml"
    file.write_text(FLOOR)
    return str(file)


def document(capsys: Capture, *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["compare", *arguments, *SMALL, "--json"]) == Exit.OK
    return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]


def test_a_plan_is_a_scenario_with_changes_before_and_during_the_run(floor: str) -> None:
    plans = read_plans([floor, f"{floor}; team.desk.extra = 2; Mon 09:00 demand.level=200%",
                        "+team.desk.agents=5; title=Five", "+"], changes=["service_level.within=1m"], days=2)
    assert [plan.name for plan in plans] == ["floor", "team.desk.extra=2, Mon 09:00 demand.level=200%", "Five",
                                             "floor (2)"]
    assert {(plan.scenario.length, plan.scenario.service_level.within) for plan in plans} == {(172_800.0, 60.0)}
    assert [plan.scenario.team["desk"].extra for plan in plans] == [0, 2, 0, 0]
    assert [(change.at, change.key, change.value) for change in plans[1].interventions] == [
        (32_400.0, "demand.level", "200%")]
    assert plans[2].scenario.team["desk"].agents == 5


def test_the_json_has_every_metric_of_every_plan(floor: str, capsys: Capture) -> None:
    given = document(capsys, floor, "+team.desk.extra=1", "+title=as it is")
    assert (given["schema"], given["reference"], given["replications"]) == (1, "floor", 3)
    assert given["interval_confidence"] == 0.975
    assert [plan["name"] for plan in given["plans"]] == ["floor", "team.desk.extra=1", "as it is"]
    assert [plan["trusted"] for plan in given["plans"]] == [False] * 3
    assert given["plans"][0]["doubts"][0] == {"kind": "few_replications", "text": "only 3 replications"}
    assert set(given["metrics"]) == set(METRICS)
    for name, metric in given["metrics"].items():
        reference, more, same = metric["plans"]
        assert (metric["unit"], reference["difference"]) == (METRICS[name].unit, None)
        if reference["value"] is not None:
            assert same["difference"] == {"value": 0.0, "half_width": 0.0, "unit": metric["unit"]}
            assert more["difference"]["value"] == pytest.approx(more["value"] - reference["value"], abs=1e-9)
    assert given["metrics"]["wait_mean"]["plans"][1]["verdict"] == "better"
    parts = [sum(part["value"] for part in plan["why_csat_moved"]) for plan in given["plans"]]
    assert parts == pytest.approx([0.0, given["metrics"]["csat"]["plans"][1]["difference"]["value"], 0.0])
    assert document(capsys, floor, "+team.desk.extra=1", "+title=as it is") == given


def test_the_csv_has_a_row_a_metric_and_plan_and_no_formula(floor: str, tmp_path: Path, capsys: Capture) -> None:
    file = tmp_path / "table.csv"
    plans = (floor, "+team.desk.extra=1; title==1+1")
    assert run(["compare", *plans, *SMALL, "--csv", str(file)]) == Exit.OK
    rows = list(csv.DictReader(file.read_text().splitlines()))
    assert [(row["metric"], row["plan"]) for row in rows] == [
        (name, plan) for name in METRICS for plan in ("floor", "'=1+1")]
    metric = document(capsys, *plans)["metrics"]["asa"]["plans"][1]
    row = next(row for row in rows if (row["metric"], row["plan"]) == ("asa", "'=1+1"))
    assert (float(row["difference"]), float(row["difference_half_width"]), row["verdict"]) == (
        metric["difference"]["value"], metric["difference"]["half_width"], metric["verdict"])


def test_the_table_says_what_and_how_sure(floor: str, capsys: Capture) -> None:
    assert run(["compare", floor, "+team.desk.extra=1; title=One [more]", *SMALL]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Three people, one queue"
    assert lines[1].endswith("seed 1, 3 replications under the same chance, 95 % intervals")
    assert lines[3].endswith("One [more]")
    assert "floor (reference)" in lines[3]
    rows = {line[:22].strip(): line for line in lines}
    assert rows["p90 FRT"].endswith(("▲", "≈"))
    assert "+$" in rows["cost"]
    assert rows["cost"].endswith("▼")
    assert "why CSAT moved" in rows
    assert rows["trust it?"].count("no: only 3 replications") == 2
    assert "▲ better" in lines[-1]
    assert run(["compare", floor, "+service_level.within=30s; title=strict", "+title=idle", *SMALL, "--metric", "aht"]
               ) == Exit.OK
    text = capsys.readouterr().out
    assert "average handle time" in text
    assert [line for line in text.splitlines() if line.startswith("!")] == [
        "! strict: in time is within 30s here and within 20s in the reference.",
        "! idle: not one number differs from “floor” in any run. They are the same, or what is changed "
        "does nothing here."]


def test_markdown_is_for_a_chat_message(floor: str, capsys: Capture) -> None:
    assert run(["compare", floor, "+team.desk.extra=1; title=a|b", *SMALL, "--markdown"]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("**Three people, one queue**, ")
    assert lines[2].endswith(" | a\\|b |")
    assert lines[3] == "|---|---:|---:|"


def test_faster_and_less_satisfied_cannot_be_missed(floor: str, capsys: Capture) -> None:
    bot = "topic.any.first_contact_resolution=100%; satisfaction.wait=0"
    worse = f"{bot}; title=Quick and wrong; team.desk.extra=3; satisfaction.baseline=-1"
    assert run(["compare", f"{floor}; {bot}", f"{floor}; {worse}", *SMALL]) == Exit.OK
    assert "! Quick and wrong: customers get a human reply sooner and are LESS satisfied." in capsys.readouterr().out


def test_plans_are_stored_together_and_can_be_named_again(floor: str, capsys: Capture, tmp_path: Path,
                                                          monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTDESK_DATA", str(tmp_path / "data"))
    saved = [text for text in SMALL if text != "--no-save"]
    assert run(["compare", floor, "+team.desk.extra=1; Mon 01:00 demand.level=2", *saved]) == Exit.OK
    reference, other = Store().runs()
    assert reference.manifest["batch"] == other.manifest["batch"] is not None
    assert (reference.manifest["kept"], reference.numbers) == ([0], (0, 1, 2))
    again = document(capsys, reference.id, other.id[-6:])
    first = document(capsys, floor, "+team.desk.extra=1; Mon 01:00 demand.level=2")
    assert again["metrics"] == first["metrics"]


def test_a_session_is_compared_by_its_name(floor: str, capsys: Capture) -> None:
    log = SessionLog(Origin(load_scenario(floor), 1, floor))
    log.keep(7200.0, ((Intervention(3600.0, "team.desk.extra", "1"),),))
    log.close()
    assert read_plans([log.name], load=load_stored_or_not)[0].interventions[0].key == "team.desk.extra"
    played = document(capsys, floor, log.name)["metrics"]
    written = document(capsys, floor, f"{floor}; Mon 01:00 team.desk.extra=1")["metrics"]
    assert played == written


def test_until_adds_replications_and_says_when_it_was_not_enough(floor: str, capsys: Capture) -> None:
    plans = ["compare", floor, "+team.desk.extra=1", *SMALL]
    assert run([*plans, "--until", "asa=20m", "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["replications"] == 3
    assert run([*plans, "--until", "0.01%", "--at-most", "5", "--json"]) == Exit.NO
    shown = capsys.readouterr()
    assert json.loads(shown.out)["replications"] == 5
    assert shown.err.startswith("--until csat: not reached in 5 replications; it would take about ")


def test_ctrl_c_reports_what_has_finished(floor: str, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def impatient(what: str) -> Iterator[Progress]:
        def told(done: int, total: int) -> None:
            if done == 4:
                raise KeyboardInterrupt
        yield told

    monkeypatch.setattr(compare_command, "progress", impatient)
    assert run(["compare", floor, "+team.desk.extra=1", *SMALL, "--json"]) == Exit.INTERRUPTED
    shown = capsys.readouterr()
    assert json.loads(shown.out)["replications"] == 2
    assert shown.err == "Interrupted: 2 of 3 replications had finished.\n"


@pytest.mark.parametrize(("arguments", "said"), [
    ([], "two plans are wanted at least"),
    (["+team.dsk.extra=1", "nowhere"], 'team.dsk.extra: unknown key; did you mean "team.desk.extra"?\nnowhere: '),
    (["+x"], "a change is written KEY=VALUE"),
    (["+Tue 10:00 team.desk.extra=1"], "Tue 10:00 team.desk.extra=1: the run ends before, at Tue 00:00"),
    (["+Funday team.desk.extra=1"], "a moment is wanted"),
    (["+length=2d"], "“length=2d” runs for 2d"),
    (["+warm_up=1d"], "must be longer than its warm-up"),
    (["+currency=€"], "counts money in €"),
    (["+", "--metric", "cast"], "there is no metric cast; did you mean \"csat\"?"),
    (["+", "--until", "frt_p90=5%"], "--until frt_p90=5%: a duration with its unit is wanted"),
    (["+", "--until", "0%"], "a half width is more than 0"),
    (["+", "--json", "--markdown"], "exclude each other"),
    (["+", "--csv", "no/such/folder/x.csv"], "there is no such folder"),
])
def test_what_cannot_be_compared_is_said_before_anything_runs(floor: str, arguments: list[str], said: str,
                                                              capsys: Capture) -> None:
    assert run(["compare", floor, *arguments]) == Exit.INPUT
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == ""


def test_a_plus_needs_a_first_plan(capsys: Capture) -> None:
    assert run(["compare", "+a=1", "+b=2"]) == Exit.INPUT
    assert '"+" stands for the first plan' in capsys.readouterr().err


@pytest.mark.parametrize(("difference", "text"), [
    (Estimate(0.0213, 0.0021, "1"), "+2.1 ± 0.2"), (Estimate(-370.0, 20.0, "s"), "−6m10s ± 20s"),
    (Estimate(212.4, 4.0, "money"), "+€212 ± 4"), (Estimate(-3.0, 40.0, "money"), "€0 ± 40"),
    (Estimate(0.0, 0.0, "1"), "0"), (Estimate(None, None, "s"), "–"),
    (Estimate(-0.25, None, "1"), "−25.0")])
def test_a_difference_has_a_sign_and_is_rounded_by_its_error(difference: Estimate, text: str) -> None:
    assert difference_text(difference, "€") == text


def test_the_drivers_that_moved_csat_are_named_the_strongest_first() -> None:
    parts = [Part(name, Estimate(value, half, "1"), False) for name, value, half in (
        ("wait", 0.012, 0.002), ("bot_turns", -0.059, 0.004), ("skill", 0.004, 0.005), ("chance", None, None))]
    assert why_text(parts) == "bot turns −5.9, wait +1.2"
    assert why_text(parts[:2] * 3).endswith(" …")


def test_a_precision_is_written_in_the_unit_of_its_metric() -> None:
    assert read_precision("0.5%") == Precision("csat", 0.005)
    assert read_precision("frt_p90 = 30s") == Precision("frt_p90", 30.0)
    assert read_precision("cost=100") == Precision("cost", 100.0)
    with pytest.raises(ExperimentError, match=r'(?s)a duration.*did you mean "csat"'):
        read_precisions(["frt_p90=abc", "cast=1"])
