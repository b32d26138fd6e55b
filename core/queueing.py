"""Exact queueing formulas: where staffing plans start from, and what the engine is tested against.

Called by staffing plans (`agents_needed`), by the backtest's Erlang A baseline and by tests/theory. Rates are
per second and times in seconds, or in any other unit of time as long as it is the same one throughout.
`handle_time` and `patience` are means; `load` is rate x handle time, in erlangs. What the formulas assume is in
docs/explanation/theory.md.

    erlang_b, erlang_c                 probabilities of all agents busy
    ErlangC, ErlangA, GeneralPatience  p_wait, wait_mean, asa, abandonment_rate, occupancy, service levels
    pollaczek_khinchine, cobham        one agent with any handle time; priority classes
    ChatFloor                          several chats an agent, each slowing the others, least loaded first
    with_feedback, offered_loads, mean_in_system, day_from_empty     reopens, and loads that change with time
    agents_needed                      the inverse of any of them

Sources: Gans, Koole, Mandelbaum (2003), Telephone call centers, M&SOM 5(2); Garnett, Mandelbaum, Reiman
(2002), Designing a call center with impatient customers, M&SOM 4(3); Zeltyn, Mandelbaum (2005), Call centers with
impatient customers: many-server asymptotics of the M/M/n+G queue, QUESTA 51; Cobham (1954), Operations Research
2(1); Eick, Massey, Whitt (1993), The physics of the M_t/G/infinity queue, Operations Research 41(4).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_FAR = 45.0
"""Where sums and integrals stop: terms under exp(-45) of the largest change no digit that is shown."""


class Steady(Protocol):
    """Long-run performance of a queue, under the names that `core.metrics` uses."""

    @property
    def p_wait(self) -> float:
        """Share of conversations that find every agent busy."""

    @property
    def wait_mean(self) -> float:
        """Mean wait over all, those who gave up included."""

    @property
    def asa(self) -> float:
        """Mean wait of those answered."""

    @property
    def abandonment_rate(self) -> float:
        """Share of conversations that give up."""

    @property
    def occupancy(self) -> float:
        """Share of the agents' time that is spent handling."""

    def service_level(self, within: float) -> float:
        """Answered in time / all."""


def erlang_b(load: float, agents: int) -> float:
    """Share of calls lost when nobody can wait (M/G/c/c), by the stable recursion over agents.

    >>> round(erlang_b(10.0, 10), 6)
    0.214582
    """
    blocked = 1.0
    for n in range(1, agents + 1):
        blocked = load * blocked / (n + load * blocked)
    return blocked


def erlang_c(load: float, agents: int) -> float:
    """Share of conversations that wait when all wait until answered (M/M/c); 1 where the load is too much."""
    if load >= agents:
        return 1.0
    blocked = erlang_b(load, agents)
    return agents * blocked / (agents - load * (1.0 - blocked))


@dataclass(frozen=True)
class ErlangC:
    """M/M/c: exponential handle times, endless patience. Waits are infinite where the load is too much."""

    rate: float
    handle_time: float
    agents: int

    @property
    def _spare(self) -> float:
        """How much faster the agents work than conversations arrive."""
        return self.agents / self.handle_time - self.rate

    @cached_property
    def p_wait(self) -> float:
        """Share of conversations that wait."""
        return erlang_c(self.rate * self.handle_time, self.agents)

    @property
    def wait_mean(self) -> float:
        """Mean wait over all."""
        return self.p_wait / self._spare if self._spare > 0 else math.inf

    @property
    def asa(self) -> float:
        """Mean wait of those answered: everyone."""
        return self.wait_mean

    @property
    def abandonment_rate(self) -> float:
        """Nobody gives up."""
        return 0.0

    @property
    def occupancy(self) -> float:
        """Share of the agents' time that is spent handling."""
        return min(1.0, self.rate * self.handle_time / self.agents)

    def service_level(self, within: float) -> float:
        """Answered in time / all (all three service levels agree here)."""
        return 1.0 - self.p_wait * math.exp(-self._spare * within) if self._spare > 0 else 0.0


