"""Automation trust: customers whom a bot has burnt ask for a person the next time."""

from __future__ import annotations

import numpy as np

from core.records import Outcome
from core.scenario import Scenario
from sim.conversation import Block, Floats


class Trust:
    """Remembers who was burnt, from the day after on."""

    def __init__(self, scenario: Scenario):
        self._burnt: Floats = np.empty(0)
        """When each customer was last burnt (s), by number."""
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers for needs that arise from now on."""
        self._settings = scenario.trust
        self._customers = scenario.demand.customers or 0
        if len(self._burnt) < self._customers:
            self._burnt = np.concatenate([self._burnt, np.full(self._customers - len(self._burnt), -np.inf)])

    def receive(self, block: Block) -> None:
        """Marks who will not talk to a bot."""
        if not self._customers or self._settings.demands_person == 0.0:
            return
        since = block.arrived - self._burnt[block.customer]
        burnt = (since >= 0.0) & (since < self._settings.remembers)
        block.straight = burnt & (block.chances("demands person") < self._settings.demands_person)

    def learn(self, block: Block, first: int, last: int) -> None:
        """What became of the rows from `first` to before `last`, which have begun."""
        if not self._customers or first >= last:
            return
        rows = slice(first, last)
        settled = block.settled[rows]
        false = (settled == Outcome.BOT_RESOLVED) & (np.frombuffer(block.unsettled, dtype=np.int8)[rows] > 0)
        burnt = false | (settled == Outcome.BOT_GAVE_UP) | (block.failed_turns[rows] >= self._settings.burnt_after)
        burnt &= block.customer[rows] >= 0
        who = block.customer[rows][burnt]
        np.maximum.at(self._burnt, who, np.where(np.isnan(block.queued[rows]), np.frombuffer(block.ended)[rows],
                                                 block.queued[rows])[burnt])
