"""Scenario files: TOML text to Scenario and back, with every problem of a file at once.

Callers: the command line, the live floor, the calibration, tests. `load_scenario` takes a path or a built-in name;
`read_scenario` a text; `examine` reports instead of raising. Problems carry file, line, key, what was given, what is
allowed and the nearest name. `dump_scenario` (core.scenario_text) writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any

import tomli
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from core import catalogue
from core.errors import Problem, ScenarioError, nearest
from core.interventions import of_interventions
from core.scenario import Scenario
from core.scenario_checks import of_file, of_scenario
from core.scenario_findings import MISSING, NAMED, Finding, at, finding_of, path_of
from core.scenario_keys import names_at
from core.scenario_text import dump_scenario
from core.toml_lines import Path, dotted, lines_of, printable
from core.units import WRITTEN

__all__ = ["Reading", "dump_scenario", "examine", "in_order", "load_scenario", "parse", "read_scenario", "read_text",
           "reread_scenario"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of a scenario file: problems, or the scenario and notes on what is worth a second look."""

    file: str
    scenario: Scenario | None
    problems: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()


def load_scenario(name_or_path: str | File) -> Scenario:
    """The scenario of a file, or a built-in one by its name.

    Raises:
        ScenarioError: with every problem of the file, or where there is no such file or name.
    """
    file = catalogue.find(name_or_path)
    return read_scenario(read_text(file), str(file))


def read_scenario(text: str, file: str = "scenario") -> Scenario:
    """The scenario of a TOML text; `file` stands in the messages.

    Raises:
        ScenarioError: with every problem of the text.
    """
    reading = examine(text, file)
    if reading.scenario is None:
        raise ScenarioError(file, reading.problems)
    return reading.scenario


def reread_scenario(text: str, file: str = "scenario") -> Scenario:
    """The scenario of a text that `dump_scenario` wrote: whatever was run is read back.

    A scenario that changes have led to may be one that no file should describe, such as one that ends before an
    incident begins; it was run all the same.

    Raises:
        ScenarioError: where the text is not what was written, or this version has other keys.
    """
    try:
        scenario, _ = _validate(tomli.loads(text))
    except tomli.TOMLDecodeError:
        scenario = None
    return read_scenario(text, file) if scenario is None else scenario


def read_text(file: File) -> str:
    """The text of a file.

    Raises:
        ScenarioError: where it cannot be read, or is no UTF-8 text.
    """
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ScenarioError(str(file), [Problem("file", f"cannot be read: {error.strerror or error}")]) from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ScenarioError(str(file), [Problem("file", "is no UTF-8 text", line)]) from error


def examine(text: str, file: str = "scenario") -> Reading:
    """The scenario of a text, or all that is wrong with it; never raises for what the text says."""
    data = parse(text)
    if isinstance(data, Problem):
        return Reading(file, None, (data,))
    scenario, errors = _validate(data)
    wrong = [finding_of(error, data) for error in errors]
    if scenario is None:
        scenario, doubtful, later = _mended(data, errors)
        wrong += later
    else:
        doubtful = set()
    wrong += of_file(data)
    if scenario is not None and _complete(scenario):
        wrong += of_scenario(scenario, doubtful)
        wrong += of_interventions(scenario, doubtful)
    lines = lines_of(text) if wrong else {}
    problems = in_order((f for f in wrong if not f.note), lines)
    if problems:
        return Reading(file, None, problems)
    return Reading(file, scenario, notes=in_order(wrong, lines))


def parse(text: str) -> dict[str, Any] | Problem:
    """The tables of a TOML text, or why it is none."""
    try:
        return tomli.loads(text)
    except tomli.TOMLDecodeError as error:
        line = min(error.lineno, text.count("\n") + (not text.endswith("\n")) or 1)
        return Problem("syntax", f"no TOML: {error.msg[:1].lower()}{error.msg[1:]}", line)
    except RecursionError:
        return Problem("syntax", "no scenario: nested too deeply")


def _validate(data: dict[str, Any]) -> tuple[Scenario | None, list[ErrorDetails]]:
    try:
        return Scenario.model_validate(data, context=WRITTEN), []
    except ValidationError as error:
        return None, error.errors(include_url=False)


def _complete(scenario: Scenario) -> bool:
    """Whether the tables that the checks walk through have something in them (said elsewhere if not)."""
    return bool(scenario.topic and scenario.segment and scenario.channel and scenario.team)


def in_order(findings: Iterable[Finding], lines: Mapping[Path, int]) -> tuple[Problem, ...]:
    """The findings as problems, each once, in the order of the file; those without a line at the end."""
    problems = dict.fromkeys(
        Problem(dotted(finding.path), printable(finding.what), _line(finding, lines),
                finding.given and printable(finding.given), finding.hint and printable(finding.hint))
        for finding in findings)
    return tuple(sorted(problems, key=lambda problem: (problem.line is None, problem.line or 0)))


def _line(finding: Finding, lines: Mapping[Path, int]) -> int | None:
    """The line of a key; of one that is missing, the line of its table; None where the file has neither."""
    line = lines.get(finding.path)
    return lines.get(finding.path[:-1]) if line is None and finding.what == MISSING else line


# --- beside other problems -----------------------------------------------------------------------------------------

_STAND_INS: dict[str, dict[str, Any]] = {
    "demand": {"rate": "1/h"},
    "profile": {"all": [1] * 24},
    "incident": {"start": "0s", "length": "1h"},
    "intervention": {"at": "0s", "key": "length", "value": "1w"},
    "shift": {"start": "09:00", "end": "17:00"},
    "team": {"agents": 1},
}
"""What takes the place of a table that cannot be read, while the rest is checked."""


def _mended(data: dict[str, Any], errors: list[ErrorDetails]) -> tuple[Scenario | None, set[Path], list[Finding]]:
    """The scenario with stand-ins for what could not be read, so that one problem does not hide the others.

    An unknown key is taken for the nearest one; other values that are wrong are left to their defaults; tables
    that cannot be read even then are replaced. Also where that was done, and what became visible on the way: checks
    of a whole table run only once its values are fine.
    """
    data, dropped, findings = deepcopy(data), set[Path](), list[Finding]()
    for error in errors:
        path = path_of(error["loc"], data)
        table = at(data, path[:-1])
        if error["type"] == "missing" or not isinstance(table, dict) or path[-1] not in table:
            dropped.add(path[:2])
            continue
        value = table.pop(path[-1])
        near = nearest(str(path[-1]), names_at(path[:-1], data)) if error["type"] == "extra_forbidden" else None
        if near is not None and near not in table:
            table[near] = value
        else:
            dropped.add(path)
    for _ in range(3):
        scenario, errors = _validate(data)
        if scenario is not None:
            return scenario, dropped, findings
        for error in errors:
            path = path_of(error["loc"], data)
            if not any(gone[:len(path)] == path for gone in dropped):
                findings.append(finding_of(error, data))
            dropped.add(path)
            table, name = path[0], path[1:2]
            stand_in = _STAND_INS.get(str(table), {})
            if table == "route":
                data["route"] = []
                dropped.add(("route",))
            elif table == "intervention" and name and isinstance(data.get("intervention"), list):
                data["intervention"][int(name[0])] = stand_in
            elif (str(table),) in NAMED:
                if not name or not isinstance(data.get(str(table)), dict):
                    return None, dropped, findings  # not even names to go on
                data[str(table)][name[0]] = stand_in
            else:
                data[str(table)] = [] if table == "intervention" else stand_in
    return None, dropped, findings
