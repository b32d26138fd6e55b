"""What is known of a conversation besides topic, segment, channel and language: one number for all attributes.

A record keeps the positions of its attributes' values as the digits of one number, the first attribute the lowest.
"""

from __future__ import annotations

from core.scenario import Scenario


def places(scenario: Scenario) -> list[int]:
    """What one step of each attribute's digit is worth."""
    worth, steps = 1, []
    for attribute in scenario.attribute.values():
        steps.append(worth)
        worth *= len(attribute.values)
    return steps


def attribute_values(scenario: Scenario, packed: int) -> dict[str, str]:
    """The value of each attribute, by the attribute's name."""
    values = {}
    for name, attribute in scenario.attribute.items():
        packed, digit = divmod(packed, len(attribute.values))
        values[name] = list(attribute.values)[digit]
    return values
