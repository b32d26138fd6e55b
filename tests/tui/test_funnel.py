"""The funnel: rows for every outcome, lanes on which conversations move, and numbers that the records bear out."""

from __future__ import annotations

import numpy as np

from core.records import Origin, Outcome
from core.units import HOUR
from sim.floor import Floor
from tests.fake_floor import scenario
from tests.tui.test_live_screen import START, desk
from tui.widgets.funnel import Funnel, label, marks, passed, stages


def test_the_numbers_are_those_of_the_records() -> None:
    floor = Floor(scenario(), seed=4)
    floor.advance(12 * HOUR)
    funnel, rows = floor.snapshot().funnel, floor.records()
    since = floor.now - HOUR
    assert funnel["needs"] == np.count_nonzero((rows.arrived > since) & (rows.origin == Origin.NEW))
    for outcome in Outcome:
        if outcome is not Outcome.OPEN:
            assert funnel[outcome.name.lower()] == np.count_nonzero((rows.ended > since) & (rows.outcome == outcome))
    assert funnel["human"] == np.count_nonzero(rows.queued > since)
    assert funnel["again"] == np.count_nonzero((rows.arrived > since) & (rows.origin != Origin.NEW))
    now = sum(funnel[name] for name in ("with_help_centre", "with_bot", "waiting", "in_hand"))
    assert now == np.count_nonzero(rows.outcome == Outcome.OPEN)
    assert funnel["closed"] > 0
    assert funnel["with_bot"] + funnel["in_hand"] > 0


def test_every_outcome_has_a_row_with_a_name() -> None:
    rows = stages(None)
    for outcome in Outcome:
        assert (outcome.name.lower() in rows) == (outcome is not Outcome.OPEN)
    assert rows[0] == "needs"
    assert rows.index("human") < rows.index("closed") < rows.index("again")
    assert label("article_resolved") == "by an article"
    assert label("some_new_outcome") == "some new outcome"


def test_marks_move_to_the_right_as_time_goes_by() -> None:
    times = np.array([105.0, 131.0, 132.0, 133.0, 134.0])
    at_140, at_150 = (marks(passed(times, now, 80.0, 8), 4) for now in (140.0, 150.0))
    assert at_140 == "●  ·    "
    assert at_150 == " ●  ·   "
    assert marks(passed(times, 1000.0, 80.0, 8), 4) == " " * 8
    assert marks(passed(None, 0.0, 80.0, 3), 0) == "   "


async def test_on_a_wide_screen_it_stands_beside_the_teams_and_on_a_small_one_it_fills_the_screen() -> None:
    async with desk((120, 40)) as live:
        assert "2 Funnel, last hour" in "\n".join(live.rows())
        assert live.text(Funnel).splitlines()[1].split()[:2] == ["needs", "40"]
        assert "8 waiting · 9 in hand" in live.text(Funnel).splitlines()[0]
    async with desk((80, 24), start=START) as live:
        assert "Funnel" not in "\n".join(live.rows())
        await live.press("2")
        rows = live.text(Funnel).splitlines()
        assert [row.split()[0] for row in rows[1:5]] == ["needs", "prevented", "by", "to"]
        await live.press("right_square_bracket", "5", "shift+right", "2")
        await live.play(1.0)
        assert "=" in live.text(Funnel), "against the twin, once something was changed"
        await live.press("3")
        assert not live.screen.query_one(Funnel).display
