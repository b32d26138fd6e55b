"""Changes by key: what they reach, what they leave alone, and what is said of those that cannot be made."""

from __future__ import annotations

import pytest

from core.distributions import Constant, Exponential
from core.errors import InterventionError
from core.interventions import keys, parse_change, with_value
from core.scenario_file import read_scenario

SCENARIO = read_scenario("""\
[demand]
rate = "30/h"
profile = "hours"
[profile.hours]
all = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
[profile.other]
weekday = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
[topic.1]
share = "60%"
handle_time = { law = "lognormal", mean = "4m", cv = 1.1 }
[topic.tech]
share = "40%"
[channel.phone]
patience = { law = "exponential", mean = "2m" }
[[route]]
topics = ["tech"]
team = "engineers"
[shift.early]
start = "08:00"
end = "16:00"
breaks = [{ start = "12:00", length = "30m" }]
[shift.late]
start = "12:00"
end = "20:00"
[team.front]
shifts = { early = 3 }
overflow = { engineers = "2m" }
[team.engineers]
agents = 2
""")


@pytest.mark.parametrize(("key", "text", "read"), [
    ("demand.level", "130%", lambda s: s.demand.level == 1.3),
    ("demand.rate", "100/30m", lambda s: s.demand.rate == 100 / 1800),
    ("demand.profile", "other", lambda s: s.demand.profile == "other"),
    ("demand.profile", "none", lambda s: s.demand.profile is None),
    ("length", "2w", lambda s: s.length == 1_209_600.0),
    ("team.front.extra", "-1", lambda s: s.team["front"].extra == -1),
    ("team.front.shifts.early", "7", lambda s: s.team["front"].shifts == {"early": 7}),
    ("team.front.shifts.late", "2", lambda s: s.team["front"].shifts == {"early": 3, "late": 2}),
    ("team.front.shifts", "{ late = 5 }", lambda s: s.team["front"].shifts == {"late": 5}),
    ("team.front.overflow.engineers", "0s", lambda s: s.team["front"].overflow == {"engineers": 0.0}),
    ("team.front.shrinkage.away", "12.5%", lambda s: s.team["front"].shrinkage.away == 0.125),
    ("team.engineers.selection", "round_robin", lambda s: s.team["engineers"].selection == "round_robin"),
    ("route.0.priority", "1", lambda s: s.route[0].priority == 1),
    ("route.0.topics", '["1", "tech"]', lambda s: s.route[0].topics == ("1", "tech")),
    ("topic.1.share", "2", lambda s: s.topic["1"].share == 2.0),
    ("topic.1.handle_time.mean", "5m", lambda s: s.topic["1"].handle_time.mean == 300.0),
    ("topic.1.handle_time", "5m", lambda s: s.topic["1"].handle_time == Constant(mean=300.0)),
    ("channel.phone.patience", "{ law = 'exponential', mean = '9m' }",
     lambda s: s.channel["phone"].patience == Exponential(mean=540.0)),
    ("channel.phone.patience", "never", lambda s: s.channel["phone"].patience.law == "never"),
    ("shift.early.breaks.0.length", "45m", lambda s: s.shift["early"].breaks[0].length == 2700.0),
    ("shift.early.days", '["Sat"]', lambda s: s.shift["early"].days == ("Sat",)),
    ("profile.hours.all.3", "2.5", lambda s: s.profile["hours"].all[3] == 2.5),
    ("satisfaction.spread", "[-3, -2, -1]", lambda s: s.satisfaction.spread == (-3.0, -2.0, -1.0)),
    ("satisfaction.respond.4", "30%", lambda s: s.satisfaction.respond[4] == 0.3),
    ("office_hours.weekend", "false", lambda s: s.office_hours.weekend is False),
])
def test_a_change_reaches_its_key_and_nothing_else(key: str, text: str, read) -> None:  # type: ignore[no-untyped-def]
    assert not read(SCENARIO)
    changed = with_value(SCENARIO, key, text)
    assert read(changed)
    head = key.split(".")[0]
    for name in type(SCENARIO).model_fields:
        if name != head:
            assert getattr(changed, name) == getattr(SCENARIO, name)
    before = {k.name: k.value for k in keys(SCENARIO) if not k.name.startswith(key)}
    after = {k.name: k.value for k in keys(changed) if not k.name.startswith(key)}
    moved = {name for name in before.keys() & after.keys() if before[name] != after[name]}
    assert moved <= {key.rpartition(".")[0]}


