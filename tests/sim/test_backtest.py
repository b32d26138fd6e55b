"""The backtest: a known floor is predicted, real months are, and nothing is taken from what is to be predicted."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from core.errors import IntakeError
from core.intake.call_log import CallLog, Flags, read_call_log
from core.intake.erlang_hours import ErlangHours
from core.intake.learned import learn
from core.intake.observed import MEASURES, Calls
from core.queueing import ErlangA
from sim.experiments.backtest import Backtest, backtest, compare
from sim.experiments.reconstruction import reconstruct
from tests.core.intake.synthetic import Truth, run, write_vanad

DATA = Path(__file__).parents[2].parent / "shared" / "data"
real = pytest.mark.skipif(not DATA.is_dir(), reason="the real logs are not beside the project (../shared/data)")

# An N design under pressure: some 6 % give up.
TRUTH = Truth(calls_per_hour=240.0, queues=(("sales", 0.65), ("tech", 0.35)), days=tuple(range(5)), patience=400.0,
              people=((8, ("sales",)), (9, ("sales", "tech"))), busyness_cv=0.1)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two weeks of the same floor under other chance."""
    folder = tmp_path_factory.mktemp("logs")
    return write_vanad(folder / "fit.csv", run(TRUTH, 1)), write_vanad(folder / "test.csv", run(TRUTH, 2))


@pytest.fixture(scope="module")
def logs(files: tuple[Path, Path]) -> tuple[CallLog, CallLog]:
    """The weeks as read: what is fitted, what is predicted."""
    return read_call_log([files[0]]), read_call_log([files[1]])


@pytest.fixture(scope="module")
def outcome(logs: tuple[CallLog, CallLog]) -> Backtest:
    return compare(*logs, replications=4, jobs=1)


@pytest.fixture(scope="module")
def told_and_found(files: tuple[Path, Path]) -> tuple[list[tuple[int, int]], Backtest]:
    """The same from the files with two replications, and the progress that was told."""
    told: list[tuple[int, int]] = []
    found = backtest([files[0]], [files[1]], replications=2, jobs=1,
                     progress=lambda done, total: told.append((done, total)))
    return told, found


def test_the_week_of_a_known_floor_is_predicted(outcome: Backtest) -> None:
    """What differs between the log and the mean of its replays is the log's own chance: a few relative percent."""
    seen, said = outcome.overall.observed, outcome.overall.predicted
    for name, rel in (("abandonment_rate", 0.2), ("asa", 0.2), ("answer_p90", 0.2), ("service_level", 0.08)):
        assert said[name].value == pytest.approx(seen[name], rel=rel), name
    for parts in (outcome.by_hour, outcome.by_day):
        assert sum(part.calls for part in parts) == outcome.overall.calls
    assert [part.name for part in outcome.by_day] == [f"2024-01-0{day}" for day in range(1, 6)]
    assert outcome.by_hour[0].name == "09:00"


def test_another_seed_is_another_prediction_of_the_same(logs: tuple[CallLog, CallLog], outcome: Backtest) -> None:
    other = compare(*logs, replications=4, jobs=1, seed=2)
    assert other.overall.predicted != outcome.overall.predicted
    for name in MEASURES:
        one, two = outcome.overall.predicted[name], other.overall.predicted[name]
        assert one.value is not None
        assert two.value is not None
        assert one.half_width is not None
        assert two.half_width is not None
        assert abs(one.value - two.value) < 3 * np.hypot(one.half_width, two.half_width)


def test_the_same_seed_is_the_same_prediction_and_nothing_is_taken_from_what_is_predicted(
        logs: tuple[CallLog, CallLog], told_and_found: tuple[list[tuple[int, int]], Backtest]) -> None:
    """Other waits of those who gave up: the prediction stays to the last digit."""
    (fit, test), (_, found) = logs, told_and_found
    patient = replace(test, left=test.left + 1000.0)
    changed = compare(fit, patient, replications=2, jobs=1)
    assert changed.overall.predicted == found.overall.predicted
    assert changed.drift.patience_observed != found.drift.patience_observed  # it is told, not used
    answered = replace(test, received=np.sort(test.received - 600.0))  # other arrivals do change it
    assert compare(fit, answered, replications=2, jobs=1).overall.predicted != found.overall.predicted


def test_what_is_learned_is_what_is_true(logs: tuple[CallLog, CallLog]) -> None:
    learned = learn(logs[0])
    assert learned.handle_mean == pytest.approx(240.0, rel=0.05)
    assert learned.patience[""].mean == pytest.approx(400.0, rel=0.15)
    assert learned.after_work is not None
    assert learned.after_work.mean == pytest.approx(5.0, abs=0.5)
    # E[h²] / 2 E[h] of a lognormal: mean (1 + cv²) / 2.
    assert learned.in_hand == pytest.approx(240 * (1 + 0.7**2) / 2, rel=0.1)
    assert [set(queues) for queues in learned.groups.queues] == [{"sales"}, {"tech"}]


def test_people_are_put_to_work_with_their_skills_and_pace(logs: tuple[CallLog, CallLog]) -> None:
    fit, test = logs
    learned = learn(fit)
    faster = replace(learned, pace={name: 0.5 if name == "0-0" else 1.0 for name in learned.pace})
    again = reconstruct(faster, test, 20.0)
    teams = {presence.person: presence.team for presence in again.replay.presences}
    scenario = again.scenario
    for person, team in teams.items():
        skilled = person.startswith("1")
        assert (team in scenario.team["queue-tech"].overflow) == skilled
        assert team in scenario.team["queue-sales"].overflow
    assert scenario.team[teams["0-0"]].handle_factor < 0.95
    assert again.strangers == 0.0
    assert len(again.replay.times) == len(test)


