"""Automation strategies: named changes of a scenario's upper tiers, a documented set and those of a user's file.

Read by `flightdesk strategy`. A strategy says how far bots, articles and campaigns go; how well they work is the
scenario's own, and only where the scenario says nothing of it (it has no such bot yet) does `assumes` fill it in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli

from core.errors import ExperimentError, FlightdeskError, InterventionError, did_you_mean
from core.interventions import Key, keys, parse_change, with_value
from core.scenario import Scenario
from core.scenario_file import read_text
from core.scenario_text import inline
from core.toml_lines import printable, quoted

Changes = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Strategy:
    """A way to automate."""

    name: str
    why: str
    changes: Changes
    """Keys and values that make it."""
    assumes: Changes = ()
    """How well its bots work, where the scenario does not say: set only where a key has its neutral default."""


_BOT: Changes = (("bot.success", "25%"), ("bot.later_success", "50%"),
                 ("bot.turn_time", '{ law = "exponential", mean = "40s" }'), ("bot.gives_up", "8%"),
                 ("bot.false_resolution", "10%"))
_ARTICLES: Changes = (("task_bot.solves", "12%"), ("task_bot.duration", '{ law = "exponential", mean = "90s" }'))
_TRIAGE: Changes = (("triage_bot.duration", '{ law = "exponential", mean = "45s" }'),
                    ("triage_bot.handle_factor", "93%"), ("triage_bot.told", "95%"))


def _only(**on: Changes) -> Changes:
    """All bots off but those that are named."""
    off = {"bot.coverage": "0%", "task_bot.coverage": "0%", "triage_bot.coverage": "0%"}
    return tuple((off | dict(change for changes in on.values() for change in changes)).items())


DOCUMENTED = (
    Strategy("no bot", "Every conversation goes to a person.", _only()),
    Strategy("triage only", "A bot asks for context before a person joins, and answers nothing: it saved 5-10 % of "
             "headcount at one team.", _only(triage=(("triage_bot.coverage", "100%"),)), _TRIAGE),
    Strategy("cautious, with exit", "A bot for a third of what it may take; a person after one failed turn.",
             _only(bot=(("bot.coverage", "33%"), ("bot.exit_after", "1"))), _BOT),
    Strategy("broad, with exit", "A bot first for all that it may take; a person after two failed turns.",
             _only(bot=(("bot.coverage", "100%"), ("bot.exit_after", "2"))), _BOT),
    Strategy("broad, without exit", "The same with no way to a person: who is not helped gives up.",
             _only(bot=(("bot.coverage", "100%"), ("bot.exit_after", "0"))), _BOT),
    Strategy("articles first", "No answers of its own: articles are suggested by the keywords of the message.",
             _only(articles=(("task_bot.coverage", "100%"),)), _ARTICLES),
    Strategy("proactive first", "Known problems are solved before anyone asks, for three customers in ten.",
             (*_only(), ("proactive.reach", "30%")), (("proactive.effect", "80%"),)),
)
"""The set that is run where nothing else is asked for."""
NEUTRAL = ("0%", "100%", "0s", "0")
"""Values of a key that say nothing of how well a bot works."""


@dataclass(frozen=True)
class Applied:
    """A strategy in a scenario."""

    strategy: Strategy
    scenario: Scenario
    skipped: tuple[str, ...]
    """Keys that the scenario does not have."""
    assumed: Changes
    """What was filled in because the scenario says nothing of it."""


def apply(strategy: Strategy, scenario: Scenario) -> Applied:
    """The scenario with the strategy.

    Raises:
        InterventionError: for a value that a key cannot take.
    """
    there = {key.name: key for key in keys(scenario)}
    skipped = [key for key, _ in (*strategy.changes, *strategy.assumes) if key not in there]
    # The first of them is what such a bot cannot do without: where the scenario says it, it says the rest too.
    unsaid = [(key, value) for key, value in strategy.assumes if key in there and _says_nothing(there[key])]
    assumed = tuple(unsaid) if unsaid and unsaid[0] == strategy.assumes[0] else ()
    after = scenario
    for key, value in (*assumed, *(change for change in strategy.changes if change[0] in there)):
        after = with_value(after, key, value)
    # Who cannot get out and never gives up would stay for ever, which no scenario may ask for.
    if after.bot.coverage > 0 and after.bot.exit_after == 0 and after.bot.gives_up == 0:
        after = with_value(after, "bot.gives_up", "8%")
        assumed = (*assumed, ("bot.gives_up", "8%"))
    return Applied(strategy, after, tuple(dict.fromkeys(skipped)), assumed)


def _says_nothing(key: Key) -> bool:
    return key.value in NEUTRAL and key.value == inline(key.slot.default, key.slot).strip('"')


def read_added(texts: Iterable[str], scenario: Scenario) -> list[Strategy]:
    """Strategies of a command line: "more articles: task_bot.coverage=80%; bot.coverage=0%".

    Raises:
        ExperimentError: with everything that is wrong with any of them.
    """
    found, wrong = [], []
    for text in texts:
        name, colon, written = (part.strip() for part in text.partition(":"))
        try:
            changes = tuple(parse_change(part) for part in written.split(";") if part.strip())
        except InterventionError as error:
            wrong.append(f"--add {quoted(printable(text))}: {error}")
            continue
        if not (colon and name and changes):
            wrong.append(f'--add {quoted(printable(text))}: written "NAME: KEY=VALUE; KEY=VALUE"')
            continue
        found.append(Strategy(printable(name), "Added on the command line.", changes))
    return _checked(found, scenario, "--add", wrong)


def read_strategies(file: Path, scenario: Scenario) -> list[Strategy]:
    """Strategies of a TOML file: tables [strategy.NAME] with `set`, a table of keys and values, and perhaps `why`.

    Raises:
        FlightdeskError: where it cannot be read, or with everything that is wrong in it.
    """
    try:
        data = tomli.loads(read_text(file))
    except tomli.TOMLDecodeError as error:
        raise ExperimentError(f"{printable(str(file))}:{error.lineno}: no TOML: {error.msg}") from error
    wrong: list[str] = []
    found: list[Strategy] = []
    table = data.get("strategy")
    if set(data) != {"strategy"} or not isinstance(table, dict) or not table:
        raise ExperimentError(f"{printable(str(file))}: tables [strategy.NAME] are wanted, and nothing else")
    for name, given in table.items():
        problems = list(_problems(given))
        wrong += [f"{printable(str(file))}: strategy.{printable(name)}: {problem}" for problem in problems]
        if not problems:
            changes = tuple(_flat(given["set"]))
            found.append(Strategy(printable(name), printable(given.get("why", "")), changes))
    return _checked(found, scenario, printable(str(file)), wrong)


def _problems(given: Any) -> Iterable[str]:
    if not isinstance(given, dict):
        yield "a table is wanted"
        return
    for key in given:
        if key not in ("set", "why"):
            yield f"{printable(key)}: unknown key; {did_you_mean(key, ('set', 'why'))}"
    if not isinstance(given.get("set"), dict) or not given["set"]:
        yield '`set` is a table of keys and values, such as { "bot.coverage" = "40%" }'
    if not isinstance(given.get("why", ""), str):
        yield "`why` is a text"


def _flat(given: Mapping[str, Any], lead: str = "") -> Iterable[tuple[str, str]]:
    """Keys with dots, whether they were written so or as tables."""
    for key, value in given.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{lead}{key}.")
        else:
            yield f"{lead}{key}", str(value)


def _checked(found: Sequence[Strategy], scenario: Scenario, where: str, wrong: Sequence[str]) -> list[Strategy]:
    """The strategies, each of which the scenario can take; a user's own key must be there."""
    problems = list(wrong)
    for strategy in found:
        after = scenario
        for key, value in strategy.changes:
            try:
                after = with_value(after, key, value)
            except FlightdeskError as error:
                problems.append(f"{where}: {strategy.name}: {error}")
    if problems:
        raise ExperimentError("\n".join(problems))
    return list(found)
