"""A floor drill while it is played: what a screen drives and shows, and what is written down of it.

`Play` has the two floors of a `LiveSession` step side by side: the trainee's and the twin, on which the script runs and
nobody acts. The screen calls `advance` from its timer, `act` and `take_hint` from its keys; `performance` is what is
kept, and the score is always that of `Exercise.run` on it, so that the screen and the command line cannot differ.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable

from core.drill.course import Deed, Deeds, in_order, spent, why_not
from core.drill.news import News, Standing, news, standing
from core.drill.performance import Performance, moves
from core.errors import DrillError
from core.output.store import program_version
from sim.drills.exercise import Exercise
from sim.live import BUDGET, LiveSession

EASED = 0.5
"""Speed of an eased clock, which also stops at each headline, against the drill's."""


class Play:
    """One go at a drill. There is no way back in it; `again` begins another one from any minute, for the debrief."""

    def __init__(self, exercise: Exercise, seed: int | None = None, *, eased: bool = False, trainee: str | None = None,
                 deeds: Iterable[Deed] = (), hints: int = 0, begin: float | None = None,
                 clock: Callable[[], float] = time.perf_counter):
        self.exercise = exercise
        self.drill = exercise.drill
        self.seed = self.drill.seed if seed is None else seed
        self.eased, self.trainee = eased, trainee
        self._deeds = list(in_order(deeds))
        self._hints = hints
        self.session = LiveSession(exercise.plain, self.seed, start=self.drill.start if begin is None else begin,
                                   script=exercise.course(()), clock=clock)
        if self._deeds:
            self.session.steer(exercise.course(self._deeds))
        self.session.speed = self.drill.speed * (EASED if eased else 1.0)
        self._version = program_version()
        self._heard = 0
        """Headlines that were told so far."""

    # The clock

    @property
    def now(self) -> float:
        """Time of both floors (s)."""
        return self.session.now

    @property
    def ended(self) -> bool:
        """Whether play is over."""
        return self.session.ended

    def advance(self, real_seconds: float, budget: float = BUDGET) -> None:
        """Moves on by what `real_seconds` are worth; an eased clock stops when something is told."""
        self.session.advance(real_seconds, budget)
        heard = sum(one.kind == "headline" for one in self.news())
        if heard > self._heard and self.eased and self.session.playing and not self.session.on_errand:
            self.session.pause()
        self._heard = heard

    # What the trainee does

    @property
    def deeds(self) -> Deeds:
        """What was decided so far."""
        return tuple(self._deeds)

    @property
    def decides_at(self) -> float:
        """The time that a decision gets now (s): the next whole second, before which all stays as it was."""
        return math.floor(self.session.present) + 1.0

    def why_not(self, name: str) -> str | None:
        """Why an action cannot be decided now; None where it can."""
        if self.ended:
            return "play is over"
        return why_not(self.drill, self._deeds, name, self.decides_at)

    def act(self, name: str) -> Deed:
        """Decides on an action.

        Raises:
            DrillError: where it cannot be done now, with why.
        """
        reason = self.why_not(name)
        if reason is not None:
            raise DrillError(f"{self.drill.action[name].title if name in self.drill.action else name}: {reason}")
        deed = Deed(self.decides_at, name)
        self._deeds.append(deed)
        self.session.steer(self.exercise.course(self._deeds))
        return deed

    def take_hint(self) -> str | None:
        """The next step of help, which costs its points; None where there is none left."""
        if self._hints >= len(self.drill.hint):
            return None
        self._hints += 1
        return self.drill.hint[self._hints - 1].text

    # What there is to see

    @property
    def hints(self) -> tuple[str, ...]:
        """The hints taken."""
        return tuple(hint.text for hint in self.drill.hint[:self._hints])

    @property
    def next_hint_costs(self) -> float | None:
        """Points for the next hint; None where there is none left."""
        left = self.drill.hint[self._hints:]
        return left[0].cost if left else None

    @property
    def spent(self) -> float:
        """Money for actions so far."""
        return spent(self.drill, self._deeds)

    @property
    def budget_left(self) -> float | None:
        """Money that is left for actions; None where there is no limit."""
        return None if self.drill.budget is None else self.drill.budget - self.spent

    def news(self) -> tuple[News, ...]:
        """What the trainee has been told so far, oldest first."""
        return news(self.drill, self._deeds, self.now)

    def actions(self) -> tuple[Standing, ...]:
        """Every action as it stands now, in the order of the file."""
        return tuple(standing(self.drill, self._deeds, name, self.now, self.why_not(name))
                     for name in self.drill.action)

    # What is kept of it

    def performance(self) -> Performance:
        """What has been done so far, to be written down and played again."""
        return Performance(drill=self.exercise.name, digest=self.exercise.digest, seed=self.seed,
                           actions=moves(self.deeds), hints=self._hints, eased=self.eased, trainee=self.trainee,
                           version=self._version)

    def again(self, at: float) -> Play:
        """Another go that takes the same course up to a minute (s), to be played on from there."""
        return Play(self.exercise, self.seed, eased=self.eased, trainee=self.trainee,
                    deeds=[deed for deed in self._deeds if deed.at <= at], hints=self._hints, begin=at)
