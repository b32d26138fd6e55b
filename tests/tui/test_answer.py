"""Answers of commands on the screen: the text of the command line, a kind word where it cannot be asked."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.app import App
from textual.widgets import Static

from core.errors import InterventionError
from core.scenario_file import load_scenario
from tests.two_hours import two_hours
from tui.screens.answer import AnswerScreen, asked, read_command, write_left


class Asking(App[None]):
    """Nothing but the answer."""

    def __init__(self, *words: str):
        super().__init__()
        self.answer = AnswerScreen(words)

    def on_mount(self) -> None:
        self.push_screen(self.answer)


async def answer_of(*words: str) -> tuple[int | None, str, str]:
    """Exit code, answer and status."""
    app = Asking(*words)
    async with app.run_test(size=(100, 30)):
        await app.workers.wait_for_complete()
        text, status = (str(app.answer.query_one(f"#answer-{part}", Static).content) for part in ("text", "status"))
        return app.answer.code, text, status


async def test_the_answer_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    from tui.cli import run

    code, text, status = await answer_of("keys", "small-team", "team.support.extra")
    run(["keys", "small-team", "team.support.extra"])
    assert text.splitlines() == capsys.readouterr().out.splitlines()
    assert (code, status) == (0, "done")


async def test_what_cannot_be_asked_says_why() -> None:
    code, text, status = await answer_of("keys", "smal-team")
    assert 'did you mean "small-team"?' in text
    assert (code, status) == (2, "it cannot be asked like this")


def test_a_command_is_read_as_on_the_command_line() -> None:
    assert read_command("flightdesk plan 'my floor.toml' --target 'csat>=85%'") == [
        "plan", "my floor.toml", "--target", "csat>=85%"]


@pytest.mark.parametrize(("text", "said"), [
    ("", "a command is wanted"), ("pln small-team", 'did you mean "plan"?'), ("live small-team", "no answer to show"),
    ("plan 'small", "no closing quotation")])
def test_a_command_without_an_answer_is_refused(text: str, said: str) -> None:
    with pytest.raises(InterventionError, match=said.replace("?", r"\?")):
        read_command(text)


def test_an_estimate_is_told_as_one() -> None:
    assert [write_left(seconds) for seconds in (1, 42, 170, 4000, 6000)] == [
        "5 s", "40 s", "3 min", "67 min", "1 h 40 min"]


async def test_how_far_it_is_and_that_esc_stops_it() -> None:
    app = Asking("sweep", "small-team", "--vary", "demand.level=80%:120%:10%", "--days", "1", "--replications", "500",
                 "--jobs", "1", "--no-save")
    begun, tell = asyncio.Event(), app.answer.tell

    def told() -> None:
        tell()
        if app.answer.progress is not None:
            begun.set()

    app.answer.tell = told  # type: ignore[method-assign]
    async with app.run_test(size=(100, 30)) as pilot:
        await begun.wait()
        status = str(app.answer.query_one("#answer-status", Static).content)
        assert " of 3000" in status
        assert "esc stops it" in status
        await pilot.press("escape")
        await app.workers.wait_for_complete()
        status = str(app.answer.query_one("#answer-status", Static).content)
        assert status == "stopped"
        await pilot.press("escape")
        assert app.screen is not app.answer


async def test_a_plan_leads_on_to_its_floor_and_to_todays(tmp_path: Path) -> None:
    mine = tmp_path / "mine.toml"
    mine.write_text(two_hours("Two hours"), encoding="utf-8")
    app = Asking("plan", str(mine), "--target", "service_level>=50%", "--replications", "4", "--jobs", "1", "--shifts",
                 "own", "--seed", "3", "--set", "team.desk.extra=1")
    async with app.run_test(size=(100, 30)):
        await app.workers.wait_for_complete()
        text, status = (str(app.answer.query_one(f"#answer-{part}", Static).content) for part in ("text", "status"))
        assert "l flies the plan" in status, text
        file = app.answer.plan_file
        assert file is not None
        assert str(file) not in text
        today, seed = asked(app.answer.words)
        assert (today.team["desk"].extra, seed) == (1, 3)
        assert load_scenario(str(file)).title == f"{today.title}, planned"
        app.pop_screen()
    assert not file.exists()
