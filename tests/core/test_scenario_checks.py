"""What the model alone cannot see: each check on a file that fails it, and on its neighbour that does not."""

from __future__ import annotations

import pytest
from hypothesis import given

from core.scenario import Scenario
from core.scenario_checks import of_scenario
from core.scenario_file import examine
from tests.strategies import scenarios

BASE = """\
length = "1w"
[demand]
rate = "30/h"
profile = "hours"
[profile.hours]
all = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
[topic.billing]
share = "60%"
[topic.tech]
share = "40%"
[channel.chat]
kind = "chat"
[shift.early]
start = "08:00"
end = "16:00"
[[route]]
topics = ["tech"]
team = "engineers"
[team.front]
shifts = { early = 3 }
[team.engineers]
agents = 2
"""


def findings(text: str) -> list[tuple[str, int | None, str]]:
    return [(problem.key, problem.line, problem.what) for problem in examine(text).problems]


def notes(text: str) -> list[tuple[str, int | None, str]]:
    return [(note.key, note.line, note.what) for note in examine(text).notes]


def test_the_base_of_these_tests_is_fine() -> None:
    reading = examine(BASE)
    assert (reading.problems, reading.notes) == ((), ())


@pytest.mark.parametrize(("old", "new", "key", "line", "what"), [
    ('profile = "hours"', 'profile = "hour"', "demand.profile", 4, "there is no profile of this name"),
    ('share = "60%"', 'share = "60%"\nprofile = "own"', "topic.billing.profile", 9, "there is no profile"),
    ('share = "60%"', 'share = "60%"\nchannels = { chatt = 1 }', "topic.billing.channels.chatt", 9,
     "there is no channel"),
    ('topics = ["tech"]', 'topics = ["tech",\n"teck"]', "route.0.topics.1", 18, "there is no topic"),
    ('topics = ["tech"]', 'topics = ["tech"]\nsegments = ["vip"]', "route.0.segments.0", 18, "there is no segment"),
    ('topics = ["tech"]', 'topics = ["tech"]\nchannels = ["phone"]', "route.0.channels.0", 18, "there is no channel"),
    ('team = "engineers"', 'team = "engineer"', "route.0.team", 18, "there is no team"),
    ("{ early = 3 }", "{ early = 3, late = 1 }", "team.front.shifts.late", 20, "there is no shift"),
    ("agents = 2", 'schedule = "plan"', "team.engineers.schedule", 22, "there is no profile"),
    ("agents = 2", "agents = 2\noverflow = { front = '1m', back = '2m' }", "team.engineers.overflow.back", 23,
     "there is no team"),
    ("agents = 2", "agents = 2\noverflow = { engineers = '1m' }", "team.engineers.overflow.engineers", 23,
     "a team cannot overflow to itself"),
    ("[channel.chat]", "[incident.o]\nstart = 'Mon 09:00'\nlength = '1h'\ntopics = ['x']\n[channel.chat]",
     "incident.o.topics.0", 14, "there is no topic"),
])
def test_a_name_that_leads_nowhere(old: str, new: str, key: str, line: int, what: str) -> None:
    ((given_key, given_line, given_what),) = findings(BASE.replace(old, new))
    assert (given_key, given_line) == (key, line)
    assert given_what.startswith(what)


@pytest.mark.parametrize(("first", "second", "fine"), [
    ('"60%"', '"40%"', True), ('"60%"', '"30%"', False), ('"60%"', '"60%"', False), ('"33.3%"', '"66.6%"', True),
    ("0.6", "0.4", True), ("0.6", "0.3", False), ("0.5", "1", False), ("3", "1", True), ("1", "1", True),
    ("2.5", "0.5", True), ('"120%"', '"30%"', False), ("1", "0", True), ("0", "0", False), ('"100%"', '"0%"', True),
])
def test_percentages_sum_to_a_hundred_and_weights_to_anything(first: str, second: str, fine: bool) -> None:
    text = BASE.replace('"60%"', first).replace('"40%"', second)
    assert [(key, line) for key, line, _ in findings(text)] == ([] if fine else [("topic", 7)])


def test_the_channels_of_a_topic_sum_too() -> None:
    text = BASE.replace('"60%"', '"60%"\nchannels = { chat = "50%", mail = "40%" }') + "[channel.mail]\n"
    assert findings(text) == [("topic.billing.channels", 9, "the shares of its channels sum to 0.9, not 1")]


@pytest.mark.parametrize("table", ["topic", "segment", "channel", "team"])
def test_a_table_that_is_empty(table: str) -> None:
    gone = (f"[{table}", "share", "kind", "shifts", "agents")
    text = f"{table} = {{}}\n" + "\n".join(line for line in BASE.splitlines() if not line.startswith(gone))
    assert [key for key, _, what in findings(text) if what == f"at least one {table} is needed"] == [table]


