"""Executors: the same results wherever the work is done, and whoever dies on the way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial

import pytest

from core.errors import ExperimentError
from sim.experiments.executor import Executor, ThisProcess, code_digest, executor
from sim.experiments.replications import Run, run_once
from tests.sim.floors import scenario

WORK = partial(run_once, scenario=scenario(length="2h"), seed=1)


def double(number: int) -> int:
    if number == 3:
        raise ValueError("three")
    return 2 * number


def tops(where: Executor, count: int) -> list[dict[str, float]]:
    found: dict[int, Run] = dict(where.results(WORK, range(count)))
    return [found[at].tally.tops for at in range(count)]


def test_processes_are_used_again_and_change_no_digit() -> None:
    alone = tops(ThisProcess(), 3)
    with executor(2) as two:
        assert tops(two, 3) == alone
        assert dict(two.results(double, [1])) == {0: 2}
        with pytest.raises(ValueError, match="three"):
            list(two.results(double, range(6)))


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="this platform ends processes otherwise")
def test_workers_do_not_outlive_a_killed_program() -> None:
    """Each holds stderr open: it comes to its end when the last of them is gone."""
    program = ("import os, signal\nfrom sim.experiments.executor import executor\n"
               "if __name__ == '__main__':\n"
               "    with executor(2) as where:\n"
               "        print(sorted(where.results(abs, [-1, -2, -3])), flush=True)\n"
               "        os.kill(os.getpid(), signal.SIGKILL)\n")
    killed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert killed.stdout == "[(0, 1), (1, 2), (2, 3)]\n"


def test_one_job_is_done_here_and_a_lone_task_as_well() -> None:
    with executor(1) as here:
        assert isinstance(here, ThisProcess)
        assert list(here.results(lambda number: number, [7])) == [(0, 7)]
    with executor(2) as two:
        assert list(two.results(lambda number: number, [7])) == [(0, 7)]  # a lambda cannot be pickled


def test_the_digest_of_the_code_is_the_same_every_time() -> None:
    first = code_digest()
    code_digest.cache_clear()
    assert code_digest() == first
    assert len(first) == 64


def test_an_address_without_a_scheduler_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("sim.experiments.executor.CONNECT", 0.2)
    with pytest.raises(ExperimentError, match="no Dask scheduler answers there"), executor(1, "tcp://127.0.0.1:1"):
        pass


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
def test_a_cluster_gives_the_same_and_survives_its_workers_and_its_scheduler() -> None:
    distributed = pytest.importorskip("distributed")
    alone = tops(ThisProcess(), 8)
    said: list[str] = []
    with distributed.LocalCluster(n_workers=2, processes=True, threads_per_worker=1, dashboard_address=None) as cluster:
        with executor(1, cluster.scheduler_address, said.append) as where:
            found = {}
            for at, run in where.results(WORK, range(8)):
                found[at] = run.tally.tops
                if len(found) == 2:
                    os.kill(cluster.workers[0].process.pid, signal.SIGKILL)
            assert [found[at] for at in range(8)] == alone
            with pytest.raises(ValueError, match="three"):
                list(where.results(double, range(6)))
        assert said == []
        with executor(1, cluster.scheduler_address, said.append) as where:
            found = {}
            for at, run in where.results(WORK, range(8)):
                found[at] = run.tally.tops
                if len(found) == 2:
                    cluster.close()
            assert [found[at] for at in range(8)] == alone
            assert tops(where, 2) == alone[:2]
    assert len(said) == 1
    assert "what is left is done here" in said[0]
