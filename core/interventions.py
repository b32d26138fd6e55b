"""A change to the floor is data: at a time, a key of the scenario takes a value.

Keys are the dotted path in the scenario file: `team.frontline.extra`, `bot.coverage`, `demand.level`,
`route.0.priority`, `channel.chat.patience.mean`. Values are written as in the file: 45%, 90s, 14; lists and tables as
TOML. `with_value` is what the engine, `--set` and the knobs change a scenario with; `keys` lists what can be changed;
`planned` are the changes that a scenario file makes itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

import tomli
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from core.errors import InterventionError, nearest
from core.scenario import Scenario
from core.scenario.part import Part
from core.scenario_checks import references
from core.scenario_findings import Finding, finding_of
from core.scenario_keys import Slot, fields, slot_at
from core.scenario_text import inline
from core.toml_lines import Path, dotted, printable, quoted
from core.units import WRITTEN, write_moment

TEXTS = ("title", "story", "source", "currency")
"""Keys that say something about the scenario and change nothing in it."""
CHANGES = "intervention"
"""The table of changes: they change other keys and no change changes them."""


@dataclass(frozen=True, slots=True)
class Intervention:
    """At `at` (seconds since Monday 00:00 of the first week) the key takes the value."""

    at: float
    key: str
    value: str


Turn = tuple[Intervention, ...]
"""What one turn of a knob changed: one undo takes it back."""


@dataclass(frozen=True, slots=True)
class Key:
    """Something that can be changed: its value now, as `with_value` takes it, and what else it may be."""

    name: str
    value: str
    slot: Slot

    @property
    def doc(self) -> str:
        """The field's documentation."""
        return self.slot.doc

    @property
    def allowed(self) -> str:
        """What it may be, in words, with bounds."""
        return self.slot.allowed


def planned(scenario: Scenario) -> tuple[Intervention, ...]:
    """The changes that the scenario itself makes on the way, by time."""
    return tuple(sorted((Intervention(change.at, change.key, change.value) for change in scenario.intervention),
                        key=lambda change: change.at))


def parse_change(text: str) -> tuple[str, str]:
    """Key and value of "KEY=VALUE".

    Raises:
        InterventionError: where there is no equals sign, or nothing on a side of it.
    """
    key, equals, value = (part.strip() for part in text.partition("="))
    if not (key and equals and value):
        raise InterventionError(f'a change is written KEY=VALUE, such as team.frontline.extra=2, given "{text}"')
    return key, value


def keys(scenario: Scenario) -> list[Key]:
    """Every key that can be changed, in the order of the file."""
    return [key for key in _keys((), scenario) if key.name not in TEXTS and not key.name.startswith(f"{CHANGES}.")]


def key_at(scenario: Scenario, name: str) -> Key:
    """The key of that name as the scenario has it.

    Raises:
        InterventionError: for an unknown key, with the nearest.
    """
    path: Path = tuple(name.split("."))
    slot = _slot(scenario, path)
    if slot is None:
        raise InterventionError(_unknown(scenario, name))
    inside: Any = scenario
    for part in path:
        if isinstance(inside, BaseModel):
            inside = getattr(inside, str(part))
        elif isinstance(inside, dict):
            inside = inside.get(part)
        else:
            inside = inside[int(part)]
    return _key(path, inside, slot)


def with_value(scenario: Scenario, key: str, text: str) -> Scenario:
    """The scenario with one key changed; what is not on the way to the key is shared with the given scenario.

    Args:
        scenario: the scenario before the change, which stays as it is.
        key: dotted path, `team.frontline.extra`.
        text: the value as in the file; texts without quotes, "none" to unset what may be unset.

    Raises:
        InterventionError: for an unknown key, with the nearest; for a value that the key cannot take, with what it
            can; for a name that leads nowhere.
    """
    path: Path = tuple(key.split("."))
    slot = _slot(scenario, path)
    if slot is None:
        raise InterventionError(_unknown(scenario, key))
    changed = _changed(scenario, path, _value(key, text, slot), (), scenario)
    for finding in references(changed.model_dump()):
        raise InterventionError(_sentence(finding))
    return cast(Scenario, changed)


def of_interventions(scenario: Scenario, doubtful: Iterable[Path] = ()) -> Iterator[Finding]:
    """What is wrong with the changes that a scenario makes on the way: each is tried on what those before it left.

    Args:
        scenario: as read, or with stand-ins for values that could not be read.
        doubtful: where those stand; changes there are not judged.
    """
    unsure = {tuple(map(str, path[:2])) for path in doubtful}
    changed = scenario
    for position, change in sorted(enumerate(scenario.intervention), key=lambda item: item[1].at):
        here = (CHANGES, position)
        if any(path[:len(gone)] == gone for gone in unsure for path in ((CHANGES, str(position)),
                                                                        tuple(change.key.split(".")))):
            continue
        if change.at >= scenario.length:
            yield Finding((*here, "at"), f"must be before the end of the run, {quoted(write_moment(scenario.length))}",
                          quoted(write_moment(change.at)), "or give the run a greater `length`")
        try:
            changed = with_value(changed, change.key, change.value)
        except InterventionError as error:
            there = _slot(changed, tuple(change.key.split("."))) is not None
            yield Finding((*here, "value" if there else "key"), str(error).replace("\n", "; "))


