"""What is written is read back equal, whatever the scenario."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from core.interventions import keys, with_value
from core.scenario import Scenario
from core.scenario_file import dump_scenario, examine, read_scenario
from tests.strategies import scenarios


@given(scenarios())
def test_load_write_load_is_equal(scenario: Scenario) -> None:
    text = dump_scenario(scenario)
    reading = examine(text)
    assert reading.problems == (), "\n".join(problem.text("drawn") for problem in reading.problems)
    assert reading.scenario == scenario
    assert dump_scenario(read_scenario(text)) == text


LONG = """\
[demand]
rate = "12/h"
profile = "hours"
[profile.hours]
all = [0, 0, 0, 0, 0, 0, 0, 0, 1.125, 2.25, 2.375, 2.5, 2.25, 2, 1.875, 1.75, 1.5, 1, 0.5, 0.25, 0, 0, 0, 0]
[topic.any]
handle_time = { law = "table", quantiles = ["1s", "20s", "45s", "1m", "1m10s", "1m30s", "2m", "3m", "4m30s", "9m"] }
[team.all]
agents = 3
"""


def test_long_lists_and_texts_stay_on_lines_of_reasonable_length() -> None:
    scenario = read_scenario(LONG).model_copy(update={"story": "A floor of three people. " * 20 + "\n\ttabs, too"})
    text = dump_scenario(scenario, {"team.all": "People " * 40})
    assert max(map(len, text.splitlines())) <= 100
    assert read_scenario(text) == scenario


def test_comments_stand_above_what_they_speak_of() -> None:
    text = dump_scenario(read_scenario(LONG), {"": "From a test.", "topic": "Reasons", "team.all": "Inferred.",
                                               "team.all.agents": "Guessed.", "demand.level": "Turn this."})
    assert text.startswith("# From a test.\n")
    for lines in ("# Inferred.\n[team.all]\n# Guessed.\nagents = 3", '# Turn this.\nlevel = "100%"', "# Reasons\n"):
        assert lines in text


def test_only_what_differs_from_the_defaults_is_written() -> None:
    text = '[demand]\nrate = "12/h"\n\n[topic.any]\nhandle_time = "4m"\n\n[team.all]\nagents = 3\n'
    assert dump_scenario(read_scenario(text)) == text


@settings(max_examples=25)
@given(scenarios(), st.integers(0, 7))
def test_every_key_takes_its_own_value(scenario: Scenario, first: int) -> None:
    """Each try checks the whole scenario, which is dear: an eighth of the keys, another one each time."""
    for key in keys(scenario)[first::8]:
        assert with_value(scenario, key.name, key.value) == scenario, key.name
