"""What the user has done to a floor: turns of knobs, those taken back, and the courses that were left.

`sim.live` keeps one `History` and makes floors by it; the list of changes on the screen is its `log`, and
`core.sessions` writes its turns to disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from core.interventions import Intervention, Turn, with_value
from core.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Gesture:
    """One turn of a knob: the changes that it made, oldest first, and when it was made (s; they may be for later)."""

    changes: Turn
    made: float

    @property
    def last(self) -> Intervention:
        """What it came to."""
        return self.changes[-1]


@dataclass(frozen=True, slots=True)
class Branch:
    """A course of the floor that was left by going back in time: how far it had come (s), and its changes."""

    until: float
    gestures: tuple[Gesture, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the log of changes: what a key was before and is after, and whether that holds by now."""

    at: float
    key: str
    before: str
    after: str
    state: Literal["done", "due", "undone"]


class History:
    """The changes made to a scenario, oldest first. `plan` is what every key stands at without them."""

    def __init__(self, scenario: Scenario, plan: Mapping[str, str], gestures: Iterable[Gesture] = (),
                 undone: Iterable[Gesture] = ()):
        self._scenario, self._plan = scenario, plan
        self.script: Turn = ()
        """What changes whoever turns what, before all that the user does."""
        self.gestures = list(gestures)
        self._undone = list(undone)
        """The next one to be made again last."""
        self._branches: list[Branch] = []
        self._current: tuple[Turn, Scenario] | None = None

    # What there is

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        """Those that stand, those for later included, in the order in which they were made."""
        return (*self.script, *(change for gesture in self.gestures for change in gesture.changes))

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The same by turn of a knob: one undo takes one of these back."""
        return tuple(gesture.changes for gesture in self.gestures)

    @property
    def undone(self) -> tuple[Turn, ...]:
        """The turns that were taken back and could be made again, the next one first."""
        return tuple(gesture.changes for gesture in reversed(self._undone))

    @property
    def branches(self) -> tuple[Branch, ...]:
        """Courses that were left by going back, oldest first."""
        return tuple(self._branches)

    def held(self, time: float) -> tuple[Intervention, ...]:
        """The changes that hold at that time (s), by the time from which on they do."""
        return tuple(sorted((change for change in self.interventions if change.at <= time),
                            key=lambda change: change.at))

    def at(self, time: float) -> Scenario:
        """The scenario with the changes that hold at that time (s)."""
        held = self.held(time)
        if self._current is None or self._current[0] != held:
            done, scenario = self._current or ((), self._scenario)
            if held[:len(done)] != done:
                done, scenario = (), self._scenario
            for change in held[len(done):]:
                scenario = with_value(scenario, change.key, change.value)
            self._current = held, scenario
        return self._current[1]

    def value(self, key: str, time: float) -> str:
        """What the key stands at then (s), written as in a file: the last change of it, else the scenario's.

        Raises:
            KeyError: for a key that is not there.
        """
        changed = [change for change in self.held(time) if change.key == key]
        return changed[-1].value if changed else self._plan[key]

    def log(self, time: float) -> tuple[Entry, ...]:
        """The changes by the time that they hold from, then those taken back."""
        values = dict[str, str]()
        entries = []
        undone = [change for turn in self.undone for change in turn]
        for changes, taken_back in ((sorted(self.interventions, key=lambda change: change.at), False), (undone, True)):
            for change in changes:
                before = values.get(change.key, self._plan.get(change.key, "none"))
                values[change.key] = change.value
                entries.append(Entry(change.at, change.key, before, change.value,
                                     "undone" if taken_back else "done" if change.at <= time else "due"))
        return tuple(entries)

    # What becomes of it

    def add(self, change: Intervention, made: float, turning: bool) -> None:
        """One change more; `turning` makes it a part of the last turn. What was taken back is gone."""
        if turning:
            self.gestures[-1] = Gesture((*self.gestures[-1].changes, change), made)
        else:
            self.gestures.append(Gesture((change,), made))
        self._undone.clear()

    def turns_on(self, key: str, time: float) -> bool:
        """Whether the last turn was of that key, holds by now (s), and nothing was taken back after it."""
        return (bool(self.gestures) and not self._undone and self.gestures[-1].last.key == key
                and self.gestures[-1].last.at <= time)

    def undo(self) -> Gesture | None:
        """Takes the last turn back; None where there is none."""
        if not self.gestures:
            return None
        self._undone.append(self.gestures.pop())
        return self._undone[-1]

    def redo(self) -> Gesture | None:
        """Makes the turn last taken back again; None where there is none."""
        if not self._undone:
            return None
        self.gestures.append(self._undone.pop())
        return self.gestures[-1]

    def go_back(self, at: float, now: float) -> None:
        """Leaves out what was made after a time (s). The course as it was up to `now` is kept as a `Branch`."""
        kept = [gesture for gesture in self.gestures if gesture.made <= at]
        if kept != self.gestures:
            self._branches.append(Branch(now, tuple(self.gestures)))
        self.gestures = kept
        self._undone.clear()

    def take(self, branch: Branch, now: float) -> None:
        """Returns to a course that was left; the present one, which has come to `now` (s), is kept in its place."""
        self._branches.remove(branch)
        self._branches.append(Branch(now, tuple(self.gestures)))
        self.gestures = list(branch.gestures)
        self._undone.clear()


def in_words(change: Intervention) -> str:
    """A change for a person to read: `frontline people to +2`, `bot.coverage to 60%`."""
    parts = change.key.split(".")
    if parts[0] == "team" and parts[-1] == "extra" and len(parts) == 3:
        count = change.value.strip().removeprefix("+")
        return f"{parts[1]} people to plan {count.replace('-', '−') if count.startswith('-') else '+' + count}"
    words = {"bot.coverage": "bot coverage", "bot.exit_after": "the bot's exit after failed turns",
             "demand.level": "demand"}
    return f"{words.get(change.key, change.key)} to {change.value.strip()}"
