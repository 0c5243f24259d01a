"""The unmodified client `frost_sta_client` against a live server: create, query, update, delete."""

from __future__ import annotations

from datetime import UTC, datetime

import frost_sta_client as fsc
import pytest
import requests
from geojson import Point

from madang.telemetry import api, models
from tests.telemetry.lake_double import answering, emptied, lake_in

pytestmark = [
    pytest.mark.data,
    pytest.mark.django_db(transaction=True),
    # the client's own: it uses a property of furl that furl warns about
    pytest.mark.filterwarnings("ignore:furl.pathstr is deprecated:DeprecationWarning"),
]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with lake_in(tmp_path_factory.mktemp("lake")) as store:
        yield store


@pytest.fixture
def lake(store, monkeypatch):
    yield answering(store, monkeypatch)
    emptied(store)


@pytest.fixture
def broadcasts(monkeypatch):
    """The bus, which is another process: note what would be told."""
    told: list[str] = []
    monkeypatch.setattr(
        "madang.kernel.bus.sync.broadcast", lambda subject, data: told.append(subject)
    )
    return told


@pytest.fixture
def service(live_server, lake, broadcasts):
    _, key = api.create_gateway("roof", "simulated", ["observe", "provision"])
    return fsc.SensorThingsService(
        f"{live_server.url}/sta/v1.1", auth_handler=fsc.AuthHandler("roof", key)
    )


@pytest.fixture
def station(service):
    """A thing with a location and one datastream, made by deep insert."""
    place = fsc.Location(
        name="Deoksugung", description="stone wall", location=Point((126.975, 37.566)),
        encoding_type="application/geo+json",
    )  # fmt: skip
    stream = fsc.Datastream(
        name="PM2.5", description="fine dust",
        observation_type="http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        unit_of_measurement=fsc.UnitOfMeasurement("microgram", "ug/m3", "urn:ucum:ug/m3"),
        properties={"period_s": 3600, "external_id": "pm25"},
        sensor=fsc.Sensor(name="OPC", description="optical", encoding_type="application/pdf",
                          metadata="http://example.org/opc.pdf"),
        observed_property=fsc.ObservedProperty(name="Made-up dust", description="dust",
                                               definition="urn:example:dust"),
    )  # fmt: skip
    thing = fsc.Thing(
        name="Station 1", description="on a roof",
        properties={"external_id": "st-1", "unit_code": "11140", "station_class": "sensor"},
        locations=[place], datastreams=[stream],
    )  # fmt: skip
    service.create(thing)
    return thing


def test_a_deep_insert_makes_all_parts_and_says_so_on_the_bus(service, station, broadcasts):
    row = models.Thing.objects.get(pk=station.id)
    assert (row.external_id, row.unit_code, row.station_class) == ("st-1", "11140", "sensor")
    assert row.properties["origin"] == "simulated"
    [stream] = row.datastreams.all()
    assert (stream.period_s, stream.freshness_s, stream.external_id) == (3600, 3600, "pm25")
    assert row.locations.get().lon == 126.975
    assert row.historical_locations.count() == 1
    assert models.FeatureOfInterest.objects.get().name == "Deoksugung"
    assert "madang.changed.telemetry" in broadcasts


def test_entities_are_made_one_by_one_and_linked_by_id(service):
    thing = fsc.Thing(name="T", description="d")
    sensor = fsc.Sensor(name="S", description="d", encoding_type="text/plain", metadata="m")
    kind = fsc.ObservedProperty(name="Heat", definition="urn:example:heat", description="d")
    for entity in (thing, sensor, kind):
        service.create(entity)
    stream = fsc.Datastream(
        name="D", description="d", observation_type="OM_Measurement",
        unit_of_measurement=fsc.UnitOfMeasurement("degree", "K", "urn:K"),
        thing=fsc.Thing(id=thing.id), sensor=fsc.Sensor(id=sensor.id),
        observed_property=fsc.ObservedProperty(id=kind.id),
    )  # fmt: skip
    service.create(stream)
    found = service.datastreams().find(stream.id)
    assert (found.name, found.unit_of_measurement.symbol) == ("D", "K")
    expanded = service.datastreams().query().expand("Thing,Sensor,ObservedProperty").list()
    [one] = list(expanded)
    assert (one.thing.id, one.sensor.id, one.observed_property.id) == (thing.id, sensor.id, kind.id)


