"""The resolution bot: answers at once, asks whether that helped, hands over after failed turns or never."""

from __future__ import annotations

import numpy as np

from core.records import Outcome
from core.scenario import Bot, Scenario
from sim.conversation import Block, Floats, Ints, Need

LONGEST_LOOP = 60
"""Turns after which even the most patient customer leaves a loop without an exit."""


def endings(bot: Bot, success: float | Floats | None = None) -> list[tuple[Outcome, int, float | Floats]]:
    """Every way a bot conversation can end: how, after how many turns, with what probability.

    `success` is the chance of the first answer, for one conversation or by row (the bot's own if None). `Outcome.OPEN`
    stands for a hand-over to a person. Ordered by outcome and turns, so that one uniform number decides and a better
    bot turns the same customers' hand-overs into resolutions.
    """
    resolved: list[tuple[Outcome, int, float | Floats]] = []
    gave_up: list[tuple[Outcome, int, float | Floats]] = []
    left: float | Floats = 1.0
    success = bot.success if success is None else success
    turns = bot.exit_after or LONGEST_LOOP
    for turn in range(1, turns + 1):
        resolved.append((Outcome.BOT_RESOLVED, turn, left * success))
        left = left * (1.0 - success)
        if turn < turns:
            gave_up.append((Outcome.BOT_GAVE_UP, turn, left * bot.gives_up))
            left = left * (1.0 - bot.gives_up)
        success = success * bot.later_success
    last = Outcome.OPEN if bot.exit_after else Outcome.BOT_GAVE_UP
    return [*resolved, (last, turns, left), *gave_up]


class ResolutionBot:
    """The third tier: takes a share of conversations first."""

    def __init__(self, scenario: Scenario):
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers for conversations that start from now on."""
        self._settings = scenario.bot
        self._topics = np.array([topic.bot for topic in scenario.topic.values()])
        self._segments = np.array([segment.bot for segment in scenario.segment.values()])
        self._languages = np.array([language.bot for language in scenario.language.values()])

    def reach(self, block: Block) -> Floats:
        """Share of conversations like each row's that the bot takes first, those that are never automated left out."""
        coverage: Floats = self._settings.coverage * self._topics[block.topic] * self._segments[block.segment]
        coverage *= self._languages[block.language]
        return coverage

    def receive(self, block: Block) -> None:
        """Ends what it resolves and what gives up; the rest goes on to people later by the turns it took."""
        bot = self._settings
        if bot.coverage == 0.0:
            return
        covered = block.open & ~block.straight & (block.draws(Need.COVERED) < self.reach(block))
        if not covered.any():
            return
        success = bot.success * (1.0 - bot.hardness * block.difficulty)
        outcome, turns = _ends(bot, success, block.draws(Need.TURNS))
        false = block.draws(Need.FALSE) < bot.false_resolution
        if bot.confirms < 1.0:
            unasked = block.chances("confirms") >= bot.confirms
            false = np.where(unasked, block.draws(Need.TURNS) >= success, false)
            outcome[unasked], turns[unasked] = int(Outcome.BOT_RESOLVED), 1
        start = np.where(np.isnan(block.queued), block.asked, block.queued)
        left = start + turns * bot.turn_time.quantile(block.draws(Need.TURN_TIME))
        resolved = outcome == Outcome.BOT_RESOLVED
        block.bot_turns[covered] = turns[covered]
        block.failed_turns[covered] = (turns - resolved)[covered]
        block.wanted_person |= covered & block.wants_person
        block.settle(covered & resolved, Outcome.BOT_RESOLVED, left, ~false)
        block.settle(covered & (outcome == Outcome.BOT_GAVE_UP), Outcome.BOT_GAVE_UP, left, False)
        handed = covered & (outcome == Outcome.OPEN)
        block.queued[handed] = left[handed]


def _ends(bot: Bot, success: Floats, u: Floats) -> tuple[Ints, Ints]:
    """How each conversation ends, and after how many turns, by its own uniform number."""
    alike = bot.hardness == 0.0
    ways = endings(bot, None if alike else success)
    outcomes = np.array([int(outcome) for outcome, _, _ in ways])
    turns = np.array([turn for _, turn, _ in ways])
    if alike:
        way = np.searchsorted(np.cumsum([chance for _, _, chance in ways]), u, side="right")
    else:
        way, reached = np.zeros(len(u), dtype=np.int64), np.zeros(len(u))
        for _, _, chance in ways:
            reached = reached + chance
            way += u >= reached
    way = np.minimum(way, len(ways) - 1)
    return outcomes[way], turns[way]

