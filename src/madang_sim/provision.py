"""Introduces stations to the platform as a gateway would: SensorThings deep inserts, once each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from madang_sim.doors import HTTPDoor

_THINGS = (
    "/sta/v1.1/Things?$select=id,properties&$top=500"
    "&$expand=Datastreams($select=id,properties;$top=20)"
)
_BATCH = 50  # things in one request
_GASES = ("o3", "no2", "co", "so2")
_MEASUREMENT = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


@dataclass(frozen=True)
class Introduction:
    """A station as its gateway describes it."""

    external_id: str
    name: str
    unit: str
    station_class: str
    lon: float
    lat: float
    pollutants: tuple[str, ...]
    period_s: int
    freshness_s: int


def known_datastreams(door: HTTPDoor) -> dict[tuple[str, str], int]:
    """Return the datastreams the platform has: (thing's external id, pollutant) -> id."""
    found = {}
    for thing in door.all_of(_THINGS):
        external_id = (thing.get("properties") or {}).get("external_id")
        for datastream in thing.get("Datastreams", ()):
            pollutant = (datastream.get("properties") or {}).get("external_id")
            if external_id and pollutant:
                found[external_id, pollutant] = int(datastream["@iot.id"])
    return found


def introduce(door: HTTPDoor, stations: list[Introduction]) -> dict[tuple[str, str], int]:
    """Create the stations the platform does not know yet; return all datastream ids."""
    known = known_datastreams(door)
    fresh = [s for s in stations if (s.external_id, s.pollutants[0]) not in known]
    if not fresh:
        return known
    sensors = {
        name: door.create("/sta/v1.1/Sensors", _sensor(name))["@iot.id"]
        for name in sorted({station.station_class for station in fresh})
    }
    for start in range(0, len(fresh), _BATCH):
        some = fresh[start : start + _BATCH]
        door.create_all("Things", [_thing(s, sensors[s.station_class]) for s in some])
    return known_datastreams(door)


def _sensor(station_class: str) -> dict[str, Any]:
    return {
        "name": f"{station_class} instrument",
        "description": f"Instruments of {station_class} stations",
        "encodingType": "text/html",
        "metadata": "https://docs.ogc.org/is/18-088/18-088.html#sensor",
    }


def _thing(station: Introduction, sensor: int) -> dict[str, Any]:
    return {
        "name": station.name,
        "description": f"Air station ({station.station_class})",
        "properties": {
            "external_id": station.external_id,
            "unit_code": station.unit,
            "station_class": station.station_class,
        },
        "Locations": [
            {
                "name": station.name,
                "description": "Where the station stands",
                "encodingType": "application/geo+json",
                "location": {
                    "type": "Point",
                    "coordinates": [round(station.lon, 6), round(station.lat, 6)],
                },
            }
        ],
        "Datastreams": [
            _datastream(station, pollutant, sensor) for pollutant in station.pollutants
        ],
    }


def _datastream(station: Introduction, pollutant: str, sensor: int) -> dict[str, Any]:
    unit = "[ppm]" if pollutant in _GASES else "ug/m3"  # UCUM
    return {
        "name": f"{station.name} {pollutant}",
        "description": f"{pollutant} at {station.name}",
        "observationType": _MEASUREMENT,
        "unitOfMeasurement": {"name": unit, "symbol": unit, "definition": f"ucum:{unit}"},
        "properties": {
            "external_id": pollutant,
            "period_s": station.period_s,
            "freshness_s": station.freshness_s,
        },
        "ObservedProperty": {"@iot.id": pollutant},
        "Sensor": {"@iot.id": sensor},
    }
