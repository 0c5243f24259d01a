"""The door of the call centre: staffing, forecasts, simulation and shifts as functions."""

from __future__ import annotations

from madang.callcentre.engine.adherence import Adherence, adherence
from madang.callcentre.engine.erlang import erlang_b, erlang_c, offered_load
from madang.callcentre.engine.erlang_a import Patient, patient_queue
from madang.callcentre.engine.roster import Operator, Roster, Slot, assign
from madang.callcentre.engine.shifts import Break, Limits, Plan, ShiftKind, plan
from madang.callcentre.engine.simulate import Bot, Calls, Operators, Rules, simulate
from madang.callcentre.engine.simulate_summary import Summary, by_interval, estimate, summary
from madang.callcentre.engine.staffing import (
    Demand,
    Outcome,
    Target,
    outcome,
    requirements,
    rostered,
    smallest_agents,
)
from madang.callcentre.forecasting import CallsForecast, forecast_of_file
from madang.callcentre.scenario import Scenario, read_scenario
from madang.callcentre.scheduling import Need, Scheme, Wish, fixed_scheme, free_scheme, needs
from madang.callcentre.simulating import Run, ran

__all__ = [
    "Adherence",
    "Bot",
    "Break",
    "Calls",
    "CallsForecast",
    "Demand",
    "Limits",
    "Need",
    "Operator",
    "Operators",
    "Outcome",
    "Patient",
    "Plan",
    "Roster",
    "Rules",
    "Run",
    "Scenario",
    "Scheme",
    "ShiftKind",
    "Slot",
    "Summary",
    "Target",
    "Wish",
    "adherence",
    "assign",
    "by_interval",
    "erlang_b",
    "erlang_c",
    "estimate",
    "fixed_scheme",
    "forecast_of_file",
    "free_scheme",
    "needs",
    "offered_load",
    "outcome",
    "patient_queue",
    "plan",
    "ran",
    "read_scenario",
    "requirements",
    "rostered",
    "simulate",
    "smallest_agents",
    "summary",
]
