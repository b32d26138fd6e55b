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
    """An article that the task bot suggested settled it."""
    TURNED_AWAY = 8
    """The customer's channel was closed, and they went nowhere else."""


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
    language: Ints
    """Position of the customer's language in the scenario."""
    customer: Ints
    """Number of the customer, -1 where the scenario has no number of customers: then each need is somebody else's."""
    tenure: Floats
    """How long they have been a customer (s); inf for ever."""
    incident: Ints
    """Position of the incident that it comes of, -1 where none."""
    keyword: Ints
    """Which keyword the message has: position among all topics' keywords, -1 where it has none."""
    attributes: Ints
    """What else is known of it: the positions of each attribute's value in one number (`attribute_values`)."""
    urgent: Flags
    """Whether it cannot wait."""
    difficulty: Floats
    """How hard it is, 0 to 1."""
    mood: Ints
    """The customer's when a person met them, or at the end: 0 calm, 1 upset, 2 harsh."""
    expects: Floats
    """First response time that the customer takes for granted (s)."""
    team: Ints
    """Position of the team whose queue it joined first, -1 where it joined none."""
    rule: Ints
    """Position of the routing rule that placed it, -1 where none did."""
    served_by: Ints
    """Position of the team whose person took it last, -1 where none did."""
    agent: Ints
    """Number of the person who took it last, counted over the run, -1 where none did."""
    level: Ints
    """Position of that person's level in the scenario, -1 where none took it, or people have no levels."""
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
    expected: Floats
    """Handle time that tenured, rested people need on average for such a conversation: its topic, channel and
    difficulty (s)."""
    transfers: Ints
    """Times that a person of a wrong team passed it on."""
    escalations: Ints
    """Times that it went up: too difficult, or to a manager."""
    sorted: Flags
    """Whether a person of the sorting inbox placed it."""
    taps: Ints
    """Times that a senior was asked about it."""
    callback: Flags
    """Whether the customer waited for a call-back."""
    foreign: Flags
    """Whether people answered in a language that is not the customer's."""
    skill: Floats
    """Quality of work of whoever handled it: log odds of a good mark against a tenured, rested person of their level;
    0 where nobody did."""
    tone: Floats
    """The part of it that a customer hears in the tone."""
    bot_turns: Ints
    """Turns that the bot took."""
    failed_turns: Ints
    """Bot turns that did not settle it."""
    sent_back: Flags
    """Whether it was shown articles that the customer had just read."""
    wanted_person: Flags
    """Whether a bot took a customer who wanted a person."""
    touches: Ints
    """Pieces of a person's work so far; more than one only for email."""
    resolved: Flags
    """Whether the customer's matter was settled when it ended."""
    avoidable: Flags
    """Whether a tenured person of the right level would have settled what a person left open."""
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
        for name in COLUMNS:
            yield name, getattr(self, name)

    def where(self, rows: Flags | Ints | slice) -> Records:
        """The rows chosen by a mask, by positions, or a stretch of them."""
        if isinstance(rows, np.ndarray) and rows.dtype == np.bool_:
            rows = np.flatnonzero(rows)
        return self._of({name: values[rows] for name, values in self.columns()})

    @staticmethod
    def of(count: int, **given: Any) -> Records:
        """That many rows of the given columns; in the others nothing happened (0, -1 for nobody, nan for never)."""
        empty: dict[str, Any] = {"Floats": np.zeros(count), "Flags": np.zeros(count, dtype=bool),
                                 "Ints": np.zeros(count, dtype=np.int64)}
        columns = {field.name: empty[str(field.type)] for field in fields(Records)}
        nobody = ("customer", "incident", "keyword", "team", "rule", "served_by", "agent", "level")
        never = ("asked", "queued", "answered", "replied", "ended", "score")
        columns |= dict.fromkeys(nobody, np.full(count, -1)) | dict.fromkeys(never, np.full(count, np.nan))
        columns |= {"contact": np.ones(count, dtype=np.int64), "tenure": np.full(count, np.inf),
                    "expects": np.full(count, 60.0)}
        return Records._of({**columns, **given})

    @staticmethod
    def concatenate(parts: list[Records]) -> Records:
        """All rows of the parts, in order; at least one part."""
        return Records._of({name: np.concatenate([getattr(part, name) for part in parts]) for name in COLUMNS})

    @staticmethod
    def _of(columns: Mapping[str, Any]) -> Records:
        return Records(**columns)


COLUMNS = tuple(field.name for field in fields(Records))
"""Names of the columns, in order."""
