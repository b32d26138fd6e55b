"""Live play: a floor and its twin, stepped side by side at a pace that a person can watch.

`LiveSession` owns all state of the live screen: the two floors, the clock's speed, the changes made so far. The
screen calls `advance` from its timer, `change`, `undo` ... from its keys, and draws the frozen `LiveView`.
Everything that takes long (running up to the opening, replaying after an undo) is done in slices within the
caller's budget of real time, so that no call blocks.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from core.interventions import Intervention, keys, planned, with_value
from core.scenario import Scenario, Team
from core.units import DAY, HOUR, MINUTE, WEEK
from sim.feed import Feed, Happening
from sim.floor import Floor
from sim.people import People
from sim.pulse import INTERVAL
from sim.snapshot import Snapshot

SPEEDS = (1.0, 10.0, 60.0, 300.0, 900.0, 3_600.0, 14_400.0, DAY, WEEK)
"""Simulated seconds a real second: from real time to a week a second."""
BUDGET = 0.016
"""Real seconds that one call of `advance` may take, so that the screen answers keys between two of them."""
SLICE = BUDGET / 4
"""Real seconds that one stretch of simulation should take; the budget is checked between stretches."""
GESTURE = 1.5
"""Changes of one key with no more than so many real seconds between them are one turn of a knob: one undo takes all of
them back."""
STRIDES = (1.0, 15 * MINUTE)
"""Shortest and longest such stretch (simulated s)."""


class Steppable(Protocol):
    """What live play needs of a floor."""

    @property
    def now(self) -> float:
        """Seconds since Monday 00:00 of the first week."""

    def advance(self, until: float) -> None:
        """Runs to that time (s)."""

    def intervene(self, intervention: Intervention) -> None:
        """Takes a change, for now or for later."""

    def snapshot(self) -> Snapshot:
        """The floor as it stands."""


MakeFloor = Callable[[Scenario, int, tuple[Intervention, ...]], Steppable]


def _floor(scenario: Scenario, seed: int, interventions: tuple[Intervention, ...]) -> Steppable:
    floor = Floor(scenario, seed=seed, interventions=interventions)
    floor.advance(0.0)  # the first day begins: before, there is nothing to look at
    return floor


@dataclass(frozen=True, slots=True)
class LiveView:
    """All that the live screen shows at one moment. Times are seconds since Monday 00:00 of the first week."""

    now: float
    snapshot: Snapshot
    twin: Snapshot
    """The same scenario and seed without the interventions."""
    interventions: tuple[Intervention, ...]
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


@dataclass(slots=True)
class _Errand:
    """A stretch of simulation to be done as fast as it goes, in slices."""

    words: str
    goal: float
    floors: tuple[Steppable, ...]
    begun: float
    replaces: bool = False
    """Whether its floor takes the live one's place at the end."""


