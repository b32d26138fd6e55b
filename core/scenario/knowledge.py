"""The knowledge base: what people find in it while they handle, and what happens where they do not."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.distributions import Constant, Law
from core.scenario.part import Part
from core.units import Duration, Share


class Knowledge(Part):
    """The knowledge base behind help centre, bots and people. Coverage is `topic.NAME.knowledge`.

    A miss is tapped out of a senior colleague, who needs 23 min 15 s to get back into the work (Mark, Gudith and
    Klocke 2008, The cost of interrupted work).
    """

    search: Law = Constant(mean=0.0)
    """Time that a person searches in each conversation, found or not."""
    freshness: Share = 1.0
    """Articles that are right, at the start: multiplies what help centre, task bot and people find."""
    staleness: Share = 0.0
    """Articles that go stale in a week."""
    upkeep: Share = 0.0
    """Stale articles that are put right in a week."""
    taps: Share = 0.0
    """Misses with which a person taps a senior on the shoulder; the others answer as they can."""
    answer: Law = Constant(mean=0.0)
    """Time of both until the question is answered."""
    refocus: Duration = 1395.0
    """Time that the senior then needs to get back into the work (23 min 15 s)."""
    unanswered: Share = 1.0
    """First-contact resolution where neither the base nor a senior had the answer, against where one had."""
    writes_down: Share = 0.0
    """Taps whose answer is written down."""
    writing: Duration = 600.0
    """Time that this takes the person who asked, after the conversation."""
    questions: Annotated[int, Field(ge=1, le=100_000)] = 100
    """Different questions of a topic: one that is written down raises its coverage by one of so many."""
