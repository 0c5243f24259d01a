"""Means over hours, days and places."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from madang.air import api
from madang.air.engine.statistics import daily_means, hourly_means, running_mean
from madang.kernel.errors import Invalid
from tests.air.conftest import MAPO, city_time

HOUR_MS = 3_600_000
NINE_HOURS = 9 * HOUR_MS


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def test_stations_count_alike_however_often_they_read():
    hours = pl.DataFrame(
        {"place": ["a", "a", "b"], "ds": [1, 2, 3], "t": [0, 0, 0], "n": [12, 1, 0],
         "sum": [120.0, 40.0, 0.0]}
    )  # fmt: skip
    assert hourly_means(hours).rows() == [("a", 0, 25.0, 2)]


def test_a_day_is_the_citys_and_needs_18_of_24_hours():
    first = city_time(2019, 3, 1, 1)
    rows = [(first + timedelta(hours=n), float(n)) for n in range(24)]
    hourly = pl.DataFrame(
        {"place": "a", "t": [ms(t) for t, _ in rows], "mean": [v for _, v in rows], "stations": 1}
    )
    (day,) = daily_means(hourly, NINE_HOURS).rows()
    assert day == ("a", ms(city_time(2019, 3, 1)), 11.5, 24, 1, True)
    assert daily_means(hourly[:18], NINE_HOURS)["mean"].to_list() == [8.5]
    assert daily_means(hourly[:17], NINE_HOURS)["mean"].to_list() == [None]


def test_a_running_mean_needs_three_quarters():
    found = running_mean([4.0, math.nan, 4.0, 4.0, math.nan, math.nan], 4)
    assert np.isnan(found).tolist() == [True, True, True, False, True, True]


@pytest.mark.data
@pytest.mark.django_db
def test_means_by_station_district_and_day_from_the_lakes_hours(station, monkeypatch):
    one, two = station("one")["pm25"], station("two")["pm25"]
    school = station("school", station_class="school")["pm25"]
    start = city_time(2019, 3, 1)
    rows = [
        (ds, ms(start + timedelta(hours=n + 1)), 2, 2 * value)
        for ds, value in ((one, 10.0), (two, 30.0), (school, 90.0))
        for n in range(20)
    ]
    asked = []

    def hours(pollutant, begin, end, ds):
        asked.append((pollutant, begin, end))
        kept = [r for r in rows if r[0] in ds and ms(begin) <= r[1] < ms(end)]
        names = ("ds", "t", "n", "sum")
        return pa.table({name: [r[i] for r in kept] for i, name in enumerate(names)})

    monkeypatch.setattr("madang.telemetry.api.hours", hours)
    end = start + timedelta(days=1)
    (day,) = api.statistics("pm25", start, end, period="day")
    assert (day.place, day.start, day.mean, day.hours, day.stations) == (MAPO, start, 20, 20, 2)
    found = api.statistics("pm25", start, start + timedelta(hours=1), level="station")
    assert sorted(s.mean for s in found) == [10, 30, 90]
    assert {s.start for s in found} == {start}
    assert api.statistics("pm25", start, end, level="dong") == []  # the stations have no place


@pytest.mark.parametrize(
    "change",
    [{"period": "week"}, {"level": "street"}, {"pollutant": "xx"}, {"days": 0}, {"days": 400}],
)
def test_a_wrong_question_is_refused(change):
    start = datetime(2019, 3, 1, tzinfo=UTC)
    days = change.pop("days", 1)
    asked = {"pollutant": "pm25", **change}
    with pytest.raises(Invalid):
        api.statistics(asked.pop("pollutant"), start, start + timedelta(days=days), **asked)
