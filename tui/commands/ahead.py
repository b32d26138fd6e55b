"""`flightdesk ahead SCENARIO`: from a time of a run on, where the rest of the day may go."""

from __future__ import annotations

import json

import numpy as np
import rich_click as click

from core.errors import InterventionError
from core.estimates import Estimate
from core.metrics import METRICS
from core.units import moment, write_moment
from tui.commands.run import Plan
from tui.comparing import difference_text
from tui.present import columns, plain, progress, value_and_error

SHOWN = ("frt_p90", "service_level", "csat", "abandonment_rate", "occupancy", "cost_per_conversation", "roar")
"""Metrics of the table for people; --json has all."""


@click.command("ahead")
@click.argument("scenario")
@click.option("--time", "time", required=True, metavar="TIME", help='The present, such as "Tue 10:30".')
@click.option("--until", metavar="TIME", help="How far to look; else to the end of the day, four hours at least.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Seed of everything that has happened by chance.")
@click.option("--replications", type=click.IntRange(min=2), default=24, show_default=True, metavar="N",
              help="How many ways to go on from there.")
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Processes; all processors if not given.")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE",
              help="Change the scenario first; may be given several times.")
@click.option("--at", "timed", multiple=True, nargs=2, metavar="TIME KEY=VALUE",
              help='Change it at a time, such as "Tue 10:30" bot.coverage=60%; may be given several times.')
@click.option("--json", "as_json", is_flag=True, help="Print JSON: times in seconds, shares from 0 to 1.")
def command(scenario: str, time: str, until: str | None, seed: int, replications: int, jobs: int | None,
            changes: tuple[str, ...], timed: tuple[tuple[str, str], ...], as_json: bool) -> None:
    """Look ahead from a time of a run.

    SCENARIO is a file or the name of a built-in scenario. The run up to that time is the one of the seed, as the live
    floor shows it; from there on chance goes other ways, and what they come to is shown as the range of eight in ten of
    them and its middle. Where something is changed with --at, the same ways without the changes tell what these do.
    """
    plan = Plan.read(scenario, seed, None, changes, timed)

    from sim.experiments.prospect import BAND, bands, effects, look_all
    from sim.outlook import Ask, horizon

    now = moment(time)
    end = horizon(now, plan.scenario.length) if until is None else moment(until)
    if not 0 <= now < end <= plan.scenario.length:
        raise InterventionError(f"{write_moment(round(now))} to {write_moment(round(end))}: a look ahead goes from a "
                                f"time of the run to a later one, up to {write_moment(plan.scenario.length)}")
    ask = Ask(plan.scenario, seed, plan.interventions, now, end)
    with progress("looking ahead") as report:
        prospects = look_all(ask, replications, jobs, report)
    against = {}
    if plan.interventions:
        with progress("looking ahead without the changes") as report:
            against = effects(list(zip(prospects, look_all(ask.twin, replications, jobs, report), strict=True)))
    measures = {name: np.quantile([one.measures[name] for one in prospects if name in one.measures], BAND).tolist()
                for name in prospects[0].measures}
    found = bands(prospects)
    if as_json:
        click.echo(json.dumps({
            "schema": 1, "scenario": scenario, "seed": seed, "time": now, "until": end, "replications": len(prospects),
            "measures": {name: dict(zip(("low", "middle", "high"), values, strict=True))
                         for name, values in measures.items()},
            "against_twin": {name: dict(zip(("low", "middle", "high"), values, strict=True))
                             for name, values in against.items()},
            "bands": {name: {"times": band.times.tolist(), **{
                edge: [None if np.isnan(value) else value for value in getattr(band, edge).tolist()]
                for edge in ("low", "middle", "high")}} for name, band in found.items()}}, indent=2))
        return
    click.echo(f"{plain(plan.scenario.title)}: from {write_moment(round(now))} to {write_moment(round(end))}, "
               f"{len(prospects)} ways to go on")
    currency = plain(plan.scenario.currency)
    rows = [("", "1 in 10 below", "middle", "1 in 10 above", *(("", "against the twin") if against else ()))]
    for name in SHOWN:
        if name in measures and any(measures[name]):
            low, middle, high = (" ".join(value_and_error(Estimate(value, None, METRICS[name].unit),
                                                          currency)).strip() for value in measures[name])
            less, by, more = (difference_text(Estimate(value, None, METRICS[name].unit), currency)
                              for value in against.get(name, (None,) * 3))
            rows.append((METRICS[name].title, low, middle, high, *((by, f"{less} to {more}") if against else ())))
    click.echo("\n".join(columns(rows, right=(1, 2, 3, 4), gap=3)))