@dataclass(frozen=True)
class ErlangA:
    """M/M/c+M: exponential handle times and patience; a share of customers leaves at the sight of a queue.

    With r = agents x patience / handle time, a customer who finds j others waiting is offered a wait V with
    exp(-V / patience) ~ Beta(r, j + 1): j + 1 exponential times, their rates 1 / patience apart.
    """

    rate: float
    handle_time: float
    agents: int
    patience: float
    leaves_at_once: float = 0.0

    @cached_property
    def in_system(self) -> Array:
        """Probability of n conversations in the system, waiting or in hand; also what an arrival finds."""
        return _birth_and_death(self._birth, self._death)

    def _birth(self, n: Array) -> Array:
        return np.where(n < self.agents, self.rate, self.rate * (1.0 - self.leaves_at_once))

    def _death(self, n: Array) -> Array:
        waiting = np.maximum(n - self.agents, 0.0)
        return (n - waiting) / self.handle_time + waiting / self.patience

    @property
    def _stays(self) -> Array:
        """Probability that an arrival stays and finds j = 0, 1, ... others waiting."""
        return self.in_system[self.agents:] * (1.0 - self.leaves_at_once)

    @property
    def _r(self) -> float:
        return self.agents * self.patience / self.handle_time

    @property
    def _ahead(self) -> Array:
        return np.arange(len(self._stays), dtype=np.float64)

    @property
    def p_wait(self) -> float:
        """Share of conversations that find every agent busy."""
        return float(self.in_system[self.agents:].sum())

    @property
    def queue_length(self) -> float:
        """Mean number waiting."""
        waiting = np.maximum(np.arange(len(self.in_system)) - self.agents, 0)
        return float(waiting @ self.in_system)

    @property
    def wait_mean(self) -> float:
        """Mean wait over all, those who gave up included (Little's law)."""
        return self.queue_length / self.rate

    @property
    def abandonment_rate(self) -> float:
        """Share of all who give up, at once or later."""
        return self.p_wait * self.leaves_at_once + self.wait_mean / self.patience

    @property
    def asa(self) -> float:
        """Mean wait of those answered: E[V; V < patience] over the share answered."""
        j = self._ahead
        answered = self._r / (self._r + j + 1.0)
        sums = np.cumsum(1.0 / (self._r + j + 1.0)) * self.patience
        return float(self._stays @ (answered * sums)) / (1.0 - self.abandonment_rate)

    @property
    def occupancy(self) -> float:
        """Share of the agents' time that is spent handling."""
        return self.rate * (1.0 - self.abandonment_rate) * self.handle_time / self.agents

    def service_level(self, within: float) -> float:
        """Answered in time / all."""
        return 1.0 - self.p_wait + self._answered_after_waiting(within)

    def service_level_answered(self, within: float) -> float:
        """Answered in time / answered."""
        return self.service_level(within) / (1.0 - self.abandonment_rate)

    def service_level_offered(self, within: float) -> float:
        """Answered in time / all minus those who gave up in time."""
        return self.service_level(within) / (1.0 - self.abandoned_within(within))

    def abandoned_within(self, within: float) -> float:
        """Share of all who give up before that time."""
        from scipy.special import betainc

        late = math.exp(-within / self.patience)
        outlast = late * float(self._stays @ betainc(self._r, self._ahead + 1.0, late))
        return self.p_wait - self._answered_after_waiting(within) - outlast

    def _answered_after_waiting(self, within: float) -> float:
        """P(V <= within, V < patience) of an arrival: E[B; B >= exp(-within / patience)] of the Beta law B."""
        from scipy.special import betainc

        j, late = self._ahead, math.exp(-within / self.patience)
        in_time = 1.0 - betainc(self._r + 1.0, j + 1.0, late)
        return float(self._stays @ (self._r / (self._r + j + 1.0) * in_time))


