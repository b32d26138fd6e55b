"""One support floor: wires the rooms, runs them, hands out snapshots. Read this first.

    demand -> customers -> proactive -> trust -> exemptions -> self_serve -> channels -> task_bot -> bot -> triage_bot
           -> moods -> routing -> team -> follow_up -> (team again: reopen, recontact, retry)
                  \\-> recorder -> metrics

What is settled when a need arises (who it is, whether a bot helps, which team it goes to) is settled for all needs of a
day at once, in the columns of a `Block`; the conversations that reach a person then come to the team one by one, from
a feed in the order of time. An intervention cuts the block at its time: what has not arisen yet arises again, from
the same draws, under the new numbers.

A scenario, a seed, a replication number and the interventions are the run, to the last digit; how it is sliced by
`advance` is not.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.distributions import on_tick
from core.errors import InterventionError
from core.interventions import Intervention, planned, with_value
from core.metrics import METRICS
from core.records import Origin, Records
from core.scenario import Scenario
from core.tally import Hours, Tally
from core.units import DAY, WEEK, write_moment
from sim.bot import ResolutionBot
from sim.case import Case, case_of
from sim.channels import Channels
from sim.clock import Clock
from sim.common import CommonDay
from sim.contact import effort, wants
from sim.conversation import Block, Conversation
from sim.customers import Customers
from sim.demand import Demand
from sim.exemptions import Exemptions
from sim.follow_up import FollowUp
from sim.knowledge import KnowledgeBase
from sim.line import Kind
from sim.moods import Moods
from sim.people import People
from sim.proactive import ProactiveSupport
from sim.pulse import Pulse
from sim.reasons import rated
from sim.recorder import Recorder
from sim.replay import Replay
from sim.review import Carousel
from sim.rota import Rota
from sim.routing import Routing
from sim.self_serve import SelfServe
from sim.snapshot import Snapshot
from sim.task_bot import TaskBot
from sim.team import Team
from sim.triage_bot import TriageBot
from sim.trust import Trust


class Room(Protocol):
    """A part of the floor that works by the scenario's numbers."""

    def configure(self, scenario: Scenario) -> None:
        """Takes the numbers for what begins from now on."""


class Tier(Room, Protocol):
    """A room that conversations go through before they reach people."""

    def receive(self, block: Block) -> None:
        """Does its part for each row of the block, in its columns."""


@dataclass(frozen=True, slots=True)
class OnTheWay:
    """Conversations on their way to a team: when they come (s), in order, and where their rows stand."""

    times: list[float]
    blocks: list[Block]
    rows: list[int]

    def after(self, delivered: int, keep: Callable[[Block, int], bool] = lambda block, row: True) -> OnTheWay:
        """Those that have not been delivered and are kept."""
        left = [place for place in range(delivered, len(self.times)) if keep(self.blocks[place], self.rows[place])]
        return OnTheWay([self.times[place] for place in left], [self.blocks[place] for place in left],
                        [self.rows[place] for place in left])


