"""The base of the panels that list things of which one is in hand."""

from __future__ import annotations

from textual import on
from textual.events import MouseScrollDown, MouseScrollUp

from tui.widgets.panel import Panel


class Chooser(Panel):
    """A list with one thing in hand; the wheel takes the one above or below."""

    def action_choose(self, by: int) -> None:
        """Takes the one so many rows below in hand; above, where `by` is less than nothing."""
        raise NotImplementedError

    @on(MouseScrollDown)
    def _scrolled_down(self) -> None:
        self.action_choose(1)

    @on(MouseScrollUp)
    def _scrolled_up(self) -> None:
        self.action_choose(-1)


def first_shown(before: int, at: int, height: int, count: int, lead: int = 0) -> int:
    """The row that a list begins with, of `count`, so that the one `at` is among the `height` that it shows.

    As near to the one `before` as may be, so that the list does not jump; `lead` rows above it stay with it.
    """
    return max(0, min(before, at - lead, count - height), at - height + 1)
