"""Hypothesis draws the same examples everywhere, so that a failure is everyone's failure."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from core.places import DATA, HOME

settings.register_profile("flightdesk", derandomize=True, deadline=None, print_blob=True, max_examples=40,
                          phases=[phase for phase in Phase if phase is not Phase.explain],
                          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
settings.register_profile("thorough", settings.get_profile("flightdesk"), max_examples=200)
settings.load_profile("flightdesk")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings, sessions and stored runs of a test are its own, never those of whoever runs it."""
    folder = tmp_path / "home"
    monkeypatch.setenv(HOME, str(folder))
    monkeypatch.delenv(DATA, raising=False)
    return folder
