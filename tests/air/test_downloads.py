"""The hours of a district as files."""

from __future__ import annotations

import csv
import io
from datetime import UTC, timedelta

import pyarrow.parquet as pq
import pytest

from madang.kernel.times import fixed_clock
from tests.air.conftest import MAPO, city_time, feed

pytestmark = [pytest.mark.data, pytest.mark.django_db]

NOON = city_time(2026, 11, 22, 12)


@pytest.fixture(autouse=True)
def clock():
    with fixed_clock(NOON + timedelta(minutes=5)):
        yield


@pytest.fixture
def mapo(station):
    streams = station(origin="simulated")
    feed(streams["pm25"], "pm25", [(NOON - timedelta(hours=1), 21.5), (NOON, 33.0)])
    feed(streams["o3"], "o3", [(NOON, 0.031)])


def test_a_row_has_units_stations_and_quality(client, mapo):
    answer = client.get(f"/air/{MAPO}/hours.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    first, second = csv.DictReader(io.StringIO(answer.content.decode()))
    assert (first["hour_end"], first["hour_end_local"]) == (
        "2026-11-22T02:00:00Z",
        "2026-11-22T11:00:00+09:00",
    )
    assert (first["pm25_ugm3"], first["o3_ppm"]) == ("21.5", "")
    assert (second["o3_ppm"], second["o3_stations"], second["o3_quality"]) == ("0.031", "1", "good")
    assert second["origin"] == "simulated"


def test_json_and_parquet_have_the_same_rows(client, mapo):
    rows = client.get(f"/air/{MAPO}/hours.json").json()["hours"]
    table = pq.read_table(io.BytesIO(client.get(f"/air/{MAPO}/hours.parquet").content))
    assert table.column("pm25_ugm3").to_pylist() == [row["pm25_ugm3"] for row in rows]
    assert table.column("o3_ppm").to_pylist() == [None, 0.031]
    assert table.column("hour_end").to_pylist() == [
        (NOON - timedelta(hours=n)).astimezone(UTC) for n in (1, 0)
    ]


def test_days_limit_the_rows(client, station):
    streams = station(origin="simulated")
    feed(streams["pm25"], "pm25", [(NOON - timedelta(hours=n), 20.0) for n in range(30, -1, -1)])
    assert len(client.get(f"/air/{MAPO}/hours.json?days=1").json()["hours"]) == 24


@pytest.mark.parametrize("form", ["csv", "json", "parquet"])
def test_a_district_without_hours_is_an_empty_file(client, form):
    answer = client.get(f"/air/{MAPO}/hours.{form}")
    assert answer.status_code == 200
    if form == "csv":
        assert answer.content.decode().startswith("hour_end,hour_end_local,district,origin,pm25_")


@pytest.mark.parametrize("days", ["0", "91", "x", "-1", "1.5", "²", ""])
def test_a_wrong_span_is_refused(client, days):
    answer = client.get(f"/air/{MAPO}/hours.csv", {"days": days}, headers={"accept": "*/*"})
    assert answer.status_code == 422


@pytest.mark.parametrize("path", ["/air/99999/hours.csv", f"/air/{MAPO}/hours.xlsx"])
def test_what_does_not_exist_is_not_found(client, path):
    assert client.get(path).status_code == 404
