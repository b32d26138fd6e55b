"""`flightdesk serve`: who may use it, and a tab of a real browser in which the application starts and ends."""

from __future__ import annotations

import asyncio
import builtins
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from core.scenario_file import dump_scenario
from tests.fake_floor import scenario
from tui.commands import serve

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
DEADLINE = 60.0
"""Real seconds until what is waited for must have come."""


@pytest.mark.parametrize(("host", "local"), [("127.0.0.1", True), ("::1", True), ("localhost", True),
                                             ("127.8.9.1", True), ("0.0.0.0", False), ("192.168.1.5", False),
                                             ("desk.example.org", False)])
def test_which_addresses_are_this_machine_alone(host: str, local: bool) -> None:
    assert serve.is_local(host) == local


@pytest.mark.parametrize(("host", "origin", "local", "may"), [
    ("127.0.0.1:8000", "http://127.0.0.1:8000", True, True),
    ("localhost:8000", "http://localhost:8000", True, True),
    ("127.0.0.1:8000", "https://elsewhere.example", True, False),
    ("127.0.0.1:8000", "http://127.0.0.1:9000", True, False),
    ("127.0.0.1:8000", None, True, False),
    ("rebound.example:8000", "http://rebound.example:8000", True, False),
    ("desk.example.org:8000", "http://desk.example.org:8000", False, True),
])
def test_only_pages_that_it_has_served_may_drive_it(host: str, origin: str | None, local: bool, may: bool) -> None:
    server = pytest.importorskip("tui.web.server")
    assert server.allowed(host, origin, local) == may


def test_without_textual_serve_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def absent(name: str, *rest: Any) -> Any:
        if name.startswith(("textual_serve", "tui.web.server")):
            raise ModuleNotFoundError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", absent)
    result = CliRunner().invoke(serve.command, [])
    assert result.exit_code == 1
    assert "'flightdesk[web]'" in result.output


@pytest.mark.parametrize(("host", "warns"), [("127.0.0.1", False), ("0.0.0.0", True)])
def test_an_address_that_others_reach_is_warned_of(host: str, warns: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    server = pytest.importorskip("tui.web.server")
    served: list[str] = []
    monkeypatch.setattr(server.FlightdeskServer, "serve", lambda self: served.append(self.command))
    result = CliRunner().invoke(serve.command, ["small-team", "--host", host])
    assert result.exit_code == 0, result.output
    assert ("reached from other machines" in result.stderr) == warns
    assert served[0].endswith("live small-team")


def test_the_page_needs_no_network() -> None:
    page = (Path(serve.__file__).parent.parent / "web" / "app_index.html").read_text(encoding="utf-8")
    assert not re.findall(r"https?://(?!\")", page)


# --- in a browser --------------------------------------------------------------------------------------------------

LISTEN = """
window.received = "";
const watching = [];
const look = () => watching.forEach(watch => watch());
window.until = condition => new Promise(done => watching[watching.push(() => condition() && done(true)) - 1]());
const Plain = window.WebSocket;
window.WebSocket = class extends Plain {
    constructor(...given) {
        super(...given);
        this.addEventListener("message", async event => {
            const data = typeof event.data === "string" ? event.data : await new Response(event.data).text();
            window.received += data.replace(/\\x1b\\[[0-9;?]*[a-zA-Z]/g, "");
            look();
        });
        this.addEventListener("close", () => setTimeout(look));
    }
};
"""
"""Notes on the page what its terminal receives, without colours, and wakes who waits for something in it."""


class Browser:
    """A tab of a headless Chromium, spoken to by the DevTools protocol."""

    def __init__(self, socket: Any, tab: str):
        self._socket, self._tab, self._asked = socket, tab, 0

    async def ask(self, method: str, **parameters: object) -> dict[str, Any]:
        """The answer to one command."""
        self._asked += 1
        request = {"id": self._asked, "method": method, "params": parameters}
        await self._socket.send_json({**request, "sessionId": self._tab} if self._tab else request)
        while (answer := await self._socket.receive_json()).get("id") != self._asked:
            pass
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    async def go(self, address: str) -> None:
        """The tab at that address, loaded."""
        await self.ask("Page.enable")
        await self.ask("Page.addScriptToEvaluateOnNewDocument", source=LISTEN)
        await self.ask("Page.navigate", url=address)
        while (await self._socket.receive_json()).get("method") != "Page.loadEventFired":
            pass

    async def until(self, condition: str) -> None:
        """Waits until that is true on the page: looked at again whenever something comes down the socket."""
        done = await self.ask("Runtime.evaluate", expression=f"until(() => {condition})", awaitPromise=True)
        assert done["result"]["value"] is True, done

    async def press(self, key: str) -> None:
        """A key, as if on the keyboard."""
        await self.ask("Runtime.evaluate", expression='document.querySelector(".xterm-helper-textarea").focus()')
        await self.ask("Input.dispatchKeyEvent", type="keyDown", key=key, text=key)
        await self.ask("Input.dispatchKeyEvent", type="keyUp", key=key)


async def _line(stream: asyncio.StreamReader, pattern: str) -> str:
    """What the pattern captures, from the first line that has it."""
    while line := (await stream.readline()).decode(errors="replace"):
        if found := re.search(pattern, line):
            return found[1]
    raise AssertionError(f"ended without {pattern}")


@asynccontextmanager
async def served(arguments: list[str], folder: Path) -> AsyncIterator[str]:
    """The address of a running `flightdesk serve`."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from tui.cli import main; main()", "serve", "--port", "0", *arguments,
        stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent.parent)}, cwd=folder)
    assert process.stderr is not None
    try:
        yield await _line(process.stderr, r"Flightdesk is at (\S+);")
    finally:
        process.send_signal(signal.SIGINT)
        await process.wait()


@asynccontextmanager
async def browser(address: str, folder: Path) -> AsyncIterator[Browser]:
    """A tab at the address."""
    import aiohttp

    process = await asyncio.create_subprocess_exec(
        str(CHROMIUM), "--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--no-first-run",
        f"--user-data-dir={folder / 'profile'}", "--window-size=1200,700", "about:blank", stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL)
    assert process.stderr is not None
    try:
        devtools = await _line(process.stderr, r"DevTools listening on (\S+)")
        async with aiohttp.ClientSession() as http, http.ws_connect(devtools, max_msg_size=0) as socket:
            whole = Browser(socket, "")
            target = await whole.ask("Target.createTarget", url="about:blank")
            session = await whole.ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
            tab = Browser(socket, session["sessionId"])
            await tab.go(address)
            yield tab
    finally:
        process.terminate()
        await process.communicate()


@pytest.mark.long
@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here")
async def test_a_tab_opens_the_floor_and_ends_it(tmp_path: Path, home: Path) -> None:
    pytest.importorskip("textual_serve")
    home.mkdir()
    (home / "settings.toml").write_text("tour = false\n")
    (tmp_path / "desk.toml").write_text(dump_scenario(scenario()), encoding="utf-8")
    async with (asyncio.timeout(DEADLINE), served(["desk.toml"], tmp_path) as address,
                browser(address, tmp_path) as tab):
        await tab.until('received.includes("Two desks") && received.includes("pause")')
        picture = os.environ.get("FLIGHTDESK_PICTURE")
        if picture is not None:
            import base64

            shot = await tab.ask("Page.captureScreenshot")
            Path(picture).write_bytes(base64.b64decode(shot["data"]))
        await tab.press("q")
        await tab.until('document.body.classList.contains("-closed")')
