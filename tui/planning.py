"""A staffing plan for people: the answer, what it reaches beside today, who works when, and what stands in the way.

`text` is the page in a terminal, `markdown_lines` the message in a chat, `document` the JSON that `flightdesk report`
reads, `interval_rows` and `rota_rows` the tables for a spreadsheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from core.estimates import Estimate
from core.metrics import METRICS
from core.output.tables import Value, markdown, markdown_text
from core.staffing.targets import ALL, Scope, Target, write_value
from core.staffing.tours import Tour
from core.units import WEEKDAYS, write_seconds, write_time_of_day
from sim.experiments.staffing_plan import Shortfall, StaffingPlan, TeamPlan
from sim.experiments.staffing_search import PILOT
from tui.comparing import WITHIN, difference_text, is_nothing
from tui.present import as_json, columns, command_line, plain, value_with_error, wrapped

BESIDE = ("service_level", "frt_p50", "frt_p90", "abandonment_rate", "csat", "churn_risk", "occupancy")
"""Shown beside today's plan, whatever the targets."""
_BLOCKS = 8
"""Stretches shown in which the plan differs the most from today's."""


def title_of(metric: str, scope: Scope, plan: StaffingPlan) -> str:
    """The metric's title, with the threshold it depends on and whose it is."""
    within = f" ({write_seconds(plan.scenario.service_level.within)})" if metric in WITHIN else ""
    return f"{METRICS[metric].title}{within}{f', {scope}' if scope.name else ''}"


def shown(plan: StaffingPlan, wanted: Sequence[tuple[str, Scope]] = ()) -> list[tuple[str, Scope]]:
    """The metrics to show: what was asked for first."""
    asked = [*wanted, *((target.metric, target.scope) for target in plan.targets)]
    usual = [(name, ALL) for name in BESIDE if name in METRICS]
    return [one for one in dict.fromkeys([*asked, *usual])
            if one in asked or not is_nothing(plan.outcome.replicated(*one).estimate())]


# --- for people ----------------------------------------------------------------------------------------------------


def text(plan: StaffingPlan, width: int, wanted: Sequence[tuple[str, Scope]] = ()) -> Iterator[str]:
    """The page."""
    yield plain(plan.scenario.title)
    yield heading(plan)
    yield ""
    for line in answer(plan, wanted):
        yield from wrapped(line, width)
    if not plan.teams:
        return
    yield ""
    yield from columns([("", "today", "this plan", "difference"), *beside(plan, wanted)], right=(1, 2, 3))
    for team in plan.teams:
        yield ""
        yield from _people(plan, team)
    yield ""
    yield from _differences(plan)
    for team in plan.teams:
        yield ""
        yield from _week(plan, team)


def heading(plan: StaffingPlan) -> str:
    """What was run."""
    days = "a week" if plan.grid.days == 7 else f"{plan.grid.days} day{'s' * (plan.grid.days > 1)}"
    count = len(plan.outcome.samples)
    if not plan.teams:
        return f"{days}, seed {plan.seed}, {PILOT} replications with all the people one could want"
    how = (f"checked in {count} replications that the search had not used" if plan.checked
           else f"{count} replications of the search")
    return f"{days}, seed {plan.seed}, {how}"


