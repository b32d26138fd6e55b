"""What people can do: their level, how far they have grown into the work, how tired they are, how well coached."""

from __future__ import annotations

from core.scenario import Level, Scenario
from sim.agents import Agent

_TENURED = 1.0, 0.0, 1.0, 0.0


class Growth:
    """Gives the people of one team their pace, reach and quality of work."""

    def configure(self, scenario: Scenario, team: str) -> None:
        """Takes the scenario's numbers for what people do from now on."""
        self._levels = list(scenario.level.values())
        self._strain = scenario.strain
        ramp = scenario.ramp
        # Fewer topics are learned sooner: time on the job counts for more.
        others = len(scenario.topic) - 1
        takes = sum(not topic.teams or team in topic.teams for topic in scenario.topic.values())
        breadth = (max(takes, 1) - 1) / others if others else 1.0
        quicker = 1.0 - ramp.specialist * (1.0 - breadth)
        self._steps = [(until * quicker, (pace, skill, knows, asks)) for until, pace, skill, knows, asks
                       in zip(ramp.until, ramp.handle_factor, ramp.skill, ramp.knows, ramp.asks, strict=True)]

    def _step(self, on_the_job: float) -> tuple[float, float, float, float]:
        """Handle factor, skill, share known and share asked about after that time on the job (s)."""
        return next((values for until, values in self._steps if on_the_job < until), _TENURED)

    def is_new(self, agent: Agent, now: float) -> bool:
        """Whether the person still grows into the work."""
        return self._step(now - agent.person.since) is not _TENURED

    def is_senior(self, agent: Agent, now: float) -> bool:
        """Whether colleagues may ask the person: of a senior level, and grown into the work."""
        level = agent.person.level
        return level >= 0 and self._levels[level].senior and not self.is_new(agent, now)

    def shape(self, agent: Agent, now: float) -> None:
        """Sets what the person can do from now on."""
        level = self._levels[agent.person.level] if agent.person.level >= 0 else Level()
        pace, skill, knows, asks = self._step(now - agent.person.since)
        strain = self._strain
        agent.pace = level.handle_factor * pace * (1.0 + strain.slows * agent.strain)
        agent.handles, agent.beyond = level.handles * knows, level.beyond
        # Talent, coaching and tiredness show half in the answer and half in its tone; what is not learnt yet in the
        # answer alone.
        agent.tone = (agent.person.talent + agent.coached - strain.skill * agent.strain) / 2
        agent.skill = agent.tone + level.skill + skill
        agent.asks = asks
