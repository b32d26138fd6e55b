"""The default effects put CSAT where the field finds it, on a built-in floor: see docs/explanation/csat.md.

First-contact resolution: one point more is worth about one point of CSAT. Level: an ordinary team is near 78 %, a
floor where nothing goes wrong at 89 % (a 2022 benchmark of 300 teams went from the one to the other).
"""

from __future__ import annotations

import pytest

from core.estimates import Estimate
from core.interventions import with_value
from core.scenario import Scenario
from core.scenario_file import load_scenario
from sim.experiments.replications import replicate


def measures(scenario: Scenario) -> tuple[float, float]:
    """CSAT and FCR."""
    found = replicate(scenario, seed=1, replications=3, jobs=1).estimates

    def value(estimate: Estimate) -> float:
        assert estimate.value is not None
        return estimate.value

    return value(found["csat"]), value(found["fcr"])


def left_open(scenario: Scenario, part: float) -> Scenario:
    """The floor that leaves open a part of the matters that it leaves open now."""
    for name, topic in scenario.topic.items():
        share = 1.0 - part * (1.0 - topic.first_contact_resolution)
        scenario = with_value(scenario, f"topic.{name}.first_contact_resolution", str(share))
    return scenario


@pytest.fixture(scope="module")
def ordinary() -> Scenario:
    """The shop's small team with the two more people that its story says it lacks."""
    return with_value(load_scenario("small-team"), "team.support.extra", "2")


def test_a_point_of_first_contact_resolution_is_about_a_point_of_csat(ordinary: Scenario) -> None:
    csat, fcr = measures(left_open(ordinary, 1.4))
    better_csat, better_fcr = measures(left_open(ordinary, 0.6))
    assert better_fcr - fcr > 0.1
    assert 0.7 < (better_csat - csat) / (better_fcr - fcr) < 1.3


def test_csat_goes_from_the_ordinary_to_the_best_of_the_benchmark(ordinary: Scenario) -> None:
    csat, _ = measures(ordinary)
    assert 0.73 < csat < 0.81
    best = left_open(with_value(ordinary, "team.support.extra", "12"), 0.0)
    best = with_value(best, "channel.email.expects", "3d")  # nobody is there at night; mails may wait for the morning
    csat, fcr = measures(best)
    assert fcr == 1.0
    assert csat == pytest.approx(0.89, abs=0.015)
