"""The air of each district: its closed hours, its latest readings, its index."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from madang.air.engine.cai import Index
from madang.air.in_effect import rules_in_effect
from madang.air.rule_set import POLLUTANTS
from madang.air.standards import Standard

HOUR = timedelta(hours=1)
_PREFERRED = ("real", "simulated", "replayed")
_GOOD_ENOUGH = (0, 1, 2)  # QARTOD good, not evaluated, suspect (index in bits 0-2 of q)
_QUALITY = ("good", "not evaluated", "suspect", "fail", "missing")


@dataclass(frozen=True)
class Value:
    """A pollutant's value in a district: µg/m³ for dust, ppm for gases.

    `time` is the reading's time or the end of the hour (`is_hour`); `stations` how many went in.
    """

    pollutant: str
    value: float
    time: datetime
    stations: int
    quality: str
    is_hour: bool


@dataclass(frozen=True)
class DistrictAir:
    """A district's air. `origin` is the kind of source of all of it; None where nothing is known.

    `values` are the freshest there are, `hours` the last closed hour. `index` is the city's index
    of the last closed hours, its category a grade (good, moderate, bad, very_bad); where the hours
    it needs are not there yet, a pollutant counts by what there is and `is_provisional` says so.
    """

    district: str
    names: Mapping[str, str]
    origin: str | None
    values: Mapping[str, Value]
    hours: Mapping[str, Value]
    index: Index
    is_provisional: bool

    @property
    def time(self) -> datetime | None:
        """The time of the freshest value."""
        return max((v.time for v in self.values.values()), default=None)


@dataclass(frozen=True)
class HourValue:
    """One closed hour of a district; `value` None where too few stations reported."""

    end: datetime
    value: float | None
    stations: int
    quality: str


@dataclass(frozen=True)
class StationAir:
    """A station's latest readings by pollutant; `district` is the unit it stands in."""

    id: int
    name: str
    district: str
    station_class: str
    origin: str
    lon: float | None
    lat: float | None
    values: Mapping[str, Value]


def district_air(
    districts: Sequence[str] | None = None, at: datetime | None = None
) -> list[DistrictAir]:
    """Return the air of the city's districts (all, or those named), in the profile's order.

    With `at`, as the hours closed until then told it.
    """
    from madang.city import api as city

    units = city.profile().districts()
    wanted = [u for u in units if districts is None or u.code in districts]
    standard = rules_in_effect().standard
    latest = {} if at else _latest_by_district()
    hours = _hours_by_district([u.code for u in wanted], standard.window_h, at)
    return [_air_of(u.code, u.names, latest, hours, standard) for u in wanted]


Key = tuple[str, str]  # district, origin


def _air_of(
    code: str,
    names: Mapping[str, str],
    latest: Mapping[Key, Mapping[str, Value]],
    hours: Mapping[Key, Mapping[str, Sequence[HourValue]]],
    standard: Standard,
) -> DistrictAir:
    origin = _origin_of(code, latest, hours)
    if origin is None:
        return DistrictAir(code, names, None, {}, {}, standard.unknown(), is_provisional=False)
    series = hours.get((code, origin), {})
    now = latest.get((code, origin), {})
    closed = {p: v for p, found in series.items() if (v := _last_value(p, found)) is not None}
    values = {p: max((v for v in (now.get(p), closed.get(p)) if v), key=lambda v: v.time)
              for p in POLLUTANTS if p in now or p in closed}  # fmt: skip
    index, is_provisional = _index_of(series, values, standard)
    return DistrictAir(code, names, origin, values, closed, index, is_provisional)


def _origin_of(
    code: str,
    latest: Mapping[Key, Mapping[str, Value]],
    hours: Mapping[Key, Mapping[str, Sequence[HourValue]]],
) -> str | None:
    """Return the origin with the freshest value; at equal hours what is real goes first."""
    times: dict[str, datetime] = {}
    for origin in _PREFERRED:
        stamps = [v.time for v in latest.get((code, origin), {}).values()]
        stamps += [s[-1].end for s in hours.get((code, origin), {}).values() if s]
        if stamps:
            times[origin] = max(stamps).replace(minute=0, second=0, microsecond=0)
    return max(times, key=lambda o: (times[o], -_PREFERRED.index(o))) if times else None


def latest_origins(
    codes: Sequence[str], after: datetime | None = None, until: datetime | None = None
) -> dict[Key, datetime]:
    """Return, per district, the origin to show of the closed hours in (after, until], and the end
    of its newest hour: the newest counts, at equal hours what is real goes first."""
    from django.db.models import Max

    from madang.air.models import DistrictHour

    rows = DistrictHour.objects.filter(is_closed=True, district__in=codes)
    rows = rows.filter(end__gt=after) if after else rows
    rows = rows.filter(end__lte=until) if until else rows
    newest = rows.values_list("district", "origin").annotate(newest=Max("end")).order_by()
    best: dict[str, tuple[datetime, int, str]] = {}
    for code, origin, end in newest:
        rank = (end, -_PREFERRED.index(origin), origin)
        best[code] = max(best.get(code, rank), rank)
    return {(code, origin): end for code, (end, _, origin) in best.items()}


def _last_value(pollutant: str, hours: Sequence[HourValue]) -> Value | None:
    known = [h for h in hours if h.value is not None]
    if not known:
        return None
    last = known[-1]
    assert last.value is not None
    return Value(pollutant, last.value, last.end, last.stations, last.quality, is_hour=True)


