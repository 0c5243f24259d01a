"""Reading SensorThings 1.1 over HTTP, on a real store."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from madang.telemetry import api, models
from madang.telemetry.sta.write import move
from tests.telemetry.lake_double import answering, emptied, lake_in

pytestmark = [pytest.mark.data, pytest.mark.django_db]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
POINTS = ((127.0, 37.5), (126.9, 37.6), (127.2, 37.4))


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with lake_in(tmp_path_factory.mktemp("lake")) as store:
        yield store


@pytest.fixture
def lake(store, monkeypatch):
    yield answering(store, monkeypatch)
    emptied(store)


@pytest.fixture
def city(lake):
    """Three stations with two datastreams each, and ten observations a datastream."""
    api.create_gateway("air", "simulated")
    gateway = models.Gateway.objects.get(name="air")
    kinds = [
        models.ObservedProperty.objects.create(
            id=f"x_{name}", name=name, definition=f"urn:{name}", unit_symbol="ug", resolution=0.1
        )
        for name in ("fine", "coarse")
    ]
    sensor = models.Sensor.objects.create(
        gateway=gateway, name="box", encoding_type="text/plain", metadata="none"
    )
    readings: dict[int, list[float]] = {}
    for number, (lon, lat) in enumerate(POINTS):
        thing = models.Thing.objects.create(
            gateway=gateway, name=f"Station {number}", description="on a roof", unit_code="11110",
            properties={"floor": number, "kind": "roof", "open": number == 1},
        )  # fmt: skip
        place = models.Location.objects.create(
            gateway=gateway, name=f"Place {number}", lon=lon, lat=lat,
            location={"type": "Point", "coordinates": [lon, lat]},
        )  # fmt: skip
        move(thing, [place], NOON)
        for kind in kinds:
            stream = models.Datastream.objects.create(
                thing=thing, sensor=sensor, observed_property=kind,
                name=f"{kind.name} at {number}", description="air",
                unit={"name": "", "symbol": "ug", "definition": ""}, properties={"limit": 2.5},
            )  # fmt: skip
            readings[stream.pk] = [10 * number + n / 10 for n in range(10)]
    lake.observe(readings, NOON)
    return gateway


@pytest.fixture
def get(client, city):
    def read(path: str, **options: object):
        response = client.get(f"/sta/v1.1/{path}", {f"${k}": v for k, v in options.items()})
        assert response.status_code == 200, response.content.decode()
        return response.json()

    return read


def names(document: dict) -> list[str]:
    return [entity["name"] for entity in document["value"]]


def test_the_root_lists_the_sets_and_what_it_conforms_to(client):
    document = client.get("/sta/v1.1").json()
    assert [entry["name"] for entry in document["value"]][:2] == ["Things", "Locations"]
    conformance = document["serverSettings"]["conformance"]
    assert not any("multi-datastream" in name for name in conformance)
    assert any(name.endswith("req/data-array/data-array") for name in conformance)


def test_an_entity_has_its_links_and_properties(get):
    key = models.Thing.objects.first().pk
    thing = get(f"Things({key})")
    assert thing["@iot.id"] == key
    assert thing["@iot.selfLink"] == f"http://testserver/sta/v1.1/Things({key})"
    assert thing["Datastreams@iot.navigationLink"].endswith(f"/Things({key})/Datastreams")
    assert thing["properties"] == {"floor": 0, "kind": "roof", "open": False}


BOX = "geography'POLYGON((126.8 37.4,127.1 37.4,127.1 37.7,126.8 37.7,126.8 37.4))'"
FILTERS_OF_THINGS = (
        ("name eq 'Station 1'", [1]),
        ("name ne 'Station 1'", [0, 2]),
        ("not name eq 'Station 1'", [0, 2]),
        ("startswith(name,'Station') and endswith(name,'2')", [2]),
        ("startswith(name,'station')", []),
        ("substringof('ion 1',name)", [1]),
        ("tolower(name) eq 'station 0'", [0]),
        ("length(name) gt 8", [0, 1, 2]),
        ("indexof(name,'1') eq 8", [1]),
        ("substring(name,8) eq '2'", [2]),
        ("concat(name,description) eq 'Station 1on a roof'", [1]),
        ("properties/floor ge 1", [1, 2]),
        ("properties/floor add 1 eq 3", [2]),
        ("properties/floor mod 2 eq 0", [0, 2]),
        ("properties/kind eq 'roof' and properties/floor lt 1", [0]),
        ("properties/open eq true", [1]),
        ("properties/nothing eq null", [0, 1, 2]),
        ("properties/kind gt 5", []),
        (f"st_within(Locations/location,{BOX})", [0, 1]),
        ("geo.distance(Locations/location,geography'POINT(127.2 37.4)') lt 0.1", [2]),
        ("st_equals(Locations/location,geography'POINT(127.0 37.5)')", [0]),
        ("Datastreams/name eq 'fine at 1'", [1]),
        ("Datastreams/ObservedProperty/name eq 'coarse'", [0, 1, 2]),
        ("Datastreams/Observations/result gt 15", [2]),
        ("Datastreams/Observations/result gt 5 and Datastreams/Observations/result lt 15", [1]),
        ("HistoricalLocations/time ge 2026-03-01T21:00:00+09:00", [0, 1, 2]),
        ("year(HistoricalLocations/time) eq 2025", []),
        ("HistoricalLocations/time gt now() sub duration'P36500D'", [0, 1, 2]),
)  # fmt: skip


def test_filters_of_things(get):
    for condition, found in FILTERS_OF_THINGS:
        document = get("Things", filter=condition, count="true")
        assert names(document) == [f"Station {n}" for n in found], condition
        assert document["@iot.count"] == len(found), condition


FILTERS_OF_OBSERVATIONS = (
    ("result gt 20.5", 8),
    ("result ge 20.5 and result lt 20.7", 4),
    ("result mul 2 eq 41", 2),
    ("round(result) eq 21", 8),
    ("phenomenonTime lt 2026-03-01T12:02:00Z", 12),
    ("2026-03-01T12:08:00Z le phenomenonTime", 12),
    ("minute(phenomenonTime) eq 9", 6),
    ("date(phenomenonTime) eq 2026-03-02", 0),
    ("Datastream/Thing/name eq 'Station 1'", 20),
    ("Datastream/name eq 'fine at 1' or result gt 20.8", 12),
    ("not (result lt 20)", 20),
    ("resultQuality/flag eq 'good'", 60),
    ("result eq null", 0),
    ("FeatureOfInterest/name eq 'Place 2'", 20),
)


def test_filters_of_observations(get):
    for condition, count in FILTERS_OF_OBSERVATIONS:
        document = get("Observations", filter=condition, count="true", top="3")
        assert document["@iot.count"] == count, condition
        assert len(document["value"]) == min(count, 3), condition


def test_pages_follow_each_other_without_gap(client, get):
    seen, document = [], get("Observations", top="7", orderby="result desc")
    while True:
        seen += [entity["@iot.id"] for entity in document["value"]]
        if "@iot.nextLink" not in document:
            break
        document = client.get(document["@iot.nextLink"]).json()
    assert len(seen) == len(set(seen)) == 60


def test_the_newest_observations_of_all_come_by_live_state(get, lake):
    document = get("Observations", top="2", orderby="phenomenonTime desc")
    assert {o["phenomenonTime"] for o in document["value"]} == {"2026-03-01T12:09:00Z"}
    assert "latest" in lake.questions


def test_an_observation_is_found_by_its_id_and_leads_on(get):
    stream = models.Datastream.objects.get(name="fine at 1")
    [first] = get(f"Datastreams({stream.pk})/Observations", top="1")["value"]
    assert first["@iot.id"] == f"{stream.pk}-{int(NOON.timestamp()) * 1000}"
    again = get(f"Observations('{first['@iot.id']}')")
    assert again == first
    assert (again["result"], again["resultQuality"]["flag"]) == (10.0, "good")
    assert get(f"Observations('{first['@iot.id']}')/Datastream")["name"] == "fine at 1"
    assert get(f"Observations('{first['@iot.id']}')/FeatureOfInterest")["name"] == "Place 1"


def test_properties_values_and_references(get, client):
    key = models.Thing.objects.first().pk
    assert get(f"Things({key})/name") == {"name": "Station 0"}
    assert get(f"Things({key})/properties/kind") == {"kind": "roof"}
    assert client.get(f"/sta/v1.1/Things({key})/name/$value").content == b"Station 0"
    links = get(f"Things({key})/Datastreams/$ref")["value"]
    assert all(set(link) == {"@iot.selfLink"} for link in links)
    assert len(links) == 2


def test_select_shows_only_what_is_asked(get):
    document = get("Things", select="id,name")
    assert set(document["value"][0]) == {"@iot.id", "name"}


def test_a_datastream_tells_unit_area_and_the_span_of_its_observations(get):
    stream = get("Datastreams", filter="name eq 'fine at 0'")["value"][0]
    assert stream["unitOfMeasurement"]["symbol"] == "ug"
    assert stream["observedArea"] == {"type": "Point", "coordinates": [127.0, 37.5]}
    assert stream["phenomenonTime"] == "2026-03-01T12:00:00Z/2026-03-01T12:09:00Z"


def test_nested_expansion_is_one_statement_a_level(get, lake, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        document = get(
            "Things",
            expand="Locations,Datastreams($orderby=name desc;$top=1;$count=true;"
            "$expand=ObservedProperty($select=name),Observations($top=2;$orderby=phenomenonTime))",
        )
    assert len(lake.questions) == 3  # spans, observations, later verdicts
    thing = document["value"][1]
    assert thing["Locations"][0]["name"] == "Place 1"
    assert thing["Datastreams@iot.count"] == 2
    assert thing["Datastreams@iot.nextLink"].startswith("http://testserver/sta/v1.1/Things(")
    [stream] = thing["Datastreams"]
    assert stream["name"] == "fine at 1"
    assert stream["ObservedProperty"] == {"name": "fine"}
    assert [o["result"] for o in stream["Observations"]] == [10.0, 10.1]
    assert "Observations@iot.nextLink" in stream


def test_order_by_several_keys_and_by_linked_properties(get):
    document = get("Datastreams", orderby="ObservedProperty/name,name desc", select="name")
    assert names(document) == [
        *(f"coarse at {n}" for n in (2, 1, 0)),
        *(f"fine at {n}" for n in (2, 1, 0)),
    ]


def test_numbers_inside_json_are_ordered_as_numbers(get):
    for thing, floor in zip(models.Thing.objects.all(), (9, 10, -1), strict=True):
        thing.properties = {"floor": floor}
        thing.save()
    document = get("Things", orderby="properties/floor desc")
    assert [thing["properties"]["floor"] for thing in document["value"]] == [10, 9, -1]


def test_data_arrays_csv_and_geojson(get, client):
    stream = models.Datastream.objects.get(name="fine at 1")
    path = f"Datastreams({stream.pk})/Observations"
    [group] = get(path, resultFormat="dataArray", select="phenomenonTime,result", top="2")["value"]
    assert group["components"] == ["phenomenonTime", "result"]
    assert group["dataArray"] == [["2026-03-01T12:00:00Z", 10.0], ["2026-03-01T12:01:00Z", 10.1]]
    text = client.get(f"/sta/v1.1/{path}?$resultFormat=CSV&$select=result&$top=1").content
    assert text == b"result\r\n10.0\r\n"
    places = get("Things", resultFormat="GeoJSON", expand="Locations")
    assert places["type"] == "FeatureCollection"
    assert places["features"][0]["geometry"]["coordinates"] == [127.0, 37.5]


def test_a_later_verdict_is_shown(get, lake):
    stream = models.Datastream.objects.get(name="fine at 1")
    lake.insert(
        "obs_flag",
        ds=pa.array([stream.pk], pa.uint32()),
        t=pa.array([NOON], pa.timestamp("ms", "UTC")),
        q=pa.array([2 | 1 << 4], pa.uint16()),
    )
    first = get(f"Datastreams({stream.pk})/Observations", top="1")["value"][0]
    assert first["resultQuality"] == {"flag": "suspect", "code": 3, "tests": ["spike"]}


WRONG = (
    ("Nothings", 404),
    ("Things(987654)", 404),
    ("Things(987654)/Datastreams", 404),
    ("Things('a')", 404),
    ("Things(1)/nothing", 404),
    ("Observations('x')", 404),
    ("Things?$filter=name%20gt", 400),
    ("Things?$filter=name%20gt%205", 400),
    ("Things?$filter=nothing%20eq%205", 400),
    ("Things?$top=-1", 400),
    ("Things?$nothing=1", 400),
    ("Things?$expand=Nothing", 400),
    ("Things?$select=nothing", 400),
    ("Observations?$filter=result%20eq%20'a'", 400),
    ("Things?$resultFormat=dataArray", 400),
    ("Datastreams?$filter=phenomenonTime%20gt%202026-01-01T00:00:00Z", 501),
)


def test_wrong_requests_are_told_in_a_problem_document(client, city):
    for path, status in WRONG:
        response = client.get(f"/sta/v1.1/{path}")
        assert response.status_code == status, (path, response.content.decode())
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["detail"]


def test_a_thousand_datastreams_with_their_latest_come_in_a_second(client, city, lake):
    thing, sensor = models.Thing.objects.first(), models.Sensor.objects.get()
    models.Datastream.objects.bulk_create(
        models.Datastream(
            thing=thing, sensor=sensor, observed_property_id="x_fine", name=f"D{n}", unit={}
        )
        for n in range(1000)
    )
    ids = models.Datastream.objects.filter(name__startswith="D").values_list("pk", flat=True)
    lake.observe({ds: [1.0, 2.0] for ds in ids}, NOON)
    path = "/sta/v1.1/Datastreams?$top=1000&$filter=startswith(name,'D')&$count=true&$expand="
    expand = "Observations($top=1;$orderby=phenomenonTime desc)"
    client.get(path + expand)  # the first question of its kind also asks for its column types
    lake.questions.clear()
    start = time.perf_counter(), time.process_time()
    answer = client.get(path + expand)
    wall, cpu = time.perf_counter() - start[0], time.process_time() - start[1]
    document = answer.json()
    assert document["@iot.count"] == 1000
    assert {stream["Observations"][0]["result"] for stream in document["value"]} == {2.0}
    assert len(lake.questions) == 2  # the span of each, live state of all
    assert cpu < 1.0, f"{cpu:.2f} s of processor time, {wall:.2f} s in all"
