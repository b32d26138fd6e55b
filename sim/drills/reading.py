"""The reading drill: a floor runs, stops at moments, and asks what can be read off the wallboard.

The file says when and which kind of question; what is right is found out from the floor itself, which runs beside a
twin without the changes that the drill makes. `KINDS` are the kinds, each with what it asks, so that another is a
function and a line. Most are answered by the snapshot; `one-more` by running on from that moment, once for every team
that could have one person more, under the same chance (`sim.floor.Floor.branch`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.drill.judgement import QUESTIONS
from core.errors import DrillError
from core.interventions import Intervention
from core.metrics import METRICS
from core.scenario import Scenario
from core.units import HOUR, MINUTE, write_moment
from sim.drills.judgement import Decision, Figures, Hand, Item, Option, Truth
from sim.floor import Floor
from sim.opening import has_people
from sim.snapshot import Snapshot, TeamSnapshot

AHEAD = 2 * HOUR
"""How far `one-more` runs on (s)."""
LOOKS_EVERY = 2 * MINUTE
"""How often those who wait are counted on the way (s)."""
REPLAYS = 4
"""Ways in which it may go on, for each team that could have one more."""
SAME = 0.05
"""A figure that is nearer to the twin's, in parts of it, has not moved."""
MOST = 4
"""Figures that show what has moved."""
NEARLY = 0.9
"""Of two figures that moved nearly as far either is right: they are read off rounded numbers."""
AS_GOOD = 2.0
"""Standard errors of a paired difference within which another answer is as good as the best."""
NOTHING = "nothing"
GUIDE = ("Figures are of the last hour; beside them the twin's, the same floor without what happened on this one.",
         "On is who can take conversations, now or next; away is who is on shift and cannot.",
         "A place is a conversation that somebody can hold: a person who takes three chats at once has three. "
         "Free 2/9 is two of nine places.",
         "Late is who has waited longer than they expect of the channel: an email may wait hours, a chat minutes.",
         "One more person helps where work waits for people, not where people wait for work.")
"""What may be looked into at any time."""
AT_WORK = ("free", "busy", "full", "wrap_up")
"""States of people who can take conversations, now or next."""


@dataclass(frozen=True)
class Moment:
    """A floor at a moment, as a kind of question sees it."""

    scenario: Scenario
    """As it is in force now."""
    planned: Scenario
    """As it began."""
    seed: int
    changes: tuple[Intervention, ...]
    """What the drill has changed so far, on this floor alone: what is to come nobody knows."""
    now: Snapshot
    twin: Snapshot
    """The same without the changes."""

    @property
    def teams(self) -> list[TeamSnapshot]:
        """Those that the plan has people in, or that somebody waits for."""
        return [team for team in self.now.teams if has_people(self.scenario, team.name) or team.waiting]


Asked = tuple[tuple[Option, ...], Truth]
"""What can be answered, and what is right."""


def reading(scenario: Scenario, seed: int, *, questions: Sequence[tuple[float, str]],
            changes: Sequence[Intervention], points: Mapping[str, float], par: float) -> Hand:
    """A floor's run with its questions (when, s, and which kind), by time.

    Args:
        scenario: the floor.
        seed: of everything that happens by chance.
        questions: when the floor stops (s), and what is asked: names of `KINDS`.
        changes: what happens on this floor and not on its twin.
        points: what is given for answers, and for speed; see `divided`.
        par: time for one question (s).

    Raises:
        DrillError: where a question cannot be asked of the floor at its time.
    """
    changes = tuple(changes)
    floor, twin = Floor(scenario, seed, interventions=changes), Floor(scenario, seed)
    items, truths = [], []
    for at, name in sorted(questions, key=lambda question: question[0]):
        floor.advance(at)
        twin.advance(at)
        so_far = tuple(change for change in changes if change.at <= at)
        moment = Moment(floor.scenario, scenario, seed, so_far, floor.snapshot(), twin.snapshot())
        try:
            options, truth = KINDS[name](moment)
        except DrillError as error:
            raise DrillError(f"{write_moment(at)}, {name}: {error}") from None
        items.append(Item(f"The floor on {write_moment(round(at))}", (), (),
                          (Decision(name, QUESTIONS[name], options),), wallboard(moment)))
        truths.append({name: truth})
    return Hand(tuple(items), tuple(truths), points, par, GUIDE)


# --- the wallboard ----------------------------------------------------------------------------------------------------

