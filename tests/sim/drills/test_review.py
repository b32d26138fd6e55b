"""The review drill: what is wrong was put in, so the reference is known."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import DrillError
from core.quality import Grade, expected_score, followed_worth, worth_of
from core.scenario.quality import Quality
from core.scenario_file import load_scenario
from sim.drills.judgement import Answer, graded, truth_answers
from sim.drills.review import DIMENSIONS, Review, agreement, calibration, overlooked, review, sayings, scale
from sim.messages import phrases
from tests.sim.floors import scenario

POINTS = {"accuracy": 30.0, "completeness": 25.0, "tone": 20.0, "process": 15.0, "speed": 10.0}


def hand(seed: int = 1, subtle: bool = False, count: int = 12) -> Review:
    return review(load_scenario("b2b-saas"), seed, count=count, subtle=subtle, points=POINTS, par=60.0)


@pytest.mark.parametrize("subtle", [False, True])
def test_the_reference_can_be_read_off_the_text(subtle: bool) -> None:
    """By the guide alone: what the card and the words say gives the rating that is called right."""
    given, seen = hand(subtle=subtle, count=24), set()
    for item, truths in zip(given.hand.items, given.hand.truths, strict=True):
        agent = " ".join(text for who, text in item.lines if who == "agent")
        matter = next(one for one in sayings()["matter"] if list(dict(item.facts).values())[1:] == one["card"])
        right = [answer["right"] in agent for answer in matter["answers"]]
        wrong = [answer["slip" if subtle else "wrong"] in agent for answer in matter["answers"]]
        looked = any(piece in agent for piece in matter["looked"].split("{digits}") if len(piece) > 9)
        assert truths["accuracy"].value == ("needs-improvement" if any(wrong) else "exceptional" if looked else "good")
        answered = all(one or other for one, other in zip(right, wrong, strict=True))
        assert truths["completeness"].value == ("needs-improvement" if not answered else "exceptional"
                                                if matter["ahead"] in agent else "good")
        first, *_, last = [text for who, text in item.lines if who == "agent"]
        followed = "customer number" in first and last.count("?") >= 1
        assert truths["process"].value == ("yes" if followed else "no")
        seen |= {truth.place for truth in truths.values()}
    assert {"an unanswered question", "no closing question"} | (
        {"a wrong detail", "a cold tone", "identity checked too late"} if subtle
        else {"a wrong answer", "a curt tone", "identity not checked"}) <= seen


def test_every_grade_comes_as_often() -> None:
    for name in DIMENSIONS:
        counts = np.unique([truths[name].value for truths in hand().hand.truths], return_counts=True)[1]
        assert len(set(counts.tolist())) == 1


def test_matters_hang_together() -> None:
    """Each line is one of the family's, each wrong sentence differs from the right one, and braces are filled."""
    for matter in sayings()["matter"]:
        assert matter["line"] < len(phrases("en").topic[matter["family"]]["says"])
        assert len(matter["answers"]) == len(matter["card"]) == 2
        assert all(len({answer["right"], answer["wrong"], answer["slip"]}) == 3 for answer in matter["answers"])
    assert not any("{" in text for item in hand(count=30).hand.items for _, text in item.lines)


def test_a_scenario_without_such_topics_is_refused() -> None:
    with pytest.raises(DrillError, match="the scenario has no such topic"):
        review(scenario(topic={"weather": {}}), 1, count=3, subtle=False, points=POINTS, par=60.0)


def test_the_right_ratings_agree_and_one_grade_off_earns_a_quarter() -> None:
    given = hand()
    best = agreement(given, truth_answers(given.hand))
    assert [(one.exact, one.within_one, one.kappa, one.bias) for one in best] == [(1.0, 1.0, 1.0, 0.0)] * 4
    assert not overlooked(given, truth_answers(given.hand))
    mild = [Answer(one.item, {name: list(scale(name))[min(list(scale(name)).index(value) + 1, len(scale(name)) - 1)]
                              for name, value in one.values.items()}, 60.0) for one in truth_answers(given.hand)]
    found = {one.dimension: one for one in agreement(given, mild)}
    assert found["tone"].bias == pytest.approx(2 / 3)  # the third that is exceptional cannot be rated higher
    assert found["tone"].within_one == 1.0
    assert found["process"].bias == pytest.approx(0.5)
    parts = {share.name: share.tenths / 10 for share in graded(given.hand, mild).shares}
    assert parts["tone"] == pytest.approx(20 * (1 / 3 + 2 / 3 / 4), abs=0.05)
    faults = overlooked(given, mild)
    assert len(faults) == 4 + 4 + 4 + 6
    assert {one.fault for one in faults} >= {"a wrong answer", "a curt tone", "an unanswered question"}


def test_colleagues_rate_by_the_scenarios_own_law() -> None:
    """Work that deserves a grade is mostly rated so, and its expected score rises with the grade."""
    quality = Quality()
    worth = np.array([worth_of(grade, quality) for grade in Grade])
    assert (np.diff(expected_score(worth, worth, quality)) > 0.15).all()
    assert worth_of(Grade.GOOD, quality) == pytest.approx(-1.1, abs=0.01)  # minus the mean of the two log odds
    assert followed_worth(True, quality) > -1.73 > followed_worth(False, quality)  # log odds of 85 %
    given = hand(count=60)
    for name, ratings in given.colleagues.items():
        deserved = np.array([list(scale(name)).index(truths[name].value) for truths in given.hand.truths])
        assert 0.5 < (ratings == deserved).mean() < 0.95


def test_calibration_of_a_group() -> None:
    given = hand()
    right = truth_answers(given.hand)
    good = [Answer(one.item, dict.fromkeys(("accuracy", "completeness", "tone"), "good") | {"process": "yes"}, 9.0)
            for one in right]
    together = {one.dimension: one for one in calibration(given.hand, [right, right, right])}
    assert together["accuracy"].alpha == pytest.approx(1.0)
    assert together["accuracy"].spread == 0.0
    apart = {one.dimension: one for one in calibration(given.hand, [right, good])}
    assert apart["process"].bias == pytest.approx(0.25)
    assert apart["process"].alpha is not None
    assert apart["process"].alpha < 0.5
