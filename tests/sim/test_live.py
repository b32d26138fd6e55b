"""Live play: pace, budget, twin, changes, undo and redo; with a floor and a clock that the test turns."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import InterventionError, UnitError
from core.interventions import Intervention
from core.scenario import Incident, Scenario
from core.units import DAY, HOUR, MINUTE, WEEK
from sim.floor import Floor
from sim.history import in_words
from sim.live import BUDGET, SETTLED, LiveSession, read_time
from sim.opening import opening, planned_people
from sim.outlook import Ahead, Ask, Band
from sim.pair import Steppable
from sim.pulse import INTERVAL
from tests.fake_floor import FakeClock, FakeFloor, scenario


class Workshop:
    """Makes fake floors and remembers them."""

    def __init__(self, cost: float = 0.0) -> None:
        self.clock = FakeClock()
        self.made: list[FakeFloor] = []
        self._cost = cost

    def __call__(self, world: Scenario, seed: int, interventions: tuple[Intervention, ...]) -> Steppable:
        floor = FakeFloor(world, seed, interventions, clock=self.clock, cost=self._cost)
        self.made.append(floor)
        return floor


def session(workshop: Workshop, start: float = 0.0, world: Scenario | None = None) -> LiveSession:
    return LiveSession(world or scenario(), 7, start=start, make_floor=workshop, clock=workshop.clock)


def finish(live: LiveSession) -> int:
    """Advances until nothing but the clock is left to do; returns the calls that took."""
    calls = 0
    while live.view().errand is not None:
        live.advance(0.0)
        calls += 1
    return calls


def test_the_clock_keeps_the_pace_asked_for() -> None:
    live = session(Workshop())
    live.speed = 300
    for _ in range(10):
        live.advance(0.1)
    assert live.now == pytest.approx(300)
    assert live.view().snapshot.now == live.view().twin.now == live.now
    assert live.actual_speed is None


def test_a_model_too_slow_for_the_pace_slows_the_clock_and_says_so() -> None:
    workshop = Workshop(cost=0.036)  # a simulated hour costs 36 ms a floor: both reach 50,000 s a second at best
    live = session(workshop)
    live.speed = WEEK
    for _ in range(20):
        before = workshop.clock.now
        live.advance(1 / 30)
        assert workshop.clock.now - before < 1.5 * BUDGET
    reached = live.actual_speed
    assert reached == pytest.approx(live.now / (20 / 30))
    assert reached is not None
    assert reached < 0.1 * WEEK


def test_what_the_budget_did_not_reach_is_not_owed() -> None:
    workshop = Workshop(cost=0.036)
    live = session(workshop)
    live.speed = WEEK
    live.advance(1.0)
    behind = live.now
    live.speed = 1
    live.advance(1.0)
    assert live.now == pytest.approx(behind + 1.0)


def test_a_standing_clock_does_not_move_and_a_step_ends_with_the_interval() -> None:
    live = session(Workshop(), start=HOUR + 60)
    finish(live)
    live.pause()
    live.advance(5.0)
    assert live.now == HOUR + 60
    live.step()
    finish(live)
    assert live.now == HOUR + INTERVAL
    assert live.idle


def test_the_same_view_object_while_nothing_changes() -> None:
    workshop = Workshop()
    live = session(workshop)
    live.pause()
    view = live.view()
    taken = [floor.snapshots for floor in workshop.made]
    live.advance(1.0)
    assert live.view() is view
    assert [floor.snapshots for floor in workshop.made] == taken


def test_a_change_reaches_the_floor_and_not_the_twin() -> None:
    workshop = Workshop()
    live = session(workshop, start=10 * HOUR)
    finish(live)
    made = live.change("team.frontline.extra", "2")
    assert made == Intervention(10 * HOUR, "team.frontline.extra", "2")
    live.advance(0.0)
    floor, twin = workshop.made
    assert floor.interventions == [made]
    assert twin.interventions == []
    assert live.current.team["frontline"].extra == 2
    assert live.value("team.frontline.extra") == "2"
    live.advance(60.0)
    view = live.view()
    assert view.twin.teams[0].people != view.snapshot.teams[0].people


def test_a_change_to_the_value_it_has_is_none() -> None:
    live = session(Workshop())
    assert live.change("bot.coverage", "0.45") is None
    assert not live.interventions


@pytest.mark.parametrize(("key", "value"), [("team.frontlin.extra", "2"), ("bot.coverage", "145%")])
def test_a_change_that_the_scenario_cannot_take_leaves_everything_as_it_is(key: str, value: str) -> None:
    workshop = Workshop()
    live = session(workshop)
    with pytest.raises(InterventionError):
        live.change(key, value)
    assert not live.interventions
    assert workshop.made[0].interventions == []


def test_undo_replays_the_run_without_the_last_change() -> None:
    workshop = Workshop()
    live = session(workshop, start=10 * HOUR)
    finish(live)
    first = live.change("team.frontline.extra", "2")
    live.advance(60.0)
    live.change("bot.coverage", "60%")
    live.advance(60.0)
    before = live.now
    assert live.undo() is not None
    assert live.view().errand == "taking it back"
    finish(live)
    assert live.now == before
    assert live.interventions == (first,)
    assert workshop.made[-1].interventions == [first]
    assert workshop.made[1].snapshots > 0
    assert len(workshop.made) == 3, "the twin is kept"
    live.advance(1.0)
    assert workshop.made[-1].now == live.now > before, "the rebuilt floor is the live one now"


def test_an_undo_of_a_slow_model_is_done_in_slices_with_progress() -> None:
    workshop = Workshop(cost=0.036)
    live = session(workshop, start=DAY)
    finish(live)
    live.change("demand.level", "120%")
    live.undo()
    progress = []
    while live.view().errand is not None:
        before = workshop.clock.now
        live.advance(1 / 30)
        assert workshop.clock.now - before < 2 * BUDGET
        progress.append(live.view().progress)
    assert len(progress) > 10
    assert progress == sorted(progress)
    assert live.now == DAY


def test_one_turn_of_a_knob_is_one_undo_and_a_later_one_another() -> None:
    workshop = Workshop()
    live = session(workshop, start=10 * HOUR)
    finish(live)
    for value in ("1", "2", "3"):
        live.change("team.frontline.extra", value)
        workshop.clock.sleep(0.2)
    workshop.clock.sleep(5.0)
    live.change("team.frontline.extra", "4")
    live.change("demand.level", "90%")
    assert live.view().changes == 3
    assert [live.undo() is not None for _ in range(2)] == [True, True]
    assert live.value("team.frontline.extra") == "3"
    live.undo()
    assert not live.interventions
    live.redo()
    assert [change.value for change in live.interventions] == ["1", "2", "3"]


def test_redo_makes_the_change_again_at_its_own_time() -> None:
    workshop = Workshop()
    live = session(workshop, start=10 * HOUR)
    finish(live)
    change = live.change("team.frontline.extra", "2")
    live.advance(60.0)
    live.undo()
    finish(live)
    assert live.value("team.frontline.extra") == "0"
    assert live.redo() == change
    finish(live)
    assert workshop.made[-1].interventions == [change]
    assert live.redo() is None
    live.undo()
    live.change("demand.level", "90%")
    assert live.redo() is None, "a new change is a new branch"


def test_what_was_taken_back_in_an_earlier_session_can_be_made_again() -> None:
    before, one, two = ((Intervention(9 * HOUR, "bot.coverage", value),) for value in ("50%", "60%", "70%"))
    live = LiveSession(scenario(), start=10 * HOUR, turns=[before], undone=[one, two], make_floor=Workshop())
    assert live.redo() == one[0]
    assert live.turns == (before, one)
    assert live.undone == (two,)
    assert live.undo() == one[0]
    live.change("bot.coverage", "80%")
    assert live.redo() is None, "another change was made since"


def test_a_change_made_while_the_floor_is_rebuilt_is_not_lost() -> None:
    workshop = Workshop(cost=0.036)
    live = session(workshop, start=DAY)
    finish(live)
    live.change("demand.level", "120%")
    live.undo()
    live.advance(1 / 30)
    made = live.change("bot.coverage", "60%")
    finish(live)
    assert live.interventions == (made,)
    assert workshop.made[-1].interventions == [made]
    live.advance(1.0)
    assert workshop.made[-1].now == live.now


def test_the_run_ends_with_the_scenario() -> None:
    live = session(Workshop(), world=scenario(length=DAY))
    live.speed = WEEK
    live.advance(1.0)
    for _ in range(3):
        live.advance(1.0)
    assert live.now == DAY
    assert live.ended
    assert live.view().snapshot.now == live.view().twin.now == DAY
    assert live.idle
    live.pause()
    assert not live.playing


def test_play_opens_an_hour_into_the_first_busy_hour() -> None:
    assert opening(scenario()) == 9 * HOUR
    assert opening(scenario(warm_up=DAY)) == DAY + 9 * HOUR
    assert opening(scenario(length=8 * HOUR)) == 0


def test_people_planned_over_midnight() -> None:
    world = scenario(shift={"night": {"days": ["Mon"], "start": "22:00", "end": "06:00"}},
                     team={"frontline": {"shifts": {"night": 3}}, "engineers": {"agents": 2}})
    assert [planned_people(world, hour * HOUR) for hour in (21, 22, 29.9, 30)] == [2, 5, 5, 2]


def test_happenings_are_told_once_and_forgotten_with_the_run_they_belong_to() -> None:
    live = session(Workshop(), start=DAY + 9 * HOUR + 20 * MINUTE)
    finish(live)
    live.change("team.frontline.extra", "3")
    while live.now < DAY + 10.6 * HOUR:
        live.advance(1.0)
        live.view()
    kinds = [happening.kind for happening in live.view().happenings]
    assert kinds.count("incident") == 2
    assert kinds.count("late") == 1
    late = next(happening for happening in live.view().happenings if happening.kind == "late")
    assert "frontline is late" in late.text
    live.undo()
    assert [happening.text for happening in live.view().happenings] == ["You took back frontline people to plan +3"]


def test_changes_in_words() -> None:
    assert in_words(Intervention(0, "team.frontline.extra", "2")) == "frontline people to plan +2"
    assert in_words(Intervention(0, "bot.coverage", "60%")) == "bot coverage to 60%"
    assert in_words(Intervention(0, "route.0.priority", "1")) == "route.0.priority to 1"


def test_times_as_a_user_writes_them() -> None:
    now = DAY + 10 * HOUR
    assert [read_time(text, now) for text in ("Wed 09:30", "14:00", "+30m", "-2h", "3d")] == [
        2 * DAY + 9.5 * HOUR, DAY + 14 * HOUR, now + 30 * MINUTE, now - 2 * HOUR, 3 * DAY]
    with pytest.raises(UnitError, match='"Tue 14:00"'):
        read_time("later", now)


def test_a_change_for_later_is_in_the_log_at_once_and_in_force_when_its_time_comes() -> None:
    live = session(Workshop(), start=10 * HOUR)
    finish(live)
    later = live.change("bot.coverage", "60%", at=11 * HOUR)
    live.change("bot.coverage", "50%")
    assert [(entry.key, entry.before, entry.after, entry.state) for entry in live.view().log] == [
        ("bot.coverage", "45%", "50%", "done"), ("bot.coverage", "50%", "60%", "due")]
    assert live.value("bot.coverage") == "50%"
    assert live.view().changes == 2, "one for now does not go on with one for later"
    live.go(11 * HOUR)
    finish(live)
    assert live.value("bot.coverage") == "60%"
    assert live.current.bot.coverage == 0.6
    for at in (10 * HOUR, 8 * DAY):
        with pytest.raises(InterventionError, match="from now on"):
            live.change("demand.level", "120%", at=at)
    live.undo()
    live.undo()
    assert live.interventions == ()
    assert [entry.state for entry in live.view().log] == ["undone", "undone"]
    assert (later,) in live.undone


def test_going_back_and_on_gives_the_same_floor() -> None:
    workshop = Workshop()
    live = session(workshop, start=10 * HOUR)
    finish(live)
    live.change("team.frontline.extra", "2")
    live.go(12 * HOUR)
    finish(live)
    live.change("team.frontline.extra", "5")
    live.go(13 * HOUR)
    finish(live)
    before = live.view().snapshot
    live.go(11 * HOUR)
    finish(live)
    assert not live.playing
    assert [change.value for change in live.interventions] == ["2"]
    (left,) = live.branches
    assert left.until == 13 * HOUR
    live.take(left)
    finish(live)
    assert live.now == 13 * HOUR
    assert [change.value for change in live.interventions] == ["2", "5"]
    assert live.view().snapshot.kpi == before.kpi
    assert [branch.until for branch in live.branches] == [11 * HOUR]
    with pytest.raises(InterventionError, match="the run lasts"):
        live.go(-1.0)


def test_a_change_made_on_the_way_back_holds_from_where_it_goes() -> None:
    workshop = Workshop(cost=0.036)
    live = session(workshop, start=DAY)
    finish(live)
    live.go(12 * HOUR)
    live.advance(1 / 30)
    made = live.change("bot.coverage", "60%")
    assert made == Intervention(12 * HOUR, "bot.coverage", "60%")
    finish(live)
    assert live.interventions == (made,)
    assert workshop.made[-2].interventions == [made]
    assert workshop.made[-1].interventions == [], "the twin"
    live.advance(1.0)
    assert workshop.made[-2].now == live.now == workshop.made[-1].now


def test_what_is_done_before_the_floor_has_opened_holds_from_its_opening() -> None:
    live = session(Workshop(cost=0.036), start=DAY)
    live.advance(1 / 30)
    assert live.change("bot.coverage", "60%") == Intervention(DAY, "bot.coverage", "60%")
    assert live.value("bot.coverage") == "60%"
    live.pause()
    assert live.on_errand, "an opening goes on"
    live.undo()
    assert live.value("bot.coverage") == "45%"
    finish(live)
    assert live.now == live.view().twin.now == DAY


def test_the_way_to_the_next_event_goes_in_slices_and_ends_at_the_same_time() -> None:
    world = scenario(incident={"payment-down": Incident(start=10 * MINUTE, length=HOUR, topics=("billing",))})
    ends = set()
    for cost in (0.0, 3.6):  # at the last a look's two minutes take a tenth of a second a floor
        workshop = Workshop(cost)
        live = session(workshop, world=world)
        finish(live)
        live.playing = False
        live.go_to_next()
        while live.on_errand:
            before = workshop.clock.now
            live.advance(0.0)
            assert workshop.clock.now - before < 0.08
            live.view(at_once=True)
        ends.add(live.now)
    assert ends == {10 * MINUTE}


def test_one_errand_at_a_time_and_a_pause_ends_a_way_on() -> None:
    live = session(Workshop(cost=0.036), start=DAY)
    finish(live)
    live.go(2 * DAY)
    live.advance(1 / 30)
    with pytest.raises(InterventionError, match="busy"):
        live.go_to_next()
    live.pause()
    assert not live.on_errand
    assert DAY < live.now < 2 * DAY
    assert not live.playing


class FakeOutlook:
    """Answers in one go when the test says so."""

    def __init__(self) -> None:
        self.asks: list[Ask] = []
        self.found: Ahead | None = None
        self.busy = False

    def start(self, ask: Ask) -> None:
        self.asks.append(ask)
        self.busy = True

    def stop(self) -> None:
        self.busy, self.found = False, None

    def poll(self) -> Ahead | None:
        return self.found

    def answer(self) -> None:
        ask = self.asks[-1]
        times = np.array([ask.now + 900.0, ask.now + 1800.0])
        band = Band(times, np.array([0.7, 0.7]), np.array([0.8, 0.8]), np.array([0.9, 0.9]))
        self.found, self.busy = Ahead(ask.now, ask.until, {"csat": band}, 24, 24), False


def test_after_a_change_it_looks_ahead_from_the_present_once_nobody_turns_the_knob_any_more() -> None:
    workshop, outlook = Workshop(), FakeOutlook()
    live = LiveSession(scenario(), 7, start=10 * HOUR, make_floor=workshop, clock=workshop.clock, outlook=outlook)
    finish(live)
    live.pause()
    assert live.idle
    live.change("team.frontline.extra", "1")
    live.advance(0.0)
    live.change("team.frontline.extra", "2")
    assert not live.idle
    live.advance(0.0)
    assert not outlook.asks
    workshop.clock.sleep(SETTLED)
    live.advance(0.0)
    (ask,) = outlook.asks
    assert (ask.now, ask.until) == (10 * HOUR, DAY)
    assert [change.value for change in ask.interventions] == ["1", "2"]
    assert live.now == 10 * HOUR, "the clock stands"
    assert not live.idle
    outlook.answer()
    found = live.view().ahead
    assert found is not None
    assert found.done == 24
    assert live.idle
    assert live.view() is live.view()
    live.undo()
    assert live.view().ahead is None, "what was found belongs to the change"
    finish(live)
    workshop.clock.sleep(SETTLED)
    live.advance(0.0)
    assert len(outlook.asks) == 1, "without changes there is nothing to ask"
    live.look_ahead()
    workshop.clock.sleep(SETTLED)
    live.advance(0.0)
    outlook.answer()
    live.go(DAY)
    finish(live)
    assert live.view().ahead is None, "it reached up to now"


def test_a_real_floor_undone_is_its_twin_to_the_last_digit() -> None:
    live = LiveSession(scenario(), 7, start=9 * HOUR)
    finish(live)
    live.change("team.frontline.extra", "-6")
    for _ in range(20):
        live.advance(1.0, budget=60.0)
    changed = live.view()
    assert changed.snapshot.kpi != changed.twin.kpi
    live.undo()
    finish(live)
    view = live.view()
    assert view.snapshot.kpi == view.twin.kpi
    assert view.snapshot.teams == view.twin.teams


def test_what_was_played_is_what_a_run_with_its_changes_gives_to_the_last_digit() -> None:
    live = LiveSession(scenario(), 7, start=9 * HOUR)
    finish(live)
    for key, value in (("team.frontline.extra", "-4"), ("bot.coverage", "70%"), ("demand.level", "130%")):
        live.change(key, value)
        for _ in range(7):
            live.advance(1.3, budget=60.0)
    live.undo()
    finish(live)
    run = Floor(scenario(), seed=7, interventions=live.interventions)
    run.advance(live.now)
    played, again = live.view().snapshot, run.snapshot()
    assert len(live.interventions) == 2
    assert played.kpi == again.kpi
    assert played.teams == again.teams
    assert played.funnel == again.funnel
