"""A scenario as the TOML text that a person would have written: in the model's order, defaults left out.

Tables for the parts, inline tables for what is small, `[[route]]` for the rules and `[[intervention]]` for the changes;
long lists of numbers stay on lines of reasonable length. What is read back from the text equals what was written.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

import tomlkit
from pydantic import BaseModel

from core.distributions import Constant, Never
from core.scenario import Scenario
from core.scenario.part import Part
from core.scenario_keys import Slot, fields, slot_of
from core.toml_lines import Path, dotted

WIDTH = 100


def dump_scenario(scenario: Scenario, comments: Mapping[str, str] | None = None) -> str:
    """TOML text of the scenario.

    Args:
        scenario: what to write.
        comments: texts to put above keys ("team.frontline.shrinkage") and tables ("demand"); that of the empty
            key opens the file. One for a key that is left out as a default makes that key be written.
    """
    return _Writer(dict(comments or {})).write(scenario)


class _Writer:
    def __init__(self, comments: dict[str, str]):
        self.comments = comments
        self.lines: list[str] = []
        self.shared: set[Path] = set()

    def write(self, scenario: Scenario) -> str:
        self.comment(())
        if self.lines:
            self.lines.append("")
        self.table((), scenario, header=False)
        return "\n".join(self.lines).strip("\n") + "\n"

    def comment(self, path: Path) -> None:
        text = self.comments.get(dotted(path), "")
        for paragraph in text.splitlines():
            self.lines.extend(f"# {line}".rstrip() for line in _wrap(paragraph, WIDTH - 2))

    def table(self, path: Path, part: BaseModel, *, header: bool = True, array: bool = False) -> None:
        """The header and the pairs of a part, then the tables inside it."""
        if header:
            if self.lines and self.lines[-1]:
                self.lines.append("")
            self.comment(path)
            name = dotted(tuple(key for key in path if isinstance(key, str)))
            self.lines.append(f"[[{name}]]" if array else f"[{name}]")
        inner = []
        for name, slot in self.given(path, part):
            value = getattr(part, name)
            here = (*path, name)
            if not path and _is_table(value):
                inner.append((here, value))
                continue
            text = inline(value, slot)
            if isinstance(value, BaseModel) and text.startswith("{") and len(name) + 3 + len(text) > WIDTH:
                inner.append((here, value))  # a law with many quantiles
                continue
            self.comment(here)
            self.lines.append(_pair(name, value, text))
        for here, value in inner:
            self.inside(here, value)

    def inside(self, path: Path, value: Any) -> None:
        if isinstance(value, BaseModel):
            self.table(path, value)
        elif isinstance(value, Mapping):
            if dotted(path) in self.comments and value:
                self.lines.append("")
                self.comment(path)
            if len(value) > 1:  # shares beside each other are written, also where one is the default
                self.shared.update((*path, name) for name in value)
            for name, part in value.items():
                self.table((*path, name), part)
        else:
            for at, part in enumerate(value):
                self.table((*path, at), part, array=True)

    def given(self, path: Path, part: BaseModel) -> Iterator[tuple[str, Slot]]:
        """The fields to write: what differs from the defaults, what has none, and what makes a group readable."""
        for name, slot in fields(type(part)):
            value = getattr(part, name)
            beside = name == "share" and path in self.shared
            wanted = beside or name == "law" or dotted((*path, name)) in self.comments
            if value is not None and (wanted or value != slot.default):
                yield name, slot


def _is_table(value: Any) -> bool:
    """Whether a field of the scenario itself is written as tables of its own."""
    if isinstance(value, Mapping):
        return bool(value)
    return isinstance(value, Part) or (isinstance(value, tuple) and bool(value) and isinstance(value[0], Part))


def inline(value: Any, slot: Slot) -> str:
    """The value as inline TOML."""
    if isinstance(value, Constant):
        return inline(value.mean, dict(fields(Constant))["mean"])
    if isinstance(value, Never):
        return '"never"'
    if isinstance(value, BaseModel):
        return _inline((name, getattr(value, name), inner) for name, inner in fields(type(value))
                       if name == "law" or getattr(value, name) != inner.default)
    if isinstance(value, Mapping):
        element = slot_of(get_args(slot.kind)[1])
        return _inline((dotted((name,)), item, element) for name, item in value.items())
    if isinstance(value, tuple):
        element = slot_of(get_args(slot.kind)[0])
        return "[" + ", ".join(inline(item, element) for item in value) + "]"
    text: str = tomlkit.item(slot.written(value)).as_string()
    return text


def _inline(pairs: Iterable[tuple[str, Any, Slot]]) -> str:
    text = ", ".join(f"{name} = {inline(item, slot)}" for name, item, slot in pairs)
    return f"{{ {text} }}" if text else "{}"


def _pair(name: str, value: Any, text: str) -> str:
    """`name = value`, over several lines where one would be too long."""
    line = f"{name} = {text}"
    if len(line) <= WIDTH:
        return line
    if isinstance(value, tuple):
        return f"{name} = [\n" + "\n".join(f"    {row}" for row in _rows(text[1:-1].split(", "))) + "\n]"
    if isinstance(value, str):
        return f'{name} = """\\\n' + "\\\n".join(_chunks(text[1:-1])) + '"""'
    return line


def _rows(items: list[str]) -> Iterator[str]:
    """Lines of a list: of 12 or a divisor of that, so that hours of a day stand under each other."""
    widest = max(map(len, items)) + 2
    count = next((count for count in (12, 8, 6, 4, 3, 2) if count * widest <= WIDTH - 4), 1)
    for at in range(0, len(items), count):
        yield ", ".join(item.rjust(widest - 2) if len(items) > count else item for item in items[at:at + count]) + ","


def _chunks(escaped: str) -> list[str]:
    """The inside of a string cut behind single spaces: a backslash at a line's end swallows the break."""
    lines = [""]
    for piece in re.split(r"(?<=[^ ] )(?=[^ ])", escaped):
        if lines[-1] and len(lines[-1]) + len(piece) > WIDTH - 2:
            lines.append("")
        lines[-1] += piece
    return lines


def _wrap(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False) or [""]
