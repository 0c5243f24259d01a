"""District hours from station hours: gathered, closed, and put to the rules, in one transaction.

A district's hour closes when all its stations of the counted classes reported it, when a later
hour arrives, or when the grace time is over (`close_waiting`). After that it never changes: what
was decided stays explainable. Later arrivals are counted and stay in the lake.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from madang.air.actions import pass_time, step_series
from madang.air.class_changes import follow_classes
from madang.air.in_effect import rules_in_effect
from madang.air.models import DistrictHour, RuleState, Series
from madang.air.rule_set import ForecastRule, Stations
from madang.kernel.bus.message import Message
from madang.kernel.times import from_ms, now
from madang.telemetry import api as telemetry
from madang.telemetry.api import Datastream

GRACE = timedelta(minutes=10)
KEPT = timedelta(days=90)
_HOUR_S = 3600


@dataclass(frozen=True)
class StationHour:
    """One station's hour: mean of `n` readings, quality `q` as the lake has it."""

    ds: int
    end: datetime
    n: int
    mean: float
    q: int


def take_hours(message: Message) -> None:
    """Take one message of closed station hours (``madang.hours.<pollutant>``)."""
    take_station_hours(message.subject.rsplit(".", 1)[-1], _station_hours(message.data))


def _station_hours(data: bytes) -> list[StationHour]:
    import pyarrow as pa

    table = pa.ipc.open_stream(data).read_all()
    columns = (table.column(name).to_pylist() for name in ("ds", "t", "n", "sum", "q"))
    return [
        StationHour(ds, from_ms(t), n, total / n if n else math.nan, q)
        for ds, t, n, total, q in zip(*columns, strict=True)
    ]


@transaction.atomic
def take_station_hours(pollutant: str, rows: Sequence[StationHour]) -> None:
    """Add station hours to their districts' hours, and close those that are complete."""
    stations = rules_in_effect().file.stations
    streams = {stream.id: stream for stream in _counted_streams(pollutant, stations)}
    expected: dict[Series, set[int]] = defaultdict(set)
    for stream in streams.values():
        expected[_series_of(stream)].add(stream.id)
    grouped: dict[Series, list[StationHour]] = defaultdict(list)
    for row in rows:
        known = streams.get(row.ds)
        if known is not None:
            grouped[_series_of(known)].append(_counted(row, known, stations))
    for series, found in grouped.items():
        _gather(series, found, expected[series])


def _counted_streams(pollutant: str, stations: Stations) -> list[Datastream]:
    found = (
        stream
        for name in stations.classes
        for stream in telemetry.datastreams(property=pollutant, station_class=name)
    )
    return [stream for stream in found if stream.unit_code]


def _series_of(stream: Datastream) -> Series:
    return Series(stream.unit_code, stream.origin, stream.property)


def _counted(row: StationHour, stream: Datastream, stations: Stations) -> StationHour:
    """Return the row, its mean NaN where too few readings of the hour came."""
    due = max(_HOUR_S // max(stream.period_s, 1), 1)
    if row.n >= stations.completeness * due:
        return row
    return StationHour(row.ds, row.end, row.n, math.nan, row.q)


def _gather(series: Series, rows: Sequence[StationHour], expected: set[int]) -> None:
    ends = {row.end for row in rows}
    stored = DistrictHour.objects.filter(Q(end__in=ends) | Q(is_closed=False), **series.key)
    known = {hour.end: hour for hour in stored}
    waiting = {end: hour for end, hour in known.items() if not hour.is_closed}
    for row in rows:
        hour = waiting.get(row.end)
        if hour is None:
            if row.end in known:  # closed before this station reported
                continue
            hour = waiting[row.end] = DistrictHour(**series.key, end=row.end, stations={})
        hour.stations[str(row.ds)] = None if math.isnan(row.mean) else row.mean
        hour.q = max(hour.q, row.q, key=lambda q: q & 7)
    newest = max([*known, *waiting], default=None)
    ready = [h for end, h in waiting.items() if end != newest or expected <= _reported(h)]
    _close(series, ready, len(expected))
    _save([h for end, h in waiting.items() if end in ends or h.is_closed])


def _reported(hour: DistrictHour) -> set[int]:
    return {int(ds) for ds in hour.stations}


def _close(series: Series, ready: Sequence[DistrictHour], expected: int) -> None:
    share = rules_in_effect().file.stations.min_share
    closed: list[tuple[datetime, float | None]] = []
    for hour in sorted(ready, key=lambda h: h.end):
        values = [v for v in hour.stations.values() if v is not None]
        enough = values and len(values) >= share * expected
        hour.value = math.fsum(values) / len(values) if enough else None
        hour.is_closed = True
        closed.append((hour.end, hour.value))
    if closed:
        step_series(series, closed)
        follow_classes(series, closed)


def _save(hours: Sequence[DistrictHour]) -> None:
    old = [hour for hour in hours if hour.pk is not None]
    DistrictHour.objects.bulk_create([h for h in hours if h.pk is None], batch_size=500)
    columns = ["stations", "q", "value", "is_closed"]
    DistrictHour.objects.bulk_update(old, columns, batch_size=100)


@transaction.atomic
def close_waiting() -> None:
    """Close hours whose stations did not all report in time, and let time pass (schedule)."""
    stations = rules_in_effect().file.stations
    late = DistrictHour.objects.filter(is_closed=False, created__lt=now() - GRACE)
    grouped: dict[Series, list[DistrictHour]] = defaultdict(list)
    for hour in late.order_by("end"):
        grouped[Series(hour.district, hour.origin, hour.pollutant)].append(hour)
    for series, hours in grouped.items():
        streams = _counted_streams(series.pollutant, stations)
        _close(series, hours, sum(_series_of(stream) == series for stream in streams))
        _save(hours)
    _pass_time()


def _pass_time() -> None:
    """Let what is due by the clock happen where no data comes; a replay has its own time."""
    until = now() - GRACE
    by_the_clock = {r.pollutant for r in rules_in_effect().rules if isinstance(r, ForecastRule)}
    rows = RuleState.objects.exclude(origin="replayed").filter(at__lt=until)
    for row in rows.filter(pollutant__in=by_the_clock).defer("state"):
        pass_time(Series(row.district, row.origin, row.pollutant), until)


def forget_old_hours() -> None:
    """Delete district hours of the past that the lake keeps anyway (schedule)."""
    DistrictHour.objects.filter(is_closed=True, created__lt=now() - KEPT).delete()
