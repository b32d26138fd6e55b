"""A canvas of braille dots, two by four to a cell, and its stand-in for terminals without Unicode."""

from __future__ import annotations

from collections.abc import Sequence

# Dots of a braille cell by column and row from the top (Unicode 2800 block).
DOTS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))


class Canvas:
    """Dots in `width` x `height` cells; x to the right and y down, in dots from the top left."""

    def __init__(self, width: int, height: int):
        self.width, self.height = width, height
        self.cells = [[0] * width for _ in range(height)]

    @property
    def dots(self) -> tuple[int, int]:
        """Size in dots."""
        return 2 * self.width, 4 * self.height

    def set(self, x: int, y: int) -> None:
        """One dot; outside the canvas nothing."""
        if 0 <= x < 2 * self.width and 0 <= y < 4 * self.height:
            self.cells[y // 4][x // 2] |= DOTS[x % 2][y % 4]

    def line(self, x0: int, y0: int, x1: int, y1: int, every: int = 1) -> None:
        """A straight line; `every` 2 leaves out each other column of dots, which makes it fainter."""
        steps = max(abs(x1 - x0), abs(y1 - y0))
        for step in range(steps + 1):
            x = x0 if not steps else round(x0 + (x1 - x0) * step / steps)
            y = y0 if not steps else round(y0 + (y1 - y0) * step / steps)
            if x % every == 0:
                self.set(x, y)

    def polyline(self, points: Sequence[tuple[int, int] | None], every: int = 1) -> None:
        """Lines through the points in turn; None is a gap."""
        before: tuple[int, int] | None = None
        for point in points:
            if point is not None:
                self.line(*(before or point), *point, every=every)
            before = point

    def char(self, column: int, row: int) -> str:
        """The braille character of a cell, a blank where it has no dots."""
        dots = self.cells[row][column]
        return chr(0x2800 + dots) if dots else " "
