"""The human team: a queue, the people who serve it, and what happens between a customer joining and leaving.

Read `receive` first (a conversation comes), then `_begin` (a person begins it), `_finished` (it is done) and `_free`
(the person looks for the next). When people are there at all is in `sim.crew`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from heapq import heappush

from core.distributions import TICK, TICKS, on_tick
from core.records import Origin
from core.scenario import Scenario
from sim.agents import Agent
from sim.clock import NORMAL, Alarm, Clock, Reminders
from sim.contact import is_plain, usual_work
from sim.conversation import Conversation, Hop
from sim.crew import Crew
from sim.follow_up import FollowUp
from sim.handling import Handling
from sim.knowledge import KnowledgeBase
from sim.line import Kind, Line
from sim.moods import Moods

_CHAT, _EMAIL = int(Kind.CHAT), int(Kind.EMAIL)


class Team(Crew):
    """One queue and its people."""

    def __init__(self, clock: Clock, index: int, name: str, follow_up: FollowUp, staff: list[tuple[int, int]],
                 knowledge: KnowledgeBase, moods: Moods, keep_hops: bool = True):
        super().__init__(clock, index, name, staff)
        self.line = Line()
        self._follow_up = follow_up
        self._done = (self._finished,)
        self._wrapped_up = self._nobody_there = (self._time_spent,)
        self._touch_done = (self._touched,)
        self._answered_back = (self._customer_answered,)
        self._patience_ends = (self._gave_up,)
        self._rises = Reminders(clock, self._waited_long)
        self._handling: Handling | None = None
        """How people make out what to do with a conversation; None where there is nothing to make out."""
        self._handlings = Handling(knowledge, moods)
        self._keep_hops = keep_hops
        """Through whose hands a conversation went is remembered."""
        self._next_chat_ends = (self._chat_ended,)
        self._between_chats: Agent | None = None
        """Whose chat ends at this moment: who comes next is known before the alarm for the next end is set."""

    def configure(self, scenario: Scenario, teams: Iterable[Team]) -> None:
        """Takes the scenario's numbers; people at work and conversations in hand stay as they are."""
        settings = scenario.team[self.name]
        now = self.clock._now
        for agent in self.agents.values():
            self._progress(agent, now)
        self._configure_people(scenario, teams)
        self._handling = None if is_plain(scenario) else self._handlings
        self.handle_factor, self.resolution_factor = settings.handle_factor, settings.resolution_factor
        self._handlings.configure(scenario, self, list(teams))
        self._slowdown = settings.slowdown
        self._paced = settings.slowdown > 0.0 and settings.concurrency > 1
        self._open_limit = settings.open_limit
        self._room = (self.slots, 1, self.slots)
        """Slots that a call, a chat and an email take."""
        self._signals, self._callback = scenario.signals, scenario.callback
        self._dial_time = on_tick(scenario.callback.dial_time)
        self._rising = scenario.signals.late_after is not None and scenario.signals.up > 0
        self._rises_after = on_tick(scenario.signals.late_after or 0.0)
        self._offers_calls = scenario.callback.accepts > 0.0
        self._calls_back = [name in scenario.callback.channels if scenario.callback.channels
                            else channel.kind == "call" for name, channel in scenario.channel.items()]
        self._usual_work = usual_work(scenario, self.name)
        for agent in self.agents.values():
            self._shape(agent)
            if agent.whole is not None:
                agent.whole.slots = agent.used = self.slots
            self._pace(agent, now)
        by_name = {team.name: team for team in teams}
        self._at_once = [self, *(by_name[name] for name, after in settings.overflow.items() if after <= 0.0)]
        self._later = [(Reminders(self.clock, by_name[name]._offered), on_tick(after))
                       for name, after in settings.overflow.items() if after > 0.0]
        self._serves_itself = not any(self.name in other.overflow for other in scenario.team.values())
        self._serves = [(self, 0.0), *((by_name[name], on_tick(other.overflow[self.name]))
                                       for name, other in scenario.team.items() if self.name in other.overflow)]

    # Customers

    def receive(self, conversation: Conversation) -> None:
        """A conversation joins: a free person takes it at once, or it waits."""
        conversation.queue = self
        kind = conversation.kind
        for team in self._at_once:
            agent = (team._available.claim(team._room[kind]) if kind != _EMAIL
                     else team._available.claim_holding(team._open_limit))
            if agent is not None:
                team._take(agent, conversation)
                return
        if conversation.touch == 0:
            wants, row = conversation.block.wants, conversation.row
            if wants.leaves[row] and not conversation.passed:
                self._leaves(conversation)
                return
            patience = wants.patience[row]
            if not (self._offers_calls and self._promises_call(conversation)) and patience < math.inf:
                clock = self.clock
                conversation.alarm = alarm = Alarm(self._patience_ends, conversation)
                heappush(clock._queue, (clock._now + patience, NORMAL, next(clock._eid), alarm))  # type: ignore[misc]
        self.line.append(conversation)
        for offers, after in self._later:
            offers.set(conversation, self.clock._now + after)
        if self._rising and not conversation.late:
            self._rises.set(conversation, self.clock._now + self._rises_after)

    def _promises_call(self, conversation: Conversation) -> bool:
        """Whether the customer hangs up and is called back: offered where the wait looks long."""
        block, row = conversation.block, conversation.row
        if block.callback[row]:
            return True
        offer = self._callback
        if not self._calls_back[block.channel_of[row]] or self.expected_wait() <= offer.above:
            return False
        taken = block.chance("call-back", row) < offer.accepts
        block.callback[row] = taken
        return taken

    def expected_wait(self) -> float:
        """What the next in line would be told (s): who waits and one more, at the team's usual pace."""
        return (self.line.waiting + 1) * self._usual_work / self.present if self.present else math.inf

    def _waited_long(self, conversation: Conversation) -> None:
        """A conversation has waited so long that it moves up."""
        conversation.queue.line.remove(conversation)
        conversation.up += self._signals.up
        conversation.late = True
        conversation.queue.line.insert(conversation)

    def _offered(self, conversation: Conversation) -> None:
        """A conversation in another team's queue has waited long enough for this team."""
        kind = conversation.kind
        agent = (self._available.claim(self._room[kind]) if kind != _EMAIL
                 else self._available.claim_holding(self._open_limit))
        if agent is not None:
            conversation.queue.line.remove(conversation)
            self._take(agent, conversation)

    def _gave_up(self, alarm: Alarm) -> None:
        """A customer's patience is at an end."""
        conversation = alarm.owner
        conversation.alarm = None
        if conversation.block.wants.silent[conversation.row]:
            conversation.ghost = True
            conversation.block.unfinished += 1
        else:
            conversation.waiting = False
            self.line.waiting -= 1
        self._leaves(conversation)

    def _leaves(self, conversation: Conversation) -> None:
        """The customer goes, unanswered."""
        block, row = conversation.block, conversation.row
        block.ended[row] = self.clock._now
        if conversation.passed:
            block.left[row] = 1
        self._follow_up.receive(block, row, Origin.RETRY)

    # Conversations in hand

    def _take(self, agent: Agent, conversation: Conversation) -> None:
        """A person who has room, and has left the line of those who have, takes a conversation."""
        self._assign(agent, conversation)
        if agent.used < self.slots:
            self._available.add(agent)

    def _assign(self, agent: Agent, conversation: Conversation) -> None:
        """One more conversation in the person's hands."""
        self._spend(agent)
        agent.open += 1
        agent.used += self._room[conversation.kind]
        self._begin(agent, conversation)

    def _begin(self, agent: Agent, conversation: Conversation) -> None:
        """The person begins a conversation, or the next touch of one."""
        clock = self.clock
        now = clock._now
        kind, block, row = conversation.kind, conversation.block, conversation.row
        conversation.agent = agent
        conversation.slots = self._room[kind]
        if kind != _CHAT:
            agent.whole = conversation
        if self._in_turn:
            self._available.served(agent)
        if conversation.alarm is not None:
            conversation.alarm.callbacks = ()
            conversation.alarm = None
        if conversation.ghost or (block.callback[row] and self._not_reached(conversation)):
            conversation.since, conversation.callbacks = now, self._nobody_there
            work = self._dial_time if block.callback[row] else block.silent_check[block.channel_of[row]]
        elif self._handling is not None:
            work = self._considered(self._handling, agent, conversation)
        else:
            work = block.wants.work[row]
            conversation.resolution = conversation.possible = self.resolution_factor
            if self.handle_factor != 1.0:
                work = math.floor(work * self.handle_factor * TICKS) * TICK
            if kind == _EMAIL:
                self._open_mail(agent, conversation)
                work = math.floor(work / block.wants.touches[row] * TICKS) * TICK
            else:
                block.answered[row] = now
                block.agent[row] = agent.number
                conversation.callbacks = self._done
        if self._paced and kind == _CHAT and conversation.callbacks is self._done:
            self._join_chats(agent, conversation, work)
            return
        heappush(clock._queue, (now + work, NORMAL, next(clock._eid), conversation))  # type: ignore[misc]

    def _considered(self, handling: Handling, agent: Agent, conversation: Conversation) -> float:
        """Seconds that a person works on a conversation after a look at what it is, and what they are."""
        now, block, row = self.clock._now, conversation.block, conversation.row
        if conversation.touch:
            self._open_mail(agent, conversation)
            work = handling.touch_time(agent, conversation)
        else:
            work = handling.begin(agent, conversation, now)
            conversation.since, conversation.callbacks = now, self._done
            if conversation.passed and self._keep_hops:
                block.hops[row].append(Hop(now, agent.number, self.index))
            if conversation.kind != _EMAIL:
                if conversation.passed:
                    block.taken[row] = now
                if math.isnan(block.answered[row]) and not (handling.is_inbox and conversation.passes_to is not None):
                    block.answered[row] = now
            elif conversation.passes_to is None:
                self._open_mail(agent, conversation)
        block.agent[row] = agent.number
        return math.floor(work * TICKS) * TICK

    def _not_reached(self, conversation: Conversation) -> bool:
        """Whether nobody picks up when the customer is called back: that is the end of it."""
        block, row = conversation.block, conversation.row
        if conversation.touch or block.chance("no answer", row) >= self._callback.no_answer:
            return False
        block.unfinished += 1
        self._leaves(conversation)
        return True

    def _finished(self, conversation: Conversation) -> None:
        """A person has done their part of the conversation: it ends there, unless they pass it on."""
        now = self.clock._now
        block, row, agent = conversation.block, conversation.row, conversation.agent
        if conversation.passes_to is not None:
            self._pass_on(conversation)
            return
        wants = block.wants
        block.ended[row] = now
        settles = wants.settles[row]
        if settles >= conversation.resolution:
            block.unsettled[row] = 1
            if settles < conversation.possible:
                block.missed[row] = 1
            self._follow_up.receive(block, row, Origin.REOPEN)
        if self._handling is not None and (rest := self._handling.rest_after(conversation)) > 0.0:
            self.rest(agent, rest)
        after_work = wants.after_work[row] + conversation.after_work
        if after_work > 0.0:
            block.unfinished += 1
            conversation.since, conversation.callbacks = now, self._wrapped_up
            self.clock.arm(conversation, now + after_work)
        else:
            self._free(agent, conversation.slots)

    def _pass_on(self, conversation: Conversation) -> None:
        """It joins another team's queue, and the person is free for the next one."""
        team, block, row = conversation.passes_to, conversation.block, conversation.row
        assert team is not None
        block.aside[row] += self.clock._now - conversation.since
        block.team_of[row] = team.index
        if self._keep_hops:
            hops = block.hops.setdefault(row, [])
            if not hops:
                hops.append(Hop(conversation.since, conversation.agent.number, self.index))
            hops[-1].ended, hops[-1].to = self.clock._now, team.index
            hops[-1].why = self._handlings.reason(conversation)
        conversation.passes_to = None
        conversation.passed += 1
        conversation.queued = self.clock._now
        self._free(conversation.agent, conversation.slots)
        team.receive(conversation)

    def _time_spent(self, conversation: Conversation) -> None:
        """After-contact work is done, or a silent customer found out: the person's time on it is known."""
        block = conversation.block
        block.aside[conversation.row] += self.clock._now - conversation.since
        block.unfinished -= 1
        self._free(conversation.agent, conversation.slots)

    @property
    def after_contact(self) -> object:
        """What stands in SimPy's queue for a conversation whose customer has gone while a person still works on it."""
        return self._wrapped_up

    def _free(self, agent: Agent, slots: int) -> None:
        """The person has room again: on to the next conversation, a break, or home."""
        agent.whole = None
        if agent.takes_work:
            conversation = self._next_for(agent, self.slots - agent.used + slots)
            if conversation is not None and self._room[conversation.kind] == slots:
                # One goes, the next comes: the person's load stays as it was.
                self._begin(agent, conversation)
                return
        else:
            conversation = None
        if agent.used < self.slots:
            self._available.remove(agent)
        self._spend(agent)
        agent.open -= 1
        agent.used -= slots
        if conversation is not None:
            self._assign(agent, conversation)
            if agent.takes_work:
                self._look_for_work(agent)
        elif agent.takes_work:
            if agent.used < self.slots:  # not where fewer at once are allowed since
                self._available.add(agent)
        elif agent.used == 0:
            self._stop(agent)

    def _look_for_work(self, agent: Agent) -> None:
        """Takes what waits while there is room, then stands in line for what comes."""
        while agent.used < self.slots:
            conversation = self._next_for(agent, self.slots - agent.used)
            if conversation is None:
                self._available.add(agent)
                return
            self._assign(agent, conversation)

    def _next_for(self, agent: Agent, room: int) -> Conversation | None:
        """What a person with that many free slots should do next: by priority class, then who has waited longest."""
        if self._serves_itself and not self.line.waiting and not agent.returned:
            return None
        best: Conversation | None = None
        best_line: Line | None = None
        if agent.returned and room == self.slots:
            best = agent.returned[0]
        for team, after in self._serves:
            line = team.line
            if not line.waiting:
                continue
            for priority, kind, lane in line.lanes:
                while lane and not lane[0].waiting:
                    lane.popleft()
                if (not lane or self._room[kind] > room or (kind == _EMAIL and agent.holding >= self._open_limit)
                        or (after > 0.0 and self.clock._now - lane[0].queued < after)):
                    continue
                head = lane[0]
                if best is None or (priority, head.queued) < (best.priority, best.queued):
                    best, best_line, best_lane = head, line, lane
        if best is None:
            return None
        if best_line is None:
            return agent.returned.popleft()
        best_line.waiting -= 1
        best_lane.popleft()
        best.waiting = False
        return best

    # Chats that slow each other

    def _progress(self, agent: Agent, now: float) -> None:
        """Counts the work done on each chat up to now."""
        if agent.chats:
            agent.progress += (now - agent.paced_at) / (1.0 + self._slowdown * (len(agent.chats) - 1))
        agent.paced_at = now

    def _join_chats(self, agent: Agent, conversation: Conversation, work: float) -> None:
        """One more chat shares the person's attention."""
        now = self.clock._now
        self._progress(agent, now)
        conversation.finish = agent.progress + work
        agent.chats.append(conversation)
        if agent is not self._between_chats:
            self._pace(agent, now)

    def _pace(self, agent: Agent, now: float) -> None:
        """Sets the alarm for the next chat to end at the present load."""
        if agent.pacer is not None:
            agent.pacer.cancel()
            agent.pacer = None
        chats = agent.chats
        if chats:
            first = chats[0] if len(chats) == 1 else min(chats, key=_finish)
            left = max(first.finish - agent.progress, 0.0) * (1.0 + self._slowdown * (len(chats) - 1))
            agent.pacer = Alarm(self._next_chat_ends, first)
            self.clock.arm(agent.pacer, now + math.ceil(left * TICKS) * TICK)

    def _chat_ended(self, alarm: Alarm) -> None:
        conversation = alarm.owner
        agent, now = conversation.agent, self.clock._now
        self._progress(agent, now)
        agent.chats.remove(conversation)
        agent.pacer = None
        self._between_chats = agent
        self._finished(conversation)
        self._between_chats = None
        self._pace(agent, now)

    # Email

    def _open_mail(self, agent: Agent, conversation: Conversation) -> None:
        """The person begins a touch of an email, which is theirs from now on."""
        block, row = conversation.block, conversation.row
        conversation.since, conversation.callbacks = self.clock._now, self._touch_done
        conversation.touch += 1
        if conversation.touch == 1:
            conversation.priority = block.priority_of[row]
            block.answered[row] = conversation.since
            block.agent[row] = agent.number
        if conversation.owner is not agent:
            if conversation.owner is not None:
                conversation.owner.holding -= 1
            agent.holding += 1
            conversation.owner = agent

    def _touched(self, conversation: Conversation) -> None:
        """A reply is written: the customer's turn, or the end."""
        now = self.clock._now
        block, row = conversation.block, conversation.row
        block.aside[row] += now - conversation.since
        block.touches[row] = conversation.touch
        if conversation.touch == 1:
            block.replied[row] = now
        if conversation.touch < block.wants.touches[row]:
            conversation.callbacks = self._answered_back
            self.clock.arm(conversation, now + self._follow_up.customer_delay(block, row, conversation.touch))
            self._free(conversation.agent, conversation.slots)
        else:
            assert conversation.owner is not None
            conversation.owner.holding -= 1
            self._finished(conversation)

    def _customer_answered(self, conversation: Conversation) -> None:
        """The customer has written back: the same person goes on, or the queue of the team."""
        agent = conversation.owner
        assert agent is not None
        conversation.queued = self.clock._now
        if not agent.on_shift:
            self._let_go(conversation)
        elif agent.takes_work and agent.used == 0:
            self._available.remove(agent)
            self._take(agent, conversation)
        else:
            agent.returned.append(conversation)

    def _let_go(self, conversation: Conversation) -> None:
        """Its owner is not at work: whoever has room next goes on with it, and what waits is held by nobody."""
        assert conversation.owner is not None
        conversation.owner.holding -= 1
        conversation.owner = None
        conversation.queue.receive(conversation)

    @property
    def waiting(self) -> int:
        """Customers who wait for somebody here, those whose emails have come back to a person included."""
        return self.line.waiting + sum(len(agent.returned) for agent in self.agents.values())


def _finish(conversation: Conversation) -> float:
    return conversation.finish
