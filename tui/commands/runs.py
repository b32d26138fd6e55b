"""`flightdesk runs`: the run store, as a list and one by one; compared, verified and deleted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import partial
from typing import Any

import rich_click as click

from core.errors import StoreError
from core.estimates import Estimate, bonferroni
from core.metrics import METRICS
from core.output.store import Store, Stored, program_version, replication_rows
from core.units import write_moment, write_seconds
from sim.experiments.comparison import verdict_of
from sim.experiments.executor import Executor
from sim.experiments.replications import Run, run_once
from tui.comparing import MARKS, USUAL, difference_text, is_nothing
from tui.exit import Exit
from tui.places import place, places
from tui.present import as_json, columns, plain, progress, terminal_width, value_with_error

SHOWN = 20
"""Runs that the list shows unless all are asked for."""


@click.group("runs", invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help=f"List all, not the newest {SHOWN}.")
@click.option("--json", "as_json_", is_flag=True, help="Print JSON.")
@click.pass_context
def command(context: click.Context, everything: bool, as_json_: bool) -> int | None:
    """List the stored runs, and look at them, compare, verify or delete them.

    Every finished run is a folder in the platform's data folder, or in the one that FLIGHTDESK_DATA names. A RUN is an
    id, four letters or more of either end of one, or "last".
    """
    if context.invoked_subcommand is not None:
        return None
    store = Store()
    runs = store.runs()
    if as_json_:
        click.echo(json.dumps({"schema": 1, "folder": str(store.folder),
                               "runs": [{"id": run.id, **_without_files(run)} for run in runs]}, indent=2,
                              ensure_ascii=False))
        return Exit.OK
    strangers = store.strangers()
    if strangers:
        click.echo(f"In {plain(str(store.folder))} these are no runs, or damaged: {', '.join(map(plain, strangers))}",
                   err=True)
    if not runs:
        click.echo(f"No runs yet in {store.folder}. `flightdesk run SCENARIO` makes one.")
        return Exit.OK
    shown = runs if everything else runs[-SHOWN:]
    if len(shown) < len(runs):
        click.echo(f"{len(runs)} runs, the newest {len(shown)} (--all for the others):")
    rows: list[tuple[str, ...]] = [("run", "seed", "runs", "length", "CSAT", "p90 FRT", "what")]
    rows += [(run.id, str(run.seed), str(run.replications), write_seconds(float(run.manifest["length"])),
              *(_estimate(run, name) for name in ("csat", "frt_p90")),
              plain(run.name if run.manifest["batch"] is None else f"{run.name}  [{run.manifest['batch']}]"))
             for run in shown]
    width = terminal_width(200)
    for line in columns(rows, right=(1, 2, 3)):
        click.echo(line if len(line) <= width else line[:width - 1] + "…")
    return Exit.OK


def _estimate(run: Stored, name: str) -> str:
    try:
        found = run.estimates.get(name)
    except StoreError:
        return "damaged"
    return "" if found is None else value_with_error(found, plain(str(run.manifest["currency"])))


def _without_files(run: Stored) -> dict[str, Any]:
    return {key: value for key, value in run.manifest.items() if key != "files"}


@command.command("show")
@click.argument("run")
@click.option("--json", "as_json_", is_flag=True, help="Print JSON: times in seconds, shares from 0 to 1.")
@click.option("--scenario", "as_scenario", is_flag=True, help="Print its scenario file.")
def show(run: str, as_json_: bool, as_scenario: bool) -> int:
    """Show a stored run: what it was, where it is, and its metrics."""
    found = Store().find(run)
    if as_scenario:
        try:
            click.echo((found.folder / "scenario.toml").read_text(encoding="utf-8"), nl=False)
        except (OSError, ValueError) as error:
            raise StoreError(f"{found.id}: scenario.toml cannot be read ({error})") from error
        return Exit.OK
    if as_json_:
        click.echo(json.dumps({"id": found.id, "folder": str(found.folder), **_without_files(found),
                               "metrics": {name: as_json(one) for name, one in found.estimates.items()}}, indent=2,
                              ensure_ascii=False))
        return Exit.OK
    known, currency = found.manifest, plain(str(found.manifest["currency"]))
    click.echo(f"{plain(str(known['title']))}\n{plain(found.name)}")
    click.echo(f"{write_seconds(float(known['length']))}, seed {found.seed}, {found.replications} replications, by "
               f"version {plain(str(known['version']))} on {found.created.astimezone():%Y-%m-%d %H:%M}")
    for change in found.interventions:
        click.echo(f"{write_moment(change.at)}: {plain(change.key)} = {plain(change.value)}")
    if known.get("command"):
        click.echo(f"$ {plain(str(known['command']))}")
    click.echo(f"{plain(str(found.folder))}\n")
    rows = [(METRICS[name].title if name in METRICS else name, value_with_error(one, currency))
            for name, one in found.estimates.items() if not is_nothing(one)]
    click.echo("\n".join(columns(rows)) if rows else "Nothing was measured.")
    return Exit.OK


@command.command("compare")
@click.argument("runs", nargs=-1, required=True, metavar="RUN RUN...")
@click.option("--all", "everything", is_flag=True, help="Show every metric.")
@click.option("--json", "as_json_", is_flag=True, help="Print JSON: times in seconds, shares from 0 to 1.")
def compare(runs: tuple[str, ...], everything: bool, as_json_: bool) -> int:
    """Set stored runs beside the first of them, from what is stored: nothing is run again.

    Runs of one seed met the same customers, so their replications are compared pair by pair.
    """
    if len(runs) < 2:
        raise click.UsageError("two runs are wanted at least.")
    found = [Store().find(run) for run in runs]
    first, others = found[0], found[1:]
    problems = [f"{run.id} has another {what} than {first.id}" for run in others for what, same in (
        ("seed", run.seed == first.seed), ("length", run.manifest["length"] == first.manifest["length"]),
        ("warm-up", run.manifest["warm_up"] == first.manifest["warm_up"]),
        ("currency", run.manifest["currency"] == first.manifest["currency"]),
        ("set of replications", run.numbers == first.numbers)) if not same]
    if problems:
        raise StoreError("\n".join([*problems, "`flightdesk compare` runs them again under the same chance"]))
    wanted = [name for name in (METRICS if everything else USUAL)
              if name in METRICS and name in first.estimates and not all(is_nothing(run.estimates[name])
                                                                         for run in found if name in run.estimates)]
    confidence = bonferroni(0.95, len(others))
    currency = plain(str(first.manifest["currency"]))
    table = []
    for name in wanted:
        values = [run.replicated(name) for run in found]
        apart = [value.minus(values[0]).estimate(confidence) for value in values[1:]]
        table.append((name, values[0].estimate(), apart))
    if as_json_:
        click.echo(json.dumps({
            "schema": 1, "reference": first.id, "runs": [run.id for run in found], "interval_confidence": confidence,
            "metrics": {name: {**as_json(own), "differences": [as_json(one) for one in apart]}
                        for name, own, apart in table}}, indent=2, allow_nan=False))
        return Exit.OK
    heads = [("", first.id, *(run.id for run in others)), ("", plain(first.name), *(plain(run.name) for run in others))]
    click.echo("\n".join(columns([*heads, *((METRICS[name].title, value_with_error(own, currency),
                                             *(_apart(one, name, currency) for one in apart))
                                            for name, own, apart in table)])))
    return Exit.OK


def _apart(difference: Estimate, metric: str, currency: str) -> str:
    """A difference with its mark."""
    return f"{difference_text(difference, currency)} {MARKS[verdict_of(difference, METRICS[metric].better)]}".rstrip()


@command.command("verify")
@click.argument("runs", nargs=-1, metavar="[RUN...]")
@places
def verify(runs: tuple[str, ...], jobs: int | None, cluster: str | None) -> int:
    """Repeat stored runs, all of them unless some are named, and check that every digit is what was stored.

    The exit code is 1 if a file has been changed, or a number is another one now.
    """
    store = Store()
    found = [store.find(run) for run in runs] or store.runs()
    failed = 0
    with place(jobs, cluster) as where:
        for run in found:
            problems = _verified(run, where)
            failed += bool(problems)
            click.echo(f"{run.id}: {'; '.join(problems) or 'as it was stored, and the same when run again'}")
    for name in [] if runs else store.strangers():
        failed += 1
        click.echo(f"{plain(name)}: no run, or its run.json is damaged; it is in {plain(str(store.folder))}")
    return Exit.NO if failed else Exit.OK


def _verified(run: Stored, where: Executor) -> list[str]:
    """What is not as it should be."""
    try:
        problems = run.damage()
        if problems:
            return problems
        scenario = run.scenario
    except (StoreError, OSError) as error:
        return [" ".join(str(error).split())]
    again: dict[int, Run] = {}
    work = partial(run_once, scenario=scenario, seed=run.seed, interventions=run.interventions)
    with progress(run.id) as bar:
        for _, one in where.results(work, run.numbers):
            again[one.replication] = one
            if bar is not None:
                bar(len(again), len(run.numbers))
    now = {row[:2]: row[2:] for row in replication_rows({number: one.tally for number, one in again.items()})}
    other = [row for row in run.rows if row[:2] in now and now[row[:2]] != row[2:]]
    if not other:
        return []
    number, name, value, *_ = other[0]
    made = str(run.manifest["version"])
    by = f"; it was made by version {plain(made)}, this is {program_version()}" if made != program_version() else ""
    return [f"{len(other)} of {len(run.rows)} numbers differ when it is run again, first {name} of replication "
            f"{number}: {value} was stored, {now[number, name][0]} is found{by}"]


@command.command("delete")
@click.argument("runs", nargs=-1, required=True, metavar="RUN...")
def delete(runs: Sequence[str]) -> int:
    """Delete stored runs."""
    store = Store()
    for run in {found.id: found for found in map(store.find, runs)}.values():
        store.delete(run)
        click.echo(f"Deleted {run.id}")
    return Exit.OK
