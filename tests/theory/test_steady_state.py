"""The engine against exact stationary values, through scenario files and the public API.

Each case is a file of this folder, perhaps with changes by key, and what its metrics must be: the numbers of the
reference table, or the formulas of `core.queueing` (held to those numbers by tests/core/test_queueing.py). The exact
value must lie in the 99.9 % interval over replications, and the interval must be narrow: what is wrong by 1.4 times its
half width is seen nine times in ten. The inputs have intervals of their own, in the short run about 1 % for how many
came and how long they took; and where there is one line, each conversation is answered when the line says.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from scipy.special import erfc

from core.interventions import with_value
from core.queueing import ChatFloor, ErlangA, ErlangC, GeneralPatience, erlang_b, pollaczek_khinchine
from core.records import Origin, Outcome, Records
from core.scenario import Scenario
from core.scenario_file import load_scenario
from sim.floor import Floor
from tests.theory.measuring import controlled, in_line, off, time_in_state

HERE = Path(__file__).parent
MINUTE = 60.0
REPLICATIONS = 40
NARROW = 0.02
"""How wide the half of an interval may be, against the value."""
UNKNOWN = math.nan, math.nan


@dataclass(frozen=True)
class Case:
    """A scenario file, changes to it, and the exact values of its metrics (seconds and fractions)."""

    file: str
    exact: Mapping[str, float]
    change: Mapping[str, str] = field(default_factory=dict)
    human: float = 1.0
    """Share of needs that reach a team."""
    handle: tuple[float, float] | None = None
    """Mean and variance of the time in people's hands where it is not the first topic's; nan: unknown, no control."""
    wide: Mapping[str, float] = field(default_factory=dict)
    """Metrics that need many times the conversations: how wide their interval may be in the short run."""
    more: Callable[[Floor, Records], dict[str, float]] = lambda floor, rows: {}
    """What else is measured on the records of a run (s and fractions)."""
    line: int = 0
    """People before whom there is one line, first come first served; 0: it is not so simple."""
    short: int = 28
    """Replications of the short run."""
    part: float = 0.4
    """How long a replication of the short run is, against the file's."""
    long: int = 1
    """How many times as many replications make every interval narrow."""
    only_long: bool = False
    """Its like is in the short run."""

    @property
    def scenario(self) -> Scenario:
        scenario = load_scenario(HERE / f"{self.file}.toml")
        for key, value in self.change.items():
            scenario = with_value(scenario, key, value)
        return scenario

    def check(self, replications: int, part: float, wide: Mapping[str, float]) -> None:
        """The exact value lies in each interval, and no interval is wider than it may be."""
        found, wrong = estimates(self, replications, part)
        for name, (value, half_width) in found.items():
            exact = self.exact[name]
            if abs(value - exact) > half_width or half_width > wide.get(name, NARROW) * exact:
                wrong.append(f"{name} {value:.7g} ± {half_width / exact:.2%}, exact {exact:.7g}")
        assert not wrong, wrong


def estimates(case: Case, replications: int, part: float) -> tuple[dict[str, tuple[float, float]], list[str]]:
    """Value and half width of the 99.9 % interval of each metric of the case; and inputs that are not as they should.

    The inputs are controls of the metrics: how many conversations came, how many were settled at once, how long they
    took, and how unevenly.
    """
    scenario = case.scenario
    scenario = with_value(scenario, "length", f"{part * scenario.length}s")
    topic = next(iter(scenario.topic.values()))
    (mean, variance), settled = case.handle or topic.handle_time.moments(), topic.first_contact_resolution
    expected = scenario.demand.rate * scenario.demand.level * case.human * (scenario.length - scenario.warm_up)
    controls: list[list[float]] = []
    metrics = []
    for replication in range(replications):
        floor = Floor(scenario, seed=1, replication=replication)
        floor.advance(scenario.length)
        rows, measures = floor.records(), floor.measures()
        # By when they join the queue: at the end of the run some are still with the tiers before it.
        human = (rows.queued >= scenario.warm_up) & (rows.team >= 0)
        first = human & (rows.origin == Origin.NEW)
        # Late arrivals are left out: of those, the short ones are closed before the long ones.
        closed = human & (rows.outcome == Outcome.CLOSED) & (rows.arrived < scenario.length - 20 * mean)
        handle = rows.handle[closed]
        controls.append([first.sum() / expected - 1.0])
        if len(handle):
            controls[-1] += [handle.mean() / mean - 1.0, (handle**2).mean() / (variance + mean**2) - 1.0,
                             rows.resolved[closed].mean() / settled - 1.0]
        more = case.more(floor, rows)
        metrics.append([more[name] if name in more else measures[name] for name in case.exact])
        if case.line and replication == 0:
            done = rows.where(rows.outcome == Outcome.CLOSED)
            begun = in_line(done.queued, done.handle, case.line) - done.handle
            early = done.arrived < scenario.length - 20 * mean
            np.testing.assert_allclose(done.answered[early], begun[early], rtol=0, atol=1e-3)
    found = controlled(np.array(metrics, dtype=float), np.array(controls))
    return dict(zip(case.exact, found, strict=True)), off(np.array(controls))


