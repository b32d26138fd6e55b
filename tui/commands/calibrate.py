"""`flightdesk calibrate FILE... -o scenario.toml`: a call log becomes a scenario, with an account of how it fits."""

from __future__ import annotations

import json
import shutil
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import rich_click as click

from core.errors import IntakeError
from core.estimates import Estimate
from core.intake.call_log import CallLog, Count, read_call_log
from core.intake.fit import Fit, comments_of, fit, guesses, scenario_of
from core.intake.learned import learn
from core.intake.observed import MEASURES
from core.metrics import METRICS
from core.scenario import Scenario
from core.scenario_file import dump_scenario
from core.units import WEEKDAYS
from sim.experiments.reconstruction import STRICTNESS, tuned
from sim.experiments.replications import replicate
from tui.places import place, places
from tui.present import as_json, columns, plain, progress, value_with_error

_CHECKED = 10
"""Weeks of the scenario that are run to see how well it fits."""


@click.command("calibrate")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Scenario file to write; without it, only the account is given.")
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
@click.option("--title", help="Title of the scenario.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the check.")
@places
@click.option("--json", "as_json_", is_flag=True, help="Print JSON: times in seconds, shares from 0 to 1.")
def command(files: tuple[Path, ...], output: Path | None, force: bool, title: str | None, seed: int, jobs: int | None,
            cluster: str | None, as_json_: bool) -> None:
    """Learn a scenario from call logs.

    Reads the call logs of the VANAD call centre and of the Anonymous Bank (found out by their columns), plain or packed
    with gzip; several files of one floor at once. Says what was found, what is a guess, and how well the scenario
    fits the log.
    """
    if output is not None:
        _check_free(output, force)
    log = read_call_log(files)
    with place(jobs, cluster) as where, progress("Fitting") as bar:
        done = bar or (lambda at, total: None)
        total = len(STRICTNESS) + _CHECKED
        learned = learn(log)
        for at, better in enumerate(tuned(learned, log), start=1):
            learned = better
            done(at, total)
        found = fit(log, learned.passed_over)
        scenario = scenario_of(found, title)
        outcome = replicate(scenario, seed, _CHECKED, where=where,
                            progress=lambda at, _: done(len(STRICTNESS) + at, total))
    text = dump_scenario(scenario, comments_of(found, scenario))
    if output is not None:
        try:
            output.write_text(text, encoding="utf-8")
        except OSError as error:
            raise IntakeError(f"{plain(str(output))}: cannot be written ({error.strerror})") from None
    if as_json_:
        account = document(found, scenario, outcome.estimates, output)
        click.echo(json.dumps(account, indent=2, allow_nan=False, ensure_ascii=False))
    else:
        click.echo("\n".join(report(found, scenario, outcome.estimates, output)))


def _check_free(output: Path, force: bool) -> None:
    if output.exists() and not force:
        raise click.UsageError(f"{plain(str(output))} is there already; --force writes over it.")
    if not output.parent.is_dir():
        raise click.UsageError(f"{plain(str(output.parent))}: there is no such folder.")


# --- for people ----------------------------------------------------------------------------------------------------


def read_account(log: CallLog) -> Iterator[str]:
    """What was read, and what was left out."""
    yield from wrapped(f"{', '.join(log.files)}: {log.title}, {log.rows:,} rows, {len(log):,} calls, {log.first_day} "
                       f"to {log.last_day}, {len(log.queues)} queues, {len(log.agents)} people")
    for verb, counts in (("left out", log.left_out), ("kept", log.remarks)):
        for reason, count in counts.items():
            yield from wrapped(f"{verb}: {count.rows:,} × {plain(reason)} (such as: {plain(count.example)})")
    if not log.left_out:
        yield from wrapped("no row was left out")


def wrapped(text: str) -> list[str]:
    """The text in lines no wider than the terminal, set in by two."""
    width = min(max(shutil.get_terminal_size((100, 24)).columns, 60), 120)
    return textwrap.wrap(text, width - 1, initial_indent="  ", subsequent_indent="    ", break_on_hyphens=False)


def report(found: Fit, scenario: Scenario, simulated: Mapping[str, Estimate], output: Path | None) -> Iterator[str]:
    """The whole account."""
    yield "Read"
    yield from read_account(found.log)
    yield ""
    yield "Found"
    for line in _found(found):
        yield from wrapped(line)
    yield ""
    yield "Handle times by group of queues (distance: Kolmogorov-Smirnov, 0 is perfect)"
    rows = [("group", "queues", "calls", "share", "mean", "cv", "law", "distance")]
    for name, queues, share, handle in zip(found.groups.names, found.groups.queues, found.group_share, found.handle,
                                           strict=True):
        shown = ", ".join(queues[:6]) + (" ..." if len(queues) > 6 else "")
        law = "lognormal" if handle.law.law == "lognormal" else "as measured"
        rows.append((name, shown, f"{handle.calls:,}", f"{share:.1%}", f"{handle.mean:.0f} s", f"{handle.cv:.2f}", law,
                     f"{handle.distance:.3f}"))
    yield from (f"  {line}" for line in columns(rows, right=(2, 3, 4, 5, 7)))
    yield ""
    yield "Guessed"
    for guess in guesses(found):
        yield from wrapped(guess)
    yield ""
    yield f"How well it fits: the log beside {_CHECKED} weeks of the scenario"
    seen = found.observed.measures(scenario.service_level.within)
    fits = [("", "log", "scenario")]
    for name in MEASURES:
        metric = METRICS[name]
        fits.append((metric.title, value_with_error(Estimate(seen[name], None, metric.unit)),
                     value_with_error(simulated[name])))
    yield from (f"  {line}" for line in columns(fits, right=(1, 2)))
    yield "  A mean week cannot have the log's own good and bad days; `flightdesk backtest` replays them."
    yield ""
    yield f"Wrote {plain(str(output))}." if output is not None else "No file was written; -o FILE writes the scenario."


