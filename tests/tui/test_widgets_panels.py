"""What the panels say: differences to the twin, verdicts, queues, people, knobs."""

from __future__ import annotations

import pytest

from core.scenario import Scenario
from sim.snapshot import PersonSnapshot, State, TeamSnapshot
from tests.fake_floor import scenario
from tui.widgets.knob import FAVOURITES, knobs
from tui.widgets.knobs import mark_label
from tui.widgets.measures import measures
from tui.widgets.teams import people_marks, queue_marks, trouble
from tui.widgets.text import text_of, width_of


@pytest.mark.parametrize(("name", "value", "twin", "text", "role"), [
    ("frt_p90", 252.0, 412.0, "▼ −2m40s better", "good"),
    ("frt_p90", 412.0, 252.0, "▲ +2m40s worse", "bad"),
    ("frt_p90", 412.0, 411.0, "≈ twin", "faint"),
    ("service_level", 0.91, 0.77, "▲ +14 pt better", "good"),
    ("csat", 0.872, 0.893, "▼ −2.1 pt worse", "bad"),
    ("csat", 0.8720, 0.8724, "≈ twin", "faint"),
    ("waiting", 14.0, 36.0, "▼ −22 better", "good"),
    ("occupancy", 0.92, 0.83, "▲ +9 pt", "strong"),
    ("cost_per_conversation", 4.10, 3.88, "▲ +0.22 worse", "bad"),
    ("csat", None, 0.8, "", "faint")])
def test_the_difference_to_the_twin_is_better_or_worse_by_the_metric(
        name: str, value: float | None, twin: float, text: str, role: str) -> None:
    assert measures(scenario())[name].against(value, twin) == (text, role)


def test_verdicts_are_words() -> None:
    listed = measures(scenario())
    assert listed["frt_p90"].verdict(119.0) == ("ok", "good")
    assert listed["frt_p90"].verdict(121.0) == ("over 2m", "bad")
    assert listed["service_level"].verdict(0.79) == ("under 80 %", "bad")
    assert listed["occupancy"].verdict(0.9) == ("strained", "warn")
    assert listed["csat"].verdict(0.2) == ("", ""), "the scenario names no target"


def test_what_the_scenario_says_nothing_about_is_left_out() -> None:
    assert "cost_per_conversation" in measures(scenario())
    assert "roar" in measures(scenario())
    without = measures(scenario(bot={}, team={"frontline": {"agents": 3}}))
    assert not {"cost_per_conversation", "roar"} & without.keys()


def test_no_target_for_frt_where_channels_expect_different_things() -> None:
    world = scenario(channel={"chat": {"kind": "chat", "expects": "1m"}, "email": {"kind": "email", "expects": "4h"}})
    assert measures(world)["frt_p90"].target is None


def team(waits: list[float], name: str = "frontline", waiting: int | None = None) -> TeamSnapshot:
    return TeamSnapshot(name, len(waits) if waiting is None else waiting, tuple(waits),
                        tuple(wait > 60.0 for wait in waits), 4, ())


def test_a_queue_is_a_row_of_marks_with_the_longest_wait_at_the_counter() -> None:
    assert text_of(queue_marks(team([90.0, 70.0, 20.0]), 6)) == "   •▲▲"
    assert queue_marks(team([]), 4) == (("    ", ""),)


def test_a_queue_too_long_for_its_place_says_how_many_more() -> None:
    line = queue_marks(team([90.0] * 30), 10)
    assert text_of(line) == "+24 ▲▲▲▲▲▲"
    line = queue_marks(team([90.0] * 200, waiting=1234), 12)
    assert width_of(line) == 12
    shown = text_of(line).count("▲")
    assert text_of(line).startswith(f"+{1234 - shown} ")


Held = tuple[int, State]


def people(*held: Held, slots: int = 1) -> tuple[PersonSnapshot, ...]:
    return tuple(PersonSnapshot(taken, slots, state) for taken, state in held)


def test_people_busiest_first_in_groups_of_five() -> None:
    full: Held = (1, "full")
    crew = people((0, "away"), full, full, (0, "break"), full, full, (0, "free"), (1, "wrap_up"))
    assert [text_of(line) for line in people_marks(crew, 20)] == ["●●●●◐ ○□×"]


