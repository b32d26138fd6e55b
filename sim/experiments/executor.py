"""Where independent work is done: in this process, in several, or on a Dask cluster; the results are the same.

`executor` chooses; replications, comparisons and sweeps hand it a function and tasks, and get results as they finish.
Both must be picklable. Whoever stops listening (Ctrl+C in the first place) does not wait for what is under way.

A cluster that dies on the way costs nothing but time: tasks of a lost worker go to another one, and when the scheduler
or the last worker is gone, what is left is done here. Dask is loaded only where a cluster is named.
"""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future, ProcessPoolExecutor, as_completed
from contextlib import AbstractContextManager, redirect_stderr, suppress
from functools import cache, partial
from importlib import import_module
from multiprocessing import active_children, get_context, resource_tracker
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from core.errors import ExperimentError
from sim.experiments import worker

Task = TypeVar("Task")
Result = TypeVar("Result")
Progress = Callable[[int, int], None]
"""Called with how many pieces of work are done, and of how many."""
Say = Callable[[str], None]

CONNECT, CLOSE = 10.0, 2.0
"""How long a scheduler may take to answer, and to be left (s)."""
LOOK = 1.0
"""How often somebody looks whether the cluster is still there (s)."""
PATIENCE = 20.0
"""How long a cluster may be without workers before it counts as lost (s)."""
ROUNDS = 3
"""How often what was lost is tried again on a cluster."""


