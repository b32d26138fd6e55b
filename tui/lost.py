"""A terminal that is gone takes nothing more, and must not hold the application up.

Textual writes from a thread that an error of the terminal ends; whoever writes next waits for it for ever, and the
signal that says why is never heard. So the driver writes into a file that swallows what a lost terminal refuses.
"""

from __future__ import annotations

from contextlib import suppress
from typing import IO, Any

from textual.driver import Driver


class LastingFile:
    """A terminal's file for writing; once it refuses, all else is dropped."""

    def __init__(self, file: IO[str]):
        self._file = file
        self.lost = False
        """Whether the terminal is gone."""

    def write(self, text: str) -> int:
        """Writes the text, as long as there is somebody to read it."""
        self._try(self._file.write, text)
        return len(text)

    def flush(self) -> None:
        """Sends what was written."""
        self._try(self._file.flush)

    def _try(self, act: Any, *arguments: str) -> None:
        if not self.lost:
            try:
                act(*arguments)
            except (OSError, ValueError):  # ValueError: the file is closed
                self.lost = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def lasting(driver: type[Driver]) -> type[Driver]:
    """The driver, writing into a lasting file; one that does not write into a terminal stays as it is."""
    with suppress(ImportError):  # there are no such terminals on Windows
        from textual.drivers.linux_driver import LinuxDriver

        if driver is LinuxDriver:
            class Lasting(LinuxDriver):
                """Textual's driver for terminals, which outlives its terminal."""

                def __init__(self, *args: Any, **kwargs: Any):
                    super().__init__(*args, **kwargs)
                    self._file: Any = LastingFile(self._file)

            return Lasting
    return driver
