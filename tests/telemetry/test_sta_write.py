"""Writing SensorThings 1.1 over plain HTTP: what is wrong is named, batches, ownership."""

from __future__ import annotations

import json

import pytest

from madang.telemetry import api, models
from madang.telemetry.changes import catalogue_version

pytestmark = [pytest.mark.data, pytest.mark.django_db]
SENSOR = {"name": "S", "description": "", "encodingType": "text/plain", "metadata": "m"}
PLACE = {
    "name": "P", "description": "", "encodingType": "application/geo+json",
    "location": {"type": "Point", "coordinates": [127.0, 37.5]},
}  # fmt: skip


@pytest.fixture
def send(client):
    _, key = api.create_gateway("roof", "simulated", ["provision"])

    def sent(method: str, path: str, document: object = None, **headers: str):
        return client.generic(
            method, f"/sta/v1.1/{path}", b"" if document is None else json.dumps(document),
            content_type=headers.pop("content_type", "application/json"),
            headers={"Authorization": f"Bearer {key}", **headers},
        )  # fmt: skip

    return sent


def stream(**more: object) -> dict[str, object]:
    return {
        "name": "D", "description": "", "observationType": "OM_Measurement",
        "unitOfMeasurement": {"name": "", "symbol": "ug/m3", "definition": ""},
        "Sensor": SENSOR, "ObservedProperty": {"@iot.id": "x_dust"}, **more,
    }  # fmt: skip


@pytest.fixture
def dust():
    return models.ObservedProperty.objects.create(
        id="x_dust", name="Dust", definition="urn:dust", unit_symbol="μg/m³"
    )


def test_all_that_is_wrong_is_named(send):
    answer = send("POST", "Things", {"name": 5, "colour": "red"})
    assert answer.status_code == 400
    wrong = {one["field"] for one in answer.json()["errors"]}
    assert wrong == {"name", "description", "colour"}
    assert send("POST", "Things", [1]).status_code == 400
    assert send("POST", "Locations", {**PLACE, "location": {"type": "Point"}}).status_code == 400
    assert send("POST", "Things(1)", {}).status_code == 405
    assert send("DELETE", "Observations('1-1000')").status_code == 405


def test_a_fault_deep_inside_writes_nothing(send, dust):
    broken = stream(Sensor={"name": "S"})
    answer = send(
        "POST", "Things",
        {"name": "T", "description": "", "Locations": [PLACE], "Datastreams": [broken]},
    )  # fmt: skip
    assert answer.status_code == 400
    assert "encodingType" in answer.json()["detail"]
    assert not models.Thing.objects.exists()
    assert not models.Location.objects.exists()


def test_the_answer_to_a_creation_leads_to_the_entity(send, client):
    answer = send("POST", "Things", {"name": "T", "description": "d"})
    assert answer.status_code == 201
    assert client.get(answer["Location"]).json()["name"] == "T"


def test_a_unit_other_than_the_propertys_is_refused_and_its_spellings_are_not(send, dust):
    thing = send("POST", "Things", {"name": "T", "description": ""}).json()["@iot.id"]
    assert send("POST", f"Things({thing})/Datastreams", stream()).status_code == 201
    ppm = stream(unitOfMeasurement={"name": "", "symbol": "ppm", "definition": ""})
    answer = send("POST", f"Things({thing})/Datastreams", ppm)
    assert answer.status_code == 400
    assert "μg/m³" in answer.json()["detail"]


def test_the_house_reads_its_keys_of_properties_and_checks_them(send, dust):
    thing = send("POST", "Things", {"name": "T", "description": ""}).json()["@iot.id"]
    made = send("POST", f"Things({thing})/Datastreams", stream(properties={"period_s": 600}))
    row = models.Datastream.objects.get(pk=made.json()["@iot.id"])
    assert (row.period_s, row.freshness_s) == (600, 3600)
    for wrong in ({"period_s": "often"}, {"freshness_s": 7}, {"external_id": 5}):
        answer = send("POST", f"Things({thing})/Datastreams", stream(properties=wrong))
        assert answer.status_code == 400, wrong
    again = {"name": "T", "description": "", "properties": {"external_id": "a"}}
    assert send("POST", "Things", again).status_code == 201
    assert send("POST", "Things", again).status_code == 409


def test_a_property_with_a_known_definition_is_that_property(send, dust):
    known = {"name": "Staub", "definition": "urn:dust", "description": ""}
    answer = send("POST", "ObservedProperties", known)
    assert answer.json()["@iot.id"] == "x_dust"
    assert send("PATCH", "ObservedProperties('x_dust')", {"name": "x"}).status_code == 403
    own = send("POST", "ObservedProperties", {**known, "definition": "urn:mine"})
    assert own.json()["@iot.id"] == "staub"


