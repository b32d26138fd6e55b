"""Staffing plans on a small floor: they meet their targets under other chance, and say why where they cannot."""

from __future__ import annotations

import pytest

from core.scenario_file import dump_scenario, read_scenario
from core.staffing.grid import planned
from core.staffing.targets import read_metric, read_targets
from core.staffing.tours import Rules
from sim.experiments.executor import executor
from sim.experiments.replications import replicate
from sim.experiments.staffing_marginal import marginal
from sim.experiments.staffing_plan import StaffingPlan, confidence_of_look
from sim.experiments.staffing_search import best_reachable, plan

HOUR = 3600.0
FLOOR = read_scenario("""\
title = "A morning's calls"
length = "12h"
[demand]
rate = "40/h"
profile = "morning"
[profile.morning]
all = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1.5, 1, 0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
[profile.people]
all = [0, 0, 0, 0, 0, 0, 0, 0, 4, 4, 4, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
[topic.any]
handle_time = { law = "exponential", mean = "4m" }
[channel.phone]
patience = { law = "exponential", mean = "5m" }
[team.desk]
schedule = "people"
cost_per_hour = 20
[service_level]
within = "20s"
""")


@pytest.fixture(scope="module")
def found() -> StaffingPlan:
    return plan(FLOOR, read_targets(["service_level>=80%"], FLOOR), shifts="free", replications=30, jobs=1)


def test_the_plan_meets_its_target_under_chance_that_it_has_not_seen(found: StaffingPlan) -> None:
    assert found.met
    assert found.checked
    other = replicate(found.proposed, seed=77, replications=40, jobs=1).estimates["service_level"]
    assert other.value is not None
    assert other.value + (other.half_width or 0.0) >= 0.8


def test_a_target_close_to_what_no_number_of_people_goes_beyond_is_told(found: StaffingPlan) -> None:
    easy, hard, met = (read_targets([f"service_level>={share}"], FLOOR)[0] for share in ("80%", "99.9%", "1%"))
    limit = found.limit(hard)
    assert limit is not None
    assert limit.value is not None
    assert limit.value > 0.98
    assert (found.limit(easy), found.limit(met)) == (None, None)


def test_one_person_less_in_the_rush_would_not_do(found: StaffingPlan) -> None:
    duty = planned(found.proposed, found.proposed.team["desk"], found.grid)
    # Not far from what the formulas ask for, and most at the peak.
    assert duty.argmax() == 9
    assert 14 <= duty.sum() <= 22
    assert found.teams[0].needed[9] >= found.teams[0].needed[11]
    fewer = FLOOR.model_copy(update={"profile": FLOOR.profile | {"people": FLOOR.profile["people"].model_copy(
        update={"all": tuple(max(0.0, people - 1) for people in duty)})}})
    worse = replicate(fewer, seed=77, replications=30, jobs=1).estimates["service_level"]
    assert worse.value is not None
    assert worse.value + (worse.half_width or 0.0) < 0.8


def test_it_stands_beside_today_under_the_same_chance(found: StaffingPlan) -> None:
    assert found.hours[0] == 16.0
    assert found.cost[0] == 320.0
    assert found.cost[1] == pytest.approx(found.hours[1] * 20)
    assert [sample.replication for sample in found.today.samples] == [
        sample.replication for sample in found.outcome.samples]
    change = found.difference("service_level")
    now, then = (outcome.replicated("service_level") for outcome in (found.today, found.outcome))
    assert change.value == pytest.approx((then.value or 0) - (now.value or 0))
    # The simulation's own account of the money has a little overtime on top: calls in hand are finished.
    assert 1.0 <= (found.outcome.replicated("cost").value or 0.0) / found.cost[1] < 1.03


def test_the_same_input_gives_the_same_plan(found: StaffingPlan) -> None:
    again = plan(FLOOR, read_targets(["service_level>=80%"], FLOOR), shifts="free", replications=30, jobs=1)
    assert dump_scenario(again.proposed) == dump_scenario(found.proposed)


def test_what_no_number_of_people_reaches_is_explained() -> None:
    data = FLOOR.model_dump()
    data["profile"]["people"]["all"] = (0.0,) * 10 + (4.0,) * 2 + (0.0,) * 12
    data["channel"] = {"phone": {"share": 0.5, "patience": {"law": "exponential", "mean": 300.0}},
                       "chat": {"kind": "chat", "share": 0.5, "patience": {"law": "exponential", "mean": 300.0}}}
    late = type(FLOOR).model_validate(data)
    targets = read_targets(["service_level>=80%"], late)
    told = plan(late, targets, shifts="free", replications=10, jobs=1)
    assert not told.met
    assert not told.teams
    (shortfall,) = told.shortfalls
    # Nearly two thirds call before anyone is there.
    assert 0.2 < (shortfall.with_enough.value or 0) < 0.55
    assert shortfall.around_the_clock is not None
    assert targets[0].met_by(shortfall.around_the_clock.value)
    assert set(shortfall.by_channel) == {"phone", "chat"}


