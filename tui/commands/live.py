"""`flightdesk live SCENARIO`: a support floor, live, beside its twin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from core import catalogue
from core.errors import UnitError
from core.units import moment, multiple, seconds, write_moment
from tui.front import make_app, on_a_terminal, run_app, run_instead

if TYPE_CHECKING:
    from core.scenario import Scenario
    from core.sessions import Session
    from tui.play import Play


@click.command("live")
@click.argument("scenario", required=False)
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Seed of everything that happens by chance.")
@click.option("--speed", default="1m/s", show_default=True, metavar="X",
              help='Simulated time for a second of yours: "60" or "1m/s"; "1" is real time, up to "1w/s".')
@click.option("--from", "start", metavar="TIME",
              help='Where to begin, such as "Tue 09:30"; else when the floor is busy.')
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE",
              help="Change the scenario first, for the floor and its twin; may be given several times.")
@click.option("--paused", is_flag=True, help="Begin with the clock standing.")
@click.option("--resume", is_flag=False, flag_value="", metavar="[SESSION]",
              help="Go on where a session ended, with its changes; the last one, or that of a name.")
@click.pass_context
def command(context: click.Context, scenario: str | None, seed: int, speed: str, start: str | None,
            changes: tuple[str, ...], paused: bool, resume: str | None) -> int:
    """Run a support floor live, and turn its knobs while you watch.

    SCENARIO is a file or the name of a built-in scenario. Beside your floor runs its twin: the same week with the same
    customers, without your changes. Every change is kept as it is made: `flightdesk sessions` lists what was played.
    """
    pace = read_speed(speed)
    if resume is not None:
        # The word behind --resume is the session's, also where it could be a scenario's.
        return _resume(resume, pace, scenario is not None or bool(changes) or start is not None)
    if scenario is None:
        raise click.UsageError("Missing argument 'SCENARIO', or --resume.")
    begin = None if start is None else moment(start)
    if not on_a_terminal():
        _read(scenario, changes, begin)
        return run_instead(context, [scenario, "--seed", str(seed), *(
            part for text in changes for part in ("--set", text))])

    catalogue.find(scenario)  # a wrong name needs no screen; what the file says is read once there is a picture

    def opening() -> Play:
        from core.recent import remember
        from tui.play import Play

        world = _read(scenario, changes, begin)
        remember(scenario)
        play = Play.begin(world, scenario, seed, changes, begin)
        play.session.playing = not paused
        play.session.speed = pace
        return play

    return run_app(make_app(opening))


def _read(source: str, changes: tuple[str, ...], begin: float | None) -> Scenario:
    """The scenario with what is set first."""
    from core.interventions import parse_change, with_value
    from core.scenario_file import load_scenario

    world = load_scenario(source)
    for text in changes:
        world = with_value(world, *parse_change(text))
    if begin is not None and begin >= world.length:
        raise UnitError(f"--from {write_moment(begin)}: the run ends before, at {write_moment(world.length)}")
    return world


def _resume(name: str, speed: float, more: bool) -> int:
    if more:
        raise click.UsageError("--resume goes on with a session as it was; only --speed goes with it.")

    def find() -> Session:
        from core.sessions import find_session, read_session

        return read_session(find_session(name or None))

    if not on_a_terminal():
        raise click.UsageError(f"There is no terminal to draw on; `flightdesk sessions {find().name}` says what the "
                               "session was.")

    def opening() -> Play:  # the model is loaded and the session read once there is a picture
        from tui.play import Play

        play = Play.resume(find())
        play.session.speed = speed
        return play

    return run_app(make_app(opening))


def read_speed(text: str) -> float:
    """Simulated seconds a real second: "60", "60x", "1m/s".

    Raises:
        UnitError: for anything else.
    """
    word = text.strip().lower()
    try:
        speed = seconds(word.removesuffix("/s")) if word.endswith("/s") else multiple(word.removesuffix("x"))
    except UnitError:
        speed = 0.0
    if speed <= 0:
        raise UnitError(f'--speed {text}: a speed is wanted, such as "60", "1m/s" or "1d/s"')
    return speed
