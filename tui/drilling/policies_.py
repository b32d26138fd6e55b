"""`flightdesk drill policies NAME`: whether a drill tells good play from luck, for whoever writes one."""

from __future__ import annotations

import json

import rich_click as click

from tui.drilling.common import exercise_of
from tui.drilling.play_ import money
from tui.exit import Exit
from tui.places import place, places
from tui.present import columns, plain, progress


@click.command("policies")
@click.argument("name")
@click.option("--seeds", type=click.IntRange(min=1), default=5, show_default=True,
              help="Seeds, from the drill's own on.")
@click.option("--randoms", type=click.IntRange(min=0), default=5, show_default=True,
              help="Random policies under each seed.")
@click.option("--search", is_flag=True, help="Look for a reference policy under each seed: minutes, and a stricter "
                                             "measure for the drill's own policy.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@places
def command(name: str, seeds: int, randoms: int, search: bool, as_json: bool, jobs: int | None,
            cluster: str | None) -> int:
    """Score simple policies in a floor drill: nothing, random ones, and the reference of its own seed.

    NAME is a built-in drill or a file. A drill is any good where under every seed doing nothing fails, the reference of
    the drill's own seed meets the targets and gains a third of what it does there, and nine in ten random policies
    fail; the exit code is 1 where it is not. That reference is 100 by definition, unless --search looks for a better
    one under each seed: then it has to reach the pass mark against that one too.
    """
    from sim.drills.policies import tells_apart, try_policies

    exercise = exercise_of(name)
    with progress("Trying policies") as tell, place(jobs, cluster) as executor:
        trials = try_policies(exercise, seeds, randoms, search, executor, tell)
    good = tells_apart(trials)
    if as_json:
        click.echo(json.dumps({"schema": 1, "drill": exercise.name, "pass_mark": exercise.drill.pass_mark, "good": good,
                               "seeds": [{
                                   "seed": trial.seed, "nothing": trial.nothing, "random": list(trial.randoms),
                                   "reference": trial.reference, "money_for_100_points": trial.span,
                                   "reference_gains": trial.gained, "reference_meets_targets": trial.meets}
                                   for trial in trials]}, indent=2))
        return Exit.OK if good else Exit.NO
    currency = plain(exercise.scenario.currency)
    rows: list[tuple[str, ...]] = [("seed", "nothing", "random, worst", "best", "passed", "reference", "gains",
                                   "targets", "100 points are")]
    rows += [(str(trial.seed), f"{trial.nothing:.0f}", f"{min(trial.randoms, default=0.0):.0f}",
              f"{max(trial.randoms, default=0.0):.0f}", str(trial.lucky), f"{trial.reference:.0f}",
              money(trial.gained, currency), "met" if trial.meets else "missed", money(trial.span, currency))
             for trial in trials]
    click.echo(f"{plain(exercise.drill.title)}: pass mark {exercise.drill.pass_mark:g}")
    click.echo("\n".join(columns(rows, right=(0, 1, 2, 3, 4, 5, 6, 8))))
    click.echo("It tells good play from luck." if good else
               "It does not tell good play from luck: under every seed nothing should fail, the reference pass, meet "
               "the targets and gain a third of what it gains under the first, and nine in ten random ones fail.")
    return Exit.OK if good else Exit.NO
