"""Synthetic customers: a name, a company and a message for a need, made by Faker when somebody looks.

A profile costs Faker up to half a millisecond, so names come from small pools, one for each locale that is looked at,
and who a need belongs to is worked out from the seed and a number: the same person every time, on every machine, and
nothing on the floor's hot path. `sim.facts` says what is known of the conversation, `sim.messages` what is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from sim.customer import Customer
from sim.facts import Facts
from sim.messages import LANGUAGES, Chance, Message, code_of, message, phrases, plain

LOCALES = tuple(locale for _, locales in LANGUAGES.values() for locale in locales)
_NAMES, _COMPANIES = 60, 40
"""Given names, as many family names, and companies for each locale: 3,600 people."""
_LONGEST = 6 * 365.0
"""Days that a made-up customer has been one at most."""
_PLANS = {"trial": "Trial", "new": "Trial", "free": "Free", "basic": "Basic", "enterprise": "Enterprise",
          "touch": "Enterprise", "key": "Enterprise", "vip": "Enterprise", "large": "Enterprise"}
"""What a word of a segment's name says about the plan."""
_USUAL_PLANS = {True: ("Basic", "Team", "Team", "Business"), False: ("Guest", "Member", "Member", "Plus")}
"""Of companies and of private customers, where the segment says nothing."""


@dataclass(frozen=True, slots=True)
class _Pool:
    given: tuple[str, ...]
    family: tuple[str, ...]
    companies: tuple[str, ...]


class People:
    """The customers of a run with that seed."""

    def __init__(self, seed: int):
        self._seed = seed

    def prepare(self, locales: Iterable[str] = LOCALES) -> None:
        """Makes the pools of those locales now (some 25 ms each), so that looking is quick later."""
        for locale in locales:
            _pool(self._seed, locale)

    def who(self, need: int) -> Customer:
        """The customer whose need has that number in the run, when nothing else is known."""
        return self.customer(Facts(need))

    def customer(self, facts: Facts) -> Customer:
        """The customer of a conversation; one of the scenario's population is the same in all conversations."""
        chance = self._person(facts)
        language = code_of(facts.language) or code_of(facts.locale) or "en"
        locale = chance.pick("locale", _locales(facts.language, facts.locale))
        pool = _pool(self._seed, locale)
        full_name = phrases(code_of(locale) or "en").full_name
        name = full_name.format(given=chance.pick("given", pool.given), family=chance.pick("family", pool.family))
        attributes = {plain(key): plain(value) for key, value in facts.attributes.items()}
        tenure = facts.tenure_days if facts.tenure_days >= 0 else _tenure(facts, chance)
        company = chance.pick("company", pool.companies) if facts.business else ""
        return Customer(name, company, locale, language, attributes.get("plan") or _plan(facts, chance), tenure,
                        attributes)

    def message(self, facts: Facts) -> Message:
        """What the customer of a conversation writes or says first."""
        return message(facts, self.customer(facts), Chance(f"{self._seed}/message/{facts.need}/{facts.contact}"))

    def _person(self, facts: Facts) -> Chance:
        number = f"need/{facts.need}" if facts.customer < 0 else f"customer/{facts.customer}"
        return Chance(f"{self._seed}/{number}")


@lru_cache(maxsize=64)
def _pool(seed: int, locale: str) -> _Pool:
    from faker import Faker

    fake = Faker(locale)
    fake.seed_instance(f"{seed}/{locale}")
    return _Pool(tuple(plain(fake.first_name()) for _ in range(_NAMES)),
                 tuple(plain(fake.last_name()) for _ in range(_NAMES)),
                 tuple(plain(fake.company()) for _ in range(_COMPANIES)))


def _locales(language: str, locale: str) -> tuple[str, ...]:
    """Where names come from: the locale or those of the language, as far as Faker knows them; else all of ours."""
    if locale in LOCALES:
        return (locale,)
    if code := code_of(language):
        return LANGUAGES[code][1]
    if not (language or locale):
        return LOCALES
    from faker.config import AVAILABLE_LOCALES

    known = tuple(sorted(AVAILABLE_LOCALES))
    of_language = tuple(name for name in known if name.split("_")[0] == language.casefold())
    return (locale,) if locale in known else of_language or LOCALES


def _plan(facts: Facts, chance: Chance) -> str:
    words = facts.segment.replace("_", "-").split("-")
    told = next((_PLANS[word] for word in words if word in _PLANS), None)
    return told or chance.pick("plan", _USUAL_PLANS[facts.business])


def _tenure(facts: Facts, chance: Chance) -> float:
    """Days as a customer, where nothing else says: up to a month for trials and new ones, else years."""
    if _plan(facts, chance) == "Trial":
        return float(int(30 * chance.number("tenure")))
    return float(int(30 + (_LONGEST - 30) * chance.number("tenure") ** 2))
