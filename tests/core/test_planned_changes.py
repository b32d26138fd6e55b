"""Changes that a scenario file makes itself on the way: as `--at` would make them, and what is said of wrong ones."""

from __future__ import annotations

import pytest

from core.interventions import Intervention, keys, planned, with_value
from core.scenario_file import dump_scenario, examine, read_scenario
from core.units import DAY, HOUR
from sim.floor import Floor
from sim.live import LiveSession
from tests.fake_floor import FakeFloor

PLAIN = """\
length = "1d"

[demand]
rate = "40/h"

[topic.any]
handle_time = "4m"

[team.front]
agents = 3
"""
CHANGED = PLAIN + """
[[intervention]]
at = "Mon 12:00"
key = "team.front.extra"
value = 2

[[intervention]]
at = "Mon 09:00:30"
key = "topic.any.handle_time"
value = { law = "exponential", mean = "5m" }
"""


def test_the_run_is_that_of_the_same_changes_made_from_outside() -> None:
    outside = (Intervention(9 * HOUR + 30, "topic.any.handle_time", '{ law = "exponential", mean = "5m" }'),
               Intervention(12 * HOUR, "team.front.extra", "2"))
    inside = read_scenario(CHANGED)
    assert planned(inside) == outside
    plain, runs = read_scenario(PLAIN), []
    for floor in (Floor(inside, 3), Floor(plain, 3, interventions=outside), Floor(plain, 3)):
        floor.advance(DAY)
        runs.append(floor.measures())
    assert runs[0] == runs[1] != runs[2]


def test_on_a_live_floor_they_are_changes_and_the_twin_goes_without() -> None:
    floors: list[FakeFloor] = []

    def make(*given: object) -> FakeFloor:
        floors.append(FakeFloor(*given))  # type: ignore[arg-type]
        return floors[-1]

    session = LiveSession(read_scenario(CHANGED), start=0.0, make_floor=make)
    assert [change.key for change in session.interventions] == ["topic.any.handle_time", "team.front.extra"]
    assert [len(floor.interventions) for floor in floors] == [2, 0]
    assert all(not floor.scenario.intervention for floor in floors), "or they would be made twice"


def test_they_are_written_back_as_texts() -> None:
    scenario = read_scenario(CHANGED)
    text = dump_scenario(scenario)
    assert 'at = "Mon 12:00"\nkey = "team.front.extra"\nvalue = "2"\n' in text
    assert read_scenario(text) == scenario


def test_no_change_changes_a_change() -> None:
    scenario = read_scenario(CHANGED)
    assert not any(key.name.startswith("intervention") for key in keys(scenario))
    with pytest.raises(Exception, match=r"intervention\.0\.value: unknown key"):
        with_value(scenario, "intervention.0.value", "3")


WRONG = PLAIN.replace("agents = 3", "agnts = 3") + """
[[intervention]]
at = "Mon 09:30"
key = "team.frnt.extra"
value = 2
[[intervention]]
at = "Tue 09:30"
key = "bot.coverage"
value = 45
[[intervention]]
at = "Mon"
key = "bot.coverage"
value = "45%"
[[intervention]]
at = "Mon 08:00"
ky = "bot.coverage"
value = "45%"
[[intervention]]
at = "Mon 09:31"
key = "team"
value = [1, 2]
[[intervention]]
at = "Mon 09:32"
key = "team.front.extra"
value = 1
"""


def test_every_wrong_one_is_said_with_its_line_beside_other_problems() -> None:
    said = [(problem.line, f"{problem.key}: {problem.what}"[:80]) for problem in examine(WRONG).problems]
    assert said == [
        (10, "team.front.agnts: unknown key"),
        (14, 'intervention.0.key: team.frnt.extra: unknown key; did you mean "team.front.extra'),
        (17, 'intervention.1.at: must be before the end of the run, "Tue 00:00"'),
        (19, 'intervention.1.value: bot.coverage: a share is wanted, such as "35%" or 0.35, gi'),
        (21, 'intervention.2.at: a moment is wanted, such as "Mon 09:00" or "week 2 Tue 10:30"'),
        (24, "intervention.3.key: is required"),
        (26, "intervention.3.ky: unknown key"),
        (30, "intervention.4.key: team: is a table; a change names one of its keys: team.front"),
    ]
