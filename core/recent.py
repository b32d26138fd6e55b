"""The scenario files that were opened lately, newest first: a short list in the data folder."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from pathlib import Path

from core import catalogue
from core.places import data_folder

KEPT = 20


def recent_files() -> list[Path]:
    """Files that were opened and are still there."""
    return [path for path in _listed() if path.is_file()]


def remember(source: str | Path) -> None:
    """A file was opened. Built-in scenarios are listed anyway; a folder that cannot be written to is no trouble."""
    path = Path(source).absolute()
    if not path.is_file() or path.parent == catalogue.folder():
        return
    listed = [path, *(other for other in _listed() if other != path)][:KEPT]
    with suppress(OSError):
        file = _file()
        file.parent.mkdir(parents=True, exist_ok=True)
        # Written beside and moved into place: whoever reads sees the old list or the new one.
        fresh = file.with_suffix(f".{os.getpid()}")
        fresh.write_text(json.dumps(list(map(str, listed))), encoding="utf-8")
        fresh.replace(file)


def _file() -> Path:
    return data_folder() / "recent.json"


def _listed() -> list[Path]:
    try:
        return list(map(Path, json.loads(_file().read_text(encoding="utf-8"))))
    except (OSError, ValueError, TypeError):
        return []
