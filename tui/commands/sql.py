"""`flightdesk sql QUERY`: DuckDB over all stored runs."""

from __future__ import annotations

import datetime
import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import rich_click as click

from core.output.store import Answer, Store
from core.output.tables import Value, write_csv
from tui.exit import Exit
from tui.present import columns, plain

SHOWN = 100
"""Rows that the table shows unless all are asked for."""


@click.command("sql")
@click.argument("query")
@click.option("--all", "everything", is_flag=True, help=f"Show all rows, not the first {SHOWN}.")
@click.option("--json", "as_json_", is_flag=True, help="Print JSON.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), metavar="FILE",
              help="Write the answer to a CSV file (- is the terminal).")
def command(query: str, everything: bool, as_json_: bool, csv_file: Path | None) -> int:
    """Ask the stored runs in SQL.

    The views are runs; metrics (of each run, with interval); replications (each metric of each replication);
    conversations and intervals (half hours by team) of the replications that were kept; and sweeps (each metric of
    each run). `DESCRIBE conversations` tells the columns. Times are seconds since Monday 00:00 of the first week.
    DuckDB reads the store and nothing else: no other file and no network.
    """
    if as_json_ and csv_file is not None:
        raise click.UsageError("--json and --csv exclude each other.")
    if csv_file is not None and not csv_file.absolute().parent.is_dir():
        raise click.UsageError(f"--csv {csv_file}: there is no such folder.")
    answer = Store().query(query)
    if answer.left_out:
        click.echo(f"Left out, because they are damaged: {', '.join(map(plain, answer.left_out))}; `flightdesk runs "
                   "verify` says how.", err=True)
    if as_json_:
        click.echo(json.dumps({"schema": 1, "columns": list(answer.columns),
                               "rows": [[_value(value) for value in row] for row in answer.rows]}, indent=2,
                              ensure_ascii=False, allow_nan=False))
    elif csv_file is not None:
        with click.open_file(str(csv_file), "w", encoding="utf-8", lazy=False) as file:
            write_csv(file, answer.columns, ([_value(value) for value in row] for row in answer.rows))
    else:
        _table(answer, len(answer.rows) if everything else SHOWN)
    return Exit.OK


def _table(answer: Answer, most: int) -> None:
    shown = answer.rows[:most]
    numbers = [at for at in range(len(answer.columns))
               if any(isinstance(row[at], int | float | Decimal) and not isinstance(row[at], bool) for row in shown)]
    rows = [[_text(value) for value in row] for row in shown]
    click.echo("\n".join(columns([[plain(name) for name in answer.columns], *rows], right=numbers)))
    if len(shown) < len(answer.rows):
        click.echo(f"{len(answer.rows):,} rows, the first {most} (--all for the others)", err=True)


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.6g}" if isinstance(value, float) else plain(str(value))


def _value(value: Any) -> Value:
    """A value that JSON and CSV know."""
    if isinstance(value, Decimal):
        value = float(value)
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else str(value)
