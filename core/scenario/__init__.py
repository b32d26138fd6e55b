"""The typed scenario: what the world is. A scenario, a seed and interventions make a run.

Parts by what they describe: `demand` (who needs help), `tiers` (what stands before the team and what follows it),
`routing` (how a conversation finds the right people), `team` (people and their hours), `workforce` (people over weeks
and months), `knowledge`, `satisfaction`. Read and written by `core.scenario_file`; every field's documentation is the
text under it, and the reference page and `flightdesk schema` are made from there.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.scenario.change import Change
from core.scenario.churn import Churn
from core.scenario.demand import Attribute, Channel, Demand, Incident, Language, Profile, Segment, Topic
from core.scenario.knowledge import Knowledge
from core.scenario.part import Part
from core.scenario.quality import Quality
from core.scenario.routing import Callback, Mood, Route, Routing, Signals, Urgency
from core.scenario.satisfaction import Satisfaction
from core.scenario.team import Break, Level, Shift, Shrinkage, Team
from core.scenario.tiers import (
    Bot,
    Campaign,
    FollowUp,
    Proactive,
    SelfServe,
    ServiceLevel,
    TaskBot,
    TriageBot,
    Trust,
)
from core.scenario.workforce import Attrition, Cost, Hire, Ramp, Strain
from core.units import Duration, PositiveDuration, TimeOfDay

__all__ = ["Attribute", "Attrition", "Bot", "Break", "Callback", "Campaign", "Change", "Channel", "Churn", "Cost",
           "Demand", "FollowUp", "Hire", "Incident", "Knowledge", "Language", "Level", "Mood", "OfficeHours", "Part",
           "Proactive", "Profile", "Quality", "Ramp", "Route", "Routing", "Satisfaction", "Scenario", "Segment",
           "SelfServe", "ServiceLevel", "Shift", "Shrinkage", "Signals", "Strain", "TaskBot", "Team", "Topic",
           "TriageBot", "Trust", "Urgency"]

Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=40)]


class OfficeHours(Part):
    """The hours that business-hours times count, Monday to Friday unless `weekend`."""

    start: TimeOfDay = 0.0
    """Opening."""
    end: TimeOfDay = 86_400.0
    """Closing."""
    weekend: bool = True
    """Whether Saturday and Sunday count too."""


class Scenario(Part):
    """A support floor and the customers it serves."""

    title: str = "Untitled floor"
    """What a list shows."""
    story: str = ""
    """One paragraph: whose floor it is, and what to try."""
    source: str = ""
    """Where the numbers come from."""
    length: PositiveDuration = 604_800.0
    """How long a run lasts; it starts on a Monday at 00:00."""
    warm_up: Duration = 0.0
    """Time at the start that metrics leave out."""
    currency: str = Field(default="$", max_length=4)
    """Sign that stands before money."""
    demand: Demand
    """How many needs arise."""
    profile: dict[Name, Profile] = {}
    """Weekly patterns, by name."""
    topic: dict[Name, Topic]
    """Contact reasons, by name."""
    segment: dict[Name, Segment] = {"everyone": Segment()}
    """Kinds of customer, by name."""
    language: dict[Name, Language] = {"any": Language()}
    """Languages of customers, by name."""
    attribute: dict[Name, Attribute] = {}
    """What else is known of a conversation, by name: product, company, page ..."""
    channel: dict[Name, Channel] = {"phone": Channel()}
    """Ways to reach the team, by name."""
    incident: dict[Name, Incident] = {}
    """Things that go wrong, by name."""
    campaign: dict[Name, Campaign] = {}
    """What customers are told before they ask, by name."""
    proactive: Proactive = Proactive()
    """Problems solved before anyone asks."""
    self_serve: SelfServe = SelfServe()
    """The help centre."""
    task_bot: TaskBot = TaskBot()
    """The bot that suggests articles."""
    bot: Bot = Bot()
    """The resolution bot."""
    triage_bot: TriageBot = TriageBot()
    """The bot that collects context for people."""
    trust: Trust = Trust()
    """What customers remember of bots."""
    mood: Mood = Mood()
    """How customers feel."""
    urgency: Urgency = Urgency()
    """What cannot wait."""
    routing: Routing = Routing()
    """Where no rule places a conversation, or the wrong one did."""
    route: tuple[Route, ...] = ()
    """Routing rules, in order; what none matches goes to the sorting inbox, or else joins the first team."""
    signals: Signals = Signals()
    """Sentiment seen in real time."""
    callback: Callback = Callback()
    """Call-backs for those who would wait long."""
    level: dict[Name, Level] = {}
    """Steps of the career in support, by name."""
    shift: dict[Name, Shift] = {}
    """Hours of work, by name."""
    team: dict[Name, Team]
    """Queues and the people who serve them, by name."""
    hire: dict[Name, Hire] = {}
    """New people, by name of the group."""
    ramp: Ramp = Ramp()
    """How new people grow into the work."""
    strain: Strain = Strain()
    """What too little room to breathe does."""
    attrition: Attrition = Attrition()
    """Leaving and hiring."""
    knowledge: Knowledge = Knowledge()
    """The knowledge base."""
    quality: Quality = Quality()
    """What reviews look at, peer reviews and coaching."""
    cost: Cost = Cost()
    """What runs besides people's hours."""
    follow_up: FollowUp = FollowUp()
    """What happens when a matter is not settled."""
    service_level: ServiceLevel = ServiceLevel()
    """What counts as answered in time."""
    office_hours: OfficeHours = OfficeHours()
    """The hours that business-hours times count."""
    satisfaction: Satisfaction = Satisfaction()
    """What satisfies customers."""
    churn: Churn = Churn()
    """What loses customers."""
    intervention: tuple[Change, ...] = ()
    """What is changed on the way, by time."""
