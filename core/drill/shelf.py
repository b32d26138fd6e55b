"""The drills that come with Flightdesk: the files in `scenarios/drills`, by name, in the order of the curriculum."""

from __future__ import annotations

from pathlib import Path

from core import catalogue


def folder() -> Path:
    """Where the built-in drills are."""
    return catalogue.folder() / "drills"


def names() -> list[str]:
    """The names of the built-in drills, in order of the alphabet; `core.drill.file` knows the curriculum's."""
    return catalogue.names_in(folder())


def find(name_or_path: str | Path) -> Path:
    """The file of a built-in name or of a path; what looks like a path, or is there, is a path.

    Raises:
        ScenarioError: where a name is not built in and no such file is there.
    """
    return catalogue.find_in(folder(), "drill", name_or_path)
