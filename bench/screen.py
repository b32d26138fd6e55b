"""`python -m bench screen`: what the screens cost in a real terminal (a pseudo-terminal of 120x40).

Time to the first screen is from the start of the process to the last row of the first picture in the terminal. Drawing
is the processor time of the whole program less that inside `LiveSession.advance`, while the default floor plays at a
minute a second with charts ten times a second; snapshots count as drawing. A keypress is answered when what it does is
in the terminal: pausing, and turning a knob, while the floor runs at full speed. Wall-clock, so an idle machine is
wanted.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import statistics
import struct
import sys
import tempfile
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

SIZE = (120, 40)
AIMS = {"first_screen_seconds": 0.8, "drawing_share": 0.25, "keypress_ms": 100.0}
"""At most."""
STARTS = {"the list of scenarios": ("", "q quit"), "live, a first word": ("live call-centre", "the floor opens"),
          "live, the floor": ("live call-centre", "q quit")}
"""What is started, and the words that end its first picture; `live` loads the engine behind a first word."""
PRESSES = 20
"""Of each kind."""
SETTLE = 3.0
"""Seconds of play before drawing is measured."""
GIVE_UP = 60.0
_CODES = re.compile(r"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b[()][A-Z0-9]|\x1b[=>]|\x1bP.*?\x1b\\|\x1b\].*?(?:\x07|\x1b\\)",
                    re.DOTALL)
_COMMAND = "from tui.cli import main; main()"


class Program:
    """A command in a pseudo-terminal."""

    def __init__(self, code: str, arguments: list[str], home: Path):
        environ = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "FLIGHTDESK_HOME": str(home)}
        environ.pop("NO_COLOR", None)
        self.began = time.perf_counter()
        self.pid, self._terminal = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
            os.execve(sys.executable, [sys.executable, "-c", code, *arguments], environ)
        self._raw = b""

    def until(self, words: str) -> float:
        """Waits until the words are drawn, from now on; the time at which they were (s)."""
        seen, deadline = "", time.perf_counter() + GIVE_UP
        while words not in seen:
            ready, _, _ = select.select([self._terminal], [], [], max(0.0, deadline - time.perf_counter()))
            if not ready:
                raise TimeoutError(f"{words!r} was never drawn; last: {seen[-300:]!r}")
            self._raw = (self._raw + os.read(self._terminal, 1 << 16))[-(1 << 17):]
            seen = _CODES.sub("", self._raw.decode(errors="replace"))
        self._raw = b""
        return time.perf_counter()

    def worked(self) -> float:
        """Seconds of processor time that its first thread has used, which answers keys; nan where that is not said."""
        try:
            return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[0]) / 1e9
        except (OSError, ValueError, IndexError):
            return float("nan")

    def processor_time(self) -> float:
        """Seconds of processor time that it has used; nan where the system does not say."""
        try:
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return float("nan")
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def press(self, keys: bytes) -> float:
        """Presses keys; the time at which it was done (s)."""
        self._raw = b""
        os.write(self._terminal, keys)
        return time.perf_counter()

    def end(self) -> None:
        """Ends it."""
        os.kill(self.pid, signal.SIGTERM)
        try:
            while os.read(self._terminal, 1 << 16):
                pass
        except OSError:
            pass  # it is gone, and its terminal with it
        os.waitpid(self.pid, 0)
        os.close(self._terminal)


@contextmanager
def running(arguments: str, code: str = _COMMAND, **environ: str) -> Iterator[Program]:
    """A program with settings of its own, ended at the end."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "settings.toml").write_text("tour = false\n")
        os.environ.update(environ)
        program = Program(code, arguments.split(), home)
        try:
            yield program
        finally:
            program.end()


def first_screen(arguments: str, words: str) -> tuple[float, float]:
    """Seconds until these words are in the terminal, and of processor time until then."""
    with running(arguments) as program:
        return program.until(words) - program.began, program.processor_time()


