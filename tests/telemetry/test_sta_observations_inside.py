"""Observations inside a deep insert or a `$batch`: one intake path, and all or nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import httpx
import pytest

from madang.telemetry import api, models
from madang.telemetry.sta import intake
from tests.telemetry.test_sta_write import PLACE, SENSOR

pytestmark = [pytest.mark.data, pytest.mark.django_db]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
NOON_MS = int(NOON.timestamp()) * 1000
KIND = {"name": "Dust", "definition": "urn:dust", "description": ""}


class Doors:
    """The stream process, as the web process meets it: notes what comes and answers as told."""

    def __init__(self) -> None:
        self.status = 201
        self.headers: dict[str, str] = {}
        self.came: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.came.append(request)
        if self.status == 201 and not request.url.path.startswith("/ingest"):
            self.headers = {"location": f"{request.url}('1-{NOON_MS}')"}
        detail = {} if self.status < 300 else {"detail": "no, says the door"}
        return httpx.Response(self.status, json=detail, headers=self.headers)

    def columns(self) -> dict[str, list[float]]:
        [request] = self.came
        assert request.url.path == "/ingest/v1/columns"
        found: dict[str, list[float]] = json.loads(request.content)
        return found


@pytest.fixture
def doors(monkeypatch):
    house = Doors()
    client = httpx.Client(base_url="http://stream", transport=httpx.MockTransport(house))
    monkeypatch.setattr(intake, "_client", lambda: client)
    return house


@pytest.fixture
def send(client):
    _, key = api.create_gateway("roof", "simulated", ["observe", "provision"])

    def sent(path: str, document: object):
        return client.post(
            f"/sta/v1.1/{path}", json.dumps(document), content_type="application/json",
            headers={"Authorization": f"Bearer {key}"},
        )  # fmt: skip

    return sent


def observation(result: object, minute: int = 0) -> dict[str, object]:
    return {"result": result, "phenomenonTime": NOON.replace(minute=minute).isoformat()}


def station(*observations: object) -> dict[str, object]:
    stream = {
        "name": "D", "description": "", "observationType": "OM_Measurement",
        "unitOfMeasurement": {"name": "", "symbol": "ug/m3", "definition": ""},
        "Sensor": SENSOR, "ObservedProperty": KIND, "Observations": list(observations),
    }  # fmt: skip
    return {"name": "T", "description": "", "Locations": [PLACE], "Datastreams": [stream]}


def test_observations_in_a_deep_insert_go_through_the_doors_in_one_request(send, doors):
    answer = send("Things", station(observation(1.5), observation(None, 1)))
    assert answer.status_code == 201, answer.content
    [stream] = models.Datastream.objects.all()
    assert doors.columns() == {
        "ds": [stream.pk, stream.pk],
        "t": [NOON_MS, NOON_MS + 60_000],
        "v": [1.5, None],
    }
    assert doors.came[0].headers["authorization"].startswith("Bearer mdg_")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"result": "warm"}, "malformed"),
        ({"result": 1, "phenomenonTime": "2126-01-01T00:00:00Z"}, "future-stamp"),
        ({"result": 1, "phenomenonTime": "1971-01-01T00:00:00Z"}, "out-of-range-time"),
        ("no object", "malformed"),
    ],
)
def test_one_observation_that_cannot_enter_is_named_and_nothing_is_made(send, doors, wrong, code):
    answer = send("Things", station(observation(1.5), wrong))
    assert answer.status_code == 400
    [error] = answer.json()["errors"]
    assert (error["field"], error["detail"].split(":")[0]) == ("Observations 1", code)
    assert not doors.came
    assert not models.Thing.objects.exists()


@pytest.mark.parametrize(
    ("status", "headers", "told"),
    [(429, {"retry-after": "7"}, 429), (403, {}, 403), (503, {}, 503), (200, {}, 503)],
)
def test_where_the_doors_refuse_nothing_of_the_deep_insert_remains(
    send, doors, status, headers, told
):
    doors.status, doors.headers = status, headers
    answer = send("Things", station(observation(1.5)))
    assert answer.status_code == told
    if status == 429:
        assert answer.headers["Retry-After"] == "7"
    assert "nothing was created" in answer.json()["detail"]
    for table in ("Thing", "Datastream", "Sensor", "Location", "FeatureOfInterest"):
        assert not getattr(models, table).objects.exists(), table
    assert not models.ObservedProperty.objects.filter(definition="urn:dust").exists()
    assert send("Things", {"name": "T", "description": ""}).status_code == 201


def test_observations_in_a_batch_are_answered_part_by_part_by_the_doors(send, doors):
    parts = [
        {"id": "a", "method": "POST", "url": "Datastreams(1)/Observations", "body": observation(1)},
        {"id": "b", "method": "POST", "url": "Observations",
         "body": {**observation(2), "Datastream": {"@iot.id": 1}}},
    ]  # fmt: skip
    answers = send("$batch", {"requests": parts}).json()["responses"]
    assert [one["status"] for one in answers] == [201, 201]
    assert answers[0]["location"].endswith(f"('1-{NOON_MS}')")
    assert [request.url.path for request in doors.came] == [
        "/sta/v1.1/Datastreams(1)/Observations",
        "/sta/v1.1/Observations",
    ]
    doors.status, doors.headers = 429, {"retry-after": "3"}
    answers = send("$batch", {"requests": parts[:1]}).json()["responses"]
    assert (answers[0]["status"], answers[0]["body"]["detail"]) == (429, "no, says the door")


def test_a_station_made_in_a_batch_takes_observations_in_the_same_batch(send, doors):
    thing = {"id": "t", "method": "POST", "url": "Things", "body": station()}
    send("$batch", {"requests": [thing]})
    stream = {**station()["Datastreams"][0], "Thing": {"@iot.id": models.Thing.objects.get().pk}}
    parts = [
        {"id": "s", "method": "POST", "url": "Datastreams", "body": stream},
        {"id": "o", "method": "POST", "url": "$s/Observations", "body": observation(1)},
    ]
    answers = send("$batch", {"requests": parts}).json()["responses"]
    assert [one["status"] for one in answers] == [201, 201]
    newest = models.Datastream.objects.order_by("-pk")[0]
    assert doors.came[-1].url.path == f"/sta/v1.1/Datastreams({newest.pk})/Observations"


def test_a_change_set_takes_no_observations_for_they_cannot_be_taken_back(send, doors):
    group = {"method": "POST", "atomicityGroup": "g"}
    parts = [
        {**group, "id": "a", "url": "Things", "body": {"name": "T", "description": ""}},
        {**group, "id": "b", "url": "Datastreams(1)/Observations", "body": observation(1)},
    ]
    answers = send("$batch", {"requests": parts}).json()["responses"]
    assert [one["status"] for one in answers] == [501, 501]
    parts[1] = {**group, "id": "b", "url": "Things", "body": station(observation(1))}
    answers = send("$batch", {"requests": parts}).json()["responses"]
    assert [one["status"] for one in answers] == [501, 501]
    assert not models.Thing.objects.exists()
    assert not doors.came


def test_without_the_stream_process_the_answer_is_503_and_nothing_is_made(send, monkeypatch):
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    client = httpx.Client(base_url="http://stream", transport=httpx.MockTransport(away))
    monkeypatch.setattr(intake, "_client", lambda: client)
    assert send("Things", station(observation(1.5))).status_code == 503
    assert not models.Thing.objects.exists()
    part = {"id": "a", "method": "POST", "url": "Datastreams(1)/Observations", "body": {}}
    [answer] = send("$batch", {"requests": [part]}).json()["responses"]
    assert answer["status"] == 503