def test_what_belongs_to_another_gateway_is_left_alone(send, dust):
    api.create_gateway("other", "real")
    other = models.Gateway.objects.get(name="other")
    thing = models.Thing.objects.create(gateway=other, name="theirs")
    for method, path, body in (
        ("PATCH", f"Things({thing.pk})", {"name": "mine"}),
        ("DELETE", f"Things({thing.pk})", None),
        ("POST", f"Things({thing.pk})/Datastreams", stream()),
        ("POST", "Datastreams", stream(Thing={"@iot.id": thing.pk})),
        ("POST", "Locations", {**PLACE, "Things": [{"@iot.id": thing.pk}]}),
    ):
        assert send(method, path, body).status_code == 403, (method, path)
    assert models.Thing.objects.get().name == "theirs"
    assert not models.Location.objects.exists()


def test_a_json_patch_is_applied_whole_or_not_at_all(send):
    made = send("POST", "Things", {"name": "T", "description": "", "properties": {"a": 1}})
    path = f"Things({made.json()['@iot.id']})"
    patch = "application/json-patch+json"
    good = [
        {"op": "test", "path": "/properties/a", "value": 1},
        {"op": "add", "path": "/properties/b", "value": [1]},
        {"op": "add", "path": "/properties/b/-", "value": 2},
        {"op": "move", "from": "/properties/a", "path": "/properties/c"},
    ]
    answer = send("PATCH", path, good, content_type=patch)
    assert answer.json()["properties"] == {
        "b": [1, 2], "c": 1, "origin": "simulated", "gateway": "roof",
    }  # fmt: skip
    bad = [{"op": "replace", "path": "/name", "value": "U"}, {"op": "remove", "path": "/nothing"}]
    assert send("PATCH", path, bad, content_type=patch).status_code == 400
    assert models.Thing.objects.get().name == "T"


def test_a_json_batch_links_what_it_made_and_a_group_stands_or_falls_together(send):
    thing = {"name": "T", "description": ""}
    answer = send("POST", "$batch", {"requests": [
        {"id": "t", "method": "post", "url": "Things", "body": thing},
        {"id": "l", "method": "post", "url": "$t/Locations", "body": PLACE},
        {"id": "r", "method": "get", "url": "Things?$expand=Locations"},
        {"id": "g1", "atomicityGroup": "g", "method": "post", "url": "Things", "body": thing},
        {"id": "g2", "atomicityGroup": "g", "method": "post", "url": "Things", "body": {}},
    ]})  # fmt: skip
    assert answer.status_code == 200
    told = {one["id"]: one for one in answer.json()["responses"]}
    assert [told[i]["status"] for i in ("t", "l", "r", "g1", "g2")] == [201, 201, 200, 400, 400]
    assert told["r"]["body"]["value"][0]["Locations"][0]["name"] == "P"
    assert models.Thing.objects.count() == 1


def test_a_multipart_batch_answers_each_part(client):
    _, key = api.create_gateway("roof", "simulated", ["provision"])
    body = (
        "--b\r\nContent-Type: application/http\r\n\r\nGET Things?$count=true HTTP/1.1\r\n\r\n\r\n"
        "--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
        "--c\r\nContent-Type: application/http\r\nContent-ID: 1\r\n\r\n"
        "POST Things HTTP/1.1\r\nContent-Type: application/json\r\n\r\n"
        '{"name": "T", "description": ""}\r\n--c--\r\n--b--\r\n'
    )
    answer = client.generic(
        "POST", "/sta/v1.1/$batch", body, content_type="multipart/mixed; boundary=b",
        headers={"Authorization": f"Bearer {key}"},
    )  # fmt: skip
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "HTTP/1.1 200 OK" in text
    assert '"@iot.count":0' in text
    assert "Content-ID: 1\r\n\r\nHTTP/1.1 201 Created" in text
    assert models.Thing.objects.get().name == "T"


def test_a_change_set_tells_of_its_changes_once(
    send, monkeypatch, django_capture_on_commit_callbacks
):
    told: list[bytes] = []
    monkeypatch.setattr(
        "madang.kernel.bus.sync.broadcast", lambda _subject, data: told.append(data)
    )
    part = {"method": "POST", "url": "Things", "atomicityGroup": "g"}
    parts = [{**part, "id": n, "body": {"name": n, "description": ""}} for n in "abc"]
    with django_capture_on_commit_callbacks(execute=True):
        answer = send("POST", "$batch", {"requests": parts})
    assert [one["status"] for one in answer.json()["responses"]] == [201] * 3
    assert told == [str(catalogue_version()).encode()]
