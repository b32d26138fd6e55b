"""`flightdesk drill class`: a class plays the same drills under the same seeds, offline."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from core.drill.classroom import ClassFile
from core.drill.file import load_drill
from core.errors import DrillError
from tui.present import plain


@click.group("class")
def command() -> None:
    """Make a class: which drills it plays, and the key that its results are signed with."""


@command.command("new")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@click.option("-o", "--output", metavar="FILE", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="The class file, which every trainee gets.")
@click.option("--title", default="A class", show_default=True, help="What it is called.")
@click.option("--seed", "seeds", multiple=True, type=click.IntRange(min=0),
              help="Seed of the first session, the second ...; may be given several times. Without it every drill has "
                   "its own in each session.")
def new(names: tuple[str, ...], output: Path, title: str, seeds: tuple[int, ...]) -> None:
    """Make a class file.

    NAME is a built-in drill or a file. The class file has a random key: give it to the trainees and to nobody else,
    and keep it, since results cannot be collected without it.
    """
    if output.exists():
        raise click.UsageError(f"{output}: is there already; results of a class that is overwritten cannot be "
                               "collected any more.")
    group = ClassFile.new(title, [load_drill(name) for name in dict.fromkeys(names)], seeds)
    try:
        output.write_text(group.model_dump_json(indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise DrillError(f"{output}: cannot be written: {error.strerror or error}") from error
    for drill in group.drills:
        click.echo(f"{plain(drill.name)}: seed {', '.join(map(str, drill.seeds))}")
    click.echo(f'Trainees play with: flightdesk drill play {plain(group.drills[0].name)} --class {plain(str(output))} '
               '--trainee "Name"', err=True)
