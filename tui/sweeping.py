"""A sweep as text: a table, heat maps, a tornado, and the frontier of what is dear against what is good."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from core.estimates import Estimate
from core.metrics import METRICS
from sim.experiments.comparison import Verdict
from sim.experiments.sweep import Sweep, setting_text
from tui.comparing import LEGEND, MARKS, difference_text, title_of_metric
from tui.present import NOTHING, columns, in_blocks, plain, value_and_error, value_with_error

SHADES = " ░▒▓█"
"""From the worst to the best, or from low to high where neither is."""
BAR = 24
"""Half the width of a tornado's bars, where there is room for them."""
SHORTEST = 3
"""Where there is none."""
PLOT = (64, 16)
"""Columns and rows of the frontier's picture."""


def table(sweep: Sweep, metrics: Sequence[str], width: int) -> Iterator[str]:
    """A row a point that has been run: its settings, then of each metric the value and what it differs by."""
    currency = plain(sweep.scenario.currency)
    head = ["", *(plain(axis.key) for axis in sweep.design.axes)]
    for metric in metrics:
        head += [title_of_metric(metric, sweep.scenario), "difference"]
    rows = [head]
    best = set(sweep.frontier())
    there = [point for point in sweep.design.points if sweep.has(point)]
    for point in there:
        at = dict(point)
        row = ["*" if point in best else "", *(plain(at.get(axis.key, "as it is")) for axis in sweep.design.axes)]
        for metric in metrics:
            row += [value_with_error(sweep.estimate(metric, point), currency),
                    difference_text(sweep.difference(metric, point).estimate(), currency) if point else ""]
        rows.append(row)
    yield from in_blocks(rows, width, keep=1 + len(sweep.design.axes))
    yield "* nothing is better in cost and CSAT at once"
    missing = len(sweep.design.points) - len(there)
    if missing:
        yield f"{missing} more points have not been run"


def heat_map(sweep: Sweep, metric: str, width: int) -> Iterator[str]:
    """A metric over two keys: numbers, shaded by how good they are."""
    across, down = sweep.design.axes
    currency, better = plain(sweep.scenario.currency), METRICS[metric].better
    cells = {(x, y): sweep.estimate(metric, ((across.key, x), (down.key, y)))
             for x in across.values for y in down.values}
    known = [cell.value for cell in cells.values() if cell.value is not None]
    low, high = (min(known), max(known)) if known else (0.0, 0.0)
    top = None if better is None or not known else high if better == "higher" else low
    yield title_of_metric(metric, sweep.scenario)
    rows = [[f"{down.key} \\ {across.key}", *across.values]]
    for y in reversed(down.values):
        row = [y]
        for x in across.values:
            value = cells[x, y].value
            share = 0.0 if value is None or high == low else (value - low) / (high - low)
            shade = SHADES[min(int((1.0 - share if better == "lower" else share) * len(SHADES)), len(SHADES) - 1)]
            # A picture of many numbers: as many digits as tell neighbours apart, and no errors.
            number, unit = value_and_error(Estimate(value, (high - low) / 20 or None, METRICS[metric].unit), currency)
            short = f"{number} s" if unit.endswith(" s") else number
            row.append(f"{shade * 2} {short}{'*' if value is not None and value == top else ''}")
        rows.append(row)
    yield from (f"  {line}".rstrip() for line in in_blocks([[plain(cell) for cell in row] for row in rows], width - 2))
    words = "better" if better is not None else "higher"
    yield f"  darker is {words}" + (", * the best" if top is not None else "")


