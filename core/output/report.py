"""A report as one page: HTML that needs no network and no script, or Markdown for a chat message.

`Page` says what stands on it; who makes it from results is `tui.reporting`. Everything that is text is escaped here, so
that nothing which came from a file is ever markup. Pictures are `core.output.pictures`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from core.output.tables import markdown, markdown_text

Spec = Mapping[str, Any]
"""A Vega-Lite specification with its data in it."""


@dataclass(frozen=True)
class Table:
    """Rows under a header; the first column is text, the others are numbers with their units."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    note: str = ""
    text_columns: int = 1
    """Columns at the left that are text."""


@dataclass(frozen=True)
class Picture:
    """A chart with what there is to see in it."""

    title: str
    caption: str
    spec: Spec


@dataclass(frozen=True)
class Section:
    """One result: what was asked, the answer, and what it rests on."""

    title: str
    question: str
    answer: Sequence[str]
    verdict: bool | None = None
    """Yes, no, or neither."""
    parts: Sequence[Table | Picture] = ()
    assumptions: Sequence[str] = ()
    command: str | None = None
    """What makes it again."""


@dataclass(frozen=True)
class Page:
    """Results on one page."""

    title: str
    sections: Sequence[Section]
    made: str
    """By what, such as "Flightdesk 0.1.0"."""
    notes: Sequence[str] = field(default_factory=list)


STYLE = """
:root { color-scheme: light; --ink: #1b1f24; --soft: #59636e; --line: #d5dae0; --tint: #f4f6f8; --yes: #1a6b3c;
  --no: #a32218; --open: #7a5600; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 46rem; padding: 1.5rem 1rem 3rem; color: var(--ink); background: #fff;
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.25rem; line-height: 1.3; margin: 2.25rem 0 .5rem; }
h3 { font-size: 1rem; margin: 1.75rem 0 .4rem; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
.question, .caption, footer { color: var(--soft); }
.caption { font-size: .875rem; }
.answer { border-left: .35rem solid var(--open); background: var(--tint); padding: .75rem 1rem; margin: 1rem 0; }
.answer.yes { border-color: var(--yes); } .answer.no { border-color: var(--no); }
.answer p:first-child { font-weight: 600; }
.verdict { font-weight: 700; margin-right: .35rem; }
.yes .verdict { color: var(--yes); } .no .verdict { color: var(--no); }
figure { margin: .5rem 0 0; }
figure svg { display: block; width: 100%; max-width: 36rem; height: auto; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; min-width: 60%; }
th, td { padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top;
  white-space: nowrap; }
th { font-weight: 600; white-space: normal; } th.text, td.text { text-align: left; white-space: normal; }
ul { padding-left: 1.2rem; margin: .4rem 0; } li { margin: .2rem 0; overflow-wrap: anywhere; }
pre { background: var(--tint); padding: .6rem .8rem; white-space: pre-wrap; overflow-wrap: anywhere;
  font-size: .85rem; }
footer { margin-top: 3rem; border-top: 1px solid var(--line); padding-top: .75rem; font-size: .85rem; }
@media screen and (max-width: 34rem) {
  table, tbody, tr { display: block; } thead { display: none; } table { min-width: 0; }
  tr { padding: .45rem 0; border-bottom: 1px solid var(--line); }
  td, td.text { display: flex; justify-content: space-between; border: 0; padding: .05rem 0; text-align: right;
    white-space: normal; }
  td:first-child { font-weight: 600; text-align: left; } td:empty { display: none; }
  td[data-of]::before { content: attr(data-of); color: var(--soft); padding-right: 1rem; text-align: left; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10.5pt; }
  figure, table, .answer, h2, h3 { break-inside: avoid; } h2, h3, p.caption { break-after: avoid; }
  .wide { overflow: visible; } table { font-size: 8.5pt; } th, td { white-space: normal; padding-right: .4rem; }
  @page { margin: 16mm; }
}
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What the page may load: nothing but the style in it."""


