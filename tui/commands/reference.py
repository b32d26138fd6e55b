"""`flightdesk reference PAGE`: the generated pages of docs/reference, from the model and the commands themselves."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields as dataclass_fields

import rich_click as click
from pydantic import BaseModel

from core import records
from core.attribute_docs import attribute_docs
from core.drill.classroom import ClassResult
from core.drill.file import KINDS
from core.drill.performance import Performance
from core.explain import CODES, default_of
from core.glossary import WORDS
from core.metrics import METRICS
from core.records import Records
from core.scenario_keys import ANY, Slot, fields, tables
from core.toml_lines import Path

MADE = "<!-- Made by `make docs` from the program itself; changes belong there. -->"


@click.command("reference", hidden=True)
@click.argument("page", type=click.Choice(["scenario", "drill", "metrics", "records", "glossary", "cli"]))
def command(page: str) -> None:
    """Print a reference page of the documentation."""
    click.echo("\n".join(PAGES[page]()))


def scenario_page() -> Iterator[str]:
    """Every key of a scenario file."""
    yield from (MADE, "", "# Scenario files", "",
                "A scenario is a TOML file. Quantities carry their unit: `\"90s\"`, `\"1h30m\"`, `\"35%\"`, "
                "`\"12/h\"`, `\"Mon 09:00\"`, `\"17:30\"`. What is left out has its default. `flightdesk check FILE` "
                "reports every problem of a file at once; `flightdesk schema` prints a JSON Schema for editors.", "")
    laws: dict[str, type[BaseModel]] = {}
    for path, kind in tables():
        yield from _part(_header(path), kind, laws, level=2 if sum(part not in (ANY, 0) for part in path) < 2 else 3)
    yield from ("## Laws", "", "Times that differ from one to the next are laws: a bare duration is always the same, "
                               "`\"never\"` does not happen, and these are tables with a `law`.", "")
    for tag, kind in laws.items():
        yield from _part(f"`{{ law = \"{tag}\" }}`", kind, {}, level=3)


def drill_page() -> Iterator[str]:
    """Every key of a drill file, kind by kind."""
    yield from (MADE, "", "# Drill files", "",
                "A drill is a TOML file that says which `kind` it is. Quantities are written as in "
                "[scenario files](scenario.md); `flightdesk check FILE` reports every problem of a file at once. "
                "[How to write one](../how-to/drills.md).", "")
    for name, root in KINDS.items():
        yield from (f"## Kind `{name}`", "")
        for path, part in tables(Slot(root)):
            yield from _part(_header(path), part, {}, level=3)
    yield from (
        "## Plays and results", "",
        "What was done in a drill is a JSON file, from which it can be scored again (`drill play --actions`). Scores "
        "depend on the engine, so it says by its `version` which Flightdesk it was. `drill play --json` and `drill "
        "debrief --json` print as `version` the one that has scored it now. `drill collect` has the version of each "
        "result, and tells it where they are of several. Files that say none are read all the same.", "")
    for path, part in tables(Slot(Performance)):
        yield from _part(f"A play: `{path[0]}`, a list" if path else "A play", part, {}, level=3)
    yield from _part("The result of a play in a class", ClassResult, {}, level=3)


def _header(path: Path) -> str:
    """What opens a table in a file: [team.NAME.shrinkage], [[route]]."""
    if not path:
        return "Top of the file"
    name = ".".join("NAME" if part == ANY else str(part) for part in path if part != 0)
    return f"`[[{name}]]`" if path[-1] == 0 else f"`[{name}]`"


def _part(title: str, part: type[BaseModel], laws: dict[str, type[BaseModel]], level: int = 2) -> Iterator[str]:
    yield from ("#" * level + f" {title}", "", " ".join((part.__doc__ or "").split()), "")
    rows = [(name, slot) for name, slot in fields(part) if not slot.is_table and name != "law"]
    if rows:
        yield from ("| key | takes | default | meaning |", "|---|---|---|---|")
    for name, slot in rows:
        laws.update(slot.laws)
        yield f"| `{name}` | {_cell(_takes(slot))} | {_default(slot)} | {_cell(slot.doc)} |"
    if rows:
        yield ""


def _takes(slot: Slot) -> str:
    return "a duration or a [law](#laws)" if slot.laws else slot.allowed


def _default(slot: Slot) -> str:
    default = default_of(slot)
    return default if default in ("required", "none") else f"`{default}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def metrics_page() -> Iterator[str]:
    """Every metric: what it is, and what moves it."""
    yield from (MADE, "", "# Metrics", "",
                "What `flightdesk run` reports and the live floor shows. In JSON and CSV times are in seconds and "
                "shares run from 0 to 1; `better` is the direction of a better day, where there is one. "
                "`flightdesk explain METRIC` says which keys move it.", "",
                *_table(("name", "title", "unit", "formula", "better", "moved by", "source"), (
                    (f"`{metric.name}`", metric.title, metric.unit, metric.formula, metric.better or "–", metric.moves,
                     metric.source) for metric in METRICS.values())))


def records_page() -> Iterator[str]:
    """Every column of the records, and the codes that stand in them."""
    docs, kinds = attribute_docs(Records), {column.name: str(column.type) for column in dataclass_fields(Records)}
    yield from (MADE, "", "# Records", "", *_paragraphs(records.__doc__.split("\n\n", 1)[1].rsplit("\n\n", 1)[0]), "",
                "Times are seconds since Monday 00:00 of the first week; nan where there is no such moment.", "",
                *_table(("column", "values", "unit", "meaning"), (
                    (f"`{name}`", _VALUES[kind], _unit(docs[name]), docs[name]) for name, kind in kinds.items())), "")
    for name, codes in CODES.items():
        meanings = attribute_docs(codes)
        yield from (f"## Codes of `{name}`", "", " ".join((codes.__doc__ or "").split()), "",
                    *_table(("number", "name", "meaning"), (
                        (str(int(code)), f"`{code.name}`", meanings[code.name]) for code in codes)), "")


_VALUES = {"Floats": "number", "Ints": "whole number", "Flags": "yes or no"}


def _unit(doc: str) -> str:
    """The unit that a column's documentation has in brackets."""
    found = re.search(r"\((s|days?|1)\b", doc)
    return found[1] if found else "–"


