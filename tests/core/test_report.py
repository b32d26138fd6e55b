"""The page: everything that is text is escaped, nothing is loaded, and pictures are drawn from what is in them."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from core.errors import ExperimentError
from core.output import pictures
from core.output.report import Page, Picture, Section, Table, html, markdown_page

NASTY = '</style><script>alert("1")</script> & <b onclick=x>'


def page(*parts: Table | Picture) -> Page:
    section = Section(NASTY, NASTY, [NASTY, "second"], True, parts, [NASTY], NASTY)
    return Page(NASTY, [section], NASTY, [NASTY])


class Tags(HTMLParser):
    """Every tag with its attributes, and that they close."""

    EMPTY = ("meta", "link", "br", "img", "input")

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def tags(text: str) -> list[tuple[str, dict[str, str | None]]]:
    found = Tags()
    found.feed(text)
    found.close()
    assert found.open == []
    return found.seen


def test_text_is_never_markup_and_nothing_is_loaded() -> None:
    table = Table(NASTY, (NASTY, "n"), [(NASTY, NASTY)], NASTY)
    text = html(page(table, Picture(NASTY, NASTY, {})), lambda spec: "<svg></svg>")
    seen = tags(text)
    names = {name for name, _ in seen}
    assert "script" not in names
    assert "b" not in names
    for _, attributes in seen:
        assert not {"src", "href", "onclick", "action"} & set(attributes)
    assert "default-src 'none'" in text.replace("&#x27;", "'")
    assert text.count("&lt;script&gt;") >= 10
    assert "@import" not in text
    assert "url(" not in text


def test_markdown_is_text_too() -> None:
    lines = list(markdown_page(page(Table("t", ("a", "b"), [("x|y", "1")]))))
    assert not any(re.search(r"(?<!\\)<", line) for line in lines if not line.startswith("`"))
    assert r"| x\|y | 1 |" in lines
    assert any(line.startswith("Yes. ") for line in lines)


SPECS = {
    "people": pictures.people([{"day": "Mon", "hour": hour, "people": hour % 3, "series": name}
                               for hour in range(8, 12) for name in ("today", "plan", "asked")],
                              ("today", "plan", "asked")),
    "in_time": pictures.in_time([{"day": day, "hour": "08", "share": 0.5, "series": "today"}
                                 for day in ("Mon", "Tue")]),
    "differences": pictures.differences([{"name": NASTY, "value": 1.0, "low": 0.5, "high": 1.5, "verdict": "better"}],
                                        "points"),
    "curve": pictures.curve([{"coverage": share / 4, "value": 0.8, "low": 0.7, "high": 0.9, "series": "with"}
                             for share in range(5)], "CSAT", True, ["with"]),
    "gains": pictures.gains([{"name": "Mon", "value": 1.0, "low": 0.5, "high": 1.5, "series": "one more"}], "points"),
}


@pytest.mark.parametrize("name", SPECS)
def test_a_picture_is_a_drawing_and_nothing_else(name: str) -> None:
    pytest.importorskip("vl_convert")
    drawn = pictures.svg(SPECS[name])
    names = {tag for tag, _ in tags(drawn)}
    assert "svg" in names
    assert "path" in names
    assert not names & {"script", "image", "a", "foreignobject", "iframe"}
    assert set(re.findall(r"https?://[^\s\"'<>]+", drawn)) <= {"http://www.w3.org/2000/svg",
                                                              "http://www.w3.org/1999/xlink"}


def test_without_what_draws_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "vl_convert", None)
    with pytest.raises(ExperimentError, match=r"pip install 'flightdesk\[report\]', or --no-pictures"):
        pictures.svg(SPECS["gains"])
