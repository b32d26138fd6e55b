"""Plans as they are written on a command line: a scenario, and what is different about it.

    b2b-saas                                              a built-in scenario, or a file
    b2b-saas; team.frontline.extra=2; bot.coverage=60%    with changes, before the run
    b2b-saas; Mon 09:00 team.frontline.extra=2            with a change on the way
    +team.frontline.extra=2; title=Two more people        the first plan with changes, and its name

Callers: the commands that set plans side by side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from core.errors import ExperimentError, FlightdeskError, InterventionError, UnitError
from core.interventions import Intervention, parse_change, with_value
from core.scenario import Scenario
from core.scenario_file import load_scenario
from core.toml_lines import quoted
from core.units import DAY, moment, write_moment, write_seconds
from sim.experiments.comparison import Plan, check_alike

SYNTAX = "SCENARIO; KEY=VALUE; TIME KEY=VALUE; ..."
Load = Callable[[str], Plan]
"""What finds the plan of a word: a scenario by default."""


@dataclass(frozen=True)
class Change:
    """A change as it was written: at a time, or from the start (None)."""

    at: float | None
    key: str
    value: str

    def __str__(self) -> str:
        when = "" if self.at is None else f"{write_moment(self.at)} "
        return f"{when}{self.key}={self.value}"


def load_plan(word: str) -> Plan:
    """The scenario of that name or file, as it is; named after it, without folders."""
    return Plan(Path(word).name.removesuffix(".toml"), load_scenario(word))


def floor_of(name: str, changes: Iterable[str], days: float | None) -> Scenario:
    """The floor that a command line asks for: a scenario, changed first by KEY=VALUE, over so many days.

    Raises:
        FlightdeskError: for a scenario, a key or a value that cannot be used, or a run that is over before it counts.
    """
    scenario = load_scenario(name)
    for text in changes:
        scenario = with_value(scenario, *parse_change(text))
    if days is not None:
        scenario = scenario.model_copy(update={"length": days * DAY})
    if scenario.warm_up >= scenario.length:
        raise ExperimentError(f"the run ({write_seconds(scenario.length)}) must be longer than its warm-up "
                              f"({write_seconds(scenario.warm_up)}), such as --set warm_up=0s")
    return scenario


def read_plans(texts: Sequence[str], *, changes: Iterable[str] = (), days: float | None = None,
               load: Load = load_plan) -> list[Plan]:
    """The plans that the texts describe, each with a name of its own.

    Args:
        texts: each as above; one that begins with "+" is the first with changes.
        changes: KEY=VALUE that all of them share, made before their own.
        days: length of the run, if not the scenario's.
        load: what finds the plan of a text's first part.

    Raises:
        FlightdeskError: with every problem of every text.
    """
    plans: list[Plan] = []
    problems: list[str] = []
    first: Plan | None = None
    for text in texts:
        if text.startswith("+") and problems and first is None:
            continue  # it cannot be read before the first one can
        try:
            plan = _read(text, first, list(changes), days, load)
        except FlightdeskError as error:
            problems.append(str(error))
            continue
        first = first or plan
        plans.append(plan)
    if problems:
        raise ExperimentError("\n".join(dict.fromkeys(problems)))
    return _named_apart(plans)


def add_plan(plans: Sequence[Plan], text: str, load: Load = load_plan) -> list[Plan]:
    """The plans and the one that the text describes, "+" being the first of them.

    Raises:
        FlightdeskError: for a text that describes none.
    """
    found = _read(text, plans[0], [], None, load)
    check_alike([plans[0], found])
    return _named_apart([*plans, found])


def _read(text: str, first: Plan | None, shared: Sequence[str], days: float | None, load: Load) -> Plan:
    head, *rest = (part.strip() for part in text.split(";"))
    if head.startswith("+"):
        if first is None:
            raise ExperimentError(f'{text}: "+" stands for the first plan, which is still to come: {SYNTAX}')
        base, written = first, [head[1:], *rest]
    else:
        base = load(head)
        if days is not None:
            base = replace(base, scenario=base.scenario.model_copy(update={"length": days * DAY}))
        for change in shared:
            base = replace(base, scenario=with_value(base.scenario, *parse_change(change)))
        written = rest
    own = [read_change(part) for part in written if part]
    return with_changes(base, own)


def read_change(text: str) -> Change:
    """The change of "KEY=VALUE" or "TIME KEY=VALUE".

    Raises:
        InterventionError: for any other text.
    """
    key, value = parse_change(text)
    when, _, key = key.rpartition(" ")
    if not when.strip():
        return Change(None, key, value)
    try:
        return Change(moment(when.strip()), key, value)
    except UnitError as error:
        raise InterventionError(f"{text}: {error}, given {quoted(when.strip())}") from error


def with_changes(base: Plan, changes: Sequence[Change]) -> Plan:
    """The plan with changes, named after them, or by the `title` that one of them gives it.

    Raises:
        InterventionError: for a change that the scenario cannot take.
    """
    scenario = base.scenario
    for change in changes:
        if change.at is None:
            scenario = with_value(scenario, change.key, change.value)
    if scenario.warm_up >= scenario.length:
        raise InterventionError(f"{base.name}: the run ({write_seconds(scenario.length)}) must be longer than its "
                                f"warm-up ({write_seconds(scenario.warm_up)}), such as warm_up=0s")
    timed = [*base.interventions, *(Intervention(change.at, change.key, change.value) for change in changes
                                    if change.at is not None)]
    timed.sort(key=lambda change: change.at)
    _try(scenario, timed)
    title = next((change.value for change in reversed(changes) if change.key == "title"), None)
    name = title or ", ".join(map(str, changes)) or base.name
    return Plan(name, scenario, tuple(timed))


def _try(scenario: Scenario, interventions: Iterable[Intervention]) -> None:
    """Every change on the way is tried before anything runs."""
    for change in interventions:
        if change.at >= scenario.length:
            raise InterventionError(f"{write_moment(change.at)} {change.key}={change.value}: the run ends before, at "
                                    f"{write_moment(scenario.length)}; --days makes it longer")
        scenario = with_value(scenario, change.key, change.value)


def _named_apart(plans: Sequence[Plan]) -> list[Plan]:
    """The plans with names that differ."""
    named: list[Plan] = []
    for plan in plans:
        taken, name, count = {other.name for other in named}, plan.name, 1
        while name in taken:
            count += 1
            name = f"{plan.name} ({count})"
        named.append(replace(plan, name=name))
    return named
