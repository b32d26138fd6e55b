"""From a call log to a scenario: everything that can be fitted, and what had to be guessed. Start at `fit`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.distributions import Constant, Law, Never
from core.errors import IntakeError
from core.intake.arrivals import Arrivals, fit_arrivals
from core.intake.call_log import CallLog, Floats
from core.intake.handling import AfterWork, HandleTime, fit_after_work, fit_handle_time
from core.intake.learned import FEWEST
from core.intake.observed import Calls
from core.intake.patience import Patience, fit_patience
from core.intake.queue_groups import Pools, QueueGroups, group_queues, pool_agents
from core.intake.retries import Retries, fit_retries
from core.intake.staffing import PASSED_OVER, agent_calls, edges, stretches
from core.scenario import Channel, Demand, FollowUp, Profile, Route, Scenario, ServiceLevel, Team, Topic
from core.scenario.demand import DAY_KEYS
from core.units import DAY, HOUR, MINUTE, WEEK

STEP = 30 * MINUTE
"""Step of the fitted schedules (s)."""


@dataclass(frozen=True)
class Fit:
    """What a log says about its floor."""

    log: CallLog
    arrivals: Arrivals
    groups: QueueGroups
    group_share: Floats
    """Share of calls of each group."""
    pools: Pools
    handle: tuple[HandleTime, ...]
    """Handle time of each group."""
    all_handle: HandleTime
    """Of all calls together."""
    after_work: AfterWork | None
    patience: Patience | None
    retries: Retries | None
    people: Floats
    """Mean number of people at work, shape (pools, 7 days, steps of `STEP`)."""
    agent_hours: float
    """People's hours at work in the whole log."""
    passed_over: float
    """How often somebody who counts as away was passed over."""
    load_cv: float
    """How much days differ in calls per hour at work, beyond chance: busyness that staffing did not follow."""

    @property
    def observed(self) -> Calls:
        """The log's calls, for what it measured."""
        return Calls(self.log.received, self.log.wait, self.log.served)


def fit(log: CallLog, passed_over: float = PASSED_OVER) -> Fit:
    """Fits everything.

    Args:
        log: the calls.
        passed_over: how often somebody must be passed over to count as away, see `core.intake.staffing`.

    Raises:
        IntakeError: the log has too few calls to say anything.
    """
    timed = ~np.isnan(log.handle)
    if (telling := int(np.count_nonzero(timed & (log.agent >= 0)))) < FEWEST:
        raise IntakeError(f"{', '.join(log.files)}: {telling} of {len(log)} calls tell who took them and how long; at "
                          f"least {FEWEST} are needed to fit a scenario")
    arrivals = fit_arrivals(log)
    groups = group_queues(log)
    group = groups.of(log)[log.queue]
    pools = pool_agents(log, groups)
    handle = tuple(fit_handle_time(log.handle[chosen] if np.count_nonzero(chosen := timed & (group == one)) >= FEWEST
                                   else log.handle[timed]) for one in range(len(groups.names)))
    order = agent_calls(log)
    # The schedule counts people until their last call ends: there is no next stretch to lose the rest of it to.
    at_work = stretches(log, pools.serves[pools.pool], group, 0.0, passed_over)
    steps = edges(0, arrivals.days[-1], STEP)
    by_pool = np.array([at_work.where(pools.pool[at_work.agent] == pool).at_work(steps).reshape(-1, int(DAY / STEP))
                        for pool in range(len(pools.serves))])
    days = np.array(arrivals.days)
    people = np.zeros((len(by_pool), 7, by_pool.shape[2]))
    for weekday in range(7):
        if (these := days[days % 7 == weekday]).size:
            people[:, weekday] = by_pool[:, these].mean(axis=1)
    hours = by_pool.sum(axis=(0, 2)) * (STEP / HOUR)
    return Fit(log, arrivals, groups, np.bincount(group, minlength=len(groups.names)) / len(log), pools, handle,
               fit_handle_time(log.handle[timed]), fit_after_work(log, order.rows, order.follows),
               fit_patience(log.wait, ~log.served), fit_retries(log), people, at_work.hours(), passed_over,
               _load_cv(np.bincount(log.day, minlength=len(hours))[days].astype(np.float64), hours[days], days % 7))


