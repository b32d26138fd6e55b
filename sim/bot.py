"""The resolution bot: answers at once, asks whether that helped, hands over after failed turns or never."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.records import Outcome
from core.scenario import Bot, Scenario
from sim.conversation import Block, Need

LONGEST_LOOP = 60
"""Turns after which even the most patient customer leaves a loop without an exit."""


def endings(bot: Bot) -> list[tuple[Outcome, int, float]]:
    """Every way a bot conversation can end: how, after how many turns, with what probability.

    `Outcome.OPEN` stands for a hand-over to a person. Ordered by outcome and turns, so that one uniform number
    decides and a better bot turns the same customers' hand-overs into resolutions.
    """
    resolved, gave_up = [], []
    left, success = 1.0, bot.success
    turns = bot.exit_after or LONGEST_LOOP
    for turn in range(1, turns + 1):
        resolved.append((Outcome.BOT_RESOLVED, turn, left * success))
        left *= 1.0 - success
        if turn < turns:
            gave_up.append((Outcome.BOT_GAVE_UP, turn, left * bot.gives_up))
            left *= 1.0 - bot.gives_up
        success *= bot.later_success
    last = Outcome.OPEN if bot.exit_after else Outcome.BOT_GAVE_UP
    return [*resolved, (last, turns, left), *gave_up]


class ResolutionBot:
    """The third tier: takes a share of conversations first."""

    def __init__(self, scenario: Scenario):
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers for conversations that start from now on."""
        self._settings = bot = scenario.bot
        self._topics = np.array([topic.bot for topic in scenario.topic.values()])
        self._segments = np.array([segment.bot for segment in scenario.segment.values()])
        ways = endings(bot)
        self._outcomes = np.array([int(outcome) for outcome, _, _ in ways])
        self._turns = np.array([turns for _, turns, _ in ways])
        self._cumulative: NDArray[np.float64] = np.cumsum([chance for _, _, chance in ways])
        self._cumulative[-1] = max(self._cumulative[-1], 1.0)

    def receive(self, block: Block) -> None:
        """Ends what it resolves and what gives up; the rest goes on to people later by the turns it took."""
        if self._settings.coverage == 0.0:
            return
        coverage = self._settings.coverage * self._topics[block.topic] * self._segments[block.segment]
        covered = block.open & (block.draws(Need.COVERED) < coverage)
        if not covered.any():
            return
        way = np.searchsorted(self._cumulative, block.draws(Need.TURNS), side="right")
        way = np.minimum(way, len(self._turns) - 1)
        outcome, turns = self._outcomes[way], self._turns[way]
        left = block.asked + turns * self._settings.turn_time.quantile(block.draws(Need.TURN_TIME))
        block.bot_turns[covered] = turns[covered]
        block.failed_turns[covered] = (turns - (outcome == Outcome.BOT_RESOLVED))[covered]
        false = block.draws(Need.FALSE) < self._settings.false_resolution
        block.settle(covered & (outcome == Outcome.BOT_RESOLVED), Outcome.BOT_RESOLVED, left, ~false)
        block.settle(covered & (outcome == Outcome.BOT_GAVE_UP), Outcome.BOT_GAVE_UP, left, False)
        handed = covered & (outcome == Outcome.OPEN)
        block.queued[handed] = left[handed]
