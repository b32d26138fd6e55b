"""A terminal that is gone drops what is written, and holds nobody up."""

from __future__ import annotations

import os
from contextlib import suppress

from textual.drivers.headless_driver import HeadlessDriver
from textual.drivers.linux_driver import LinuxDriver

from tui.lost import LastingFile, lasting


def test_what_a_lost_terminal_refuses_is_dropped() -> None:
    ours, theirs = os.openpty()
    terminal = os.fdopen(theirs, "w")
    file = LastingFile(terminal)
    file.write("seen")
    file.flush()
    assert os.read(ours, 10) == b"seen"
    assert (file.isatty(), file.lost) == (True, False)
    os.close(ours)
    file.write("unseen")
    file.flush()
    assert file.lost
    assert file.write("more") == 4
    with suppress(OSError):  # what was not taken is still in it
        terminal.close()


def test_only_drivers_of_terminals_are_wrapped() -> None:
    assert lasting(HeadlessDriver) is HeadlessDriver
    assert lasting(LinuxDriver) is not LinuxDriver
    assert issubclass(lasting(LinuxDriver), LinuxDriver)
