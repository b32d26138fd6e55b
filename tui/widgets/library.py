"""The two panels of the scenario browser: the list, and what is known of the entry in hand."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from rich.cells import cell_len
from textual import on
from textual.binding import Binding, BindingType
from textual.events import Click, Key, Paste
from textual.message import Message

from tui.library import Entry, Look
from tui.present import plain
from tui.widgets.chooser import Chooser, first_shown
from tui.widgets.panel import Panel
from tui.widgets.text import Line, Span, pad, spread

SECTIONS = {"built-in": "built in", "file": "your files", "session": "sessions you played",
            "run": "runs you made"}
"""What stands above the entries of a kind."""


class EntryList(Chooser, can_focus=True):
    """The entries by kind, one in hand."""

    HELP: ClassVar[str] = (
        "Scenarios to open: those built in, the files you opened lately, the sessions you played, which go on where "
        "you left them, and the runs you made, which can be looked at live. / filters by name and title; enter opens "
        "the floor live.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "choose(-1)", "up", show=False), Binding("down", "choose(1)", "down", show=False),
        Binding("pageup", "choose(-8)", "page up", show=False),
        Binding("pagedown", "choose(8)", "page down", show=False),
        Binding("home", "choose(-9999)", "first", show=False), Binding("end", "choose(9999)", "last", show=False)]

    class Moved(Message):
        """Another entry is in hand."""

    class Opened(Message):
        """The entry in hand is wanted."""

    def __init__(self, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._offered: Sequence[Entry] = ()
        self.entries: Sequence[Entry] = ()
        """Those that the filter leaves."""
        self.words = ""
        """The filter in force."""
        self.typing = False
        """Whether keys go to the filter."""
        self.facts: dict[Entry, str] = {}
        """What the right end of an entry's line says."""
        self._at = 0
        self._first = 0
        self._placed: dict[int, int] = {}

    @property
    def entry(self) -> Entry | None:
        """The one in hand; None where nothing is listed."""
        return self.entries[self._at] if self.entries else None

    def show(self, entries: Sequence[Entry], keep: Path | None = None) -> None:
        """Lists what the filter leaves of these; in hand is the one at `keep`, else the same as before."""
        held = keep or (self.entry.path if self.entry is not None else None)
        self._offered = entries
        self.entries = [entry for entry in entries if entry.matches(self.words)]
        self._at = next((at for at, entry in enumerate(self.entries) if entry.path == held), 0)
        self.redraw()
        self.post_message(self.Moved())

    def filter(self, words: str, typing: bool = True) -> None:
        """Lists what these words leave; while `typing` further keys go to them."""
        self.words, self.typing = words, typing
        self.show(self._offered)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """While the filter is typed letters are letters."""
        return self.typing and character is not None and character.isprintable()

    @on(Key)
    def _typed(self, event: Key) -> None:
        if not self.typing:
            if event.key == "slash":  # here and not as a binding: what is typed right behind it belongs to the filter
                self.filter(self.words)
                event.stop()
            return
        if event.is_printable and event.character is not None:
            self.filter(self.words + event.character)
        elif event.key == "backspace":
            self.filter(self.words[:-1])
        elif event.key == "enter":
            self.filter(self.words, typing=False)
        else:
            return
        event.stop()
        event.prevent_default()

    @on(Paste)
    def _pasted(self, event: Paste) -> None:
        if self.typing and event.text:
            self.filter(self.words + event.text.splitlines()[0])

    def heading(self) -> str:
        """What is listed."""
        if not (self.typing or self.words):
            return "Scenarios"
        return f"Scenarios with: {plain(self.words)}{'█' if self.typing else ''}"

    def aside(self, width: int) -> Line:
        """Which one is in hand."""
        return ((f"{self._at + 1} of {len(self.entries)}", "faint"),) if self.entries else ()

    def body(self, width: int, height: int) -> list[Line]:
        """The rows that fit, the entry in hand among them."""
        if not self.entries:
            return [(("  Nothing matches; esc clears the filter", "faint"),)]
        rows: list[tuple[int | None, Line]] = []
        for at, entry in enumerate(self.entries):
            if at == 0 or entry.kind != self.entries[at - 1].kind:
                if rows:
                    rows.append((None, ()))
                rows.append((None, ((f" {SECTIONS[entry.kind]}", "faint"),)))
            rows.append((at, self._row(at, entry, width)))
        here = next(row for row, (at, _) in enumerate(rows) if at == self._at)
        lead = 1 if rows[here - 1][0] is None else 0  # the name of the section stays with its first entry
        self._first = first_shown(self._first, here, height, len(rows), lead)
        shown = rows[self._first:self._first + height]
        self._placed = {row + 1: at for row, (at, _) in enumerate(shown) if at is not None}
        return [line for _, line in shown]

    def _row(self, at: int, entry: Entry, width: int) -> Line:
        mine = at == self._at
        name_width = min(24, max(cell_len(item.name) for item in self.entries))
        name = pad(plain(entry.name), name_width)
        facts = self.facts.get(entry, "")
        title = plain(f"{entry.note}  {entry.title}" if entry.kind in ("session", "run") else entry.title)
        left: list[Span] = [("▸ " if mine else "  ", "cursor" if mine else "faint"), (name, "cursor" if mine else ""),
                            ("  ", "")]
        room = width - name_width - 4 - (cell_len(facts) + 2 if facts else 0)
        if room >= 8 or not facts:
            left.append((pad(title, max(0, room)), "" if mine else "faint"))
        return spread(left, ((plain(facts), "faint"),) if facts else (), width)

    def action_choose(self, by: int) -> None:
        """Takes another entry in hand."""
        if not self.entries:
            return
        before, self._at = self._at, max(0, min(len(self.entries) - 1, self._at + by))
        if before != self._at:
            self.redraw()
            self.post_message(self.Moved())

    @on(Click)
    def _clicked(self, event: Click) -> None:
        at = self._placed.get(event.y)
        if at is None:
            return
        self.action_choose(at - self._at)
        if event.chain == 2:
            self.post_message(self.Opened())


