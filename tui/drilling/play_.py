"""`flightdesk drill play NAME`: plays a floor drill on the screen, or a recorded one again, and scores it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from core.drill.score import Part, Score
from core.metrics import METRICS
from core.units import write_moment
from tui.drilling.common import exercise_of, written
from tui.exit import Exit
from tui.places import place, places
from tui.present import columns, plain, progress

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui.app import Flightdesk


@click.command("play")
@click.argument("name")
@click.option("--actions", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="What was decided and when, as JSON; the screen writes it. Without it the drill is played on the "
                   "screen.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed, in place of the one that was played, or the drill's.")
@click.option("--eased", is_flag=True, help="With a clock at half the speed that stops when something is told.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: every digit.")
@places
def command(name: str, actions: Path | None, seed: int | None, eased: bool, as_json: bool, jobs: int | None,
            cluster: str | None) -> int:
    """Play a floor drill on the screen, or a recorded one again, and score it.

    NAME is a built-in drill or a file. What is played on the screen is recorded in the data folder as it goes. The
    score is 0 for what happens by itself and 100 for the reference policy, under the same chance; the exit code is 1
    where it is below the pass mark. A seed that the drill has no reference policy for yet takes a search, once.
    """
    from core.drill.performance import read
    from sim.drills import result

    exercise = exercise_of(name)
    if actions is None:
        return on_screen(exercise.name, seed, eased)
    performance = read(actions)
    with progress("Looking for the reference policy") as tell, place(jobs, cluster) as executor:
        judged = result.judge(exercise, performance, seed, executor, tell)
    if as_json:
        click.echo(json.dumps(result.as_json(judged), indent=2, ensure_ascii=False))
    else:
        click.echo(f"{plain(exercise.drill.title)}, seed {judged.seed}")
        currency = plain(exercise.scenario.currency)
        click.echo("\n".join(report(judged.score, currency)))
        click.echo("")
        for deed in judged.mine.deeds:
            click.echo(f"  {write_moment(deed.at)}  {plain(exercise.drill.action[deed.action].title)}")
    return Exit.OK if judged.score.passed else Exit.NO


def on_screen(name: str, seed: int | None, eased: bool) -> int:
    """Plays a floor drill on the screen, beginning at its briefing."""
    from core.drill.file import load_drill
    from tui.front import make_app, on_a_terminal, run_app

    if not on_a_terminal():
        raise click.UsageError("There is no terminal to draw on; --actions FILE scores what was decided elsewhere, and "
                               f"`flightdesk drill brief {name}` says what can be done.")
    file = load_drill(name)

    def first(app: Flightdesk) -> Screen[None]:
        from tui.screens.drills import BriefScreen

        return BriefScreen(file, seed, eased, unicode=app.unicode, timed=app.timed)

    return run_app(make_app(first=first))


def report(score: Score, currency: str) -> Iterator[str]:
    """The score for people: parts that add up, and the targets."""
    if not score.scorable:
        yield (f"No score: between doing nothing and the reference policy there is only {currency}{score.span:.2f}; "
               "another seed may ask for more.")
    else:
        *parts, hints, total = score.in_tenths()
        verdict = "passed" if score.passed else "not passed"
        yield f"Score {total:.1f}, {verdict} (pass mark {score.pass_mark:g})"
        rows: list[tuple[str, ...]] = [("", "points", "you", "nothing done", "reference", "worth")]
        rows += [(f"  {part.title}", f"{tenth:+.1f}", *_values(part, currency), money(part.money, currency))
                 for part, tenth in zip(score.parts, parts, strict=True)]
        if score.hints:
            rows.append(("  hints", f"{hints:+.1f}", "", "", "", ""))
        rows.append(("  score", f"{total:.1f}", "", "", "", f"of {currency}{score.span:,.0f}"))
        yield from columns(rows, right=(1, 2, 3, 4, 5))
    yield from judged_lines(score, currency)


def judged_lines(score: Score, currency: str) -> Iterator[str]:
    """The targets, met or missed."""
    for one in score.targets:
        metric = METRICS[one.target.metric]
        yield (f"  {'met' if one.met else 'missed':6}  {metric.title} {'≥' if one.target.at_least else '≤'} "
               f"{written(one.target.value, metric.unit, currency)}: {written(one.value, metric.unit, currency)}")


def _values(part: Part, currency: str) -> tuple[str, ...]:
    unit = METRICS[part.name].unit if part.name in METRICS else "money"
    return tuple(written(value, unit, currency) for value in (part.value, part.twin, part.reference))


def money(value: float, currency: str) -> str:
    """Money with its sign: +$120, −$40."""
    return f"{'−' if value < 0 else '+'}{currency}{abs(value):,.0f}"
