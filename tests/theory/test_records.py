"""The engine against exact laws that only the records show: who waited by class, how many are there, what comes back.

Scenario files of this folder, run through the public API; replications give 99.9 % intervals, in which the exact
value must lie and which must be narrow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.estimates import mean, ratio
from core.interventions import with_value
from core.queueing import ChatFloor, ErlangA, cobham, day_from_empty, mean_in_system
from core.records import Origin, Outcome, Records
from core.scenario_file import load_scenario
from core.units import DAY, HOUR, MINUTE
from sim.floor import Floor

HERE = Path(__file__).parent
Floats = NDArray[np.float64]


def floor_of(file: str, replication: int = 0, **change: str) -> Floor:
    """A floor at the end of its run; changes are written `team__desk__agents="3"`."""
    scenario = load_scenario(HERE / f"{file}.toml")
    for key, value in change.items():
        scenario = with_value(scenario, key.replace("__", "."), value)
    floor = Floor(scenario, seed=1, replication=replication)
    floor.advance(scenario.length)
    return floor


def agrees(values: Sequence[float], exact: float, within: float, weights: Sequence[float] | None = None) -> None:
    """The exact value lies in the 99.9 % interval of the mean (or of the sum of values over that of weights)."""
    found = mean(values, "1", 0.999) if weights is None else ratio(values, weights, "1", 0.999)
    assert found.value is not None
    assert found.half_width is not None
    assert abs(found.value - exact) <= found.half_width, f"{found.value} ± {found.half_width}, exact {exact}"
    assert found.half_width <= within * exact, f"± {found.half_width / exact:.2%} is too wide to tell"


def is_poisson(counts: NDArray[np.int64], exact: float, within: float) -> None:
    """Independent counts have that mean, and that variance: both inside what a Poisson law gives 99.9 % of the time."""
    from scipy.special import chdtr, chdtri

    n = len(counts)
    assert 3.29 * math.sqrt(exact / n) <= within * exact, "too few to tell"
    assert abs(float(counts.mean()) - exact) <= 3.29 * math.sqrt(exact / n), f"mean {counts.mean()}, exact {exact}"
    dispersion = float(((counts - exact)**2).sum()) / exact
    assert chdtri(n, 0.9995) <= dispersion <= chdtri(n, 0.0005), (
        f"variance {dispersion / n:.3f} of the mean, {chdtr(n, dispersion):.4f} of such samples are under it")


def time_in_state(start: Floats, end: Floats, since: float, until: float, states: int) -> Floats:
    """Seconds between `since` and `until` with 0, 1, 2 ... of the spans open; longer queues are left out."""
    times = np.concatenate((start, np.where(np.isnan(end), until, end)))
    steps = np.repeat([1, -1], len(start))
    order = np.lexsort((steps, times))
    edges = np.clip(np.concatenate((times[order], [until])), since, until)
    count = np.cumsum(steps[order])
    seconds = np.bincount(np.minimum(count, states), weights=np.diff(edges), minlength=states + 1)
    return seconds[:states].astype(np.float64)


def present(rows: Records, at: Floats) -> NDArray[np.int64]:
    """How many conversations are in the system at each time: joined a queue, and not ended."""
    came = np.sort(rows.queued)
    went = np.sort(rows.ended)
    return np.searchsorted(came, at, side="right") - np.searchsorted(went, at, side="right")


# ROWS OF THE REFERENCE TABLE

@pytest.mark.parametrize("agents", [1, pytest.param(2, marks=pytest.mark.long)])
def test_priorities(agents: int) -> None:
    """Cobham: .23809524 / .32467532 / .90909091 min with one agent, .028735632 / .033156499 / .048076923 with two."""
    exact = cobham((0.2, 0.6, 1.2), 1 / 3, agents)
    assert exact[0] == pytest.approx((0.23809524, 0.028735632)[agents - 1], rel=1e-7)
    waits: list[list[float]] = [[], [], []]
    counts: list[list[float]] = [[], [], []]
    for replication in range(30):
        rows = floor_of("priorities", replication, team__desk__agents=str(agents)).records()
        rows = rows.where((rows.arrived >= HOUR) & ~np.isnan(rows.answered))
        for topic in range(3):
            mine = rows.topic == topic
            waits[topic].append(float((rows.answered - rows.queued)[mine].sum()) / MINUTE)
            counts[topic].append(float(mine.sum()))
    for topic in range(3):
        agrees(waits[topic], exact[topic], 0.06, counts[topic])


def test_processor_sharing() -> None:
    """At most three in service: p0..p4 = .4321330 / .3601108 / .1500462 / .0416795 / .0115776."""
    exact = (0.4321330, 0.3601108, 0.1500462, 0.0416795, 0.0115776)
    shares = []
    for replication in range(30):
        floor = floor_of("three_chats", replication)
        rows = floor.records()
        seconds = time_in_state(rows.queued, rows.ended, HOUR, floor.now, 5)
        shares.append(seconds / (floor.now - HOUR))
    for n, within in enumerate((0.01, 0.01, 0.02, 0.04, 0.08)):
        agrees([float(share[n]) for share in shares], exact[n], within)


def test_chats_of_each_person() -> None:
    """With slowdown, least loaded first: 0..3 chats .0603395 / .2717818 / .3942869 / .2735918 of a person's time."""
    exact = (0.0603395, 0.2717818, 0.3942869, 0.2735918)
    assert ChatFloor(0.6, 10.0, 4, 3, 0.25, 5.0).chats_per_agent() == pytest.approx(exact, abs=1e-7)
    shares: list[Floats] = []
    for replication in range(40):
        floor = floor_of("chat", replication, team__desk__slowdown="25%", length="10d")
        rows = floor.records()
        spans = [time_in_state(rows.answered[mine], rows.ended[mine], DAY, floor.now, 4)
                 for mine in (rows.agent == number for number in range(4))]
        shares.append(np.sum(spans, axis=0) / (4 * (floor.now - DAY)))
    for chats, within in enumerate((0.06, 0.04, 0.02, 0.04)):
        agrees([float(share[chats]) for share in shares], exact[chats], within)


