"""The human team: a queue, the people who serve it, and what happens between a customer joining and leaving.

Read `receive` first (a conversation comes), then `take` (a person takes it), `_finished` (it is done) and `_free`
(the person looks for the next). The rota calls `arrive`, `leave` and `pause`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from heapq import heappush
from itertools import count

from core.distributions import TICK
from core.metrics import Hours
from core.records import Origin, Outcome
from core.scenario import Scenario
from core.units import HOUR
from sim.agents import Agent, Balanced, RoundRobin
from sim.clock import NORMAL, Alarm, Clock
from sim.conversation import Conversation
from sim.follow_up import FollowUp
from sim.line import Kind, Line

_CALL, _CHAT, _EMAIL = int(Kind.CALL), int(Kind.CHAT), int(Kind.EMAIL)
_ABANDONED, _CLOSED = int(Outcome.ABANDONED), int(Outcome.CLOSED)


class Team:
    """One queue and its people."""

    def __init__(self, clock: Clock, index: int, name: str, follow_up: FollowUp, numbers: count[int]):
        self.clock = clock
        self.index = index
        self.name = name
        self.line = Line()
        self.agents: dict[str, Agent] = {}
        """Everyone who has ever been at work, by who they are."""
        self.held: list[float] = [0.0]
        """Seconds that people at work spent with 0, 1, 2 ... conversations in hand."""
        self.paid = 0.0
        """Seconds that people were paid for."""
        self.planned = 0
        """People on the rota now, those on paid absence included."""
        self._paid_since = 0.0
        self._follow_up = follow_up
        self._numbers = numbers
        self._done = (self._finished,)
        self._wrapped_up = (self._after_work_done,)
        self._answered_back = (self._customer_answered,)

    def configure(self, scenario: Scenario, teams: Iterable[Team]) -> None:
        """Takes the scenario's numbers; people at work and conversations in hand stay as they are."""
        settings = scenario.team[self.name]
        now = self.clock._now
        for agent in self.agents.values():
            self._progress(agent, now)
        self.slots = settings.concurrency
        self._slowdown = settings.slowdown
        self._paced = settings.slowdown > 0.0 and settings.concurrency > 1
        self._open_limit = settings.open_limit
        self._handle_factor = settings.handle_factor
        self._resolution_factor = settings.resolution_factor
        self.cost_per_hour = settings.cost_per_hour
        self.held.extend([0.0] * (self.slots + 1 - len(self.held)))
        self._in_turn = settings.selection == "round_robin"
        self._available: Balanced | RoundRobin = RoundRobin(self.slots) if self._in_turn else Balanced(self.slots)
        for agent in self.agents.values():
            if agent.whole is not None:
                agent.whole.slots = agent.used = self.slots
            if agent.takes_work and agent.used < self.slots:
                self._available.add(agent)
            if agent.chats:
                self._pace(agent, now)
        by_name = {team.name: team for team in teams}
        self._at_once = [self, *(by_name[name] for name, after in settings.overflow.items() if after <= 0.0)]
        self._later = [(by_name[name], after) for name, after in settings.overflow.items() if after > 0.0]
        self._serves = [(self, 0.0), *((by_name[name], other.overflow[self.name])
                                       for name, other in scenario.team.items() if self.name in other.overflow)]

    # Customers

    def receive(self, conversation: Conversation) -> None:
        """A conversation joins: a free person takes it at once, or it waits."""
        conversation.queue = self
        for team in self._at_once:
            agent = team._free_for(conversation)
            if agent is not None:
                team.take(agent, conversation)
                return
        if conversation.touch == 0:
            wants, row = conversation.block.wants, conversation.row
            if wants.leaves[row]:
                self._left(conversation)
                return
            patience = wants.patience[row]
            if patience < math.inf:
                conversation.alarm = alarm = Alarm(self._gave_up, conversation)
                self.clock.arm(alarm, self.clock._now + patience)
        conversation.waiting = True
        self.line.append(conversation)
        for team, after in self._later:
            self.clock.arm(Alarm(team._offered, (conversation, conversation.queued)), self.clock._now + after)

    def _free_for(self, conversation: Conversation) -> Agent | None:
        """The person of this team who would take it now."""
        kind = conversation.kind
        if kind == _EMAIL:
            return next((agent for agent in self._available.candidates(self.slots)
                         if agent.holding < self._open_limit), None)
        return self._available.pick(1 if kind == _CHAT else self.slots)

    def _offered(self, what: tuple[Conversation, float]) -> None:
        """A conversation in another team's queue, since then, has waited long enough for this team."""
        conversation, since = what
        if conversation.waiting and conversation.queued == since:
            agent = self._free_for(conversation)
            if agent is not None:
                conversation.queue.line.remove(conversation)
                conversation.waiting = False
                self.take(agent, conversation)

    def _gave_up(self, conversation: Conversation) -> None:
        """Its patience is at an end."""
        conversation.alarm = None
        if conversation.block.wants.silent[conversation.row]:
            conversation.ghost = True
            self._mark_left(conversation)
        else:
            conversation.waiting = False
            self.line.waiting -= 1
            self._left(conversation)

    def _left(self, conversation: Conversation) -> None:
        conversation.block.pending -= 1
        self._mark_left(conversation)

    def _mark_left(self, conversation: Conversation) -> None:
        block, row = conversation.block, conversation.row
        block.outcome[row] = _ABANDONED
        block.ended[row] = self.clock._now
        self._follow_up.receive(block, row, Origin.RETRY)

    # Conversations in hand

    def take(self, agent: Agent, conversation: Conversation) -> None:
        """A person who has room takes a conversation."""
        self._available.remove(agent)
        self._assign(agent, conversation)
        if agent.used < self.slots and agent.takes_work:
            self._available.add(agent)

    def _assign(self, agent: Agent, conversation: Conversation) -> None:
        """The person begins a conversation, or the next touch of one."""
        clock = self.clock
        now = clock._now
        self.held[agent.open] += now - agent.since
        agent.since = now
        agent.open += 1
        kind = conversation.kind
        if kind == _CHAT:
            slots = 1
        else:
            slots = self.slots
            agent.whole = conversation
        agent.used += slots
        conversation.slots = slots
        conversation.since = now
        block, row = conversation.block, conversation.row
        alarm = conversation.alarm
        if alarm is not None:
            alarm.callbacks = ()
            conversation.alarm = None
        if conversation.ghost:
            work = block.silent_check[block.channel_of[row]]
        else:
            work = block.wants.work[row]
            if self._handle_factor != 1.0:
                work = math.floor(work * self._handle_factor / TICK) * TICK
            if conversation.touch == 0:
                block.answered[row] = now
                block.served_by[row] = self.index
                block.agent[row] = agent.number
                if kind != _EMAIL:
                    block.replied[row] = now
            if kind == _EMAIL:
                work = math.floor(work / block.wants.touches[row] / TICK) * TICK
                if conversation.agent is not agent:
                    self._hand_over(conversation, agent)
            conversation.touch += 1
        conversation.agent = agent
        if self._in_turn:
            self._available.served(agent)
        if self._paced and kind == _CHAT:
            self._progress(agent, now)
            conversation.finish = agent.progress + work
            agent.chats.append(conversation)
            self._pace(agent, now)
        else:
            conversation.callbacks = self._done
            heappush(clock._queue, (now + work, NORMAL, next(clock._eid), conversation))

    def _finished(self, conversation: Conversation) -> None:
        """A person has done what the conversation asked of them for now."""
        now = self.clock._now
        agent = conversation.agent
        assert agent is not None
        block, row = conversation.block, conversation.row
        block.handle[row] += now - conversation.since
        if conversation.ghost:
            block.pending -= 1
            self._free(agent, conversation.slots)
            return
        wants = block.wants
        touch = conversation.touch
        block.touches[row] = touch
        if conversation.kind == _EMAIL:
            if touch == 1:
                block.replied[row] = now
            if touch < wants.touches[row]:
                conversation.callbacks = self._answered_back
                self.clock.arm(conversation, now + self._follow_up.customer_delay(block, row, touch))
                self._free(agent, conversation.slots)
                return
            agent.holding -= 1
        block.ended[row] = now
        block.outcome[row] = _CLOSED
        if wants.settles[row] < self._resolution_factor:
            block.resolved[row] = 1
        else:
            self._follow_up.receive(block, row, Origin.REOPEN)
        after_work = wants.after_work[row]
        if after_work > 0.0:
            conversation.since = now
            conversation.callbacks = self._wrapped_up
            self.clock.arm(conversation, now + after_work)
        else:
            block.pending -= 1
            self._free(agent, conversation.slots)

    def _after_work_done(self, conversation: Conversation) -> None:
        assert conversation.agent is not None
        conversation.block.handle[conversation.row] += self.clock._now - conversation.since
        conversation.block.pending -= 1
        self._free(conversation.agent, conversation.slots)

    def _free(self, agent: Agent, slots: int) -> None:
        """The person has room again: on to the next conversation, a break, or home."""
        if agent.used < self.slots:
            self._available.remove(agent)
        now = self.clock._now
        self.held[agent.open] += now - agent.since
        agent.since = now
        agent.open -= 1
        agent.used -= slots
        agent.whole = None
        if agent.takes_work:
            self._look_for_work(agent)
        elif agent.used == 0:
            self._stop(agent)

    def _look_for_work(self, agent: Agent) -> None:
        """Takes what waits while there is room, then stands in line for what comes."""
        slots = self.slots
        while agent.used < slots:
            conversation = self._next_for(agent)
            if conversation is None:
                self._available.add(agent)
                return
            self._assign(agent, conversation)

    def _next_for(self, agent: Agent) -> Conversation | None:
        """What this person should do next: by priority class, then by who has waited longest."""
        room = self.slots - agent.used
        best: Conversation | None = None
        best_lane = None
        if agent.returned and agent.used == 0:
            best = agent.returned[0]
        for team, after in self._serves:
            line = team.line
            if not line.waiting:
                continue
            for priority, kind, lane in line.lanes:
                while lane and not lane[0].waiting:
                    lane.popleft()
                if not lane:
                    continue
                if kind != _CHAT and (room < self.slots or (kind == _EMAIL and agent.holding >= self._open_limit)):
                    continue
                head = lane[0]
                if after > 0.0 and self.clock._now - head.queued < after:
                    continue
                if best is None or priority < best.priority or (priority == best.priority and head.queued < best.queued):
                    best, best_lane, best_line = head, lane, line
        if best is None:
            return None
        if best_lane is None:
            return agent.returned.popleft()
        best_line.waiting -= 1
        best.waiting = False
        return best_lane.popleft()

    # Chats that slow each other

    def _progress(self, agent: Agent, now: float) -> None:
        """Counts the work done on each chat up to now."""
        if agent.chats:
            agent.progress += (now - agent.paced_at) / (1.0 + self._slowdown * (len(agent.chats) - 1))
        agent.paced_at = now

    def _pace(self, agent: Agent, now: float) -> None:
        """Sets the alarm for the next chat to end at the present load."""
        if agent.pacer is not None:
            agent.pacer.cancel()
            agent.pacer = None
        if agent.chats:
            first = min(agent.chats, key=_finish)
            left = max(first.finish - agent.progress, 0.0) * (1.0 + self._slowdown * (len(agent.chats) - 1))
            agent.pacer = Alarm(self._chat_ended, first)
            self.clock.arm(agent.pacer, now + math.ceil(left / TICK) * TICK)

    def _chat_ended(self, conversation: Conversation) -> None:
        agent, now = conversation.agent, self.clock._now
        assert agent is not None
        self._progress(agent, now)
        agent.chats.remove(conversation)
        agent.pacer = None
        self._finished(conversation)
        self._pace(agent, now)

    # Email

    def _hand_over(self, conversation: Conversation, agent: Agent) -> None:
        """The email is this person's from now on."""
        if conversation.agent is not None:
            conversation.agent.holding -= 1
        agent.holding += 1

    def _customer_answered(self, conversation: Conversation) -> None:
        """The customer has written back: the same person goes on, or the queue of the team."""
        agent = conversation.agent
        assert agent is not None
        conversation.queued = self.clock._now
        if not agent.on_shift:
            conversation.queue.receive(conversation)
        elif agent.takes_work and agent.used == 0:
            self.take(agent, conversation)
        else:
            agent.returned.append(conversation)

    # People

    def arrive(self, key: str) -> None:
        """A person comes on duty."""
        agent = self.agents.get(key)
        if agent is None:
            agent = self.agents[key] = Agent(key, next(self._numbers))
        now = self.clock._now
        if agent.used:
            self.paid += now - agent.left_at
        else:
            agent.since = now
        agent.on_shift = agent.at_work = True
        self._look_for_work(agent)

    def leave(self, key: str) -> None:
        """A person goes off duty, after what is in hand."""
        agent = self.agents[key]
        if agent.used < self.slots:
            self._available.remove(agent)
        agent.on_shift, agent.left_at, agent.pause = False, self.clock._now, 0.0
        while agent.returned:
            conversation = agent.returned.popleft()
            conversation.queue.receive(conversation)
        if agent.used == 0:
            self._stop(agent)

    def pause(self, key: str, length: float) -> None:
        """A break or a spell away of that length (s) begins, after what is in hand."""
        agent = self.agents[key]
        if agent.on_shift and not agent.away:
            if agent.used < self.slots:
                self._available.remove(agent)
            agent.pause += length
            if agent.used == 0:
                self._stop(agent)

    def _stop(self, agent: Agent) -> None:
        """The hands are empty: off duty, or on the break that is due."""
        now = self.clock._now
        if agent.at_work:
            self.held[0] += now - agent.since
            agent.at_work = False
        if not agent.on_shift:
            self.paid += now - agent.left_at
            agent.away = False
        elif agent.pause > 0.0:
            agent.away = True
            agent.back_at, agent.pause = now + agent.pause, 0.0
            self.clock.arm(Alarm(self._back, (agent, agent.back_at)), agent.back_at)

    def _back(self, who: tuple[Agent, float]) -> None:
        agent, due = who
        if agent.away and agent.on_shift and agent.back_at == due:
            agent.away, agent.at_work, agent.since = False, True, due
            self._look_for_work(agent)

    def plan(self, people: int) -> None:
        """The rota has that many people from now on."""
        self._pay()
        self.planned = people

    def _pay(self) -> None:
        now = self.clock._now
        self.paid += self.planned * (now - self._paid_since)
        self._paid_since = now

    def settle(self) -> None:
        """Counts everybody's time up to now."""
        now = self.clock._now
        self._pay()
        for agent in self.agents.values():
            if agent.at_work:
                self.held[agent.open] += now - agent.since
                agent.since = now
                if not agent.on_shift:
                    self.paid += now - agent.left_at
                    agent.left_at = now

    def hours(self) -> Hours:
        """What people's time went to since the start (call `settle` first)."""
        available = math.fsum(self.held)
        busy = math.fsum(self.held[1:])
        held = math.fsum(number * time for number, time in enumerate(self.held))
        return Hours(busy, available, held, self.paid, self.paid / HOUR * self.cost_per_hour)


def _finish(conversation: Conversation) -> float:
    return conversation.finish
