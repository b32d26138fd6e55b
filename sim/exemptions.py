"""Never automate: sensitive matters, high-touch and new customers go straight to a person, past every bot."""

from __future__ import annotations

import numpy as np

from core.scenario import Scenario
from sim.conversation import Block


class Exemptions:
    """The team's list of what bots must keep their hands off."""

    def __init__(self, scenario: Scenario):
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's list for conversations that start from now on."""
        bot = scenario.bot
        self._newer_than = bot.never_newer_than
        self._topics = np.array([name in bot.never_topics for name in scenario.topic])
        self._segments = np.array([name in bot.never_segments for name in scenario.segment])
        self._any = bool(self._topics.any() or self._segments.any() or self._newer_than > 0.0)

    def receive(self, block: Block) -> None:
        """Marks the conversations that are on the list."""
        if self._any:
            block.straight |= (self._topics[block.topic] | self._segments[block.segment]
                               | (block.tenure < self._newer_than))
