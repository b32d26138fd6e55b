"""Exit codes of the command."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    """What the exit code of `flightdesk` says."""

    OK = 0
    """It was done."""
    NO = 1
    """It was done, and the answer is no."""
    INPUT = 2
    """The input cannot be used as it is; the message says how to put it right."""
    INTERRUPTED = 130
    """Ctrl+C; what had finished was reported."""
