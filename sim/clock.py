"""The SimPy environment of a floor, with cheap alarms and a sorted feed of arrivals.

It is a SimPy environment: processes, timeouts and `env.now` work in it as ever. Two things are added for speed. An
`Alarm` is all that an event has to be for SimPy's queue, without a list of its own; and conversations that join a
queue come from a sorted feed that `advance` merges with the events, so that they need none. Both lean on SimPy's
private queue, which is why its version is pinned and `tests/sim/test_clock.py` holds them equal to stock SimPy.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

import simpy

if TYPE_CHECKING:
    from sim.conversation import Conversation

NORMAL = 1


class Alarm:
    """Calls each of `callbacks` with itself at its time, unless it is cancelled first."""

    __slots__ = ("callbacks", "owner")
    _ok = True

    def __init__(self, callbacks: tuple[Callable[[Alarm], None], ...], owner: Any):
        self.callbacks = callbacks
        self.owner = owner
        """What it is about."""

    def cancel(self) -> None:
        """It will not ring; SimPy finds it with nothing to call."""
        self.callbacks = ()


class Clock(simpy.Environment):
    """Simulated time in seconds since Monday 00:00 of the first week."""

    def __init__(self) -> None:
        super().__init__(0.0)
        self._times: Sequence[float] = (math.inf,)
        self._next = 0
        self._deliver: Callable[[int], None] = lambda position: None

    def feed(self, times: list[float], deliver: Callable[[int], None]) -> None:
        """`deliver(i)` is called at `times[i]`, in order; it takes the place of the feed before."""
        self._times, self._deliver, self._next = [*times, math.inf], deliver, 0

    @property
    def fed(self) -> int:
        """How many of the feed have been delivered."""
        return self._next

    def arm(self, event: Any, at: float) -> None:
        """Puts an alarm, or anything with `callbacks`, into SimPy's queue for the time `at`."""
        heappush(self._queue, (at, NORMAL, next(self._eid), event))  # type: ignore[misc]

    def ahead(self) -> Iterator[Any]:
        """All that stands in SimPy's queue, in no order."""
        return (entry[3] for entry in self._queue)

    def advance(self, until: float) -> None:
        """Runs all that happens up to and including `until`, and stops the clock there.

        The same as SimPy's `run`, but it may be called again at once and leaves no stop event behind. Of what
        happens at the same instant, events come before the feed.
        """
        queue, pop = self._queue, heappop
        while True:
            coming = self._times[self._next]
            limit = coming if coming <= until else until
            while queue and queue[0][0] <= limit:
                self._now, _, _, event = pop(queue)
                callbacks: Any = event.callbacks
                event.callbacks = None  # type: ignore[assignment]
                for callback in callbacks:
                    callback(event)
                if not event._ok and not hasattr(event, "_defused"):
                    raise event._value
            if coming > until:
                break
            self._now = coming
            position = self._next
            self._next = position + 1
            self._deliver(position)
        self._now = until


class Reminders:
    """Calls about conversations that wait, each set for no earlier than the one before; most of them come to nothing.

    Only the first stands in SimPy's queue; each comes in the place there that an alarm of its own would have had.
    """

    def __init__(self, clock: Clock, call: Callable[[Conversation], None]):
        self._clock, self._call = clock, call
        self._coming: deque[tuple[float, int, Conversation, float]] = deque()
        """Time (s), place in SimPy's queue, the conversation, and since when it waits (s)."""
        self._first, self._single = (self._next,), (self._alone,)

    def set(self, conversation: Conversation, at: float) -> None:
        """A call at that time (s), if the conversation still waits then as it does now."""
        entry = at, next(self._clock._eid), conversation, conversation.queued
        if not self._coming:
            self._arm(entry, Alarm(self._first, None))
        elif at < self._coming[-1][0]:  # the delay has been made shorter in the meantime
            self._arm(entry, Alarm(self._single, entry))
            return
        self._coming.append(entry)

    def _arm(self, entry: tuple[float, int, Conversation, float], alarm: Alarm) -> None:
        heappush(self._clock._queue, (entry[0], NORMAL, entry[1], alarm))  # type: ignore[misc]

    def _next(self, alarm: Alarm) -> None:
        coming = self._coming
        _, _, conversation, since = coming.popleft()
        # Who does not wait any more will never wait since then again.
        while coming and not (coming[0][2].waiting and coming[0][2].queued == coming[0][3]):
            coming.popleft()
        if coming:
            self._arm(coming[0], Alarm(self._first, None))
        if conversation.waiting and conversation.queued == since:
            self._call(conversation)

    def _alone(self, alarm: Alarm) -> None:
        _, _, conversation, since = alarm.owner
        if conversation.waiting and conversation.queued == since:
            self._call(conversation)
