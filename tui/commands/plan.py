"""`flightdesk plan SCENARIO`: the cheapest people who meet targets, or the best of a budget, or one more or fewer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import rich_click as click

from core.errors import ExperimentError, UnitError, did_you_mean
from core.metrics import METRICS
from core.output.tables import Value, markdown, markdown_text, write_csv
from core.scenario import Scenario
from core.scenario_file import dump_scenario
from core.staffing.proposals import Shifts
from core.staffing.targets import ALL, Scope, Target, default_target, read_metric, read_targets
from core.staffing.tours import Rules
from core.toml_lines import quoted
from core.units import DAY, HOUR, MINUTE, WEEKDAYS, fraction, seconds
from sim.experiments.staffing_marginal import REPLICATIONS as MARGINAL_REPLICATIONS
from sim.experiments.staffing_marginal import Change, Marginal, marginal
from sim.experiments.staffing_plan import StaffingPlan
from sim.experiments.staffing_search import REPLICATIONS, best_reachable, plan
from tui import planning
from tui.comparing import difference_text
from tui.exit import Exit
from tui.places import place, places
from tui.plans import floor_of
from tui.present import as_json, command_line, in_blocks, plain, progress, terminal_width, value_with_error, wrapped
from tui.widgets.text import ascii_only, has_unicode

_STEPS = (15 * MINUTE, 30 * MINUTE, HOUR)


@click.command("plan")
@click.argument("scenario")
@click.option("--target", "targets", multiple=True, metavar="TARGET",
              help='What has to be met, such as "service_level>=80%", or of one team or channel "chat:frt_p90<=10m"; '
                   "may be given several times. Without it, the scenario's own service level.")
@click.option("--budget", type=click.FloatRange(min=0, min_open=True), metavar="MONEY",
              help="Most that the people may cost over the planned days (hours where they cost nothing).")
@click.option("--best", metavar="METRIC", help="The other way: the best of this metric within --budget, with --people, "
                                              "or for what today's people cost.")
@click.option("--people", type=click.IntRange(min=1), help="For --best: most people.")
@click.option("--marginal", "one_more", is_flag=True,
              help="Instead of a plan: what one person more, or fewer, changes in each stretch of the week.")
@click.option("--more", type=click.IntRange(min=1), default=1, show_default=True,
              help="For --marginal: how many more, and fewer.")
@click.option("--stretch", default="3h", show_default=True, metavar="TIME", help="For --marginal: length of a stretch.")
@click.option("--day", "weekdays", multiple=True, type=click.Choice(WEEKDAYS, case_sensitive=False),
              help="For --marginal: this weekday alone; may be given several times.")
@click.option("--team", "teams", multiple=True, metavar="NAME",
              help="Plan this team's people; the others stay. May be given several times; all without it.")
@click.option("--shifts", type=click.Choice(["new", "own", "free"]), default="new", show_default=True,
              help="new: made from the rules below. own: the scenario's own shifts. free: any number of people in each "
                   "interval, which nobody can work: a lower bound.")
@click.option("--length", default="8h", show_default=True, metavar="TIME", help="A full shift, break included.")
@click.option("--break", "rest", default="30m", show_default=True, metavar="TIME", help="The break in it.")
@click.option("--days-in-a-row", type=click.IntRange(1, 7), default=5, show_default=True,
              help="Days that people work in a row; the others are off.")
@click.option("--start-every", default="1h", show_default=True, metavar="TIME", help="Grid of starts of shifts.")
@click.option("--part-time", default="25%", show_default=True, metavar="SHARE",
              help="Most people of a team who work half shifts, or full ones on two days; 0% for none.")
@click.option("--at-least", type=click.IntRange(min=0), default=1, show_default=True,
              help="People on duty whenever the team is open today.")
@click.option("--interval", default="1h", show_default=True, metavar="TIME", help="15m, 30m or 1h.")
@click.option("--confidence", default="95%", show_default=True, metavar="SHARE",
              help="With which all targets together are met.")
@click.option("--seed", type=click.IntRange(min=0), default=1, show_default=True,
              help="Seed of everything that happens by chance.")
@click.option("--replications", type=click.IntRange(min=2),
              help=f"With which the plan is checked ({REPLICATIONS}); of each stretch of --marginal "
                   f"({MARGINAL_REPLICATIONS}).")
@click.option("--days", type=click.FloatRange(min=0, min_open=True), help="Length of the runs, if not the scenario's.")
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE",
              help="Change the scenario first; may be given several times.")
@places
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE",
              help="Write the plan as a scenario.")
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
@click.option("--csv", "csv_file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), metavar="FILE",
              help="Write people by interval and team, beside today's, to a CSV file (- is the terminal).")
@click.option("--rota", "rota_file", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), metavar="FILE",
              help="Write who works which shift to a CSV file (- is the terminal).")
@click.option("--json", "as_json_", is_flag=True, help="Print JSON: times in seconds, shares from 0 to 1.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown, for a chat message.")
def command(scenario: str, targets: tuple[str, ...], budget: float | None, best: str | None, people: int | None,
            one_more: bool, more: int, stretch: str, weekdays: tuple[str, ...], teams: tuple[str, ...],
            shifts: Shifts, length: str, rest: str, days_in_a_row: int, start_every: str, part_time: str,
            at_least: int, interval: str, confidence: str, seed: int, replications: int | None, days: float | None,
            changes: tuple[str, ...], jobs: int | None, cluster: str | None, output: Path | None, force: bool,
            csv_file: Path | None, rota_file: Path | None, as_json_: bool, as_markdown: bool) -> int:
    """Find the cheapest staffing that meets targets.

    Formulas for queues propose, an integer program makes shifts that people can work, and the simulation decides. The
    plan's figures are from replications that the search has not used, beside today's plan under the same chance.

    The exit code is 1 where the targets cannot be met; then it says which, by how much, and what can be asked for.
    Ctrl+C keeps the best plan so far.
    """
    _check_files(output, force, csv_file, rota_file)
    if as_json_ and as_markdown:
        raise click.UsageError("--json and --markdown exclude each other.")
    if best is not None and targets:
        raise click.UsageError("--best and --target exclude each other: a plan meets targets, or does its best.")
    floor = floor_of(scenario, changes, days)
    rules = Rules(_time("--length", length), _time("--break", rest), days_in_a_row, _time("--start-every", start_every),
                  _share("--part-time", part_time), at_least)
    rules.check()
    step, sure, chosen = _time("--interval", interval), _share("--confidence", confidence), _teams(teams, floor)
    if step not in _STEPS:
        raise ExperimentError(f"--interval: 15m, 30m or 1h, given {quoted(interval)}")
    if not 0.5 <= sure < 1.0:
        raise ExperimentError(f"--confidence: from 50% to under 100%, given {quoted(confidence)}")
    if shifts == "own" and not floor.shift:
        raise ExperimentError("--shifts own: the scenario has no shifts; --shifts new makes some")
    wanted: list[tuple[str, Scope]] = [read_metric(best, floor)] if best is not None else []
    aims = read_targets(targets, floor) if targets else () if best is not None else (default_target(floor),)
    with place(jobs, cluster) as where, progress(plain(floor.title)) as bar:
        if one_more:
            return _one_more(marginal(
                floor, teams=chosen, people=more, length=_stretch(stretch),
                days=[WEEKDAYS.index(day.capitalize()) for day in weekdays], scopes=[aim.scope for aim in aims],
                seed=seed, replications=replications or MARGINAL_REPLICATIONS, where=where, progress=bar),
                scenario, aims, as_json_, as_markdown, csv_file)
        count = replications or REPLICATIONS
        if best is not None:
            found = best_reachable(floor, wanted[0][0], scope=wanted[0][1], teams=chosen, rules=rules, shifts=shifts,
                                   step=step, budget=budget, people=people, confidence=sure, seed=seed,
                                   replications=count, where=where, progress=bar)
        else:
            found = plan(floor, aims, teams=chosen, rules=rules, shifts=shifts, step=step, budget=budget,
                         confidence=sure, seed=seed, replications=count, where=where, progress=bar)
    _write(found, scenario, wanted, output, csv_file, rota_file, as_json_, as_markdown)
    if found.interrupted:
        return Exit.INTERRUPTED
    return Exit.OK if found.met or not found.targets else Exit.NO


def _write(found: StaffingPlan, name: str, wanted: Sequence[tuple[str, Scope]], output: Path | None,
           csv_file: Path | None, rota_file: Path | None, as_json_: bool, as_markdown: bool) -> None:
    if output is not None and found.teams:
        try:
            output.write_text(dump_scenario(_titled(found), _comments(found, name, wanted)), encoding="utf-8")
        except OSError as error:
            raise ExperimentError(f"{plain(str(output))}: cannot be written ({error.strerror})") from None
    for file, header, rows in ((csv_file, planning.INTERVALS, planning.interval_rows(found)),
                               (rota_file, planning.ROTA, planning.rota_rows(found))):
        if file is not None:
            _write_table(file, header, list(rows) if found.teams else [])
    if as_json_:
        click.echo(json.dumps(planning.document(found, name, wanted), indent=2, allow_nan=False, ensure_ascii=False))
    elif as_markdown:
        click.echo("\n".join(planning.markdown_lines(found, wanted)))
    elif Path("-") not in (csv_file, rota_file):
        width, write = _width(), str if has_unicode() else ascii_only
        click.echo("\n".join(write(line) for line in planning.text(found, width, wanted)))
    if output is not None and found.teams:
        click.echo(f"Wrote {plain(str(output))}.", err=True)


def _width() -> int:
    return max(60, terminal_width(100))


def _write_table(file: Path, header: Sequence[str], rows: Sequence[Sequence[Value]]) -> None:
    try:
        with click.open_file(str(file), "w", encoding="utf-8", lazy=False) as stream:
            write_csv(stream, header, rows)
    except OSError as error:
        raise ExperimentError(f"{plain(str(file))}: cannot be written ({error.strerror})") from None


def _titled(found: StaffingPlan) -> Scenario:
    return found.proposed.model_copy(update={"title": f"{found.scenario.title}, planned"})


def _comments(found: StaffingPlan, name: str, wanted: Sequence[tuple[str, Scope]]) -> dict[str, str]:
    """What the scenario file says of itself."""
    lines = [f"Staffing made by `flightdesk plan` from {plain(name)}, seed {found.seed}.",
             *(plain(line).strip() for line in planning.answer(found, wanted))]
    return {"": "\n".join(lines)}


# --- one person more or fewer --------------------------------------------------------------------------------------

_BY_STRETCH = ("team", "day_and_hours", "people", "conversations", "metric", "unit", "more", "more_half_width", "fewer",
               "fewer_half_width")


def _one_more(found: Marginal, name: str, aims: Sequence[Target], as_json_: bool, as_markdown: bool,
              csv_file: Path | None) -> int:
    shown = dict.fromkeys([*((aim.metric, aim.scope) for aim in aims), ("frt_p90", ALL), ("csat", ALL)])
    metrics = list(shown)
    if csv_file is not None:
        _write_table(csv_file, _BY_STRETCH, list(_stretch_rows(found, metrics)))
    if as_json_:
        click.echo(json.dumps(_document(found, name, metrics), indent=2, allow_nan=False, ensure_ascii=False))
    elif as_markdown:
        head, *rows = _cells(found, metrics)
        click.echo(f"**{markdown_text(found.scenario.title)}**, {_what(found)}\n")
        click.echo("".join(f"{markdown_text(line)}  \n" for line in _most(found)))
        click.echo("\n".join(markdown(head, rows)))
    elif csv_file != Path("-"):
        width, write = _width(), str if has_unicode() else ascii_only
        answer = [line for sentence in _most(found) for line in wrapped(sentence, width)]
        click.echo("\n".join(write(line) for line in (plain(found.scenario.title), *wrapped(_what(found), width), "",
                                                      *answer, "", *in_blocks(_cells(found, metrics), width))))
    if len(found.changes) < found.asked:
        click.echo(f"Interrupted: {len(found.changes)} of {found.asked} stretches had finished.", err=True)
        return Exit.INTERRUPTED
    return Exit.OK


def _most(found: Marginal) -> Iterator[str]:
    """Where people more answer the most customers in time who were not, and where people fewer cost the least."""
    who, s = _who(found), "s" * (found.people == 1)
    many = f"{who[:1].upper()}{who[1:]}"
    gained = [(found.in_time_more(change, change.more), change) for change in found.changes]
    best, change = max(gained, key=lambda one: one[0])
    if best >= 0.5:
        more = f"{best:,.0f} more conversation{'s are' if round(best) > 1 else ' is'}"
        yield (f"{many} more help{s} most on {_named(found, change)}: there, about {more} answered in time "
               f"({_there(found, change)[1]} points).")
    else:
        yield f"{many} more change{s} next to nothing in any stretch."
    lost = [(found.in_time_more(change, change.fewer), change) for change in found.changes if change.fewer is not None]
    if lost:
        least, change = max(lost, key=lambda one: one[0])
        fewer = "as many are" if least > -0.5 else f"about {-least:,.0f} fewer {'is' if round(-least) == 1 else 'are'}"
        yield (f"{many} fewer cost{s} least on {_named(found, change)}: there, {fewer} answered in time "
               f"({_there(found, change)[2]} points).")


def _named(found: Marginal, change: Change) -> str:
    several = len({one.stretch.team for one in found.changes}) > 1
    return change.stretch.name + (f" in {plain(change.stretch.team)}" if several else "")


def _who(found: Marginal) -> str:
    return "one person" if found.people == 1 else f"{found.people} people"


def _what(found: Marginal) -> str:
    who = _who(found)
    return (f"what {who} more (+), or fewer (−), in one stretch of the week changes over the whole run; seed "
            f"{found.seed}, {len(found.base.samples)} replications, 95 % intervals")


def _cells(found: Marginal, metrics: Sequence[tuple[str, Scope]]) -> Iterator[Sequence[str]]:
    several = len({change.stretch.team for change in found.changes}) > 1
    currency = plain(found.scenario.currency)
    heads = [f"{METRICS[name].title}{f' of {scope}' if scope.name else ''}" for name, scope in metrics]
    yield ("stretch", "people", "joining", "in time there", "+", "−", *(f"{sign} {head}" for head in heads
                                                                        for sign in "+−"))
    values = [value_with_error(found.base.replicated(*metric).estimate(), currency) for metric in metrics]
    yield ("as it is", "", "", "", "", "", *(cell for value in values for cell in (value, "")))
    for change in found.changes:
        stretch = change.stretch
        cells = []
        for name, scope in metrics:
            cells.append(difference_text(found.gain(change, name, scope).estimate(), currency))
            loss = found.loss(change, name, scope)
            cells.append("" if loss is None else difference_text(loss.estimate(), currency))
        yield (f"{stretch.name}{f' {plain(stretch.team)}' if several else ''}", f"{stretch.people:.1f}",
               f"{stretch.calls:.0f}", *_there(found, change), *cells)


def _there(found: Marginal, change: Change) -> tuple[str, str, str]:
    """The share answered in time of those who join in the stretch itself, and what people more and fewer do to it."""
    base = found.in_time(found.base, change.stretch)
    more, fewer = ("" if outcome is None else difference_text(found.in_time(outcome, change.stretch).minus(base)
                                                              .estimate()) for outcome in (change.more, change.fewer))
    return value_with_error(base.estimate()), more, fewer


def _stretch_rows(found: Marginal, metrics: Sequence[tuple[str, Scope]]) -> Iterator[Sequence[Value]]:
    for change in found.changes:
        for name, scope in metrics:
            gain, loss = _pair(found, change, name, scope)
            yield (change.stretch.team, change.stretch.name, round(change.stretch.people, 2),
                   round(change.stretch.calls, 2), f"{scope}:{name}" if scope.name else name, METRICS[name].unit,
                   gain["value"], gain["half_width"], *((None, None) if loss is None else
                                                        (loss["value"], loss["half_width"])))


def _pair(found: Marginal, change: Change, name: str, scope: Scope) -> tuple[dict[str, Any], dict[str, Any] | None]:
    loss = found.loss(change, name, scope)
    return (dict(as_json(found.gain(change, name, scope).estimate())),
            None if loss is None else dict(as_json(loss.estimate())))


def _document(found: Marginal, name: str, metrics: Sequence[tuple[str, Scope]]) -> dict[str, Any]:
    stretches = []
    for change in found.changes:
        effects = []
        for metric, scope in metrics:
            gain, loss = _pair(found, change, metric, scope)
            effects.append({"metric": metric, "scope": scope.name or None, "more": gain, "fewer": loss})
        base = found.in_time(found.base, change.stretch)
        there = [None if outcome is None else as_json(found.in_time(outcome, change.stretch).minus(base).estimate())
                 for outcome in (change.more, change.fewer)]
        stretches.append({"team": change.stretch.team, "start": change.stretch.start, "length": change.stretch.length,
                          "name": change.stretch.name, "people": change.stretch.people,
                          "conversations": change.stretch.calls, "in_time": as_json(base.estimate()),
                          "in_time_more": there[0], "in_time_fewer": there[1], "effects": effects})
    return {"schema": 1, "kind": "marginal", "command": command_line(), "scenario": name,
            "title": found.scenario.title, "seed": found.seed, "answer": list(_most(found)),
            "replications": len(found.base.samples), "people": found.people, "stretches": stretches}


# --- what was asked for --------------------------------------------------------------------------------------------


def _teams(names: Sequence[str], scenario: Scenario) -> tuple[str, ...]:
    for name in names:
        if name not in scenario.team:
            raise ExperimentError(f"--team {plain(name)}: there is no such team; {did_you_mean(name, scenario.team)}")
    return tuple(dict.fromkeys(names))


def _time(option: str, text: str) -> float:
    try:
        return seconds(text)
    except UnitError as error:
        raise ExperimentError(f"{option}: {error}, given {quoted(plain(text))}") from None


def _share(option: str, text: str) -> float:
    try:
        share = fraction(text)
    except UnitError as error:
        raise ExperimentError(f"{option}: {error}, given {quoted(plain(text))}") from None
    if not 0.0 <= share <= 1.0:
        raise ExperimentError(f"{option}: between 0% and 100%, given {quoted(plain(text))}")
    return share


def _stretch(text: str) -> float:
    length = _time("--stretch", text)
    if length < 15 * MINUTE or DAY % length or (length > HOUR and length % HOUR):
        raise ExperimentError(f"--stretch: a part of a day, such as 1h, 3h or 6h, given {quoted(plain(text))}")
    return length


def _check_files(output: Path | None, force: bool, *tables: Path | None) -> None:
    for file in (output, *tables):
        if file is not None and file != Path("-") and not file.absolute().parent.is_dir():
            raise click.UsageError(f"{plain(str(file.parent))}: there is no such folder.")
    if output is not None and output.exists() and not force:
        raise click.UsageError(f"{plain(str(output))} is there already; --force writes over it.")
