"""How a conversation finds the right people: rules, the sorting inbox, urgency, mood, signals, call-backs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.distributions import Constant, Law
from core.scenario.part import Part
from core.units import Duration, Multiple, Share


class Route(Part):
    """A routing rule; the first that matches decides. What a rule does not name, it does not ask."""

    topics: tuple[str, ...] = ()
    """Topics it is for, as far as customers or the triage bot told them."""
    segments: tuple[str, ...] = ()
    """Segments it is for."""
    channels: tuple[str, ...] = ()
    """Channels it is for."""
    languages: tuple[str, ...] = ()
    """Languages it is for."""
    keywords: tuple[str, ...] = ()
    """Keywords it looks for in the message."""
    attributes: dict[str, tuple[str, ...]] = {}
    """Values it looks for, by attribute: product, page ..."""
    newer_than: Duration | None = None
    """Only customers for less long than this."""
    team: str
    """Team whose queue the conversation joins."""
    priority: Annotated[int, Field(ge=0, le=9)] = 5
    """Priority class in the queue, 0 first; within a class first come, first served."""


class Routing(Part):
    """What happens where rules do not place a conversation, or misplace it."""

    inbox: str | None = None
    """Team that sorts what no rule places, and settles nothing itself; none: the first team takes it."""
    sort_time: Law = Constant(mean=0.0)
    """A person's time to sort one."""
    sort_accuracy: Share = 1.0
    """Those sorted that go to a team which can settle them."""
    mistaken: Share = 0.0
    """Topics told by customers that are wrong."""
    transfer_time: Law = Constant(mean=0.0)
    """Time of a person in the wrong team to see that it is not theirs, and pass it on."""
    transfer_up: Annotated[int, Field(ge=0, le=9)] = 0
    """Priority classes by which what was passed on comes before its class."""


class Urgency(Part):
    """What a topic's urgent conversations have ahead of the others."""

    up: Annotated[int, Field(ge=0, le=9)] = 0
    """Priority classes by which they come first."""
    expects: Annotated[Multiple, Field(gt=0.0, le=1.0)] = 1.0
    """Their expected first response time against the channel's: a courier at the door needs an answer now."""


class Mood(Part):
    """How customers feel when they meet a person."""

    upset: Share = 0.0
    """Customers who come upset."""
    harsh: Share = 0.0
    """Customers who come with harsh words."""
    failed_turn: Share = 0.0
    """Added to the upset for each bot turn that failed."""
    earlier_contact: Share = 0.0
    """Added to the upset for each earlier contact about the same matter."""
    late: Share = 0.0
    """Added to the upset for each expected wait that went by: at twice the expected wait once."""


class Signals(Part):
    """Sentiment seen in real time."""

    detects: Share = 0.0
    """Upset and harsh customers who are noticed."""
    up: Annotated[int, Field(ge=0, le=9)] = 0
    """Priority classes by which who is noticed, or has waited long, comes first."""
    late_after: Duration | None = None
    """Wait after which a conversation counts as noticed; none: waiting raises nothing."""
    manager: str | None = None
    """Team that takes over, or ends, what was noticed as harsh; none: whoever has it keeps it."""
    takes_over: Share = 1.0
    """Those noticed as harsh that the manager takes over."""
    after: Share = 0.3
    """Part of the handle time after which that happens."""


class Callback(Part):
    """Call-backs offered above an expected wait: the customer hangs up and keeps the place in line."""

    accepts: Share = 0.0
    """Customers who take the offer."""
    above: Duration = 300.0
    """Expected wait above which it is made."""
    channels: tuple[str, ...] = ()
    """Channels in which it is made; none named: all calls."""
    no_answer: Share = 0.0
    """Customers who cannot be reached when their turn comes."""
    dial_time: Duration = 60.0
    """A person's time to find that out."""