def answer(plan: StaffingPlan, wanted: Sequence[tuple[str, Scope]] = ()) -> Iterator[str]:
    """What it comes to, in sentences; `wanted` is the metric that was made the best of."""
    currency = plain(plan.scenario.currency)
    if plan.interrupted:
        yield "Interrupted: the cheapest plan so far that met the targets in the search. It has not been checked."
    if plan.teams and plan.targets and not plan.over_budget:
        hours, cost = plan.hours, plan.cost
        heads = sum(team.heads for team in plan.teams)
        who = f"{heads} people, {hours[1]:,.0f} paid hours" if heads else f"{hours[1]:,.0f} paid hours"
        money = f" for {currency}{cost[1]:,.0f}" if cost[1] else ""
        less = cost[1] - cost[0] if cost[1] else hours[1] - hours[0]
        sign, unit = ("more", "less")[less < 0], (currency if cost[1] else "")
        apart = f"{unit}{abs(less):,.0f}{'' if cost[1] else ' hours'} {sign} than today's plan"
        yield f"{'Met' if plan.met else 'NOT MET'}: {who}{money}, {apart}."
        if not plan.interrupted:
            looks = f" after {plan.looks} looks" if plan.looks > 1 else ""
            yield f"  The cheapest that the search found{looks}; that none is cheaper is not proven."
    if plan.over_budget:
        yield (f"NOT MET within {_amount(plan, plan.budget or 0.0)}: the cheapest plan that meets the targets costs "
               f"{_amount(plan, plan.over_budget)} more. This is the best within it:")
    elif wanted and plan.teams:
        metric, scope = wanted[0]
        change = plan.difference(metric, scope).estimate()
        sure = change.value is not None and abs(change.value) > (change.half_width or 0.0)
        limit = (f" with {plan.people} people" if plan.people is not None
                 else f" within {_amount(plan, plan.budget)}" if plan.budget is not None else "")
        yield (f"The best {title_of(metric, scope, plan)} that was found{limit}: "
               f"{value_with_error(plan.outcome.replicated(metric, scope).estimate(), currency)}, "
               f"{difference_text(change, currency)} {'against' if sure else 'no clear difference from'} today's plan.")
    for target in plan.targets:
        shortfall = next((one for one in plan.shortfalls if one.target == target), None)
        yield from (_hopeless(plan, shortfall) if shortfall is not None else [_reached(plan, target)])


def _amount(plan: StaffingPlan, amount: float | None) -> str:
    if amount is None:
        return "what today's plan costs"
    return f"{plain(plan.scenario.currency)}{amount:,.0f}" if any(
        team.cost_per_hour for team in plan.teams) else f"{amount:,.0f} hours"


def _reached(plan: StaffingPlan, target: Target) -> str:
    reached, unit = plan.reached(target), target.spec.unit
    if reached.value is None:
        return f"  {plain(str(target))}: there was nothing to measure."
    half = reached.half_width or 0.0
    worst = Estimate(reached.value - half if target.at_least else reached.value + half, None, unit)
    verdict = target.verdict(reached)
    said = "yes" if verdict else "no" if verdict is False else "not sure"
    share = plan.weeks_that_meet(target)
    length = "weeks" if plan.grid.days == 7 else "runs"
    line = (f"  {plain(str(target))}: {said}. {value_with_error(Estimate(reached.value, None, unit))} on average, "
            f"{'at least' if target.at_least else 'at most'} {value_with_error(worst)} "
            f"with {plan.confidence * 100:g} % confidence; {share * 100:.0f} % of single {length} meet it.")
    if verdict is None:
        return f"{line} More --replications would tell."
    limit = plan.limit(target)
    if limit is None:
        return line
    return (f"{line} With all the people one could want it would be {value_with_error(limit)}: close to that each "
            "further step is dear.")


def _hopeless(plan: StaffingPlan, shortfall: Shortfall) -> Iterator[str]:
    """Why no number of people meets it, by how much, and what would help."""
    target, reached = shortfall.target, shortfall.with_enough
    if reached.value is None:
        yield f"  {plain(str(target))}: there was nothing to measure."
        return
    yield (f"  {plain(str(target))}: NO number of people meets it. With all that one could want, in today's opening "
           f"hours it is {value_with_error(reached)}.")
    if shortfall.around_the_clock is not None:
        enough = target.met_by(shortfall.around_the_clock.value)
        yield (f"    With people around the clock it would be {value_with_error(shortfall.around_the_clock)}"
               f"{', which meets it: longer opening hours are what is missing.' if enough else '.'}")
    if shortfall.by_channel:
        yield "    By channel: " + ", ".join(f"{plain(name)} {value_with_error(one)}"
                                             for name, one in shortfall.by_channel.items()) + "."
    sign = ">=" if target.at_least else "<="
    ways = [f'"{plain(name)}:{target.metric}{sign}{write_value(target.value, target.spec.unit)}"'
            for name, one in shortfall.by_channel.items() if target.met_by(one.value)]
    if reached.value is not None:
        ways.append(f'"{target.metric}{sign}{write_value(_rounder(reached, target), target.spec.unit)}"')
    if ways:
        yield f"    What can be asked for: {' or '.join(ways)}."


