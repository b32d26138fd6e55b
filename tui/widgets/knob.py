"""What a knob turns: one number (or choice) of the scenario, how far one step of it goes, how it is read and written.

Everything comes from the scenario's own keys (`core.interventions.keys`): what a key is, its unit, its bounds and its
documentation are those of the model. Only the favourites, which come first, are named here.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from core.errors import UnitError
from core.interventions import Key, keys
from core.scenario import Scenario
from core.scenario_keys import Slot
from core.units import (
    DAY,
    HOUR,
    MINUTE,
    write_fraction,
    write_moment,
    write_multiple,
    write_number,
    write_per_second,
    write_seconds,
    write_time_of_day,
    write_weight,
)
from sim.opening import has_people
from tui.present import plain
from tui.widgets import numbers
from tui.widgets.measures import has_bot

FAVOURITES = "favourites"
"""The group that comes first."""
DURATIONS = (1.0, 5.0, 10.0, 15.0, 30.0, MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR,
             6 * HOUR, DAY)
"""Steps of a duration (s): of its size, the tenth at most."""
QUARTER = 15 * MINUTE


@dataclass(frozen=True)
class Knob:
    """One key of the scenario as something to turn: what it is called and how it goes."""

    key: str
    label: str
    group: str
    slot: Slot
    team: str = ""
    """The team whose people it adds to, for such a knob."""
    words: str = ""
    """What a search looks through: key, label and documentation, in small letters."""

    @property
    def doc(self) -> str:
        """What it is."""
        return plain(self.slot.doc)

    @property
    def steps(self) -> bool:
        """Whether it can be turned; a list, a law or a name can only be typed."""
        slot = self.slot
        return slot.quantity is not None or bool(slot.choices) or slot.kind in (int, float, bool)

    def number(self, text: str) -> float | None:
        """The number behind what the scenario says, in the inside unit; None where there is none."""
        slot = self.slot
        try:
            value = float(slot.quantity.read(text)) if slot.quantity is not None else float(text)
        except (UnitError, ValueError):
            return None
        return value if math.isfinite(value) else None

    def same(self, one: str, other: str) -> bool:
        """Whether two texts say the same value."""
        return one == other or (self.number(one) is not None and self.number(one) == self.number(other))

    def turned(self, text: str, steps: int) -> str:
        """The value so many steps on from `text` (back if negative), within the bounds and on whole steps."""
        slot = self.slot
        choices = ("false", "true") if slot.kind is bool else slot.choices
        if choices:
            place = choices.index(text) if text in choices else 0
            return choices[(place + (1 if steps > 0 else -1)) % len(choices)]
        value = self.number(text)
        if value is None and slot.optional and slot.kind in (int, float):
            value = 0.0
        if value is None or not self.steps:
            return text
        low, high = slot.limits
        unit = self._unit(value)
        for _ in range(abs(steps)):
            size = self._step(value, steps > 0, unit)
            at = value * unit / size
            whole = math.floor(at + 1e-9) + 1 if steps > 0 else math.ceil(at - 1e-9) - 1
            following = min(max(round(whole * size, 9) / unit, low), high)
            if not slot.admits(following):
                break
            value = following
        return self._write(value)

    def _write(self, value: float) -> str:
        if self.slot.quantity is not None:
            return self.slot.quantity.write(value)
        return str(round(value)) if self.slot.kind is int else write_number(round(value, 9))

    def _unit(self, value: float) -> float:
        """What the inside unit is multiplied by for whole steps: rates step by the hour, minute ... as written."""
        if self.slot.quantity is None or self.slot.quantity.write is not write_per_second:
            return 1.0
        return {"h": HOUR, "m": MINUTE, "s": 1.0, "d": DAY}[write_per_second(value).rpartition("/")[2]]

    def _step(self, value: float, up: bool, unit: float) -> float:
        """How far one press goes from `value`, in `unit`s of the inside unit."""
        write = None if self.slot.quantity is None else self.slot.quantity.write
        size = abs(value) * (1 if up == (value >= 0) else 1 - 1e-9)  # a step down from a border is that below it
        if self.slot.kind is int:
            return 1.0
        if write is write_seconds:
            return max((step for step in DURATIONS if step <= size / 10), default=1.0)
        if write is write_fraction:
            return 0.05 if size >= 0.1 - 1e-12 else 0.01
        if write is write_multiple:
            return 0.1 if size >= 0.2 - 1e-12 else 0.01
        if write is write_moment or write is write_time_of_day:
            return QUARTER
        if write is write_weight:
            return 0.05 if 0.1 <= size < 1 else 0.01 if size < 0.1 else _round_step(size / 10)
        if write is write_per_second:
            return _round_step(max(size * unit, 1.0) / 10)
        return _round_step(max(size, 0.5) / 10)

    def show(self, text: str) -> str:
        """The value as a person reads it: +2, 45 %, never."""
        value = self.number(text)
        if self.team and value is not None:
            return numbers.signed(numbers.count(value)) if value else "0"
        if self.key == "bot.exit_after" and value == 0:
            return "never"
        if value is not None and self.slot.quantity is not None:
            text = self.slot.quantity.write(value)
        if text.endswith("%"):
            return f"{text[:-1]} %".replace("-", numbers.MINUS)
        return plain(text.replace("-", numbers.MINUS) if value is not None and value < 0 else text)


def _round_step(size: float) -> float:
    """The largest of 1, 2 and 5 times a power of ten that is not above `size`."""
    power = 10.0 ** math.floor(math.log10(size) + 1e-9)
    return next(step * power for step in (5.0, 2.0, 1.0) if step * power <= size * (1 + 1e-9))


def knobs(scenario: Scenario) -> tuple[Knob, ...]:
    """All knobs of a scenario: favourites first, then every key by table; what is only text has none."""
    every = {key.name: key for key in keys(scenario) if _is_knob(key.slot)}
    favourites = [_knob(every[name], FAVOURITES, label, team)
                  for name, label, team in _favourites(scenario) if name in every]
    return (*favourites, *(_knob(key, group, label) for key in every.values()
                           for group, label in (_place(key.name, scenario),)))


def _is_knob(slot: Slot) -> bool:
    """Whether it says a number, a choice or a list of numbers: not a name."""
    return slot.kind is not str and not slot.allowed.endswith("each text")


def _favourites(scenario: Scenario) -> Iterator[tuple[str, str, str]]:
    """Key, label and team of the knobs that come first: people of each team that has some, the bot, demand."""
    for name in scenario.team:
        if has_people(scenario, name):
            yield f"team.{name}.extra", f"{plain(name)}, extra people", name
    if has_bot(scenario):
        yield "bot.coverage", "bot coverage", ""
        yield "bot.exit_after", "bot: exit after failed", ""
    yield "demand.level", "demand", ""


def _place(name: str, scenario: Scenario) -> tuple[str, str]:
    """The table that a key stands in, and its name there: ("team frontline", "shrinkage away")."""
    parts = name.split(".")
    named = isinstance(getattr(scenario, parts[0], None), dict | tuple)
    depth = 2 if named and len(parts) > 2 else 1
    if len(parts) == 1:
        return "the run", _spaced(parts)
    return plain(" ".join([parts[0].replace("_", " "), *parts[1:depth]])), _spaced(parts[depth:])


def _spaced(parts: list[str]) -> str:
    return plain(" ".join(parts).replace("_", " "))


def _knob(key: Key, group: str, label: str, team: str = "") -> Knob:
    words = f"{key.name} {key.name.replace('_', ' ').replace('.', ' ')} {group} {label} {key.doc}".lower()
    return Knob(key.name, label, group, key.slot, team, words)


def matching(every: tuple[Knob, ...], search: str) -> list[Knob]:
    """The knobs that have all words of the search in key, table, label or documentation, each key once."""
    words = search.lower().split()
    if not words:
        return list(every)
    found: dict[str, Knob] = {}
    for knob in every:
        if all(word in knob.words for word in words):
            found.setdefault(knob.key, knob)
    named = [knob for knob in found.values() if all(word in f"{knob.key} {knob.label}" for word in words)]
    return named + [knob for knob in found.values() if knob not in named]
