"""Proactive support: problems solved before anyone asks."""

from __future__ import annotations

import numpy as np

from core.records import Outcome
from core.scenario import Scenario
from sim.conversation import Block, Need


class ProactiveSupport:
    """The first tier: takes needs away before they are felt."""

    def __init__(self, scenario: Scenario):
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers for needs that arise from now on."""
        proactive = scenario.proactive
        chance = proactive.reach * proactive.effect
        self._prevents = chance * np.array([topic.proactive for topic in scenario.topic.values()])

    def receive(self, block: Block) -> None:
        """Ends the needs that it prevents, at the moment they would have arisen."""
        prevented = block.draws(Need.PREVENTED) < self._prevents[block.topic]
        if prevented.any():
            block.settle(prevented, Outcome.PREVENTED, block.arrived, True)
            block.asked[prevented] = np.nan
