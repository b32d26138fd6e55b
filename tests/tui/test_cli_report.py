"""`flightdesk report`: pages of a plan, of stretches, of strategies and of a comparison; in a browser where one is."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.metrics import METRICS
from tests.two_hours import two_hours
from tui.cli import run
from tui.exit import Exit

ROOT = Path(__file__).parents[2]
FLOOR = two_hours("Chats & <b>calls</b>")
COMMANDS = {
    "plan": ("plan", "--target", "service_level>=70%", "--shifts", "own", "--replications", "6"),
    "run": ("run", "--replications", "2", "--at", "Mon 01:00", "team.desk.extra=1", "--no-save"),
    "hopeless": ("plan", "--target", "frt_p90<=1s", "--set", "demand.profile=none", "--replications", "6"),
    "marginal": ("plan", "--marginal", "--stretch", "1h", "--replications", "3"),
    "strategy": ("strategy", "--only", "no bot", "--only", "broad, without exit", "--replications", "2", "--steps",
                 "2"),
    "compare": ("compare", "+team.desk.extra=1; title=One <i>more</i>", "--replications", "3", "--no-save"),
    "sweep": ("sweep", "--vary", "team.desk.extra=0:1:1", "--vary", "demand.level=100%,120%", "--replications", "2",
              "--no-save"),
    "line": ("sweep", "--vary", "team.desk.extra=0:1:1", "--replications", "2", "--metric", "csat", "--no-save"),
}
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """What the commands print with --json, each in a file."""
    from contextlib import redirect_stdout

    folder = tmp_path_factory.mktemp("documents")
    (folder / "floor.toml").write_text(FLOOR)
    files = {}
    for name, (verb, *words) in COMMANDS.items():
        files[name] = folder / f"{name}.json"
        with files[name].open("w", encoding="utf-8") as file, redirect_stdout(file):
            assert run([verb, str(folder / "floor.toml"), *words, "--jobs", "1", "--json"]) in (Exit.OK, Exit.NO)
    return files


@pytest.mark.parametrize("name", COMMANDS)
def test_each_result_makes_a_page(documents: dict[str, Path], name: str, tmp_path: Path, capsys: Capture) -> None:
    made = tmp_path / "page.html"
    words = [] if _draws() else ["--no-pictures"]
    assert run(["report", str(documents[name]), "-o", str(made), *words]) == Exit.OK
    text = made.read_text(encoding="utf-8")
    assert "<h2>" in text
    assert "Chats &amp; &lt;b&gt;calls&lt;/b&gt;" in text
    assert "<b>" not in text
    assert "<i>" not in text
    assert "To make it again" in text
    assert f"flightdesk {COMMANDS[name][0]} " in text
    assert run(["report", str(documents[name]), "-o", str(made)]) == Exit.INPUT
    assert "--force" in " ".join(capsys.readouterr().err.split())
    assert run(["report", str(documents[name]), "--markdown"]) == Exit.OK
    assert capsys.readouterr().out.startswith(r"**Chats & \<b\>calls\</b\>**")


def _draws() -> bool:
    try:
        import vl_convert  # noqa: F401
    except ImportError:
        return False
    return True


def test_several_results_are_one_page(documents: dict[str, Path], capsys: Capture) -> None:
    assert run(["report", str(documents["plan"]), str(documents["marginal"]), "-o", "-", "--no-pictures",
                "--title", "For <Monday>"]) == Exit.OK
    text = capsys.readouterr().out
    assert text.count("<h2>") == 2
    assert "<h1>For &lt;Monday&gt;</h1>" in text
    assert "<svg" not in text


def test_the_answer_says_yes_or_no(documents: dict[str, Path], capsys: Capture) -> None:
    for name, word in (("plan", "Yes."), ("hopeless", "No.")):
        assert run(["report", str(documents[name]), "-o", "-", "--no-pictures"]) == Exit.OK
        assert f'<span class="verdict">{word}</span>' in capsys.readouterr().out


@pytest.mark.parametrize("spoil", [
    lambda document: document.pop("targets"),
    lambda document: document.update(kind="pln"),
    lambda document: document.update(schema=2),
    lambda document: document.update(currency=4),
    lambda document: document["metrics"][0]["today"].update(value="many"),
    lambda document: document["teams"][0].update(intervals=[1]),
])
def test_what_is_no_document_is_told(documents: dict[str, Path], tmp_path: Path, capsys: Capture, spoil: Any) -> None:
    document = json.loads(documents["plan"].read_text(encoding="utf-8"))
    spoil(document)
    file = tmp_path / "spoilt.json"
    file.write_text(json.dumps(document))
    assert run(["report", str(file), "-o", str(tmp_path / "page.html")]) == Exit.INPUT
    assert "is not what `flightdesk run`" in " ".join(capsys.readouterr().err.split())
    assert not (tmp_path / "page.html").exists()


@pytest.mark.parametrize(("text", "said"), [("{", "is no JSON"), ("[" * 100_000, "is no JSON"), ("[]", "is not what")])
def test_what_is_no_json_is_told(tmp_path: Path, capsys: Capture, text: str, said: str) -> None:
    file = tmp_path / "page.json"
    file.write_text(text)
    assert run(["report", str(file), "--markdown"]) == Exit.INPUT
    assert said in " ".join(capsys.readouterr().err.split())
    assert run(["report", str(tmp_path / "none.json"), "--markdown"]) == Exit.INPUT
    assert "cannot be read" in capsys.readouterr().err


def test_every_key_of_a_document_is_told_of(documents: dict[str, Path]) -> None:
    page = (ROOT / "docs" / "reference" / "json.md").read_text(encoding="utf-8")
    told = set(re.findall(r"`(\w+)`", page)) | {"value", "half_width", "unit"}
    found = {key for file in documents.values() for key in keys(json.loads(file.read_text(encoding="utf-8")))}
    assert found - told == set()


def keys(given: Any) -> Iterator[str]:
    """The keys of a document, those left out that are names of metrics, of channels, or keys of a scenario."""
    if isinstance(given, dict):
        for key, value in given.items():
            if key not in METRICS and "." not in key and key != "phone":
                yield key
            yield from keys(value)
    elif isinstance(given, list):
        for value in given:
            yield from keys(value)


CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
                None)


@pytest.mark.skipif(CHROMIUM is None or not _draws(), reason="no Chromium, or nothing to draw with")
@pytest.mark.parametrize("width", [390, 1000])
def test_a_browser_shows_it_within_its_width(documents: dict[str, Path], tmp_path: Path, width: int) -> None:
    made, framed = tmp_path / "page.html", tmp_path / "frame.html"
    assert run(["report", *(str(documents[name]) for name in ("plan", "strategy")), "-o", str(made)]) == Exit.OK
    # Headless windows have a least width, a frame has not; the frame's own page does the measuring.
    text = made.read_text(encoding="utf-8").replace("default-src &#x27;none&#x27;", "")
    framed.write_text(
        f'<iframe id="f" style="width:{width}px;height:2000px;border:0"></iframe><pre id="said"></pre><script>'
        f'const f=document.getElementById("f");f.onload=()=>{{const d=f.contentDocument.documentElement;'
        'const drawn=[...f.contentDocument.querySelectorAll("svg")].map(s=>s.getBoundingClientRect());'
        'document.getElementById("said").textContent=JSON.stringify({wide:d.scrollWidth,there:drawn.length,'
        'inside:drawn.every(r=>r.width>100&&r.height>50&&r.right<=d.clientWidth)})};'
        f"f.srcdoc={json.dumps(text).replace('</', '<' + chr(92) + '/')}</script>", encoding="utf-8")
    done = subprocess.run([str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=10000",
                           f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", framed.as_uri()],
                          capture_output=True, text=True, check=True)
    said = json.loads(done.stdout.split('<pre id="said">')[1].split("</pre>")[0])
    assert said["wide"] <= width
    assert said["there"] >= 4
    assert said["inside"]
