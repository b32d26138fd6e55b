"""`flightdesk drill debrief NAME --actions FILE`: where it was decided, and what would have helped."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from core.drill.file import load_drill
from core.drill.judgement import JudgementDrill
from core.errors import DrillError
from core.units import write_moment
from tui.drilling.play_ import report
from tui.exit import Exit
from tui.places import place, places
from tui.present import columns, command_line, page_width, plain, progress, value_with_error, wrapped

if TYPE_CHECKING:
    from core.drill.course import Deed
    from sim.drills.debrief import Debrief


@click.command("debrief")
@click.argument("name")
@click.option("--actions", metavar="FILE", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="What was decided and when, as JSON; the screen writes it.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed, in place of the one that was played.")
@click.option("-o", "--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write a page: HTML, or Markdown where the name ends with .md.")
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
@click.option("--no-pictures", is_flag=True, help="Leave the pictures out; they need the extra `report`.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@places
def command(name: str, actions: Path, seed: int | None, output: Path | None, force: bool, no_pictures: bool,
            as_json: bool, jobs: int | None, cluster: str | None) -> int:
    """Say where a drill was decided, and what would have helped.

    NAME is a built-in drill or a file. Of a judgement drill every card that was missed is shown, with what was right
    and why. Of a floor drill the trainee's course is taken up to each point of the day, and the reference
    goes on from there: where most is lost is where it was decided. The better move there is played again, also over
    other days that went the same way up to that minute. The exit code is 1 where the drill was not passed.
    """
    from core.drill.performance import read
    from sim.drills.debrief import debrief
    from sim.drills.exercise import Exercise
    from sim.drills.result import judge

    if output is not None and output.exists() and not force:
        raise click.UsageError(f"{plain(str(output))} is there already; --force writes over it.")
    drill = load_drill(name)
    if isinstance(drill.drill, JudgementDrill):
        from tui.drilling import cards

        return cards.debrief(drill, actions, seed, output, as_json)
    exercise = Exercise.of(drill)
    performance = read(actions)
    with place(jobs, cluster) as executor:
        with progress("Looking for the reference policy") as tell:
            judged = judge(exercise, performance, seed, executor, tell)
        with progress("Looking where it was decided") as tell:
            found = debrief(judged, executor, tell)
    if output is not None:
        write_page(found, output, no_pictures, command_line())
        click.echo(f"Wrote {plain(str(output))}.", err=True)
    if as_json:
        click.echo(json.dumps(as_document(found), indent=2, ensure_ascii=False))
    elif output is None:
        click.echo("\n".join(text(found, page_width())))
    return Exit.OK if judged.score.passed else Exit.NO


def write_page(found: Debrief, output: Path, no_pictures: bool, made_by: str) -> None:
    """Writes the debrief as a page, HTML or Markdown.

    Raises:
        DrillError: where the file cannot be written.
    """
    from core.output.pictures import svg
    from core.output.report import html, markdown_page
    from tui.drilling.page import page

    made = page(found, made_by, pictures=not no_pictures)
    is_markdown = output.suffix.lower() in (".md", ".markdown")
    lines = "\n".join(markdown_page(made)) + "\n" if is_markdown else html(made, svg)
    try:
        output.write_text(lines, encoding="utf-8")
    except OSError as error:
        raise DrillError(f"{plain(str(output))}: cannot be written ({error.strerror})") from None


def text(found: Debrief, width: int) -> Iterator[str]:
    """The debrief for people."""
    result, drill = found.result, found.result.exercise.drill
    currency = plain(result.exercise.scenario.currency)
    yield f"{plain(drill.title)}, seed {result.seed}"
    yield from report(result.score, currency)
    yield ""
    yield "Timeline"
    worths = {one.deed: one for one in found.own}
    rows = []
    for at, who, words, deed in timeline(found):
        one = worths.get(deed) if deed is not None else None
        points = "" if one is None else f"{one.points:+.1f} points"
        rows.append((f"  {write_moment(round(at))}", who, plain(words), points))
    yield from told(rows, width)
    yield ""
    yield "Where it was decided"
    yield from (f"  {line}" for part in decision(found, currency) for line in wrapped(plain(part), width - 2))
    yield ""
    yield "To remember"
    for number, sentence in enumerate(found.remember, 1):
        first, *rest = wrapped(plain(sentence), width - 5)
        yield f"  {number}. {first}"
        yield from (f"     {line}" for line in rest)


def told(rows: Sequence[tuple[str, str, str, str]], width: int) -> Iterator[str]:
    """When, who, what, and points, in columns; where that is too wide what is told has several lines."""
    if not rows:
        yield "  nothing happened"
        return
    when, who, _, points = (max(map(len, column)) for column in zip(*rows, strict=True))
    room = max(20, width - when - who - points - 6)
    lines = []
    for first, second, words, last in rows:
        one, *more = wrapped(words, room)
        lines += [(first, second, one, last), *(("", "", line, "") for line in more)]
    yield from columns(lines)


def timeline(found: Debrief) -> Iterator[tuple[float, str, str, Deed | None]]:
    """When, who, what, and the decision where it is one: the script and what the trainee decided, by time."""
    drill = found.result.exercise.drill
    lines: list[tuple[float, str, str, Deed | None]] = [
        (incident.at, "happened", incident.headline or ", ".join(
            f"{key} {change}" for key, change in incident.changes.items()), None) for incident in drill.incident]
    lines += [(incident.at + incident.lasts, "ended", f"what began on {write_moment(round(incident.at))}", None)
              for incident in drill.incident if incident.lasts is not None and incident.changes]
    lines += [(deed.at, "you", drill.action[deed.action].title, deed) for deed in found.result.mine.deeds]
    lines += [(deed.at, "reference", drill.action[deed.action].title, None) for deed in found.result.reference.deeds]
    return iter(sorted((line for line in lines if line[0] < drill.end), key=lambda line: line[0]))


def decision(found: Debrief, currency: str) -> Iterator[str]:
    """Where it was decided and what the better move gives, in sentences."""
    from sim.drills.debrief import in_words

    worst = found.decided
    if worst is None:
        yield "Nothing of note was lost against the reference."
        return
    yield (f"Most was lost between {write_moment(round(worst.begin))} and {write_moment(round(worst.end))}: "
           f"{worst.points:.1f} of the {sum(step.points for step in found.steps):.1f} points, hints aside, by which "
           "the reference is better.")
    better = found.better
    if better is None:
        yield "No single change at that minute helps: it takes several."
        return
    drill = found.result.exercise.drill
    yield f"{in_words(drill, better)} would have given {better.points:.1f} points on this day."
    sure = better.days.interval is not None and better.days.interval[0] > 0
    yield (f"On {better.pairs} days that went the same way up to then it gives "
           f"{value_with_error(better.days, currency)} on average (95 % interval), "
           f"{'so it was no luck' if sure else 'which may be chance'}; 100 points are "
           f"{currency}{found.result.score.span:,.0f}.")


def as_document(found: Debrief) -> dict[str, object]:
    """The debrief as JSON: money, points, times in seconds."""
    from sim.drills.result import as_json, deeds_as_json

    better = found.better
    return {
        **as_json(found.result),
        "steps": [{"begin": step.begin, "end": step.end, "value": step.value, "lost": step.lost,
                   "points": step.points} for step in found.steps],
        "decided": None if found.decided is None else {"begin": found.decided.begin, "end": found.decided.end,
                                                      "points": found.decided.points},
        "better": None if better is None else {
            "at": better.at, "put_in": deeds_as_json(better.put_in), "left_out": deeds_as_json(better.left_out),
            "gain": better.gain, "points": better.points, "days": {
                "value": better.days.value, "half_width": better.days.half_width, "pairs": better.pairs}},
        "own": [{"at": one.deed.at, "action": one.deed.action, "worth": one.worth, "points": one.points}
                for one in found.own],
        "remember": list(found.remember),
        "series": {name: {whose: {"times": one.times.tolist(), "values": [
            None if value != value else value for value in one.values.tolist()]} for whose, one in mine.items()}
            for name, mine in found.series.items()}}
