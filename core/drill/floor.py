"""Floor drills: things go wrong on a live floor, and the trainee acts, with what a lead has to hand.

Everything that happens is the same: keys of the scenario change, for a time. Incidents do it by the script; actions do
it when the trainee decides so, after the delay and for the cost that they have. `core.drill.course` makes the changes
of both into interventions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from core.drill.drill import Drill, Name, Text, flat
from core.scenario import Scenario
from core.scenario.change import Value
from core.scenario.part import Part
from core.scenario_findings import Finding
from core.units import Duration, Moment, PositiveDuration


def _as_change(value: object) -> object:
    """A number is what the key becomes; in a text a sign in front means against what it is."""
    return f"={value}" if isinstance(value, int | float) and not isinstance(value, bool) and value < 0 else value


Changes = Annotated[dict[str, Annotated[Value, BeforeValidator(_as_change)]], BeforeValidator(flat)]
"""What becomes of keys: "14", "45%" or "=-1" is what they are then; "+2", "-10%", "x1.5" are against what they are."""


class Incident(Part):
    """Something that happens by the script."""

    at: Moment
    """When it begins."""
    lasts: PositiveDuration | None = None
    """How long it lasts; none: until the end."""
    changes: Changes = {}
    """What it changes while it lasts."""
    headline: str = ""
    """What the trainee is told of it; nothing: they have to see it for themselves."""
    told_after: Duration = 0.0
    """How long after it began they are told."""


class Stage(Part):
    """What an action leads to later on, such as overtime that tires."""

    after: Duration = 0.0
    """How long after the decision it begins."""
    lasts: PositiveDuration | None = None
    """How long it lasts; none: until the end."""
    changes: Changes
    """What it changes while it lasts."""
    headline: str = ""
    """What the trainee is told when it begins."""


class Action(Part):
    """Something that the trainee can do."""

    title: Text
    """What it is called."""
    does: str = ""
    """What it does, its price and its delay, in words."""
    changes: Changes = {}
    """What it changes while it holds."""
    delay: Duration = 0.0
    """Time from the decision until it holds, a second at least."""
    lasts: PositiveDuration | None = None
    """How long it holds; none: until the end."""
    cost: Annotated[float, Field(ge=0.0)] = 0.0
    """Money for each time, besides the hours that it adds to the floor."""
    times: Annotated[int, Field(ge=1, le=20)] = 1
    """How often it can be done."""
    earliest: Moment | None = None
    """Before this it cannot be done; none: from the start."""
    latest: Moment | None = None
    """After this it cannot be done; none: until the end."""
    needs: tuple[str, ...] = ()
    """Actions that must hold, or have held, before: a notice needs its text approved."""
    then: tuple[Stage, ...] = ()
    """What it leads to later on."""


class Goal(Part):
    """What counts, in money: so that costs can be set against it."""

    metric: Text
    """A metric, over the time that counts."""
    worth: Annotated[float, Field(gt=0.0)]
    """Money that the team would give: for each `per` by which the metric is better, or for meeting the target."""
    per: Text | None = None
    """Step of the metric in its unit, such as "1%", "1m" or "1"."""
    target: Text | None = None
    """In place of `per`: a value that is met or missed, such as ">=80%"."""


class Move(Part):
    """One action of the reference policy, or of a play."""

    at: Moment
    """When it is decided."""
    action: Name
    """Which."""


class FloorDrill(Drill):
    """An incident, or several, on a live floor."""

    STAND_INS: ClassVar[dict[str, Any]] = {
        **Drill.STAND_INS, "start": "0s", "end": "4h", "counted_from": None, "budget": None, "grid": "10m",
        "speed": 60, "incident": {"at": "0s"}, "action": {"title": "an action"},
        "goal": {"metric": "service_level", "worth": 1, "per": "1%"}, "target": "service_level>=80%",
        "reference": {"at": "0s", "action": "stand-in"}}

    kind: Literal["floor"]
    """floor: an incident on a live floor."""
    start: Moment
    """When play begins."""
    end: Moment
    """When it ends."""
    counted_from: Moment | None = None
    """Customers who come from then on count; none: from the start of play."""
    speed: Annotated[float, Field(gt=0.0, le=3600.0)] = 60.0
    """Simulated seconds a second, unless the clock is eased."""
    grid: PositiveDuration = 600.0
    """How finely the reference policy and the debrief look at time."""
    budget: Annotated[float, Field(ge=0.0)] | None = None
    """Money that actions may cost together; none: no limit but what it is worth."""
    incident: tuple[Incident, ...] = ()
    """The script."""
    action: dict[Name, Action]
    """What can be done, by name."""
    goal: Annotated[tuple[Goal, ...], Field(min_length=1)]
    """What counts."""
    target: tuple[Text, ...] = ()
    """What is said to be met or missed besides, such as "service_level>=80%"."""
    reference: tuple[Move, ...] = ()
    """A strong performance for the drill's own seed, as found by flightdesk drill reference."""

    def findings(self, scenario: Scenario, data: Mapping[str, Any]) -> Iterator[Finding]:
        """What is wrong with a drill whose every value is fine."""
        from core.drill.floor_checks import findings  # which stand on what is described here

        yield from super().findings(scenario, data)
        yield from findings(self, scenario, data)

    def losses(self) -> tuple[str, ...]:
        """Goals and actions."""
        return (*(goal.metric for goal in self.goal), "actions", *self.action)
