"""The task bot: suggests articles for the keywords of a message, unless the customer has just read them."""

from __future__ import annotations

import numpy as np

from core.records import Outcome
from core.scenario import Scenario
from sim.conversation import Block
from sim.customers import keywords
from sim.knowledge import KnowledgeBase


class TaskBot:
    """Sees a conversation before the resolution bot; what it does not settle goes on."""

    def __init__(self, scenario: Scenario, knowledge: KnowledgeBase):
        self._knowledge = knowledge
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers for conversations that start from now on."""
        self._settings = scenario.task_bot
        self._topics = np.array([topic.self_serve for topic in scenario.topic.values()])
        self._languages = np.array([language.bot for language in scenario.language.values()])
        self._needs_keyword = bool(keywords(scenario))

    def receive(self, block: Block) -> None:
        """Ends the conversations that its articles settle; the others have lost the time of reading."""
        settings = self._settings
        if settings.coverage == 0.0:
            return
        seen = block.open & ~block.straight
        seen &= block.chances("task bot") < settings.coverage * self._languages[block.language]
        if self._needs_keyword:
            seen &= block.keyword >= 0
        since = block.asked - block.visited
        been = ~np.isnan(since)
        seen &= ~been | (since >= settings.spares)
        if not seen.any():
            return
        solves = settings.solves * (self._topics * self._knowledge.freshness)[block.topic]
        again = seen & been & (since < JUST_READ)
        solves = np.where(again, solves * settings.solves_again, solves)
        left = block.asked + settings.duration.quantile(block.chances("task bot time"))
        solved = seen & (block.chances("task bot solves") < solves)
        block.sent_back = again & ~solved
        block.wanted_person |= seen & block.wants_person
        block.settle(solved, Outcome.ARTICLE_RESOLVED, left, True)
        goes_on = seen & ~solved
        block.queued[goes_on] = left[goes_on]


JUST_READ = 900.0
"""Whoever left the help centre less than so long ago has read its articles, and is annoyed to be sent there again (s).
15 minutes: the rule of a vendor's task bot (MISSION: self-serve and bots)."""
