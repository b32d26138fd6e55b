"""Scenario files: what is read, where from, and what is said of a file that is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import catalogue
from core.distributions import Constant, Lognormal, Never
from core.errors import Problem, ScenarioError
from core.scenario_file import examine, load_scenario, read_scenario

LEAST = """\
[demand]
rate = "12/h"
[topic.any]
[team.all]
agents = 3
"""


def problem(text: str) -> Problem:
    """The one problem of a text."""
    (only,) = examine(text).problems
    return only


def with_line(line: str) -> str:
    """The least scenario with a line in front of it."""
    return f"{line}\n{LEAST}"


def test_quantities_laws_and_defaults_are_read() -> None:
    scenario = read_scenario("""
length = "2w"
[demand]
rate = "90/h"
level = "120%"
[topic.billing]
handle_time = { law = "lognormal", mean = "4m", cv = 1.1 }
after_work = "30s"
[channel.phone]
patience = "never"
[team.all]
shifts = { early = 4 }
[shift.early]
start = "08:00"
end = "16:30"
""")
    assert (scenario.length, scenario.demand.rate, scenario.demand.level) == (1_209_600.0, 0.025, 1.2)
    topic = scenario.topic["billing"]
    assert (topic.handle_time, topic.after_work) == (Lognormal(mean=240.0, cv=1.1), Constant(mean=30.0))
    assert scenario.channel["phone"].patience == Never()
    assert (scenario.shift["early"].end, scenario.team["all"].shifts) == (59_400.0, {"early": 4})
    assert list(scenario.segment) == ["everyone"]


@pytest.mark.parametrize("name", catalogue.names())
def test_built_in_scenarios_are_fine_and_say_where_their_numbers_come_from(name: str) -> None:
    reading = examine((catalogue.folder() / f"{name}.toml").read_text(encoding="utf-8"), name)
    assert (reading.problems, reading.notes) == ((), ())
    assert reading.scenario == load_scenario(name)
    assert reading.scenario.title
    assert reading.scenario.story
    assert reading.scenario.source


def test_a_file_is_found_by_its_path_and_a_built_in_one_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(LEAST, encoding="utf-8-sig")
    assert load_scenario(str(file)) == load_scenario(file) == read_scenario(LEAST)
    assert catalogue.find("small-team") == catalogue.folder() / "small-team.toml"


@pytest.mark.parametrize(("name", "said"), [
    ("smal-team", 'smal-team: scenario: there is no built-in scenario .* did you mean "small-team"'),
    ("no/such.toml", "no/such.toml: file: cannot be read: No such file"),
    ("nosuch.toml", "nosuch.toml: file: cannot be read: No such file"),
    (".", ".: file: cannot be read"),
])
def test_what_cannot_be_found_is_said_with_the_nearest_name(name: str, said: str) -> None:
    with pytest.raises(ScenarioError, match=said):
        load_scenario(name)


def test_a_file_that_is_no_text_says_the_line(tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_bytes(b'title = "a"\nstory = "\xff"\n')
    with pytest.raises(ScenarioError, match=r"bad.toml:2: file: is no UTF-8 text"):
        load_scenario(tmp_path / "bad.toml")


@pytest.mark.parametrize(("text", "line", "what"), [
    ("[demand\n", 1, "no TOML: expected ']'"), ("a = 1\na = 2\n", 2, "no TOML: cannot overwrite"),
    ('a = 1\nb = "x\n', 2, "no TOML: illegal character"), ("a = [1,\n\n", 2, "no TOML: invalid value"),
    ("", None, ""),
])
def test_syntax_errors_have_their_line(text: str, line: int | None, what: str) -> None:
    problems = examine(text).problems
    if not text:
        assert [problem.key for problem in problems] == ["demand", "topic", "team"]
        assert {problem.line for problem in problems} == {None}
    else:
        assert [(problems[0].key, problems[0].line, len(problems))] == [("syntax", line, 1)]
        assert problems[0].what.startswith(what)


def test_a_problem_says_where_what_given_and_allowed() -> None:
    text = LEAST.replace('"12/h"', '"12 an hour"')
    with pytest.raises(ScenarioError) as caught:
        read_scenario(text, "mine.toml")
    assert str(caught.value) == (
        'mine.toml:2: demand.rate: a rate is wanted, such as "12/h", "3.5/m" or "100/30m", given "12 an hour"')


@pytest.mark.parametrize(("text", "key", "line", "what", "hint"), [
    (with_line("lenght = '2d'"), "lenght", 1, "unknown key", 'did you mean "length"?'),
    (with_line("zzz = 1"), "zzz", 1, "unknown key", "allowed: title, story, source, length, warm_up"),
    (LEAST + "agnts = 3", "team.all.agnts", 6, "unknown key", 'did you mean "agents"?'),
    (LEAST + 'skill."a b" = 1', "team.all.skill", 6, "unknown key", "allowed: agents"),
    (LEAST + "concurrency = 40", "team.all.concurrency", 6, "must be a whole number, between 1 and 20", None),
    (LEAST + "selection = 'ballanced'", "team.all.selection", 6, 'must be one of "balanced", "round_robin"',
     'did you mean "balanced"?'),
    (LEAST + "shrinkage.away = '95%'", "team.all.shrinkage.away", 6,
     'must be a share such as "35%", between 0% and 90%', None),
    (LEAST + "[topic.b]\nhandle_time.law = 'exponential'", "topic.b.handle_time.mean", 7, "is required",
     'a duration such as "90s", at least 0.001s'),
    (LEAST + "[topic.b]\nhandle_time = { law = 'expo', mean = '4m' }", "topic.b.handle_time.law", 7, "unknown law",
     "allowed: constant, exponential"),
    (LEAST + "[topic.b]\nhandle_time = { mean = '4m' }", "topic.b.handle_time.law", 7, "is required",
     'one of "constant", "exponential"'),
    (LEAST + "[topic.b]\nhandle_time = { law = 'exponential', mean = '4m', cv = 2 }", "topic.b.handle_time.cv", 7,
     "unknown key", "allowed: law, mean"),
    (LEAST + "[topic.b]\nhandle_time = '4 moons'", "topic.b.handle_time", 7,
     "a duration with its unit is wanted", None),
    (LEAST + "[topic.b]\nhandle_time = [1]", "topic.b.handle_time", 7, 'must be a duration such as "4m"', None),
    (LEAST + "[topic.Bad]", "topic.Bad", 6, "a name has lower-case letters", None),
    (LEAST + "[satisfaction]\nspread = [\n-2,\n-1]", "satisfaction.spread", 7, "must be a list of 3", None),
    (LEAST + "[satisfaction]\nrespond = [0.1,\n0.2, 0.3,\n'x', 0.1]", "satisfaction.respond.3", 9,
     "a share is wanted", None),
    ("shift = 3\n" + LEAST, "shift", 1, "must be tables with names, such as [shift.name]", None),
    (LEAST + "[[route]]\npriority = 1", "route.0.team", 6, "is required", "the name of a team"),
    (LEAST + "[profile.p]\nall = [1, 2]\n[topic.b]\nprofile = 'p'", "profile.p", 6, "24 numbers make a day", None),
    (LEAST + "shifts = { }\nschedule = 'x'\n[profile.x]\nall=" + str([1] * 24), "team.all", 4,
     "exactly one of `agents`, `shifts` and `schedule`", None),
])
def test_each_kind_of_problem(text: str, key: str, line: int, what: str, hint: str | None) -> None:
    found = problem(text)
    assert (found.key, found.line) == (key, line)
    assert found.what.startswith(what)
    assert (found.hint or "").startswith(hint or "")
    assert (found.hint is None) == (hint is None)


def test_every_problem_of_a_file_is_told_at_once_in_the_order_of_the_file() -> None:
    text = """\
