"""Which metrics a key of the scenario moves first, for `flightdesk explain`; a test changes the keys and looks.

Everything is connected: a longer handle time ends in worse CSAT. Named here is what a key moves directly, and what
people turn it for.
"""

from __future__ import annotations

from collections.abc import Iterator

_PEOPLE = ("service_level", "frt_p90", "abandonment_rate", "occupancy", "cost")
_WORK = ("aht", "occupancy", "wait_mean")
_VOLUME = ("needs", "conversations", "occupancy", "wait_mean")
_BOT = ("roar", "containment_rate", "human_conversations", "aht", "csat")
_UPPER = ("conversations", "human_conversations", "occupancy")
_CSAT = ("csat", "csat_surveyed")

MOVES: dict[str, tuple[str, ...]] = {
    "demand": _VOLUME,
    "profile": ("needs", "occupancy", "wait_mean"),
    "incident": _VOLUME,
    "topic.*.share": ("aht", "occupancy", "wait_mean"),
    "topic.*.profile": ("needs", "occupancy", "wait_mean"),
    "topic.*.handle_time": _WORK,
    "topic.*.after_work": _WORK,
    "topic.*.first_contact_resolution": ("fcr", "csat", "human_conversations"),
    "topic.*.proactive": _UPPER,
    "topic.*.self_serve": ("deflection_rate", *_UPPER),
    "topic.*.bot": _BOT,
    "topic.*.channels": ("frt_mean", "wait_mean"),
    "segment.*.bot": _BOT,
    "channel.*.share": ("frt_mean", "wait_mean"),
    "channel.*.kind": ("frt_mean", "aht", "concurrency"),
    "channel.*.patience": ("abandonment_rate", "wait_mean"),
    "channel.*.leaves_at_once": ("abandonment_rate", "wait_mean"),
    "channel.*.silent": ("occupancy", "wait_mean"),
    "channel.*.silent_check": ("occupancy", "wait_mean"),
    "channel.*.expects": _CSAT,
    "channel.*.handle_factor": _WORK,
    "channel.*.touches": ("backlog",),
    "channel.*.customer_delay": ("backlog",),
    "proactive": _UPPER,
    "self_serve.tries": ("deflection_rate", *_UPPER),
    "self_serve.finds": ("deflection_rate", *_UPPER),
    "self_serve.duration": ("waiting",),
    "bot.coverage": _BOT,
    "bot.success": _BOT,
    "bot.later_success": _BOT,
    "bot.turn_time": ("frt_mean",),
    "bot.exit_after": ("containment_rate", "human_conversations", "csat"),
    "bot.gives_up": ("containment_rate", "human_conversations", "csat"),
    "bot.false_resolution": ("roar_settled", "csat", "human_conversations"),
    "bot.cost_per_resolution": ("cost", "cost_per_conversation"),
    "route": ("wait_mean", "occupancy"),
    "route.*.priority": ("asa", "service_level", "frt_p90"),
    "shift": ("service_level", "frt_p90", "occupancy"),
    "team.*.agents": _PEOPLE,
    "team.*.shifts": _PEOPLE,
    "team.*.schedule": _PEOPLE,
    "team.*.extra": _PEOPLE,
    "team.*.shrinkage": ("utilisation", "service_level", "frt_p90", "occupancy"),
    "team.*.concurrency": ("concurrency", "wait_mean", "aht"),
    "team.*.slowdown": ("aht", "concurrency", "wait_mean"),
    "team.*.open_limit": ("backlog", "frt_mean"),
    "team.*.overflow": ("wait_mean", "service_level", "occupancy"),
    "team.*.handle_factor": _WORK,
    "team.*.resolution_factor": ("fcr", "csat", "human_conversations"),
    "team.*.cost_per_hour": ("cost", "cost_per_conversation"),
    "follow_up.reopen": ("conversations", "human_conversations", "csat"),
    "follow_up.recontact": ("conversations", "human_conversations", "csat"),
    "follow_up.any_hour": ("abandonment_rate", "wait_mean"),
    "follow_up.retry": ("conversations", "human_conversations", "csat"),
    "service_level.within": ("service_level", "service_level_answered", "service_level_offered"),
    "office_hours": ("frt_office_mean",),
    "satisfaction": _CSAT,
    "satisfaction.respond": ("csat_surveyed", "survey_response"),
}
"""Metrics by key, or by the table that the key is in; the longest that fits counts."""


def moved_by(key: str) -> tuple[str, ...]:
    """The metrics that a key moves (`team.*.extra`: a star for any name); empty where it is not known."""
    fitting = [known for known in MOVES if key == known or key.startswith(f"{known}.")]
    return MOVES[max(fitting, key=len)] if fitting else ()


def movers_of(metric: str) -> Iterator[str]:
    """The keys, or tables of keys, that move a metric."""
    return (key for key, metrics in MOVES.items() if metric in metrics)
