"""The scenario browser, which `flightdesk` opens: a list, what is known of the entry in hand, and the ways on from it.

The first picture needs titles only; the model and the engine are loaded once it is on the screen, and the entries
are read one by one while nothing else is to be done.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import SuspendNotSupported, SystemCommand
from textual.binding import Binding, BindingType
from textual.events import Mount, ScreenResume

from core.errors import FlightdeskError, Problem, ScenarioError
from core.recent import remember
from tui.doors import DOORS, Door
from tui.editor import editing, editor
from tui.library import Entry, Look, listed
from tui.present import plain
from tui.screens.ask import AskScreen, Then
from tui.screens.listing import ListingScreen
from tui.screens.problems import ProblemsScreen
from tui.widgets.library import EntryDetail, EntryList

if TYPE_CHECKING:
    from core.scenario import Scenario
    from tui.app import Flightdesk


class BrowserScreen(ListingScreen):
    """The list and the entry in hand."""

    LISTED: ClassVar[str] = "Scenarios"
    KEYS: ClassVar[Sequence[tuple[str, str, str]]] = (
        ("enter", "enter", "live"), ("c", "c", "compare"), ("d", "d", "duplicate"), ("p", "p", "drills"),
        ("/", "slash", "filter"), ("?", "question_mark", "help"), ("q", "q", "quit"))
    ABOUT: ClassVar[str] = (
        "p leads to the drills. c runs it many times, with changes that you type, side by side. o opens a file. d "
        "copies a scenario to a file of yours and opens your editor ($VISUAL or $EDITOR); e edits a file of yours. "
        "When you come back the file is read again, and what is wrong with it is shown at its lines. ctrl+p finds "
        "everything.")
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(door.key, f"door({at})", door.word, show=False) for at, door in enumerate(DOORS)),
        Binding("o", "open_file", "open a file", show=False),
        Binding("slash", "filter", "filter", show=False),
        Binding("escape", "clear", "clear", show=False),
        Binding("question_mark", "help", "help", show=False),
        Binding("q", "app.quit", "quit", show=False),
    ]

    def __init__(self, *, unicode: bool = True, timed: bool = True):
        super().__init__(unicode=unicode, timed=timed)
        self._entries: list[Entry] = []
        self._looks: dict[tuple[Path, float], Look] = {}

    def listing(self) -> EntryList:
        """The entries."""
        return EntryList(id="entries", unicode=self._unicode)

    def detail(self) -> EntryDetail:
        """The entry in hand."""
        return EntryDetail(id="detail", unicode=self._unicode)

    @on(Mount)
    def _begin(self) -> None:
        self.refill()

    def refill(self, keep: Path | None = None) -> None:
        """Lists what is there now; `keep` is taken in hand."""
        self._entries = listed()
        self.query_one(EntryList).show(self._entries, keep)
        self.call_after_refresh(self._read_next)

    # Reading

    def _seen(self, entry: Entry) -> Look | None:
        return self._looks.get((entry.path, _changed_at(entry.path)))

    def _read(self, entry: Entry) -> Look:
        from tui.library import look

        found = self._looks[entry.path, _changed_at(entry.path)] = look(entry)
        return found

    def _read_next(self) -> None:
        """Reads one entry more, the one in hand first, and goes on when the screen has had its turn."""
        from tui.glance import brief

        panel = self.query_one(EntryList)
        waiting = [entry for entry in self._entries if entry not in panel.facts or self._seen(entry) is None]
        if not self.is_attached:
            return
        if not waiting:
            self.app.settled("browser")  # type: ignore[attr-defined]
            return
        entry = panel.entry if panel.entry in waiting else waiting[0]
        assert entry is not None
        panel.facts[entry] = brief(self._seen(entry) or self._read(entry))
        panel.redraw()
        if entry == panel.entry:
            self._show()
        self.call_after_refresh(self._read_next)

    def _show(self) -> None:
        entry = self.query_one(EntryList).entry
        self.query_one(EntryDetail).show(entry, None if entry is None else self._seen(entry))

    @on(EntryList.Moved)
    def _moved(self) -> None:
        self._show()

    @on(ScreenResume)
    def _again(self) -> None:
        """Sessions and files may have changed while another screen was on top."""
        if self._entries:
            self.refill()

    # Keys

    @on(EntryList.Opened)
    def _opened(self) -> None:
        self.action_door(0)

    def action_door(self, at: int) -> None:
        """Goes on from the entry in hand."""
        self.through(DOORS[at])

    def through(self, door: Door) -> None:
        """Goes on from the entry in hand, where the door is for it."""
        entry = self.query_one(EntryList).entry
        if entry is None:
            return
        if entry.kind not in door.kinds:
            self.notify(f"{door.title}: not for a {entry.kind}. d makes a file of it.", markup=False)
            return
        try:
            door.open(self.app, entry)  # type: ignore[arg-type]
        except ScenarioError as error:
            show_problems(self.app, entry.path, error.problems)  # type: ignore[arg-type]
        except FlightdeskError as error:
            self.notify(plain(str(error)), severity="error", markup=False)

    def action_open_file(self) -> None:
        """Asks for a file; takes it in hand, or shows what is wrong with it."""
        app: Flightdesk = self.app  # type: ignore[assignment]

        def take(text: str) -> Then:
            path = Path(text).expanduser().absolute()
            if not path.is_file():
                raise ScenarioError(text or "nothing", [Problem("file", "is no file")])
            remember(path)
            self.action_clear()
            self.refill(path)
            return partial(check, app, path)

        self.app.push_screen(AskScreen("Open a scenario file", "Its path; ~ is your home.", "", take,
                                       unicode=self._unicode))

    def action_filter(self) -> None:
        """What is typed next filters the list."""
        panel = self.query_one(EntryList)
        panel.focus()
        panel.filter(panel.words)

    def action_clear(self) -> None:
        """Lists everything again."""
        self.query_one(EntryList).filter("", typing=False)

    @property
    def in_hand(self) -> str | None:
        """The scenario in hand as a command takes it; None for a session or a run."""
        entry = self.query_one(EntryList).entry
        return entry.source if entry is not None and entry.kind in ("built-in", "file") else None

    def commands(self) -> Iterable[SystemCommand]:
        """What the palette offers here."""
        for door in DOORS:
            yield SystemCommand(door.title, f"The entry in hand ({door.key})", lambda door=door: self.through(door))
        yield SystemCommand("Open a file", "A scenario file of yours (o)", self.action_open_file)
        yield SystemCommand("Filter", "Only some of the list (/)", self.action_filter)
        yield SystemCommand("Help", "What the focused panel shows (?)", self.action_help)


def _changed_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


# --- the doors -----------------------------------------------------------------------------------------------------

def start_live(app: Flightdesk, entry: Entry) -> None:
    """The floor of a scenario, a session where it was left, or a run's floor with its changes."""
    from tui.play import Play

    look = whole(entry)
    if look.session is not None:
        app.open_floor(Play.resume(look.session))
    else:
        remember(entry.path)
        app.open_floor(Play.begin(with_changes(look), entry.source, look.seed))