def _rounder(reached: Estimate, target: Target) -> float:
    """A value just on the easy side of what is reached."""
    assert reached.value is not None
    value, unit = reached.value, target.spec.unit
    step = {"1": 0.01, "s": 60.0 if value > 300 else 1.0}.get(unit, 1.0)
    edge = np.floor(value / step) - 1 if target.at_least else np.ceil(value / step) + 1
    return float(round(max(0.0, edge * step), 4))


def beside(plan: StaffingPlan, wanted: Sequence[tuple[str, Scope]] = ()) -> Iterator[tuple[str, str, str, str]]:
    """Rows: title, today, this plan, and the paired difference."""
    currency, hours, cost = plain(plan.scenario.currency), plan.hours, plan.cost
    yield "paid hours on the rota", f"{hours[0]:,.0f}", f"{hours[1]:,.0f}", _signed(round(hours[1]) - round(hours[0]))
    if any(cost):
        apart = _signed(round(cost[1]) - round(cost[0]))
        yield ("cost of the rota", f"{currency}{cost[0]:,.0f}", f"{currency}{cost[1]:,.0f}",
               f"{apart[0]}{currency}{apart[1:]}")
    for name, scope in shown(plan, wanted):
        now, then = (outcome.replicated(name, scope).estimate() for outcome in (plan.today, plan.outcome))
        yield (title_of(name, scope, plan), value_with_error(now, currency), value_with_error(then, currency),
               difference_text(plan.difference(name, scope).estimate(), currency))


def _signed(value: float) -> str:
    return f"{'−' if value < 0 else '+'}{abs(value):,.0f}"


def _people(plan: StaffingPlan, team: TeamPlan) -> Iterator[str]:
    cost = f", {plain(plan.scenario.currency)}{team.hours * team.cost_per_hour:,.0f}" if team.cost_per_hour else ""
    if not team.heads:
        yield f"{plain(team.team)}: {team.hours:,.0f} hours{cost}, people by the interval"
        return
    yield f"{plain(team.team)}: {team.heads} people, {team.hours:,.0f} hours{cost}"
    yield from (f"  {line}" for line in columns(
        [(str(count), _days(tour), _clock(tour), _break(tour), _who(tour, count))
         for tour, count in in_order(team.people)], right=(0,)))


def in_order(people: Mapping[Tour, int]) -> list[tuple[Tour, int]]:
    """The tours by when they start."""
    return sorted(people.items(), key=lambda item: (item[0].shift.start if item[0].shift else 0.0, item[0].name))


def _who(tour: Tour, places: int) -> str:
    return ("part time" if tour.part_time
            else f"by {tour.heads(places)} people in turns" if tour.turns > 1 else "")


def _days(tour: Tour) -> str:
    return tour.describe().rpartition(" ")[0] if tour.shift else tour.name


def _clock(tour: Tour) -> str:
    return tour.describe().rpartition(" ")[2] if tour.shift else ""


def _break(tour: Tour) -> str:
    return ", ".join(f"break {write_seconds(rest.length)} from {write_time_of_day(rest.start)}"
                     + (f" to {write_time_of_day((rest.start + rest.stagger) % 86_400)} on" if rest.stagger else "")
                     for rest in (tour.shift.breaks if tour.shift else ()))


def _differences(plan: StaffingPlan) -> Iterator[str]:
    """Where the plan puts more people than today's, and where fewer."""
    blocks = sorted(blocks_of(plan), key=lambda block: -abs(block[4]) * (block[3] - block[2]))
    if not blocks:
        yield "The plan has the people of today's."
        return
    yield "Where it differs from today the most"
    chosen = sorted(blocks[:_BLOCKS], key=lambda block: (block[0], block[1], block[2]))
    for team, day, start, end, people in chosen:
        of = f"  {plain(team)}" if len(plan.teams) > 1 else ""
        count = f"{abs(people):.2g}".rstrip("0").rstrip(".") if people % 1 else f"{abs(people):.0f}"
        yield (f"  {WEEKDAYS[day]} {write_time_of_day(start)}-{write_time_of_day(end)}{of}: {count} "
               f"{'more' if people > 0 else 'fewer'}")


