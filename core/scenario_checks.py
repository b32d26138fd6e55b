"""What the model alone cannot see: names that lead nowhere, shares that do not add up, topics that nobody can take.

`of_file` looks at the tables as written, so that it also works beside other problems; `of_scenario` at the whole,
once it has been read. Both yield `Finding`s, which `core.scenario_file` turns into problems with their lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from core.errors import did_you_mean
from core.scenario import Route, Scenario, Team
from core.scenario_findings import Finding
from core.toml_lines import Path, quoted
from core.units import DAY, multiple, write_moment, write_seconds

SHARE_SLACK = 0.005
"""How far rounded shares may sum from 1: half a percent."""


def of_file(data: Mapping[str, Any]) -> Iterator[Finding]:
    """What is wrong with names and shares in the tables of a file, well-typed or not."""
    yield from references(data)
    yield from _shares(data)


# --- names ---------------------------------------------------------------------------------------------------------

_REFERENCES = (  # where names stand: a path with * for any part, ~ for the keys of a table, + for a list's elements
    ("demand.profile", "profile"),
    ("topic.*.profile", "profile"),
    ("topic.*.channels.~", "channel"),
    ("incident.*.topics.+", "topic"),
    ("route.*.topics.+", "topic"),
    ("route.*.segments.+", "segment"),
    ("route.*.channels.+", "channel"),
    ("route.*.team", "team"),
    ("team.*.shifts.~", "shift"),
    ("team.*.schedule", "profile"),
    ("team.*.overflow.~", "team"),
    ("topic.*.teams.+", "team"),
    ("topic.*.attributes.~", "attribute"),
    ("channel.*.elsewhere.~", "channel"),
    ("campaign.*.topics.+", "topic"),
    ("campaign.*.segments.+", "segment"),
    ("campaign.*.incidents.+", "incident"),
    ("bot.never_topics.+", "topic"),
    ("bot.never_segments.+", "segment"),
    ("route.*.languages.+", "language"),
    ("route.*.attributes.~", "attribute"),
    ("routing.inbox", "team"),
    ("signals.manager", "team"),
    ("callback.channels.+", "channel"),
    ("team.*.languages.+", "language"),
    ("team.*.levels.~", "level"),
    ("team.*.escalates_to", "team"),
    ("hire.*.team", "team"),
    ("hire.*.shift", "shift"),
    ("hire.*.level", "level"),
)


def references(data: Mapping[str, Any]) -> Iterator[Finding]:
    """The names in the tables of a file that lead nowhere."""
    for pattern, table in _REFERENCES:
        known = _names(data, table)
        for path, name in _matching(data, pattern.split(".")):
            if isinstance(name, str) and name not in known:
                yield Finding(path, f"there is no {table} of this name", quoted(name), did_you_mean(name, known))
    for name, team in _table(data, "team").items():
        if isinstance(team, Mapping) and name in _table(team, "overflow"):
            yield Finding(("team", name, "overflow", name), "a team cannot overflow to itself")
        if isinstance(team, Mapping) and team.get("escalates_to") == name:
            yield Finding(("team", name, "escalates_to"), "a team cannot escalate to itself", quoted(name))
    yield from _values(data)


def _values(data: Mapping[str, Any]) -> Iterator[Finding]:
    """The values of attributes, and the keywords, that lead nowhere."""
    attributes = {name: list(_table(_table(data, "attribute"), name).get("values", ()))
                  for name in _table(data, "attribute")}
    for pattern in ("topic.*.attributes", "route.*.attributes"):
        for path, table in _matching(data, pattern.split(".")):
            for name, values in table.items() if isinstance(table, Mapping) else ():
                for value in values if name in attributes and isinstance(values, Mapping | list | tuple) else ():
                    if isinstance(value, str) and value not in attributes[name]:
                        yield Finding((*path, name), f"the attribute {name} has no such value", quoted(value),
                                      did_you_mean(value, attributes[name]))
    words = [word for _, table in _matching(data, ["topic", "*", "keywords"]) if isinstance(table, Mapping)
             for word in table]
    for path, word in _matching(data, ["route", "*", "keywords", "+"]):
        if isinstance(word, str) and word not in words:
            yield Finding(path, "no topic has this keyword", quoted(word), did_you_mean(word, words))


def _names(data: Mapping[str, Any], table: str) -> list[str]:
    """The names that a table of the file defines; of one that is not written, those of the default."""
    has_default = table in ("segment", "channel", "language")
    default: Mapping[str, Any] = Scenario.model_fields[table].get_default() if has_default else {}
    return list(data[table] if isinstance(data.get(table), Mapping) else default)


def _table(data: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = data.get(name)
    return value if isinstance(value, Mapping) else {}


def _matching(data: Any, pattern: list[str], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Paths and values that fit the pattern."""
    if not pattern:
        yield path, data
        return
    head, rest = pattern[0], pattern[1:]
    if head == "~" and isinstance(data, Mapping):
        for key in data:
            yield (*path, key), key
    elif isinstance(data, Mapping):
        for key, value in data.items():
            if head == "*" or key == head:
                yield from _matching(value, rest, (*path, key))
    elif isinstance(data, list | tuple) and head in "*+":
        for at, value in enumerate(data):
            yield from _matching(value, rest, (*path, at))


