"""The recorder: collects finished blocks into running sums and, where asked for, into records."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core import satisfaction
from core.records import Outcome, Records
from core.tally import Tally
from core.view import View
from sim.contact import effort
from sim.conversation import Block, Contact, Hop

_SETTLED = np.isin(list(Outcome), (Outcome.PREVENTED, Outcome.SELF_SERVED, Outcome.BOT_RESOLVED,
                                   Outcome.ARTICLE_RESOLVED, Outcome.CLOSED))


Staff = Sequence[tuple[int, int]]


class Recorder:
    """Keeps blocks until everything in them has ended."""

    def __init__(self, since: float, keep: bool, staff: Staff):
        self.blocks: list[Block] = []
        """Blocks that are not finished."""
        self.tally = Tally()
        """Sums over the finished ones."""
        self._staff = staff
        """Positions of the team and the level of each person, by the person's number; it grows."""
        self._since = since
        self._keep = keep
        self._finished: list[Records] = []
        self._hops: dict[tuple[int, int], list[Hop]] = {}
        """The hands that conversations of finished blocks went through, by need and contact."""
        self._week: list[Records] = []
        """What people closed in blocks that were collected lately, for reviews."""

    def receive(self, block: Block) -> None:
        """A block begins."""
        self.blocks.append(block)

    def collect(self, now: float, growing: Block | None, reviewed: bool = False) -> None:
        """Takes the blocks in which everything has ended, all but the one that grows.

        Of those that may be `reviewed` the week's closed conversations are kept.
        """
        done = [block for block in self.blocks if block is not growing and _has_ended(block, now)]
        for block in done:
            rows = as_of(block, now, self._staff)
            self.tally.add(View(rows, block.scenario, now, self._since))
            if self._keep:
                self._finished.append(rows)
                self._hops.update(_hops(block))
            if reviewed:
                self._week.append(rows.where(rows.outcome == Outcome.CLOSED))
            self.blocks.remove(block)

    def closed(self, now: float, since: float) -> Records:
        """What people closed after `since`, a week ago at the most, in any order."""
        self._week = [part for part in self._week if (part.ended > since).any()]
        parts = [*self._week, *(as_of(block, now, self._staff) for block in self.blocks), Records.of(0)]
        rows = Records.concatenate(parts)
        return rows.where((rows.outcome == Outcome.CLOSED) & (rows.ended > since))

    def total(self, now: float) -> Tally:
        """Sums over all rows as they stand now."""
        total = self.tally.copy()
        for block in self.blocks:
            total.add(View(as_of(block, now, self._staff), block.scenario, now, self._since))
        return total

    def records(self, now: float) -> Records:
        """All rows as they stand now, by need and contact."""
        parts = [*self._finished, *(as_of(block, now, self._staff) for block in self.blocks)]
        rows = Records.concatenate(parts)
        return rows.where(np.lexsort((rows.contact, rows.need)))

    def about(self, need: int, now: float) -> Records | None:
        """The rows of one need as they stand now, in any order; None where it has not arisen."""
        parts = [part.where(part.need == need) for part in self._finished]
        for block in self.blocks:
            if (block.need[:block.used] == need).any():
                rows = as_of(block, now, self._staff)
                parts.append(rows.where(rows.need == need))
        parts = [part for part in parts if len(part)]
        return Records.concatenate(parts) if parts else None

    def hops(self, need: int) -> dict[int, list[Hop]]:
        """The hands that the conversations about a need went through, by number of the contact."""
        known = dict(self._hops)
        for block in self.blocks:
            known.update(_hops(block))
        return {contact: hops for (other, contact), hops in known.items() if other == need}

    def recent(self, now: float, since: float) -> Records:
        """Rows that arrived after `since` or have not ended, in any order."""
        parts = [part for part in self._finished if len(part) and np.nanmax(part.ended) > since]
        return Records.concatenate([*parts, *(as_of(block, now, self._staff) for block in self.blocks)])


def _hops(block: Block) -> dict[tuple[int, int], list[Hop]]:
    return {(int(block.need[row]), int(block.contact[row])): hops for row, hops in block.hops.items()}


def _has_ended(block: Block, now: float) -> bool:
    """Whether nothing more can happen to any row."""
    ended = np.frombuffer(block.ended)[:block.used]
    return block.unfinished == 0 and bool((ended <= now).all())


