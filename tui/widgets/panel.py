"""The base of every panel: lines of text with roles, redrawn only where they changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.segment import Segment
from textual import on
from textual.events import Blur, Click, Focus, Resize, Show
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from tui.keymap import Rebindable
from tui.widgets.text import Line, Span, ascii_only, fit, has_unicode, spread, text_of

if TYPE_CHECKING:
    from sim.live import LiveView

ROLES = ("title", "faint", "strong", "good", "bad", "warn", "now", "twin", "target", "change", "accent", "cursor",
         "rule", "spark", "key", "pick", "ahead")
"""What a span can be; `tui/theme.tcss` gives each its look."""


class Picked(Message):
    """A conversation that a panel shows is to be looked at."""

    def __init__(self, need: int):
        super().__init__()
        self.need = need


class Panel(Rebindable, Widget):
    """A titled part of the screen that draws itself from lines of text.

    Subclasses write `body(width, height)` from data that they were shown; `redraw` compares it with what is on the
    screen and repaints the rows that differ. State stays outside: a panel can be thrown away at any time.
    """

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"panel--{role}" for role in ROLES}
    HELP: ClassVar[str] = ""
    """What it shows and which keys it takes."""
    HEADED: ClassVar[bool] = True
    """Whether its first row is a rule with its title."""
    number = ""
    """The key that goes to it, which stands before its title."""

    class ZoomAsked(Message):
        """The heading was clicked: the panel is to fill the screen, or to go back to its place."""

        def __init__(self, panel: Panel):
            super().__init__()
            self.panel = panel

    def __init__(self, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id)
        self.unicode = has_unicode() if unicode is None else unicode
        self.lines: tuple[Line, ...] = ()

    def heading(self) -> str:
        """The title in the first row."""
        return ""

    def help_text(self) -> str:
        """What `?` says about it as it stands."""
        return self.HELP

    def aside(self, width: int) -> Line:
        """What stands at the right end of the first row of that width."""
        return ()

    def body(self, width: int, height: int) -> list[Line]:
        """The lines below the heading, at most `height` of them."""
        raise NotImplementedError

    def compose_lines(self, width: int, height: int) -> tuple[Line, ...]:
        """All lines at that size."""
        if width <= 0 or height <= 0:
            return ()
        lines: list[Line] = []
        if self.HEADED:
            rule = "━" if self.has_focus else "─"
            number: list[Span] = [(f"{self.number} ", "key")] if self.number else []
            title: list[Span] = [(f"{rule} ", "rule"), *number, (self.heading(), "title"), (" ", "")]
            aside = self.aside(width)
            end: list[Span] = [(" ", ""), *aside, (f" {rule}", "rule")] if aside else []
            lines.append(spread(title, end, width, (rule, "rule")))
        lines += self.body(width, height - len(lines))
        return tuple(fit(line, width) for line in lines[:height])

    def redraw(self) -> None:
        """Repaints the rows that differ from what is on the screen; nothing where the panel is not shown."""
        if not self.is_attached or not self.display or not self.size:
            return
        before, self.lines = self.lines, self.compose_lines(self.size.width, self.size.height)
        if before == self.lines:
            return
        if len(before) != len(self.lines):
            self.refresh()
            return
        self.refresh(*(Region(0, row, self.outer_size.width, 1)
                       for row, (old, new) in enumerate(zip(before, self.lines, strict=True)) if old != new))

    def render_line(self, y: int) -> Strip:
        """One row for the compositor."""
        base = self.rich_style
        line = self.lines[y] if y < len(self.lines) else ()
        segments = []
        for text, role in line:
            style = self.get_component_rich_style(f"panel--{role}") if role else base
            segments.append(Segment(text if self.unicode else ascii_only(text), style))
        return Strip(segments).extend_cell_length(self.size.width, base)

    def text(self) -> str:
        """What it shows, without colour; for tests and for a reader's ear."""
        rows = (text_of(line).rstrip() for line in self.lines)
        return "\n".join(row if self.unicode else ascii_only(row) for row in rows)

    @on(Click)
    def _heading_clicked(self, event: Click) -> None:
        if self.HEADED and event.y == 0:
            self.post_message(self.ZoomAsked(self))

    @on(Resize)
    def _resized(self) -> None:
        self.lines = ()
        self.redraw()

    @on(Focus)
    @on(Blur)
    @on(Show)
    def _look_again(self) -> None:
        self.redraw()


class ViewPanel(Panel):
    """A panel that draws itself from the session's view."""

    def __init__(self, *, id: str | None = None, unicode: bool | None = None):
        super().__init__(id=id, unicode=unicode)
        self._view: LiveView | None = None

    def show(self, view: LiveView) -> None:
        """Redraws for another view."""
        self._view = view
        self.redraw()