def test_lists_are_filtered_ordered_counted_and_follow_their_pages(service):
    for number in range(7):
        service.create(fsc.Thing(name=f"T{number}", description="d", properties={"n": number}))
    found = (
        service.things().query().filter("properties/n ge 2 and name ne 'T4'")
        .orderby("name", "desc").top(2).count().list()
    )  # fmt: skip
    assert found.count == 4
    assert [thing.name for thing in found] == ["T6", "T5", "T3", "T2"]


def test_observations_of_a_datastream_are_read_and_found_by_id(service, station, lake):
    stream = models.Datastream.objects.get()
    models.ObservedProperty.objects.filter(pk=stream.observed_property_id).update(resolution=0.1)
    lake.observe({stream.pk: [5.0, 6.5, 7.1]}, NOON)
    [known] = list(service.datastreams().query().list())
    found = list(known.get_observations().query().filter("result gt 6").list())
    assert [(o.result, o.phenomenon_time) for o in found] == [
        (6.5, "2026-03-01T12:01:00Z"),
        (7.1, "2026-03-01T12:02:00Z"),
    ]
    assert service.observations().find(found[0].id).result == 6.5
    newest = (
        service.datastreams().query().expand("Observations($top=1;$orderby=phenomenonTime desc)")
    )
    [stream_now] = list(newest.list())
    assert [o.result for o in stream_now.observations.entities] == [7.1]


def test_an_update_replaces_and_a_patch_changes_a_part(service, station):
    thing = service.things().find(station.id)
    thing.name = "Station 1b"
    thing.properties = {"external_id": "st-1", "floor": 3}
    service.update(thing)
    row = models.Thing.objects.get(pk=station.id)
    assert (row.name, row.unit_code) == ("Station 1b", "")
    assert row.properties == {
        "external_id": "st-1", "floor": 3, "origin": "simulated", "gateway": "roof",
    }  # fmt: skip
    service.patch(thing, [{"op": "replace", "path": "/properties/floor", "value": 4}])
    assert service.things().find(station.id).properties["floor"] == 4
    assert models.Datastream.objects.count() == 1


def test_a_move_leaves_a_historical_location(service, station):
    place = fsc.Location(
        name="Elsewhere", description="d", location=Point((127.1, 37.5)),
        encoding_type="application/geo+json",
    )  # fmt: skip
    service.create(place)
    url = f"{service.url.url}/Things({station.id})"
    auth = service.auth_handler.add_auth_header()
    answer = requests.patch(url, json={"Locations": [{"@iot.id": place.id}]}, auth=auth, timeout=5)
    assert answer.status_code == 200
    row = models.Thing.objects.get(pk=station.id)
    assert [p.name for p in row.locations.all()] == ["Elsewhere"]
    assert row.historical_locations.count() == 2


def test_deleting_a_thing_takes_its_datastreams_along(service, station):
    service.delete(station)
    assert not models.Thing.objects.exists()
    assert not models.Datastream.objects.exists()
    assert models.Location.objects.exists()
    with pytest.raises(requests.HTTPError, match="404"):
        service.things().find(station.id)


def test_without_a_key_or_with_another_ones_nothing_is_written(service, station, live_server):
    url = f"{live_server.url}/sta/v1.1/Things({station.id})"
    assert requests.delete(url, timeout=5).status_code == 401
    _, other = api.create_gateway("other", "real", ["provision"])
    bearer = {"Authorization": f"Bearer {other}"}
    assert requests.delete(url, headers=bearer, timeout=5).status_code == 403
    answer = requests.post(
        f"{live_server.url}/sta/v1.1/Things({station.id})/Datastreams",
        headers=bearer, json={"name": "x"}, timeout=5,
    )  # fmt: skip
    assert answer.status_code == 403
    _, observer = api.create_gateway("observer", "real", ["observe"])
    answer = requests.post(
        f"{live_server.url}/sta/v1.1/Things", json={"name": "x", "description": ""},
        headers={"Authorization": f"Bearer {observer}"}, timeout=5,
    )  # fmt: skip
    assert answer.status_code == 403
    assert "provision" in answer.json()["detail"]
    assert models.Thing.objects.count() == 1
