"""`flightdesk strategy SCENARIO`: automation strategies side by side, and where more automation starts to hurt."""

from __future__ import annotations

import json
from pathlib import Path

import rich_click as click

from core.errors import ExperimentError, did_you_mean
from core.output.tables import write_csv
from core.strategies import DOCUMENTED, Strategy, read_added, read_strategies
from sim.experiments.strategies import REPLICATIONS, STEPS, strategies
from tui import strategising
from tui.exit import Exit
from tui.places import place, places
from tui.plans import floor_of
from tui.present import plain, progress, terminal_width
from tui.widgets.text import ascii_only, has_unicode


@click.command("strategy")
@click.argument("scenario")
@click.option("--only", multiple=True, metavar="NAME",
              help="Of the documented strategies only this; may be given several times. The first is what the others "
                   "are measured against.")
@click.option("--add", "added", multiple=True, metavar="'NAME: KEY=VALUE; ...'",
              help="A strategy of your own; may be given several times.")
@click.option("--file", "files", multiple=True, type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help='Strategies of a TOML file: tables [strategy.NAME] with set = { "KEY" = "VALUE" } and a why.')
@click.option("--steps", type=click.IntRange(min=0, max=50), default=STEPS, show_default=True,
              help="Steps of the bot's coverage from none to all; 0 for no curves.")
@click.option("--list", "listing", is_flag=True, help="List the strategies with what they change, and run nothing.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Seed of everything that happens by chance, the same for all.")
@click.option("--replications", type=click.IntRange(min=2), default=REPLICATIONS, show_default=True,
              help="How often each is run under other chance.")
@click.option("--days", type=click.FloatRange(min=0, min_open=True), help="Length of the runs, if not the scenario's.")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE",
              help="Change the scenario first; may be given several times.")
@places
@click.option("--json", "as_json_", is_flag=True, help="Print JSON: times in seconds, shares from 0 to 1.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), metavar="FILE",
              help="Write every metric to a CSV file (- is the terminal).")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown, for a chat message.")
def command(scenario: str, only: tuple[str, ...], added: tuple[str, ...], files: tuple[Path, ...], steps: int,
            listing: bool, seed: int, replications: int, days: float | None, changes: tuple[str, ...],
            jobs: int | None, cluster: str | None, as_json_: bool, csv_file: Path | None, as_markdown: bool) -> int:
    """Compare automation strategies, and find where more automation starts to hurt.

    Runs a documented set (no bot, triage only, cautious and broad bots with and without a way out, articles first,
    proactive first) and your own, and the bot's coverage in steps. What the team never automates stays so. How well
    bots work is the scenario's; where it does not say, common figures are assumed, and named.
    """
    if sum((as_json_, csv_file is not None, as_markdown)) > 1:
        raise click.UsageError("--json, --csv and --markdown exclude each other.")
    if csv_file is not None and not csv_file.absolute().parent.is_dir():
        raise click.UsageError(f"--csv {plain(str(csv_file))}: there is no such folder.")
    floor = floor_of(scenario, changes, days)
    chosen = [*_documented(only), *read_added(added, floor), *(one for file in files
                                                               for one in read_strategies(file, floor))]
    names = [one.name for one in chosen]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ExperimentError(f"two strategies are called {', '.join(map(plain, twice))}")
    if listing:
        click.echo("\n".join(line for one in chosen for line in _described(one)))
        return Exit.OK
    with place(jobs, cluster) as where, progress(f"{len(chosen)} strategies") as bar:
        found = strategies(floor, chosen, steps=steps, seed=seed, replications=replications, where=where, progress=bar)
    if as_json_:
        click.echo(json.dumps(strategising.document(found, scenario), indent=2, allow_nan=False, ensure_ascii=False))
    elif csv_file is not None:
        with click.open_file(str(csv_file), "w", encoding="utf-8", lazy=False) as stream:
            write_csv(stream, strategising.HEADER, strategising.csv_rows(found))
    elif as_markdown:
        click.echo("\n".join(strategising.markdown_lines(found)))
    else:
        width = max(60, terminal_width(120))
        write = str if has_unicode() else ascii_only
        click.echo("\n".join(write(line) for line in strategising.text(found, width)))
    if found.comparison.replications < replications:
        click.echo(f"Interrupted: {found.comparison.replications} of {replications} replications had finished.",
                   err=True)
        return Exit.INTERRUPTED
    return Exit.OK


def _documented(only: tuple[str, ...]) -> list[Strategy]:
    known = {one.name: one for one in DOCUMENTED}
    for name in only:
        if name not in known:
            raise ExperimentError(f"--only {plain(name)}: there is no such strategy; {did_you_mean(name, known)}")
    return [known[name] for name in dict.fromkeys(only)] if only else list(DOCUMENTED)


def _described(one: Strategy) -> list[str]:
    said = [f"    {plain(key)} = {plain(value)}" for key, value in one.changes]
    assumed = [f"    {key} = {value}  (where the scenario does not say)" for key, value in one.assumes]
    return [plain(one.name), f"    {plain(one.why)}", *said, *assumed]
