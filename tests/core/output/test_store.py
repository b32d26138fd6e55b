"""The run store: what goes in comes out to the last digit, and a kill at any moment leaves nothing half."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import numpy as np
import pytest

from core.errors import StoreError
from core.interventions import Intervention
from core.metrics import METRICS
from core.output.store import ABANDONED, Finished, Store, Stored, replication_rows
from core.records import Outcome
from core.tally import estimate_all, replicated
from sim.experiments.replications import Run, run_once
from tests.sim.floors import HOUR, scenario

ROOT = Path(__file__).parents[3]
WORLD = scenario(length="3h", bot={"coverage": "50%", "success": "50%"}, team={"desk": {"agents": 3}},
                 topic={"a": {"handle_time": "5m"}, "b": {"handle_time": "3m"}})
CHANGES = (Intervention(2 * HOUR, "team.desk.extra", "1"),)


@pytest.fixture(scope="module")
def runs() -> list[Run]:
    return [run_once(number, scenario=WORLD, seed=4, interventions=CHANGES, keep_records=1) for number in range(2)]


def finished(runs: list[Run], name: str = "mine") -> Finished:
    records = {run.replication: run.records for run in runs if run.records is not None}
    return Finished(name, WORLD, 4, CHANGES, {run.replication: run.tally for run in runs}, records)


@pytest.fixture(scope="module")
def store(runs: list[Run], tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Two runs, of which the second has no conversations."""
    store = Store(tmp_path_factory.mktemp("store"))
    store.save(finished(runs, "folder/Mine (1).toml"))
    store.save(finished([Run(run.replication, run.tally, None) for run in runs], "other"))
    return store


@pytest.fixture(scope="module")
def stored(store: Store) -> Stored:
    return store.runs()[0]


def test_a_run_comes_back_as_it_was(stored: Stored, runs: list[Run]) -> None:
    assert (stored.name, stored.seed, stored.replications) == ("folder/Mine (1).toml", 4, 2)
    assert (stored.scenario, stored.interventions, stored.numbers) == (WORLD, CHANGES, (0, 1))
    assert stored.damage() == []
    assert "-mine-1-" in stored.id
    tallies = [run.tally for run in runs]
    assert stored.rows == replication_rows(dict(enumerate(tallies)))
    assert stored.estimates == estimate_all(tallies)
    for name in METRICS:
        back, once = stored.replicated(name), replicated(name, tallies)
        assert back.value == once.value
        np.testing.assert_array_equal(back.deviations, once.deviations)


def test_sql_sees_every_conversation_with_names_for_numbers(store: Store, stored: Stored, runs: list[Run]) -> None:
    records = runs[0].records
    assert records is not None
    found = store.query("SELECT run, replication, need, topic, team, outcome, answered FROM conversations "
                        "ORDER BY need, contact")
    assert found.columns == ("run", "replication", "need", "topic", "team", "outcome", "answered")
    topics, outcomes = list(WORLD.topic), [one.name.lower() for one in Outcome]
    assert found.rows == [
        (stored.id, 0, need, topics[topic], "desk" if team >= 0 else None, outcomes[outcome],
         None if np.isnan(answered) else answered)
        for need, topic, team, outcome, answered in zip(*(
            column.tolist() for column in (records.need, records.topic, records.team, records.outcome,
                                           records.answered)), strict=True)]
    joined = store.query("SELECT sum(joined), sum(abandoned), min(start), max(start) FROM intervals").rows[0]
    assert joined == (np.count_nonzero(records.team >= 0), np.count_nonzero(records.outcome == Outcome.ABANDONED),
                      0.0, 2.5 * HOUR)
    assert store.query("SELECT count(*), count(DISTINCT run) FROM metrics").rows == [(2 * len(METRICS), 2)]
    assert store.query("SELECT name FROM runs ORDER BY created").rows == [("folder/Mine (1).toml",), ("other",)]


def test_an_empty_store_has_the_same_columns(store: Store, tmp_path: Path) -> None:
    for view in ("runs", "metrics", "replications", "conversations", "intervals", "sweeps"):
        empty = Store(tmp_path).query(f"FROM {view}")
        assert empty.rows == []
        assert empty.columns == store.query(f"FROM {view} LIMIT 1").columns


@pytest.mark.parametrize("query", [
    "SELECT * FROM read_csv('/etc/hosts')", "FROM 'https://example.org/x.parquet'", "INSTALL httpfs", "LOAD httpfs",
    "COPY runs TO '{folder}/x.csv'", "SELECT 1; SELECT 2", "ATTACH '{folder}/x.db'", "SET threads = 1", "selec",
    "CREATE TABLE x AS SELECT 1", "", "DROP VIEW conversations"])
