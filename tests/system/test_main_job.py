"""The main job: real files through the front door, and exactly the right measures come of them."""

from __future__ import annotations

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.air import reference_measures as reference
from tests.system.instance import Instance, until

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
SEOUL = ZoneInfo("Asia/Seoul")
DISTRICT = "11110"


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    with Instance(tmp_path_factory.mktemp("job"), "--no-sim") as running:
        yield running


@pytest.fixture(scope="module")
def key(instance):
    return instance.gateway("replayer", "replayed")


def measures(instance):
    answer = instance.get("/api/v1/air/measures", params={"origin": "replayed", "limit": 1000})
    assert answer.status_code == 200, answer.text
    return {
        (m["rule"], local(m["declared_at"]), m["lifted_at"] and local(m["lifted_at"]))
        for m in answer.json()
    }


def local(text):
    return datetime.fromisoformat(text).astimezone(SEOUL).replace(tzinfo=None)


def test_the_replayed_hours_make_the_platform_declare_what_the_reference_says(
    instance, key, shared
):
    path = shared / "seoul" / "air_hourly_city_mean_2018_2019.csv.gz"
    hours, repeated = reference.read(path)
    expected = reference.all_measures(hours, reference.next_day_means(hours))
    done = instance.simulator(
        "replay", str(path), "--gateway", "replayer", "--district", DISTRICT,
        "--forecast", "next-day-mean", "--json", key=key,
    )  # fmt: skip
    report = json.loads(done.stdout)
    assert report["duplicate_stamps"] == len(repeated) == 24
    assert report["missing_hours"] == 24
    assert [refusal["code"] for refusal in report["refused"]] == ["malformed"]
    assert report["accepted"] == report["sent"] - 1
    try:
        until(lambda: measures(instance) == expected, 120, "the same measures")
    finally:
        found = measures(instance)
        assert not (found ^ expected), f"{sorted(found ^ expected)[:10]}\n{instance.logs()}"


def test_the_refused_reading_is_among_the_dead_letters(instance):
    health = json.loads(instance.madang("status", "--json").stdout)["health"]
    assert all(problem == "ok" for problem in health.values()), health


def test_no_measure_follows_from_the_daily_series(instance, key, shared):
    before = measures(instance)
    path = shared / "seoul" / "air_daily_2018_2019.csv.gz"
    done = instance.simulator(
        "replay", str(path), "--gateway", "replayer", "--district", DISTRICT, "--json", key=key
    )
    report = json.loads(done.stdout)
    assert report["stations"] >= 50
    assert report["accepted"] > 180_000
    until(lambda: "lag" not in instance.get("/healthz").text, 30, "quiet")
    assert measures(instance) == before