def _load_cv(calls: Floats, hours: Floats, weekday: np.ndarray[tuple[int], np.dtype[np.int64]]) -> float:
    """Variation of calls per hour at work around their weekday's own ratio, without the part that is chance."""
    top = bottom = 0.0
    for one in range(7):
        these = (weekday == one) & (hours > 0)
        if np.count_nonzero(these) > 1:
            ratio = calls[these] / hours[these] / (calls[these].sum() / hours[these].sum())
            weight = float(calls[these].sum()) * (len(ratio) - 1)
            top += weight * (ratio.var(ddof=1) - float((1.0 / calls[these]).mean()))
            bottom += weight
    return float(np.sqrt(max(0.0, top / bottom))) if bottom else 0.0


# --- the scenario --------------------------------------------------------------------------------------------------


def scenario_of(found: Fit, title: str | None = None) -> Scenario:
    """The scenario of a mean week of the log."""
    groups, pools, log = found.groups, found.pools, found.log
    fresh = 1.0 - _retried(found)
    peak = float(found.arrivals.week.max())
    profiles = {"calls": _profile(found.arrivals.week / peak, HOUR, 3)}
    names = _crews(found)
    teams: dict[str, Team] = {}
    for group, queue in enumerate(groups.names):
        others = {crew: 0.0 for pool, crew in enumerate(names) if pools.serves[pool, group] and crew != queue}
        teams[queue] = Team(schedule=f"people-{queue}"[:40], overflow=others) if queue in names \
            else Team(agents=0, overflow=others)
    for crew, week in zip(names, _whole_people(found.people), strict=True):
        schedule = f"people-{crew}"[:40]
        profiles[schedule] = _profile(week, STEP, 0)
        teams.setdefault(crew, Team(schedule=schedule))
    routes = tuple(Route(topics=(_topic(name),), team=name) for name in groups.names if len(groups.names) > 1)
    topics = {_topic(name): Topic(share=round(float(share), 4), handle_time=handle.law, after_work=_after_work(found))
              for name, share, handle in zip(groups.names, found.group_share, found.handle, strict=True)}
    retries = found.retries
    follow_up = FollowUp() if retries is None or retries.delay is None else \
        FollowUp(retry=round(retries.share, 3), retry_delay=retries.delay)
    return Scenario(
        title=title or f"Call centre fitted from {len(log):,} calls".replace(",", " "),
        source=f"Fitted from {', '.join(log.files)} ({log.title}), {log.first_day} to {log.last_day}.",
        demand=Demand(rate=round(peak * fresh, 1) / HOUR, profile="calls",
                      busyness_cv=round(min(found.load_cv, 1.0), 3)),
        profile=profiles, topic=topics, channel={"phone": _channel(found)}, route=routes, team=teams,
        follow_up=follow_up, service_level=ServiceLevel(within=20.0, target=0.8), length=WEEK)


def _crews(found: Fit) -> list[str]:
    """The team of each pool: that of the most special queue that no other pool has yet, else one of its own."""
    taken: dict[int, int] = {}
    for pool in range(len(found.people)):
        served = np.flatnonzero(found.pools.serves[pool])
        free = [int(group) for group in served if int(group) not in taken.values()]
        if free:
            taken[pool] = free[-1]
    return [found.groups.names[taken[pool]] if pool in taken else found.pools.name(pool, found.groups)
            for pool in range(len(found.people))]


def _channel(found: Fit) -> Channel:
    patience = found.patience
    if patience is None:
        return Channel(patience=Never())
    return Channel(patience=patience.law, leaves_at_once=round(patience.leaves_at_once, 4))


def _after_work(found: Fit) -> Law:
    return Constant(mean=0.0) if found.after_work is None else Constant(mean=round(found.after_work.mean, 1))


def _retried(found: Fit) -> float:
    """Share of calls that are retries."""
    if found.retries is None or found.retries.delay is None:
        return 0.0
    return found.retries.share * float((~found.log.served).mean())


def _topic(team: str) -> str:
    return f"calls-{team.removeprefix('queue-')}"


def _profile(week: Floats, every: float, digits: int) -> Profile:
    """A weekly profile; days on which nothing happens are left out."""
    days = {key: tuple(_round(value, digits) for value in row.tolist()) for key, row in zip(DAY_KEYS, week, strict=True)
            if row.any()}
    return Profile.model_validate({"every": every, **days})


