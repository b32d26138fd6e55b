"""What is wrong with a floor drill whose every value is fine: times, names, changes, goals, the reference policy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.drill import course, score
from core.drill.floor import FloorDrill
from core.errors import did_you_mean
from core.scenario import Scenario
from core.scenario_findings import Finding
from core.toml_lines import quoted
from core.units import write_moment


def findings(drill: FloorDrill, scenario: Scenario, data: Mapping[str, object]) -> Iterator[Finding]:
    """All of it."""
    yield from _times(drill)
    yield from _names(drill)
    yield from course.findings(drill, scenario, data)
    yield from score.findings(drill, scenario)


def _times(drill: FloorDrill) -> Iterator[Finding]:
    end = quoted(write_moment(drill.end))
    if drill.end <= drill.start:
        yield Finding(("end",), f"must be after the start of play, {quoted(write_moment(drill.start))}", end)
        return
    if drill.counted_from is not None and drill.counted_from >= drill.end:
        yield Finding(("counted_from",), f"must be before the end of play, {end}",
                      quoted(write_moment(drill.counted_from)))
    if drill.grid > (drill.end - drill.start) / 2:
        yield Finding(("grid",), "must divide play into two steps at least")
    for number, incident in enumerate(drill.incident):
        if incident.at >= drill.end:
            yield Finding(("incident", number, "at"), f"must be before the end of play, {end}",
                          quoted(write_moment(incident.at)))
        if not (incident.changes or incident.headline):
            yield Finding(("incident", number), "changes nothing and tells nothing", note=True)
    for name, action in drill.action.items():
        earliest, latest = action.earliest or drill.start, action.latest or drill.end
        if not drill.start <= earliest <= latest <= drill.end:
            yield Finding(("action", name), "can never be done: `earliest` and `latest` must lie in order within play",
                          f"{write_moment(earliest)} to {write_moment(latest)}")
        if drill.budget is not None and action.cost > drill.budget:
            yield Finding(("action", name, "cost"), f"is more than the budget, {drill.budget:g}", f"{action.cost:g}")


def _names(drill: FloorDrill) -> Iterator[Finding]:
    for name, action in drill.action.items():
        for at, need in enumerate(action.needs):
            here = ("action", name, "needs", at)
            if need not in drill.action:
                yield Finding(here, "there is no such action", quoted(need), did_you_mean(need, drill.action))
            elif name in _needed_by(drill, need):
                yield Finding(here, "they need each other, so neither can be done", quoted(need))


def _needed_by(drill: FloorDrill, name: str) -> set[str]:
    """All that must be done before an action."""
    found, left = set[str](), [name]
    while left:
        for need in drill.action[left.pop()].needs:
            if need in drill.action and need not in found:
                found.add(need)
                left.append(need)
    return found
