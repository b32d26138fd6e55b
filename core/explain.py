"""What anything here is called and means: metrics, keys of the scenario, the field's words, columns of the records.

`explain` finds all that a text can mean and gives an `Entry` for each; the command, help panels and programs show them.
Everything is read from `core.metrics`, `core.scenario_keys`, `core.glossary` and `core.records`, so it grows with them.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from enum import IntEnum
from functools import cache
from typing import Any

from pydantic_core import PydanticUndefined

from core import glossary, records
from core.attribute_docs import attribute_docs
from core.errors import UnknownNameError
from core.glossary import Word, folded
from core.interventions import Key, keys
from core.metrics import METRICS, Metric
from core.moves import moved_by, movers_of
from core.records import Records
from core.scenario import Scenario
from core.scenario_keys import ANY, Slot, pattern_of, slot_at, tables
from core.scenario_keys import fields as fields_of
from core.scenario_text import inline
from core.sources import source_of_key
from core.toml_lines import quoted

Kind = str
"""word, metric, key, table, column; for a code of the records what it is a code of: outcome, origin ..."""
CODES: dict[Kind, type[IntEnum]] = {name.lower(): kind for name, kind in vars(records).items()
                                    if isinstance(kind, type) and issubclass(kind, IntEnum) and kind is not IntEnum}
"""The enumerations that columns of the records hold."""
UNITS = {"s": "seconds (s); people are shown minutes and hours", "1": "a fraction (1); people are shown %",
         "money": "money, in the scenario's currency"}
"""The units of `core.metrics` in words; others are things that are counted."""
ESTIMATORS = {"ratio": "a ratio of two sums over all rows of a run, not a mean of ratios",
              "quantile": "a quantile of all times of a run", "count": "a sum over a run"}
_SHOWN = 20
"""Values of a scenario that stand beside a key or a table."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing, explained."""

    kind: Kind
    name: str
    text: str
    """What it is, in sentences."""
    facts: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)
    """What else is known, by a label such as formula, unit or default; lists of names as tuples."""


def explain(text: str, scenario: Scenario | None = None) -> list[Entry]:
    """All that a name can mean, words first.

    Args:
        text: a metric, a key ("team.frontline.extra", "team.*.extra", "extra"), a table, a word or a column; case,
            and which of space, hyphen and underscore joins it, make no difference for words and metrics.
        scenario: whose values to show beside keys; a key with a name in it must then be in the scenario.

    Raises:
        UnknownNameError: where it can mean nothing, with the nearest names.
    """
    found = [*_words(text), *_metrics(text), *_keys(text, scenario), *_columns(text), *_codes(text)]
    if not found:
        raise UnknownNameError(_unknown(text, scenario))
    return found


def names(scenario: Scenario | None = None) -> dict[Kind, list[str]]:
    """Everything that can be explained, by kind; keys as patterns, or as the scenario's own."""
    return {"word": list(glossary.WORDS), "metric": list(METRICS),
            "key": [key.name for key in keys(scenario)] if scenario else list(key_patterns()),
            "table": [name for path, _ in tables() if (name := pattern_of(path))],
            "column": [column.name for column in fields(Records)],
            **{kind: [code.name.lower() for code in codes] for kind, codes in CODES.items()}}


@cache
def key_patterns() -> dict[str, Slot]:
    """Every key of every table with its slot, as a pattern; the parameters of laws left out."""
    return {".".join(filter(None, (pattern_of(path), name))): slot
            for path, kind in tables() for name, slot in fields_of(kind) if not slot.is_table}


def default_of(slot: Slot) -> str:
    """The default of a key as it is written in a file; "required" and "none" where there is none."""
    if slot.default is PydanticUndefined:
        return "required"
    return "none" if slot.default in (None, "", (), {}) else inline(slot.default, slot)


def _words(text: str) -> Iterator[Entry]:
    word = glossary.find(text)
    if word is not None:
        yield Entry("word", word.name, word.meaning, _said(
            also=word.also, measured_by=word.metrics, set_by=word.keys, source=word.source))


def _metrics(text: str) -> Iterator[Entry]:
    for metric in METRICS.values():
        if folded(text) in (folded(metric.name), folded(metric.title)):
            yield Entry("metric", metric.name, f"{metric.title[:1].upper()}{metric.title[1:]}.", _said(
                formula=metric.formula, unit=UNITS.get(metric.unit, metric.unit),
                estimated_as=ESTIMATORS[metric.kind], better=metric.better or "neither", moved_by=metric.moves,
                keys=tuple(movers_of(metric.name)), source=metric.source, see=tuple(_words_of_metric(metric))))


def _keys(text: str, scenario: Scenario | None) -> Iterator[Entry]:
    path = tuple(text.split("."))
    open_path = tuple(ANY if part in (ANY, "NAME") else part for part in path)
    mine = [] if scenario is None else keys(scenario)
    if _slot(open_path, scenario) is not None and (scenario is None or _is_there(open_path, scenario)):
        yield _entry(open_path, mine, scenario)
        return
    closed = {pattern: tuple(part for part in pattern.split(".") if part != ANY)
              for pattern in (*names()["table"], *key_patterns())}
    same = [pattern for pattern, parts in closed.items() if parts == path]
    for pattern in same or [pattern for pattern, parts in closed.items() if parts[-len(path):] == path]:
        yield _entry(tuple(pattern.split(".")), mine, scenario)


