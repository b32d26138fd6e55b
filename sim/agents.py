"""The people of a team: who is free for the next conversation, and whose turn it is."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sim.careers import Person
from sim.clock import Alarm
from sim.conversation import Conversation

if TYPE_CHECKING:
    from sim.crew import Crew


class Agent:
    """One person of a team."""

    __slots__ = ("asks", "at_work", "away", "back_at", "beyond", "busy", "chats", "coached", "handles", "holding",
                 "idle", "key", "left_at", "number", "on_break", "on_shift", "open", "owed", "pace", "paced_at",
                 "pacer", "pause", "person", "progress", "returned", "since", "skill", "strain", "strained",
                 "takes_work", "team", "tone", "used", "whole", "worked")

    def __init__(self, person: Person, number: int, team: Crew):
        self.person = person
        self.key = person.key
        """Who it is within the team, such as "early/3": the same person every day."""
        self.team = team
        self.number = number
        """Who it is in the run's records."""
        self.on_shift = False
        """The rota has the person on duty."""
        self.takes_work = False
        """New conversations may come: on duty, not away and no break due."""
        self.left_at = 0.0
        """When the last duty ended (s)."""
        self.away = False
        """On a break or in a spell away."""
        self.on_break = False
        """What it is, or will be once the hands are empty, is a break of the shift."""
        self.back_at = 0.0
        """When that ends (s)."""
        self.pause = 0.0
        """Length of a break that begins when the conversation in hand is finished (s)."""
        self.at_work = False
        """Time counts as available: on duty and not away, or still finishing a conversation."""
        self.used = 0
        """Slots taken."""
        self.open = 0
        """Conversations in hand, after-contact work included."""
        self.since = 0.0
        """Up to when the time spent with `open` conversations has been counted (s)."""
        self.whole: Conversation | None = None
        """The call or email in hand, which takes all slots."""
        self.holding = 0
        """Email conversations that are theirs, the customer's turn included."""
        self.returned: deque[Conversation] = deque()
        """Email conversations of theirs that the customer has answered."""
        self.chats: list[Conversation] = []
        """Chats that share their attention, where chats slow each other."""
        self.progress = 0.0
        """Work done on each of those chats since the person began (s)."""
        self.paced_at = 0.0
        """Up to when `progress` has been counted (s)."""
        self.pacer: Alarm | None = None
        """The end of the next of those chats."""
        self.pace = 1.0
        """Handle times against a tenured, rested person's: level, ramp and strain."""
        self.handles = 1.0
        """Difficulty up to which they settle matters."""
        self.beyond = 1.0
        """What is left of the chance of settling what is beyond that."""
        self.skill = self.tone = 0.0
        """Quality of work now, and what of it customers hear: log odds of a good mark."""
        self.asks = 0.0
        """Share of conversations in which they ask a senior, being new."""
        self.coached = 0.0
        """Quality of work that coaching has added."""
        self.owed = 0.0
        """Time that a talk takes at the start of the next duty (s)."""
        self.strain = 0.0
        """Strain over the last window, 0 to 1."""
        self.strained = self.worked = 0.0
        """Strain times seconds at work, and those seconds, since the last midnight."""
        self.busy = self.idle = 0.0
        """Seconds of this window with and without conversations in hand (counted where strain matters)."""


class Balanced:
    """Fewest open first, then longest idle."""

    def __init__(self, slots: int):
        self._slots = slots
        self._by_used: list[OrderedDict[Agent, None]] = [OrderedDict() for _ in range(slots)]
        self._with_room = [self._by_used[:slots - wanted + 1] for wanted in range(slots + 1)]

    def add(self, agent: Agent) -> None:
        """The agent has room, last in line among equals."""
        self._by_used[agent.used][agent] = None

    def remove(self, agent: Agent) -> None:
        """The agent's room is about to change, or is gone; fine if there was none."""
        if agent.used < self._slots:
            self._by_used[agent.used].pop(agent, None)

    def candidates(self, slots: int) -> Iterator[Agent]:
        """Agents with room for that many slots, best first."""
        for line in self._with_room[slots]:
            yield from line

    def served(self, agent: Agent) -> None:
        """The agent had a turn, which counts for nothing here."""

    def claim(self, slots: int) -> Agent | None:
        """The best agent with room for that many slots, who is then no longer in line."""
        for line in self._with_room[slots]:
            if line:
                return line.popitem(last=False)[0]
        return None

    def claim_holding(self, limit: int) -> Agent | None:
        """The best agent with empty hands who holds fewer emails than that, who is then no longer in line."""
        line = self._by_used[0]
        for agent in line:
            if agent.holding < limit:
                del line[agent]
                return agent
        return None


class RoundRobin:
    """Each in turn: whose last new conversation is longest ago."""

    def __init__(self, slots: int):
        self._slots = slots
        self._turn: OrderedDict[Agent, None] = OrderedDict()
        self._room: set[Agent] = set()

    def add(self, agent: Agent) -> None:
        """The agent has room; the turn stays where it was."""
        self._turn.setdefault(agent)
        self._room.add(agent)

    def remove(self, agent: Agent) -> None:
        """The agent's room is about to change, or is gone."""
        self._room.discard(agent)

    def served(self, agent: Agent) -> None:
        """The agent had a turn and is now last."""
        self._turn[agent] = None
        self._turn.move_to_end(agent)

    def candidates(self, slots: int) -> Iterator[Agent]:
        """Agents with room for that many slots, best first."""
        return (agent for agent in self._turn if agent in self._room and agent.used + slots <= self._slots)

    def claim(self, slots: int) -> Agent | None:
        """The best agent with room for that many slots, who is then no longer in line."""
        agent = next(self.candidates(slots), None)
        if agent is not None:
            self._room.remove(agent)
        return agent

    def claim_holding(self, limit: int) -> Agent | None:
        """The best agent with empty hands who holds fewer emails than that, who is then no longer in line."""
        agent = next((one for one in self.candidates(self._slots) if one.holding < limit), None)
        if agent is not None:
            self._room.remove(agent)
        return agent
