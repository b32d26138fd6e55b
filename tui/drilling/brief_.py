"""`flightdesk drill brief NAME`: what a drill is about, what can be done in it, and what counts."""

from __future__ import annotations

import json
from collections.abc import Iterator

import rich_click as click

from core.drill.drill import Drill
from core.drill.file import load_drill
from core.drill.floor import FloorDrill
from core.drill.judgement import JudgementDrill
from core.metrics import METRICS
from core.scenario import Scenario
from core.staffing.targets import read_targets
from core.units import write_moment, write_seconds
from sim.drills.exercise import Exercise
from tui.drilling.words import price, target_words, terms
from tui.present import columns, page_width, plain, wrapped


@click.command("brief")
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(name: str, as_json: bool) -> None:
    """Print the briefing of a drill.

    NAME is a built-in drill or a file. It has the story, what is to be learned, what counts, and when the drill is
    passed; of a floor drill every action with its price and its delay, too.
    """
    file = load_drill(name)
    if isinstance(file.drill, JudgementDrill):
        _judgement(file.name, file.drill, as_json)
        return
    exercise = Exercise.of(file)
    if as_json:
        click.echo(json.dumps({"schema": 1, "name": exercise.name, **exercise.drill.model_dump(
            mode="json", include={"title", "number", "level", "goals", "brief", "start", "end", "budget", "action",
                                  "goal", "target", "pass_mark", "seed", "speed"})}, indent=2, ensure_ascii=False))
        return
    click.echo("\n".join((plain(exercise.drill.title), "",
                          *briefing(exercise.drill, exercise.scenario, page_width()))))


def _judgement(name: str, drill: JudgementDrill, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"schema": 1, "name": name, **drill.model_dump(mode="json", exclude={
            "hint", "remember", "set", "change"})}, indent=2, ensure_ascii=False))
        return
    lines = [plain(drill.title), "", *(line for part in plain_parts(drill.brief) for line in wrapped(
        part, page_width())), "", "To learn"]
    lines += [line for goal in drill.goals for line in hung("  - ", plain(goal), page_width())]
    lines += ["", "What counts", *columns([(f"  {plain(part)}", f"{points:g} points")
                                           for part, points in drill.points.items()], right=(1,)), "",
              *wrapped(f"Passed from {drill.pass_mark:g} points on. {write_seconds(drill.par)} a card is fast. "
                       f"{hints(drill)}", page_width())]
    click.echo("\n".join(lines))


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
        lead = f"  {number}. "
        yield from hung(lead, f"{plain(action.title)}: {terms(action, currency)}", width)
        needs = "".join(f" First: {plain(drill.action[need].title)}." for need in action.needs)
        if action.does or needs:
            yield from hung(" " * len(lead), f"{plain(action.does)}{needs}".strip(), width)
    yield ""
    yield "What counts"
    rows = []
    for goal_ in drill.goal:
        metric = METRICS[goal_.metric]
        per = f"{currency if metric.unit == 'money' else ''}{goal_.per}"
        limit = (goal_.target or "").replace(">=", "≥ ").replace("<=", "≤ ")
        step = f"for {limit}" if limit else f"for each {per} better"
        rows.append((f"  {metric.title}", f"{price(goal_.worth, currency)} {step}"))
    yield from columns(rows)
    for target in read_targets(drill.target, scenario):
        yield f"  to be met: {target_words(target, currency)}"
    yield from wrapped(f"Passed from {drill.pass_mark:g} points on: 0 is what happens by itself, 100 what a strong "
                       "policy makes of the same day.", width)
    yield from wrapped(hints(drill), width)


def hints(drill: Drill) -> str:
    """How many there are, and the points that they cost, as a sentence; nothing where there are none."""
    costs = [f"{hint.cost:g}" for hint in drill.hint]
    if len(costs) < 2:
        return f"One hint, for {costs[0]} points." if costs else ""
    return f"{len(costs)} hints, for {', '.join(costs[:-1])} and {costs[-1]} points."


def plain_parts(text: str) -> Iterator[str]:
    """The paragraphs of a text."""
    return (plain(" ".join(part.split())) for part in text.strip().split("\n\n"))


def hung(lead: str, text: str, width: int) -> Iterator[str]:
    """The text behind a lead, its further lines as far in."""
    first, *rest = wrapped(text, width - len(lead))
    yield f"{lead}{first}"
    yield from (f"{' ' * len(lead)}{line}" for line in rest)
