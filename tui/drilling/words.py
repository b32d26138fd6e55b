"""What an action of a floor drill costs and how long it takes, and what is to be met, in words.

For the briefing, the score and the screen.
"""

from __future__ import annotations

from core.drill.floor import Action
from core.staffing.targets import Target
from core.units import write_seconds
from tui.drilling.common import written


def terms(action: Action, currency: str) -> str:
    """Price, delay, how long it holds, and how often: "$20, after 10m, for 1h, twice at most"."""
    cost = price(action.cost, currency) if action.cost else "free"
    delay = f"after {write_seconds(action.delay)}" if action.delay else "at once"
    lasts = "" if action.lasts is None else f", for {write_seconds(action.lasts)}"
    often = "twice" if action.times == 2 else f"{action.times} times"
    return f"{cost}, {delay}{lasts}{f', {often} at most' if action.times > 1 else ''}"


def price(money: float, currency: str) -> str:
    """Money, with cents where there are any: $40, $0.50."""
    return f"{currency}{money:,.0f}" if money == round(money) else f"{currency}{money:,.2f}"


def target_words(target: Target, currency: str) -> str:
    """A target: service level ≥ 80 %."""
    return (f"{target.spec.title} {'≥' if target.at_least else '≤'} "
            f"{written(target.value, target.spec.unit, currency)}")
