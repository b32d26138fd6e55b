"""The triage drill: what is right is what becomes of the conversation on the floor."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import DrillError
from core.scenario import Scenario
from core.scenario_file import load_scenario
from core.units import DAY, HOUR
from sim.drills.judgement import Answer, Hand, baselines, graded, marked, truth_answers
from sim.drills.triage import in_words, triage
from sim.floor import Floor
from tests.sim.floors import scenario

POINTS = {"team": 40.0, "priority": 20.0, "first": 25.0, "speed": 15.0}


def small(**parts: object) -> Scenario:
    """Two teams, a rule by keyword, and a list of what is never automated."""
    return scenario(**{
        "topic": {"billing": {"share": 1, "keywords": {"invoice": 0.5}, "told": 0.5},
                  "setup": {"share": 2, "told": 0.5, "urgent": 0.3}},
        "segment": {"usual": {"share": 3, "tenure": "300d"}, "trial": {"share": 1, "tenure": "5d"},
                    "key": {"share": 1, "impact": 1}},
        "channel": {"chat": {"kind": "chat"}, "email": {"kind": "email"}},
        "team": {"general": {"agents": 5}, "money": {"agents": 5}},
        "bot": {"coverage": 0.5, "success": 0.3, "never_topics": ["billing"], "never_newer_than": "14d"},
        "urgency": {"up": 1},
        "route": [{"topics": ["billing"], "team": "money", "priority": 3},
                  {"keywords": ["invoice"], "team": "money"}], **parts})


def deal(given: Scenario, seed: int = 1, count: int = 30) -> Hand:
    return triage(given, seed, count=count, start=8 * HOUR, points=POINTS, par=30.0)


def test_truth_is_what_happens_on_the_floor() -> None:
    """Without bots everybody comes to the team, the class and the person that the hand says."""
    given = small(bot={"coverage": 0.0})
    floor = Floor(given, seed=1)
    floor.advance(DAY - 1.0)
    rows = floor.records()
    teams = list(given.team)
    hand = deal(given)
    seen = {(round(float(at) // 60 * 60), teams[int(team)]) for at, team in zip(rows.arrived, rows.team, strict=True)}
    minutes = {int(item.title[4:6]) * 3600 + int(item.title[7:9]) * 60 for item in hand.items}
    assert len(minutes) > 20
    for item, truths in zip(hand.items, hand.truths, strict=True):
        at = int(item.title[4:6]) * 3600 + int(item.title[7:9]) * 60
        assert (at, truths["team"].value) in seen
        assert truths["first"].value == "person"
        assert truths["first"].place == "bot.coverage"


def test_a_card_says_all_that_the_rules_ask() -> None:
    for item, truths in zip((hand := deal(small())).items, hand.truths, strict=True):
        facts, said = dict(item.facts), " ".join(text for _, text in item.lines)
        money = facts["form says"] == "billing" or "invoice" in said.split('"')
        assert truths["team"].value == ("money" if money else "general")
        new = facts.get("customer for") == "5 days"
        never = facts["it is about"] == "billing" or new
        assert truths["first"].value == ("person" if never else "bot")
        up = (facts["segment"] == "key") + ("urgent" in facts.get("marks", ""))
        assert truths["priority"].value == str((3 if facts["form says"] == "billing" else 5) - up)


def test_a_miss_is_explained_by_the_rule_it_broke() -> None:
    hand = deal(small())
    at = next(at for at, truths in enumerate(hand.truths) if truths["team"].place == "route.0")
    (mark,) = [one for one in marked(hand, [Answer(at, {"team": "general"}, 1.0)])
               if one.item == at and one.decision == "team"]
    assert mark.why == "route.0: conversations whose form says billing go to money, class 3."
    assert not mark.right
    at = next(at for at, truths in enumerate(hand.truths) if truths["first"].place == "bot.never_newer_than")
    assert hand.truths[at]["first"].why == "bot.never_newer_than: customers for less than 14d are never automated."


def test_the_first_rule_that_matches_is_said_to_come_first() -> None:
    given = small(route=[{"channels": ["chat"], "team": "general"}, {"topics": ["billing"], "team": "money"}])
    whys = [truths["team"].misses.get("money", "") for truths in deal(given).truths]
    assert "route.1 would send it to money, but the first rule that matches decides." in whys


def test_rules_in_words() -> None:
    routes = load_scenario("b2b-saas").route
    assert in_words(routes[16]) == ('conversations by chat that mention "invoice", "refund", "cancel" or "seats" go to '
                                    "accounts, class 3")
    assert in_words(routes[9]) == "conversations with page developers go to engineers, class 5"


def test_same_seed_same_hand_and_another_seed_another() -> None:
    assert deal(small()) == deal(small())
    assert deal(small()) != deal(small(), seed=2)


def test_more_than_arise_is_refused() -> None:
    with pytest.raises(DrillError, match=r"9999 conversations are wanted, and \d+ arise"):
        deal(small(), count=9999)


def test_a_score_adds_up_and_speed_counts_for_what_is_right_alone() -> None:
    hand = deal(small())
    best = graded(hand, truth_answers(hand))
    assert best.total == 100.0
    late = [Answer(one.item, one.values, 90.0) for one in truth_answers(hand)]
    assert graded(hand, late).total == 85.0
    halfway = [Answer(one.item, one.values, 60.0) for one in truth_answers(hand)]
    assert graded(hand, halfway).total == 92.5
    wrong = [Answer(at, {name: next(option.value for decision in item.decisions if decision.name == name
                                    for option in decision.options if option.value != truth.value)
                         for name, truth in truths.items()}, 0.0)
             for at, (item, truths) in enumerate(zip(hand.items, hand.truths, strict=True))]
    assert graded(hand, wrong).total == 0.0
    half = graded(hand, truth_answers(hand)[::2])
    assert half.tenths == sum(share.tenths for share in half.shares) == 500


def test_guessing_is_the_mean_of_guesses() -> None:
    """Half of two teams, half of bot and person, one in five classes; speed is earned by what is right by chance."""
    hand = deal(small())
    classes = len(hand.items[0].decisions[1].options)
    expected = 40 / 2 + 20 / classes + 25 / 2 + 15 * (40 / 2 + 20 / classes + 25 / 2) / 85
    assert baselines(hand)["random"] == pytest.approx(expected, abs=0.21)  # each of four parts to a tenth


def test_no_answer_is_dealt_too_often_while_there_are_others() -> None:
    hand = deal(small(), count=10)
    for name, most in (("team", 4), ("priority", 4), ("first", 6)):
        counts = np.unique([truths[name].value for truths in hand.truths], return_counts=True)[1]
        # Two teams and two sides share ten cards; the caps are met where there is enough of the other.
        assert counts.max() <= max(most, 6)
