"""A judgement drill while it is played: what the terminal and the screen drive, and what is written down of it.

`Round` holds one item after the other, takes decisions, tells the time each item took, and hands out hints. What is
kept is `performance`; the score is always that of `sim.drills.dealing.judge` on it, so that all faces agree.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from core.drill.drill import Hint
from core.drill.file import DrillFile
from core.drill.performance import Answered, Performance
from core.errors import DrillError
from core.output.store import program_version
from sim.drills.dealing import Dealt, Result, judge
from sim.drills.judgement import Decision, Item, Mark


class Round:
    """A hand being played, item by item.

    The clock of an item runs from `show` to its last decision.
    """

    def __init__(self, file: DrillFile, dealt: Dealt, seed: int, trainee: str | None = None,
                 clock: Callable[[], float] = time.monotonic):
        self.file, self.dealt, self.seed, self.trainee = file, dealt, seed, trainee
        self._version = program_version()
        self.hints = 0
        """How many have been taken."""
        self._answers: list[Answered] = []
        self._given: dict[str, str] = {}
        self._clock = clock
        self._since = clock()

    @property
    def at(self) -> int:
        """Position of the item at hand: as many have been answered."""
        return len(self._answers)

    @property
    def ended(self) -> bool:
        """Whether all have been answered."""
        return self.at >= len(self.dealt.hand.items)

    @property
    def item(self) -> Item:
        """The item at hand."""
        return self.dealt.hand.items[self.at]

    @property
    def given(self) -> dict[str, str]:
        """What has been decided about it."""
        return dict(self._given)

    @property
    def decision(self) -> Decision:
        """What is to be decided next about it."""
        return next(decision for decision in self.item.decisions if decision.name not in self._given)

    @property
    def elapsed(self) -> float:
        """Time since the item was shown (s)."""
        return max(self._clock() - self._since, 0.0)

    def show(self) -> Item:
        """Lays the item on the table: its clock begins."""
        self._since = self._clock()
        self._given = {}
        return self.item

    def choose(self, value: str) -> list[Mark] | None:
        """Decides what is to be decided next; after an item's last decision, how it was marked.

        Raises:
            DrillError: for an answer that there is not.
        """
        decision = self.decision
        if value not in {option.value for option in decision.options}:
            raise DrillError(f"{value}: is no answer to: {decision.question}")
        self._given[decision.name] = value
        if len(self._given) < len(self.item.decisions):
            return None
        at, truths = self.at, self.dealt.hand.truths[self.at]
        self._answers.append(Answered(item=at, answers=self._given, took=round(self.elapsed, 1)))
        marks = [Mark(at, name, given, truths[name]) for name, given in self._given.items()]
        self._given = {}
        return marks

    def back(self) -> bool:
        """Takes back the last decision about the item at hand; False where there is none."""
        if self._given:
            self._given.popitem()
            return True
        return False

    def take_hint(self) -> Hint | None:
        """The next hint, None where there is no other."""
        hints = self.file.drill.hint
        if self.hints >= len(hints):
            return None
        self.hints += 1
        return hints[self.hints - 1]

    @property
    def performance(self) -> Performance:
        """What has been done so far."""
        return Performance(drill=self.file.name, digest=self.file.digest, seed=self.seed,
                           answers=tuple(self._answers), hints=self.hints, trainee=self.trainee,
                           version=self._version)

    def result(self) -> Result:
        """What it comes to."""
        return judge(self.file, self.performance, dealt=self.dealt)
