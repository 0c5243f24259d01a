"""pyworkforce and simpy on the work of the bench `callcentre`; run by a Python that has them.

    python callcentre_peers_load.py < work.json

Reads {calls: [...], interval_min, aht_min, asa_min, level, need: [...], length, load, agents,
aht_s, patience_s, sim_calls, seed}; prints figures of each peer and load as JSON.
"""

from __future__ import annotations

import json
import random
import sys
import time
from typing import Any


def staffing(work: dict[str, Any]) -> dict[str, Any]:
    """Erlang C for each interval, by pyworkforce."""
    from pyworkforce.queuing import ErlangC

    begun, found = time.process_time(), []
    for calls in work["calls"]:
        queue = ErlangC(
            transactions=calls, aht=work["aht_min"], asa=work["asa_min"],
            interval=work["interval_min"], shrinkage=0.0,
        )  # fmt: skip
        found.append(queue.required_positions(work["level"], max_occupancy=1.0)["raw_positions"])
    return {"cpu_ms": 1000 * (time.process_time() - begun), "agents": found}


def shifts(work: dict[str, Any]) -> dict[str, Any]:
    """Shifts that cover a day, by pyworkforce on OR-tools."""
    from pyworkforce.scheduling import MinRequiredResources

    periods = len(work["need"])
    covers = {}
    for start in range(periods):
        row = [0] * periods
        for offset in range(work["length"]):
            row[(start + offset) % periods] = 1
        covers[f"s{start:02d}"] = row
    begun = time.process_time()
    found = MinRequiredResources(
        num_days=1, periods=periods, shifts_coverage=covers, required_resources=[work["need"]],
        max_period_concurrency=10_000, max_shift_concurrency=10_000, max_search_time=30.0,
        num_search_workers=1,
    ).solve()  # fmt: skip
    people = sum(one["resources"] for one in found["resources_shifts"])
    return {"cpu_ms": 1000 * (time.process_time() - begun), "people": people}


def simulation(work: dict[str, Any]) -> dict[str, float]:
    """Callers with patience, by simpy."""
    import simpy

    draw = random.Random(work["seed"])
    waits, gone = [], 0
    rate = work["load"] / work["aht_s"]

    def caller(env, operators):
        nonlocal gone
        came = env.now
        with operators.request() as wish:
            result = yield wish | env.timeout(draw.expovariate(1 / work["patience_s"]))
            if wish not in result:
                gone += 1
                return
            waits.append(env.now - came)
            yield env.timeout(draw.expovariate(1 / work["aht_s"]))

    def arrivals(env, operators):
        for _ in range(work["sim_calls"]):
            yield env.timeout(draw.expovariate(rate))
            env.process(caller(env, operators))

    begun = time.process_time()
    env = simpy.Environment()
    operators = simpy.Resource(env, capacity=work["agents"])
    env.process(arrivals(env, operators))
    env.run()
    spent = time.process_time() - begun
    level = sum(wait <= 20.0 for wait in waits) / work["sim_calls"]
    return {"calls_per_cpu_s": work["sim_calls"] / spent, "level": level}


def main() -> None:
    """Run all and print."""
    work = json.load(sys.stdin)
    print(
        json.dumps(
            {"staffing": staffing(work), "shifts": shifts(work), "simulation": simulation(work)}
        )
    )


if __name__ == "__main__":
    main()
