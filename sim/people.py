"""Synthetic customers: a name and a company for a need, made by Faker when somebody looks.

A profile costs Faker up to half a millisecond, so people come from small pools, and who a need belongs to is worked out
from the seed and its number: the same person every time, on every machine, and nothing on the floor's hot path.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

LOCALES = ("en_US", "ko_KR", "de_DE", "pt_BR")
_POOL = 60
"""Names and companies for each locale."""


@dataclass(frozen=True, slots=True)
class Customer:
    """Who has a need. The text is data: it may hold any characters, and is never markup."""

    name: str
    company: str
    locale: str


class People:
    """The customers of a run with that seed."""

    def __init__(self, seed: int):
        self._seed = seed

    @cached_property
    def _pools(self) -> list[tuple[str, list[str], list[str]]]:
        """Locale, names and companies."""
        from faker import Faker

        pools = []
        for locale in LOCALES:
            fake = Faker(locale)
            fake.seed_instance(self._seed)
            pools.append((locale, [fake.name() for _ in range(_POOL)], [fake.company() for _ in range(_POOL)]))
        return pools

    def prepare(self) -> None:
        """Makes the pools now (some tenths of a second), so that looking is quick later."""
        self._pools  # noqa: B018

    def who(self, need: int) -> Customer:
        """The customer whose need has that number in the run."""
        digest = hashlib.blake2b(f"{self._seed}/{need}".encode(), digest_size=6).digest()
        locale, names, companies = self._pools[digest[0] % len(LOCALES)]
        name, company = int.from_bytes(digest[1:3]) % _POOL, int.from_bytes(digest[3:6]) % _POOL
        return Customer(names[name], companies[company], locale)
