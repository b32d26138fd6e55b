"""Where Flightdesk keeps what is the user's: settings in the platform's config folder, the rest in its data folder.

`FLIGHTDESK_HOME` names one folder for both, for a portable copy and for tests.
"""

from __future__ import annotations

import os
from pathlib import Path

HOME = "FLIGHTDESK_HOME"


def config_folder() -> Path:
    """The folder of the settings; it need not be there."""
    if home := os.environ.get(HOME):
        return Path(home)
    from platformdirs import user_config_path

    return user_config_path("flightdesk", appauthor=False)


def data_folder() -> Path:
    """The folder of sessions and of what was opened lately; it need not be there."""
    if home := os.environ.get(HOME):
        return Path(home)
    from platformdirs import user_data_path

    return user_data_path("flightdesk", appauthor=False)
