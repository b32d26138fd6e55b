"""What a sweep has found so far, on disk: Parquet that comes as the runs finish, so that a stop loses next to nothing.

A sweep's folder belongs to a floor, a seed and the code that ran it; whatever is asked of these again, more values or
more replications, finds there what has been run. Each part is written aside and renamed into place.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from core.errors import StoreError
from core.interventions import Intervention
from core.output.store import connect, is_parquet, reason, slug
from core.places import data_folder
from core.scenario import Scenario
from core.scenario_file import dump_scenario

Row = tuple[str, int, str, float | None, float | None, float | None]
"""Setting (JSON), replication, metric, value, numerator, denominator."""
Numbers = Mapping[str, tuple[float | None, float | None, float | None]]
Setting = tuple[tuple[str, str], ...]
OFTEN, SHARE = 2.0, 0.02
"""Parts are written at most so often (s), and no more often than this share of the time that has passed."""


class SweepFolder:
    """The runs of one floor under one seed, by setting and replication."""

    def __init__(self, name: str, scenario: Scenario, seed: int, interventions: Sequence[Intervention], code: str,
                 folder: Path | None = None):
        changes = [[change.at, change.key, change.value] for change in interventions]
        known = json.dumps([dump_scenario(scenario), seed, changes, code])
        digest = hashlib.sha256(known.encode()).hexdigest()[:12]
        self.folder = (data_folder() if folder is None else folder) / "sweeps" / f"{slug(name)}-{digest}"
        self._scenario = scenario
        self._waiting: list[Row] = []
        self._began = self._written = time.monotonic()

    def load(self) -> dict[tuple[Setting, int], Numbers]:
        """What has been run before; a part that was cut short is run again."""
        files = sorted(str(file) for file in self.folder.glob("part-*.parquet") if is_parquet(file))
        if not files:
            return {}
        connection = connect()
        try:
            rows = connection.execute("SELECT setting, replication, metric, value, top, bottom FROM read_parquet(?)",
                                      [files]).fetchall()
        finally:
            connection.close()
        found: dict[tuple[Setting, int], dict[str, tuple[float | None, float | None, float | None]]] = {}
        settings: dict[str, Setting] = {}
        for setting, replication, metric, *numbers in rows:
            if setting not in settings:
                settings[setting] = tuple((key, value) for key, value in json.loads(setting))
            found.setdefault((settings[setting], replication), {})[metric] = (numbers[0], numbers[1], numbers[2])
        return dict(found)

    def keep(self, cell: tuple[Setting, int], numbers: Numbers) -> None:
        """Takes the numbers of a run, and writes what has gathered when it is time."""
        setting, replication = cell
        text = json.dumps(setting, ensure_ascii=False)
        self._waiting += [(text, replication, metric, *three) for metric, three in numbers.items()]
        now = time.monotonic()
        if now - self._written >= max(OFTEN, SHARE * (now - self._began)):
            self.flush()

    def flush(self) -> None:
        """Writes what has gathered.

        Raises:
            StoreError: where the folder cannot be written.
        """
        self._written = time.monotonic()
        if not self._waiting:
            return
        import duckdb

        name = f"{secrets.token_hex(8)}.parquet"
        connection = connect()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not (self.folder / "scenario.toml").exists():
                aside = self.folder / f".new-{name}.toml"
                aside.write_text(dump_scenario(self._scenario), encoding="utf-8")
                aside.replace(self.folder / "scenario.toml")
            columns = [list(column) for column in zip(*self._waiting, strict=True)]
            connection.execute(
                "CREATE TABLE part AS SELECT unnest(?::VARCHAR[]) AS setting, unnest(?::BIGINT[]) AS replication, "
                "unnest(?::VARCHAR[]) AS metric, unnest(?::DOUBLE[]) AS value, unnest(?::DOUBLE[]) AS top, "
                "unnest(?::DOUBLE[]) AS bottom", columns)
            aside = self.folder / f".new-{name}"
            connection.table("part").write_parquet(str(aside), compression="zstd")
            aside.replace(self.folder / f"part-{name}")
        except (OSError, duckdb.Error) as error:
            with suppress(OSError):
                (self.folder / f".new-{name}").unlink()
            raise StoreError(f"{self.folder}: the sweep cannot be stored: {reason(error)}; FLIGHTDESK_DATA names "
                             "another folder, --no-save does without") from error
        finally:
            connection.close()
        self._waiting.clear()
