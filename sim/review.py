"""The peer-review carousel: at the end of each week colleagues have reviewed each other, and who needs it is coached.

The time that reviews take lies in everybody's week (`sim.rota`); here is what comes of them. Coaching costs the person,
and a senior colleague, time at the start of their next duty, and makes the person better.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence

import numpy as np
import simpy

from core.quality import carousel, qualifies, scorecards
from core.records import Records
from core.scenario import Scenario
from core.streams import Stream
from core.units import WEEK
from sim.clock import Clock
from sim.crew import Crew


class Carousel:
    """The reviews of all teams."""

    def __init__(self, clock: Clock, teams: Sequence[Crew], scenario: Scenario, seed: int, replication: int,
                 closed_since: Callable[[float], Records]):
        self._clock, self._teams = clock, teams
        self._closed_since = closed_since
        self._stream: Callable[[str], Stream] = lambda name: Stream(seed, replication, f"reviews/{name}")
        self._runs = False
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers; a carousel that is switched on begins with the week that runs."""
        self._quality = scenario.quality
        if self._quality.reviews > 0.0 and not self._runs:
            self._runs = True
            self._clock.process(self._work())

    @property
    def runs(self) -> bool:
        """Whether anyone reviews."""
        return self._runs

    def _work(self) -> Generator[simpy.Event, None, None]:
        """A SimPy process: the end of each week."""
        while True:
            now = self._clock.now
            yield self._clock.timeout((now // WEEK + 1) * WEEK - now)
            if self._quality.reviews == 0.0:
                self._runs = False
                return
            rows = self._closed_since(self._clock.now - WEEK)
            for team in self._teams:
                self._review(team, rows.where(rows.served_by == team.index), round(self._clock.now / WEEK))

    def _review(self, team: Crew, rows: Records, week: int) -> None:
        """One team's reviews of a week, and who is coached for them."""
        quality = self._quality
        rows = rows.where(np.lexsort((rows.contact, rows.need)))
        here = [agent for agent in team.agents.values() if (rows.agent == agent.number).any()]
        if len(here) < 2:
            return
        stream = self._stream(f"{team.name}/week {week}")
        fit = qualifies(rows.outcome, rows.agent, rows.handle, quality)
        u = stream.rows(len(here), max(1, round(quality.reviews)))
        drawn = carousel([agent.number for agent in here], rows.agent, fit, u.T)
        marks = scorecards(rows.skill, rows.tone, quality, stream.rows(len(rows), 4)).score
        reviewed = np.concatenate(drawn)
        for agent in here:
            mine = reviewed[rows.agent[reviewed] == agent.number]
            if len(mine) and marks[mine].mean() < quality.coaching_below:
                team.coach(agent, quality.coaching_gain, quality.coaching_limit, quality.coaching_time)
