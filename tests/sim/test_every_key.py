"""A scenario file cannot name a mechanism that the engine does not have: every key changes the run, or says why not."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.errors import InterventionError
from core.interventions import Intervention, keys, with_value
from core.scenario import Scenario
from core.scenario_file import load_scenario
from sim.floor import Floor

SCENARIO = load_scenario(str(Path(__file__).with_name("every_mechanism.toml")))

INERT = {
    "service_level.target": "a verdict, not a cause",
    "profile.day.all": "the day has lists for weekdays and for weekends",
    **dict.fromkeys(("office_hours.weekend", "profile.day.weekend", "profile.night.weekend"),
                    "the run is over by Wednesday"),
    "channel.email.silent": "its customers never give up", "channel.email.silent_check": "its customers never give up",
    "team.pool.slowdown": "one conversation at a time", "team.pool.selection": "one person",
    "team.pool.shrinkage.spell": "nobody is away",
    **{f"satisfaction.{key}": "nobody meets with it on this floor" for key in (
        "transfers", "sent_back", "wanted_person", "foreign", "mood", "skill", "tone", "upset_tone", "callback_wait")},
    **{f"channel.{name}.{key}": "for email" for name in ("phone", "chat")
       for key in ("touches", "customer_delay", "customer_delay.mean")},
    **{f"route.2.{key}": "the last rule; whom it does not match joins the same team, the first"
       for key in ("topics", "segments", "channels")},
    **{f"profile.{name}.{day}": "the run is over by Wednesday" for name in ("day", "night")
       for day in ("thu", "fri", "sat", "sun")},
}
"""Keys that must not change this run, and why."""

STRUCTURE = {"demand.rate", "profile.day.every", "profile.night.every", "route.1.segments", "team.front.agents",
             "team.front.schedule", "team.engineers.agents", "team.pool.schedule"}
"""Keys that take no other value alone, tested by name below or in the scenario's own tests."""

VALUES = ("2", "1", "3", "0", "50%", "20%", "0.3", "7m", "90s", "3h", "02:00", "15:00", "Mon 11:00", "round_robin",
          "balanced", '{law="exponential", mean="3m"}', '["api"]', '["login", "api"]', '["vip"]', '["chat"]',
          '["Mon", "Tue"]', '["Mon"]', "api",
          "login", "front", "engineers", "pool", "night", "day", "email", "chat", "call",
          "false", "12", "-1", str([1 + hour % 9 for hour in range(24)]), "none", "[0.1, 0.2, 0.3, 0.4, 0.5]",
          "[-3.0, -2.0, -1.0]")


def outcome(scenario: Scenario) -> tuple[object, ...]:
    """All that a run can come to, to the last digit."""
    floor = Floor(scenario, seed=1)
    floor.advance(scenario.length)
    rows = floor.records()
    return tuple(floor.measures().values()), *(values.tobytes() for _, values in rows.columns())


BASE = outcome(SCENARIO)
NAMES = [key.name for key in keys(SCENARIO)]


@pytest.mark.parametrize("room", sorted({name.split(".")[0] for name in NAMES}))
def test_every_key_changes_the_run(room: str) -> None:
    silent = []
    for name in NAMES:
        if name.split(".")[0] != room or name in STRUCTURE:
            continue
        tried = variants(name)
        assert tried, f"{name} takes none of the values"
        if any(outcome(variant) != BASE for variant in tried) == (name in INERT):
            silent.append(name)
    assert not silent, f"these do not do what they should: {silent}"


def variants(name: str) -> list[Scenario]:
    """The scenario with a few other values of a key."""
    found = []
    for value in VALUES:
        try:
            variant = with_value(SCENARIO, name, value)
        except InterventionError:
            continue
        if variant != SCENARIO:
            found.append(variant)
    return found[:2 if name in INERT else 5]


def test_the_rate_changes_the_run() -> None:
    assert outcome(with_value(SCENARIO, "demand.rate", "66/h")) != BASE


@pytest.mark.parametrize(("key", "value"), [
    ("demand.level", "150%"), ("demand.rate", "90/h"), ("topic.login.share", "9"), ("bot.coverage", "90%"),
    ("bot.exit_after", "0"), ("self_serve.finds", "60%"), ("proactive.reach", "90%"),
    ("channel.chat.patience.mean", "20s"),
    ("channel.phone.leaves_at_once", "90%"),
    ("team.front.extra", "-4"), ("team.front.shifts.early", "9"),
    ("team.front.concurrency", "1"), ("team.front.slowdown", "90%"), ("team.engineers.selection", "balanced"),
    ("topic.billing.handle_time.mean", "20m"), ("topic.billing.first_contact_resolution", "10%"),
    ("follow_up.reopen", "0%"),
    ("team.front.overflow.engineers", "0s"), ("incident.outage.factor", "6"), ("team.front.shrinkage.away", "40%")])
def test_a_change_while_it_runs_changes_what_follows_and_nothing_before(key: str, value: str) -> None:
    at = 93_600.0  # Tuesday 02:00
    changed, plain = (Floor(SCENARIO, 1, interventions=those) for those in ([Intervention(at, key, value)], []))
    for floor in (changed, plain):
        floor.advance(at - 1.0)
    for (name, ours), (_, theirs) in zip(changed.records().columns(), plain.records().columns(), strict=True):
        assert np.array_equal(ours, theirs, equal_nan=ours.dtype.kind == "f"), f"{name} differs before the change"
    for floor in (changed, plain):
        floor.advance(SCENARIO.length)
    assert changed.measures() != plain.measures()