def _slot(scenario: Scenario, path: Path) -> Slot | None:
    """What stands under the key of a change; None where no change can be made."""
    slot = slot_at(path, scenario)
    if slot is None or slot.is_table or path[0] == CHANGES or not _is_there(scenario, path):
        return None
    return slot


def _keys(path: Path, part: BaseModel) -> Iterator[Key]:
    for name, slot in fields(type(part)):
        value, here = getattr(part, name), (*path, name)
        if isinstance(value, Part):
            yield from _keys(here, value)
        elif slot.laws:
            yield Key(dotted(here), inline(value, slot).strip('"'), slot)
            yield from (key for key in _keys(here, value) if not key.name.endswith(".law"))
        elif isinstance(value, dict):
            for inner, item in value.items():
                yield from _element((*here, inner), item)
        elif slot.is_table:
            for position, item in enumerate(value):
                yield from _element((*here, position), item)
        else:
            yield _key(here, value, slot)


def _element(path: Path, value: Any) -> Iterator[Key]:
    if isinstance(value, Part):
        yield from _keys(path, value)
    else:
        slot = slot_at(path)
        assert slot is not None
        yield _key(path, value, slot)


def _key(path: Path, value: Any, slot: Slot) -> Key:
    written = slot.written(value)
    text = "none" if value is None else written if isinstance(written, str) else inline(value, slot)
    return Key(".".join(map(str, path)), text, slot)


def _is_there(scenario: Scenario, path: Path) -> bool:
    """Whether the tables on the way exist; the last part may be a new name in a table of values."""
    inside: Any = scenario
    for part in path[:-1]:
        if isinstance(inside, BaseModel):
            inside = getattr(inside, str(part), None)
        elif isinstance(inside, dict):
            inside = inside.get(part)
        elif isinstance(inside, tuple):
            inside = inside[int(part)] if _position(part, inside) else None
    last = path[-1]
    if isinstance(inside, tuple):
        return _position(last, inside)
    if isinstance(inside, dict):
        return last in inside or not any(isinstance(item, Part) for item in inside.values())
    return isinstance(inside, BaseModel)


def _position(part: str | int, inside: tuple[Any, ...]) -> bool:
    return str(part).isdecimal() and int(part) < len(inside)


def _unknown(scenario: Scenario, key: str) -> str:
    known = [item.name for item in keys(scenario)]
    inside = [name for name in known if name.startswith(f"{key}.")]
    if inside:
        return f"{key}: is a table; a change names one of its keys: {', '.join(inside[:8])}"
    near = nearest(key, known)
    hint = f'did you mean "{near}"?' if near else f"the scenario has {len(known)} keys, such as {', '.join(known[:3])}"
    return f"{key}: unknown key; {hint}"


def _value(key: str, text: str, slot: Slot) -> Any:
    text = text.strip()
    if slot.optional and text == "none":
        return None
    if text[:1] in "[{\"'":
        try:
            return tomli.loads(f"value = {text}")["value"]
        except tomli.TOMLDecodeError as error:
            raise InterventionError(f"{key}: {error.msg[:1].lower()}{error.msg[1:]}, given {text}") from error
    return text


def _changed(part: Any, path: Path, value: Any, before: Path, scenario: Scenario) -> Any:
    """The part with a value changed under it: rebuilt on the way there, validated where it changes."""
    head, rest = path[0], path[1:]
    if isinstance(part, dict):
        return {**part, head: _changed(part[head], rest, value, (*before, head), scenario)}
    if isinstance(part, tuple):
        at = int(head)
        return (*part[:at], _changed(part[at], rest, value, (*before, at), scenario), *part[at + 1:])
    inner = getattr(part, str(head))
    if rest and _holds_parts(inner):
        return part.model_copy(update={str(head): _changed(inner, rest, value, (*before, head), scenario)})
    data = _with(_plain(part.model_dump()), path, value)
    try:
        return type(part).model_validate(data, context=WRITTEN)
    except ValidationError as error:
        whole = data
        for step in reversed(before):
            whole = {step: whole} if isinstance(step, str) else [*[None] * step, whole]
        findings = [finding_of(cast(ErrorDetails, {**item, "loc": (*before, *item["loc"])}), whole)
                    for item in error.errors(include_url=False)]
        raise InterventionError("\n".join(map(_sentence, findings))) from error


def _holds_parts(value: Any) -> bool:
    """Whether the change lies in a part inside, not in a law or a table of values of this one."""
    if isinstance(value, dict):
        value = tuple(value.values())
    return isinstance(value, Part) or (isinstance(value, tuple) and bool(value) and isinstance(value[0], Part))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _with(data: Any, path: Path, value: Any) -> Any:
    inside = data
    for part in path[:-1]:
        inside = inside[int(part) if isinstance(inside, list) else part]
    inside[int(path[-1]) if isinstance(inside, list) else path[-1]] = value
    return data


def _sentence(finding: Finding) -> str:
    given = "" if finding.given is None else f", given {finding.given}"
    hint = "" if finding.hint is None else f"; {finding.hint}"
    return printable(f"{'.'.join(map(str, finding.path))}: {finding.what}{given}{hint}")
