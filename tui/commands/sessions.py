"""`flightdesk sessions [SESSION]`: what was played live, and how to have it again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import rich_click as click

from core.errors import SessionError
from core.places import session_files
from core.sessions import Session, command_line, find_session, read_session, saved_scenario
from core.units import write_moment
from tui.present import columns, plain


@click.command("sessions")
@click.argument("session", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: times in seconds.")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path, allow_dash=True), metavar="FILE",
              help="Write the session as a scenario file (- is the terminal).")
def command(session: str | None, as_json: bool, output: Path | None) -> None:
    """List the sessions played live, or show one.

    Of one SESSION (a name, or its beginning) it prints the changes and the command that makes the same run. `flightdesk
    live --resume SESSION` goes on with it.
    """
    if session is None:
        if output is not None:
            raise click.UsageError("--output needs a SESSION.")
        _list(as_json)
        return
    found = read_session(find_session(session))
    if output is not None:
        text = saved_scenario(found.origin, found.interventions)
        with click.open_file(str(output), "w", encoding="utf-8", lazy=False) as file:
            file.write(text)
    elif as_json:
        click.echo(json.dumps({"schema": 1, **_document(found)}, indent=2, ensure_ascii=False))
    else:
        click.echo(plain(f"{found.name}: {found.origin.scenario.title}"))
        click.echo(_summary(found))
        for change in found.interventions:
            click.echo(plain(f"  {write_moment(change.at)}: {change.key} = {change.value}"))
        click.echo(plain(command_line(found.origin, found.interventions)))


def _list(as_json: bool) -> None:
    sessions, unread = [], []
    for path in session_files():
        try:
            sessions.append(read_session(path))
        except SessionError as error:
            unread.append(str(error))
    if as_json:
        click.echo(json.dumps({"schema": 1, "sessions": list(map(_document, sessions))}, indent=2, ensure_ascii=False))
    elif sessions:
        click.echo("\n".join(columns([(found.name, plain(_summary(found))) for found in sessions])))
    else:
        click.echo("No sessions yet: `flightdesk live SCENARIO` begins one.", err=True)
    for text in unread:
        click.echo(plain(text), err=True)


def _summary(session: Session) -> str:
    count = len(session.turns)
    changes = "no changes" if not count else f"{count} change{'s' * (count > 1)}"
    when = "not begun" if session.now is None else f"at {write_moment(round(session.now))}"
    return f"{session.origin.source}, seed {session.origin.seed}, {changes}, {when}"


def _document(session: Session) -> dict[str, Any]:
    origin = session.origin
    return {"name": session.name, "path": str(session.path), "began": session.began.isoformat(),
            "source": origin.source, "seed": origin.seed, "settings": list(origin.settings), "now": session.now,
            "interventions": [{"at": change.at, "key": change.key, "value": change.value}
                              for change in session.interventions],
            "command": command_line(origin, session.interventions)}