class Floor:
    """A floor at a moment of its run."""

    def __init__(self, scenario: Scenario, seed: int = 1, replication: int = 0,
                 interventions: Iterable[Intervention] = (), replay: Replay | None = None, keep_records: bool = True,
                 common: CommonDay | None = None):
        self._common = common if replay is None else None
        """Shared with other floors of this seed and replication, as long as nothing has been changed here."""
        self.planned = scenario
        self.scenario = scenario
        """The scenario in force now."""
        self.clock = Clock()
        self._warm_up = on_tick(scenario.warm_up)
        self._coming = sorted((*planned(scenario), *interventions), key=lambda change: change.at)
        self._demand = Demand(scenario, seed, replication, replay)
        self.knowledge = KnowledgeBase(scenario)
        self._trust = Trust(scenario)
        channels, moods, routing = Channels(scenario), Moods(scenario), Routing(scenario)
        self._tiers: tuple[Tier, ...] = (
            Customers(scenario, seed, replication), ProactiveSupport(scenario), self._trust, Exemptions(scenario),
            SelfServe(scenario, self.knowledge), channels, TaskBot(scenario, self.knowledge), ResolutionBot(scenario),
            TriageBot(scenario), moods, routing)
        staff: list[tuple[int, int]] = []
        self._recorder = Recorder(self._warm_up, keep_records, staff)
        self._follow_up = FollowUp(self.clock, scenario, channels, moods, routing, self._recorder.receive, self._join)
        self.teams = [Team(self.clock, index, name, self._follow_up, staff, self.knowledge, moods, keep_records)
                      for index, name in enumerate(scenario.team)]
        for team in self.teams:
            team.configure(scenario, self.teams)
        presences = replay.presences if replay is not None else ()
        self._rotas = [Rota(self.clock, team, scenario, seed, replication, presences, self._common)
                       for team in self.teams]
        self._carousel = Carousel(self.clock, self.teams, scenario, seed, replication,
                                  lambda since: self._recorder.closed(self.now, since))
        self._kinds = [int(Kind[channel.kind.upper()]) for channel in scenario.channel.values()]
        self._on_the_way = OnTheWay([], [], [])
        self._window_end = 0.0
        """When the day ends whose needs have arisen (s)."""
        self._block: Block | None = None
        self._learnt = 0
        """Rows of the block whose experience with bots is remembered."""
        self._warm = Hours()
        self._pulse = Pulse(self.clock, self.teams) if keep_records else None
        self._open_window()

    @property
    def now(self) -> float:
        """Seconds since Monday 00:00 of the first week."""
        return self.clock._now

    def advance(self, until: float) -> None:
        """Runs to that time (s, rounded to a tick). In how many slices makes no difference to the run."""
        until = on_tick(until)
        while True:
            if self.now >= self._window_end:
                self._open_window()
            due = on_tick(self._coming[0].at) if self._coming else math.inf
            if due <= self.now:
                # What happens at the same instant anyway comes first, however the run is sliced.
                self.clock.advance(self.now)
                self._apply(self._coming.pop(0))
                continue
            warm = self._warm_up if self.now < self._warm_up else math.inf
            self.clock.advance(min(until, self._window_end, due, warm))
            if self.now == warm:
                self._warm = self._hours()
            if self.now >= self._window_end:
                self._close_window()
            if self.now >= until and due > self.now:
                return

    def intervene(self, change: Intervention) -> None:
        """Something will be changed, now or later.

        Raises:
            InterventionError: for a key or a value that the scenario cannot take.
        """
        with_value(self.scenario, change.key, change.value)
        self._coming = sorted([*self._coming, change], key=lambda other: other.at)
        if on_tick(change.at) <= self.now:
            self.advance(self.now)

    def replan(self, changes: Iterable[Intervention]) -> None:
        """What will be changed after now, in place of what would have been; what was changed by now stays."""
        self._coming = sorted((change for change in changes if on_tick(change.at) > self.now),
                              key=lambda change: change.at)

    def _apply(self, change: Intervention) -> None:
        """The scenario changes, for all that has not begun."""
        self.scenario, self._common = with_value(self.scenario, change.key, change.value), None
        rooms: list[Room] = [*self._tiers, self._demand, self.knowledge, self._follow_up, self._carousel,
                             *self._rotas]
        for room in rooms:
            room.configure(self.scenario)
        for team in self.teams:
            team.settle()
            team.configure(self.scenario, self.teams)
        for team in self.teams:
            team.resume()
        self._reopen_window()
        self.clock.advance(self.now)

    def branch(self, replication: int) -> None:
        """From now on chance goes another way: that of another replication.

        What has happened stays, and so does what has been settled by it: conversations that have arisen keep their own
        chances (patience, handle times, whether they come back), the day keeps its busyness, and people who came to
        work today keep their breaks and spells away. Needs that have not arisen yet arise from other draws, and so do
        the busyness and people's absences of the days to come.
        """
        if self.now >= self._window_end:
            self._open_window()
        self._common = None
        self._demand.branch(replication, math.floor(self.now / DAY))
        for rota in self._rotas:
            rota.branch(replication, math.floor(self.now / DAY))
        self._reopen_window()
        self.clock.advance(self.now)

    # Customers on their way

    def _close_window(self) -> None:
        """Midnight: the day's needs have arisen. Those of the next day are left until somebody wants to see it."""
        assert self._block is not None
        self._follow_up.turn_page()
        self._recorder.collect(self.now, self._follow_up.newest, self._carousel.runs)
        self._trust.learn(self._block, self._learnt, self._block.used)
        self.knowledge.turn_day()

    def _open_window(self) -> None:
        """The next day's needs arise."""
        self._on_the_way = self._on_the_way.after(self.clock.fed)
        start = self._window_end
        self._window_end = start + DAY
        def make() -> Block:
            return self._needs(start, self._window_end)

        self._receive(make() if self._common is None else self._common.block(self.scenario, start, make))

    def _reopen_window(self) -> None:
        """The needs that have not arisen yet arise again under the numbers in force now."""
        block = self._block
        assert block is not None
        begun = int(np.searchsorted(block.arrived[:block.used], self.now, side="right"))
        self._trust.learn(block, self._learnt, begun)
        self._demand.withdraw(block.used - begun)
        block.used = begun
        self._on_the_way = self._on_the_way.after(self.clock.fed, lambda other, row: other is not block or row < begun)
        self._receive(self._needs(self.now, self._window_end))

    def _needs(self, start: float, end: float) -> Block:
        """The needs that arise after `start` and up to `end`, gone through the tiers."""
        block = self._demand.window(start, end)
        for room in self._tiers:
            room.receive(block)
        block.read_out()
        block.wants = wants(block.scenario, block.topic, block.channel, block.contact_draws,
                            effort(block.scenario, block))
        return block

    def _receive(self, block: Block) -> None:
        """A block of needs arises; who has to do with people is put into the feed."""
        self._demand.count(block)
        self._recorder.receive(block)
        self._block, self._learnt = block, 0
        human = block.team >= 0
        rows, times = np.flatnonzero(human), block.queued[human]
        back, back_at = self._follow_up.recontacts(block)
        if len(back):
            rows, times = np.concatenate([rows, back]), np.concatenate([times, back_at])
        on_the_way = self._on_the_way
        sources = [block] * len(rows)
        if on_the_way.times or len(back) or (times[1:] < times[:-1]).any():
            times = np.concatenate([on_the_way.times, times])
            rows = np.concatenate([np.array(on_the_way.rows, dtype=np.int64), rows])
            order = np.argsort(times, kind="stable")
            times, rows = times[order], rows[order]
            sources = [*on_the_way.blocks, *sources]
            sources = [sources[place] for place in order.tolist()]
        self._on_the_way = OnTheWay(times.tolist(), sources, rows.tolist())
        self.clock.feed(self._on_the_way.times, self._deliverer(self._on_the_way))

    def _deliverer(self, coming: OnTheWay) -> Callable[[int], None]:
        """What brings each of those on their way to its team."""
        times, blocks, rows, kinds = coming.times, coming.blocks, coming.rows, self._kinds
        receive = [team.receive for team in self.teams]

        def deliver(position: int) -> None:
            block, row = blocks[position], rows[position]
            team = block.team_of[row]
            if team >= 0:
                receive[team](Conversation(block, row, times[position], kinds[block.channel_of[row]]))
            else:
                self._follow_up.come_back(block, row, Origin.RECONTACT)

        return deliver

    def _join(self, block: Block, row: int) -> None:
        """A further contact goes to its team."""
        team = self.teams[block.team_of[row]]
        team.receive(Conversation(block, row, self.now, self._kinds[block.channel_of[row]]))

    # What can be seen of it

    def _hours(self) -> Hours:
        """What people's time went to since the start, all teams together."""
        total = Hours()
        for team in self.teams:
            team.settle()
            total = total + team.hours()
        return total + self._besides()

    def _besides(self) -> Hours:
        """What was paid so far besides people's hours: hires, campaigns, and what runs anyway."""
        scenario, hired = self.scenario, sum(rota.careers.hired for rota in self._rotas)
        sent = math.fsum(campaign.cost for campaign in scenario.campaign.values() if campaign.sent <= self.now)
        runs = scenario.cost.bots_per_week * self.now / WEEK
        return Hours(cost=hired * scenario.attrition.cost_per_hire + sent + runs, hired=float(hired))

    def hours(self) -> Hours:
        """What people's time went to since the warm-up."""
        return self._hours() - self._warm

    def worked(self) -> Hours:
        """What people's time went to since the start, the warm-up included."""
        return self._hours()

    def tally(self) -> Tally:
        """Sums over the run after its warm-up, from which every metric follows."""
        span = max(self.now - self._warm_up, 0.0)
        return self._recorder.total(self.now).finish(self.hours(), span)

    def waiting(self) -> int:
        """Customers who wait for a person now, those whose emails have come back included."""
        return sum(team.waiting for team in self.teams)

    def measures(self) -> dict[str, float | None]:
        """Every metric of `core.metrics` over the run after its warm-up."""
        tally = self.tally()
        return {name: tally.value(name) for name in METRICS}

    def records(self) -> Records:
        """All rows so far, by need and contact (the floor must keep records)."""
        return self._recorder.records(self.now)

    def case(self, need: int, people: People) -> Case:
        """What has happened about the need of that number so far (the floor must keep records).

        Raises:
            InterventionError: no need of that number has arisen.
        """
        rows = self._recorder.about(need, self.now)
        if rows is None:
            raise InterventionError(f"need {need}: no such need has arisen by {write_moment(round(self.now))}")
        return case_of(rows, self.scenario, people, self.now, self._person, self._recorder.hops(need))

    def rated(self, since: float) -> Records:
        """The conversations that have been rated since a time of the last days (the floor must keep records)."""
        return rated(self._recorder.recent(self.now, since), since, self.now)

    def _person(self, number: int) -> str:
        """The person of that number in the records, in words."""
        return next((f"{agent.key} of {team.name}" for team in self.teams for agent in team.agents.values()
                     if agent.number == number), "nobody")

    def snapshot(self) -> Snapshot:
        """What the floor looks like now (the floor must keep records)."""
        assert self._pulse is not None, "a floor without records has no snapshots"
        for team in self.teams:
            team.settle()
        return self._pulse.snapshot(self.scenario, self._recorder.recent(self.now, self._pulse.since),
                                    {rota.team: rota.headcount() for rota in self._rotas})