# --- shares --------------------------------------------------------------------------------------------------------

def _shares(data: Mapping[str, Any]) -> Iterator[Finding]:
    """Groups of shares that should sum to one and do not, and groups that are empty or all zero.

    Shares are percentages (or fractions), or weights on any scale. They are read as fractions where all are
    written with %, or where none is above 1 and one is between 0 and 1.
    """
    for table in ("topic", "segment", "channel", "language"):
        written = data.get(table)
        if isinstance(written, Mapping):
            if not written:
                yield Finding((table,), f"at least one {table} is needed")
            shares = {name: _table(written, name).get("share", 1.0) for name in written}
            yield from _sum((table,), f"the shares of the {table}s", shares, ("share",))
    if isinstance(data.get("team"), Mapping) and not data["team"]:
        yield Finding(("team",), "at least one team is needed")
    for pattern, what in (("topic.*.channels", "the shares of its channels"),
                          ("topic.*.attributes.*", "the shares of its values"),
                          ("attribute.*.values", "the shares of its values"),
                          ("team.*.levels", "the shares of its levels")):
        for path, mix in _matching(data, pattern.split(".")):
            if isinstance(mix, Mapping) and mix:
                yield from _sum(path, what, mix, ())
    for path, words in _matching(data, ["topic", "*", "keywords"]):
        if isinstance(words, Mapping):
            yield from _at_most_one(path, words)


def _at_most_one(path: Path, words: Mapping[str, Any]) -> Iterator[Finding]:
    try:
        total = sum(multiple(value) for value in words.values())
    except ValueError:
        return  # not a share: reported as such
    if total > 1.0 + SHARE_SLACK:
        yield Finding(path, f"the shares of its keywords sum to {total:.4g}; a message has one of them at the most, "
                            "so they sum to 100% at most")


def _sum(path: Path, what: str, written: Mapping[str, Any], tail: Path) -> Iterator[Finding]:
    try:
        shares = [multiple(value) for value in written.values()]
    except ValueError:
        return  # not a share: reported as such
    total = sum(shares)
    percent = all(isinstance(value, str) and value.strip().endswith("%") for value in written.values())
    fractions = max(shares, default=0.0) <= 1.0 and any(0.0 < share < 1.0 for share in shares)
    if shares and not any(shares):
        yield Finding(path, f"{what} are all zero")
    elif (percent or fractions) and abs(total - 1.0) > SHARE_SLACK:
        parts = ", ".join(f"{name} {value if isinstance(value, str) else format(value, 'g')}"
                          for name, value in list(written.items())[:8])
        hint = "percentages sum to 100%; weights on another scale are whole numbers such as 3 and 1"
        more = ", ..." if len(written) > 8 else ""
        yield Finding(path, f"{what} sum to {total:.4g}, not 1", f"{parts}{more}", hint)


# --- the whole -----------------------------------------------------------------------------------------------------

def of_scenario(scenario: Scenario, doubtful: Iterable[Path] = ()) -> Iterator[Finding]:
    """What is wrong with a scenario whose every value is fine. Names that lead nowhere do no harm here.

    Args:
        scenario: as read, or with stand-ins for values that could not be read.
        doubtful: where those stand; what rests on them is not judged.
    """
    keys = [".".join(map(str, path)) for path in doubtful]
    for check, rests_on in _CHECKS:
        if not any(fnmatchcase(key, pattern) for key in keys for pattern in rests_on):
            yield from check(scenario)


