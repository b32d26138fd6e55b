"""The course of a floor drill: what its script and the actions taken make of the scenario's keys, minute by minute.

Everything that happens is a `Spell`: a key that is changed from a time until another. `course` makes the spells of a
script and of `Deed`s into interventions: at every time each key has its planned value with the spells that apply to it
then, in the order in which they began. So what is decided at a time changes nothing before it, what ends leaves nothing
behind, and the twin is the same course without deeds.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.drill.drill import written_at
from core.drill.floor import Action, FloorDrill, Incident
from core.errors import InterventionError, UnitError, did_you_mean
from core.interventions import Intervention, Key, key_at, planned, with_value
from core.scenario import Scenario
from core.scenario_findings import Finding
from core.toml_lines import Path, quoted
from core.units import multiple, write_moment, write_number

LEAST_DELAY = 1.0
"""Time (s) from a decision to its effect where the action names none: what has happened by now stays."""


@dataclass(frozen=True, slots=True)
class Deed:
    """An action of the trainee, or of a policy: decided at a time (s)."""

    at: float
    action: str


Deeds = tuple[Deed, ...]
"""What was decided on a day, by time."""


@dataclass(frozen=True, slots=True)
class Spell:
    """A key is changed from `begin` until `end` (s, infinite: to the end of the run)."""

    begin: float
    end: float
    key: str
    change: str


def holds_from(action: Action, at: float) -> float:
    """When an action decided at that time holds (s)."""
    return at + max(action.delay, LEAST_DELAY)


def spells_of_action(action: Action, at: float) -> Iterator[Spell]:
    """What an action decided at that time changes."""
    begin = holds_from(action, at)
    yield from _spells(action.changes, begin, action.lasts)
    for stage in action.then:
        yield from _spells(stage.changes, at + max(stage.after, LEAST_DELAY), stage.lasts)


def spells_of_incident(incident: Incident) -> Iterator[Spell]:
    """What an incident changes."""
    yield from _spells(incident.changes, incident.at, incident.lasts)


def _spells(changes: Mapping[str, str], begin: float, lasts: float | None) -> Iterator[Spell]:
    end = math.inf if lasts is None else begin + lasts
    return (Spell(begin, end, key, change) for key, change in changes.items())


def in_order(deeds: Iterable[Deed]) -> Deeds:
    """By time; what was decided in the same second as it was given."""
    return tuple(sorted(deeds, key=lambda deed: deed.at))


def course(drill: FloorDrill, scenario: Scenario, deeds: Iterable[Deed]) -> tuple[Intervention, ...]:
    """What becomes of the scenario's keys, by time, with its own planned changes.

    Raises:
        InterventionError: for a key or a change that the scenario cannot take; `findings` tells all of them.
    """
    spells = [spell for incident in drill.incident for spell in spells_of_incident(incident)]
    for deed in in_order(deeds):
        spells += spells_of_action(drill.action[deed.action], deed.at)
    by_key = dict[str, list[Spell]]()
    for spell in spells:
        by_key.setdefault(spell.key, []).append(spell)
    plans = planned(scenario)
    changes = [change for change in plans if change.key not in by_key]
    for key, mine in by_key.items():
        changes += _key_course(key_at(scenario, key), sorted(mine, key=lambda spell: spell.begin),
                               [plan for plan in plans if plan.key == key])
    return tuple(sorted(changes, key=lambda change: change.at))


def _key_course(key: Key, spells: Sequence[Spell], plans: Sequence[Intervention]) -> Iterator[Intervention]:
    """The values of one key, where they change."""
    edges = {edge for spell in spells for edge in (spell.begin, spell.end)} | {plan.at for plan in plans}
    before = base = key.value
    coming = list(plans)
    for time in sorted(edges - {math.inf}):
        while coming and coming[0].at <= time:
            base = coming.pop(0).value
        value = base
        for spell in spells:
            if spell.begin <= time < spell.end:
                value = changed(key, value, spell.change)
        if value != before:
            yield Intervention(time, key.name, value)
        before = value


def changed(key: Key, value: str, change: str) -> str:
    """The value of a key after a change: "14", "45%", "=-1" as they are; "+2", "-10%", "x1.5" against the value.

    What would lead out of the key's bounds stops there.

    Raises:
        InterventionError: for a change against a value that is no number, or that cannot be read.
    """
    sign, rest = change[:1], change[1:].strip()
    if sign == "=":
        return rest
    if sign not in ("+", "-", "x") or (sign == "x" and not rest[:1].isdecimal()):
        return change
    number = _read(key, value)
    if number is None:
        raise InterventionError(f"{key.name}: {quoted(change)} is against a number, and here stands {value}")
    try:
        if sign == "x":
            number *= multiple(rest)
        else:
            step = _read(key, rest)
            assert step is not None
            number += step if sign == "+" else -step
    except (UnitError, ValueError) as error:
        raise InterventionError(f"{key.name}: {quoted(change)} cannot be read: {error}") from error
    low, high = key.slot.limits
    return _write(key, min(max(number, low), high))


def _read(key: Key, text: str) -> float | None:
    """The number of a text in the key's unit; None for what is no number."""
    if key.slot.quantity is not None:
        return None if text == "none" else key.slot.quantity.read(text)
    return float(text) if key.slot.kind in (int, float) and text != "none" else None


