"""Names for keys, so that settings can bind them anew: `live.pause`, `knobs.turn-up`.

A class that is `Rebindable` has a name for each of its bindings: its own, a dot, and what the binding does. Textual's
keymap goes by these names.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

NAMED: dict[str, Binding] = {}
"""Every binding that has a name, of the classes that are loaded."""


class Rebindable:
    """Gives the bindings of its subclasses their names."""

    BINDINGS: ClassVar[list[BindingType]]

    def __init_subclass__(cls, **options: Any) -> None:
        if "BINDINGS" in cls.__dict__:
            cls.BINDINGS = [_named(where(cls), binding) for binding in cls.BINDINGS]
        super().__init_subclass__(**options)


def where(cls: type) -> str:
    """The first part of the names of a class: live for LiveScreen, feed for FeedPanel."""
    return re.sub(r"(Screen|Panel)$", "", cls.__name__).lower()


def _named(place: str, binding: BindingType) -> BindingType:
    if not isinstance(binding, Binding):
        return binding
    name = f"{place}.{re.sub(r'[^a-z0-9]+', '-', binding.description.lower()).strip('-')}"
    named = NAMED[name] = replace(binding, id=name)
    return named


def key_now(place: str, key: str, keys: Mapping[str, str]) -> str:
    """The key that does now what `key` does at first, under the settings' keys."""
    for name, new in keys.items():
        binding = NAMED.get(name)
        if binding is not None and name.startswith(f"{place}.") and key in binding.key.split(","):
            return new.split(",")[0]
    return key