def test_people_with_several_slots_show_them_or_one_mark_each() -> None:
    crew = people((4, "full"), (1, "busy"), (0, "free"), (0, "away"), slots=4)
    assert [text_of(line) for line in people_marks(crew, 20)] == ["●●●● ●○○○ ○○○○ ×"]
    assert [text_of(line) for line in people_marks(crew, 8)] == ["●◔○×"]


def test_a_waiting_customer_is_marked_by_the_wait_against_what_is_expected() -> None:
    waits = (400.0, 200.0, 100.0, 80.0, 30.0)
    queue = TeamSnapshot("frontline", 5, waits, tuple(wait > 120 for wait in waits), 4, (), expects=(120.0,) * 5)
    assert text_of(queue_marks(queue, 6)) == " ·••▲◆"
    picked = queue_marks(queue, 6, picked=1)
    assert [role for text, role in picked if "▲" in text] == ["pick"]
    assert text_of(queue_marks(queue, 6, picked=99)) == text_of(queue_marks(queue, 6))


def test_the_new_and_the_strained_have_marks_of_their_own() -> None:
    crew = (PersonSnapshot(1, 1, "full"), PersonSnapshot(1, 1, "full", new=True),
            PersonSnapshot(1, 1, "full", strained=True), PersonSnapshot(0, 1, "free", new=True),
            PersonSnapshot(1, 1, "wrap_up"))
    line = people_marks(crew, 20)[0]
    assert text_of(line) == "●◍◉◐◌"
    assert ("◉", "warn") in line
    chats = (PersonSnapshot(2, 3, "busy", new=True), PersonSnapshot(3, 3, "full", strained=True))
    assert text_of(people_marks(chats, 20)[0]) == "◉◉◉ ◍◍◌"
    assert trouble((TeamSnapshot("frontline", 0, (), (), 4, crew),)) == ("nobody waits, 1 strained", "warn")
    finishing = (PersonSnapshot(3, 4, "busy", wrapping=1), PersonSnapshot(2, 4, "wrap_up", wrapping=2))
    assert text_of(people_marks(finishing, 20)[0]) == "●●◐○ ◐◐○○"


def test_people_who_do_not_fit_are_counted() -> None:
    full: Held = (1, "full")
    crew = people(*[full] * 30)
    assert [text_of(line) for line in people_marks(crew, 15)] == ["●●●●● ●●●●● +20"]
    assert [text_of(line) for line in people_marks(crew, 11, deep=3)] == ["●●●●● ●●●●●"] * 3


def test_what_is_wrong_and_where() -> None:
    calm, late, worse = team([10.0], "calm"), team([90.0], "late"), team([90.0, 80.0, 5.0], "worse")
    assert trouble((calm,)) == ("nobody waits too long", "good")
    assert trouble((team([]),)) == ("nobody waits", "good")
    assert trouble((calm, late, worse)) == ("▲ worse: 2 of 3 wait too long (+1 more late)", "bad")


def favourites(world: Scenario) -> list[str]:
    return [knob.key for knob in knobs(world) if knob.group == FAVOURITES]


def test_the_knobs_of_a_scenario() -> None:
    assert favourites(scenario()) == [
        "team.frontline.extra", "team.engineers.extra", "bot.coverage", "bot.exit_after", "demand.level"]
    without = scenario(bot={}, team={"pool": {"agents": 3}, "queue": {"agents": 0, "overflow": {"pool": "0s"}}})
    assert favourites(without) == ["team.pool.extra", "demand.level"]


def test_knobs_turn_by_whole_steps_within_their_bounds() -> None:
    extra, _, coverage, exits, demand = knobs(scenario())[:5]
    assert extra.turned("0", 1) == "1"
    assert extra.turned("2", -5) == "-3"
    assert coverage.turned("47%", 1) == "50%", "from 45 on, the nearest step"
    assert coverage.turned("98%", 5) == "100%"
    assert exits.turned("0", -1) == "0"
    assert demand.turned("100%", -3) == "70%"
    assert [extra.show("2"), extra.show("-1"), extra.show("0")] == ["+2", "−1", "0"]
    assert [coverage.show("45%"), exits.show("0"), demand.show("1.2")] == ["45 %", "never", "120 %"]


def test_labels_of_marks() -> None:
    assert mark_label("team.frontline.extra", "2") == "+2 frontline"
    assert mark_label("team.frontline.extra", "-1") == "−1 frontline"
    assert mark_label("bot.coverage", "60%") == "bot 60%"
    assert mark_label("route.0.priority", "1") == "route.0.priority 1"
