"""Processes that write to a store and are killed: `python writers.py FOLDER kills|many`, for the test of the store.

`kills` saves again and again, killed at the first, second, third ... thing it does with files, until one save survives;
`many` saves five runs in each of two processes at once. Prints how many saves were killed, or made.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb  # noqa: F401  (what a save needs is loaded before the forks)
import scipy.special  # noqa: F401

from core.metrics import METRICS
from core.output.store import Finished, Store
from core.scenario_file import read_scenario
from core.tally import Tally

SCENARIO = '[demand]\nrate = "20/h"\n[topic.any]\nhandle_time = "4m"\n[team.all]\nagents = 3\n'


def finished(name: str) -> Finished:
    """A run with a little of everything but records."""
    tally = Tally(dict.fromkeys(METRICS, 1.0), dict.fromkeys(METRICS, 2.0))
    return Finished(name, read_scenario(SCENARIO), 1, (), {0: tally, 1: tally}, {})


def killed_at(moment: int, folder: Path) -> Callable[[str, tuple[object, ...]], None]:
    """An audit hook that kills the process at so many-th event that concerns something in the folder."""
    left = moment

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        if arguments and isinstance(arguments[0], str | Path) and str(arguments[0]).startswith(str(folder)):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    return hook


def in_a_child(work: Callable[[], None]) -> int:
    """The process id of a child that does the work and leaves."""
    child = os.fork()
    if child == 0:
        work()
        os._exit(0)
    return child


def main(folder: Path, what: str) -> int:
    store = Store(folder)

    def save_until(moment: int) -> Callable[[], None]:
        def work() -> None:
            sys.addaudithook(killed_at(moment, folder))
            store.save(finished(f"run {moment}"))
        return work

    def save_five() -> None:
        for number in range(5):
            store.save(finished(f"run {number}"))

    if what == "many":
        children = [in_a_child(save_five) for _ in range(2)]
        return 5 * sum(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0 for child in children)
    moment = 0
    while os.waitstatus_to_exitcode(os.waitpid(in_a_child(save_until(moment)), 0)[1]) != 0:
        moment += 1
    return moment


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), sys.argv[2]))
