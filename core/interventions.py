"""A change to the floor is data: at a time, a key of the scenario takes a value.

Keys are the dotted path in the scenario file: `team.frontline.extra`, `bot.coverage`, `demand.level`,
`route.0.priority`, `channel.chat.patience.mean`. Values are written as in the file: "45%", "90s", 14.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Intervention:
    """At `at` (seconds since Monday 00:00 of the first week) the key takes the value."""

    at: float
    key: str
    value: str
