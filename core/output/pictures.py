"""Pictures of a report: Vega-Lite specifications with their data in them, and their SVG.

The specifications are plain data; only `svg` needs vl-convert-python (the extra `report`), which draws without a
browser and without network. Colours can be told apart in grey and by colour-blind eyes; series differ in dashes or
shapes too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import ExperimentError
from core.units import WEEKDAYS

WIDTH = 440
TODAY, PLAN, NEEDED = "#8a939e", "#1f5fbf", "#d1701f"
FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif'
CONFIG = {
    "font": FONT, "background": None,
    "padding": {"left": 28, "right": 24, "top": 6, "bottom": 6}, "view": {"stroke": None},
    "axis": {"labelFlush": False, "labelFontSize": 15, "titleFontSize": 15, "titleFontWeight": "normal",
             "titlePadding": 14, "gridColor": "#e6e9ed", "domainColor": "#8a939e", "tickColor": "#8a939e",
             "labelColor": "#1b1f24", "titleColor": "#59636e"},
    "legend": {"labelFontSize": 15, "titleFontSize": 15, "orient": "top", "title": None, "symbolStrokeWidth": 2.5,
               "labelLimit": 400, "columnPadding": 36},
    "header": {"labelFontSize": 15, "labelAngle": 0, "labelAlign": "left", "labelAnchor": "middle", "title": None},
}
_SCRIPT = re.compile(r"<(script|foreignObject|iframe|image)\b", re.IGNORECASE)

Spec = dict[str, Any]
Rows = Sequence[Mapping[str, Any]]


def svg(spec: Mapping[str, Any]) -> str:
    """The picture, drawn on this machine.

    Raises:
        ExperimentError: where what draws it is not installed.
    """
    try:
        import vl_convert
    except ImportError:
        raise ExperimentError("pictures need vl-convert-python, which is not installed: "
                              "pip install 'flightdesk[report]', or --no-pictures") from None
    # No base URL is allowed: what is drawn is in the specification.
    drawn = str(vl_convert.vegalite_to_svg(dict(spec), allowed_base_urls=[]))
    if _SCRIPT.search(drawn):
        raise ExperimentError("the picture has something in it that is no drawing")
    return drawn


def _chart(rows: Rows, **rest: Any) -> Spec:
    return {"$schema": "https://vega.github.io/schema/vega-lite/v5.json", "config": CONFIG,
            "data": {"values": list(rows)}, "width": WIDTH, **rest}


def _scale(names: Sequence[str], colours: Sequence[str]) -> Spec:
    return {"domain": list(names), "range": list(colours)}


def people(rows: Rows, series: Sequence[str]) -> Spec:
    """People on duty by hour, a row a weekday: rows of day, hour, people and series (today, plan, needed)."""
    dashes = [[2, 2], [1, 0], [6, 3]]
    return _chart(rows, height=64, mark={"type": "line", "interpolate": "step-after", "strokeWidth": 2.2}, encoding={
        "row": {"field": "day", "type": "nominal", "sort": list(WEEKDAYS)},
        "x": {"field": "hour", "type": "quantitative", "axis": {"title": "hour of the day", "tickCount": 12},
              "scale": {"nice": False}},
        "y": {"field": "people", "type": "quantitative", "axis": {"title": None, "tickCount": 3}},
        "color": {"field": "series", "type": "nominal", "scale": _scale(series, [TODAY, PLAN, NEEDED])},
        "strokeDash": {"field": "series", "type": "nominal", "scale": {"domain": list(series), "range": dashes}}},
        spacing=8)


def in_time(rows: Rows) -> Spec:
    """The share answered in time by weekday and hour: rows of day, hour, share and series."""
    return _chart(rows, height={"step": 20}, mark={"type": "rect", "stroke": "#fff"}, encoding={
        "row": {"field": "series", "type": "nominal", "sort": ["today", "this plan"],
                "header": {"labelOrient": "top", "labelAnchor": "start"}},
        "x": {"field": "hour", "type": "ordinal", "axis": {"title": "hour of the day", "labelAngle": 0,
                                                          "labelOverlap": True}},
        "y": {"field": "day", "type": "nominal", "sort": list(WEEKDAYS), "axis": {"title": None}},
        "color": {"field": "share", "type": "quantitative", "scale": {"domain": [0, 1], "scheme": "viridis"},
                  "legend": {"title": "in time", "format": ".0%", "gradientLength": 200, "orient": "top"}}})


def differences(rows: Rows, title: str) -> Spec:
    """Differences from a reference with their intervals: rows of name, value, low, high and verdict."""
    base = {"y": {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 260}}}
    return _chart(rows, height={"step": 26}, layer=[
        {"mark": {"type": "rule", "color": "#59636e", "strokeDash": [3, 3]}, "encoding": {"x": {"datum": 0}}},
        {"mark": {"type": "rule", "strokeWidth": 2, "color": PLAN}, "encoding": {
            **base, "x": {"field": "low", "type": "quantitative", "axis": {"title": title, "tickCount": 6}},
            "x2": {"field": "high"}}},
        {"mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "color": PLAN},
         "encoding": {**base, "x": {"field": "value", "type": "quantitative"},
                      "shape": {"field": "verdict", "type": "nominal",
                                "scale": {"domain": ["better", "worse", "differs", "within the noise"],
                                          "range": ["triangle-up", "triangle-down", "diamond", "circle"]}}}}])


def curve(rows: Rows, title: str, share: bool, series: Sequence[str]) -> Spec:
    """A metric along coverage, with its interval: rows of coverage, value, low, high and series."""
    colour = {"field": "series", "type": "nominal", "scale": _scale(series, [PLAN, NEEDED, TODAY])}
    x = {"field": "coverage", "type": "quantitative", "axis": {"title": "coverage of the bot", "format": ".0%",
                                                                          "tickCount": 5}}
    axis = {"title": title, **({"format": ".0%"} if share else {})}
    y = {"type": "quantitative", "scale": {"zero": False}, "axis": axis}
    return _chart(rows, height=200, layer=[
        {"mark": {"type": "area", "opacity": 0.18}, "encoding": {
            "x": x, "y": {"field": "low", **y}, "y2": {"field": "high"}, "color": colour}},
        {"mark": {"type": "line", "strokeWidth": 2.2}, "encoding": {
            "x": x, "y": {"field": "value", **y}, "color": colour,
            "strokeDash": {"field": "series", "type": "nominal",
                           "scale": {"domain": list(series), "range": [[1, 0], [6, 3], [2, 2]]}}}},
        {"mark": {"type": "point", "filled": True, "size": 45, "opacity": 1},
         "encoding": {"x": x, "y": {"field": "value", **y}, "color": colour}}])


def grid(rows: Rows, across: str, down: str, values: tuple[Sequence[str], Sequence[str]], better: str | None) -> Spec:
    """A metric over two keys: rows of across, down, value and label; `values` are those of each key in order."""
    scheme = {"lower": "blues", "higher": "blues"}.get(better or "", "greys")
    shade = {"field": "value", "type": "quantitative", "legend": None,
             "scale": {"scheme": scheme, "zero": False, "reverse": better == "lower"}}
    middle = {"joinaggregate": [{"op": "min", "field": "value", "as": "low"},
                                {"op": "max", "field": "value", "as": "high"}]}
    dark = f"(datum.value - datum.low) / (datum.high - datum.low) {'< 0.4' if better == 'lower' else '> 0.6'}"
    place = {"x": {"field": "across", "type": "ordinal", "sort": list(values[0]),
                   "axis": {"title": across, "labelAngle": 0}},
             "y": {"field": "down", "type": "ordinal", "sort": list(reversed(values[1])), "axis": {"title": down}}}
    return _chart(rows, height={"step": 34}, transform=[middle], encoding=place, layer=[
        {"mark": {"type": "rect", "stroke": "#fff"}, "encoding": {"color": shade}},
        {"mark": {"type": "text", "fontSize": 13}, "encoding": {
            "text": {"field": "label"},
            "color": {"condition": {"test": dark, "value": "#fff"}, "value": "#1b1f24"}}}])


def steps(rows: Rows, key: str, title: str, share: bool) -> Spec:
    """A metric over the values of one key, with its interval: rows of at, value, low and high."""
    x = {"field": "at", "type": "ordinal", "sort": None, "axis": {"title": key, "labelAngle": 0}}
    axis = {"title": title, **({"format": ".0%"} if share else {})}
    y = {"type": "quantitative", "scale": {"zero": False}, "axis": axis}
    return _chart(rows, height=200, encoding={"x": x}, layer=[
        {"mark": {"type": "rule", "strokeWidth": 2, "color": PLAN},
         "encoding": {"y": {"field": "low", **y}, "y2": {"field": "high"}}},
        {"mark": {"type": "line", "point": {"filled": True, "size": 60}, "color": PLAN},
         "encoding": {"y": {"field": "value", **y}}}])


def tornado(rows: Rows, title: str, share: bool) -> Spec:
    """What each key moves a metric by, the strongest first: rows of key, low and high."""
    axis = {"title": title, "tickCount": 6, **({"format": "+.0%"} if share else {})}
    return _chart(rows, height={"step": 28}, layer=[
        {"mark": {"type": "bar", "color": PLAN, "height": 16}, "encoding": {
            "y": {"field": "key", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 260}},
            "x": {"field": "low", "type": "quantitative", "axis": axis}, "x2": {"field": "high"}}},
        {"mark": {"type": "rule", "color": "#1b1f24"}, "encoding": {"x": {"datum": 0}}}])


def frontier(rows: Rows, dear: str, good: str) -> Spec:
    """Settings by what they cost and what they bring: rows of cost, value and kind."""
    kinds = ["nothing is better in both", "beaten", "as it is"]
    return _chart(rows, height=240, mark={"type": "point", "filled": True, "size": 80, "opacity": 1}, encoding={
        "x": {"field": "cost", "type": "quantitative", "scale": {"zero": False}, "axis": {"title": dear}},
        "y": {"field": "value", "type": "quantitative", "scale": {"zero": False},
              "axis": {"title": good, "format": ".0%"}},
        "color": {"field": "kind", "type": "nominal", "scale": _scale(kinds, [PLAN, TODAY, NEEDED])},
        "shape": {"field": "kind", "type": "nominal",
                  "scale": {"domain": kinds, "range": ["circle", "cross", "diamond"]}}})


def gains(rows: Rows, title: str) -> Spec:
    """What a person more and one fewer do, stretch by stretch: rows of name, value, low, high and series."""
    series = ["one more", "one fewer"]
    colour = {"field": "series", "type": "nominal", "scale": _scale(series, [PLAN, NEEDED])}
    base = {"y": {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 260}},
            "color": colour}
    return _chart(rows, height={"step": 22}, layer=[
        {"mark": {"type": "rule", "color": "#59636e"}, "encoding": {"x": {"datum": 0}}},
        {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": {
            **base, "x": {"field": "low", "type": "quantitative", "axis": {"title": title, "tickCount": 6}},
            "x2": {"field": "high"}}},
        {"mark": {"type": "point", "filled": True, "size": 60, "opacity": 1}, "encoding": {
            **base, "x": {"field": "value", "type": "quantitative"},
            "shape": {"field": "series", "type": "nominal", "scale": {
                "domain": series, "range": ["triangle-up", "triangle-down"]}}}}])


_CLOCK = {"title": "time of the day", "tickMinStep": 0.5, "tickCount": 9,
          "labelExpr": "floor(datum.value) + (datum.value % 1 ? ':30' : ':00')"}


def day(rows: Rows, events: Rows, title: str, share: bool, series: Sequence[str]) -> Spec:
    """A metric through a day: rows of hour, value and series; events of hour and kind stand as upright lines."""
    kinds = ["what happened", "what you did"]
    x = {"field": "hour", "type": "quantitative", "axis": _CLOCK, "scale": {"nice": False, "zero": False}}
    axis = {"title": title, **({"format": ".0%"} if share else {})}
    return _chart(rows, height=170, layer=[
        {"data": {"values": list(events)}, "mark": {"type": "rule", "strokeWidth": 1.2}, "encoding": {
            "x": x, "strokeDash": {"field": "kind", "type": "nominal", "legend": None,
                                   "scale": {"domain": kinds, "range": [[2, 3], [1, 0]]}},
            "color": {"value": "#59636e"}}},
        {"mark": {"type": "line", "strokeWidth": 2.2}, "encoding": {
            "x": x, "y": {"field": "value", "type": "quantitative", "axis": axis},
            "color": {"field": "series", "type": "nominal", "scale": _scale(series, [PLAN, TODAY, NEEDED])},
            "strokeDash": {"field": "series", "type": "nominal",
                           "scale": {"domain": list(series), "range": [[1, 0], [2, 2], [6, 3]]}}}}],
        resolve={"scale": {"strokeDash": "independent", "color": "independent"}})


def losses(rows: Rows, title: str) -> Spec:
    """What was lost step by step: rows of hour, until and points."""
    return _chart(rows, height=120, mark={"type": "rect", "color": NEEDED}, encoding={
        "x": {"field": "hour", "type": "quantitative", "axis": _CLOCK, "scale": {"nice": False, "zero": False}},
        "x2": {"field": "until"},
        "y": {"field": "points", "type": "quantitative", "axis": {"title": title}}, "y2": {"datum": 0}})
