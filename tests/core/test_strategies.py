"""Strategies: what they change, what they assume, and everything that is wrong with a user's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import ExperimentError
from core.scenario_file import dump_scenario, read_scenario
from core.strategies import DOCUMENTED, Strategy, apply, read_added, read_strategies

BARE = read_scenario('[demand]\nrate = "30/h"\n[topic.any]\n[team.desk]\nagents = 3\n')
BOT = read_scenario("""\
[demand]
rate = "30/h"
[topic.any]
[team.desk]
agents = 3
[bot]
coverage = "50%"
success = "40%"
exit_after = 3
cost_per_resolution = 1
""")


@pytest.mark.parametrize("strategy", DOCUMENTED, ids=lambda strategy: strategy.name)
@pytest.mark.parametrize("scenario", [BARE, BOT], ids=["without a bot", "with a bot"])
def test_every_documented_strategy_is_a_scenario_that_can_be_read_back(strategy: Strategy, scenario) -> None:  # type: ignore[no-untyped-def]
    applied = apply(strategy, scenario)
    assert applied.skipped == ()
    assert read_scenario(dump_scenario(applied.scenario)) == applied.scenario


def test_how_well_a_bot_works_is_the_scenarios_own_where_it_says_so() -> None:
    broad = next(one for one in DOCUMENTED if one.name == "broad, with exit")
    assert apply(broad, BOT).assumed == ()
    after = apply(broad, BOT).scenario.bot
    assert (after.coverage, after.success, after.exit_after, after.false_resolution) == (1.0, 0.4, 2, 0.0)
    assumed = dict(apply(broad, BARE).assumed)
    assert assumed["bot.success"] == "25%"
    assert apply(broad, BARE).scenario.bot.success == 0.25


def test_nobody_stays_in_a_bot_for_ever() -> None:
    loop = next(one for one in DOCUMENTED if one.name == "broad, without exit")
    after = apply(loop, BOT)
    assert after.scenario.bot.exit_after == 0
    assert after.scenario.bot.gives_up > 0
    assert ("bot.gives_up", "8%") in after.assumed


def test_keys_that_a_scenario_does_not_have_are_left_out_and_named() -> None:
    applied = apply(Strategy("new", "", (("bot.coverage", "20%"), ("bot.telepathy", "5%"))), BOT)
    assert applied.skipped == ("bot.telepathy",)
    assert applied.scenario.bot.coverage == 0.2


def test_a_users_own_on_the_command_line() -> None:
    (own,) = read_added(["more: bot.coverage=80%; bot.exit_after=1"], BOT)
    assert own.changes == (("bot.coverage", "80%"), ("bot.exit_after", "1"))
    with pytest.raises(ExperimentError) as error:
        read_added(["more bot.coverage=80%", "x: bot.covrage=80%; bot.success=140%", "y: nothing"], BOT)
    lines = str(error.value).splitlines()
    assert len(lines) == 4
    assert 'did you mean "bot.coverage"' in str(error.value)


def test_a_users_own_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text('[strategy.calm]\nwhy = "Less of it."\nset = { "bot.coverage" = "10%", bot.exit_after = 1 }\n')
    (calm,) = read_strategies(file, BOT)
    assert (calm.name, calm.why) == ("calm", "Less of it.")
    assert calm.changes == (("bot.coverage", "10%"), ("bot.exit_after", "1"))
    file.write_text('[strategy.a]\nst = 1\n[strategy.b]\nset = { "bot.coverage" = "300%" }\nwhy = 3\n[strat\n')
    with pytest.raises(ExperimentError, match="no TOML"):
        read_strategies(file, BOT)
    file.write_text('[strategy.a]\nst = 1\n[strategy.b]\nset = { "bot.coverage" = "300%" }\n[strategy.c]\nset = 1\n')
    with pytest.raises(ExperimentError) as error:
        read_strategies(file, BOT)
    said = str(error.value)
    assert 'st: unknown key; did you mean "set"?' in said
    assert "strategy.c: `set` is a table" in said
    assert "b: bot.coverage: must be between 0% and 100%" in said
