"""Playing a judgement drill from the command line: by prompts, or again from a record; and handing in a class's result.

Called by `flightdesk drill play`. What a play is, is in `sim.drills.round` and `sim.drills.dealing`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from core.drill import records
from core.drill.classroom import ClassFile, read_class, read_result, sign
from core.drill.file import DrillFile
from core.drill.performance import Performance, dump, read
from core.errors import DrillError, FlightdeskError
from core.output.store import program_version
from sim.drills.dealing import Result, deal, judge
from sim.drills.round import Round
from tui.drilling import judged, prompts
from tui.exit import Exit
from tui.front import make_app, on_a_terminal, run_app
from tui.present import page_width, plain

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui.app import Flightdesk


@dataclass(frozen=True)
class Seat:
    """A trainee's place in a class: which session of which drill, and where its result goes."""

    drill: DrillFile
    group: ClassFile
    trainee: str
    session: int
    seed: int
    folder: Path

    def seed_of(self, performance: Performance) -> int:
        """The session's seed, for a play that was under it, or was written by hand.

        Raises:
            DrillError: for a play under another seed: it decided about another hand, or another day.
        """
        if performance.seed not in (None, self.seed):
            raise DrillError(f"session {self.session} of {self.drill.name} is played under seed {self.seed}, and this "
                             f"was played under {performance.seed}")
        return self.seed

    def hand_in(self, performance: Performance, score: float | None) -> None:
        """Writes the signed result, under a name that tells drill, trainee and session."""
        # What was written by hand says neither; a result says which drill, which hand, whose, and what scored it.
        played = performance.model_copy(update={"digest": self.drill.digest, "seed": self.seed,
                                                "trainee": self.trainee, "version": program_version()})
        stem = f"{_slug(Path(self.drill.name).stem)}-{_slug(self.trainee)}-{self.session}"
        paths = (self.folder / f"{stem}{again}.json" for again in ("", *map("-{}".format, range(2, 1000))))
        path = next(path for path in paths if not path.exists())
        _write(path, sign(self.group, self.trainee, self.session, played, score).text())
        click.echo(f"Hand in {plain(str(path))}", err=True)


def seat(drill: DrillFile, group: Path | None, trainee: str | None, seed: int | None, out: Path | None) -> Seat | None:
    """The place in a class, None where none is played in.

    Raises:
        FlightdeskError: where the class does not play this drill.
    """
    if group is None:
        return None
    if not trainee:
        raise click.UsageError('a class needs to know who plays: --trainee "Name"')
    if seed is not None:
        raise click.UsageError("--seed: the class says under which seed its sessions are played.")
    the_class, folder = read_class(group), out or Path()
    entry = the_class.drill(drill)
    if entry.references:
        from sim.drills.exercise import Exercise
        from sim.drills.reference import take_over

        take_over(Exercise.of(drill), entry.references)
    session = next_session(folder, the_class, trainee, entry.digest)
    click.echo(f"{plain(the_class.title)}: session {session}", err=True)
    return Seat(drill, the_class, trainee, session, entry.seed(session), folder)


def again(drill: DrillFile, actions: Path, seed: int | None, *, trainee: str | None, group: Path | None,
          out: Path | None, as_json: bool) -> int:
    """Scores a recorded play, and hands it in where there is a class."""
    place = seat(drill, group, trainee, seed, out)
    performance = read(actions)
    result = judge(drill, performance, place.seed_of(performance) if place else seed, name=str(actions))
    if place is not None:
        place.hand_in(result.performance, result.points)
    return show(result, as_json)


def play(drill: DrillFile, seed: int | None, *, trainee: str | None, group: Path | None, out: Path | None,
         as_json: bool, screen: bool) -> int:
    """Plays a drill, writes its record, or a class's result, and shows what it came to.

    Args:
        drill: the drill.
        seed: in place of the drill's own; a class has its own.
        trainee: who plays; a class needs to know.
        group: the file of a class, for a signed result.
        out: the file of the record (the data folder has one otherwise), or the folder of a class's results.
        as_json: whether the result goes to stdout as JSON.
        screen: on a screen of its own, in place of plain prompts.
    """
    if screen and not on_a_terminal():
        raise click.UsageError("There is no terminal to draw on; without --screen the drill is played by prompts.")
    place = seat(drill, group, trainee, seed, out)
    seed = place.seed if place else drill.drill.seed if seed is None else seed
    if drill.drill.kind == "reading":
        click.echo("The floor runs ...", err=True)
    one = Round(drill, deal(drill, seed), seed, trainee)
    finished = run_app(make_app(first=_screen(one))) == Exit.OK if screen else prompts.play(one, page_width(79))
    result = one.result()
    if place is not None:
        place.hand_in(result.performance, result.points)
    elif (path := record(one, out)) is not None:
        click.echo(f"Recorded in {plain(str(path))}", err=True)
    click.echo("", err=True)
    code = show(result, as_json)
    return code if finished else Exit.INTERRUPTED


def _screen(one: Round) -> Callable[[Flightdesk], Screen[None]]:
    """What makes the first screen of the application."""
    def first(app: Flightdesk) -> Screen[None]:
        from tui.screens.hand import HandScreen

        return HandScreen(one, unicode=app.unicode, timed=app.timed)

    return first


def show(result: Result, as_json: bool) -> int:
    """The result on stdout, and its exit code."""
    if as_json:
        click.echo(json.dumps(result.document(), indent=2, ensure_ascii=False))
    else:
        click.echo(f"{plain(result.file.drill.title)}, seed {result.seed}")
        click.echo("\n".join(judged.report(result, page_width())))
    return Exit.OK if result.passed else Exit.NO


def record(one: Round, file: Path | None = None) -> Path | None:
    """Writes a play and its score down, in the data folder where no file is named; None where nothing was decided."""
    if not one.performance.answers:
        return None
    path = file or records.record_file(one.file.name, datetime.now().astimezone())
    _write(path, dump(one.performance))
    result = one.result()
    records.note(records.Scored(one.file.name, one.file.digest, one.seed, result.points, result.passed,
                                datetime.now().astimezone().isoformat(timespec="seconds"), str(path)))
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
