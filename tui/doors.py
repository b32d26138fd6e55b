"""What can be done with an entry of the scenario browser. A new door is a line in `DOORS`.

A door names the function that goes through it, `module:function`, called with the application and the entry; the
module is loaded only then.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.app import Flightdesk
    from tui.library import Entry, Kind


@dataclass(frozen=True, slots=True)
class Door:
    """One way on from an entry."""

    key: str
    word: str
    """What the key line says."""
    title: str
    """What the palette says."""
    target: str
    kinds: tuple[Kind, ...] = ("built-in", "file", "session", "run")
    """Entries that it is for."""

    def open(self, app: Flightdesk, entry: Entry) -> None:
        """Goes through."""
        module, _, name = self.target.partition(":")
        go: Callable[[Flightdesk, Entry], None] = getattr(import_module(module), name)
        go(app, entry)


DOORS = (
    Door("enter", "live", "Open the floor live", "tui.screens.browser:start_live"),
    Door("d", "duplicate", "Duplicate and edit", "tui.screens.browser:duplicate"),
    Door("c", "compare", "Compare with changes", "tui.screens.browser:compare"),
    Door("e", "edit", "Edit in your editor", "tui.screens.browser:edit", ("built-in", "file")),
    Door("p", "drills", "Drills: practise on a floor", "tui.screens.drills:open_drills"),
)
