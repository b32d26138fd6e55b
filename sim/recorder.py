"""The recorder: collects finished blocks into running sums and, where asked for, into records."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core import satisfaction
from core.records import Outcome, Records
from core.tally import Tally
from core.view import View
from sim.conversation import Block, Contact

_SETTLED = np.isin(list(Outcome), (Outcome.PREVENTED, Outcome.SELF_SERVED, Outcome.BOT_RESOLVED,
                                   Outcome.ARTICLE_RESOLVED, Outcome.CLOSED))


class Recorder:
    """Keeps blocks until everything in them has ended."""

    def __init__(self, since: float, keep: bool, team_of_agent: Sequence[int]):
        self.blocks: list[Block] = []
        """Blocks that are not finished."""
        self.tally = Tally()
        """Sums over the finished ones."""
        self._team_of_agent = team_of_agent
        """Position of the team of each person, by the person's number; it grows."""
        self._since = since
        self._keep = keep
        self._finished: list[Records] = []

    def receive(self, block: Block) -> None:
        """A block begins."""
        self.blocks.append(block)

    def collect(self, now: float, growing: Block | None) -> list[Block]:
        """Takes the blocks in which everything has ended, all but the one that grows; returns them."""
        done = [block for block in self.blocks if block is not growing and _has_ended(block, now)]
        for block in done:
            rows = as_of(block, now, self._team_of_agent)
            self.tally.add(View(rows, block.scenario, now, self._since))
            if self._keep:
                self._finished.append(rows)
            self.blocks.remove(block)
        return done

    def total(self, now: float) -> Tally:
        """Sums over all rows as they stand now."""
        total = self.tally.copy()
        for block in self.blocks:
            total.add(View(as_of(block, now, self._team_of_agent), block.scenario, now, self._since))
        return total

    def records(self, now: float) -> Records:
        """All rows as they stand now, by need and contact."""
        parts = [*self._finished, *(as_of(block, now, self._team_of_agent) for block in self.blocks)]
        rows = Records.concatenate(parts)
        return rows.where(np.lexsort((rows.contact, rows.need)))

    def recent(self, now: float, since: float) -> Records:
        """Rows that arrived after `since` or have not ended, in any order."""
        parts = [part for part in self._finished if len(part) and np.nanmax(part.ended) > since]
        return Records.concatenate([*parts, *(as_of(block, now, self._team_of_agent) for block in self.blocks)])


def _has_ended(block: Block, now: float) -> bool:
    """Whether nothing more can happen to any row."""
    ended = np.frombuffer(block.ended)[:block.used]
    return block.unfinished == 0 and bool((ended <= now).all())


def as_of(block: Block, now: float, team_of_agent: Sequence[int]) -> Records:
    """The rows of a block as they stand at `now`: what lies ahead has not happened."""
    rows = slice(0, int(np.searchsorted(block.arrived[:block.used], now, side="right")))
    ended, answered = np.frombuffer(block.ended)[rows].copy(), np.frombuffer(block.answered)[rows].copy()
    outcome = block.settled[rows].copy()
    ended[ended > now] = np.nan
    over, human = ~np.isnan(ended), outcome == Outcome.OPEN
    outcome[~over] = int(Outcome.OPEN)
    outcome[over & human] = np.where(np.isnan(answered), int(Outcome.ABANDONED), int(Outcome.CLOSED))[over & human]
    asked, queued = block.asked[rows].copy(), block.queued[rows].copy()
    asked[asked > now] = np.nan
    queued[queued > now] = np.nan
    email = block.email[block.channel[rows]]
    replied = np.where(email, np.frombuffer(block.replied)[rows], answered)
    touches = np.where(email, np.frombuffer(block.touches, dtype=np.int64)[rows], outcome == Outcome.CLOSED)
    spent = np.where((outcome == Outcome.CLOSED) & ~email, ended - answered, 0.0)
    resolved = over & (np.frombuffer(block.unsettled, dtype=np.int8)[rows] == 0) & _SETTLED[outcome]
    agent = np.frombuffer(block.agent, dtype=np.int64)[rows].copy()

    scenario, effects = block.scenario, block.scenario.satisfaction
    expects = np.array([channel.expects for channel in scenario.channel.values()])[block.channel[rows]]
    met = satisfaction.Experience(outcome=outcome, frt=replied - asked, expects=expects, resolved=resolved,
                                  contact=block.contact[rows], failed_turns=block.failed_turns[rows])
    drivers = satisfaction.exposure(met, effects)
    rated = satisfaction.RATED[outcome]
    score = np.where(rated, satisfaction.score(drivers, effects), np.nan)
    rating = np.where(rated, satisfaction.rating(score, effects, _own(block, Contact.RATING, rows)), 0)
    return Records(
        need=block.need[rows], contact=block.contact[rows], origin=block.origin[rows], outcome=outcome,
        topic=block.topic[rows], segment=block.segment[rows], channel=block.channel[rows],
        team=np.where(np.isnan(queued), -1, block.team[rows]), served_by=np.array([*team_of_agent, -1])[agent],
        agent=agent, arrived=block.arrived[rows], asked=asked, queued=queued, answered=answered, replied=replied,
        ended=ended, handle=spent + np.frombuffer(block.aside)[rows], bot_turns=block.bot_turns[rows],
        failed_turns=block.failed_turns[rows], touches=touches, resolved=resolved, score=score, rating=rating,
        surveyed=satisfaction.surveyed(rating, effects, _own(block, Contact.ANSWERS, rows)))


def _own(block: Block, column: Contact, rows: slice) -> NDArray[np.float64]:
    """The rows' own uniform numbers, of the first contact or of further ones."""
    if block.first_contacts:
        return block.contact_draws(column, 1, rows)
    contacts = block.contact[rows]
    drawn = np.empty(len(contacts))
    for number in np.unique(contacts):
        mine = contacts == number
        drawn[mine] = block.contact_draws(column, int(number), rows)[mine]
    return drawn
