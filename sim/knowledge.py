"""The knowledge base: what is written down and still right, day by day, behind help centre, bots and people."""

from __future__ import annotations

import numpy as np

from core.scenario import Scenario


class KnowledgeBase:
    """What share of a topic's questions it answers now. It changes at midnight, and when somebody writes."""

    def __init__(self, scenario: Scenario):
        self._settings = scenario.knowledge
        self._planned = [topic.knowledge for topic in scenario.topic.values()]
        self._ages = np.array([topic.staleness for topic in scenario.topic.values()])
        self.freshness = np.full(len(scenario.topic), scenario.knowledge.freshness)
        """Share of each topic's articles that are right."""
        self._fresh: list[float] = self.freshness.tolist()
        self.coverage = list(self._planned)
        """Share of each topic's questions that it answers, as far as it is fresh."""
        self.written = 0
        """Answers written down so far."""

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers; what was written and went stale since the start stays so."""
        before, self._settings = self._settings, scenario.knowledge
        if before.freshness != self._settings.freshness:
            self.freshness = np.full(len(scenario.topic), self._settings.freshness)
            self._fresh = self.freshness.tolist()
        self._ages = np.array([topic.staleness for topic in scenario.topic.values()])
        for place, topic in enumerate(scenario.topic.values()):
            if topic.knowledge != self._planned[place]:
                self._planned[place] = self.coverage[place] = topic.knowledge

    def turn_day(self) -> None:
        """A day has passed: some articles went stale, some stale ones were put right."""
        goes_stale = np.minimum(self._settings.staleness * self._ages, 1.0)
        self.freshness = self.freshness + ((1.0 - self.freshness) * self._settings.upkeep
                                           - self.freshness * goes_stale) / 7
        self._fresh = self.freshness.tolist()

    def answers(self, topic: int) -> float:
        """Chance that a question of the topic (its position) finds its answer."""
        return self.coverage[topic] * self._fresh[topic]

    def write(self, topic: int) -> None:
        """Somebody writes an answer down that was missing."""
        self.written += 1
        self.coverage[topic] = min(1.0, self.coverage[topic] + 1.0 / self._settings.questions)
