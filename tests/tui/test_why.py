"""The waterfall on the screen, and `flightdesk why`."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from core.scenario_file import dump_scenario
from core.units import HOUR
from tests.fake_floor import scenario
from tests.tui.test_live_screen import desk
from tui.commands import why
from tui.widgets.inspector import Inspector
from tui.widgets.why import WhyPanel, waterfall


def test_each_bar_begins_where_the_one_before_ended() -> None:
    assert waterfall([0.02, -0.01, 0.03], 40) == [(0, 20), (10, 10), (10, 30)]
    assert waterfall([-0.04, 0.01], 40) == [(0, 40), (0, 10)]
    assert waterfall([0.0], 10) == [(0, 1)]


async def test_from_the_twins_csat_to_the_floors_and_down_to_a_conversation() -> None:
    async with desk((120, 40)) as live:
        await live.press("9")
        assert "no difference to the twin" in live.text(WhyPanel), "also while the clock stands"
        await live.press("5", "right", "right", "right")
        await live.play(2.0)
        await live.press("9")
        await live.play(1.5)
        rows = live.text(WhyPanel).splitlines()
        assert "Why CSAT moved, by driver: 0.0 % → 30.0 %" in rows[0]
        assert rows[1].split()[:3] == ["twin", "0.0", "%"]
        assert "wait" in live.text(WhyPanel)
        assert rows[-1].split()[0] == "now"
        await live.press("enter")
        assert "behind" in live.text(WhyPanel)
        assert "5 of 5 (twin 2)" in live.text(WhyPanel)
        await live.press("escape")
        assert "twin" in live.text(WhyPanel).splitlines()[1]
        await live.press("right")
        assert "by topic" in live.text(WhyPanel)
        assert "billing" in live.text(WhyPanel)
        await live.press("enter", "enter")
        assert live.screen.query_one(Inspector).display is False, "the fake floor knows number 7 alone"
        await live.press("6")
        assert live.session.view().why is None, "nobody looks: nothing is worked out"


def test_on_the_command_line(tmp_path: Path) -> None:
    path = tmp_path / "desk.toml"
    path.write_text(dump_scenario(scenario(length=13 * HOUR, incident={})), encoding="utf-8")
    change = ["--at", "Mon 09:00", "team.frontline.extra=-9"]
    result = CliRunner().invoke(why.command, [str(path), *change])
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].startswith("CSAT ")
    assert lines[-1].split()[0] == "together"
    data = json.loads(CliRunner().invoke(why.command, [str(path), *change, "--json", "--by", "topic"]).stdout)
    assert abs(sum(part["points"] for part in data["parts"]) - data["difference"]) < 1e-9
    behind = CliRunner().invoke(why.command, [str(path), *change, "--behind", "wait"])
    assert behind.stdout.splitlines()[1].split() == ["need", "about", "rating", "twin's", "points"]
    wrong = CliRunner().invoke(why.command, [str(path), *change, "--by", "topics"])
    assert 'did you mean "topic"?' in str(wrong.exception)
