"""Where independent work is done: in this process, in several, or on a Dask cluster; the results are the same.

`executor` chooses; replications, comparisons and sweeps hand it a function and tasks, and get results as they finish.
Both must be picklable. Whoever stops listening (Ctrl+C in the first place) does not wait for what is under way.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from contextlib import AbstractContextManager
from multiprocessing import active_children, get_context
from types import TracebackType
from typing import Protocol, Self, TypeVar

Task = TypeVar("Task")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]
"""Called with how many pieces of work are done, and of how many."""


class Executor(AbstractContextManager["Executor"], Protocol):
    """Does tasks, several at once if it can."""

    def results(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[tuple[int, Result]]:
        """The position of each task and what came of it, as they finish."""
        ...


class ThisProcess:
    """One task after the other, here."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        pass

    def results(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[tuple[int, Result]]:
        """In the order of the tasks."""
        return ((at, work(task)) for at, task in enumerate(tasks))


class Processes:
    """Several processes on this machine, started when there is work: nothing of this one's state can reach a task."""

    def __init__(self, jobs: int):
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None
        self._others: set[object] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if kind is not None:
            self._end()
        elif self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def results(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[tuple[int, Result]]:
        """As they finish; a lone task is not worth a process."""
        if self._pool is None and min(self._jobs, len(tasks)) == 1:
            yield from ThisProcess().results(work, tasks)
            return
        if self._pool is None:
            self._others = set(active_children())
            self._pool = ProcessPoolExecutor(self._jobs, get_context("spawn"), initializer=_ignore_interrupts)
        try:
            places: dict[Future[Result], int] = {self._pool.submit(work, task): at for at, task in enumerate(tasks)}
            for future in as_completed(places):
                yield places[future], future.result()
        except BaseException:
            self._end()
            raise

    def _end(self) -> None:
        """Ends the processes with what they are doing."""
        if self._pool is None:
            return
        self._pool.shutdown(wait=False, cancel_futures=True)
        for worker in active_children():
            if worker not in self._others:
                worker.terminate()
        self._pool.shutdown()
        self._pool = None


def _ignore_interrupts() -> None:
    """Ctrl+C is the parent's to handle."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def executor(jobs: int | None = None) -> Executor:
    """The executor for that many processes here; one for each processor if None."""
    jobs = jobs or os.cpu_count() or 1
    return ThisProcess() if jobs == 1 else Processes(jobs)
