"""What stands under each key of a scenario: type, bounds, default and documentation, read from the model.

Used for the words of error messages (`core.scenario_file`), the knobs (`core.interventions`), the reference page
and the editor schema. A key is a path from the root, `("team", "frontline", "extra")`.
"""

from __future__ import annotations

import math
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from core.attribute_docs import attribute_docs
from core.scenario import Scenario
from core.scenario.part import Part
from core.toml_lines import Path, quoted
from core.units import (
    Quantity,
    write_fraction,
    write_moment,
    write_multiple,
    write_number,
    write_per_second,
    write_seconds,
    write_time_of_day,
    write_weight,
)


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of one value in the model: what may stand there."""

    kind: Any
    """The type, without Annotated and None around it; for a law the union of its classes."""
    metadata: tuple[Any, ...] = ()
    """Quantity and bounds."""
    field: tuple[type[BaseModel], str] | None = None
    """The class and name of the field; those of the whole for an element."""
    default: Any = PydanticUndefined
    """Its default as in code, PydanticUndefined where it must be given."""
    optional: bool = False
    """Whether it may be unset."""

    @property
    def doc(self) -> str:
        """The field's documentation; read from the source when somebody asks, which few runs do."""
        if self.field is None:
            return ""
        part, name = self.field
        return next(docs[name] for kind in part.__mro__ if name in (docs := attribute_docs(kind)))

    @property
    def quantity(self) -> Quantity | None:
        """How its text is read and written, None for plain values."""
        return next((item for item in self.metadata if isinstance(item, Quantity)), None)

    @property
    def laws(self) -> dict[str, type[BaseModel]]:
        """The classes of a law by their tag, empty for everything else."""
        classes = [kind for kind in get_args(self.kind) if _is_model(kind) and "law" in kind.model_fields]
        return {kind.model_fields["law"].default: kind for kind in classes}

    @property
    def choices(self) -> tuple[str, ...]:
        """The words that a choice allows, empty for everything else."""
        return get_args(self.kind) if get_origin(self.kind) is Literal else ()

    @property
    def is_table(self) -> bool:
        """Whether it is a part, or a group of them."""
        kinds = (self.kind, *get_args(self.kind)) if get_origin(self.kind) in (dict, tuple) else (self.kind,)
        return any(isinstance(kind, type) and issubclass(kind, Part) for kind in kinds)

    @property
    def limits(self) -> tuple[float, float]:
        """Least and greatest number in the inside unit, infinite where there is none; see `admits` for their ends."""
        low, high = (-math.inf, math.inf) if self.quantity is None else (self.quantity.low, self.quantity.high)
        for item in self.metadata:
            low = max([low, *(float(getattr(item, name)) for name in ("ge", "gt") if hasattr(item, name))])
            high = min([high, *(float(getattr(item, name)) for name in ("le", "lt") if hasattr(item, name))])
        return low, high

    def admits(self, value: float) -> bool:
        """Whether the number lies within the limits, and not on one that is itself left out."""
        low, high = self.limits
        left_out = [getattr(item, name) for item in self.metadata for name in ("gt", "lt") if hasattr(item, name)]
        return low <= value <= high and value not in left_out

    def written(self, value: Any) -> Any:
        """A plain value as it stands in a file; whole numbers without a decimal point."""
        if self.quantity is not None and isinstance(value, int | float):
            text = self.quantity.write(float(value))
            try:
                value = float(text)
            except ValueError:
                return text
        return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value

    @property
    def allowed(self) -> str:
        """What may stand here, in words."""
        if self.quantity is not None:
            quantity = self.quantity
            bounds = _bounds(self.metadata, quantity.write, quantity.low, quantity.high)
            like = quantity.like if quantity.write is write_number else quoted(quantity.like)
            return f"{_NOUNS[quantity.write]} such as {like}, {bounds}"
        if self.choices:
            return "one of " + ", ".join(map(quoted, self.choices))
        if self.laws:
            return 'a duration such as "4m", "never", or a law such as { law = "lognormal", mean = "4m", cv = 1.1 }'
        if self.kind in (int, float):
            bounds = _bounds(self.metadata, lambda value: f"{value:g}")
            return _join("a whole number" if self.kind is int else "a number", bounds)
        if self.kind is bool:
            return "true or false"
        if self.kind is str:
            longest = next((m.max_length for m in self.metadata if isinstance(m, MaxLen)), None)
            return "text" if longest is None else f"text of at most {longest} characters"
        if get_origin(self.kind) is tuple:
            element, count = _element(self.kind, 0), len(get_args(self.kind))
            exact = "" if Ellipsis in get_args(self.kind) else f" of {count}"
            least = next((m.min_length for m in self.metadata if isinstance(m, MinLen)), None)
            return f"a list{exact}" + (f" of at least {least}" if least else "") + f", each {slot_of(element).allowed}"
        if get_origin(self.kind) is dict:
            return f"a table, each value {slot_of(get_args(self.kind)[1]).allowed}"
        return "a table" if _is_model(self.kind) else "a value"


