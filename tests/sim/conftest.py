"""What is dear to start is started once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sim.experiments.executor import Executor, executor


@pytest.fixture(scope="session")
def two_processes() -> Iterator[Executor]:
    with executor(2) as two:
        yield two
