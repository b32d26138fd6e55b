"""Queues are grouped by who serves them, people by what they serve."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from core.intake.call_log import read_call_log
from core.intake.queue_groups import group_queues, pool_agents, slug
from tests.core.intake.synthetic import Truth, run, write_vanad

N_DESIGN = Truth(calls_per_hour=240.0,
                 queues=(("Sales", 0.45), ("Orders", 0.2), ("Tech support", 0.33), ("Rare", 0.02)),
                 people=((9, ("Sales", "Orders", "Rare")), (11, ("Sales", "Orders", "Tech support", "Rare"))),
                 days=(0, 1, 2, 3, 4))


def test_an_n_design_is_recovered(tmp_path: Path) -> None:
    log = read_call_log([write_vanad(tmp_path / "log.csv", run(N_DESIGN))])
    groups = group_queues(log)
    assert [set(queues) for queues in groups.queues] == [{"Sales", "Orders", "Rare"}, {"Tech support"}]
    assert groups.names == ("queue-sales", "queue-tech-support")
    pools = pool_agents(log, groups)
    assert pools.serves.tolist() == [[True, False], [True, True]]
    for agent, name in enumerate(log.agents):
        assert pools.pool[agent] == int(name[0]), name
    assert pools.name(1, groups) == "agents-sales-tech-support"


def test_one_stray_call_is_no_skill(tmp_path: Path) -> None:
    calls = run(N_DESIGN)
    stray = next(place for place, call in enumerate(calls) if call.agent == "0-3")
    calls[stray] = type(calls[stray])(**{**vars(calls[stray]), "queue": "Tech support"})
    log = read_call_log([write_vanad(tmp_path / "log.csv", calls)])
    pools = pool_agents(log, group_queues(log))
    assert pools.pool[log.agents.index("0-3")] == 0


def test_a_queue_that_was_not_there_before_joins_the_first_group(tmp_path: Path) -> None:
    log = read_call_log([write_vanad(tmp_path / "log.csv", run(N_DESIGN))])
    groups = group_queues(log)
    other = run(Truth(queues=(("New", 1.0),), people=((9, ("New",)),), days=(0,)))
    later = read_call_log([write_vanad(tmp_path / "later.csv", other)])
    assert np.unique(groups.of(later)).tolist() == [0]


def test_names_fit_a_scenario() -> None:
    assert [slug(name) for name in ("Tech support", "5", "é!", "A--B")] == ["tech-support", "5", "x", "a-b"]
