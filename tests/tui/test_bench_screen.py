"""The bench of the screens: what it takes for drawn, and its report."""

from __future__ import annotations

import os

import pytest

from bench.screen import AIMS, Program, show

SCRIPT = r"""
import sys, termios, tty
tty.setcbreak(0)
sys.stdout.write("\x1b[?1049h\x1b[38;2;1;2;3mq\x1b[0m\x1b[1;2H quit"); sys.stdout.flush()
key = sys.stdin.read(1)
sys.stdout.write("\x1b]0;title\x07\x1b[H+\x1b[1m1\x1b[0m \u25b8 " + key); sys.stdout.flush()
sys.stdin.read(1)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there are no pseudo-terminals here")
def test_words_are_found_between_the_codes_and_a_key_is_answered(tmp_path: object) -> None:
    program = Program(SCRIPT, [], tmp_path)  # type: ignore[arg-type]
    try:
        drawn = program.until("q quit")
        pressed = program.press(b"x")
        assert program.began < drawn <= pressed <= program.until("+1 ▸ x")
        assert not program.processor_time() > 60.0
        assert not program.worked() > 60.0
    finally:
        program.end()


def test_the_report_sets_every_figure_beside_its_aim(capsys: pytest.CaptureFixture[str]) -> None:
    show({"size": "120x40", "first_screen_seconds": {"live": 0.5}, "first_screen_processor_seconds": {"live": 0.4},
          "drawing_share": 0.14, "simulating_share": 0.05, "keypress_ms": {"worst": 44.0, "median": 12.0,
                                                                               "worst_processor": 40.0}})
    text = capsys.readouterr().out
    assert all(f"{aim:g}" in text for aim in (AIMS["first_screen_seconds"], 25, AIMS["keypress_ms"]))
    assert "14.0 %" in text
