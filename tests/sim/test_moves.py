"""`core.moves` tells the truth: a change of a key changes every metric that it is said to move."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from core.errors import InterventionError
from core.interventions import keys, with_value
from core.moves import MOVES
from core.scenario import Scenario
from core.scenario_file import load_scenario
from core.scenario_keys import pattern_of
from sim.floor import Floor

TRIED = 3
VALUES = ("2", "1", "3", "0", "50%", "20%", "0.3", "7m", "3h", "15:00", "Mon 11:00", '["api"]', '["vip"]', '["chat"]',
          '["Mon"]', "login", "pool", "night", "day", "email", "1s", "false", "12", "-1",
          str([1 + hour % 9 for hour in range(24)]), "none", "[0.1, 0.2, 0.3, 0.4, 0.5]", "[-3.0, -2.0, -1.0]")


@pytest.mark.long
def test_every_key_moves_what_it_is_said_to_move() -> None:
    scenario = load_scenario(str(Path(__file__).with_name("every_mechanism.toml")))
    scenario = with_value(scenario, "length", "1d")
    base = measures(scenario)
    unmoved = {known: set(metrics) for known, metrics in MOVES.items()}
    for key in keys(scenario):
        known = longest(pattern_of(tuple(key.name.split(".")), scenario))
        for variant in islice(variants(scenario, key.name), TRIED if known and unmoved[known] else 0):
            unmoved[known] -= {name for name, value in measures(variant).items() if value != base[name]}
    assert {known: metrics for known, metrics in unmoved.items() if metrics} == {}


def longest(pattern: str) -> str:
    return max((known for known in MOVES if f"{pattern}.".startswith(f"{known}.")), key=len, default="")


def measures(scenario: Scenario) -> dict[str, float | None]:
    floor = Floor(scenario, seed=1, keep_records=False)
    floor.advance(scenario.length)
    return floor.measures()


def variants(scenario: Scenario, name: str) -> Iterator[Scenario]:
    """The scenario with other values of a key."""
    for value in VALUES:
        try:
            variant = with_value(scenario, name, value)
        except InterventionError:
            continue
        if variant != scenario:
            yield variant
