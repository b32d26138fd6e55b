"""The looks: dark, light, one of high contrast, and one whose colours differ for everybody.

Colours never say anything alone; these only help. Those of the last are from Okabe and Ito 2008, Color Universal
Design, apart in lightness too.
"""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="flightdesk", dark=True, primary="#6cb6ff", secondary="#a3a8bd", accent="#e3b341", foreground="#d7dce2",
    background="#12161c", surface="#1b2129", panel="#242c36", success="#7fc48a", warning="#e3b341", error="#ff7b72")
LIGHT = Theme(
    name="flightdesk-light", dark=False, primary="#0550ae", secondary="#6e7781", accent="#8a5a00", foreground="#1f2328",
    background="#ffffff", surface="#eef1f4", panel="#e2e7ec", success="#116329", warning="#8a5a00", error="#b31d28")
CONTRAST = Theme(
    name="flightdesk-contrast", dark=True, primary="#5fd7ff", secondary="#ffffff", accent="#ffff5f",
    foreground="#ffffff", background="#000000", surface="#000000", panel="#303030", success="#5fff87",
    warning="#ffff5f", error="#ff8787")
SAFE = Theme(
    name="flightdesk-safe", dark=True, primary="#56b4e9", secondary="#b3b3b3", accent="#f0e442", foreground="#e6e6e6",
    background="#14171c", surface="#1d2128", panel="#272c35", success="#2fc4a0", warning="#f0e442", error="#ff9a3c")
THEMES = {"dark": DARK, "light": LIGHT, "high-contrast": CONTRAST, "colour-blind": SAFE}
"""By the names that settings know them by."""


def setting_of(theme: str) -> str | None:
    """What the settings call a theme of Textual's name; None for one that is not ours."""
    return next((name for name, ours in THEMES.items() if ours.name == theme), None)
