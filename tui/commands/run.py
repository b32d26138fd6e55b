"""`flightdesk run SCENARIO`: replications of a scenario, its metrics with intervals as a table, JSON or CSV."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import rich_click as click

from core.errors import InterventionError, UnitError
from core.estimates import Estimate
from core.interventions import Intervention, parse_change, planned, with_value
from core.metrics import METRICS
from core.output.tables import write_csv
from core.scenario import Scenario
from core.toml_lines import quoted
from core.units import moment, write_moment, write_seconds
from sim.experiments.replications import Outcome, replicate
from tui.exit import Exit
from tui.places import place, places
from tui.plans import floor_of
from tui.present import as_json, columns, command_line, plain, progress, terminal_width, value_and_error
from tui.saving import finished, saving, store_runs

GROUPS = (
    ("Customers", ("needs", "prevented_rate", "self_serve_rate", "turned_away_rate", "conversations",
                   "human_conversations")),
    ("Automation", ("deflection_rate", "containment_rate", "roar", "roar_settled", "roar_articles",
                    "bot_resolution_rate")),
    ("Routing", ("rule_rate", "right_first_rate", "transfer_rate", "escalation_rate", "callback_rate",
                 "foreign_rate")),
    ("Waiting", ("wait_mean", "p_wait", "asa", "answer_p90", "frt_mean", "frt_p50", "frt_p90", "frt_office_mean",
                 "service_level", "service_level_answered", "service_level_offered", "abandonment_rate", "waiting",
                 "backlog", "ttr_mean")),
    ("People", ("aht", "aht_expected", "handle_index", "tap_rate", "occupancy", "utilisation", "concurrency", "hires",
                "cost", "cost_per_conversation", "cost_per_resolution")),
    ("Satisfaction", ("csat", "csat_controlled", "csat_surveyed", "survey_response", "fcr", "iqs", "upset_rate",
                      "churn_risk", "money_at_risk")),
)
"""The order of the table; metrics that are not named here follow at its end."""
WITHIN = ("service_level", "service_level_answered", "service_level_offered")
"""Metrics that depend on the scenario's threshold."""


@click.command("run")
@click.argument("scenario")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Seed of everything that happens by chance.")
@click.option("--replications", type=click.IntRange(min=1), default=10, show_default=True,
              help="How often the run is repeated under other chance; one alone has no intervals.")
@click.option("--days", type=click.FloatRange(min=0, min_open=True), help="Length of the run, if not the scenario's.")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE",
              help="Change the scenario first; may be given several times.")
@click.option("--at", "timed", multiple=True, nargs=2, metavar="TIME KEY=VALUE",
              help='Change it in the run, such as --at "Tue 10:30" team.frontline.extra=2; may be given several times.')
@places
@saving
@click.option("--json", "as_json_", is_flag=True, help="Print JSON: times in seconds, shares from 0 to 1.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), metavar="FILE",
              help="Write the metrics to a CSV file (- is the terminal).")
def command(scenario: str, seed: int, replications: int, days: float | None, changes: tuple[str, ...],
            timed: tuple[tuple[str, str], ...], jobs: int | None, cluster: str | None, save: bool, keep: int,
            as_json_: bool, csv_file: Path | None) -> int:
    """Run a scenario and report its metrics with their intervals.

    SCENARIO is a file or the name of a built-in scenario. The run goes to the run store; `flightdesk runs` lists it.
    """
    if as_json_ and csv_file is not None:
        raise click.UsageError("--json and --csv exclude each other.")
    if csv_file is not None and not csv_file.absolute().parent.is_dir():
        raise click.UsageError(f"--csv {csv_file}: there is no such folder.")
    plan = Plan.read(scenario, seed, days, changes, timed)
    with place(jobs, cluster) as where, progress(plain(plan.scenario.title)) as bar:
        outcome = replicate(plan.scenario, seed, replications, plan.interventions, progress=bar,
                            keep_records=keep if save else 0, where=where)
    if as_json_:
        click.echo(json.dumps(document(plan, outcome), indent=2, allow_nan=False, ensure_ascii=False))
    elif csv_file is not None:
        with click.open_file(str(csv_file), "w", encoding="utf-8", lazy=False) as file:
            write_csv(file, ("metric", "value", "half_width", "unit", "formula"),
                      ((name, estimate.value, estimate.half_width, estimate.unit, METRICS[name].formula)
                       for name, estimate in outcome.estimates.items()))
    else:
        click.echo("\n".join(table(plan, outcome)))
    if save:
        name = "; ".join((plan.name, *changes, *map(" ".join, timed)))
        store_runs([finished(name, plan.scenario, seed, plan.interventions, outcome.runs)])
    if outcome.replications < replications:
        click.echo(f"Interrupted: {outcome.replications} of {replications} replications had finished.", err=True)
        return Exit.INTERRUPTED
    return Exit.OK