@pytest.mark.parametrize(("old", "new", "key", "line"), [
    ('rate = "30/h"', 'rate = "0/h"', "demand.rate", 3),
    ('rate = "30/h"', 'rate = "30/h"\nlevel = 0', "demand.level", 4),
    ("all = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]", "", "demand.profile", 4),
])
def test_no_demand(old: str, new: str, key: str, line: int) -> None:
    ((given_key, given_line, what),) = findings(BASE.replace(old, new))
    assert (given_key, given_line) == (key, line)
    assert what.startswith("there is no demand")


@pytest.mark.parametrize(("line", "problem"), [
    ('warm_up = "1w"', ("warm_up", 1, 'must be shorter than the run, "7d"')),
    ('warm_up = "6d"', None),
    ('office_hours = { start = "17:00", end = "09:00" }', ("office_hours", 1, "they must end after they start")),
    ('office_hours = { start = "09:00", end = "17:00" }', None),
    ('incident.late = { start = "week 2 Mon 00:00", length = "1h" }',
     ("incident.late.start", 1, 'must be before the end of the run, "week 2 Mon 00:00"')),
    ('incident.late = { start = "Sun 23:00", length = "2h" }', None),
    ("bot = { coverage = 1, exit_after = 0 }",
     ("bot.exit_after", 1, "customers whom the bot cannot help would never get out of it")),
    ('bot = { coverage = 1, exit_after = 0, gives_up = "10%" }', None),
    ("bot = { coverage = 1, exit_after = 1 }", None),
])
def test_times_and_loops(line: str, problem: tuple[str, int, str] | None) -> None:
    assert findings(f"{line}\n{BASE}") == ([] if problem is None else [problem])


@pytest.mark.parametrize(("rest", "fine"), [
    ('{ start = "12:00", length = "30m" }', True), ('{ start = "15:45", length = "30m" }', False),
    ('{ start = "07:00", length = "30m" }', False),
])
def test_a_break_lies_within_its_shift(rest: str, fine: bool) -> None:
    text = BASE.replace('end = "16:00"', f'end = "16:00"\nbreaks = [\n{rest}]')
    assert findings(text) == ([] if fine else [("shift.early.breaks.0", 17, "the break must lie within its shift")])


NOBODY = "nobody routes to this team, and it takes over from no other"


@pytest.mark.parametrize(("old", "new", "problems"), [
    # Whoever no rule names is out of work, unless they take over from a queue that has some.
    ("agents = 2", "agents = 2\n[team.spare]\nagents = 1", [("team.spare", 23, NOBODY)]),
    ("agents = 2", "agents = 2\noverflow = { spare = '1m' }\n[team.spare]\nagents = 1", []),
    ("agents = 2", "agents = 2\n[team.spare]\nagents = 1\noverflow = { front = '1m' }", [("team.spare", 23, NOBODY)]),
    ('topics = ["tech"]', "", [("team.front", 19, NOBODY)]),
    ('topics = ["tech"]', 'topics = ["tech"]\nchannels = ["chat"]', []),
    # A queue without people is fine where others take from it.
    ("agents = 2", "agents = 0", [("topic.tech", 9, 'no team can take it: it goes to "engineers"')]),
    ("agents = 2", "agents = 0\nextra = 3", [("topic.tech", 9, 'no team can take it: it goes to "engineers"')]),
    ("agents = 2", "agents = 2\nextra = -2", [("topic.tech", 9, 'no team can take it: it goes to "engineers"')]),
    ("agents = 2", "agents = 0\noverflow = { front = '0s' }", []),
    ("{ early = 3 }", "{ early = 0 }", [("topic.billing", 7, 'no team can take it: it goes to "front"')]),
    ("agents = 2", 'schedule = "off"\n[profile.off]\nweekday = [0, 0]\nevery = "12h"',
     [("topic.tech", 9, 'no team can take it: it goes to "engineers"')]),
])
def test_who_can_take_what(old: str, new: str, problems: list[tuple[str, int, str]]) -> None:
    found = findings(BASE.replace(old, new))
    assert [(key, line) for key, line, _ in found] == [(key, line) for key, line, _ in problems]
    assert all(what.startswith(wanted) for (_, _, what), (_, _, wanted) in zip(found, problems, strict=True))


def test_what_is_unused_is_a_note_and_no_problem() -> None:
    text = BASE + "[profile.spare]\n[shift.spare]\nstart = '08:00'\nend = '09:00'\n"
    text += "[[route]]\ntopics = ['tech']\nteam = 'front'\n"
    assert findings(text) == []
    assert notes(text) == [
        ("profile.spare", 23, "nobody uses this profile"), ("shift.spare", 24, "nobody uses this shift"),
        ("route.1", 27, "no conversation gets to this rule: those before it take all that match")]


@given(scenarios())
def test_runnable_scenarios_have_no_findings_but_notes(scenario: Scenario) -> None:
    assert [finding for finding in of_scenario(scenario) if not finding.note] == []
