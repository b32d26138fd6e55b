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
from numpy.typing import ArrayLike, NDArray

from core.estimates import mean, ratio
from core.interventions import with_value
from core.queueing import cobham, day_from_empty, mean_in_system
from core.records import Origin, Outcome, Records
from core.scenario_file import load_scenario
from core.units import DAY, HOUR, MINUTE
from sim.floor import Floor
from tests.theory.measuring import controlled, off, time_in_state

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


def agree(values: ArrayLike, exact: Sequence[float], within: Sequence[float], controls: ArrayLike) -> None:
    """The exact values, in the order of the columns, at inputs that are right; both tables have a row a replication."""
    known = np.asarray(controls, dtype=np.float64)
    assert not off(known)
    found = controlled(np.asarray(values, dtype=np.float64), known)
    for (value, half_width), expected, bound in zip(found, exact, within, strict=True):
        assert abs(value - expected) <= half_width, f"{value} ± {half_width}, exact {expected}"
        assert half_width <= bound * expected, f"{expected}: ± {half_width / expected:.2%} is too wide to tell"


def is_poisson(counts: NDArray[np.int64], exact: float | Floats, within: float) -> None:
    """Independent counts have those means, and those variances: inside what Poisson laws give 99.9 % of the time."""
    from scipy.special import chdtr, chdtri

    n, total = counts.size, float(np.broadcast_to(exact, counts.shape).sum())
    assert 3.29 * math.sqrt(total) <= within * total, "too few to tell"
    assert abs(float(counts.sum()) - total) <= 3.29 * math.sqrt(total), f"{counts.sum()} in all, exact {total}"
    dispersion = float(((counts - exact)**2 / exact).sum())
    assert chdtri(n, 0.9995) <= dispersion <= chdtri(n, 0.0005), (
        f"variance {dispersion / n:.3f} of the mean, {chdtr(n, dispersion):.4f} of such samples are under it")


def present(rows: Records, at: Floats) -> NDArray[np.int64]:
    """How many conversations are in the system at each time: joined a queue, and not ended."""
    came = np.sort(rows.queued)
    went = np.sort(rows.ended)
    return np.searchsorted(came, at, side="right") - np.searchsorted(went, at, side="right")


# ROWS OF THE REFERENCE TABLE

@pytest.mark.parametrize(("agents", "days"), [(1, 4), pytest.param(1, 30, marks=pytest.mark.long),
                                              pytest.param(2, 20, marks=pytest.mark.long)])
def test_priorities(agents: int, days: int) -> None:
    """Cobham: .23809524 / .32467532 / .90909091 min with one agent, .028735632 / .033156499 / .048076923 with two.

    Each class's wait to 5 % in the four days, 2 % in the thirty: a class that is served in the wrong turn is seen.
    """
    rates, service = (0.2 / MINUTE, 0.6 / MINUTE, 1.2 / MINUTE), 20.0
    exact = [wait * MINUTE for wait in cobham((0.2, 0.6, 1.2), 1 / 3, agents)]
    assert exact[0] == pytest.approx((0.23809524, 0.028735632)[agents - 1] * MINUTE, rel=1e-7)
    waits, controls = [], []
    for replication in range(30):
        floor = floor_of("priorities", replication, team__desk__agents=str(agents), length=f"{days}d")
        rows = floor.records()
        rows = rows.where(rows.arrived >= HOUR)
        came = np.bincount(rows.topic, minlength=3)
        done = rows.where(rows.outcome == Outcome.CLOSED)
        waits.append([float((done.answered - done.queued)[done.topic == topic].mean()) for topic in range(3)])
        controls.append([*(came / (np.array(rates) * (floor.now - HOUR)) - 1.0).tolist(),
                         done.handle.mean() / service - 1.0, (done.handle**2).mean() / (2 * service**2) - 1.0])
    within = 0.05 if agents == 1 else 0.06
    agree(waits, exact, [0.02 if days == 30 else within] * 3, controls)


@pytest.mark.parametrize(("days", "sharp"), [(1, 1), pytest.param(9, 3, marks=pytest.mark.long)])
def test_processor_sharing(days: int, sharp: int) -> None:
    """At most three in service: p0..p4 = .4321330 / .3601108 / .1500462 / .0416795 / .0115776."""
    exact = (0.4321330, 0.3601108, 0.1500462, 0.0416795, 0.0115776)
    shares, controls = [], []
    for replication in range(30):
        floor = floor_of("three_chats", replication, length=f"{days}d")
        rows = floor.records()
        seconds = time_in_state(rows.queued, rows.ended, HOUR, floor.now, 5)
        shares.append([*(seconds / (floor.now - HOUR))])
        rows = rows.where(rows.arrived >= HOUR)
        controls.append([len(rows) / (10 / MINUTE * (floor.now - HOUR)) - 1.0,
                         float(np.nanmean(rows.handle)) / 5.0 - 1.0])
    agree(shares, exact, [within / sharp for within in (0.01, 0.01, 0.02, 0.04, 0.08)], controls)


