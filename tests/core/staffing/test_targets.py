"""Targets: how they are written, in which units, and everything that is wrong with several at once."""

from __future__ import annotations

import pytest

from core.estimates import Estimate
from core.scenario_file import read_scenario
from core.staffing.targets import ALL, Scope, Target, TargetError, default_target, read_metric, read_targets

SCENARIO = read_scenario("""\
[demand]
rate = "30/h"
[topic.any]
[channel.chat]
kind = "chat"
share = "60%"
[channel.email]
kind = "email"
share = "40%"
[team.desk]
agents = 3
[service_level]
target = "75%"
""")


@pytest.mark.parametrize(("text", "target"), [
    ("service_level>=80%", Target("service_level", True, 0.8)),
    (" service_level >= 0.8 ", Target("service_level", True, 0.8)),
    ("frt_p90<=10m", Target("frt_p90", False, 600.0)),
    ("frt_p90<1h30m", Target("frt_p90", False, 5400.0)),
    ("occupancy<=85%", Target("occupancy", False, 0.85)),
    ("desk:abandonment_rate<=5%", Target("abandonment_rate", False, 0.05, Scope("team", "desk"))),
    ("chat:csat>=85%", Target("csat", True, 0.85, Scope("channel", "chat"))),
    ("waiting<=4.5", Target("waiting", False, 4.5)),
])
def test_a_target_is_read_in_its_metrics_unit_and_written_so_that_it_is_read_again(text: str, target: Target) -> None:
    assert read_targets([text], SCENARIO) == (target,)
    assert read_targets([str(target)], SCENARIO) == (target,)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    texts = ["servcie_level>=80%", "frt_p90>=10m", "csat>=85", "dsk:csat>=80%", "cost<=100", "aht", "frt_p90<=ten",
             "occupancy>=80%", "desk:occupancy<=80%", "needs<=5", "csat=80%", "waiting<=few", "asa<=9s", "asa<=8s",
             "fcr>=101%", "abandonment_rate<=-5%"]
    with pytest.raises(TargetError) as error:
        read_targets(texts, SCENARIO)
    lines = str(error.value).splitlines()
    said = [line.split('": ', 1)[1] for line in lines]
    assert said == [
        'there is no metric "servcie_level"; did you mean "service_level"?',
        "lower is better here, so write <=",
        'a share is wanted, such as "35%" or 0.35, given "85"',
        'there is no team or channel "dsk"; did you mean "desk"?',
        "cost is what a plan makes least; --budget sets a limit to it",
        'a target is written METRIC>=VALUE or METRIC<=VALUE, such as "service_level>=80%"; of one team or channel, '
        '"frontline:frt_p90<=10m"',
        'a duration with its unit is wanted, such as "90s", "10m", "1h30m" or "2d", given "ten"',
        "more people lower it, so a plan can only keep it below a limit: write <=",
        'occupancy is not told apart by team; leave out "desk:"',
        "it counts what happens and is no aim of staffing; a share or a time is wanted",
        "write >= or <=; a plan cannot hit a value exactly",
        'a number is wanted, given "few"',
        "first-contact resolution is never over 100%, given \"101%\"",
        "gave up waiting is never under 0, given \"-5%\"",
        '"asa<=9s" is given too',
    ]


def test_a_verdict_needs_the_whole_interval() -> None:
    target = Target("service_level", True, 0.8)
    assert target.verdict(Estimate(0.82, 0.01, "1")) is True
    assert target.verdict(Estimate(0.80, 0.01, "1")) is None
    assert target.verdict(Estimate(0.78, 0.01, "1")) is False
    assert target.verdict(Estimate(None, None, "1")) is False
    longest = Target("frt_p90", False, 600.0)
    assert [longest.verdict(Estimate(value, 20.0, "s")) for value in (570.0, 590.0, 621.0)] == [True, None, False]
    assert longest.missing(630.0) == 30.0
    assert not longest.met_by(None)


def test_without_a_target_there_is_the_scenarios_own() -> None:
    assert str(default_target(SCENARIO)) == "service_level>=75%"


def test_what_can_be_made_the_best_of() -> None:
    assert read_metric("csat", SCENARIO) == ("csat", ALL)
    assert read_metric("chat:frt_p90", SCENARIO) == ("frt_p90", Scope("channel", "chat"))
    for text, said in (("cst", 'did you mean "csat"?'), ("cost", "cost has no best"), ("aht", "aht has no best")):
        with pytest.raises(TargetError, match=said.replace("?", r"\?")):
            read_metric(text, SCENARIO)