@dataclass(frozen=True)
class GeneralPatience:
    """M/M/c+G: exponential handle times and any patience (Zeltyn and Mandelbaum 2005, section 3).

    The offered wait has density proportional to exp(rate H(x) - agents x / handle_time), H(x) the integral of
    `outlasts` (the share of customers whose patience is more than x) from 0 to x. The integral is a midpoint
    sum in cells of width `cell`: where patience jumps, let it jump on a multiple of it.
    """

    rate: float
    handle_time: float
    agents: int
    outlasts: Callable[[Array], Array]
    cell: float

    @cached_property
    def _offered(self) -> tuple[Array, Array, Array]:
        """Midpoints x, the share of patience beyond them, and the offered wait's probability in each cell."""
        block, x, stay, exponent = 20_000, np.empty(0), np.empty(0), np.empty(0)
        reached = 0.0
        while not len(exponent) or exponent[-1] > exponent.max() - _FAR:
            more: Array = (np.arange(len(x), len(x) + block, dtype=np.float64) + 0.5) * self.cell
            outlast = self.outlasts(more)
            # H at the midpoint: whole cells before it and half of its own.
            total = reached + self.cell * (np.cumsum(outlast) - 0.5 * outlast)
            reached += self.cell * float(outlast.sum())
            x, stay = np.concatenate((x, more)), np.concatenate((stay, outlast))
            exponent = np.concatenate((exponent, self.rate * total - self.agents / self.handle_time * more))
        load = self.rate * self.handle_time
        # P(fewer than c in system) / P(exactly c - 1), which is 1 / Erlang B of c - 1 agents.
        below = 1.0 / erlang_b(load, self.agents - 1)
        weight = self.rate * self.cell * np.exp(exponent)
        return x, stay, weight / (below + float(weight.sum()))

    @property
    def p_wait(self) -> float:
        """Share of conversations that find every agent busy."""
        return float(self._offered[2].sum())

    @property
    def abandonment_rate(self) -> float:
        """Share of all who give up, at once or later."""
        _, stay, chance = self._offered
        return float(chance @ (1.0 - stay))

    @property
    def wait_mean(self) -> float:
        """Mean wait over all: the shorter of offered wait and patience."""
        _, stay, chance = self._offered
        return float(chance @ (self.cell * (np.cumsum(stay) - 0.5 * stay)))

    @property
    def asa(self) -> float:
        """Mean wait of those answered."""
        x, stay, chance = self._offered
        return float(chance @ (x * stay)) / (1.0 - self.abandonment_rate)

    @property
    def occupancy(self) -> float:
        """Share of the agents' time that is spent handling."""
        return self.rate * (1.0 - self.abandonment_rate) * self.handle_time / self.agents

    def service_level(self, within: float) -> float:
        """Answered in time / all."""
        x, stay, chance = self._offered
        return 1.0 - self.p_wait + float(chance[x < within] @ stay[x < within])


def pollaczek_khinchine(rate: float, handle_time: float, cv: float) -> float:
    """Mean wait of M/G/1: one agent, any handle time with that coefficient of variation; may be infinite."""
    load = rate * handle_time
    return load * handle_time * (1.0 + cv**2) / 2.0 / (1.0 - load) if load < 1.0 else math.inf


def cobham(rates: Sequence[float], handle_time: float, agents: int) -> list[float]:
    """Mean wait of each priority class, first first: non-preemptive M/M/c, one handle time for all."""
    base = erlang_c(sum(rates) * handle_time, agents) * handle_time / agents
    waits, before = [], 0.0
    for rate in rates:
        upto = before + rate * handle_time / agents
        waits.append(base / ((1.0 - before) * (1.0 - upto)) if upto < 1.0 else math.inf)
        before = upto
    return waits


def with_feedback(rate: float, again: float) -> float:
    """Rate of conversations when each comes back with that probability, after any delay (Jackson 1957)."""
    return rate / (1.0 - again)