class LiveSession:
    """A floor and its twin at the same time of the week.

    `start` is where play begins (s; none: when the floor has opened), reached through `advance` like all else.
    `turns` are changes of an earlier session, by turn of a knob. `clock` tells real seconds, `make_floor` makes a
    floor from a scenario, a seed and interventions.
    """

    def __init__(self, scenario: Scenario, seed: int = 1, *, start: float | None = None,
                 interventions: Iterable[Intervention] = (), turns: Iterable[tuple[Intervention, ...]] = (),
                 make_floor: MakeFloor = _floor, clock: Callable[[], float] = time.perf_counter):
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
        self._gestures: list[tuple[Intervention, ...]] = [*((change,) for change in interventions), *turns]
        """Interventions, by turn of a knob."""
        self._undone: list[tuple[Intervention, ...]] = []
        self._last_change = -math.inf
        self._current: Scenario | None = None
        self._floor = make_floor(scenario, seed, self.interventions)
        self._twin = make_floor(scenario, seed, ())
        self._speed = SPEEDS.index(60.0)
        self._stride = MINUTE
        self._pace: deque[tuple[float, float]] = deque(maxlen=30)
        self.people = People(seed)
        self._feed = Feed(scenario, self.people)
        self._generation = 0
        self._view: tuple[tuple[object, ...], LiveView] | None = None
        self._snapshots: tuple[tuple[object, ...], Snapshot, Snapshot] | None = None
        self._errand: _Errand | None = None
        begin = opening(scenario) if start is None else start
        if begin > 0:
            self._send("opening the floor", min(begin, scenario.length))

    # The clock

    @property
    def now(self) -> float:
        """Time of both floors (s)."""
        return self._floor.now

    @property
    def speed(self) -> float:
        """Simulated seconds asked for a real second."""
        return SPEEDS[self._speed]

    @speed.setter
    def speed(self, value: float) -> None:
        self._speed = min(range(len(SPEEDS)), key=lambda at: abs(SPEEDS[at] - value))
        self._pace.clear()

    def faster(self, notches: int = 1) -> None:
        """Turns the speed up by so many notches (down if negative), as far as it goes."""
        self._speed = max(0, min(len(SPEEDS) - 1, self._speed + notches))
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
        """Whether `advance` has nothing to do."""
        return self._errand is None and (not self.playing or self.ended)

    @property
    def actual_speed(self) -> float | None:
        """Speed reached over about the last second, where it falls short of the one asked by a tenth; else None."""
        real = sum(part[0] for part in self._pace)
        if not self.playing or len(self._pace) < 5 or real <= 0:
            return None
        reached = sum(part[1] for part in self._pace) / real
        return reached if reached < 0.9 * self.speed else None

    def pause(self) -> None:
        """Stops the clock, or lets it go on."""
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
        if self._errand is not None:
            self._advance_errand(self._errand, deadline)
        elif not self.idle:
            before = self.now
            goal = min(before + real_seconds * self.speed, self.scenario.length)
            self._run((self._floor, self._twin), goal, deadline)
            if self.ended:
                self.playing = False
            else:
                self._pace.append((real_seconds, self.now - before))

    def _run(self, floors: tuple[Steppable, ...], goal: float, deadline: float) -> None:
        """Steps the floors side by side in stretches that take about `SLICE` real seconds each."""
        while (now := floors[0].now) < goal:
            began = self._clock()
            until = min(goal, now + self._stride)
            for floor in floors:
                floor.advance(until)
            ended = self._clock()
            if ended - began > SLICE:
                self._stride = max(STRIDES[0], self._stride / 2)
            elif ended - began < SLICE / 2:
                self._stride = min(STRIDES[1], self._stride * 2)
            if ended >= deadline:
                return

    def _send(self, words: str, goal: float, rebuilt: Steppable | None = None) -> None:
        floors = (self._floor, self._twin) if rebuilt is None else (rebuilt,)
        self._errand = _Errand(words, goal, floors, floors[0].now, rebuilt is not None)
        self._pace.clear()

    def _advance_errand(self, errand: _Errand, deadline: float) -> None:
        self._run(errand.floors, errand.goal, deadline)
        if errand.floors[0].now >= errand.goal:
            self._errand = None
            if errand.replaces:
                self._floor = errand.floors[0]
                self._generation += 1

    # Changes

    @property
    def interventions(self) -> tuple[Intervention, ...]:
        """The changes made so far, oldest first."""
        return tuple(change for gesture in self._gestures for change in gesture)

    @property
    def turns(self) -> tuple[tuple[Intervention, ...], ...]:
        """The changes made so far by turn of a knob: one undo takes one of these back."""
        return tuple(self._gestures)

    @property
    def current(self) -> Scenario:
        """The scenario with the changes made so far."""
        if self._current is None:
            self._current = self.scenario
            for change in self.interventions:
                self._current = with_value(self._current, change.key, change.value)
        return self._current

    def value(self, key: str) -> str:
        """What the key stands at, written as in a file: the last change of it, else the scenario's.

        Raises:
            KeyError: for a key that is not there.
        """
        changed = [change.value for change in self.interventions if change.key == key]
        return changed[-1] if changed else self.plan[key]

    def change(self, key: str, value: str) -> Intervention | None:
        """Gives the key another value from now on; None where it has that value already.

        Raises:
            InterventionError: for a key that is not there, or a value that it cannot take.
        """
        before = self.current
        after = with_value(before, key, value)
        if after == before:
            return None
        intervention = Intervention(self.now, key, value)
        for floor in {id(floor): floor for floor in (self._floor, *self._rebuilt())}.values():
            floor.intervene(intervention)
        if self._still_turning(key):
            self._gestures[-1] += (intervention,)
        else:
            self._gestures.append((intervention,))
        self._last_change = self._clock()
        self._undone.clear()
        self._current = after
        self._generation += 1
        return intervention

    def _still_turning(self, key: str) -> bool:
        """Whether a change of that key belongs to the last turn of a knob."""
        return (bool(self._gestures) and not self._undone and self._gestures[-1][-1].key == key
                and self._clock() - self._last_change <= GESTURE)

    def undo(self) -> Intervention | None:
        """Takes the last turn of a knob back: the run is replayed without it, up to now.

        Returns its last change, None where there is none.
        """
        if not self._gestures:
            return None
        undone = self._gestures.pop()
        self._undone.append(undone)
        self._feed.forget(undone[0].at)
        self._feed.add(Happening(self.now, "change", f"You took back {in_words(undone[-1])}"))
        self._replay("taking it back")
        return undone[-1]

    def redo(self) -> Intervention | None:
        """Makes the turn last taken back again, at its own time. Returns its last change, None where there is none."""
        if not self._undone:
            return None
        redone = self._undone.pop()
        self._gestures.append(redone)
        self._feed.forget(redone[0].at)
        self._replay("doing it again")
        return redone[-1]

    def _replay(self, words: str) -> None:
        self._current = None
        self._generation += 1
        self._send(words, self.now, self._make_floor(self.scenario, self.seed, self.interventions))

    def _rebuilt(self) -> tuple[Steppable, ...]:
        return self._errand.floors if self._errand is not None and self._errand.replaces else ()

    # What the screen shows

    def view(self) -> LiveView:
        """The session as it stands: the very same object while nothing has changed."""
        errand = self._errand
        actual = self.actual_speed
        progress = 1.0
        if errand is not None and errand.goal > errand.begun:
            progress = (errand.floors[0].now - errand.begun) / (errand.goal - errand.begun)
        stamp = (self.now, self._generation, self.playing, self.speed, None if actual is None else f"{actual:.2g}",
                 None if errand is None else errand.words, round(progress, 2))
        if self._view is not None and self._view[0] == stamp:
            return self._view[1]
        snapshot, twin = self._take_snapshots()
        view = LiveView(
            now=self.now, snapshot=snapshot, twin=twin, interventions=self.interventions,
            changes=len(self._gestures), playing=self.playing, speed=self.speed, actual_speed=actual,
            errand=None if errand is None else errand.words, progress=progress, ended=self.ended,
            undoable=bool(self._gestures), redoable=bool(self._undone), happenings=self._happenings())
        self._view = stamp, view
        return view

    def _happenings(self) -> tuple[Happening, ...]:
        """What was observed and what was done, newest first."""
        done = [Happening(gesture[-1].at, "change", f"You set {in_words(gesture[-1])}") for gesture in self._gestures]
        return tuple(sorted([*self._feed.newest(), *reversed(done)], key=lambda happening: -happening.at))

    def _take_snapshots(self) -> tuple[Snapshot, Snapshot]:
        stamp = (id(self._floor), self.now, self._generation)
        if self._snapshots is None or self._snapshots[0] != stamp:
            snapshot = self._floor.snapshot()
            if self._errand is None:  # what happens on the way there is no news
                self._feed.observe(snapshot)
            self._snapshots = stamp, snapshot, self._twin.snapshot()
        return self._snapshots[1:]