def keypresses() -> list[tuple[float, float]]:
    """Milliseconds until a key is answered, at full speed, and of processor time in between."""
    answers = []

    def answered(program: Program, key: bytes, shown: str) -> None:
        before = program.worked()
        pressed = program.press(key)
        answers.append((1000 * (program.until(shown) - pressed), 1000 * (program.worked() - before)))

    with running("live call-centre --speed 1w/s") as program:
        program.until("▶ 1 week/s")
        for _ in range(PRESSES):
            answered(program, b" ", "paused")
            program.press(b" ")
            program.until("▶ 1 week/s")
        for turn in range(PRESSES):
            answered(program, *((b"\x1b[C", "+1 ▸") if turn % 2 == 0 else (b"\x1b[D", " 0 ▸")))
    return answers


_WATCHED = """
import json, os, sys, time
from sim.live import LiveSession
wanted, settle, file = float(os.environ["BENCH_SECONDS"]), float(os.environ["BENCH_SETTLE"]), os.environ["BENCH_FILE"]
plain, spent, began = LiveSession.advance, 0.0, None
def advance(self, *given):
    global spent, began
    if not self.on_errand:
        began = began or [time.perf_counter(), None, None]
        passed = time.perf_counter() - began[0]
        if passed >= settle and began[1] is None:
            began[1], spent = time.process_time(), 0.0
        elif passed >= settle + wanted and began[2] is None:
            began[2] = time.process_time() - began[1]
            with open(file + ".part", "w") as out:
                json.dump({"real": wanted, "cpu": began[2], "simulating": spent}, out)
            os.rename(file + ".part", file)
    before = time.process_time()
    plain(self, *given)
    spent += time.process_time() - before
LiveSession.advance = advance
from tui.cli import main
main()
"""


def drawing(seconds: float) -> dict[str, float]:
    """Shares of a core, while the floor plays."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "spent.json"
        with running("live call-centre", _WATCHED, BENCH_SECONDS=str(seconds), BENCH_SETTLE=str(SETTLE),
                     BENCH_FILE=str(file)) as program:
            while not file.exists():
                program.until(":")  # the clock in the header
            spent = json.loads(file.read_text())
    return {"drawing": (spent["cpu"] - spent["simulating"]) / spent["real"],
            "simulating": spent["simulating"] / spent["real"]}


def measure(rounds: int, seconds: float = 10.0) -> dict[str, Any]:
    """All figures, as data."""
    starts: dict[str, list[tuple[float, float]]] = {name: [] for name in STARTS}
    for turn in range(rounds):
        for name, (arguments, words) in STARTS.items():
            starts[name].append(first_screen(arguments, words))
            print(f"round {turn + 1}/{rounds}: {name} {starts[name][-1][0]:.2f} s", file=sys.stderr)
    answers, shares = keypresses(), drawing(seconds)
    return {"schema": 1, "size": f"{SIZE[0]}x{SIZE[1]}",
            "first_screen_seconds": {name: round(statistics.median(wall for wall, _ in times), 2)
                                     for name, times in starts.items()},
            "first_screen_processor_seconds": {name: round(statistics.median(cpu for _, cpu in times), 2)
                                               for name, times in starts.items()},
            "drawing_share": round(shares["drawing"], 3), "simulating_share": round(shares["simulating"], 3),
            "keypress_ms": {"worst": round(max(wall for wall, _ in answers), 1),
                            "median": round(statistics.median(wall for wall, _ in answers), 1),
                            "worst_processor": round(max(cpu for _, cpu in answers), 1)},
            "aims": AIMS}


def show(figures: dict[str, Any]) -> None:
    """The figures as text."""
    print(f"\nThe screens in a terminal of {figures['size']}")
    for name, seconds in figures["first_screen_seconds"].items():
        work = figures["first_screen_processor_seconds"][name]
        print(f"  {name:<34}{seconds:7.2f} s    "
              f"aim: under {AIMS['first_screen_seconds']:g} s ({work:.2f} s of it work)")
    print(f"  drawing                           {figures['drawing_share'] * 100:7.1f} %    "
          f"aim: under {AIMS['drawing_share'] * 100:g} % of a core")
    print(f"  simulating a minute a second      {figures['simulating_share'] * 100:7.1f} %")
    print(f"  worst keypress at full speed      {figures['keypress_ms']['worst']:7.1f} ms   "
          f"aim: under {AIMS['keypress_ms']:g} ms (median {figures['keypress_ms']['median']:.1f}, at most "
          f"{figures['keypress_ms']['worst_processor']:.1f} of processor time)")