def _round(value: float, digits: int) -> float:
    return round(value, digits) if digits else float(round(value))


def _whole_people(people: Floats) -> Floats:
    """Whole numbers of people whose sum over the pools is right to half a person in each step."""
    reached = np.rint(np.cumsum(people, axis=0))
    return np.diff(reached, axis=0, prepend=0.0)


# --- what the scenario file says about itself -----------------------------------------------------------------------


def comments_of(found: Fit, scenario: Scenario) -> dict[str, str]:
    """What stands above the keys of the scenario file: where each number comes from, and what is a guess."""
    log, arrivals, patience = found.log, found.arrivals, found.patience
    seen = found.observed.measures(scenario.service_level.within)
    notes = {
        "": f"Fitted from {len(log):,} calls, {log.first_day} to {log.last_day}. In that time "
            f"{seen['abandonment_rate']:.1%} gave up, the answered waited {seen['asa']:.0f} s on average (90 % of them "
            f"less than {seen['answer_p90']:.0f} s), and {seen['service_level']:.1%} of all were answered within "
            f"{scenario.service_level.within:.0f} s.\n" + "\n".join(f"Guess: {guess}." for guess in guesses(found)),
        "demand": f"The mean week over {len(arrivals.days)} days; the profile's 1 is the busiest hour. The calls of an "
                  f"hour vary {arrivals.dispersion:.0f} times as much as chance alone would have them.",
        "demand.busyness_cv": f"Days differ by {arrivals.busyness_cv:.0%} beyond chance. Staffing followed part "
                              "of that; this is what it did not follow, for the scenario's staffing is fixed.",
        "profile": "How calls come, by hour; people at work by half hour, inferred from who took calls.",
    }
    for group, name in enumerate(found.groups.names):
        handle, queues = found.handle[group], found.groups.queues[group]
        law = "lognormal" if handle.law.law == "lognormal" else "as measured"
        others = "" if law == "lognormal" else f" (lognormal: {handle.lognormal_distance:.3f})"
        notes[f"topic.{_topic(name)}"] = (
            f"Queues {', '.join(queues[:8])}{' and others' if len(queues) > 8 else ''}. Handle time: {handle.calls:,} "
            f"calls, mean {handle.mean:.0f} s, cv {handle.cv:.2f}, {law}; Kolmogorov-Smirnov distance "
            f"{handle.distance:.3f}{others}.")
    if patience is not None:
        notes["channel.phone"] = (
            f"Patience by Kaplan and Meier from {patience.gave_up:,} who gave up and {patience.answered:,} who were "
            f"answered before they did; seen up to {patience.seen_upto:.0f} s, exponential beyond. As one number: mean "
            f"{patience.mean:.0f} s. (Those who gave up waited {patience.mean_of_abandoners:.0f} s; that is not "
            f"their patience.)")
    if found.after_work is not None:
        first = _topic(found.groups.names[0])
        notes[f"topic.{first}.after_work"] = (
            f"From the end of a call to the next when somebody was waiting: {found.after_work.gaps:,} gaps.")
    for pool, crew in enumerate(_crews(found)):
        served = zip(found.groups.names, found.pools.serves[pool], strict=True)
        also = ", ".join(name for name, does in served if does and name != crew)
        members = int(np.count_nonzero(found.pools.pool == pool))
        notes[f"team.{crew}"] = f"{members} people in the log" + (f", who also take {also}." if also else ".")
    return {key: text for key, text in notes.items() if text}


def guesses(found: Fit) -> list[str]:
    """What the log does not say and was assumed."""
    away = "is away for gaps of more than 10 minutes" + (
        "" if np.isinf(found.passed_over) else
        f", or shorter ones in which {found.passed_over:.0f} calls or more went to people who became free later")
    said = [f"who is at work is inferred from who took calls; somebody {away}",
            "people have the skill for a queue when they take at least a fifth of their share of its calls",
            "every call is settled at the first contact, and people cost nothing: the log does not say",
            "80 % within 20 s is the service level that is aimed for"]
    if found.retries is None:
        said.append("nobody who gives up calls again: the log knows no customers, so retries are among its calls")
    else:
        said.append(f"those who give up call again as known customers do ({found.retries.share:.0%} within two hours)")
    said += found.log.caveats
    if found.patience is None:
        said.append("nobody ever gives up: nobody did")
    return said
