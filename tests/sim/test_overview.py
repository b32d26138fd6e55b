"""The plan of a week, against what the engine makes of it and against sums by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.interventions import with_value
from core.scenario_file import load_scenario
from core.units import DAY, WEEK
from sim.floor import Floor
from sim.overview import overview
from tests.fake_floor import scenario


def test_needs_and_people_by_hand() -> None:
    week = overview(scenario())
    assert week.needs_a_week == pytest.approx(0.05 * 3600 * 5 * (10 + 14 * 0.05))
    np.testing.assert_allclose(week.needs[:24], [9.0] * 8 + [180.0] * 10 + [9.0] * 6)
    np.testing.assert_array_equal(week.people[:24], [0] * 8 + [16] * 10 + [0] * 6)
    assert week.needs[5 * 24:].sum() == week.people[5 * 24:].sum() == 0
    assert (week.most_people, week.teams, week.channels) == (16, ("frontline", "engineers"), ("chat",))
    more = overview(with_value(scenario(), "demand.level", "130%"))
    assert more.needs_a_week == pytest.approx(week.needs_a_week * 1.3)


def test_the_engine_has_as_many_needs() -> None:
    """Within four standard deviations of a Poisson count (days do not differ beyond chance here)."""
    world = scenario(incident={}, length=WEEK)
    floor = Floor(world, seed=3, keep_records=False)
    floor.advance(WEEK)
    expected = overview(world).needs_a_week
    assert abs((floor.measures()["needs"] or 0.0) - expected) < 4 * expected**0.5


def test_steps_that_are_no_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    world = load_scenario("small-team")
    profile = world.profile["shop-hours"].model_copy(update={"every": DAY / 2, "all": (), "mon": (1.0, 3.0),
                                                             "weekday": (), "weekend": ()})
    world = world.model_copy(update={"profile": {**world.profile, "shop-hours": profile}})
    monday = overview(world).needs[:24]
    any_hour = np.array(world.profile["any-hour"].day(0))
    np.testing.assert_allclose(monday, 38 * (0.85 * np.repeat([1.0, 3.0], 12) + 0.15 * any_hour))