def compare(app: Flightdesk, entry: Entry) -> None:
    """The scenario, and a session or a run as it was changed, beside further plans that are typed there."""
    from sim.experiments.comparison import Plan
    from tui.screens.compare import CompareScreen

    look = whole(entry)
    assert look.reading.scenario is not None
    plans = [Plan(entry.name, look.reading.scenario)]
    if look.interventions:
        plans.append(Plan("as changed", look.reading.scenario, look.interventions))
    app.push_screen(CompareScreen(plans, look.seed, unicode=app.unicode))


def whole(entry: Entry) -> Look:
    """The entry read once more: what is opened is what its file says now.

    Raises:
        ScenarioError: with all that is wrong with it.
    """
    from tui.library import look

    found = look(entry)
    if found.reading.scenario is None:
        raise ScenarioError(found.reading.file, found.reading.problems)
    return found


def with_changes(look: Look) -> Scenario:
    """The scenario with what was changed in a session or a run as changes of its own."""
    from core.scenario import Change

    scenario = look.reading.scenario
    assert scenario is not None
    made = tuple(Change(at=change.at, key=change.key, value=change.value) for change in look.interventions)
    return scenario if not made else scenario.model_copy(update={"intervention": (*scenario.intervention, *made)})


def duplicate(app: Flightdesk, entry: Entry) -> None:
    """A file of the user's own, with the comments of the one it comes from; then the editor."""
    from core.interventions import planned
    from core.scenario_file import read_text
    from core.sessions import Origin, saved_scenario

    if entry.kind in ("built-in", "file"):
        text = read_text(entry.path)
    else:
        look = whole(entry)
        assert look.reading.scenario is not None
        origin = Origin(look.reading.scenario, look.seed, entry.name)
        text = saved_scenario(origin, (*planned(origin.scenario), *look.interventions))

    def take(name: str) -> Then:
        path = Path(name).expanduser().absolute()
        try:
            with path.open("x", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except FileExistsError as error:
            raise ScenarioError(name, [Problem("file", "is there already; another name, please")]) from error
        return partial(edit_file, app, path)

    app.push_screen(AskScreen(f"Duplicate {entry.name}", "A file of yours, opened in your editor next.",
                              f"{entry.name}-2.toml", take, unicode=app.unicode))


def edit(app: Flightdesk, entry: Entry) -> None:
    """The editor; a built-in scenario is copied first."""
    if entry.kind == "built-in":
        duplicate(app, entry)
    else:
        edit_file(app, entry.path)


def edit_file(app: Flightdesk, path: Path, line: int | None = None) -> None:
    """The user's editor in place of the screen; then the file is read again, and its problems are shown."""
    remember(path)
    open_editor(app, path, line)
    check(app, path)
    for screen in app.screen_stack:
        if isinstance(screen, BrowserScreen):
            screen.refill(path)


def open_editor(app: Flightdesk, path: Path, line: int | None = None) -> None:
    """The user's editor in place of the screen, until it is closed."""
    words = editor()
    if words is None:
        app.notify(f"No editor was found: set EDITOR. The file is {path}", severity="warning", markup=False)
    else:
        command = editing(words, path, line)
        try:
            with app.suspend():
                done = subprocess.run(command, check=False)
            if done.returncode:
                app.notify(f"{words[0]} ended with {done.returncode}", severity="warning", markup=False)
        except SuspendNotSupported:
            app.notify(f"There is no editor here. The file is {path}", severity="warning", markup=False)
        except OSError as error:
            app.notify(f"{words[0]}: {error.strerror}; set EDITOR to your editor", severity="error", markup=False)


def check(app: Flightdesk, path: Path) -> None:
    """Shows what is wrong with a file, if anything is."""
    from core.scenario_file import examine, read_text

    try:
        reading = examine(read_text(path), path.name)
        problems = reading.problems
    except ScenarioError as error:
        problems = error.problems
    if problems:
        show_problems(app, path, problems)


def show_problems(app: Flightdesk, path: Path, problems: Iterable[Problem]) -> None:
    """The problems of a file at their lines, with the way back to the editor."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    app.push_screen(ProblemsScreen(path, text, tuple(problems), lambda line: edit_file(app, path, line),
                                   unicode=app.unicode))
