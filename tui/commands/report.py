"""`flightdesk report FILE... -o page.html`: what was found, as the page you show your boss."""

from __future__ import annotations

import json
from pathlib import Path

import rich_click as click

from core.errors import ExperimentError
from core.output.pictures import svg
from core.output.report import Page, Picture, html, markdown_page
from tui.exit import Exit
from tui.present import plain
from tui.reporting import page_of

_MOST = 100_000_000
"""Bytes of a document that are read at most."""


@click.command("report")
@click.argument("files", nargs=-1, required=True, type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
                metavar="FILE...")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), metavar="FILE",
              help="HTML file to write (- is the terminal): one file, without network or scripts.")
@click.option("--force", is_flag=True, help="Write over a file that is there already.")
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown, for a chat message.")
@click.option("--title", help="Title of the page.")
@click.option("--no-pictures", is_flag=True, help="Leave the pictures out; they need the extra `report`.")
def command(files: tuple[Path, ...], output: Path | None, force: bool, as_markdown: bool, title: str | None,
            no_pictures: bool) -> int:
    """Make one page of results: question, answer, pictures, plan, assumptions, and how to make it again.

    A FILE is what `flightdesk run`, `plan`, `sweep`, `strategy` or `compare` print with --json; - reads it from the
    pipe: flightdesk plan small-team --json | flightdesk report - -o page.html
    """
    if (output is None) == (not as_markdown):
        raise click.UsageError("where to? -o page.html writes a page, --markdown prints a chat message.")
    if output is not None and output != Path("-"):
        if output.exists() and not force:
            raise click.UsageError(f"{plain(str(output))} is there already; --force writes over it.")
        if not output.absolute().parent.is_dir():
            raise click.UsageError(f"{plain(str(output.parent))}: there is no such folder.")
    page = page_of([(str(file), _read(file)) for file in files], plain(title) if title else None)
    if as_markdown:
        click.echo("\n".join(markdown_page(page)))
        return Exit.OK
    text = html(_without_pictures(page) if no_pictures else page, svg)
    assert output is not None
    try:
        with click.open_file(str(output), "w", encoding="utf-8", lazy=False) as stream:
            stream.write(text)
    except OSError as error:
        raise ExperimentError(f"{plain(str(output))}: cannot be written ({error.strerror})") from None
    if output != Path("-"):
        click.echo(f"Wrote {plain(str(output))}.", err=True)
    return Exit.OK


def _read(file: Path) -> object:
    try:
        with click.open_file(str(file), "r", encoding="utf-8") as stream:
            text = stream.read(_MOST)
        return json.loads(text)
    except OSError as error:
        raise ExperimentError(f"{plain(str(file))}: cannot be read ({error.strerror})") from None
    except (ValueError, RecursionError) as error:
        what = "nothing came through the pipe" if file == Path("-") and not text.strip() else f"is no JSON ({error})"
        raise ExperimentError(f"{plain(str(file))}: {plain(what)}") from None


def _without_pictures(page: Page) -> Page:
    from dataclasses import replace

    return replace(page, sections=[replace(section, parts=[part for part in section.parts
                                                           if not isinstance(part, Picture)])
                                   for section in page.sections])
