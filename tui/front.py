"""The front door: what `flightdesk` without a command does, and how the application is run."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING

import rich_click as click

from tui.exit import Exit

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui.app import Flightdesk
    from tui.play import Play


def on_a_terminal() -> bool:
    """Whether there is a screen to draw on and a keyboard: a terminal, or a browser through `flightdesk serve`."""
    return (sys.stdout.isatty() and sys.stdin.isatty()) or "TEXTUAL_DRIVER" in os.environ


def open_browser(context: click.Context) -> int:
    """The scenario browser; without a terminal a run of the default scenario."""
    if not on_a_terminal():
        from core.catalogue import default_name

        return run_instead(context, [default_name()])
    return run_app(make_app())


def make_app(opening: Callable[[], Play] | None = None,
             first: Callable[[Flightdesk], Screen[None]] | None = None) -> Flightdesk:
    """The application under the user's settings: on the floor of the session that is made, or on the `first` screen
    that is made, or in the browser."""
    from tui.app import Flightdesk
    from tui.settings import read_settings

    settings, problems = read_settings()
    return Flightdesk(opening=opening, first=first, settings=settings, problems=problems)


def run_instead(context: click.Context, arguments: list[str]) -> int:
    """Says why there is no screen, and reports a run with these arguments of `flightdesk run`."""
    click.echo("There is no terminal to draw on, so here is a run of the scenario instead of the live floor.", err=True)
    from tui.commands.run import command as run

    with run.make_context("run", arguments, parent=context) as inner:
        return int(run.invoke(inner))


def run_app(app: Flightdesk) -> int:
    """Runs the application and returns its exit code; what broke it is told once the terminal is restored.

    Raises:
        FlightdeskError: where what it was to open cannot be opened.
    """
    _allow_processes()
    app.run()
    if app.failure is not None:
        traceback.print_exception(app.failure)
    if app.refusal is not None:
        raise app.refusal
    return app.return_code or Exit.OK


def _allow_processes() -> None:
    """Starts Python's resource tracker, which every process that is started needs.

    From inside the application it could not be started: it would be handed the file number of a stderr that is not
    there ("bad value(s) in fds_to_keep").
    """
    if os.name == "posix":
        from multiprocessing.resource_tracker import ensure_running

        ensure_running()
