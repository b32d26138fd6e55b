"""`flightdesk compare A B [C ...]`: plans side by side under the same chance, as a table, JSON, CSV or Markdown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import rich_click as click

from core.errors import ExperimentError, UnitError, did_you_mean
from core.metrics import METRICS
from core.output.tables import Value, markdown, markdown_text, write_csv
from core.units import fraction, seconds
from sim.experiments.comparison import REPLICATIONS, Comparison, Precision, compare
from tui.comparing import WITHIN, chosen, heading, legend, names, rows, text_table, warnings
from tui.exit import Exit
from tui.places import place, places
from tui.plans import read_plans
from tui.present import as_json, command_line, progress, terminal_width
from tui.saving import finished, load_stored_or_not, saving, store_runs
from tui.widgets.text import ascii_only, has_unicode

NARROWEST = 80


@click.command("compare")
@click.argument("plans", nargs=-1, required=True, metavar="PLAN PLAN...")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Seed of everything that happens by chance, the same for all plans.")
@click.option("--replications", type=click.IntRange(min=1), default=REPLICATIONS, show_default=True,
              help="How often each plan is run under other chance; with --until, at least.")
@click.option("--until", multiple=True, metavar="[METRIC=]HALF_WIDTH",
              help="Add replications until the differences are this precise, such as 0.5% (of CSAT), frt_p90=30s or "
                   "cost=100; may be given several times.")
@click.option("--at-most", type=click.IntRange(min=1), default=500, show_default=True,
              help="No more replications than that for --until.")
@click.option("--days", type=click.FloatRange(min=0, min_open=True), help="Length of the runs, if not the scenario's.")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE",
              help="Change all the plans first; may be given several times.")
@click.option("--metric", "wanted", multiple=True, metavar="NAME", help="Show this metric; may be given several times.")
@click.option("--all", "everything", is_flag=True, help="Show every metric.")
@places
@saving
@click.option("--json", "as_json_", is_flag=True, help="Print JSON: times in seconds, shares from 0 to 1.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), metavar="FILE",
              help="Write the table to a CSV file (- is the terminal).")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown, for a chat message.")
def command(plans: tuple[str, ...], seed: int, replications: int, until: tuple[str, ...], at_most: int,
            days: float | None, changes: tuple[str, ...], wanted: tuple[str, ...], everything: bool,
            jobs: int | None, cluster: str | None, save: bool, keep: int,
            as_json_: bool, csv_file: Path | None, as_markdown: bool) -> int:
    """Compare plans under the same chance: what each changes, how sure that is, and what it costs.

    A PLAN is a scenario, a file or a built-in name, or a stored run or a session by its name, with changes after
    semicolons: 'b2b-saas; bot.coverage=60%'. A change may have a time: 'b2b-saas; Mon 09:00 team.frontline.extra=2'.
    "+" stands for the first plan: '+team.frontline.extra=2'. 'title=Two more people' gives a plan a name. The first is
    what the others are measured against.

    All plans meet the same customers, so a difference is far better known than either value. Its interval holds for all
    plans of a row at once (Bonferroni). The exit code is 1 if --until was not reached.
    """
    if sum((as_json_, csv_file is not None, as_markdown)) > 1:
        raise click.UsageError("--json, --csv and --markdown exclude each other.")
    if csv_file is not None and not csv_file.absolute().parent.is_dir():
        raise click.UsageError(f"--csv {csv_file}: there is no such folder.")
    if len(plans) < 2:
        raise click.UsageError("two plans are wanted at least, such as b2b-saas '+bot.coverage=60%'.")
    for name in wanted:
        known_metric(name)
    precision = read_precisions(until)
    given = read_plans(plans, changes=changes, days=days, load=load_stored_or_not)
    with place(jobs, cluster) as where, progress(f"{len(given)} plans") as bar:
        result = compare(given, seed, replications, where=where, progress=bar, until=precision,
                         at_most=max(at_most, replications), keep_records=keep if save else 0)
    metrics = chosen(result, wanted, everything)
    if as_json_:
        click.echo(json.dumps(document(result, list(wanted) or list(METRICS)), indent=2, allow_nan=False,
                              ensure_ascii=False))
    elif csv_file is not None:
        with click.open_file(str(csv_file), "w", encoding="utf-8", lazy=False) as file:
            write_csv(file, HEADER, csv_rows(result, list(wanted) or list(METRICS)))
    elif as_markdown:
        click.echo("\n".join(markdown_lines(result, metrics)))
    else:
        click.echo("\n".join(text_lines(result, metrics)))
    if save:
        store_runs([finished(plan.name, plan.scenario, seed, plan.interventions, runs, "compare")
                    for plan, runs in zip(result.plans, result.runs, strict=True)])
    return _exit(result, precision)


def _exit(result: Comparison, precision: Sequence[Precision]) -> int:
    if result.replications < result.asked:
        click.echo(f"Interrupted: {result.replications} of {result.asked} replications had finished.", err=True)
        return Exit.INTERRUPTED
    missed = [wanted for wanted in precision if not result.is_precise([wanted])]
    for wanted in missed:
        click.echo(f"--until {wanted.metric}: not reached in {result.replications} replications; it would take about "
                   f"{result.needed([wanted]):,} (--at-most).", err=True)
    return Exit.NO if missed else Exit.OK


def known_metric(name: str) -> str:
    """The name, if there is such a metric.

    Raises:
        ExperimentError: with the nearest, if not.
    """
    if name not in METRICS:
        raise ExperimentError(f"there is no metric {name}; {did_you_mean(name, METRICS)}")
    return name


def read_precision(text: str) -> Precision:
    """The half width of "frt_p90=30s"; without a metric it is that of CSAT.

    Raises:
        ExperimentError: for a metric that is not there, or a half width that has no reading in its unit.
    """
    name, equals, amount = (part.strip() for part in text.rpartition("="))
    metric = known_metric(name if equals else "csat")
    unit = METRICS[metric].unit
    try:
        half = seconds(amount) if unit == "s" else fraction(amount) if unit == "1" else float(amount)
    except (UnitError, ValueError) as error:
        what = error if isinstance(error, UnitError) else "a number is wanted"
        raise ExperimentError(f'--until {text}: {what}, given "{amount}" for {METRICS[metric].title}') from error
    return Precision(metric, half)


def read_precisions(texts: Sequence[str]) -> list[Precision]:
    """The half widths that are asked for.

    Raises:
        ExperimentError: with everything that cannot be read.
    """
    found, problems = [], []
    for text in texts:
        try:
            found.append(read_precision(text))
        except ExperimentError as error:
            problems.append(str(error))
    if problems:
        raise ExperimentError("\n".join(problems))
    return found


def document(result: Comparison, metrics: Sequence[str]) -> dict[str, Any]:
    """The JSON of a comparison: times in seconds, fractions from 0 to 1."""
    first = result.plans[result.reference].scenario
    return {
        "schema": 1, "kind": "comparison", "command": command_line(), "seed": result.seed,
        "replications": result.replications, "length": first.length,
        "warm_up": first.warm_up, "currency": first.currency, "reference": result.plans[result.reference].name,
        "confidence": result.confidence, "interval_confidence": result.interval_confidence,
        "correction": f"Bonferroni over {len(result.others)} differences of a metric",
        "plans": [{"name": plan.name, "title": plan.scenario.title, "trusted": not result.doubts(at),
                   "doubts": [{"kind": kind.value, "text": text} for kind, text in result.doubts(at).items()],
                   "rests_on_guesses": [{"key": key, "value": value} for key, value in result.guesses(at)],
                   "faster_but_less_satisfied": result.paradox(at),
                   "contained_but_less_satisfied": result.hides(at),
                   "why_csat_moved": [] if at == result.reference else [
                       {"driver": part.name, **as_json(part.points), "controlled_by_agent": part.controlled}
                       for part in result.why(at)],
                   "interventions": [{"at": change.at, "key": change.key, "value": change.value}
                                     for change in plan.interventions]}
                  for at, plan in enumerate(result.plans)],
        "metrics": {name: _metric(result, name) for name in metrics},
    }


def _metric(result: Comparison, name: str) -> dict[str, Any]:
    metric = METRICS[name]
    best = result.best(name)
    plans = []
    for at in range(len(result.plans)):
        cell = result.cell(name, at)
        plans.append({**as_json(cell.estimate), "difference": None if cell.difference is None else
                      as_json(cell.difference), "better_with_probability": cell.chance,
                      "verdict": cell.verdict.value if cell.difference is not None else None,
                      "best_with_probability": None if best is None else best[at]})
    within = {"within": result.plans[result.reference].scenario.service_level.within} if name in WITHIN else {}
    return {"title": metric.title, "unit": metric.unit, "better": metric.better, "formula": metric.formula,
            "estimator": ESTIMATORS[metric.kind], **within, "plans": plans}


ESTIMATORS = {"ratio": "ratio of means, linearised", "count": "mean over replications",
              "quantile": "mean of each replication's percentile"}
HEADER = ("metric", "plan", "value", "half_width", "difference", "difference_half_width", "better_with_probability",
          "verdict", "unit", "trusted")


def csv_rows(result: Comparison, metrics: Sequence[str]) -> Iterator[Sequence[Value]]:
    """A row a metric and plan, times in seconds, shares from 0 to 1."""
    trusted = ["no" if result.doubts(at) else "yes" for at in range(len(result.plans))]
    for name in metrics:
        for at, plan in enumerate(result.plans):
            cell = result.cell(name, at)
            apart = cell.difference
            yield (name, plan.name, cell.estimate.value, cell.estimate.half_width,
                   None if apart is None else apart.value, None if apart is None else apart.half_width, cell.chance,
                   None if apart is None else cell.verdict.value, METRICS[name].unit, trusted[at])


def text_lines(result: Comparison, metrics: Sequence[str]) -> Iterator[str]:
    """The report for people."""
    width = max(NARROWEST, terminal_width(200))
    write = str if has_unicode() else ascii_only
    lines = [*heading(result), "", *text_table(result, metrics, width), "", legend(rows(result, metrics)),
             *warnings(result)]
    yield from (write(line) for line in lines if line or metrics)


def markdown_lines(result: Comparison, metrics: Sequence[str]) -> Iterator[str]:
    """The report for a chat message."""
    table = rows(result, metrics)
    title, what = heading(result)
    yield f"**{markdown_text(title)}**, {markdown_text(what)}"
    yield ""
    plans = range(len(result.plans))
    yield from markdown(["", *names(result)], [[row.title, *(row.text(at) for at in plans)] for row in table])
    yield ""
    yield legend(table)
    yield from (f"**{markdown_text(line)}**" for line in warnings(result))
