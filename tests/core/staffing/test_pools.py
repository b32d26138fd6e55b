"""Pools: who counts together, and that the program staffs what overflows as the one queue that it is."""

from __future__ import annotations

import numpy as np
import pytest

from core.queueing import ErlangA, agents_needed
from core.scenario import Scenario
from core.scenario_file import read_scenario
from core.staffing.grid import Grid, hired
from core.staffing.loads import TeamLoad
from core.staffing.pools import Pool, inside, pools
from core.staffing.proposals import Proposals
from core.staffing.targets import read_targets
from core.staffing.tours import Rules

FLOOR = """
length = "24h"
[demand]
rate = "60/h"
[topic]
a.handle_time = "4m"
b.handle_time = "4m"
c.handle_time = "4m"
[channel.phone]
patience = "5m"
[[route]]
topics = ["a"]
team = "a"
[[route]]
topics = ["b"]
team = "b"
[[route]]
topics = ["c"]
team = "c"
[team.a]
agents = 5
cost_per_hour = 20
{a}
[team.b]
agents = 5
cost_per_hour = 20
{b}
[team.c]
agents = 5
cost_per_hour = 20
"""


def floor(a: str = "", b: str = "") -> Scenario:
    return read_scenario(FLOOR.format(a=a, b=b))


def test_teams_without_overflow_are_on_their_own() -> None:
    assert pools(floor(), "abc", 60.0) == [Pool((name,), (name,)) for name in "abc"]


def test_a_chain_is_a_pool_in_a_pool() -> None:
    chain = floor('overflow = { b = "0s", c = "0s" }', 'overflow = { c = "0s" }')
    found = pools(chain, "abc", 60.0)
    assert found == [Pool(("c",), ("c",)), Pool(("b", "c"), ("b", "c")), Pool(("a", "b", "c"), ("a", "b", "c"))]
    assert inside(found[2], found) == [found[1]]


def test_who_takes_over_too_late_is_of_no_help() -> None:
    late = floor('overflow = { b = "2m" }')
    assert Pool(("a", "b"), ("a", "b")) in pools(late, "abc", 180.0)
    assert pools(late, "abc", 120.0) == pools(floor(), "abc", 120.0)


@pytest.mark.parametrize("target", ["service_level>=80%", "abandonment_rate<=3%"])
def test_a_pool_is_staffed_as_one_queue(target: str) -> None:
    """Three queues of 20 calls an hour that all may take: as Erlang A asks for 60, not three times for 20."""
    every = '{ %s = "0s", %s = "0s" }'
    shared = floor(f"overflow = {every % ('b', 'c')}", f"overflow = {every % ('a', 'c')}")
    team = shared.team["c"].model_copy(update={"overflow": {"a": 0.0, "b": 0.0}})
    shared = shared.model_copy(update={"team": {**shared.team, "c": team}})
    needed = {}
    for name, scenario in (("shared", shared), ("apart", floor())):
        proposals = Proposals(scenario, (), Rules(), "free", Grid(1, 3600.0))
        proposals.targets = read_targets([target], scenario)
        calls = np.full(24, 20.0)
        nothing = np.zeros(24)
        proposals.loads = {team: TeamLoad(calls, calls * 240.0, nothing, nothing, 300.0, 0.0, 1, 0.0, 0.0)
                           for team in "abc"}
        counts = proposals.propose(0.0)
        assert counts is not None
        # From the second hour on the load is settled.
        needed[name] = sum(counts[team][12] for team in "abc")

    def enough(rate: float, people: int) -> bool:
        queue = ErlangA(rate / 3600.0, 240.0, people, 300.0)
        return queue.service_level(20.0) >= 0.8 if target.startswith("service") else queue.abandonment_rate <= 0.03

    # Hours share what is asked for, so one hour may have one person less or more.
    assert needed["shared"] == pytest.approx(agents_needed(lambda people: enough(60.0, people)), abs=1)
    assert needed["apart"] == pytest.approx(3 * agents_needed(lambda people: enough(20.0, people)), abs=3)
    assert needed["shared"] < needed["apart"]


def test_new_hires_count_from_their_first_day() -> None:
    """Two people join on the first of two Wednesdays, trained for a day: days before count half."""
    scenario = read_scenario(FLOOR.format(a="", b="").replace("24h", "2w") + """
[shift.day]
days = ["Mon", "Tue", "Wed", "Thu", "Fri"]
start = "09:00"
end = "17:00"
[hire.spring]
team = "a"
people = 2
joins = "Wed 00:00"
trained = "1d"
shift = "day"
""")
    grid = Grid(7, 3600.0)
    on_duty, paid = hired(scenario, "a", grid, np.ones(len(grid)))
    assert [on_duty[day * 24 + 10] for day in range(7)] == [1.0, 1.0, 2.0, 2.0, 2.0, 0.0, 0.0]
    assert [paid[day * 24 + 10] for day in range(7)] == [1.0, 2.0, 2.0, 2.0, 2.0, 0.0, 0.0]
    assert not hired(scenario, "b", grid, np.ones(len(grid)))[0].any()
