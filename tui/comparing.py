"""A comparison as a table for people: the same rows as text, as Markdown and on the screen.

`rows` makes cells that know their verdict; `text_table` lays them out for a width, several tables under each other
where the plans do not fit beside each other.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.attribution import Part
from core.estimates import Estimate
from core.metrics import METRICS
from core.scenario import Scenario
from core.units import write_seconds
from sim.experiments.comparison import Cell, Comparison, Verdict
from tui.present import NOTHING, plain, value_and_error, value_with_error

USUAL = ("csat", "iqs", "frt_p90", "frt_p50", "service_level", "abandonment_rate", "fcr", "roar", "roar_settled",
         "churn_risk", "money_at_risk", "occupancy", "waiting", "cost", "cost_per_conversation")
"""The rows where none are asked for, as far as there are such metrics, and something to measure."""
WITHIN = ("service_level", "service_level_answered", "service_level_offered")
MARKS = {Verdict.BETTER: "▲", Verdict.WORSE: "▼", Verdict.UNCLEAR: "≈", Verdict.SAME: "=", Verdict.HIGHER: "↑",
         Verdict.LOWER: "↓", Verdict.UNKNOWN: ""}
LEGEND = {Verdict.BETTER: "better", Verdict.WORSE: "worse", Verdict.UNCLEAR: "within the noise",
          Verdict.SAME: "the same in every run", Verdict.HIGHER: "higher", Verdict.LOWER: "lower"}
LIKELY = 0.95
"""A plan is called the best by a metric from this probability on."""
DRIVERS_SHOWN = 4
_GUESSES = 2
"""Guesses that are named; of more there is only the number."""
"""Drivers of a change of CSAT that a cell names at most."""
COLUMN = 26
"""Widest column of a plan."""
NARROW = 14
"""Narrowest, where two do not fit beside the titles otherwise."""


@dataclass(frozen=True)
class Row:
    """A line of the table: its title and, by plan, a text that ends in the mark of what it amounts to."""

    title: str
    cells: tuple[tuple[str, Verdict], ...]

    def text(self, plan: int, width: int = 0) -> str:
        """A cell, its number filled up to `width` so that the marks of a column stand under each other."""
        text, verdict = self.cells[plan]
        return f"{text.ljust(width)} {MARKS[verdict]}".rstrip()


def chosen(comparison: Comparison, wanted: Sequence[str] = (), everything: bool = False) -> list[str]:
    """The metrics to show: those asked for, all, or the usual ones; of the latter two those with something to tell."""
    if wanted:
        return list(wanted)
    names = METRICS if everything else [name for name in USUAL if name in METRICS]
    return [name for name in names if not all(
        is_nothing(comparison.estimate(name, plan)) for plan in range(len(comparison.plans)))]


def is_nothing(estimate: Estimate) -> bool:
    """Whether there was nothing to measure, or never anything of the kind."""
    return estimate.value is None or (estimate.value == 0.0 and not estimate.half_width)


def title_of(metric: str, comparison: Comparison) -> str:
    """The metric's title with the threshold it depends on."""
    return title_of_metric(metric, comparison.plans[comparison.reference].scenario)


def title_of_metric(metric: str, scenario: Scenario) -> str:
    """The metric's title with the scenario's threshold, where it depends on that."""
    within = f" ({write_seconds(scenario.service_level.within)})" if metric in WITHIN else ""
    return METRICS[metric].title + within


def difference_text(difference: Estimate | None, currency: str = "$") -> str:
    """A difference with its sign: "+2.1 ± 0.2" points, "−6m10s ± 20s", "+$212 ± 4"."""
    if difference is None or difference.value is None:
        return NOTHING
    if difference.value == 0.0 == difference.half_width:
        return "0"
    value, error = value_and_error(Estimate(abs(difference.value), difference.half_width, difference.unit), currency)
    if difference.unit == "1":
        error = error.removesuffix("%").strip()
    # What its own error rounds to nothing has no sign.
    if set(value.removeprefix(currency)) & set("123456789"):
        value = f"{'−' if difference.value < 0.0 else '+'}{value}"
    return f"{value} {error}".rstrip()


def cell_text(cell: Cell, currency: str) -> str:
    """The reference's value; of another plan what differs."""
    if cell.difference is None:
        return value_with_error(cell.estimate, currency)
    return difference_text(cell.difference, currency)


def rows(comparison: Comparison, metrics: Sequence[str]) -> list[Row]:
    """A row a metric, then who is best by what, why CSAT moved, and what not to trust."""
    plans = range(len(comparison.plans))
    currency = plain(comparison.plans[comparison.reference].scenario.currency)
    table = []
    for metric in metrics:
        cells = [comparison.cell(metric, plan) for plan in plans]
        table.append(Row(title_of(metric, comparison),
                         tuple((cell_text(cell, currency), cell.verdict) for cell in cells)))
    if len(plans) > 1:
        table.append(Row("best, with probability", tuple((text, Verdict.UNKNOWN) for text in
                                                         _best(comparison, metrics))))
    if "csat" in metrics and len(plans) > 1:
        why = [why_text(comparison.why(plan)) if plan != comparison.reference else "" for plan in plans]
        table.append(Row("why CSAT moved", tuple((text, Verdict.UNKNOWN) for text in why)))
    table.append(Row("trust it?", tuple((trust(comparison, plan), Verdict.UNKNOWN) for plan in plans)))
    return table


def trust(comparison: Comparison, plan: int) -> str:
    """Whether a plan's column can be trusted: why not, and which guesses it rests on."""
    doubts, guesses = comparison.doubts(plan), [f"{key} {value}" for key, value in comparison.guesses(plan)]
    said = f"no: {'; '.join(doubts.values())}" if doubts else "yes"
    if not guesses:
        return said
    more = f" and {len(guesses) - _GUESSES} more are guesses" if len(guesses) > _GUESSES else (
        " is a guess" if len(guesses) == 1 else " are guesses")
    return f"{said}; {', '.join(guesses[:_GUESSES])}{more} unless measured"


