"""`flightdesk sweep SCENARIO --vary KEY=FROM:TO:STEP`: one floor under many settings, resumed where it was stopped."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import rich_click as click

from core.errors import ExperimentError, FlightdeskError, StoreError
from core.metrics import METRICS
from core.output.sweeps import SweepFolder
from core.output.tables import Value, write_csv
from sim.experiments.executor import code_digest
from sim.experiments.sweep import (
    REPLICATIONS,
    Axis,
    Cell,
    Design,
    Numbers,
    Sweep,
    grid,
    latin,
    one_at_a_time,
    read_axis,
    sweep,
)
from tui.commands.compare import known_metric
from tui.exit import Exit
from tui.places import place, places
from tui.plans import read_plans
from tui.present import as_json, command_line, page_width, plain, progress, terminal_width, wrapped
from tui.saving import load_stored_or_not
from tui.sweeping import frontier, heading, heat_map, table, tornado
from tui.widgets.text import ascii_only, has_unicode

SHOWN = ("csat", "frt_p90", "cost")
"""The metrics where none are asked for."""
ROWS = 60
"""Points that the table shows at most."""


@click.command("sweep")
@click.argument("plan")
@click.option("--vary", "varied", multiple=True, required=True, metavar="KEY=FROM:TO:STEP",
              help="A key and its values, FROM:TO:STEP or A,B,C; may be given several times.")
@click.option("--design", type=click.Choice(["grid", "latin", "one"]), default="grid", show_default=True,
              help="Every value with every value; a Latin hypercube over the ranges; or one key at a time, for a "
                   "tornado.")
@click.option("--points", type=click.IntRange(min=2), default=50, show_default=True,
              help="Points of a Latin hypercube.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Seed of everything that happens by chance, the same at every point.")
@click.option("--replications", type=click.IntRange(min=1), default=REPLICATIONS, show_default=True,
              help="How often each point is run under other chance.")
@click.option("--days", type=click.FloatRange(min=0, min_open=True), help="Length of the runs, if not the scenario's.")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE",
              help="Change the scenario first; may be given several times.")
@click.option("--metric", "wanted", multiple=True, metavar="NAME",
              help="Show this metric, not CSAT, FRT and cost; may be given several times.")
@places
@click.option("--save/--no-save", default=True,
              help="Whether finished runs are kept for a sweep that is stopped, or asked for more; they are.")
@click.option("--json", "as_json_", is_flag=True, help="Print JSON: times in seconds, shares from 0 to 1.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), metavar="FILE",
              help="Write a row a point to a CSV file (- is the terminal).")
def command(plan: str, varied: tuple[str, ...], design: str, points: int, seed: int, replications: int,
            days: float | None, changes: tuple[str, ...], wanted: tuple[str, ...], jobs: int | None,
            cluster: str | None, save: bool, as_json_: bool, csv_file: Path | None) -> int:
    """Run a scenario under many settings: heat maps, a tornado, the frontier of cost against CSAT.

    PLAN is a scenario as in `flightdesk compare`: a file or a name, with changes after semicolons. All points meet the
    same customers, and are measured against the scenario as it is.

    A sweep that was stopped goes on where it was when the same command is given again; one with more values or more
    replications runs only what is new.
    """
    if as_json_ and csv_file is not None:
        raise click.UsageError("--json and --csv exclude each other.")
    if csv_file is not None and not csv_file.absolute().parent.is_dir():
        raise click.UsageError(f"--csv {csv_file}: there is no such folder.")
    metrics = [known_metric(name) for name in wanted] or [name for name in SHOWN if name in METRICS]
    base = read_plans([plan], changes=changes, days=days, load=load_stored_or_not)[0]
    axes = _axes(varied, base.scenario)
    found = (grid(axes) if design == "grid" else one_at_a_time(axes) if design == "one"
             else latin(axes, points, seed, base.scenario))
    folder = SweepFolder(plan.split(";")[0], base.scenario, seed, base.interventions, code_digest()) if save else None
    done = folder.load() if folder is not None else {}
    kept = _Kept(folder)
    try:
        with place(jobs, cluster) as where, progress(plain(base.scenario.title)) as bar:
            result = sweep(base.scenario, found, seed, replications, interventions=base.interventions, done=done,
                           keep=kept.keep, where=where, progress=bar)
    finally:
        kept.flush()
    if as_json_:
        click.echo(json.dumps(document(result, list(wanted) or list(METRICS)), indent=2, allow_nan=False,
                              ensure_ascii=False))
    elif csv_file is not None:
        with click.open_file(str(csv_file), "w", encoding="utf-8", lazy=False) as file:
            write_csv(file, header(result, metrics), csv_rows(result, metrics))
    else:
        write = str if has_unicode() else ascii_only
        click.echo("\n".join(write(line) for line in text_lines(result, metrics)))
    if result.finished < result.asked:
        again = " The same command goes on from here." if kept.folder is not None else ""
        click.echo(f"Interrupted: {result.finished} of {result.asked} runs had finished.{again}", err=True)
        return Exit.INTERRUPTED
    return Exit.OK


def _axes(varied: Sequence[str], scenario: Any) -> list[Axis]:
    axes, problems = [], []
    for text in varied:
        try:
            axes.append(read_axis(scenario, text))
        except FlightdeskError as error:
            problems.append(str(error))
    if problems:
        raise ExperimentError("\n".join(problems))
    return axes


class _Kept:
    """Keeps runs in a sweep's folder for as long as it can be written; a full disk costs no result."""

    def __init__(self, folder: SweepFolder | None):
        self.folder = folder

    def keep(self, cell: Cell, numbers: Numbers) -> None:
        """Takes a run."""
        with self._told():
            if self.folder is not None:
                self.folder.keep(cell, numbers)

    def flush(self) -> None:
        """Writes what has gathered."""
        with self._told():
            if self.folder is not None:
                self.folder.flush()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            self.folder = None
            click.echo(str(error), err=True)


