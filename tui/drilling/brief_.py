"""`flightdesk drill brief NAME`: what a floor drill is about, what can be done in it, and what counts."""

from __future__ import annotations

import json
from collections.abc import Iterator

import rich_click as click

from core.drill.floor import FloorDrill
from core.metrics import METRICS
from core.scenario import Scenario
from core.units import write_moment
from tui.drilling.common import exercise_of
from tui.drilling.words import terms
from tui.present import columns, page_width, plain, wrapped


@click.command("brief")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str, as_json: bool) -> None:
    """Print the briefing of a floor drill.

    NAME is a built-in drill or a file. It has the story, what is to be learned, every action with its price and its
    delay, what counts, and when the drill is passed.
    """
    exercise = exercise_of(name)
    if as_json:
        click.echo(json.dumps({"schema": 1, "name": exercise.name, **exercise.drill.model_dump(
            mode="json", include={"title", "number", "level", "goals", "brief", "start", "end", "budget", "action",
                                  "goal", "target", "pass_mark", "seed", "speed"})}, indent=2, ensure_ascii=False))
        return
    click.echo("\n".join((plain(exercise.drill.title), "",
                          *briefing(exercise.drill, exercise.scenario, page_width()))))


def briefing(drill: FloorDrill, scenario: Scenario, width: int) -> Iterator[str]:
    """The briefing in lines of at most `width` characters."""
    currency = plain(scenario.currency)
    for part in plain_parts(drill.brief):
        yield from wrapped(part, width)
    yield ""
    yield "To learn"
    for goal in drill.goals:
        yield from hung("  - ", plain(goal), width)
    yield ""
    budget = "" if drill.budget is None else f"; {currency}{drill.budget:,.0f} to spend on all of it"
    yield from wrapped(f"What you can do, from {write_moment(round(drill.start))} to {write_moment(round(drill.end))}"
                       f"{budget}", width)
    for number, action in enumerate(drill.action.values(), 1):
        yield from hung(f"  {number}. ", f"{plain(action.title)}: {terms(action, currency)}", width)
        needs = "".join(f" First: {plain(drill.action[need].title)}." for need in action.needs)
        if action.does or needs:
            yield from hung("     ", f"{plain(action.does)}{needs}".strip(), width)
    yield ""
    yield "What counts"
    rows = []
    for goal_ in drill.goal:
        metric = METRICS[goal_.metric]
        step = f"for {goal_.target}" if goal_.target is not None else f"for each {goal_.per} better"
        rows.append((f"  {metric.title}", f"{currency}{goal_.worth:g} {step}"))
    yield from columns(rows)
    for target in drill.target:
        yield f"  to be met: {target}"
    yield from wrapped(f"Passed from {drill.pass_mark:g} points on: 0 is what happens by itself, 100 what a strong "
                       "policy makes of the same day.", width)
    if drill.hint:
        yield from wrapped(f"{len(drill.hint)} hints, for {', '.join(f'{hint.cost:g}' for hint in drill.hint)} points.",
                           width)


def plain_parts(text: str) -> Iterator[str]:
    """The paragraphs of a text."""
    return (plain(" ".join(part.split())) for part in text.strip().split("\n\n"))


def hung(lead: str, text: str, width: int) -> Iterator[str]:
    """The text behind a lead, its further lines as far in."""
    first, *rest = wrapped(text, width - len(lead))
    yield f"{lead}{first}"
    yield from (f"{' ' * len(lead)}{line}" for line in rest)
