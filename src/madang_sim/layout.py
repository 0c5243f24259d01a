"""Where the simulated city's stations stand and what each measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from madang_sim.noise import gaussians, uniforms

POLLUTANTS = ("pm25", "pm10", "o3", "no2", "co", "so2")
_KM_PER_DEGREE = 111.2


@dataclass(frozen=True)
class Place:
    """A neighbourhood of the city: code, centre [degrees], residents, and its district's code.

    `population` is 0 where it is not on record.
    """

    code: str
    name: str
    lon: float
    lat: float
    population: int
    district: str


@dataclass(frozen=True)
class StationClass:
    """A kind of station: how many in a city like Seoul, what they measure, how often, how well.

    `mark` sets a station's name apart in any language; `gain_sd` and `noise_sd` are relative;
    `spread_km` scatters stations around a centre.
    """

    name: str
    mark: str
    count: int
    pollutants: tuple[str, ...]
    period_s: int
    gain_sd: float
    noise_sd: float
    spread_km: float


# Residents of Seoul in the middle of 2021 (Seoul Open Data Plaza): the city of the full numbers.
FULL_POPULATION = 9_795_426
UNKNOWN_DISTRICT = 150_000  # residents of a district in a city that states none

REFERENCE = StationClass("reference", "", 25, POLLUTANTS, 300, 0.01, 0.01, 0.3)
SENSOR = StationClass("sensor", "S", 1200, ("pm25", "pm10"), 120, 0.12, 0.06, 1.0)
SCHOOL = StationClass("school", "H", 300, ("pm25", "pm10"), 120, 0.08, 0.05, 0.8)
INTERSECTION = StationClass("intersection", "X", 150, ("pm25", "no2", "co"), 120, 0.08, 0.05, 0.6)


@dataclass(frozen=True)
class Stations:
    """All stations as columns; `kind` indexes `classes`."""

    classes: tuple[StationClass, ...]
    kind: np.ndarray
    name: tuple[str, ...]
    district: tuple[str, ...]
    lon: np.ndarray
    lat: np.ndarray

    def __len__(self) -> int:
        return len(self.name)

    def positions_km(self) -> np.ndarray:
        """Return (n, 2) east and north of the stations' middle [km]."""
        north = (self.lat - self.lat.mean()) * _KM_PER_DEGREE
        east = (self.lon - self.lon.mean()) * _KM_PER_DEGREE * np.cos(np.radians(self.lat.mean()))
        return np.column_stack([east, north])


def city_stations(
    districts: Sequence[Place], places: Sequence[Place], seed: int, scale: float = 1.0
) -> Stations:
    """Return one reference station per district and the other classes where people live.

    Parameters
    ----------
    places : neighbourhoods; where a city has none on record, its districts.
    scale : share of the usual numbers of sensors, schools and intersections, which grow with the
        residents of the districts: 1,200, 300 and 150 in a city like Seoul.
    """
    districts = populated(districts)
    places = populated(places)
    scale *= sum(place.population for place in districts) / FULL_POPULATION
    classes = (REFERENCE, SENSOR, SCHOOL, INTERSECTION)
    kinds, names, codes, lons, lats = [], [], [], [], []
    for number, kind in enumerate(classes):
        if kind is REFERENCE:
            chosen = list(districts)
        else:
            chosen = _drawn(places, round(kind.count * scale), seed + number)
        offsets = gaussians(seed + 100 + number, 0, 2 * len(chosen)).reshape(-1, 2)
        for index, (place, (east, north)) in enumerate(zip(chosen, offsets, strict=True)):
            squeeze = kind.spread_km / _KM_PER_DEGREE
            kinds.append(number)
            mark = f" {kind.mark}{index + 1:04d}" if kind.mark else ""
            names.append(place.name + mark)
            codes.append(place.district)
            lons.append(place.lon + east * squeeze / np.cos(np.radians(place.lat)))
            lats.append(place.lat + north * squeeze)
    return Stations(
        classes, np.array(kinds), tuple(names), tuple(codes), np.array(lons), np.array(lats)
    )


def populated(places: Sequence[Place]) -> list[Place]:
    """Return the places, those without a number of residents with the mean of the others."""
    known = [place.population for place in places if place.population > 0]
    usual = round(sum(known) / len(known)) if known else UNKNOWN_DISTRICT
    return [p if p.population > 0 else replace(p, population=usual) for p in places]


def _drawn(places: Sequence[Place], count: int, seed: int) -> list[Place]:
    """Return `count` places drawn by population, evenly (systematic sampling)."""
    weights = np.cumsum([max(place.population, 1) for place in places], dtype=float)
    start = uniforms(seed, 0, 1)[0]
    targets = (np.arange(count) + start) / max(count, 1) * weights[-1]
    return [
        places[i] for i in np.searchsorted(weights, targets, side="right").clip(max=len(places) - 1)
    ]