def as_of(block: Block, now: float, staff: Staff) -> Records:
    """The rows of a block as they stand at `now`: what lies ahead has not happened."""
    rows = slice(0, int(np.searchsorted(block.arrived[:block.used], now, side="right")))
    ended, answered = np.frombuffer(block.ended)[rows].copy(), np.frombuffer(block.answered)[rows].copy()
    outcome = block.settled[rows].copy()
    ended[ended > now] = np.nan
    over, human = ~np.isnan(ended), outcome == Outcome.OPEN
    outcome[~over] = int(Outcome.OPEN)
    gave_up = np.isnan(answered) | _flags(block.left)[rows]
    outcome[over & human] = np.where(gave_up, int(Outcome.ABANDONED), int(Outcome.CLOSED))[over & human]
    asked, queued = block.asked[rows].copy(), block.queued[rows].copy()
    asked[asked > now] = np.nan
    queued[queued > now] = np.nan
    email = block.email[block.channel[rows]]
    replied = np.where(email, np.frombuffer(block.replied)[rows], answered)
    touches = np.where(email, np.frombuffer(block.touches, dtype=np.int64)[rows], outcome == Outcome.CLOSED)
    taken = np.frombuffer(block.taken)[rows]
    began = np.where(np.isnan(taken), answered, taken)
    spent = np.where((outcome == Outcome.CLOSED) & ~email, ended - began, 0.0)
    resolved = over & (np.frombuffer(block.unsettled, dtype=np.int8)[rows] == 0) & _SETTLED[outcome]
    agent = np.frombuffer(block.agent, dtype=np.int64)[rows].copy()

    people = np.array([*staff, (-1, -1)])[agent]
    met = Records(
        need=block.need[rows], contact=block.contact[rows], origin=block.origin[rows], outcome=outcome,
        topic=block.topic[rows], segment=block.segment[rows], channel=block.channel[rows],
        language=block.language[rows], customer=block.customer[rows], tenure=block.tenure[rows],
        incident=block.incident[rows], keyword=block.keyword[rows], attributes=block.attributes[rows],
        urgent=block.urgent[rows], difficulty=block.difficulty[rows],
        mood=np.maximum(block.mood[rows], _counts(block.met)[rows]), expects=block.expects[rows],
        team=np.where(np.isnan(queued), -1, block.team[rows]), rule=np.where(np.isnan(queued), -1, block.rule[rows]),
        served_by=people[:, 0], agent=agent, level=people[:, 1], arrived=block.arrived[rows], asked=asked,
        queued=queued, answered=answered, replied=replied, ended=ended,
        handle=spent + np.frombuffer(block.aside)[rows], expected=expected_handle(block, rows),
        transfers=_counts(block.transfers)[rows], escalations=_counts(block.escalations)[rows],
        sorted=_flags(block.sorted)[rows], taps=_counts(block.taps)[rows], callback=_flags(block.callback)[rows],
        foreign=_flags(block.foreign)[rows], skill=np.frombuffer(block.skill)[rows].copy(),
        tone=np.frombuffer(block.tone)[rows].copy(), bot_turns=block.bot_turns[rows],
        failed_turns=block.failed_turns[rows], sent_back=block.sent_back[rows],
        wanted_person=block.wanted_person[rows], touches=touches, resolved=resolved,
        avoidable=_flags(block.missed)[rows], score=np.full(len(outcome), np.nan),
        rating=np.zeros(len(outcome), dtype=np.int64), surveyed=np.zeros(len(outcome), dtype=bool))
    return _rated(met, block, rows)


def _rated(rows: Records, block: Block, place: slice) -> Records:
    """The rows with how satisfied each customer is, and what they answer."""
    effects = block.scenario.satisfaction
    score = satisfaction.score(satisfaction.exposure(satisfaction.met_with(rows), effects), effects)
    rating = satisfaction.rating(score, effects, block.contact_draws(Contact.RATING, place))
    rated = satisfaction.RATED[rows.outcome]
    rating = np.where(rated, rating, 0)
    return replace(rows, score=np.where(rated, score, np.nan), rating=rating,
                   surveyed=satisfaction.surveyed(rating, effects, block.contact_draws(Contact.ANSWERS, place)))


def expected_handle(block: Block, rows: slice) -> NDArray[np.float64]:
    """Mean handle time of conversations like these in tenured, rested hands (s)."""
    topics, channels = block.scenario.topic.values(), block.scenario.channel.values()
    work = np.array([topic.handle_time.moments()[0] for topic in topics])[block.topic[rows]]
    work = work * np.array([channel.handle_factor for channel in channels])[block.channel[rows]]
    factor = effort(block.scenario, block, rows)
    after = np.array([topic.after_work.moments()[0] for topic in topics])[block.topic[rows]]
    expected: NDArray[np.float64] = (work if factor is None else work * factor) + after
    return expected


def _flags(column: array[int]) -> NDArray[np.bool_]:
    flags: NDArray[np.bool_] = np.frombuffer(column, dtype=np.int8) != 0
    return flags


def _counts(column: array[int]) -> NDArray[np.int64]:
    return np.frombuffer(column, dtype=np.int8).astype(np.int64)
