"""The recorder: collects finished blocks into running sums and, where asked for, into records."""

from __future__ import annotations

import numpy as np

from core import satisfaction
from core.metrics import Tally, View
from core.records import Outcome, Records
from sim.conversation import Block, Contact

_RATED = (int(Outcome.BOT_RESOLVED), int(Outcome.BOT_GAVE_UP), int(Outcome.ABANDONED), int(Outcome.CLOSED))


class Recorder:
    """Keeps blocks until everything in them has ended."""

    def __init__(self, since: float, keep: bool):
        self.blocks: list[Block] = []
        """Blocks that are not finished."""
        self.tally = Tally()
        """Sums over the finished ones."""
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
            rows = as_of(block, now)
            self.tally.add(View(rows, block.scenario, now, self._since))
            if self._keep:
                self._finished.append(rows)
            self.blocks.remove(block)
        return done

    def total(self, now: float) -> Tally:
        """Sums over all rows as they stand now."""
        total = self.tally.copy()
        for block in self.blocks:
            total.add(View(as_of(block, now), block.scenario, now, self._since))
        return total

    def records(self, now: float) -> Records:
        """All rows as they stand now, by need and contact."""
        parts = [*self._finished, *(as_of(block, now) for block in self.blocks)]
        rows = Records.concatenate(parts)
        return rows.where(np.lexsort((rows.contact, rows.need)))

    def recent(self, now: float, since: float) -> Records:
        """Rows that arrived after `since` or have not ended, in any order."""
        parts = [part for part in self._finished if len(part) and np.nanmax(part.ended) > since]
        return Records.concatenate([*parts, *(as_of(block, now) for block in self.blocks)])


def _has_ended(block: Block, now: float) -> bool:
    return block.pending == 0 and (not block.used or bool(np.nanmax(np.frombuffer(block.ended)[:block.used]) <= now))


def as_of(block: Block, now: float) -> Records:
    """The rows of a block as they stand at `now`: what lies ahead has not happened."""
    rows = slice(0, block.used)
    rows = slice(0, int(np.searchsorted(block.arrived[rows], now, side="right")))
    ended = np.frombuffer(block.ended)[rows].copy()
    outcome = np.frombuffer(block.outcome, dtype=np.int64)[rows].copy()
    ahead = ended > now
    ended[ahead], outcome[ahead] = np.nan, int(Outcome.OPEN)
    asked, queued = block.asked[rows].copy(), block.queued[rows].copy()
    asked[asked > now] = np.nan
    queued[queued > now] = np.nan
    team = np.where(np.isnan(queued), -1, block.team[rows])
    replied = np.frombuffer(block.replied)[rows].copy()
    resolved = (np.frombuffer(block.resolved, dtype=np.int8)[rows] > 0) & (outcome != Outcome.OPEN)

    scenario, effects = block.scenario, block.scenario.satisfaction
    expects = np.array([channel.expects for channel in scenario.channel.values()])[block.channel[rows]]
    drivers = satisfaction.exposure(outcome, replied - asked, expects, resolved, block.contact[rows],
                                    block.failed_turns[rows])
    rated = np.isin(outcome, _RATED)
    score = np.where(rated, satisfaction.score(drivers, effects), np.nan)
    rating = np.zeros(len(outcome), dtype=np.int64)
    rating[rated] = satisfaction.rating(score[rated], effects, _own(block, Contact.RATING, rows)[rated])
    return Records(
        need=block.need[rows], contact=block.contact[rows], origin=block.origin[rows], outcome=outcome,
        topic=block.topic[rows], segment=block.segment[rows], channel=block.channel[rows], team=team,
        served_by=np.frombuffer(block.served_by, dtype=np.int64)[rows].copy(),
        agent=np.frombuffer(block.agent, dtype=np.int64)[rows].copy(),
        arrived=block.arrived[rows], asked=asked, queued=queued,
        answered=np.frombuffer(block.answered)[rows].copy(), replied=replied, ended=ended,
        handle=np.frombuffer(block.handle)[rows].copy(), bot_turns=block.bot_turns[rows],
        failed_turns=block.failed_turns[rows], touches=np.frombuffer(block.touches, dtype=np.int64)[rows].copy(),
        resolved=resolved, score=score, rating=rating,
        surveyed=satisfaction.surveyed(rating, effects, _own(block, Contact.ANSWERS, rows)))


def _own(block: Block, column: Contact, rows: slice) -> np.ndarray:
    """The rows' own uniform numbers, of the first contact or of further ones."""
    numbers = np.unique(block.contact[rows])
    if len(numbers) == 1:
        return block.contact_draws(column, int(numbers[0]), rows)
    drawn = np.empty(len(block.contact[rows]))
    for number in numbers:
        mine = block.contact[rows] == number
        drawn[mine] = block.contact_draws(column, int(number), rows)[mine]
    return drawn
