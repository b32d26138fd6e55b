"""CSAT: drivers add up, ratings follow the ordered logit, the survey is answered as the scenario says."""

from __future__ import annotations

import math
from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from core import satisfaction
from core.records import Outcome
from core.satisfaction import CONTROLLED, DRIVERS, Experience
from core.scenario import Satisfaction

EFFECTS = Satisfaction()


def met(outcome: Outcome = Outcome.CLOSED, frt: float = 0.0, resolved: bool = True, contact: int = 1, failed: int = 0,
        **more: Any) -> Experience:
    """One conversation whose channel expects a reply in a minute."""
    return Experience(outcome=np.array([int(outcome)]), frt=np.array([frt]), expects=np.array([60.0]),
                      resolved=np.array([resolved]), contact=np.array([contact]), failed_turns=np.array([failed]),
                      **{name: np.array([value]) for name, value in more.items()})


def one(*args: Any, **more: Any) -> float:
    """Its score."""
    return float(satisfaction.score(satisfaction.exposure(met(*args, **more), EFFECTS), EFFECTS)[0])


@pytest.mark.parametrize(("given", "expected"), [
    (one(Outcome.CLOSED, 59.0), 0.0),
    (one(Outcome.CLOSED, 240.0), 2 * EFFECTS.wait),
    (one(Outcome.CLOSED, resolved=False), EFFECTS.unresolved),
    (one(Outcome.CLOSED, contact=3), 2 * EFFECTS.repeat),
    (one(Outcome.CLOSED, failed=2), 2 * EFFECTS.bot_turns),
    (one(Outcome.BOT_RESOLVED, math.nan), EFFECTS.bot_resolved),
    (one(Outcome.ARTICLE_RESOLVED, math.nan), EFFECTS.bot_resolved),
    (one(Outcome.ABANDONED, math.nan, resolved=False), EFFECTS.gave_up),
    (one(Outcome.TURNED_AWAY, math.nan, resolved=False), EFFECTS.gave_up),
    (one(Outcome.BOT_GAVE_UP, math.nan, resolved=False, failed=3), EFFECTS.gave_up + 3 * EFFECTS.bot_turns),
    (one(transfers=2), 2 * EFFECTS.transfers),
    (one(sent_back=True), EFFECTS.sent_back),
    (one(wanted_person=True), EFFECTS.wanted_person),
    (one(foreign=True), EFFECTS.foreign),
    (one(mood=2), 2 * EFFECTS.mood),
    (one(skill=-0.5), -0.5 * EFFECTS.skill),
    (one(tone=0.4), 0.4 * EFFECTS.tone),
    (one(tone=-0.4, mood=2), -0.4 * EFFECTS.tone * (1 + 2 * EFFECTS.upset_tone) + 2 * EFFECTS.mood),
    (one(frt=240.0, callback=True), 2 * EFFECTS.callback_wait * EFFECTS.wait),
    (one(frt=240.0, callback=False), 2 * EFFECTS.wait),
    (one(resolved=False, avoidable=0.25), EFFECTS.unresolved)])
def test_a_score_is_the_baseline_and_each_driver_times_its_effect(given: float, expected: float) -> None:
    assert given == pytest.approx(EFFECTS.baseline + expected, abs=1e-12)


def test_what_nobody_met_with_changes_nothing_to_the_last_digit() -> None:
    plain: dict[str, Any] = {"outcome": Outcome.CLOSED, "frt": 500.0, "resolved": False, "contact": 2, "failed": 1}
    optional = [field.name for field in fields(Experience) if field.default is None]
    assert {one(**plain), *(one(**plain, **{name: 0.0 if name in ("skill", "tone", "avoidable") else 0}) for name in
                            optional if name != "callback"), one(**plain, callback=False)} == {one(**plain)}


def test_every_driver_can_be_met_with() -> None:
    optional = {field.name: np.array([1]) for field in fields(Experience) if field.default is None}
    optional["callback"] = np.array([True])
    assert set(satisfaction.exposure(met(**{name: value[0] for name, value in optional.items()}), EFFECTS)) == set(
        DRIVERS)


def test_only_what_somebody_tenured_would_have_settled_is_the_person_s_own() -> None:
    drivers = satisfaction.exposure(met(resolved=False, avoidable=0.25), EFFECTS)
    assert (drivers["missed"][0], drivers["unresolved"][0]) == (0.25, 0.75)
    for outcome in (Outcome.BOT_RESOLVED, Outcome.ABANDONED):
        assert satisfaction.exposure(met(outcome, resolved=False, avoidable=1.0), EFFECTS)["missed"][0] == 0.0
    assert satisfaction.exposure(met(resolved=True, avoidable=1.0), EFFECTS)["missed"][0] == 0.0


def test_controlled_csat_is_blind_to_the_operation() -> None:
    def controlled(**more: Any) -> float:
        return float(satisfaction.csat_controlled(satisfaction.exposure(met(**more), EFFECTS), EFFECTS)[0])

    assert set(DRIVERS) > CONTROLLED
    best = 1 / (1 + math.exp(-EFFECTS.baseline))
    unlucky = controlled(frt=9e4, contact=4, transfers=3, wanted_person=True, mood=2, resolved=False)
    assert unlucky == pytest.approx(best)
    own = EFFECTS.baseline + EFFECTS.unresolved - 0.3 * EFFECTS.skill
    assert controlled(frt=9e4, resolved=False, avoidable=1.0, skill=-0.3) == pytest.approx(1 / (1 + math.exp(-own)))


def test_ratings_come_with_the_probabilities_of_the_ordered_logit() -> None:
    u = (np.arange(100_000) + 0.5) / 100_000
    score = 0.8
    ratings = satisfaction.rating(np.full(len(u), score), EFFECTS, u)
    begins = dict(zip((2, 3, 4, 5), (*EFFECTS.spread, 0.0), strict=True))
    for rating, place in begins.items():
        exact = 1 / (1 + math.exp(-(score - (place - begins[4]))))
        assert (ratings >= rating).mean() == pytest.approx(exact, abs=2e-5)
    assert (ratings >= 4).mean() == pytest.approx(float(satisfaction.csat_probability(np.array([score]))[0]), abs=2e-5)


def test_the_survey_is_answered_by_rating() -> None:
    u = np.tile((np.arange(1_000) + 0.5) / 1_000, 6)
    ratings = np.repeat(np.arange(6), 1_000)
    answered = satisfaction.surveyed(ratings, EFFECTS, u)
    shares = [answered[ratings == rating].mean() for rating in range(6)]
    assert shares == pytest.approx([0.0, *EFFECTS.respond], abs=1e-9)
