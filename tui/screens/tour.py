"""The tour: one part of a screen after another, a sentence each, by itself. Any key or click ends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.css.query import NoMatches
from textual.events import Click, Key, Mount, Resize
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from tui.screens.dialog import Dialog
from tui.widgets.text import ascii_only

STEP = 6.0
"""Seconds that a part of the tour stays."""


@dataclass(frozen=True, slots=True)
class Stop:
    """A part of a screen and what is said of it."""

    selector: str
    title: str
    text: str


BROWSER = (
    Stop("EntryList", "Scenarios", "Support floors to fly: built in, your own files, and sessions to go on with."),
    Stop("EntryDetail", "The one in hand", "Its story, its size, and its week: what comes in and who is planned."),
    Stop("#keys", "Keys", "enter opens the floor live. ? explains, ctrl+p finds everything there is."),
)
LIVE = (
    Stop("Header", "The clock", "A week on a support floor. space pauses, [ and ] change the speed."),
    Stop("Kpis", "How it goes", "First response time, CSAT and more over the last hour, against the twin."),
    Stop("Funnel", "The funnel", "Where needs are settled: prevented, by the customer, by a bot, by people."),
    Stop("Teams", "The floor", "Who waits, on the left; who works, on the right. A late customer changes shape."),
    Stop("Chart", "Over time", "Your floor is the strong line. The faint one is the twin: the same customers, without "
                               "your changes."),
    Stop("Knobs", "The knobs", "Arrows choose and turn: people, bot, demand. Watch the lines part."),
    Stop("#keys", "Never lost", "u takes a change back, also hours later. What you do is kept: flightdesk live "
                                "--resume goes on. ? explains the panel you are in."),
)
"""Under a minute each."""


class TourScreen(Dialog[None]):
    """Points at one stop after another on the screen below it."""

    def __init__(self, below: Screen[Any], stops: Sequence[Stop], *, unicode: bool, timed: bool = True):
        super().__init__()
        self._below, self._unicode, self._timed = below, unicode, timed
        self._stops = [stop for stop in stops if self._part(stop) is not None]
        self._at = 0

    def compose(self) -> ComposeResult:
        """The box with the text; where it stands depends on the stop."""
        yield Static("", id="tour", classes="" if self._unicode else "-ascii", markup=False)

    @on(Mount)
    def _begin(self) -> None:
        if self._timed:
            self.set_interval(STEP, self.next)
        self.call_after_refresh(self._point)

    def next(self) -> None:
        """The next stop; after the last one the end."""
        self._at += 1
        if self._at >= len(self._stops):
            self._leave()
        else:
            self._point()

    def _part(self, stop: Stop) -> Widget | None:
        """The part of the screen below, where it is shown."""
        try:
            parts = self._below.query(stop.selector).results(Widget)
        except NoMatches:
            return None
        return next((part for part in parts if part.display and part.region), None)

    def _point(self) -> None:
        self._below.query(".-toured").remove_class("-toured")
        part = self._part(self._stops[self._at]) if self._stops else None
        if part is None:
            self._leave()
            return
        stop = self._stops[self._at]
        part.add_class("-toured")
        text = (f"{stop.title}\n{stop.text}\n{'▬' * (self._at + 1)}{'·' * (len(self._stops) - self._at - 1)}  "
                "any key ends the tour")
        box = self.query_one("#tour", Static)
        box.update(Content(text if self._unicode else ascii_only(text.replace("▬", "="))))
        # Below the part, or above it where there is no room: never over what it speaks of.
        height = 7
        under = part.region.bottom + height <= self.size.height
        box.styles.offset = (max(0, (self.size.width - 64) // 2),
                             part.region.bottom if under else max(0, part.region.y - height))

    def _leave(self) -> None:
        self._below.query(".-toured").remove_class("-toured")
        self.dismiss()

    @on(Resize)
    def _resized(self) -> None:
        self.call_after_refresh(self._point)

    @on(Key)
    @on(Click)
    def _any(self, event: Key | Click) -> None:
        event.stop()
        self._leave()