def text_lines(result: Sweep, metrics: Sequence[str]) -> Iterator[str]:
    """The report for people: what the design has a picture for, the frontier, and the points."""
    width = terminal_width(200)
    for line in heading(result):
        yield from wrapped(line, page_width())
    design: Design = result.design
    several = [axis for axis in design.axes if len(axis.values) > 1]
    maps = design.kind == "grid" and len(design.axes) == 2 and len(several) == 2
    if maps or design.kind != "grid" or len(several) > 2:
        for metric in metrics:
            yield ""
            yield from heat_map(result, metric, width) if maps else tornado(result, metric, page_width(120))
    if design.kind != "one" and {"cost", "csat"} <= set(METRICS):
        yield ""
        yield from frontier(result)
    if len(design.points) <= ROWS and not (design.kind == "grid" and len(several) > 1):
        yield ""
        yield from table(result, metrics, width)


def document(result: Sweep, metrics: Sequence[str]) -> dict[str, Any]:
    """The JSON of a sweep: times in seconds, fractions from 0 to 1."""
    best = set(result.frontier())
    return {
        "schema": 1, "kind": "sweep", "command": command_line(), "title": result.scenario.title, "seed": result.seed,
        "replications": result.replications, "length": result.scenario.length, "warm_up": result.scenario.warm_up,
        "currency": result.scenario.currency,
        "design": result.design.kind, "axes": [{"key": axis.key, "values": list(axis.values)}
                                               for axis in result.design.axes],
        "points": [{"settings": dict(point), "on_frontier": point in best, "metrics": {
            name: {**as_json(result.estimate(name, point)),
                   "difference": as_json(result.difference(name, point).estimate()) if point else None}
            for name in metrics}} for point in result.design.points],
        "effects": {name: {key: {"low": one.low.value, "low_half_width": one.low.half_width, "low_at": one.low_at,
                                 "high": one.high.value, "high_half_width": one.high.half_width,
                                 "high_at": one.high_at} for key, one in result.effects(name).items()}
                    for name in metrics}}


def header(result: Sweep, metrics: Sequence[str]) -> list[str]:
    """The head of the CSV."""
    return [*(axis.key for axis in result.design.axes),
            *(f"{name}{part}" for name in metrics for part in ("", "_half_width", "_difference",
                                                               "_difference_half_width")), "on_frontier"]


def csv_rows(result: Sweep, metrics: Sequence[str]) -> Iterator[Sequence[Value]]:
    """A row a point, the first the scenario as it is; times in seconds, shares from 0 to 1."""
    best = set(result.frontier())
    for point in result.design.points:
        at = dict(point)
        row: list[Value] = [at.get(axis.key) for axis in result.design.axes]
        for name in metrics:
            own, apart = result.estimate(name, point), result.difference(name, point).estimate()
            row += [own.value, own.half_width, *((apart.value, apart.half_width) if point else (None, None))]
        yield [*row, "yes" if point in best else "no"]