def _demand(scenario: Scenario) -> Iterator[Finding]:
    demand, pattern = scenario.demand, scenario.demand.profile
    used = {topic.profile or pattern for topic in scenario.topic.values() if topic.share > 0}
    known = [scenario.profile[name] for name in used if name in scenario.profile]
    if demand.rate == 0:
        yield Finding(("demand", "rate"), "there is no demand: nothing would happen", quoted("0/h"))
    elif demand.level == 0:
        yield Finding(("demand", "level"), "there is no demand: nothing would happen", quoted("0%"))
    elif known and len(known) == len(used) and not any(profile.week().any() for profile in known):
        where: Path = ("demand", "profile") if pattern in used else ("topic",)
        yield Finding(where, "there is no demand: the profile is zero all week", quoted(pattern) if pattern else None)


def _length(scenario: Scenario) -> Iterator[Finding]:
    if scenario.warm_up >= scenario.length:
        yield Finding(("warm_up",), f"must be shorter than the run, {quoted(write_seconds(scenario.length))}",
                      quoted(write_seconds(scenario.warm_up)))


def _incidents(scenario: Scenario) -> Iterator[Finding]:
    for name, incident in scenario.incident.items():
        if incident.start >= scenario.length:
            yield Finding(("incident", name, "start"),
                          f"must be before the end of the run, {quoted(write_moment(scenario.length))}",
                          quoted(write_moment(incident.start)), "or give the run a greater `length`")


def _people(scenario: Scenario) -> Iterator[Finding]:
    """What needs customers who come again, seniors who can be asked, an inbox that sorts."""
    if scenario.trust.demands_person > 0 and scenario.demand.customers is None:
        yield Finding(("trust", "demands_person"), "nobody can remember a bot: every need is somebody else's",
                      hint="say how many customers there are in demand.customers")
    seniors = any(scenario.level[name].senior for team in scenario.team.values() for name in team.levels
                  if name in scenario.level)
    if scenario.knowledge.taps > 0 and not seniors:
        yield Finding(("knowledge", "taps"), "there is nobody to ask", hint="make a level of a team `senior`")
    inbox = scenario.routing.inbox
    if inbox in scenario.team and len(scenario.team) == 1:
        yield Finding(("routing", "inbox"), "there is no other team to sort conversations to", quoted(inbox))
    if all(channel.closed for channel in scenario.channel.values()):
        yield Finding(("channel",), "every channel is closed: nothing would happen")


def _hours(scenario: Scenario) -> Iterator[Finding]:
    if scenario.office_hours.end <= scenario.office_hours.start:
        yield Finding(("office_hours",), "they must end after they start")
    for name, shift in scenario.shift.items():
        for at, rest in enumerate(shift.breaks):
            if (rest.start - shift.start) % DAY + rest.length > shift.length:
                yield Finding(("shift", name, "breaks", at), "the break must lie within its shift")


def _bot(scenario: Scenario) -> Iterator[Finding]:
    bot = scenario.bot
    ends = bot.exit_after > 0 or bot.gives_up > 0 or (bot.success > 0 and bot.later_success == 1)
    if bot.coverage > 0 and not ends:
        yield Finding(("bot", "exit_after"), "customers whom the bot cannot help would never get out of it", "0",
                      "give an exit after some failed turns, or a chance that the customer `gives_up`")


def _work(scenario: Scenario) -> Iterator[Finding]:
    """Who can take what: every kind of conversation is followed to the teams that rules may send it to."""
    unplaced = scenario.routing.inbox or next(iter(scenario.team))
    staffed = {name for name, team in scenario.team.items() if _has_people(team, scenario)}
    staffed |= {group.team for group in scenario.hire.values() if group.people}
    reached = {route.team for route in scenario.route if _leads_nowhere(route, scenario)}
    reached |= _passed_to(scenario)
    matched: set[int] = set()
    stuck: dict[tuple[str, str], None] = {}
    for topic, segment, channel, there in _kinds(scenario):
        teams, sure = [], there
        for at, route in enumerate(scenario.route):
            if _takes(route, topic, segment, channel, scenario):
                matched.add(at)
                if _leads_nowhere(route, scenario):
                    sure = False
                else:
                    teams.append(route.team)
                    if _is_certain(route, topic, scenario):
                        break
        else:
            teams.append(unplaced)
        reached.update(teams)
        if sure:
            stuck |= {(topic, team): None for team in teams if team in scenario.team
                      and not staffed.intersection((team, *scenario.team[team].overflow))}
    for topic, name in stuck:
        yield Finding(("topic", topic), f'no team can take it: it goes to "{name}", which never has people, '
                      "and nobody takes over there", hint=f"give team.{name} people or an overflow, or add a route")
    helping = {helper for name in reached if name in scenario.team for helper in scenario.team[name].overflow}
    if reached <= set(scenario.team):
        for name in scenario.team:
            if name not in reached | helping:
                yield Finding(("team", name), "nobody routes to this team, and it takes over from no other",
                              hint=None if scenario.route else "without routes everything joins the first team")
    for at in range(len(scenario.route)):
        if at not in matched:
            yield Finding(("route", at), "no conversation gets to this rule: those before it take all that match",
                          note=True)


