"""Who has a need, and how they come: segment, language, tenure, channel, what they write, how hard and urgent it is.

What belongs to the customer (segment, language, tenure) is the same each time, where the scenario says how many
customers there are; what belongs to the need is drawn for each.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from core.attributes import places
from core.distributions import Never
from core.scenario import Scenario
from core.streams import Stream
from sim.choice import pick, pick_fixed
from sim.conversation import Block, Floats, Ints, Need


class Customers:
    """The first to see a block: fills in who the customers are and how they would write."""

    def __init__(self, scenario: Scenario, seed: int, replication: int):
        self._stream: Callable[[str], Stream] = lambda name: Stream(seed, replication, f"customers/{name}")
        self._known: dict[tuple[str, int], Floats] = {}
        self.configure(scenario)

    def configure(self, scenario: Scenario) -> None:
        """Takes the scenario's numbers for needs that arise from now on."""
        self._scenario = scenario
        self._keywords = keywords(scenario)

    def receive(self, block: Block) -> None:
        """Fills the columns of the block that say who asks, and how."""
        if not len(block):
            return
        scenario = self._scenario
        self._who(block)
        names = list(scenario.channel)
        usual = np.array([part.share for part in scenario.channel.values()])
        mixes = np.array([[topic.channels.get(name, 0.0) for name in names] if topic.channels else usual
                          for topic in scenario.topic.values()])
        block.channel = pick(mixes.T[:, block.topic], block.draws(Need.CHANNEL))
        self._what(block)

    def _who(self, block: Block) -> None:
        """Customer, segment, language and tenure."""
        scenario = self._scenario
        if scenario.demand.customers is not None:
            block.customer = (block.chances("customer") * scenario.demand.customers).astype(np.int64)
        shares = np.array([part.share for part in scenario.segment.values()])
        u = block.draws(Need.SEGMENT) if scenario.demand.customers is None else self._own(block, "segment")
        block.segment = pick_fixed(shares, u)
        if len(scenario.language) > 1:
            shares = np.array([part.share for part in scenario.language.values()])
            block.language = pick_fixed(shares, self._own(block, "language"))
        laws = [part.tenure for part in scenario.segment.values()]
        if not all(isinstance(law, Never) for law in laws):
            u = self._own(block, "tenure")
            block.tenure = np.empty(len(block))
            for position, law in enumerate(laws):
                rows = block.segment == position
                block.tenure[rows] = law.quantile(u[rows])
            if scenario.demand.customers is not None:
                block.tenure += block.arrived  # known customers grow older, those drawn anew are as old as they are
        wants = np.array([part.wants_person for part in scenario.segment.values()])
        if wants.any():
            block.wants_person = block.chances("wants person") < wants[block.segment]

    def _own(self, block: Block, purpose: str) -> Floats:
        """A uniform number that belongs to the customer, where customers come again, or else to the need."""
        count = self._scenario.demand.customers
        if count is None:
            return block.chances(purpose)
        if (purpose, count) not in self._known:
            self._known[purpose, count] = self._stream(purpose).uniform(count)
        return self._known[purpose, count][block.customer]

    def _what(self, block: Block) -> None:
        """Difficulty, urgency, keyword, attributes, and the topic that the help desk is told."""
        topics = list(self._scenario.topic.values())
        ranges = np.array([topic.difficulty for topic in topics])
        if ranges.any():
            low, high = ranges[block.topic].T
            block.difficulty = low + (high - low) * block.chances("difficulty")
        urgent = np.array([topic.urgent for topic in topics])
        if urgent.any():
            block.urgent = block.chances("urgent") < urgent[block.topic]
        if self._keywords:
            shares = np.array([[topic.keywords.get(word, 0.0) for word in self._keywords] for topic in topics])
            cumulative = np.cumsum(shares, axis=1)[block.topic]
            place = (block.chances("keyword")[:, None] >= cumulative).sum(axis=1)
            block.keyword = np.where(place < len(self._keywords), place, -1)
        for (name, attribute), place in zip(self._scenario.attribute.items(), places(self._scenario), strict=True):
            mixes = np.array([list({**dict.fromkeys(attribute.values, 0.0), **topic.attributes[name]}.values())
                              if name in topic.attributes else list(attribute.values.values()) for topic in topics])
            block.attributes += place * pick(mixes.T[:, block.topic], block.chances(f"attribute/{name}"))
        block.told = self._told(block)

    def _told(self, block: Block) -> Ints:
        """The topic that the customer names, right or wrong, -1 where none."""
        topics, mistaken = self._scenario.topic.values(), self._scenario.routing.mistaken
        told = block.topic.copy()
        if mistaken > 0.0 and len(topics) > 1:
            wrong = block.chances("mistaken") < mistaken
            others = 1 + np.floor(block.chances("mistaken for") * (len(topics) - 1)).astype(np.int64)
            told[wrong] = (told + others)[wrong] % len(topics)
        shares = np.array([topic.told for topic in topics])
        if (shares < 1.0).any():
            told[block.chances("told") >= shares[block.topic]] = -1
        return told


def keywords(scenario: Scenario) -> list[str]:
    """All topics' keywords, each once, in the order of the file; records name them by their position."""
    return list(dict.fromkeys(word for topic in scenario.topic.values() for word in topic.keywords))
