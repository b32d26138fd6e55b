"""The triage bot: asks for context before a person joins, which costs time and saves some."""

from __future__ import annotations

import numpy as np

from core.scenario import Scenario
from sim.conversation import Block


class TriageBot:
    """Stands between the bots that resolve and the desk that sorts."""

    def __init__(self, scenario: Scenario):
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers for conversations that start from now on."""
        self._settings = scenario.triage_bot
        self._languages = np.array([language.bot for language in scenario.language.values()])

    def receive(self, block: Block) -> None:
        """Those whose context it collects join the queue later, and the desk knows what they are about."""
        settings = self._settings
        if settings.coverage == 0.0:
            return
        asked = block.open & ~block.straight
        asked &= block.chances("triage") < settings.coverage * self._languages[block.language]
        if not asked.any():
            return
        start = np.where(np.isnan(block.queued), block.asked, block.queued)
        took = settings.duration.quantile(block.chances("triage time"))
        block.queued[asked] = (start + took)[asked]
        block.triaged = asked
        known = asked & (block.chances("triage tells") < settings.told)
        block.told[known] = block.topic[known]
