"""The triage drill: conversations arrive, the trainee says which team, which priority class, and bot or person.

`triage` deals a hand from the needs of a scenario's day, and asks the floor's own rooms what becomes of each: the desk
that sorts by rules (`sim.routing`), the never-automate list (`sim.exemptions`), the bot's reach (`sim.bot`). No rule is
written a second time here; to say which one decided, or would have, the rooms are asked again with that rule alone.

All that a rule reads is on the card. Bots have not touched a conversation yet, and nobody is burnt by one.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

import numpy as np

from core.errors import DrillError
from core.scenario import Route, Scenario
from core.streams import Stream
from core.units import DAY, MINUTE, write_moment, write_seconds
from sim.bot import ResolutionBot
from sim.case import MOODS
from sim.conversation import Flags, Ints
from sim.customers import Customers
from sim.demand import Demand
from sim.drills.judgement import Decision, Hand, Item, Option, Truth
from sim.exemptions import Exemptions
from sim.facts import facts_of
from sim.moods import Moods
from sim.people import People
from sim.routing import UNPLACED, Routing

DECISIONS = ("team", "priority", "first")
"""What can be asked: the team's inbox, the priority class, and who answers first, a bot or a person."""
BOT, PERSON = "bot", "person"
_MOST = {"team": 0.4, "priority": 0.4, "first": 0.6}
"""Share of the cards that may have the same answer, as long as there are others: who always says the same is wrong."""
_NEVER = {"never_topics": (), "never_segments": (), "never_newer_than": 0.0}
"""The parts of the never-automate list, with what each is when it is empty."""


def triage(scenario: Scenario, seed: int, *, count: int, start: float, points: Mapping[str, float],
           par: float) -> Hand:
    """A hand of `count` conversations that arise from `start` (s) until midnight, in the order in which they come.

    What is asked is what there are points for.

    Raises:
        DrillError: where fewer arise.
    """
    desk, decisions = _Desk(scenario, seed, start), [name for name in DECISIONS if name in points]
    rows = desk.deal(seed, count, decisions)
    people = People(seed)
    asked = [desk.decision(name) for name in decisions]
    items = tuple(desk.card(row, people, asked) for row in rows)
    truths = tuple({name: desk.truth(name, row) for name in decisions} for row in rows)
    return Hand(items, truths, points, par, tuple(rules(scenario)))


