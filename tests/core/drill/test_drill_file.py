"""Drill files: what they say, every problem at once, each with its line."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest

from core import catalogue
from core.drill import shelf
from core.drill.drill import Level
from core.drill.file import DrillFile, examine_drill, is_drill, load_drill
from core.drill.floor import FloorDrill
from core.errors import ScenarioError

LEVELS = get_args(Level)

GOOD = """\
kind = "floor"
title = "A small outage"
number = 1
level = "beginner"
goals = ["to act"]
brief = "It breaks at nine."
scenario = "outage"
start = "Mon 08:30"
end = "Mon 10:00"

[set]
length = "1d"
warm_up = "8h"
team.support.extra = 1

[[incident]]
at = "Mon 09:00"
lasts = "30m"
changes = { demand.level = "x3" }
headline = "It broke"

[action.training]
title = "No training today"
changes = { "team.support.shrinkage.away" = "0%" }
delay = "5m"

[[goal]]
metric = "service_level"
worth = 10
per = "1%"

[[hint]]
text = "Training can wait."
cost = 5

[remember]
training = "Training can wait."
"""


def read(text: str, folder: Path) -> DrillFile:
    reading = examine_drill(text, folder / "drill.toml")
    assert reading.drill is not None, reading.problems
    return reading.drill


def problems(text: str, folder: Path) -> dict[str, tuple[int | None, str]]:
    """Line and text by key."""
    reading = examine_drill(text, folder / "drill.toml")
    assert reading.drill is None
    return {one.key: (one.line, one.text("f")) for one in reading.problems}


def test_a_drill_has_its_floor_with_what_it_sets(tmp_path: Path) -> None:
    one = read(GOOD, tmp_path)
    assert is_drill(GOOD)
    assert isinstance(one.drill, FloorDrill)
    assert one.scenario.team["support"].extra == 1
    assert one.drill.incident[0].changes == {"demand.level": "x3"}


def test_keys_with_quotes_and_without_are_the_same_exercise(tmp_path: Path) -> None:
    other = GOOD.replace("team.support.extra = 1", '"team.support.extra" = 1  # one more')
    assert read(GOOD, tmp_path).digest == read(other, tmp_path).digest
    assert read(GOOD, tmp_path).digest != read(GOOD.replace("x3", "x4"), tmp_path).digest


def test_every_problem_at_once_with_its_line(tmp_path: Path) -> None:
    wrong = problems(GOOD.replace('level = "beginner"', 'level = "beginer"').replace("worth = 10", "worht = 10")
                     .replace("extra = 1", "extr = 1").replace('delay = "5m"', "delay = 5")
                     .replace("training = ", "trainig = "), tmp_path)
    assert wrong["level"][0] == 4
    assert 'did you mean "beginner"?' in wrong["level"][1]
    assert wrong["set.team.support.extr"][0] == 14
    assert "team.support.extra" in wrong["set.team.support.extr"][1]
    assert wrong["goal.0.worht"] == (29, 'f:29: goal.0.worht: unknown key; did you mean "worth"?')
    assert wrong["action.training.delay"][0] == 25
    assert wrong["remember.trainig"][0] == 37


@pytest.mark.parametrize(("text", "key", "what"), [
    ("title = [", "syntax", "no TOML"),
    ('kind = "flor"', "kind", 'did you mean "floor"?'),
    (GOOD.replace('scenario = "outage"', 'scenario = "outrage"'), "scenario", 'did you mean "outage"?'),
    (GOOD.replace('kind = "floor"\n', ""), "kind", "is required"),
    (GOOD.replace("[[goal]]", "[[gaol]]"), "goal", "is required"),
    (GOOD.replace("[[hint]]", "[hint]"), "hint", "must be a list"),
])
def test_what_else_is_told(tmp_path: Path, text: str, key: str, what: str) -> None:
    assert what in problems(text, tmp_path)[key][1]


def test_a_scenario_beside_the_drill_with_its_own_problems(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text("[demand]\nrate = 5\n")
    wrong = problems(GOOD.replace('"outage"', '"mine.toml"'), tmp_path)
    assert "mine.toml:2: demand.rate" in wrong["scenario"][1]


def test_names_of_drills_are_not_those_of_scenarios() -> None:
    assert not set(shelf.names()) & set(catalogue.names())


def test_a_name_that_leads_nowhere() -> None:
    with pytest.raises(ScenarioError, match='did you mean "login-outage"'):
        load_drill("login-outtage")


@pytest.mark.parametrize("name", shelf.names())
def test_the_drills_that_come_along_are_fine(name: str) -> None:
    assert load_drill(name).name == name


def test_the_curriculum_has_no_holes_and_its_levels_rise() -> None:
    course = sorted((load_drill(name).drill for name in shelf.names()), key=lambda drill: drill.number)
    assert [drill.number for drill in course] == [*range(1, len(course) + 1)]
    levels = [LEVELS.index(drill.level) for drill in course]
    assert levels == sorted(levels)
    assert set(levels) == {*range(len(LEVELS))}


@pytest.mark.parametrize(("name", "key"), [
    ("login-outage", "incident.login-down.factor"), ("social-storm", "channel.social.share"),
    ("sick-shift", "team.support.extra"), ("bot-regression", "bot.false_resolution"),
    ("vip-escalation", "segment.key.share"), ("monday-mail", "demand.level"),
    ("holiday-rush", "incident.last-parcels.factor"), ("payment-down", "incident.provider-down.factor")])
def test_every_incident_that_support_dreads_has_its_drill(name: str, key: str) -> None:
    """Outage, storm in public, sick shift, bot regression, VIPs, Monday's mail, holiday peak, no payments."""
    file = load_drill(name)
    assert isinstance(file.drill, FloorDrill)
    by_script = {changed for incident in file.drill.incident for changed in incident.changes}
    here = by_script | {f"incident.{one}.factor" for one in file.scenario.incident}
    assert key in here
    assert any(incident.headline for incident in file.drill.incident), "nobody acts before they are told"
