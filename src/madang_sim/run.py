"""A city's air sensors at work: history first, then live at the speed of the clock."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from madang_sim.doors import HTTPDoor, MQTTDoor
from madang_sim.faults import Faulty
from madang_sim.field import AirField
from madang_sim.layout import Place, Stations
from madang_sim.noise import gaussians
from madang_sim.provision import Introduction, introduce

_BATCH = 20_000
_HISTORY_STEP_S = 300
_RESOLUTION = {"pm25": 0.1, "pm10": 0.1, "o3": 1e-4, "no2": 1e-4, "co": 0.01, "so2": 1e-4}


@dataclass
class SimulatedCity:
    """Stations, the air around them and their faults."""

    stations: Stations
    field: AirField
    faulty: Faulty
    seed: int
    datastreams: dict[tuple[int, str], int]

    def __post_init__(self) -> None:
        count = len(self.stations)
        self._position = self.stations.positions_km()
        kinds = [self.stations.classes[kind] for kind in self.stations.kind]
        self._roadside = np.array([kind.name == "intersection" for kind in kinds])
        self.period_s = np.array([kind.period_s for kind in kinds])
        self.phase_s = np.arange(count) * 7919 % self.period_s  # spread over the period
        gain_sd = np.array([kind.gain_sd for kind in kinds])
        self._noise_sd = np.array([kind.noise_sd for kind in kinds])
        self._gain = np.exp(gain_sd * gaussians(self.seed + 8, 0, count))
        self._ids = {}
        for pollutant in _RESOLUTION:
            ids = [self.datastreams.get((i, pollutant), 0) for i in range(count)]
            self._ids[pollutant] = np.array(ids)

    def due(self, t_s: int) -> np.ndarray:
        """Return the stations (n,) bool that report at this second."""
        is_due: np.ndarray = (t_s - self.phase_s) % self.period_s == 0
        return is_due

    def readings(self, t_s: float, which: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return (ds, t [ms], v) of the stations `which` (bool) at moment `t_s`."""
        truth = self.field.at(t_s, self._position, self._roadside)
        noise = np.exp(self._noise_sd * gaussians(self.seed + 9, int(t_s), len(self.stations)))
        columns = []
        for pollutant, ids in self._ids.items():
            step = _RESOLUTION[pollutant]
            values = np.round(truth[pollutant] * self._gain * noise / step) * step
            values, stamps = self.faulty.apply(t_s, pollutant, values)
            sent = which & (ids > 0) & np.isfinite(values)
            columns.append(
                (ids[sent], (stamps[sent] * 1000).astype(np.int64), values[sent].round(5))
            )
        return tuple(np.concatenate(column) for column in zip(*columns, strict=True))  # type: ignore[return-value]


def introductions(stations: Stations, seed: int) -> list[Introduction]:
    """Return every station as its gateway would introduce it."""
    found = []
    for index in range(len(stations)):
        kind = stations.classes[stations.kind[index]]
        found.append(
            Introduction(
                external_id=f"sim-{seed}-{index}",
                name=stations.name[index],
                unit=stations.district[index],
                station_class=kind.name,
                lon=float(stations.lon[index]),
                lat=float(stations.lat[index]),
                pollutants=kind.pollutants,
                period_s=kind.period_s,
                freshness_s=900,
            )
        )
    return found


def city_zone(door: HTTPDoor) -> str:
    """Return the IANA name of the city's time zone, as the public API tells it."""
    return str(door.request("GET", "/api/v1/city/").json()["timezone"])


def districts_and_places(door: HTTPDoor) -> tuple[list[Place], list[Place]]:
    """Return the districts and the neighbourhoods in them, as the public API tells them.

    Neighbourhoods are the units of the finest level below the districts that have a place; where
    there are none, the districts themselves.
    """
    city = door.request("GET", "/api/v1/city/").json()
    level = city["district_level"]
    districts = _places(door, level)
    partition = {item["id"]: item["partition"] for item in city["levels"]}
    levels = [item for item in partition if partition[item] == partition[level]]
    below = levels[levels.index(level) + 1 :]
    for finer in reversed(below):
        places = [place for place in _places(door, finer) if place.district]
        if places:
            return districts, places
    return districts, districts


