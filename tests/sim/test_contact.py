"""What contacts want: one by one the same as in columns, to the last digit."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.scenario_file import load_scenario
from core.streams import Stream
from sim.contact import Wishes, effort, wants
from sim.conversation import Block, Cohort, Contact, Wants

HERE = Path(__file__).parent


@pytest.mark.parametrize("file", ["b2b-saas", "call-centre", HERE / "every_mechanism.toml"])
def test_one_by_one_as_in_columns(file: str | Path) -> None:
    scenario, count = load_scenario(file), 300
    draws = Stream(1, 0, "contacts").rows(count, len(Contact))
    other = Stream(1, 0, "others").rows(count, 4)
    cohort = Cohort(1, 0, "contacts", np.empty((0, count)), draws)
    block = Block(scenario, [cohort], np.zeros(count, dtype=np.int64), np.arange(count), np.zeros(count))
    block.topic = (other[0] * len(scenario.topic)).astype(np.int64)
    block.channel = (other[1] * len(scenario.channel)).astype(np.int64)
    block.difficulty, block.triaged = other[2], other[3] < 0.5
    together = wants(scenario, block.topic, block.channel, block.contact_draws, effort(scenario, block))
    single, wishes = Wants(), Wishes(scenario)
    for row in range(count):
        wishes.append(single, int(block.topic[row]), int(block.channel[row]), draws[:, row].tolist(),
                      float(block.difficulty[row]), bool(block.triaged[row]))
    assert single == together
