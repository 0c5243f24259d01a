"""Air stations on the map, one layer for each pollutant."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from madang.air.map_classes import bounds, grade_among, legend_of, unit_name
from madang.air.rule_set import POLLUTANTS
from madang.air.units import DECIMALS, NAMES, UNITS
from madang.kernel import times
from madang.kernel.errors import NotFound
from madang.kernel.maps import Detail, Fact, LegendClass, Rows, Trend
from madang.telemetry import api as telemetry

PREFIX = "air-stations-"
_GOOD_ENOUGH = (0, 1, 2)  # QARTOD good, not evaluated, suspect
_DAY = timedelta(days=1)
_BACK_S = 3600  # what a station said up to an hour before is what the map showed


def _pollutant(layer: str) -> str:
    return layer.removeprefix(PREFIX)


def legend(layer: str) -> tuple[LegendClass, ...]:
    """Return the classes of a pollutant with their bounds."""
    ends = bounds(_pollutant(layer))
    if not ends:  # the city's index does not know this pollutant: values without classes
        return (LegendClass("measured", _("Measured"), "cai-good", "neutral"),)
    return legend_of((*ends, None))


def rows(layer: str, at: datetime | None, language: str) -> Rows:
    """Return the stations that measure a pollutant, with their latest value at that moment."""
    pollutant = _pollutant(layer)
    streams = telemetry.datastreams(property=pollutant)
    places = {s.id: s for s in telemetry.stations(ids={stream.station for stream in streams})}
    kept = [stream for stream in streams if places[stream.station].lon is not None]
    found = _readings(pollutant, at, [stream.id for stream in kept])
    readings = [found.get(stream.id) for stream in kept]
    ends = bounds(pollutant)
    return Rows(
        ids=[str(stream.station) for stream in kept],
        names=[stream.station_name for stream in kept],
        lons=[places[stream.station].lon for stream in kept],
        lats=[places[stream.station].lat for stream in kept],
        classes=[_class_of(ends, r[1] if r else None) for r in readings],
        values=[r[1] if r else None for r in readings],
        times=[r[0] if r else None for r in readings],
        limits=[0 if stream.origin == "replayed" else stream.freshness_s for stream in kept],
        origins=[stream.origin for stream in kept],
        streams=[stream.id for stream in kept],
    )  # fmt: skip


def _class_of(ends: Sequence[float], value: float | None) -> str:
    return grade_among(ends, value) if ends or value is None else "measured"


Reading = tuple[int, float | None]  # ms, value


def _readings(pollutant: str, at: datetime | None, ids: Sequence[int]) -> dict[int, Reading]:
    if at is None:
        rows = telemetry.readings(ids)
    else:
        found = telemetry.snapshot(pollutant, at, _BACK_S)
        rows = list(zip(*(found[name].tolist() for name in ("ds", "t", "v", "q")), strict=True))
    return {
        ds: (t, v if q & 7 in _GOOD_ENOUGH and not math.isnan(v) else None) for ds, t, v, q in rows
    }


def detail(layer: str, station_id: str, language: str) -> Detail:
    """Return the card of a station."""
    number = int(station_id) if station_id.isascii() and station_id.isdecimal() else -1
    stations = telemetry.stations(ids=[number])
    streams = [s for s in telemetry.datastreams(station=number) if s.property in POLLUTANTS]
    if not stations or not streams:
        raise NotFound(f"there is no air station {station_id!r}")
    station = stations[0]
    now = times.now()
    readings = {stream.id: reading for stream in streams
                for reading in [_latest_of(stream.id)] if reading}  # fmt: skip
    return Detail(
        heading=station.name,
        place=unit_name(station.unit_code, language),
        origin=station.origin,
        facts=[
            Fact(NAMES[s.property], r[1], UNITS[s.property], DECIMALS[s.property],
                 times.from_ms(r[0]), _late(r, s, now))
            for s in streams
            if (r := readings.get(s.id))
        ],
        trends=[_station_trend(s, now) for s in streams if s.property in ("pm25", "o3")],
        why=[_flags(s, readings.get(s.id)) for s in streams if s.property == "pm25"],
        links=[(_("The district"), reverse("air-district", args=[station.unit_code]))]
        if station.unit_code else [],
    )  # fmt: skip


def _latest_of(ds: int) -> tuple[int, float | None, int] | None:
    rows = telemetry.readings([ds])
    if not rows:
        return None
    _ds, at_ms, value, q = rows[0]
    return at_ms, None if math.isnan(value) else value, q


def _late(
    reading: tuple[int, float | None, int], stream: telemetry.Datastream, now: datetime
) -> str:
    age_s = (now - times.from_ms(reading[0])).total_seconds()
    is_late = stream.origin != "replayed" and stream.freshness_s and age_s > stream.freshness_s
    return _("overdue") if is_late else ""


def _flags(stream: telemetry.Datastream, reading: tuple[int, float | None, int] | None) -> str:
    """Return how the newest reading was judged, in words."""
    if reading is None:
        return _("No reading has come yet.")
    verdicts = (
        _("The tests of quality found nothing wrong with the newest %(name)s."),
        _("The newest %(name)s is not judged yet."),
        _("The newest %(name)s is suspect: a test of quality stood out."),
        _("The newest %(name)s failed a test of quality and does not count."),
        _("The newest %(name)s is marked missing."),
    )
    verdict = verdicts[min(reading[2] & 7, len(verdicts) - 1)]
    return verdict % {"name": NAMES[stream.property]}


def _station_trend(stream: telemetry.Datastream, now: datetime) -> Trend:
    """Return the last day by the hour, or its readings where there are few; gaps stay gaps."""
    found = telemetry.series(stream.id, now - _DAY, now + timedelta(seconds=1), "hour")
    columns = [found[name].tolist() for name in ("t", "sum", "n")]
    by_end = {times.from_ms(t): s / n for t, s, n in zip(*columns, strict=True) if n}
    end = times.hour_end(now) - timedelta(hours=1)
    points = [(end - timedelta(hours=n)) for n in range(23, -1, -1)]
    return Trend(
        NAMES[stream.property],
        UNITS[stream.property],
        DECIMALS[stream.property],
        [(point, by_end.get(point)) for point in points],
    )
