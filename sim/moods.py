"""Moods: how customers feel when they come to people, and whether anyone notices."""

from __future__ import annotations

import numpy as np

from core.scenario import Scenario
from sim.conversation import Block

CALM, UPSET, HARSH = 0, 1, 2


class Moods:
    """The last look at customers before they are routed.

    Failed turns, earlier contacts and lateness add to the share of the upset; the harsh among them grow in proportion.
    """

    def __init__(self, scenario: Scenario):
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers for conversations that start from now on."""
        self._settings, self._signals = scenario.mood, scenario.signals
        self._usual = scenario.mood.upset + scenario.mood.harsh
        self._harsh_among = scenario.mood.harsh / self._usual if self._usual > 0.0 else 0.0
        self.neutral = is_neutral(scenario)

    def receive(self, block: Block) -> None:
        """Says how each customer feels, and who is noticed."""
        if self.neutral:
            return
        u = block.chances("mood")
        bad = np.minimum(self._usual + block.failed_turns * self._settings.failed_turn, 1.0)
        block.mood = np.where(u < bad * self._harsh_among, HARSH, np.where(u < bad, UPSET, CALM))
        block.noticed = (block.mood > CALM) & (block.chances("noticed") < self._signals.detects)

    def notices(self, block: Block, row: int) -> bool:
        """Whether the mood of one customer is noticed, where it is not calm: drawn once for each contact."""
        number = block.contact_of[row]
        return block.need_chance("noticed" if number == 1 else f"contact {number}/noticed", row) < self._signals.detects

    def later(self, block: Block, row: int, lateness: float) -> int:
        """The mood of one customer who comes again, or has waited `lateness` times beyond what they expect."""
        if self.neutral:
            return CALM
        settings = self._settings
        bad = self._usual + (block.failed_of[row] * settings.failed_turn
                             + (block.contact_of[row] - 1) * settings.earlier_contact
                             + (lateness if lateness > 0.0 else 0.0) * settings.late)
        if bad > 1.0:
            bad = 1.0
        u = block.need_chance("mood", row)
        return CALM if u >= bad else HARSH if u < bad * self._harsh_among else UPSET


def is_neutral(scenario: Scenario) -> bool:
    """Whether everybody is calm."""
    mood = scenario.mood
    return not (mood.upset or mood.harsh or mood.failed_turn or mood.earlier_contact or mood.late)