def test_a_sine_of_demand() -> None:
    """M_t/M/s_t+M: the number in the system at t = 10 h is Poisson with mean 102.94642, whatever the staffing."""
    exact = mean_in_system(lambda t: 100 + 20 * np.sin(t), lambda stay: np.exp(-stay), 10.0)
    assert exact == pytest.approx(102.94642, rel=1e-7)
    floor = floor_of("sine")
    days = int(floor.now / DAY)
    ten: Floats = np.arange(days, dtype=np.float64) * DAY + 10 * HOUR
    is_poisson(present(floor.records(), ten), exact, 0.02)


def test_a_day_from_empty() -> None:
    """1815.2717 answered in time a day, service level .90043241, occupancy .69693435 while the doors are open."""
    day = day_from_empty([4.2], [12], 480.0, 2.0, 20 / 60)
    assert day.answered_in_time == pytest.approx(1815.2717, rel=1e-7)
    in_time, came, busy = [], [], []
    for replication in range(2):
        floor = floor_of("day_from_empty", replication)
        rows = floor.records()
        number = np.floor(rows.arrived / DAY).astype(np.int64)
        closing = number * DAY + 8 * HOUR
        in_time += list(np.bincount(number, weights=rows.answered - rows.queued <= 20.0))
        came += list(np.bincount(number).astype(float))
        busy += list(np.bincount(number, weights=np.maximum(np.minimum(rows.ended, closing) - rows.answered, 0.0)))
    agrees(in_time, day.answered_in_time, 0.02)
    agrees(in_time, day.service_level, 0.01, came)
    agrees([seconds / (12 * 8 * HOUR) for seconds in busy], day.occupancy, 0.01)


def test_the_bots_of_the_funnel() -> None:
    """Concurrent bot sessions are Poisson, mean 5.4 at two minutes; at lognormal ones too (insensitivity)."""
    for turn_time in ('"2m"', '{ law = "lognormal", mean = "2m", cv = 1.5 }'):
        sessions = []
        for replication in range(8):
            floor = floor_of("funnel", replication, bot__turn_time=turn_time, team__desk__agents="40")
            rows = floor.records()
            # A session ends in a resolution, or in the queue of a team.
            bot = rows.where(rows.bot_turns > 0)
            left = np.where(bot.outcome == Outcome.BOT_RESOLVED, bot.ended, bot.queued)
            moments = np.arange(6 * HOUR, floor.now, 30 * MINUTE)
            sessions.append(np.searchsorted(np.sort(bot.asked), moments, side="right")
                            - np.searchsorted(np.sort(left), moments, side="right"))
        is_poisson(np.concatenate(sessions), 5.4, 0.05)


# CASES OF OUR OWN