def erlang_a(law: ErlangA, within: float) -> dict[str, float]:
    """Every metric that Erlang A speaks of."""
    return {"p_wait": law.p_wait, "abandonment_rate": law.abandonment_rate, "wait_mean": law.wait_mean,
            "asa": law.asa, "occupancy": law.occupancy, "service_level": law.service_level(within),
            "service_level_answered": law.service_level_answered(within),
            "service_level_offered": law.service_level_offered(within), "waiting": law.queue_length}


def per_wait(floor: Floor, rows: Records) -> dict[str, float]:
    """How many gave up for each second that was waited."""
    rows = rows.where(rows.arrived >= floor.scenario.warm_up)
    until = np.where(np.isnan(rows.ended), floor.now, rows.ended)
    waited = np.where(np.isnan(rows.answered), until, rows.answered) - rows.queued
    return {"given up per second": float((rows.outcome == Outcome.ABANDONED).sum() / waited.sum())}


def chats_of_each(floor: Floor, rows: Records) -> dict[str, float]:
    """Shares of a person's time with 0, 1, 2 ... chats."""
    since, people = floor.scenario.warm_up, floor.scenario.team["desk"].agents or 0
    seconds = np.sum([time_in_state(rows.answered[mine], rows.ended[mine], since, floor.now, 4)
                      for mine in (rows.agent == number for number in range(people))], axis=0)
    return {f"{chats} chats": share for chats, share in enumerate(seconds / (people * (floor.now - since)))}


def general(law: GeneralPatience, within: float) -> dict[str, float]:
    return {"p_wait": law.p_wait, "abandonment_rate": law.abandonment_rate, "wait_mean": law.wait_mean,
            "asa": law.asa, "occupancy": law.occupancy, "service_level": law.service_level(within)}


def lognormal_tail(mean: float, cv: float) -> GeneralPatience:
    """The floor of patience.toml with lognormal patience (s)."""
    spread = math.sqrt(math.log(1 + cv**2))
    middle = math.log(mean) - spread**2 / 2
    return GeneralPatience(5.2 / MINUTE, 600.0, 50, lambda x: 0.5 * erfc((np.log(x) - middle) / spread / math.sqrt(2)),
                           cell=0.05)


def tiers() -> Case:
    """What is left after each tier of upper_tiers.toml."""
    shares, prevented, found = (0.8, 0.2), (0.3 * 0.4, 0.3 * 0.4 * 0.5), (0.67 * 0.3, 0.0)
    bot = 0.5 * 0.9
    asked = [share * (1 - p) * (1 - f) for share, p, f in zip(shares, prevented, found, strict=True)]
    reached = [share * (1 - p) for share, p in zip(shares, prevented, strict=True)]
    human = sum(asked) * (1 - bot)
    law = ErlangC(312.5 / 1800 * human, 180.0, 16)
    return Case("upper_tiers", {
        "roar": bot, "containment_rate": bot, "deflection_rate": 1 - human / sum(reached),
        "p_wait": law.p_wait, "occupancy": law.occupancy}, human=human, long=2, only_long=True)


def two_speeds() -> dict[str, float]:
    """M/M/2 whose second person is half as fast and comes second; rates a minute, states 0, fast, slow, 2, 3 ..."""
    arrive, fast, slow = 1.0, 1.0, 0.5
    rho = arrive / (fast + slow)
    # Unknown: probabilities of 0, fast alone, slow alone, both busy with nobody waiting.
    balance = np.array([[arrive, -fast, -slow, 0.0],
                        [-arrive, arrive + fast, 0.0, -slow],
                        [0.0, 0.0, arrive + slow, -fast],
                        [1.0, 1.0, 1.0, 1 / (1 - rho)]])
    _, only_fast, only_slow, both = np.linalg.solve(balance, np.array([0.0, 0.0, 0.0, 1.0]))
    busy = both / (1 - rho)
    return {"p_wait": busy, "wait_mean": both * rho / (1 - rho)**2 / arrive * MINUTE,
            "occupancy": (only_fast + only_slow + 2 * busy) / 2}


