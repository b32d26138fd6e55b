"""What a contact will want of people: handle time, patience, touches, whether one answer settles it.

Worked out from the uniform numbers that each owns, under the scenario in force when it begins: in columns for many
first contacts at once (`wants`), one by one for those that come back (`Wishes`): the same to the last digit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from core import elementary
from core.distributions import Law, Lognormal, on_ticks, quantile_of_each, rounded
from core.scenario import Scenario
from sim.conversation import Block, Contact, Flags, Wants
from sim.moods import is_neutral

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Draws = Callable[[Contact], Floats]


def wants(scenario: Scenario, topic: Ints, channel: Ints, draws: Draws, factor: Floats | None = None) -> Wants:
    """What the contacts with these topics and channels (positions in the scenario) want; `draws` are theirs, by row.

    `factor` multiplies handle times (see `effort`).
    """
    topics, channels = list(scenario.topic.values()), list(scenario.channel.values())
    work = by_law([part.handle_time for part in topics], topic, draws(Contact.HANDLE))
    factors = np.array([part.handle_factor for part in channels])
    if (factors != 1.0).any():
        work = on_ticks(work * factors[channel])
    if factor is not None:
        work = on_ticks(work * factor)
    resolution = np.array([part.first_contact_resolution for part in topics])[topic]
    with np.errstate(divide="ignore"):
        settles = draws(Contact.SETTLES) / resolution
    follow, returns, delays = scenario.follow_up, draws(Contact.RETURNS), draws(Contact.RETURN_DELAY)
    return Wants(
        work=work.tolist(),
        after_work=by_law([part.after_work for part in topics], topic, draws(Contact.AFTER_WORK)).tolist(),
        patience=by_law([part.patience for part in channels], channel, draws(Contact.PATIENCE)).tolist(),
        leaves=_chosen([part.leaves_at_once for part in channels], channel, draws(Contact.LEAVES)),
        silent=_chosen([part.silent for part in channels], channel, draws(Contact.SILENT)),
        touches=_touches(np.array([part.touches if part.kind == "email" else 1.0 for part in channels])[channel],
                         draws(Contact.TOUCHES)),
        settles=settles.tolist(),
        reopens=_delays(follow.reopen_delay, delays, (returns < follow.reopen) & (settles >= weakest(scenario))),
        retries=_delays(follow.retry_delay, delays, returns < follow.retry),
    )


def effort(scenario: Scenario, block: Block, rows: slice = slice(None)) -> Floats | None:
    """What the rows' difficulty, and the triage bot's context, make of their handle times; None where nothing."""
    topics = list(scenario.topic.values())
    stretch, triage = np.array([topic.stretch for topic in topics]), scenario.triage_bot.handle_factor
    if not stretch.any() and triage == 1.0:
        return None
    middle = np.array([(topic.difficulty[0] + topic.difficulty[1]) / 2 for topic in topics])
    topic = block.topic[rows]
    factor: Floats = 1.0 + stretch[topic] * (block.difficulty[rows] - middle[topic])
    return np.where(block.triaged[rows], factor * triage, factor)


class Wishes:
    """What single contacts want under one scenario."""

    def __init__(self, scenario: Scenario):
        self._topics, self._channels = list(scenario.topic.values()), list(scenario.channel.values())
        self._follow, self._triage = scenario.follow_up, scenario.triage_bot.handle_factor
        self._weakest = weakest(scenario)

    def append(self, wants: Wants, topic: int, channel: int, u: Sequence[float], difficulty: float,
               triaged: bool) -> None:
        """One more row; `u` are the contact's draws, by `Contact`."""
        about, way, row = self._topics[topic], self._channels[channel], len(wants.work)
        work = about.handle_time.quantile_of(u[Contact.HANDLE])
        if way.handle_factor != 1.0:
            work = rounded(work * way.handle_factor)
        factor = 1.0 + about.stretch * (difficulty - (about.difficulty[0] + about.difficulty[1]) / 2)
        wants.work.append(rounded(work * (factor * self._triage if triaged else factor)))
        wants.after_work.append(about.after_work.quantile_of(u[Contact.AFTER_WORK]))
        wants.patience.append(way.patience.quantile_of(u[Contact.PATIENCE]))
        wants.leaves.append(u[Contact.LEAVES] < way.leaves_at_once)
        wants.silent.append(u[Contact.SILENT] < way.silent)
        mean = way.touches if way.kind == "email" else 1.0
        wants.touches.append(1 if mean <= 1.0 else 1 + math.floor(
            elementary.log_of(u[Contact.TOUCHES]) / elementary.log_of(1.0 - 1.0 / mean)))
        resolution, follow = about.first_contact_resolution, self._follow
        settles = u[Contact.SETTLES] / resolution if resolution > 0.0 else math.inf
        wants.settles.append(settles)
        if u[Contact.RETURNS] < follow.reopen and settles >= self._weakest:
            wants.reopens[row] = follow.reopen_delay.quantile_of(u[Contact.RETURN_DELAY])
        if u[Contact.RETURNS] < follow.retry:
            wants.retries[row] = follow.retry_delay.quantile_of(u[Contact.RETURN_DELAY])


