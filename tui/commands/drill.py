"""`flightdesk drill`: exercises on a floor. Each verb is a file in `tui.drilling`, loaded when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import rich_click as click

from tui.exit import Exit

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui.app import Flightdesk

VERBS = {
    "list": "List the built-in drills, in the order of the curriculum.",
    "brief": "Print the briefing of a drill.",
    "play": "Play a drill, or a recorded one again, and score it.",
    "debrief": "Say where a drill was decided, and what would have helped.",
    "reference": "Search for a strong policy of a floor drill.",
    "policies": "Score simple policies in a floor drill: nothing, random ones, and the reference of its own seed.",
    "class": "Make a class: which drills it plays, and the key that its results are signed with.",
    "collect": "Collect the results of a class: table, spread, common mistakes, progress.",
}
"""Every verb with the first line of its help; its module in `tui.drilling` has its name with a `_` behind."""


class Verbs(click.RichGroup):
    """A group that imports a verb's module only when that verb is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The verbs, in the order of the help."""
        return list(VERBS)

    def resolve_command(self, ctx: click.Context,
                        args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb; a name that is none means a drill to play."""
        if args and not args[0].startswith("-") and args[0] not in VERBS:
            args = ["play", *args]
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The verb of that name."""
        if cmd_name not in VERBS:
            return None
        command: click.Command = import_module(f"tui.drilling.{cmd_name}_").command
        return command


@click.group("drill", cls=Verbs, invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> int:
    """Practise on a floor: play drills, and learn what would have helped.

    Without a verb it opens the list of drills.
    """
    if context.invoked_subcommand is not None:
        return Exit.OK
    from tui.front import make_app, on_a_terminal, run_app

    if not on_a_terminal():
        click.echo(context.get_help())
        return Exit.OK

    def first(app: Flightdesk) -> Screen[None]:
        from tui.screens.drills import DrillsScreen

        return DrillsScreen(unicode=app.unicode, timed=app.timed)

    return run_app(make_app(first=first))
