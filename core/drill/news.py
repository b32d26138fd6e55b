"""What a trainee is told in a floor drill, and when: headlines of the script, and what became of their actions."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from core.drill.course import LEAST_DELAY, Deed, holds_from, in_order
from core.drill.floor import FloorDrill


@dataclass(frozen=True, slots=True)
class News:
    """A line, and when it is told (s)."""

    at: float
    kind: Literal["headline", "decided", "holds", "over"]
    text: str


def news(drill: FloorDrill, deeds: Iterable[Deed], until: float) -> tuple[News, ...]:
    """What has been told by then, oldest first."""
    return tuple(sorted((one for one in _all(drill, deeds) if one.at <= until), key=lambda one: one.at))


def _all(drill: FloorDrill, deeds: Iterable[Deed]) -> Iterator[News]:
    for incident in drill.incident:
        if incident.headline:
            yield News(incident.at + incident.told_after, "headline", incident.headline)
    for deed in in_order(deeds):
        action = drill.action[deed.action]
        begin = holds_from(action, deed.at)
        yield News(deed.at, "decided", action.title)
        if action.delay > LEAST_DELAY:
            yield News(begin, "holds", action.title)
        if action.lasts is not None and action.changes:
            yield News(begin + action.lasts, "over", action.title)
        for stage in action.then:
            if stage.headline:
                yield News(deed.at + max(stage.after, LEAST_DELAY), "headline", stage.headline)


def first_known(drill: FloorDrill) -> float:
    """When a trainee first knows that something goes on (s): the first headline, or the start of play without any."""
    told = [incident.at + incident.told_after for incident in drill.incident if incident.headline]
    return max(drill.start, min(told, default=drill.start))


@dataclass(frozen=True, slots=True)
class Standing:
    """An action as it stands at a moment."""

    name: str
    left: int
    """How often it can still be done."""
    due: tuple[float, ...]
    """When those that were decided and do not hold yet will (s)."""
    until: tuple[float, ...]
    """Until when those that hold do (s, infinite: to the end)."""
    why_not: str | None
    """Why it cannot be decided now; None where it can."""


def standing(drill: FloorDrill, deeds: Iterable[Deed], name: str, now: float, why_not: str | None) -> Standing:
    """How an action stands."""
    action = drill.action[name]
    mine = [deed for deed in in_order(deeds) if deed.action == name]
    begins = [holds_from(action, deed.at) for deed in mine]
    lasts = math.inf if action.lasts is None else action.lasts
    return Standing(name, action.times - len(mine), tuple(begin for begin in begins if begin > now),
                    tuple(begin + lasts for begin in begins if begin <= now < begin + lasts), why_not)
