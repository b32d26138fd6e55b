"""The first line of a screen without a floor: the program and where in it this is."""

from __future__ import annotations

from typing import ClassVar

from tui.widgets.panel import Panel
from tui.widgets.text import Line, spread


class Title(Panel):
    """One line."""

    HEADED: ClassVar[bool] = False

    def __init__(self, where: str, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._where = where

    def body(self, width: int, height: int) -> list[Line]:
        """The line."""
        return [spread(((" flightdesk  ", "accent"), (self._where, "title")),
                       (("a flight simulator for customer support teams ", "faint"),), width)]
