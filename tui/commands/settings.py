"""`flightdesk settings`: where the settings are, what they are, and the names of the keys."""

from __future__ import annotations

import json
from dataclasses import asdict

import rich_click as click

from tui.exit import Exit
from tui.present import columns, plain
from tui.settings import read_settings, settings_file, unknown_names


@click.command("settings")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(as_json: bool) -> int:
    """Show the settings, their file, and the names of all keys.

    The file is TOML: `theme` (dark, light, high-contrast, colour-blind), `symbols` (auto, unicode, ascii), `tour`
    (true, false), `favourites` (a list of keys of knobs) and a table `keys`, in which `"live.pause" = "p"` binds a key
    anew. The exit code is 2 if something in it is wrong; whatever is wrong is left out.
    """
    import tui.app
    import tui.screens.browser
    import tui.screens.live  # noqa: F401  (their keys have names)
    from tui.keymap import NAMED

    file = settings_file()
    settings, wrong = read_settings()
    problems = [*wrong, *unknown_names(settings, NAMED)]
    names = sorted(NAMED)
    if as_json:
        click.echo(json.dumps({
            "schema": 1, "file": str(file), "exists": file.exists(), "settings": asdict(settings),
            "problems": list(map(asdict, problems)),
            "keys": {name: {"key": settings.keys.get(name, NAMED[name].key), "default": NAMED[name].key,
                            "does": NAMED[name].description} for name in names}}, indent=2, ensure_ascii=False))
    else:
        click.echo(f"{file}{'' if file.exists() else ' (not there: these are the defaults)'}")
        for problem in problems:
            click.echo(plain(problem.text(file.name)))
        click.echo(f"\ntheme = {settings.theme}\nsymbols = {settings.symbols}\ntour = {str(settings.tour).lower()}\n"
                   f"favourites = {json.dumps(settings.favourites)}\n")
        click.echo("\n".join(columns((name, settings.keys.get(name, NAMED[name].key), NAMED[name].description)
                                     for name in names)))
    return Exit.INPUT if problems else Exit.OK
