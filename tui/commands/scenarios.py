"""`flightdesk scenarios`: what is built in, and how large it is."""

from __future__ import annotations

import json
import textwrap
from typing import Any

import rich_click as click

from core import catalogue
from core.scenario_file import load_scenario
from sim.overview import Overview, overview
from tui.glance import in_words
from tui.present import plain


@click.command("scenarios")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """List the built-in scenarios."""
    listed = [(entry, load_scenario(entry.path)) for entry in catalogue.entries()]
    if as_json:
        click.echo(json.dumps({"schema": 1, "scenarios": [
            {"name": entry.name, "title": entry.title, "path": str(entry.path), "story": entry.story,
             "source": entry.source, "default": entry.name == catalogue.default_name(), "length": scenario.length,
             "incidents": list(scenario.incident), **_figures(overview(scenario))} for entry, scenario in listed]},
            indent=2, ensure_ascii=False))
        return
    width = max(len(entry.name) for entry, _ in listed) + 2
    for entry, scenario in listed:
        click.echo(f"{entry.name:{width}}{plain(entry.title)}")
        for text in (entry.story, in_words(scenario, overview(scenario))):
            for line in textwrap.wrap(plain(text), 98 - width):
                click.echo(" " * width + line)


def _figures(week: Overview) -> dict[str, Any]:
    return {"needs_a_week": round(week.needs_a_week, 1), "most_people": week.most_people, "teams": list(week.teams),
            "topics": list(week.topics), "channels": list(week.channels),
            "needs_by_hour": [round(value, 2) for value in week.needs.tolist()],
            "people_by_hour": [int(value) for value in week.people.tolist()]}
