"""A live session with what it was opened with and its log: what a live screen is given, and what outlives it."""

from __future__ import annotations

from pathlib import Path

from core.scenario import Scenario
from core.sessions import Origin, Session, SessionLog, command_line, saved_scenario
from sim.experiments.prospect import LookAhead
from sim.live import LiveSession


class Play:
    """One sitting at a floor: the session, where it came from, and the log that is written as it goes."""

    def __init__(self, session: LiveSession, origin: Origin, log: SessionLog, outlook: LookAhead):
        self.session, self.origin, self.log = session, origin, log
        self._outlook = outlook

    @staticmethod
    def begin(scenario: Scenario, source: str, seed: int = 1, settings: tuple[str, ...] = (),
              start: float | None = None) -> Play:
        """A new session of a scenario that already has its `settings`; `start` is where play begins (s)."""
        outlook = LookAhead()
        session = LiveSession(scenario, seed, start=start, outlook=outlook)
        origin = Origin(session.scenario, seed, source, settings)
        return Play(session, origin, SessionLog(origin), outlook)

    @staticmethod
    def resume(found: Session) -> Play:
        """The session goes on where its log ends, with the clock standing; a log of its own begins."""
        origin = found.origin
        outlook = LookAhead()
        session = LiveSession(origin.scenario, origin.seed, start=found.now, turns=found.turns,
                              undone=found.undone, outlook=outlook)
        session.playing = False
        play = Play(session, origin, SessionLog(origin), outlook)
        play.log.keep(found.now, found.turns, found.undone)
        return play

    def keep(self) -> None:
        """Writes what has changed since the last call."""
        self.log.keep(None if self.session.on_errand else self.session.now, self.session.turns, self.session.undone)

    def close(self, *, forget: bool = False) -> None:
        """The end; `forget` leaves nothing behind of a session in which nothing was changed."""
        self.keep()
        self._outlook.close()
        self.log.close(forget=forget)

    def save(self, path: Path) -> None:
        """Writes the session as a scenario file.

        Raises:
            OSError: where that cannot be.
        """
        path.write_text(saved_scenario(self.origin, self.session.interventions), encoding="utf-8", newline="\n")

    @property
    def command(self) -> str:
        """The command that makes the same run."""
        return command_line(self.origin, self.session.interventions)
