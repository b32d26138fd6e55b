"""`flightdesk live SCENARIO`: a support floor, live, beside its twin."""

from __future__ import annotations

import sys
import traceback
from threading import Thread

import rich_click as click

from core.errors import UnitError
from core.interventions import parse_change, with_value
from core.scenario_file import load_scenario
from core.units import moment, multiple, seconds, write_moment
from tui.exit import Exit


@click.command("live")
@click.argument("scenario")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Seed of everything that happens by chance.")
@click.option("--speed", default="1m/s", show_default=True, metavar="X",
              help='Simulated time for a second of yours: "60" or "1m/s"; "1" is real time, up to "1w/s".')
@click.option("--from", "start", metavar="TIME",
              help='Where to begin, such as "Tue 09:30"; else when the floor is busy.')
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE",
              help="Change the scenario first, for the floor and its twin; may be given several times.")
@click.option("--paused", is_flag=True, help="Begin with the clock standing.")
@click.pass_context
def command(context: click.Context, scenario: str, seed: int, speed: str, start: str | None,
            changes: tuple[str, ...], paused: bool) -> int:
    """Run a support floor live, and turn its knobs while you watch.

    SCENARIO is a file or the name of a built-in scenario. Beside your floor runs its twin: the same week with the same
    customers, without your changes.
    """
    world = load_scenario(scenario)
    for text in changes:
        world = with_value(world, *parse_change(text))
    begin = None if start is None else moment(start)
    if begin is not None and begin >= world.length:
        raise UnitError(f"--from {start}: the run ends before, at {write_moment(world.length)}")
    pace = read_speed(speed)
    if not on_a_terminal():
        click.echo("There is no terminal to draw on, so here is a run of the scenario instead of the live floor.",
                   err=True)
        return _run_instead(context, scenario, seed, changes)

    from sim.experiments.prospect import LookAhead
    from sim.live import LiveSession
    from tui.app import Flightdesk

    outlook = LookAhead()
    session = LiveSession(world, seed, start=begin, outlook=outlook)
    session.speed = pace
    session.playing = not paused
    # Faker takes half a second to load: ready long before the first name is wanted, without holding up the screen.
    Thread(target=session.people.prepare, daemon=True).start()
    app = Flightdesk(session)
    try:
        app.run()
    finally:
        outlook.close()
    if app.failure is not None:
        traceback.print_exception(app.failure)
    return app.return_code or Exit.OK


def on_a_terminal() -> bool:
    """Whether there is a screen to draw on and a keyboard."""
    return sys.stdout.isatty() and sys.stdin.isatty()


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


def _run_instead(context: click.Context, scenario: str, seed: int, changes: tuple[str, ...]) -> int:
    from tui.commands.run import command as run

    arguments = [scenario, "--seed", str(seed), *(part for text in changes for part in ("--set", text))]
    with run.make_context("run", arguments, parent=context) as inner:
        return int(run.invoke(inner))
