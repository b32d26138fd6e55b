"""From the JSON documents of `run`, `plan`, `sweep`, `strategy` and `compare` to the page you show your boss.

The documents are what these commands print with --json, "kind" naming which it is. They are a user's files: what is
missing or of the wrong sort in them is told, and their text is only ever text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from core.errors import ExperimentError, did_you_mean
from core.estimates import Estimate
from core.metrics import METRICS
from core.output import pictures
from core.output.report import Page, Picture, Section, Table
from core.output.store import program_version
from core.staffing.targets import write_value
from core.units import DAY, HOUR, WEEKDAYS, write_moment, write_seconds
from tui.commands.run import GROUPS
from tui.comparing import difference_text
from tui.present import NOTHING, plain, value_with_error
from tui.strategising import WORTH, WORTH_NOTE, worth_cells

Document = Mapping[str, Any]
_FORMULA = "formula, each hour on its own"
_NEVER_AS_SURE = "The intervals say how sure the simulation is, not how well the scenario describes the floor."


def page_of(documents: Sequence[tuple[str, Any]], title: str | None = None) -> Page:
    """The page of some documents, each with the name of its file.

    Raises:
        ExperimentError: for what is no document of these commands.
    """
    sections, titles = [], []
    for name, document in documents:
        try:
            sections.append(_MAKERS[_kind(document)](document))
            titles.append(_text(document.get("title") or document["plans"][0]["title"]))
        except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
            raise ExperimentError(f"{plain(name)}: is not what `flightdesk run`, `plan`, `sweep`, `strategy` or "
                                  f"`compare` print with --json ({type(error).__name__}: {plain(str(error))})"
                                  ) from error
    return Page(title or " · ".join(dict.fromkeys(titles)), sections, f"Made by Flightdesk {program_version()}.",
                [_NEVER_AS_SURE])


def _kind(document: Document) -> str:
    if document["schema"] != 1:
        raise ValueError(f"schema {document['schema']} is not 1")
    # A comparison had no kind at first.
    kind = document.get("kind") or ("comparison" if "plans" in document and "metrics" in document else None)
    if kind not in _MAKERS:
        raise ValueError(f"kind {kind!r}; {did_you_mean(str(kind), _MAKERS)}")
    return str(kind)


# --- values --------------------------------------------------------------------------------------------------------


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text is wanted, given {type(value).__name__}")
    return plain(value)


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"a number is wanted, given {type(value).__name__}")
    return float(value)


def _estimate(given: Document | None, unit: str | None = None) -> Estimate:
    if given is None:
        return Estimate(None, None, unit or "1")
    value, half = _number(given["value"]), _number(given["half_width"])
    if half is not None and value is not None and half <= abs(value) * 1e-9:
        half = 0.0  # what rounding leaves of a value that is always the same
    return Estimate(value, half, unit or _text(given["unit"]))


def _shown(given: Document | None, currency: str, unit: str | None = None) -> str:
    estimate = _estimate(given, unit)
    return NOTHING if estimate.value is None else value_with_error(estimate, currency)


def _apart(given: Document | None, currency: str, unit: str | None = None) -> str:
    return difference_text(_estimate(given, unit), currency)


def _span(document: Document) -> str:
    warm_up = _number(document["warm_up"])
    after = f" after {write_seconds(warm_up)} of warm-up" if warm_up else ""
    return f"{write_seconds(float(document['length']))} are simulated{after}, {document['replications']} times"


def _name(document: Document) -> str:
    """The scenario without folders."""
    return _text(document["scenario"]).replace("\\", "/").rpartition("/")[2].removesuffix(".toml")


def _command(document: Document) -> str | None:
    command = document.get("command")
    return None if command is None else _text(command)


def _ends(given: Document, scale: float = 1.0) -> dict[str, float] | None:
    value, half = _number(given["value"]), _number(given["half_width"])
    if value is None:
        return None
    half = half or 0.0
    return {"value": value * scale, "low": (value - half) * scale, "high": (value + half) * scale}


# --- a plan --------------------------------------------------------------------------------------------------------


def _plan(document: Document) -> Section:
    currency = _text(document["currency"])
    targets = [_target_text(target) for target in document["targets"]]
    sure = f"{float(document['confidence']) * 100:g} %"
    question = (f"What is the cheapest staffing with {', '.join(targets)}, {sure} sure?" if targets
                else "What is the best that can be reached with these means?")
    met = document["met"]
    answer = [_text(line).removeprefix("Met: ").removeprefix("NOT MET: ") for line in document["answer"]]
    for target, words in zip(document["targets"], targets, strict=True):
        answer = [f"{_capital(words)}{line.removeprefix(_text(target['text']))}" if line.startswith(
            f"{_text(target['text'])}:") else line for line in answer]
    rests = [f"{_span(document)} with the plan and with today's staffing, under the same chance (seed "
             f"{document['seed']}): the same customers, the same questions.",
             "The plan was chosen on other replications than those that its figures are from." if document["checked"]
             else "The search was interrupted: the figures are from the search itself and have not been checked.",
             f"Each target is judged by the worse end of its interval; all together hold with {sure} confidence.",
             "Paid hours and cost are those of the rota; overtime for conversations in hand comes on top.",
             "Opening hours are those in which today's plan has anyone."]
    if any(team["shifts"] for team in document["teams"]):
        rests.append("Each person works the same shift on each of its days.")
    return Section(f"Staffing: {_name(document)}", question, answer, met,
                   list(_plan_parts(document, currency)), rests, _command(document))


def _target_text(target: Document) -> str:
    """Such as "CSAT of at least 85 %"."""
    name, scope = _text(target["metric"]), target["scope"]
    of = f" ({_text(scope)})" if scope is not None else ""
    value = write_value(float(target["value"]), _text(target["unit"])).replace("%", " %")
    return f"{METRICS[name].title}{of} of {'at least' if target['at_least'] else 'at most'} {value}"


def _plan_parts(document: Document, currency: str) -> Iterator[Table | Picture]:
    if not document["teams"]:
        return
    hours, cost = document["paid_hours"], document["cost"]
    rows = [("paid hours on the rota", *_both(hours, "", 0))]
    if any(cost.values()):
        rows.append(("cost of the rota", *_both(cost, currency, 0)))
    rows += [(_text(metric["title"]), _shown(metric["today"], currency), _shown(metric["plan"], currency),
              _apart(metric["difference"], currency)) for metric in document["metrics"]]
    yield Table("Beside today's plan", ("", "today", "this plan", "difference"), rows,
                "Values with 95 % intervals; differences are of the same weeks under both plans.")
    step, teams = float(document["step"]), document["teams"]
    for team in teams:
        of = f" in {_text(team['team'])}" if len(teams) > 1 else ""
        staffed = [row for row in team["intervals"] if row["today"] or row["plan"]]
        values = [{"day": WEEKDAYS[int(row["at"] // DAY)], "hour": row["at"] % DAY / HOUR, "people": row[key],
                   "series": name} for name, key in (("today", "today"), ("this plan", "plan"),
                                                     (_FORMULA, "needed"))
                  for row in _with_ends(staffed, step)]
        yield Picture(f"People on duty{of}", "By hour, a row a day. The formula (Erlang A with the load of the hour) "
                      "looks at each hour alone, and at emails only where they are as urgent; the plan makes whole "
                      "shifts for all of it, and the simulation decides.",
                      pictures.people(values, ("today", "this plan", _FORMULA)))
        shares = [{"day": WEEKDAYS[int(row["at"] // DAY)], "hour": _clock(row["at"] % DAY), "share": row[key],
                   "series": name} for name, key in (("today", "in_time_today"), ("this plan", "in_time_plan"))
                  for row in staffed if row[key] is not None]
        if shares:
            yield Picture(f"Answered in time{of}", "Of what joins the queue in each hour in which anyone is on "
                          "duty; dark is late, light is in time.", pictures.in_time(shares))
        shifts = [(_text(row["days"]), f"{_text(row['start'])}-{_text(row['end'])}" if row["start"] else "",
                   _text(row["breaks"]), f"{row['people']}" + (f" (by {row['taking_turns']} in turns)"
                                                               if row.get("taking_turns") else ""))
                  for row in team["shifts"]]
        if team["people"]:
            yield Table(f"Who works when{of}", ("days", "hours", "", "people"), shifts,
                        f"{team['people']} people, {float(team['paid_hours']):,.0f} paid hours.", 3)


def _with_ends(rows: Sequence[Document], step: float) -> Iterator[Document]:
    """The intervals of each day, and the end of each stretch at nobody, so that steps are closed."""
    for at, row in enumerate(rows):
        yield row
        following = rows[at + 1]["at"] if at + 1 < len(rows) else None
        if following != row["at"] + step and (row["at"] + step) % DAY:
            yield {"at": row["at"] + step, "today": 0.0, "plan": 0.0, "needed": 0.0}


def _clock(seconds: float) -> str:
    hour, rest = divmod(seconds, HOUR)
    return f"{hour:02.0f}:{rest / 60:02.0f}" if rest else f"{hour:02.0f}"


def _both(given: Document, currency: str, digits: int) -> tuple[str, str, str]:
    now, then = float(given["today"]), float(given["plan"])
    sign = "−" if then < now else "+"
    return (f"{currency}{now:,.{digits}f}", f"{currency}{then:,.{digits}f}",
            f"{sign}{currency}{abs(then - now):,.{digits}f}")


# --- one more, one fewer -------------------------------------------------------------------------------------------


def _marginal(document: Document) -> Section:
    people = int(document["people"])
    who = "one person" if people == 1 else f"{people} people"
    stretches = document["stretches"]
    answer = [_text(line) for line in document.get("answer", ())]  # there was none at first
    rows, values = [], []
    for row in stretches:
        rows.append((_text(row["name"]), _text(row["team"]), f"{float(row['people']):.1f}",
                     f"{float(row['conversations']):.0f}", _shown(row["in_time"], ""), _apart(row["in_time_more"], ""),
                     _apart(row["in_time_fewer"], "")))
        for series, key in (("one more", "in_time_more"), ("one fewer", "in_time_fewer")):
            ends = None if row[key] is None else _ends(row[key], 100.0)
            if ends is not None:
                values.append({"name": f"{_text(row['name'])} {_text(row['team'])}", "series": series, **ends})
    parts: list[Table | Picture] = [
        Picture(f"{_capital(who)} more or fewer", "Points of the share answered in time of those who come in the "
                "stretch itself, with 95 % intervals.",
                pictures.gains(values, "points answered in time, in the stretch itself")),
        Table("Stretch by stretch", ("stretch", "team", "people", "joining", "in time", "with more", "with fewer"),
              rows, text_columns=2)]
    return Section(f"Hour by hour: {_name(document)}", f"What does {who} more, or fewer, change?", answer,
                   None, parts, [f"Each stretch is tried on its own, {document['replications']} times under the same "
                                 f"chance (seed {document['seed']})."], _command(document))


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


# --- strategies ----------------------------------------------------------------------------------------------------

_STRATEGY = ("csat", "churn_risk", "money_at_risk", "frt_p90", "roar_settled", "occupancy", "cost")


def _strategies(document: Document) -> Section:
    currency, all_of_them = _text(document["currency"]), document["strategies"]
    metrics = [name for name in _STRATEGY if any(
        (_number(one["metrics"][name]["value"]) or 0.0) for one in all_of_them if name in one["metrics"])]
    titles = {name: _text(one["metrics"][name]["title"]) for one in all_of_them for name in metrics
              if name in one["metrics"]}
    parts: list[Table | Picture] = []
    for metric in ("csat", "churn_risk", "money_at_risk", "cost"):
        values, names, unit = [], [], "1"
        for curve in document["curves"]:
            names.append(_text(curve["name"]))
            unit = curve["units"].get(metric, unit)
            for point in curve["points"]:
                ends = _ends(point[metric]) if metric in point else None
                if ends is not None:
                    values.append({"coverage": float(point["coverage"]), "series": names[-1], **ends})
        if values:
            title = _text(document["curves"][0]["titles"][metric])
            parts.append(Picture(f"{title} against the bot's coverage", "Bands are 95 % intervals of each value; what "
                                 "differs for sure is said above, from the same customers under both.",
                                 pictures.curve(values, title if unit != "money" else f"{title} ({currency})",
                                                unit == "1", names)))
    csat = [{"name": _text(one["name"]), "verdict": _verdict(one["metrics"]["csat"]), **ends} for one in all_of_them
            if "csat" in one["metrics"] and (given := one["metrics"]["csat"]["difference"]) is not None
            and (ends := _ends(given, 100.0)) is not None]
    if csat:
        parts.append(Picture("What each strategy does to CSAT", f"Points against “{_text(document['reference'])}”, "
                             "with intervals that hold for all at once.", pictures.differences(csat, "points of CSAT")))
    rows = [(_text(one["name"]), *(_strategy_cell(one["metrics"].get(name), currency) for name in metrics))
            for one in all_of_them]
    parts.append(Table("The strategies", ("", *(titles[name] for name in metrics)), rows,
                       f"“{_text(document['reference'])}” as it is; the others by what they change."))
    worth = [(_text(one["name"]), *_worth_cells(one["worth"], currency)) for one in all_of_them if one["worth"]]
    if worth:
        parts.append(Table("What a bot's resolution is worth", WORTH, worth, WORTH_NOTE))
    parts.append(Table("What they are", ("strategy", "why"), [(_text(one["name"]), _text(one["why"]))
                                                              for one in all_of_them if one["why"]], text_columns=2))
    rests = [f"{_span(document)}, all under the same chance (seed {document['seed']}).",
             *(_text(line) for line in document["remarks"]),
             "Staffing is the same under every strategy; what a freed hour is worth is said for it."]
    return Section(f"Automation: {_name(document)}",
                   "How far should bots go, and where do they start to hurt?",
                   [_text(line) for line in document["answer"]] or ["Nothing differs."], None, parts, rests,
                   _command(document))


def _worth_cells(worth: Document, currency: str) -> Sequence[str]:
    customers = worth["break_even_with_customers"]
    verdict = worth["pays"]
    if verdict not in (True, False, None):
        raise TypeError("pays is true, false or null")
    return worth_cells(_estimate(worth["resolutions"]), _estimate(worth["hours_freed"]), _estimate(worth["break_even"]),
                       _estimate(worth["break_even_if_staffing_follows"]),
                       None if customers is None else _estimate(customers), float(worth["price"]), verdict, currency)


def _strategy_cell(metric: Document | None, currency: str) -> str:
    if metric is None:
        return NOTHING
    if metric["difference"] is None:
        return _shown(metric, currency)
    return f"{_apart(metric['difference'], currency)} {_MARKS.get(str(metric['verdict']), '')}".rstrip()


_MARKS = {"better": "▲", "worse": "▼", "unclear": "≈", "higher": "↑", "lower": "↓", "same": "="}


def _verdict(metric: Document) -> str:
    return {"better": "better", "worse": "worse", "higher": "differs", "lower": "differs"}.get(
        str(metric["verdict"]), "within the noise")


# --- a comparison --------------------------------------------------------------------------------------------------

_COMPARED = ("csat", "frt_p90", "frt_p50", "service_level", "abandonment_rate", "fcr", "iqs", "roar", "roar_settled",
             "churn_risk", "money_at_risk", "occupancy", "cost", "cost_per_conversation")


def _comparison(document: Document) -> Section:
    currency, plans = _text(document["currency"]), document["plans"]
    names = [_text(plan["name"]) for plan in plans]
    reference = names.index(_text(document["reference"]))
    all_of_them = document["metrics"]
    metrics = [name for name in (*_COMPARED, *all_of_them) if name in all_of_them]
    metrics = [name for name in dict.fromkeys(metrics) if name in _COMPARED or len(all_of_them) <= len(_COMPARED)]
    metrics = [name for name in metrics if any(_number(plan["value"]) for plan in all_of_them[name]["plans"])]
    answer = list(_compared(document, metrics, names, reference, currency))
    order = [reference, *(at for at in range(len(plans)) if at != reference)]
    rows = []
    for name in metrics:
        metric = all_of_them[name]
        cells = [metric["plans"][at] for at in order]
        rows.append((_text(metric["title"]), *(
            _shown(cell, currency) if cell["difference"] is None
            else f"{_apart(cell['difference'], currency)} {_MARKS.get(str(cell['verdict']), '')}".rstrip()
            for cell in cells)))
    parts: list[Table | Picture] = []
    shares = [name for name in metrics if all_of_them[name]["unit"] == "1"]
    for at in order[1:]:
        values = []
        for name in shares:
            cell = all_of_them[name]["plans"][at]
            ends = None if cell["difference"] is None else _ends(cell["difference"], 100.0)
            if ends is not None:
                values.append({"name": _text(all_of_them[name]["title"]), "verdict": _verdict(cell), **ends})
        if values:
            parts.append(Picture(f"What “{names[at]}” changes", "Percentage points against "
                                 f"“{names[reference]}”, with their intervals.",
                                 pictures.differences(values, "percentage points")))
    parts.append(Table("Side by side", ("", *(names[at] for at in order)), rows,
                       "The first as it is; the others by what they change: ▲ better, ▼ worse, ≈ within the noise."))
    why = list(_why(document, order[1:]))
    if why:
        parts.append(Table("Why CSAT moved", ("driver", *(names[at] for at in order[1:])), why,
                           "Points of CSAT that each driver added or took; they sum to the difference."))
    rests = [f"{_span(document)}, all under the same chance (seed {document['seed']}).",
             f"{_text(document['correction'])}, {float(document['confidence']) * 100:g} % confidence."]
    for plan in plans:
        guesses = ", ".join(_text(f"{guess['key']} {guess['value']}") for guess in plan.get("rests_on_guesses", ()))
        rests += [f"“{_text(plan['name'])}” rests on what is a guess unless measured: {guesses}."] if guesses else []
    title = f"{', '.join(names[at] for at in order[1:])} against {names[reference]}" if order[1:] else names[reference]
    return Section(title, "What does each plan change, and how sure is that?", answer, None, parts, rests,
                   _command(document))


def _why(document: Document, others: Sequence[int]) -> Iterator[Sequence[str]]:
    """A row a driver that moved CSAT under any of the plans."""
    moved = [{_text(part["driver"]): part for part in document["plans"][at].get("why_csat_moved", ())} for at in others]
    for driver in dict.fromkeys(name for parts in moved for name in parts):
        mine = [parts.get(driver) for parts in moved]
        if any(part is not None and abs(_number(part["value"]) or 0.0) >= _LEAST for part in mine):
            yield driver.replace("_", " "), *(NOTHING if part is None else _apart(part, '') for part in mine)


_LEAST = 0.0005
"""Share of CSAT that a driver must have moved to be named."""


def _compared(document: Document, metrics: Sequence[str], names: Sequence[str], reference: int,
              currency: str) -> Iterator[str]:
    """A sentence a plan: what is better for sure, what is worse."""
    for at, name in enumerate(names):
        if at == reference:
            continue
        found: dict[str, list[str]] = {"better": [], "worse": []}
        for metric in metrics:
            cell = document["metrics"][metric]["plans"][at]
            if cell["verdict"] in found:
                points = " points" if document["metrics"][metric]["unit"] == "1" else ""
                found[cell["verdict"]].append(f"{_text(document['metrics'][metric]['title'])} "
                                              f"{_apart(cell['difference'], currency)}{points}")
        said = [f"{word}: {', '.join(parts)}" for word, parts in found.items() if parts]
        yield f"“{name}” against “{names[reference]}”: {'; '.join(said) or 'nothing differs for sure'}."
        if document["plans"][at]["faster_but_less_satisfied"]:
            yield f"“{name}”: customers get a human reply sooner and are LESS satisfied."
    doubted = [f"“{name}” ({'; '.join(_text(doubt['text']) for doubt in plan['doubts'])})"
               for name, plan in zip(names, document["plans"], strict=True) if plan["doubts"]]
    if doubted:
        yield f"Not to be trusted yet: {'; '.join(doubted)}."


# --- a sweep -------------------------------------------------------------------------------------------------------

_SWEPT = ("csat", "service_level", "cost")


def _sweep(document: Document) -> Section:
    currency, axes, points = _text(document["currency"]), document["axes"], document["points"]
    keys = [_text(axis["key"]) for axis in axes]
    there = points[0]["metrics"]
    metrics = list(there) if len(there) <= len(_SWEPT) + 1 else [name for name in _SWEPT if name in there]
    best = [point for point in points if point["on_frontier"]] if {"cost", "csat"} <= there.keys() else []
    best.sort(key=lambda point: _number(point["metrics"]["cost"]["value"]) or 0.0)
    answer = []
    if best:
        answer.append(f"{len(best)} of {len(points)} settings are beaten by none in cost and CSAT at once.")
    for name in metrics:
        moved = _moved(document, name)
        if moved and _span_of(moved[0]) > 0:
            key, ends = moved[0]
            said = " and ".join(_end_text(end, at, currency) for end, at in ends if end.value)
            sure = any(end.half_width is None or abs(end.value or 0.0) > end.half_width for end, _ in ends if end.value)
            answer.append(f"{_capital(METRICS[name].title)} is moved most by {key}: {said}."
                          + ("" if sure else " That is within the noise."))
    settings = [(", ".join(f"{_text(key)}={_text(value)}" for key, value in point["settings"].items()) or "as it is",
                 *(_shown(point["metrics"][name], currency) for name in metrics)) for point in best or points]
    parts: list[Table | Picture] = [*_sweep_pictures(document, keys, metrics, currency), Table(
        "What nothing beats" if best else "The settings", ("", *(METRICS[name].title for name in metrics)), settings,
        "With 95 % intervals." + (" The others cost as much or more and please less." if best else ""))]
    rests = [f"{_span(document)} for each of {len(points)} settings, under the same chance (seed {document['seed']})."]
    return Section(f"Sweep: {' × '.join(keys)}", "What do these numbers do?", answer or ["Nothing moves."], None, parts,
                   rests, _command(document))


_Ends = tuple[str, tuple[tuple[Estimate, str | None], tuple[Estimate, str | None]]]
"""A key with what it moves a metric down and up by, and at which values."""


def _moved(document: Document, metric: str) -> list[_Ends]:
    """What moves a metric, the strongest first."""
    found = []
    for key, effect in document["effects"][metric].items():
        ends = [(Estimate(_number(effect[end]), _number(effect.get(f"{end}_half_width")), METRICS[metric].unit),
                 None if effect.get(f"{end}_at") is None else _text(effect[f"{end}_at"])) for end in ("low", "high")]
        found.append((_text(key), (ends[0], ends[1])))
    return sorted(found, key=lambda one: -_span_of(one))


def _span_of(moved: _Ends) -> float:
    (low, _), (high, _) = moved[1]
    return (high.value or 0.0) - (low.value or 0.0)


def _end_text(end: Estimate, at: str | None, currency: str) -> str:
    points = " points" if end.unit == "1" else ""
    return f"{difference_text(end, currency)}{points} {'from its low end to its high' if at is None else f'at {at}'}"


def _sweep_pictures(document: Document, keys: Sequence[str], metrics: Sequence[str], currency: str
                    ) -> Iterator[Picture]:
    points = [point for point in document["points"] if len(point["settings"]) == len(keys)]
    values = [[_text(value) for value in axis["values"]] for axis in document["axes"]]
    for name in metrics:
        spec = METRICS[name]
        if document["design"] == "grid" and len(keys) == 2:
            cells = [{"across": _text(point["settings"][keys[0]]), "down": _text(point["settings"][keys[1]]),
                      "value": _number(point["metrics"][name]["value"]),
                      "label": _shown({**point["metrics"][name], "half_width": None}, currency)} for point in points]
            yield Picture(spec.title, f"{'Darker is better' if spec.better else 'Darker is higher'}.", pictures.grid(
                cells, keys[0], keys[1], (values[0], values[1]), spec.better))
        elif document["design"] == "grid" and len(keys) == 1:
            ends = [{"at": _text(point["settings"][keys[0]]), **known} for point in points
                    if (known := _ends(point["metrics"][name])) is not None]
            yield Picture(spec.title, "With 95 % intervals.", pictures.steps(
                ends, keys[0], spec.title + _in_unit(spec.unit, currency), spec.unit == "1"))
        if len(keys) > 1:
            bars = [{"key": key, "low": low.value or 0.0, "high": high.value or 0.0}
                    for key, ((low, _), (high, _)) in _moved(document, name)]
            yield Picture(f"What moves {spec.title}", "From the low end of each number to its high end.",
                          pictures.tornado(bars, f"change of {spec.title}{_in_unit(spec.unit, currency)}",
                                           spec.unit == "1"))
    if {"cost", "csat"} <= document["points"][0]["metrics"].keys():
        shown = (("cost", "cost"), ("value", "csat"))
        spots = [{**{column: _number(point["metrics"][name]["value"]) for column, name in shown},
                  "kind": "as it is" if not point["settings"] else
                  "nothing is better in both" if point["on_frontier"] else "beaten"}
                 for point in sorted(document["points"], key=lambda point: not point["settings"])]
        yield Picture("Cost against CSAT", "Up is more satisfied, left is cheaper.",
                      pictures.frontier(spots, f"cost, {currency}", METRICS["csat"].title))


def _in_unit(unit: str, currency: str) -> str:
    return {"1": "", "s": ", seconds", "money": f", {currency}"}.get(unit, f", {unit}")


# --- a run ---------------------------------------------------------------------------------------------------------

_IN_SHORT = ("csat", "frt_p90", "service_level", "abandonment_rate", "occupancy", "cost")


def _run(document: Document) -> Section:
    currency, metrics = _text(document["currency"]), document["metrics"]
    there = [name for name in metrics if name in METRICS and (
        _number(metrics[name]["value"]) or _number(metrics[name]["half_width"]))]
    said = [f"{METRICS[name].title}{_within(metrics[name])} {_shown(metrics[name], currency)}"
            for name in _IN_SHORT if name in there]
    grouped = {name for _, names in GROUPS for name in names}
    groups = (*GROUPS, ("Others", tuple(name for name in there if name not in grouped)))
    parts = [Table(title, ("", "what it is", "value"), rows, text_columns=2) for title, names in groups if (rows := [
        (METRICS[name].title + _within(metrics[name]), _text(metrics[name]["formula"]),
         _shown(metrics[name], currency)) for name in names if name in there])]
    rests = [f"{_span(document)} (seed {document['seed']}); intervals are 95 %.",
             *(f"{write_moment(float(change['at']))}: {_text(change['key'])} = {_text(change['value'])}."
               for change in document["interventions"])]
    return Section(f"Run: {_name(document)}", "What does this floor come to?",
                   [f"{_capital(', '.join(said))}." if said else "There was nothing to measure."], None, parts, rests,
                   _command(document))


def _within(metric: Document) -> str:
    """The threshold that a metric depends on."""
    return f" ({write_seconds(float(metric['within']))})" if metric.get("within") is not None else ""


_MAKERS: dict[str, Callable[[Document], Section]] = {
    "run": _run, "plan": _plan, "marginal": _marginal, "strategies": _strategies, "comparison": _comparison,
    "sweep": _sweep}
