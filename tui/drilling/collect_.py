"""`flightdesk drill collect DIR --class FILE`: the results of a class, verified, played again, and tabulated."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import rich_click as click

from core.drill.classroom import read_class
from core.errors import DrillError
from core.output.tables import Value, write_csv
from sim.drills.collecting import Collection, collect, result_files
from tui.drilling.judged import bias, hung
from tui.exit import Exit
from tui.places import place, places
from tui.present import columns, page_width, plain, progress, wrapped

MISTAKES = 5
"""Common mistakes that are told of each drill."""
COLUMNS = ("trainee", "drill", "session", "seed", "score", "passed", "hints", "file", "version")


@click.command("collect")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--class", "group", metavar="FILE", required=True, type=click.Path(dir_okay=False, path_type=Path),
              help="The class file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--csv", "csv_file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="Write a row for each result.")
@places
def command(folder: Path, group: Path, as_json: bool, csv_file: Path | None, jobs: int | None,
            cluster: str | None) -> int:
    """Collect the results of a class: table, spread, common mistakes, progress.

    Every file's signature is verified and its play is played again. Files that do not hold (tampered with, handed in
    twice, of another version of the drill, unreadable) are named, the others are tabulated, and the exit code is 1.
    """
    files = result_files(folder)
    with progress("Playing again") as tell, place(jobs, cluster) as executor:
        found = collect(files, read_class(group), tell, executor)
    if csv_file is not None:
        try:
            with csv_file.open("w", encoding="utf-8", newline="") as file:
                write_csv(file, COLUMNS, rows(found))
        except OSError as error:
            raise DrillError(f"{csv_file}: cannot be written: {error.strerror or error}") from error
    if as_json:
        click.echo(json.dumps(document(found), indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(report(found, page_width())))
    if warning := mixed(found):
        click.echo("\n".join(wrapped(warning, page_width())), err=True)
    for trouble in found.troubles:
        click.echo(plain(f"{trouble.file}: {trouble.what}"), err=True)
    return Exit.NO if found.troubles else Exit.OK


def rows(found: Collection) -> Iterator[tuple[Value, ...]]:
    """A row for each result; names are text, whatever they begin with."""
    for one in found.results:
        yield (plain(one.trainee), one.drill, one.session, one.seed, one.verdict.score, one.verdict.passed, one.hints,
               one.file, one.version)


def mixed(found: Collection) -> str:
    """What to know where not all results were scored by one version; nothing where they were."""
    if len(found.versions) < 2:
        return ""
    shares = ", ".join(f"{count} of {plain(version)}" if version else f"{count} of one that is not known"
                       for version, count in found.versions.items())
    return (f"The results are of different versions of Flightdesk: {shares}. Those that are listed have the same score "
            "here; it is still fairer if all play with one version.")


def document(found: Collection) -> dict[str, object]:
    """The JSON of it."""
    return {"schema": 1, "class": found.group.title,
            "versions": [{"version": version, "results": count} for version, count in found.versions.items()],
            "results": [dict(zip(COLUMNS, row, strict=True)) for row in rows(found)],
            "spread": {drill: asdict(spread) for drill in found.drills if (spread := found.spread(drill)) is not None},
            "progress": [{"trainee": way.trainee, "drill": way.drill, "change": way.change, "scores": [
                {"session": session, "score": score} for session, score in way.scores]} for way in found.ways()],
            "mistakes": [asdict(mistake) for mistake in found.mistakes()],
            "calibration": [asdict(session) for session in found.groups],
            "troubles": [asdict(trouble) for trouble in found.troubles]}


def report(found: Collection, width: int) -> Iterator[str]:
    """The lines for people."""
    yield plain(found.group.title)
    if not found.results:
        yield "No result that holds."
    for drill in found.drills:
        yield ""
        yield plain(drill)
        ways = [way for way in found.ways() if way.drill == drill]
        sessions = sorted({session for way in ways for session, _ in way.scores})
        table: list[tuple[str, ...]] = [("  trainee", *(f"session {number}" for number in sessions), "change")]
        for way in ways:
            scores = dict(way.scores)
            table.append((f"  {plain(way.trainee)}", *(_points(scores.get(number)) for number in sessions),
                          "" if way.change is None else f"{way.change:+.1f}"))
        yield from columns(table, right=tuple(range(1, len(sessions) + 2)))
        spread = found.spread(drill)
        if spread is not None:
            apart = "" if spread.deviation is None else f", standard deviation {spread.deviation:.1f}"
            yield from hung(" ", f"{spread.passed} of {spread.results} passed; mean {spread.mean:.1f}{apart}, from "
                            f"{spread.lowest:.1f} to {spread.highest:.1f}, median {spread.median:.1f}", width)
        mistakes = [mistake for mistake in found.mistakes() if mistake.drill == drill]
        if mistakes:
            yield "  missed most"
            yield from columns([(f"    {mistake.trainees} of {len(ways)}", plain(mistake.place),
                                 f"{mistake.times} times" if mistake.times > 1 else "once")
                                for mistake in mistakes[:MISTAKES]])
        yield from calibrations(found, drill)


def calibrations(found: Collection, drill: str) -> Iterator[str]:
    """How the group rates, session by session."""
    groups = [group for group in found.groups if group.drill == drill]
    if not groups:
        return
    table: list[tuple[str, ...]] = [("  calibration", "session", "raters", "bias", "spread of bias", "alpha")]
    for group in groups:
        for one in group.dimensions:
            table.append((f"  {one.dimension}", str(group.session), str(one.raters), bias(one.bias),
                          "–" if one.spread is None else f"{one.spread:.2f}",
                          "–" if one.alpha is None else f"{one.alpha:.2f}"))
    yield from columns(table, right=(1, 2, 4, 5))


def _points(score: float | None) -> str:
    return "" if score is None else f"{score:.1f}"