class Executor(AbstractContextManager["Executor"], Protocol):
    """Does tasks, several at once if it can."""

    @property
    def jobs(self) -> int:
        """How many at once."""
        ...

    def results(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[tuple[int, Result]]:
        """The position of each task and what came of it, as they finish."""
        ...

    def stop(self) -> None:
        """Ends what is under way; whoever waits for its results in another thread gets an error instead."""


class ThisProcess:
    """One task after the other, here."""

    jobs = 1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        pass

    def results(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[tuple[int, Result]]:
        """In the order of the tasks."""
        return ((at, work(task)) for at, task in enumerate(tasks))

    def stop(self) -> None:
        """A task that has begun here is finished."""


class Processes:
    """Several processes on this machine, started when there is work: nothing of this one's state can reach a task."""

    def __init__(self, jobs: int):
        self.jobs = jobs
        self._pool: ProcessPoolExecutor | None = None
        self._others: set[object] = set()
        self._busy = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        # Ended by force, idle processes would leave their pipes' threads with tracebacks to print.
        if kind is not None and self._busy:
            self.stop()
        elif self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def results(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[tuple[int, Result]]:
        """As they finish; a lone task is not worth a process."""
        if self._pool is None and min(self.jobs, len(tasks)) == 1:
            yield from ThisProcess().results(work, tasks)
            return
        if self._pool is None:
            self._others = set(active_children())
            # It would be started with the first process; on a screen of ours stderr is nothing that it could inherit.
            with redirect_stderr(sys.__stderr__):
                resource_tracker.ensure_running()
            self._pool = ProcessPoolExecutor(self.jobs, get_context("spawn"), initializer=worker.begin)
        self._busy = True
        try:
            places: dict[Future[Result], int] = {self._pool.submit(work, task): at for at, task in enumerate(tasks)}
            for future in as_completed(places):
                yield places[future], future.result()
        except BaseException:
            self.stop()
            raise
        self._busy = False

    def stop(self) -> None:
        """Ends the processes with what they are doing."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        pool.shutdown(wait=False, cancel_futures=True)
        for process in active_children():
            if process not in self._others:
                process.terminate()
        pool.shutdown()


class Cluster:
    """The workers of a Dask scheduler that is running already. They must run the same code as this process."""

    def __init__(self, address: str, jobs: int, say: Say):
        self._address = address
        self._jobs, self._say = jobs, say
        self._here: Processes | ThisProcess | None = None

    def __enter__(self) -> Self:
        try:
            self._dask: Any = import_module("distributed")
        except ImportError as error:
            raise ExperimentError("--cluster needs Dask, which is not installed: pip install 'flightdesk[cluster]'"
                                  ) from error
        self._lost = (self._dask.CancelledError, self._dask.KilledWorker, self._dask.TimeoutError, CancelledError,
                      import_module("distributed.comm").CommClosedError)
        """What Dask raises when a worker or the scheduler is gone, and not because of a task."""
        self._levels = _silenced("distributed")
        try:
            self._client = self._dask.Client(self._address, timeout=CONNECT)
        except (OSError, TimeoutError, ValueError) as error:
            _restore(self._levels)
            raise ExperimentError(f"--cluster {self._address}: no Dask scheduler answers there ({error})") from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        if self._here is not None:
            self._here.__exit__(kind, error, trace)
        with suppress(Exception):  # a scheduler that is gone cannot be told goodbye
            self._client.close(timeout=CLOSE)
        _restore(self._levels)

    @property
    def jobs(self) -> int:
        """One for each thread of a worker."""
        with suppress(Exception):  # of a cluster that is gone
            return sum(self._client.nthreads().values()) or 1
        return 1

    def results(self, work: Callable[[Task], Result], tasks: Sequence[Task]) -> Iterator[tuple[int, Result]]:
        """As they finish, wherever."""
        left = dict(enumerate(tasks))
        for _ in range(ROUNDS):
            # A result can be lost with the worker that holds it, after it was finished: then it is done again.
            if left and self._here is None and self._client.status == "running":
                for at, result in self._round(work, left):
                    del left[at]
                    yield at, result
        if left:
            if self._here is None:
                self._say(f"The cluster at {self._address} does not answer any more: what is left is done here.")
                self._here = ThisProcess() if self._jobs == 1 else Processes(self._jobs)
            places = list(left)
            for position, result in self._here.results(work, [left[at] for at in places]):
                yield places[position], result

    def stop(self) -> None:
        """Ends what is under way here, if the cluster is gone; a cluster's tasks are taken back by whoever waits."""
        if self._here is not None:
            self._here.stop()

    def _round(self, work: Callable[[Task], Result], left: Mapping[int, Task]) -> Iterator[tuple[int, Result]]:
        """What the cluster makes of the tasks, by their number; it ends early when the cluster is gone."""
        same = partial(_with_the_same_code, work, code_digest())
        name = f"flightdesk-{secrets.token_hex(8)}"
        futures: dict[Any, int] = {}
        alone_since: float | None = None
        try:
            for at, task in left.items():
                futures[self._client.submit(same, task, key=f"{name}-{at}", pure=False)] = at
            while futures and self._client.status == "running":
                for future in self._done(list(futures)):
                    at, alone_since = futures.pop(future), None
                    with suppress(*self._lost):
                        yield at, future.result(timeout=CONNECT)
                if self._client.scheduler_info()["workers"]:
                    alone_since = None
                    continue
                alone_since = alone_since or time.monotonic()
                if time.monotonic() - alone_since > PATIENCE:
                    return
        except self._lost:
            return
        except ImportError as error:
            raise ExperimentError(f"--cluster {self._address}: a worker cannot import Flightdesk ({error}); install "
                                  "the same version there") from error
        finally:
            with suppress(Exception):
                self._client.cancel(list(futures), force=True)

    def _done(self, futures: Sequence[Any]) -> Iterable[Any]:
        """Those that are done, after a look at least."""
        try:
            done: Iterable[Any] = self._dask.wait(futures, timeout=LOOK, return_when="FIRST_COMPLETED").done
        except self._dask.TimeoutError:
            return ()
        return done


def _silenced(name: str) -> dict[str, int]:
    """Takes the word from all loggers of a library, whose news we tell ourselves; returns their levels."""
    loggers = [one for one in [name, *logging.root.manager.loggerDict] if one == name or one.startswith(f"{name}.")]
    levels = {one: logging.getLogger(one).level for one in loggers}
    for one in levels:
        logging.getLogger(one).setLevel(logging.CRITICAL + 1)
    return levels


def _restore(levels: dict[str, int]) -> None:
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def _with_the_same_code(work: Callable[[Task], Result], digest: str, task: Task) -> Result:
    """Does the task on a worker, if it would do the same as the process that asked."""
    if code_digest() != digest:
        raise ExperimentError("a worker of the cluster runs another version of Flightdesk than this machine; with "
                              "other code there would be other results")
    return work(task)


@cache
def code_digest() -> str:
    """A digest of the code that makes a run: equal digests, equal results."""
    import core
    import sim

    digest = hashlib.sha256()
    for package in (core, sim):
        root = Path(str(package.__file__)).parent
        for file in sorted(root.rglob("*.py")):
            digest.update(f"{file.relative_to(root).as_posix()}\n".encode() + file.read_bytes())
    return digest.hexdigest()


def executor(jobs: int | None = None, cluster: str | None = None, say: Say = lambda text: None) -> Executor:
    """The executor for that many processes here, or for a Dask cluster.

    Args:
        jobs: processes; one for each processor if None.
        cluster: address of a Dask scheduler, such as tcp://10.0.0.5:8786.
        say: called with what somebody should know, such as the loss of the cluster.
    """
    jobs = jobs or os.cpu_count() or 1
    if cluster is not None:
        return Cluster(cluster, jobs, say)
    return ThisProcess() if jobs == 1 else Processes(jobs)
