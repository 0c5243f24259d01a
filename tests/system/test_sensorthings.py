"""The unmodified client `frost_sta_client` against a running instance, from station to reading."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import frost_sta_client as fsc
import pytest
import requests
from frost_sta_client.model.ext.entity_list import EntityList
from frost_sta_client.model.ext.entity_type import EntityTypes
from geojson import Point

from tests.system.instance import Instance, until

pytestmark = [
    pytest.mark.system,
    pytest.mark.timeout(240),
    # the client's own: it uses a property of furl that furl warns about
    pytest.mark.filterwarnings("ignore:furl.pathstr is deprecated:DeprecationWarning"),
]


@pytest.fixture(scope="module")
def service(instance: Instance) -> fsc.SensorThingsService:
    handler = fsc.AuthHandler("roof", instance.gateway("roof", "real"))
    return fsc.SensorThingsService(f"{instance.url}/sta/v1.1", auth_handler=handler)


def _station() -> fsc.Thing:
    stream = fsc.Datastream(
        name="PM2.5 on the roof", description="one value a minute",
        observation_type="http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        unit_of_measurement=fsc.UnitOfMeasurement("", "µg/m³", "http://unitsofmeasure.org"),
        properties={"external_id": "pm25", "period_s": 60},
        observed_property=fsc.ObservedProperty(id="pm25"),
        sensor=fsc.Sensor(name="SPS30", description="optical particle counter",
                          encoding_type="text/plain", metadata="SPS30"),
    )  # fmt: skip
    place = fsc.Location(
        name="Library roof", description="6th floor", location=Point((127.032, 37.484)),
        encoding_type="application/geo+json",
    )  # fmt: skip
    return fsc.Thing(
        name="Roof", description="sensor box", locations=[place], datastreams=[stream],
        properties={"external_id": "roof-1", "unit_code": "11650", "station_class": "sensor"},
    )  # fmt: skip


def test_a_station_is_made_sends_readings_and_is_queried(service: fsc.SensorThingsService) -> None:
    thing = _station()
    service.create(thing)
    [stream] = list(service.things().find(thing.id).get_datastreams().query().list())
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    stamps = [now - timedelta(minutes=n) for n in (2, 1, 0)]
    one = fsc.Observation(
        result=17.4, phenomenon_time=stamps[0].isoformat(), datastream=fsc.Datastream(id=stream.id)
    )
    service.create(one)
    assert one.id == f"{stream.id}-{int(stamps[0].timestamp()) * 1000}"
    array = fsc.DataArrayValue()
    array.datastream = fsc.Datastream(id=stream.id)
    array.components = {array.Property.PHENOMENON_TIME, array.Property.RESULT}
    for value, stamp in zip((18.2, 61.9), stamps[1:], strict=True):
        array.add_observation(fsc.Observation(result=value, phenomenon_time=stamp.isoformat()))
    document = fsc.DataArrayDocument()
    document.add_data_array_value(array)
    service.observations().create(document)

    def all_three() -> list[fsc.Observation]:
        listed = stream.get_observations().query().orderby("phenomenonTime", "asc").list()
        return list(listed) if len(listed.entities) == 3 else []

    found = until(all_three, what="reading back what was accepted")
    assert [o.result for o in found] == [17.4, 18.2, 61.9]
    above = stream.get_observations().query().filter("result gt 50").count().list()
    assert (above.count, above.entities[0].result) == (1, 61.9)
    newest = service.datastreams().query().filter(f"id eq {stream.id}")
    newest = newest.expand("Observations($top=1;$orderby=phenomenonTime desc)")
    [shown] = list(newest.list())
    assert [o.result for o in shown.observations.entities] == [61.9]
    assert service.observations().find(found[0].id).result == 17.4


def test_a_station_brings_its_history_along_and_a_batch_adds_to_it(
    instance: Instance, service: fsc.SensorThingsService
) -> None:
    thing = _station()
    thing.properties = {**thing.properties, "external_id": "roof-2"}
    begun = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(hours=2)
    past = [
        fsc.Observation(result=v, phenomenon_time=(begun + timedelta(minutes=n)).isoformat())
        for n, v in enumerate((11.0, 12.0, 13.0))
    ]
    thing.datastreams.entities[0].observations = EntityList(
        EntityTypes["Observation"]["class"], past
    )
    service.create(thing)
    [stream] = list(service.things().find(thing.id).get_datastreams().query().list())
    body = {"result": 14.0, "phenomenonTime": (begun + timedelta(minutes=3)).isoformat()}
    later = {**body, "phenomenonTime": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}
    part = {"method": "POST", "url": f"Datastreams({stream.id})/Observations"}
    parts = [{**part, "id": "a", "body": body}, {**part, "id": "b", "body": later}]
    answer = requests.post(
        f"{instance.url}/sta/v1.1/$batch", json={"requests": parts},
        auth=requests.auth.HTTPBasicAuth("roof", service.auth_handler.password), timeout=30,
    )  # fmt: skip
    stored, refused = answer.json()["responses"]
    assert (stored["status"], refused["status"]) == (201, 422)
    assert refused["body"]["code"] == "future-stamp"

    def values() -> list[float]:
        listed = stream.get_observations().query().orderby("phenomenonTime", "asc").list()
        return [one.result for one in listed]

    until(lambda: values() == [11.0, 12.0, 13.0, 14.0], what="history and batch in the lake")


def test_the_command_line_reads_the_same(
    instance: Instance, service: fsc.SensorThingsService
) -> None:
    [stream] = service.datastreams().query().filter("Thing/name eq 'Roof'").list().entities[:1]
    told = instance.madang("telemetry", "query", "--datastream", str(stream.id), "--format", "json")
    values = [one["value"] for one in json.loads(told.stdout)["observations"]]
    assert values == [17.4, 18.2, 61.9]