@dataclass(frozen=True)
class ChatFloor:
    """Agents who hold several chats, each slowing the others; a new chat goes to the least loaded.

    With k chats an agent completes them at rate k / (1 + slowdown (k - 1)) / handle_time. Handle time and
    patience are exponential. Solved as a Markov chain over (chats of each agent, customers waiting).
    """

    rate: float
    handle_time: float
    agents: int
    concurrency: int
    slowdown: float
    patience: float

    @cached_property
    def _solved(self) -> tuple[list[tuple[int, ...]], Array]:
        """The states (loads of the agents in order, then the number waiting) and their probabilities."""
        speed = [k / (1.0 + self.slowdown * (k - 1)) / self.handle_time
                 for k in range(1, self.concurrency + 1)]
        full = (self.concurrency,) * self.agents
        # Far in the queue everyone gives up faster than they come.
        longest = int(self.patience * self.rate + 12 * math.sqrt(self.patience * self.rate) + 40)
        index: dict[tuple[int, ...], int] = {(0,) * self.agents + (0,): 0}
        moves: list[tuple[int, tuple[int, ...], float]] = []
        frontier = list(index)
        while frontier:
            state = frontier.pop()
            *loads, waiting = state
            after: list[tuple[tuple[int, ...], float]] = []
            if tuple(loads) != full:
                after.append(((*sorted([loads[0] + 1, *loads[1:]]), 0), self.rate))
            elif waiting < longest:
                after.append(((*full, waiting + 1), self.rate))
            if waiting:
                after.append(((*full, waiting - 1), self.agents * speed[-1] + waiting / self.patience))
            else:
                after += [((*sorted([*loads[:i], load - 1, *loads[i + 1:]]), 0), speed[load - 1])
                          for i, load in enumerate(loads) if load]
            for target, rate in after:
                if target not in index:
                    index[target] = len(index)
                    frontier.append(target)
                moves.append((index[state], target, rate))
        generator = np.zeros((len(index), len(index)))
        for origin, target, rate in moves:
            generator[index[target], origin] += rate
            generator[origin, origin] -= rate
        generator[0] = 1.0
        return list(index), np.linalg.solve(generator, np.eye(len(index))[0])

    def _mean(self, value: Callable[[tuple[int, ...]], float]) -> float:
        states, chance = self._solved
        return float(np.array([value(state) for state in states]) @ chance)

    @property
    def p_wait(self) -> float:
        """Share of chats that find every place taken."""
        return self._mean(lambda state: state[0] == self.concurrency)

    @property
    def wait_mean(self) -> float:
        """Mean wait over all, those who gave up included."""
        return self._mean(lambda state: state[-1]) / self.rate

    @property
    def abandonment_rate(self) -> float:
        """Share of chats whose customer gives up."""
        return self.wait_mean / self.patience

    def chats_per_agent(self) -> list[float]:
        """Probability that an agent holds 0, 1, ... chats."""
        return [self._mean(lambda state, k=k: state[:-1].count(k)) / self.agents  # type: ignore[misc]
                for k in range(self.concurrency + 1)]


def offered_loads(rates: Sequence[float], step: float, handle_time: float, before: float = 0.0) -> Array:
    """Mean number in hand in each step were there always someone free: the loads to staff for, in erlangs.

    Rates are constant over each step; handle time is exponential; `before` is the load at the start. Used in
    place of rate x handle time in a stationary formula, this is the modified offered load (Jagerman 1975): it
    lags behind the arrivals as the agents' work does.
    """
    loads, keep = [], math.exp(-step / handle_time)
    for rate in rates:
        settled = rate * handle_time
        loads.append(settled + (before - settled) * (1.0 - keep) * handle_time / step)
        before = settled + (before - settled) * keep
    return np.array(loads)


def mean_in_system(rate: Callable[[Array], Array], outlasts: Callable[[Array], Array], at: float,
                   cells: int = 100_000) -> float:
    """Mean number in M_t/G/infinity at a time, from empty at 0; the number is Poisson.

    Args:
        rate: Arrivals per unit of time at given times.
        outlasts: Share of stays longer than given times.
        at: The time.
        cells: Cells of the midpoint sum.
    """
    times: Array = (np.arange(cells, dtype=np.float64) + 0.5) * (at / cells)
    return float(rate(times) @ outlasts(at - times)) * at / cells


@dataclass(frozen=True, slots=True)
class Day:
    """Expected totals of a day from empty: conversations, those answered in time, and agents' time."""

    arrived: float
    answered_in_time: float
    busy_time: float
    paid_time: float

    @property
    def service_level(self) -> float:
        """Answered in time / all."""
        return self.answered_in_time / self.arrived

    @property
    def occupancy(self) -> float:
        """Share of the agents' time, until the last step ends, that is spent handling."""
        return self.busy_time / self.paid_time


