"""Proactive support: problems solved before anyone asks, by what is always done, by campaigns, by outage notices."""

from __future__ import annotations

import numpy as np

from core import elementary
from core.records import Outcome
from core.scenario import Campaign, Incident, Scenario
from sim.conversation import Block, Flags, Floats, Need

_LN2 = float(elementary.log(2.0))


class ProactiveSupport:
    """The first tier: takes needs away before they are felt."""

    def __init__(self, scenario: Scenario):
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers for needs that arise from now on."""
        self._scenario = scenario
        proactive = scenario.proactive
        chance = proactive.reach * proactive.effect
        self._topics = np.array([topic.proactive for topic in scenario.topic.values()])
        self._prevents = chance * self._topics

    def receive(self, block: Block) -> None:
        """Ends the needs that it prevents, at the moment they would have arisen."""
        prevented = block.draws(Need.PREVENTED) < self._prevents[block.topic]
        for name, campaign in self._scenario.campaign.items():
            effect = self._effect(campaign, block.arrived) * self._topics[block.topic]
            prevented |= self._reached(campaign, block) & (block.chances(f"campaign/{name}") < effect)
        for number, (name, incident) in enumerate(self._scenario.incident.items()):
            if incident.notice_reach > 0.0 and (block.incident == number).any():
                told = (block.incident == number) & (block.arrived >= incident.start + incident.notice_after)
                prevented |= told & (block.chances(f"notice/{name}") < _noticed(incident))
        prevented &= block.open
        if prevented.any():
            block.settle(prevented, Outcome.PREVENTED, block.arrived, True)
            block.asked[prevented] = np.nan

    def _reached(self, campaign: Campaign, block: Block) -> Flags:
        """Whose needs it is about."""
        rows = np.ones(len(block), dtype=bool)
        for names, known, column in ((campaign.topics, self._scenario.topic, block.topic),
                                     (campaign.segments, self._scenario.segment, block.segment)):
            if names:
                rows &= np.array([name in names for name in known])[column]
        if campaign.incidents:
            rows &= np.isin(block.incident, [number for number, name in enumerate(self._scenario.incident)
                                             if name in campaign.incidents])
        return rows

    @staticmethod
    def _effect(campaign: Campaign, times: Floats) -> Floats:
        """Chance that a need at each time is gone: builds up from when it is sent, and wears off."""
        since = times - campaign.sent
        seen = (since >= 0.0).astype(np.float64)
        if campaign.builds_up > 0.0:
            seen = np.clip(since / campaign.builds_up, 0.0, 1.0)
        if campaign.half_life is not None:
            seen *= elementary.exp(-_LN2 / campaign.half_life * np.maximum(since, 0.0))
        return campaign.reach * campaign.effect * seen


def _noticed(incident: Incident) -> float:
    return incident.notice_reach * incident.notice_effect
