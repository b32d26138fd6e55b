"""The installed command in a real terminal (tmux): what only a terminal can show.

It starts, pauses, changes, resizes and quits, and the terminal is as it was; a signal or a lost terminal ends it in
order, and the session goes on from its log.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.places import session_files
from core.scenario_file import dump_scenario
from core.sessions import read_session
from tests.fake_floor import scenario
from tests.terminal import PRESENT, Terminal

pytestmark = pytest.mark.skipif(not PRESENT, reason="there is no tmux here")
ROOT = Path(__file__).parent.parent.parent


@pytest.fixture
def terminal(tmp_path: Path, home: Path) -> Iterator[Terminal]:
    home.mkdir()
    (home / "settings.toml").write_text("tour = false\n")
    (tmp_path / "desk.toml").write_text(dump_scenario(scenario()), encoding="utf-8")
    script = tmp_path / "flightdesk"
    script.write_text(f"#!/bin/sh\nexec {sys.executable} -c 'from tui.cli import main; main()' \"$@\"\n")
    script.chmod(0o755)
    opened = Terminal(tmp_path, environ={"PYTHONPATH": str(ROOT), "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    yield opened
    opened.close()


def test_start_change_resize_quit_and_the_terminal_is_as_it_was(terminal: Terminal) -> None:
    terminal.type("echo before; stty -a > modes.before; flightdesk", "Enter")
    terminal.wait("needs a week")
    terminal.type("/", "smal", "Enter")
    terminal.wait("Scenarios with: smal ")
    terminal.type("Enter")
    terminal.wait("▶ 1 min/s")
    terminal.type("Space")
    terminal.wait("paused")
    terminal.type("Right")
    terminal.wait("your 1 change")
    terminal.resize(120, 40)
    terminal.wait(lambda screen: "What happens" in screen and "space pause" in screen.rstrip().splitlines()[-1])
    terminal.resize(60, 20)
    terminal.wait("Flightdesk needs 80x24, this is 60x20")
    terminal.resize(80, 24)
    terminal.wait("FRT p90, last 4h")
    terminal.type("u")
    terminal.wait("twin: same so far")
    terminal.type("q")
    terminal.wait("built in")
    terminal.type("q")
    terminal.prompted()
    terminal.type("echo code $?; stty -a > modes.after; cmp modes.before modes.after && echo same modes", "Enter")
    screen = terminal.wait("same modes")
    assert "code 0" in screen
    assert "before" in screen, "what was on the screen is back"
    assert terminal.state("alternate_on") == "0"
    assert terminal.state("cursor_flag") == "1"
    assert terminal.state("mouse_any_flag") == "0"


@pytest.mark.long
def test_suspended_it_gives_the_terminal_back_and_goes_on(terminal: Terminal) -> None:
    terminal.type("flightdesk live desk.toml --paused", "Enter")
    terminal.wait("plan 12 now")
    terminal.type("C-z")
    terminal.wait("Stopped")
    assert terminal.state("alternate_on") == "0"
    terminal.type("fg", "Enter")
    terminal.wait(lambda screen: "Two desks" in screen and "frontline, extra people" in screen and "q quit" in screen)
    terminal.type("C-c")
    terminal.prompted()
    terminal.type("echo code $?", "Enter")
    terminal.wait("code 130")


@pytest.mark.parametrize("number", [
    pytest.param(signal.SIGTERM, marks=pytest.mark.long), pytest.param(signal.SIGHUP, marks=pytest.mark.long),
    signal.SIGKILL])
def test_ended_from_outside_it_loses_nothing(terminal: Terminal, tmp_path: Path, number: signal.Signals) -> None:
    terminal.type("sh -c 'echo $$ > pid; exec flightdesk live desk.toml --paused --seed 3'", "Enter")
    terminal.wait("plan 12 now")
    terminal.type("Right", "Right")
    terminal.wait("so 14")
    os.kill(int((tmp_path / "pid").read_text()), number)
    if number != signal.SIGKILL:  # after that one nobody restores the terminal
        terminal.prompted()
        assert terminal.state("alternate_on") == "0"
        terminal.type("echo code $?", "Enter")
        terminal.wait(f"code {128 + number}")
    (log,) = session_files()
    session = read_session(log)
    assert [change.value for change in session.interventions] == ["1", "2"]
    terminal.type("reset; flightdesk live --resume", "Enter")
    terminal.wait("so 14")
    terminal.wait("paused")


def test_a_lost_terminal_ends_it_and_the_session_is_kept(terminal: Terminal, tmp_path: Path) -> None:
    terminal.type("sh -c 'echo $$ > pid; exec flightdesk live desk.toml --paused'", "Enter")
    terminal.wait("plan 12 now")
    terminal.type("Right")
    terminal.wait("so 13")
    process = os.pidfd_open(int((tmp_path / "pid").read_text()))
    terminal.lose()
    try:
        ended, _, _ = terminal.select([process])
        assert ended, "it goes on without a terminal"
    finally:
        os.close(process)
    (log,) = session_files()
    assert [change.value for change in read_session(log).interventions] == ["1"]


@pytest.mark.long
@pytest.mark.parametrize(("environ", "sign"), [
    ({"NO_COLOR": "1"}, "\x1b[38"), ({"FLIGHTDESK_ASCII": "1"}, "▸"), ({"COLORTERM": ""}, "\x1b[38;2")])
def test_poor_terminals_hold(tmp_path: Path, home: Path, environ: dict[str, str], sign: str) -> None:
    """Without colour there are no colours; in ASCII no symbols; with 16 colours none of the others."""
    home.mkdir()
    (home / "settings.toml").write_text("tour = false\n")
    terminal = Terminal(tmp_path, environ={"PYTHONPATH": str(ROOT), **environ})
    try:
        terminal.type(f"TERM={environ.get('TERM', 'xterm-256color')} {sys.executable} -c "
                      "'from tui.cli import main; main()'", "Enter")
        terminal.wait("needs a week")
        assert sign not in terminal.screen(colours=True)
        terminal.type("q")
        terminal.prompted()
    finally:
        terminal.close()
