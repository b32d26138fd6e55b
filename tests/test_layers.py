"""The layers at run time: what an import loads, in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCREEN = ("textual", "rich", "rich_click", "click")
HEAVY = ("scipy.stats", "duckdb", "textual", "simpy", "pydantic", "numpy")


def loaded_by(code: str) -> set[str]:
    """Names of the modules that are loaded once the code has run."""
    done = subprocess.run([sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
                          capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize(("code", "never"), [
    ("import core", (*SCREEN, "simpy", "faker", "dask")),
    ("import core.scenario_file, core.interventions, core.metrics", (*SCREEN, "simpy", "faker", "dask", "duckdb",
                                                                     "scipy.stats")),
    ("import sim", SCREEN),
    ("import sim.floor, sim.live, sim.experiments.replications", (*SCREEN, "duckdb", "scipy.stats", "dask")),
    ("from core.scenario_file import load_scenario; from sim.floor import Floor\n"
     "Floor(load_scenario('small-team')).advance(7200.0)", ("faker",)),
    ("import tui.cli", HEAVY),
    # The scenario browser is on the screen before the model and the engine are loaded.
    ("import tui.app, tui.screens.browser", ("scipy", "duckdb", "faker", "simpy", "pydantic", "numpy")),
    ("import tui.screens.live, tui.commands.live", ("scipy", "duckdb", "faker")),
])
def test_an_import_does_not_load_the_layer_above_nor_what_is_slow(code: str, never: tuple[str, ...]) -> None:
    assert loaded_by(code).isdisjoint(never)


def test_the_screen_does_load_textual() -> None:
    # The check above could not fail if the names were wrong.
    assert {"textual", "simpy"} <= loaded_by("import tui.screens.live")
