"""What goes wrong with real sensors: stuck, spike, gap, drift, clock skew.

Each station draws its faults per day from (seed, day), so they can be told from outside: `truth`
lists them for whoever evaluates a detector. The platform never sees that list.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang_sim.noise import uniforms

KINDS = ("stuck", "spike", "gap", "drift", "skew")
_DAY = 86400.0
# Share of station-days with each fault; low enough that a city still works.
_RATES = np.array([0.004, 0.010, 0.008, 0.004, 0.002])


@dataclass(frozen=True)
class Fault:
    """One fault of one station: kind, begin and end [s since 1970-01-01 UTC], and its size."""

    station: int
    kind: str
    begin_s: float
    end_s: float
    size: float


def faults_of_day(seed: int, day: int, stations: int) -> list[Fault]:
    """Return the faults of a UTC day (days since 1970-01-01), stations in order."""
    draws = uniforms(seed + 7, day, stations * 4).reshape(stations, 4)
    edges = np.cumsum(_RATES)
    found = []
    for station in np.flatnonzero(draws[:, 0] < edges[-1]):
        kind = KINDS[int(np.searchsorted(edges, draws[station, 0], side="right"))]
        begin = (day + draws[station, 1]) * _DAY
        length = 90.0 if kind == "spike" else 1800.0 + 6 * 3600.0 * draws[station, 2]
        sign = 1.0 if draws[station, 3] > 0.5 else -1.0
        size = {"stuck": 0.0, "spike": 8.0, "gap": 0.0, "drift": 0.5, "skew": 420.0 * sign}[kind]
        found.append(Fault(int(station), kind, begin, begin + length, size))
    return found


class Faulty:
    """Applies the faults of the day to what stations would send.

    Keeps only the value at which a stuck station froze, which hangs on when the run began.
    """

    def __init__(self, seed: int, stations: int, *, active: bool = True) -> None:
        self._seed = seed
        self._stations = stations
        self._active = active
        self._day = -1
        self._faults: list[Fault] = []
        self._frozen: dict[tuple[Fault, str], float] = {}

    def apply(
        self, t_s: float, pollutant: str, values: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return values and stamps [s] as sent; a value of NaN is not sent at all (gap).

        Parameters
        ----------
        values : (n,) array, one per station.
        """
        values, stamps = values.copy(), np.full(values.shape, t_s)
        if not self._active:
            return values, stamps
        day = int(t_s // _DAY)
        if day != self._day:
            self._day = day
            around = (day - 1, day)
            self._faults = [f for d in around for f in faults_of_day(self._seed, d, self._stations)]
            self._frozen = {key: v for key, v in self._frozen.items() if key[0] in self._faults}
        for fault in self._faults:
            if fault.begin_s <= t_s < fault.end_s:
                self._one(fault, t_s, pollutant, values, stamps)
        return values, stamps

    def _one(
        self, fault: Fault, t_s: float, pollutant: str, values: np.ndarray, stamps: np.ndarray
    ) -> None:
        place = fault.station
        if fault.kind == "stuck":
            values[place] = self._frozen.setdefault((fault, pollutant), float(values[place]))
        elif fault.kind == "spike":
            values[place] *= fault.size
        elif fault.kind == "gap":
            values[place] = np.nan
        elif fault.kind == "drift":
            values[place] *= 1.0 + fault.size * (t_s - fault.begin_s) / (
                fault.end_s - fault.begin_s
            )
        else:
            stamps[place] += fault.size