def _kinds(scenario: Scenario) -> Iterator[tuple[str, str, str, bool]]:
    """The topics, segments and channels that can come together, and whether any do with the shares as they are."""
    usual = {name: channel.share for name, channel in scenario.channel.items()}
    for topic_name, topic in scenario.topic.items():
        for segment_name, segment in scenario.segment.items():
            for channel_name, share in (topic.channels or usual).items():
                yield topic_name, segment_name, channel_name, topic.share > 0 and segment.share > 0 and share > 0


def _takes(route: Route, topic: str, segment: str, channel: str, scenario: Scenario) -> bool:
    """Whether the rule matches, or might: a name that leads nowhere may mean any, and so may a topic told wrongly."""
    asked = ((route.topics if scenario.routing.mistaken == 0.0 else (), topic, scenario.topic),
             (route.segments, segment, scenario.segment), (route.channels, channel, scenario.channel))
    return all(not wanted or given in wanted or not set(wanted) <= set(known) for wanted, given, known in asked)


def _is_certain(route: Route, topic: str, scenario: Scenario) -> bool:
    """Whether a rule that may take conversations of the topic takes all of them."""
    told = scenario.topic[topic].told == 1.0 and scenario.routing.mistaken == 0.0
    return (told or not route.topics) and not (route.languages or route.keywords or route.attributes
                                               or route.newer_than is not None)


def _passed_to(scenario: Scenario) -> set[str]:
    """Teams that people pass conversations on to."""
    up = {team.escalates_to for team in scenario.team.values()} | {scenario.signals.manager}
    right = {name for topic in scenario.topic.values() for name in topic.teams}
    return {name for name in up | right if name is not None}


def _leads_nowhere(route: Route, scenario: Scenario) -> bool:
    return not (route.team in scenario.team and set(route.topics) <= set(scenario.topic)
                and set(route.segments) <= set(scenario.segment) and set(route.channels) <= set(scenario.channel))


def _has_people(team: Team, scenario: Scenario) -> bool:
    """Whether anyone is ever planned (then `extra` counts too); so it may be where a name leads nowhere."""
    if team.schedule is not None:
        profile = scenario.profile.get(team.schedule)
        planned = 1.0 if profile is None else float(profile.week().max())
    elif set(team.shifts) <= set(scenario.shift):
        planned = float(team.agents or max(team.shifts.values(), default=0))
    else:
        planned = 1.0
    return planned > 0 and planned + team.extra > 0


def _unused(scenario: Scenario) -> Iterator[Finding]:
    teams = scenario.team.values()
    patterns = {scenario.demand.profile, *(t.profile for t in scenario.topic.values()), *(t.schedule for t in teams)}
    shifts = {name for team in teams for name in team.shifts} | {group.shift for group in scenario.hire.values()}
    for table, names, used in (("profile", scenario.profile, patterns), ("shift", scenario.shift, shifts)):
        for name in names:
            if name not in used:
                yield Finding((table, name), f"nobody uses this {table}", note=True)


_Check = Callable[[Scenario], Iterator[Finding]]
_CHECKS: tuple[tuple[_Check, tuple[str, ...]], ...] = (
    (_length, ("length", "warm_up")),
    (_demand, ("demand.profile",)),
    (_incidents, ("length",)),
    (_bot, ("bot.*",)),
    (_hours, ("office_hours*",)),
    (_work, ("route", "route.*.[tsclkan]*", "team.*.overflow*", "topic.*.[ct]*", "routing.*", "hire.*")),
    (_people, ("demand.*", "team.*", "level.*", "channel.*")),
    (_unused, ("demand.profile", "topic.*.profile", "team.*")),
)
