"""`flightdesk why SCENARIO --at TIME KEY=VALUE`: what a change did to CSAT, part by part."""

from __future__ import annotations

import dataclasses
import json

import rich_click as click

from core.errors import InterventionError, did_you_mean
from core.units import moment, write_moment
from tui.commands.run import Plan
from tui.present import columns, plain


@click.command("why")
@click.argument("scenario")
@click.option("--at", "timed", multiple=True, nargs=2, metavar="TIME KEY=VALUE", required=True,
              help='The change, such as "Tue 10:30" bot.coverage=60%; may be given several times.')
@click.option("--time", "time", metavar="TIME", help="When to look; else at the end of the run.")
@click.option("--since", metavar="TIME", help="Conversations that ended since then count; else since the first change.")
@click.option("--by", "dimension", default="driver", show_default=True, metavar="WHAT",
              help="Split by driver, or by a kind of conversation: topic, segment, channel, level.")
@click.option("--behind", metavar="PART", help="List the conversations behind that part.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Seed of everything that happens by chance.")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE",
              help="Change the scenario first, for the floor and its twin; may be given several times.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: times in seconds, shares from 0 to 1.")
def command(scenario: str, timed: tuple[tuple[str, str], ...], time: str | None, since: str | None, dimension: str,
            behind: str | None, seed: int, changes: tuple[str, ...], as_json: bool) -> None:
    """Say why CSAT moved.

    SCENARIO is a file or the name of a built-in scenario. Two floors run with the same customers, one with the changes
    and its twin without; the difference of their CSAT is split into parts that add up exactly.
    """
    plan = Plan.read(scenario, seed, None, changes, timed)
    until = plan.scenario.length if time is None else min(moment(time), plan.scenario.length)
    begun = min(change.at for change in plan.interventions) if since is None else moment(since)
    if begun >= until:
        raise InterventionError(f"{write_moment(round(begun))}: must be before {write_moment(round(until))}")

    from sim.floor import Floor
    from sim.reasons import Why

    floor = Floor(plan.scenario, seed, interventions=plan.interventions)
    twin = Floor(plan.scenario, seed)
    for one in (floor, twin):
        one.advance(until)
    why = Why(begun, until, floor.scenario, plan.scenario, floor.rated(begun), twin.rated(begun))
    if dimension not in why.dimensions:
        raise InterventionError(f"--by {dimension}: {did_you_mean(dimension, why.dimensions)}")
    reasons = why.reasons(dimension)
    if behind is not None and behind not in [reason.name for reason in reasons]:
        raise InterventionError(f"--behind {behind}: {did_you_mean(behind, [reason.name for reason in reasons])}")
    witnesses = () if behind is None else why.witnesses(dimension, behind)
    if as_json:
        click.echo(json.dumps({
            "schema": 1, "since": begun, "until": until, "rated": dict(zip(("twin", "floor"), why.rated, strict=True)),
            "csat": dict(zip(("twin", "floor"), why.csat, strict=True)), "difference": why.difference, "by": dimension,
            "parts": [dataclasses.asdict(reason) for reason in reasons],
            "behind": [dataclasses.asdict(witness) for witness in witnesses]}, indent=2))
        return
    before, after = ("–" if value is None else f"{value * 100:.1f} %" for value in why.csat)
    click.echo(f"CSAT {before} in the twin ({why.rated[0]} rated), {after} with the changes ({why.rated[1]} rated), "
               f"{write_moment(round(begun))} to {write_moment(round(until))}")
    if behind is None:
        parts = [(f"  {plain(reason.name.replace('_', ' '))}", f"{reason.points * 100:+.2f} pt", plain(reason.detail))
                 for reason in reasons]
        if why.difference is not None:
            parts.append(("  together", f"{why.difference * 100:+.2f} pt", ""))
        click.echo("\n".join(columns(parts, right=(1,))))
        return
    rows = [("  need", "about", "rating", "twin's", "points")]
    rows += [(f"  {one.need}", plain(" · ".join(filter(None, (one.topic, one.segment, one.channel, one.level)))),
              str(one.rating), "–" if one.twin_rating is None else str(one.twin_rating), f"{one.points * 100:+.0f}")
             for one in witnesses]
    click.echo("\n".join(columns(rows, right=(2, 3, 4))))
