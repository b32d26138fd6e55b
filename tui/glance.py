"""A scenario at a glance, as text: how large it is, its story, what was changed in a session, the picture of its week.

For the browser and `flightdesk scenarios`. Loaded with the model, which a first picture goes without.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from core.metrics import METRICS
from core.scenario import Scenario
from core.units import WEEK, write_moment, write_seconds
from sim.overview import Overview
from tui.present import plain, value_with_error
from tui.widgets.text import Line
from tui.widgets.week import bars, days

if TYPE_CHECKING:
    from tui.library import Look

GUTTER = 9
"""Cells before the picture of a week, for what its rows are."""
CHANGES = 4
"""Changes of a session or a run that are shown, the last ones."""
CAME_TO = ("csat", "frt_p90", "abandonment_rate")
"""Metrics of a run that are shown."""


def in_words(scenario: Scenario, week: Overview) -> str:
    """One line: needs, people, teams, topics, channels, and what else is out of the ordinary."""
    channels = ", ".join(week.channels) if len(week.channels) <= 4 else counted(len(week.channels), "channel")
    parts = [f"{week.needs_a_week:,.0f} needs a week", f"up to {week.most_people:,} people at work",
             counted(len(week.teams), "team"), counted(len(week.topics), "topic"), channels]
    if scenario.length != WEEK:
        parts.append(f"a run of {write_seconds(scenario.length)}")
    if scenario.incident:
        parts.append(counted(len(scenario.incident), "incident"))
    if scenario.intervention:
        parts.append(f"{counted(len(scenario.intervention), 'change')} on the way")
    return plain(" · ".join(parts))


def in_brief(week: Overview) -> str:
    """The same in a few words, for the end of a line."""
    return f"{_rounded(week.needs_a_week)}/week, {week.most_people:,} people"


def brief(look: Look) -> str:
    """What there is to an entry in a few words, for the end of its line."""
    if look.session is not None:
        return counted(len(look.session.turns), "change")
    if look.overview is None:
        return counted(len(look.reading.problems), "problem")
    if look.run is not None:
        csat = look.run.estimates.get("csat")
        return "" if csat is None or csat.value is None else f"CSAT {value_with_error(csat)}"
    return in_brief(look.overview)


def glance(look: Look, width: int, height: int) -> list[Line]:
    """What there is room for; the story gives way to the picture, the source to both."""
    scenario, week = look.reading.scenario, look.overview
    assert scenario is not None
    assert week is not None
    rows = 5 if height >= 26 else 3 if height >= 20 else 2 if height >= 12 else 1
    picture = [days(width, GUTTER), *bars(" needs", week.needs, width, rows, GUTTER, "now"),
               *bars(" people", week.people, width, rows, GUTTER, "good")]
    top: list[Line] = [((" " + plain(scenario.title), "title"),)]
    facts: list[Line] = [((" " + line, "strong"),) for line in textwrap.wrap(in_words(scenario, week), width - 2)]
    room = height - len(top) - len(facts) - len(picture) - 2
    changes = _changes(look, width)[:max(0, room)]
    room -= len(changes)
    story = _wrapped(scenario.story, width)
    if len(story) > room:
        story = [*story[:max(0, room - 1)], ((" …", "faint"),)][:max(0, room)]
    room -= len(story)
    source = _wrapped(scenario.source, width)
    after: list[Line] = [(), *source] if source and len(source) + 1 <= room else []
    return [*top, *changes, *story, (), *facts, (), *picture, *after][:height]


def _changes(look: Look, width: int) -> list[Line]:
    """What was changed in a session or a run, the last few, and what a run came to."""
    if look.session is None and look.run is None:
        return []
    lines: list[Line] = []
    if look.session is not None:
        session = look.session
        now = "" if session.now is None else f", left at {write_moment(round(session.now))}"
        lines.append(((f" Seed {look.seed}, {counted(len(session.turns), 'change')}{now}", ""),))
        last = [turn[-1] for turn in session.turns[-CHANGES:]]
    else:
        assert look.run is not None
        found = look.run.estimates
        said = [f"{METRICS[name].title} {value_with_error(found[name])}" for name in CAME_TO
                if name in found and found[name].value is not None]
        head = f"Seed {look.seed}, {counted(look.run.replications, 'replication')}: {', '.join(said)}"
        lines += [((" " + line, ""),) for line in textwrap.wrap(head, width - 2)]
        last = list(look.interventions[-CHANGES:])
    return [*lines, *(((plain(f"   {write_moment(round(change.at))}  {change.key} = {change.value}"), "change"),)
                             for change in last)]


def _wrapped(text: str, width: int) -> list[Line]:
    return [((" " + line, "faint"),) for line in textwrap.wrap(plain(text).strip(), max(10, width - 2))]


def counted(count: int, word: str) -> str:
    """1 team, 2 teams."""
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _rounded(value: float) -> str:
    return f"{value:,.0f}" if value < 1000 else f"{value / 1000:.1f}k" if value < 100_000 else f"{value / 1000:,.0f}k"