def test_a_stranger_works_at_average_pace_and_is_counted(logs: tuple[CallLog, CallLog]) -> None:
    fit, test = logs
    named = replace(test, agents=tuple("new" if name == "0-0" else name for name in test.agents))
    again = reconstruct(learn(fit), named, 20.0)
    assert 0.03 < again.strangers < 0.1  # one of seventeen


def test_the_formula_beside_it_is_erlang_a_of_each_hour(logs: tuple[CallLog, CallLog]) -> None:
    """One hour: the formula itself; several: weighted by calls, the quantile where 90 % are answered."""
    fit, test = logs
    learned = learn(fit)
    hours = ErlangHours(learned, test)
    hour = 9 * 3600.0
    calls = int(np.count_nonzero((test.received >= hour) & (test.received < hour + 3600)))
    said = hours.measures(lambda those: (those.hour == 9) & (those.day == 0), 20.0)
    best = min((abs(ErlangA(calls / 3600, learned.handle_mean, agents, learned.patience[""].mean).abandonment_rate
                    - said["abandonment_rate"]), agents) for agents in range(8, 25))
    assert best[0] < 1e-12
    assert 15 <= best[1] <= 17  # seventeen work, and the first calls come a little after nine
    model = ErlangA(calls / 3600, learned.handle_mean, best[1], learned.patience[""].mean)
    assert said["asa"] == pytest.approx(model.asa)
    assert said["service_level"] == pytest.approx(model.service_level(20.0))
    assert model.service_level(said["answer_p90"]) == pytest.approx(0.9 * (1 - model.abandonment_rate), abs=2e-3)
    everything = hours.measures(lambda those: np.ones(len(those), dtype=bool), 20.0)
    parts = [hours.measures(partial(_on_day, day), 20.0)["service_level"] for day in range(5)]
    assert min(parts) < everything["service_level"] < max(parts)


def _on_day(day: int, calls: Calls) -> Flags:
    return np.equal(calls.day, day)


def test_logs_that_say_too_little_are_refused(logs: tuple[CallLog, CallLog]) -> None:
    fit, test = logs
    nameless = replace(test, agent=np.full(len(test), -1))
    with pytest.raises(IntakeError, match=r"test.csv: no call tells who took it"):
        compare(fit, nameless, replications=1, jobs=1)
    with pytest.raises(IntakeError, match=r"fit.csv: 0 of \d+ calls tell who took them"):
        learn(replace(fit, agent=np.full(len(fit), -1)))


def test_progress_ends_where_it_said_it_would(told_and_found: tuple[list[tuple[int, int]], Backtest]) -> None:
    told, _ = told_and_found
    assert told == [(done, 5) for done in range(1, 6)]


def test_the_measures_of_a_few_calls_by_hand() -> None:
    calls = Calls(np.array([0.0, 3600.0, 90_000.0, 90_001.0]), np.array([10.0, 30.0, 20.0, 5.0]),
                  np.array([True, True, True, False]))
    assert calls.measures(20.0) == pytest.approx({"abandonment_rate": 0.25, "asa": 20.0, "answer_p90": 28.0,
                                                  "service_level": 0.5})
    assert calls.hour.tolist() == [0, 1, 1, 1]
    assert calls.day.tolist() == [0, 0, 1, 1]


# --- the real centre: months that were not used to fit -------------------------------------------------------------


def month(*numbers: str) -> list[Path]:
    return [DATA / f"vanad_2014-{number}.csv.gz" for number in numbers]


def nearer(outcome: Backtest, times: float) -> None:
    """It is so many times nearer to what happened than the formula overall, and nearer by day."""
    overall = outcome.overall
    for name in ("abandonment_rate", "asa", "answer_p90", "service_level"):
        predicted = overall.predicted[name].value
        assert predicted is not None
        miss, formula = abs(predicted - overall.observed[name]), abs(overall.baseline[name] - overall.observed[name])
        assert miss * times < formula, (name, predicted, overall.observed[name], overall.baseline[name])
    for name in ("abandonment_rate", "asa"):
        assert outcome.miss(name) * 1.2 < outcome.miss(name, baseline=True), name


def week(log: CallLog, monday: int) -> CallLog:
    return log.where((log.day >= monday) & (log.day < monday + 7))


@real
def test_a_busy_week_of_the_real_centre_is_predicted_from_another_month() -> None:
    """24 to 30 March 2014, when the queues grew long, from the last two weeks of February alone."""
    february = read_call_log(month("02"))
    outcome = compare(february.where(february.day >= 21), week(read_call_log(month("03")), 28), replications=1, jobs=1)
    assert str(outcome.by_day[0].name) == "2014-03-24"
    nearer(outcome, 1.2)


@real
@pytest.mark.long
@pytest.mark.parametrize(("fit", "test", "times"), [(("02", "05"), "03", 1.5), (("03",), "05", 1.5),
                                                    (("03",), "02", 2.0), (("02",), "03", 2.0)])
def test_real_months_are_predicted_from_others(fit: tuple[str, ...], test: str, times: float) -> None:
    outcome = backtest(month(*fit), month(test), replications=3)
    nearer(outcome, times)
    asa = outcome.overall.predicted["asa"].value
    assert asa == pytest.approx(outcome.overall.observed["asa"], rel=0.15)
    assert outcome.overall.predicted["abandonment_rate"].value == pytest.approx(
        outcome.overall.observed["abandonment_rate"], rel=0.15)
