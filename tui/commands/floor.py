"""`flightdesk floor SCENARIO --time TIME`: what the live floor shows at a moment, as text or JSON."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator

import rich_click as click

from core.interventions import Intervention
from core.units import DAY, MINUTE, moment, write_moment
from sim.snapshot import Snapshot, TeamSnapshot
from tui.commands.run import Plan
from tui.present import columns, plain

LOOKS_EVERY = 5 * MINUTE
"""How often what happens is looked at on the way (simulated s)."""
NEWS = 12
"""Happenings that are told."""


@click.command("floor")
@click.argument("scenario")
@click.option("--time", "time", required=True, metavar="TIME", help='When to look, such as "Tue 10:30".')
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Seed of everything that happens by chance.")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE",
              help="Change the scenario first, for the floor and its twin; may be given several times.")
@click.option("--at", "timed", multiple=True, nargs=2, metavar="TIME KEY=VALUE",
              help='Change the floor at a time, and not its twin, such as "Tue 09:30" bot.coverage=60%.')
@click.option("--json", "as_json", is_flag=True, help="Print JSON: times in seconds, shares from 0 to 1.")
def command(scenario: str, time: str, seed: int, changes: tuple[str, ...], timed: tuple[tuple[str, str], ...],
            as_json: bool) -> None:
    """Show the floor at a moment.

    SCENARIO is a file or the name of a built-in scenario. It is the picture that `flightdesk live` draws: key figures
    beside the twin without the changes, the funnel of the last hour, each queue with its people, and what happened
    since midnight.
    """
    plan = Plan.read(scenario, seed, None, changes, timed)
    at = min(moment(time), plan.scenario.length)

    from sim.feed import Feed, Happening
    from sim.floor import Floor
    from sim.history import in_words
    from sim.people import People

    floor, twin = Floor(plan.scenario, seed, interventions=plan.interventions), Floor(plan.scenario, seed)
    midnight = at // DAY * DAY
    feed = Feed(plan.scenario, People(seed))
    floor.advance(midnight)
    while floor.now < at:
        feed.observe(floor.snapshot())
        floor.advance(min(floor.now + LOOKS_EVERY, at))
    twin.advance(at)
    snapshot = floor.snapshot()
    feed.observe(snapshot)
    made = [Happening(change.at, "change", f"{in_words(change)}, by plan of this command")
            for change in plan.interventions if midnight <= change.at <= at]
    news = sorted([*feed.newest(), *made], key=lambda happening: -happening.at)[:NEWS]
    if as_json:
        click.echo(json.dumps(document(snapshot, twin.snapshot(), plan.interventions) | {"happenings": [
            {"at": one.at, "kind": one.kind, "text": one.text, "need": one.need} for one in news]},
            indent=2, ensure_ascii=False))
        return
    click.echo(f"{plain(plan.scenario.title)}, {write_moment(round(at))}, seed {seed}")
    click.echo("\n".join(report(plan, snapshot, twin.snapshot())))
    if news:
        click.echo("\nSince midnight")
        click.echo("\n".join(columns([(f"  {write_moment(round(one.at))}", plain(one.text)) for one in news])))


def document(snapshot: Snapshot, twin: Snapshot, interventions: tuple[Intervention, ...]) -> dict[str, object]:
    """The JSON of the picture."""
    return {"schema": 1, "time": snapshot.now,
            "interventions": [{"at": one.at, "key": one.key, "value": one.value} for one in interventions],
            "kpi": {name: _finite(value) for name, value in snapshot.kpi.items()},
            "twin": {name: _finite(value) for name, value in twin.kpi.items()}, "funnel": dict(snapshot.funnel),
            "teams": [{
                "name": team.name, "planned": team.planned, "waiting": team.waiting, "late": sum(team.late),
                "oldest": team.oldest, "people": [{
                    "state": person.state, "open": person.open, "slots": person.slots, "new": person.new,
                    "strained": person.strained} for person in team.people]} for team in snapshot.teams]}


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def report(plan: Plan, snapshot: Snapshot, twin: Snapshot) -> Iterator[str]:
    """The lines for people."""
    from tui.widgets import numbers
    from tui.widgets.funnel import label, stages
    from tui.widgets.measures import measures, value_of

    changed = bool(plan.interventions)
    yield ""
    yield "Key figures, last hour" + (", and against the twin without the changes" if changed else "")
    rows = []
    for measure in measures(plan.scenario).values():
        value, other = value_of(measure, snapshot), value_of(measure, twin)
        verdict, _ = measure.verdict(value)
        difference, _ = measure.against(value, other)
        rows.append((f"  {measure.title}", measure.write(value), verdict, difference if changed else ""))
    yield from columns(rows, right=(1,))
    yield ""
    yield "Funnel, last hour"
    yield from columns([(f"  {label(name)}", numbers.count(snapshot.funnel.get(name, 0)),
                         f"(twin {numbers.count(twin.funnel.get(name, 0))})" if changed else "")
                        for name in stages(snapshot)], right=(1,))
    now = [f"{snapshot.funnel[name]} {words}" for name, words in (
        ("with_help_centre", "reading"), ("with_bot", "with the bot"), ("waiting", "waiting"), ("in_hand", "in hand"))
        if snapshot.funnel.get(name)]
    yield f"  now: {', '.join(now) or 'nobody'}"
    yield ""
    teams: list[tuple[str, ...]] = [("Teams", "waiting", "late", "oldest", "free", "busy", "away", "new",
                                     "strained")]
    yield from columns([*teams, *map(_team, snapshot.teams)], right=tuple(range(1, 9)))


def _team(team: TeamSnapshot) -> tuple[str, ...]:
    from tui.widgets import numbers

    states = [person.state for person in team.people]
    counts = (states.count("free"), sum(states.count(state) for state in ("busy", "full", "wrap_up")),
              states.count("break") + states.count("away"), sum(person.new for person in team.people),
              sum(person.strained for person in team.people))
    return (f"  {plain(team.name)}", str(team.waiting), str(sum(team.late)), numbers.duration(team.oldest),
            *map(str, counts))
