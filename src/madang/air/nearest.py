"""Which stations stand nearest to a place: a neighbourhood that a resident chose, or a district."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.air import api
from madang.air.in_effect import rules_in_effect
from madang.air.present import present_stations
from madang.air.shown import ShownValue, shown_value
from madang.air.summary import is_overdue
from madang.city.api import Unit, profile
from madang.kernel.geometry import haversine

NEAREST = 8


@dataclass(frozen=True)
class ShownStation:
    """A station as it is listed: what kind it is in words, how far, its values.

    `decides` says whether its readings count for the district's value and the city's measures.
    """

    name: str
    place: str
    kind: str
    decides: bool
    distance_m: float | None
    origin: str
    values: Sequence[ShownValue]


@dataclass(frozen=True)
class Place:
    """A neighbourhood to choose."""

    code: str
    name: str


def places_of(district: Unit) -> list[Place]:
    """Return the neighbourhoods of a district that have a centre point, by name."""
    language = get_language() or ""
    found = [unit for unit in profile().children(district) if unit.centre is not None]
    return sorted((Place(u.code, u.name(language)) for u in found), key=lambda place: place.name)


def stations_of(district: str, now: datetime, pollutants: Sequence[str]) -> list[ShownStation]:
    """Return the stations of a district, those that decide first, then by name."""
    found = [_shown(station, None, now, pollutants) for station in api.station_air(district)]
    return sorted(found, key=lambda s: (not s.decides, s.name))


def nearest_stations(place: Unit, now: datetime, pollutants: Sequence[str]) -> list[ShownStation]:
    """Return the stations nearest to the centre of a unit, of the whole city."""
    if place.centre is None:
        return []
    lon, lat = place.centre
    placed = [
        (s, s.lon, s.lat) for s in present_stations() if s.lon is not None and s.lat is not None
    ]
    if not placed:
        return []
    metres = haversine(lon, lat, [x for _s, x, _y in placed], [y for _s, _x, y in placed]).tolist()
    ordered = sorted(zip(metres, placed, strict=True), key=lambda pair: pair[0])
    return [_shown(found[0], far, now, pollutants) for far, found in ordered[:NEAREST]]


def all_places() -> list[tuple[str, str, float, float]]:
    """Return (code, its district, lon, lat) of every unit of the finest level with a centre.

    A browser finds the nearest of them by itself, so that nobody's position leaves the device.
    """
    city = profile()
    shown = {air.district for air in api.present_air()}
    found = []
    for unit in city.units():
        district = unit.code if unit.code in shown else unit.parent
        if unit.centre is None or district not in shown:
            continue
        has_finer = unit.code in shown and any(c.centre for c in city.children(unit))
        if not has_finer:
            found.append((unit.code, district or "", *unit.centre))
    return found


def name_to_read(name: str) -> str:
    """Return a station's name; one that begins with a unit's name has that in the page's language.

    Stations come with the name that whoever runs them gave: 공덕동 H0133 is Gongdeok-dong H0133.
    """
    language = get_language() or ""
    place, _space, rest = name.partition(" ")
    found = profile().units_named(place) if not name.isascii() else []
    if not found or language == profile().city.default_language:
        return name
    return " ".join(part for part in (found[0].name(language), rest) if part)


def station_kind(name: str) -> str:
    """Return what kind of instrument a station has, in words."""
    words = {
        "reference": _("reference instrument"),
        "school": _("school station"),
        "intersection": _("roadside station"),
        "sensor": _("low-cost sensor"),
    }
    return words.get(name, name or _("kind not stated"))


def _shown(
    station: api.StationAir, distance_m: float | None, now: datetime, pollutants: Sequence[str]
) -> ShownStation:
    values = [
        shown_value(
            pollutant,
            station.values.get(pollutant),
            "",
            lambda value: is_overdue(value, station.origin, now),
        )
        for pollutant in pollutants
    ]
    return ShownStation(
        name=name_to_read(station.name),
        place=station.district,
        kind=station_kind(station.station_class),
        decides=station.station_class in rules_in_effect().file.stations.classes,
        distance_m=distance_m,
        origin=station.origin,
        values=values,
    )