def wallboard(moment: Moment) -> tuple[Figures, Figures]:
    """What hangs on the wall: the key figures beside the twin's, and each team's queue and people."""
    scenario = moment.scenario
    target = {"service_level": f"{scenario.service_level.target * 100:.0f} %"}
    kpi = tuple((label(name, scenario), figure(name, value, scenario), figure(name, moment.twin.kpi[name], scenario),
                 target.get(name, "")) for name, value in moment.now.kpi.items())
    teams = []
    for team in moment.teams:
        here = sum(person.state in AT_WORK for person in team.people)
        teams.append((team.name, str(team.waiting), "–" if team.oldest is None else span(team.oldest),
                      str(sum(team.late)), str(here), str(len(team.people) - here), f"{_free(team)}/{_slots(team)}"))
    return (Figures(("", "now", "twin", "target"), kpi),
            Figures(("team", "waits", "oldest", "late", "on", "away", "free"), tuple(teams)))


def label(metric: str, scenario: Scenario) -> str:
    """A metric in few words."""
    level = scenario.service_level
    return {"frt_p90": "p90 first response", "service_level": f"answered in {span(level.within)}",
            "cost_per_conversation": "cost a conversation", "abandonment_rate": "abandoned"}.get(
                metric, metric.upper() if metric in ("csat", "roar") else metric)


def figure(metric: str, value: float | None, scenario: Scenario) -> str:
    """A metric's value in its unit."""
    if value is None or math.isnan(value):
        return "–"
    unit = METRICS[metric].unit if metric in METRICS else ""
    if unit == "s":
        return span(value) if not 100 <= value < HOUR else f"{int(value) // 60}m{int(value) % 60:02d}s"
    if unit == "1":
        return f"{value * 100:.1f} %"
    return f"{scenario.currency}{value:.2f}" if unit == "money" else f"{value:.0f}"


def span(seconds: float) -> str:
    """A duration for a glance."""
    if seconds < 100:
        return f"{seconds:.0f}s"
    return f"{seconds / MINUTE:.0f}m" if seconds < 100 * MINUTE else f"{seconds / HOUR:.1f}h"


def _slots(team: TeamSnapshot) -> int:
    """Conversations that its people who are at work can hold at once."""
    return sum(person.slots for person in team.people if person.state in AT_WORK)


def _free(team: TeamSnapshot) -> int:
    """Those of them that could be taken now."""
    return sum(person.slots - person.open for person in team.people if person.state in ("free", "busy"))


# --- kinds of question ------------------------------------------------------------------------------------------------

def _which_team(worth: Mapping[str, float], shown: Mapping[str, tuple[str, ...]], head: tuple[str, ...],
                why: str, place: str) -> Asked:
    """Which of the teams has most; who has as much, or as much as is shown, is as right.

    `why` is said of the best, with its figures in place of {}; `head` is above the figures of all.
    """
    if len(worth) < 2:
        raise DrillError("there is only one team to choose")
    options = *(Option(name, name) for name in worth), Option(NOTHING, "none of them")
    order = sorted(worth, key=lambda name: -worth[name])
    best = order[0]
    if worth[best] <= 0.0:
        return options, Truth(NOTHING, "None of them has any.", place)
    alike = {name: 1.0 for name in order[1:] if worth[name] == worth[best] or shown[name] == shown[best]}
    return options, Truth(best, f"{best}: {why.format(*shown[best])}.", place, alike,
                          figures=Figures(("team", *head), tuple((name, *shown[name]) for name in order)))


def _longest_queue(moment: Moment) -> Asked:
    loads, shown = {}, {}
    for team in moment.teams:
        slots = _slots(team)
        loads[team.name] = team.waiting / slots if slots else math.inf if team.waiting else 0.0
        shown[team.name] = str(team.waiting), str(slots), f"{loads[team.name]:.2f}" if slots else "–"
    return _which_team(loads, shown, ("waits", "places", "a place"), "{} waiting for {} places", "longest-queue")


def _oldest_wait(moment: Moment) -> Asked:
    waits = {team.name: team.oldest or 0.0 for team in moment.teams}
    return _which_team(waits, {name: (span(wait) if wait else "–",) for name, wait in waits.items()}, ("oldest",),
                       "{}", "oldest-wait")


def _most_late(moment: Moment) -> Asked:
    late = {team.name: float(sum(team.late)) for team in moment.teams}
    return _which_team(late, {name: (f"{count:.0f}",) for name, count in late.items()}, ("late",), "{} late",
                       "most-late")


