"""`flightdesk serve`: the screens in a browser, each tab its own, through textual-serve."""

from __future__ import annotations

import ipaddress
import socket
import sys

import rich_click as click

from core.catalogue import find
from core.sessions import in_shell


@click.command("serve")
@click.argument("scenario", required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65_535), default=8000, show_default=True,
              help="Port to listen on; 0 is any that is free.")
def command(scenario: str | None, host: str, port: int) -> None:
    """Show the screens in a web browser on this machine.

    Every tab that opens the page has an application of its own, in the list of scenarios or on the floor of SCENARIO.
    There is no password: whoever reaches the address can open files of yours in it.
    """
    if scenario is not None:
        find(scenario)
    try:
        from tui.web.server import FlightdeskServer
    except ImportError as error:
        raise click.ClickException("The browser needs textual-serve, which is not installed: "
                                   "pip install 'flightdesk[web]'") from error
    if not is_local(host):
        click.echo(f"Warning: {host} can be reached from other machines, and nobody is asked for a password. Whoever "
                   "opens the page can read and write files as you.", err=True)
    if port == 0:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.bind((host, 0))
            port = probe.getsockname()[1]
    arguments = ["live", scenario] if scenario is not None else []
    start = in_shell([sys.executable, "-c", "from tui.cli import main; main()", *arguments])
    name = f"[{host}]" if ":" in host else host
    click.echo(f"Flightdesk is at http://{name}:{port}; Ctrl+C ends it.", err=True)
    FlightdeskServer(start, host, port, local=is_local(host)).serve()


def is_local(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
