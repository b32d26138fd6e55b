"""Live play: a floor and its twin, stepped side by side at a pace that a person can watch.

`LiveSession` owns all state of the live screen: the two floors (`sim.pair`), the clock's speed, the changes made so far
(`sim.history`). The screen calls `advance` and `look` from its timer, `change`, `undo`, `go` ... from its keys, and
draws the frozen `LiveView`. Everything that takes long (running up to the opening, replaying after an undo, going back
in time) is done in slices within the caller's budget of real time, so that no call blocks.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.distributions import on_tick
from core.errors import InterventionError, UnitError
from core.interventions import Intervention, Turn, keys, planned, with_value
from core.scenario import Scenario
from core.units import DAY, HOUR, MINUTE, WEEK, moment, seconds, time_of_day, write_moment
from sim.case import Case
from sim.feed import Feed, Happening
from sim.history import Branch, Entry, Gesture, History, in_words
from sim.opening import opening
from sim.outlook import Ahead, Ask, Outlook, horizon
from sim.pair import MakeFloor, Pair, Steppable, make_floor
from sim.people import People
from sim.pulse import HORIZON, INTERVAL
from sim.reasons import Why
from sim.snapshot import Snapshot

SPEEDS = (1.0, 10.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0, DAY, WEEK)
"""Simulated seconds a real second: from real time to a week a second."""
BUDGET = 0.02
"""Real seconds that one call of `advance` may take, so that the screen answers keys between two of them."""
GESTURE = 1.5
"""Changes of one key with no more than so many real seconds between them are one turn of a knob: one undo takes all of
them back."""
EXPLAINS_EVERY = 1.0
"""Real seconds between two looks at why CSAT moved."""
UNCHANGED = 4 * HOUR
"""How far back is looked (s) where nothing has been changed."""
SETTLED = 0.4
"""Real seconds without a change after which the floor is looked ahead from."""
LOOKS_EVERY = 2 * MINUTE
"""How often the floor is looked at on the way to the next event (simulated s)."""
OF_INTEREST = ("late", "incident", "shift", "change")
"""Kinds of happening that are such an event."""


@dataclass(frozen=True, slots=True)
class LiveView:
    """All that the live screen shows at one moment. Times are seconds since Monday 00:00 of the first week."""

    now: float
    snapshot: Snapshot
    twin: Snapshot
    """The same scenario and seed without the interventions."""
    interventions: tuple[Intervention, ...]
    """Those for later included, in the order in which they were made."""
    changes: int
    """How many turns of a knob the interventions are."""
    playing: bool
    speed: float
    """Simulated seconds asked for a real second."""
    actual_speed: float | None
    """What is reached, where the model is too slow for `speed`; else None."""
    errand: str | None
    """What the session is at before the clock goes on, in words; None: nothing."""
    progress: float
    """How far the errand is, 0 to 1."""
    ended: bool
    undoable: bool
    redoable: bool
    happenings: tuple[Happening, ...]
    """Newest first."""
    log: tuple[Entry, ...] = ()
    """The changes by the time they hold from, then those taken back."""
    branches: tuple[Branch, ...] = ()
    """Courses that were left, oldest first."""
    case: Case | None = None
    """The conversation that is followed, as it stands."""
    ahead: Ahead | None = None
    """Where it will probably go, as far as has been found out."""
    why: Why | None = None
    """Why CSAT moved, where somebody wants to know."""


@dataclass(slots=True)
class _Errand:
    """A stretch of simulation to be done as fast as it goes, in slices."""

    words: str
    goal: float
    floors: tuple[Steppable, ...]
    begun: float
    rebuilt: bool = False
    """Whether its floors are new ones, which take the place of the live one, or of both, at the end."""
    watch: bool = False
    """Whether it ends at the first event of interest."""
    opens: bool = False
    """Whether play begins where it ends."""
    looked: float = 0.0
    """When the floor was last looked at on the way (simulated s), where it is watched."""
    seen: tuple[Happening | None, int] | None = None
    """What was the latest of interest when it began, where it is watched."""

    @property
    def now(self) -> float:
        """How far it has come (s)."""
        return min(floor.now for floor in self.floors)


class LiveSession:
    """A floor and its twin at the same time of the week.

    `start` is where play begins (s; none: when the floor has opened), reached through `advance` like all else.
    `turns` are changes of an earlier session, by turn of a knob, and `undone` those taken back there, the next one to
    be made again first; `script` is what changes on both floors, whoever turns what. `clock` tells real seconds,
    `make_floor` makes a floor from a scenario, a seed and interventions, `outlook` looks ahead after each change.
    """

    def __init__(self, scenario: Scenario, seed: int = 1, *, start: float | None = None,
                 interventions: Iterable[Intervention] = (), turns: Iterable[Turn] = (), undone: Iterable[Turn] = (),
                 script: Iterable[Intervention] = (), make_floor: MakeFloor = make_floor,
                 clock: Callable[[], float] = time.perf_counter, outlook: Outlook | None = None):
        # What the scenario itself changes on the way is here like what the user does, and the twin goes without it.
        interventions = (*planned(scenario), *interventions)
        scenario = scenario.model_copy(update={"intervention": ()})
        self.scenario = scenario
        self.seed = seed
        self.playing = True
        self._make_floor = make_floor
        self._clock = clock
        self.plan = {key.name: key.value for key in keys(scenario)}
        """What every key of the scenario stands at without changes, written as in a file."""
        earlier, taken_back = ([Gesture(turn, turn[0].at if start is None else min(turn[0].at, start)) for turn in part]
                               for part in (turns, undone))
        self._history = History(scenario, self.plan, [*(Gesture((change,), 0.0) for change in interventions), *earlier],
                                reversed(taken_back))
        self._script = tuple(script)
        self._history.script = self._script
        self._last_change = -math.inf
        self._pending: list[Intervention] = []
        """Changes that the floor has yet to take."""
        self._pair = Pair(make_floor(scenario, seed, self.interventions), make_floor(scenario, seed, self._script),
                          clock)
        self._speed = 60.0
        self._pace: deque[tuple[float, float]] = deque(maxlen=30)
        self.favourites: set[str] = set()
        """Keys whose knobs the user keeps among the first."""
        self.people = People(seed)
        self._feed = Feed(scenario, self.people)
        self._generation = 0
        self._view: tuple[tuple[object, ...], LiveView] | None = None
        self._followed: int | None = None
        self._explains = False
        self._why: tuple[tuple[int, int], float, Why] | None = None
        self._outlook = outlook
        self._look_from: float | None = None
        """Real time (s) from which on to look ahead again; None: there is no need."""
        self._errand: _Errand | None = None
        begin = opening(scenario) if start is None else start
        if begin > 0:
            self._send("opening the floor", min(begin, scenario.length), opens=True)

    # The clock

    @property
    def now(self) -> float:
        """Time of the floor (s); its twin may be a stretch behind, between two calls of `advance`."""
        return self._pair.now

    @property
    def present(self) -> float:
        """The time that a change holds from (s): now, or where a replay is going to, or play begins."""
        errand = self._errand
        return errand.goal if errand is not None and (errand.rebuilt or errand.opens) else self.now

    @property
    def speed(self) -> float:
        """Simulated seconds asked for a real second."""
        return self._speed

    @speed.setter
    def speed(self, value: float) -> None:
        self._speed = max(SPEEDS[0], min(SPEEDS[-1], value))
        self._pace.clear()

    def faster(self, notches: int = 1) -> None:
        """Turns the speed up by so many notches of `SPEEDS` (down if negative), as far as it goes."""
        at = min(range(len(SPEEDS)), key=lambda at: abs(SPEEDS[at] - self._speed))
        self._speed = SPEEDS[max(0, min(len(SPEEDS) - 1, at + notches))]
        self._pace.clear()

    @property
    def ended(self) -> bool:
        """Whether the run is over."""
        return self.now >= self.scenario.length

    @property
    def on_errand(self) -> bool:
        """Whether the clock waits for something that takes long: running up to the opening, a replay."""
        return self._errand is not None

    @property
    def idle(self) -> bool:
        """Whether nothing is to be done: time stands, and the floors have been looked at as they are."""
        looking = self._look_from is not None or (self._outlook is not None and self._outlook.busy)
        standing = self._errand is None and (not self.playing or self.ended)
        return standing and not looking and self._pair.seen(self._generation)

    @property
    def actual_speed(self) -> float | None:
        """Speed reached over about the last second, where it falls short of the one asked by a tenth; else None."""
        real = sum(part[0] for part in self._pace)
        if not self.playing or len(self._pace) < 5 or real <= 0:
            return None
        reached = sum(part[1] for part in self._pace) / real
        return reached if reached < 0.9 * self.speed else None

    def pause(self) -> None:
        """Stops the clock, or lets it go on; on the way to another time it stops there and then."""
        if self._errand is not None and not self._errand.rebuilt and not self._errand.opens:
            self._errand = None
            self.playing = False
        else:
            self.playing = not self.playing and not self.ended
        self._pace.clear()

    def step(self) -> None:
        """On to the end of the interval, and stop there: the charts have one point more."""
        self.playing = False
        if self._errand is None and not self.ended:
            boundary = (self.now // INTERVAL + 1) * INTERVAL
            self._send("stepping", min(boundary, self.scenario.length))

    def advance(self, real_seconds: float, budget: float = BUDGET) -> None:
        """Moves both floors on by what `real_seconds` are worth, within `budget` real seconds.

        What the budget does not reach is dropped, never owed: the clock slows down and `actual_speed` says so.
        """
        deadline = self._clock() + budget
        self._settle()
        if self._errand is not None:
            self._advance_errand(self._errand, deadline)
            return
        self._look_if_due()
        if self.playing and not self.ended:
            before = self.now
            self._pair.run(on_tick(min(before + real_seconds * self.speed, self.scenario.length)), deadline)
            if self.ended:
                self.playing = False
            else:
                self._pace.append((real_seconds, self.now - before))

    def _send(self, words: str, goal: float, rebuilt: tuple[Steppable, ...] = (), watch: bool = False,
              opens: bool = False) -> None:
        floors = rebuilt or (self._pair.floor, self._pair.twin)
        self._errand = _Errand(words, goal, floors, floors[0].now, bool(rebuilt), watch, opens)
        self._pace.clear()

    def _advance_errand(self, errand: _Errand, deadline: float) -> None:
        if errand.watch:
            self._watch(errand, deadline)
            return
        self._pair.run(errand.goal, deadline, errand.floors)
        if errand.now >= errand.goal:
            self._errand = None
            if errand.rebuilt:
                self._pair.replace(errand.floors)
                self._generation += 1

    def _watch(self, errand: _Errand, deadline: float) -> None:
        """On towards the next event of interest, looking at the floor from time to time; all of it in slices."""
        if errand.seen is None:
            errand.looked, errand.seen = errand.begun, self._of_interest()
        while self._errand is not None:
            look = min(errand.goal, errand.looked + LOOKS_EVERY)
            self._pair.run(look, deadline)
            if errand.now < look:
                return
            while not self._pair.seen(self._generation):
                self._look_at(observe=True)
                if self._clock() >= deadline:
                    return
            errand.looked = look
            if self._of_interest() != errand.seen or look >= errand.goal:
                self._errand = None
                self.playing = False
            elif self._clock() >= deadline:
                return

    def _of_interest(self) -> tuple[Happening | None, int]:
        """The latest event of interest, and how many changes have come to hold."""
        latest = next((happening for happening in self._feed.newest() if happening.kind in OF_INTEREST), None)
        return latest, sum(change.at <= self.now for change in self.interventions)

    # The look ahead

    def look_ahead(self, again: bool = True) -> None:
        """Looks ahead from the present on as soon as nobody turns a knob any more; or not any more."""
        if self._outlook is not None:
            self._outlook.stop()
            self._look_from = self._clock() + SETTLED if again and not self.ended else None
            self._generation += 1

    def _look_if_due(self) -> None:
        if self._outlook is not None and self._look_from is not None and self._clock() >= self._look_from:
            self._look_from = None
            self._outlook.start(Ask(self.scenario, self.seed, self.interventions, self.now,
                                    horizon(self.now, self.scenario.length)))

    # Other times

    def go(self, at: float) -> None:
        """To another time (s): on, as fast as it goes; or back, where the floor takes another course from then on.

        Going back leaves out the changes that were made after that time. They are kept as a `Branch`, to which
        `take` returns.

        Raises:
            InterventionError: for a time before the run begins or after it ends, and while a replay is under way.
        """
        if not 0 <= at <= self.scenario.length:
            raise InterventionError(f"{write_moment(round(at))}: the run lasts from {write_moment(0.0)} to "
                                    f"{write_moment(self.scenario.length)}")
        if at >= self.now:
            self._must_be_free()
            self._send(f"going on to {write_moment(round(at))}", at)
            return
        self._history.go_back(at, self.now)
        self._rebuild(at, f"going back to {write_moment(round(at))}")

    def go_to_next(self) -> None:
        """On to the next event of interest: a queue runs late, an incident, people come or go, a change that was due.

        Raises:
            InterventionError: while a replay is under way.
        """
        self._must_be_free()
        if not self.ended:
            self._send("going on to the next event", self.scenario.length, watch=True)

    def take(self, branch: Branch) -> None:
        """Returns to a course that was left, where it was left; the present one is kept in its place."""
        self._history.take(branch, self.now)
        self._rebuild(branch.until, "taking the other course")

    def _rebuild(self, until: float, words: str) -> None:
        """Both floors run again up to another time, with the changes as they are now."""
        self._last_change = -math.inf
        self._feed.forget(until)
        self._pending.clear()  # the new floors have them
        self._generation += 1
        floors = (self._make_floor(self.scenario, self.seed, self.interventions),
                  self._make_floor(self.scenario, self.seed, self._script))
        self.playing = False
        self.look_ahead(bool(self.turns))
        self._send(words, until, floors)

    def _must_be_free(self) -> None:
        """Before the floor goes elsewhere: the next change is another turn of the knob."""
        self._last_change = -math.inf
        if self._errand is not None:
            raise InterventionError(f"The floor is busy ({self._errand.words}); try again in a moment")

    # Changes

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        """The changes made so far, those for later included, in the order in which they were made."""
        return self._history.interventions

    @property
    def turns(self) -> tuple[Turn, ...]:
        """The changes made so far by turn of a knob: one undo takes one of these back."""
        return self._history.turns

    @property
    def undone(self) -> tuple[Turn, ...]:
        """The turns that were taken back and could be made again, the next one first."""
        return self._history.undone

    @property
    def branches(self) -> tuple[Branch, ...]:
        """Courses that were left by going back, oldest first."""
        return self._history.branches

    @property
    def current(self) -> Scenario:
        """The scenario with the changes that hold now."""
        return self._history.at(self.present)

    def value(self, key: str) -> str:
        """What the key stands at, written as in a file: the last change of it, else the scenario's.

        Raises:
            KeyError: for a key that is not there.
        """
        return self._history.value(key, self.present)

    def change(self, key: str, value: str, at: float | None = None) -> Intervention | None:
        """Gives the key another value from now on, or from a later time `at` (s); None where it has that value already.

        Raises:
            InterventionError: for a key that is not there, or a value that it cannot take; for a time that is past.
        """
        now = self.present
        at = now if at is None else at
        if not now <= at < max(self.scenario.length, now + 1.0):
            raise InterventionError(f"{write_moment(round(at))}: a change can be made for a time from now on "
                                    f"({write_moment(round(now))}) up to the end of the run "
                                    f"({write_moment(self.scenario.length)})")
        before = self._history.at(at)
        if with_value(before, key, value) == before:
            return None
        intervention = Intervention(at, key, value)
        if at > now:
            with_value(self.current, key, value)
        self._pending.append(intervention)
        turning = at == now and self._history.turns_on(key, now) and self._clock() - self._last_change <= GESTURE
        self._history.add(intervention, now, turning)
        self._last_change = self._clock()
        self._generation += 1
        self.look_ahead()
        return intervention

    def steer(self, course: Iterable[Intervention]) -> None:
        """After now the live floor takes this course in place of the script, which the twin keeps.

        Up to now the course is what it was.
        """
        self._settle()
        self._history.script = tuple(course)
        for floor in self._live():
            floor.replan(self.interventions)
        self._generation += 1
        self.look_ahead()

    def _settle(self) -> None:
        """The floor takes the changes that were made since the last slice: a key does not wait for that."""
        for change in self._pending:
            for floor in self._live():
                floor.intervene(change)
        self._pending.clear()

    def undo(self) -> Intervention | None:
        """Takes the last turn of a knob back: the run is replayed without it, up to now.

        Returns its last change, None where there is none.
        """
        undone = self._history.undo()
        if undone is None:
            return None
        self._feed.forget(undone.changes[0].at)
        self._feed.add(Happening(self.now, "change", f"You took back {in_words(undone.last)}"))
        self._replay("taking it back")
        return undone.last

    def redo(self) -> Intervention | None:
        """Makes the turn last taken back again, at its own time. Returns its last change, None where there is none."""
        redone = self._history.redo()
        if redone is None:
            return None
        self._feed.forget(redone.changes[0].at)
        self._replay("doing it again")
        return redone.last

    def _replay(self, words: str) -> None:
        self._settle()
        self._generation += 1
        self.look_ahead(bool(self.turns))
        rebuilt = self._make_floor(self.scenario, self.seed, self.interventions)
        errand = self._errand
        if errand is not None and (errand.opens or (len(errand.floors) == 2 and errand.rebuilt)):  # it is not there yet
            twin = self._make_floor(self.scenario, self.seed, self._script)
            self._send(errand.words, errand.goal, (rebuilt, twin), opens=errand.opens)
        else:
            self._send(words, self.now, (rebuilt,))

    def _live(self) -> list[Steppable]:
        """The floors that a change reaches: the live one, and one that is to take its place."""
        errand = self._errand
        if errand is None or not errand.rebuilt:
            return [self._pair.floor]
        return [errand.floors[0]] if len(errand.floors) == 2 else [self._pair.floor, errand.floors[0]]

    # What the screen shows

    def look(self) -> bool:
        """A piece of looking at the floors, after which a view of them is at hand or not; as little as a key can wait.

        Between the pieces the floors must stand, else it begins again.
        """
        self._look_at(observe=self._errand is None)  # what happens on the way there is no news
        return self._pair.seen(self._generation)

    def _look_at(self, observe: bool) -> None:
        self._settle()
        taken = self._pair.look(self._generation)
        if taken is not None and observe:
            self._feed.observe(taken)

    def _look_at_both(self, observe: bool) -> None:
        while not self._pair.seen(self._generation):
            self._look_at(observe)

    def view(self, at_once: bool = False) -> LiveView:
        """The session as it stands: the very same object while nothing has changed.

        `at_once` is for the answer to a key: the floors are in it as they were last looked at.
        """
        if not at_once or self._pair.pictures is None:
            # What happens on the way to a time is no news; what happens on the way to the next event may be it.
            self._look_at_both(observe=self._errand is None or self._errand.watch)
        assert self._pair.pictures is not None
        snapshot, twin = self._pair.pictures
        errand = self._errand
        actual = self.actual_speed
        progress = 1.0
        if errand is not None and errand.goal > errand.begun:
            progress = (errand.now - errand.begun) / (errand.goal - errand.begun)
        ahead = None if self._outlook is None else self._outlook.poll()
        if ahead is not None and ahead.until <= self.now:
            ahead = None
        stamp = (self.now, self._generation, self.playing, self.speed, None if actual is None else f"{actual:.2g}",
                 None if errand is None else errand.words, round(progress, 2), id(ahead), id(snapshot))
        if self._view is not None and self._view[0] == stamp:
            return self._view[1]
        view = LiveView(
            now=self.now, snapshot=snapshot, twin=twin, interventions=self.interventions,
            changes=len(self.turns), playing=self.playing, speed=self.speed, actual_speed=actual,
            errand=None if errand is None else errand.words, progress=progress, ended=self.ended,
            undoable=bool(self.turns), redoable=bool(self.undone), happenings=self._happenings(),
            log=self._history.log(self.present), branches=self.branches, case=self._followed_case(),
            ahead=ahead, why=self._reasons(at_once))
        self._view = stamp, view
        return view

    def explain(self, wanted: bool) -> None:
        """From now on views say why CSAT moved, or no more."""
        if wanted != self._explains:
            self._explains, self._why = wanted, None
            self._generation += 1

    def _reasons(self, at_once: bool) -> Why | None:
        """Why CSAT moved since the first change, where somebody wants to know; looked at anew once a second at most."""
        if not self._explains:
            return None
        if at_once and self._why is not None:
            return self._why[2]
        floor, twin = self._pair.floor, self._pair.twin
        self._settle()
        self._pair.catch_up()
        stamp = (id(floor), self._generation)
        if self._why is None or self._why[0] != stamp or self._clock() >= self._why[1] + EXPLAINS_EVERY:
            changes = [change.at for change in self.interventions if change.at <= self.now]
            since = max(min(changes, default=self.now - UNCHANGED), self.now - HORIZON)
            why = Why(since, self.now, self.current, self.scenario, floor.rated(since), twin.rated(since))
            self._why = stamp, self._clock(), why
        return self._why[2]

    def follow(self, need: int | None) -> None:
        """From now on views show the conversations about that need; None: about none.

        Raises:
            InterventionError: no need of that number has arisen.
        """
        if need is not None:
            self.case(need)
        self._followed = need
        self._generation += 1

    def _followed_case(self) -> Case | None:
        """What is followed, where it has arisen in this course of the floor."""
        if self._followed is None:
            return None
        try:
            return self.case(self._followed)
        except InterventionError:
            return None

    def case(self, need: int) -> Case:
        """What has happened about the need of that number so far.

        Raises:
            InterventionError: no need of that number has arisen.
        """
        return self._pair.floor.case(need, self.people)

    def _happenings(self) -> tuple[Happening, ...]:
        """What was observed and what was done, newest first."""
        done = [Happening(gesture.last.at, "change", f"You set {in_words(gesture.last)}")
                for gesture in self._history.gestures if gesture.last.at <= self.present]
        return tuple(sorted([*self._feed.newest(), *reversed(done)], key=lambda happening: -happening.at))


def read_time(text: str, now: float) -> float:
    """A time as a user writes it (s): a moment, a time of the day of `now`, or a duration on (+) or back (-) from it.

    Raises:
        UnitError: for anything else.
    """
    word = text.strip()
    if word[:1] in ("+", "-"):
        return now + (seconds(word[1:]) if word[0] == "+" else -seconds(word[1:]))
    if ":" in word and word[:1].isdigit():
        return now // DAY * DAY + time_of_day(word)
    try:
        return moment(word)
    except UnitError:
        raise UnitError(f'a time is wanted, such as "Tue 14:00", "14:00", "+30m" or "-2h", given "{word}"') from None