def blocks_of(plan: StaffingPlan) -> Iterator[tuple[str, int, float, float, float]]:
    """Team, weekday, start and end (s of the day) and people more (or fewer) of each stretch that differs alike."""
    grid = plan.grid
    for team in plan.teams:
        apart = np.round(team.on_duty - team.today, 6)
        first = 0
        for interval in range(1, len(grid) + 1):
            if (interval == len(grid) or apart[interval] != apart[first] or grid.day(interval) != grid.day(first)):
                if apart[first]:
                    start = grid.start(first)
                    yield (team.team, grid.day(first), start, start + (interval - first) * grid.step,
                           float(apart[first]))
                first = interval


def _week(plan: StaffingPlan, team: TeamPlan) -> Iterator[str]:
    """People on duty by hour and day, today's in brackets where they differ."""
    grid = plan.grid
    yield f"{plain(team.team)}: people on duty (today)"
    rows = [("", *(WEEKDAYS[day] for day in range(grid.days)))]
    for step in range(grid.steps_a_day):
        cells = [_cell(float(team.on_duty[day * grid.steps_a_day + step]),
                       float(team.today[day * grid.steps_a_day + step])) for day in range(grid.days)]
        if any(cells):
            rows.append((write_time_of_day(step * grid.step), *cells))
    yield from (f"  {line}" for line in columns(rows))


def _cell(then: float, now: float) -> str:
    if not then and not now:
        return ""
    return f"{then:g}" if then == now else f"{round(then, 1):g} ({round(now, 1):g})"


def markdown_lines(plan: StaffingPlan, wanted: Sequence[tuple[str, Scope]] = ()) -> Iterator[str]:
    """The plan for a chat message."""
    yield f"**{markdown_text(plan.scenario.title)}**, {markdown_text(heading(plan))}"
    yield ""
    yield from (markdown_text(line.strip()) + "  " for line in answer(plan, wanted))
    if not plan.teams:
        return
    yield ""
    yield from markdown(("", "today", "this plan", "difference"), list(beside(plan, wanted)))
    for team in plan.teams:
        yield ""
        yield f"**{markdown_text(team.team)}**"
        yield ""
        yield from markdown(("shift", "people"), [(tour.describe(), str(count))
                                                  for tour, count in in_order(team.people)])


# --- for programs --------------------------------------------------------------------------------------------------

INTERVALS = ("team", "day", "start", "end", "conversations", "calls_and_chats", "needed", "today", "plan", "difference",
             "in_time_today", "in_time_plan")
"""What joins in an interval; people on duty whom the formulas ask for, today's, and the plan's; share in time."""
ROTA = ("team", "shift", "days", "start", "end", "breaks", "people", "part_time", "paid_hours_each", "cost",
        "taking_turns")
"""A row a shift: how many are on it; where nobody works so many days, how many people take turns to be."""


def interval_rows(plan: StaffingPlan) -> Iterator[Sequence[Value]]:
    """A row an interval and team in which anyone is on duty or expected."""
    grid = plan.grid
    for team, joined, today, then in _served(plan):
        for interval in range(len(grid)):
            if team.on_duty[interval] or team.today[interval] or joined[interval] > 0:
                start = grid.start(interval)
                yield (team.team, WEEKDAYS[grid.day(interval)], write_time_of_day(start),
                       write_time_of_day(start + grid.step), joined[interval], round(float(team.calls[interval]), 2),
                       round(float(team.needed[interval]), 1), float(team.today[interval]),
                       float(team.on_duty[interval]), float(team.on_duty[interval] - team.today[interval]),
                       today[interval], then[interval])


Shares = list[float | None]


def _served(plan: StaffingPlan) -> Iterator[tuple[TeamPlan, list[float], Shares, Shares]]:
    """Each team with what joins its queue by the plan, and the share answered in time today and by the plan."""
    places = list(plan.scenario.team)
    for team in plan.teams:
        shares, totals = [], np.zeros(len(plan.grid))
        for outcome in (plan.today, plan.outcome):
            totals = outcome.mean(lambda sample: sample.joined)[places.index(team.team)].sum(axis=0)
            answered = outcome.mean(lambda sample: sample.in_time)[places.index(team.team)].sum(axis=0)
            shares.append([round(float(good / total), 4) if total > 0 else None
                           for good, total in zip(answered, totals, strict=True)])
        yield team, [round(float(total), 2) for total in totals], shares[0], shares[1]


