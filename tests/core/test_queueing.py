"""The formulas against THEORY's published and solved values, and against each other where they must meet."""

from __future__ import annotations

import doctest
import math
from pathlib import Path

import numpy as np
import pytest

from core import queueing
from core.queueing import (
    ChatFloor,
    ErlangA,
    ErlangC,
    GeneralPatience,
    agents_needed,
    cobham,
    day_from_empty,
    erlang_b,
    erlang_c,
    mean_in_system,
    offered_loads,
    pollaczek_khinchine,
    with_feedback,
)


def agrees(value: float, text: str) -> bool:
    """Whether the value rounds to the digits given."""
    decimals = len(text.partition(".")[2])
    return abs(value - float(text)) <= 0.5000001 * 10.0**-decimals


def test_erlang_b_and_c_published_values() -> None:
    # ITU-T E.501 style tables: 10 erlangs offered to 10 lines lose 21.46 %.
    assert agrees(erlang_b(10.0, 10), "0.2146")
    assert erlang_b(3.0, 0) == 1.0
    # Erlang C of one server is its load.
    assert erlang_c(0.8, 1) == pytest.approx(0.8, rel=1e-14)
    assert erlang_c(5.0, 5) == 1.0


@pytest.mark.parametrize(("queue", "within", "p_wait", "wait", "level", "occupancy"), [
    (ErlangC(100 / 1800, 180.0, 14), 20.0, ".1741319", "7.83594", ".8883500", ".7142857"),
    (ErlangC(360 / 1800, 240.0, 55), 15.0, ".2387009", "8.1840321", ".8458831", ".8727273"),
])
def test_erlang_c(queue: ErlangC, within: float, p_wait: str, wait: str, level: str, occupancy: str) -> None:
    assert agrees(queue.p_wait, p_wait)
    assert agrees(queue.wait_mean, wait)
    assert agrees(queue.service_level(within), level)
    assert agrees(queue.occupancy, occupancy)


def test_erlang_c_overloaded() -> None:
    queue = ErlangC(2.0, 10.0, 5)
    assert (queue.p_wait, queue.wait_mean, queue.occupancy) == (1.0, math.inf, 1.0)
    assert queue.service_level(20.0) == 0.0


def test_erlang_a() -> None:
    queue = ErlangA(48 / 60, 60.0, 50, 120.0)
    assert agrees(queue.p_wait, ".46777407")
    assert agrees(queue.abandonment_rate, ".030912249")
    assert agrees(queue.wait_mean, "3.70947")
    assert agrees(queue.occupancy, ".93032424")
    assert agrees(queue.service_level(20.0), ".94302")
    assert agrees(queue.service_level_answered(20.0), ".97310")
    assert agrees(queue.service_level_offered(20.0), ".97203")
    assert agrees(queue.asa, "3.616")


def test_erlang_a_published() -> None:
    queue = ErlangA(3.5 / 60, 180.0, 13, 300.0)
    assert agrees(queue.p_wait, ".28125452")
    assert agrees(queue.abandonment_rate, ".033042675")
    assert agrees(queue.wait_mean, "9.9128")
    assert agrees(queue.occupancy, ".78100399")


def test_erlang_a_of_the_bench() -> None:
    queue = ErlangA(5.2, 10.0, 50, 6.0)
    assert agrees(queue.abandonment_rate, ".083585")
    assert agrees(queue.wait_mean, ".501508")
    assert agrees(queue.service_level(1.0), ".732735")


def test_erlang_a_between_loss_and_endless_patience() -> None:
    calm = ErlangC(0.2, 240.0, 55)
    assert ErlangA(0.2, 240.0, 55, 1e7).wait_mean == pytest.approx(calm.wait_mean, rel=1e-4)
    assert ErlangA(0.2, 240.0, 55, 1e-9).abandonment_rate == pytest.approx(erlang_b(48.0, 55), rel=1e-6)
    at_once = ErlangA(0.2, 240.0, 55, 60.0, leaves_at_once=1.0)
    assert at_once.abandonment_rate == pytest.approx(erlang_b(48.0, 55), rel=1e-12)
    assert at_once.wait_mean == 0.0


