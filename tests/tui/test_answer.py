"""Answers of commands on the screen: the text of the command line, a kind word where it cannot be asked."""

from __future__ import annotations

import pytest
from textual.app import App
from textual.widgets import Static

from core.errors import InterventionError
from tui.screens.answer import AnswerScreen, read_command


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