def test_someone_is_always_free() -> None:
    """M/G/infinity: the number in hand is Poisson with mean rate x handle time, whatever the law of that time."""
    in_hand = []
    for replication in range(10):
        floor = floor_of("always_free", replication)
        rows = floor.records()
        assert np.array_equal(rows.answered, rows.queued)
        in_hand.append(present(rows, np.arange(DAY, floor.now, 2 * HOUR)))
    is_poisson(np.concatenate(in_hand), 20.0, 0.02)


def endings() -> tuple[float, float, float, float]:
    """Of the conversations that the bot of bot.toml takes: resolved, given up, handed over; and its failed turns."""
    first, second, third, stays = 0.4, 0.3, 0.225, 0.85
    resolved = first + (1 - first) * stays * (second + (1 - second) * stays * third)
    gave_up = (1 - first) * (1 - stays) * (1 + (1 - second) * stays)
    handed = (1 - first) * stays * (1 - second) * stays * (1 - third)
    # A turn fails if it is reached and does not settle it.
    failed = (1 - first) * (1 + stays * (1 - second) * (1 + stays * (1 - third)))
    return resolved, gave_up, handed, failed


def test_the_bot_alone() -> None:
    """Shares of every ending, turns, and the contacts that false resolutions bring back."""
    resolved, gave_up, handed, failed = endings()
    assert resolved + gave_up + handed == pytest.approx(1.0)
    rows = floor_of("bot").records()
    rows = rows.where(rows.arrived < 19 * DAY)
    new = rows.origin == Origin.NEW
    covered = (new & (rows.bot_turns > 0)).astype(float)
    assert not covered[rows.topic == 1].any()
    agrees(list(covered[new & (rows.topic == 0)]), 0.8, 0.01)
    bot = rows.where(covered > 0)
    agrees(list(bot.outcome == Outcome.BOT_RESOLVED), resolved, 0.01)
    agrees(list(bot.outcome == Outcome.BOT_GAVE_UP), gave_up, 0.03)
    agrees(list(bot.team >= 0), handed, 0.02)
    agrees(list(bot.failed_turns.astype(float)), failed, 0.02)
    settled = bot.outcome == Outcome.BOT_RESOLVED
    assert np.array_equal(bot.bot_turns - bot.failed_turns, settled)
    false = bot.where(settled & ~bot.resolved)
    agrees(list((settled & ~bot.resolved)[settled]), 0.2, 0.03)
    back = np.isin(false.need, rows.need[rows.origin == Origin.RECONTACT])
    agrees(list(back.astype(float)), 0.6, 0.03)
    again = rows.where(rows.origin == Origin.RECONTACT)
    assert (again.team >= 0).all()
    assert np.isin(again.need, false.need).all()
    # Constant delay: back three minutes after the bot let go.
    ended = dict(zip(false.need.tolist(), false.ended.tolist(), strict=True))
    np.testing.assert_allclose(again.arrived, [ended[need] + 180.0 for need in again.need.tolist()], atol=1e-5)


def test_retries() -> None:
    """Nobody is at work: contacts about a need are geometric, P(k or more) = .6^(k - 1); each waits in vain."""
    floor = floor_of("retries")
    rows = floor.records()
    assert (rows.outcome == Outcome.ABANDONED).all()
    needs = int(rows.need.max()) + 1
    contacts = np.bincount(rows.need, minlength=needs)
    agrees(list(contacts.astype(float)), 2.5, 0.06)
    for k in range(2, 6):
        agrees(list((contacts >= k).astype(float)), 0.6**(k - 1), 0.15)
    agrees(list(rows.ended - rows.queued), 120.0, 0.05)
    later = rows.where(rows.origin == Origin.RETRY)
    before = rows.where(np.isin(rows.need * 100 + rows.contact, later.need * 100 + later.contact - 1))
    agrees(list(later.arrived - before.ended), 600.0, 0.06)


def test_hours_by_hand() -> None:
    """4 people x 8 h x 5 days; 2 people x (4 nights x 8 h + 2 h of Friday's): 228 paid hours, 15 h of them breaks."""
    measures = floor_of("shifts").measures()
    assert measures["cost"] == pytest.approx(228.0, rel=1e-12)
    occupancy, utilisation = measures["occupancy"], measures["utilisation"]
    assert occupancy is not None
    assert utilisation is not None
    assert utilisation / occupancy == pytest.approx(213 / 228, rel=1e-9)


