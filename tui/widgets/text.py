"""Lines of text with roles, and how they become what a terminal shows.

A panel writes each of its lines as spans: text and a role ("faint", "good" ...) whose colour the stylesheet knows.
Spans are never markup; text from scenario files passes through `tui.present.plain` first, so that it is no escape
sequence either.
`ASCII` replaces our symbols one for one where a terminal has no Unicode.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping

from rich.cells import cell_len, set_cell_size

Span = tuple[str, str]
"""Text and its role."""
Line = tuple[Span, ...]
"""One line of a panel, left to right."""

ASCII = str.maketrans(
    "▲▼●○◔◑◕◐×•◆≈−–…→←▶◂▸─━│┤└┴╌·▁▂▃▄▅▆▇█‖±↑↓■◍◉◌░╎★☆∗“”□≥≤",
    "^v@ooo@wx.!~--~><><>-=||++-.__.-=+*#=~^v#nsn::*-*''b><")
"""Each of our symbols to one character that any terminal has."""


def has_unicode(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the terminal can be expected to show our symbols.

    `FLIGHTDESK_ASCII=1` says no whatever the terminal says; so do a Linux console and an encoding other than UTF-8.
    """
    if environ.get("FLIGHTDESK_ASCII", "0") not in ("", "0"):
        return False
    if environ.get("TERM") in ("linux", "dumb", "vt100", "vt220"):
        return False
    stream = sys.__stdout__
    encoding = "utf-8" if stream is None else (stream.encoding or "utf-8")
    return encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf16", "utf32")


def ascii_only(text: str) -> str:
    """The text in ASCII, as many cells wide."""
    text = text.translate(ASCII)
    return text if text.isascii() else "".join(char if char.isascii() else "?" * cell_len(char) for char in text)


def width_of(spans: Iterable[Span]) -> int:
    """Terminal cells that the spans take."""
    return sum(cell_len(text) for text, _ in spans)


def pad(text: str, width: int, right: bool = False) -> str:
    """Text in exactly so many cells, aligned; what does not fit ends in "…"."""
    size = cell_len(text)
    if size > width:
        return set_cell_size(text, max(0, width - 1)) + ("…" if width > 0 else "")
    space = " " * (width - size)
    return space + text if right else text + space


def fit(spans: Iterable[Span], width: int) -> Line:
    """The line in at most `width` cells; a line that is longer ends in "…"."""
    line = tuple(spans)
    if width_of(line) <= width:
        return line
    fitted: list[Span] = []
    left = width - 1
    for text, role in line:
        size = cell_len(text)
        if size > left:
            fitted.append((set_cell_size(text, left), role))
            break
        fitted.append((text, role))
        left -= size
    return (*fitted, ("…", "faint")) if width > 0 else ()


def spread(left: Iterable[Span], right: Iterable[Span], width: int, fill: Span = (" ", "")) -> Line:
    """`left` and `right` at the ends of a line, `fill` between; where both do not fit the right goes."""
    first, last = tuple(left), tuple(right)
    gap = width - width_of(first) - width_of(last)
    if gap < 1 and last:
        return spread(fit(first, width), (), width, fill)
    return (*first, (fill[0] * max(0, gap), fill[1]), *last)


def text_of(line: Line) -> str:
    """The line without its roles."""
    return "".join(text for text, _ in line)


def joined(spans: Iterable[Span]) -> Line:
    """The line with neighbours of one role as one span, and no empty ones."""
    line: list[Span] = []
    for text, role in spans:
        if line and line[-1][1] == role:
            line[-1] = line[-1][0] + text, role
        elif text:
            line.append((text, role))
    return tuple(line)
