"""The debrief of a judgement drill: every card that was missed, with what was right and why; as text or as a page."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import rich_click as click

from core.drill.file import DrillFile
from core.drill.performance import read
from core.errors import DrillError
from core.output.report import Page, Section, Table, html, markdown_page
from core.output.store import program_version
from sim.drills.dealing import Result, judge
from sim.drills.judgement import Figures, Mark
from tui.drilling import judged
from tui.exit import Exit
from tui.present import command_line, page_width, plain


def debrief(drill: DrillFile, actions: Path, seed: int | None, output: Path | None, as_json: bool) -> int:
    """The debrief of a recorded play, on stdout or as a page in `output`: HTML, or Markdown by its name."""
    result = judge(drill, read(actions), seed, name=str(actions))
    if output is not None:
        _write(page(result, command_line()), output)
    if as_json:
        click.echo(json.dumps(result.document(), indent=2, ensure_ascii=False))
    elif output is None:
        click.echo("\n".join(text(result, page_width())))
    return Exit.OK if result.passed else Exit.NO


def _write(made: Page, output: Path) -> None:
    is_markdown = output.suffix.lower() in (".md", ".markdown")
    lines = "\n".join(markdown_page(made)) + "\n" if is_markdown else html(made, lambda spec: "")
    try:
        output.write_text(lines, encoding="utf-8")
    except OSError as error:
        raise DrillError(f"{plain(str(output))}: cannot be written ({error.strerror})") from None
    click.echo(f"Wrote {plain(str(output))}.", err=True)


def missed(result: Result) -> Iterator[tuple[int, list[Mark]]]:
    """The cards on which something that was answered is not right, with all marks of each."""
    for at in range(len(result.dealt.hand.items)):
        marks = [mark for mark in result.marks if mark.item == at]
        if any(mark.given is not None and not mark.right for mark in marks):
            yield at, marks


def text(result: Result, width: int) -> Iterator[str]:
    """The lines for people."""
    yield f"{plain(result.file.drill.title)}, seed {result.seed}"
    yield from judged.report(result, width)
    for at, marks in missed(result):
        item = result.dealt.hand.items[at]
        yield ""
        yield f"{at + 1}  {plain(item.title)}"
        yield from (f"   {line}".rstrip() for line in judged.card(item, width - 3))
        yield ""
        yield from (f"   {line}" for line in judged.marking(item, marks, width - 3))


def page(result: Result, command: str) -> Page:
    """The same as a page."""
    drill, whole = result.file.drill, len(result.dealt.hand.items)
    who = f"{plain(result.performance.trainee)}: " if result.performance.trainee else ""
    rows = [(plain(share.name), f"{share.tenths / 10:.1f}", f"{share.most / 10:.1f}") for share in result.grade.shares]
    if result.performance.hints:
        rows.append(("hints", f"{-result.hint_tenths / 10:.1f}", ""))
    rows.append(("score", f"{result.points:.1f}", "100.0"))
    others = ", ".join(f"{judged.WORDS[name]} {points:.1f}" for name, points in result.baselines.items()
                       if name in judged.WORDS)
    tables = [Table("The score, part by part", ("part", "points", "of"), rows, f"For comparison: {others}.")]
    if result.agreement:
        tables.append(Table("Agreement with the reference", ("rating", "exact", "within one", "kappa", "colleagues'",
                                                             "bias"), list(judged.agreement_rows(result.agreement)),
                            "Weighted kappa, squared weights (Cohen 1968): 1 agrees throughout, 0 is as by chance."))
    verdict = (f"{result.points:.1f} points of the {drill.pass_mark:g} that pass; {len(result.answers)} of {whole} "
               "answered.")
    sections = [Section(f"{who}{plain(drill.title)}", plain(drill.brief.strip()), [verdict], result.passed, tables,
                        command=plain(command))]
    for at, marks in missed(result):
        item = result.dealt.hand.items[at]
        name = f"Card {at + 1}: {plain(item.title)}"
        card = [_table(name, figures) for figures in item.figures]
        if item.facts or item.lines:
            card.insert(0, Table(name, ("what", "it says"), [*_plain_pairs(item.facts), *_plain_pairs(item.lines)],
                                 text_columns=2))
        card += [_table(f"What shows it: {plain(mark.decision)}", mark.truth.figures) for mark in marks
                 if mark.truth.figures is not None]
        sections.append(Section(f"{at + 1}. {plain(item.title)}", "What was right, and why?",
                                [" ".join(line.split()) for line in _said(result, at, marks)], None, card))
    sections.append(Section("To remember", "What would you tell the next one?", list(map(plain, result.remember()))))
    return Page(f"Debrief: {plain(drill.title)}", sections, f"Flightdesk {program_version()}",
                [f"Drill {plain(result.file.name)} ({result.file.digest}), seed {result.seed}."])


def _said(result: Result, at: int, marks: Sequence[Mark]) -> Iterator[str]:
    """A sentence for each decision about a card."""
    for mark in marks:
        yield "".join(f"{line} " for line in judged.marking(result.dealt.hand.items[at], [mark], judged.BROAD * 100,
                                                            figures=False))


def _table(title: str, figures: Figures) -> Table:
    head, *rows = ([plain(cell) for cell in row] for row in (figures.head, *figures.rows))
    return Table(title, head, rows)


def _plain_pairs(pairs: Sequence[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for name, value in pairs:
        yield plain(name), plain(value)
