"""What an action of a floor drill costs and how long it takes, in words; for the briefing and the screen."""

from __future__ import annotations

from core.drill.floor import Action
from core.units import write_seconds


def terms(action: Action, currency: str) -> str:
    """Price, delay, how long it holds, and how often: "$20, after 10m, for 1h, 2 times at most"."""
    price = f"{currency}{action.cost:g}" if action.cost else "free"
    delay = f"after {write_seconds(action.delay)}" if action.delay else "at once"
    lasts = "" if action.lasts is None else f", for {write_seconds(action.lasts)}"
    times = f", {action.times} times at most" if action.times > 1 else ""
    return f"{price}, {delay}{lasts}{times}"
