"""The command `flightdesk`: one file a command in tui/commands, loaded when it is called.

`main` is the entry point. stdout carries results, stderr what is said on the way; exit codes are `tui.exit.Exit`.
Start-up stays short because nothing here imports the model, the engine or the screen.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

import rich_click as click

from core.errors import FlightdeskError, did_you_mean
from tui.exit import Exit

COMMANDS = {
    "live": "Run a support floor live, and turn its knobs while you watch.",
    "run": "Run a scenario and report its metrics with their intervals.",
    "floor": "Show the floor at a moment.",
    "ahead": "Look ahead from a time of a run.",
    "why": "Say why CSAT moved.",
    "inspect": "Follow one customer's matter through the tiers.",
    "compare": "Compare plans under the same chance: what each changes, how sure that is, and what it costs.",
    "sweep": "Run a scenario under many settings: heat maps, a tornado, the frontier of cost against CSAT.",
    "plan": "Find the cheapest staffing that meets targets.",
    "strategy": "Compare automation strategies, and find where more automation starts to hurt.",
    "report": "Make one page of results: question, answer, pictures, plan, assumptions, and how to make it again.",
    "runs": "List the stored runs, and look at them, compare, verify or delete them.",
    "sql": "Ask the stored runs in SQL.",
    "drill": "Practise on a floor: play drills, and learn what would have helped.",
    "check": "Check scenario and drill files: every problem at once, with its line.",
    "scenarios": "List the built-in scenarios.",
    "customers": "Show who comes to a floor, and with what message.",
    "sessions": "List the sessions played live, or show one.",
    "keys": "List what can be changed in a scenario.",
    "explain": "Explain a metric, a key or a word: what it is, what moves it, where it comes from.",
    "calibrate": "Learn a scenario from call logs.",
    "survey": "Learn from answered surveys what waiting and new agents do to satisfaction.",
    "backtest": "Learn from some call logs, predict others, and compare with what happened.",
    "serve": "Show the screens in a web browser on this machine.",
    "settings": "Show the settings, their file, and the names of all keys.",
    "schema": "Print the JSON Schema of scenario files, for editors.",
    "reference": "Print a reference page of the documentation.",
}
"""Every command with the first line of its help, which a test compares with the command's own."""
HIDDEN = ("reference",)


class LazyGroup(click.RichGroup):
    """A group that imports a command's module only when that command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """A stand-in that knows the command's name and summary."""
        if cmd_name not in COMMANDS:
            return None
        return click.RichCommand(name=cmd_name, help=COMMANDS[cmd_name], hidden=cmd_name in HIDDEN)

    def resolve_command(self, ctx: click.Context,
                        args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """The command itself."""
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            ctx.fail(f"There is no command {args[0]!r}; {did_you_mean(args[0], COMMANDS)}")
        name, command, rest = super().resolve_command(ctx, args)
        return name, command if name is None else load(name), rest


def load(name: str) -> click.Command:
    """The command of that name."""
    command: click.Command = import_module(f"tui.commands.{name}").command
    return command


@click.group("flightdesk", cls=LazyGroup, invoke_without_command=True,
             context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="flightdesk", message="%(prog)s %(version)s")
@click.pass_context
def flightdesk(context: click.Context) -> int | None:
    """A flight simulator for customer support teams.

    Try staffing, bots and routing on a simulated support floor before you try them on customers. Without a command it
    opens the list of scenarios.
    """
    if context.invoked_subcommand is not None:
        return None
    from tui.front import open_browser

    return open_browser(context)


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns the exit code; messages about the input go to stderr, without a traceback."""
    try:
        words = list(sys.argv[1:] if arguments is None else arguments)
        return int(flightdesk.main(words, prog_name="flightdesk", standalone_mode=False, obj=words) or Exit.OK)
    except FlightdeskError as error:
        click.echo(str(error), err=True)
    except click.ClickException as error:
        error.show()
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted.", err=True)
        return Exit.INTERRUPTED
    return Exit.INPUT


def main() -> NoReturn:
    """Entry point of the installed command."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that has no ± still gets its numbers.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    sys.exit(run())
