"""Looking up a word: metrics, keys, columns and the field's words, as `flightdesk explain` tells them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from core.errors import FlightdeskError
from core.explain import Entry, explain
from core.glossary import WORDS
from tui.present import plain
from tui.screens.dialog import Dialog
from tui.widgets.text import ascii_only


class LookUpScreen(Dialog[None]):
    """The words of the field; what is typed is explained as it is typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "Close", show=False), Binding("down", "scroll_by(1)", "Down", show=False),
        Binding("up", "scroll_by(-1)", "Up", show=False), Binding("pagedown", "scroll_by(10)", "Page down", show=False),
        Binding("pageup", "scroll_by(-10)", "Page up", show=False)]

    def __init__(self, text: str = "", *, unicode: bool):
        super().__init__()
        self._text, self._unicode = text, unicode

    def compose(self) -> ComposeResult:
        """The dialog."""
        with Vertical(classes="dialog -broad -full" if self._unicode else "dialog -broad -full -ascii"):
            yield Static(Content("What does it mean?"), classes="title", markup=False)
            yield Input(self._text, placeholder="FRT, shrinkage, bot.coverage ...", compact=True)
            with VerticalScroll(id="meanings"):
                yield Static("", id="meaning", markup=False)
            yield Static(Content("type a word; arrows scroll, esc closes"), classes="keys", markup=False)

    def on_mount(self) -> None:
        """Begins with the word asked for."""
        self._show(self._text)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._show(event.value)

    def _show(self, text: str) -> None:
        said = plain_lines(meaning(text.strip()))
        self.query_one("#meaning", Static).update(Content(said if self._unicode else ascii_only(said)))
        self.query_one("#meanings", VerticalScroll).scroll_home(animate=False)

    def action_scroll_by(self, lines: int) -> None:
        """Up or down in the text."""
        self.query_one("#meanings", VerticalScroll).scroll_relative(y=lines, animate=False)


def meaning(text: str) -> str:
    """What a name means; of what is not quite a name, the words that have it in them."""
    if not text:
        return "\n\n".join(f"{word.name}: {word.meaning}" for word in WORDS.values())
    try:
        return "\n\n".join("\n".join(_lines(entry)) for entry in explain(text))
    except FlightdeskError as error:
        near = [word for word in WORDS.values()
                if any(text.casefold() in part.casefold() for part in (word.name, *word.also, word.meaning))]
        return "\n\n".join(f"{word.name}: {word.meaning}" for word in near) or str(error)


def _lines(entry: Entry) -> Iterator[str]:
    yield f"{entry.name} ({entry.kind})"
    yield entry.text
    for label, value in entry.facts.items():
        yield f"{label}: {value if isinstance(value, str) else ', '.join(value)}"


def plain_lines(text: str) -> str:
    """The text without control characters but the ends of lines."""
    return "\n".join(map(plain, text.split("\n")))
