"""The call centre's workforce: formulae, simulation, shifts and forecasts, with peers.

A made day of 25,000 calls. pyworkforce (Erlang C by interval, shifts by OR-tools) and simpy are run
by the Python that `MADANG_BENCH_WORKFORCE` names, on the same work; the exact formulae judge the
simulations, the seasonal naive forecast and a plain mean of weeks the forecast.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np

from bench.report import OURS, Bar, Report
from madang.callcentre import proof
from madang.callcentre.day_assumptions import read_assumptions
from madang.callcentre.engine.erlang_a import patient_queue
from madang.callcentre.engine.forecast import History
from madang.callcentre.engine.forecast_scores import chosen, rolled, score
from madang.callcentre.engine.shifts import ShiftKind, plan
from madang.callcentre.engine.simulate import Demand, Operators, simulate
from madang.callcentre.engine.simulate_summary import summary
from madang.callcentre.engine.staffing import Target, requirements, rostered
from madang.kernel.errors import NotFound

AHT_S, PATIENCE_S, LOAD, AGENTS, LENGTH = 252.0, 180.0, 157.5, 155, 16
_STAFFING, _SHIFTS, _SIMULATION = "Erlang C, 48 half-hours", "shifts of a day", "155 operators"
_HOURS, _MADE = "bicycle hours, 7 days ahead", "made calls, 7 days ahead"


def run(*, full: bool = False) -> Report:
    """Measure; `full` simulates ten times as many calls."""
    report = Report(
        "callcentre",
        "staffing, shifts, simulation and forecasts of calls",
        bars=(
            Bar(_SIMULATION, "miss_points", 1.0),
            Bar(_SIMULATION, "calls_per_cpu_s", 300_000.0),
            Bar(_HOURS, "skill", 10.0),
        ),
    )
    work = _work(3_000_000 if full else 300_000)
    ours = _ours(report, work)
    _peers(report, work, ours)
    _forecasts(report)
    report.notes += [
        "miss_points: service level against the exact Erlang A, in points, one seed",
        "skill: percent less WAPE than the same interval of the week before",
    ]
    return report


def _work(calls: int) -> dict[str, Any]:
    hours = np.array(read_assumptions(None).hours)
    shares = np.repeat(hours / hours.sum() / 2, 2)
    return {
        "calls": (shares * 25_000).tolist(), "interval_min": 30, "aht_min": AHT_S / 60,
        "asa_min": 20 / 60, "level": 0.8, "length": LENGTH, "load": LOAD, "agents": AGENTS,
        "aht_s": AHT_S, "patience_s": PATIENCE_S, "sim_calls": calls, "seed": 1,
    }  # fmt: skip


def _ours(report: Report, work: dict[str, Any]) -> np.ndarray:
    calls = np.array(work["calls"])
    begun = time.process_time()
    need = requirements(calls, 1800.0, np.full(len(calls), AHT_S), Target(0.8, 20.0))
    report.add(OURS, _STAFFING, cpu_ms=1000 * (time.process_time() - begun), agents=need.sum())
    duty = rostered(need, 0.3)
    work["need"] = duty.tolist()
    begun = time.process_time()
    found = plan(duty, [ShiftKind("full", LENGTH, tuple(range(len(duty))))])
    report.add(OURS, _SHIFTS, cpu_ms=1000 * (time.process_time() - begun), people=found.people)
    proof.simulation_rate()  # compiled
    count = work["sim_calls"]
    length = count * AHT_S / LOAD
    demand = Demand(np.array([[float(count)]]), length, np.array([AHT_S]), np.array([PATIENCE_S]))
    windows = np.array([(n, 0.0, length) for n in range(AGENTS)])
    begun = time.process_time()
    ran = simulate(demand, Operators(np.ones((AGENTS, 1), np.bool_), windows), seed=1)
    spent = time.process_time() - begun
    level = summary(ran, 20.0).service_level
    report.add(
        OURS, _SIMULATION, calls_per_cpu_s=len(ran.came_at) / spent, miss_points=_miss(level)
    )
    return need


def _miss(level: float) -> float:
    exact = patient_queue(LOAD, AGENTS, AHT_S, PATIENCE_S).service_level(20.0)
    return 100.0 * abs(level - exact)


def _peers(report: Report, work: dict[str, Any], need: np.ndarray) -> None:
    python = os.environ.get("MADANG_BENCH_WORKFORCE", "")
    if not python:
        report.notes.append("MADANG_BENCH_WORKFORCE names no Python that has pyworkforce and simpy")
        return
    script = Path(__file__).with_name("callcentre_peers_load.py")
    less = {**work, "sim_calls": min(work["sim_calls"], 100_000)}  # they take minutes for more
    done = subprocess.run(
        [python, str(script)], input=json.dumps(less).encode(), check=True, stdout=subprocess.PIPE
    )
    found = json.loads(done.stdout.splitlines()[-1])
    theirs = found["staffing"]
    report.add("pyworkforce", _STAFFING, cpu_ms=theirs["cpu_ms"], agents=sum(theirs["agents"]))
    same = int((need == np.array(theirs["agents"])).sum())
    report.notes.append(
        f"pyworkforce asks for as many operators in {same} of {len(need)} intervals"
    )
    report.add("pyworkforce, OR-tools", _SHIFTS, **found["shifts"])
    one = found["simulation"]
    report.add(
        "simpy",
        _SIMULATION,
        calls_per_cpu_s=one["calls_per_cpu_s"],
        miss_points=_miss(one["level"]),
    )


def _forecasts(report: Report) -> None:
    _forecast(report, _MADE, _made())
    try:
        _forecast(report, _HOURS, proof.counts())
    except NotFound as error:
        report.notes.append(error.message)


def _forecast(report: Report, load: str, history: History) -> None:
    days = len(history.calls)
    first = days - days // 4
    begun = time.process_time()
    smoothing = chosen(history.first(first), 7)
    held = rolled(history, np.arange(first, days), 7, smoothing)
    spent = time.process_time() - begun
    found = score(held)
    report.add(OURS, load, wape=100 * found.wape, skill=100 * found.skill, cpu_s=spent)
    report.add("the week before", load, wape=100 * found.naive_wape, skill=0.0)
    weeks = _mean_of_weeks(history, held.origins, held.said.shape)
    known = ~np.isnan(weeks + held.came + held.said + held.naive)
    wape = np.abs(weeks - held.came)[known].sum() / held.came[known].sum()
    skill = 100 * (1 - float(wape) / found.naive_wape)
    report.add("mean of four weeks", load, wape=100 * float(wape), skill=skill)


def _mean_of_weeks(history: History, origins: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return the mean of the same interval of the newest four weeks."""
    found = np.full(shape, np.nan)
    for number, origin in enumerate(origins.tolist()):
        for ahead in range(shape[1]):
            past = history.calls[origin + ahead - 28 : origin : 7][:4]
            known = ~np.isnan(past)
            counts = known.sum(axis=0)
            total = np.where(known, past, 0.0).sum(axis=0)
            found[number, ahead] = np.where(counts > 0, total / np.maximum(counts, 1), np.nan)
    return found


def _made(days: int = 280) -> History:
    """Return made half-hours: the day's shape x weekday x a wandering level, Poisson."""
    rng = np.random.default_rng(1)
    hours = np.array(read_assumptions(None).hours)
    shape = np.repeat(hours / hours.sum() / 2, 2) * 25_000
    weekday = np.array([1.2, 1.05, 1.0, 1.0, 1.05, 0.45, 0.35])
    level = np.exp(np.cumsum(rng.normal(0, 0.01, days)) + rng.normal(0, 0.05, days))
    mean = shape * (weekday[np.arange(days) % 7] * level)[:, None]
    return History(rng.poisson(mean).astype(float), np.arange(days) % 7)