def rota_rows(plan: StaffingPlan) -> Iterator[Sequence[Value]]:
    """A row a shift: who works when."""
    for team in plan.teams:
        for tour, count in in_order(team.people):
            shift = tour.shift
            yield (team.team, tour.name, _days(tour), write_time_of_day(shift.start) if shift else "",
                   write_time_of_day(shift.end) if shift else "", _break(tour), count,
                   "yes" if tour.part_time else "no", tour.hours, round(count * tour.hours * team.cost_per_hour, 2),
                   tour.heads(count) if tour.turns > 1 else None)


def document(plan: StaffingPlan, name: str, wanted: Sequence[tuple[str, Scope]] = ()) -> dict[str, Any]:
    """The JSON of a plan: times in seconds, fractions from 0 to 1."""
    return {
        "schema": 1, "kind": "plan", "command": command_line(), "scenario": name,
        "title": plan.scenario.title, "seed": plan.seed,
        "replications": len(plan.outcome.samples), "replications_in_all": plan.replications,
        "length": plan.scenario.length, "warm_up": plan.scenario.warm_up, "days": plan.grid.days,
        "step": plan.grid.step, "currency": plan.scenario.currency, "confidence": plan.confidence,
        "met": plan.met if plan.targets else None, "checked": plan.checked, "interrupted": plan.interrupted,
        "budget": plan.budget, "over_budget": plan.over_budget,
        "answer": [line.strip() for line in answer(plan, wanted)],
        "paid_hours": dict(zip(("today", "plan"), plan.hours, strict=True)),
        "cost": dict(zip(("today", "plan"), plan.cost, strict=True)),
        "targets": [_target(plan, target) for target in plan.targets],
        "metrics": [_metric(plan, *one) for one in shown(plan, wanted)] if plan.teams else [],
        "teams": [_team(plan, *served) for served in _served(plan)] if plan.teams else [],
    }


def _target(plan: StaffingPlan, target: Target) -> dict[str, Any]:
    shortfall = next((one for one in plan.shortfalls if one.target == target), None)
    found: dict[str, Any] = {
        "text": str(target), "metric": target.metric, "scope": target.scope.name or None,
        "at_least": target.at_least, "value": target.value, "unit": target.spec.unit}
    if shortfall is None:
        return {**found, "met": target.verdict(plan.reached(target)), "reached": as_json(plan.reached(target)),
                "share_of_runs": plan.weeks_that_meet(target), "possible": True}
    around = shortfall.around_the_clock
    return {**found, "met": False, "reached": as_json(shortfall.with_enough), "possible": False,
            "around_the_clock": None if around is None else as_json(around),
            "by_channel": {name: as_json(one) for name, one in shortfall.by_channel.items()}}


def _metric(plan: StaffingPlan, name: str, scope: Scope) -> dict[str, Any]:
    now, then = (outcome.replicated(name, scope).estimate() for outcome in (plan.today, plan.outcome))
    return {"metric": name, "scope": scope.name or None, "title": title_of(name, scope, plan),
            "unit": METRICS[name].unit, "better": METRICS[name].better, "today": as_json(now), "plan": as_json(then),
            "difference": as_json(plan.difference(name, scope).estimate())}


def _team(plan: StaffingPlan, team: TeamPlan, joined: Sequence[float], today: Shares,
          then: Shares) -> dict[str, Any]:
    grid = plan.grid
    return {"team": team.team, "people": team.heads or None, "paid_hours": team.hours,
            "paid_hours_today": team.hours_today, "cost_per_hour": team.cost_per_hour,
            "shifts": [dict(zip(ROTA[1:], row[1:], strict=True)) for row in rota_rows(plan) if row[0] == team.team],
            "intervals": [{"at": interval * grid.step, "conversations": joined[interval],
                           "calls_and_chats": round(float(team.calls[interval]), 2),
                           "needed": round(float(team.needed[interval]), 1), "today": float(team.today[interval]),
                           "plan": float(team.on_duty[interval]), "in_time_today": today[interval],
                           "in_time_plan": then[interval]} for interval in range(len(grid))]}
