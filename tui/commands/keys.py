"""`flightdesk keys SCENARIO [WORD]`: what `--set`, `--at` and the knobs can change."""

from __future__ import annotations

import json
import textwrap

import rich_click as click

from core.errors import InterventionError, did_you_mean
from core.interventions import keys
from core.scenario_file import load_scenario
from tui.present import plain


@click.command("keys")
@click.argument("scenario")
@click.argument("word", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(scenario: str, word: str | None, as_json: bool) -> None:
    """List what can be changed in a scenario.

    SCENARIO is a file or the name of a built-in scenario. Each key comes with its value, its meaning and its bounds;
    with WORD only those that have it in them.
    """
    every = keys(load_scenario(scenario))
    chosen = [key for key in every if word is None or word in key.name]
    if not chosen:
        parts = sorted({part for key in every for part in key.name.split(".")})
        raise InterventionError(f"no key has {word!r} in it; {did_you_mean(word or '', parts)}")
    if as_json:
        click.echo(json.dumps({"schema": 1, "keys": [
            {"key": key.name, "value": key.value, "doc": key.doc, "allowed": key.allowed} for key in chosen]},
            indent=2, ensure_ascii=False))
        return
    for key in chosen:
        click.echo(plain(f"{key.name} = {textwrap.shorten(key.value, 80, placeholder=' ...')}"))
        for line in textwrap.wrap(plain(f"{key.doc} Takes {key.allowed}."), 94):
            click.echo(f"    {line}")
