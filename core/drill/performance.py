"""What a trainee did in a drill, as a file: JSON from which the drill can be played again, to the last digit.

Written by the screens and prompts, read by `flightdesk drill play --actions`; short enough to write by hand. Of a floor
drill `{"drill": "login-outage", "actions": [{"at": "Mon 10:05", "action": "notice"}]}`, of a judgement drill
`{"drill": "first-triage", "answers": [{"item": 0, "answers": {"team": "sorting"}, "took": 9.5}]}`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from core.drill.course import Deed, Deeds, faults, in_order
from core.drill.floor import FloorDrill, Move
from core.errors import DrillError, did_you_mean
from core.scenario.part import Part
from core.toml_lines import printable, quoted
from core.units import WRITTEN, write_moment


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
    actions: tuple[Move, ...] = ()
    """What was decided, and when, on a floor."""
    answers: tuple[Answered, ...] = ()
    """What was decided about items, in a judgement drill."""
    hints: int = Field(0, ge=0)
    """Hints taken."""
    eased: bool = False
    """Whether the clock was eased."""
    trainee: str | None = None
    """Who it was."""
    version: str | None = None
    """Of the Flightdesk that it was played with, in what is handed in the one that scored it; none: it is not said."""

    @property
    def deeds(self) -> Deeds:
        """What was decided, by time."""
        return in_order(Deed(move.at, move.action) for move in self.actions)


def moves(deeds: Deeds) -> tuple[Move, ...]:
    """Deeds as they stand in files."""
    return tuple(Move(at=deed.at, action=deed.action) for deed in deeds)


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
    except OSError as error:
        raise DrillError(f"{file}: cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise DrillError(f"{file}: is no UTF-8 text") from error
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


def check(performance: Performance, drill: FloorDrill, digest: str, name: str = "the play") -> None:
    """Refuses what cannot have been done in this drill.

    Raises:
        DrillError: with all that is wrong.
    """
    wrong = []
    if performance.digest is not None and performance.digest != digest:
        wrong.append("digest: it was played on another version of this drill")
    unknown = [move.action for move in performance.actions if move.action not in drill.action]
    wrong += [f"actions: there is no action {quoted(one)}; {did_you_mean(one, drill.action)}"
              for one in dict.fromkeys(unknown)]
    wrong += [f"actions: {write_moment(deed.at)} {deed.action}: {reason}"
              for deed, reason in faults(drill, performance.deeds) if deed.action in drill.action]
    if performance.hints > len(drill.hint):
        wrong.append(f"hints: the drill has {len(drill.hint)}, given {performance.hints}")
    if wrong:
        raise DrillError("\n".join(printable(f"{name}: {line}") for line in wrong))
