"""Playing a judgement drill from the command line: by prompts, or again from a record; and handing in a class's result.

Called by `flightdesk drill play`. What a play is, is in `sim.drills.round` and `sim.drills.dealing`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from core.drill.classroom import ClassFile, read_class, read_result, sign
from core.drill.file import DrillFile
from core.drill.performance import Performance, dump, read
from core.errors import DrillError, FlightdeskError
from sim.drills.dealing import Result, deal, judge
from sim.drills.round import Round
from tui.drilling import judged, prompts
from tui.exit import Exit
from tui.front import on_a_terminal, run_app
from tui.present import page_width, plain

if TYPE_CHECKING:
    from tui.app import Flightdesk


def again(drill: DrillFile, actions: Path, seed: int | None, as_json: bool) -> int:
    """Scores a recorded play."""
    result = judge(drill, read(actions), seed, name=str(actions))
    if as_json:
        click.echo(json.dumps(result.document(), indent=2, ensure_ascii=False))
    else:
        show(result)
    return Exit.OK if result.passed else Exit.NO


def play(drill: DrillFile, seed: int | None, *, trainee: str | None, group: Path | None, out: Path | None,
         as_json: bool, screen: bool) -> int:
    """Plays a drill, writes its record, or a class's result, and shows what it came to.

    Args:
        drill: the drill.
        seed: in place of the drill's own; a class has its own.
        trainee: who plays; a class needs to know.
        group: the file of a class, for a signed result.
        out: the file of the record, or the folder of a class's results.
        as_json: whether the result goes to stdout as JSON.
        screen: on a screen of its own, in place of plain prompts.
    """
    session = 1
    the_class = None
    if group is not None:
        the_class, folder = read_class(group), out or Path()
        if not trainee:
            raise click.UsageError('a class needs to know who plays: --trainee "Name"')
        if seed is not None:
            raise click.UsageError("--seed: the class says under which seed its sessions are played.")
        entry = the_class.drill(drill)
        session = next_session(folder, the_class, trainee, entry.digest)
        seed = entry.seed(session)
        click.echo(f"{plain(the_class.title)}: session {session}", err=True)
    seed = drill.drill.seed if seed is None else seed
    if screen and not on_a_terminal():
        raise click.UsageError("There is no terminal to draw on; without --screen the drill is played by prompts.")
    if drill.drill.kind == "reading":
        click.echo("The floor runs ...", err=True)
    one = Round(drill, deal(drill, seed), seed, trainee)
    finished = run_app(_app(one)) == Exit.OK if screen else prompts.play(one, page_width(79))
    result = one.result()
    if the_class is not None and trainee:
        path = hand_in(the_class, trainee, session, result, folder)
        click.echo(f"Hand in {plain(str(path))}", err=True)
    elif out is not None:
        write(out, one.performance)
        click.echo(f"Written: {plain(str(out))}", err=True)
    click.echo("", err=True)
    if as_json:
        click.echo(json.dumps(result.document(), indent=2, ensure_ascii=False))
    else:
        show(result)
    if not finished:
        return Exit.INTERRUPTED
    return Exit.OK if result.passed else Exit.NO


def _app(one: Round) -> Flightdesk:
    """The application with the drill on its first screen."""
    from tui.screens.hand import HandApp
    from tui.settings import read_settings

    settings, problems = read_settings()
    return HandApp(one, settings=settings, problems=problems)


def show(result: Result) -> None:
    """The result for people, on stdout."""
    click.echo(f"{plain(result.file.drill.title)}, seed {result.seed}")
    click.echo("\n".join(judged.report(result, page_width())))


def write(file: Path, performance: Performance) -> None:
    """Writes the record of a play.

    Raises:
        DrillError: where that cannot be.
    """
    _write(file, dump(performance))


def hand_in(group: ClassFile, trainee: str, session: int, result: Result, folder: Path) -> Path:
    """Writes a signed result into a folder, under a name that tells drill, trainee and session."""
    signed = sign(group, trainee, session, result.performance, result.points)
    stem = f"{_slug(Path(result.file.name).stem)}-{_slug(trainee)}-{session}"
    path = next(path for path in (folder / f"{stem}{again}.json" for again in ("", *map("-{}".format, range(2, 1000))))
                if not path.exists())
    _write(path, signed.text())
    return path


def next_session(folder: Path, group: ClassFile, trainee: str, digest: str) -> int:
    """Which go at the drill this is: one more than the results of it in the folder say."""
    last = 0
    for file in folder.glob("*.json"):
        try:
            result = read_result(file)
        except FlightdeskError:
            continue
        if (result.class_id == group.id and result.trainee.casefold() == trainee.casefold()
                and result.performance.digest == digest):
            last = max(last, result.session)
    return last + 1


def _slug(text: str) -> str:
    """The text as a part of a file's name."""
    return re.sub(r"[^\w]+", "-", text.casefold()).strip("-") or "trainee"


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise DrillError(f"{file}: cannot be written: {error.strerror or error}") from error
