"""What a topic is about, told by the words of its name: which sentences fit it, and who would write about it."""

from __future__ import annotations

import re
from collections.abc import Iterable

FAMILIES: dict[str, str] = {
    "cancel": "cancel cancellation cancelling churn unsubscribe termination closing",
    "upgrade": "upgrade downgrade plan expansion seat licence license pricing sales",
    "returns": "return refund exchange warranty replacement",
    "billing": "billing bill payment pay invoice charge card",
    "api": "api integration webhook developer sdk connector",
    "outage": "outage technical tech incident down performance connection connectivity",
    "order": "order delivery shipping shipment parcel tracking courier dispatch",
    "login": "login signin sign password account access 2fa sso locked",
    "bug": "bug error crash defect fault",
    "holiday": "holiday vacation hours",
    "how_to": "how howto usage setup onboarding configuration settings training guide",
    "product": "product feature model size stock compatibility",
    "anything": "general other misc anything everything question support help",
}
"""The words of each family (without a plural's s); the first family that has a word of the topic's name wins."""

_OF_A_SHOP = {"order", "returns"}
_OF_SOFTWARE = {"api", "upgrade", "bug", "how_to"}


def family_of(topic: str) -> str:
    """The family of a topic; "other" where the words of its name are in none, "anything" where it has no words."""
    words = set(re.findall(r"[^\W_]+", topic.casefold()))
    words |= {word.removesuffix("s") for word in words}
    return next((family for family, known in FAMILIES.items() if not words.isdisjoint(known.split())),
                "other" if words else "anything")


def are_of_business(topics: Iterable[str]) -> bool:
    """Whether those who write about these topics speak for a company: users of software do, shoppers do not."""
    families = set(map(family_of, topics))
    return bool(families & _OF_SOFTWARE) and not families & _OF_A_SHOP
