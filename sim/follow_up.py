"""What follows a conversation that did not settle the matter: reopens, recontacts, retries.

Every further contact is a row of its own, of the same need, with draws of its own; whoever has asked once goes
straight to the team.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.records import Origin, Outcome
from core.scenario import Scenario
from sim.channels import Channels
from sim.clock import Alarm, Clock
from sim.contact import Wishes
from sim.conversation import Block, Contact
from sim.moods import CALM, Moods
from sim.routing import Routing
from sim.usual_hours import UsualHours

_ROWS = 512
"""Rows of a block for further contacts."""

Join = Callable[[Block, int], None]
_STAYS = ("need", "topic", "segment", "channel", "customer", "language", "tenure", "incident", "keyword", "attributes",
          "urgent", "difficulty", "expects", "told", "triaged")
"""Columns that further contacts have of the first."""


class FollowUp:
    """The last room: decides who comes back, and sends them to the team again."""

    def __init__(self, clock: Clock, scenario: Scenario, channels: Channels, moods: Moods, routing: Routing,
                 begin: Callable[[Block], None], join: Join):
        self._clock = clock
        self._begin = begin
        self._channels, self._moods, self._routing = channels, moods, routing
        self._join = join
        self.newest: Block | None = None
        """The block that grows."""
        self._returns = (self._come_back,)
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers for contacts that begin from now on."""
        self._scenario = scenario
        hours = UsualHours(scenario)
        self._hours = None if scenario.follow_up.any_hour or hours.always else hours
        self._wishes = Wishes(scenario)
        self.turn_page()

    def turn_page(self) -> None:
        """Further contacts go into a new block from here on, so that an old one can end."""
        self.newest = None

    def recontacts(self, block: Block) -> tuple[np.ndarray, np.ndarray]:
        """Rows (positions) whose false resolution by the bot brings them back, and when (s)."""
        follow = self._scenario.follow_up
        unsettled = np.frombuffer(block.unsettled, dtype=np.int8)
        false = (block.settled == Outcome.BOT_RESOLVED) & (unsettled > 0)
        if not false.any():
            return np.empty(0, dtype=np.int64), np.empty(0)
        rows = np.flatnonzero(false & (block.contact_draws(Contact.RETURNS) < follow.recontact))
        delays = follow.recontact_delay.quantile(block.contact_draws(Contact.RETURN_DELAY)[rows])
        times = np.frombuffer(block.ended)[rows] + delays
        if self._hours is not None:
            times = np.array([self._in_hours(block, row, time)
                              for row, time in zip(rows.tolist(), times.tolist(), strict=True)])
        return rows, times

    def receive(self, block: Block, row: int, origin: Origin) -> None:
        """A conversation has ended unsettled; its customer may come back."""
        returns = block.wants.reopens if origin == Origin.REOPEN else block.wants.retries
        delay = returns.get(row)
        if delay is not None:
            time = self._clock._now + delay
            if self._hours is not None:
                time = self._in_hours(block, row, time)
            self._clock.arm(Alarm(self._returns, (block, row, origin)), time)

    def _in_hours(self, block: Block, row: int, time: float) -> float:
        """When the customer of that row is back who would be at `time`, had they no regard for the hour."""
        assert self._hours is not None
        return self._hours.next(block.topic_of[row], time, lambda: block.chance("hour of return", row))

    def _come_back(self, alarm: Alarm) -> None:
        self.come_back(*alarm.owner)

    def come_back(self, block: Block, row: int, origin: Origin) -> None:
        """The customer of that row is back, now."""
        new = self._open_row(block, row, origin)
        here = new.used - 1
        self._wishes.append(new.wants, new.topic_of[here], new.channel_of[here], new.drawn_of[here],
                            new.difficulty_of[here], bool(new.triaged[here]))
        self._join(new, here)

    def _open_row(self, block: Block, row: int, origin: Origin) -> Block:
        """A further row about the same need, in the newest block."""
        if self.newest is None or self.newest.used == _ROWS:
            self.newest = Block(self._scenario, [], np.zeros(_ROWS, dtype=np.int64), np.zeros(_ROWS, dtype=np.int64),
                                np.zeros(_ROWS))
            self.newest.used = 0
            self.newest.first_contacts = False
            self._begin(self.newest)
        new, here, now = self.newest, self.newest.used, self._clock._now
        new.used += 1
        cohort, place = block.owner(row)
        number = block.contact_of[row] + 1
        new.owner_of.append((cohort, place))
        new.drawn_of.append(cohort.contact(number, place))
        new.arrived[here] = new.asked[here] = new.queued[here] = now
        new.origin[here], new.contact[here] = int(origin), number
        for column in _STAYS:
            getattr(new, column)[here] = getattr(block, column)[row]
        new.failed_before[here] = failed = block.failed_turns[row] + block.failed_before[row]
        new.failed_of.append(int(failed))
        new.contact_of.append(number)
        channel = int(block.channel[row])
        if channel != (moved := self._channels.open_channel(channel, lambda: new.chance("elsewhere", here))):
            new.channel[here] = channel = moved
        mood = CALM
        if not self._moods.neutral:
            new.mood[here] = mood = self._moods.later(new, here, 0.0)
            new.noticed[here] = mood and self._moods.notices(new, here)
        team, priority, rule = self._routing.desk(new, here)
        if origin == Origin.REOPEN and block.team_of[row] != block.team[row]:
            team = block.team_of[row]  # who was passed on writes to whom they were passed on to
        new.team[here], new.priority[here], new.rule[here] = team, priority, rule
        new.team_of.append(team)
        new.priority_of.append(priority)
        new.channel_of.append(channel)
        new.topic_of.append(int(new.topic[here]))
        new.language_of.append(int(new.language[here]))
        new.difficulty_of.append(float(new.difficulty[here]))
        new.expects_of.append(float(new.expects[here]))
        new.mood_of.append(mood)
        new.queued_of.append(now)
        return new

    @staticmethod
    def customer_delay(block: Block, row: int, touch: int) -> float:
        """How long the customer takes to answer that touch (s)."""
        return block.time(f"touch {touch}", block.customer_delay[block.channel_of[row]], row)
