"""`flightdesk check FILE...`: every problem of scenario and drill files at once, for people and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

import rich_click as click

from core import catalogue
from core.drill import shelf
from core.drill.file import DrillReading, examine_drill, is_drill
from core.errors import ScenarioError
from core.scenario_file import Reading, examine, read_text
from tui.exit import Exit
from tui.present import plain


@click.command("check")
@click.argument("files", metavar="FILE...", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(files: tuple[str, ...], as_json: bool) -> int:
    """Check scenario and drill files: every problem at once, with its line.

    FILE is a file or the name of a built-in scenario or drill. The exit code is 2 if any of them has a problem; notes,
    such as a profile that nobody uses, are no problems.
    """
    readings = [_reading(file) for file in files]
    if as_json:
        click.echo(json.dumps({"schema": 1, "files": [
            {"file": reading.file, "ok": not reading.problems, "problems": list(map(asdict, reading.problems)),
             "notes": list(map(asdict, reading.notes))} for reading in readings]}, indent=2, ensure_ascii=False))
    else:
        for reading in readings:
            _report(reading)
    return Exit.INPUT if any(reading.problems for reading in readings) else Exit.OK


def _reading(name: str) -> Reading | DrillReading:
    try:
        file = shelf.find(name) if name in shelf.names() else catalogue.find(name)
        text = read_text(file)
        return examine_drill(text, file) if is_drill(text) else examine(text, str(file))
    except ScenarioError as error:
        return Reading(error.file, None, error.problems)


def _report(reading: Reading | DrillReading) -> None:
    for problem in reading.problems:
        click.echo(plain(problem.text(reading.file)))
    for note in reading.notes:
        click.echo(plain(f"{note.text(reading.file)} (a note)"))
    count = len(reading.problems)
    click.echo(plain(f"{reading.file}: " + ("fine" if not count else f"{count} problem{'s' * (count > 1)}")))