def _found(found: Fit) -> Iterator[str]:
    arrivals, log, patience = found.arrivals, found.log, found.patience
    busiest = int(np.argmax(arrivals.daily))
    yield (f"arrivals: {arrivals.daily[busiest]:,.0f} calls on a {WEEKDAYS[busiest]}; days differ by "
           f"{arrivals.busyness_cv:.0%} beyond chance, {found.load_cv:.0%} against the people at work; hours vary "
           f"{arrivals.dispersion:.0f} times as much as chance")
    for what, days in (("without a call, not counted", arrivals.empty), ("with few calls, not counted", arrivals.thin)):
        if days:
            yield f"days {what}: {_dates(log, days)}"
    pools = [f"{int(np.count_nonzero(found.pools.pool == pool))} take " + ", ".join(
        name for name, does in zip(found.groups.names, found.pools.serves[pool], strict=True) if does)
        for pool in range(len(found.people))]
    yield f"people: {len(log.agents)}, {found.agent_hours:,.0f} hours at work; {'; '.join(pools)}"
    if found.after_work is not None:
        yield (f"between two calls when somebody waits: {found.after_work.mean:.1f} s on average "
               f"({found.after_work.gaps:,} gaps)")
    if patience is None:
        yield "patience: nobody gave up"
    else:
        yield (f"patience (Kaplan-Meier): {patience.seen_share:.0%} would give up within {patience.seen_upto:.0f} s; "
               f"mean {patience.mean:.0f} s if it were exponential (those who gave up waited "
               f"{patience.mean_of_abandoners:.0f} s, which is not it); the written law is within {patience.worst:.3f} "
               "of the estimate")
    if found.retries is None:
        yield "retries: not known, the log has no customers"
    else:
        yield (f"retries: {found.retries.share:.0%} of known customers who gave up called again within two hours "
               f"(customer known for {found.retries.known:.0%} of those who gave up)")


def _dates(log: CallLog, days: tuple[int, ...]) -> str:
    """The dates, runs of days as first to last, at most eight of them."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day - runs[-1][1] <= 3:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    said = [str(log.date_of(first)) + ("" if first == last else f" to {log.date_of(last)}") for first, last in runs]
    return ", ".join(said[:8]) + (f" and {len(said) - 8} more" if len(said) > 8 else "")


# --- for programs --------------------------------------------------------------------------------------------------


def log_document(log: CallLog) -> dict[str, Any]:
    """What was read, as JSON."""

    def counts(of: Mapping[str, Count]) -> dict[str, int]:
        return {reason: count.rows for reason, count in of.items()}

    return {"files": list(log.files), "format": log.title, "rows": log.rows, "calls": len(log),
            "first_day": str(log.first_day), "last_day": str(log.last_day), "queues": len(log.queues),
            "people": len(log.agents), "left_out": counts(log.left_out), "remarks": counts(log.remarks)}


def document(found: Fit, scenario: Scenario, simulated: Mapping[str, Estimate], output: Path | None) -> dict[str, Any]:
    """The account as JSON: times in seconds, fractions from 0 to 1."""
    seen = found.observed.measures(scenario.service_level.within)
    patience, retries, after = found.patience, found.retries, found.after_work
    groups = [{"name": name, "queues": list(queues), "share": float(share), "handle_calls": handle.calls,
               "handle_mean": handle.mean, "handle_cv": handle.cv, "handle_law": handle.law.law,
               "distance": _number(handle.distance), "lognormal_distance": _number(handle.lognormal_distance)}
              for name, queues, share, handle in zip(found.groups.names, found.groups.queues, found.group_share,
                                                     found.handle, strict=True)]
    return {
        "schema": 1, "log": log_document(found.log), "output": None if output is None else str(output),
        "observed": {name: {"value": _number(seen[name]), "unit": METRICS[name].unit} for name in MEASURES},
        "simulated": {name: as_json(simulated[name]) for name in MEASURES},
        "arrivals": {"days": len(found.arrivals.days), "busyness_cv": found.arrivals.busyness_cv,
                     "load_cv": found.load_cv, "dispersion": found.arrivals.dispersion,
                     "empty_days": [str(found.log.date_of(day)) for day in found.arrivals.empty],
                     "thin_days": [str(found.log.date_of(day)) for day in found.arrivals.thin]},
        "groups": groups,
        "pools": [{"name": found.pools.name(pool, found.groups),
                   "people": int(np.count_nonzero(found.pools.pool == pool)),
                   "serves": [name for name, does in zip(found.groups.names, serves, strict=True) if does]}
                  for pool, serves in enumerate(found.pools.serves)],
        "hours_at_work": found.agent_hours,
        "handle": {"mean": found.all_handle.mean, "cv": found.all_handle.cv},
        "after_work": None if after is None else {"mean": after.mean, "gaps": after.gaps},
        "patience": None if patience is None else {
            "mean": patience.mean, "mean_of_abandoners": patience.mean_of_abandoners, "gave_up": patience.gave_up,
            "leaves_at_once": patience.leaves_at_once, "seen_upto": patience.seen_upto,
            "seen_share": patience.seen_share, "distance": _number(patience.worst)},
        "retries": None if retries is None else {"share": retries.share, "gave_up": retries.gave_up,
                                                 "known": retries.known},
        "guessed": guesses(found),
    }


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
