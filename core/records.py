"""The flat record of a conversation: one row each, every column with its unit.

A conversation is one contact from its first message to its end. A reopen, a recontact after a false bot
resolution and a retry after giving up are further conversations (rows) of the same need. A need that was
prevented or self-served has a row too, so that the rows of a run account for every need.

Made by `sim.recorder`; read by `core.metrics`, exports and screens.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray


class Outcome(IntEnum):
    """How a conversation ended."""

    OPEN = 0
    """It has not ended: waiting, with a bot or with a person."""
    PREVENTED = 1
    """Proactive support solved the problem before anyone asked."""
    SELF_SERVED = 2
    """The customer found the answer in the help centre."""
    BOT_RESOLVED = 3
    """The bot ended it; `resolved` says whether the matter is really settled."""
    BOT_GAVE_UP = 4
    """The customer left the bot unhelped and did not get to a person."""
    ABANDONED = 5
    """The customer gave up waiting for a person."""
    CLOSED = 6
    """A person ended it; `resolved` says whether the matter is settled."""
    ARTICLE_RESOLVED = 7
    """An article that a bot suggested settled it; `resolved` says whether it really did."""
    TURNED_AWAY = 8
    """The channel was closed and the customer went away."""


class Origin(IntEnum):
    """Why there is a conversation."""

    NEW = 0
    """A need arose."""
    REOPEN = 1
    """A person's answer had not settled it."""
    RECONTACT = 2
    """The bot's answer had not settled it."""
    RETRY = 3
    """The customer had given up waiting and tries again."""


Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Records:
    """Columns of equal length, one row a conversation. Times are seconds since Monday 00:00 of the first week."""

    need: Ints
    """Number of the need in this run; further conversations about it carry the same number."""
    contact: Ints
    """1 for the first conversation about a need, 2 for the second ..."""
    origin: Ints
    """Why there is a conversation: `Origin`."""
    outcome: Ints
    """How it ended: `Outcome`."""
    topic: Ints
    """Position of the topic in the scenario."""
    segment: Ints
    """Position of the segment in the scenario."""
    channel: Ints
    """Position of the channel in the scenario."""
    team: Ints
    """Position of the team whose queue it joined, -1 where it joined none."""
    served_by: Ints
    """Position of the team whose person took it, -1 where none did."""
    agent: Ints
    """Number of the person who took it, counted over the run, -1 where none did."""
    arrived: Floats
    """When the need arose, or the customer came back (s)."""
    asked: Floats
    """First message, after any look at the help centre (s); nan where none was written."""
    queued: Floats
    """When it joined a team's queue (s), nan where it never did."""
    answered: Floats
    """When a person took it (s), nan where none did."""
    replied: Floats
    """First human reply (s): when a call or chat is taken, at the end of the first touch of an email; else nan."""
    ended: Floats
    """When it ended for the customer (s), nan while it is open."""
    handle: Floats
    """People's time spent on it so far, after-contact work included (s)."""
    bot_turns: Ints
    """Turns that the bot took."""
    failed_turns: Ints
    """Bot turns that did not settle it."""
    touches: Ints
    """Pieces of a person's work so far; more than one only for email."""
    resolved: Flags
    """Whether the customer's matter was settled when it ended."""
    score: Floats
    """Latent satisfaction, log odds of a rating of 4 or 5; nan where there is nothing to rate."""
    rating: Ints
    """The rating the customer has in mind, 1 to 5; 0 where there is none."""
    surveyed: Flags
    """Whether the customer answers the survey with it."""

    def __len__(self) -> int:
        return len(self.need)

    def columns(self) -> Iterator[tuple[str, NDArray[np.generic]]]:
        """Name and values of each column, in order."""
        for field in fields(self):
            yield field.name, getattr(self, field.name)

    def where(self, rows: Flags | Ints) -> Records:
        """The rows chosen by a mask or by positions."""
        return self._of({name: values[rows] for name, values in self.columns()})

    @staticmethod
    def concatenate(parts: list[Records]) -> Records:
        """All rows of the parts, in order; at least one part."""
        return Records._of({field.name: np.concatenate([getattr(part, field.name) for part in parts])
                            for field in fields(Records)})

    @staticmethod
    def _of(columns: Mapping[str, Any]) -> Records:
        return Records(**columns)
