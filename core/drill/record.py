"""A recorded play of a drill: what the trainee did, when, and which hints they took. The score follows from it.

One JSON object for all kinds of drill:

    {"flightdesk_drill": 1, "drill": "first-triage", "digest": "0123456789abcdef", "seed": 1, "trainee": "",
     "entries": [{"item": 0, "answers": {"team": "accounts"}, "took": 12.3}],
     "hints": [{"step": 1, "item": 0}]}

The digest tells whether it is still the same exercise (`core.drill.file.DrillFile.digest`). What an entry has, and what
a hint has besides its step, is up to the kind of drill: an item of a hand, or a time on the floor's clock.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.drill.file import DrillFile
from core.errors import DrillError

FORMAT = 1
LARGEST = 4_000_000
"""A file with more bytes is no record."""
NAME = 60
"""Letters of a trainee's name."""
_KEYS = {"flightdesk_drill": int, "drill": str, "digest": str, "seed": int, "trainee": str, "entries": list,
         "hints": list}


@dataclass(frozen=True)
class Record:
    """A play as its file has it."""

    drill: str
    """Name of the drill."""
    digest: str
    """Of the drill as it was then."""
    seed: int
    entries: tuple[Mapping[str, Any], ...]
    hints: tuple[Mapping[str, Any], ...] = ()
    trainee: str = ""

    def document(self) -> dict[str, Any]:
        """What is written."""
        return {"flightdesk_drill": FORMAT, "drill": self.drill, "digest": self.digest, "seed": self.seed,
                "trainee": self.trainee, "entries": [dict(entry) for entry in self.entries],
                "hints": [dict(hint) for hint in self.hints]}

    def text(self) -> str:
        """The file."""
        return json.dumps(self.document(), indent=1, ensure_ascii=False) + "\n"


def read_record(path: Path) -> Record:
    """The record of a file.

    Raises:
        DrillError: where it is none, with everything that is wrong with it.
    """
    return record_of(read_json(path), str(path))


def read_json(path: Path) -> Any:
    """What a JSON file says.

    Raises:
        DrillError: where it cannot be read as JSON.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DrillError(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(data) > LARGEST:
        raise DrillError(f"{path}: is too large to be from a drill")
    try:
        return json.loads(data.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise DrillError(f"{path}: is no JSON: {error}") from error


def _no_number(text: str) -> float:
    raise ValueError(f"{text} is no number")


def record_of(data: Any, file: str) -> Record:
    """The record that the data of a file are.

    Raises:
        DrillError: where they are none, with everything that is wrong with them.
    """
    if not isinstance(data, dict):
        raise DrillError(f"{file}: is no recorded drill")
    wrong = list(_wrong(data))
    if wrong:
        raise DrillError("\n".join(f"{file}: {problem}" for problem in wrong))
    return Record(data["drill"], data["digest"], data["seed"], tuple(data["entries"]), tuple(data["hints"]),
                  data["trainee"])


def _wrong(data: Mapping[str, Any]) -> Iterator[str]:
    for key, kind in _KEYS.items():
        value = data.get(key)
        if key not in data:
            yield f"{key}: is missing"
        elif not isinstance(value, kind) or isinstance(value, bool):
            yield f"{key}: {_NOUNS[kind]} is wanted"
        elif kind is list and not all(isinstance(entry, dict) for entry in data[key]):
            yield f"{key}: each must be an object"
    if isinstance(data.get("flightdesk_drill"), int) and data["flightdesk_drill"] != FORMAT:
        yield f"written by another version of Flightdesk (format {data['flightdesk_drill']}, this one reads {FORMAT})"
    if isinstance(data.get("seed"), int) and data["seed"] < 0:
        yield "seed: must not be negative"
    if isinstance(data.get("trainee"), str) and len(data["trainee"]) > NAME:
        yield f"trainee: more than {NAME} letters"
    for key in sorted(set(data) - set(_KEYS)):
        yield f"{key}: unknown key"


_NOUNS = {int: "a whole number", str: "a text", list: "a list"}


def check_same(record: Record, drill: DrillFile, file: str) -> None:
    """A record of another exercise has no score here.

    Raises:
        DrillError: where the drill is not the one that was played, or has changed since.
    """
    if record.digest != drill.digest:
        raise DrillError(f"{file}: was played on another version of {drill.name} ({record.digest}, this one is "
                         f"{drill.digest}), so its score cannot be worked out")


def is_time(value: object) -> bool:
    """Whether a value of a record is a span of time (s): a number, not negative, not infinite."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0.0
