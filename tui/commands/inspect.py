"""`flightdesk inspect SCENARIO`: one conversation from its beginning to its end; or who waits at a time."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator

import rich_click as click

from core.units import moment, write_moment, write_seconds
from tui.commands.run import Plan
from tui.present import clock, columns, plain, terminal_width


@click.command("inspect")
@click.argument("scenario")
@click.option("--need", type=click.IntRange(min=0), metavar="N",
              help="Number of the need, as lists and the live floor show it.")
@click.option("--time", "time", metavar="TIME",
              help='When to look, such as "Tue 10:30"; else at the end of the run.')
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Seed of everything that happens by chance.")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE",
              help="Change the scenario first; may be given several times.")
@click.option("--at", "timed", multiple=True, nargs=2, metavar="TIME KEY=VALUE",
              help='Change it at a time, such as "Tue 09:30" bot.coverage=60%; may be given several times.')
@click.option("--json", "as_json", is_flag=True, help="Print JSON: times in seconds since Monday 00:00.")
def command(scenario: str, need: int | None, time: str | None, seed: int, changes: tuple[str, ...],
            timed: tuple[tuple[str, str], ...], as_json: bool) -> None:
    """Follow one customer's matter through the tiers.

    SCENARIO is a file or the name of a built-in scenario. It shows each step with its time, who took it, and what moved
    the rating. Without --need it lists who is waiting at that time, with the numbers of their needs.
    """
    plan = Plan.read(scenario, seed, None, changes, timed)
    at = plan.scenario.length if time is None else min(moment(time), plan.scenario.length)

    from sim.floor import Floor
    from sim.people import People

    floor = Floor(plan.scenario, seed, interventions=plan.interventions)
    floor.advance(at)
    if need is None:
        waiting = [(team.name, number, wait, expects) for team in floor.snapshot().teams
                   for number, wait, expects in zip(team.needs, team.waits, team.expects, strict=True)]
        if as_json:
            names = ("team", "need", "waits", "expects")
            click.echo(json.dumps({"schema": 1, "time": at, "waiting": [
                dict(zip(names, row, strict=True)) for row in waiting]}, indent=2))
            return
        rows = [("team", "need", "waits", "expects")]
        rows += [(plain(team), str(number), clock(wait), write_seconds(expects))
                 for team, number, wait, expects in waiting]
        click.echo(f"Who waits at {write_moment(round(at))}: {len(waiting) or 'nobody'}")
        click.echo("\n".join(columns(rows, right=(1, 2, 3)) if waiting else ()))
        return
    case = floor.case(need, People(seed))
    if as_json:
        told = dataclasses.asdict(case) | {"about": dict(case.about)}
        click.echo(json.dumps({"schema": 1, "time": at, **told}, indent=2, ensure_ascii=False))
        return
    from tui.widgets.inspector import case_lines
    from tui.widgets.text import ascii_only, has_unicode, text_of

    def lines() -> Iterator[str]:
        yield f"Conversation {case.need}: {plain(case.name)}" + (f", {plain(case.company)}" if case.company else "")
        width = terminal_width(120)
        yield from (text_of(line).rstrip() for line in case_lines(case, width))

    for line in lines():
        click.echo(line if has_unicode() else ascii_only(line))
