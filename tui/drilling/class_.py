"""`flightdesk drill class`: a class plays the same drills under the same seeds, offline."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import rich_click as click

from core.drill.classroom import ClassFile
from core.drill.file import DrillFile, load_drill
from core.drill.floor import FloorDrill, Move
from core.errors import DrillError
from tui.places import place, places
from tui.present import plain, progress


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
@places
def new(names: tuple[str, ...], output: Path, title: str, seeds: tuple[int, ...], jobs: int | None,
        cluster: str | None) -> None:
    """Make a class file.

    NAME is a built-in drill or a file. The class file has a random key: give it to the trainees and to nobody else,
    and keep it, since results cannot be collected without it. For a floor drill under a seed that is not its own the
    reference policy is looked for now, which takes some minutes, and goes along in the file.
    """
    if output.exists():
        raise click.UsageError(f"{output}: is there already; results of a class that is overwritten cannot be "
                               "collected any more.")
    drills = [load_drill(name) for name in dict.fromkeys(names)]
    group = ClassFile.new(title, drills, seeds, _references(drills, seeds, jobs, cluster))
    try:
        output.write_text(group.model_dump_json(indent=1) + "\n", encoding="utf-8")
    except OSError as error:
        raise DrillError(f"{output}: cannot be written: {error.strerror or error}") from error
    for drill in group.drills:
        click.echo(f"{plain(drill.name)}: seed {', '.join(map(str, drill.seeds))}")
    click.echo(f'Trainees play with: flightdesk drill play {plain(group.drills[0].name)} --class {plain(str(output))} '
               '--trainee "Name"', err=True)


def _references(drills: Sequence[DrillFile], seeds: Sequence[int], jobs: int | None,
                cluster: str | None) -> dict[str, dict[str, tuple[Move, ...]]]:
    """The reference policies that the class's trainees are measured by, by the drill's digest."""
    from sim.drills.exercise import Exercise
    from sim.drills.reference import for_class

    found = {}
    for drill in drills:
        if isinstance(drill.drill, FloorDrill):
            wanted = seeds or (drill.drill.seed,)
            with progress(f"{drill.name}: looking for the reference policy") as tell, place(jobs, cluster) as executor:
                found[drill.digest] = for_class(Exercise.of(drill), wanted, executor, tell)
    return found
