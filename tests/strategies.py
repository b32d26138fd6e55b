"""Random scenarios: small, runnable in a fraction of a second, and between them with every mechanism.

`scenarios()` is for properties of the engine as much as for round trips: what it draws passes all checks of
`core.scenario_file`, needs stay below a few hundred, and no matter comes back for ever.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from core.distributions import Constant, Exponential, Gamma, Lognormal, Never, Table
from core.scenario import Scenario

HOUR, DAY = 3_600.0, 86_400.0
TOPICS = ("billing", "technical", "how-to")
SEGMENTS = ("trial", "standard", "high-touch")
CHANNELS = ("phone", "chat", "email")
TEAMS = ("frontline", "engineers", "night")

Draw = Any
Table_ = dict[str, Any]

names = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,39}", fullmatch=True)
texts = st.text(st.characters(codec="utf-8"), max_size=120)
shares = st.one_of(st.sampled_from((0.0, 1.0, 0.25)), st.floats(0.0, 1.0))


def times(low: float, high: float) -> st.SearchStrategy[float]:
    """Durations in seconds: round ones, and any."""
    return st.one_of(st.integers(int(low), int(high)).map(float), st.floats(max(low, 0.001), high))


@st.composite
def laws(draw: Draw, low: float = 1.0, high: float = 900.0) -> Any:
    """Any law but never, with a mean (s) between the bounds; tables reach a little beyond."""
    mean = draw(times(low, high))
    kind = draw(st.sampled_from((Constant, Exponential, Lognormal, Gamma, Table)))
    if kind in (Lognormal, Gamma):
        return kind(mean=mean, cv=draw(st.floats(0.1, 2.0)))
    if kind is Table:
        quantiles = sorted(draw(st.lists(times(low, high), min_size=2, max_size=5)) * draw(st.sampled_from((1, 6))))
        upto = draw(st.sampled_from((1.0, 0.9, 0.5)))
        return Table(quantiles=tuple(quantiles), upto=upto, tail=0.0 if upto == 1.0 else mean)
    return kind(mean=mean)


@st.composite
def weights(draw: Draw, count: int) -> list[float]:
    """Shares of `count` things: weights, or fractions that sum to one; some may be zero, never all."""
    parts = draw(st.lists(st.integers(0, 9), min_size=count, max_size=count).filter(any))
    scale = float(sum(parts)) if draw(st.booleans()) else 1.0
    return [part / scale for part in parts]


def some(draw: Draw, pool: tuple[str, ...], least: int = 1) -> list[str]:
    """The first few of a pool."""
    return list(pool[:draw(st.integers(least, len(pool)))])


@st.composite
def scenarios(draw: Draw, passing: bool = True) -> Scenario:
    """A runnable scenario; without `passing` nobody passes a conversation on, so that it waits once."""
    days = draw(st.sampled_from((0.25, 1.0, 2.0)))
    length = days * DAY
    topics, segments, channels = some(draw, TOPICS), some(draw, SEGMENTS), some(draw, CHANNELS)
    teams = list(TEAMS[:draw(st.integers(1, len(topics)))])
    profiles = {"hours": _profile(draw, 3.0), "plan": _profile(draw, 4.0), "own": _profile(draw, 2.0)}
    data: Table_ = {
        "title": draw(texts), "story": draw(texts), "source": draw(texts), "length": length,
        "warm_up": draw(st.sampled_from((0.0, length / 4))),
        "demand": {"rate": draw(st.floats(1.0, 120.0)) / HOUR / days,
                   "level": draw(st.sampled_from((1.0, 0.5, 1.3))),
                   "profile": draw(st.sampled_from((None, "hours"))),
                   "busyness_cv": draw(st.sampled_from((0.0, 0.2)))},
        "profile": profiles,
        "topic": {name: _topic(draw, channels, share)
                  for name, share in zip(topics, _positive(draw, len(topics)), strict=True)},
        "segment": {name: {"share": share, "bot": draw(shares), "value": draw(st.sampled_from((0.0, 250.0))),
                           "churn": draw(st.floats(0.0, 0.9))}
                    for name, share in zip(segments, _positive(draw, len(segments)), strict=True)},
        "channel": {name: _channel(draw, name, share)
                    for name, share in zip(channels, _positive(draw, len(channels)), strict=True)},
        "incident": {name: {"start": draw(times(0.0, length - 1.0)), "length": draw(times(60.0, 4 * HOUR)),
                            "factor": draw(st.floats(0.0, 5.0)), "topics": draw(st.sampled_from(((), tuple(topics))))}
                     for name in draw(st.lists(names, max_size=2, unique=True))},
        "proactive": {"reach": draw(shares), "effect": draw(shares)},
        "self_serve": {"tries": draw(shares), "finds": draw(shares), "duration": draw(laws())},
        "bot": {"coverage": draw(shares), "success": draw(shares), "later_success": draw(shares),
                "turn_time": draw(laws(high=60.0)), "exit_after": draw(st.integers(0, 3)),
                "gives_up": draw(st.floats(0.05, 1.0)), "false_resolution": draw(shares),
                "cost_per_resolution": draw(st.floats(0.0, 2.0))},
        "route": _routes(draw, topics, segments, teams),
        "shift": {"day": _shift(draw), "late": {"days": ("Mon", "Sun"), "start": 20 * HOUR, "end": 4 * HOUR}},
        "team": {name: _team(draw, position, teams) for position, name in enumerate(teams)},
        "follow_up": {"reopen": draw(st.floats(0.0, 0.9)), "reopen_delay": draw(laws()),
                      "recontact": draw(shares), "recontact_delay": draw(laws()),
                      "retry": draw(st.floats(0.0, 0.8)), "retry_delay": draw(laws(low=60.0))},
        "service_level": {"within": draw(times(0.0, 600.0)), "target": draw(shares)},
        "office_hours": {"start": 8 * HOUR, "end": 18 * HOUR, "weekend": draw(st.booleans())},
        "intervention": [{"at": draw(times(0.0, length - 1.0)), "key": key, "value": value} for key, value in draw(
            st.lists(st.sampled_from((("demand.level", "120%"), ("bot.coverage", "25%"))), max_size=2))],
    }
    if draw(st.booleans()):
        data["satisfaction"] = {"baseline": draw(st.floats(-2.0, 3.0)), "wait": draw(st.floats(-1.0, 0.0)),
                                "respond": tuple(draw(shares) for _ in range(5))}
    for more in (_customers, _bots, _people, _months, *((_passing,) if passing else ())):
        if draw(st.booleans()):
            more(draw, data)
    return Scenario.model_validate(data)


def _customers(draw: Draw, data: Table_) -> None:
    """Who asks: languages, attributes, keywords, moods, urgency, and who is told before they ask."""
    topics, channels = list(data["topic"]), list(data["channel"])
    data["language"] = {"english": {"share": 3}, "korean": {"share": 1, "bot": draw(shares)}}
    data["attribute"] = {"page": {"values": {"home": 2, "docs": 1}}, "plan": {"values": {"a": 1, "b": 1, "c": 1}}}
    for name in topics:
        easiest, hardest = sorted((draw(shares), draw(shares)))
        data["topic"][name] |= {
            "difficulty": (easiest, hardest), "stretch": draw(st.floats(0.0, 1.0)), "urgent": draw(shares),
            "keywords": {"word": draw(st.floats(0.0, 0.5)), name: 0.25}, "attributes": {"page": {"home": 1, "docs": 1}}}
    for name in data["segment"]:
        data["segment"][name] |= {"tenure": draw(laws()), "wants_person": draw(shares), "impact": draw(
            st.integers(0, 2))}
    data["mood"] = {"upset": draw(st.floats(0.0, 0.5)), "harsh": draw(st.floats(0.0, 0.5)), "late": draw(shares),
                    "failed_turn": draw(shares), "earlier_contact": draw(shares)}
    data["signals"] = {"detects": draw(shares), "up": draw(st.integers(0, 3)),
                       "late_after": draw(st.sampled_from((None, 0.0, 60.0, 900.0)))}
    data["urgency"] = {"up": draw(st.integers(0, 3)), "expects": draw(st.floats(0.1, 1.0))}
    data["callback"] = {"accepts": draw(shares), "above": draw(st.sampled_from((0.0, 300.0))),
                        "no_answer": draw(shares), "channels": draw(st.sampled_from(((), tuple(channels))))}
    data["campaign"] = {"news": {"topics": draw(st.sampled_from(((), tuple(topics[:1])))), "reach": draw(shares),
                                 "sent": draw(times(0.0, DAY)), "builds_up": draw(st.sampled_from((0.0, HOUR))),
                                 "half_life": draw(st.sampled_from((None, HOUR)))}}
    for name in data["incident"]:
        data["incident"][name] |= {"notice_after": draw(times(0.0, HOUR)), "notice_reach": draw(shares)}
    if len(channels) > 1:
        data["channel"][channels[-1]] |= {"closed": draw(st.booleans()), "stays_away": draw(shares)}


def _bots(draw: Draw, data: Table_) -> None:
    """Bots that suggest, ask for context, do not ask whether it helped; and customers who remember it."""
    data["demand"]["customers"] = draw(st.integers(1, 200))
    data["self_serve"]["writes_after"] = draw(laws())
    data["task_bot"] = {"coverage": draw(shares), "solves": draw(shares), "duration": draw(laws()),
                        "spares": draw(st.sampled_from((0.0, 300.0, 1800.0))), "solves_again": draw(shares)}
    data["bot"] |= {"hardness": draw(shares), "confirms": draw(shares), "never_newer_than": draw(times(0.0, DAY)),
                    "never_topics": draw(st.sampled_from(((), tuple(data["topic"])[:1])))}
    data["triage_bot"] = {"coverage": draw(shares), "duration": draw(laws()), "told": draw(shares),
                          "handle_factor": draw(st.floats(0.5, 1.5))}
    data["trust"] = {"demands_person": draw(shares), "burnt_after": draw(st.integers(1, 3)),
                     "remembers": draw(times(60.0, 2 * DAY))}


def _people(draw: Draw, data: Table_) -> None:
    """People who differ: levels, languages, what they know, and room to breathe."""
    data["level"] = {"junior": {"handles": draw(shares), "beyond": draw(shares), "handle_factor": 1.3, "skill": -0.4},
                     "senior": {"senior": True, "skill": 0.4, "cost_per_hour": draw(st.sampled_from((None, 50.0)))}}
    for team in data["team"].values():
        team |= {"levels": draw(st.sampled_from(({"senior": 1}, {"junior": 2, "senior": 1}))),
                 "skill_spread": draw(st.floats(0.0, 1.0)), "foreign_factor": draw(st.floats(0.5, 2.0)),
                 "languages": tuple(data.get("language", ()))[:1], "pause_after_harsh": draw(times(0.0, 600.0))}
    data["knowledge"] = {
        "search": draw(laws(high=120.0)), "freshness": draw(shares), "staleness": draw(shares), "upkeep": draw(shares),
        "taps": draw(shares), "answer": draw(laws(high=300.0)), "refocus": draw(times(0.0, 1800.0)),
        "unanswered": draw(st.floats(0.4, 1.0)), "writes_down": draw(shares), "questions": draw(st.integers(1, 30))}
    for topic in data["topic"].values():
        topic |= {"knowledge": draw(shares), "staleness": draw(st.floats(0.0, 2.0))}


def _months(draw: Draw, data: Table_) -> None:
    """People who come, grow into the work, tire and leave, at a pace that a day or two can show."""
    first = next(iter(data["team"]))
    data["hire"] = {"spring": {"team": first, "people": draw(st.integers(0, 3)), "joins": draw(times(0.0, DAY)),
                               "trained": draw(times(0.0, 10 * DAY)), "shift": draw(st.sampled_from((None, "day")))}}
    data["strain"] = {"above": draw(shares), "window": draw(times(600.0, 4 * HOUR)), "slows": draw(st.floats(0.0, 1.0)),
                      "skill": draw(st.floats(0.0, 2.0)), "leaves": 50.0}
    data["attrition"] = {"yearly": draw(shares), "lead_time": draw(times(0.0, DAY)), "training": draw(times(0.0, DAY)),
                         "replaced": draw(shares)}


def _passing(draw: Draw, data: Table_) -> None:
    """Conversations that go through several hands: a sorting inbox, wrong teams, levels above, a manager."""
    teams, topics = list(data["team"]), list(data["topic"])
    for name, topic in data["topic"].items():
        topic["teams"] = (teams[min(topics.index(name), len(teams) - 1)],)
        topic["told"] = draw(st.floats(0.1, 0.9))
    for team, above in zip(teams, teams[1:], strict=False):
        data["team"][team] |= {"escalates_to": draw(st.sampled_from((None, above))), "escalate_after": draw(shares)}
    data["team"] |= {"desk": {"agents": draw(st.integers(1, 3)), "concurrency": draw(st.integers(1, 2))},
                     "managers": {"agents": 1}}
    data["routing"] = {"inbox": "desk", "sort_time": draw(laws()), "sort_accuracy": draw(shares),
                       "mistaken": draw(shares), "transfer_time": draw(laws()), "transfer_up": draw(st.integers(0, 3))}
    data["signals"] = data.get("signals", {}) | {"manager": "managers", "after": draw(shares)}


def _positive(draw: Draw, count: int) -> list[float]:
    """Shares that are all above zero, so that every topic, segment and channel is really there."""
    return draw(weights(count).filter(all))  # type: ignore[no-any-return]


def _profile(draw: Draw, high: float) -> Table_:
    step, count = draw(st.sampled_from(((HOUR, 24), (4 * HOUR, 6), (DAY, 1))))
    pattern = st.lists(st.one_of(st.integers(0, int(high)).map(float), st.floats(0.0, high)), min_size=1, max_size=5)
    profile = {"every": step, "all": [high, *(draw(pattern) * 24)][:count]}
    for name in draw(st.lists(st.sampled_from(("weekday", "weekend", "mon", "tue", "sun")), max_size=2, unique=True)):
        profile[name] = (draw(pattern) * 24)[:count]
    return profile


def _topic(draw: Draw, channels: list[str], share: float) -> Table_:
    mix = dict(zip(channels, draw(weights(len(channels))), strict=True)) if draw(st.booleans()) else {}
    return {"share": share, "profile": draw(st.sampled_from((None, "own"))), "handle_time": draw(laws(low=10.0)),
            "after_work": draw(laws(high=120.0)), "first_contact_resolution": draw(st.floats(0.4, 1.0)),
            "proactive": draw(shares), "self_serve": draw(shares), "bot": draw(shares), "channels": mix}


def _channel(draw: Draw, name: str, share: float) -> Table_:
    kind = {"phone": "call"}.get(name, name)
    return {"kind": kind, "share": share, "patience": draw(st.one_of(st.just(Never()), laws(low=5.0))),
            "leaves_at_once": draw(shares), "silent": draw(shares) if kind == "chat" else 0.0,
            "silent_check": draw(times(1.0, 120.0)), "expects": draw(times(1.0, HOUR)),
            "handle_factor": draw(st.floats(0.5, 2.0)),
            "touches": draw(st.floats(1.0, 4.0)) if kind == "email" else 1.0,
            "customer_delay": draw(laws(high=4 * HOUR)) if kind == "email" else Constant(mean=0.0)}


def _routes(draw: Draw, topics: list[str], segments: list[str], teams: list[str]) -> list[Table_]:
    """Each team but the first gets a topic of its own; the first topic stays with the first team."""
    routes = [{"topics": [topic], "team": team, "priority": draw(st.integers(0, 9))}
              for topic, team in zip(topics[1:], teams[1:], strict=False)]
    if draw(st.booleans()):
        routes.insert(0, {"topics": topics[:1], "segments": segments[:1], "team": teams[0], "priority": 1})
    return routes


def _shift(draw: Draw) -> Table_:
    rest = {"start": 12 * HOUR, "length": draw(times(60.0, HOUR)), "stagger": draw(times(0.0, HOUR))}
    return {"days": ("Mon", "Tue", "Wed"), "start": 9 * HOUR, "end": 17 * HOUR,
            "breaks": [rest] if draw(st.booleans()) else []}


def _team(draw: Draw, position: int, teams: list[str]) -> Table_:
    plan = draw(st.sampled_from(({"agents": 2}, {"agents": 6}, {"shifts": {"day": 3, "late": 1}},
                                 {"schedule": "plan"}, {"agents": 0})))
    helpers = [name for name in teams if name != teams[position]]
    if plan == {"agents": 0} and position == 0:
        plan = {"agents": 3}
    overflow = {name: draw(times(0.0, 300.0)) for name in helpers if draw(st.booleans())}
    if plan == {"agents": 0}:
        overflow[teams[0]] = 0.0
    return {**plan, "overflow": overflow, "extra": 0 if plan == {"agents": 0} else draw(st.integers(0, 2)),
            "shrinkage": {"absent": draw(st.floats(0.0, 0.5)), "away": draw(st.floats(0.0, 0.5)),
                          "spell": draw(times(60.0, HOUR))},
            "concurrency": draw(st.integers(1, 4)), "slowdown": draw(st.floats(0.0, 1.0)),
            "open_limit": draw(st.integers(1, 20)), "selection": draw(st.sampled_from(("balanced", "round_robin"))),
            "handle_factor": draw(st.floats(0.5, 2.0)), "resolution_factor": draw(st.floats(0.5, 1.0)),
            "cost_per_hour": draw(st.floats(0.0, 60.0))}