@pytest.mark.parametrize(("key", "text", "said"), [
    ("team.frnt.extra", "2", 'team.frnt.extra: unknown key; did you mean "team.front.extra"?'),
    ("bot.coverge", "2", 'bot.coverge: unknown key; did you mean "bot.coverage"?'),
    ("zzzzz", "2", "zzzzz: unknown key; the scenario has"),
    ("", "2", ": unknown key"),
    ("team", "2", "team: is a table; a change names one of its keys: team.front.agents"),
    ("team.front.shrinkage", "2", "team.front.shrinkage: is a table"),
    ("route.1.priority", "2", 'route.1.priority: unknown key; did you mean "route.0.priority"?'),
    ("route.-1.priority", "2", "route.-1.priority: unknown key"),
    ("profile.hours.all.24", "2", "profile.hours.all.24: unknown key"),
    ("team.new.extra", "2", "team.new.extra: unknown key"),
    ("topic.1.handle_time.quantiles", "[1]", "topic.1.handle_time.quantiles: unknown key"),
    ("team.front.extra", "x", 'team.front.extra: must be a whole number, between -5000 and 5000, given "x"'),
    ("team.front.extra", "1.5", "team.front.extra: must be a whole number"),
    ("bot.coverage", "45", 'bot.coverage: a share is wanted, such as "35%" or 0.35, given "45"'),
    ("bot.coverage", "101%", "bot.coverage: must be between 0% and 100%"),
    ("topic.1.handle_time.mean", "5", "topic.1.handle_time.mean: a duration with its unit is wanted"),
    ("topic.1.handle_time", "{ law = 'expo' }", 'topic.1.handle_time.law: unknown law, given "expo"; allowed:'),
    ("topic.1.handle_time", "{ law = ", "topic.1.handle_time: "),
    ("route.0.priority", "11", "route.0.priority: must be a whole number, between 0 and 9"),
    ("route.0.team", "fron", 'route.0.team: there is no team of this name, given "fron"; did you mean "front"?'),
    ("demand.profile", "ours", 'demand.profile: there is no profile of this name, given "ours"; did you mean "hours"?'),
    ("team.front.shifts.erly", "1", 'team.front.shifts.erly: there is no shift of this name, given "erly"'),
    ("team.front.overflow.front", "1m", "team.front.overflow.front: a team cannot overflow to itself"),
    ("team.front.agents", "3", "team.front: exactly one of `agents`, `shifts` and `schedule`"),
    ("profile.hours.all", "[1]", "profile.hours: 24 numbers make a day at this `every`; `all` has 1"),
    ("shift.early.breaks.0.length", "0s", "shift.early.breaks.0.length: must be at least 0.001s"),
])
def test_a_change_that_cannot_be_made_says_why(key: str, text: str, said: str) -> None:
    with pytest.raises(InterventionError) as caught:
        with_value(SCENARIO, key, text)
    assert str(caught.value).startswith(said)


def test_keys_come_with_value_meaning_and_bounds() -> None:
    listed = {key.name: key for key in keys(SCENARIO)}
    extra = listed["team.front.extra"]
    assert (extra.value, extra.allowed) == ("0", "a whole number, between -5000 and 5000")
    assert extra.doc.startswith("People on top of the plan")
    assert listed["topic.1.handle_time"].value == '{ law = "lognormal", mean = "4m", cv = 1.1 }'
    assert listed["topic.1.handle_time.mean"].value == "4m"
    assert listed["channel.phone.kind"].allowed == 'one of "call", "chat", "email"'
    assert (listed["demand.profile"].value, listed["team.front.agents"].value) == ("hours", "none")
    assert not {"title", "story", "source", "currency", "team", "topic.1.handle_time.law"} & set(listed)
    assert all(key.doc for key in listed.values())


@pytest.mark.parametrize(("text", "change"), [
    ("a.b=2", ("a.b", "2")), (" a.b = 2 h ", ("a.b", "2 h")), ("a={ law = 'x' }", ("a", "{ law = 'x' }")),
])
def test_a_change_is_written_key_equals_value(text: str, change: tuple[str, str]) -> None:
    assert parse_change(text) == change


@pytest.mark.parametrize("text", ["a.b", "=2", "a.b=", ""])
def test_a_change_without_a_side_is_refused(text: str) -> None:
    with pytest.raises(InterventionError, match=r"KEY=VALUE.*given"):
        parse_change(text)
