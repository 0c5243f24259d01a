"""A gateway that keeps sending while things break, and the audit of what arrived."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import Any

import httpx

from madang.kernel.config import read_settings
from madang.kernel.errors import Unavailable
from madang.kernel.lake.client import LakeClient
from tests.system.instance import Instance, until

_COUNT = (
    "SELECT ds, count() AS rows, uniqExact(t) AS stamps FROM obs"
    " WHERE has({ids:Array(UInt32)}, ds) GROUP BY ds"
)


def things(instance: Instance, key: str, gateway: str, count: int) -> list[int]:
    """Create stations with one PM2.5 datastream each; returns the datastream ids."""
    with httpx.Client(base_url=instance.url, auth=(gateway, key), timeout=60) as client:
        return _things(client, gateway, count)


def _things(client: httpx.Client, gateway: str, count: int) -> list[int]:
    sensor = client.post(
        "/sta/v1.1/Sensors",
        json={"name": "s", "description": "s", "encodingType": "text/html", "metadata": "x"},
    ).json()["@iot.id"]
    for number in range(count):
        answer = client.post(
            "/sta/v1.1/Things",
            json={
                "name": f"{gateway} {number}",
                "description": "test station",
                "properties": {"external_id": f"{gateway}-{number}", "station_class": "sensor"},
                "Datastreams": [
                    {
                        "name": "pm25",
                        "description": "pm25",
                        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
                        "unitOfMeasurement": {"name": "u", "symbol": "ug/m3", "definition": "u"},
                        "ObservedProperty": {"@iot.id": "pm25"},
                        "Sensor": {"@iot.id": sensor},
                        "properties": {"external_id": "pm25", "period_s": 1, "freshness_s": 900},
                    }
                ],
            },
        )
        assert answer.status_code == 201, answer.text
    page = client.get(
        "/sta/v1.1/Datastreams",
        params={"$top": 1000, "$filter": f"startswith(Thing/name,'{gateway} ')"},
    ).json()
    found = [int(item["@iot.id"]) for item in page["value"]]
    assert len(found) == count
    return sorted(found)


@dataclass
class Sender:
    """Sends one reading per datastream and second of event time, again until accepted."""

    instance: Instance
    key: str
    gateway: str
    ids: list[int]
    begin_s: int
    accepted: int = 0
    retries: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)
    _failure: list[BaseException] = field(default_factory=list)

    def __enter__(self) -> Sender:
        self._at = self.begin_s
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self._failure:
            raise self._failure[0]

    def _run(self) -> None:
        try:
            with httpx.Client(auth=(self.gateway, self.key), timeout=20) as client:
                while not self._stop.is_set():
                    self._send(client)
        except BaseException as error:
            self._failure.append(error)

    def _send(self, client: httpx.Client) -> None:
        stamps = range(self._at, self._at + 5)
        body = {
            "ds": [ds for _ in stamps for ds in self.ids],
            "t": [t * 1000 for t in stamps for _ in self.ids],
            "v": [20.0 + (t % 97) / 10 + ds % 7 for t in stamps for ds in self.ids],
        }
        headers = {"Idempotency-Key": f"{self.gateway}-{self._at}"}
        deadline = time.monotonic() + 90
        while True:
            try:
                answer = client.post(
                    f"{self.instance.url}/ingest/v1/columns", json=body, headers=headers
                )
                if answer.status_code < 300:
                    assert answer.json()["accepted"] == len(body["ds"]), answer.text
                    break
                assert answer.status_code in (429, 502, 503, 504), answer.text
            except httpx.TransportError:
                pass
            self.retries += 1
            assert time.monotonic() < deadline, "the door stayed closed for 90 s"
            time.sleep(0.1)
        self.accepted += len(body["ds"])
        self._at += 5


def rows_of(instance: Instance, sql: str, **params: Any) -> list[dict[str, Any]] | None:
    """Return what the lake answers, or None while it does not answer."""
    client = LakeClient(read_settings(instance.environment).lake_socket)
    try:
        return client.query(sql, params).to_pylist()
    except Unavailable:
        return None
    finally:
        client.close()


def counts(instance: Instance, ids: list[int]) -> dict[int, tuple[int, int]]:
    """Return datastream -> (rows, distinct stamps) in the lake."""
    found = rows_of(instance, _COUNT, ids=ids) or []
    return {row["ds"]: (row["rows"], row["stamps"]) for row in found}


def audit(instance: Instance, ids: list[int], expected_each: int, within_s: float = 60) -> None:
    """Every datastream has exactly what was accepted, each stamp once."""
    want = dict.fromkeys(ids, (expected_each, expected_each))
    found: dict[int, tuple[int, int]] = {}

    def complete() -> bool:
        found.update(counts(instance, ids))
        return all(found.get(ds, (0, 0))[1] >= expected_each for ds in ids)

    try:
        until(complete, within_s, "everything accepted in the lake")
    finally:
        wrong = {ds: found.get(ds) for ds in ids if found.get(ds) != want[ds]}
        assert not wrong, f"(rows, stamps) expected {expected_each}: {wrong}\n{instance.logs()}"
