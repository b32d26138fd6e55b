"""The people of a team: who is on duty, on a break, or free, and what their time goes to.

The rota calls `arrive`, `begin_duty`, `leave` and `pause`; what a person works on is the business of `sim.team`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Generator, Iterable, Mapping

import simpy

from core.distributions import on_tick
from core.scenario import Scenario
from core.tally import Hours
from sim.agents import Agent, Balanced, RoundRobin
from sim.careers import Person
from sim.clock import Alarm, Clock
from sim.conversation import Conversation
from sim.payroll import Payroll
from sim.ramp import Growth


class Crew(ABC):
    """People who work side by side."""

    def __init__(self, clock: Clock, index: int, name: str, staff: list[tuple[int, int]]):
        self.clock = clock
        self.index = index
        self.name = name
        self.agents: dict[str, Agent] = {}
        """Everyone who has ever been at work, by who they are."""
        self.held: list[float] = [0.0]
        """Seconds that people at work spent with 0, 1, 2 ... conversations in hand."""
        self.payroll = Payroll()
        self.slots = 0
        """Chats that one person holds at once."""
        self._in_turn = False
        self._available: Balanced | RoundRobin = Balanced(0)
        self._in_line: list[Agent] = []
        """Who had room when the numbers changed, in the order of the line."""
        self.present = 0
        """People on duty now."""
        self._seniors: deque[Agent] = deque()
        """Whom colleagues ask, the one who was asked longest ago first."""
        self._elsewhere: Crew | None = None
        """Where they ask if there is no senior at work."""
        self._staff = staff
        self._growth = Growth()
        self._strain_window = 0.0
        """Time between two looks at people's strain (s); 0: nobody looks."""
        self._break_ends = (self._back,)

    def _configure_people(self, scenario: Scenario, teams: Iterable[Crew]) -> None:
        """Takes the scenario's numbers for what people do from now on."""
        settings = scenario.team[self.name]
        self._in_line = [*self._available.candidates(1)] if self.slots else []
        in_turn = settings.selection == "round_robin"
        if (settings.concurrency, in_turn) != (self.slots, self._in_turn):
            self.slots, self._in_turn = settings.concurrency, in_turn
            self._available = RoundRobin(self.slots) if in_turn else Balanced(self.slots)
        self._elsewhere = next((team for team in teams if team.name == settings.escalates_to), None)
        self.payroll.configure(scenario, self.name)
        self.held.extend([0.0] * (self.slots + 1 - len(self.held)))
        self._growth.configure(scenario, self.name)
        self._watch_strain(scenario)

    def resume(self) -> None:
        """After all teams have been configured: who has room looks for work, and stands in line as before."""
        for agent in dict.fromkeys([*self._in_line, *self.agents.values()]):
            if agent.takes_work:
                if agent.used < self.slots:
                    self._available.remove(agent)
                self._look_for_work(agent)

    # What they work on

    @abstractmethod
    def _look_for_work(self, agent: Agent) -> None:
        """Takes what waits while there is room, then stands in line for what comes."""

    @abstractmethod
    def _let_go(self, conversation: Conversation) -> None:
        """A conversation of somebody who goes off duty is for whoever has room next."""

    @abstractmethod
    def _progress(self, agent: Agent, now: float) -> None:
        """Counts the work done on what is in hand up to now."""

    @abstractmethod
    def _pace(self, agent: Agent, now: float) -> None:
        """What is in hand goes on at the person's present pace."""

    # Their days

    def arrive(self, person: Person) -> None:
        """A person comes on duty."""
        agent = self.agents.get(person.key)
        if agent is None:
            agent = self.agents[person.key] = Agent(person, len(self._staff), self)
            self._staff.append((self.index, person.level))
        now = self.clock._now
        if agent.used:
            self._overtime(agent, now)
        else:
            agent.since = now
        self.present += 1
        agent.on_shift = agent.at_work = agent.takes_work = True
        self.begin_duty(person.key)
        if agent.takes_work:
            self._look_for_work(agent)

    def begin_duty(self, key: str) -> None:
        """A day's work of somebody begins, who has just come, or is there around the clock."""
        agent = self.agents[key]
        self._shape(agent)
        owed, agent.owed = agent.owed, 0.0
        if owed > 0.0:
            self.rest(agent, owed)

    def leave(self, key: str) -> None:
        """A person goes off duty, after what is in hand."""
        agent = self.agents[key]
        self.present -= 1
        if agent.used < self.slots:
            self._available.remove(agent)
        agent.on_shift = agent.takes_work = False
        agent.left_at, agent.pause = self.clock._now, 0.0
        while agent.returned:
            self._let_go(agent.returned.popleft())
        if agent.used == 0:
            self._stop(agent)

    def pause(self, key: str, length: float, is_break: bool) -> None:
        """A break or a spell away of that length (s) begins, after what is in hand."""
        agent = self.agents[key]
        agent.on_break = is_break
        self.rest(agent, length)

    def rest(self, agent: Agent, length: float) -> None:
        """The person is away for that long (s), after what is in hand."""
        if agent.on_shift and not agent.away:
            if agent.used < self.slots:
                self._available.remove(agent)
            agent.pause += on_tick(length)
            agent.takes_work = False
            if agent.used == 0:
                self._stop(agent)

    def senior(self, asking: Agent) -> Agent | None:
        """Who is asked: the senior at work whom nobody has asked for longest, here or where matters go up to."""
        for team in (self, self._elsewhere):
            if team is None:
                continue
            for place, agent in enumerate(team._seniors):
                if agent.takes_work and agent is not asking:
                    del team._seniors[place]
                    team._seniors.append(agent)
                    return agent
        return None

    def coach(self, agent: Agent, gain: float, limit: float, length: float) -> None:
        """A talk with a senior colleague at the start of the next duty of each; the person is better from then on."""
        agent.coached = min(limit, agent.coached + gain)
        coach = next((other for other in self._seniors if other is not agent), None)
        for talking in (agent, coach):
            if talking is not None:
                talking.owed += length
        self._shape(agent)

    def _shape(self, agent: Agent) -> None:
        """What the person can do from now on."""
        self._growth.shape(agent, self.clock._now)
        senior = self._growth.is_senior(agent, self.clock._now)
        if senior != (agent in self._seniors):
            (self._seniors.append if senior else self._seniors.remove)(agent)

    def _watch_strain(self, scenario: Scenario) -> None:
        """Looks at everybody's occupancy at the end of each window, where it makes a difference."""
        strain = scenario.strain
        matters = strain.slows > 0.0 or strain.skill > 0.0 or (strain.leaves > 0.0 and scenario.attrition.yearly > 0.0)
        window = strain.window if matters else 0.0
        self._strained_above, self._strain_leaves = strain.above, strain.leaves
        if window != self._strain_window:
            self._strain_window = window
            if matters:
                self.clock.process(self._sample_strain(window))

    def _sample_strain(self, window: float) -> Generator[simpy.Event, None, None]:
        """A SimPy process: each person's strain over the window that ends."""
        while True:
            now = self.clock.now
            # The end of a window may lie a fraction of a tick ahead: then it is now.
            yield self.clock.timeout(on_tick((now // window + 1) * window) - now or on_tick(window))
            if window != self._strain_window:
                return
            for agent in self.agents.values():
                if agent.at_work:
                    self._spend(agent)
                spent = agent.busy + agent.idle
                occupancy = agent.busy / spent if spent > 0.0 else 0.0
                above = self._strained_above
                agent.strain = max(0.0, occupancy - above) / (1.0 - above) if above < 1.0 else 0.0
                agent.strained += agent.strain * spent
                agent.worked += spent
                agent.busy = agent.idle = 0.0
                self._progress(agent, self.clock._now)
                self._shape(agent)
                self._pace(agent, self.clock._now)

    def is_new(self, agent: Agent) -> bool:
        """Whether the person still grows into the work."""
        return self._growth.is_new(agent, self.clock.now)

    def strain(self, key: str) -> float:
        """What the strain of a person at work since this was last asked adds to the chance of leaving."""
        agent = self.agents.get(key)
        if agent is None or agent.worked == 0.0:
            return 0.0
        mean = agent.strained / agent.worked
        agent.strained = agent.worked = 0.0
        return self._strain_leaves * mean

    def _spend(self, agent: Agent) -> None:
        """Counts what a person's time went to up to now."""
        spent = self.clock._now - agent.since
        self.held[agent.open] += spent
        agent.since = self.clock._now
        if self._strain_window:
            if agent.open:
                agent.busy += spent
            else:
                agent.idle += spent

    def _stop(self, agent: Agent) -> None:
        """The hands are empty: off duty, or on the break that is due."""
        now = self.clock._now
        if agent.at_work:
            self._spend(agent)
            agent.at_work = False
        if not agent.on_shift:
            self._overtime(agent, now)
            agent.away = False
        elif agent.pause > 0.0:
            agent.away = True
            agent.back_at, agent.pause = now + agent.pause, 0.0
            self.clock.arm(Alarm(self._break_ends, (agent, agent.back_at)), agent.back_at)

    def _back(self, alarm: Alarm) -> None:
        agent, due = alarm.owner
        if agent.away and agent.on_shift and agent.back_at == due:
            agent.away, agent.on_break, agent.since = False, False, due
            agent.at_work = agent.takes_work = True
            self._look_for_work(agent)

    def plan(self, people: Mapping[int, int]) -> None:
        """The rota has that many people of each level (-1: none) from now on."""
        self.payroll.plan(people, self.clock._now)

    def _overtime(self, agent: Agent, now: float) -> None:
        """Pays for the time since the end of the last duty."""
        self.payroll.pay(agent.person.level, now - agent.left_at)
        agent.left_at = now

    def settle(self) -> None:
        """Counts everybody's time up to now."""
        now = self.clock._now
        self.payroll.settle(now)
        for agent in self.agents.values():
            if agent.at_work:
                self._spend(agent)
                if not agent.on_shift:
                    self._overtime(agent, now)

    def hours(self) -> Hours:
        """What people's time went to since the start (call `settle` first)."""
        available = math.fsum(self.held)
        busy = math.fsum(self.held[1:])
        held = math.fsum(number * time for number, time in enumerate(self.held))
        return Hours(busy, available, held, self.payroll.seconds, self.payroll.cost)
