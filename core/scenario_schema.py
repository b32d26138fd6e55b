"""The JSON Schema of scenario files: what editors complete, explain and check with.

It is the model's own schema with two things put right: defaults stand as they are written ("90s", not 90.0), and each
field says in words what it takes.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from core.scenario import Scenario
from core.scenario_keys import Slot, fields, parts

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12."""
    document = Scenario.model_json_schema()
    tables = {"Scenario": document, **document["$defs"]}
    for part in parts():
        table = tables[part.__name__]
        for name, slot in fields(part):
            table["properties"][name] = _property(table["properties"][name], slot)
    return {"$schema": DIALECT, **document, "title": "Flightdesk scenario"}


def _property(given: dict[str, Any], slot: Slot) -> dict[str, Any]:
    """The schema of one field."""
    said = {key: value for key, value in given.items() if key not in ("title", "default", "description")}
    if slot.laws:
        # A law may be a bare duration, or "never".
        said = {"anyOf": [{"type": "string", "examples": ["4m", "never"]}, {"type": "number", "const": 0}, said]}
    if slot.quantity is not None:
        # Bounds hold for the inside unit, which a written text is not.
        said = {"type": ["string", "number"], "examples": [slot.quantity.like]}
    said["description"] = f"{slot.doc} Takes {slot.allowed}." if not slot.is_table else slot.doc
    if slot.default is not PydanticUndefined and slot.default is not None:
        default = slot.written(slot.default)
        said["default"] = default.model_dump() if isinstance(default, BaseModel) else _plain(default)
    return said


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump()
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return list(map(_plain, value)) if isinstance(value, tuple) else value
