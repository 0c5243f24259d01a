"""Hourly and daily means by station and city unit, from the closed hours of the lake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from madang.air.engine import statistics as engine
from madang.air.in_effect import rules_in_effect
from madang.air.rule_set import POLLUTANTS
from madang.kernel.errors import Invalid
from madang.kernel.times import from_ms

LONGEST = timedelta(days=366)
STATION = "station"
DISTRICT = "district"


@dataclass(frozen=True)
class Statistic:
    """A mean of one place: a unit code, or a station's id as text.

    `start` is the start of the hour or of the city's day; `mean` is None where fewer than 75 % of
    a day's hours are there; `stations` is how many went in.
    """

    place: str
    start: datetime
    mean: float | None
    hours: int
    stations: int


def statistics(
    pollutant: str,
    start: datetime,
    end: datetime,
    *,
    period: str = "hour",
    level: str = DISTRICT,
) -> list[Statistic]:
    """Return means over the closed hours from `start` to `end`, by place and period.

    Parameters
    ----------
    period : hour, or day (the city's day).
    level : station, district, or a level of the city's units. Stations of all classes count for
        `station`; for places only those of the classes the city's rules count, each alike.

    Raises
    ------
    Invalid
        If a word is unknown or the span is empty or longer than a year.
    """
    _check(pollutant, start, end, period, level)
    import polars as pl

    from madang.telemetry import api as telemetry

    places = _places(pollutant, level)
    if not places:
        return []
    # telemetry takes [start, end); the hours that lie in the span end in (start, end]
    instant = timedelta(seconds=1)
    found = telemetry.hours(pollutant, start + instant, end + instant, ds=sorted(places))
    rows = pl.DataFrame(found).select(
        place=pl.col("ds").cast(pl.Int64).replace_strict(places, return_dtype=pl.String),
        ds="ds",
        t=pl.col("t").cast(pl.Int64),
        n=pl.col("n").cast(pl.Int64),
        sum="sum",
    )
    hourly = engine.hourly_means(rows)
    if period == "hour":
        columns = hourly.select("place", "t", "mean", "stations").iter_rows()
        return [Statistic(p, from_ms(t - engine.HOUR_MS), mean, 1, n) for p, t, mean, n in columns]
    offset = start.astimezone(rules_in_effect().zone).utcoffset() or timedelta(0)
    daily = engine.daily_means(hourly, int(offset.total_seconds() * 1000))
    columns = daily.select("place", "day", "mean", "hours", "stations").iter_rows()
    return [Statistic(p, from_ms(day), mean, h, n) for p, day, mean, h, n in columns]


def _check(pollutant: str, start: datetime, end: datetime, period: str, level: str) -> None:
    from madang.city import api as city

    faults: dict[str, str] = {}
    if pollutant not in POLLUTANTS:
        faults["pollutant"] = f"is not one of {', '.join(POLLUTANTS)}"
    if period not in ("hour", "day"):
        faults["period"] = "is not hour or day"
    levels = (STATION, DISTRICT, *(item.id for item in city.profile().levels))
    if level not in levels:
        faults["level"] = f"is not one of {', '.join(dict.fromkeys(levels))}"
    if start.tzinfo is None or end.tzinfo is None:
        faults["start"] = "start and end need an offset from UTC, such as +09:00"
    elif not timedelta(0) < end - start <= LONGEST:
        faults["end"] = f"must be after start, by at most {LONGEST.days} days"
    if faults:
        name, reason = next(iter(faults.items()))
        raise Invalid(f"{name} {reason}", faults)


def _places(pollutant: str, level: str) -> Mapping[int, str]:
    """Return the place of each datastream that counts at this level."""
    from madang.city import api as city
    from madang.telemetry import api as telemetry

    streams = telemetry.datastreams(property=pollutant)
    if level == STATION:
        return {stream.id: str(stream.station) for stream in streams}
    classes = rules_in_effect().file.stations.classes
    counted = [s for s in streams if s.station_class in classes]
    if level in (DISTRICT, city.profile().district_level):
        return {s.id: s.unit_code for s in counted if s.unit_code}
    where = {s.id: s for s in telemetry.stations(ids={s.station for s in counted})}
    found = {}
    for stream in counted:
        station = where[stream.station]
        if station.lon is None or station.lat is None:
            continue
        unit = city.profile().unit_at(station.lon, station.lat, level)
        if unit is not None:
            found[stream.id] = unit.code
    return found
