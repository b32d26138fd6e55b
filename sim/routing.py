"""Routing: which team's queue a conversation joins, and in which priority class."""

from __future__ import annotations

import numpy as np

from core.scenario import Scenario
from sim.conversation import Block


class Routing:
    """The desk that sorts: a table from topic, segment and channel to team and priority."""

    def __init__(self, scenario: Scenario):
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's rules for conversations that start from now on."""
        teams = list(scenario.team)
        names = tuple(list(part) for part in (scenario.topic, scenario.segment, scenario.channel))
        shape = tuple(len(part) for part in names)
        self._team = np.zeros(shape, dtype=np.int64)
        self._priority = np.full(shape, 5, dtype=np.int64)
        undecided = np.ones(shape, dtype=bool)
        for route in scenario.route:
            wanted = (route.topics, route.segments, route.channels)
            asks = [np.array([not these or name in these for name in part])
                    for these, part in zip(wanted, names, strict=True)]
            matches = undecided & asks[0][:, None, None] & asks[1][None, :, None] & asks[2][None, None, :]
            self._team[matches] = teams.index(route.team)
            self._priority[matches] = route.priority
            undecided &= ~matches

    def receive(self, block: Block) -> None:
        """Sends every conversation that is still open to a team."""
        rows = block.open
        here = block.topic, block.segment, block.channel
        block.team[rows] = self._team[here][rows]
        block.priority[rows] = self._priority[here][rows]
        block.queued[rows] = np.where(np.isnan(block.queued), block.asked, block.queued)[rows]

    def desk(self, topic: int, segment: int, channel: int) -> tuple[int, int]:
        """Team and priority class of one conversation."""
        here = topic, segment, channel
        return int(self._team[here]), int(self._priority[here])
