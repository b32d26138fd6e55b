"""The built-in scenarios: the files in the `scenarios` folder, by name."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import tomli

from core.errors import Problem, ScenarioError, did_you_mean

DEFAULT = "call-centre"
"""What opens where nothing is named."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A built-in scenario: its name on the command line, and what its file says about itself."""

    name: str
    path: Path
    title: str
    story: str
    source: str


def folder() -> Path:
    """Where the built-in scenarios are."""
    return Path(str(files("scenarios")))


def names() -> list[str]:
    """The names of the built-in scenarios, in order of the alphabet."""
    return names_in(folder())


def default_name() -> str:
    """The scenario that opens where none is named."""
    return DEFAULT if DEFAULT in names() else names()[0]


def entries() -> Iterator[Entry]:
    """The built-in scenarios with what they say about themselves."""
    for name in names():
        path = folder() / f"{name}.toml"
        data = tomli.loads(path.read_text(encoding="utf-8"))
        yield Entry(name, path, *(str(data.get(key, "")) for key in ("title", "story", "source")))


def find(name_or_path: str | Path) -> Path:
    """The file of a built-in name or of a path; what looks like a path, or is there, is a path.

    Raises:
        ScenarioError: where a name is not built in and no such file is there.
    """
    return find_in(folder(), "scenario", name_or_path)


def find_in(shelf: Path, noun: str, name_or_path: str | Path) -> Path:
    """The same for what else comes along as files of a folder: `noun` says what it is.

    Raises:
        ScenarioError: where a name is not built in and no such file is there.
    """
    path, given = Path(name_or_path), str(name_or_path)
    known = names_in(shelf)
    if given in known and not path.is_file():
        return shelf / f"{given}.toml"
    if path.is_file() or path.suffix == ".toml" or path.name != given:
        return path
    what = f"there is no built-in {noun} and no file of this name"
    raise ScenarioError(given, [Problem(noun, what, hint=did_you_mean(given, known))])


def names_in(shelf: Path) -> list[str]:
    """The names of the files of a folder, in order of the alphabet."""
    return sorted(path.stem for path in shelf.glob("*.toml"))
