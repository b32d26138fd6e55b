"""The floor: a scenario, a seed and the interventions are the run, however it is sliced and looked at."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from core.errors import InterventionError
from core.interventions import Intervention
from core.records import Records
from core.scenario_file import load_scenario
from sim.experiments.executor import Executor, ThisProcess
from sim.experiments.replications import replicate
from sim.floor import Floor
from tests.sim.floors import DAY, HOUR, scenario

SCENARIO = load_scenario(str(Path(__file__).with_name("every_mechanism.toml")))
CHANGES = tuple(Intervention(at, key, value) for at, key, value in (
    (0.0, "team.front.extra", "1"), (9.5 * HOUR, "demand.level", "150%"), (10 * HOUR, "bot.coverage", "80%"),
    (11.3 * HOUR, "team.front.concurrency", "2"), (12 * HOUR, "team.front.slowdown", "0%"),
    (DAY, "demand.busyness_cv", "30%"), (DAY, "team.front.shifts.early", "7"), (1.5 * DAY, "team.front.extra", "-3"),
    (1.6 * DAY, "team.engineers.selection", "balanced"), (1.7 * DAY, "team.front.cost_per_hour", "90")))


def contents(rows: Records) -> list[bytes]:
    """All columns, to the last digit."""
    return [values.tobytes() for _, values in rows.columns()]


def in_one_go(changes: tuple[Intervention, ...] = CHANGES) -> Floor:
    """The run with the changes known beforehand."""
    floor = Floor(SCENARIO, seed=5, interventions=changes)
    floor.advance(SCENARIO.length)
    return floor


@pytest.mark.parametrize("seed", range(3))
def test_slices_snapshots_and_live_changes_make_no_difference(seed: int) -> None:
    rng, live, changes = random.Random(seed), Floor(SCENARIO, seed=5), list(CHANGES)
    while live.now < SCENARIO.length:
        until = min(live.now + rng.expovariate(1 / 4_000.0), SCENARIO.length)
        while changes and changes[0].at <= until:
            live.advance(changes[0].at)
            live.intervene(changes.pop(0))
        live.advance(until)
        if rng.random() < 0.2:
            live.snapshot()
    known = in_one_go()
    assert contents(live.records()) == contents(known.records())
    assert live.measures() == known.measures()
    assert contents(known.records()) != contents(in_one_go(()).records())


def test_records_change_nothing_but_memory() -> None:
    lean = Floor(SCENARIO, seed=5, interventions=CHANGES, keep_records=False)
    lean.advance(SCENARIO.length)
    assert lean.measures() == in_one_go().measures()


def test_a_change_that_cannot_be_made_changes_nothing() -> None:
    floor = Floor(SCENARIO, seed=5)
    floor.advance(HOUR)
    with pytest.raises(InterventionError, match=r"team\.front\.extra"):
        floor.intervene(Intervention(HOUR, "team.front.extr", "1"))
    floor.advance(SCENARIO.length)
    assert contents(floor.records()) == contents(in_one_go(()).records())


def test_processes_change_no_digit(two_processes: Executor) -> None:
    day = SCENARIO.model_copy(update={"length": DAY})
    one, two = (replicate(day, seed=5, replications=3, where=where, keep_records=True)
                for where in (ThisProcess(), two_processes))
    assert one.estimates == two.estimates
    assert [contents(rows) for rows in one.records] == [contents(rows) for rows in two.records]
    assert contents(one.records[0]) != contents(one.records[1])


def test_the_warm_up_is_out_of_every_hour_and_row() -> None:
    given = scenario(length="2d", warm_up="1d", team={"all": {"agents": 10, "cost_per_hour": 12}})
    floor = Floor(given)
    floor.advance(given.length)
    hours, measures = floor.hours(), floor.measures()
    assert hours.paid == hours.available == 10 * DAY
    assert measures["cost"] == pytest.approx(10 * 24 * 12)
    assert measures["needs"] == pytest.approx(1_440, abs=4 * 38)
    rows = floor.records()
    late = rows.where(rows.arrived >= DAY)
    assert measures["human_conversations"] == len(late)


def test_a_floor_can_be_looked_at_before_anything_happens() -> None:
    floor = Floor(SCENARIO)
    assert floor.snapshot().kpi["waiting"] == 0.0
    assert len(floor.records()) == floor.measures()["needs"] == 0


def test_a_snapshot_shows_what_the_records_say() -> None:
    floor = Floor(SCENARIO, seed=5)
    floor.advance(DAY + 10.7 * HOUR)
    seen, rows = floor.snapshot(), floor.records()
    waiting = [team.waiting for team in seen.teams]
    assert sum(waiting) == seen.kpi["waiting"]
    first_time = (rows.outcome == 0) & (rows.answered != rows.answered) & (rows.queued == rows.queued)
    assert sum(waiting) >= first_time.sum() > 0
    needs = (rows.arrived > floor.now - HOUR) & (rows.origin == 0)
    assert seen.funnel["needs"] == needs.sum()
    rated = (rows.rating > 0) & ~np.isnan(rows.asked)
    ended = (rows.ended > floor.now - HOUR) & rated
    assert seen.kpi["csat"] == pytest.approx((rows.rating[ended] >= 4).mean())
    last = seen.series["csat"].times[-1]
    inside = (rows.ended >= last - 900) & (rows.ended < last) & rated
    assert seen.series["csat"].values[-1] == pytest.approx((rows.rating[inside] >= 4).mean())
