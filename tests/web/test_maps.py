"""Maps: layers with legends, rows in columns now and then, access, the base map by ranges."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.test import Client

from madang.air import map_classes
from madang.air.present import forget_present_air
from madang.city import api as city
from madang.identity import api as identity
from madang.kernel.registry import MapLayer, load, registry
from madang.kernel.times import HOUR, hour_end, now, to_ms
from madang.telemetry import api as telemetry
from madang.telemetry import map_sensors
from madang.web import maps
from madang.web.icons import ICONS
from tests.air.conftest import MAPO, feed
from tests.staff import PASSWORD, sign_in

pytestmark = [pytest.mark.data, pytest.mark.django_db]


@pytest.fixture
def client() -> Client:
    forget_present_air()
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def live(monkeypatch):
    """Return a function that puts readings (ds, t, v, q) where the lake would have them."""

    def put(*rows):
        columns = list(zip(*rows, strict=True)) or [[]] * 4
        table = dict(zip(("ds", "t", "v", "q"), map(np.array, columns), strict=True))
        monkeypatch.setattr(telemetry, "readings", lambda ids: list(rows))
        monkeypatch.setattr(telemetry, "snapshot", lambda p, at, back: table)

    return put


def placed(thing_name: str, lon: float = 126.9, lat: float = 37.55) -> None:
    from madang.telemetry.models import Location, Thing

    thing = Thing.objects.get(name=thing_name)
    place = Location.objects.create(
        gateway=thing.gateway, name="here", encoding_type="application/geo+json",
        location={"type": "Point", "coordinates": [lon, lat]}, lon=lon, lat=lat,
    )  # fmt: skip
    thing.locations.add(place)


def test_each_layer_has_classes_told_by_icon_word_and_role():
    for layer in registry().offers(MapLayer):
        classes = load(layer.legend)(layer.id)
        assert len({one.icon for one in classes}) == len(classes), layer.id
        for one in classes:
            assert one.icon in ICONS
            assert one.word
            assert one.colour in maps.COLOURS
        ends = [one.below for one in classes if one.below is not None]
        assert ends == sorted(ends)


def test_bounds_of_classes_are_those_of_the_index():
    # CAI: PM2.5 good to 15, moderate to 35, bad to 75 µg/m³, judged at whole numbers (half up)
    assert map_classes.bounds("pm25") == pytest.approx((15.5, 35.5, 75.5), abs=1e-4)
    assert map_classes.grade_among(map_classes.bounds("pm25"), 35.4) == "moderate"
    assert map_classes.grade_among(map_classes.bounds("pm25"), 35.51) == "bad"
    assert map_classes.grade_among(map_classes.bounds("pm25"), None) == "none"


def test_layers_are_listed_for_those_who_may_see_them(client):
    ids = [one["id"] for one in client.get("/api/v1/maps/layers").json()["layers"]]
    assert ids[0] == "air-districts"
    assert "sensors" not in ids
    identity.add_user("lee", ["operator"], password=PASSWORD)
    sign_in(client, "lee")
    assert "sensors" in [one["id"] for one in client.get("/api/v1/maps/layers").json()["layers"]]


def test_a_map_listens_to_every_event_that_a_room_made_public(client):
    told = maps.setup([maps.layer("air-measures")])["announced"]
    assert {"air.measure_in_force", "air.measure_lifted", "notices.desk_changed"} <= set(told)
    assert "telemetry.detection" not in told  # not public
    feed = (Path(maps.__file__).parent / "static/web/map-feed.js").read_text(encoding="utf-8")
    assert not [name for name in told if name in feed]


def test_a_layer_for_operators_is_refused_to_others(client):
    assert client.get("/api/v1/maps/layers/sensors").status_code == 401
    assert client.get("/api/v1/maps/layers/nothing").status_code == 404


def test_stations_come_with_class_value_time_and_stream(client, station, live):
    streams = station(origin="simulated")
    placed("Mapo")
    t = to_ms(now())
    live((streams["pm25"], t, 40.0, 0))
    rows = client.get("/api/v1/maps/layers/air-stations-pm25").json()
    assert (rows["name"], rows["class"], rows["value"], rows["t"]) == (
        ["Mapo"],
        ["bad"],
        [40.0],
        [t],
    )
    assert rows["origin"] == ["simulated"]
    assert rows["ds"] == [streams["pm25"]]
    assert rows["limit"] == [3600]


def test_a_reading_of_failed_quality_is_no_value(client, station, live):
    streams = station(origin="simulated")
    placed("Mapo")
    live((streams["pm25"], to_ms(now()), 400.0, 3))
    rows = client.get("/api/v1/maps/layers/air-stations-pm25").json()
    assert (rows["class"], rows["value"]) == (["none"], [None])


def test_what_is_replayed_is_never_late(client, station, live):
    station(origin="replayed")
    placed("Mapo")
    live()
    assert client.get("/api/v1/maps/layers/air-stations-pm25").json()["limit"] == [0]


def test_districts_show_the_past_as_their_closed_hours_told_it(client, station):
    streams = station(origin="simulated")
    end = hour_end(now()) - HOUR
    feed(streams["pm25"], "pm25", [(end - 2 * HOUR, 90.0), (end - HOUR, 10.0), (end, 10.0)])
    then = (end - 2 * HOUR).astimezone(UTC).isoformat().replace("+00:00", "Z")
    rows = client.get("/api/v1/maps/layers/air-districts", {"at": then}).json()
    place = rows["id"].index(MAPO)
    assert rows["class"][place] == "very_bad"
    assert rows["t"][place] == to_ms(end - 2 * HOUR)
    present = client.get("/api/v1/maps/layers/air-districts").json()
    assert present["class"][place] != "very_bad"


def test_a_moment_without_an_offset_is_refused(client):
    answer = client.get("/api/v1/maps/layers/air-districts", {"at": "2026-03-01T09:00:00"})
    assert answer.status_code == 422
    assert "offset" in answer.json()["detail"]


def test_the_base_map_is_read_by_ranges(client):
    base = city.ensure_basemap()
    whole = client.get("/maps/basemap.pmtiles")
    assert whole.content == base.path.read_bytes()
    assert whole.headers["Accept-Ranges"] == "bytes"
    part = client.get("/maps/basemap.pmtiles", headers={"range": "bytes=0-6"})
    assert (part.status_code, part.content) == (206, b"PMTiles")
    assert part.headers["Content-Range"] == f"bytes 0-6/{len(whole.content)}"
    tail = client.get("/maps/basemap.pmtiles", headers={"range": "bytes=-5"})
    assert tail.content == whole.content[-5:]
    beyond = client.get("/maps/basemap.pmtiles", headers={"range": f"bytes={len(whole.content)}-"})
    assert beyond.status_code == 416


def test_a_moment_of_the_past_shows_the_sensors_as_they_were_then(monkeypatch, station):
    streams = list(station(origin="simulated").values())
    placed("Mapo")
    at = now() - 5 * HOUR
    heard = {}

    def last_heard(moment, back_s):
        assert moment == at
        assert back_s >= 3600
        return {"ds": np.array(streams[:1]), "t": np.array([heard["t"]])}

    monkeypatch.setattr(map_sensors, "last_heard", last_heard)
    monkeypatch.setattr(map_sensors, "latest", lambda: pytest.fail("that is the present"))
    for ago_s, state in ((10, "live"), (4000, "late"), (30_000, "silent")):
        heard["t"] = to_ms(at) - ago_s * 1000
        found = maps.rows(maps.layer("sensors"), at)
        assert (list(found.classes), list(found.times)) == ([state], [heard["t"]])


def test_cards_say_values_and_why(station):
    streams = station(origin="simulated")
    end = hour_end(now()) - HOUR
    feed(streams["pm25"], "pm25", [(end - HOUR, 80.0), (end, 82.0)])
    card = maps.detail(maps.layer("air-districts"), MAPO)
    assert [fact.value for fact in card.facts if fact.name == "PM2.5"] == [82.0]
    assert len(card.trends[0].points) == 24
    assert card.trends[0].points[-1] == (end.astimezone(UTC), 82.0)
    assert any("missing" in why or "PM2.5" in why or "없" in why for why in card.why)


def test_a_moment_of_the_past_is_what_stations_said_within_the_hour(monkeypatch, station):
    asked = {}

    def query(sql, parameters):
        asked.update(parameters)
        return {"a": np.array([1]), "b": np.array([2]), "c": np.array([3.0]), "d": np.array([0])}

    monkeypatch.setattr("madang.telemetry.history.lake.query_arrays", query)
    station()
    at = datetime(2026, 3, 1, tzinfo=UTC)
    found = telemetry.snapshot("pm25", at, 3600)
    assert list(found) == ["ds", "t", "v", "q"]
    assert asked["end"] - asked["start"] == 3600
    assert asked["end"] == int((at + timedelta(seconds=1)).timestamp())
