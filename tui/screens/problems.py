"""What is wrong with a scenario file, at its lines, and the way back to the editor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from core.errors import Problem
from tui.present import plain
from tui.screens.dialog import Dialog
from tui.widgets.text import ascii_only

AROUND = 1
"""Lines of the file shown before and after one with a problem."""


class ProblemsScreen(Dialog[None]):
    """All problems of a file; `edit` is called with the line of the first."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("e,enter", "edit", "Edit", show=False),
                                             Binding("escape,q", "dismiss", "Back", show=False)]

    def __init__(self, path: Path, text: str, problems: Sequence[Problem], edit: Callable[[int | None], None], *,
                 unicode: bool):
        super().__init__()
        self._path, self._text, self._problems, self._edit, self._unicode = path, text, problems, edit, unicode

    def compose(self) -> ComposeResult:
        """The dialog."""
        count = len(self._problems)
        with VerticalScroll(classes="dialog -broad" if self._unicode else "dialog -broad -ascii"):
            yield self._static(f"{self._path.name}: {count} problem{'s' * (count != 1)}", "title")
            for text, classes in excerpts(self._text, self._problems):
                yield self._static(text, classes)
            yield self._static("e edits the file at the first, esc goes back", "keys")

    def _static(self, text: str, classes: str = "") -> Static:
        shown = plain_lines(text)
        return Static(Content(shown if self._unicode else ascii_only(shown)), classes=classes, markup=False)

    def action_edit(self) -> None:
        """Back to the editor."""
        line = next((problem.line for problem in self._problems if problem.line is not None), None)
        self.dismiss()
        self.app.call_later(self._edit, line)


def plain_lines(text: str) -> str:
    """The text without control characters but the ends of lines."""
    return "\n".join(map(plain, text.split("\n")))


def excerpts(text: str, problems: Sequence[Problem]) -> Iterator[tuple[str, str]]:
    """The lines of the file around each problem, and what is wrong there: text and its class, in order."""
    lines = text.splitlines()
    at_line: dict[int, list[Problem]] = {}
    for problem in problems:
        if problem.line is not None and problem.line <= len(lines):
            at_line.setdefault(problem.line, []).append(problem)
        else:
            yield _said(problem), "problem"
    wanted = sorted({near for line in at_line for near in range(line - AROUND, line + AROUND + 1)
                     if 1 <= near <= len(lines)})
    width = len(str(wanted[-1])) if wanted else 0
    held: list[str] = []
    before = 0
    for number in wanted:
        if before and number != before + 1:
            held.append(f"{'…':>{width}} │")
        before = number
        held.append(f"{number:>{width}} │ {lines[number - 1].expandtabs(4)}")
        if number in at_line:
            yield "\n".join(held), "source"
            held = []
            for problem in at_line[number]:
                yield _said(problem), "problem"
    if held:
        yield "\n".join(held), "source"


def _said(problem: Problem) -> str:
    given = "" if problem.given is None else f", given {problem.given}"
    hint = "" if problem.hint is None else f"; {problem.hint}"
    return f"{problem.key}: {problem.what}{given}{hint}"
