"""Call logs of a floor whose truth is known: written by a queue of its own, which owes nothing to the engine."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np

MONDAY = datetime(2024, 1, 1)


@dataclass(frozen=True)
class Call:
    received: float
    queue: str
    agent: str | None
    answered: float | None
    left: float | None
    ended: float | None


@dataclass(frozen=True)
class Truth:
    """A floor: calls an hour, handle times, patience, wrap-up, and people with skills and hours."""

    calls_per_hour: float = 120.0
    opens: float = 9.0
    closes: float = 17.0
    days: Sequence[int] = (0, 1, 2, 3, 4)
    handle_mean: float = 240.0
    handle_cv: float = 0.7
    patience: float = 300.0
    wrap_up: float = 5.0
    queues: tuple[tuple[str, float], ...] = (("sales", 1.0),)
    """Queues and their shares."""
    people: tuple[tuple[int, tuple[str, ...]], ...] = ((9, ("sales",)),)
    """How many people serve which queues."""
    busyness_cv: float = 0.0
    pace: float = 1.0
    """Handle time of every second person against the others'."""


def run(truth: Truth, seed: int = 1) -> list[Call]:
    """The calls of the days, first come first served, to whoever serves the queue and is free longest."""
    rng = np.random.default_rng(seed)
    calls: list[Call] = []
    for day in truth.days:
        calls += _day(truth, day * 86_400.0, rng)
    return calls


def _day(truth: Truth, midnight: float, rng: np.random.Generator) -> list[Call]:
    begin, end = midnight + truth.opens * 3600, midnight + truth.closes * 3600
    busy = rng.gamma(1 / truth.busyness_cv**2, truth.busyness_cv**2) if truth.busyness_cv else 1.0
    times = np.sort(rng.uniform(begin, end, rng.poisson(truth.calls_per_hour * busy * (end - begin) / 3600)))
    names, shares = zip(*truth.queues, strict=True)
    queues = rng.choice(names, len(times), p=np.array(shares) / sum(shares))
    sigma = np.sqrt(np.log(1 + truth.handle_cv**2))
    handle = rng.lognormal(np.log(truth.handle_mean) - sigma**2 / 2, sigma, len(times)).round().clip(1)
    patience = rng.exponential(truth.patience, len(times))
    skills = {f"{group}-{number}": serves
              for group, (count, serves) in enumerate(truth.people) for number in range(count)}
    slow = {name: truth.pace if place % 2 else 1.0 for place, name in enumerate(skills)}
    free = dict.fromkeys(skills, begin)
    waiting: list[int] = []
    busy_until: list[tuple[float, str]] = []
    out: list[Call | None] = [None] * len(times)

    def serve(number: int, name: str, now: float) -> None:
        del free[name]
        done = now + round(handle[number] * slow[name])
        out[number] = Call(times[number], str(queues[number]), name, now, None, done)
        heapq.heappush(busy_until, (done + truth.wrap_up, name))

    def give_up(number: int) -> None:
        out[number] = Call(times[number], str(queues[number]), None, None, times[number] + patience[number], None)

    def next_for(name: str, now: float) -> None:
        for number in list(waiting):
            if times[number] + patience[number] <= now:
                waiting.remove(number)
                give_up(number)
            elif queues[number] in skills[name]:
                waiting.remove(number)
                serve(number, name, now)
                return

    for number, time in enumerate(times):
        while busy_until and busy_until[0][0] <= time:
            now, name = heapq.heappop(busy_until)
            free[name] = now
            next_for(name, now)
        able = [name for name in free if queues[number] in skills[name]]
        if able:
            serve(number, min(able, key=free.__getitem__), time)
        else:
            waiting.append(number)
    while busy_until and waiting:
        now, name = heapq.heappop(busy_until)
        free[name] = now
        next_for(name, now)
    for number in waiting:
        give_up(number)
    return [call for call in out if call is not None]


def _written(time: float | None) -> str:
    return "NULL" if time is None else (MONDAY + timedelta(seconds=round(time))).strftime("%Y-%m-%d %H:%M:%S")


def vanad_row(call: Call) -> str:
    last = call.ended if call.ended is not None else call.left
    return ",".join([_written(call.received), call.queue, call.agent or "NULL", _written(call.answered), "NULL", "NULL",
                     _written(last)])


VANAD_HEADER = "date_received,queue_name,agent_number,answered,consult,transfer,hangup"


def write_vanad(path: Path, calls: Sequence[Call]) -> Path:
    path.write_text("\n".join([VANAD_HEADER, *map(vanad_row, calls)]) + "\n", encoding="utf-8")
    return path


BANK_HEADER = ("vru+line\tcall_id\tcustomer_id\tpriority\ttype\tdate\tvru_entry\tvru_exit\tvru_time\tq_start\tq_exit\t"
               "q_time\toutcome\tser_start\tser_exit\tser_time\tserver")


def bank_row(call: Call, customer: int = 0) -> str:
    def clock(time: float | None) -> str:
        if time is None:
            return "0:00:00"
        hours, rest = divmod(round(time) % 86_400, 3600)
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"

    def span(start: float | None, end: float | None) -> str:
        return "0" if start is None or end is None else str(round(end) - round(start))

    until = call.answered if call.answered is not None else call.left
    queued = until is not None and round(until) > round(call.received)
    day = (MONDAY + timedelta(seconds=call.received)).strftime("%y%m%d")
    return "\t".join([
        "AA0101", "1", str(customer), "0", call.queue.upper(), day, clock(call.received - 6), clock(call.received), "6",
        clock(call.received if queued else None), clock(until if queued else None),
        span(call.received, until) if queued else "0", "HANG" if call.agent is None else "AGENT", clock(call.answered),
        clock(call.ended), span(call.answered, call.ended), call.agent or "NO_SERVER"])


def write_bank(path: Path, calls: Sequence[Call]) -> Path:
    path.write_text("\n".join([BANK_HEADER, *map(bank_row, calls)]) + "\n", encoding="utf-8")
    return path
