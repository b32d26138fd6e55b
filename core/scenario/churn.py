"""How experiences become lost customers: the numbers of `core.churn` that are not a segment's own."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.scenario.part import Part


class Churn(Part):
    """Customers lost after a conversation; how many after a good one, and what they are worth, are the segment's."""

    slope: Annotated[float, Field(ge=0.0, le=10.0)] = 0.62
    """How much the log odds of losing a customer rise for each unit that satisfaction lies below the baseline."""
