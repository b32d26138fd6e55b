"""`flightdesk reference PAGE`: the generated pages of docs/reference, from the model and the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args, get_origin

import rich_click as click
from pydantic import BaseModel
from pydantic_core import PydanticUndefined

from core.metrics import METRICS
from core.scenario import Scenario
from core.scenario_keys import Slot, fields
from core.scenario_text import inline

MADE = "<!-- Made by `make docs` from the program itself; changes belong there. -->"


@click.command("reference", hidden=True)
@click.argument("page", type=click.Choice(["scenario", "metrics", "cli"]))
def command(page: str) -> None:
    """Print a reference page of the documentation."""
    click.echo("\n".join({"scenario": scenario_page, "metrics": metrics_page, "cli": cli_page}[page]()))


def scenario_page() -> Iterator[str]:
    """Every key of a scenario file."""
    yield from (MADE, "", "# Scenario files", "",
                "A scenario is a TOML file. Quantities carry their unit: `\"90s\"`, `\"1h30m\"`, `\"35%\"`, "
                "`\"12/h\"`, `\"Mon 09:00\"`, `\"17:30\"`. What is left out has its default. `flightdesk check FILE` "
                "reports every problem of a file at once; `flightdesk schema` prints a JSON Schema for editors.", "")
    laws: dict[str, type[BaseModel]] = {}
    yield from _part("Top of the file", Scenario, laws)
    for name, slot in fields(Scenario):
        for kind in _models(slot):
            title = {dict: f"[{name}.NAME]", tuple: f"[[{name}]]"}.get(get_origin(slot.kind), f"[{name}]")
            yield from _part(f"`{title}`", kind, laws)
            for inner_name, inner in fields(kind):
                for inner_kind in _models(inner):
                    many = ", each of the list" if get_origin(inner.kind) is tuple else ""
                    yield from _part(f"`{inner_name}` in `{title}`{many}", inner_kind, laws, level=3)
    yield from ("## Laws", "", "Times that differ from one to the next are laws: a bare duration is always the same, "
                               "`\"never\"` does not happen, and these are tables with a `law`.", "")
    for tag, kind in laws.items():
        yield from _part(f"`{{ law = \"{tag}\" }}`", kind, {}, level=3)


def _models(slot: Slot) -> list[type[BaseModel]]:
    """The parts that a field holds, one by one or in a group; laws have a section of their own."""
    kinds = (slot.kind, *get_args(slot.kind)) if get_origin(slot.kind) in (dict, tuple) else (slot.kind,)
    return [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)]


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
    if slot.default is PydanticUndefined:
        return "required"
    if slot.default in (None, "", (), {}):
        return "none"
    return f"`{inline(slot.default, slot)}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def metrics_page() -> Iterator[str]:
    """Every metric: what it is, and what moves it."""
    yield from (MADE, "", "# Metrics", "",
                "What `flightdesk run` reports and the live floor shows. In JSON and CSV times are in seconds and "
                "shares run from 0 to 1; `better` is the direction of a better day, where there is one.", "",
                "| name | title | unit | formula | better | moved by |", "|---|---|---|---|---|---|")
    for metric in METRICS.values():
        cells = (f"`{metric.name}`", metric.title, metric.unit, metric.formula, metric.better or "–", metric.moves)
        yield f"| {' | '.join(map(_cell, cells))} |"


def cli_page() -> Iterator[str]:
    """Every command with its options."""
    from tui.cli import COMMANDS, HIDDEN, load

    yield from (MADE, "", "# Command line", "",
                "Results go to stdout, what is said on the way to stderr. The exit code is 0 when all is well, 1 when "
                "the answer is no, 2 when the input cannot be used as it is, 130 after Ctrl+C.", "",
                "`flightdesk` alone opens the live floor of the default scenario.", "")
    for name in COMMANDS:
        if name in HIDDEN:
            continue
        found = load(name)
        context = click.Context(found)
        arguments = [param.make_metavar(context) for param in found.params if isinstance(param, click.Argument)]
        yield from (f"## `{' '.join(('flightdesk', name, *arguments))}`", "", *_paragraphs(found.help or ""), "")
        options = [_option(param, context) for param in found.params if isinstance(param, click.Option)]
        if options:
            yield from ("| option | meaning |", "|---|---|", *options, "")


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
