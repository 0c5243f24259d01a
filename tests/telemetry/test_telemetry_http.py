"""The JSON API and the command line of telemetry, on a real store."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime

import polars as pl
import pytest
from click.testing import CliRunner

from madang.app.cli import madang
from madang.telemetry import api, models
from tests.telemetry.lake_double import answering, emptied, lake_in

pytestmark = [pytest.mark.data, pytest.mark.django_db]
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
def stream(lake):
    api.create_gateway("air", "real")
    gateway = models.Gateway.objects.get(name="air")
    kind = models.ObservedProperty.objects.create(
        id="x_tenth", name="x", definition="x", resolution=0.1, unit_symbol="ug/m3"
    )
    sensor = models.Sensor.objects.create(gateway=gateway, name="s")
    for number in range(3):
        thing = models.Thing.objects.create(
            gateway=gateway, name=f"t{number}", unit_code="11110" if number else ""
        )
        made = models.Datastream.objects.create(
            thing=thing, sensor=sensor, observed_property=kind, name=f"d{number}", unit={}
        )
    lake.observe({made.pk: [1.1, 1.2, 1.3]}, NOON)
    return made


def test_lists_are_paged_by_cursor(client, stream):
    first = client.get("/api/v1/telemetry/datastreams?limit=2").json()
    assert [one["name"] for one in first["items"]] == ["d0", "d1"]
    second = client.get(f"/api/v1/telemetry/datastreams?limit=2&cursor={first['next']}").json()
    assert [one["name"] for one in second["items"]] == ["d2"]
    assert second["next"] is None
    stations = client.get("/api/v1/telemetry/stations?unit=11110").json()
    assert [one["name"] for one in stations["items"]] == ["t1", "t2"]


def test_an_unchanged_catalogue_is_not_sent_again(client, stream):
    tag = client.get("/api/v1/telemetry/stations")["ETag"]
    known = {"If-None-Match": tag}
    assert client.get("/api/v1/telemetry/stations", headers=known).status_code == 304
    api.create_gateway("more", "real")
    assert client.get("/api/v1/telemetry/stations", headers=known).status_code == 200


def test_the_latest_and_a_series_come_as_columns(client, stream):
    newest = client.get(f"/api/v1/telemetry/latest?ids={stream.pk}").json()
    assert (newest["ds"], newest["v"]) == ([stream.pk], [1.3])
    path = f"/api/v1/telemetry/datastreams/{stream.pk}/series"
    span = {"start": "2026-03-01T21:00:00+09:00", "end": "2026-03-01T22:00:00+09:00", "limit": 2}
    first = client.get(path, span).json()
    assert first["columns"]["v"] == [1.1, 1.2]
    second = client.get(path, {**span, "cursor": first["next"]})
    assert second.json()["columns"]["v"] == [1.3]
    assert second.json()["next"] is None
    again = client.get(
        path, {**span, "cursor": first["next"]}, headers={"If-None-Match": second["ETag"]}
    )
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("latest?ids=a", 422),
        ("datastreams/4711/series", 404),
        ("datastreams?limit=0", 422),
        ("datastreams/1/series?start=2026-03-01T00:00:00", 422),
    ],
)
def test_errors_are_problem_documents(client, lake, path, status):
    answer = client.get(f"/api/v1/telemetry/{path}")
    assert answer.status_code == status
    assert answer["Content-Type"].startswith("application/problem+json")


def run(*arguments: str, code: int = 0) -> bytes:
    result = CliRunner().invoke(madang, ["telemetry", *arguments], catch_exceptions=True)
    assert result.exit_code == code, (result.output, result.exception)
    return result.stdout_bytes


def test_a_query_writes_csv_json_and_parquet(stream, tmp_path):
    asked = ("query", "--datastream", str(stream.pk), "--from", "2026-03-01T21:01:00", "--to",
             "2026-03-02")  # fmt: skip
    assert run(*asked, "--format", "csv").decode().splitlines() == [
        "time,value,flag,tests",
        "2026-03-01T12:01:00.000Z,1.2,good,",
        "2026-03-01T12:02:00.000Z,1.3,good,",
    ]
    document = json.loads(run(*asked, "--format", "json"))
    assert document["datastream"]["unit_symbol"] == "ug/m3"
    assert [one["value"] for one in document["observations"]] == [1.2, 1.3]
    out = tmp_path / "series.parquet"
    run(*asked, "--format", "parquet", "--out", str(out))
    assert pl.read_parquet(io.BytesIO(out.read_bytes()))["value"].to_list() == [1.2, 1.3]


def test_a_gateway_is_made_listed_and_given_a_new_key():
    made = json.loads(
        run("gateway", "add", "roof", "--origin", "real", "--scope", "provision", "--json")
    )
    assert made["key"].startswith(made["key_prefix"])
    assert (made["origin"], made["scopes"]) == ("real", ["provision"])
    [listed] = json.loads(run("gateway", "list", "--json"))
    assert "key" not in listed
    assert listed["name"] == "roof"
    fresh = json.loads(run("gateway", "rotate", "roof", "--json"))["key"]
    assert fresh != made["key"]
    run("gateway", "enable", "roof", "--off")
    assert json.loads(run("gateway", "list", "--json"))[0]["enabled"] is False
    assert b"roof" in run("gateway", "list")
