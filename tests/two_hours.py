"""A floor for tests that is open two hours of the morning: small enough to plan in a moment."""

from __future__ import annotations


def two_hours(title: str) -> str:
    """The scenario file, with that title."""
    return f'title = "{title}"\n' + FLOOR


FLOOR = """\
length = "11h"
[demand]
rate = "40/h"
profile = "morning"
[profile.morning]
all = [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
[topic.any]
handle_time = { law = "exponential", mean = "4m" }
[channel.phone]
patience = { law = "exponential", mean = "5m" }
[shift.morning]
start = "09:00"
end = "11:00"
[team.desk]
shifts = { morning = 3 }
cost_per_hour = 20
[service_level]
within = "20s"
"""
