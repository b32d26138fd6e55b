"""What the whole funnel costs: the full B2B floor beside the same floor with people alone, in one run.

The plain floor has the same demand, handle times, channels and shifts; every other mechanism stands at its neutral
setting, so that the engine takes its quick path.
"""

from __future__ import annotations

import statistics
from time import process_time
from typing import Any

from core.scenario import Scenario
from core.scenario_file import load_scenario
from sim.floor import Floor

FULL = "b2b-saas"
KEPT = {"title", "length", "warm_up", "demand", "profile", "topic", "segment", "channel", "shift", "team", "follow_up",
        "service_level", "office_hours", "satisfaction"}
"""Parts of the scenario that the plain floor shares."""
ALONE: dict[str, dict[str, Any]] = {
    "topic": {"difficulty": (0.0, 0.0), "stretch": 0.0, "urgent": 0.0, "told": 1.0, "keywords": {}, "attributes": {},
              "teams": (), "knowledge": 1.0},
    "team": {"levels": {}, "skill_spread": 0.0, "escalates_to": None, "languages": (), "pause_after_harsh": 0.0},
}
"""Fields of those parts that stand at their neutral setting."""


def people_alone(full: Scenario) -> Scenario:
    """The scenario without anything but people: what arises goes to the first team whose topics it is."""
    kept: dict[str, Any] = {name: getattr(full, name) for name in KEPT}
    for table, neutral in ALONE.items():
        kept[table] = {name: part.model_copy(update=neutral) for name, part in kept[table].items()}
    kept["route"] = tuple(route for route in full.route
                          if not (route.keywords or route.attributes or route.languages or route.newer_than))
    return Scenario(**kept)


def cost(scenario: Scenario, replication: int) -> float:
    """CPU seconds for each conversation of one run."""
    start = process_time()
    floor = Floor(scenario, replication=replication, keep_records=False)
    floor.advance(scenario.length)
    conversations = floor.measures()["conversations"]
    assert conversations
    return (process_time() - start) / conversations


def race(rounds: int) -> dict[str, Any]:
    """Both floors in turn, so that a machine that slows down half way slows both."""
    full = load_scenario(FULL)
    plain = people_alone(full)
    costs = [(cost(full, number), cost(plain, number)) for number in range(rounds + 1)][1:]
    return {"schema": 1, "scenario": FULL, "rounds": rounds,
            "microseconds": {"full": round(statistics.median(a for a, _ in costs) * 1e6, 1),
                             "people_alone": round(statistics.median(b for _, b in costs) * 1e6, 1)},
            "full_costs_times": round(statistics.median(a / b for a, b in costs), 2)}


def show(figures: dict[str, Any]) -> None:
    """The figures as text."""
    cost = figures["microseconds"]
    print(f"{figures['scenario']}, {figures['rounds']} rounds: {cost['full']} µs a conversation with the whole funnel, "
          f"{cost['people_alone']} with people alone: {figures['full_costs_times']} times as much")
