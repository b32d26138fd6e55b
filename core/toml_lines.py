"""Where each key of a TOML text stands: the line numbers that the parser keeps to itself.

`lines_of` walks a text that `tomli` has accepted already, so it only has to skip values, never to judge them.
Used by `core.scenario_file` to put file:line before each problem.
"""

from __future__ import annotations

import re
from bisect import bisect_right

Path = tuple[str | int, ...]
"""Keys and positions from the root: ("route", 0, "priority")."""

_BLANK = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRINGS = (  # the long ones first: they begin like the short ones
    re.compile(r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*"{3,5}', re.DOTALL),
    re.compile(r"'''(?:[^']|'{1,2}(?!'))*'{3,5}", re.DOTALL),
    re.compile(r'"(?:[^"\\]|\\.)*"'),
    re.compile(r"'[^']*'"),
)
_SCALAR = re.compile(r"[^,\]}#\r\n]+")


def lines_of(text: str) -> dict[Path, int]:
    """Line, from 1, of every key, table and array element; of a table, its first mention."""
    return _Walk(text).lines


def dotted(path: Path) -> str:
    """The path as it is written: `route.0.priority`; parts that are no bare keys in quotes."""
    return ".".join(part if isinstance(part, str) and _BARE.fullmatch(part) else quoted(part) for part in path)


def quoted(value: object) -> str:
    """The value as TOML, near enough to be recognised, on one line and without control characters."""
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{printable(escaped)}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{dotted((k,))} = {quoted(v)}" for k, v in value.items()) + " }" if value else "{}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(quoted, value)) + "]"
    return str(value)


def printable(text: str) -> str:
    """The text with escapes in place of characters that a terminal would act on, or not show."""
    return text if text.isprintable() else "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in text)


class _Walk:
    def __init__(self, text: str):
        self.text, self.at = text, 0
        self.breaks = [match.start() for match in re.finditer("\n", text)]
        self.lines: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}
        table: Path = ()
        while self.blank() < len(text):
            start = self.at
            if text.startswith("[", start):
                array = text.startswith("[[", start)
                self.at += 1 + array
                table = self.header(self.key(), array, start)
                self.at += 1 + array
            else:
                self.pair(table)

    def blank(self) -> int:
        match = _BLANK.match(self.text, self.at)
        assert match is not None
        self.at = match.end()
        return self.at

    def note(self, path: Path, at: int) -> None:
        """Remember the line for the path, and for the tables around it that had none yet."""
        line = bisect_right(self.breaks, at - 1) + 1
        for depth in range(1, len(path) + 1):
            self.lines.setdefault(path[:depth], line)

    def header(self, key: Path, array: bool, at: int) -> Path:
        """The path that `[key]` or `[[key]]` opens: through arrays of tables it means their last element."""
        path: Path = ()
        for part in key[:-1]:
            path = self.last((*path, part))
        path += key[-1:]
        if array:
            self.counts[path] = self.counts.get(path, 0) + 1
        path = self.last(path)
        # A table that was mentioned before only as the parent of another: its own header says more.
        if not array:
            self.lines.pop(path, None)
        self.note(path, at)
        return path

    def last(self, path: Path) -> Path:
        return (*path, self.counts[path] - 1) if path in self.counts else path

    def key(self) -> Path:
        parts: list[str] = []
        while True:
            self.space()
            if self.text[self.at] in "\"'":
                parts.append(_unquoted(self.string()))
            else:
                match = _BARE.match(self.text, self.at)
                assert match is not None
                parts.append(match[0])
                self.at = match.end()
            self.space()
            if not self.text.startswith(".", self.at):
                return tuple(parts)
            self.at += 1

    def space(self) -> None:
        match = _SPACE.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def string(self) -> str:
        for pattern in _STRINGS:
            if match := pattern.match(self.text, self.at):
                self.at = match.end()
                return match[0]
        raise AssertionError("no string")

    def pair(self, table: Path) -> None:
        start = self.at
        path = table + self.key()
        self.note(path, start)
        self.at += 1  # the equals sign
        self.space()
        self.value(path)

    def value(self, path: Path) -> None:
        first = self.text[self.at]
        if first in "\"'":
            self.string()
        elif first == "[":
            self.at += 1
            element = 0
            while self.text[self.blank()] != "]":
                self.note((*path, element), self.at)
                self.value((*path, element))
                element += 1
                if self.text[self.blank()] == ",":
                    self.at += 1
            self.at += 1
        elif first == "{":
            self.at += 1
            while self.text[self.blank()] != "}":
                self.pair(path)
                if self.text[self.blank()] == ",":
                    self.at += 1
            self.at += 1
        else:
            match = _SCALAR.match(self.text, self.at)
            assert match is not None
            self.at = match.end()


def _unquoted(token: str) -> str:
    import tomli

    value: str = tomli.loads(f"value = {token}")["value"]
    return value
