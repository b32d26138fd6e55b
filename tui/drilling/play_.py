"""`flightdesk drill play NAME`: plays a drill, or a recorded one again, and scores it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from core.drill import records
from core.drill.file import DrillFile, load_drill
from core.drill.judgement import JudgementDrill
from core.drill.score import Part, Score
from core.metrics import METRICS
from core.units import write_moment
from tui.drilling.common import written
from tui.drilling.words import target_words
from tui.exit import Exit
from tui.places import place, places
from tui.present import columns, plain, progress

if TYPE_CHECKING:
    from textual.screen import Screen

    from tui.app import Flightdesk
    from tui.drilling.judging import Seat


@click.command("play")
@click.argument("name")
@click.option("--actions", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="A recorded play, as JSON, which is scored again; without it the drill is played: a floor drill on "
                   "the screen, a judgement drill by prompts.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed, in place of the one that was played or the drill's.")
@click.option("--eased", is_flag=True, help="A floor drill with a clock at half the speed, which stops when something "
                                            "is told.")
@click.option("--class", "group", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="A class's file, from the trainer: writes a signed result to hand in.")
@click.option("--trainee", metavar="NAME", help="Who plays.")
@click.option("-o", "--output", metavar="PATH", type=click.Path(path_type=Path),
              help="Where the record is written, in place of the data folder; with --class the folder of the results, "
                   "in place of the present one.")
@click.option("--screen", is_flag=True, help="A judgement drill on a screen of its own, in place of plain prompts.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: every digit.")
@places
def command(name: str, actions: Path | None, seed: int | None, eased: bool, group: Path | None, trainee: str | None,
            output: Path | None, screen: bool, as_json: bool, jobs: int | None, cluster: str | None) -> int:
    """Play a drill, or a recorded one again, and score it.

    NAME is a built-in drill or a file. A judgement drill (triage, review, reading) is played here, card by card; a
    floor drill on the screen, and recorded in the data folder as it goes. Of a floor drill the score is 0 for what
    happens by itself and 100 for the reference policy, under the same chance; a seed that the drill has no reference
    policy for yet takes a search, once. The exit code is 1 below the pass mark.
    """
    from tui.drilling import judging

    drill = load_drill(name)
    if isinstance(drill.drill, JudgementDrill):
        if actions is not None:
            return judging.again(drill, actions, seed, trainee=trainee, group=group, out=output, as_json=as_json)
        return judging.play(drill, seed, trainee=trainee, group=group, out=output, as_json=as_json, screen=screen)
    desk = judging.seat(drill, group, trainee, seed, output)
    if actions is None:
        if desk is None:
            return on_screen(drill, seed, eased, trainee)
        # What was decided on the screen stands in the data folder. The first go that came to its end counts: whoever
        # has seen a debrief, or branches from a minute, knows how the day goes on.
        before = set(records.folder().glob("*.json"))
        session = f"{desk.group.title}, session {desk.session}, {desk.trainee}"
        code = on_screen(drill, desk.seed, eased, trainee, session)
        if code:  # the terminal went: the go is kept, and waits to be taken up
            return code
        played = sorted(set(records.folder().glob("*.json")) - before)
        if not played:
            click.echo("Nothing was decided, and nothing is handed in.", err=True)
            return Exit.NO
        actions = next((path for path in played if not path.with_suffix(records.GOING).exists()), played[-1])
    return _on_a_floor(drill, actions, seed, desk, as_json, jobs, cluster)


def _on_a_floor(drill: DrillFile, actions: Path, seed: int | None, desk: Seat | None, as_json: bool, jobs: int | None,
                cluster: str | None) -> int:
    """Scores a recorded play of a floor drill."""
    from core.drill.performance import read
    from sim.drills import result
    from sim.drills.exercise import Exercise

    exercise = Exercise.of(drill)
    performance = read(actions)
    with progress("Looking for the reference policy") as tell, place(jobs, cluster) as executor:
        judged = result.judge(exercise, performance, desk.seed_of(performance) if desk else seed, executor, tell)
    if desk is not None:
        desk.hand_in(performance, judged.score.points if judged.score.scorable else None)
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


def on_screen(file: DrillFile, seed: int | None, eased: bool, trainee: str | None, group: str | None = None) -> int:
    """Plays a floor drill on the screen, beginning at its briefing."""
    from tui.front import make_app, on_a_terminal, run_app

    if not on_a_terminal():
        raise click.UsageError("There is no terminal to draw on; --actions FILE scores what was decided elsewhere, and "
                               f"`flightdesk drill brief {file.name}` says what can be done.")

    def first(app: Flightdesk) -> Screen[None]:
        from tui.screens.drills import BriefScreen

        return BriefScreen(file, seed, eased, trainee, group=group, unicode=app.unicode, timed=app.timed)

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
        yield (f"  {'met' if one.met else 'missed':6}  {target_words(one.target, currency)}: "
               f"{written(one.value, one.target.spec.unit, currency)}")


def _values(part: Part, currency: str) -> tuple[str, ...]:
    unit = METRICS[part.name].unit if part.name in METRICS else "money"
    return tuple(written(value, unit, currency) for value in (part.value, part.twin, part.reference))


def money(value: float, currency: str) -> str:
    """Money with its sign: +$120, −$40."""
    return f"{'−' if value < 0 else '+'}{currency}{abs(value):,.0f}"