def _index_of(
    series: Mapping[str, Sequence[HourValue]], values: Mapping[str, Value], standard: Standard
) -> tuple[Index, bool]:
    """Return the index and whether it is provisional."""
    found: dict[str, float | None] = {}
    is_provisional = False
    for pollutant, value in values.items():
        if pollutant not in standard.pollutants:
            continue
        hours = series.get(pollutant, ())
        counted = _counted(pollutant, hours, standard)
        if counted is None and standard.mean_hours(pollutant) > 1:
            is_provisional = True
        elif counted is None and (last := _last_value(pollutant, hours)) is not None:
            counted = last.value
        found[pollutant] = value.value if counted is None else counted
    return standard.index(found), is_provisional


def _counted(pollutant: str, hours: Sequence[HourValue], standard: Standard) -> float | None:
    if not hours:
        return None
    end = hours[-1].end
    by_end = {h.end: h.value for h in hours}
    window = [by_end.get(end - n * HOUR) for n in range(standard.window_h - 1, -1, -1)]
    return standard.counted(pollutant, [math.nan if v is None else v for v in window])


def district_series(
    district: str,
    pollutant: str,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    origin: str | None = None,
    limit: int = 48,
) -> list[HourValue]:
    """Return closed hours of a district, oldest first: the newest `limit` in [start, end].

    Without `origin` it is that of the newest hour.
    """
    from madang.air.models import DistrictHour

    rows = DistrictHour.objects.filter(district=district, pollutant=pollutant, is_closed=True)
    if origin is None:
        origin = rows.order_by("-end").values_list("origin", flat=True).first()
    rows = rows.filter(origin=origin)
    rows = rows.filter(end__gte=start) if start else rows
    rows = rows.filter(end__lte=end) if end else rows
    newest = rows.order_by("-end").values_list("end", "value", "stations", "q")[:limit]
    return [_hour_value(*row) for row in reversed(newest)]


def _hour_value(
    end: datetime, value: float | None, stations: Mapping[str, float | None], q: int
) -> HourValue:
    reported = sum(v is not None for v in stations.values())
    return HourValue(end, value, reported, _quality(q))


def _quality(q: int) -> str:
    return _QUALITY[min(q & 7, len(_QUALITY) - 1)]


def _hours_by_district(
    codes: Sequence[str], window_h: int, until: datetime | None = None
) -> dict[Key, dict[str, list[HourValue]]]:
    """Return the last closed hours (as many as the index needs) by district and origin."""
    from django.db.models import Max, Q

    from madang.air.models import DistrictHour

    closed = DistrictHour.objects.filter(is_closed=True, district__in=codes)
    closed = closed.filter(end__lte=until) if until else closed
    newest = closed.values_list("origin").annotate(newest=Max("end")).order_by()
    recent = Q(pk__in=[])
    for origin, end in newest:
        recent |= Q(origin=origin, end__gt=end - window_h * HOUR)
    found: dict[Key, dict[str, list[HourValue]]] = defaultdict(lambda: defaultdict(list))
    rows = closed.filter(recent).order_by("end")
    columns = ("district", "origin", "pollutant", "end", "value", "stations", "q")
    for district, origin, pollutant, *hour in rows.values_list(*columns):
        found[district, origin][pollutant].append(_hour_value(*hour))
    return found


def _latest_by_district() -> dict[Key, dict[str, Value]]:
    """Return means of the latest readings of each district's counted stations, by origin."""
    classes = rules_in_effect().file.stations.classes
    gathered: dict[Key, dict[str, list[Value]]] = defaultdict(lambda: defaultdict(list))
    for station in (s for name in classes for s in station_air(station_class=name)):
        if station.district:
            for pollutant, value in station.values.items():
                gathered[station.district, station.origin][pollutant].append(value)
    return {
        key: {pollutant: _mean_value(values) for pollutant, values in found.items()}
        for key, found in gathered.items()
    }


def _mean_value(values: Sequence[Value]) -> Value:
    """Return the mean of readings of the last hour before the newest of them."""
    newest = max(value.time for value in values)
    fresh = [value for value in values if newest - value.time < HOUR]
    mean = math.fsum(value.value for value in fresh) / len(fresh)
    worst = max((value.quality for value in fresh), key=_QUALITY.index)
    return Value(values[0].pollutant, mean, newest, len(fresh), worst, is_hour=False)


def station_air(district: str | None = None, station_class: str | None = None) -> list[StationAir]:
    """Return the latest readings of each air station that fits the given conditions, by id."""
    from madang.telemetry import api as telemetry

    streams = [
        stream
        for pollutant in POLLUTANTS
        for stream in telemetry.datastreams(
            property=pollutant, unit=district, station_class=station_class
        )
    ]
    places = {s.id: s for s in telemetry.stations(ids={stream.station for stream in streams})}
    readings = _latest([stream.id for stream in streams])
    values: dict[int, dict[str, Value]] = defaultdict(dict)
    for stream in streams:
        found = values[stream.station]
        if stream.id in readings:
            time, value, q = readings[stream.id]
            if q & 7 in _GOOD_ENOUGH and not math.isnan(value):
                found[stream.property] = Value(
                    stream.property, value, time, 1, _quality(q), is_hour=stream.period_s >= 3600
                )
    return [
        StationAir(p.id, p.name, p.unit_code, p.station_class, p.origin, p.lon, p.lat, values[p.id])
        for p in (places[number] for number in sorted(values))
    ]


def _latest(ids: Sequence[int]) -> dict[int, tuple[datetime, float, int]]:
    """Return (time, value, q) of the latest observation of each datastream; none if no lake."""
    from madang.kernel.errors import NotFound, Unavailable
    from madang.kernel.times import from_ms
    from madang.telemetry import api as telemetry

    if not ids:
        return {}
    try:
        found = telemetry.readings(ids)
    except (Unavailable, NotFound):  # lake or pipeline away: the closed hours still answer
        return {}
    return {ds: (from_ms(t), v, q) for ds, t, v, q in found}
