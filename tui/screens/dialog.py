"""The base of the dialogs."""

from __future__ import annotations

from textual.await_complete import AwaitComplete
from textual.screen import ModalScreen, ScreenResultType


class Dialog(ModalScreen[ScreenResultType]):
    """A screen over another one that can be left twice without harm.

    Two quick keys are both on their way to it before it is gone; Textual would take the screen below for the second.
    """

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leaves, if it is there."""
        return super().dismiss(result) if self.is_active else AwaitComplete()
