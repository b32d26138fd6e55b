"""Changes that a scenario makes to itself on the way: a saved session, a plan for Tuesday."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

from core.scenario.part import Part
from core.toml_lines import quoted
from core.units import Moment


def _as_text(value: object) -> object:
    """A value as `--set` takes it: numbers, lists and tables may be written as they are."""
    return quoted(value) if isinstance(value, bool | int | float | list | dict) else value


Value = Annotated[str, BeforeValidator(_as_text), Field(min_length=1),
                  WithJsonSchema({"type": ["string", "number", "boolean", "array", "object"]})]


class Change(Part):
    """Something is changed in the run, as by `--at`. The twin of a live floor goes without these."""

    at: Moment
    """When it is changed."""
    key: Annotated[str, Field(min_length=1)]
    """What is changed: a key of this file with its table, such as team.frontline.extra."""
    value: Value
    """What it is from then on, written as in this file."""