@dataclass(frozen=True)
class Plan:
    """What is run: a scenario with its changes, and what changes on the way."""

    name: str
    seed: int
    scenario: Scenario
    interventions: tuple[Intervention, ...]
    """Those of the command line."""

    @staticmethod
    def read(name: str, seed: int, days: float | None, changes: tuple[str, ...],
             timed: tuple[tuple[str, str], ...]) -> Plan:
        """The plan that the command line describes; every change is tried before anything runs.

        Raises:
            FlightdeskError: for a scenario, a key, a value or a time that cannot be used.
        """
        scenario = floor_of(name, changes, days)
        interventions = sorted((Intervention(_moment(time), *parse_change(text)) for time, text in timed),
                               key=lambda change: change.at)
        for change in interventions:
            if change.at >= scenario.length:
                raise InterventionError(f"--at {write_moment(change.at)}: the run ends before, at "
                                        f"{write_moment(scenario.length)}; --days makes it longer")
        plan = Plan(name, seed, scenario, tuple(interventions))
        changed = scenario
        for change in plan.changes:
            changed = with_value(changed, change.key, change.value)
        return plan

    @property
    def changes(self) -> list[Intervention]:
        """All that is changed before the run ends: by the scenario itself, and by `interventions`."""
        both = sorted((*planned(self.scenario), *self.interventions), key=lambda change: change.at)
        return [change for change in both if change.at < self.scenario.length]


def _moment(text: str) -> float:
    try:
        return moment(text)
    except UnitError as error:
        raise InterventionError(f"--at: {error}, given {quoted(text)}") from error


def document(plan: Plan, outcome: Outcome) -> dict[str, Any]:
    """The JSON of a run: times in seconds, fractions from 0 to 1."""
    within = plan.scenario.service_level.within
    metrics: dict[str, Mapping[str, object]] = {}
    for name, estimate in outcome.estimates.items():
        threshold = {"within": within} if name in WITHIN else {}
        metrics[name] = {**as_json(estimate), "formula": METRICS[name].formula, **threshold}
    return {"schema": 1, "kind": "run", "command": command_line(), "scenario": plan.name,
            "title": plan.scenario.title, "seed": plan.seed, "currency": plan.scenario.currency,
            "replications": outcome.replications, "length": plan.scenario.length, "warm_up": plan.scenario.warm_up,
            "interventions": [{"at": change.at, "key": change.key, "value": change.value}
                              for change in plan.changes],
            "metrics": metrics}


def table(plan: Plan, outcome: Outcome) -> Iterator[str]:
    """The lines of the report for people."""
    scenario, count = plan.scenario, outcome.replications
    yield plain(scenario.title)
    after = f" after {write_seconds(scenario.warm_up)} of warm-up" if scenario.warm_up else ""
    runs = f"{count} replications, 95 % intervals" if count > 1 else "1 replication, so no intervals"
    yield f"{write_seconds(scenario.length)}{after}, seed {plan.seed}, {runs}"
    for change in plan.changes:
        yield f"{write_moment(change.at)}: {plain(change.key)} = {plain(change.value)}"
    yield from metric_table(outcome, terminal_width(200))


def metric_table(outcome: Outcome, width: int) -> Iterator[str]:
    """The metrics in groups: title, value, half width, formula as far as the width goes."""
    scenario, estimates = outcome.scenario, outcome.estimates
    grouped = {name for _, names in GROUPS for name in names}
    groups = [(title, [name for name in names if name in estimates and not _is_nothing(estimates[name])])
              for title, names in (*GROUPS, ("Others", tuple(name for name in estimates if name not in grouped)))]
    rows = []
    for _, names in groups:
        for name in names:
            within = f" ({write_seconds(scenario.service_level.within)})" if name in WITHIN else ""
            value, error = value_and_error(estimates[name], plain(scenario.currency))
            rows.append((f"  {METRICS[name].title}{within}", value, error, f" {METRICS[name].formula}"))
    lines = columns(rows, right=(1,), gap=1)
    for title, names in groups:
        if names:
            yield ""
            yield title
        for _ in names:
            line = next(lines)
            yield line if len(line) <= width else line[:width - 1] + "…"


def _is_nothing(estimate: Estimate) -> bool:
    """Whether there was nothing to measure, or never anything of the kind: a bot that is off has no line."""
    return estimate.value is None or (estimate.value == 0.0 and not estimate.half_width)
