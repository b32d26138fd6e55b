"""`flightdesk drill list`: the drills that come with Flightdesk, in the order of the curriculum."""

from __future__ import annotations

import json
from dataclasses import asdict

import rich_click as click

from core.drill import shelf
from core.drill.file import DrillFile, load_drill
from core.drill.records import Scored, best, scores
from tui.present import columns, page_width, plain, wrapped


@click.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """List the built-in drills, in the order of the curriculum."""
    drills, scored = curriculum(), scores()
    if as_json:
        click.echo(json.dumps({"schema": 1, "drills": [
            {"name": one.name, **one.drill.model_dump(mode="json", include={
                "kind", "number", "title", "level", "goals", "brief", "scenario", "seed", "pass_mark"}),
             "best": None if (found := best(scored, one.digest)) is None else asdict(found)}
            for one in drills]}, indent=2, ensure_ascii=False))
        return
    rows = [(str(one.drill.number), one.name, one.drill.kind, one.drill.level, plain(one.drill.title),
             _verdict(best(scored, one.digest))) for one in drills]
    for one, line in zip(drills, columns(rows, right=(0,)), strict=True):
        click.echo(line)
        for goal in one.drill.goals:
            click.echo("\n".join(f"      {part}" for part in wrapped(plain(goal), page_width() - 6)))


def _verdict(scored: Scored | None) -> str:
    """What was made of a drill, in words."""
    return "" if scored is None else f"{'passed' if scored.passed else 'not passed'}, {scored.points:.0f}"


def curriculum() -> list[DrillFile]:
    """The built-in drills by their place in the curriculum."""
    return sorted(map(load_drill, shelf.names()), key=lambda one: (one.drill.number, one.name))
