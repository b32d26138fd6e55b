"""The documentation is true: generated pages are current, examples run and say what is shown."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tui.cli import run
from tui.commands import reference

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
EXAMPLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def examples() -> Iterator[tuple[str, str, str]]:
    """Page, command and output of each `$ flightdesk ...` of a console block that shows what it says."""
    for page in PAGES:
        for block in EXAMPLE.findall(page.read_text(encoding="utf-8")):
            for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = part.partition("\n")
                if command.startswith("flightdesk ") and output:
                    yield page.name, command, output


@pytest.mark.parametrize("name", reference.PAGES)
def test_the_reference_is_current(name: str) -> None:
    written = (ROOT / "docs" / "reference" / f"{name}.md").read_text(encoding="utf-8")
    assert written == "\n".join(reference.PAGES[name]()) + "\n", "run `make docs`"


def shape(text: str) -> list[str]:
    """The words of each line: numbers, and the space that depends on their width, do not count."""
    return [" ".join(re.sub(r"\d[\d.,]*", "#", line).split()) for line in text.strip().splitlines()]


@pytest.mark.parametrize(("page", "command", "output"), list(examples()))
def test_an_example_runs_and_says_what_is_shown(page: str, command: str, output: str, tmp_path: Path,
                                                monkeypatch: pytest.MonkeyPatch,
                                                capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(MINE)
    tutorial = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    (tmp_path / "first.toml").write_text(tutorial.split("```toml\n")[1].split("```")[0])
    words = shlex.split(command)[1:]
    code = run([*words, "--jobs", "1"] if words[0] == "run" else words)
    shown = capsys.readouterr()
    assert code in (0, 2)
    expected, given = shape(output), shape(shown.out + shown.err)
    if "..." in expected:  # the rest is left out
        expected = expected[:expected.index("...")]
        given = given[:len(expected)]
    assert given == expected


MINE = """\
title = "My floor"
length = "1d"

[demand]
rate = "30 an hour"

[topic.billing]
handle_time = "5m"

[team.frontline]
agnts = 4
"""
"""The file that examples speak of as mine.toml."""


def test_there_are_examples() -> None:
    assert len(list(examples())) >= 5


def test_links_and_pages_that_are_spoken_of_exist() -> None:
    missing = [f"{page.name}: {link}" for page in PAGES
               for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8"))
               if not (page.parent / link).exists()]
    for folder in ("core", "sim", "tui", "scenarios", "bench"):
        for file in (*(ROOT / folder).rglob("*.py"), *(ROOT / folder).rglob("*.toml")):
            named = re.findall(r"docs/[\w/-]+\.md", file.read_text(encoding="utf-8"))
            missing += [f"{file.name}: {name}" for name in named if not (ROOT / name).exists()]
    assert missing == []
