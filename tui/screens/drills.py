"""The list of drills and what comes of choosing one: briefing, the go itself, debrief, and back.

`open_drills` is the browser's door to it; `flightdesk drill play NAME` begins at the briefing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult, SystemCommand
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Mount, Resize, ScreenResume
from textual.screen import Screen
from textual.widgets import Static

from core.drill import shelf
from core.drill.file import DrillFile, load_drill
from core.drill.floor import FloorDrill
from core.drill.judgement import JudgementDrill
from core.drill.records import Record, best, record_file, scores, unfinished
from core.errors import DrillError, FlightdeskError
from sim.drills.exercise import Exercise
from sim.drills.play import EASED, Play
from tui.drilling.brief_ import briefing
from tui.keymap import Rebindable
from tui.present import plain
from tui.screens.ask import AskScreen, Then
from tui.screens.debrief import DebriefScreen
from tui.screens.dialogs import HelpScreen
from tui.screens.drill import DrillScreen
from tui.screens.hand import open_hand
from tui.screens.listing import ListingScreen
from tui.widgets import numbers
from tui.widgets.drills import DrillDetail, DrillList, Shelved
from tui.widgets.keys import Keys
from tui.widgets.text import ascii_only
from tui.widgets.title import Title

if TYPE_CHECKING:
    from tui.app import Flightdesk
    from tui.library import Entry

BRIEF_KEYS = (("enter", "enter", "begin"), ("e", "e", "eased clock"), ("s", "s", "another seed"),
              ("?", "question_mark", "help"), ("esc", "escape", "back"))
BRIEF_HELP = (
    "The briefing of a drill: what you can do, what it costs, how long it takes until it holds, and what counts. "
    "enter begins. The clock does not stop, and nothing can be taken back. With an eased clock (e) it runs at half "
    "the speed, stops whenever something is told, and space stops it too; the score is the same, and is marked as "
    "eased. s plays the day with other customers: the first time under another seed, the debrief has to look for a "
    "strong policy first, which takes some minutes.")


def open_drills(app: Flightdesk, entry: Entry) -> None:
    """The list of drills."""
    app.push_screen(DrillsScreen(unicode=app.unicode, timed=app.timed))


def curriculum() -> list[Shelved]:
    """The built-in drills in their order, with what was made of them."""
    scored = scores()
    files = sorted(map(load_drill, shelf.names()), key=lambda one: (one.drill.number, one.name))
    return [Shelved(file, best(scored, digest), sum(one.digest == digest for one in scored), unfinished(digest))
            for file in files for digest in (file.digest,)]


class DrillsScreen(ListingScreen):
    """The curriculum, and the drill in hand."""

    LISTED: ClassVar[str] = "Drills"
    KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("enter", "enter", "briefing"), ("r", "r", "go on with a go"), ("?", "question_mark", "help"),
        ("esc", "escape", "back"))
    ABOUT: ClassVar[str] = (
        "r goes on with a go that was left, or whose terminal was closed. Scores, and what was done, are kept in the "
        "data folder; `flightdesk drill list` tells the same. esc goes back.")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "resume", "go on with a go", show=False),
        Binding("question_mark", "help", "help", show=False),
        Binding("escape,q", "leave", "back", show=False),
    ]

    def listing(self) -> DrillList:
        """The curriculum."""
        return DrillList(id="drills", unicode=self._unicode)

    def detail(self) -> DrillDetail:
        """The drill in hand."""
        return DrillDetail(id="drill-detail", unicode=self._unicode)

    @on(ScreenResume)
    def _again(self) -> None:
        """What was made of the drills may have changed."""
        self.query_one(DrillList).show(curriculum())
        self._show()

    @on(DrillList.Moved)
    def _show(self) -> None:
        self.query_one(DrillDetail).show(self.query_one(DrillList).chosen)

    @on(DrillList.Opened)
    def _opened(self) -> None:
        one = self.query_one(DrillList).chosen
        if one is not None and isinstance(one.file.drill, JudgementDrill):
            open_hand(self, one.file, unicode=self._unicode, timed=self._timed)
        elif one is not None:
            self._try(lambda: self.app.push_screen(BriefScreen(one.file, unicode=self._unicode, timed=self._timed)))

    def _try(self, go: Callable[[], object]) -> None:
        try:
            go()
        except FlightdeskError as error:
            self.notify(plain(str(error)), severity="error", markup=False)

    def action_resume(self) -> None:
        """Goes on with a go that was left."""
        one = self.query_one(DrillList).chosen
        left = None if one is None else one.left
        if one is None or left is None:
            self.notify("No go at this drill was left.", timeout=3, markup=False)
            return

        def go() -> None:
            made = left.performance
            exercise = Exercise.of(one.file)
            play = Play(exercise, made.seed, eased=made.eased, trainee=made.trainee, deeds=made.deeds,
                        hints=made.hints, begin=left.now, clock=self.app.clock)  # type: ignore[attr-defined]
            begin(self.app, play, Record(left.path), unicode=self._unicode, timed=self._timed)  # type: ignore[arg-type]

        self._try(go)

    def action_leave(self) -> None:
        """Back to where it was opened from, or out."""
        self.app.go_back()  # type: ignore[attr-defined]

    def commands(self) -> Iterable[SystemCommand]:
        """What the palette offers here."""
        yield SystemCommand("Briefing", "Of the drill in hand (enter)", self._opened)
        yield SystemCommand("Go on with a go", "One that was left (r)", self.action_resume)
        yield SystemCommand("Help", "What this screen is (?)", self.action_help)


class BriefScreen(Rebindable, Screen[None]):
    """The briefing of a floor drill, and how it is to be played."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "begin", "begin", show=False),
        Binding("e", "ease", "eased clock", show=False),
        Binding("s", "seed", "another seed", show=False),
        Binding("question_mark", "help", "help", show=False),
        Binding("escape,q", "leave", "back", show=False),
    ]

    def __init__(self, file: DrillFile, seed: int | None = None, eased: bool = False, trainee: str | None = None, *,
                 group: str | None = None, unicode: bool = True, timed: bool = True):
        """`group` is what a class calls its session: then the seed is the class's and not to be chosen."""
        super().__init__()
        self._group = group
        self.exercise = Exercise.of(file)
        self.seed = file.drill.seed if seed is None else seed
        self.eased, self._trainee = eased, trainee
        self._unicode, self._timed = unicode, timed

    @property
    def drill(self) -> FloorDrill:
        """The drill."""
        return self.exercise.drill

    def compose(self) -> ComposeResult:
        """The briefing over how it is to be played."""
        yield Title(f"drill {self.drill.number}: {plain(self.drill.title)}", id="header", unicode=self._unicode)
        with VerticalScroll():
            yield Static("", id="brief-text", markup=False)
        yield Static("", id="brief-status", markup=False)
        yield Keys([key for key in BRIEF_KEYS if self._group is None or key[0] != "s"], id="keys",
                   unicode=self._unicode)

    @on(Mount)
    def _begin(self) -> None:
        self.query_one(VerticalScroll).focus()

    @on(Resize)
    def _show(self) -> None:
        width = max(40, min(self.app.size.width - 6, 100))
        self._write("#brief-text", "\n".join(briefing(self.drill, self.exercise.scenario, width)))
        speed = self.drill.speed * (EASED if self.eased else 1.0)
        clock = "an eased clock, which stops whenever something is told" if self.eased else "a clock that does not stop"
        own = ", the drill's own" if self.seed == self.drill.seed else ""
        hand = f"seed {self.seed}{own}" if self._group is None else plain(self._group)
        self._write("#brief-status", f"{clock}: {numbers.pace(speed)}   {hand}")

    def _write(self, where: str, text: str) -> None:
        self.query_one(where, Static).update(Content(text if self._unicode else ascii_only(text)))

    def action_begin(self) -> None:
        """Begins."""
        play = Play(self.exercise, self.seed, eased=self.eased, trainee=self._trainee,
                    clock=self.app.clock)  # type: ignore[attr-defined]
        record = Record(record_file(self.exercise.name, datetime.now().astimezone()))
        begin(self.app, play, record, unicode=self._unicode, timed=self._timed)  # type: ignore[arg-type]

    def action_ease(self) -> None:
        """The eased clock, or the other one."""
        self.eased = not self.eased
        self._show()

    def action_seed(self) -> None:
        """Asks for another seed."""
        if self._group is not None:
            self.notify("The class says under which seed it is played.", timeout=3, markup=False)
            return

        def take(text: str) -> Then | None:
            if not text.isdecimal():
                raise DrillError("a seed is a whole number, 0 or more")
            self.seed = int(text)
            return self._show

        self.app.push_screen(AskScreen("Seed", f"Other customers; the drill's own is {self.drill.seed}.",
                                       str(self.seed), take, unicode=self._unicode))

    def action_help(self) -> None:
        """What this screen is."""
        self.app.push_screen(HelpScreen("Briefing", BRIEF_HELP, unicode=self._unicode))

    def action_leave(self) -> None:
        """Back, or out where it was opened first."""
        self.app.go_back()  # type: ignore[attr-defined]

    def commands(self) -> Iterable[SystemCommand]:
        """What the palette offers here."""
        yield SystemCommand("Begin", "Play the drill (enter)", self.action_begin)
        yield SystemCommand("Eased clock", "Half the speed, and it stops when something is told (e)", self.action_ease)
        if self._group is None:
            yield SystemCommand("Another seed", "The same day with other customers (s)", self.action_seed)
        yield SystemCommand("Help", "What this screen is (?)", self.action_help)


def begin(app: Flightdesk, play: Play, record: Record, *, unicode: bool, timed: bool) -> None:
    """The floor of a go, and after it its debrief."""
    text = "\n".join(briefing(play.drill, play.exercise.scenario, 64))

    def ended(screen: DrillScreen) -> None:
        app.pop_screen()
        app.push_screen(DebriefScreen(
            play.exercise, screen.play.performance(), screen.record.path, unicode=unicode,
            again=lambda at: branch(screen.play, at)))

    def branch(played: Play, at: float) -> None:
        record = Record(record_file(played.exercise.name, datetime.now().astimezone()))
        begin(app, played.again(at), record, unicode=unicode, timed=timed)

    app.push_screen(DrillScreen(play, record, ended, text, clock=app.clock, timed=timed, unicode=unicode))
