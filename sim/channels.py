"""The channels: where customers write, now that they do; those that are closed send them elsewhere, or away."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.records import Outcome
from core.scenario import Scenario
from sim.choice import pick, pick_fixed
from sim.conversation import Block

SOONEST = 1.0
"""Nobody expects an answer sooner (s)."""


class Channels:
    """Stands between those who would write and whoever reads it."""

    def __init__(self, scenario: Scenario):
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers for conversations that start from now on."""
        channels, names = list(scenario.channel.values()), list(scenario.channel)
        self._laws = [channel.expects for channel in channels]
        self._sooner = scenario.urgency.expects
        self._open = np.array([not channel.closed for channel in channels])
        self._stays_away = np.array([channel.stays_away for channel in channels])
        self._elsewhere = np.array([
            [channel.elsewhere.get(name, 0.0) if channel.elsewhere else 1.0 for name in names]
            for channel in channels]) * self._open
        """Weight of each channel for the customers of each that is closed."""

    def receive(self, block: Block) -> None:
        """Moves or loses the customers of closed channels, and says what each expects of the one they use."""
        if not len(block):
            return
        if not self._open.all():
            self._leave_closed_channels(block)
        u = block.chances("expects") if any(law.moments()[1] != 0.0 for law in self._laws) else np.full(len(block), 0.5)
        for position, law in enumerate(self._laws):
            rows = block.channel == position
            block.expects[rows] = law.quantile(u[rows])
        block.expects[block.urgent] *= self._sooner
        np.maximum(block.expects, SOONEST, out=block.expects)

    def _leave_closed_channels(self, block: Block) -> None:
        closed = block.open & ~self._open[block.channel]
        nowhere = self._elsewhere[block.channel].sum(axis=1) == 0.0
        away = closed & (nowhere | (block.chances("stays away") < self._stays_away[block.channel]))
        block.settle(away, Outcome.TURNED_AWAY, block.asked, False)
        block.asked[away] = np.nan
        goes = closed & ~away
        block.channel[goes] = pick(self._elsewhere[block.channel[goes]].T, block.chances("elsewhere")[goes])

    def open_channel(self, channel: int, u: Callable[[], float]) -> int:
        """Where a customer of that channel writes now: there, or elsewhere if it is closed in the meantime."""
        if self._open[channel] or not (weights := self._elsewhere[channel]).any():
            return channel
        return int(pick_fixed(weights, np.array([u()]))[0])
