"""What is wrong with a scenario, in the words of the scenario file.

`Finding`s come from the model's validation (`finding_of`) and from `core.scenario_checks`; `core.scenario_file` gives
them lines and makes them problems, `core.interventions` makes them one sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from core.errors import UnitError, did_you_mean, nearest
from core.scenario import Scenario
from core.scenario_keys import names_at, slot_at
from core.toml_lines import Path, quoted

GIVEN_WIDTH = 60
MISSING = "is required"
NAMED = {(name,) for name in ("profile", "topic", "segment", "channel", "incident", "shift", "team", "action")}
"""The tables whose keys are names that the file chooses."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that cannot be meant, or (`note`) that is worth a second look."""

    path: Path
    what: str
    given: str | None = None
    hint: str | None = None
    note: bool = False


def finding_of(error: ErrorDetails, data: dict[str, Any], root: type[BaseModel] = Scenario) -> Finding:
    """A validation error in the words of the file, which describes a `root`: a scenario, or a drill."""
    kind, given = error["type"], error["input"]
    path = path_of(error["loc"], data)
    cause = error.get("ctx", {}).get("error")
    if error["loc"][-1] == "[key]":
        return Finding(path, "a name has lower-case letters, digits, - and _ only, at most 40, and no - or _ in front")
    if kind == "extra_forbidden":
        return Finding(path, "unknown key", hint=did_you_mean(str(path[-1]), names_at(path[:-1], data, root)))
    if kind == "union_tag_invalid":
        path, given = (*path, "law"), given["law"]
        laws = slot_at(path[:-1], data, root).laws  # type: ignore[union-attr]
        return Finding(path, "unknown law", _short(given), did_you_mean(str(given), laws))
    if kind == "union_tag_not_found" and isinstance(given, dict):
        laws = slot_at(path, data, root).laws  # type: ignore[union-attr]
        return Finding((*path, "law"), MISSING, hint="one of " + ", ".join(map(quoted, laws)))
    if kind == "missing" and isinstance(path[-1], int):
        path, kind, given = path[:-1], "too_short", at(data, path[:-1])
    slot = slot_at(path, data, root)
    named = path in NAMED and slot is not None and get_origin(slot.kind) is dict
    if kind == "missing":
        hint = f"tables such as [{path[0]}.name]" if named else None if slot is None else slot.allowed
        if slot is not None and hint in ("a table", "text"):
            hint = f"a table [{path[-1]}]" if slot.is_table else f"the name of a {path[-1]}"
        return Finding(path, MISSING, hint=hint)
    shown = None if isinstance(given, dict) else _short(given)
    if isinstance(cause, UnitError) or (isinstance(cause, ValueError) and isinstance(given, dict)):
        return Finding(path, str(cause), shown)
    if named:
        return Finding(path, f"must be tables with names, such as [{path[0]}.name]", shown)
    allowed = error["msg"] if slot is None else f"must be {slot.allowed}"
    near = nearest(given, slot.choices) if slot is not None and isinstance(given, str) else None
    return Finding(path, allowed, shown, None if near is None else f'did you mean "{near}"?')


def path_of(loc: tuple[int | str, ...], data: Any) -> Path:
    """Keys as they stand in the file: without the tags that pydantic puts in for the kinds of a law."""
    path: list[str | int] = []
    for place, part in enumerate(loc):
        if part == "[key]":
            break
        inside = at(data, (part,))
        if (isinstance(data, dict) and part in data) or (isinstance(data, list) and isinstance(part, int)):
            path.append(part)
            data = inside
        elif isinstance(data, dict) and part == data.get("law"):
            continue
        elif isinstance(data, dict) and place == len(loc) - 1:
            path.append(part)
        # else: inside a value that stands for a table, as "4m" does for a constant law
    return tuple(path)


def at(data: Any, path: Path) -> Any:
    """What stands at a path of the tables, None where nothing does."""
    for part in path:
        if isinstance(data, dict):
            data = data.get(str(part))
        elif isinstance(data, list | tuple) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data


def _short(value: object) -> str:
    text = quoted(value)
    return text if len(text) <= GIVEN_WIDTH else text[:GIVEN_WIDTH - 3] + "..."
