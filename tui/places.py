"""Where a command does its work: the options --jobs and --cluster, and the executor that they name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import rich_click as click

from sim.experiments.executor import Executor, executor

Command = TypeVar("Command", bound=Callable[..., Any])


def places(command: Command) -> Command:
    """The options --jobs and --cluster."""
    jobs = click.option("--jobs", type=click.IntRange(min=1), help="Processes; without it, one for each processor.")
    cluster = click.option("--cluster", metavar="ADDRESS",
                           help="Run on this Dask cluster, such as tcp://10.0.0.5:8786; no digit changes.")
    return jobs(cluster(command))


def place(jobs: int | None, cluster: str | None) -> Executor:
    """The executor that the options name; what it has to say goes to stderr."""
    return executor(jobs, cluster, lambda text: click.echo(text, err=True))
