"""What flows through the floor: a `Cohort` of drawn chances, a `Block` of needs that share them, and a `Conversation`
while it has to do with people.

Everything that is decided when a need arises is decided for a whole block at once, in columns; only what waits for
a person becomes an object. Its results are written back to the block's columns, which the recorder reads.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.distributions import Constant, Law, on_tick
from core.records import Origin, Outcome
from core.scenario import Scenario
from core.streams import Stream

if TYPE_CHECKING:
    from sim.agents import Agent
    from sim.clock import Alarm
    from sim.team import Team

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Need(IntEnum):
    """What chance decides about a need when it arises: columns of its draws."""

    GAP = 0
    THIN = 1
    INCIDENT = 2
    TOPIC = 3
    SEGMENT = 4
    CHANNEL = 5
    PREVENTED = 6
    TRIES = 7
    FINDS = 8
    SELF_SERVE_TIME = 9
    COVERED = 10
    TURNS = 11
    TURN_TIME = 12
    FALSE = 13


class Contact(IntEnum):
    """What chance decides about one contact with the team: columns of its draws."""

    PATIENCE = 0
    LEAVES = 1
    SILENT = 2
    HANDLE = 3
    AFTER_WORK = 4
    TOUCHES = 5
    SETTLES = 6
    RETURNS = 7
    RETURN_DELAY = 8
    RATING = 9
    ANSWERS = 10


_FEW_CONTACTS, _FEW_CHANCES, _FEW_TIMES = 8, 10, 24
"""How often something is worked out alone before it is worked out for all needs or rows at once."""


class Cohort:
    """Needs whose chances come from one stream; each owns its draws, whatever happens to the others."""

    def __init__(self, seed: int, replication: int, name: str, needs: Floats, first: Floats):
        self.needs = needs
        """Draws about the needs, shape (len(Need), needs)."""
        self.first = first
        """Draws about the needs' first contacts, shape (len(Contact), needs)."""
        self._draw: Callable[[str], Stream] = lambda part: Stream(seed, replication, f"{name}/{part}")
        self._streams: dict[str, Stream] = {}
        self._chances: dict[str, Floats] = {}
        self._further: dict[int, Floats] = {}
        """Draws about all needs' contacts of a number, shape (len(Contact), needs), where many are asked for."""
        self._asked: dict[int, int] = {}
        """Of how many contacts of each number the draws have been asked for."""

    def __len__(self) -> int:
        return int(self.needs.shape[1])

    def contact(self, number: int, place: int) -> list[float]:
        """Draws about a further contact (2, 3 ...) of one need, by `Contact`."""
        drawn = self._further.get(number)
        if drawn is None:
            asked = self._asked[number] = self._asked.get(number, 0) + 1
            if asked <= _FEW_CONTACTS:
                return self._stream(f"contact {number}").row(place, len(Contact))
            drawn = self._further[number] = self._draw(f"contact {number}").rows(len(self), len(Contact))
        numbers: list[float] = drawn[:, place].tolist()
        return numbers

    def chance(self, purpose: str) -> Floats:
        """Draws for a purpose that not every scenario has, from a stream of its own; shape (needs,)."""
        if purpose not in self._chances:
            self._chances[purpose] = self._draw(purpose).uniform(len(self))
        return self._chances[purpose]

    def chance_of(self, purpose: str, place: int) -> float:
        """What `chance` has for one need; much quicker for few of them."""
        known = self._chances.get(purpose)
        return self._stream(purpose).at(place) if known is None else float(known[place])

    def _stream(self, name: str) -> Stream:
        """A stream of which only some numbers are wanted."""
        found = self._streams.get(name)
        if found is None:
            found = self._streams[name] = self._draw(name)
        return found


@dataclass(slots=True)
class Wants:
    """What contacts want of the team, in lists by row: read one by one when their time comes."""

    work: list[float] = field(default_factory=list)
    """Handle time that it takes, all touches together (s)."""
    after_work: list[float] = field(default_factory=list)
    """After-contact work (s)."""
    patience: list[float] = field(default_factory=list)
    """How long the customer waits for a person (s)."""
    leaves: list[bool] = field(default_factory=list)
    """Leaves at the first sight of a queue."""
    silent: list[bool] = field(default_factory=list)
    """Gives up without saying so."""
    touches: list[int] = field(default_factory=list)
    """Replies that settle it."""
    settles: list[float] = field(default_factory=list)
    """A team settles it when this is below its resolution factor."""
    reopens: dict[int, float] = field(default_factory=dict)
    """Rows that come back if it is not settled, and after how long (s)."""
    retries: dict[int, float] = field(default_factory=dict)
    """Rows that try again if they give up waiting, and after how long (s)."""


