"""Self-serve: the help centre, where customers look before they write."""

from __future__ import annotations

import numpy as np

from core.records import Outcome
from core.scenario import Scenario
from sim.conversation import Block, Need
from sim.knowledge import KnowledgeBase


class SelfServe:
    """The second tier: some look for an answer, some of them find it, all of them spend time."""

    def __init__(self, scenario: Scenario, knowledge: KnowledgeBase):
        self._knowledge = knowledge
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers for needs that arise from now on."""
        self._settings = scenario.self_serve
        self._finds = self._settings.finds * np.array([topic.self_serve for topic in scenario.topic.values()])

    def receive(self, block: Block) -> None:
        """Ends the needs whose answer is found; the others write later by the time they spent looking."""
        settings = self._settings
        tries = block.open & (block.draws(Need.TRIES) < settings.tries)
        if not tries.any():
            return
        left = block.arrived + settings.duration.quantile(block.draws(Need.SELF_SERVE_TIME))
        found = tries & (block.draws(Need.FINDS) < (self._finds * self._knowledge.freshness)[block.topic])
        block.visited[tries] = left[tries]
        block.asked[tries] = left[tries]
        block.settle(found, Outcome.SELF_SERVED, left, True)
        block.asked[found] = np.nan
        if settings.writes_after.moments() != (0.0, 0.0):
            writes = tries & ~found
            block.asked[writes] += settings.writes_after.quantile(block.chances("writes after"))[writes]