def _free_hands(moment: Moment) -> Asked:
    free = {team.name: float(_free(team)) for team in moment.teams}
    return _which_team(free, {name: (f"{count:.0f}",) for name, count in free.items()}, ("free",), "{} free",
                       "free-hands")


def _service_level(moment: Moment) -> Asked:
    level, value = moment.scenario.service_level, moment.now.kpi["service_level"]
    if value is None:
        raise DrillError("nobody has been answered in the last hour")
    met = value >= level.target
    why = (f"{value * 100:.1f} % were answered in {span(level.within)}, and {level.target * 100:.0f} % should be.")
    return ((Option("met", "yes, at or above it"), Option("missed", "no, below it")),
            Truth("met" if met else "missed", why, "service-level"))


def _moved(moment: Moment) -> Asked:
    parts, shown = {}, {}
    for name, value in moment.now.kpi.items():
        twin = moment.twin.kpi[name]
        if value is not None and twin is not None and not math.isnan(value + twin) and twin > 0.0:
            parts[name] = abs(value - twin) / twin
            shown[name] = (label(name, moment.scenario), figure(name, value, moment.scenario),
                           figure(name, twin, moment.scenario), f"{(value - twin) / twin * 100:+.0f} %")
    if not parts:
        raise DrillError("there is no figure to compare with the twin's")
    order = sorted(parts, key=lambda name: -parts[name])
    moved = parts[order[0]] >= SAME
    near = {name: 1.0 for name in order[1:] if moved and parts[name] >= NEARLY * parts[order[0]]}
    why = "{}: {} against {}, {}.".format(*shown[order[0]])
    options = (*(Option(name, label(name, moment.scenario)) for name in parts),
               Option(NOTHING, f"none by more than {SAME * 100:.0f} %"))
    return options, Truth(order[0] if moved else NOTHING, why, "moved", near,
                          figures=Figures(("", "now", "twin", "change"), tuple(shown[name] for name in order[:MOST])))


def _one_more(moment: Moment) -> Asked:
    """The team in which one person more saves customers most waiting in the time ahead, by paired replays."""
    teams = [team.name for team in moment.now.teams if has_people(moment.scenario, team.name) and team.planned]
    if len(teams) < 2:
        raise DrillError("fewer than two teams are at work")
    base = np.array([_waited(moment, None, number) for number in range(1, REPLAYS + 1)])
    saved = {team: (base - np.array([_waited(moment, team, number) for number in range(1, REPLAYS + 1)])) / MINUTE
             for team in teams}
    order = sorted(teams, key=lambda team: -float(saved[team].mean()))
    best = order[0]

    def error(values: np.ndarray) -> float:
        return float(values.std(ddof=1)) / math.sqrt(len(values))

    as_good = {team: 1.0 for team in order[1:]
               if (saved[best] - saved[team]).mean() <= AS_GOOD * error(saved[best] - saved[team])}
    shown = tuple((team, f"{saved[team].mean():.0f}", f"{2 * error(saved[team]):.0f}") for team in order)
    why = (f"{best}: one more saves {shown[0][1]} minutes of waiting in the next {AHEAD / HOUR:.0f} hours, over "
           f"{REPLAYS} replays.")
    return tuple(Option(team, team) for team in teams), Truth(
        best, why, "one-more", as_good, figures=Figures(("one more in", "saves, min", "± 2 SE"), shown))


def _waited(moment: Moment, team: str | None, replication: int) -> float:
    """Time that customers spend waiting for a person in the time ahead, with one more in that team (s)."""
    now = moment.now.now
    extra = () if team is None else (
        Intervention(now, f"team.{team}.extra", str(moment.scenario.team[team].extra + 1)),)
    floor = Floor(moment.planned, moment.seed, interventions=(*moment.changes, *extra), keep_records=False)
    floor.advance(now)
    floor.branch(replication)
    waited = 0.0
    for look in range(1, int(AHEAD / LOOKS_EVERY) + 1):
        floor.advance(now + look * LOOKS_EVERY)
        waited += floor.waiting() * LOOKS_EVERY
    return waited


KINDS: dict[str, Callable[[Moment], Asked]] = {
    "longest-queue": _longest_queue, "oldest-wait": _oldest_wait, "most-late": _most_late, "free-hands": _free_hands,
    "service-level": _service_level, "moved": _moved, "one-more": _one_more}
"""How each kind of question of `core.drill.judgement.QUESTIONS` is answered."""