def test_erlang_a_when_patience_is_the_handle_time_is_poisson() -> None:
    # Then everyone leaves at one rate, in hand or waiting: M/M/infinity.
    law = ErlangA(30.0, 1.0, 25, 1.0).in_system
    n = np.arange(60)
    poisson = np.exp(-30.0 + n * math.log(30.0) - np.array([math.lgamma(k + 1) for k in n]))
    assert law[:60] == pytest.approx(poisson, rel=1e-10)


def test_erlang_a_large() -> None:
    queue = ErlangA(1050.0, 1.0, 1000, 1.0)
    assert queue.abandonment_rate == pytest.approx(1 - queue.occupancy * 1000 / 1050, rel=1e-12)
    # Fluid limit of an overloaded floor: whoever cannot be handled gives up.
    assert queue.abandonment_rate == pytest.approx(1 - 1000 / 1050, rel=0.05)


@pytest.mark.parametrize("leaves", [0.0, 0.3])
def test_general_patience_meets_erlang_a(leaves: float) -> None:
    exact = ErlangA(3.5 / 60, 180.0, 13, 300.0, leaves)
    law = GeneralPatience(3.5 / 60, 180.0, 13, lambda x: (1 - leaves) * np.exp(-x / 300.0), 0.02)
    for name in ("p_wait", "abandonment_rate", "wait_mean", "asa", "occupancy"):
        assert getattr(law, name) == pytest.approx(getattr(exact, name), rel=1e-7), name
    assert law.service_level(20.0) == pytest.approx(exact.service_level(20.0), rel=1e-7)


def test_general_patience_with_a_deadline() -> None:
    # Baccelli and Hebuterne (1981), M/M/1 + D in closed form: with a = 1 / handle time - rate and deadline D the
    # offered wait has density rate P0 exp(-a x) up to D and rate P0 exp(rate D - x / handle time) beyond it.
    rate, handle, deadline = 0.9, 1.0, 2.0
    a = 1 / handle - rate
    short, late = (1 - math.exp(-a * deadline)) / a, math.exp(-a * deadline) * handle
    empty = 1 / (1 + rate * (short + late))
    law = GeneralPatience(rate, handle, 1, lambda x: (x < deadline).astype(float), 0.001)
    assert law.p_wait == pytest.approx(1 - empty, rel=1e-6)
    assert law.abandonment_rate == pytest.approx(rate * late * empty, rel=1e-6)
    answered = rate * empty * (1 - math.exp(-a * deadline) * (1 + a * deadline)) / a**2
    assert law.wait_mean == pytest.approx(answered + deadline * law.abandonment_rate, rel=1e-6)


def test_pollaczek_khinchine() -> None:
    waits = [pollaczek_khinchine(0.8, 1.0, math.sqrt(scv)) for scv in (0, 0.5, 1, 2, 4)]
    assert waits == pytest.approx([2, 3, 4, 6, 10], rel=1e-12)
    assert pollaczek_khinchine(1.0, 1.0, 1.0) == math.inf


def test_cobham() -> None:
    one, two = (cobham((0.2, 0.6, 1.2), 1 / 3, agents) for agents in (1, 2))
    assert all(map(agrees, one, (".23809524", ".32467532", ".90909091")))
    assert all(map(agrees, two, (".028735632", ".033156499", ".048076923")))
    # Who is first changes who waits, never how much work waits.
    assert sum(rate * wait for rate, wait in zip((0.2, 0.6, 1.2), two, strict=True)) == pytest.approx(
        2.0 * ErlangC(2.0, 1 / 3, 2).wait_mean, rel=1e-12)
    assert cobham((0.5, 1.0), 1.0, 1)[1] == math.inf


def test_processor_sharing_with_at_most_three_in_service() -> None:
    # One agent with three chats and no slowdown is M/M/3; endless patience as a very long one.
    law = ErlangA(10.0, 1 / 12, 3, 1e9).in_system
    assert all(map(agrees, law[:5], (".4321330", ".3601108", ".1500462", ".0416795", ".0115776")))


def test_chat_floor() -> None:
    chat = ErlangA(0.6, 10.0, 12, 5.0)
    assert agrees(chat.p_wait, ".018777449")
    assert agrees(chat.abandonment_rate, ".003781733")
    free = ChatFloor(0.6, 10.0, 4, 3, 0.0, 5.0)
    assert free.p_wait == pytest.approx(chat.p_wait, rel=1e-9)
    slowed = ChatFloor(0.6, 10.0, 4, 3, 0.25, 5.0)
    assert agrees(slowed.p_wait, ".11084993")
    assert agrees(slowed.abandonment_rate, ".03345043")
    assert agrees(slowed.wait_mean, ".16725215")
    shares = slowed.chats_per_agent()
    assert agrees(sum(k * share for k, share in enumerate(shares)), "1.8811309")
    assert all(map(agrees, shares, (".0603395", ".2717818", ".3942869", ".2735918")))