_NOUNS: dict[Callable[[float], str], str] = {
    write_seconds: "a duration", write_fraction: "a share", write_multiple: "a factor", write_number: "a number",
    write_weight: "a share or a weight", write_per_second: "a rate", write_moment: "a moment",
    write_time_of_day: "a time of day",
}


def _bounds(metadata: Sequence[Any], write: Callable[[float], str],
            low: float | None = None, high: float | None = None) -> str:
    over = under = None
    for item in metadata:
        if isinstance(item, Ge):
            low = max(float(item.ge), low) if low is not None else float(item.ge)  # type: ignore[arg-type]
        elif isinstance(item, Le):
            high = min(float(item.le), high) if high is not None else float(item.le)  # type: ignore[arg-type]
        elif isinstance(item, Gt):
            over = float(item.gt)  # type: ignore[arg-type]
        elif isinstance(item, Lt):
            under = float(item.lt)  # type: ignore[arg-type]
    if high == float("inf"):
        high = None
    if over is not None and (low is None or over >= low):
        lower = f"more than {write(over)}"
    else:
        lower = "" if low is None else f"at least {write(low)}"
    if under is not None and (high is None or under <= high):
        upper = f"less than {write(under)}"
    else:
        upper = "" if high is None else f"at most {write(high)}"
    if low is not None and high is not None and lower.startswith("at least") and upper.startswith("at most"):
        return f"between {write(low)} and {write(high)}"
    return " and ".join(filter(None, (lower, upper)))


def _join(noun: str, bounds: str) -> str:
    return f"{noun}, {bounds}" if bounds else noun


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _element(kind: Any, at: int) -> Any:
    elements = get_args(kind)
    if Ellipsis in elements:
        return elements[0]
    return elements[at] if at < len(elements) else None


def slot_of(annotation: Any, metadata: Sequence[Any] = (), field: tuple[type[BaseModel], str] | None = None,
            default: Any = PydanticUndefined) -> Slot:
    """The slot of an annotation: Annotated, and None in a union, taken off."""
    collected, optional = list(metadata), False
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *more = get_args(annotation)
            for item in more:
                collected.extend(item.metadata if isinstance(item, FieldInfo) else [item])
        elif get_origin(annotation) in (Union, types.UnionType) and type(None) in get_args(annotation):
            rest = [kind for kind in get_args(annotation) if kind is not type(None)]
            annotation, optional = rest[0], True
        else:
            return Slot(annotation, tuple(collected), field, default, optional)


def fields(model: type[BaseModel]) -> Iterator[tuple[str, Slot]]:
    """Name and slot of each field of a part, in the model's order."""
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        yield name, slot_of(field.annotation, field.metadata, (model, name), default)


