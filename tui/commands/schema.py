"""`flightdesk schema`: the JSON Schema of scenario files, which editors complete and check with."""

from __future__ import annotations

import json

import rich_click as click

from core.scenario_schema import schema


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    click.echo(json.dumps(schema(), indent=2, ensure_ascii=False))
