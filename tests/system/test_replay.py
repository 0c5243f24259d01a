"""The main job: a real file replayed through the front door declares what the rules say."""

from __future__ import annotations

import csv
import json
from datetime import datetime

import httpx
import pytest

from tests.air import reference_measures as reference
from tests.air.conftest import MAPO, SEOUL
from tests.system.instance import Instance, until

pytestmark = [pytest.mark.system, pytest.mark.timeout(420)]


@pytest.fixture(scope="module")
def instance(tmp_path_factory, shared):
    with Instance(tmp_path_factory.mktemp("replay"), "--no-sim") as running:
        yield running


def measures(instance: Instance) -> list[dict]:
    return instance.get("/api/v1/air/measures?limit=1000").json()


def local(stamp: str | None) -> datetime | None:
    return stamp and datetime.fromisoformat(stamp).astimezone(SEOUL).replace(tzinfo=None)


def told(found: list[dict]) -> set[tuple]:
    return {(m["rule"], local(m["declared_at"]), local(m["lifted_at"])) for m in found}


def test_the_replayed_year_declares_and_lifts_exactly_what_the_reference_computes(instance, shared):
    path = shared / "seoul" / "air_hourly_city_mean_2018_2019.csv.gz"
    hours, repeated = reference.read(path)
    expected = reference.all_measures(hours, reference.next_day_means(hours))
    key = instance.gateway("player", "replayed")
    arguments = ["--gateway", "player", "--key", key, "--district", MAPO, "--json"]
    done = instance.simulator(
        "replay", str(path), *arguments, "--forecast", "next-day-mean", key=key
    )
    report = json.loads(done.stdout)
    assert report["duplicate_stamps"] == len(repeated) == 24
    assert report["pm25_above_pm10"] == 9
    refused = [(r["line"], r["code"]) for r in report["refused"]]
    assert (13864, "malformed") in refused or (13864, "not-finite") in refused
    until(lambda: told(measures(instance)) == expected, 180, "the last measure")
    found = measures(instance)
    assert len(found) == len(expected)
    assert {m["origin"] for m in found} == {"replayed"}
    assert {m["district"] for m in found} == {MAPO}
    for measure in found:
        for reading in measure["readings"]:
            column = f"{measure['pollutant']}_ugm3"
            assert hours[local(reading["time"])][column] == reading["value"]


def test_the_command_line_says_the_same_as_the_platform(instance, shared, tmp_path):
    path = shared / "seoul" / "air_hourly_city_mean_2018_2019.csv.gz"
    hours, _ = reference.read(path)
    forecast = tmp_path / "forecast.csv"
    with forecast.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["date", "pm25_mean_ugm3"])
        writer.writerows(reference.next_day_means(hours).items())
    done = instance.madang(
        "air", "measures", "--series", str(path), "--forecast", str(forecast),
        "--rules", "cities/seoul/air.yaml", "--json",
    )  # fmt: skip
    assert told(json.loads(done.stdout)["measures"]) == told(measures(instance))


def test_the_daily_series_is_replayed_and_no_measure_follows(instance, shared):
    before = told(measures(instance))
    path = shared / "seoul" / "air_daily_2018_2019.csv.gz"
    key = instance.gateway("daily", "replayed")
    arguments = ["--gateway", "daily", "--key", key, "--json"]
    report = json.loads(instance.simulator("replay", str(path), *arguments, key=key).stdout)
    assert report["accepted"] > 150_000
    assert report["stations"] == 50

    def last_days() -> list[datetime]:
        found = instance.get("/api/v1/air/stations?station_class=daily").json()
        assert all(station["origin"] == "replayed" for station in found)
        return [max(local(v["time"]) for v in s["values"].values()) for s in found if s["values"]]

    # the file's last day closes at the midnight after it
    midnight = datetime(2020, 1, 1)  # noqa: DTZ001
    until(lambda: last_days().count(midnight) > 30, 120, "the last day")
    assert told(measures(instance)) == before


def test_the_seoul_dialect_shows_the_replayed_hours(instance):
    key = "0123456789abcdef0123456789abcdef01"
    url = f"{instance.dialect_url}/{key}/json/TimeAverageAirQuality/1/30/20191231"
    table = httpx.get(url, timeout=30).json()["TimeAverageAirQuality"]
    assert table["list_total_count"] == 24
    assert table["row"][0]["MSRDT"] == "202001010000"
    assert table["row"][0]["MSRSTE_NM"] == "마포구"
