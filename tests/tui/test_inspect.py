"""The inspector: a conversation followed on the screen, and `flightdesk inspect`."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from core.errors import InterventionError
from core.records import Outcome
from core.scenario_file import dump_scenario
from core.units import HOUR
from sim.feed import Happening
from sim.floor import Floor
from sim.people import People
from tests.fake_floor import scenario
from tests.tui.test_live_screen import START, desk
from tui.commands import inspect
from tui.widgets.feed import FeedPanel
from tui.widgets.inspector import Inspector
from tui.widgets.teams import Teams


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "desk.toml"
    path.write_text(dump_scenario(scenario(length=11 * HOUR, incident={})), encoding="utf-8")
    return path


def test_the_case_says_what_the_records_say() -> None:
    floor = Floor(scenario(team={"frontline": {"agents": 3}, "engineers": {"agents": 2}}), seed=3)
    floor.advance(10 * HOUR)
    rows, people = floor.records(), People(3)
    seen = set()
    for need in np.unique(rows.need)[-300:].tolist():
        case = floor.case(need, people)
        mine = rows.where(rows.need == need)
        assert [contact.number for contact in case.contacts] == mine.contact.tolist()
        assert case.open == bool(mine.outcome[-1] == Outcome.OPEN)
        for contact, outcome, handle in zip(case.contacts, mine.outcome.tolist(), mine.handle.tolist(), strict=True):
            assert contact.outcome == (None if outcome == Outcome.OPEN else Outcome(outcome).name.lower())
            assert contact.handle == handle
            assert [step.at for step in contact.steps] == sorted(step.at for step in contact.steps)
            seen.add(contact.outcome)
            if contact.likely is not None:
                score = 2.1 + sum(effect for _, effect in contact.drivers)
                assert contact.likely == pytest.approx(1 / (1 + np.exp(-score)))
    assert {"closed", "bot_resolved", None} <= seen
    with pytest.raises(InterventionError, match="no such need"):
        floor.case(10**9, people)


async def test_a_customer_in_a_queue_is_followed_while_time_goes_on() -> None:
    async with desk() as live:
        live.screen.query_one(Teams).focus()
        await live.pilot.pause()
        await live.press("enter")
        assert "Conversation 7: Marta [b]Kim, Acme" in live.text(Inspector)
        assert "topic billing" in live.text(Inspector)
        assert "1m54s" in live.text(Inspector)
        await live.play(0.8)
        assert "2m" in live.text(Inspector)
        await live.press("6")
        assert live.screen.query_one(FeedPanel).display
        assert not live.screen.query_one(Inspector).display


async def test_a_happening_leads_to_the_conversation_it_speaks_of() -> None:
    async with desk((80, 24)) as live:
        live.session._feed.add(Happening(START - 60.0, "late", "frontline is late: Marta has waited for 2 min", 7))
        live.session._feed.add(Happening(START, "in_time", "frontline is back in time"))
        await live.play(0.5)
        await live.press("6")
        assert live.screen.query_one(FeedPanel).size.height > 15, "it fills the screen where it has no place"
        await live.press("enter")
        assert live.app.focused is live.screen.query_one(FeedPanel), "the latest speaks of nobody"
        at = next(at for at, happening in enumerate(live.session.view().happenings) if happening.need == 7)
        await live.press(*["down"] * at, "enter")
        assert "Conversation 7" in live.text(Inspector)
        await live.press("escape")
        assert live.screen.query_one(Teams).display


def test_on_the_command_line(file: Path) -> None:
    result = CliRunner().invoke(inspect.command, [str(file), "--time", "Mon 09:30", "--set", "team.frontline.extra=-9"])
    assert result.exit_code == 0, result.output
    first = result.stdout.splitlines()
    assert first[0].startswith("Who waits at Mon 09:30: ")
    need = first[2].split()[1]
    told = CliRunner().invoke(inspect.command, [str(file), "--need", need, "--set", "team.frontline.extra=-9"])
    assert told.exit_code == 0, told.output
    assert told.stdout.startswith(f"Conversation {need}: ")
    assert "frontline" in told.stdout
    data = json.loads(CliRunner().invoke(inspect.command, [str(file), "--need", need, "--json"]).stdout)
    assert data["need"] == int(need)
    assert data["about"]["segment"] == "everyone"
    assert CliRunner().invoke(inspect.command, [str(file), "--need", "99999999"]).exit_code != 0
