"""What every drill says about itself, whatever its kind: what is to be learned, on which floor, and when it is passed.

`Drill` is the base of the kinds (`core.drill.floor` ...); `core.drill.file` reads them. Keys of the scenario may be
written with quotes, "team.support.extra" = 2, or without, team.support.extra = 2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field

from core.scenario import Scenario
from core.scenario.change import Value
from core.scenario.part import Part
from core.scenario_findings import Finding
from core.toml_lines import Path

Level = Literal["first hour", "beginner", "skilled", "expert"]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=40)]
Text = Annotated[str, Field(min_length=1)]

ALWAYS = "always"
"""The sentence that is worth remembering however the drill went."""


def flat(tables: object) -> object:
    """Keys of tables inside each other as dotted keys: a table that is a law is a value, every other one leads on."""
    if not isinstance(tables, Mapping):
        return tables
    return {key: value for key, value, _ in _leaves(tables, ())}


def written_at(tables: Any, key: str) -> Path:
    """Where the file has the value of a dotted key, from the table of keys on."""
    return next((path for name, _, path in _leaves(tables, ()) if name == key), (key,))


def _leaves(tables: Mapping[str, Any], before: Path) -> Iterator[tuple[str, Any, Path]]:
    for name, value in tables.items():
        path = (*before, name)
        if isinstance(value, Mapping) and "law" not in value:
            yield from _leaves(value, path)
        else:
            yield ".".join(map(str, path)), value, path


Settings = Annotated[dict[str, Value], BeforeValidator(flat)]


class Hint(Part):
    """A step of help that the trainee may ask for; they come in the order of the file."""

    text: Text
    """What is said."""
    cost: Annotated[float, Field(ge=0.0, le=100.0)] = 5.0
    """Points that it costs."""


class Drill(Part):
    """An exercise on a floor."""

    STAND_INS: ClassVar[dict[str, Any]] = {
        "title": "A drill", "number": 1, "level": "beginner", "goals": ["to learn"], "brief": "A brief", "seed": 1,
        "pass_mark": 60, "set": {}, "remember": {}, "hint": {"text": "a hint"}}
    """What takes the place of a value that cannot be read, while the rest is checked; of a list's, of an element."""

    kind: str
    """What is to be done: floor is an incident on a live floor."""
    title: Text
    """What a list shows."""
    number: Annotated[int, Field(ge=1, le=999)]
    """Its place in the curriculum."""
    level: Level
    """For whom it is."""
    goals: Annotated[tuple[Text, ...], Field(min_length=1)]
    """What is learned."""
    brief: Text
    """What the trainee is told before it begins."""
    scenario: Text
    """The floor: the name of a built-in scenario, or a file beside this one."""
    set: Settings = {}
    """What is changed in the scenario first: keys and values as in its file."""
    seed: Annotated[int, Field(ge=0)] = 1
    """Seed of everything that happens by chance, where no other is asked for."""
    pass_mark: Annotated[float, Field(ge=0.0, le=100.0)] = 60.0
    """Score from which on it is passed: 0 is what happens by itself, 100 is a strong performance."""
    hint: tuple[Hint, ...] = ()
    """Help in steps."""
    remember: dict[str, Text] = {}
    """Sentences worth remembering, by what was lost: the names that this kind of drill gives, or always."""

    def findings(self, scenario: Scenario, data: Mapping[str, Any]) -> Iterator[Finding]:
        """What is wrong with a drill whose every value is fine.

        Args:
            scenario: its floor, with what it sets.
            data: the tables of the file, which know where a key is written.
        """
        losses = self.losses()
        for name in self.remember:
            if name not in (*losses, ALWAYS):
                yield Finding(("remember", name), "nothing of this name can be lost here",
                              hint="allowed: " + ", ".join((*losses, ALWAYS)))

    def losses(self) -> tuple[str, ...]:
        """The names by which this kind of drill says what was lost."""
        return ()