def why_text(parts: Sequence[Part]) -> str:
    """The drivers that moved CSAT beyond the noise, in points, the strongest first."""
    moved = [(part.points.value, part) for part in parts
             if part.points.value is not None and abs(part.points.value) > max(part.points.half_width or 0.0, 0.0005)]
    moved.sort(key=lambda item: -abs(item[0]))
    texts = [f"{part.name.replace('_', ' ')} {'−' if value < 0 else '+'}{abs(value) * 100:.1f}"
             for value, part in moved]
    return ", ".join(texts[:DRIVERS_SHOWN]) + (" …" if len(texts) > DRIVERS_SHOWN else "")


def _best(comparison: Comparison, metrics: Sequence[str]) -> list[str]:
    """By plan, the metrics that it is most likely the best by."""
    texts: list[dict[str, list[str]]] = [{} for _ in comparison.plans]
    for metric in metrics:
        for plan, chance in enumerate(comparison.best(metric) or []):
            if chance >= LIKELY:
                texts[plan].setdefault(_percent(chance), []).append(METRICS[metric].title)
    return ["; ".join(f"{chance}: {', '.join(titles)}" for chance, titles in sorted(mine.items(), reverse=True))
            for mine in texts]


def _percent(chance: float) -> str:
    """A probability that never claims to be certain."""
    return "> 99 %" if chance > 0.99 else f"{chance * 100:.0f} %"


def warnings(comparison: Comparison) -> Iterator[str]:
    """What must not be missed: plans that look better and leave customers less satisfied, and those that do nothing."""
    for plan in comparison.others:
        name = plain(comparison.plans[plan].name)
        if comparison.paradox(plan):
            yield f"! {name}: customers get a human reply sooner and are LESS satisfied. Faster is not better here."
        if comparison.hides(plan):
            yield (f"! {name}: more conversations end with the bot and customers are LESS satisfied. What ends there "
                   "is not always settled.")
        mine, theirs = (write_seconds(comparison.plans[at].scenario.service_level.within)
                        for at in (plan, comparison.reference))
        if mine != theirs:
            yield f"! {name}: in time is within {mine} here and within {theirs} in the reference."
        if comparison.is_same(plan):
            other = plain(comparison.plans[comparison.reference].name)
            yield (f"! {name}: not one number differs from “{other}” in any run. They are the same, or what is changed "
                   "does nothing here.")


def heading(comparison: Comparison) -> Iterator[str]:
    """What was run."""
    first = comparison.plans[comparison.reference].scenario
    yield plain(first.title)
    after = f" after {write_seconds(first.warm_up)} of warm-up" if first.warm_up else ""
    count = comparison.replications
    runs = (f"{count} replications under the same chance, {comparison.confidence * 100:g} % intervals" if count > 1
            else "1 replication, so no intervals")
    several = f", {len(comparison.others)} differences at once (Bonferroni)" if len(comparison.others) > 1 else ""
    yield f"{write_seconds(first.length)}{after}, seed {comparison.seed}, {runs}{several if count > 1 else ''}"


def legend(table: Sequence[Row]) -> str:
    """The marks that the table uses."""
    seen = {verdict for row in table for _, verdict in row.cells}
    return "   ".join(f"{MARKS[verdict]} {word}" for verdict, word in LEGEND.items() if verdict in seen)


def names(comparison: Comparison) -> list[str]:
    """The head of each column."""
    return [plain(plan.name) + (" (reference)" if at == comparison.reference and len(comparison.plans) > 1 else "")
            for at, plan in enumerate(comparison.plans)]


def text_table(comparison: Comparison, metrics: Sequence[str], width: int) -> Iterator[str]:
    """The table for a terminal of that width."""
    table, heads = rows(comparison, metrics), names(comparison)
    order = [comparison.reference, *comparison.others]
    title = max(len(row.title) for row in table) + 1
    numbers = [max((len(row.cells[plan][0]) for row in table[:len(metrics)]), default=0) for plan in order]
    body = {plan: [row.text(plan, size if at < len(metrics) else 0) for at, row in enumerate(table)]
            for plan, size in zip(order, numbers, strict=True)}
    most = max(NARROW, min(COLUMN, (width - title - 2) // 2 - 2))
    sizes = [max(size + 2, min(most, max(len(heads[plan]), *map(len, body[plan])))) + 2
             for plan, size in zip(order, numbers, strict=True)]
    at = 1
    while True:
        room, last = width - title - sizes[0], at
        while last < len(order) and (last == at or sum(sizes[at:last + 1]) <= room):
            last += 1
        shown = [order[0], *order[at:last]]
        columns = [[heads[plan], *body[plan]] for plan in shown]
        yield from _part(["", *(row.title for row in table)], columns, title, [sizes[0], *sizes[at:last]])
        if last >= len(order):
            return
        yield ""
        at = last


def _part(titles: Sequence[str], columns: Sequence[Sequence[str]], title: int, sizes: Sequence[int]) -> Iterator[str]:
    for name, *cells in zip(titles, *columns, strict=True):
        wrapped = [[cell] if len(cell) <= size - 2 else textwrap.wrap(cell, size - 2)
                   for cell, size in zip(cells, sizes, strict=True)]
        for line in range(max(map(len, wrapped))):
            parts = [(part[line] if line < len(part) else "").ljust(size)
                     for part, size in zip(wrapped, sizes, strict=True)]
            yield ((name if line == 0 else "").ljust(title) + "  " + "".join(parts)).rstrip()
