"""Where Flightdesk keeps what is the user's: settings in the platform's config folder, the rest in its data folder.

`FLIGHTDESK_HOME` names one folder for both, for a portable copy and for tests; `FLIGHTDESK_DATA` one for the data
alone, such as a large disk for the runs.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

HOME = "FLIGHTDESK_HOME"
DATA = "FLIGHTDESK_DATA"


def config_folder() -> Path:
    """The folder of the settings; it need not be there."""
    if home := os.environ.get(HOME):
        return Path(home)
    from platformdirs import user_config_path

    return user_config_path("flightdesk", appauthor=False)


def data_folder() -> Path:
    """The folder of runs, of sessions, of drills played and of what was opened lately; it need not be there."""
    if home := os.environ.get(DATA) or os.environ.get(HOME):
        return Path(home).expanduser()
    from platformdirs import user_data_path

    return user_data_path("flightdesk", appauthor=False)


def sessions_folder() -> Path:
    """Where the logs of live sessions are (see `core.sessions`)."""
    return data_folder() / "sessions"


def session_files(folder: Path | None = None) -> list[Path]:
    """The logs of live sessions, newest first."""
    with suppress(OSError):
        return sorted((folder or sessions_folder()).glob("*.jsonl"), key=lambda path: path.stem, reverse=True)
    return []
