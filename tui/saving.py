"""What the commands that run something have in common: into the run store, and out of it again."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import rich_click as click

from core import catalogue
from core.errors import StoreError
from core.interventions import Intervention
from core.output.store import Finished, Store, Stored
from core.places import session_files
from core.scenario import Scenario
from core.sessions import find_session, read_session
from sim.experiments.comparison import Plan
from sim.experiments.replications import Run
from tui.plans import load_plan
from tui.present import command_line

Command = TypeVar("Command", bound=Callable[..., Any])


def saving(command: Command) -> Command:
    """The options --save and --keep."""
    keep = click.option("--keep", type=click.IntRange(min=0), default=1, show_default=True, metavar="N",
                        help="Store the conversations of the first N replications.")
    save = click.option("--save/--no-save", default=True, help="Whether the run goes to the run store; it does.")
    return save(keep(command))


def finished(name: str, scenario: Scenario, seed: int, interventions: Sequence[Intervention], runs: Sequence[Run],
             kind: str = "run") -> Finished:
    """Replications as the store takes them."""
    return Finished(name, scenario, seed, interventions, {run.replication: run.tally for run in runs},
                    {run.replication: run.records for run in runs if run.records is not None}, kind)


def store_runs(runs: Sequence[Finished]) -> list[Stored]:
    """Stores runs that belong together, and says under which names where somebody is looking.

    A store that cannot be written costs the runs nothing but their place in it: the results have been shown.
    """
    batch = secrets.token_hex(3) if len(runs) > 1 else None
    stored: list[Stored] = []
    try:
        for run in runs:
            stored.append(Store().save(replace(run, batch=batch, command=command_line())))
    except StoreError as error:
        click.echo(str(error), err=True)
    if stored and sys.stderr.isatty():
        click.echo("Stored as " + ", ".join(run.id for run in stored), err=True)
    return stored


def load_stored_or_not(word: str) -> Plan:
    """The plan of a word: a session by its name, a stored run by its id or an end of it ("last"), or a scenario."""
    if word in catalogue.names() or word.endswith(".toml") or Path(word).is_file():
        return load_plan(word)
    if word in {file.stem for file in session_files()}:
        session = read_session(find_session(word))
        return Plan(session.name, session.origin.scenario, session.interventions)
    if Store().matches(word):
        run = Store().find(word)
        return Plan(run.name, run.scenario, run.interventions)
    return load_plan(word)
