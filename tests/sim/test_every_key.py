"""A scenario file cannot name a mechanism that the engine does not have: every key changes the run, or says why not."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from core.errors import InterventionError
from core.interventions import Intervention, Key, keys, with_value
from core.scenario import Scenario
from core.scenario_file import load_scenario
from core.units import (
    HOUR,
    write_fraction,
    write_moment,
    write_multiple,
    write_number,
    write_per_second,
    write_seconds,
    write_time_of_day,
    write_weight,
)
from sim.floor import Floor
from tests.sim.floors import scenario as small

SCENARIO = load_scenario(str(Path(__file__).with_name("every_mechanism.toml")))

_ALONE = ("silent", "silent_check")
_MAIL = ("touches", "customer_delay", "customer_delay.mean")
_SKILLED = ("resolution_factor", "skill_spread", "escalates_to", "escalate_after", "languages", "foreign_factor",
            "pause_after_harsh", "open_limit")
_AT_THE_END = ("shortest", "coaching_below", "coaching_time", "coaching_gain", "coaching_limit")

INERT = {
    "service_level.target": "a verdict, not a cause",
    "profile.day.all": "the day has lists for weekdays and for weekends",
    **dict.fromkeys(("office_hours.weekend", "profile.day.weekend", "profile.night.weekend",
                     *(f"profile.{name}.{day}" for name in ("day", "night") for day in ("thu", "fri", "sat", "sun"))),
                    "the run is over by Wednesday night"),
    **dict.fromkeys((f"channel.email.{key}" for key in _ALONE), "its customers never give up"),
    **dict.fromkeys((f"channel.{name}.{key}" for name in ("phone", "chat") for key in _MAIL), "for email"),
    **dict.fromkeys((f"channel.{name}.stays_away" for name in ("phone", "chat", "email")), "for closed channels"),
    **dict.fromkeys((f"channel.fax.{key}" for key in ("kind", "patience", "leaves_at_once", *_ALONE, *_MAIL)),
                    "nobody comes this way"),
    **dict.fromkeys((f"language.{name}.locale" for name in SCENARIO.language),
                    "names and messages, made when looked at"),
    **dict.fromkeys((f"incident.calm.{key}" for key in ("notice_after", "notice_reach", "notice_effect")),
                    "it adds no needs"),
    "level.senior.beyond": "what is beyond seniors goes up, or to the end of the queue: they are in front",
    **dict.fromkeys(("team.engineers.cost_per_hour",), "its levels name what they cost"),
    "team.pool.levels.junior": "the only level there",
    **dict.fromkeys((f"team.{name}.escalate_after" for name in ("engineers", "pool", "managers")), "nothing goes up"),
    **dict.fromkeys((f"team.{name}.foreign_factor" for name in ("engineers", "pool", "managers")),
                    "its people speak both languages"),
    **dict.fromkeys((f"team.{name}.slowdown" for name in ("pool", "managers")), "one conversation at a time"),
    **dict.fromkeys((f"team.{name}.selection" for name in ("pool", "sorting", "managers")), "one person"),
    "team.pool.shrinkage.spell": "nobody is away",
    **dict.fromkeys((f"team.sorting.{key}" for key in _SKILLED), "it sorts, and settles nothing"),
    **dict.fromkeys((f"quality.{key}" for key in _AT_THE_END), "the run is over before the week: see below"),
}
"""Keys that must not change this run, and why."""

STRUCTURE = {"demand.rate", "profile.day.every", "profile.night.every", "team.front.agents",
             "team.front.schedule", "team.engineers.agents", "team.pool.schedule", "team.sorting.schedule",
             "team.managers.schedule"}
"""Keys that take no other value alone, tested by name below or in the scenario's own tests."""

QUANTITIES = {
    write_seconds: ("7m", "5d", "90s", "3h"), write_fraction: ("0%", "50%", "100%", "20%"),
    write_multiple: ("150%", "50%", "30%"), write_weight: ("2", "50%", "5"), write_number: ("0.3", "2"),
    write_per_second: ("30/h",), write_moment: ("Mon 11:00", "Tue 15:00"), write_time_of_day: ("02:00", "15:00"),
}
"""Other values by how a quantity is written."""
LAWS = ('{ law = "exponential", mean = "3m" }', '"1h"')
TEXTS = ("none", *SCENARIO.team, *SCENARIO.shift, *SCENARIO.level, *SCENARIO.profile, "ko_KR")
LISTS = ("[]", *(f'["{name}"]' for table in ("topic", "segment", "channel", "language", "team", "incident")
                 for name in getattr(SCENARIO, table)), '["invoice"]', '["Mon"]', '["Wed"]',
         str([1 + hour % 9 for hour in range(24)]), '["60%", "90%"]', "[0.1, 0.2, 0.3]", "[-3.0, -2.0, -1.0]",
         '["1d", "2d", "4d"]', "[0.1, 0.2, 0.3, 0.4, 0.5]", '["home"]')
