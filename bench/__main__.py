"""`python -m bench`: Flightdesk beside its peers on one model, in one run; `--json` for machines.

Contestants take turns, round by round, so that whatever else the machine does falls on all alike; speeds are medians
of the rounds, in CPU time. A contestant whose figures are not the exact ones within their own error is shown as wrong,
and the exit code is 1. Then Flightdesk alone: peak memory and cost per conversation as the horizon grows.
`python -m bench compare` measures a comparison of two plans instead (`bench.comparison`), `plan` a staffing plan
(`bench.staffing`), `funnel` the whole funnel beside people alone (`bench.funnel`), `screen` the screens in a real
terminal (`bench.screen`).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from bench import comparison, funnel, screen, staffing
from bench.contestants import CONTESTANTS, flightdesk
from bench.model import EXACT, RATE, Run, verdicts

HORIZONS = (1, 2, 4)
"""How much longer the runs of the growth table are than the first."""


def race(rounds: int, customers: int) -> dict[str, list[Run]]:
    """Every contestant's runs, `customers` each."""
    runs: dict[str, list[Run]] = {name: [] for name in CONTESTANTS}
    for turn in range(rounds):
        for name, contestant in CONTESTANTS.items():
            runs[name].append(contestant(customers / RATE, turn + 1))
            print(f"round {turn + 1}/{rounds}: {name} {runs[name][-1].speed:,.0f}/s", file=sys.stderr)
    return runs


def growth(customers: int) -> list[dict[str, float]]:
    """Peak memory (MB) and cost (microseconds per conversation) of one run in a process of its own, by horizon."""
    rows = []
    for times in HORIZONS:
        command = [sys.executable, "-m", "bench", "--alone", str(customers * times)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        rows.append(json.loads(done.stdout))
    return rows


def alone(customers: int) -> dict[str, float]:
    """One run of Flightdesk in this process: what it cost."""
    import resource

    run = flightdesk(customers / RATE, 1)
    # Kilobytes on Linux, bytes on macOS.
    unit = 1024 if sys.platform == "darwin" else 1
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit / 1024
    return {"conversations": run.customers, "peak_mb": round(peak, 1),
            "microseconds": round(run.seconds / run.customers * 1e6, 3)}


def report(runs: dict[str, list[Run]], grown: list[dict[str, float]]) -> dict[str, Any]:
    """All figures, as data."""
    contestants = {}
    for name, mine in runs.items():
        # Within a round, so that a machine that slows down half way slows both sides of a ratio.
        ratios = [ours.speed / run.speed for ours, run in zip(runs["Flightdesk"], mine, strict=True)]
        contestants[name] = {
            "customers_per_second": round(statistics.median(run.speed for run in mine)),
            "flightdesk_is_times_faster": round(statistics.median(ratios), 2),
            "right": all(verdict.right for verdict in verdicts(mine).values()),
            "figures": {key: {"value": verdict.value, "half_width": verdict.half_width, "exact": verdict.exact}
                        for key, verdict in verdicts(mine).items()},
        }
    return {"schema": 1, "model": "M/M/50+M", "contestants": contestants, "growth": grown}


def show(figures: dict[str, Any]) -> None:
    """The report as text."""
    rows = figures["contestants"]
    print(f"\n{'M/M/50+M, medians of rounds':28} {'customers/s':>12} {'Flightdesk is':>14}")
    for name, row in rows.items():
        ratio = "" if name == "Flightdesk" else f"{row['flightdesk_is_times_faster']:.1f} x faster"
        print(f"{name:28} {row['customers_per_second']:12,} {ratio:>14}")
    print(f"\n{'Their answers ± 99.9 %':28} {'abandoned':>16} {'wait_mean (min)':>16} {'in_time':>16}   right")
    print(f"{'exact':28}" + "".join(f" {value:16.4f}" for value in EXACT.values()))
    for name, row in rows.items():
        answers = "".join(f" {row['figures'][key]['value']:7.4f} ± {row['figures'][key]['half_width']:6.4f}"
                          for key in EXACT)
        print(f"{name:28}{answers}   {'yes' if row['right'] else 'NO'}")
    print(f"\n{'Flightdesk by horizon':28} {'peak MB':>12} {'µs each':>14}")
    for row in figures["growth"]:
        print(f"{row['conversations']:14,} conversations {row['peak_mb']:12,.1f} {row['microseconds']:14.2f}")


OTHERS: dict[str, tuple[Callable[[argparse.Namespace], dict[str, Any]], Callable[[dict[str, Any]], None]]] = {
    "compare": (lambda asked: comparison.measure_all(asked.replications, asked.rounds or 1), comparison.show_all),
    "plan": (lambda asked: staffing.measure(), staffing.show),
    "funnel": (lambda asked: funnel.race(asked.rounds or 5), funnel.show),
    "screen": (lambda asked: screen.measure(asked.rounds or 5), screen.show),
}
"""What else can be measured, by name: how, and how it is shown."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="Flightdesk beside its peers.")
    parser.add_argument("what", nargs="?", choices=("peers", *OTHERS), default="peers",
                        help="one model beside other simulators, or one of the others")
    parser.add_argument("--rounds", type=int, help="rounds: at least 2 beside the peers (7), of a comparison (1)")
    parser.add_argument("--replications", type=int, default=40, help="of each plan of a comparison (40)")
    parser.add_argument("--customers", type=int, default=40_000, help="customers in a run (40000)")
    parser.add_argument("--json", action="store_true", help="the figures as JSON on stdout")
    parser.add_argument("--alone", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.alone is not None:
        print(json.dumps(alone(asked.alone)))
        return 0
    if asked.what in OTHERS:
        measure, show_them = OTHERS[asked.what]
        found = measure(asked)
        print(json.dumps(found, indent=2)) if asked.json else show_them(found)
        return 0
    rounds = 7 if asked.rounds is None else asked.rounds
    if rounds < 2:
        parser.error("--rounds must be at least 2: one run has no interval")
    figures = report(race(rounds, asked.customers), growth(4 * asked.customers))
    print(json.dumps(figures, indent=2)) if asked.json else show(figures)
    return 0 if all(row["right"] for row in figures["contestants"].values()) else 1


if __name__ == "__main__":
    sys.exit(main())
