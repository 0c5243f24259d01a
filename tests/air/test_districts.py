"""The air of each district now: what is freshest, and its index."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from madang.air import api
from madang.identity import api as identity
from madang.kernel.errors import Unavailable
from tests.air.conftest import MAPO, city_time, feed
from tests.staff import PASSWORD, sign_in

pytestmark = [pytest.mark.data, pytest.mark.django_db]

NOON = city_time(2026, 11, 21, 12)
CLEAN = {"pm25": 10.0, "pm10": 20.0, "o3": 0.02, "no2": 0.02, "co": 0.4, "so2": 0.003}


@pytest.fixture(autouse=True)
def readings(monkeypatch):
    """What the lake has as latest: ds -> (time, value, q)."""
    found: dict[int, tuple] = {}

    def latest(ids=None):
        rows = [(ds, *found[ds]) for ds in ids if ds in found]
        return [(ds, int(at.timestamp() * 1000), v, q) for ds, at, v, q in rows]

    monkeypatch.setattr("madang.telemetry.api.readings", latest)
    return found


def fill(streams: dict[str, int], factor: float = 1.0, hours: int = 12) -> None:
    for pollutant, value in CLEAN.items():
        series = [(NOON - timedelta(hours=n), value * factor) for n in range(hours)][::-1]
        feed(streams[pollutant], pollutant, series)


def air_of(code: str = MAPO):
    (found,) = api.district_air([code])
    return found


def test_a_district_without_stations_has_no_air():
    found = air_of()
    assert (found.origin, found.time, dict(found.values)) == (None, None, {})
    assert found.index.value is None
    assert len(api.district_air()) == 25


def test_the_index_is_of_the_closed_hours(station):
    fill(station(origin="real"))
    found = air_of()
    assert found.origin == "real"
    assert found.time == NOON
    assert found.index.value == 33
    assert not found.is_provisional
    assert found.values["pm25"].is_hour


def test_a_reading_fresher_than_any_closed_hour_is_shown(station, readings):
    streams = station(origin="real", period_s=60)
    fill(streams)
    readings[streams["pm25"]] = (NOON + timedelta(minutes=5), 80.0, 2)
    found = air_of()
    assert found.values["pm25"].value == 80
    assert found.values["pm25"].quality == "suspect"
    assert found.hours == {}  # one reading is no hour of a station that reads by the minute


def test_before_twelve_hours_the_index_is_provisional(station, readings):
    streams = station(origin="simulated", period_s=300)
    for pollutant, value in CLEAN.items():
        readings[streams[pollutant]] = (NOON, value, 0)
    found = air_of()
    assert found.is_provisional
    assert found.index.value == 33
    assert found.values["pm25"].stations == 1
    readings[streams["pm25"]] = (NOON, 10.0, 3)  # failed quality does not count
    assert "pm25" not in air_of().values


def test_real_air_goes_before_simulated_air_of_the_same_hour(station):
    fill(station(origin="simulated"), 3.0)
    assert air_of().origin == "simulated"
    fill(station(origin="real"))
    assert air_of().origin == "real"


def test_without_the_lake_the_closed_hours_still_answer(station, monkeypatch):
    fill(station(origin="real"))

    def latest(ids=None):
        raise Unavailable("the lake does not answer")

    monkeypatch.setattr("madang.telemetry.api.latest", latest)
    assert air_of().index.value == 33


def test_the_json_api_answers(station):
    streams = station(origin="real")
    fill(streams)
    feed(streams["pm25"], "pm25", [(NOON + timedelta(hours=n), 60.0) for n in range(1, 5)])
    client = Client()
    mapo = next(d for d in client.get("/api/v1/air/districts").json() if d["district"] == MAPO)
    assert mapo["names"]["en"] == "Mapo-gu"
    assert mapo["origin"] == "real"
    hours = client.get(f"/api/v1/air/districts/{MAPO}/series?limit=3").json()
    assert [h["value"] for h in hours] == [60, 60, 60]
    (measure,) = client.get(f"/api/v1/air/measures?district={MAPO}").json()
    assert measure["awaits_approval"]
    number = measure["id"]
    assert client.get(f"/api/v1/air/measures/{number}").json()["rule"] == "early_action"
    assert client.get("/api/v1/air/measures/4711").status_code == 404
    cap = client.get(f"/api/v1/air/measures/{number}/cap.xml")
    assert cap["Content-Type"].startswith("application/cap+xml")
    assert client.get("/api/v1/air/stations").json()[0]["name"] == "Mapo"
    assert client.post(f"/api/v1/air/measures/{number}/approve").status_code == 401
    forecast = {"forecasts": [{"date": "2026-11-22", "pm25_mean_ugm3": 60.5}]}
    post = {"content_type": "application/json"}
    assert client.post("/api/v1/air/forecasts", forecast, **post).status_code == 401


def test_an_officer_approves_lifts_and_gives_forecasts_over_http(station):
    officer = identity.add_user("kim", ["officer"], password=PASSWORD)
    client = Client()
    sign_in(client, "kim")
    post = {"content_type": "application/json"}
    for day, mean, status in (("2026-11-22", 60.5, 200), ("x", 1, 422), ("2026-11-22", -1, 422)):
        body = {"forecasts": [{"date": day, "pm25_mean_ugm3": mean}]}
        answer = client.post("/api/v1/air/forecasts", body, **post)
        assert answer.status_code == status
    feed(station()["pm25"], "pm25", [(NOON + timedelta(hours=n), 60.0) for n in range(4)])
    (measure,) = api.measures()
    path = f"/api/v1/air/measures/{measure.id}"
    assert client.post(f"{path}/approve").json()["status"] == "in_force"
    assert client.post(f"{path}/approve").status_code == 409
    assert client.post(f"{path}/lift", {"reason": ""}, **post).status_code == 422
    lifted = client.post(f"{path}/lift", {"reason": "rain"}, **post).json()
    assert lifted["status"] == "lifted"
    assert lifted["lifted_by"] == officer.id
    assert datetime.fromisoformat(lifted["lifted_at"]).tzinfo is not None


def test_a_gateways_forecast_counts_for_its_own_origin_only(station):
    from madang.telemetry import api as telemetry

    _, key = telemetry.create_gateway("player", "replayed", ("observe", "provision"))
    _, weak = telemetry.create_gateway("weak", "replayed")
    body = {"forecasts": [{"date": "2026-11-22", "pm25_mean_ugm3": 90, "district": MAPO}]}
    post = {"content_type": "application/json"}

    def give(used: str):
        headers = {"Authorization": f"Bearer {used}"}
        return Client().post("/api/v1/air/forecasts", body, headers=headers, **post)

    assert give("wrong").status_code == 401
    assert give(weak).status_code == 403
    assert give(key).json() == {"days": 1}
    afternoon = [(NOON + timedelta(hours=n), 5.0) for n in range(7)]
    for origin in ("real", "simulated", "replayed"):
        feed(station(origin=origin)["pm25"], "pm25", afternoon)
    (measure,) = api.measures()
    assert (measure.rule, measure.origin) == ("emergency_reduction", "replayed")


def test_a_districts_own_forecast_goes_before_the_citys(station):
    day = datetime(2026, 11, 22).date()  # noqa: DTZ001
    api.record_forecasts({day: 10.0}, "test", district=MAPO)
    api.record_forecasts({day: 90.0}, "test")
    feed(station()["pm25"], "pm25", [(NOON + timedelta(hours=n), 5.0) for n in range(7)])
    assert api.measures() == []
