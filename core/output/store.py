"""The run store: every finished run is a folder that holds all it takes to understand, query and repeat it.

    runs/20261125-0914-b2b-saas-3fa2/
        run.json                what it is: name, seed, interventions, version, and the digest of each file
        scenario.toml           the scenario, as it was run
        summary.json            every metric with its interval
        replications.parquet    every metric of every replication, with numerator and denominator
        conversations.parquet   a row a conversation (`core.records`), of the replications that were kept
        intervals.parquet       their half hours, by team

A run is written aside and renamed into place: who looks sees all of it or nothing, whatever is killed when, and several
processes may write at once. Callers: the commands that run something, `flightdesk runs` and `flightdesk sql`.
DuckDB reads and writes the Parquet; it is loaded when needed, and never gets to the network.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_origin

import numpy as np

from core.errors import ScenarioError, StoreError, nearest
from core.estimates import Estimate, Replicated, replicated_mean, replicated_ratio
from core.explain import CODES
from core.interventions import Intervention
from core.metrics import METRICS
from core.places import data_folder
from core.records import Records
from core.scenario import Scenario
from core.scenario_file import dump_scenario, read_text, reread_scenario
from core.scenario_keys import fields
from core.tally import Tally, estimate_all
from core.units import MINUTE

if TYPE_CHECKING:
    import duckdb

SCHEMA = 1
INTERVAL = 30 * MINUTE
"""Length of an interval (s)."""
ABANDONED = 3600.0
"""What was written aside and is older than this (s) belongs to a process that was killed."""
MANIFEST, SCENARIO, SUMMARY = "run.json", "scenario.toml", "summary.json"
PARQUET = ("replications", "conversations", "intervals")
_MANIFEST = ("kind", "batch", "name", "title", "version", "length", "warm_up", "currency")
_UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError)
"""What comes of reading JSON that somebody has damaged."""


@dataclass(frozen=True)
class Finished:
    """A run to be stored."""

    name: str
    """What it was called on the command line."""
    scenario: Scenario
    seed: int
    interventions: Sequence[Intervention]
    tallies: Mapping[int, Tally]
    """By the number of the replication; after an interrupt some are missing."""
    records: Mapping[int, Records]
    """The conversations of the replications that are kept."""
    kind: str = "run"
    """The command that it comes from."""
    batch: str | None = None
    """What runs that belong together share, such as the plans of a comparison."""
    command: str | None = None
    """The command line that made it, if one did."""


@dataclass(frozen=True)
class Stored:
    """A run in the store."""

    folder: Path
    manifest: Mapping[str, Any]

    @property
    def id(self) -> str:
        """What it is called in the store."""
        return self.folder.name

    @property
    def name(self) -> str:
        """What it was called when it was run."""
        return str(self.manifest["name"])

    @property
    def created(self) -> datetime:
        """When it finished."""
        return datetime.fromisoformat(str(self.manifest["created"]))

    @property
    def seed(self) -> int:
        """Its chance."""
        return int(self.manifest["seed"])

    @property
    def replications(self) -> int:
        """How many there were."""
        return int(self.manifest["replications"])

    @property
    def numbers(self) -> tuple[int, ...]:
        """Which: 0, 1, 2 ..., with gaps where it was interrupted."""
        return tuple(map(int, self.manifest["numbers"]))

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        """What changed on the way."""
        return tuple(Intervention(float(change["at"]), str(change["key"]), str(change["value"]))
                     for change in self.manifest["interventions"])

    @cached_property
    def scenario(self) -> Scenario:
        """The scenario, as it was run.

        Raises:
            StoreError: where the file is gone or no scenario of this version.
        """
        file = self.folder / SCENARIO
        try:
            return reread_scenario(read_text(file), str(file))
        except ScenarioError as error:
            raise StoreError(f"{self.id} was made by version {self.manifest['version']} and cannot be read:\n{error}"
                             ) from error

    @cached_property
    def estimates(self) -> Mapping[str, Estimate]:
        """Every metric that it has, with its interval.

        Raises:
            StoreError: where the file is damaged.
        """
        try:
            document = json.loads((self.folder / SUMMARY).read_text(encoding="utf-8"))
            return {name: Estimate(found["value"], found["half_width"], found["unit"])
                    for name, found in document["metrics"].items()}
        except _UNREADABLE as error:
            raise self._damaged(SUMMARY) from error

    @cached_property
    def rows(self) -> list[tuple[int, str, float | None, float | None, float | None]]:
        """Replication, metric, value, numerator and denominator, in that order.

        Raises:
            StoreError: where the file is damaged.
        """
        import duckdb

        file = self.folder / "replications.parquet"
        connection = connect()
        try:
            return connection.execute(
                "SELECT replication, metric, value, top, bottom FROM read_parquet(?) ORDER BY ALL",
                [str(file)]).fetchall()
        except duckdb.Error as error:
            raise self._damaged(file.name) from error
        finally:
            connection.close()

    def _damaged(self, file: str) -> StoreError:
        return StoreError(f"{self.id}: {file} cannot be read; `flightdesk runs verify` says what is damaged, "
                          "`flightdesk runs delete` takes a run away")

    @property
    def is_readable(self) -> bool:
        """Whether queries can read it: a file that was cut short would be in the way of all runs."""
        try:
            return bool(self.estimates) and all(
                is_parquet(self.folder / name) for name in self.manifest["files"] if name.endswith(".parquet"))
        except StoreError:
            return False

    def replicated(self, metric: str) -> Replicated:
        """A metric with what each replication does to it."""
        mine = [row for row in self.rows if row[1] == metric]
        unit = METRICS[metric].unit
        if METRICS[metric].kind == "ratio":
            return replicated_ratio([row[3] or 0.0 for row in mine], [row[4] or 0.0 for row in mine], unit)
        return replicated_mean([np.nan if row[2] is None else row[2] for row in mine], unit)

    def damage(self) -> list[str]:
        """What is no longer as it was stored."""
        problems = []
        for name, digest in self.manifest["files"].items():
            file = self.folder / name
            if not file.is_file():
                problems.append(f"{name} is gone")
            elif _digest(file) != digest:
                problems.append(f"{name} has been changed")
        return problems


@dataclass(frozen=True)
class Answer:
    """What a query came to."""

    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]
    left_out: tuple[str, ...] = ()
    """Runs that are damaged, so that they cannot be read."""


class Store:
    """The runs in a folder: by default that of the platform, or the one that FLIGHTDESK_DATA names."""

    def __init__(self, folder: Path | None = None):
        home = data_folder() if folder is None else folder
        self.folder, self._sweeps = home / "runs", home / "sweeps"

    def save(self, run: Finished) -> Stored:
        """Stores a run: written aside, then renamed into place.

        Raises:
            StoreError: where the folder cannot be written.
        """
        import duckdb

        aside: Path | None = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._sweep()
            created = datetime.now(UTC)
            place = self.folder / f"{created:%Y%m%d-%H%M}-{slug(run.name)}-{secrets.token_hex(3)}"
            aside = Path(tempfile.mkdtemp(prefix=".new-", dir=self.folder))
            manifest = _write(aside, place.name, run, created)
            aside.rename(place)
            return Stored(place, manifest)
        except (OSError, duckdb.Error) as error:
            if aside is not None:
                shutil.rmtree(aside, ignore_errors=True)
            raise StoreError(f"{self.folder}: the run cannot be stored: {reason(error)}; FLIGHTDESK_DATA names another "
                             "folder, --no-save does without") from error

    def runs(self) -> list[Stored]:
        """Every run, the oldest first."""
        return self._scan()[0]

    def strangers(self) -> list[str]:
        """Folders that ought to be runs, and whose manifest cannot be read."""
        return [folder.name for folder in self._scan()[1] if folder.is_dir()]

    def _scan(self) -> tuple[list[Stored], list[Path]]:
        found, others = [], []
        for folder in sorted(self.folder.glob("[!.]*")):
            try:
                run = Stored(folder, json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
                # What everybody asks of a run is there and of the right sort.
                _ = (run.seed, run.replications, run.numbers, run.interventions, dict(run.manifest["files"]),
                     *(run.manifest[key] for key in _MANIFEST))
                found.append((run.created.isoformat(), run))
            except _UNREADABLE:
                others.append(folder)  # being deleted just now, or not a run
        return [run for _, run in sorted(found, key=lambda item: (item[0], item[1].id))], others

    def matches(self, word: str) -> list[Stored]:
        """The runs that a word may stand for: an id, four letters or more of either end of one, or "last"."""
        runs = self.runs()
        if word == "last":
            return runs[-1:]
        exact = [run for run in runs if run.id == word]
        return exact or [run for run in runs if len(word) >= 4 and (run.id.startswith(word) or run.id.endswith(word))]

    def find(self, word: str) -> Stored:
        """The run that a word stands for, as in `matches`.

        Raises:
            StoreError: where there is none, or more than one.
        """
        found = self.matches(word)
        if len(found) == 1:
            return found[0]
        if found:
            raise StoreError(f"{word} could be any of " + ", ".join(run.id for run in found))
        runs = self.runs()
        if not runs:
            raise StoreError(f"there is no run in {self.folder}; `flightdesk run SCENARIO` makes one")
        near = nearest(word, [run.id for run in runs])
        hint = "`flightdesk runs` lists them" if near is None else f"did you mean {near}?"
        raise StoreError(f"there is no run {word}; {hint}")

    def delete(self, run: Stored) -> None:
        """Takes a run out of the store, all of it at once."""
        gone = self.folder / f".gone-{run.id}-{secrets.token_hex(4)}"
        try:
            run.folder.rename(gone)
        except OSError as error:
            raise StoreError(f"{run.id} cannot be deleted: {error.strerror or error}") from error
        shutil.rmtree(gone, ignore_errors=True)

    def query(self, sql: str) -> Answer:
        """The answer to an SQL query over the views runs, metrics, replications, conversations, intervals and sweeps.

        It may read the store and nothing else, and write nothing.

        Raises:
            StoreError: for what is no query, or cannot be answered.
        """
        import duckdb

        connection = connect()
        try:
            statements = connection.extract_statements(sql)
            reading = (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN)
            if len(statements) != 1 or statements[0].type not in reading:
                raise StoreError("one query is wanted, such as SELECT name, seed FROM runs; the store is only read")
            left_out = self._views(connection)
            folders = ", ".join(_text(str(folder) + os.sep) for folder in (self.folder, self._sweeps))
            connection.execute(f"SET allowed_directories = [{folders}]")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            result = connection.execute(statements[0])
            return Answer(tuple(str(column[0]) for column in result.description or ()), result.fetchall(), left_out)
        except duckdb.Error as error:
            raise StoreError(f"the query cannot be answered: {error}") from error
        finally:
            connection.close()

    def _views(self, connection: duckdb.DuckDBPyConnection) -> tuple[str, ...]:
        """Makes the views; returns the runs that are damaged and so not in them."""
        every = self.runs()
        runs = [run for run in every if run.is_readable]
        connection.execute("CREATE TABLE runs (run VARCHAR, created TIMESTAMP, kind VARCHAR, batch VARCHAR, "
                           "name VARCHAR, title VARCHAR, seed BIGINT, replications BIGINT, length DOUBLE, "
                           "warm_up DOUBLE, version VARCHAR)")
        connection.execute("CREATE TABLE metrics (run VARCHAR, metric VARCHAR, value DOUBLE, half_width DOUBLE, "
                           "unit VARCHAR)")
        for run in runs:
            known = run.manifest
            connection.execute("INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", [
                run.id, run.created.replace(tzinfo=None), *(known[key] for key in (
                    "kind", "batch", "name", "title", "seed", "replications", "length", "warm_up", "version"))])
            # One statement for a run's metrics: DuckDB is slow at many small ones.
            connection.execute(
                "INSERT INTO metrics SELECT ?, unnest(?), unnest(?::DOUBLE[]), unnest(?::DOUBLE[]), unnest(?)", [
                    run.id, list(run.estimates), [found.value for found in run.estimates.values()],
                    [found.half_width for found in run.estimates.values()],
                    [found.unit for found in run.estimates.values()]])
        for view in PARQUET:
            files = [run.folder / f"{view}.parquet" for run in runs]
            there = ", ".join(_text(str(file)) for file in files if file.is_file())
            # Runs of other versions may have other columns: what one does not have is NULL.
            source = f"read_parquet([{there}], union_by_name = true)" if there else _nothing(view)
            connection.execute(f"CREATE VIEW {view} AS SELECT * FROM {source}")
        parts = ", ".join(_text(str(file)) for file in sorted(self._sweeps.glob("*/part-*.parquet"))
                          if is_parquet(file))
        source = f"read_parquet([{parts}], filename = true)" if parts else _NO_SWEEPS
        connection.execute(f"CREATE VIEW sweeps AS SELECT {_SWEEP} AS sweep, setting, replication, metric, value, top, "
                           f"bottom FROM {source}")
        return tuple(run.id for run in every if run not in runs)

    def _sweep(self) -> None:
        """Takes away what killed processes left behind."""
        for pattern in (".new-*", ".gone-*"):
            for folder in self.folder.glob(pattern):
                try:
                    if time.time() - folder.stat().st_mtime > ABANDONED:
                        shutil.rmtree(folder, ignore_errors=True)
                except OSError:
                    continue  # somebody else has


def reason(error: Exception) -> str:
    """Why something could not be written, in a line; DuckDB wraps what the system said."""
    full = os.strerror(errno.ENOSPC)
    if full in str(error):
        return full
    return (isinstance(error, OSError) and error.strerror) or str(error).partition("\n")[0]


def is_parquet(file: Path) -> bool:
    """Whether the file is whole, as far as its first and last four bytes tell: one that was cut short is not."""
    try:
        with file.open("rb") as stream:
            first = stream.read(4)
            stream.seek(-4, os.SEEK_END)
            return first == stream.read(4) == b"PAR1"
    except OSError:
        return False


def program_version() -> str:
    """The version of Flightdesk that is running."""
    try:
        return version("flightdesk")
    except PackageNotFoundError:
        return "unknown"


def replication_rows(tallies: Mapping[int, Tally]) -> list[tuple[int, str, float | None, float | None, float | None]]:
    """Replication, metric, value, numerator and denominator of every metric, as they are stored."""
    return [(number, name, tally.value(name), tally.tops.get(name), tally.bottoms.get(name))
            for number, tally in sorted(tallies.items()) for name in sorted(METRICS)]


# Writing

def _write(folder: Path, name: str, run: Finished, created: datetime) -> dict[str, Any]:
    """Writes all files of a run, which will have that name, into a folder; returns the manifest, the last of them."""
    scenario = run.scenario
    _put(folder / SCENARIO, dump_scenario(scenario))
    _put(folder / SUMMARY, _json({"schema": SCHEMA, "metrics": {
        name: {"value": found.value, "half_width": found.half_width, "unit": found.unit}
        for name, found in estimate_all([run.tallies[number] for number in sorted(run.tallies)]).items()}}))
    connection = connect()
    try:
        connection.execute("SET VARIABLE run = ?", [name])
        _write_replications(connection, folder, run.tallies)
        if run.records:
            _write_conversations(connection, folder, scenario, run.records)
    finally:
        connection.close()
    files = {file.name: _digest(file) for file in sorted(folder.iterdir())}
    manifest = {
        "schema": SCHEMA, "kind": run.kind, "batch": run.batch, "command": run.command, "name": run.name,
        "title": scenario.title,
        "created": created.isoformat(), "version": program_version(), "seed": run.seed,
        "replications": len(run.tallies), "numbers": sorted(run.tallies), "kept": sorted(run.records),
        "length": scenario.length, "warm_up": scenario.warm_up, "currency": scenario.currency,
        "interventions": [{"at": change.at, "key": change.key, "value": change.value}
                          for change in run.interventions],
        "files": files}
    for name in files:
        with (folder / name).open("rb") as file:
            os.fsync(file.fileno())
    _put(folder / MANIFEST, _json(manifest))
    return manifest


def _write_replications(connection: duckdb.DuckDBPyConnection, folder: Path,
                        tallies: Mapping[int, Tally]) -> None:
    rows = replication_rows(tallies)
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    connection.execute(
        "CREATE TABLE replications AS SELECT unnest(?::BIGINT[]) AS replication, unnest(?::VARCHAR[]) AS metric, "
        "unnest(?::DOUBLE[]) AS value, unnest(?::DOUBLE[]) AS top, unnest(?::DOUBLE[]) AS bottom",
        [list(column) for column in columns])
    _copy(connection, "SELECT * FROM replications", folder / "replications.parquet")


def _write_conversations(connection: duckdb.DuckDBPyConnection, folder: Path, scenario: Scenario,
                         records: Mapping[int, Records]) -> None:
    numbers = sorted(records)
    rows = Records.concatenate([records[number] for number in numbers])
    columns = dict(rows.columns())
    columns["replication"] = np.repeat(np.array(numbers), [len(records[number]) for number in numbers])
    connection.register("columns_of_records", columns)
    connection.execute(f"CREATE TABLE conversations AS SELECT {_conversation_columns(scenario)} "
                       "FROM columns_of_records")
    connection.unregister("columns_of_records")
    _copy(connection, "SELECT * FROM conversations", folder / "conversations.parquet")
    _copy(connection, _INTERVALS.format(length=INTERVAL, within=scenario.service_level.within),
          folder / "intervals.parquet")


def _conversation_columns(scenario: Scenario | None) -> str:
    """The columns of the records as SQL: names in place of positions and codes, NULL in place of nan."""
    columns, tables = ["replication"], dict(fields(Scenario))
    for name, kind in Records.__annotations__.items():
        quoted = f'"{name}"'
        part = "team" if name == "served_by" else name
        slot = tables.get(part)
        if name in CODES:
            names: list[str] | None = [code.name.lower() for code in CODES[name]]
        elif kind == "Ints" and slot is not None and slot.is_table and get_origin(slot.kind) is dict:
            # A position among the scenario's tables of that name.
            names = [] if scenario is None else list(getattr(scenario, part))
        else:
            names = None
        if names is not None:
            listed = ", ".join(map(_text, names))
            columns.append(f"list_extract([{listed}]::VARCHAR[], {quoted} + 1) AS {quoted}")
        elif kind == "Floats":
            columns.append(f"CASE WHEN isnan({quoted}) THEN NULL ELSE {quoted} END AS {quoted}")
        else:
            columns.append(quoted)
    return ", ".join(columns)


_INTERVALS = """
    SELECT replication, floor(queued / {length}) * {length} AS start, team, count(*) AS joined,
        count(answered) AS answered, count(*) FILTER (answered - queued <= {within}) AS in_time,
        count(*) FILTER (outcome = 'abandoned') AS abandoned, count(*) FILTER (outcome = 'closed') AS closed,
        avg(coalesce(answered, ended) - queued) AS wait_mean, quantile_cont(replied - asked, 0.9) AS frt_p90,
        sum(handle) AS handle, count(*) FILTER (rating > 0) AS rated, count(*) FILTER (rating >= 4) AS satisfied
    FROM conversations WHERE queued IS NOT NULL GROUP BY ALL ORDER BY ALL"""


_SWEEP = r"regexp_extract(filename, '([^/\\]+)[/\\][^/\\]+$', 1)"
"""The name of a sweep: that of the folder of its parts (`core.output.sweeps`)."""
_NO_SWEEPS = ("(SELECT '' AS filename, NULL::VARCHAR AS setting, NULL::BIGINT AS replication, NULL::VARCHAR AS metric, "
              "NULL::DOUBLE AS value, NULL::DOUBLE AS top, NULL::DOUBLE AS bottom) WHERE false")


def _nothing(view: str) -> str:
    """A source with the columns of a view and no rows."""
    if view == "replications":
        return ("(SELECT NULL::VARCHAR AS run, NULL::BIGINT AS replication, NULL::VARCHAR AS metric, "
                "NULL::DOUBLE AS value, NULL::DOUBLE AS top, NULL::DOUBLE AS bottom) WHERE false")
    kinds = {"Floats": "DOUBLE", "Ints": "BIGINT", "Flags": "BOOLEAN"}
    empty = ", ".join(f'NULL::{kinds[kind]} AS "{name}"' for name, kind in Records.__annotations__.items())
    rows = f"(SELECT {_conversation_columns(None)} FROM (SELECT NULL::BIGINT AS replication, {empty}) WHERE false)"
    if view == "intervals":
        rows = "(" + _INTERVALS.format(length=INTERVAL, within=0).replace("FROM conversations", f"FROM {rows}") + ")"
    return f"(SELECT NULL::VARCHAR AS run, * FROM {rows})"


def _copy(connection: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    connection.execute(f"COPY (SELECT getvariable('run') AS run, * FROM ({query})) TO {_text(str(file))} "
                       "(FORMAT parquet, COMPRESSION zstd)")


def connect() -> duckdb.DuckDBPyConnection:
    """DuckDB in memory; nothing is ever fetched."""
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET autoinstall_known_extensions = false")
    return connection


def _text(value: str) -> str:
    """The value as an SQL string."""
    return "'" + value.replace("'", "''") + "'"


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _put(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def slug(name: str) -> str:
    """The name as part of a folder's name."""
    stem = Path(name).name.removesuffix(".toml")
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-")[:40] or "run"
