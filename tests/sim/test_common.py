"""Floors that have their customers in common: each is, to the last digit, what it is alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.interventions import Intervention, with_value
from core.scenario import Scenario, Shift
from core.scenario_file import load_scenario
from sim.conversation import Block
from sim.experiments.replications import run_beside, run_once
from sim.floor import Floor
from sim.rota import Rota, Stint

HERE = Path(__file__).parent
CHANGES = (Intervention(30_000.0, "demand.level", "120%"), Intervention(86_400.0, "bot.coverage", "50%"))


def worlds() -> tuple[Scenario, list[tuple[Scenario, tuple[Intervention, ...]]]]:
    world = load_scenario(HERE / "every_mechanism.toml")
    for key, value in (("length", "2d"), ("warm_up", "6h")):
        world = with_value(world, key, value)
    team = next(iter(world.team))
    return world, [(world, ()), (with_value(world, f"team.{team}.extra", "1"), ()),
                   (with_value(world, "bot.coverage", "90%"), ()), (world, CHANGES)]


def test_beside_others_as_alone() -> None:
    _, plans = worlds()
    beside = run_beside(1, plans=plans, seed=3, keep_records=True)
    for (scenario, changes), run in zip(plans, beside, strict=True):
        alone = run_once(1, scenario=scenario, seed=3, interventions=changes, keep_records=True)
        assert run.records is not None
        assert alone.records is not None
        for (name, one), (_, other) in zip(run.records.columns(), alone.records.columns(), strict=True):
            np.testing.assert_array_equal(one, other, err_msg=name)
        assert (run.tally.tops, run.tally.bottoms) == (alone.tally.tops, alone.tally.bottoms)
        assert (run.waiting_before, run.waiting_after) == (alone.waiting_before, alone.waiting_after)


@pytest.mark.parametrize(("key", "value", "days"), [("team.{}.extra", "1", 2), ("bot.coverage", "90%", 4)])
def test_what_is_the_same_is_worked_out_once(key: str, value: str, days: int, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[float] = []
    needs = Floor._needs

    def counted(floor: Floor, start: float, end: float) -> Block:
        made.append(start)
        return needs(floor, start, end)

    filled: list[tuple[str, str, float]] = []
    fill = Rota._filled

    def kept(rota: Rota, stint: Stint, shift: Shift | None, day: int) -> Stint:
        filled.append((rota.team, stint.person, stint.start))
        return fill(rota, stint, shift, day)

    monkeypatch.setattr(Floor, "_needs", counted)
    monkeypatch.setattr(Rota, "_filled", kept)
    world, _ = worlds()
    other = with_value(world, key.format(next(iter(world.team))), value)
    run_beside(0, plans=[(world, ()), (other, ())], seed=3)
    assert len(made) == days
    assert filled
    assert len(set(filled)) == len(filled)
