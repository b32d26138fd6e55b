"""Hypothesis draws the same examples everywhere, so that a failure is everyone's failure; runs are stored elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings

from core.places import HOME

settings.register_profile("flightdesk", derandomize=True, deadline=None, print_blob=True, max_examples=60,
                          phases=[phase for phase in Phase if phase is not Phase.explain],
                          suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
settings.load_profile("flightdesk")


@pytest.fixture(scope="session", autouse=True)
def store_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test leaves a run in the store of whoever runs it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLIGHTDESK_DATA", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings and sessions of a test are its own, never those of whoever runs it."""
    folder = tmp_path / "home"
    monkeypatch.setenv(HOME, str(folder))
    return folder
