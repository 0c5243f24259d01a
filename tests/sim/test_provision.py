"""Stations are introduced in few requests; a door that refuses one of them is heard."""

from __future__ import annotations

import httpx
import pytest

from madang_sim.doors import HTTPDoor, Refused
from madang_sim.provision import Introduction, introduce


class Platform:
    """Answers as the platform's SensorThings door; refuses things named `refused`."""

    def __init__(self, refused: str = "") -> None:
        self.refused = refused
        self.asked: list[str] = []
        self.made: dict[str, int] = {}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        if request.method == "GET":
            return httpx.Response(200, json={"value": [self._thing(n) for n in self.made]})
        if request.url.path.endswith("Sensors"):
            return httpx.Response(201, json={"@iot.id": 1})
        parts = httpx.Response(200, content=request.content).json()["requests"]
        assert {part["atomicityGroup"] for part in parts} == {"all"}
        names = [part["body"]["properties"]["external_id"] for part in parts]
        if self.refused in names:
            body = {"detail": "no such unit"}
            return httpx.Response(
                200,
                json={"responses": [{"id": p["id"], "status": 422, "body": body} for p in parts]},
            )
        self.made |= {name: 10 * (len(self.made) + n) for n, name in enumerate(names)}
        answers = [{"id": part["id"], "status": 201} for part in parts]
        return httpx.Response(200, json={"responses": answers})

    def _thing(self, name: str) -> dict[str, object]:
        stream = {"@iot.id": self.made[name], "properties": {"external_id": "pm25"}}
        return {"properties": {"external_id": name}, "Datastreams": [stream]}


def door(platform: Platform) -> HTTPDoor:
    made = HTTPDoor("http://city", "sim", "key")
    made._client = httpx.Client(base_url="http://city", transport=httpx.MockTransport(platform))
    return made


def stations(count: int) -> list[Introduction]:
    return [
        Introduction(f"s{n}", f"S {n}", "11110", "sensor", 127.0, 37.5, ("pm25",), 60, 300)
        for n in range(count)
    ]


def test_a_hundred_and_twenty_stations_take_three_requests():
    platform = Platform()
    found = introduce(door(platform), stations(120))
    assert len(found) == 120
    assert found["s0", "pm25"] == 0
    assert platform.asked.count("POST /sta/v1.1/$batch") == 3
    assert introduce(door(platform), stations(120)) == found
    assert platform.asked.count("POST /sta/v1.1/$batch") == 3


def test_a_refused_station_is_told_with_its_reason():
    with pytest.raises(Refused, match="422 no such unit"):
        introduce(door(Platform(refused="s3")), stations(5))
