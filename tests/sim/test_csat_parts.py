"""What a CSAT is made of, on a floor with every mechanism: parts that the tally carries block by block."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from core.attribution import DriverSums, composition, split, split_cohorts
from core.interventions import Intervention, with_value
from core.scenario import Scenario
from core.scenario_file import load_scenario
from core.tally import DIMENSIONS
from sim.experiments.replications import Outcome, replicate

SCENARIO = with_value(load_scenario(str(Path(__file__).with_name("every_mechanism.toml"))), "length", "1d")


def run(scenario: Scenario, *interventions: Intervention) -> Outcome:
    return replicate(scenario, seed=1, replications=2, interventions=interventions, jobs=1, keep_records=True)


def sums(outcome: Outcome) -> list[DriverSums]:
    return [one.tally.drivers for one in outcome.runs if one.tally.drivers is not None]


@pytest.fixture(scope="module")
def plain() -> Outcome:
    return run(SCENARIO)


@pytest.fixture(scope="module")
def changed() -> Outcome:
    """More people, and half way through customers who resent waiting."""
    return run(with_value(SCENARIO, "team.front.extra", "3"), Intervention(50_000.0, "satisfaction.wait", "-0.5"))


def test_the_expected_part_is_the_mean_chance_of_the_scores(plain: Outcome) -> None:
    for one in plain.runs:
        assert one.records is not None
        assert one.tally.drivers is not None
        rated = (one.records.rating > 0) & ~np.isnan(one.records.asked)  # who wrote nothing is not asked
        chance = 1 / (1 + np.exp(-one.records.score[rated]))
        found = one.tally.drivers
        assert found.total("rows") == np.count_nonzero(rated)
        assert found.total("satisfied") == np.count_nonzero(one.records.rating[rated] >= 4)
        assert found.parts()[1:-1].sum() / rated.sum() == pytest.approx(chance.mean(), abs=1e-12)


def test_parts_sum_to_the_difference_of_csat(plain: Outcome, changed: Outcome) -> None:
    before, after = plain.estimates["csat"].value, changed.estimates["csat"].value
    assert before is not None
    assert after is not None
    parts = {part.name: part.points.value or 0.0 for part in split(sums(plain), sums(changed))}
    assert math.fsum(parts.values()) == pytest.approx(after - before, abs=1e-12)
    assert parts["gave_up"] > 0.0
    assert parts["baseline"] == pytest.approx(0.0, abs=1e-12)
    made_of = math.fsum(part.points.value or 0.0 for part in composition(sums(plain)))
    assert made_of == pytest.approx(before, abs=1e-12)
    for dimension in DIMENSIONS:
        found = split_cohorts(sums(plain), sums(changed), dimension)
        together = math.fsum([*(cohort.points.value or 0.0 for cohort in found.cohorts), found.mix.value or 0.0])
        assert together == pytest.approx(after - before, abs=1e-12)
