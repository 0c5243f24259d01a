"""The public doors as a device knows them: SensorThings, bulk HTTP, MQTT."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from typing import Any

import httpx
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

log = logging.getLogger("madang_sim")
_PATIENCE_S = 120.0
_MOST_IN_FLIGHT = 64


class Refused(Exception):
    """A door said no for good; the text and the problem document are the door's own."""

    def __init__(self, text: str, problem: dict[str, Any] | None = None) -> None:
        super().__init__(text)
        self.problem = problem or {}


class Stopped(Exception):
    """The simulator was told to stop while it stood at a door."""


class HTTPDoor:
    """The platform's HTTP doors with one gateway's key. Waits while it is told to."""

    def __init__(
        self, url: str, gateway: str, key: str, stop: threading.Event | None = None
    ) -> None:
        self._stop = stop or threading.Event()
        self._client = httpx.Client(base_url=url, auth=(gateway, key), timeout=60.0)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def request(
        self, method: str, path: str, json: Any = None, content: bytes | None = None
    ) -> httpx.Response:
        """Return the answer; 429, 503 and a closed door are tried again for two minutes.

        Raises
        ------
        Refused
            If the door refuses for good.
        Stopped
            If the simulator is told to stop.
        """
        deadline = time.monotonic() + _PATIENCE_S
        while True:
            pause_s = 1.0
            if self._stop.is_set():
                raise Stopped
            try:
                answer = self._client.request(method, path, json=json, content=content)
            except httpx.TransportError as error:
                trouble = f"{type(error).__name__}: {error}"
            else:
                if answer.is_success:
                    return answer
                trouble = f"{answer.status_code} {answer.text[:300]}"
                if answer.status_code not in (429, 502, 503, 504):
                    raise Refused(f"{method} {path}: {trouble}", _problem(answer))
                pause_s = float(answer.headers.get("Retry-After", "1"))
            if time.monotonic() > deadline:
                raise Refused(f"{method} {path}: {trouble}")
            self._stop.wait(min(max(pause_s, 0.05), 10.0))

    def all_of(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield the entities of a SensorThings list, following its next links."""
        following: str | None = path
        while following:
            page = self.request("GET", following).json()
            yield from page["value"]
            following = page.get("@iot.nextLink")

    def create(self, path: str, entity: dict[str, Any]) -> dict[str, Any]:
        """Create an entity (deep insert) and return it as the platform keeps it."""
        created: dict[str, Any] = self.request("POST", path, entity).json()
        return created

    def create_all(self, path: str, entities: Sequence[dict[str, Any]]) -> None:
        """Create entities of one set in one request, all or none of them."""
        requests = [
            {"id": str(n), "method": "POST", "url": path, "atomicityGroup": "all", "body": entity}
            for n, entity in enumerate(entities)
        ]
        answer = self.request("POST", "/sta/v1.1/$batch", {"requests": requests}).json()
        for one in answer["responses"]:
            if one["status"] >= 400:
                problem = one.get("body") or {}
                text = f"POST {path} in a batch: {one['status']} {problem.get('detail', '')}"
                raise Refused(text, problem)

    def send(self, ds: Sequence[int], t_ms: Sequence[int], v: Sequence[float]) -> dict[str, Any]:
        """Send a batch in columns; returns the door's report."""
        body = {"ds": list(ds), "t": list(t_ms), "v": list(v)}
        report: dict[str, Any] = self.request("POST", "/ingest/v1/columns", body).json()
        return report

    def send_lines(self, lines: bytes) -> dict[str, Any]:
        """Send JSON lines; returns the door's report (`accepted`, `refused` by row from 0)."""
        try:
            report: dict[str, Any] = self.request("POST", "/ingest/v1/jsonl", content=lines).json()
        except Refused as error:
            if error.problem.get("code") != "all-refused":
                raise
            report = {"accepted": 0, "refused": [_refusal(e) for e in error.problem["errors"]]}
        return report


def _problem(answer: httpx.Response) -> dict[str, Any]:
    if "json" not in answer.headers.get("Content-Type", ""):
        return {}
    found: dict[str, Any] = answer.json()
    return found


def _refusal(error: dict[str, str]) -> dict[str, Any]:
    """Return a row's refusal from a problem document's entry, ``row 3`` and ``code: reason``."""
    code, _, reason = error["detail"].partition(": ")
    return {"row": int(error["field"].removeprefix("row ")), "code": code, "reason": reason}


class MQTTDoor:
    """The platform's MQTT door with one gateway's key, quality of service 1.

    At most 64 messages wait for their acknowledgement; then `send` waits.
    """

    def __init__(self, host: str, port: int, gateway: str, key: str) -> None:
        self._topic = f"gw/{gateway}/obs"
        self._free = threading.Semaphore(_MOST_IN_FLIGHT)
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id=f"{gateway}-sim", clean_session=False
        )
        self._client.username_pw_set(gateway, key)
        self._client.on_publish = self._published
        self._client.on_connect = self._connected
        self._client.reconnect_delay_set(1, 10)
        self._client.connect_async(host, port)
        self._client.loop_start()

    def _published(self, *_: object) -> None:
        self._free.release()

    def _connected(
        self, _client: object, _data: object, _flags: object, reason: Any, *_: object
    ) -> None:
        if reason.is_failure:
            log.warning("the MQTT door refuses: %s", reason)

    def send(self, payload: bytes) -> None:
        """Publish one batch; returns when it is on its way, waits while too many are."""
        self._free.acquire()
        self._client.publish(self._topic, payload, qos=1)

    def close(self) -> None:
        """Wait shortly for what is in flight, then disconnect."""
        deadline = time.monotonic() + 5.0
        for _ in range(_MOST_IN_FLIGHT):
            self._free.acquire(timeout=max(0.0, deadline - time.monotonic()))
        self._client.disconnect()
        self._client.loop_stop()