def test_a_sine_of_demand() -> None:
    """M_t/M/s_t+M: the number in the system is Poisson whatever the staffing, its mean 102.94642 at t = 10 h.

    Three times a day, so far apart that who is there has changed but for exp(-3 1/3) = 4 %.
    """
    hours = (10 / 3, 20 / 3, 10.0)
    exact = [mean_in_system(lambda t: 100 + 20 * np.sin(t), lambda stay: np.exp(-stay), at) for at in hours]
    assert exact[-1] == pytest.approx(102.94642, rel=1e-7)
    floor = floor_of("sine")
    midnights: Floats = np.arange(int(floor.now / DAY), dtype=np.float64) * DAY
    moments = np.add.outer(midnights, np.array(hours) * HOUR)
    is_poisson(present(floor.records(), moments), np.array(exact), 0.015)


@pytest.mark.parametrize("days", [120, pytest.param(400, marks=pytest.mark.long)])
def test_a_day_from_empty(days: int) -> None:
    """1815.2717 answered in time a day, service level .90043241, occupancy .69693435 while the doors are open."""
    day = day_from_empty([4.2], [12], 480.0, 2.0, 20 / 60)
    assert day.answered_in_time == pytest.approx(1815.2717, rel=1e-7)
    rows = floor_of("day_from_empty", length=f"{days}d").records()
    number = np.floor(rows.arrived / DAY).astype(np.int64)
    closing = number * DAY + 8 * HOUR
    came = np.bincount(number).astype(float)
    in_time = np.bincount(number, weights=rows.answered - rows.queued <= 20.0)
    busy = np.bincount(number, weights=np.maximum(np.minimum(rows.ended, closing) - rows.answered, 0.0))
    handle = np.bincount(number, weights=rows.handle)
    sharper = math.sqrt(120 / days)
    agree(np.column_stack((in_time, busy / (12 * 8 * HOUR))), (day.answered_in_time, day.occupancy),
          (0.01 * sharper, 0.002 * sharper), np.column_stack((came / 2016.0 - 1.0, handle / came / 120.0 - 1.0)))
    agrees(list(in_time), day.service_level, 0.012 * sharper, list(came))


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
    for replication in range(4):
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
    """10 % of the days absent and 25 % of the rest away, not of all: 67.5 % of the paid time is available, not 65 %."""
    shares = []
    for replication in range(24):
        measures = floor_of("shrinkage", replication, length="14d").measures()
        occupancy, utilisation = measures["occupancy"], measures["utilisation"]
        assert occupancy is not None
        assert utilisation is not None
        shares.append(utilisation / occupancy)
    agrees(shares, 0.9 * 0.75, 0.024)


def test_incidents() -> None:
    """Needs of each topic in an hour are Poisson: 15 x 3.5 of logins in the outage, 45 / 2 of others on the holiday."""
    hours: list[tuple[int, range, float]] = [
        (0, range(10, 18), 15.0 * 3.5), (0, range(10), 15.0), (0, range(18, 36), 15.0),
        (1, range(24), 45.0), (1, range(24, 36), 45.0 / 2)]
    counts = []
    for replication in range(45):
        rows = floor_of("incident", replication).records()
        hour = np.floor(rows.arrived / HOUR).astype(np.int64)
        counts.append([np.bincount(hour[rows.topic == topic], minlength=36)[:36] for topic in range(2)])
    found = np.array(counts)
    for topic, window, exact in hours:
        is_poisson(found[:, topic, window], exact, 0.041)


@pytest.mark.parametrize(("days", "sharp"), [(500, 1.0), pytest.param(4000, 2.5, marks=pytest.mark.long)])
def test_busyness(days: int, sharp: float) -> None:
    """A day's count has the plan's mean m and variance m + cv² m²; within the day the pattern is the profile's."""
    rows = floor_of("busyness", length=f"{days}d").records()
    counts = np.bincount(np.floor(rows.arrived / DAY).astype(np.int64), minlength=days).astype(float)
    weekday = np.arange(days) % 7 < 5
    for which, m in ((weekday, 288.0), (~weekday, 108.0)):
        agrees(list(counts[which]), m, 0.07 / sharp)
    planned = np.where(weekday, 288.0, 108.0)
    agrees(list((counts - planned)**2 / (planned + 0.04 * planned**2)), 1.0, 0.25 / sharp)
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