def slot_at(path: Path, data: Any = None, root: type[BaseModel] = Scenario) -> Slot | None:
    """The slot of a path, None where the model has none.

    Args:
        path: keys and positions from the root.
        data: what the file (or the scenario) says from the root on, which decides between the kinds of a law.
        root: what the file describes.
    """
    return _walk(path, data, root)[0]


def names_at(path: Path, data: Any = None, root: type[BaseModel] = Scenario) -> list[str]:
    """The keys that the model knows in the table at a path; empty where it has no table, or an open one."""
    slot, inside = _walk(path, data, root)
    model = None if slot is None else _model(slot, inside)
    return [] if model is None else list(model.model_fields)


def _walk(path: Path, data: Any, root: type[BaseModel]) -> tuple[Slot | None, Any]:
    slot: Slot | None = Slot(root)
    for part in path:
        if slot is None:
            break
        slot = _inside(slot, part, data)
        data = _get(data, part)
    return slot, data


def _model(slot: Slot, data: Any) -> type[BaseModel] | None:
    """The class of the table in a slot; of a law, the class that its tag names."""
    if _is_model(slot.kind):
        return slot.kind  # type: ignore[no-any-return]
    return slot.laws.get(str(_get(data, "law")))


def _inside(slot: Slot, part: str | int, data: Any) -> Slot | None:
    if get_origin(slot.kind) is dict:
        return slot_of(get_args(slot.kind)[1], field=slot.field)
    if get_origin(slot.kind) is tuple:
        at = int(part) if isinstance(part, int) or part.isdecimal() else 0
        element = _element(slot.kind, at)
        return None if element is None else slot_of(element, field=slot.field)
    model = _model(slot, data)
    return None if model is None else _by_name(model).get(str(part))


@cache
def _by_name(model: type[BaseModel]) -> dict[str, Slot]:
    return dict(fields(model))


def _get(data: Any, part: str | int) -> Any:
    if isinstance(data, dict):
        return data.get(part)
    if isinstance(data, BaseModel):
        return getattr(data, str(part), None)
    if isinstance(data, list | tuple) and str(part).isdecimal() and int(part) < len(data):
        return data[int(part)]
    return None


def parts() -> list[type[BaseModel]]:
    """Every part and law that a scenario is made of, each once, in the order of the file."""
    found: dict[type[BaseModel], None] = {}

    def visit(kind: Any) -> None:
        if _is_model(kind) and kind not in found:
            found[kind] = None
            for _, slot in fields(kind):
                visit(slot.kind)
        for inner in get_args(kind):
            visit(inner)

    visit(Scenario)
    return list(found)


ANY = "*"
"""Any name, in the path of a table and in the pattern of a key."""


def tables(slot: Slot | None = None, path: Path = ()) -> Iterator[tuple[Path, type[BaseModel]]]:
    """Path and class of every table but laws, outer before inner; `ANY` for a name, 0 for a position in a list."""
    slot = slot or Slot(Scenario)
    if slot.laws:
        return
    if _is_model(slot.kind):
        yield path, slot.kind
        for name, inner in fields(slot.kind):
            yield from tables(inner, (*path, name))
    elif get_origin(slot.kind) is dict:
        yield from tables(slot_of(get_args(slot.kind)[1]), (*path, ANY))
    elif get_origin(slot.kind) is tuple:
        yield from tables(slot_of(get_args(slot.kind)[0]), (*path, 0))


def pattern_of(path: Path, data: Any = None) -> str:
    """The key at a path with a star for each name and position: `team.*.extra`."""
    slot: Slot | None = Slot(Scenario)
    parts: list[str] = []
    for part in path:
        many = slot is not None and get_origin(slot.kind) in (dict, tuple)
        parts.append(ANY if many else str(part))
        slot = None if slot is None else _inside(slot, part, data)
        data = _get(data, part)
    return ".".join(parts)
