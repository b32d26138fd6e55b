"""The clock is SimPy's, only faster: the same things happen at the same times in the same order."""

from __future__ import annotations

import math
import random
from collections.abc import Generator

import pytest
import simpy

from sim.clock import Alarm, Clock

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
