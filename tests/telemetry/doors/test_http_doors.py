"""The HTTP doors of a running stream process on a real bus."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import subprocess
import sys
import threading
import time
from itertools import count

import frost_sta_client as frost
import httpx
import numpy as np
import pytest

from madang.kernel.bus.client import Bus, client_url
from madang.telemetry import frames
from tests.kernel.bus_server import killed_and_started_again
from tests.telemetry.doors.running import ROOT, Running
from tests.telemetry.doors.test_live import frame as live_frame

pytestmark = pytest.mark.system


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def stamp(ms: int) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ms / 1000))


def in_house(house: Running, code: str) -> str:
    """Run code in the instance's environment, as the web process would."""
    script = f"from madang.kernel.orm import ready; ready()\n{code}"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=house.environment, cwd=ROOT, check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    return done.stdout.strip()


def test_an_observation_is_created_and_found_in_the_intake_log(house):
    ds, when = house.ds()[0], now_ms() // 1000 * 1000
    body = {"phenomenonTime": stamp(when), "result": 21.5, "Datastream": {"@iot.id": ds}}
    answer = house.client().post("/sta/v1.1/Observations", json=body)
    assert answer.status_code == 201
    assert answer.headers["location"] == f"{house.url}/sta/v1.1/Observations('{ds}-{when}')"
    assert (ds, when, 21.5) in house.points()
    answer = house.client().post(f"/sta/v1.1/Datastreams({ds})/Observations", json={"result": 7})
    assert answer.status_code == 201
    assert house.points()[-1][2] == 7.0
    message = house.messages("OBS")[-1]
    assert message.headers["gateway"] == "north"
    assert message.headers["origin"] == "simulated"


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("Observations", b"{", 400, "malformed"),
        ("Observations", b'{"result": "x"}', 400, "malformed"),
        ("Datastreams(999999)/Observations", b'{"result": 1}', 404, "unknown-datastream"),
        ("Datastreams(1001)/Observations", b'{"result": 1}', 403, "forbidden-datastream"),
        ("Datastreams(1)/Observations", b'{"result": NaN}', 422, "not-finite"),
        (
            "Datastreams(1)/Observations",
            b'{"result": 1, "phenomenonTime": "2199-01-01T00:00:00Z"}',
            422,
            "future-stamp",
        ),
    ],
)
def test_a_refused_observation_is_told_why_and_kept_as_a_dead_letter(
    house, path, body, status, code
):
    before = len(house.points())
    answer = house.client().post(f"/sta/v1.1/{path}", content=body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    letter = house.dead()[-1]
    assert (letter["code"], letter["gateway"]) == (code, "north")
    assert letter["payload"] == body.decode()
    assert len(house.points()) == before


def test_each_way_to_show_the_key_opens_and_a_wrong_key_does_not(house):
    key, path = house.key(), f"{house.url}/ingest/v1/columns"
    body = {"ds": [house.ds()[0]], "t": [now_ms()], "v": [1]}
    with httpx.Client(trust_env=False) as client:
        for headers in ({"authorization": f"Bearer {key}"}, {"x-madang-key": key}):
            assert client.post(path, json=body, headers=headers).status_code == 201
        assert client.post(path, json=body, auth=("north", key)).status_code == 201
        for wrong in (None, ("south", key), ("north", "mdg_nothing")):
            answer = client.post(path, json=body, auth=wrong)
            assert answer.status_code == 401
            assert "WWW-Authenticate" in answer.headers


def test_a_batch_says_what_was_accepted_and_what_not(house):
    ds, when = house.ds()[1], now_ms()
    body = {"ds": [ds, ds, 1001], "t": [when, when + 10**7, when], "v": [1, 2, 3]}
    answer = house.client().post("/ingest/v1/columns", json=body)
    assert answer.status_code == 200
    report = answer.json()
    assert (report["accepted"], report["refused_total"]) == (1, 2)
    assert [(row["row"], row["code"]) for row in report["refused"]] == [
        (2, "forbidden-datastream"),
        (1, "future-stamp"),
    ]


def test_lines_arrow_and_names_come_in_too(house):
    ds, when = house.ds()[2], now_ms()
    client = house.client()
    lines = f'{{"ds":{ds},"t":{when},"v":1}}\nbroken\n'.encode()
    report = client.post("/ingest/v1/jsonl", content=lines).json()
    assert (report["accepted"], report["refused"][0]["row"]) == (1, 1)
    named = {"thing": "north-1", "property": "pm25", "t": when, "v": 2}
    answer = client.post("/ingest/v1/jsonl", json=named)
    assert answer.status_code == 201
    body = frames.encode([ds], [when + 1], [3.5])
    assert client.post("/ingest/v1/arrow", content=body).status_code == 201
    packed = gzip.compress(body)
    headers = {"content-encoding": "gzip"}
    assert client.post("/ingest/v1/arrow", content=packed, headers=headers).status_code == 201
    points = house.points()
    assert (ds, when, 1.0) in points
    assert (house.ds()[0], when, 2.0) in points
    assert points.count((ds, when + 1, 3.5)) == 2


def test_a_body_with_nothing_good_in_it_is_unprocessable(house):
    answer = house.client().post("/ingest/v1/columns", json={"ds": [1001], "t": [1], "v": [1]})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "row 0"


def test_an_oversize_body_is_refused_with_413_and_noted(house):
    answer = house.client().post("/ingest/v1/columns", content=b" " * ((8 << 20) + 1))
    assert answer.status_code == 413
    assert house.dead()[-1]["code"] == "too-large"


def test_the_frost_client_creates_observations_unchanged(house):
    service = frost.SensorThingsService(
        f"{house.url}/sta/v1.1", auth_handler=frost.AuthHandler("north", house.key())
    )
    datastream = frost.Datastream(id=house.ds()[5])
    when = now_ms() // 1000 * 1000
    one = frost.Observation(phenomenon_time=stamp(when), result=1.25, datastream=datastream)
    service.create(one)
    assert one.id == f"{house.ds()[5]}-{when}"
    assert (house.ds()[5], when, 1.25) in house.points()

    value = frost.model.ext.data_array_value.DataArrayValue()
    names = frost.model.ext.data_array_value.DataArrayValue.Property
    value.datastream = datastream
    value.components = {names.PHENOMENON_TIME, names.RESULT}
    for n in (1, 2, 3):
        value.add_observation(
            frost.Observation(phenomenon_time=stamp(when + n * 1000), result=float(n))
        )
    document = frost.model.ext.data_array_document.DataArrayDocument()
    document.add_data_array_value(value)
    created = service.observations().create(document)
    assert len(created) == 3
    assert {(house.ds()[5], when + n * 1000, float(n)) for n in (1, 2, 3)} <= set(house.points())


def test_a_data_array_answers_a_link_or_error_for_each_row(house):
    ds, when = house.ds()[6], now_ms() // 1000 * 1000
    group = {
        "Datastream": {"@iot.id": ds},
        "components": ["phenomenonTime", "result"],
        "dataArray": [[stamp(when), 1], ["never", 2]],
    }
    answer = house.client().post("/sta/v1.1/CreateObservations", json=[group])
    assert answer.status_code == 201
    assert answer.json() == [f"{house.url}/sta/v1.1/Observations('{ds}-{when}')", "error"]


def test_a_repeated_idempotency_key_counts_once_and_another_body_is_a_conflict(house):
    body = {"ds": [house.ds()[7]], "t": [now_ms()], "v": [1]}
    headers = {"idempotency-key": "batch-1"}
    client = house.client()
    before = len(house.points())
    for _ in range(3):
        answer = client.post("/ingest/v1/columns", json=body, headers=headers)
        assert answer.json()["accepted"] == 1
    assert len(house.points()) == before + 1
    answer = client.post("/ingest/v1/columns", json={**body, "v": [2]}, headers=headers)
    assert answer.status_code == 409


def test_a_client_at_ten_times_its_quota_is_held_to_it(house):
    client, ds = house.client("south"), house.ds("south")[0]
    started, statuses, waits = time.monotonic(), [], []
    when = now_ms() - 1_000_000
    for n in range(40):  # 100 points each, as fast as they go; the quota is 100 a second
        body = {"ds": ds, "t": [when + n * 100 + i for i in range(100)], "v": [1.0] * 100}
        answer = client.post("/ingest/v1/columns", json=body)
        statuses.append(answer.status_code)
        if answer.status_code == 429:
            waits.append(int(answer.headers["retry-after"]))
    allowed = 1000 + 100 * (time.monotonic() - started)
    assert set(statuses) == {201, 429}
    assert statuses.count(201) * 100 <= allowed
    assert min(waits) >= 1
    assert sum(1 for point in house.points() if point[0] == ds) == statuses.count(201) * 100
    other = {"ds": [house.ds()[0]], "t": [now_ms()], "v": [1]}
    assert house.client().post("/ingest/v1/columns", json=other).status_code == 201


POISON = [
    b"",
    b"\x00" * 1000,
    b"\xff\xfe\xfd",
    b"[" * 200_000,
    b'{"ds":' * 50_000,
    b'{"ds":[1],"t":[' + b"9" * 5000 + b'],"v":[1]}',
    b'{"ds":["a"],"t":[{}],"v":[[]]}',
    b'{"ds":[1],"t":[1e999],"v":[-Infinity]}',
    b"ARROW1\x00\x00" + b"\xff" * 500,
    frames.encode([1], [1], [1.0])[:-40],
]


def test_poison_hurts_nobody_else(house):
    client = house.client()
    for path in ("columns", "jsonl", "arrow"):
        for body in POISON:
            assert client.post(f"/ingest/v1/{path}", content=body).status_code in (200, 400, 422)
    for path in ("Observations", "CreateObservations"):
        for body in POISON:
            assert client.post(f"/sta/v1.1/{path}", content=body).status_code in (400, 422)
    good = {"ds": [house.ds()[0]], "t": [now_ms()], "v": [1]}
    assert client.post("/ingest/v1/columns", json=good).status_code == 201


def test_what_was_accepted_survives_kill_9_of_the_stream_process(house):
    rng = np.random.default_rng(9)
    client = house.client()
    accepted = []
    stamps = count(now_ms() - 1000)  # no two requests share one
    for round_ in range(3):
        for _ in range(int(rng.integers(3, 20))):
            at = next(stamps)
            points = [(ds, at, float(round_)) for ds in house.ds()[:50]]
            ds, t, v = (list(column) for column in zip(*points, strict=True))
            answer = client.post("/ingest/v1/columns", json={"ds": ds, "t": t, "v": v})
            assert answer.status_code == 201
            accepted += points
        house.kill_stream()
        house.start_stream()
    assert set(accepted) <= set(house.points())


def test_a_bus_that_is_killed_and_comes_back_loses_nothing_accepted(house):
    accepted: list[tuple[int, int, float]] = []
    stop = threading.Event()

    def send(ds: int, client: httpx.Client) -> None:
        n = 0
        while not stop.is_set():
            n += 1
            point = (ds, now_ms() - 500_000 + n, float(n))
            body = {"ds": [point[0]], "t": [point[1]], "v": [point[2]]}
            answer = client.post("/ingest/v1/columns", json=body)
            if answer.status_code == 201:
                accepted.append(point)
            else:
                assert answer.status_code == 503
                assert answer.headers["retry-after"]

    threads = [threading.Thread(target=send, args=(ds, house.client())) for ds in house.ds()[10:14]]
    for thread in threads:
        thread.start()
    assert soon(lambda: len(accepted) > 50)
    killed_and_started_again(house.bus)
    before = len(accepted)
    assert soon(lambda: len(accepted) > before + 50, 20)
    stop.set()
    for thread in threads:
        thread.join()
    points = house.points()
    assert set(accepted) <= set(points)
    mine = [point for point in points if point[0] in house.ds()[10:14]]
    assert len(mine) == len(set(mine))


def test_a_gateway_that_is_switched_off_is_out_within_seconds(house):
    body = {"ds": house.ds("south"), "t": [now_ms()], "v": [1]}
    client = house.client("south")
    change = "from madang.telemetry import api; api.enable_gateway('south', enabled={})"
    in_house(house, change.format(False))
    assert soon(lambda: client.post("/ingest/v1/columns", json=body).status_code == 403)
    in_house(house, change.format(True))
    assert soon(lambda: client.post("/ingest/v1/columns", json=body).status_code != 403)


def soon(claim, seconds: float = 8.0) -> bool:
    """Return whether the claim becomes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if claim():
            return True
        time.sleep(0.1)
    return False


def test_listeners_hear_live_observations_of_a_unit(house):
    heard: list[str] = []
    url = f"{house.url}/events?topic=obs&unit=11110"

    def listen() -> None:
        with httpx.stream("GET", url, trust_env=False, timeout=20) as answer:
            assert answer.headers["content-type"].startswith("text/event-stream")
            for line in answer.iter_lines():
                heard.append(line)
                if line.startswith("data:"):
                    return

    async def tell() -> None:
        bus = await Bus.connect(client_url(house.here))
        await bus.broadcast("madang.live.obs", live_frame([house.ds()[3], 77_777], [1.5, 2.0]))
        await bus.close()

    thread = threading.Thread(target=listen)
    thread.start()
    assert soon(lambda: bool(heard))
    asyncio.run(tell())
    thread.join(10)
    data = json.loads(heard[-1].removeprefix("data: "))
    assert data["ds"] == [house.ds()[3]]
    assert data["v"] == [1.5]


def test_an_unknown_topic_is_told(house):
    answer = httpx.get(f"{house.url}/events?topic=secrets", trust_env=False)
    assert answer.status_code == 422


def test_the_command_line_sends_a_file_once_however_often_it_is_sent(house, tmp_path):
    path = tmp_path / "station.csv"
    lines = ["time,pm25_ugm3", "2019-01-01 01:00,17", "2019-01-01 01:00,17", "2019-01-01 24:00,x"]
    path.write_text("\n".join([*lines, "2019-01-01 03:00,18"]))
    command = "from madang.app.cli import main; main()"
    arguments = ["telemetry", "ingest", str(path), "--station", "north-1", "--json"]
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", command, *arguments],
            env={**os.environ, **house.environment}, cwd=ROOT, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        assert (report["accepted"], report["duplicates_of_file"]) == (2, 1)
        assert [(row["line"], row["code"]) for row in report["refused"]] == [(4, "malformed")]
    t = 1_546_272_000_000  # 2019-01-01T01:00:00+09:00
    mine = [point for point in house.points() if point[1] < t + 10**8]
    assert mine == [(house.ds()[0], t, 17.0), (house.ds()[0], t + 7_200_000, 18.0)]
