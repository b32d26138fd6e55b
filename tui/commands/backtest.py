"""`flightdesk backtest --fit FILE... --test FILE...`: predicted beside observed, on logs that were not used to fit."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import rich_click as click

from core.errors import IntakeError
from core.estimates import Estimate
from core.intake.call_log import read_call_log
from core.intake.observed import MEASURES
from core.metrics import METRICS
from sim.experiments.backtest import Backtest, Comparison, compare
from tui.commands.calibrate import log_document, read_account, wrapped
from tui.exit import Exit
from tui.places import place, places
from tui.present import NOTHING, as_json, columns, progress, value_with_error


class _Several(click.RichCommand):
    """Options that take all the words up to the next option: --fit a b c."""

    several = ("--fit", "--test")

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts the option in front of each of its words, which click then reads as given several times."""
        spread: list[str] = []
        current = ""
        for word in args:
            if word.startswith("-") and word != "-":
                current = word if word in self.several else ""
                if not current:
                    spread.append(word)
            elif current:
                spread += [current, word]
            else:
                spread.append(word)
        return super().parse_args(ctx, spread)


@click.command("backtest", cls=_Several)
@click.option("--fit", "fit_files", multiple=True, required=True, type=click.Path(path_type=Path), metavar="FILE...",
              help="Call logs to learn from: handle times, patience, skills.")
@click.option("--test", "test_files", multiple=True, required=True, type=click.Path(path_type=Path), metavar="FILE...",
              help="Call logs to predict from their arrivals and staffing.")
@click.option("--within", type=click.FloatRange(min=0), default=20.0, show_default=True, metavar="SECONDS",
              help="Threshold of the service level.")
@click.option("--replications", type=click.IntRange(min=1), default=5, show_default=True,
              help="How often the logs to test are replayed.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Seed of the replications.")
@places
@click.option("--json", "as_json_", is_flag=True, help="Print JSON: times in seconds, shares from 0 to 1.")
def command(fit_files: tuple[Path, ...], test_files: tuple[Path, ...], within: float, replications: int, seed: int,
            jobs: int | None, cluster: str | None, as_json_: bool) -> int:
    """Learn from some call logs, predict others, and compare with what happened.

    Arrivals of the logs to test are replayed as they came, people as they took calls; waits and callers who gave up are
    predicted, and shown beside those of the log and of the usual formula, Erlang A hour by hour.
    """
    logs, problems = [], []
    for files in (fit_files, test_files):
        try:
            logs.append(read_call_log(files))
        except IntakeError as error:
            problems.append(str(error))
    if problems:
        raise IntakeError("\n".join(dict.fromkeys("\n".join(problems).splitlines())))
    fit, test = logs
    if shared := sorted(set(fit.dates) & set(test.dates)):
        click.echo(f"Warning: {len(shared)} days are in the logs to fit and to test, such as {shared[0]}: "
                   "the prediction has seen them.", err=True)
    with place(jobs, cluster) as where, progress("Replaying") as bar:
        outcome = compare(fit, test, seed=seed, replications=replications, within=within, where=where, progress=bar)
    if as_json_:
        click.echo(json.dumps(document(outcome), indent=2, allow_nan=False, ensure_ascii=False))
    else:
        click.echo("\n".join(report(outcome)))
    if outcome.replications < replications:
        click.echo(f"Interrupted: {outcome.replications} of {replications} replications had finished.", err=True)
        return Exit.INTERRUPTED
    return Exit.OK


# --- for people ----------------------------------------------------------------------------------------------------


def report(outcome: Backtest) -> Iterator[str]:
    """The whole comparison."""
    yield "Learned from"
    yield from read_account(outcome.fit)
    yield "Predicted"
    yield from read_account(outcome.test)
    yield ""
    runs = "95 % intervals over chance alone" if outcome.replications > 1 else "so no intervals"
    yield f"{outcome.replications} replications, seed {outcome.seed}, {runs}"
    rows = [("", "observed", "predicted", "Erlang A by hour", "days miss by", "Erlang A")]
    for name in MEASURES:
        unit, overall = METRICS[name].unit, outcome.overall
        title = METRICS[name].title + (f" ({outcome.within:g} s)" if name == "service_level" else "")
        rows.append((title, _one(overall.observed[name], unit), value_with_error(overall.predicted[name]),
                     _one(overall.baseline[name], unit), _one(outcome.miss(name), unit),
                     _one(outcome.miss(name, baseline=True), unit)))
    yield from columns(rows, right=(1, 2, 3, 4, 5))
    for title, parts in (("By hour of day", outcome.by_hour), ("By day", outcome.by_day)):
        yield ""
        yield f"{title} (observed, predicted, Erlang A)"
        yield from columns(_rows(parts), right=range(1, 8))
    yield ""
    yield "What is still missing"
    for line in missing(outcome):
        yield from wrapped(line)