def in_words(change: Intervention) -> str:
    """A change for a person to read: `frontline people to +2`, `bot.coverage to 60%`."""
    parts = change.key.split(".")
    if parts[0] == "team" and parts[-1] == "extra" and len(parts) == 3:
        count = change.value.strip().removeprefix("+")
        return f"{parts[1]} people to plan {count.replace('-', '−') if count.startswith('-') else '+' + count}"
    words = {"bot.coverage": "bot coverage", "bot.exit_after": "the bot's exit after failed turns",
             "demand.level": "demand"}
    return f"{words.get(change.key, change.key)} to {change.value.strip()}"


def planned_people(scenario: Scenario, at: float) -> float:
    """People that the plan has at work at that time (s since a Monday 00:00), `extra` left out."""
    return sum(_planned(scenario, team, at) for team in scenario.team.values())


def _planned(scenario: Scenario, team: Team, at: float) -> float:
    if team.agents is not None:
        return team.agents
    day, of_day = int(at // DAY), at % DAY
    if team.schedule is not None:
        profile = scenario.profile[team.schedule]
        return profile.day(day % 7)[int(of_day // profile.every)]
    people = 0
    for name, count in team.shifts.items():
        shift = scenario.shift[name]
        for start in (shift.start, shift.start - DAY):  # one that began yesterday may reach into today
            began = day if start == shift.start else day - 1
            if shift.works(began % 7) and start <= of_day < start + shift.length:
                people += count
    return people


def has_people(scenario: Scenario, name: str) -> bool:
    """Whether the plan ever has people in that team; one without is a queue that other teams serve."""
    team = scenario.team[name]
    if team.agents is not None:
        return team.agents > 0
    if team.schedule is not None:
        return bool(scenario.profile[team.schedule].week().any())
    return any(team.shifts.values())


def opening(scenario: Scenario) -> float:
    """When there is something to see (s): an hour into the first well-staffed, busy hour after the warm-up.

    Well staffed and busy mean at least half of the week's peak. 0 for a run too short for that.
    """
    hours = [hour * HOUR for hour in range(7 * 24)]
    people = [planned_people(scenario, at) for at in hours]
    name = scenario.demand.profile
    needs = [1.0] * len(hours)
    if name is not None:
        profile = scenario.profile[name]
        needs = [profile.day(int(at // DAY))[int(at % DAY // profile.every)] for at in hours]
    first = int(-(-scenario.warm_up // HOUR))
    for hour in range(first, first + len(hours)):
        at = hour % len(hours)
        if people[at] >= max(people) / 2 and needs[at] >= max(needs) / 2:
            begin = (hour + 1) * HOUR
            return begin if begin < scenario.length else 0.0
    return 0.0