def weakest(scenario: Scenario) -> float:
    """A contact whose `Wants.settles` is below this is settled by whoever takes it."""
    return min(team.resolution_factor for team in scenario.team.values()) if is_plain(scenario) else 0.0


def usual_work(scenario: Scenario, team: str) -> float:
    """Mean handle time, after-contact work included, of what this team takes (s)."""
    topics = [topic for topic in scenario.topic.values() if not topic.teams or team in topic.teams]
    weights = [topic.share for topic in topics]
    times = [topic.handle_time.moments()[0] + topic.after_work.moments()[0] for topic in topics]
    total = sum(weights)
    mean = sum(weight * time for weight, time in zip(weights, times, strict=True)) / total if total else 0.0
    settings = scenario.team[team]
    return mean * settings.handle_factor * (1.0 + settings.slowdown * (settings.concurrency - 1)) / settings.concurrency


def is_plain(scenario: Scenario) -> bool:
    """Whether everybody can do everything equally well, and no conversation is ever passed on.

    Then a conversation needs nothing of a person but time, which is all that the quick path of `sim.team` looks at.
    """
    teams, known = scenario.team.values(), scenario.knowledge
    return not (scenario.hire or scenario.attrition.yearly or scenario.routing.inbox or scenario.signals.manager
                or scenario.quality.reviews or scenario.strain.slows or scenario.strain.skill
                or any(team.levels or team.languages or team.pause_after_harsh or team.skill_spread for team in teams)
                or any(topic.teams for topic in scenario.topic.values())
                or known.search.moments() != (0.0, 0.0) or known.taps or known.unanswered < 1.0
                or not is_neutral(scenario))


def _chosen(shares: list[float], which: Ints, u: Floats) -> list[bool]:
    """Whether each row is among the share that its position in `shares` names."""
    if not any(shares):
        return [False] * len(u)
    chosen: list[bool] = (u < np.array(shares)[which]).tolist()
    return chosen


def _delays(law: Law, u: Floats, rows: Flags) -> dict[int, float]:
    """The delay of each of these rows, by row."""
    chosen = np.flatnonzero(rows)
    return dict(zip(chosen.tolist(), law.quantile(u[chosen]).tolist(), strict=True)) if len(chosen) else {}


def by_law(laws: list[Law], which: Ints, u: Floats) -> Floats:
    """Each row's time (s) under the law that its position in `laws` names."""
    if all(law == laws[0] for law in laws[1:]):
        return laws[0].quantile(u)
    lognormal = [law for law in laws if isinstance(law, Lognormal)]
    if len(lognormal) == len(laws):
        return quantile_of_each(lognormal, which, u)
    times = np.empty(len(u))
    for position, law in enumerate(laws):
        rows = which == position
        times[rows] = law.quantile(u[rows])
    return times


def _touches(mean: Floats, u: Floats) -> list[int]:
    """Geometric numbers from 1 on with the given means."""
    if (mean <= 1.0).all():
        return [1] * len(u)
    several = mean > 1.0
    touches = np.ones(len(u), dtype=np.int64)
    stays = 1.0 - 1.0 / mean[several]
    touches[several] = 1 + np.floor(elementary.log(u[several]) / elementary.log(stays)).astype(np.int64)
    numbers: list[int] = touches.tolist()
    return numbers