def _rows(parts: Sequence[Comparison]) -> Iterator[tuple[str, ...]]:
    yield ("", "calls", "gave up", "", "", "speed of answer", "", "")
    for part in parts:
        cells = [part.name, f"{part.calls:,}"]
        for name in ("abandonment_rate", "asa"):
            unit = METRICS[name].unit
            predicted = part.predicted[name].value
            cells += [_value(part.observed[name], unit), _value(math.nan if predicted is None else predicted, unit),
                      _value(part.baseline[name], unit)]
        yield tuple(cells)


def _one(value: float, unit: str) -> str:
    return value_with_error(Estimate(value, None, unit))


def _value(value: float, unit: str) -> str:
    if not math.isfinite(value):
        return NOTHING
    return f"{value:.1%}" if unit == "1" else f"{value:.0f} s"


def missing(outcome: Backtest) -> Iterator[str]:
    """What was different in the logs to test, and what the model has no idea of."""
    drift, learned = outcome.drift, outcome.learned
    change = drift.handle_observed / drift.handle_predicted - 1.0
    yield (f"Calls took {drift.handle_observed:.0f} s where {drift.handle_predicted:.0f} s were expected "
           f"({change:+.1%}); days differ in it by {drift.handle_day_cv:.1%} beyond chance, which the replay does not "
           "know")
    if math.isfinite(drift.patience_learned):
        yield (f"Callers' patience was {drift.patience_observed:.0f} s against {drift.patience_learned:.0f} s learned "
               f"(mean, as if exponential)")
    if drift.strangers > 0.01:
        yield (f"{drift.strangers:.0%} of the time at work is by people who are not in the logs to fit; they are taken "
               "to be of average pace, and newcomers are slower")
    rule = "nobody is taken to be away for being passed over" if math.isinf(learned.passed_over) else \
        f"away in a shorter gap is whoever was passed over {learned.passed_over:.0f} times"
    yield (f"Staffing is inferred from who took calls (gaps over ten minutes are time away; {rule}, chosen on the logs "
           "to fit): who sat idle unseen, or was there before a first call, is not known")
    yield ("Not modelled: handle times that follow the day or the queue, calls that start others (transfers and "
           "retries come as arrivals), agents who prefer some queues, announcements of the wait")


# --- for programs --------------------------------------------------------------------------------------------------


def document(outcome: Backtest) -> dict[str, Any]:
    """The comparison as JSON: times in seconds, fractions from 0 to 1."""
    return {
        "schema": 1, "seed": outcome.seed, "replications": outcome.replications, "fit": log_document(outcome.fit),
        "test": log_document(outcome.test),
        "service_level": {"within": outcome.within, "formula": METRICS["service_level"].formula},
        **_measures(outcome.overall),
        "miss_by_day": {name: {"predicted": _number(outcome.miss(name)),
                               "baseline": _number(outcome.miss(name, baseline=True)), "unit": METRICS[name].unit}
                        for name in MEASURES},
        "by_hour": [{"hour": part.name, "calls": part.calls, **_measures(part)} for part in outcome.by_hour],
        "by_day": [{"date": part.name, "calls": part.calls, **_measures(part)} for part in outcome.by_day],
        "drift": {name: _number(getattr(outcome.drift, name)) for name in outcome.drift.__dataclass_fields__},
        "missing": list(missing(outcome)),
    }


def _measures(part: Comparison) -> dict[str, dict[str, object]]:
    def plainly(values: Any) -> dict[str, object]:
        return {name: as_json(Estimate(values[name], None, METRICS[name].unit)) for name in MEASURES}

    return {"observed": plainly(part.observed), "predicted": {name: as_json(part.predicted[name]) for name in MEASURES},
            "baseline": plainly(part.baseline)}


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