def _write(key: Key, number: float) -> str:
    if key.slot.kind is int:
        return str(round(number))
    return write_number(number) if key.slot.quantity is None else key.slot.quantity.write(number)


# --- what is wrong with a drill's changes --------------------------------------------------------------------------

def findings(drill: FloorDrill, scenario: Scenario, data: Mapping[str, object]) -> Iterator[Finding]:
    """Changes that the scenario cannot take: each by itself, and all of them at once."""
    wrong = False
    whole = scenario
    for path, table, changes in _all_changes(drill, data):
        for key, change in changes.items():
            here = (*path, *written_at(table, key))
            try:
                alone = changed(key_at(scenario, key), key_at(scenario, key).value, change)
                with_value(scenario, key, alone)
                together = changed(key_at(whole, key), key_at(whole, key).value, change)
                whole = with_value(whole, key, together)
            except InterventionError as error:
                wrong = True
                yield Finding(here, str(error).replace("\n", "; "))
    if not wrong:
        yield from _references(drill)


def _all_changes(drill: FloorDrill, data: Mapping[str, object]) -> Iterator[tuple[Path, object, Mapping[str, str]]]:
    """Where changes stand, the table there as it is written, and the changes."""
    def place(path: Path, changes: Mapping[str, str]) -> tuple[Path, object, Mapping[str, str]]:
        inside: object = data
        for part in path:
            if isinstance(inside, Mapping):
                inside = inside.get(part, {})
            elif isinstance(inside, list) and isinstance(part, int) and part < len(inside):
                inside = inside[part]
            else:
                inside = {}
        return path, inside if isinstance(inside, Mapping) else {}, changes

    for number, incident in enumerate(drill.incident):
        yield place(("incident", number, "changes"), incident.changes)
    for name, action in drill.action.items():
        yield place(("action", name, "changes"), action.changes)
        for number, stage in enumerate(action.then):
            yield place(("action", name, "then", number, "changes"), stage.changes)


def _references(drill: FloorDrill) -> Iterator[Finding]:
    """A reference policy that the drill itself does not allow."""
    moves = [Deed(move.at, move.action) for move in drill.reference]
    for at, what in faults(drill, moves):
        yield Finding(("reference", moves.index(at)), what)


# --- what may be done ----------------------------------------------------------------------------------------------

def why_not(drill: FloorDrill, done: Sequence[Deed], name: str, at: float) -> str | None:
    """Why an action cannot be decided at that time, after what was done before; None where it can."""
    action = drill.action.get(name)
    if action is None:
        return f"there is no action {quoted(name)}; {did_you_mean(name, drill.action)}"
    if not drill.start <= at < drill.end:
        return f"play lasts from {write_moment(round(drill.start))} to {write_moment(round(drill.end))}"
    if action.earliest is not None and at < action.earliest:
        return f"not before {write_moment(round(action.earliest))}"
    if action.latest is not None and at > action.latest:
        return f"not after {write_moment(round(action.latest))}"
    if sum(deed.action == name for deed in done) >= action.times:
        return "it was done" if action.times == 1 else f"it was done {action.times} times, which is all there is"
    for need in action.needs:
        held = [holds_from(drill.action[need], deed.at) for deed in done if deed.action == need]
        if not held:
            return f"first: {drill.action[need].title}"
        if min(held) > at:
            return f"not before {write_moment(math.ceil(min(held)))}: {drill.action[need].title}"
    left = math.inf if drill.budget is None else drill.budget - spent(drill, done)
    if action.cost > left + 1e-9:
        return f"it costs {action.cost:g}, and {left:g} is left of the budget"
    return None


def faults(drill: FloorDrill, deeds: Iterable[Deed]) -> Iterator[tuple[Deed, str]]:
    """The deeds that the drill does not allow, each with why: judged by those before it that it does allow."""
    done: list[Deed] = []
    for deed in in_order(deeds):
        reason = why_not(drill, done, deed.action, deed.at)
        if reason is None:
            done.append(deed)
        else:
            yield deed, reason


def allowed(drill: FloorDrill, deeds: Iterable[Deed]) -> Deeds:
    """The deeds without those that the drill does not allow."""
    done: list[Deed] = []
    for deed in in_order(deeds):
        if why_not(drill, done, deed.action, deed.at) is None:
            done.append(deed)
    return tuple(done)


def spent(drill: FloorDrill, deeds: Iterable[Deed]) -> float:
    """Money that the actions cost."""
    return math.fsum(drill.action[deed.action].cost for deed in deeds)