_NAN = float("nan")


@dataclass(slots=True)
class Hop:
    """One person's part of a conversation that was passed on."""

    began: float
    """When they took it up (s)."""
    agent: int
    team: int
    """Position of the person's team."""
    ended: float = math.nan
    """When they passed it on (s); nan for the one it stays with."""
    to: int = -1
    """Position of the team that it went to."""
    why: str = ""
    """Why, in words."""


class Block:
    """Rows of conversations that began under the same scenario, in columns; the first `used` of them count.

    Columns that are settled when a row begins are numpy arrays; those that the floor writes one by one are
    `array`s, which numpy sees without copying.
    """

    def __init__(self, scenario: Scenario, cohorts: list[Cohort], cohort: Ints, place: Ints, arrived: Floats):
        size = len(arrived)
        self.scenario = scenario
        self.first_contacts = True
        """All rows are first contacts of their needs."""
        self.used = size
        self.cohorts = cohorts
        self.cohort, self.place = cohort, place
        """Which cohort owns the row's draws, and where in it."""
        self.arrived = arrived
        self.need: Ints = np.zeros(size, dtype=np.int64)
        self.contact: Ints = np.ones(size, dtype=np.int64)
        self.origin: Ints = np.full(size, int(Origin.NEW), dtype=np.int64)
        self.topic: Ints = np.zeros(size, dtype=np.int64)
        self.segment: Ints = np.zeros(size, dtype=np.int64)
        self.channel: Ints = np.zeros(size, dtype=np.int64)
        self.asked: Floats = arrived.copy()
        self.queued: Floats = np.full(size, np.nan)
        self.team: Ints = np.full(size, -1, dtype=np.int64)
        self.priority: Ints = np.zeros(size, dtype=np.int64)
        self.bot_turns: Ints = np.zeros(size, dtype=np.int64)
        self.failed_turns: Ints = np.zeros(size, dtype=np.int64)
        self.failed_before: Ints = np.zeros(size, dtype=np.int64)
        """Bot turns that failed in the need's first contact: what its customer remembers in further ones."""
        self.customer: Ints = np.full(size, -1, dtype=np.int64)
        self.language: Ints = np.zeros(size, dtype=np.int64)
        self.tenure: Floats = np.full(size, np.inf)
        self.incident: Ints = np.full(size, -1, dtype=np.int64)
        self.keyword: Ints = np.full(size, -1, dtype=np.int64)
        self.attributes: Ints = np.zeros(size, dtype=np.int64)
        self.urgent: Flags = np.zeros(size, dtype=bool)
        self.difficulty: Floats = np.zeros(size)
        self.expects: Floats = np.zeros(size)
        self.wants_person: Flags = np.zeros(size, dtype=bool)
        """Would rather have a person than a bot."""
        self.straight: Flags = np.zeros(size, dtype=bool)
        """Goes past all bots to a person: asked for one at once, or is never automated."""
        self.visited: Floats = np.full(size, np.nan)
        """When the customer left the help centre (s), nan where they were not there."""
        self.sent_back: Flags = np.zeros(size, dtype=bool)
        self.wanted_person: Flags = np.zeros(size, dtype=bool)
        self.told: Ints = np.zeros(size, dtype=np.int64)
        """Topic that the help desk knows of, right or wrong; -1: none."""
        self.triaged: Flags = np.zeros(size, dtype=bool)
        """The triage bot has asked for context."""
        self.mood: Ints = np.zeros(size, dtype=np.int64)
        self.noticed: Flags = np.zeros(size, dtype=bool)
        """The mood is noticed, where it is not calm."""
        self.rule: Ints = np.full(size, -1, dtype=np.int64)

        self.settled: Ints = np.full(size, int(Outcome.OPEN), dtype=np.int64)
        """`Outcome` where a tier before the team settled it."""
        self.ended = array("d", [_NAN]) * size
        self.unsettled = array("b", bytes(size))
        """1 where the conversation ended and the matter is not settled."""
        self.answered = array("d", [_NAN]) * size
        self.agent = array("q", [-1]) * size
        self.replied = array("d", [_NAN]) * size
        """Email: end of the first touch."""
        self.touches = array("q", bytes(8 * size))
        """Email: touches finished."""
        self.aside = array("d", bytes(8 * size))
        """People's time on it besides the one stretch from `answered` to `ended` of a call or chat (s)."""
        self.taken = array("d", [_NAN]) * size
        """When that stretch began (s), where people before had passed it on; else nan."""
        self.left = array("b", bytes(size))
        """1 where the customer gave up waiting after a person had passed it on."""
        self.skill = array("d", bytes(8 * size))
        self.tone = array("d", bytes(8 * size))
        self.met = array("b", bytes(size))
        """Mood when a person met the customer."""
        self.missed = array("b", bytes(size))
        """1 where a tenured person of the right level would have settled what is not settled."""
        self.transfers = array("b", bytes(size))
        self.escalations = array("b", bytes(size))
        self.sorted = array("b", bytes(size))
        self.taps = array("b", bytes(size))
        self.callback = array("b", bytes(size))
        self.foreign = array("b", bytes(size))

        self.wants = Wants()
        """What the contacts want of people, by row."""
        self.team_of: list[int] = []
        self.channel_of: list[int] = []
        self.priority_of: list[int] = []
        self.topic_of: list[int] = []
        self.language_of: list[int] = []
        self.contact_of: list[int] = []
        self.mood_of: list[int] = []
        self.difficulty_of: list[float] = []
        self.expects_of: list[float] = []
        self.queued_of: list[float] = []
        """The columns of these names as plain lists, which are read one by one much faster."""
        self.failed_of: list[int] = []
        """Bot turns that failed, in the need's first contact and this one."""
        self.owner_of: list[tuple[Cohort, int]] = []
        """The cohort that owns a row's draws and where in it, in blocks of further contacts."""
        self.drawn_of: list[list[float]] = []
        """The rows' own uniform numbers by `Contact`, in blocks of further contacts."""
        self._lists: dict[str, list[float]] = {}
        """Chances by purpose as plain lists, made when they have been asked for a few times."""
        self._times: dict[tuple[str, int], tuple[Law, list[float]]] = {}
        """Times by purpose and law; the law is kept, so that no other takes its identity."""
        self._asked: dict[str | tuple[str, int], int] = {}
        """How often each of them has been asked for one by one."""
        self.email = np.array([channel.kind == "email" for channel in scenario.channel.values()])
        """Whether a channel is email, by its position."""
        self.silent_check = [on_tick(channel.silent_check) for channel in scenario.channel.values()]
        self.hops: dict[int, list[Hop]] = {}
        """The people whose hands a conversation went through, by row, for those that were passed on."""
        self.customer_delay = [channel.customer_delay for channel in scenario.channel.values()]
        self.unfinished = 0
        """Rows that have ended for the customer and still take a person's time."""

    def __len__(self) -> int:
        return self.used

    def copy(self, scenario: Scenario) -> Block:
        """The same needs on another floor, where no person has had to do with them."""
        other = copy(self)
        other.scenario, other.team_of, other.hops = scenario, self.team_of[:], {}
        # What the floor writes row by row; all else is settled, or worked out from the needs' own chances.
        for name, values in vars(self).items():
            if isinstance(values, array):
                setattr(other, name, values[:])
        return other

    def owner(self, row: int) -> tuple[Cohort, int]:
        """The cohort that owns a row's draws, and where in it."""
        return (self.cohorts[self.cohort[row]], int(self.place[row])) if self.first_contacts else self.owner_of[row]

    def draws(self, column: Need) -> Floats:
        """The needs' own uniform numbers for one purpose, by row."""
        return self._gather([cohort.needs[column] for cohort in self.cohorts], slice(None))

    def contact_draws(self, column: Contact, rows: slice = slice(None)) -> Floats:
        """The contacts' own uniform numbers for one purpose, by row."""
        if not self.first_contacts:
            return np.array([drawn[column] for drawn in self.drawn_of[rows]])
        return self._gather([cohort.first[column] for cohort in self.cohorts], rows)

    def chances(self, purpose: str) -> Floats:
        """The needs' own uniform numbers for a purpose that not every scenario has, by row."""
        return self._gather([cohort.chance(purpose) for cohort in self.cohorts], slice(None))

    def read_out(self) -> None:
        """The tiers before the team are done: what people read one by one goes into plain lists."""
        for column in ("team", "channel", "priority", "topic", "language", "contact", "mood", "difficulty", "expects",
                       "queued"):
            setattr(self, f"{column}_of", getattr(self, column).tolist())
        self.failed_of = (self.failed_turns + self.failed_before).tolist()

    def chance(self, purpose: str, row: int) -> float:
        """One row's own uniform number for a purpose; further contacts of a need have others."""
        return self.need_chance(f"contact {self.contact_of[row]}/{purpose}", row)

    def need_chance(self, purpose: str, row: int) -> float:
        """The uniform number for a purpose that belongs to one row's need, whichever contact it is."""
        found = self._lists.get(purpose)
        if found is None:
            if not self.first_contacts or self._times_asked(purpose) <= _FEW_CHANCES:
                cohort, place = self.owner(row)
                return cohort.chance_of(purpose, place)
            found = self._lists[purpose] = self.chances(purpose).tolist()
        return found[row]

    def _times_asked(self, key: str | tuple[str, int]) -> int:
        """How often something has been asked for one by one, now included."""
        asked = self._asked[key] = self._asked.get(key, 0) + 1
        return asked

    def time(self, purpose: str, law: Law, row: int) -> float:
        """One row's time (s) under a law, by its own chance for that purpose."""
        if law.__class__ is Constant:
            return on_tick(law.mean)
        if not self.first_contacts:
            return law.quantile_of(self.chance(purpose, row))
        key = purpose, id(law)
        found = self._times.get(key)
        if found is None:
            if self._times_asked(key) <= _FEW_TIMES:
                return law.quantile_of(self.chance(purpose, row))
            found = self._times[key] = law, law.quantile(self.chances(f"contact 1/{purpose}")).tolist()
        return found[1][row]

    def _gather(self, sources: list[Floats], rows: slice) -> Floats:
        place = self.place[rows]
        if len(sources) == 1:
            return sources[0][place]
        first = np.array([0, *accumulate(map(len, self.cohorts))])
        drawn: Floats = np.concatenate(sources)[first[self.cohort[rows]] + place] if sources else np.empty(len(place))
        return drawn

    @property
    def open(self) -> Flags:
        """Rows that no tier has settled yet."""
        rows: Flags = self.settled == Outcome.OPEN
        return rows

    def settle(self, rows: Flags, outcome: Outcome, ended: Floats, resolved: Flags | bool) -> None:
        """A tier ends the conversations of these rows (mask) at the times `ended` (a whole column)."""
        self.settled[rows] = int(outcome)
        self.queued[rows] = np.nan
        np.frombuffer(self.ended)[rows] = ended[rows]
        np.frombuffer(self.unsettled, dtype=np.int8)[rows] = ~np.broadcast_to(np.asarray(resolved), rows.shape)[rows]


