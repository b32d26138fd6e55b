"""From a log of a known floor to a scenario that is that floor."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import IntakeError
from core.intake.call_log import read_call_log
from core.intake.fit import Fit, comments_of, fit, guesses, scenario_of
from core.scenario_file import dump_scenario, examine
from tests.core.intake.synthetic import Truth, run, write_vanad

TWO_WEEKS = (*range(5), *range(7, 12))
TRUTH = Truth(calls_per_hour=240.0, queues=(("Sales", 0.65), ("Tech", 0.35)), days=TWO_WEEKS, patience=300.0,
              people=((8, ("Sales",)), (10, ("Sales", "Tech"))))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Fit:
    return fit(read_call_log([write_vanad(tmp_path_factory.mktemp("fit") / "log.csv", run(TRUTH))]))


def test_the_scenario_has_the_floor_s_numbers(found: Fit) -> None:
    scenario = scenario_of(found)
    week = scenario.profile["calls"].week() * scenario.demand.rate * 3600
    assert week[:5, 9:17].mean() == pytest.approx(240.0, rel=0.02)
    assert week[5:].sum() == 0.0
    assert list(scenario.topic) == ["calls-sales", "calls-tech"]
    assert scenario.topic["calls-tech"].share == pytest.approx(0.35, abs=0.01)
    assert scenario.topic["calls-sales"].handle_time.moments()[0] == pytest.approx(240.0, rel=0.03)
    assert scenario.topic["calls-sales"].after_work.moments()[0] == pytest.approx(5.0, abs=0.5)
    # Those who take both queues sit at the special one, and the other overflows to them at once.
    assert scenario.team["queue-sales"].overflow == {"queue-tech": 0.0}
    assert scenario.team["queue-tech"].overflow == {}
    for team, people in (("queue-sales", 8), ("queue-tech", 10)):
        at_work = scenario.profile[str(scenario.team[team].schedule)].week()[:5, 20:32]
        assert at_work.mean() == pytest.approx(people, abs=0.6), team
    assert scenario.channel["phone"].patience.moments()[0] == pytest.approx(300.0, rel=0.2)
    assert scenario.demand.busyness_cv < 0.05


def test_the_written_scenario_reads_back_equal_and_says_where_its_numbers_come_from(found: Fit) -> None:
    scenario = scenario_of(found, "My floor")
    text = dump_scenario(scenario, comments_of(found, scenario))
    again = examine(text, "my.toml")
    assert again.problems == ()
    assert again.scenario == scenario
    assert scenario.title == "My floor"
    comments = " ".join(line.lstrip("# ") for line in text.splitlines() if line.startswith("#"))
    for guess in guesses(found):
        assert guess in comments
    assert f"{len(found.log):,} calls" in comments
    assert "not their patience" in comments


def test_one_queue_and_one_pool_are_one_team(tmp_path: Path) -> None:
    log = read_call_log([write_vanad(tmp_path / "log.csv", run(Truth()))])
    scenario = scenario_of(fit(log))
    assert list(scenario.team) == ["queue-sales"]
    assert scenario.route == ()


def test_people_of_all_pools_together_are_right_to_half_a_person(found: Fit) -> None:
    scenario = scenario_of(found)
    written = sum(scenario.profile[name].week() for name in ("people-queue-sales", "people-queue-tech"))
    assert np.abs(written - found.people.sum(axis=0)).max() <= 0.5


def test_a_handful_of_calls_is_not_fitted(tmp_path: Path) -> None:
    log = read_call_log([write_vanad(tmp_path / "log.csv", run(Truth(days=(0,)))[:150])])
    with pytest.raises(IntakeError, match=r"log.csv: 1\d\d of 150 calls tell who took them and how long; at least 200"):
        fit(log)
