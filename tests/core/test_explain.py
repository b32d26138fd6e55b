"""Everything that has a name is explained, from the registry, the model and the glossary themselves."""

from __future__ import annotations

import pytest

from core import sources
from core.errors import UnknownNameError
from core.explain import Entry, default_of, explain, key_patterns, names
from core.interventions import keys
from core.metrics import METRICS
from core.moves import MOVES, moved_by
from core.records import Records
from core.scenario import Scenario
from core.scenario.part import Part
from core.scenario_file import load_scenario
from core.scenario_keys import Slot, pattern_of, slot_at, tables

SCENARIO = load_scenario("b2b-saas")


def one(text: str, kind: str, scenario: Scenario | None = None) -> Entry:
    (entry,) = [entry for entry in explain(text, scenario) if entry.kind == kind]
    return entry


@pytest.mark.parametrize("kind", names())
def test_everything_that_is_listed_is_explained(kind: str) -> None:
    for name in names()[kind]:
        assert any(entry.kind == kind and entry.text for entry in explain(name)), name


def test_a_metric_tells_formula_unit_direction_what_moves_it_and_its_source() -> None:
    for name, metric in METRICS.items():
        facts = one(name, "metric").facts
        assert facts["formula"] == metric.formula
        assert {"unit", "estimated as", "better", "moved by", "source"} <= set(facts), name


def test_a_metric_by_its_title_and_a_word_by_its_spelling() -> None:
    assert one("p90 FRT", "metric").name == "frt_p90"
    assert one("Frt P90", "metric").name == "frt_p90"
    assert one("first response time", "word").name == "FRT"


def test_a_key_tells_what_it_takes_its_default_and_its_value_here() -> None:
    entry = one("bot.exit_after", "key", SCENARIO)
    assert entry.facts["takes"] == "a whole number, between 0 and 20"
    assert entry.facts["default"] == "1"
    assert entry.facts["here"] == (f"bot.exit_after = {SCENARIO.bot.exit_after}",)
    assert "csat" in entry.facts["moves"]
    assert "here" not in one("bot.exit_after", "key").facts


def test_a_key_of_many_tables_shows_all_of_them() -> None:
    teams = tuple(f"team.{name}.extra = 0" for name in SCENARIO.team)
    for text in ("extra", "team.extra", "team.*.extra", "team.NAME.extra"):
        entry = one(text, "key", SCENARIO)
        assert (entry.name, entry.facts["here"]) == ("team.*.extra", teams)
    name = next(iter(SCENARIO.team))
    assert one(f"team.{name}.extra", "key", SCENARIO).facts["here"] == teams[:1]


def test_keys_of_a_scenario_are_explained_with_their_values() -> None:
    for key in keys(SCENARIO)[::13]:
        assert f"{key.name} = {key.value}" in one(key.name, "key", SCENARIO).facts["here"]


def test_a_parameter_of_a_law_is_found_with_and_without_a_scenario() -> None:
    assert one("topic.*.handle_time.cv", "key").facts["default"] == "1"
    assert one("topic.api.handle_time.mean", "key", SCENARIO).text == "Mean time."


def test_a_table_lists_its_keys_and_its_names() -> None:
    entry = one("team", "table", SCENARIO)
    assert set(entry.facts["keys"]) == {*type(next(iter(SCENARIO.team.values()))).model_fields}
    assert entry.facts["here"] == tuple(SCENARIO.team)
    assert f"bot.exit_after = {SCENARIO.bot.exit_after}" in one("bot", "table", SCENARIO).facts["here"]
    name = next(iter(SCENARIO.team))
    here = one(f"team.{name}.shrinkage", "table", SCENARIO).facts["here"]
    assert [value.split(" = ")[0] for value in here] == [f"team.{name}.shrinkage.{key}" for key in (
        "absent", "away", "spell")]
    assert one("team.*.shrinkage", "table").name == "team.*.shrinkage"


@pytest.mark.parametrize(("text", "nearest"), [
    ("occupansy", "occupancy"), ("frt_p9", "frt_p90"), ("bot.exit_aftr", "bot.exit_after"), ("shrinkag", "shrinkage")])
def test_a_wrong_name_gets_the_nearest(text: str, nearest: str) -> None:
    with pytest.raises(UnknownNameError, match="did you mean") as caught:
        explain(text)
    assert f'"{nearest}"' in str(caught.value)


def test_with_a_scenario_a_name_must_be_in_it() -> None:
    with pytest.raises(UnknownNameError, match=r'did you mean "team\.frontline\.extra"'):
        explain("team.frontlin.extra", SCENARIO)


def test_a_name_is_repeated_without_what_a_terminal_would_act_on() -> None:
    with pytest.raises(UnknownNameError) as caught:
        explain("\x1b[31mzzzz")
    assert str(caught.value).isprintable()


def test_sources_and_moves_speak_of_what_there_is() -> None:
    assert [name for name in sources.METRICS if name not in METRICS] == []
    assert [name for name, metric in METRICS.items() if not metric.source] == []
    for key in (*MOVES, *sources.KEYS, *sources.GUESSED):
        assert slot_at(tuple(key.replace("*", "0").split("."))) is not None, key
    assert {metric for moved in MOVES.values() for metric in moved} <= set(METRICS)
    assert moved_by("satisfaction.respond") == MOVES["satisfaction.respond"]
    assert moved_by("satisfaction.wait") == MOVES["satisfaction"]


def test_patterns() -> None:
    assert pattern_of(("team", "frontline", "extra")) == "team.*.extra"
    assert pattern_of(("route", "0", "priority")) == "route.*.priority"
    assert pattern_of(("shift", "day", "breaks", "0", "start")) == "shift.*.breaks.*.start"
    assert {pattern_of(tuple(key.name.split(".")), SCENARIO) for key in keys(SCENARIO)} >= {"bot.coverage"}
    assert all(default_of(slot) for slot in key_patterns().values())


def test_the_columns_are_those_of_the_records() -> None:
    assert names()["column"] == list(Records.__dataclass_fields__)


class Skill(Part):
    """What a person can."""

    level: int = 1
    """How well."""


class Crew(Part):
    """People of any depth."""

    lead: Skill = Skill()
    """One."""
    spare: Skill | None = None
    """One or none."""
    desks: tuple[Skill, ...] = ()
    """A list."""
    halls: dict[str, dict[str, Skill]] = {}
    """Names in names."""
    rota: dict[str, tuple[Skill, ...]] = {}
    """Lists by name."""
    weights: dict[str, dict[str, float]] = {}
    """No tables: values."""


def test_tables_of_any_depth_are_found() -> None:
    found = [path for path, _ in tables(Slot(Crew), ("crew",))]
    assert found == [("crew",), ("crew", "lead"), ("crew", "spare"), ("crew", "desks", 0), ("crew", "halls", "*", "*"),
                     ("crew", "rota", "*", 0)]
