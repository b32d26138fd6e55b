"""Which editor it is, and how it is told a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tui.editor import editing, editor


def test_visual_wins_over_editor_and_both_over_what_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert editor({"VISUAL": "code --wait", "EDITOR": "vi"}) == ["code", "--wait"]
    assert editor({"EDITOR": "'/opt/my editor/ed' -x"}) == ["/opt/my editor/ed", "-x"]
    monkeypatch.setattr("shutil.which", lambda name: name == "vi" or None)
    assert editor({}) == ["vi"]
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert editor({"EDITOR": ""}) is None


@pytest.mark.parametrize(("words", "line", "command"), [
    (["/usr/bin/vim"], 5, ["/usr/bin/vim", "+5", "a b.toml"]),
    (["nano"], None, ["nano", "a b.toml"]),
    (["hx"], 5, ["hx", "a b.toml:5"]),
    (["code"], 5, ["code", "--wait", "--goto", "a b.toml:5"]),
    (["ed"], 5, ["ed", "a b.toml"]),
])
def test_the_line_is_given_the_editors_own_way(words: list[str], line: int | None, command: list[str]) -> None:
    assert editing(words, Path("a b.toml"), line) == command
