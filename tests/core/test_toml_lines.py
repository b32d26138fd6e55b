"""Line numbers: every key of a text is where `lines_of` says, and nothing is said of keys that are not there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import tomli
from hypothesis import given

from core.scenario import Scenario
from core.scenario_text import dump_scenario
from core.toml_lines import Path, dotted, lines_of
from tests.strategies import scenarios

EVERYTHING = '''\
title = "a [bracket] # no comment"
a.b."c d".'e' = 1 # [nor] = this
story = """
line = "three"
[four] \\""" """
'literal # key' = \'\'\'
x = 1
\'\'\'
list = [ # comment ]
  1,

  "two, ]", [ 3, 4 ],
  { five = 5, six = [
    6 ] },
]

[table]
x = { y = { z = 1 }, w = "}" }
[other.inner]
[[rule]]
n = 1
[[rule]]
n = 2
[rule.sub]
m = 3
[[rule.deep]]
k = 1
[other]
late = 1
'''


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from paths(inner, (*path, key))


@pytest.mark.parametrize(("path", "line"), [
    (("title",), 1), (("a",), 2), (("a", "b", "c d", "e"), 2), (("story",), 3), (("literal # key",), 6),
    (("list",), 9), (("list", 0), 10), (("list", 1), 12), (("list", 2, 1), 12), (("list", 3), 13),
    (("list", 3, "six"), 13), (("list", 3, "six", 0), 14), (("table",), 17), (("table", "x", "y", "z"), 18),
    (("other", "inner"), 19), (("rule",), 20), (("rule", 0), 20), (("rule", 0, "n"), 21), (("rule", 1), 22),
    (("rule", 1, "n"), 23), (("rule", 1, "sub", "m"), 25), (("rule", 1, "deep", 0, "k"), 27), (("other",), 28),
    (("other", "late"), 29), (("no", "such"), None), (("rule", 2), None),
])
def test_each_kind_of_key_stands_where_it_is_said_to(path: Path, line: int | None) -> None:
    assert lines_of(EVERYTHING).get(path) == line


def test_windows_line_ends_count_once() -> None:
    assert lines_of("a = 1\r\n\r\nb = [\r\n 1,\r\n 2]\r\n") == {
        ("a",): 1, ("b",): 3, ("b", 0): 4, ("b", 1): 5}


@given(scenarios())
def test_every_key_of_a_written_scenario_is_on_its_line(scenario: Scenario) -> None:
    text = dump_scenario(scenario)
    lines, rows = lines_of(text), text.split("\n")
    said = {path: lines[path] for path in paths(tomli.loads(text))}
    assert lines == said
    for path, line in said.items():
        name = next(part for part in reversed(path) if isinstance(part, str))
        if isinstance(path[-1], str):
            assert dotted((name,)) in rows[line - 1]