def email() -> dict[str, float]:
    """One person, one email open at a time: M/G/1 of its work and of the customer's delays between touches."""
    work, delay, touches = 60.0, 30.0, 3.0
    mean = work + (touches - 1) * delay
    # Touches - 1 is geometric: variance q / p² with p = 1 / touches; the delays are exponential.
    variance = work**2 + (touches - 1) * delay**2 + (touches - 1) * touches * delay**2
    rate = 0.3 / MINUTE
    return {"wait_mean": pollaczek_khinchine(rate, mean, math.sqrt(variance) / mean), "occupancy": rate * work}


def silent_wait() -> dict[str, float]:
    """M/D/1 whose customers leave without a word: how many had, and the mean of the shorter of wait and patience."""
    rate, service, patience = 0.8 / MINUTE, MINUTE, 300.0
    s = 1 / patience
    transform = (1 - rate * service) * s / (s - rate * (1 - math.exp(-s * service)))
    return {"abandonment_rate": 1 - transform, "wait_mean": (1 - transform) * patience, "occupancy": rate * service}


CASES = {
    # The rows of the reference table.
    "erlang c, 14 agents": Case("erlang_c_14", {
        "p_wait": 0.1741319, "wait_mean": 7.83594, "service_level": 0.8883500, "occupancy": 0.7142857},
        wide={"p_wait": 0.06, "wait_mean": 0.17}, line=14, long=10),
    "erlang c, 55 agents": Case("erlang_c_55", {
        "p_wait": 0.2387009, "wait_mean": 8.1840321, "service_level": 0.8458831},
        line=55, long=23, only_long=True),
    "erlang a, 50 agents": Case("erlang_a_50", {
        "p_wait": 0.46777407, "abandonment_rate": 0.030912249, "wait_mean": 3.70947, "occupancy": 0.93032424,
        "service_level": 0.94302, "service_level_answered": 0.97310, "service_level_offered": 0.97203, "asa": 3.616},
        long=4, only_long=True),
    "erlang a, 13 agents": Case("erlang_a_13", {
        "p_wait": 0.28125452, "abandonment_rate": 0.033042675, "wait_mean": 9.9128, "occupancy": 0.78100399},
        long=3, only_long=True),
    "m/g/1, constant": Case("one_agent", {"wait_mean": 2.0}, {"topic.any.handle_time": "1s"}, line=1, long=2,
                            only_long=True),
    "m/g/1, scv 0.5": Case("one_agent", {"wait_mean": 3.0}, {
        "topic.any.handle_time": '{ law = "gamma", mean = "1s", cv = 0.7071067811865476 }'},
        line=1, long=2, only_long=True),
    "m/g/1, scv 1": Case("one_agent", {"wait_mean": 4.0}, line=1, long=2, only_long=True),
    "m/g/1, scv 2": Case("one_agent", {"wait_mean": 6.0}, {
        "topic.any.handle_time": '{ law = "gamma", mean = "1s", cv = 1.4142135623730951 }'}, line=1, long=3,
        only_long=True),
    "m/g/1, scv 4": Case("one_agent", {"wait_mean": 10.0}, {
        "topic.any.handle_time": '{ law = "gamma", mean = "1s", cv = 2 }'}, wide={"wait_mean": 0.1}, line=1, long=6),
    "chat, no slowdown": Case("chat", {"p_wait": 0.018777449, "abandonment_rate": 0.003781733},
                              long=21, only_long=True),
    "chat with slowdown": Case("chat", {
        "p_wait": 0.11084993, "abandonment_rate": 0.03345043, "wait_mean": 0.16725215 * MINUTE,
        "concurrency": 1.8811309, "occupancy": 1 - 0.0603395, "0 chats": 0.0603395, "1 chats": 0.2717818,
        "2 chats": 0.3942869, "3 chats": 0.2735918}, {"team.desk.slowdown": "25%"}, handle=UNKNOWN, wide={
            "p_wait": 0.06, "abandonment_rate": 0.08, "wait_mean": 0.09, "0 chats": 0.06, "1 chats": 0.04,
            "3 chats": 0.04}, more=chats_of_each, long=3),
    "reopens at once": Case("reopens", {
        "p_wait": 0.60551315, "wait_mean": 1.8165395 * MINUTE, "fcr": 0.75, "backlog": 8 / 3 * (4 + 1.8165395)},
        wide={"p_wait": 0.035, "wait_mean": 0.24, "backlog": 0.08}, line=12, part=0.45, long=27),
    "whole funnel": Case("funnel", {
        "abandonment_rate": 0.16910375, "wait_mean": 0.67641501 * MINUTE, "occupancy": 0.93475828,
        "roar": 0.3, "containment_rate": 0.3, "deflection_rate": 0.3}, human=0.63, wide={
            "abandonment_rate": 0.03, "wait_mean": 0.04}, part=0.5),

    # Mechanisms that have an exact answer of their own. Those that must change nothing are in test_same_run.py.
    "reopens after a delay": Case("reopens", {"p_wait": 0.60551315}, {
        "follow_up.reopen_delay": '{ law = "lognormal", mean = "30m", cv = 1 }'}, long=2, only_long=True),
    "email, one open at a time": Case("email", email(), handle=UNKNOWN, wide={"wait_mean": 0.09}, long=6),
    "every measure of erlang a": Case("patience", {
        **erlang_a(ErlangA(5.2 / 60, 600.0, 50, 360.0), 60.0), "given up per second": 1 / 360}, more=per_wait, wide={
            "abandonment_rate": 0.03, "wait_mean": 0.03, "asa": 0.03, "waiting": 0.03}, short=40, part=0.6, long=2),
    "some leave at once": Case("patience", erlang_a(ErlangA(5.2 / 60, 600.0, 50, 360.0, 0.3), 60.0), {
        "channel.phone.leaves_at_once": "30%"}, wide={
            "p_wait": 0.035, "abandonment_rate": 0.03, "wait_mean": 0.07, "asa": 0.07, "waiting": 0.07}, part=0.5,
        long=4),
    "a deadline": Case("patience", general(
        GeneralPatience(5.2 / 60, 600.0, 50, lambda x: (x < 90.0).astype(float), cell=0.05), 60.0), {
            "channel.phone.patience": '"90s"'}, long=2, only_long=True),
    "lognormal patience": Case("patience", general(lognormal_tail(360.0, 1.5), 60.0), {
        "channel.phone.patience": '{ law = "lognormal", mean = "6m", cv = 1.5 }'},
        wide={"p_wait": 0.03, "abandonment_rate": 0.045, "wait_mean": 0.04, "asa": 0.04}, part=0.5, long=2),
    "upper tiers thin": tiers(),
    "two people, two speeds": Case("two_speeds", two_speeds(), handle=UNKNOWN,
                                   wide={"p_wait": 0.025, "wait_mean": 0.08}, long=4),
    "after-contact work": Case("after_work", {
        "wait_mean": pollaczek_khinchine(0.7 / MINUTE, 60.0, math.sqrt(5) / 3), "occupancy": 0.7, "aht": 60.0},
        handle=(60.0, 40.0**2 + 20.0**2), wide={"wait_mean": 0.06}, line=1, long=4),
    "silent abandonment": Case("silent", silent_wait(), wide={"wait_mean": 0.05, "abandonment_rate": 0.05}, long=4),
    "nobody waits, erlang b": Case("always_free", {
        "abandonment_rate": erlang_b(20.0, 22), "p_wait": erlang_b(20.0, 22),
        "occupancy": 20.0 * (1 - erlang_b(20.0, 22)) / 22}, {
            "team.desk.agents": "22", "channel.phone.leaves_at_once": "100%", "length": "10d"}, wide={
                "p_wait": 0.05, "abandonment_rate": 0.05}, long=2),
    "everyone tries again": Case("orbit", {"occupancy": 0.5, "abandonment_rate": 0.6}, wide={
        "abandonment_rate": 0.03}, part=0.5, short=16),
}
"""By name."""


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if not case.only_long])
def test_exact(name: str) -> None:
    CASES[name].check(CASES[name].short, CASES[name].part, CASES[name].wide)


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.only_long or case.wide])
def test_exact_and_narrow(name: str) -> None:
    CASES[name].check(REPLICATIONS * CASES[name].long, 1.0, {})


def test_the_reference_of_a_persons_chats_is_the_chain() -> None:
    exact = [CASES["chat with slowdown"].exact[f"{chats} chats"] for chats in range(4)]
    assert ChatFloor(0.6, 10.0, 4, 3, 0.25, 5.0).chats_per_agent() == pytest.approx(exact, abs=1e-7)
