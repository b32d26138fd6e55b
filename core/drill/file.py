"""Drill files: TOML text to a drill and its floor, with every problem of the file at once, as for scenario files.

`load_drill` takes a path or a built-in name; `examine_drill` reports instead of raising, for `flightdesk check`.
A file is a drill if it says which `kind`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from core import catalogue
from core.drill import shelf
from core.drill.drill import Drill, Settings, written_at
from core.drill.floor import FloorDrill
from core.drill.judgement import ReadingDrill, ReviewDrill, TriageDrill
from core.errors import InterventionError, Problem, ScenarioError, did_you_mean, nearest
from core.interventions import with_value
from core.scenario import Scenario
from core.scenario_file import dump_scenario, in_order, load_scenario, parse, read_text
from core.scenario_findings import MISSING, Finding, at, finding_of, path_of
from core.scenario_keys import names_at
from core.toml_lines import Path, lines_of, quoted
from core.units import WRITTEN

KINDS: dict[str, type[Drill]] = {"floor": FloorDrill, "triage": TriageDrill, "review": ReviewDrill,
                                "reading": ReadingDrill}
"""The kinds of drill, by the word in the file."""


@dataclass(frozen=True, slots=True)
class DrillFile:
    """A drill as its file has it, with its floor."""

    name: str
    """The built-in name, else the path."""
    drill: Drill
    scenario: Scenario
    """The floor, with what the drill sets."""

    @property
    def digest(self) -> str:
        """Tells exercises apart: the same for all files that say the same of drill and scenario, however written."""
        said = json.dumps(self.drill.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(f"{said}\n{dump_scenario(self.scenario)}".encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class DrillReading:
    """What came of a drill file: problems, or the drill and notes on what is worth a second look."""

    file: str
    drill: DrillFile | None
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


def load_drill(name_or_path: str | File) -> DrillFile:
    """The drill of a file, or a built-in one by its name.

    Raises:
        ScenarioError: with every problem of the file, or where there is no such file or name.
    """
    file = shelf.find(name_or_path)
    reading = examine_drill(read_text(file), file)
    if reading.drill is None:
        raise ScenarioError(reading.file, reading.problems)
    return reading.drill


def is_drill(text: str) -> bool:
    """Whether the text means to be a drill."""
    data = parse(text)
    return not isinstance(data, Problem) and "kind" in data


def examine_drill(text: str, file: File) -> DrillReading:
    """The drill of a text, or all that is wrong with it; never raises for what the text says.

    Args:
        text: TOML.
        file: where it stands: scenarios may be named by their place beside it.
    """
    data = parse(text)
    if isinstance(data, Problem):
        return DrillReading(str(file), None, (data,))
    root = KINDS.get(str(data.get("kind")))
    if root is None:
        given = data.get("kind")
        wrong = Finding(("kind",), MISSING if given is None else "there is no such kind of drill",
                        None if given is None else quoted(given),
                        did_you_mean(str(given), KINDS) if given is not None else "one of " + ", ".join(KINDS))
        return DrillReading(str(file), None, in_order([wrong], lines_of(text)))
    drill, errors = _validate(data, root)
    wrongs = [finding_of(error, data, root) for error in errors]
    doubtful = set[Path]()
    if drill is None:
        drill, doubtful = _mended(data, errors, root)
    scenario, more = _floor(data, file)
    wrongs += more
    if drill is not None and scenario is not None:
        wrongs += [finding for finding in drill.findings(scenario, data)
                   if not any(finding.path[:len(gone)] == gone for gone in doubtful)]
    lines = lines_of(text) if wrongs else {}
    problems = in_order((finding for finding in wrongs if not finding.note), lines)
    if problems or drill is None or scenario is None:
        return DrillReading(str(file), None, problems)
    name = file.stem if file.parent == shelf.folder() else str(file)
    return DrillReading(str(file), DrillFile(name, drill, scenario), notes=in_order(wrongs, lines))


def _validate(data: dict[str, Any], root: type[Drill]) -> tuple[Drill | None, list[ErrorDetails]]:
    try:
        return root.model_validate(data, context=WRITTEN), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _floor(data: Mapping[str, Any], file: File) -> tuple[Scenario | None, list[Finding]]:
    """The floor that the drill is on, as far as it can be read, and what is wrong with it."""
    name = data.get("scenario")
    if not isinstance(name, str) or not name:
        return None, []
    beside = file.parent / name
    try:
        scenario = load_scenario(name if name in catalogue.names() else beside)
    except ScenarioError as error:
        if name not in catalogue.names() and not beside.is_file():
            return None, [Finding(("scenario",), "there is no built-in scenario of this name and no such file here",
                                  quoted(name), did_you_mean(name, catalogue.names()))]
        count = len(error.problems)
        what = f"has {count} problem{'s' * (count > 1)}, the first: {error.problems[0].text(error.file)}"
        return None, [Finding(("scenario",), what, quoted(name), f"see flightdesk check {name}")]
    wrong = []
    for key, value in _settings(data):
        try:
            scenario = with_value(scenario, key, value)
        except InterventionError as problem:
            wrong.append(Finding(("set", *written_at(data["set"], key)), str(problem)))
    return scenario, wrong


def _settings(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    try:
        return list(_SETTINGS.validate_python(data.get("set", {})).items())
    except ValidationError:
        return []  # said of the file as a whole


_SETTINGS: TypeAdapter[dict[str, str]] = TypeAdapter(Settings)


def _mended(data: dict[str, Any], errors: list[ErrorDetails],
            root: type[Drill]) -> tuple[Drill | None, set[Path]]:
    """The drill with stand-ins for what could not be read, so that one problem does not hide the others; and where."""
    data, doubtful = deepcopy(data), set[Path]()
    for error in errors:
        path = path_of(error["loc"], data)
        table, name = at(data, path[:-1]), str(path[-1])
        if error["type"] == "extra_forbidden" and isinstance(table, dict) and name in table:
            value, near = table.pop(name), nearest(name, names_at(path[:-1], data, root))
            doubtful.add(path)
            if near is not None and near not in table:
                table[near] = value
    _, errors = _validate(data, root)
    for error in errors:
        path = path_of(error["loc"], data)
        head, inside = str(path[0]), at(data, path[:1])
        stand_in = root.STAND_INS.get(head, {})
        if len(path) > 1 and isinstance(inside, list) and isinstance(path[1], int):
            inside[path[1]] = stand_in
            doubtful.add(path[:2])
        elif len(path) > 1 and isinstance(inside, dict) and at(data, path[:2]) is not None and head in root.STAND_INS:
            inside[str(path[1])] = stand_in
            doubtful.add(path[:2])
        else:
            data[head] = [stand_in] if isinstance(inside, list) else stand_in
            doubtful.add(path[:1])
    drill, _ = _validate(data, root)
    return drill, doubtful