def html(page: Page, draw: Callable[[Spec], str]) -> str:
    """The page as HTML; `draw` makes a picture's SVG."""
    return "\n".join(_html(page, draw)) + "\n"


def _html(page: Page, draw: Callable[[Spec], str]) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">'
    yield f"<title>{escape(page.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>"
    yield f"<header><h1>{escape(page.title)}</h1></header>\n<main>"
    for section in page.sections:
        yield from _section(section, draw)
    yield "</main>\n<footer>"
    yield from (f"<p>{escape(note)}</p>" for note in page.notes)
    yield f"<p>{escape(page.made)}</p>\n</footer>\n</body>\n</html>"


def _section(section: Section, draw: Callable[[Spec], str]) -> Iterator[str]:
    yield f"<section>\n<h2>{escape(section.title)}</h2>"
    yield f'<p class="question">{escape(section.question)}</p>'
    kind, word = {True: (" yes", "Yes."), False: (" no", "No."), None: ("", "")}[section.verdict]
    yield f'<div class="answer{kind}">'
    for at, line in enumerate(section.answer):
        lead = f'<span class="verdict">{word}</span>' if at == 0 and word else ""
        yield f"<p>{lead}{escape(line)}</p>"
    yield "</div>"
    for part in section.parts:
        yield from _picture(part, draw) if isinstance(part, Picture) else _table(part)
    if section.assumptions:
        yield "<h3>What it rests on</h3>\n<ul>"
        yield from (f"<li>{escape(line)}</li>" for line in section.assumptions)
        yield "</ul>"
    if section.command is not None:
        yield f"<h3>To make it again</h3>\n<pre>{escape(section.command)}</pre>"
    yield "</section>"


def _picture(picture: Picture, draw: Callable[[Spec], str]) -> Iterator[str]:
    yield f"<h3>{escape(picture.title)}</h3>"
    yield f'<figure role="img" aria-label="{escape(picture.title)}. {escape(picture.caption)}">'
    yield draw(picture.spec)
    yield f'<figcaption class="caption">{escape(picture.caption)}</figcaption>\n</figure>'


def _table(table: Table) -> Iterator[str]:
    def cells(row: Sequence[str], tag: str) -> str:
        kinds = [' class="text"' if at < table.text_columns else "" for at in range(len(row))]
        # On a phone a row is a card, and each value stands beside the name of its column.
        names = [f' data-of="{escape(name)}"' if tag == "td" and at else "" for at, name in enumerate(table.header)]
        return "".join(f"<{tag}{kind}{name}>{escape(cell)}</{tag}>"
                       for kind, name, cell in zip(kinds, names, row, strict=True))

    yield f"<h3>{escape(table.title)}</h3>"
    if table.note:
        yield f'<p class="caption">{escape(table.note)}</p>'
    yield f'<div class="wide"><table>\n<thead><tr>{cells(table.header, "th")}</tr></thead>\n<tbody>'
    yield from (f"<tr>{cells(row, 'td')}</tr>" for row in table.rows)
    yield "</tbody>\n</table></div>"


def markdown_page(page: Page) -> Iterator[str]:
    """The page for a chat message: no pictures, no assumptions."""
    yield f"**{markdown_text(page.title)}**"
    for section in page.sections:
        word = {True: "Yes. ", False: "No. ", None: ""}[section.verdict]
        yield ""
        yield f"_{markdown_text(section.question)}_"
        yield ""
        yield from (f"{word if at == 0 else '- '}{markdown_text(line)}" for at, line in enumerate(section.answer))
        for part in section.parts:
            if isinstance(part, Table):
                yield ""
                yield f"**{markdown_text(part.title)}**"
                yield ""
                yield from markdown(part.header, part.rows)
        if section.command is not None:
            yield ""
            yield f"`{section.command.replace('`', ' ')}`"