def day_from_empty(rates: Sequence[float], agents: Sequence[int], step: float, handle_time: float,
                   within: float, patience: float = math.inf) -> Day:
    """M_t/M/s_t(+M) through a day that starts empty, by uniformisation (Jensen 1953).

    Rates and agents are constant over each step. An agent who leaves puts what is in hand back into the queue,
    and whoever arrives is answered in time with the chance that the agents of the moment would give.
    """
    from scipy.special import betainc, gammainc

    busiest = max(rates) * handle_time
    states = int(max(busiest, *agents) + 20 * math.sqrt(busiest + 1) + 200 + sum(
        max(0.0, rate - n / handle_time) * step for rate, n in zip(rates, agents, strict=True)))
    n = np.arange(states, dtype=np.float64)
    chance = np.zeros(states)
    chance[0] = 1.0
    in_time = busy = 0.0
    for rate, at_work in zip(rates, agents, strict=True):
        waiting = np.maximum(n - at_work, 0.0)
        down = np.minimum(n, at_work) / handle_time + (waiting / patience if patience < math.inf else 0.0)
        fastest = rate + float(down.max())
        slices = max(1, math.ceil(fastest * step / 30.0))
        spent, chance = _uniformised(chance, rate, down, fastest, step / slices, slices)
        found = np.ones(states)
        queue = waiting[at_work:]
        if at_work == 0:
            found[:] = 0.0
        elif patience < math.inf:
            r = at_work * patience / handle_time
            late = math.exp(-within / patience)
            found[at_work:] = r / (r + queue + 1.0) * (1.0 - betainc(r + 1.0, queue + 1.0, late))
        else:
            found[at_work:] = gammainc(queue + 1.0, at_work / handle_time * within)
        in_time += rate * float(spent @ found)
        busy += float(spent @ np.minimum(n, at_work))
    return Day(arrived=sum(rates) * step, answered_in_time=in_time, busy_time=busy,
               paid_time=sum(agents) * step)


def agents_needed(enough: Callable[[int], bool], most: int = 100_000) -> int:
    """The fewest agents that are enough, for a test that stays true once it is.

    >>> agents_needed(lambda n: ErlangC(0.2, 240.0, n).service_level(15.0) >= 0.8)
    55

    Raises:
        ValueError: `most` agents are not enough.
    """
    low, high = 0, 1
    while not enough(high):
        if high >= most:
            raise ValueError(f"even {high} agents are not enough")
        low, high = high, min(2 * high, most)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _birth_and_death(birth: Callable[[Array], Array], death: Callable[[Array], Array]) -> Array:
    """Stationary law of a chain that goes up from n at birth(n), down at death(n); cut where it is nothing."""
    size = 512
    while True:
        n = np.arange(size, dtype=np.float64)
        # Logarithms, because the ratios over- and underflow for a few hundred agents.
        with np.errstate(divide="ignore"):
            log = np.concatenate(([0.0], np.cumsum(np.log(birth(n[:-1]) / death(n[1:])))))
        log -= log.max()
        if log[-1] < -_FAR:
            chance: Array = np.exp(log)
            chance /= chance.sum()
            return chance
        size *= 2


def _uniformised(chance: Array, up: float, down: Array, fastest: float, span: float,
                 slices: int) -> tuple[Array, Array]:
    """Expected time in each state over all slices, and the law at their end; `fastest` bounds all rates."""
    mean = fastest * span
    terms = int(mean + 12 * math.sqrt(mean + 1) + 30)
    poisson = np.exp(-mean + np.cumsum(np.log(np.concatenate(([1.0], mean / np.arange(1, terms))))))
    beyond = 1.0 - np.cumsum(poisson)
    spent = np.zeros_like(chance)
    for _ in range(slices):
        state, after = chance, np.zeros_like(chance)
        for weight, left in zip(poisson, beyond, strict=True):
            after += weight * state
            spent += left / fastest * state
            rises, falls = state * (up / fastest), state * (down / fastest)
            moved = state - falls
            moved[:-1] += falls[1:] - rises[:-1]
            moved[1:] += rises[:-1]
            state = moved
        chance = after
    return spent, chance
