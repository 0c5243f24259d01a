"""What the call centre claims, measured: formulae, simulation, forecasts, shifts, the made day.

The forecast is measured on hourly rentals of Seoul's public bicycles: no calls, but real counts of
a city over a year with its holidays; the folder of real data is `MADANG_SHARED`.
"""

from __future__ import annotations

import csv
import gzip
import os
import time
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from madang.callcentre.day import CaseDay, simulated_day
from madang.callcentre.day_assumptions import read_assumptions
from madang.callcentre.engine import erlang
from madang.callcentre.engine.erlang_a import patient_queue
from madang.callcentre.engine.forecast import Coming, History, kinds_of
from madang.callcentre.engine.forecast_scores import forecast
from madang.callcentre.engine.simulate import Calls, Demand, Operators, simulate
from madang.callcentre.engine.simulate_summary import summary
from madang.kernel.errors import NotFound

_COUNTS = "seoul/bike_demand_hourly_2017_2018.csv.gz"
# load, operators, handling time, patience; quiet, busy, and more load than operators
_STEADY = (
    (10.0, 14, 180.0, np.inf),
    (48.0, 55, 240.0, np.inf),
    (48.0, 50, 60.0, 120.0),
    (60.0, 50, 60.0, 120.0),
)


def erlang_error() -> float:
    """Return the largest miss [%] from published worked examples of Erlang B, C and A.

    Tables of Erlang B; the 100-call and the 360-call examples of Erlang C; Garnett, Mandelbaum and
    Reiman (2002), and pyworkforce's documented example, for Erlang A.
    """
    patient, other = patient_queue(48.0, 50, 60.0, 120.0), patient_queue(10.0, 13, 180.0, 300.0)
    pairs = [
        (erlang.erlang_b(5.0, 10).item(), 0.018385),
        (erlang.service_level(10.0, 14, 180.0, 20.0).item(), 0.8884),
        (erlang.occupancy(10.0, 14).item(), 0.7143),
        (erlang.erlang_c(10.0, 14).item(), 0.1741),
        (erlang.erlang_c(48.0, 55).item(), 0.2387),
        (erlang.service_level(48.0, 55, 240.0, 15.0).item(), 0.8459),
        (erlang.mean_wait(48.0, 55, 240.0).item(), 8.184),
        (erlang.mean_wait(48.0, 50, 60.0).item(), 20.83),
        (erlang.wait_percentile(48.0, 50, 60.0, 90.0).item(), 58.14),
        (patient.abandonment, 0.0309),
        (patient.mean_wait_s, 3.71),
        (patient.occupancy, 0.930),
        (other.p_wait, 0.2258),
        (other.abandonment, 0.02496),
        (other.occupancy, 0.7500),
        (other.mean_wait_s / 60.0, 0.1248),
    ]
    return max(100.0 * abs(found / expected - 1.0) for found, expected in pairs)


def _steady(
    load: float, agents: int, aht: float, patience: float, *, calls: int, seed: int
) -> Calls:
    length = calls * aht / load
    demand = Demand(np.array([[float(calls)]]), length, np.array([aht]), np.array([patience]))
    windows = np.array([(n, 0.0, length) for n in range(agents)])
    return simulate(demand, Operators(np.ones((agents, 1), np.bool_), windows), seed=seed)


def simulation_points() -> float:
    """Return the largest miss [points] of the simulated service level, means of eight seeds."""
    misses = []
    for load, agents, aht, patience in _STEADY:
        runs = [_steady(load, agents, aht, patience, calls=200_000, seed=s) for s in range(8)]
        found = float(np.mean([summary(run, 20.0).service_level for run in runs]))
        if np.isinf(patience):
            exact = erlang.service_level(load, agents, aht, 20.0).item()
        else:
            exact = patient_queue(load, agents, aht, patience).service_level(20.0)
        misses.append(100.0 * abs(found - exact))
    return max(misses)


def simulation_rate() -> float:
    """Return calls simulated in a CPU second, with 155 operators and patience."""
    _steady(10.0, 14, 180.0, np.inf, calls=1_000, seed=0)  # compiled
    begun = time.process_time()
    calls = _steady(157.5, 155, 252.0, 200.0, calls=300_000, seed=1)
    return len(calls.came_at) / (time.process_time() - begun)


def counts() -> History:
    """Return a year of hourly counts of a city, with the kinds of its days.

    Raises
    ------
    NotFound
        If the real data is not there.
    """
    path = Path(os.environ.get("MADANG_SHARED", "../shared")) / "data" / _COUNTS
    if not path.is_file():
        raise NotFound(f"real data absent: no {path} (set MADANG_SHARED)")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    values = [float(r["rented"]) if r["functioning"] == "Yes" else np.nan for r in rows]
    days = [date.fromisoformat(r["date"]) for r in rows[::24]]
    holiday = np.array([r["holiday"] != "No Holiday" for r in rows[::24]])
    kind = kinds_of(np.array([day.weekday() for day in days]), holiday)
    return History(np.array(values).reshape(-1, 24), kind)


def forecast_skill() -> float:
    """Return by how many percent hours 1 to 7 days ahead miss less than by the week before."""
    history = counts()
    days = len(history.calls) - 7
    found = forecast(history.first(days), Coming(history.kind[days:]))
    return 100.0 * found.held_out.skill


@cache
def _day() -> tuple[CaseDay, ...]:
    return tuple(simulated_day(read_assumptions(None), range(5)))


def shift_saving() -> float:
    """Return by how many percent free starts need fewer people than the best three fixed ones."""
    plain = _day()[0]
    return 100.0 * (1.0 - plain.free.payroll / plain.fixed.payroll)


def day_wait() -> float:
    """Return the mean wait [s] of the simulated day without any help, with its planned people."""
    return _day()[0].met.wait_s.value


def day_saving() -> float:
    """Return how many percent fewer people the assumed co-pilot and bot leave to be planned."""
    cases = {case.name: case for case in _day()}
    saved = cases["copilot_and_bot"].free.payroll / cases["plain"].free.payroll
    return 100.0 * (1.0 - saved)
