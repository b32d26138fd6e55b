"""`flightdesk drill reference NAME`: looks for a strong policy, for the drill's file or for a seed of one's own."""

from __future__ import annotations

import json

import rich_click as click

from tui.drilling.common import exercise_of
from tui.drilling.play_ import money
from tui.exit import Exit
from tui.places import place, places
from tui.present import plain, progress


@click.command("reference")
@click.argument("name")
@click.option("--seed", type=click.IntRange(min=0), help="Seed; without it, the drill's own.")
@click.option("--seeds", type=click.IntRange(min=1, max=20), default=1, show_default=True,
              help="Days that each candidate is tried on, from the seed on: a policy that is good and not lucky.")
@click.option("--most", type=click.IntRange(min=1), help="Candidates that the search may try (default 600).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@places
def command(name: str, seed: int | None, seeds: int, most: int | None, as_json: bool, jobs: int | None,
            cluster: str | None) -> int:
    """Search for a strong policy of a floor drill.

    NAME is a built-in drill or a file. The search begins with the policy that the file has, and prints what it found
    as the file would have it. For another seed it is kept, and scores under that seed stand on it, unless it was cut
    short: Ctrl+C and --most end the search with the best so far, which others would not find. What was found with
    --seeds is for the file, and not kept.
    """
    from sim.drills import reference
    from sim.drills.result import deeds_as_json

    exercise = exercise_of(name)
    seed = exercise.drill.seed if seed is None else seed
    with progress("Looking for the reference policy") as tell, place(jobs, cluster) as executor:
        found = reference.search(exercise, seed, executor, tell, most or reference.MOST,
                                 seeds=seeds)
    if seeds == 1 and found.complete and (seed != exercise.drill.seed or not exercise.drill.reference):
        reference.keep(exercise, seed, found.deeds)
    if as_json:
        click.echo(json.dumps({
            "schema": 1, "drill": exercise.name, "digest": exercise.digest, "seed": seed, "seeds": seeds,
            "gain": found.gain, "runs": found.runs, "finished": found.finished,
            "actions": deeds_as_json(found.deeds)}, indent=2))
    else:
        click.echo(reference.as_toml(found.deeds))
        ending = "no step was left that helps" if found.finished else "there may be better ones"
        gain = money(found.gain, plain(exercise.scenario.currency))
        days = f"seed {seed}" if seeds == 1 else f"{seeds} seeds from {seed} on"
        click.echo(f"{found.runs} candidates under {days}, {gain} better than doing nothing; {ending}.", err=True)
    return Exit.OK if found.finished or found.runs >= (most or reference.MOST) else Exit.INTERRUPTED
