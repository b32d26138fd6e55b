"""Retries of known customers, beyond those who would have called anyway."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from core.intake.call_log import CallLog
from core.intake.retries import fit_retries

Rows = list[tuple[float, bool, int]]


def log_of(rows: Rows) -> CallLog:
    """Calls (received, answered, customer); the answered wait 10 s and take 60, the others give up after 30."""
    rows = sorted(rows)
    received = np.array([row[0] for row in rows])
    served = np.array([row[1] for row in rows])
    return CallLog("test", ("test",), date(2024, 1, 1), ("q",), ("a",), (), len(rows), {}, {}, received,
                   np.where(served, received + 10, np.nan), np.where(served, received + 70, np.nan),
                   np.where(served, np.nan, received + 30), np.zeros(len(rows), dtype=np.int64),
                   np.where(served, 0, -1), np.array([row[2] for row in rows]))


def test_a_known_share_of_retries_is_recovered() -> None:
    """Of 2,000 who give up 40 % call again after 10 minutes; of 2,000 answered 5 % do within the two hours."""
    rng = np.random.default_rng(1)
    rows: Rows = []
    for customer in range(4000):
        at, answered = float(rng.integers(0, 10**6)), customer % 2 == 0
        rows.append((at, answered, customer))
        if rng.random() < 0.05:
            rows.append((at + 3600.0, True, customer))
        elif not answered and rng.random() < 0.4:
            rows.append((at + 30.0 + 600.0, True, customer))
    found = fit_retries(log_of(rows))
    assert found is not None
    assert found.share == pytest.approx(0.4, abs=3.3 * np.sqrt(0.24 / 2000) + 0.01)
    assert found.delay is not None
    assert found.delay.quantile(np.array([0.5]))[0] == pytest.approx(600.0)


def test_without_customers_nothing_is_known() -> None:
    assert fit_retries(log_of([(float(at), at % 2 == 0, -1) for at in range(0, 10_000, 10)])) is None
