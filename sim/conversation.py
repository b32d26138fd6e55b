"""What flows through the floor: a `Cohort` of drawn chances, a `Block` of needs that share them, and a `Conversation`
while it has to do with people.

Everything that is decided when a need arises is decided for a whole block at once, in columns; only what waits for
a person becomes an object. Its results are written back to the block's columns, which the recorder reads.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.distributions import on_tick
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


class Cohort:
    """Needs whose chances come from one stream; each owns its draws, whatever happens to the others."""

    def __init__(self, seed: int, replication: int, name: str, needs: Floats, first: Floats):
        self.needs = needs
        """Draws about the needs, shape (len(Need), needs)."""
        self._stream: Callable[[str], Stream] = lambda part: Stream(seed, replication, f"{name}/{part}")
        self._contacts: dict[int, Floats] = {1: first}
        self._delays: dict[tuple[int, int], Floats] = {}

    def __len__(self) -> int:
        return int(self.needs.shape[1])

    def contact(self, number: int) -> Floats:
        """Draws about every need's contact of that number (1 is the first), shape (len(Contact), needs)."""
        if number not in self._contacts:
            self._contacts[number] = self._stream(f"contact {number}").rows(len(self), len(Contact))
        return self._contacts[number]

    def customer_delay(self, contact: int, touch: int) -> Floats:
        """Draws about how long every customer takes to answer that touch of that contact, shape (needs,)."""
        key = contact, touch
        if key not in self._delays:
            self._delays[key] = self._stream(f"contact {contact}/touch {touch}").uniform(len(self))
        return self._delays[key]


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

    def append(self, other: Wants, place: int) -> None:
        """One more row, that of `place` in another list of wants."""
        row = len(self.work)
        for name in ("work", "after_work", "patience", "leaves", "silent", "touches", "settles"):
            getattr(self, name).append(getattr(other, name)[place])
        if place in other.reopens:
            self.reopens[row] = other.reopens[place]
        if place in other.retries:
            self.retries[row] = other.retries[place]


_NAN = float("nan")


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

        self.wants = Wants()
        """What the contacts want of people, by row."""
        self.team_of: list[int] = []
        self.channel_of: list[int] = []
        self.priority_of: list[int] = []
        """The columns of these names as plain lists, which are read one by one much faster."""
        self.customer_delays: dict[tuple[int, int], list[float]] = {}
        """How long customers take to answer a touch (s), for the rows from a first one on; by touch and first row."""
        self.email = np.array([channel.kind == "email" for channel in scenario.channel.values()])
        """Whether a channel is email, by its position."""
        self.silent_check = [on_tick(channel.silent_check) for channel in scenario.channel.values()]
        self.unfinished = 0
        """Rows that have ended for the customer and still take a person's time."""

    def __len__(self) -> int:
        return self.used

    def draws(self, column: Need) -> Floats:
        """The needs' own uniform numbers for one purpose, by row."""
        return self._gather([cohort.needs[column] for cohort in self.cohorts], slice(None))

    def contact_draws(self, column: Contact, number: int = 1, rows: slice = slice(None)) -> Floats:
        """The uniform numbers of the needs' contacts of that number (1 is the first), for one purpose, by row."""
        return self._gather([cohort.contact(number)[column] for cohort in self.cohorts], rows)

    def touch_draws(self, touch: int, rows: slice) -> Floats:
        """The uniform numbers about how long customers take to answer that touch, by row."""
        drawn = np.empty(len(self.place[rows]))
        for number in np.unique(self.contact[rows]):
            sources = [cohort.customer_delay(int(number), touch) for cohort in self.cohorts]
            mine = self.contact[rows] == number
            drawn[mine] = self._gather(sources, rows)[mine]
        return drawn

    def _gather(self, sources: list[Floats], rows: slice) -> Floats:
        place = self.place[rows]
        if len(sources) == 1:
            return sources[0][place]
        drawn = np.empty(len(place))
        for number, source in enumerate(sources):
            mine = self.cohort[rows] == number
            drawn[mine] = source[place[mine]]
        return drawn

    @property
    def open(self) -> Flags:
        """Rows that no tier has settled yet."""
        rows: Flags = self.settled == Outcome.OPEN
        return rows

    def settle(self, rows: Flags, outcome: Outcome, ended: Floats, resolved: Flags | bool) -> None:
        """A tier ends the conversations of these rows (mask) at the times `ended` (a whole column)."""
        self.settled[rows] = int(outcome)
        np.frombuffer(self.ended)[rows] = ended[rows]
        np.frombuffer(self.unsettled, dtype=np.int8)[rows] = ~np.broadcast_to(np.asarray(resolved), rows.shape)[rows]


class Conversation:
    """A conversation that has joined a team's queue."""

    __slots__ = ("agent", "alarm", "block", "callbacks", "finish", "ghost", "kind", "owner", "priority",
                 "queue", "queued", "row", "since", "slots", "touch", "waiting")
    _ok = True

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
    owner: Agent | None
    """The person who holds the email open."""
    priority: int
    """Priority class, 0 first; from when it begins to wait."""
    queue: Team
    """The team whose queue it joined."""
    since: float
    """When the person in charge took it up (s)."""
    slots: int
    """Slots that it takes of that person."""
    touch: int
    """Touches that a person has begun."""
    waiting: bool
    """It stands in a queue; one that does not is passed over when its place comes up."""

    def __init__(self, block: Block, row: int, queued: float, kind: int):
        self.block = block
        self.row = row
        self.queued = queued
        """When it joined the queue, or came back to it (s)."""
        self.kind = kind
        """Call, chat or email (`sim.line.Kind`)."""
        self.touch = 0
        self.ghost = False
        self.alarm = None
        self.owner = None
