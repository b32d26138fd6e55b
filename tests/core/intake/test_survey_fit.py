"""The fit of answered surveys finds what made them; the defaults of a scenario are those of the real answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core import satisfaction
from core.distributions import Constant
from core.errors import IntakeError
from core.intake import ordered_logit
from core.intake.survey import Columns, Survey, read_survey
from core.intake.survey_fit import SurveyFit, fit_survey
from core.scenario import Channel, Ramp, Satisfaction

DATA = Path(__file__).parents[3].parent / "shared" / "data"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the real surveys are not beside the project (../shared/data)")

TRUTH = Satisfaction(baseline=1.6, wait=-0.35, spread=(-2.5, -1.6, -0.8), respond=(0.5, 0.2, 0.1, 0.2, 0.4))
BEGINS, NEW = 240.0, -0.6


def surveys(customers: int = 16_000, seed: int = 1) -> Survey:
    """Answers of customers who wait 2 s to 1 d; each agent is new or tenured."""
    rng = np.random.default_rng(seed)
    waited = np.exp(rng.uniform(np.log(2.0), np.log(86_400.0), customers)).round()
    agent = rng.integers(0, 400, customers)
    score = (TRUTH.baseline + TRUTH.wait * np.log2(np.maximum(waited, BEGINS) / BEGINS)
             + NEW * (agent % 4 == 0))
    rating = satisfaction.rating(score, TRUTH, rng.uniform(1e-9, 1.0, customers))
    answers = satisfaction.surveyed(rating, TRUTH, rng.random(customers))
    return Survey("made.csv", Columns("rating"), customers, {}, rating[answers], waited[answers], ("new", "tenured"),
                  (agent[answers] % 4 != 0).astype(np.int64), agent[answers])


@pytest.fixture(scope="module")
def found() -> SurveyFit:
    return fit_survey(surveys(), TRUTH.respond)


def test_the_fit_finds_what_made_the_answers(found: SurveyFit) -> None:
    """Within 3.3 standard errors, and these small enough to mean something."""
    for fitted, true, most in ((found.level, TRUTH.baseline, 0.1), (found.wait, TRUTH.wait, 0.02),
                               (found.tenure["new"], NEW, 0.1), *zip(found.spread, TRUTH.spread, (0.1,) * 3,
                                                                     strict=True)):
        assert fitted.value == pytest.approx(true, abs=3.3 * fitted.error)
        assert 0.0 < fitted.error < most
    assert found.tenured == "tenured"
    low, high = found.begins.low, found.begins.high
    assert low is not None
    assert high is not None
    assert 100.0 < low < BEGINS < high < 500.0
    assert low < found.begins.value < high
    for band in found.bands:
        assert band.satisfied == pytest.approx(band.fitted, abs=4 * (band.fitted * (1 - band.fitted) / band.rows)**0.5)


def test_who_answers_decides_the_level_and_moves_the_effects_less(found: SurveyFit) -> None:
    equal = fit_survey(found.survey, (1.0,) * 5)
    assert equal.level.value > found.level.value + 0.1
    assert equal.wait.value == pytest.approx(found.wait.value, rel=0.2)
    assert found.wait_evenly == pytest.approx(equal.wait.value, abs=0.01)
    fewer = fit_survey(found.survey, [share / 10 for share in TRUTH.respond])
    assert fewer.level.value == pytest.approx(found.level.value, abs=1e-6)


def test_agents_who_differ_widen_the_errors() -> None:
    alike = surveys(4_000, seed=2)
    one_by_one = fit_survey(replace(alike, agent=np.arange(len(alike))), TRUTH.respond)
    # Each agent's answers ten times over are no more agents than before.
    often = replace(alike, rating=np.repeat(alike.rating, 10), waited=np.repeat(alike.waited, 10),
                    tenure=np.repeat(alike.tenure, 10), agent=np.repeat(np.arange(len(alike)), 10))
    repeated = fit_survey(often, TRUTH.respond)
    assert repeated.wait.value == pytest.approx(one_by_one.wait.value, abs=1e-3)
    assert repeated.wait.error == pytest.approx(one_by_one.wait.error, rel=0.02)


def test_ratings_alone_give_their_own_log_odds() -> None:
    """One kind of row and equal answering: the thresholds are the empirical log odds, exactly."""
    counts = np.array([[10.0, 5.0, 20.0, 30.0, 35.0]])
    found = ordered_logit.fit(np.ones((1, 1)), counts, (0.3,) * 5)
    assert found.effects[0] == pytest.approx(np.log(65 / 35), abs=1e-6)
    exact = np.log(65 / 35) - np.log(np.array([90 / 10, 85 / 15, 35 / 65]))
    assert found.thresholds == pytest.approx(exact, abs=1e-6)
    assert found.chance[0] == pytest.approx(counts[0] / 100, abs=1e-6)


def test_the_derivatives_are_those_of_the_likelihood() -> None:
    rng = np.random.default_rng(3)
    design = np.column_stack([np.ones(7), rng.normal(size=(7, 2))])
    counts = rng.integers(1, 50, (7, 5)).astype(float)
    respond = (0.5, 0.2, 0.1, 0.3, 0.4)
    best = ordered_logit.fit(design, counts, respond)
    gradient = np.einsum("ky,kyp->p", counts, best.scores)
    assert np.abs(gradient).max() < 0.02

    def chance(step: np.ndarray) -> np.ndarray:
        moved = replace(best, effects=best.effects + step[:3], thresholds=best.thresholds + step[3:])
        above = np.ones((7, 6))
        above[:, 5] = 0.0
        places = np.array([moved.thresholds[0], moved.thresholds[1], 0.0, moved.thresholds[2]])
        above[:, 1:5] = 1 / (1 + np.exp(-((design @ moved.effects)[:, None] - places)))
        answered = (above[:, :-1] - above[:, 1:]) * np.array(respond)
        found: np.ndarray = np.log(answered / answered.sum(axis=1, keepdims=True))
        return found

    for at in range(6):
        step = np.zeros(6)
        step[at] = 1e-6
        assert (chance(step) - chance(-step)) / 2e-6 == pytest.approx(best.scores[..., at], abs=1e-6)


@pytest.mark.parametrize(("change", "said"), [
    ({"rating": np.tile([1, 3, 4, 5], 100)}, "nobody gave a rating of 2"),
    ({"waited": np.full(400, 60.0)}, "the times to the first reply are all alike")])
def test_what_cannot_be_fitted_is_said(change: dict[str, np.ndarray], said: str) -> None:
    rows = {"rating": np.tile([1, 2, 3, 4, 5], 80), "waited": np.arange(400.0), "tenure": np.zeros(400, dtype=int)}
    survey = Survey("made.csv", Columns("r"), 400, {}, tenures=("not said",), agent=np.arange(400), **(rows | change))
    with pytest.raises(IntakeError, match=f"made.csv: {said}"):
        fit_survey(survey, TRUTH.respond)
    with pytest.raises(IntakeError, match=r"(?s)there is no tenure old; there are: not said"):
        fit_survey(survey, TRUTH.respond, "old")


def test_a_handful_of_answers_is_not_fitted() -> None:
    few = surveys(300)
    with pytest.raises(IntakeError, match=f"{len(few)} answers can be used; at least 200"):
        fit_survey(few, TRUTH.respond)


@real
def test_the_defaults_are_those_of_real_answers() -> None:
    """What docs/explanation/csat.md says of 8,088 answers to an e-commerce help desk's surveys."""
    defaults = Satisfaction()
    fit = fit_survey(read_survey(DATA / "ecommerce_csat_2023-08a.csv.gz"), defaults.respond, ">90")
    pairs = ((fit.wait, defaults.wait), (fit.level, defaults.baseline), *zip(fit.spread, defaults.spread, strict=True))
    for fitted, default in pairs:
        low, high = fitted.interval
        assert low <= default <= high
    assert fit.begins.high is not None
    expects = Channel().expects
    assert isinstance(expects, Constant)
    assert (fit.begins.low or 0.0) <= expects.mean <= fit.begins.high
    assert fit.wait.value == pytest.approx(-0.117, abs=0.001)
    assert {name: (round(effect.value, 2), round(effect.error, 2)) for name, effect in fit.tenure.items()} == {
        "On Job Training": (-0.49, 0.07), "0-30": (-0.22, 0.07), "31-60": (-0.05, 0.08), "61-90": (0.0, 0.11)}
    for bucket, skill in zip(("On Job Training", "0-30", "31-60"), Ramp().skill, strict=True):
        low, high = fit.tenure[bucket].interval
        assert low <= skill <= high
