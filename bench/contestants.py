"""The same model four times: Flightdesk through its public API, and the libraries it is measured against.

The peers are written as their documentation teaches: SimPy as its "Bank Renege" example, a process per customer and a
Resource; Ciw as its guide to reneging customers. Of the peers only the simulation itself is timed, of Flightdesk also
the making of the floor and its measures.
"""

from __future__ import annotations

import random
from collections.abc import Generator
from pathlib import Path
from time import process_time
from typing import Any

import simpy

from bench.model import AGENTS, HANDLE, PATIENCE, RATE, WARM_UP, Contestant, Count, Run
from core.scenario_file import load_scenario
from core.units import MINUTE
from sim.floor import Floor

MODEL = Path(__file__).parent / "model.toml"


def flightdesk(horizon: float, seed: int) -> Run:
    """The model as a scenario."""
    scenario = load_scenario(MODEL)
    start = process_time()
    floor = Floor(scenario, seed=seed, keep_records=False)
    floor.advance(horizon * MINUTE)
    measures = floor.measures()
    seconds = process_time() - start
    names = ("abandonment_rate", "wait_mean", "service_level", "conversations")
    abandoned, wait, in_time, counted = (value for name in names if (value := measures[name]) is not None)
    # Measures leave out who came in the warm-up; the engine served them.
    customers = round(counted * horizon / (horizon - WARM_UP))
    return Run(seconds, customers, {"abandoned": abandoned, "wait_mean": wait / MINUTE, "in_time": in_time})


def simpy_process_per_customer(horizon: float, seed: int) -> Run:
    """Idiomatic SimPy: a process per customer, a Resource, the wait raced against patience."""
    chance = random.Random(seed)
    count = Count()
    env = simpy.Environment()
    agents = simpy.Resource(env, capacity=AGENTS)

    def customer() -> Generator[simpy.Event, Any, None]:
        arrived = env.now
        with agents.request() as request:
            patience = env.timeout(chance.expovariate(1 / PATIENCE))
            outcome = yield request | patience
            count.leaves(arrived, env.now - arrived, request in outcome)
            if request in outcome:
                yield env.timeout(chance.expovariate(1 / HANDLE))

    def arrivals() -> Generator[simpy.Event, Any, None]:
        while True:
            yield env.timeout(chance.expovariate(RATE))
            env.process(customer())

    env.process(arrivals())
    start = process_time()
    env.run(until=horizon)
    return Run(process_time() - start, count.customers, count.answer())


def ciw_network(horizon: float, seed: int) -> Run:
    """Ciw: one node with reneging."""
    import ciw

    ciw.seed(seed)
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(rate=RATE)],
        service_distributions=[ciw.dists.Exponential(rate=1 / HANDLE)],
        reneging_time_distributions=[ciw.dists.Exponential(rate=1 / PATIENCE)],
        number_of_servers=[AGENTS],
    )
    simulation = ciw.Simulation(network)
    start = process_time()
    simulation.simulate_until_max_time(horizon)
    seconds = process_time() - start
    count = Count()
    for record in simulation.get_all_records():
        if record.record_type == "service":
            count.leaves(record.arrival_date, record.waiting_time, True)
        else:
            count.leaves(record.arrival_date, record.exit_date - record.arrival_date, False)
    return Run(seconds, count.customers, count.answer())


CONTESTANTS: dict[str, Contestant] = {
    "Flightdesk": flightdesk,
    "SimPy, process per customer": simpy_process_per_customer,
    "Ciw": ciw_network,
}
"""By the name that the table shows."""
