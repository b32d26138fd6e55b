"""The typed scenario: what the world is. A scenario, a seed and interventions make a run.

Parts by what they describe: `demand` (who needs help), `tiers` (what stands before the team and what follows it),
`team` (people and their hours), `satisfaction`. Read and written by `core.scenario_file`; every field's documentation
is the text under it, and the reference page and `flightdesk schema` are made from there.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.scenario.churn import Churn
from core.scenario.demand import Channel, Demand, Incident, Profile, Segment, Topic
from core.scenario.part import Part
from core.scenario.satisfaction import Satisfaction
from core.scenario.team import Break, Shift, Shrinkage, Team
from core.scenario.tiers import Bot, FollowUp, Proactive, Route, SelfServe, ServiceLevel
from core.units import Duration, PositiveDuration, TimeOfDay

__all__ = ["Bot", "Break", "Channel", "Churn", "Demand", "FollowUp", "Incident", "OfficeHours", "Part", "Proactive",
           "Profile", "Route", "Satisfaction", "Scenario", "Segment", "SelfServe", "ServiceLevel", "Shift", "Shrinkage",
           "Team", "Topic"]

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
    channel: dict[Name, Channel] = {"phone": Channel()}
    """Ways to reach the team, by name."""
    incident: dict[Name, Incident] = {}
    """Things that go wrong, by name."""
    proactive: Proactive = Proactive()
    """Problems solved before anyone asks."""
    self_serve: SelfServe = SelfServe()
    """The help centre."""
    bot: Bot = Bot()
    """The resolution bot."""
    route: tuple[Route, ...] = ()
    """Routing rules, in order; what none matches joins the first team."""
    shift: dict[Name, Shift] = {}
    """Hours of work, by name."""
    team: dict[Name, Team]
    """Queues and the people who serve them, by name."""
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
