"""What is known of a conversation when somebody looks at its customer: from the records and the scenario, no guesses.

`facts_of` is the one place that reads them; `sim.people` makes the customer and the message from `Facts`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.attributes import attribute_values
from core.records import Records
from core.scenario import Scenario
from core.units import DAY
from sim.conversation import Block
from sim.customers import keywords
from sim.topic_families import are_of_business

Kind = Literal["call", "chat", "email"]


@dataclass(frozen=True, slots=True)
class Facts:
    """A conversation as its customer sees it. What is not known keeps its default, and is made up where it must be."""

    need: int
    """Number of the need in the run."""
    customer: int = -1
    """Number of the customer in the scenario's population; -1: every need is somebody else's."""
    contact: int = 1
    """1 for the first conversation about the need, 2 for the second ..."""
    topic: str = ""
    segment: str = ""
    channel: str = ""
    kind: Kind = "chat"
    """How the channel works."""
    language: str = ""
    """The scenario's name for it, a code or an English name; none: the scenario does not speak of languages."""
    locale: str = ""
    """Where the customer's name comes from, such as ko_KR; none: one of the language's."""
    tenure_days: float = -1.0
    """How long somebody has been a customer; -1: not known."""
    mood: int = 0
    """0 calm, 1 upset, 2 harsh."""
    keyword: str = ""
    """Stands in the message, literally."""
    without: tuple[str, ...] = ()
    """Keywords that routing rules look for and that do not stand in the message."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """What the help desk knows without asking, by the scenario's names: product, page, company type ..."""
    urgent: bool = False
    business: bool = True
    """Whether customers speak for a company."""


def facts_of(records: Records | Block, row: int, scenario: Scenario) -> Facts:
    """What the records, or the floor's own columns, and the scenario tell of the conversation in a row."""
    channel, words = list(scenario.channel)[records.channel[row]], keywords(scenario)
    keyword = words[records.keyword[row]] if records.keyword[row] >= 0 else ""
    language = list(scenario.language)[records.language[row]]
    tenure = float(records.tenure[row])
    return Facts(
        need=int(records.need[row]), customer=int(records.customer[row]), contact=int(records.contact[row]),
        topic=list(scenario.topic)[records.topic[row]], segment=list(scenario.segment)[records.segment[row]],
        channel=channel, kind=scenario.channel[channel].kind,
        language="" if language == "any" else language,
        locale="" if language == "any" else scenario.language[language].locale,
        tenure_days=tenure / DAY if math.isfinite(tenure) else -1.0, mood=int(records.mood[row]), keyword=keyword,
        without=tuple(word for word in words if word != keyword),
        attributes=attribute_values(scenario, int(records.attributes[row])), urgent=bool(records.urgent[row]),
        business=are_of_business(scenario.topic))
