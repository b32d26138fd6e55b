"""When there is something to see: how many people a scenario plans at a time, and when its floor is open and busy.

Live play begins at `opening`; the screen asks `has_people` which teams are desks and which only queues.
"""

from __future__ import annotations

from core.scenario import Scenario, Team
from core.units import DAY, HOUR


def planned_people(scenario: Scenario, at: float) -> float:
    """People that the plan has at work at that time (s since a Monday 00:00), `extra` left out."""
    return sum(_planned(scenario, team, at) for team in scenario.team.values())


def _planned(scenario: Scenario, team: Team, at: float) -> float:
    if team.agents is not None:
        return team.agents
    day, of_day = int(at // DAY), at % DAY
    if team.schedule is not None:
        profile = scenario.profile[team.schedule]
        return profile.day(day % 7)[int(of_day // profile.every)]
    people = 0
    for name, count in team.shifts.items():
        shift = scenario.shift[name]
        for start in (shift.start, shift.start - DAY):  # one that began yesterday may reach into today
            began = day if start == shift.start else day - 1
            if shift.works(began % 7) and start <= of_day < start + shift.length:
                people += count
    return people


def has_people(scenario: Scenario, name: str) -> bool:
    """Whether the plan ever has people in that team; one without is a queue that other teams serve."""
    team = scenario.team[name]
    if team.agents is not None:
        return team.agents > 0
    if team.schedule is not None:
        return bool(scenario.profile[team.schedule].week().any())
    return any(team.shifts.values())


def opening(scenario: Scenario) -> float:
    """When there is something to see (s): an hour into the first well-staffed, busy hour after the warm-up.

    Well staffed and busy mean at least half of the week's peak. 0 for a run too short for that.
    """
    hours = [hour * HOUR for hour in range(7 * 24)]
    people = [planned_people(scenario, at) for at in hours]
    name = scenario.demand.profile
    needs = [1.0] * len(hours)
    if name is not None:
        profile = scenario.profile[name]
        needs = [profile.day(int(at // DAY))[int(at % DAY // profile.every)] for at in hours]
    first = int(-(-scenario.warm_up // HOUR))
    for hour in range(first, first + len(hours)):
        at = hour % len(hours)
        if people[at] >= max(people) / 2 and needs[at] >= max(needs) / 2:
            begin = (hour + 1) * HOUR
            return begin if begin < scenario.length else 0.0
    return 0.0
