"""`flightdesk drill play NAME`."""

from __future__ import annotations

from pathlib import Path

import rich_click as click

from core.drill.file import load_drill
from tui.drilling import judging


@click.command("play")
@click.argument("name")
@click.option("--actions", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="A recorded play, which is scored again, in place of playing.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed, in place of the drill's own or the recorded one.")
@click.option("--class", "group", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Play in a class: its file, from the trainer; writes a signed result to hand in.")
@click.option("--trainee", metavar="NAME", help="Who plays.")
@click.option("-o", "--output", metavar="PATH", type=click.Path(path_type=Path),
              help="Where the record is written; with --class the folder of the results, else the present one.")
@click.option("--screen", is_flag=True, help="Play on a screen of its own, in place of plain prompts.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: every digit.")
def command(name: str, actions: Path | None, seed: int | None, group: Path | None, trainee: str | None,
            output: Path | None, screen: bool, as_json: bool) -> int:
    """Play a drill by prompts, or a recorded one again, and score it.

    NAME is a built-in drill or a file.
    """
    drill = load_drill(name)
    if actions is not None:
        return judging.again(drill, actions, seed, as_json)
    return judging.play(drill, seed, trainee=trainee, group=group, out=output, as_json=as_json, screen=screen)
