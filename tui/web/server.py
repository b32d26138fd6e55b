"""textual-serve for one user: a page that needs no network, and no door for other pages.

textual-serve's own page loads a font from the network, and it lets any page of the browser open its socket, also one
of another site: that page could then press keys here. This one answers only pages that it has served itself.
"""

from __future__ import annotations

import logging
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.server import Server

LOCAL = ("127.0.0.1", "localhost", "[::1]")
"""What this machine is called in an address."""


class FlightdeskServer(Server):
    """Serves one command, an application for each tab; `local` when only this machine is to reach it."""

    def __init__(self, command: str, host: str, port: int, *, local: bool):
        super().__init__(command, host=host, port=port, title="Flightdesk", templates_path=Path(__file__).parent)
        self._local = local

    def initialize_logging(self) -> None:
        """Only what is wrong is worth a line."""
        logging.basicConfig(level=logging.WARNING, format="%(message)s")

    async def on_startup(self, app: web.Application) -> None:
        """The command has said where it is."""

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """The socket of a tab.

        Raises:
            HTTPForbidden: for a page of another origin, or a foreign name for this machine.
        """
        if not allowed(request.host, request.headers.get("Origin"), self._local):
            raise web.HTTPForbidden(text="This page is not served by Flightdesk.")
        return await super().handle_websocket(request)


def allowed(host: str, origin: str | None, local: bool) -> bool:
    """Whether a page of that origin, reached under that host, may drive an application."""
    if local and host.rpartition(":")[0] not in LOCAL:
        return False
    return origin is not None and urlsplit(origin).netloc == host
