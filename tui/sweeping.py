"""A sweep as text: a table, heat maps, a tornado, and the frontier of what is dear against what is good."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from core.estimates import Estimate
from core.metrics import METRICS
from sim.experiments.sweep import Setting, Sweep, setting_text
from tui.comparing import difference_text, title_of_metric
from tui.present import NOTHING, columns, plain, value_and_error, value_with_error

SHADES = " ░▒▓█"
"""From the worst to the best, or from low to high where neither is."""
BAR = 24
"""Half the width of a tornado's bars."""
PLOT = (64, 16)
"""Columns and rows of the frontier's picture."""


def table(sweep: Sweep, metrics: Sequence[str], points: Sequence[Setting] | None = None) -> Iterator[str]:
    """A row a point: its settings, then of each metric the value and what it differs from the scenario as it is."""
    currency = plain(sweep.scenario.currency)
    head = [" ", *(axis.key for axis in sweep.design.axes)]
    for metric in metrics:
        head += [title_of_metric(metric, sweep.scenario), "difference"]
    rows = [head]
    best = set(sweep.frontier()) if "cost" in METRICS and "csat" in METRICS else set()
    for point in sweep.design.points if points is None else points:
        at = dict(point)
        row = ["*" if point in best else " ", *(plain(at.get(axis.key, "as it is")) for axis in sweep.design.axes)]
        for metric in metrics:
            apart = sweep.difference(metric, point).estimate()
            row += [value_with_error(sweep.estimate(metric, point), currency),
                    difference_text(apart, currency) if point else ""]
        rows.append(row)
    yield from columns(rows)


def heat_map(sweep: Sweep, metric: str) -> Iterator[str]:
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
    yield from ("  " + line for line in columns([[plain(cell) for cell in row] for row in rows]))
    words = "better" if better is not None else "higher"
    yield f"  darker is {words}" + (", * the best" if top is not None else "")


def tornado(sweep: Sweep, metric: str) -> Iterator[str]:
    """What each key moves a metric by, the strongest first."""
    effects = sweep.effects(metric)
    widest = max((max(-low, high) for low, high in effects.values()), default=0.0)
    how = ("each key alone, all else as it is" if sweep.design.kind == "one"
           else "a straight line through all points, from the low end of each key to the high end")
    yield f"{title_of_metric(metric, sweep.scenario)}: {how}"
    if not widest:
        yield "  nothing moves it"
        return
    unit, currency = METRICS[metric].unit, plain(sweep.scenario.currency)
    rows = []
    for key, (low, high) in sorted(effects.items(), key=lambda item: item[1][0] - item[1][1]):
        left, right = (round(BAR * size / widest) for size in (-low, high))
        texts = [difference_text(Estimate(size, None, unit), currency) if size else "" for size in (low, high)]
        rows.append([f"  {plain(key)}", texts[0], f"{'█' * left:>{BAR}}│{'█' * right:<{BAR}}", texts[1]])
    yield from columns(rows, right=(1,))


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
    rows = [[names[0], names[1], "with"]]
    rows += [[value_with_error(sweep.estimate(dear, point), currency),
              value_with_error(sweep.estimate(good, point), currency), plain(setting_text(point))] for point in best]
    yield from ("  " + line for line in columns(rows))


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