def test_shrinkage() -> None:
    """10 % of the days absent and 25 % of the rest away: 67.5 % of the paid time is available."""
    shares = []
    for replication in range(24):
        measures = floor_of("shrinkage", replication).measures()
        occupancy, utilisation = measures["occupancy"], measures["utilisation"]
        assert occupancy is not None
        assert utilisation is not None
        shares.append(utilisation / occupancy)
    agrees(shares, 0.9 * 0.75, 0.016)


def test_incidents() -> None:
    """Needs of each topic in a window are Poisson: 15 x 2 x 3.5 of logins, 45 x 24 x .5 of others, the rest as ever."""
    windows: list[tuple[int, float, float, float]] = [
        (0, DAY + 10 * HOUR, DAY + 12 * HOUR, 105.0), (0, 0.0, DAY + 10 * HOUR, 15.0 * 34),
        (1, DAY + 10 * HOUR, DAY + 12 * HOUR, 90.0), (1, 2 * DAY, 3 * DAY, 540.0), (0, 2 * DAY, 3 * DAY, 360.0)]
    counts = []
    for replication in range(120):
        rows = floor_of("incident", replication).records()
        counts.append([np.count_nonzero((rows.topic == topic) & (rows.arrived > start) & (rows.arrived <= end))
                       for topic, start, end, _ in windows])
    for found, (*_, exact) in zip(np.array(counts).T, windows, strict=True):
        is_poisson(found, exact, 0.04)


def test_busyness() -> None:
    """A day's count has the plan's mean m and variance m + cv² m²; within the day the pattern is the profile's."""
    floor = floor_of("busyness")
    rows = floor.records()
    days = int(floor.now / DAY)
    counts = np.bincount(np.floor(rows.arrived / DAY).astype(np.int64), minlength=days).astype(float)
    weekday = np.arange(days) % 7 < 5
    for which, m in ((weekday, 288.0), (~weekday, 108.0)):
        agrees(list(counts[which]), m, 0.06)
        agrees(list((counts[which] - m)**2), m + 0.04 * m * m, 0.3)
    hour = rows.arrived % DAY / HOUR
    early = hour[np.isin(np.floor(rows.arrived / DAY) % 7, range(5))]
    assert early.min() >= 6.0
    agrees(list((early < 12.0).astype(float)), 1.5 / 4, 0.02)


def test_satisfaction_at_the_baseline() -> None:
    """P(4 or 5) = logistic(2.1) for all; among those who answer the survey, weighted by who answers."""
    floor = floor_of("satisfied")
    effects = floor.scenario.satisfaction
    start = np.array([*effects.spread, 0.0]) - effects.spread[2]
    at_least = np.array([1.0, *(1 / (1 + np.exp(start - effects.baseline))), 0.0])
    share = at_least[:-1] - at_least[1:]
    answers = share * np.array(effects.respond)
    rows = floor.records()
    rows = rows.where(rows.rating > 0)
    for stars in range(1, 6):
        agrees(list((rows.rating == stars).astype(float)), float(share[stars - 1]), 0.12)  # 2s are rare: 1.2 %
    agrees(list((rows.rating >= 4).astype(float)), 1 / (1 + math.exp(-2.1)), 0.01)
    agrees(list((rows.rating[rows.surveyed] >= 4).astype(float)), float(answers[3:].sum() / answers.sum()), 0.01)


def test_identities_of_a_run() -> None:
    """abandoned = E[wait] / mean patience; busy = accepted x AHT; L = lambda W, in every long run of Erlang A."""
    law = ErlangA(5.2 / MINUTE, 600.0, 50, 360.0)
    lost, waited, queue, came, busy = [], [], [], [], []
    for replication in range(30):
        floor = floor_of("patience", replication)
        rows, measures = floor.records(), floor.measures()
        counted = rows.where(rows.arrived >= floor.scenario.warm_up)
        gone = counted.outcome == Outcome.ABANDONED
        left = np.where(np.isnan(counted.answered), np.where(np.isnan(counted.ended), floor.now, counted.ended),
                        counted.answered)
        lost.append(float(gone.sum()))
        waited.append(float((left - counted.queued).sum()))
        came.append(float(len(counted)))
        queue.append(measures["waiting"] or 0.0)
        busy.append(measures["occupancy"] or 0.0)
    agrees(lost, 1 / 360.0, 0.02, waited)
    agrees(queue, law.queue_length, 0.06)
    agrees(busy, law.occupancy, 0.01)
