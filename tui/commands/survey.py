"""`flightdesk survey FILE`: a survey export becomes the effects of a scenario's `[satisfaction]`, with their errors."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import rich_click as click

from core.errors import UnitError
from core.intake.survey import read_survey
from core.intake.survey_fit import Fitted, SurveyFit, fit_survey
from core.scenario import Satisfaction
from core.units import fraction, write_fraction, write_seconds
from tui.commands.calibrate import wrapped
from tui.present import clock, columns, plain

_HALF = 1.959964
"""Half width of a 95 % interval in standard errors."""


@click.command("survey")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--rating", metavar="COLUMN", help="Column of ratings from 1 to 5.")
@click.option("--asked", metavar="COLUMN", help="Column of the date and time of the first message.")
@click.option("--answered", metavar="COLUMN", help="Column of the date and time of the first reply.")
@click.option("--waited", metavar="COLUMN", help="Column of the time to the first reply, in place of the two: in the "
              "unit that its name says, else in seconds.")
@click.option("--tenure", metavar="COLUMN", help="Column of how long the agent had been on the job: days, or buckets.")
@click.option("--agent", metavar="COLUMN", help="Column of who replied.")
@click.option("--tenured", metavar="BUCKET", help="Bucket of tenure that the others are held against; else the one "
              "with the most answers.")
@click.option("--day-first/--month-first", default=None, help="How dates such as 01/08/2023 begin; else as they show.")
@click.option("--respond", nargs=5, metavar="5 SHARES", help="Chance that somebody with rating 1, "
              "2, 3, 4, 5 answers the survey; else that of a scenario's default.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: times in seconds, effects in log odds.")
def command(file: Path, rating: str | None, asked: str | None, answered: str | None, waited: str | None,
            tenure: str | None, agent: str | None, tenured: str | None, day_first: bool | None,
            respond: tuple[str, ...] | None, as_json: bool) -> None:
    """Learn from answered surveys what waiting and new agents do to satisfaction.

    Reads a table with a rating from 1 to 5 and the time to the first reply (columns are found by the names that help
    desks give them). Says what each doubling of the wait does, from where on, and what an agent's short tenure does:
    the numbers for a scenario's [satisfaction], and what answers alone cannot tell.
    """
    try:
        answers = tuple(fraction(text) for text in respond) if respond else Satisfaction().respond
    except UnitError as error:
        raise click.UsageError(f"--respond: {plain(str(error))}") from None
    if not all(0.0 < share <= 1.0 for share in answers):
        raise click.UsageError("--respond: each share must be more than 0% and at most 100%.")
    survey = read_survey(file, day_first, rating=rating, asked=asked, answered=answered, waited=waited, tenure=tenure,
                         agent=agent)
    found = fit_survey(survey, answers, tenured)
    if as_json:
        click.echo(json.dumps(document(found), indent=2, allow_nan=False, ensure_ascii=False))
    else:
        click.echo("\n".join(report(found)))


def report(found: SurveyFit) -> Iterator[str]:
    """The account for people."""
    survey = found.survey
    yield "Read"
    used = ", ".join(f"{what} from {name}" for what, name in asdict(survey.columns).items() if name is not None)
    yield from wrapped(f"{survey.file}: {survey.rows:,} rows, {len(survey):,} answers used; {plain(used)}")
    for reason, count in survey.left_out.items():
        yield from wrapped(f"left out: {count.rows:,} × {plain(reason)} (such as: {plain(count.example)})")
    yield ""
    yield "Found (log odds of a rating of 4 or 5, with 95 % intervals)"
    rows = [("each doubling of the wait for the first reply", _with_error(found.wait))]
    rows += [(f"agent's tenure {plain(name)}, against {plain(found.tenured)}", _with_error(effect))
             for name, effect in found.tenure.items()]
    yield from (f"  {line}" for line in columns(rows, right=(1,)))
    yield from wrapped(_begins(found))
    yield ""
    yield "Beside the answers"
    table = [("wait up to", "answers", "4s and 5s", "fitted")]
    table += [(clock(band.upto), f"{band.rows:,}", f"{band.satisfied:.1%}", f"{band.fitted:.1%}")
              for band in found.bands]
    yield from (f"  {line}" for line in columns(table, right=(0, 1, 2, 3)))
    yield ""
    yield "Not known"
    for line in _unknown(found):
        yield from wrapped(line)
    yield ""
    yield "For a scenario"
    yield from (f"  {line}" for line in _toml(found))


def _with_error(fitted: Fitted) -> str:
    return f"{fitted.value:+.3f} ± {fitted.error * _HALF:.3f}"


def _begins(found: SurveyFit) -> str:
    if found.wait.interval[0] <= 0.0 <= found.wait.interval[1]:
        return "no effect of waiting is seen, so there is nothing that begins"
    begins = found.begins
    low = "0s" if begins.low is None else clock(begins.low)
    high = "any wait" if begins.high is None else clock(begins.high)
    return f"the fall begins at {clock(begins.value)} (95 %: between {low} and {high})"


def _unknown(found: SurveyFit) -> Iterator[str]:
    shares = ", ".join(write_fraction(share) for share in found.respond)
    yield ("who does not answer: every row is an answer. Customers with rating 1 to 5 are taken to answer with chances "
           f"in the proportion {shares}. The level of satisfaction ({_with_error(found.level)} for the tenured, at "
           "once) is no better than that; the effects rest on it less (each doubling of the wait: "
           f"{found.wait_evenly:+.3f} if all answered alike)")
    yield ("causes: what waits longer may be harder, and new agents may get other matters. The effects are those of "
           "the answers as they are")


def _toml(found: SurveyFit) -> Iterator[str]:
    yield "[satisfaction]"
    if not found.wait.interval[0] <= 0.0 <= found.wait.interval[1]:
        yield f"wait = {found.wait.value:.2f}  # beyond a channel's `expects`, here \"{write_seconds(_round(found))}\""
    yield f"spread = [{', '.join(f'{place.value:.2f}' for place in found.spread)}]"


def _round(found: SurveyFit) -> float:
    return float(max(round(found.begins.value), 1))


def document(found: SurveyFit) -> dict[str, Any]:
    """The account for programs."""
    survey = found.survey

    def number(fitted: Fitted) -> dict[str, float]:
        return {"value": fitted.value, "error": fitted.error}

    return {
        "schema": 1, "file": survey.file, "columns": asdict(survey.columns), "rows": survey.rows,
        "answers": len(survey), "left_out": {reason: count.rows for reason, count in survey.left_out.items()},
        "respond": list(found.respond), "level": number(found.level), "wait": number(found.wait),
        "wait_evenly": found.wait_evenly,
        "begins": asdict(found.begins), "tenured": found.tenured,
        "tenure": {name: number(effect) for name, effect in found.tenure.items()},
        "spread": [number(place) for place in found.spread], "log_likelihood": found.log_likelihood,
        "bands": [asdict(band) for band in found.bands]}