class EntryDetail(Panel):
    """Title, story, size and the week of an entry; what is wrong with its file; what was changed in a session."""

    HELP: ClassVar[str] = (
        "The scenario in hand. The picture is its plan, hour by hour from Monday to Sunday: how many needs are "
        "expected and how many people are to be at work, each against its own highest hour. Nothing is simulated here.")

    def __init__(self, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._entry: Entry | None = None
        self._look: Look | None = None

    def show(self, entry: Entry | None, look: Look | None) -> None:
        """Shows an entry; `look` None: it has not been read yet."""
        self._entry, self._look = entry, look
        self.redraw()

    def heading(self) -> str:
        """Its name."""
        return plain(self._entry.name) if self._entry is not None else ""

    def aside(self, width: int) -> Line:
        """Its place, or its time."""
        entry = self._entry
        return ((plain(entry.note), "faint"),) if entry is not None and entry.note else ()

    def body(self, width: int, height: int) -> list[Line]:
        """What there is room for: the picture before the end of the story."""
        entry, look = self._entry, self._look
        if entry is None:
            return []
        if look is None:
            return [((" " + plain(entry.title), "title"),)]
        if look.overview is None:
            return self._problems(look, width, height)
        from tui.glance import glance

        return glance(look, width, height)

    def _problems(self, look: Look, width: int, height: int) -> list[Line]:
        problems = look.reading.problems
        count = len(problems)
        lines: list[Line] = [((f" {count} problem{'s' * (count > 1)}; e edits the file", "bad"),)]
        for problem in problems:
            text = plain(problem.text(self._entry.path.name if self._entry is not None else ""))
            lines += [((line, ""),) for line in textwrap.wrap(text, width - 1, initial_indent=" ",
                                                              subsequent_indent="   ")]
        if len(lines) > height:
            lines = [*lines[:height - 1], ((" …", "faint"),)]
        return lines