class Conversation:
    """A conversation that has joined a team's queue."""

    __slots__ = ("after_work", "agent", "alarm", "block", "callbacks", "finish", "ghost", "kind", "late", "owner",
                 "passed", "passes_to", "possible", "priority", "queue", "queued", "resolution", "row", "since",
                 "slots", "touch", "up", "waiting")
    _ok = True

    after_work: float
    """After-contact work that comes on top of what it wants anyway (s)."""
    agent: Agent
    """The person in charge, once there is one."""
    alarm: Alarm | None
    """The end of its patience."""
    callbacks: Any
    """What happens when the time that it stands in SimPy's queue for comes."""
    finish: float
    """Where it ends on that person's own clock of work done, for chats that slow each other."""
    ghost: bool
    """The customer has left silently; a person will find out."""
    late: bool
    """It has risen because it waited so long."""
    owner: Agent | None
    """The person who holds the email open."""
    passed: int
    """How often people have passed it on."""
    passes_to: Team | None
    """Team that it goes to when the person in charge has done their part; none: it ends there."""
    possible: float
    """What `resolution` would be of a tenured person of the right level."""
    priority: int
    """Priority class, 0 first; from when it begins to wait."""
    queue: Team
    """The team whose queue it joined."""
    resolution: float
    """The person in charge settles it if what it takes (`Wants.settles`) is below this."""
    since: float
    """When the person in charge took it up (s)."""
    slots: int
    """Slots that it takes of that person."""
    touch: int
    """Touches that a person has begun."""
    up: int
    """Priority classes by which it has risen since it was routed."""
    waiting: bool
    """It stands in a queue; one that does not is passed over when its place comes up."""

    def __init__(self, block: Block, row: int, queued: float, kind: int):
        self.block = block
        self.row = row
        self.queued = queued
        """When it joined the queue, or came back to it (s)."""
        self.kind = kind
        """Call, chat or email (`sim.line.Kind`)."""
        self.touch = self.passed = self.up = 0
        self.ghost = self.late = False
        self.alarm = None
        self.passes_to = None
        self.after_work = 0.0
        self.owner = None