def tornado(sweep: Sweep, metric: str, width: int) -> Iterator[str]:
    """What each key moves a metric by, the strongest first."""
    effects = sweep.effects(metric)
    widest = max((max(-(one.low.value or 0.0), one.high.value or 0.0) for one in effects.values()), default=0.0)
    how = ("each key alone, all else as it is" if sweep.design.kind == "one"
           else "a straight line through all points, from the low end of each key to the high end")
    yield f"{title_of_metric(metric, sweep.scenario)}: {how}"
    if not widest:
        yield "  nothing moves it"
        return
    currency = plain(sweep.scenario.currency)
    strongest = sorted(effects.items(), key=lambda item: -item[1].span)
    texts = [(f"  {plain(key)}", _side(one.low, one.low_at, currency), _side(one.high, one.high_at, currency))
             for key, one in strongest]
    taken = sum(max(map(len, column)) for column in zip(*texts, strict=True)) + 2 * 3 + 1
    bar = max(SHORTEST, min(BAR, (width - taken) // 2))
    rows = []
    for (key, low, high), (_, one) in zip(texts, strongest, strict=True):
        left, right = (round(bar * abs(end.value or 0.0) / widest) for end in (one.low, one.high))
        rows.append([key, low, f"{'█' * left:>{bar}}│{'█' * right:<{bar}}", high])
    yield from columns(rows, right=(1,))
    if any(MARKS[Verdict.UNCLEAR] in text for _, *both in texts for text in both):
        yield f"  {MARKS[Verdict.UNCLEAR]} {LEGEND[Verdict.UNCLEAR]}"


def _side(end: Estimate, at: str | None, currency: str) -> str:
    """One end of a bar: by how much, whether that is more than noise, and at which value."""
    if not end.value:
        return ""
    unclear = end.half_width is not None and abs(end.value) <= end.half_width
    return (difference_text(end, currency) + (f" {MARKS[Verdict.UNCLEAR]}" if unclear else "")
            + (f" at {plain(at)}" if at is not None else ""))


def frontier(sweep: Sweep, dear: str = "cost", good: str = "csat") -> Iterator[str]:
    """The points in a picture of two metrics, and those that nothing beats in both."""
    best = sweep.frontier(dear, good)
    spots = [(point, x, y) for point in sweep.design.points
             if (x := sweep.estimate(dear, point).value) is not None
             and (y := sweep.estimate(good, point).value) is not None]
    currency = plain(sweep.scenario.currency)
    names = [title_of_metric(metric, sweep.scenario) for metric in (dear, good)]
    yield f"{names[1]} against {names[0]}: ● nothing is better in both, · beaten, ◆ as it is"
    if len(spots) < 2:
        yield "  too few points"
        return
    xs, ys = [x for _, x, _ in spots], [y for _, _, y in spots]
    wide, high = PLOT
    canvas = [[" "] * wide for _ in range(high)]
    for point, x, y in sorted(spots, key=lambda spot: (spot[0] == (), spot[0] in best)):
        column = round((x - min(xs)) / ((max(xs) - min(xs)) or 1.0) * (wide - 1))
        row = round((max(ys) - y) / ((max(ys) - min(ys)) or 1.0) * (high - 1))
        canvas[row][column] = "◆" if point == () else "●" if point in best else "·"
    labels = [_short(value, good, currency) for value in (max(ys), min(ys))]
    margin = max(map(len, labels))
    for at, line in enumerate(canvas):
        label = labels[0] if at == 0 else labels[1] if at == high - 1 else ""
        yield f"  {label:>{margin}} │{''.join(line)}".rstrip()
    yield f"  {'':>{margin}} └{'─' * wide}"
    left, right = (_short(value, dear, currency) for value in (min(xs), max(xs)))
    yield f"  {'':>{margin}}  {left}{right:>{wide - len(left)}}"
    yield ""
    rows = [[names[0], "difference", names[1], "difference", "with"]]
    for point in best:
        cells = []
        for metric in (dear, good):
            apart = sweep.difference(metric, point).estimate()
            cells += [value_with_error(sweep.estimate(metric, point), currency),
                      difference_text(apart, currency) if point else ""]
        rows.append([*cells, plain(setting_text(point))])
    yield from (f"  {line}" for line in columns(rows))
    yield "  Differences are from the scenario as it is, with the same customers."


def _short(value: float, metric: str, currency: str) -> str:
    if not math.isfinite(value):
        return NOTHING
    number, unit = value_and_error(Estimate(value, None, METRICS[metric].unit), currency)
    return f"{number} {unit}".strip()


def heading(sweep: Sweep) -> Iterator[str]:
    """What was run."""
    yield plain(sweep.scenario.title)
    kind = {"grid": "every value with every value", "latin": "a Latin hypercube", "one": "one key at a time"}
    yield (f"{len(sweep.design.points) - 1} points ({kind[sweep.design.kind]}) and the scenario as it is, "
           f"{sweep.replications} replications each under the same chance, seed {sweep.seed}, "
           "each interval 95 % by itself")
