"""Whatever a file says, it is examined to the end: problems with lines that exist, and never a crash."""

from __future__ import annotations

from typing import Any

import pytest
import tomlkit
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.errors import ScenarioError
from core.scenario_file import Reading, examine, read_scenario

BASE: dict[str, Any] = {
    "length": "2d", "demand": {"rate": "30/h", "profile": "hours"},
    "profile": {"hours": {"every": "12h", "all": [1, 2]}},
    "topic": {"billing": {"share": "60%", "handle_time": {"law": "lognormal", "mean": "4m", "cv": 1.1}},
              "tech": {"share": "40%", "channels": {"phone": 1}}},
    "segment": {"trial": {"share": 1}}, "channel": {"phone": {"patience": "3m"}},
    "incident": {"outage": {"start": "Mon 10:00", "length": "1h", "topics": ["tech"]}},
    "route": [{"topics": ["tech"], "segments": ["trial"], "team": "engineers"}],
    "shift": {"early": {"start": "08:00", "end": "16:00", "breaks": [{"start": "12:00", "length": "30m"}]}},
    "team": {"front": {"shifts": {"early": 3}, "shrinkage": {"away": "5%"}, "overflow": {"engineers": "1m"}},
             "engineers": {"agents": 2}},
    "satisfaction": {"spread": [-3, -2, -1]}, "bot": {"coverage": "10%", "turn_time": "30s"},
}
values = st.recursive(
    st.one_of(st.integers(-10**20, 10**20), st.floats(), st.booleans(), st.text(max_size=8), st.dates(), st.times(),
              st.sampled_from(["", "35%", "90s", "-1s", "Mon 09:00", "12/h", "never", "front", "nan%", [], {}])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=4)
names = st.one_of(st.text(max_size=6), st.sampled_from(["agents", "agnts", "law", "mean", "team", "shifts", "0"]))


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(inner for key, item in items for inner in paths(item, (*path, key)))]


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """The value with what stands at the path replaced, or taken out where `new` is None."""
    if not path:
        return new
    head, rest = path[0], path[1:]
    if isinstance(value, dict):
        kept = {key: changed(item, rest, new) if key == head else item for key, item in value.items()}
        return {key: item for key, item in kept.items() if item is not None}
    kept_list = [changed(item, rest, new) if at == head else item for at, item in enumerate(value)]
    return [item for item in kept_list if item is not None]


@st.composite
def files(draw: Any) -> str:
    """A scenario with a few places broken: values exchanged or taken out, keys put in."""
    data: Any = BASE
    for _ in range(draw(st.integers(1, 3))):
        places = [path for path in paths(data) if path]
        if not places:
            break
        place = draw(st.sampled_from(places))
        if draw(st.booleans()):
            data = changed(data, place, draw(st.one_of(st.none(), values)))
        else:
            table = data
            for part in place[:-1]:
                table = table[part]
            if isinstance(table, dict):
                data = changed(data, (*place[:-1],), {**table, draw(names): draw(values)}) if place[:-1] else {
                    **data, draw(names): draw(values)}
    return tomlkit.dumps(data)


def judge(text: str) -> Reading:
    """Examines the text and holds the reading against the text."""
    reading = examine(text, "drawn")
    assert (reading.scenario is None) == bool(reading.problems)
    rows = text.split("\n")
    for problem in (*reading.problems, *reading.notes):
        line = problem.text("drawn")
        assert line.isprintable()
        assert problem.line is None or 1 <= problem.line <= len(rows)
    assert len(set(reading.problems)) == len(reading.problems)
    return reading


@settings(max_examples=200)
@given(files())
def test_broken_scenarios_are_examined_to_the_end(text: str) -> None:
    if (reading := judge(text)).scenario is None:
        with pytest.raises(ScenarioError) as caught:
            read_scenario(text, "drawn")
        assert caught.value.problems == reading.problems


def test_names_that_a_terminal_would_act_on_are_escaped_wherever_they_stand() -> None:
    text = '[topic."\\u001f"]\n[topic.a]\nshare = "40%\\u001f"\n[team.a]\nagents = 1\n[[route]]\nteam = "\\u001bx"\n'
    text += 'topics = ["b"]\n[demand]\nrate = "1/h"\n'
    assert len(judge(text).problems) == 4


@settings(max_examples=200)
@given(st.text(st.sampled_from('[]{}="\'\n .,#\\ab1-:%\t\r\x00é"""\'\'\''), max_size=60))
@example("[[route]]\n[route]\n")
@example("a.b = 1\n[a]\n")
@example('x = """\n\\')
def test_no_text_at_all_is_a_crash(text: str) -> None:
    judge(text)
