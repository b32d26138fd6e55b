"""`flightdesk runs` and `flightdesk sql`: what was run, again and again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from core.output.store import Store, Stored
from tests.tui.test_cli_run import FLOOR
from tui.cli import run
from tui.exit import Exit

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Stored]:
    """Two runs of one floor, the second with one person more."""
    folder = tmp_path_factory.mktemp("runs")
    (folder / "floor.toml").write_text(FLOOR)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIGHTDESK_DATA", str(folder / "data"))
        for more in ([], ["--at", "Mon 01:00", "team.desk.extra=1"]):
            assert run(["run", str(folder / "floor.toml"), "--days", "0.2", "--replications", "2", "--jobs", "1",
                        *more]) == Exit.OK
        return Store().runs()


@pytest.fixture(autouse=True)
def here(runs: list[Stored], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLIGHTDESK_DATA", str(runs[0].folder.parents[1]))


def test_a_run_is_stored_unless_told_otherwise(runs: list[Stored], tmp_path: Path,
                                               monkeypatch: pytest.MonkeyPatch) -> None:
    assert [one.manifest["kept"] for one in runs] == [[0], [0]]
    assert runs[1].interventions[0].key == "team.desk.extra"
    assert runs[1].name == f"{runs[0].name}; Mon 01:00 team.desk.extra=1"
    file = tmp_path / "floor.toml"
    file.write_text(FLOOR)
    monkeypatch.setenv("FLIGHTDESK_DATA", str(tmp_path / "data"))
    small = ["run", str(file), "--days", "0.1", "--replications", "2", "--jobs", "1"]
    assert run([*small, "--no-save"]) == Exit.OK
    assert Store().runs() == []
    assert run([*small, "--keep", "2"]) == Exit.OK
    assert Store().runs()[0].manifest["kept"] == [0, 1]


def test_a_store_that_cannot_be_written_costs_no_result(tmp_path: Path, capsys: Capture,
                                                        monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "floor.toml").write_text(FLOOR)
    monkeypatch.setenv("FLIGHTDESK_DATA", str(tmp_path / "floor.toml"))
    assert run(["run", str(tmp_path / "floor.toml"), "--days", "0.1", "--replications", "1", "--jobs", "1"]) == Exit.OK
    shown = capsys.readouterr()
    assert "CSAT" in shown.out
    assert "the run cannot be stored" in shown.err


def test_the_list_names_the_runs(runs: list[Stored], capsys: Capture) -> None:
    assert run(["runs"]) == Exit.OK
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == ["run", *(one.id for one in runs)]
    assert run(["runs", "--json"]) == Exit.OK
    given = json.loads(capsys.readouterr().out)
    assert [one["id"] for one in given["runs"]] == [one.id for one in runs]


def test_a_run_is_shown_with_its_scenario_and_metrics(runs: list[Stored], capsys: Capture) -> None:
    assert run(["runs", "show", "last"]) == Exit.OK
    text = capsys.readouterr().out
    assert text.startswith("Three people, one queue\n")
    assert "Mon 01:00: team.desk.extra = 1" in text
    assert str(runs[1].folder) in text
    assert "$ flightdesk run " in text
    assert "--at 'Mon 01:00' team.desk.extra=1\n" in text
    assert run(["runs", "show", runs[0].id[-6:], "--json"]) == Exit.OK
    given = json.loads(capsys.readouterr().out)
    assert given["metrics"]["csat"]["value"] == runs[0].estimates["csat"].value
    assert run(["runs", "show", "last", "--scenario"]) == Exit.OK
    assert capsys.readouterr().out.startswith('title = "Three people, one queue"\n')


def test_stored_runs_are_compared_pair_by_pair(runs: list[Stored], capsys: Capture) -> None:
    ids = [one.id for one in runs]
    assert run(["runs", "compare", *ids, "--json"]) == Exit.OK
    stored = json.loads(capsys.readouterr().out)
    assert run(["compare", *ids, "--replications", "2", "--jobs", "1", "--no-save", "--json"]) == Exit.OK
    again = json.loads(capsys.readouterr().out)
    for name, metric in stored["metrics"].items():
        assert metric["differences"] == [again["metrics"][name]["plans"][1]["difference"]]
    assert run(["runs", "compare", *ids]) == Exit.OK
    assert "CSAT" in capsys.readouterr().out
    assert run(["runs", "compare", ids[0]]) == Exit.INPUT


def test_a_run_can_be_repeated_and_a_changed_one_is_found_out(runs: list[Stored], capsys: Capture) -> None:
    assert run(["runs", "verify", "--jobs", "1"]) == Exit.OK
    assert capsys.readouterr().out == "".join(
        f"{one.id}: as it was stored, and the same when run again\n" for one in runs)
    file = runs[0].folder / "run.json"
    manifest = json.loads(file.read_text())
    try:
        file.write_text(json.dumps(manifest | {"seed": 2, "version": "0.0.1"}))
        assert run(["runs", "verify", runs[0].id, "--jobs", "1"]) == Exit.NO
        said = capsys.readouterr().out
        assert "numbers differ when it is run again" in said
        assert "made by version 0.0.1" in said
        file.write_text(json.dumps(manifest | {"files": manifest["files"] | {"scenario.toml": "0"}}))
        assert run(["runs", "verify", runs[0].id, "--jobs", "1"]) == Exit.NO
        assert capsys.readouterr().out == f"{runs[0].id}: scenario.toml has been changed\n"
        file.write_text("{}")
        assert run(["runs", "verify", "--jobs", "1"]) == Exit.NO
        assert f"{runs[0].id}: no run, or its run.json is damaged" in capsys.readouterr().out
        assert run(["runs"]) == Exit.OK
        assert runs[0].id in capsys.readouterr().err
    finally:
        file.write_text(json.dumps(manifest))


def test_runs_are_deleted(capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "floor.toml").write_text(FLOOR)
    monkeypatch.setenv("FLIGHTDESK_DATA", str(tmp_path / "data"))
    assert run(["run", str(tmp_path / "floor.toml"), "--days", "0.1", "--replications", "1", "--jobs", "1"]) == Exit.OK
    assert run(["runs", "delete", "last"]) == Exit.OK
    capsys.readouterr()
    assert run(["runs"]) == Exit.OK
    assert capsys.readouterr().out.startswith("No runs yet in ")
    assert run(["runs", "delete", "last"]) == Exit.INPUT
    assert "makes one" in capsys.readouterr().err


def test_sql_answers_as_a_table_as_json_and_as_csv(runs: list[Stored], capsys: Capture) -> None:
    query = ("SELECT name, seed, '=1+1' AS odd, count(*) AS needs, NULL AS nothing, max(created) > '2020-01-01' AS ok "
             f"FROM runs JOIN conversations USING (run) WHERE run = '{runs[0].id}' AND contact = 1 GROUP BY ALL")
    needs = Store().query(f"SELECT count(*) FROM conversations WHERE run = '{runs[0].id}' AND contact = 1").rows[0][0]
    assert run(["sql", query]) == Exit.OK
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["name", "seed", "odd", "needs", "nothing", "ok"]
    assert row.split() == [runs[0].name, "1", "=1+1", str(needs), "True"]
    assert run(["sql", query, "--json"]) == Exit.OK
    assert json.loads(capsys.readouterr().out)["rows"] == [[runs[0].name, 1, "=1+1", needs, None, True]]
    assert run(["sql", query, "--csv", "-"]) == Exit.OK
    assert capsys.readouterr().out.splitlines()[1] == f"{runs[0].name},1,'=1+1,{needs},,True"
    assert run(["sql", "SELECT count(*), created FROM runs GROUP BY ALL", "--json"]) == Exit.OK


def test_sql_refuses_what_is_no_query(capsys: Capture) -> None:
    assert run(["sql", "DELETE FROM runs"]) == Exit.INPUT
    assert "one query is wanted" in capsys.readouterr().err
    assert run(["sql", "FROM convresations"]) == Exit.INPUT
    assert "conversations" in capsys.readouterr().err
