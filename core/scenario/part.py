"""The base of every part of a scenario: frozen, closed to unknown keys, documented field by field."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A table of the scenario file. The text under each field is its documentation everywhere."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
