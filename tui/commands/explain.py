"""`flightdesk explain NAME [SCENARIO]`: what a metric, a key, a word of the field or a column is."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence

import rich_click as click

from core.explain import CODES, Entry, explain, names
from core.scenario_file import load_scenario
from tui.present import page_width, plain

_LABELS = 14
"""Columns that labels take."""
_TITLES = {"word": "a word of the field", "metric": "a metric", "key": "a key of a scenario",
           "table": "a table of a scenario", "column": "a column of the records",
           **{kind: f"{kind} of a conversation" for kind in CODES}}
_GROUPS = {"metric": "Metrics", "word": "Words", "table": "Tables of a scenario", "column": "Columns of the records",
           **{kind: f"Codes of the column {kind}" for kind in CODES}}


@click.command("explain")
@click.argument("name", required=False)
@click.argument("scenario", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str | None, scenario: str | None, as_json: bool) -> None:
    """Explain a metric, a key or a word: what it is, what moves it, where it comes from.

    NAME is a metric (frt_p90), a key (bot.coverage, team.*.extra, or only extra), a table (team), a word of the field
    (shrinkage) or a column of the records; without it all names are listed. With SCENARIO, a file or the name of a
    built-in scenario, keys come with their values there.
    """
    if name is None:
        _list(as_json)
        return
    entries = explain(name, load_scenario(scenario) if scenario is not None else None)
    if as_json:
        click.echo(json.dumps({"schema": 1, "name": name, "entries": [
            {"kind": entry.kind, "name": entry.name, "text": entry.text, **entry.facts} for entry in entries]},
            indent=2, ensure_ascii=False))
        return
    for at, entry in enumerate(entries):
        click.echo("\n" * (at > 0) + "\n".join(map(plain, _lines(entry))))


def _lines(entry: Entry) -> Iterator[str]:
    yield f"{entry.name}  ({_TITLES[entry.kind]})"
    yield from (f"  {line}" for line in _wrapped(entry.text, page_width() - 2))
    for label, value in entry.facts.items():
        if isinstance(value, tuple) and " = " in value[0]:
            yield from _row(label, value)
        else:
            text = value if isinstance(value, str) else ", ".join(value)
            yield from _row(label, _wrapped(text, page_width() - 2 - _LABELS))


def _wrapped(text: str, width: int) -> list[str]:
    """Lines that end neither before a % nor in a hyphenated name."""
    return [line.replace("\xa0", " ") for line in
            textwrap.wrap(text.replace(" %", "\xa0%"), width, break_on_hyphens=False)]


def _row(label: str, lines: Sequence[str]) -> Iterator[str]:
    for at, line in enumerate(lines):
        text = textwrap.shorten(line, page_width() - 2 - _LABELS, placeholder=" …")
        yield f"  {label if at == 0 else '':{_LABELS}}{text}"


def _list(as_json: bool) -> None:
    every = names()
    if as_json:
        click.echo(json.dumps({"schema": 1, "names": every}, indent=2, ensure_ascii=False))
        return
    for at, (kind, title) in enumerate(_GROUPS.items()):
        click.echo("\n" * (at > 0) + title)
        of_kind = sorted(every[kind], key=str.casefold)
        for line in _wrapped(", ".join(of_kind), page_width() - 2):
            click.echo(f"  {line}")
    click.echo("\n`flightdesk keys SCENARIO` lists the keys of a scenario.")