def test_a_budget_too_small_gets_the_best_within_it(found: StaffingPlan) -> None:
    poor = plan(FLOOR, found.targets, shifts="free", budget=240.0, replications=10, jobs=1)
    assert not poor.met
    assert poor.over_budget > 0
    assert poor.cost[1] <= 240.0


def test_the_other_way_people_go_where_they_do_most() -> None:
    metric, scope = read_metric("service_level", FLOOR)
    spent = best_reachable(FLOOR, metric, scope=scope, shifts="free", replications=30, jobs=1)
    assert spent.cost[1] <= spent.cost[0]
    change = spent.difference("service_level").estimate()
    assert (change.value or 0) > (change.half_width or 0)


def test_shifts_of_the_rules_cover_the_morning() -> None:
    made = plan(FLOOR, read_targets(["service_level>=70%"], FLOOR), rules=Rules(length=4 * HOUR, rest=0.0),
                replications=20, jobs=1)
    assert made.met
    assert {tour.hours for tour in made.teams[0].people} <= {4.0}
    assert made.teams[0].heads == sum(made.teams[0].people.values())


def test_one_more_helps_most_where_it_is_busiest() -> None:
    told = marginal(FLOOR, length=HOUR, replications=12, jobs=1)
    assert [change.stretch.name for change in told.changes] == [f"Mon {8 + k:02d}:00-{9 + k:02d}:00" for k in range(4)]
    gains = [told.gain(change, "service_level").value or 0.0 for change in told.changes]
    assert gains.index(max(gains)) == 1
    for change in told.changes:
        loss = told.loss(change, "service_level")
        assert loss is not None
        assert (loss.value or 0.0) < 0
    # Paid for what they work: one person, one hour, and some overtime.
    assert told.gain(told.changes[0], "cost").value == pytest.approx(20.0, abs=1.0)


def test_looks_share_the_risk_of_a_wrong_yes() -> None:
    risks = [1.0 - confidence_of_look(0.95, look) for look in range(30)]
    assert sum(risks) == pytest.approx(0.05)
    assert risks == sorted(risks, reverse=True)


def test_a_check_that_leaves_a_doubt_goes_on_or_asks_for_more_people() -> None:
    targets = read_targets(["service_level>=80%"], FLOOR)
    again = plan(FLOOR, targets, shifts="free", replications=16, seed=2, jobs=1)
    assert (again.looks, len(again.outcome.samples)) == (2, 32)
    assert again.met
    dearer = plan(FLOOR, targets, shifts="free", replications=16, seed=3, jobs=1)
    assert dearer.looks > 1
    assert dearer.met
    assert dearer.hours[1] > again.hours[1]


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_finds_the_same_plan(found: StaffingPlan) -> None:
    distributed = pytest.importorskip("distributed")
    with (distributed.LocalCluster(n_workers=1, processes=False, threads_per_worker=1, dashboard_address=None) as there,
          executor(1, there.scheduler_address) as where):
        other = plan(FLOOR, found.targets, shifts="free", replications=30, where=where)
    assert dump_scenario(other.proposed) == dump_scenario(found.proposed)
    assert other.reached(found.targets[0]) == found.reached(found.targets[0])


def test_give_ups_are_kept_below_a_limit() -> None:
    told = plan(FLOOR, read_targets(["abandonment_rate<=4%"], FLOOR), shifts="free", replications=20, jobs=1)
    assert told.met
    people = told.teams[0].on_duty
    assert people.argmax() == 9
    assert told.hours[1] <= 20.0


def test_new_hires_stand_in_both_plans() -> None:
    data = FLOOR.model_dump()
    data["hire"] = {"spring": {"team": "desk", "people": 2, "joins": 9 * HOUR, "trained": HOUR}}
    helped = type(FLOOR).model_validate(data)
    told = plan(helped, read_targets(["service_level>=80%"], helped), shifts="free", replications=10, jobs=1)
    team = told.teams[0]
    assert team.today[8:12].tolist() == [4.0, 6.0, 6.0, 6.0]
    # Three hours on duty and one in training, both of them; the plan has two people fewer then.
    assert (team.hours_today, team.hired_hours) == (24.0, 8.0)
    assert team.hours == pytest.approx(8.0 + sum(tour.hours * count for tour, count in team.people.items()))
    assert team.on_duty[9] - 2.0 == sum(count for tour, count in team.people.items() if tour.duty[9])
    assert told.outcome.mean(lambda sample: sample.paid)[0] == pytest.approx(team.hours, abs=0.5)
