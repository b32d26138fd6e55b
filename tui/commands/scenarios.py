"""`flightdesk scenarios`: what is built in."""

from __future__ import annotations

import json
import textwrap

import rich_click as click

from core import catalogue
from tui.present import plain


@click.command("scenarios")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> None:
    """List the built-in scenarios."""
    entries = list(catalogue.entries())
    if as_json:
        click.echo(json.dumps({"schema": 1, "scenarios": [
            {"name": entry.name, "title": entry.title, "path": str(entry.path), "story": entry.story,
             "source": entry.source, "default": entry.name == catalogue.default_name()} for entry in entries]},
            indent=2, ensure_ascii=False))
        return
    width = max(len(entry.name) for entry in entries) + 2
    for entry in entries:
        click.echo(f"{entry.name:{width}}{plain(entry.title)}")
        for line in textwrap.wrap(plain(entry.story), 98 - width):
            click.echo(" " * width + line)