length = "3d"
warm_up = "4d"
[demand]
rate = "12/fortnight"
profile = "ofice"
[profile.office]
all = [1]
[topic.billing]
share = "60%"
[topic.tech]
share = "30%"
bott = "0%"
[incident.outage]
start = "Fri 10:00"
length = "1h"
[[route]]
topics = ["teck"]
team = "front"
[[route]]
topics = ["tech"]
team = "engineers"
prority = 2
[shift.early]
start = "08:00"
end = "16:00"
[team.front]
shifts = { ealry = 3 }
[team.engineers]
agents = 0
[team.spare]
agents = 2
concurrency = 99
"""
    assert [(problem.line, problem.key, problem.hint) for problem in examine(text).problems] == [
        (2, "warm_up", None),
        (4, "demand.rate", None),
        (5, "demand.profile", 'did you mean "office"?'),
        (6, "profile.office", None),
        (8, "topic", "percentages sum to 100%; weights on another scale are whole numbers such as 3 and 1"),
        (12, "topic.tech.bott", 'did you mean "bot"?'),
        (14, "incident.outage.start", "or give the run a greater `length`"),
        (17, "route.0.topics.0", 'did you mean "tech"?'),
        (22, "route.1.prority", 'did you mean "priority"?'),
        (27, "team.front.shifts.ealry", 'did you mean "early"?'),
        (30, "team.spare", None),
        (32, "team.spare.concurrency", None),
    ]


def test_what_a_file_holds_is_never_an_escape_sequence_in_a_message() -> None:
    text = examine(with_line('"k\\u001b[31mx" = "\\u001b[2J"\ncurrency = "\\u001b]0;title\\u0007"')).problems
    assert [problem.key for problem in text] == ['"k\\u001b[31mx"', "currency"]
    assert all(character.isprintable() for problem in text for character in problem.text("f"))


def test_deep_nesting_is_a_problem_and_no_crash() -> None:
    assert problem("a = " + "[" * 5000 + "]" * 5000).key == "syntax"
