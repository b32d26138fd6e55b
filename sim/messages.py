"""What a customer says first: a chat line, an email, the opening of a call, in the customer's language.

`message` puts a `Message` together from the phrases of a language (`phrases/*.toml`). What it takes by chance it takes
from a `Chance`, the same every time for the same conversation. All text that comes out is printable, and is data.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import cycle
from typing import TypeVar

import tomli

from sim.customer import Customer
from sim.facts import Facts
from sim.topic_families import family_of

LANGUAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "en": ("english", ("en_US", "en_GB")),
    "ko": ("korean", ("ko_KR",)),
    "de": ("german", ("de_DE",)),
    "pt": ("portuguese", ("pt_BR", "pt_PT")),
    "fr": ("french", ("fr_FR",)),
    "es": ("spanish", ("es_ES", "es_MX")),
    "ja": ("japanese", ("ja_JP",)),
}
"""Code of each language that has phrases: its English name, and the locales that its customers' names come from."""

_NEW, _FOR_YEARS = 14.0, 2 * 365.0
"""Days as a customer under which one is new, and from which one has been here for years."""
_TELLS = 0.4
"""Share of them who say so."""
_PLACE = re.compile(r"\{(\w+)\}(\.?)")
_Item = TypeVar("_Item")


@dataclass(frozen=True, slots=True)
class Message:
    """What a customer writes or says first."""

    subject: str
    """Subject of an email; empty for other kinds."""
    lines: tuple[str, ...]
    """The text; more than one line only for email."""

    @property
    def text(self) -> str:
        """The text with its line ends."""
        return "\n".join(self.lines)


class Chance:
    """Choices that follow from a name alone: the same in every process, and each purpose has its own."""

    def __init__(self, name: str):
        self._name = name

    def number(self, purpose: str) -> float:
        """At least 0 and less than 1."""
        digest = hashlib.blake2b(f"{self._name}/{purpose}".encode(), digest_size=6).digest()
        return float(int.from_bytes(digest) / 2**48)

    def pick(self, purpose: str, items: Sequence[_Item]) -> _Item:
        """One of the items."""
        return items[int(self.number(purpose) * len(items))]


@dataclass(frozen=True)
class Phrases:
    """The phrases of a language."""

    full_name: str
    """How a given and a family name are joined."""
    between: str
    """What stands between two sentences."""
    opening: Mapping[str, Sequence[str]]
    """By kind of channel; business_call for callers who speak for a company."""
    closing: Mapping[str, Sequence[str]]
    """By kind of channel."""
    mood: Mapping[str, Sequence[str]]
    """calm, upset, harsh."""
    extra: Mapping[str, Sequence[str]]
    """What is said when it applies: new, for_years, urgent, again, keyword, product."""
    topic: Mapping[str, Mapping[str, Sequence[str]]]
    """By family: what is said, and for each line, or for all of them, the subject of an email."""


@cache
def phrases(language: str) -> Phrases:
    """The phrases of a language, by its code."""
    return Phrases(**tomli.loads((files("sim") / "phrases" / f"{language}.toml").read_text(encoding="utf-8")))


def code_of(language: str) -> str:
    """Code of a language by code, locale or English name ("ko", "ko_KR", "Korean"); "" where there are no phrases."""
    word = re.split(r"[^a-z]", language.casefold())[0]
    return next((code for code, (name, _) in LANGUAGES.items() if word in (code, name)), "")


def message(facts: Facts, customer: Customer, chance: Chance) -> Message:
    """What the customer of a conversation says first."""
    name, company = customer.name, customer.company
    said, family = phrases(customer.language), family_of(facts.topic)
    filling = {key: plain(value) for key, value in {
        "name": name, "company": company, "keyword": facts.keyword, "topic": re.sub("[-_]", " ", facts.topic),
        "product": facts.attributes.get("product", "")}.items()}

    def allowed(*texts: str) -> bool:
        return not any(stands(word, text) for word in facts.without for text in texts)

    def one(purpose: str, choices: Sequence[str]) -> str:
        """One of the phrases in which no word stands that must not; any where all have one."""
        filled = [_filled(phrase, filling) for phrase in choices]
        return chance.pick(purpose, [text for text in filled if allowed(text)] or filled)

    about = [(_filled(subject, filling), _filled(line, filling)) for key in (family, "anything")
             for subject, line in zip(cycle(said.topic[key]["subject"]), said.topic[key]["says"], strict=False)]
    own = len(said.topic[family]["says"])
    fit = [pair for pair in about[:own] if allowed(*pair)] or [pair for pair in about[own:] if allowed(*pair)]
    subject, line = chance.pick("topic", fit or about[own:])
    mood = ("calm", "upset", "harsh")[min(max(facts.mood, 0), 2)]
    opening = one("opening", said.opening["business_call" if facts.kind == "call" and company else facts.kind])
    parts = [line]
    if filling["product"]:
        parts.append(one("product", said.extra["product"]))
    # Who is new says so now and then, who has been here for years when they are upset.
    if customer.tenure_days < _NEW and chance.number("tells") < _TELLS:
        parts.append(one("new", said.extra["new"]))
    elif customer.tenure_days >= _FOR_YEARS and mood != "calm" and chance.number("tells") < _TELLS:
        parts.append(one("for years", said.extra["for_years"]))
    if facts.contact > 1:
        parts.append(one("again", said.extra["again"]))
    if facts.urgent:
        parts.append(one("urgent", said.extra["urgent"]))
    # Whoever is calm and chats comes to the point.
    if mood != "calm" or facts.kind == "email":
        parts.append(one("mood", said.mood[mood]))
    if filling["keyword"] and not any(stands(filling["keyword"], part) for part in parts):
        parts.insert(1, _filled(chance.pick("keyword", said.extra["keyword"]), filling))
    if facts.kind != "email":
        return Message("", (said.between.join(filter(None, (opening, *parts))),))
    closing = one("closing", said.closing["email"])
    signed = filter(None, (name, company))
    return Message(subject, (opening, "", said.between.join(parts), "", closing, *signed))


def stands(word: str, text: str) -> bool:
    """Whether a word stands in a text literally, and not as a part of a longer word."""
    return re.search(rf"(?<![A-Za-z0-9_]){re.escape(word)}(?![A-Za-z0-9_])", text) is not None


def plain(text: str) -> str:
    """The text without characters that do not print."""
    return "".join(char if char.isprintable() else " " for char in text)


def _filled(phrase: str, filling: Mapping[str, str]) -> str:
    """The phrase with its places filled; "Inc." at its end brings the full stop along."""
    return _PLACE.sub(lambda place: filling[place[1]] + ("" if filling[place[1]].endswith(".") else place[2]), phrase)


def every_phrase(said: Phrases) -> Iterable[str]:
    """All phrases of a language."""
    for group in (said.opening, said.closing, said.mood, said.extra, *said.topic.values()):
        for choices in group.values():
            yield from choices
