"""A process that works for another one: it leaves Ctrl+C to that one, and does not outlive it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from threading import Thread


def begin() -> None:
    """The first thing that a worker process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_the_parent, name="end with the parent", daemon=True).start()


def _end_with_the_parent() -> None:
    """Ends this process when its parent is gone, however it went.

    A worker waits for tasks on a pipe that its fellow workers hold open too, so it would not notice by itself.
    """
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
