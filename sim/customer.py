"""A synthetic customer: what `sim.people` makes, and `sim.messages` lets speak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Customer:
    """Who has a need. The text is data: printable, and never markup."""

    name: str
    company: str
    """Empty for private customers."""
    locale: str
    language: str = "en"
    """Code of the language that the customer writes in."""
    plan: str = ""
    tenure_days: float = 0.0
    """How long this has been a customer."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    """What the help desk knows without asking, by the scenario's names."""
