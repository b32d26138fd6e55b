"""The user's own editor: which it is, and how it is told a line."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path

USUAL = ("nano", "vim", "vi", "notepad")
"""Editors to look for where the environment names none."""
_PLUS = ("nano", "vi", "vim", "nvim", "emacs", "emacsclient", "joe", "kak", "micro", "gedit", "kate")
_COLON = ("hx", "helix", "subl", "zed")
_GOTO = ("code", "codium", "cursor")
"""Editors by how they take a line: `+5 FILE`, `FILE:5`, `--goto FILE:5`."""


def editor(environ: Mapping[str, str] = os.environ) -> list[str] | None:
    """The command of `$VISUAL` or `$EDITOR`, else of a usual editor; None where there is none."""
    for name in ("VISUAL", "EDITOR"):
        if words := shlex.split(environ.get(name, ""), posix=os.name != "nt"):
            return words
    return next(([name] for name in USUAL if shutil.which(name)), None)


def editing(words: list[str], path: Path, line: int | None = None) -> list[str]:
    """The command that edits the file, at the line where the editor is known to take one."""
    name = Path(words[0]).stem
    if line is not None and name in _PLUS:
        return [*words, f"+{line}", str(path)]
    if line is not None and name in _COLON:
        return [*words, f"{path}:{line}"]
    if name in _GOTO:
        return [*words, "--wait", "--goto", f"{path}:{line or 1}"]
    return [*words, str(path)]
