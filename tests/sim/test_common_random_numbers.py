"""Common random numbers: the difference that a change makes is far less noisy when both floors share their chance.

Every conversation, person and day owns its draws, so a change in one mechanism moves no other draw. Shown for every
kind of change on a floor with every mechanism at once; the measured ratios of variances are printed (`pytest -s`).
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.interventions import with_value
from core.records import Origin, Records
from core.scenario import Scenario
from core.scenario_file import load_scenario
from sim.floor import Floor

REPLICATIONS = 16
FAR = {"csat": 8.0, "frt_mean": 2.0, "abandonment_rate": 4.0, "occupancy": 50.0}
"""How many times smaller the variance must be at least; measured over these changes: 13-120, 3-39, 5-18, 150-1300."""
CHANGES = {
    "one person more": ("team.front.extra", "1"),
    "more bot": ("bot.coverage", "60%"),
    "more customers": ("demand.level", "105%"),
    "quicker answers": ("topic.login.handle_time.mean", "3m45s"),
    "more patience": ("channel.chat.patience.mean", "5m"),
    "less time away": ("team.front.shrinkage.away", "8%"),
}


@cache
def everything() -> Scenario:
    return load_scenario(Path(__file__).parent / "every_mechanism.toml")


@cache
def measures(key: str | None, value: str, replication: int) -> tuple[float, ...]:
    """The metrics of one replication, with a change or without."""
    scenario = everything() if key is None else with_value(everything(), key, value)
    floor = Floor(scenario, seed=11, replication=replication, keep_records=False)
    floor.advance(scenario.length)
    found = floor.measures()
    values = tuple(found[name] for name in FAR)
    assert None not in values
    return values  # type: ignore[return-value]


def differences(key: str, value: str, shift: int) -> NDArray[np.float64]:
    """Changed minus unchanged, the unchanged `shift` replications on: 0 pairs them, anything else does not."""
    return np.array([np.subtract(measures(key, value, replication),
                                 measures(None, "", (replication + shift) % REPLICATIONS))
                     for replication in range(REPLICATIONS)])


@pytest.mark.parametrize("change", CHANGES)
def test_paired_differences_are_far_less_noisy(change: str) -> None:
    paired = differences(*CHANGES[change], shift=0).var(axis=0, ddof=1)
    unpaired = np.mean([differences(*CHANGES[change], shift=shift).var(axis=0, ddof=1)
                        for shift in range(1, REPLICATIONS)], axis=0)
    ratios = unpaired / paired
    print(f"\n{change}: " + ", ".join(f"{name} 1/{ratio:.0f}" for name, ratio in zip(FAR, ratios, strict=True)))
    assert (ratios > np.array(list(FAR.values()))).all()


def first_contacts(scenario: Scenario) -> Records:
    floor = Floor(scenario, seed=3)
    floor.advance(scenario.length)
    rows = floor.records()
    return rows.where(rows.origin == Origin.NEW)


@pytest.mark.parametrize("change", [name for name in CHANGES if "customers" not in name])
def test_the_customers_stay_who_they_are(change: str) -> None:
    """Whoever needs help, when, about what and how patient they are does not depend on who helps."""
    one, other = first_contacts(everything()), first_contacts(with_value(everything(), *CHANGES[change]))
    for column in ("arrived", "topic", "segment", "channel"):
        np.testing.assert_array_equal(getattr(one, column), getattr(other, column), err_msg=column)


def test_more_customers_are_added_to_the_same_ones() -> None:
    """Volume thins or adds to one stream of arrivals: a bigger crowd contains the smaller one."""
    crowds = [set(first_contacts(with_value(everything(), "demand.level", level)).arrived.tolist())
              for level in ("70%", "100%", "130%", "250%")]
    for smaller, bigger in pairwise(crowds):
        assert smaller < bigger
