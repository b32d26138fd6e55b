"""The clock is SimPy's, only faster: the same things happen at the same times in the same order."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Generator
from types import SimpleNamespace
from typing import Any

import pytest
import simpy

from sim.clock import Alarm, Clock, Reminders

Log = list[tuple[float, str]]


def machine(env: simpy.Environment, name: str, log: Log, rng: random.Random) -> Generator[simpy.Event, None, None]:
    """Works, asks another process for something, is sometimes interrupted by its own timeout."""
    while True:
        yield env.timeout(rng.expovariate(1.0)) | env.timeout(rng.choice((0.5, 1.0)))
        log.append((env.now, name))
        done = env.event()
        env.process(helper(env, done, rng))
        log.append((env.now, f"{name} {(yield done)}"))


def helper(env: simpy.Environment, done: simpy.Event, rng: random.Random) -> Generator[simpy.Event, None, None]:
    yield env.timeout(rng.choice((0.0, 0.25)))
    done.succeed(round(rng.random(), 3))


def test_processes_run_as_in_stock_simpy() -> None:
    stock_log, our_log = Log(), Log()
    stock, ours = simpy.Environment(), Clock()
    for env, log in ((stock, stock_log), (ours, our_log)):
        rng = random.Random(5)
        for name in "abc":
            env.process(machine(env, name, log, rng))
    stock.run(until=50.0 + 1e-9)
    slices, now = random.Random(6), 0.0
    while now < 50.0:
        now = min(50.0, now + slices.expovariate(3.0))
        ours.advance(now)
    assert our_log == stock_log
    assert len(our_log) > 200
    assert ours.now == 50.0


def test_the_feed_and_alarms_come_in_the_order_of_time_events_first() -> None:
    clock, heard = Clock(), list[tuple[float, str]]()
    clock.feed([1.0, 2.0, 2.0, 3.5], lambda position: heard.append((clock.now, f"feed {position}")))
    for at in (0.5, 2.0, 3.0):
        clock.arm(Alarm((lambda alarm: heard.append((clock.now, alarm.owner)),), f"alarm {at}"), at)
    clock.advance(2.0)
    assert heard == [(0.5, "alarm 0.5"), (1.0, "feed 0"), (2.0, "alarm 2.0"), (2.0, "feed 1"), (2.0, "feed 2")]
    assert clock.fed == 3
    clock.advance(math.nextafter(3.5, 0.0))
    assert heard[-1] == (3.0, "alarm 3.0")
    clock.advance(3.5)
    assert heard[-1] == (3.5, "feed 3")


def test_a_cancelled_alarm_is_silent() -> None:
    clock, heard = Clock(), list[object]()
    alarm = Alarm((heard.append,), None)
    clock.arm(alarm, 1.0)
    alarm.cancel()
    clock.advance(2.0)
    assert heard == []


def test_a_failure_in_a_process_comes_out() -> None:
    def breaks(env: simpy.Environment) -> Generator[simpy.Event, None, None]:
        yield env.timeout(1.0)
        raise ValueError("broken")

    clock = Clock()
    clock.process(breaks(clock))
    with pytest.raises(ValueError, match="broken"):
        clock.advance(2.0)


Call = Callable[[Any], None]
Remind = Callable[[Any, float], None]


def test_reminders_call_as_alarms_of_their_own_would() -> None:
    """Also where the delay is made shorter on the way, and among what happens at the same instant."""
    def heard(reminders: Callable[[Clock, Call], Remind]) -> list[tuple[float, object]]:
        rng, clock, calls = random.Random(1), Clock(), list[tuple[float, object]]()
        remind = reminders(clock, lambda waiting: calls.append((clock.now, waiting.name)))
        for name in range(200):
            who = SimpleNamespace(name=name, waiting=True, queued=float(name // 4))
            clock.advance(who.queued)
            remind(who, who.queued + (10.0 if name < 100 else 4.0))
            leaves = Alarm((lambda alarm: setattr(alarm.owner, "waiting", False),), who)
            clock.arm(leaves, clock.now + rng.randrange(20))
            clock.arm(Alarm((lambda alarm: calls.append((clock.now, "other")),), None), clock.now + rng.randrange(12))
        clock.advance(100.0)
        return calls

    def own(clock: Clock, call: Call) -> Remind:
        def ring(alarm: Alarm) -> None:
            if alarm.owner.waiting:
                call(alarm.owner)
        return lambda who, at: clock.arm(Alarm((ring,), who), at)

    calls = heard(lambda clock, call: Reminders(clock, call).set)
    assert calls == heard(own)
    assert 50 < len([name for _, name in calls if name != "other"]) < 180