def _places(door: HTTPDoor, level: str) -> list[Place]:
    answer = door.request("GET", f"/api/v1/city/units?level={level}").json()
    return [
        Place(
            code=unit["code"],
            name=unit["name"],
            lon=unit["centre"][0],
            lat=unit["centre"][1],
            population=unit["population"] or 0,
            district=unit["district"],
        )
        for unit in answer["units"]
        if unit["centre"]
    ]


def city_at_work(
    door: HTTPDoor, stations: Stations, field: AirField, seed: int, *, faults: bool, only: str = ""
) -> SimulatedCity:
    """Introduce the stations, or those of the class `only`; return the city ready to send."""
    names = [stations.classes[kind].name for kind in stations.kind]
    chosen = [i for i, name in enumerate(names) if only in ("", name)]
    everyone = introductions(stations, seed)
    known = introduce(door, [everyone[index] for index in chosen])
    datastreams = {
        (index, pollutant): known[f"sim-{seed}-{index}", pollutant]
        for index in chosen
        for pollutant in stations.classes[stations.kind[index]].pollutants
    }
    faulty = Faulty(seed, len(stations), active=faults)
    return SimulatedCity(stations, field, faulty, seed, datastreams)


def last_sent_s(door: HTTPDoor, city: SimulatedCity, which: np.ndarray) -> int:
    """Return the latest moment [s] the platform has of the stations `which`, 0 where none."""
    latest = 0
    ids = [ds for (index, _), ds in city.datastreams.items() if which[index]]
    for ds in ids[:5]:
        path = f"/sta/v1.1/Datastreams({ds})/Observations?$orderby=phenomenonTime desc&$top=1"
        for observation in door.request("GET", path).json()["value"]:
            at = datetime.fromisoformat(observation["phenomenonTime"].split("/")[-1])
            latest = max(latest, int(at.timestamp()))
    return latest


def send_history(
    city: SimulatedCity,
    door: HTTPDoor,
    which: np.ndarray,
    between_s: tuple[int, int],
    stop: Callable[[], bool],
) -> int:
    """Send what the stations `which` read in [begin, end) [s], by HTTP in large batches.

    Returns how many readings were sent.
    """
    begin_s, end_s = between_s
    waiting: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    sent = 0
    first = -(-begin_s // _HISTORY_STEP_S) * _HISTORY_STEP_S
    for t_s in range(first, end_s, _HISTORY_STEP_S):
        if stop():
            break
        waiting.append(city.readings(t_s, which))
        if sum(len(ds) for ds, _, _ in waiting) >= _BATCH:
            sent += _flush(waiting, door)
    return sent + _flush(waiting, door)


def _flush(waiting: list[tuple[np.ndarray, np.ndarray, np.ndarray]], door: HTTPDoor) -> int:
    if not waiting:
        return 0
    ds, t, v = (np.concatenate(column) for column in zip(*waiting, strict=True))
    waiting.clear()
    door.send(ds.tolist(), t.tolist(), v.tolist())
    return len(ds)


def go_live(
    city: SimulatedCity, door: MQTTDoor, begin_s: int, *, speed: float, stop: Callable[[], bool]
) -> None:
    """Send each second's readings by MQTT; faster than the clock only while in the past."""
    t_s = begin_s
    wall, at = time.time(), float(begin_s)
    while not stop():
        now = time.time()
        at = min(at + (now - wall) * speed, now)
        wall = now
        while t_s <= at and not stop():
            due = city.due(t_s)
            if due.any():
                ds, t, v = city.readings(t_s, due)
                if len(ds):
                    columns = {"ds": ds.tolist(), "t": t.tolist(), "v": v.tolist()}
                    door.send(json.dumps(columns).encode())
            t_s += 1
        time.sleep(0.2)