class _Desk:
    """A day's needs, and what the floor's rooms say of them."""

    def __init__(self, scenario: Scenario, seed: int, start: float):
        self.scenario = scenario
        self.block = block = Demand(scenario, seed, 0).window(start, (start // DAY + 1) * DAY)
        Customers(scenario, seed, 0).receive(block)
        Moods(scenario).receive(block)
        self.never = {part: self._exempt(part) for part in _NEVER}
        self.exempt = np.logical_or.reduce(list(self.never.values()))
        self.reached: Flags = ResolutionBot(scenario).reach(block) > 0.0
        self.would = [self._desk(scenario.model_copy(update={"route": (route,)}))[2] == 0 for route in scenario.route]
        """By rule: which rows it would place if it were the only one."""
        self.team, self.priority, self.rule = self._desk(scenario)
        self.teams = list(scenario.team)

    def _exempt(self, part: str) -> Flags:
        """Rows that one part of the never-automate list keeps from bots."""
        alone = self.scenario.bot.model_copy(update={name: empty for name, empty in _NEVER.items() if name != part})
        self.block.straight = np.zeros(len(self.block), dtype=bool)
        Exemptions(self.scenario.model_copy(update={"bot": alone})).receive(self.block)
        return self.block.straight

    def _desk(self, scenario: Scenario) -> tuple[Ints, Ints, Ints]:
        """Team, priority class and rule of each row."""
        self.block.rule = np.full(len(self.block), -1)
        Routing(scenario).receive(self.block)
        return self.block.team.copy(), self.block.priority.copy(), self.block.rule

    def deal(self, seed: int, count: int, decisions: Sequence[str]) -> list[int]:
        """The rows of a hand, by time: drawn, but with no answer too often while there are others."""
        size = len(self.block)
        if size < count:
            raise DrillError(f"{count} conversations are wanted, and {size} arise until midnight")
        order = np.argsort(Stream(seed, 0, "drill/triage").uniform(size)).tolist()
        most = {name: math.ceil(_MOST[name] * count) for name in decisions}
        seen = Counter[tuple[str, int]]()
        chosen: list[int] = []
        others: list[int] = []
        for row in order:
            answers = {"team": int(self.team[row]), "priority": int(self.priority[row]), "first": self._to_bot(row)}
            mine = [(name, int(answers[name])) for name in decisions]
            if all(seen[answer] < most[answer[0]] for answer in mine):
                seen.update(mine)
                chosen.append(row)
                if len(chosen) == count:
                    break
            else:
                others.append(row)
        return sorted((chosen + others)[:count])

    def _to_bot(self, row: int) -> bool:
        return bool(self.reached[row] and not self.exempt[row])

    # What is laid before the trainee

    def card(self, row: int, people: People, decisions: list[Decision]) -> Item:
        """A conversation with all that the rules read."""
        block, scenario = self.block, self.scenario
        facts = facts_of(block, row, scenario)
        customer, said = people.customer(facts), people.message(facts)
        told = int(block.told[row])
        known = {"channel": facts.channel, "segment": facts.segment,
                 "customer for": tenure(facts.tenure_days) if facts.tenure_days >= 0 else "",
                 "language": facts.language, **facts.attributes,
                 "form says": list(scenario.topic)[told] if told >= 0 else "nothing",
                 "it is about": facts.topic,
                 "marks": ", ".join(filter(None, ("urgent" if facts.urgent else "",
                                                  f"seen to be {MOODS[facts.mood]}" if block.noticed[row] else "")))}
        when = write_moment(block.arrived[row] // MINUTE * MINUTE)
        title = f"{when}, {facts.channel} from {customer.name}" + f", {customer.company}" * bool(customer.company)
        lines = [("subject", said.subject)] * bool(said.subject) + [("customer", text) for text in said.lines if text]
        return Item(title, tuple((name, value) for name, value in known.items() if value), tuple(lines),
                    tuple(decisions))

    def decision(self, name: str) -> Decision:
        """What is asked of each card."""
        if name == "team":
            return Decision(name, "Which team's inbox?", tuple(Option(team, team) for team in self.teams))
        if name == "first":
            return Decision(name, "Who may answer first?", (Option(BOT, "a bot"), Option(PERSON, "a person")))
        return Decision(name, "Which priority class? 0 comes first",
                        tuple(Option(str(number), str(number)) for number in classes(self.scenario)))

    # What is right

    def truth(self, name: str, row: int) -> Truth:
        """What the scenario says of one conversation."""
        return {"team": self._team, "priority": self._priority, "first": self._first}[name](row)

    def _team(self, row: int) -> Truth:
        right, topic = self.teams[self.team[row]], list(self.scenario.topic)[self.block.topic[row]]
        misses = {}
        for team in self.teams:
            theirs = [at for at, route in enumerate(self.scenario.route) if route.team == team and self.would[at][row]]
            if theirs:
                misses[team] = f"route.{theirs[0]} would send it to {team}, but the first rule that matches decides."
            elif team in self.scenario.topic[topic].teams:
                misses[team] = f"{team} could settle {topic}, but no rule sees that of this conversation."
        misses.pop(right, None)
        return Truth(right, self._rule_in_words(row), self._place(row), misses=misses)

    def _place(self, row: int) -> str:
        rule = int(self.rule[row])
        return f"route.{rule}" if rule >= 0 else "routing.inbox"

    def _rule_in_words(self, row: int) -> str:
        rule = int(self.rule[row])
        if rule < 0:
            return unplaced(self.scenario)
        return f"route.{rule}: {in_words(self.scenario.route[rule])}."

    def _priority(self, row: int) -> Truth:
        block, scenario, rule = self.block, self.scenario, int(self.rule[row])
        segment = list(scenario.segment)[block.segment[row]]
        ups = [(key, up, why) for key, up, why in (
            (f"segment.{segment}.impact", scenario.segment[segment].impact, f"{segment} customers come first"),
            ("urgency.up", scenario.urgency.up * int(block.urgent[row]), "it is urgent"),
            ("signals.up", scenario.signals.up * int(block.noticed[row]), "the mood has been noticed")) if up]
        right = int(self.priority[row])
        base = scenario.route[rule].priority if rule >= 0 else UNPLACED
        why = f"{self._place(row)} gives class {base}" if rule >= 0 else f"What no rule places has class {base}"
        why += "".join(f", {up} earlier as {reason} ({key})" for key, up, reason in ups)
        return Truth(str(right), f"{why}: {right}." if ups else f"{why}.", ups[0][0] if ups else self._place(row))

    def _first(self, row: int) -> Truth:
        block, scenario = self.block, self.scenario
        topic, segment, language = (list(names)[column[row]] for names, column in (
            (scenario.topic, block.topic), (scenario.segment, block.segment), (scenario.language, block.language)))
        never = {"never_topics": f"{topic} is never automated", "never_segments": f"{segment} customers are never "
                 "automated", "never_newer_than": "customers for less than "
                 f"{write_seconds(scenario.bot.never_newer_than)} are never automated"}
        for part, rows in self.never.items():
            if rows[row]:
                return Truth(PERSON, f"bot.{part}: {never[part]}.", f"bot.{part}")
        if not self.reached[row]:
            closed = [key for key, share in ((f"topic.{topic}.bot", scenario.topic[topic].bot),
                                             (f"segment.{segment}.bot", scenario.segment[segment].bot),
                                             (f"language.{language}.bot", scenario.language[language].bot),
                                             ("bot.coverage", scenario.bot.coverage)) if share == 0.0]
            return Truth(PERSON, f"{closed[0]} is 0%: the bot does not take it.", closed[0])
        return Truth(BOT, "Nothing of the never-automate list (bot.never_topics, bot.never_segments, "
                     "bot.never_newer_than) holds: the bot may try.", "no rule against a bot")


# --- rules in words ---------------------------------------------------------------------------------------------------

def classes(scenario: Scenario) -> list[int]:
    """The priority classes that a conversation can come in with."""
    bases = {*(route.priority for route in scenario.route), UNPLACED}
    impacts = {segment.impact for segment in scenario.segment.values()}
    return sorted({max(base - impact - urgent - noticed, 0) for base, impact, urgent, noticed in product(
        bases, impacts, {0, scenario.urgency.up}, {0, scenario.signals.up})})


def rules(scenario: Scenario) -> Iterable[str]:
    """All that the desk goes by, a line each: the team's handbook."""
    yield "The first rule that matches decides. Words count as they stand there, whole."
    for at, route in enumerate(scenario.route):
        yield f"route.{at}: {in_words(route)}."
    yield unplaced(scenario)
    for name, segment in scenario.segment.items():
        if segment.impact:
            yield f"segment.{name}.impact: {name} customers come {_classes(segment.impact)} earlier."
    if scenario.urgency.up:
        yield f"urgency.up: what is urgent comes {_classes(scenario.urgency.up)} earlier."
    if scenario.signals.up:
        yield f"signals.up: whose mood is seen to be bad comes {_classes(scenario.signals.up)} earlier."
    bot = scenario.bot
    for part, what in (("never_topics", listed(bot.never_topics)), ("never_segments", listed(bot.never_segments)),
                       ("never_newer_than", f"customers for less than {write_seconds(bot.never_newer_than)}"
                        if bot.never_newer_than else "")):
        if what:
            yield f"bot.{part}: never automate {what}. It goes to a person."
    for table, parts in (("topic", scenario.topic), ("segment", scenario.segment), ("language", scenario.language)):
        for name, share in ((name, getattr(part, "bot", 1.0)) for name, part in parts.items()):
            if share == 0.0:
                yield f"{table}.{name}.bot: the bot does not take it."


def in_words(route: Route) -> str:
    """A routing rule in words: "conversations by chat that mention "crash" or "webhook" go to engineers, class 3"."""
    asks: list[tuple[Sequence[str], Callable[[str], str]]] = [
        (route.channels, lambda names: f"by {names}"), (route.segments, lambda names: f"of {names} customers"),
        (route.languages, lambda names: f"in {names}"), (route.topics, lambda names: f"whose form says {names}"),
        *((values, lambda names, name=name: f"with {name} {names}")
          for name, values in route.attributes.items()),
        ([f'"{word}"' for word in route.keywords], lambda names: f"that mention {names}")]
    parts = [said(listed(names)) for names, said in asks if names]
    if route.newer_than is not None:
        parts.append(f"of customers for less than {write_seconds(route.newer_than)}")
    what = f"conversations {' '.join(parts)}" if parts else "every conversation"
    return f"{what} {'go' if parts else 'goes'} to {route.team}, class {route.priority}"


def unplaced(scenario: Scenario) -> str:
    """What happens to what no rule places."""
    inbox = scenario.routing.inbox
    if inbox is None:
        return f"What no rule places goes to the first team, {next(iter(scenario.team))}, class {UNPLACED}."
    return f"routing.inbox: what no rule places goes to {inbox}, class {UNPLACED}."


def listed(names: Sequence[str]) -> str:
    """The names as people list alternatives: a, b or c."""
    return " or ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def tenure(days: float) -> str:
    """How long somebody has been a customer; exact where rules ask."""
    whole = int(days)
    if whole < 90:
        return f"{whole} day{'s' * (whole != 1)}"
    return f"{int(days / 30.4)} months" if days < 730 else f"{int(days / 365)} years"


def _classes(count: int) -> str:
    return f"{count} class{'es' * (count > 1)}"
