"""A team's queue: by priority class, first come first served within; calls, chats and emails side by side."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from enum import IntEnum

from sim.conversation import Conversation


class Kind(IntEnum):
    """What a conversation asks of a person's attention."""

    CALL = 0
    CHAT = 1
    EMAIL = 2


class Line:
    """Conversations that wait for a person. Those that have left stay until they would be next."""

    __slots__ = ("lanes", "waiting")

    def __init__(self) -> None:
        self.lanes: list[tuple[int, int, deque[Conversation]]] = []
        """Priority class, kind, and who waits there, in the order of priority."""
        self.waiting = 0
        """How many wait; customers who left silently are among them until an agent finds out."""

    def append(self, conversation: Conversation) -> None:
        """Joins at the end of its class."""
        self._lane(conversation).append(conversation)

    def insert(self, conversation: Conversation) -> None:
        """Joins its class before those who came later."""
        lane = self._lane(conversation)
        later = 0
        for other in reversed(lane):
            if other.queued <= conversation.queued:
                break
            later += 1
        lane.insert(len(lane) - later, conversation)

    def _lane(self, conversation: Conversation) -> deque[Conversation]:
        """Where it waits from now on."""
        conversation.waiting = True
        conversation.priority = max(conversation.block.priority_of[conversation.row] - conversation.up, 0)
        self.waiting += 1
        for priority, kind, lane in self.lanes:
            if priority == conversation.priority and kind == conversation.kind:
                return lane
        lane = deque()
        self.lanes.append((conversation.priority, conversation.kind, lane))
        self.lanes.sort(key=lambda entry: entry[:2])
        return lane

    def remove(self, conversation: Conversation) -> None:
        """Leaves from where it stands."""
        for priority, kind, lane in self.lanes:
            if priority == conversation.priority and kind == conversation.kind:
                lane.remove(conversation)
        conversation.waiting = False
        self.waiting -= 1

    def __iter__(self) -> Iterator[Conversation]:
        """All who wait, class by class."""
        return (conversation for _, _, lane in self.lanes for conversation in lane if conversation.waiting)