def test_sql_only_reads_and_only_the_store(store: Store, query: str) -> None:
    before = sorted(store.folder.rglob("*"))
    with pytest.raises(StoreError):
        store.query(query.format(folder=store.folder))
    assert sorted(store.folder.rglob("*")) == before


def test_a_run_is_found_by_either_end_of_its_id(store: Store, stored: Stored) -> None:
    assert store.find(stored.id) == store.find(stored.id[-6:]) == stored
    assert store.find("last").name == "other"
    with pytest.raises(StoreError, match="could be any of"):
        store.find(stored.id[:8])
    with pytest.raises(StoreError, match="lists them"):
        store.find("nothing-like-it")
    with pytest.raises(StoreError, match="makes one"):
        Store(store.folder / "nowhere").find("last")


def test_a_run_that_ends_before_its_incident_is_read_back(runs: list[Run], tmp_path: Path) -> None:
    late = scenario(length="2h", incident={"outage": {"start": "Tue 10:00", "length": "1h", "factor": 2}})
    run = Store(tmp_path).save(Finished("late", late, 1, (), {0: runs[0].tally}, {}))
    assert run.scenario == late


def test_what_was_changed_is_noticed_and_what_is_deleted_is_gone(runs: list[Run], tmp_path: Path) -> None:
    store = Store(tmp_path)
    run = store.save(finished(runs))
    (run.folder / "scenario.toml").write_text("x")
    (run.folder / "intervals.parquet").unlink()
    assert run.damage() == ["intervals.parquet is gone", "scenario.toml has been changed"]
    store.delete(run)
    assert list(store.folder.iterdir()) == []
    assert store.runs() == []
    with pytest.raises(StoreError, match="cannot be deleted"):
        store.delete(run)


def test_a_damaged_run_is_in_nobodys_way(runs: list[Run], tmp_path: Path) -> None:
    store = Store(tmp_path)
    whole, cut, edited, gone = (store.save(finished(runs)) for _ in range(4))
    os.truncate(cut.folder / "replications.parquet", 500)
    (edited.folder / "summary.json").write_text('{"metrics": []}')
    (gone.folder / "run.json").write_text("[]")
    assert {run.id for run in store.runs()} == {whole.id, cut.id, edited.id}
    assert store.strangers() == [gone.id]
    answer = store.query("SELECT DISTINCT run FROM replications JOIN runs USING (run) JOIN metrics USING (run)")
    assert answer.rows == [(whole.id,)]
    assert set(answer.left_out) == {cut.id, edited.id}
    with pytest.raises(StoreError, match=r"summary\.json cannot be read"):
        _ = store.find(edited.id).estimates
    with pytest.raises(StoreError, match=r"replications\.parquet cannot be read"):
        _ = store.find(cut.id).rows


def test_what_is_half_is_not_seen_and_is_swept_away_when_it_is_old(runs: list[Run], tmp_path: Path) -> None:
    store = Store(tmp_path)
    for name in (".new-old", ".new-young", ".gone-old"):
        (store.folder / name).mkdir(parents=True)
    (store.folder / "not-a-run").mkdir()
    long_ago = time.time() - 2 * ABANDONED
    for name in (".new-old", ".gone-old"):
        os.utime(store.folder / name, (long_ago, long_ago))
    run = store.save(finished(runs))
    assert sorted(folder.name for folder in store.folder.iterdir()) == [".new-young", run.id, "not-a-run"]
    assert store.runs() == [run]


def test_a_store_that_cannot_be_written_says_what_to_do(runs: list[Run], tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(StoreError, match="FLIGHTDESK_DATA"):
        Store(tmp_path).save(finished(runs))


def test_a_full_disk_is_told_and_leaves_nothing_behind(runs: list[Run], tmp_path: Path,
                                                       monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise duckdb.IOException('IO Error: {"errno":"28","message":"x: No space left on device"}\nmore of it')

    monkeypatch.setattr("core.output.store._copy", full)
    with pytest.raises(StoreError, match="cannot be stored: No space left on device; FLIGHTDESK_DATA"):
        Store(tmp_path).save(finished(runs))
    assert list((tmp_path / "runs").iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("what", ["kills", "many"])
def test_kills_at_any_moment_and_writers_at_once_leave_whole_runs_only(what: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "tests.core.output.writers", str(tmp_path), what]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    runs = Store(tmp_path).runs()
    assert all(run.damage() == [] and len(run.rows) == 2 * len(METRICS) for run in runs)
    if what == "many":
        assert (int(done.stdout), len(runs)) == (10, 10)
    else:
        # It does some twenty things with files, and only what was renamed into place is there.
        assert int(done.stdout) > 10
        assert 1 <= len(runs) <= 4
