"""Forecasts of the platform's own hours: issued, kept, judged, shown."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import numpy as np
import pyarrow as pa
import pytest
from django.test import Client

from madang.air import api, forecasting
from madang.air.errors import UnknownForecast
from madang.air.forecast_checks import judge_forecasts
from madang.air.forecast_history import place_hours
from madang.air.forecasting import due_places, forget_old_forecasts, issue_forecasts
from madang.air.forecasts import margin_of
from madang.air.models import DistrictHour, ForecastDay, ForecastIssue, ForecastScore
from madang.kernel.models import AuditEntry
from madang.kernel.times import fixed_clock
from tests.air.conftest import MAPO, city_time, feed

HOUR = timedelta(hours=1)
pytestmark = pytest.mark.django_db


def hour(end: datetime, value: float | None, pollutant: str = "pm25", **other) -> DistrictHour:
    given = {"district": MAPO, "origin": "simulated", "created": end, **other}
    return DistrictHour(pollutant=pollutant, end=end, value=value, is_closed=True, **given)


def closed(until: datetime, days: int, **other) -> None:
    """Close hours of a daily wave between 20 and 60 up to `until`."""
    rows = []
    for n in range(days * 24):
        end = until - n * HOUR
        rows.append(hour(end, 40 + 20 * np.cos(end.hour / 24 * 2 * np.pi), **other))
    DistrictHour.objects.bulk_create(rows)


NOW = city_time(2026, 11, 22, 15)


def test_a_district_is_forecast_once_for_its_newest_hour():
    closed(NOW, 3)
    with fixed_clock(NOW + 5 * timedelta(minutes=1)):
        assert [(due.district, due.end) for due in due_places()] == [(MAPO, NOW)]
        assert issue_forecasts() == 1
        assert issue_forecasts() == 0
    found = api.forecast(MAPO)
    assert (found.origin, found.source, found.issued_at) == ("forecast", "simulated", NOW)
    assert found.models == {"pm25": "diurnal persistence"}
    hours = found.hours["pm25"]
    assert [h.valid_at for h in hours] == [NOW + n * HOUR for n in range(1, 49)]
    # a daily wave without noise: the same hours of the day before
    expected = 40 + 20 * np.cos(hours[9].valid_at.hour / 24 * 2 * np.pi)
    assert hours[9].value == pytest.approx(expected, abs=0.06)
    assert hours[9].low < hours[9].value < hours[9].high
    assert found.tomorrow["pm25"].day == datetime(2026, 11, 23).date()  # noqa: DTZ001
    assert found.tomorrow["pm25"].value == pytest.approx(40, abs=0.1)


def test_a_month_of_hours_is_learned_from():
    closed(NOW, 40)
    with fixed_clock(NOW):
        issue_forecasts()
    found = api.forecast(MAPO)
    assert found.models == {"pm25": "ridge"}
    assert found.fitted_rows == 960
    day = found.tomorrow["pm25"]
    assert day.low <= day.value == pytest.approx(40, abs=1.5)


def test_an_hour_that_is_not_whole_waits_a_quarter_of_an_hour():
    closed(NOW, 2)
    closed(NOW - HOUR, 2, pollutant="o3")
    with fixed_clock(NOW + timedelta(minutes=5)):
        assert [due.end for due in due_places()] == [NOW - HOUR]
    with fixed_clock(NOW + timedelta(minutes=16)):
        assert [due.end for due in due_places()] == [NOW]


def test_the_city_is_the_mean_of_its_districts():
    from madang.city import api as city

    codes = [unit.code for unit in city.profile().districts()]
    rows = []
    for n in range(48):
        for place, code in enumerate(codes):
            rows.append(hour(NOW - n * HOUR, 10.0 + place, district=code))
    DistrictHour.objects.bulk_create(rows)
    with fixed_clock(NOW):
        assert due_places()[0].district == ""
        while issue_forecasts():
            pass
    found = api.forecast()
    assert found.district == ""
    assert found.hours["pm25"][0].value == pytest.approx(10 + (len(codes) - 1) / 2, abs=0.06)
    assert {f.district for f in api.forecasts()} == set(codes)


def test_a_run_stops_when_its_time_is_over_and_the_next_goes_on(monkeypatch):
    closed(NOW, 2)
    closed(NOW, 2, district="11110")
    monkeypatch.setattr(forecasting, "_BUDGET_S", -1.0)
    with fixed_clock(NOW):
        assert [issue_forecasts(), issue_forecasts(), issue_forecasts()] == [1, 1, 0]


def test_what_is_simulated_never_mixes_with_what_is_measured():
    closed(NOW, 2)
    DistrictHour.objects.bulk_create(hour(NOW - n * HOUR, 90.0, origin="real") for n in range(48))
    with fixed_clock(NOW):
        issue_forecasts()
    assert api.forecast(MAPO).source == "real"
    assert api.forecast(MAPO).hours["pm25"][0].value == 90.0
    assert api.forecast(MAPO, source="simulated").hours["pm25"][0].value < 61


def test_without_a_forecast_there_is_none():
    with pytest.raises(UnknownForecast):
        api.forecast(MAPO)
    assert api.forecasts() == []
    assert api.forecast_skill(MAPO) == []
    assert Client().get("/api/v1/air/forecast").status_code == 404


def issue_through(first: datetime, hours: int) -> None:
    """Let hours come one by one, each with its forecast."""
    for n in range(hours):
        end = first + n * HOUR
        with fixed_clock(end):
            assert forecasting.issue_forecast(forecasting.Due(MAPO, "simulated", end, (MAPO,)))


def test_a_day_that_is_over_is_judged_by_what_came():
    closed(city_time(2026, 11, 21, 16), 2)  # the wave, mean 40
    after = city_time(2026, 11, 21, 16)
    DistrictHour.objects.bulk_create(hour(after + n * HOUR, 50.0) for n in range(1, 34))
    issue_through(city_time(2026, 11, 21, 16), 4)
    row = ForecastDay.objects.get()
    assert row.issued_at == city_time(2026, 11, 21, 17)  # the evening's, not the later ones
    assert row.day == datetime(2026, 11, 22).date()  # noqa: DTZ001
    with fixed_clock(city_time(2026, 11, 23, 0)):
        assert judge_forecasts() == 0  # its last hour may still come
    with fixed_clock(city_time(2026, 11, 23, 2)):
        assert judge_forecasts() == 1
        assert judge_forecasts() == 0
    row.refresh_from_db()
    assert row.came == 50.0
    (skill,) = api.forecast_skill(MAPO, pollutants=["pm25"])
    assert (skill.days, skill.within) == (1, 1)
    assert skill.margin == np.ceil(abs(row.mean - 50.0))
    assert skill.rmse == pytest.approx(abs(row.mean - 50.0))
    assert skill.persistence_rmse == pytest.approx(abs(row.last_day - 50.0))
    score = ForecastScore.objects.get()
    # issued at 17, 18 and 19 o'clock for the same hours of the 22nd (16 o'clock is the 22nd, too)
    assert score.n == 4
    issue = ForecastIssue.objects.get(issued_at=city_time(2026, 11, 21, 16))
    first = (issue.hours["pm25"]["value"][23] - 50.0) ** 2
    assert score.squared_error > first * 0.9


def test_a_day_with_too_few_hours_is_over_but_not_compared():
    closed(city_time(2026, 11, 21, 17), 2)
    issue_through(city_time(2026, 11, 21, 17), 1)
    with fixed_clock(city_time(2026, 11, 23, 2)):
        assert judge_forecasts() == 1
    assert ForecastDay.objects.get().came is None
    (skill,) = api.forecast_skill(MAPO, pollutants=["pm25"])
    assert (skill.days, skill.margin, skill.hour_skill) == (0, None, None)


def test_eight_of_ten_days_lie_within_the_margin():
    errors = [1.2, -3.4, 5.6, 0.2, 8.9, 2.0, 1.0, -4.1, 9.9, 12.0]
    margin = margin_of(errors, "pm25")
    assert margin == 9.0
    assert sum(abs(e) <= margin for e in errors) == 8
    assert margin_of([0.0121], "o3") == 0.013
    assert margin_of([], "o3") is None


def test_the_api_answers_in_json():
    closed(NOW, 2)
    with fixed_clock(NOW):
        issue_forecasts()
    found = Client().get(f"/api/v1/air/forecast?district={MAPO}").json()
    assert found["origin"] == "forecast"
    assert found["source"] == "simulated"
    assert set(found["hours"]["pm25"][0]) == {"valid_at", "value", "low", "high"}
    (skill, *_) = Client().get(f"/api/v1/air/forecast/skill?district={MAPO}").json()
    assert skill["pollutant"] == "pm25"
    assert skill["days"] == 0


def test_old_hourly_forecasts_are_forgotten():
    closed(NOW, 2)
    with fixed_clock(NOW):
        issue_forecasts()
    with fixed_clock(NOW + timedelta(days=9)):
        forget_old_forecasts()
    assert not ForecastIssue.objects.exists()
    assert ForecastDay.objects.exists()


@pytest.mark.parametrize("wanted", [True, False])
def test_the_own_forecast_decides_only_where_the_profile_says_so(station, monkeypatch, wanted):
    import msgspec

    from madang.air import actions
    from madang.air.in_effect import rules_in_effect

    rules = rules_in_effect()
    file = msgspec.structs.replace(rules.file, own_forecast=wanted)
    changed = type(rules)(file, rules.digest, rules.path)
    monkeypatch.setattr(actions, "rules_in_effect", lambda: changed)
    day = datetime(2019, 3, 2).date()  # noqa: DTZ001
    ForecastDay.objects.create(
        district=MAPO, origin="replayed", pollutant="pm25", day=day, model="ridge", version="1",
        issued_at=city_time(2019, 3, 1, 16), mean=90.0, low=70.0, high=120.0,
    )  # fmt: skip
    streams = station()
    feed(streams["pm25"], "pm25", [(city_time(2019, 3, 1, h), 20.0) for h in range(1, 19)])
    declared = [m.rule for m in api.measures()]
    assert declared == (["emergency_reduction"] if wanted else [])
    if wanted:
        (entry,) = AuditEntry.objects.filter(verb="air.declare")
        assert json.loads(entry.detail)["forecast"] == "own"


def test_a_given_forecast_goes_before_our_own(station, monkeypatch):
    import msgspec

    from madang.air import actions
    from madang.air.in_effect import rules_in_effect

    rules = rules_in_effect()
    changed = type(rules)(
        msgspec.structs.replace(rules.file, own_forecast=True), rules.digest, rules.path
    )
    monkeypatch.setattr(actions, "rules_in_effect", lambda: changed)
    day = datetime(2019, 3, 2).date()  # noqa: DTZ001
    ForecastDay.objects.create(
        district=MAPO, origin="replayed", pollutant="pm25", day=day, model="ridge", version="1",
        issued_at=city_time(2019, 3, 1, 16), mean=90.0, low=70.0, high=120.0,
    )  # fmt: skip
    api.record_forecasts({day: 20.0}, "test")
    streams = station()
    feed(streams["pm25"], "pm25", [(city_time(2019, 3, 1, h), 20.0) for h in range(1, 19)])
    assert api.measures() == []


def test_hours_older_than_those_kept_here_come_from_the_lake(station, monkeypatch):
    one, two = station("one", "simulated")["pm25"], station("two", "simulated")["pm25"]
    station("other", "real")
    rows = [
        (ds, int((NOW - n * HOUR).timestamp() * 1000), count, count * value)
        for ds, value in ((one, 10.0), (two, 30.0))
        for n in range(100)
        for count in ((1,) if (ds, n) != (two, 60) else (0,))
    ]

    def hours(pollutant, start, end, ds):
        span = (start.timestamp() * 1000, end.timestamp() * 1000)
        kept = [r for r in rows if r[0] in ds and span[0] <= r[1] < span[1] and pollutant == "pm25"]
        names = ("ds", "t", "n", "sum")
        return pa.table({name: [r[i] for r in kept] for i, name in enumerate(names)})

    monkeypatch.setattr("madang.telemetry.api.hours", hours)
    closed(NOW, 1)
    found = place_hours([MAPO], "simulated", NOW)
    assert len(found) == 100
    by_end = {h.end: h.values["pm25"] for h in found}
    assert by_end[NOW - 30 * HOUR] == 20.0
    assert by_end[NOW - 60 * HOUR] == 10.0  # one of the two stations had no reading
    assert by_end[NOW] == pytest.approx(40 + 20 * np.cos(NOW.hour / 24 * 2 * np.pi))


def test_without_the_lake_the_closed_hours_are_enough(station, monkeypatch):
    from madang.kernel.errors import Unavailable

    station("one", "simulated")

    def hours(*_given, **_more):
        raise Unavailable("the lake does not answer")

    monkeypatch.setattr("madang.telemetry.api.hours", hours)
    closed(NOW, 1)
    assert len(place_hours([MAPO], "simulated", NOW)) == 24
