"""What a trainee did in a drill, as a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from core.errors import DrillError
from core.scenario.part import Part
from core.toml_lines import printable, quoted
from core.units import WRITTEN


class Answered(Part):
    """What was decided about one item of a judgement drill."""

    item: Annotated[int, Field(ge=0)]
    """Its place in the hand, the first being 0."""
    answers: dict[str, str]
    """What was decided, by decision."""
    took: Annotated[float, Field(ge=0.0)]
    """Time from seeing it to the last decision (s)."""


class Performance(Part):
    """One go at a drill."""

    format: Literal[1] = 1
    """Of this file."""
    drill: str
    """Which drill: its name or file."""
    digest: str | None = None
    """Of the drill that was played (`DrillFile.digest`); none: written by hand."""
    seed: int | None = Field(None, ge=0)
    """Seed; none: the drill's own."""
    answers: tuple[Answered, ...] = ()
    """What was decided about items, in a judgement drill."""
    hints: int = Field(0, ge=0)
    """Hints taken."""
    eased: bool = False
    """Whether the clock was eased."""
    trainee: str | None = None
    """Who it was."""


def dump(performance: Performance) -> str:
    """The text of the file."""
    return json.dumps(performance.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"


def read(file: Path) -> Performance:
    """What a file says.

    Raises:
        DrillError: where it cannot be read, with all that is wrong in it.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DrillError(f"{file}: cannot be read: {error}") from error
    return parse(text, str(file))


def parse(text: str, name: str = "actions") -> Performance:
    """What the text of a file says; `name` stands in the messages.

    Raises:
        DrillError: with all that is wrong in it.
    """
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DrillError(f"{name}: no JSON: {error}") from error
    try:
        return Performance.model_validate(data, context=WRITTEN)
    except ValidationError as error:
        raise DrillError("\n".join(printable(
            f"{name}: {'.'.join(map(str, one['loc'])) or 'file'}: {one['msg'].removeprefix('Value error, ')}, "
            f"given {quoted(one['input'])[:60]}") for one in error.errors(include_url=False))) from error
