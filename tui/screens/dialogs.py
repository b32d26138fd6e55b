"""Small dialogs over the floor: help for a panel, a typed value, and what to say when the floor broke."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ScreenResultType
from textual.widgets import Input, Static

from core import glossary
from core.errors import FlightdeskError
from core.glossary import Word
from tui.present import plain
from tui.screens.dialog import Dialog
from tui.widgets.text import ascii_only


def _static(text: str, unicode: bool, classes: str = "") -> Static:
    return Static(Content(text if unicode else ascii_only(text)), classes=classes, markup=False)


class HelpScreen(Dialog[None]):
    """What a panel shows and which keys it takes. Any key closes it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,q,enter,space", "dismiss", "Close", show=False)]

    def __init__(self, title: str, text: str, *, unicode: bool):
        super().__init__()
        self._title, self._text, self._unicode = title, text, unicode

    def compose(self) -> ComposeResult:
        """The dialog."""
        with VerticalScroll(classes="dialog" if self._unicode else "dialog -ascii"):
            yield _static(self._title, self._unicode, "title")
            yield _static(self._text, self._unicode)
            for word in words_in(self._text):
                yield _static(f"{word.name}: {word.meaning}", self._unicode, "word")
            yield _static("esc closes; F1 looks up any word", self._unicode, "keys")


def words_in(text: str, most: int = 3) -> list[Word]:
    """The words of the field that a text uses, the first ones of it."""
    folded = glossary.folded(text)
    places: dict[str, int] = {}
    for spelling, word in glossary.spellings():
        found = re.search(rf"\b{re.escape(spelling)}\b", folded)
        if found and len(spelling) > 2:
            places[word.name] = min(found.start(), places.get(word.name, len(folded)))
    return [glossary.WORDS[name] for name in sorted(places, key=lambda name: places[name])[:most]]


class ValueScreen(Dialog[bool]):
    """Asks for the value of a knob, and from when on it holds; closes when `take` accepts them, shows what is wrong
    when it does not."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(False)", "Leave", show=False)]

    def __init__(self, label: str, text: str, about: str, take: Callable[[str, str], None], *, unicode: bool):
        super().__init__()
        self._label, self._text, self._about, self._take, self._unicode = label, text, about, take, unicode

    def compose(self) -> ComposeResult:
        """The dialog."""
        with VerticalScroll(classes="dialog" if self._unicode else "dialog -ascii", can_focus=False):
            yield _static(self._label, self._unicode, "title")
            yield _static(self._about, self._unicode)
            yield Input(self._text, select_on_focus=True, compact=True, id="value")
            yield _static("From when on: empty is now, or a moment such as Tue 14:00, 14:00 or +30m", self._unicode)
            yield Input("", compact=True, id="when")
            yield _static("", self._unicode, "problem")
            yield _static("enter takes it, tab goes to the time, esc leaves it as it is", self._unicode, "keys")

    @on(Input.Submitted)
    def _typed(self) -> None:
        value, when = (self.query_one(f"#{name}", Input).value.strip() for name in ("value", "when"))
        try:
            self._take(value.removeprefix("+"), when)
        except FlightdeskError as error:
            self.query_one(".problem", Static).update(Content(plain(str(error))))
        else:
            self.dismiss(True)


class TimeScreen(Dialog[bool]):
    """Asks for a time to go to; closes when `take` accepts it, shows what is wrong when it does not."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss(False)", "Leave", show=False)]

    def __init__(self, now: str, take: Callable[[str], None], *, unicode: bool):
        super().__init__()
        self._now, self._take, self._unicode = now, take, unicode

    def compose(self) -> ComposeResult:
        """The dialog."""
        with Vertical(classes="dialog" if self._unicode else "dialog -ascii"):
            yield _static("Go to another time", self._unicode, "title")
            yield _static(f"It is {self._now}. A moment (Tue 14:00, 14:00), or a time on (+30m) or back (-2h). Going "
                          f"back leaves out what you changed after that time; the course that you leave is kept in "
                          f"the log of changes.", self._unicode)
            yield Input("", compact=True, id="when")
            yield _static("", self._unicode, "problem")
            yield _static("enter goes there, esc stays", self._unicode, "keys")

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        try:
            self._take(event.value)
        except FlightdeskError as error:
            self.query_one(".problem", Static).update(Content(plain(str(error))))
        else:
            self.dismiss(True)


class QuestionScreen(Dialog[ScreenResultType]):
    """A question that a key answers; subclasses bind the keys."""

    def __init__(self, question: str, answers: str, *, unicode: bool):
        super().__init__()
        self._question, self._answers, self._unicode = question, answers, unicode

    def compose(self) -> ComposeResult:
        """The dialog."""
        with VerticalScroll(classes="dialog" if self._unicode else "dialog -ascii", can_focus=False):
            yield _static(self._question, self._unicode, "title")
            yield _static(self._answers, self._unicode)


class TroubleScreen(Dialog[None]):
    """The floor broke: says so, and where; the only way on is out."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q,escape,enter", "leave", "Quit", show=False)]

    def __init__(self, error: Exception, text: str, *, unicode: bool):
        super().__init__()
        self._error, self._text, self._unicode = error, text, unicode

    def compose(self) -> ComposeResult:
        """The dialog."""
        with VerticalScroll(classes="dialog" if self._unicode else "dialog -ascii"):
            yield _static("The floor broke", self._unicode, "title")
            yield _static(self._text, self._unicode)
            yield _static(plain(f"{type(self._error).__name__}: {self._error}"), self._unicode, "problem")
            yield _static("q quits; the details are printed then", self._unicode, "keys")

    def action_leave(self) -> None:
        """Ends the application as failed."""
        self.app.exit(return_code=1)
