"""A real terminal for tests: a tmux server of its own, and waiting for what the screen says, with a deadline.

Nothing is polled: tmux copies the pane's output into a pipe, and the screen is looked at again whenever there is some.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from collections.abc import Callable, Mapping
from pathlib import Path

PRESENT = shutil.which("tmux") is not None
DEADLINE = 30.0
"""Real seconds until what is waited for must be there; a busy machine is slow, not wrong."""


class Terminal:
    """One pane that runs a shell without a prompt of the user's, beside which nothing else is started."""

    def __init__(self, folder: Path, size: tuple[int, int] = (80, 24), environ: Mapping[str, str] | None = None):
        self._socket = folder / "tmux"
        self._fifo = folder / "output"
        os.mkfifo(self._fifo)
        prompt = folder / "prompt"
        prompt.write_text("PS1='$ '\n")
        shell = {**os.environ, "TERM": "xterm-256color", **(environ or {})}
        for name in ("TMUX", "COLUMNS", "LINES"):
            shell.pop(name, None)
        command = ["tmux", "-S", str(self._socket), "-f", os.devnull, "new-session", "-d", "-x", str(size[0]),
                   "-y", str(size[1]), f"bash --noprofile --rcfile {prompt}"]
        subprocess.run(command, env=shell, check=True, cwd=folder)
        self._output = os.open(self._fifo, os.O_RDONLY | os.O_NONBLOCK)
        self._tmux("pipe-pane", f"exec cat > {self._fifo}")

    def _tmux(self, *arguments: str) -> str:
        done = subprocess.run(["tmux", "-S", str(self._socket), *arguments], capture_output=True, text=True, check=True)
        return done.stdout

    def lose(self) -> None:
        """Ends the server: the terminal of all that runs in it is gone."""
        subprocess.run(["tmux", "-S", str(self._socket), "kill-server"], capture_output=True, check=False)

    def close(self) -> None:
        """Ends all."""
        self.lose()
        os.close(self._output)

    def type(self, *keys: str) -> None:
        """Keys by tmux's names: letters, Enter, Escape, C-c."""
        self._tmux("send-keys", *keys)

    def resize(self, width: int, height: int) -> None:
        """Another size."""
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def screen(self, colours: bool = False) -> str:
        """What is on the screen now."""
        return self._tmux("capture-pane", "-p", *(["-e"] if colours else []))

    def state(self, name: str) -> str:
        """A format variable of tmux, such as alternate_on or cursor_flag."""
        return self._tmux("display-message", "-p", f"#{{{name}}}").strip()

    def prompted(self) -> str:
        """The screen once the shell waits for a command."""
        return self.wait(lambda text: text.rstrip().endswith("$"))

    def select(self, files: list[int]) -> tuple[list[int], list[int], list[int]]:
        """Which of the files have something to read, within the deadline."""
        return select.select(files, [], [], DEADLINE)

    def wait(self, what: str | Callable[[str], bool]) -> str:
        """The screen once it says so.

        Raises:
            AssertionError: with the screen as it is, when the deadline is over.
        """
        there = what if callable(what) else lambda text: what in text
        deadline = time.monotonic() + DEADLINE
        while not there(text := self.screen()):
            left = deadline - time.monotonic()
            assert left > 0, f"waited in vain for {what!r}:\n{text}"
            ready, _, _ = select.select([self._output], [], [], left)
            if ready:
                os.read(self._output, 1 << 20)
        return text
