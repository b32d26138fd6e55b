"""Streams: the same numbers everywhere, and each row its own."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from core.streams import Stream


def test_the_numbers_are_the_same_on_every_machine() -> None:
    # Written down once from PCG64's raw output, which NumPy guarantees not to change (NEP 19).
    known = [0.46070297138852523, 0.10469516049022587, 0.37200967690156095]
    assert Stream(1, 0, "demand/1/day 0").uniform(3).tolist() == known


def test_seed_replication_and_name_each_make_another_stream() -> None:
    one = Stream(1, 0, "a").uniform(4).tolist()
    others = [Stream(2, 0, "a"), Stream(1, 1, "a"), Stream(1, 0, "b"), Stream(-1, 0, "a")]
    assert all(other.uniform(4).tolist() != one for other in others)


@pytest.mark.parametrize(("seed", "replication"), [(0, 0), (7, 2**32), (-5, 39), (2**32 - 1, 1), (-(2**70), 2**31)])
def test_entropy_is_what_numpy_makes_of_the_numbers(seed: int, replication: int) -> None:
    words = np.frombuffer(hashlib.blake2b(b"a", digest_size=16).digest(), dtype="<u4")
    entropy = [abs(seed), int(seed < 0), replication, *(int(word) for word in words)]
    raw = np.random.PCG64(np.random.SeedSequence(entropy)).random_raw(2)
    assert Stream(seed, replication, "a").uniform(2).tolist() == [((int(bits) >> 12) + 0.5) * 2.0**-52 for bits in raw]


def test_a_row_is_the_same_however_many_follow() -> None:
    few, many = Stream(3, 0, "x").rows(5, 7), Stream(3, 0, "x").rows(50, 7)
    assert np.array_equal(few, many[:, :5])
    in_parts = Stream(3, 0, "x")
    assert np.array_equal(np.concatenate([in_parts.rows(2, 7), in_parts.rows(3, 7)], axis=1), few)


def test_a_number_is_the_same_wherever_one_comes_from() -> None:
    all_of_it, stream = Stream(3, 0, "x").uniform(40).tolist(), Stream(3, 0, "x")
    assert [stream.at(place) for place in (30, 7, 8)] == [all_of_it[place] for place in (30, 7, 8)]
    assert stream.uniform(3).tolist() == all_of_it[9:12]
    assert stream.row(2, 11) == all_of_it[22:33]
    assert [stream.at(place) for place in range(40)] == all_of_it


def test_numbers_are_uniform_and_never_0_or_1() -> None:
    u = np.sort(Stream(4, 0, "x").uniform(100_000))
    assert u[0] > 0.0
    assert u[-1] < 1.0
    # Kolmogorov-Smirnov: the 99.9 % point of its limit law is 1.95 / sqrt(n).
    assert np.abs(u - (np.arange(len(u)) + 0.5) / len(u)).max() < 1.95 / np.sqrt(len(u))
