"""Pictures of screens as text: what stands in each cell, and which styles there are, under each look.

A picture that is not as its file has it fails; `FLIGHTDESK_SNAPSHOTS=write` writes the files anew, to be looked at
before they are committed.
"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import Any

from textual.app import App

FOLDER = Path(__file__).parent / "tui" / "snapshots"


def picture(app: App[Any]) -> tuple[str, str]:
    """The rows of the screen, and its styles with how many cells have each, by number."""
    rows, styles = [], Counter[str]()
    for strip in app.screen._compositor.render_strips():
        rows.append("".join(segment.text for segment in strip).rstrip())
        for segment in strip:
            styles[str(segment.style or "none")] += segment.cell_length
    return "\n".join(rows), "\n".join(f"{count:6} {style}" for style, count in sorted(styles.items()))


def compare(name: str, pictures: dict[str, tuple[str, str]]) -> None:
    """Holds the pictures of one screen against its file: the rows, which every look shares, and each look's styles."""
    rows, *others = [text for text, _ in pictures.values()]
    for other in others:
        assert other == rows, "a look changes what is said"
    text = "\n\n".join([rows, *(f"--- {look}\n{styles}" for look, (_, styles) in pictures.items())]) + "\n"
    file = FOLDER / f"{name}.txt"
    if os.environ.get("FLIGHTDESK_SNAPSHOTS") == "write":
        FOLDER.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert text == file.read_text(encoding="utf-8"), f"{name}: look at it with FLIGHTDESK_SNAPSHOTS=write and git diff"
