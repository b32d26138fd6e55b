"""A judgement drill on the screen: the card on the left, what is to be decided about it on the right.

The screen drives a `sim.drills.round.Round` and keeps nothing itself; what is written down and scored is the round's.
After each card it shows how the answers were marked, and why; at the end what the play came to.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.events import Mount, Resize, Unmount
from textual.screen import Screen
from textual.widgets import Static

from core.drill.file import DrillFile
from core.errors import FlightdeskError
from sim.drills.dealing import deal
from sim.drills.judgement import Mark
from sim.drills.round import Round
from tui.drilling import judged
from tui.keymap import Rebindable
from tui.present import plain, wrapped
from tui.screens.dialogs import HelpScreen, QuestionScreen
from tui.widgets.keys import Keys
from tui.widgets.text import ascii_only

KEYS = (("1-9", "1", "decide"), ("enter", "enter", "next"), ("b", "b", "back"), ("h", "h", "hint"),
        ("g", "g", "guide"), ("?", "question_mark", "help"), ("esc", "escape", "leave"))
HELP = (
    "A number decides what is asked on the right; b takes the last decision about this card back. After the last one "
    "you see how each was marked, and enter goes on. h gives the next hint, which costs points; g opens what you may "
    "look into at any time, such as the team's rules. The clock of a card runs from when you see it to your last "
    "decision. Up, down and the page keys scroll the card, or the other side after tab. esc leaves: what is finished "
    "counts, and it asks first.")
SIDE = 34
"""Columns of the right side on a small terminal; on a larger one two fifths."""
NARROW = 66
"""Columns under which the two sides stand over each other."""


class HandScreen(Rebindable, Screen[None]):
    """Plays a round, card by card."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"decide({number})", f"decide for {number}", show=False) for number in range(1, 10)),
        Binding("0", "decide(10)", "decide for 10", show=False),
        Binding("enter", "next", "next", show=False),
        Binding("b", "back", "take back", show=False),
        Binding("h", "hint", "hint", show=False),
        Binding("g", "guide", "guide", show=False),
        Binding("question_mark", "help", "help", show=False),
        Binding("escape,q", "leave", "leave", show=False),
    ]

    def __init__(self, playing: Round, *, unicode: bool = True, timed: bool = True,
                 keep: Callable[[Round], None] | None = None):
        super().__init__()
        self.playing = playing
        self._keep = keep
        """What writes it down, when the screen is left; None: whoever opened it does."""
        self._unicode, self._timed = unicode, timed
        self._marks: Sequence[Mark] | None = None
        """How the last card was marked, while that is shown."""
        self._hint = ""
        self._begun = False
        """Whether what is to be known before has been read; no card is on the table until then."""

    def compose(self) -> ComposeResult:
        """The line of the drill, the card, what is asked, the keys."""
        yield Static("", id="hand-head", markup=False)
        with Horizontal():
            with VerticalScroll(id="hand-card"):
                yield Static("", id="hand-item", markup=False)
            with VerticalScroll(id="hand-side"):
                yield Static("", id="hand-asked", markup=False)
        yield Keys(KEYS, id="keys", unicode=self._unicode)

    @on(Mount)
    def _begin(self) -> None:
        self.query_one("#hand-card").focus()
        if self._timed:
            self.set_interval(1.0, self._tell)
        drill = self.playing.file.drill
        self.app.push_screen(
            HelpScreen(plain(drill.title), "\n\n".join([plain(drill.brief), *judged.terms(
                drill, len(self.playing.dealt.hand.items)), "enter begins."]), unicode=self._unicode),
            lambda _: self._lay())

    @on(Unmount)
    def _end(self) -> None:
        if self._keep is not None:
            self._keep(self.playing)

    @on(Resize)
    def _resized(self) -> None:
        narrow = self.size.width < NARROW
        self.set_class(narrow, "-narrow")
        self.query_one("#hand-side").styles.width = "1fr" if narrow else max(SIDE, self.size.width * 2 // 5)
        self.call_after_refresh(self._draw)

    # What is shown

    def _lay(self) -> None:
        """The next card on the table: its clock begins."""
        self._marks, self._begun = None, True
        if not self.playing.ended:
            self.playing.show()
        self._draw()
        for side in ("#hand-card", "#hand-side"):
            self.query_one(side, VerticalScroll).scroll_home(animate=False)

    def _draw(self) -> None:
        if not self._begun:
            return
        self._tell()
        broad, width = (max(self.query_one(name).size.width, 20) for name in ("#hand-item", "#hand-asked"))
        if self._at_the_end:
            self._write("#hand-item", judged.report(self.playing.result(), broad))
            self._write("#hand-asked", ["The end.", "", *wrapped("esc leaves; the record is written then.", width)])
            return
        at = self.playing.at - (self._marks is not None)
        item = self.playing.dealt.hand.items[at]
        self._write("#hand-item", [plain(item.title), "", *judged.card(item, broad)])
        if self._marks is not None:
            rows = list(judged.marking(item, self._marks, width))
            self._write("#hand-asked", [*rows, "", "enter goes on"])
        else:
            self._write("#hand-asked", self._asked(width))

    def _asked(self, width: int) -> Iterator[str]:
        """What has been decided about the card, what is to be decided now, and the hint."""
        given, now = self.playing.given, self.playing.decision
        for decision in self.playing.item.decisions:
            if decision.name in given:
                yield from judged.hung(f"{decision.name}:", judged.label_of(decision, given[decision.name]), width)
        if given:
            yield ""
        yield from wrapped(plain(now.question), width)
        for number, option in enumerate(now.options, 1):
            yield from judged.hung(f" {number % 10}", plain(option.label), width)
        if self._hint:
            yield ""
            yield from wrapped(self._hint, width)

    @property
    def _at_the_end(self) -> bool:
        return self.playing.ended and self._marks is None

    def _tell(self) -> None:
        """The line of the drill."""
        if not self._begun:
            return
        playing, count = self.playing, len(self.playing.dealt.hand.items)
        parts = [plain(playing.file.drill.title)]
        if self._at_the_end:
            parts.append("done")
        else:
            parts.append(f"{min(playing.at + (self._marks is None), count)} of {count}")
        if self._marks is None and not playing.ended:
            parts.append(f"{playing.elapsed:.0f} s of {playing.dealt.hand.par:g} s")
        hints = len(playing.file.drill.hint)
        parts.append(f"hints taken {playing.hints} of {hints}")
        self._write("#hand-head", ["   ".join(parts)])

    def _write(self, where: str, lines: Sequence[str] | Iterator[str]) -> None:
        text = "\n".join(lines)
        self.query_one(where, Static).update(Content(text if self._unicode else ascii_only(text)))

    # Keys

    def action_decide(self, number: int) -> None:
        """Decides what is asked."""
        if not self._begun or self._marks is not None or self.playing.ended:
            return
        options = self.playing.decision.options
        if number <= len(options):
            self._marks = self.playing.choose(options[number - 1].value)
            self._draw()
            if self._marks is not None:
                self._hint = ""
                self.query_one("#hand-side", VerticalScroll).focus()

    def action_next(self) -> None:
        """On to the next card."""
        if self._marks is not None:
            self._lay()
            self.query_one("#hand-card").focus()

    def action_back(self) -> None:
        """Takes the last decision about the card back."""
        if self._marks is None and not self.playing.ended and self.playing.back():
            self._draw()

    def action_hint(self) -> None:
        """The next hint."""
        if self._marks is not None or self.playing.ended:
            return
        hint = self.playing.take_hint()
        if hint is not None:
            self._hint = f"Hint {self.playing.hints}, {hint.cost:g} points: {plain(hint.text)}"
        else:
            self._hint = "There is no other hint."
        self._draw()

    def action_guide(self) -> None:
        """What may be looked into at any time."""
        self.app.push_screen(HelpScreen("Guide", "\n".join(map(plain, self.playing.dealt.hand.guide)),
                                        unicode=self._unicode))

    def action_help(self) -> None:
        """What this screen is."""
        self.app.push_screen(HelpScreen("A drill", HELP, unicode=self._unicode))

    def action_leave(self) -> None:
        """Back to where it was opened from, or out; with cards still to come it asks first."""
        if self._begun and not self.playing.ended:
            left = len(self.playing.dealt.hand.items) - self.playing.at
            self.app.push_screen(LeaveHandScreen(left, unicode=self._unicode),
                                 lambda sure: self._go() if sure else None)
        else:
            self._go()

    def commands(self) -> Iterable[SystemCommand]:
        """What the palette offers here."""
        yield SystemCommand("Hint", "The next one, which costs points (h)", self.action_hint)
        yield SystemCommand("Guide", "What may be looked into at any time, such as the team's rules (g)",
                            self.action_guide)
        yield SystemCommand("Take back", "The last decision about this card (b)", self.action_back)
        yield SystemCommand("Help", "What this screen is (?)", self.action_help)
        yield SystemCommand("Leave the drill", "What is finished counts (esc)", self.action_leave)

    def _go(self) -> None:
        if len(self.app.screen_stack) == 1:
            self.app.exit()
        else:
            self.dismiss()


class LeaveHandScreen(QuestionScreen[bool]):
    """Whether a hand is left before its end: one key too many should not end it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "dismiss(True)", "Leave", show=False),
        Binding("escape,q", "dismiss(False)", "Stay", show=False),
    ]

    def __init__(self, left: int, *, unicode: bool):
        cards = "the card that is left counts" if left == 1 else f"the {left} cards that are left count"
        super().__init__("Leave the drill?", f"enter leaves: what is finished counts, and {cards} nothing.\nesc stays.",
                         unicode=unicode)


def open_hand(on: Screen[Any], file: DrillFile, *, unicode: bool, timed: bool) -> None:
    """Deals a judgement drill beside the screen and puts it over it; what is played is kept in the data folder."""
    from tui.drilling.judging import record

    def keep(played: Round) -> None:
        try:
            record(played)
        except FlightdeskError as error:
            on.app.notify(plain(str(error)), severity="error", markup=False)

    async def deal_and_open() -> None:
        seed = file.drill.seed
        try:
            dealt = await asyncio.to_thread(deal, file, seed)
        except FlightdeskError as error:
            on.app.notify(plain(str(error)), severity="error", markup=False)
            return
        on.app.push_screen(HandScreen(Round(file, dealt, seed), unicode=unicode, timed=timed, keep=keep))

    on.notify("The cards are dealt ...", timeout=2, markup=False)
    on.run_worker(deal_and_open(), exclusive=True)