def test_feedback_and_funnel() -> None:
    reopened = ErlangC(with_feedback(2.0, 0.25), 4.0, 12)
    assert agrees(reopened.rate, "2.6667")
    assert agrees(reopened.p_wait, ".60551315")
    assert agrees(reopened.wait_mean, "1.8165395")
    funnel = ErlangA(5.0 * 0.9 * (1 - 0.6 * 0.5), 5.0, 14, 4.0)
    assert agrees(funnel.rate, "3.15")
    assert agrees(funnel.abandonment_rate, ".16910375")
    assert agrees(funnel.wait_mean, ".67641501")
    assert agrees(funnel.occupancy, ".93475828")


def test_mean_in_system() -> None:
    mean = mean_in_system(lambda t: 100 + 20 * np.sin(t), lambda stay: np.exp(-stay), 10.0)
    assert agrees(mean, "102.94642")
    # Constant stays of length 1: whoever came in the last hour.
    last_hour = mean_in_system(lambda t: 6 * t, lambda stay: (stay < 1.0).astype(float), 5.0)
    assert last_hour == pytest.approx(27.0, rel=1e-4)


def test_day_from_empty() -> None:
    day = day_from_empty([4.2], [12], 480.0, 2.0, 20 / 60)
    assert agrees(day.answered_in_time, "1815.2717")
    assert agrees(day.service_level, ".90043241")
    assert agrees(day.occupancy, ".69693435")
    split = day_from_empty([4.2] * 16, [12] * 16, 30.0, 2.0, 20 / 60)
    assert split.answered_in_time == pytest.approx(day.answered_in_time, rel=1e-9)


def test_day_with_patience_settles_to_erlang_a() -> None:
    short, long = (day_from_empty([3.5] * n, [13] * n, 100.0, 3.0, 20 / 60, patience=5.0) for n in (2, 4))
    steady = ErlangA(3.5, 3.0, 13, 5.0)
    # What the last two steps add, long after the start.
    in_time = long.answered_in_time - short.answered_in_time
    assert in_time / (200 * 3.5) == pytest.approx(steady.service_level(20 / 60), rel=1e-9)
    assert (long.busy_time - short.busy_time) / (200 * 13) == pytest.approx(steady.occupancy, rel=1e-9)


def test_offered_loads() -> None:
    # A quiet night, then a busy hour: the load is still rising at its end.
    loads = offered_loads([0.0, 60.0, 60.0], 1.0, 0.5)
    assert loads[0] == 0.0
    assert loads[1] == pytest.approx(30.0 * (1 - 0.5 * (1 - math.exp(-2.0))), rel=1e-12)
    # The mean over a step is the mean of the exact mean in it.
    times = (np.arange(400) + 0.5) / 400
    within = [mean_in_system(lambda t: 60.0 + 0.0 * t, lambda s: np.exp(-2 * s), at, 2000) for at in times]
    assert loads[1] == pytest.approx(float(np.mean(within)), rel=1e-4)


def test_agents_needed() -> None:
    assert agents_needed(lambda n: ErlangC(100 / 1800, 180.0, n).service_level(20.0) >= 0.8) == 14
    assert agents_needed(lambda n: n >= 1) == 1
    lost = [ErlangA(1.0, 60.0, n, 60.0).abandonment_rate for n in range(1, 100)]
    fewest = agents_needed(lambda n: lost[n - 1] <= 0.03)
    assert lost[fewest - 1] <= 0.03 < lost[fewest - 2]
    with pytest.raises(ValueError, match="even 8 agents are not enough"):
        agents_needed(lambda n: n > 8, most=8)


def test_the_examples_of_the_page() -> None:
    page = Path(__file__).parents[2] / "docs" / "explanation" / "theory.md"
    assert doctest.testfile(str(page), module_relative=False) == doctest.TestResults(failed=0, attempted=6)
    assert doctest.testmod(queueing).failed == 0
