"""One need from its beginning to its end: who it is, the path through the tiers with times, the drivers of the rating.

Made from the records about that need when somebody looks (`Floor.case`), shown by the inspector and `flightdesk
inspect`. Texts that came from a generator are data.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core import satisfaction
from core.records import Origin, Outcome, Records
from core.scenario import Scenario
from sim.conversation import Hop
from sim.facts import facts_of
from sim.people import People

ENDINGS = {
    Outcome.PREVENTED: "proactive support solved it before anyone asked",
    Outcome.SELF_SERVED: "found the answer in the help centre",
    Outcome.BOT_RESOLVED: "the bot ended it",
    Outcome.BOT_GAVE_UP: "left the bot, unhelped",
    Outcome.ABANDONED: "gave up waiting",
    Outcome.CLOSED: "closed",
    Outcome.ARTICLE_RESOLVED: "an article that the bot suggested settled it",
    Outcome.TURNED_AWAY: "found the channel closed, and went nowhere else",
}
"""How a conversation ended, in words; an outcome that is not here says its own name."""
ORIGINS = {
    Origin.REOPEN: "came back: the answer had not settled it",
    Origin.RECONTACT: "came back: the bot's answer had not settled it",
    Origin.RETRY: "tries again, after giving up",
}


@dataclass(frozen=True, slots=True)
class Step:
    """Something on the path of a conversation, at a time (s)."""

    at: float
    where: str
    """The tier or the team."""
    text: str
    took: float | None = None
    """How long that lasted, or lasts by now (s)."""
    late: bool = False
    """Whether it took longer than the customer expects."""


@dataclass(frozen=True, slots=True)
class Contact:
    """One conversation about the need."""

    number: int
    channel: str
    facts: tuple[str, ...]
    """What else there is to say of it: urgent, upset, passed on once ..."""
    steps: tuple[Step, ...]
    expects: float
    """First response time that the customer takes for granted (s)."""
    frt: float | None
    """First message to first human reply (s), None where there was none."""
    outcome: str | None
    """Name of the `Outcome`, in small letters; None while it is open."""
    resolved: bool
    handler: str
    """Who took it, empty where nobody did."""
    handle: float
    """People's time spent on it so far (s)."""
    rating: int
    """The rating that the customer has in mind, 0 where there is none yet."""
    surveyed: bool
    likely: float | None
    """Chance of a rating of 4 or 5, None where there is nothing to rate."""
    drivers: tuple[tuple[str, float], ...]
    """What moved it away from the baseline: name and log odds, the largest first."""


@dataclass(frozen=True, slots=True)
class Case:
    """A need and all conversations about it."""

    need: int
    now: float
    name: str
    company: str
    about: tuple[tuple[str, str], ...]
    """What is known of the customer: topic, segment, and more where the model has it."""
    message: str
    contacts: tuple[Contact, ...]

    @property
    def open(self) -> bool:
        """Whether it has not ended yet."""
        return not self.contacts or self.contacts[-1].outcome is None


def case_of(rows: Records, scenario: Scenario, people: People, now: float, who: Callable[[int], str],
            hops: Mapping[int, Sequence[Hop]] = {}) -> Case:
    """The case of one need; `rows` are all records about it, `who` names the person of a number.

    `hops` are the hands that its conversations went through, by number of the contact, for those passed on.
    """
    rows = rows.where(np.argsort(rows.contact))
    facts = facts_of(rows, 0, scenario)
    customer, said = people.customer(facts), people.message(facts)
    about = {"topic": facts.topic, "segment": facts.segment, "plan": customer.plan, "language": customer.language,
             "customer for": _tenure(customer.tenure_days), **facts.attributes}
    contacts = tuple(_contact(rows.where(np.array([at])), scenario, now, who, hops.get(int(rows.contact[at]), ()))
                     for at in range(len(rows)))
    return Case(facts.need, now, customer.name, customer.company,
                tuple((name, value) for name, value in about.items() if value),
                "\n".join([said.subject, *said.lines] if said.subject else said.lines), contacts)


def _tenure(days: float) -> str:
    return f"{days:.0f} days" if days < 90 else f"{days / 30.4:.0f} months" if days < 730 else f"{days / 365:.0f} years"


def _contact(row: Records, scenario: Scenario, now: float, who: Callable[[int], str],
             hops: Sequence[Hop]) -> Contact:
    outcome = Outcome(int(row.outcome[0]))
    expects = float(row.expects[0])
    frt = _known(row.replied[0] - row.asked[0])
    rated = int(row.rating[0]) > 0
    agent = int(row.agent[0])
    return Contact(
        number=int(row.contact[0]), channel=list(scenario.channel)[int(row.channel[0])], facts=tuple(_facts(row)),
        steps=tuple(_steps(row, scenario, now, outcome, expects, who, hops)), expects=expects, frt=frt,
        outcome=None if outcome is Outcome.OPEN else outcome.name.lower(), resolved=bool(row.resolved[0]),
        handler=who(agent) if agent >= 0 else "", handle=float(row.handle[0]), rating=int(row.rating[0]),
        surveyed=bool(row.surveyed[0]),
        likely=float(satisfaction.csat_probability(row.score)[0]) if rated else None,
        drivers=_drivers(row, scenario) if rated else ())


