"""Looking ahead: what has happened is shared by all replications, what has not is theirs; in processes, given up at
once when something else is wanted."""

from __future__ import annotations

import numpy as np
import pytest

from core.interventions import Intervention
from core.units import DAY, HOUR
from sim.experiments.prospect import LookAhead, Prospect, bands, effects, look, look_all
from sim.floor import Floor
from sim.outlook import Ask, horizon
from tests.fake_floor import scenario

NOW = DAY + 10.2 * HOUR
WORLD = scenario(team={"frontline": {"schedule": "people", "shrinkage": {"absent": 0.2, "away": 0.1}},
                       "engineers": {"schedule": "few"}},
                 demand={"rate": 0.02, "profile": "office", "busyness_cv": 0.3})
MADE = (Intervention(DAY + 9 * HOUR, "team.frontline.extra", "-5"),)


def branched(replication: int | None, until: float) -> Floor:
    floor = Floor(WORLD, seed=5, interventions=MADE)
    floor.advance(NOW)
    if replication is not None:
        floor.branch(replication)
    floor.advance(until)
    return floor


def test_the_runs_own_chance_gives_the_run_to_the_last_digit() -> None:
    straight, turned = branched(None, 2.5 * DAY), branched(0, 2.5 * DAY)
    for (name, one), (_, other) in zip(straight.records().columns(), turned.records().columns(), strict=True):
        assert np.array_equal(one, other, equal_nan=name in ("asked", "queued", "answered", "replied", "ended", "score")
                              ), name


def test_other_chance_changes_what_comes_and_nothing_that_has_been() -> None:
    runs = [branched(replication, DAY + 20 * HOUR).records() for replication in (0, 1, 2)]
    before = [rows.where(rows.arrived <= NOW) for rows in runs]
    assert all(np.array_equal(before[0].arrived, rows.arrived) for rows in before)
    done = [rows.ended[rows.ended <= NOW] for rows in before]
    assert all(np.array_equal(done[0], ended) for ended in done)
    after = [rows.arrived[rows.arrived > NOW] for rows in runs]
    assert len({tuple(times[:5]) for times in after}) == 3


def test_people_who_are_at_work_today_stay_who_they_are() -> None:
    for hour in (11, 15):
        seen = [[(team.name, len(team.people)) for team in branched(replication, DAY + hour * HOUR).snapshot().teams]
                for replication in (0, 1, 2)]
        assert seen[0] == seen[1] == seen[2]
    tomorrow = {tuple(len(team.people) for team in branched(replication, 2 * DAY + 11 * HOUR).snapshot().teams)
                for replication in range(6)}
    assert len(tomorrow) > 1


def test_the_day_keeps_its_busyness() -> None:
    means = []
    for day_seed in (3, 4, 5, 6):
        floor = Floor(WORLD, seed=day_seed)
        floor.advance(NOW)
        floor.branch(9)
        means.append((floor._demand._busyness(1), Floor(WORLD, seed=day_seed)._demand._busyness(1)))
    assert all(kept == own for kept, own in means)


def test_a_look_ahead_measures_from_the_present_on() -> None:
    ask = Ask(WORLD, 5, MADE, NOW, horizon(NOW, WORLD.length))
    assert ask.until == 2 * DAY
    one = look(ask, 3)
    assert one is not None
    assert one.times[0] == DAY + 10.25 * HOUR
    assert one.times[-1] == 2 * DAY
    floor = branched(3, 2 * DAY)
    rows = floor.records()
    answered = (rows.arrived > NOW) & ~np.isnan(rows.answered)
    assert one.measures["asa"] == pytest.approx((rows.answered - rows.queued)[answered].mean())
    assert np.array_equal(one.series["waiting"], floor.snapshot().series["waiting"].values[-len(one.times):])
    assert look(ask, 3, lambda: False) is None


def test_bands_are_quantiles_of_the_replications_where_something_was_measured() -> None:
    prospects = [Prospect(1, np.array([1.0, 2.0]), {"csat": np.array([float(number), np.nan])}, {})
                 for number in range(11)]
    band = bands(prospects)["csat"]
    assert (band.low[0], band.middle[0], band.high[0]) == (1.0, 5.0, 9.0)
    assert np.isnan(band.middle[1])


@pytest.mark.parametrize(("now", "until"), [(DAY + 9 * HOUR, 2 * DAY), (DAY + 23 * HOUR, DAY + 27 * HOUR),
                                            (6.9 * DAY, 7 * DAY)])
def test_it_reaches_to_the_end_of_the_day(now: float, until: float) -> None:
    assert horizon(now, 7 * DAY) == until


def test_in_processes_it_finds_the_same_and_another_question_takes_the_place_of_the_first() -> None:
    ask = Ask(WORLD, 5, MADE, NOW, NOW + 2 * HOUR)
    outlook = LookAhead(replications=2, jobs=1)
    try:
        outlook.start(Ask(WORLD, 5, (), NOW, WORLD.length))
        outlook.start(ask)
        assert outlook.busy
        here = look_all(ask, 2, jobs=1)
        there = [outlook.result(number) for number in range(4)][:2]
        found = outlook.poll()
        assert found is not None
        assert (found.done, found.asked, outlook.busy) == (2, 2, False)
        pairs = list(zip(here, look_all(ask.twin, 2, jobs=1), strict=True))
        assert found.effects == effects(pairs)
        assert np.array_equal(found.twin["waiting"].middle, bands([twin for _, twin in pairs])["waiting"].middle)
        assert outlook.poll() is found
        for one, other in zip(here, there, strict=True):
            assert other is not None
            assert one.measures == other.measures
            assert np.array_equal(one.series["waiting"], other.series["waiting"])
        later = Ask(WORLD, 5, (*MADE, Intervention(NOW + HOUR, "demand.level", "150%")), NOW + 1.5 * HOUR,
                    NOW + 3 * HOUR)
        outlook.start(later)  # goes on from the floor that the process has
        found_later, own = outlook.result(1), look(later, 2)
        assert found_later is not None
        assert own is not None
        assert found_later.measures == own.measures
        outlook.start(Ask(WORLD, 5, (), NOW, NOW + HOUR))  # another course: from the start
        back, own = outlook.result(0), look(Ask(WORLD, 5, (), NOW, NOW + HOUR), 1)
        assert back is not None
        assert own is not None
        assert back.measures == own.measures
        outlook.stop()
        assert outlook.poll() is None
    finally:
        outlook.close()
