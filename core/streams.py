"""Named random streams: (seed, replication, name) is a sequence of uniform numbers, the same on every machine.

A stream belongs to what it is drawn for ("demand/1/day 3", "rota/frontline/early/2/day 3"), never to the order in
which things happen; so a change in one mechanism moves no other draw (common random numbers). Only the raw
64-bit output of the generator is used: NumPy guarantees that it never changes, which it does not for its
distributions.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

_TWELVE, _ONE = np.uint64(12), np.uint64(0x3FF0000000000000)
"""Bits to drop, and those of the float 1.0."""


@lru_cache(maxsize=64)
def _words(seed: int, replication: int) -> bytes:
    """What seed and replication bring to a stream's entropy: each number in as many 32-bit words as it needs, one at
    least, the lowest first. Given as words, it is what NumPy makes of the numbers, in a fifth of the time."""
    parts = [number.to_bytes(-(-max(number.bit_length(), 1) // 32) * 4, "little")
             for number in (abs(seed), int(seed < 0), replication)]
    return b"".join(parts)


class Stream:
    """Uniform numbers strictly between 0 and 1, one after the other."""

    __slots__ = ("_bits", "_place")

    def __init__(self, seed: int, replication: int, name: str):
        words = _words(seed, replication) + hashlib.blake2b(name.encode(), digest_size=16).digest()
        entropy = np.frombuffer(words, dtype="<u4").astype(np.uint32)
        self._bits = np.random.PCG64(np.random.SeedSequence(entropy))
        self._place = 0
        """How many numbers stand before the next one."""

    def uniform(self, count: int) -> Array:
        """The next `count` numbers: odd multiples of 2**-53, so that neither 0 nor 1 occurs."""
        bits = self._bits.random_raw(count)
        self._place += count
        bits >>= _TWELVE
        # 52 random bits behind those of 1.0 are the float 1 + bits / 2**52: quicker than to convert them.
        bits |= _ONE
        numbers: Array = bits.view(np.float64)
        numbers -= 1.0 - 2.0**-53
        return numbers

    def rows(self, count: int, width: int) -> Array:
        """The next `count` rows of `width` numbers, as columns: shape (width, count).

        Row i holds the same numbers however many rows are drawn after it.
        """
        return np.ascontiguousarray(self.uniform(count * width).reshape(count, width).T)

    def at(self, place: int) -> float:
        """The number at a place of the whole stream: what `uniform` gives there, drawn alone."""
        self._bits.advance(place - self._place)
        self._place = place + 1
        number: float = ((self._bits.random_raw() >> 12) * 2 + 1) * 2.0**-53
        return number

    def row(self, place: int, width: int) -> list[float]:
        """The row at a place of the whole stream: what `rows` gives there, drawn alone."""
        self._bits.advance(place * width - self._place)
        self._place = place * width
        numbers: list[float] = self.uniform(width).tolist()
        return numbers
