"""Automation strategies for people: the answer first, a line a strategy, then the curves of coverage.

`text` is the page in a terminal, `markdown_lines` the message in a chat, `document` the JSON that `flightdesk report`
reads, `csv_rows` the table for a spreadsheet.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from core.estimates import Estimate
from core.metrics import METRICS
from core.output.tables import Value, markdown, markdown_text
from core.units import write_seconds
from sim.experiments.comparison import Comparison
from sim.experiments.strategies import Curve, Strategies, Turn
from tui.comparing import MARKS, cell_text, difference_text, is_nothing, legend, rows, warnings
from tui.present import NOTHING, as_json, columns, command_line, in_blocks, plain, value_with_error, wrapped

SHOWN = ("csat", "churn_risk", "money_at_risk", "frt_p90", "roar", "roar_settled", "prevented_rate", "occupancy",
         "cost")
"""A column each, as far as there is something to tell."""
ALONG = ("csat", "churn_risk", "money_at_risk", "cost")
"""What is asked along a curve: where does more automation hurt."""
HEADS = {"csat": "CSAT", "churn_risk": "churn", "money_at_risk": "at risk", "frt_p90": "p90 FRT", "roar": "by bots",
         "roar_settled": "settled so", "prevented_rate": "prevented", "occupancy": "occupancy", "cost": "cost"}


def shown(found: Strategies) -> list[str]:
    """The metrics of the table."""
    plans = range(len(found.comparison.plans))
    return [name for name in SHOWN if name in METRICS
            and not all(is_nothing(found.comparison.estimate(name, plan)) for plan in plans)]


def along(found: Strategies) -> list[str]:
    """The metrics of the curves."""
    return [name for name in ALONG if name in METRICS
            and any(not is_nothing(curve.comparison.estimate(name, plan))
                    for curve in found.curves for plan in range(len(curve.coverage)))]


# --- for people ----------------------------------------------------------------------------------------------------


def text(found: Strategies, width: int) -> Iterator[str]:
    """The page."""
    for line in (plain(found.scenario.title), heading(found), "", *answer(found)):
        yield from wrapped(line, width) if line else ("",)
    yield ""
    yield from in_blocks(table(found), width)
    yield ""
    yield f"against “{plain(found.comparison.plans[0].name)}”: " + legend(rows(found.comparison, shown(found)))
    worth = list(worth_rows(found))
    if worth:
        yield ""
        yield "What a bot's resolution is worth"
        yield from (f"  {line}".rstrip() for line in in_blocks([WORTH, *worth], width - 2))
        yield from (f"  {line}" for line in wrapped(WORTH_NOTE, width - 2))
    for curve in found.curves:
        yield ""
        turns = f"{curve.exit_after} failed turn{'s' * (curve.exit_after > 1)}"
        offered = f"a person is offered after {turns}" if curve.exit_after else "no person is ever offered"
        yield f"More and more bot, {curve.name} ({offered})"
        yield from (f"  {line}" for line in columns(curve_table(found, curve), right=(0,)))
    notes = list(remarks(found))
    if notes:
        yield ""
        for line in notes:
            yield from wrapped(line, width)


def heading(found: Strategies) -> str:
    """What was run."""
    result = found.comparison
    count = result.replications
    sure = f"{result.confidence * 100:g} % intervals" if count > 1 else "so no intervals"
    return (f"{write_seconds(found.scenario.length)}, seed {result.seed}, {count} replication{'s' * (count > 1)} under "
            f"the same chance, {sure}")


def answer(found: Strategies) -> Iterator[str]:
    """Where more automation starts to hurt, and whether a resolution is worth its price."""
    currency = plain(found.scenario.currency)
    for curve in found.curves:
        alike: dict[tuple[float, float | None], list[Turn]] = {}
        for metric in along(found):
            turn = curve.turn(metric)
            if turn is not None and metric != "cost":
                alike.setdefault((turn.best, turn.hurts_from), []).append(turn)
        for turns in alike.values():
            yield f"{_capital(curve.name)}: {turn_text(turns, currency)}"
    yield from pays(found)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def turn_text(turns: Sequence[Turn], currency: str) -> str:
    """Where metrics that turn at the same coverage do, in words."""
    first, titles = turns[0], [METRICS[turn.metric].title for turn in turns]
    best = f"{_listed(titles)} {'are' if len(titles) > 1 else 'is'} best at {first.best * 100:.0f} % coverage"
    if first.hurts_from is None:
        return f"{best}, and more is not worse for sure."
    by = [f"{title} {difference_text(turn.by, currency)}" for title, turn in zip(titles, turns, strict=True)]
    return f"{best}; from {first.hurts_from * 100:.0f} % on more of it hurts for sure ({', '.join(by)})."


def pays(found: Strategies) -> Iterator[str]:
    """Under which strategies a resolution is worth its price, and where that rests on customers who go unhelped."""
    said: dict[bool | None, list[str]] = {}
    unhappy = []
    for plan, one in enumerate(found.comparison.plans):
        worth = found.worth(plan)
        if worth is None:
            continue
        name, satisfied = f"“{plain(one.name)}”", worth.satisfaction.interval
        if worth.asked:
            said.setdefault(worth.pays, []).append(name)
        if satisfied is not None and satisfied[1] < 0:
            unhappy.append(name)
    parts = [f"{words} {_listed(said[verdict])}" for verdict, words in (
        (True, "is worth its price under"), (False, "is not worth it under"), (None, "is too close to tell under"))
        if verdict in said]
    if parts:
        yield f"A bot's resolution {', '.join(parts)}."
    if unhappy:
        yield (f"Under {_listed(unhappy)} CSAT falls: some of the time is freed by customers who go away unhelped.")


WORTH = ("", "resolved", "hours freed", "breaks even at", "if staffing follows", "with customers", "price", "pays")
WORTH_NOTE = ("At the break-even price the people's time that a resolution frees pays for it: time at its wage; where "
              "staffing follows, a rota that shrinks with the work; with customers, those lost or kept counted too.")


def worth_rows(found: Strategies) -> Iterator[Sequence[str]]:
    """A line a strategy whose bots resolve anything."""
    for plan, one in enumerate(found.comparison.plans):
        worth = found.worth(plan)
        if worth is not None:
            yield (plain(one.name), *worth_cells(
                worth.resolutions, worth.hours, worth.price, worth.price_if_staffing_follows,
                worth.price_with_customers, worth.asked, worth.pays, plain(found.scenario.currency)))


def worth_cells(resolutions: Estimate, hours: Estimate, price: Estimate, follows: Estimate, customers: Estimate | None,
                asked: float, verdict: bool | None, currency: str) -> Sequence[str]:
    """What a strategy's resolutions are worth; below nothing no price is low enough."""
    prices = [NOTHING if one is None or one.value is None
              else "at no price" if one.value + (one.half_width or 0.0) < 0.0 else value_with_error(one, currency)
              for one in (price, follows, customers)]
    said = {True: "yes", False: "no", None: "too close"}[verdict] if asked else NOTHING
    return (value_with_error(resolutions), value_with_error(hours), *prices,
            f"{currency}{asked:.2f}" if asked else NOTHING, said)


