"""The user's settings: a TOML file in the platform's config folder.

What is wrong in it is said, with its line, and left out; it never keeps anything from starting.

    theme = "light"        # dark, light, high-contrast, colour-blind
    symbols = "ascii"      # auto, unicode, ascii
    tour = false           # no tours, also not the first time
    favourites = ["bot.success"]   # knobs that come first, by key; f in the knobs panel keeps them here

    [keys]                 # `flightdesk settings` lists the names
    "live.pause" = "p"
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import tomli

from core.errors import Problem, did_you_mean
from core.places import config_folder, data_folder
from core.toml_lines import lines_of, quoted

CHOICES = {"theme": ("dark", "light", "high-contrast", "colour-blind"), "symbols": ("auto", "unicode", "ascii")}
"""The values of the settings that are a choice; the first is the default."""
KNOWN = (*CHOICES, "tour", "favourites", "keys")
_KEY = re.compile(r"((ctrl|shift|alt|super)\+)*(\S|[a-z0-9_]+)")


COMMENTED = """\
# Settings of Flightdesk. What begins with # is the default.

# theme = "dark"         # dark, light, high-contrast, colour-blind
# symbols = "auto"       # auto, unicode, ascii
# tour = true            # false: no tours, also not the first time
# favourites = []        # knobs that come first, by key; f in the knobs panel keeps them here

[keys]                   # `flightdesk settings` lists the names
# "live.pause" = "space"
"""
"""The file as it is before anything is set."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set, with its defaults."""

    theme: str = "dark"
    symbols: str = "auto"
    tour: bool = True
    keys: Mapping[str, str] = field(default_factory=dict)
    """Key by the name of what it does (see `tui.keymap`); several keys with commas between."""
    favourites: tuple[str, ...] = ()
    """Keys of knobs that come first, in every scenario that has them."""

    @property
    def unicode(self) -> bool | None:
        """Whether symbols are shown; None: as the terminal can."""
        return None if self.symbols == "auto" else self.symbols == "unicode"


def settings_file() -> Path:
    """Where the settings are; the file need not be there."""
    return config_folder() / "settings.toml"


def read_settings() -> tuple[Settings, tuple[Problem, ...]]:
    """The settings, and what is wrong in their file."""
    try:
        text = settings_file().read_text(encoding="utf-8-sig")
        data = tomli.loads(text)
    except FileNotFoundError:
        return Settings(), ()
    except OSError as error:
        return Settings(), (Problem("file", f"cannot be read: {error.strerror or error}"),)
    except tomli.TOMLDecodeError as error:
        return Settings(), (Problem("syntax", f"no TOML: {error.msg[:1].lower()}{error.msg[1:]}", error.lineno),)
    except (ValueError, RecursionError):
        return Settings(), (Problem("syntax", "no TOML"),)
    good: dict[str, Any] = {}
    problems = [Problem(".".join(path), what, lines_of(text).get(path), given, hint)
                for path, what, given, hint in _wrong(data, good)]
    return Settings(**good), tuple(problems)


_Wrong = tuple[tuple[str, ...], str, str | None, str | None]
"""Path, what is wrong, what was given, a hint."""


def _wrong(data: Mapping[str, Any], good: dict[str, Any]) -> Iterator[_Wrong]:
    """What is wrong; what is not goes to `good`."""
    for name, value in data.items():
        if name not in KNOWN:
            yield (name,), "there is no such setting", None, did_you_mean(name, KNOWN)
        elif name in CHOICES:
            if value in CHOICES[name]:
                good[name] = value
            else:
                hint = did_you_mean(value, CHOICES[name]) if isinstance(value, str) else None
                yield (name,), f"must be one of {', '.join(map(quoted, CHOICES[name]))}", quoted(value), hint
        elif name == "tour":
            if isinstance(value, bool):
                good[name] = value
            else:
                yield (name,), "must be true or false", quoted(value), None
        elif name == "favourites":
            if isinstance(value, list) and all(isinstance(key, str) for key in value):
                good[name] = tuple(value)
            else:
                yield (name,), 'must be a list of keys, such as ["bot.success"]', quoted(value), None
        elif isinstance(value, dict):
            good[name] = {}
            yield from _wrong_keys(value, (name,), good[name])
        else:
            yield (name,), "must be a table of names and keys", quoted(value), None


def _wrong_keys(table: Mapping[str, Any], path: tuple[str, ...], good: dict[str, str]) -> Iterator[_Wrong]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _wrong_keys(value, (*path, name), good)
        elif isinstance(value, str) and value and all(_KEY.fullmatch(key) for key in value.split(",")):
            good[".".join((*path[1:], name))] = value
        else:
            yield (*path, name), 'must be a key such as "p", "ctrl+p", "f5" or "space"', quoted(value), None


def unknown_names(settings: Settings, names: Mapping[str, object]) -> list[Problem]:
    """The names of keys that nothing has."""
    return [Problem(f"keys.{name}", "nothing has this name", hint=did_you_mean(name, names))
            for name in settings.keys if name not in names]


def save_setting(name: str, value: str | list[str]) -> None:
    """Writes one setting into the file and leaves the rest of it as it is.

    A file that cannot be read or written stays as it is.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    file = settings_file()
    with suppress(OSError, TOMLKitError, ValueError):
        document = tomlkit.parse(file.read_text(encoding="utf-8-sig")) if file.exists() else tomlkit.document()
        document[name] = value
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(tomlkit.dumps(document), encoding="utf-8")


# --- what was shown once -------------------------------------------------------------------------------------------

def first_time(what: str) -> bool:
    """Whether this is the first call for it on this machine; where that cannot be noted it is not."""
    mark = data_folder() / "seen" / what
    if mark.exists():
        return False
    with suppress(OSError):
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        return True
    return False
