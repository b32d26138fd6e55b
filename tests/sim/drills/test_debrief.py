"""The debrief: losses that add up to the whole, the minute that decided it, the better move, sentences, the page."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from core.drill.course import Deed, faults
from core.drill.performance import Performance, dump, moves
from core.units import HOUR
from sim.drills.debrief import Debrief, debrief
from sim.drills.result import judge
from tests.sim.drills import small
from tui.cli import run
from tui.drilling.debrief_ import text

MOVES = '[[reference]]\nat = "Mon 09:32"\naction = "call-in"\n[[reference]]\nat = "Mon 09:32"\naction = "approve"\n' \
        '[[reference]]\nat = "Mon 09:38"\naction = "notice"\n'
LATE = (Deed(9.75 * HOUR, "send-home"), Deed(10.25 * HOUR, "approve"), Deed(10.5 * HOUR, "notice"))


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Debrief:
    exercise = small.exercise(tmp_path_factory.mktemp("drill"), "[[goal]]", f"{MOVES}[[goal]]")
    return debrief(judge(exercise, Performance(drill="rush", actions=moves(LATE), trainee="Ada")), branches=4)


def test_losses_add_up_to_what_the_reference_is_ahead(found: Debrief) -> None:
    drill, result = found.result.exercise.drill, found.result
    assert (found.steps[0].begin, found.steps[-1].end) == (drill.start, drill.end)
    assert found.steps[0].value == pytest.approx(result.score.span)
    assert math.fsum(step.points for step in found.steps) == pytest.approx(100.0 - result.score.points)
    ends = [step.end for step in found.steps]
    assert [step.begin for step in found.steps[1:]] == ends[:-1]


def test_it_was_decided_when_nobody_came(found: Debrief) -> None:
    assert found.decided is not None
    assert 9.5 * HOUR <= found.decided.begin < 10.25 * HOUR
    better = found.better
    assert better is not None
    assert better.at == found.decided.begin
    assert all(deed.at >= better.at for deed in (*better.put_in, *better.left_out))
    course = [*(deed for deed in LATE if deed not in better.left_out), *better.put_in]
    assert not list(faults(found.result.exercise.drill, course))
    run_again = found.result.exercise.run(course, 7)
    gained = found.result.exercise.gain(run_again, found.result.mine)
    assert gained == pytest.approx(better.gain)
    assert better.days.half_width is not None


def test_what_each_decision_was_worth(found: Debrief) -> None:
    worths = {one.deed.action: one.worth for one in found.own}
    assert worths["send-home"] < 0
    assert [one.deed for one in found.own] == list(LATE)


def test_three_sentences(found: Debrief) -> None:
    assert len(found.remember) == 3
    assert any("Send one home" in sentence for sentence in found.remember)
    assert "\n".join(text(found, 98)).count("To remember") == 1


def test_the_page_is_one_file(found: Debrief, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    small.exercise(tmp_path, "[[goal]]", f"{MOVES}[[goal]]")
    actions, page = tmp_path / "ada.json", tmp_path / "page.html"
    actions.write_text(dump(found.result.performance), encoding="utf-8")
    words = ["drill", "debrief", str(tmp_path / "rush.toml"), "--actions", str(actions), "--jobs", "1", "--no-pictures"]
    assert run([*words, "--json", "-o", str(page)]) == 1
    told = json.loads(capsys.readouterr().out)
    assert math.fsum(step["points"] for step in told["steps"]) == pytest.approx(100.0 - told["score"])
    written = page.read_text(encoding="utf-8")
    assert "Where it was decided" in written
    assert "<script" not in written
    assert run([*words, "-o", str(page)]) == 2, "it is there already"