def table(found: Strategies) -> Iterator[Sequence[str]]:
    """A line a strategy: values of the first, differences of the others with their marks."""
    result, metrics, currency = found.comparison, shown(found), plain(found.scenario.currency)
    yield ("strategy", *(HEADS[name] for name in metrics))
    for plan, one in enumerate(result.plans):
        cells = [result.cell(name, plan) for name in metrics]
        yield (plain(one.name), *(f"{cell_text(cell, currency)} {MARKS[cell.verdict]}".rstrip() for cell in cells))


def curve_table(found: Strategies, curve: Curve) -> Iterator[Sequence[str]]:
    """A line a step of coverage."""
    metrics, currency = along(found), plain(found.scenario.currency)
    yield ("coverage", *(HEADS[name] for name in metrics))
    turns = {name: curve.turn(name) for name in metrics}
    for plan, share in enumerate(curve.coverage):
        cells = []
        for name in metrics:
            turn = turns[name]
            mark = "" if turn is None else "  best" if share == turn.best else (
                "  hurts" if turn.hurts_from is not None and share >= turn.hurts_from else "")
            cells.append(f"{value_with_error(curve.comparison.estimate(name, plan), currency)}{mark}")
        yield (f"{share * 100:.0f} %", *cells)


def remarks(found: Strategies) -> Iterator[str]:
    """What was left out, what was assumed, what must not be missed."""
    for one in found.applied:
        if one is not None and one.skipped:
            yield f"“{plain(one.strategy.name)}” leaves out what this scenario does not have: {', '.join(one.skipped)}."
        if one is not None and one.assumed:
            said = ", ".join(f"{key} = {value}" for key, value in one.assumed)
            yield f"“{plain(one.strategy.name)}” assumes, because the scenario does not say: {said}."
    if all(segment.churn == 0.0 for segment in found.scenario.segment.values()):
        yield "No segment has a churn, so nothing is said of customers lost: segment.NAME.churn and .value say it."
    yield from warnings(found.comparison)