def glossary_page() -> Iterator[str]:
    """Every word of the field."""
    yield from (MADE, "", "# Glossary", "",
                "The field's words and what they mean here, in the order of the funnel: who comes, the tiers, routing, "
                "waiting, people, knowledge and quality, simulation. `flightdesk explain WORD` says the same in a "
                "terminal.", "",
                *_table(("word", "meaning", "measured by", "set by", "source"), (
                    (", ".join((f"**{word.name}**", *word.also)), word.meaning, _codes(word.metrics), _codes(word.keys),
                     word.source) for word in WORDS.values())))


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|---" * len(head) + "|"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def cli_page() -> Iterator[str]:
    """Every command with its options."""
    from tui.cli import COMMANDS, HIDDEN, load

    yield from (MADE, "", "# Command line", "",
                "Results go to stdout, what is said on the way to stderr. The exit code is 0 when all is well, 1 when "
                "the answer is no, 2 when the input cannot be used as it is, 130 after Ctrl+C.", "",
                "`flightdesk` alone opens the list of scenarios; without a terminal it reports a run of the default "
                "one.", "")
    for name in COMMANDS:
        if name not in HIDDEN:
            yield from _command(("flightdesk", name), load(name), level=2)


def _command(words: tuple[str, ...], command: click.Command, level: int) -> Iterator[str]:
    """What a command does and takes; then the commands inside it."""
    context = click.Context(command)
    arguments = [param.make_metavar(context) for param in command.params if isinstance(param, click.Argument)]
    yield from ("#" * level + f" `{' '.join((*words, *arguments))}`", "", *_paragraphs(command.help or ""), "")
    options = [_option(param, context) for param in command.params if isinstance(param, click.Option)]
    if options:
        yield from ("| option | meaning |", "|---|---|", *options, "")
    if isinstance(command, click.Group):
        for name in command.commands or command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _command((*words, name), inner, level + 1)


def _paragraphs(text: str) -> Iterator[str]:
    for at, paragraph in enumerate(text.strip().split("\n\n")):
        if at:
            yield ""
        yield " ".join(paragraph.split())


def _option(option: click.Option, context: click.Context) -> str:
    """A row: spellings, what it takes, meaning, default."""
    numbers = isinstance(option.type, click.IntRange | click.FloatRange) and option.metavar is None
    takes = "" if option.is_flag else " N" if numbers else f" {option.make_metavar(context)}"
    default = f" (default {option.default})" if option.show_default and option.default is not None else ""
    return f"| `{', '.join(option.opts)}{takes}` | {_cell(option.help or '')}{default} |"


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "scenario": scenario_page, "drill": drill_page, "metrics": metrics_page, "records": records_page,
    "glossary": glossary_page, "cli": cli_page}
"""Each page of docs/reference by its name."""