PLAIN = ("2", "9", "1", "3", "0", "0.3", "1.5", "12", "-1", "true", "false", "{ home = 5, docs = 1 }")


def other_values(key: Key, scenario: Scenario = SCENARIO) -> Iterator[Scenario]:
    """The scenario with other values of a key, one by one."""
    slot = key.slot
    texts = (slot.choices or (QUANTITIES[slot.quantity.write] if slot.quantity else None)  # type: ignore[index]
             or (LAWS if slot.laws else TEXTS if slot.kind is str else LISTS if key.value.startswith("[") else PLAIN))
    for text in texts:
        try:
            other = with_value(scenario, key.name, text)
        except InterventionError:
            continue
        if other != scenario:
            yield other


SEED = 2
"""One in which some people leave and others come for them before the run is over."""
LOOKS = (*(hour * HOUR for hour in (9, 11, 14, 20, 34, 48, 60)), SCENARIO.length)
"""Times at which runs are compared (s): most differ early, and need not go on. The metrics are dear: twice."""


def seen(floor: Floor, until: float) -> list[object]:
    """All that the records and the metrics say by then, to the last digit."""
    floor.advance(until)
    metrics = floor.measures().values() if until >= LOOKS[-1] or until == LOOKS[2] else ()
    return [*(values.tobytes() for _, values in floor.records().columns()), *metrics]


@cache
def base() -> list[list[object]]:
    """What is seen of the run as it is."""
    floor = Floor(SCENARIO, SEED)
    return [seen(floor, until) for until in LOOKS]


def changes_the_run(scenario: Scenario) -> bool:
    """Whether any row or metric comes out otherwise."""
    floor = Floor(scenario, SEED)
    return any(seen(floor, min(until, scenario.length)) != before for until, before in zip(LOOKS, base(), strict=True))


KEYS = keys(SCENARIO)
ROOMS = sorted({key.name.split(".")[0] for key in KEYS})


@pytest.mark.parametrize("room", ROOMS)
def test_every_key_changes_the_run(room: str) -> None:
    asked = (key for key in KEYS if key.name.split(".")[0] == room and key.name not in STRUCTURE | INERT.keys())
    silent = [key.name for key in asked if not any(map(changes_the_run, other_values(key)))]
    assert not silent, f"these change nothing: {silent}"


def test_what_must_change_nothing_changes_nothing() -> None:
    """All such keys at once, and one by one only to say which."""
    others = [(key.name, next(other_values(key))) for key in KEYS if key.name in INERT]
    together = SCENARIO
    for key in KEYS:
        if key.name in INERT:
            together = next(other_values(key, together))
    if changes_the_run(together):
        wrong = [name for name, other in others if changes_the_run(other)]
        raise AssertionError(f"these change the run: {wrong or 'only all together'}")


@pytest.mark.parametrize("name", _AT_THE_END)
def test_reviews_change_the_second_week(name: str) -> None:
    reviewed = small(
        length="8d", demand={"rate": "10/h"}, topic={"all": {"handle_time": {"law": "exponential", "mean": "5m"}}},
        quality={"reviews": 5, "shortest": "4m", "coaching_below": "85%", "coaching_gain": 0.2},
        team={"all": {"agents": 4, "skill_spread": 1}})
    key = next(key for key in keys(reviewed) if key.name == f"quality.{name}")
    assert any(seen(Floor(other), other.length) != seen(Floor(reviewed), other.length)
               for other in other_values(key, reviewed))


def test_no_list_names_a_key_that_is_gone() -> None:
    assert {key.name for key in KEYS} >= STRUCTURE | INERT.keys()


def test_the_rate_changes_the_run() -> None:
    assert changes_the_run(with_value(SCENARIO, "demand.rate", "66/h"))


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