def markdown_lines(found: Strategies) -> Iterator[str]:
    """The page for a chat message."""
    yield f"**{markdown_text(found.scenario.title)}**, {markdown_text(heading(found))}"
    yield ""
    yield from (f"- {markdown_text(line)}" for line in answer(found))
    yield ""
    head, *lines = table(found)
    yield from markdown(head, lines)
    worth = list(worth_rows(found))
    if worth:
        yield ""
        yield from markdown(WORTH, worth)
    for curve in found.curves:
        yield ""
        yield f"More and more bot, {curve.name}"
        yield ""
        head, *lines = curve_table(found, curve)
        yield from markdown(head, lines)


# --- for programs --------------------------------------------------------------------------------------------------

HEADER = ("strategy", "metric", "unit", "value", "half_width", "difference", "difference_half_width", "verdict")


def csv_rows(found: Strategies) -> Iterator[Sequence[Value]]:
    """A row a strategy and metric, then a row a step of each curve."""
    result = found.comparison
    for plan, one in enumerate(result.plans):
        yield from _rows(one.name, result, plan, list(METRICS))
    for curve in found.curves:
        for plan in range(len(curve.coverage)):
            yield from _rows(f"coverage {curve.comparison.plans[plan].name}", curve.comparison, plan, along(found))


def _rows(name: str, result: Comparison, plan: int, metrics: Sequence[str]) -> Iterator[Sequence[Value]]:
    for metric in metrics:
        cell = result.cell(metric, plan)
        if cell.estimate.value is not None:
            apart = cell.difference
            yield (name, metric, METRICS[metric].unit, cell.estimate.value, cell.estimate.half_width,
                   None if apart is None else apart.value, None if apart is None else apart.half_width,
                   None if apart is None else cell.verdict.value)


def document(found: Strategies, name: str) -> dict[str, Any]:
    """The JSON of strategies: times in seconds, fractions from 0 to 1."""
    result = found.comparison
    return {
        "schema": 1, "kind": "strategies", "command": command_line(), "scenario": name,
        "title": found.scenario.title, "seed": result.seed,
        "replications": result.replications, "length": found.scenario.length, "warm_up": found.scenario.warm_up,
        "currency": found.scenario.currency, "confidence": result.confidence, "reference": result.plans[0].name,
        "answer": list(answer(found)), "remarks": list(remarks(found)),
        "strategies": [_strategy(found, plan) for plan in range(len(result.plans))],
        "curves": [_curve(found, curve) for curve in found.curves],
    }


def _strategy(found: Strategies, plan: int) -> dict[str, Any]:
    result, one, worth = found.comparison, found.applied[plan], found.worth(plan)
    metrics = {}
    for metric in METRICS:
        cell = result.cell(metric, plan)
        if cell.estimate.value is not None:
            metrics[metric] = {"title": METRICS[metric].title, "better": METRICS[metric].better,
                               **as_json(cell.estimate), "verdict": cell.verdict.value if cell.difference else None,
                               "difference": None if cell.difference is None else as_json(cell.difference)}
    return {"name": result.plans[plan].name, "why": "" if one is None else one.strategy.why,
            "changes": {} if one is None else dict(one.strategy.changes),
            "assumed": {} if one is None else dict(one.assumed), "skipped": [] if one is None else list(one.skipped),
            "worth": None if worth is None else {
                "resolutions": as_json(worth.resolutions), "hours_freed": as_json(worth.hours),
                "break_even": as_json(worth.price), "price": worth.asked, "pays": worth.pays,
                "break_even_if_staffing_follows": as_json(worth.price_if_staffing_follows),
                "break_even_with_customers": None if worth.price_with_customers is None
                else as_json(worth.price_with_customers)},
            "metrics": metrics}


def _curve(found: Strategies, curve: Curve) -> dict[str, Any]:
    points = [{"coverage": share, **{name: as_json(curve.comparison.estimate(name, plan)) for name in along(found)}}
              for plan, share in enumerate(curve.coverage)]
    turns = {}
    for name in along(found):
        turn = curve.turn(name)
        if turn is not None:
            turns[name] = {"best_at": turn.best, "hurts_from": turn.hurts_from,
                           "by": None if turn.by is None else as_json(turn.by)}
    return {"name": curve.name, "exit_after": curve.exit_after, "points": points, "turns": turns,
            "titles": {name: METRICS[name].title for name in along(found)},
            "units": {name: METRICS[name].unit for name in along(found)}}


