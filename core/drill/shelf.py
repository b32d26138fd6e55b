"""The drills that come with Flightdesk: the files in `scenarios/drills`, by name, in the order of the curriculum."""

from __future__ import annotations

from pathlib import Path

from core import catalogue
from core.errors import Problem, ScenarioError, did_you_mean


def folder() -> Path:
    """Where the built-in drills are."""
    return catalogue.folder() / "drills"


def names() -> list[str]:
    """The names of the built-in drills, in order of the alphabet; `core.drill.file` knows the curriculum's."""
    return sorted(path.stem for path in folder().glob("*.toml"))


def find(name_or_path: str | Path) -> Path:
    """The file of a built-in name or of a path; what looks like a path, or is there, is a path.

    Raises:
        ScenarioError: where a name is not built in and no such file is there.
    """
    path, given = Path(name_or_path), str(name_or_path)
    if given in names() and not path.is_file():
        return folder() / f"{given}.toml"
    if path.is_file() or path.suffix == ".toml" or path.name != given:
        return path
    what = "there is no built-in drill and no file of this name"
    raise ScenarioError(given, [Problem("drill", what, hint=did_you_mean(given, names()))])
