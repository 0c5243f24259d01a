"""The past of a place as the forecast takes it: closed hours, and older ones from the lake."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from madang.air.in_effect import rules_in_effect
from madang.air.models import DistrictHour
from madang.air.rule_set import POLLUTANTS
from madang.air.rules import Hour
from madang.kernel.errors import NotFound, Unavailable
from madang.kernel.times import from_ms

LEARNED = timedelta(days=366)
LEAST_SHARE = 0.5  # of the city's districts that an hour of the city needs
_HOUR_S = 3600

Values = dict[datetime, dict[str, float]]


def place_hours(districts: Sequence[str], origin: str, until: datetime) -> list[Hour]:
    """Return the hours of a district, or the means of several, of the year up to `until`.

    Closed hours count as the measures see them. What lies before the oldest of them comes from
    the lake's station hours, each station alike, if the lake answers.
    """
    start = until - LEARNED
    found = closed_hours(districts, origin, start, until)
    for end, values in _from_lake(districts, origin, start, min(found, default=until)).items():
        found.setdefault(end, values)
    return [Hour(end, found[end]) for end in sorted(found)]


def closed_hours(districts: Sequence[str], origin: str, start: datetime, until: datetime) -> Values:
    """Return values by end and pollutant of a district's closed hours, or the means of several.

    Of hours that end after `start`, up to `until`; of the means half of the districts must be
    there.
    """
    from django.db.models import Avg, Count

    rows = DistrictHour.objects.filter(
        district__in=districts, origin=origin, is_closed=True, end__gt=start, end__lte=until
    )
    means = rows.values_list("end", "pollutant").order_by()
    found: Values = defaultdict(dict)
    for end, pollutant, mean, n in means.annotate(mean=Avg("value"), n=Count("value")):
        values = found[end]
        if n and n >= LEAST_SHARE * len(districts):
            values[pollutant] = mean
    return found


def _from_lake(districts: Sequence[str], origin: str, start: datetime, until: datetime) -> Values:
    found: Values = defaultdict(dict)
    for pollutant in POLLUTANTS:
        try:
            means = _lake_means(pollutant, districts, origin, (start, until))
        except (Unavailable, NotFound):  # the lake is away: the closed hours are enough to go on
            return {}
        for end, mean in means.items():
            found[end][pollutant] = mean
    return found


def _lake_means(
    pollutant: str, districts: Sequence[str], origin: str, span: tuple[datetime, datetime]
) -> Mapping[datetime, float]:
    from madang.telemetry import api as telemetry

    stations = rules_in_effect().file.stations
    streams = {
        stream.id: stream
        for name in stations.classes
        for stream in telemetry.datastreams(property=pollutant, station_class=name, origin=origin)
        if stream.unit_code in districts
    }
    if not streams:
        return {}
    import polars as pl

    rows = pl.DataFrame(telemetry.hours(pollutant, *span, ds=sorted(streams)))
    ds = pl.col("ds").cast(pl.Int64)
    places = {number: stream.unit_code for number, stream in streams.items()}
    due = {n: float(max(_HOUR_S // max(s.period_s, 1), 1)) for n, s in streams.items()}
    means = (
        rows.with_columns(
            place=ds.replace_strict(places, return_dtype=pl.String),
            due=ds.replace_strict(due, return_dtype=pl.Float64),
        )
        .filter((pl.col("n") > 0) & (pl.col("n") >= stations.completeness * pl.col("due")))
        .group_by("place", "t")
        .agg(mean=(pl.col("sum") / pl.col("n")).mean())
        .group_by("t")
        .agg(mean=pl.col("mean").mean(), n=pl.len())
        .filter(pl.col("n") >= LEAST_SHARE * len(districts))
    )
    return {from_ms(int(t)): mean for t, mean in means.select("t", "mean").iter_rows()}