MOODS = ("", "upset", "harsh")


def _facts(row: Records) -> Iterator[str]:
    """What else there is to say of a conversation."""
    for said, holds in (("urgent", row.urgent[0]), (MOODS[int(row.mood[0])], row.mood[0] > 0),
                        ("wanted a person", row.wanted_person[0]),
                        ("sent back to articles just read", row.sent_back[0]),
                        ("placed by hand", row.sorted[0]), ("asked to be called back", row.callback[0]),
                        ("not answered in their language", row.foreign[0])):
        if holds:
            yield said
    if row.difficulty[0] > 0:
        yield f"difficulty {row.difficulty[0] * 100:.0f} %"
    if count := int(row.taps[0]):
        yield f"a senior was asked {('once', 'twice')[count - 1] if count <= 2 else f'{count} times'}"


def _drivers(row: Records, scenario: Scenario) -> tuple[tuple[str, float], ...]:
    """What moved the rating away from the baseline: amount of each driver times its effect (log odds)."""
    effects = scenario.satisfaction
    met = satisfaction.exposure(satisfaction.met_with(row), effects)
    moved = [(name, float(added[0])) for name, added in satisfaction.contributions(met, effects).items()]
    return tuple(sorted(((name, effect) for name, effect in moved if effect), key=lambda pair: -abs(pair[1])))


def _steps(row: Records, scenario: Scenario, now: float, outcome: Outcome, expects: float,
           who: Callable[[int], str], hops: Sequence[Hop]) -> list[Step]:
    """The path, tier by tier."""
    arrived, asked, queued, answered, replied, ended = (
        _known(column[0]) for column in (row.arrived, row.asked, row.queued, row.answered, row.replied, row.ended))
    assert arrived is not None
    origin = Origin(int(row.origin[0]))
    channel = list(scenario.channel)[int(row.channel[0])]
    end = now if ended is None else ended
    steps = [Step(arrived, "customer", ORIGINS.get(origin, "needs help"))]
    if outcome is Outcome.PREVENTED:
        return [*steps, Step(end, "proactive", ENDINGS[outcome])]
    if asked is None or asked > arrived:
        until = end if asked is None else asked
        steps.append(Step(arrived, "help centre", "looks for an answer" if ended is None and asked is None else
                          "looked for an answer", until - arrived))
    if asked is not None:
        steps.append(Step(asked, channel, "asks"))
        turns, failed = int(row.bot_turns[0]), int(row.failed_turns[0])
        if turns or (queued is None and ended is None):
            until = end if queued is None else queued
            said = f"{turns} turn{'s' if turns != 1 else ''}, {failed} did not help" if turns else "is at it"
            steps.append(Step(asked, "bot", said, until - asked))
    if queued is not None and hops:
        steps += _hands(queued, hops, list(scenario.team), end, ended is None, expects, who)
    elif queued is not None:
        team = list(scenario.team)[int(row.team[0])]
        if answered is None:
            waits = "waits" if ended is None else "waited"
            steps.append(Step(queued, team, waits, end - queued, end - queued > expects))
        else:
            steps.append(Step(queued, team, "waited", answered - queued, answered - queued > expects))
            steps.append(Step(answered, team, f"taken by {who(int(row.agent[0]))}"))
    if answered is not None and replied is not None and asked is not None and replied > answered:
        team = list(scenario.team)[hops[-1].team if hops else int(row.team[0])]
        steps.append(Step(replied, team, "first reply, after the first message", replied - asked,
                          replied - asked > expects))
    if ended is not None:
        how = ENDINGS.get(outcome, outcome.name.lower().replace("_", " "))
        if outcome in (Outcome.CLOSED, Outcome.BOT_RESOLVED):
            how += ", settled" if row.resolved[0] else ", not settled"
        steps.append(Step(ended, "end", how, end - answered if answered is not None else None))
    elif answered is not None and not (hops and hops[-1].to >= 0):
        touches = int(row.touches[0])
        state = f"{touches} repl{'ies' if touches != 1 else 'y'} written" if touches else "in hand"
        since = hops[-1].began if hops else answered
        steps.append(Step(since, "now", state, now - since))
    return steps


def _hands(queued: float, hops: Sequence[Hop], teams: Sequence[str], end: float, is_open: bool, expects: float,
           who: Callable[[int], str]) -> Iterator[Step]:
    """The way from hand to hand of a conversation that was passed on."""
    since, team = queued, teams[hops[0].team]
    for hop in hops:
        yield Step(since, team, "waited", hop.began - since, hop.began - since > expects)
        team = teams[hop.team]
        yield Step(hop.began, team, f"taken by {who(hop.agent)}")
        if hop.to >= 0:
            yield Step(hop.ended, team, hop.why)
            since, team = hop.ended, teams[hop.to]
    if hops[-1].to >= 0:
        yield Step(since, team, "waits" if is_open else "waited", end - since, end - since > expects)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