def _slot(path: tuple[str, ...], scenario: Scenario | None) -> Slot | None:
    """The slot at a path; of a law's parameter without a scenario, that of the first law that has it."""
    slot = slot_at(path, scenario)
    if slot is None and len(path) > 1:
        laws = getattr(slot_at(path[:-1], scenario), "laws", {})
        slot = next((found for law in laws.values() if (found := dict(fields_of(law)).get(path[-1]))), None)
    return slot


def _is_there(path: tuple[str, ...], scenario: Scenario) -> bool:
    """Whether the scenario has the names of a path that the model knows."""
    inside: Any = scenario
    for part in path:
        if part == ANY:
            return True
        if isinstance(inside, Mapping):
            # A table of values may get a further name; a part cannot.
            if part not in inside:
                return bool(inside) and isinstance(next(iter(inside.values())), int | float)
            inside = inside[part]
        elif isinstance(inside, tuple):
            if not (part.isdecimal() and int(part) < len(inside)):
                return False
            inside = inside[int(part)]
        else:
            inside = getattr(inside, part, None)
    return True


def _entry(path: tuple[str, ...], mine: list[Key], scenario: Scenario | None) -> Entry:
    """The entry of a key or a table: what may stand there, and what stands there in the scenario."""
    slot, pattern = _slot(path, scenario), pattern_of(path, scenario)
    assert slot is not None
    concrete = ANY not in path
    name = ".".join(path) if concrete else pattern
    words = tuple(_words_of_key(pattern))
    if slot.is_table:
        kind = next(kind for at, kind in tables() if f"{pattern_of(at)}.".startswith(f"{pattern}."))
        there = tuple(_names_in(pattern, scenario)) if concrete and len(path) == 1 else ()
        here = [key for key in mine if concrete and key.name.startswith(f"{name}.")]
        return Entry("table", name, " ".join((kind.__doc__ or "").split()), _said(
            keys=tuple(inner for inner, _ in fields_of(kind)), here=there or _values(here), moves=moved_by(pattern),
            source=source_of_key(pattern), see=words))
    here = [key for key in mine if key.name == name] if concrete else [
        key for key in mine if pattern_of(tuple(key.name.split(".")), scenario) == pattern]
    return Entry("key", name, slot.doc, _said(
        takes=slot.allowed, default=default_of(slot), here=_values(here), moves=moved_by(pattern),
        source=source_of_key(pattern), see=words))


def _values(shown: list[Key]) -> tuple[str, ...]:
    """The keys with their values, as many as can be read."""
    values = tuple(f"{key.name} = {key.value}" for key in shown[:_SHOWN])
    return (*values, f"and {len(shown) - _SHOWN} more") if len(shown) > _SHOWN else values


def _names_in(pattern: str, scenario: Scenario | None) -> Iterator[str]:
    """The names that a scenario has in a group of tables at the top of its file."""
    group = getattr(scenario, pattern.removesuffix(f".{ANY}"), None)
    if isinstance(group, Mapping):
        yield from group


def _columns(text: str) -> Iterator[Entry]:
    docs = attribute_docs(Records)
    for column in fields(Records):
        if column.name == text:
            yield Entry("column", column.name, docs[column.name], {"of": "the records, one row a conversation"})


def _codes(text: str) -> Iterator[Entry]:
    for kind, codes in CODES.items():
        for code in codes:
            if folded(code.name) == folded(text):
                yield Entry(kind, code.name.lower(), attribute_docs(codes)[code.name], {"number": str(int(code))})


def _words_of_metric(metric: Metric) -> Iterator[str]:
    return (word.name for word in glossary.WORDS.values() if metric.name in word.metrics)


def _words_of_key(pattern: str) -> Iterator[str]:
    """The words whose keys are this key, or the table that it is in."""
    return (word.name for word in glossary.WORDS.values() if _sets(word, pattern))


def _sets(word: Word, pattern: str) -> bool:
    return any(pattern in (key, f"{key}.{ANY}") or pattern.startswith(f"{key}.") for key in word.keys)


def _said(**facts: str | tuple[str, ...]) -> dict[str, str | tuple[str, ...]]:
    """The facts that say something."""
    return {label.replace("_", " "): value for label, value in facts.items() if value}


def _unknown(text: str, scenario: Scenario | None) -> str:
    known: dict[str, str] = {}
    for group in names(scenario).values():
        for name in group:
            known.setdefault(folded(name), name)
            known.setdefault(folded(name.split(".")[-1]), name)
    known.update({spelling: word.name for spelling, word in glossary.spellings() if spelling not in known})
    known.update({folded(metric.title): metric.name for metric in METRICS.values()})
    close = difflib.get_close_matches(folded(text), known, n=3, cutoff=0.6)
    nearest = list(dict.fromkeys(known[match] for match in close))
    listed = "`flightdesk explain` alone lists all names"
    hint = f"did you mean {' or '.join(map(quoted, nearest))}?" if nearest else listed
    return f"nothing is called {quoted(text)}; {hint}"
