"""Bad input on a whole instance: what is good is stored, the rest refused, counted and kept."""

from __future__ import annotations

import asyncio
import time
from collections import Counter

import httpx
import pytest

from madang.kernel.bus.access import client_url
from madang.kernel.bus.client import Bus
from madang.kernel.bus.message import Outgoing
from madang.kernel.config import read_settings
from tests.system import hostile
from tests.system.instance import until
from tests.system.load import Sender, audit, rows_of, things

pytestmark = [pytest.mark.system, pytest.mark.timeout(120)]
STREAMS = 8

LETTERS = (
    "SELECT code, reason, payload FROM dead_letter"
    " WHERE gateway = {gateway:String} AND door = {door:String} ORDER BY t, code"
)
STORED = "SELECT toInt64(toUnixTimestamp(t)) AS s, v FROM obs WHERE ds = {ds:UInt32} ORDER BY t"


@pytest.fixture(scope="module")
def key(instance):
    return instance.gateway("bad", "simulated")


@pytest.fixture(scope="module")
def ids(instance, key):
    found = things(instance, key, "bad", STREAMS)
    url = f"{instance.url}/sta/v1.1/Datastreams({found[-1]})/Observations"
    then = hostile.iso(int(time.time() * 1000) - 86_400_000)

    def known() -> bool:  # the doors learn of new datastreams within 5 s
        body = {"result": 1, "phenomenonTime": then}
        return httpx.post(url, json=body, auth=("bad", key), timeout=30).status_code == 201

    until(known, 10, "the doors know the datastreams")
    return found


@pytest.fixture(scope="module")
def foreign(instance):
    key = instance.gateway("other", "simulated")
    return things(instance, key, "other", 1)[0]


@pytest.fixture
def client(instance, key):
    with httpx.Client(base_url=instance.url, auth=("bad", key), timeout=30) as found:
        yield found


def letters_of(instance, door, gateway="bad"):
    return rows_of(instance, LETTERS, gateway=gateway, door=door) or []


def check_good_rows(instance, ds, now_ms):
    t = (now_ms - 3_600_000) // 1000
    want = [t, t + 3]

    def seconds():
        return [row["s"] for row in rows_of(instance, STORED, ds=ds) or []]

    until(lambda: set(want) <= set(seconds()), 20, "the good rows in the lake")
    near = [s for s in seconds() if s > t - 60]
    assert near == want


def check_refusals(instance, door, codes, before, letters_before):
    """The metrics went up by `codes`, and each code has dead letters with a reason."""
    until(lambda: hostile.refused(instance, door) - before == codes, 15, f"{codes} counted")

    def kept():
        fresh = letters_of(instance, door)[letters_before:]
        return fresh if codes.keys() <= {letter["code"] for letter in fresh} else None

    for letter in until(kept, 20, "dead letters of every code"):
        assert letter["reason"]
        assert letter["payload"]


FORMS = {
    "columns": ("/ingest/v1/columns", hostile.as_columns),
    "jsonl": ("/ingest/v1/jsonl", hostile.as_lines),
    "arrow": ("/ingest/v1/arrow", hostile.as_arrow),
    "sta": ("/sta/v1.1/CreateObservations", hostile.as_data_array),
}


@pytest.mark.parametrize("door", list(FORMS))
def test_the_good_rows_of_a_bad_batch_are_stored_and_the_bad_ones_refused(
    instance, client, ids, foreign, door
):
    path, form = FORMS[door]
    ds, now_ms = ids[list(FORMS).index(door)], int(time.time()) * 1000
    rows, codes = hostile.mixed(ds, foreign, now_ms)
    if door != "arrow":
        more = hostile.unreadable(ds, now_ms - 3_600_000)
        if door == "sta":
            more = [row for row in more if row[0] == ds]
        rows, codes = [*rows, *more], codes + Counter({"malformed": len(more)})
    before, letters_before = hostile.refused(instance, door), len(letters_of(instance, door))
    answer = client.post(path, content=form(rows))
    if door == "sta":
        assert answer.status_code == 201, answer.text
        links = answer.json()
        assert [link != "error" for link in links] == [
            number in (0, 8) for number in range(len(rows))
        ]
    else:
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert told["accepted"] == 2
        assert Counter(row["code"] for row in told["refused"]) == codes
        assert all(row["reason"] for row in told["refused"])
    check_good_rows(instance, ds, now_ms)
    check_refusals(instance, door, codes, before, letters_before)


def test_the_same_over_mqtt(instance, key, ids, foreign):
    ds, now_ms = ids[4], int(time.time()) * 1000
    rows, codes = hostile.mixed(ds, foreign, now_ms)
    more = hostile.unreadable(ds, now_ms - 3_600_000)
    codes += Counter({"malformed": len(more) + 2})
    before = hostile.refused(instance, "mqtt")
    device = hostile.Device(instance, "bad", key)
    try:
        for payload in (hostile.as_columns([*rows, *more]), b'{"ds": [', b"\xff\xfe{}"):
            device.send(payload).wait_for_publish(10)
        assert device.acknowledged == 3
        until(lambda: len(device.told) == 3, 15, "told on the topic 'rejected'")
    finally:
        device.close()
    assert device.told[0]["accepted"] == 2
    assert device.told[0]["refused_total"] == len(rows) + len(more) - 2
    check_good_rows(instance, ds, now_ms)
    check_refusals(instance, "mqtt", codes, before, 0)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("unknown-datastream", 404),
        ("forbidden-datastream", 403),
        ("not-finite", 422),
        ("future-stamp", 422),
        ("out-of-range-time", 422),
        ("malformed", 400),
    ],
)
def test_a_single_bad_observation_is_refused_with_its_reason(
    instance, client, ids, foreign, name, status
):
    now = hostile.iso(int(time.time() * 1000))
    ahead = hostile.iso(int(time.time() * 1000) + 360_000)
    ds, stamp, result = {
        "unknown-datastream": (4_000_000, now, "1"),
        "forbidden-datastream": (foreign, now, "1"),
        "not-finite": (ids[5], now, "NaN"),
        "future-stamp": (ids[5], ahead, "1"),
        "out-of-range-time": (ids[5], "1970-01-01T00:00:00Z", "1"),
        "malformed": (ids[5], now, '"warm"'),
    }[name]
    before = hostile.refused(instance, "sta")
    letters_before = len(letters_of(instance, "sta"))
    answer = client.post(
        f"/sta/v1.1/Datastreams({ds})/Observations",
        content=f'{{"result": {result}, "phenomenonTime": "{stamp}"}}',
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.json()["code"], bool(answer.json()["detail"])) == (name, True)
    check_refusals(instance, "sta", Counter({name: 1}), before, letters_before)


@pytest.mark.parametrize(
    ("door", "path", "body"),
    [
        ("columns", "/ingest/v1/columns", b'{"ds": [1, 2'),
        ("columns", "/ingest/v1/columns", b"\xff\xfe\x00{"),
        ("columns", "/ingest/v1/columns", b"[" * 100_000),
        ("arrow", "/ingest/v1/arrow", hostile.as_arrow([(1, 1, 1.0)] * 50)[:-300]),
        ("arrow", "/ingest/v1/arrow", b"\xff" * 4096),
        ("sta", "/sta/v1.1/CreateObservations", b'[{"Datastream"'),
        ("sta", "/sta/v1.1/Observations", b"\x80\x81"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_and_kept(instance, client, door, path, body):
    before, letters_before = hostile.refused(instance, door), len(letters_of(instance, door))
    answer = client.post(path, content=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), answer.text
    check_refusals(instance, door, Counter({"malformed": 1}), before, letters_before)


def test_another_value_for_a_stored_stamp_is_refused_by_the_lake(instance, client, ids):
    ds, t = ids[6], (int(time.time()) - 7200) * 1000
    for value in (5.0, 6.0):
        content = hostile.as_columns([(ds, t, value)])
        assert client.post("/ingest/v1/columns", content=content).status_code == 201

    def clash():
        found = letters_of(instance, "columns")
        return [letter for letter in found if letter["code"] == "conflicting-duplicate"]

    [letter] = until(clash, 20, "the conflict in the dead letters")
    assert str(t) in letter["reason"]
    # the lake keeps scaled integers: compare what is stored with what the first request said
    stored = [row["v"] for row in rows_of(instance, STORED, ds=ds) if row["s"] == t // 1000]
    assert len(stored) == 1


def test_poison_put_directly_on_the_bus_holds_up_nothing(instance, client, ids):
    before = {child["name"]: child["pid"] for child in instance.processes()}
    junk = (b"", b"\xff" * 100, b"{", hostile.as_arrow([(1, 1, 1.0)])[:-40], b"\x00" * 70_000)
    subjects = (
        "madang.obs.columns", "madang.dead.columns", "madang.hours.pm25", "madang.hours.nonsense",
        "madang.events.telemetry.detection", "madang.events.air.measure_declared",
        "madang.events.no.such",
    )  # fmt: skip
    poison = [Outgoing(subject, payload) for subject in subjects for payload in junk]
    asyncio.run(put(instance, poison))
    ds, t = ids[7], (int(time.time()) - 5000) * 1000
    answer = client.post("/ingest/v1/columns", content=hostile.as_columns([(ds, t, 5.0)]))
    assert answer.status_code == 201

    def arrived():
        return [row for row in rows_of(instance, STORED, ds=ds) or [] if row["s"] == t // 1000]

    until(arrived, 20, "a good row behind the poison")
    until(lambda: len(letters_of(instance, "lake", "")) >= len(junk), 20, "poison as dead letters")
    until(lambda: instance.get("/healthz").status_code == 200, 30, "good health")
    state = instance.processes()
    after = {child["name"]: child["pid"] for child in state}
    assert after == before, f"{state}\n{instance.logs()}"


async def put(instance, messages):
    bus = await Bus.connect(client_url(read_settings(instance.environment)))
    try:
        for subject in ("madang.changed.telemetry", "madang.changed.x", "madang.live.obs"):
            await bus.broadcast(subject, b"\xff" * 50)
        await bus.publish_many(messages)
    finally:
        await bus.close()


def test_ten_times_the_quota_is_refused_and_hurts_nobody_else(instance):
    quota, points = 200, 500
    greedy_key = instance.gateway("greedy", "simulated", quota=quota)
    calm_key = instance.gateway("calm", "simulated")
    [ds] = things(instance, greedy_key, "greedy", 1)
    calm = things(instance, calm_key, "calm", 5)
    before = hostile.refused(instance, "columns")["over-quota"]
    begin_s = int(time.time()) - 400_000
    accepted = sent = 0
    with (
        Sender(instance, calm_key, "calm", calm, begin_s) as sender,
        httpx.Client(base_url=instance.url, auth=("greedy", greedy_key), timeout=30) as client,
    ):
        until(lambda: sender.accepted, 15, "the calm gateway is known")
        sender.retries = 0
        until_s = time.monotonic() + 6
        while time.monotonic() < until_s:  # 500 points every 250 ms: ten times 200 a second
            stamps = [(begin_s + sent + n) * 1000 for n in range(points)]
            rows = [(ds, t, 5.0) for t in stamps]
            answer = client.post("/ingest/v1/columns", content=hostile.as_columns(rows))
            sent += points
            if answer.status_code == 201:
                accepted += answer.json()["accepted"]
            else:
                assert answer.status_code == 429, answer.text
                assert int(answer.headers["retry-after"]) >= 1
                assert "quota of 200 points/s" in answer.json()["detail"]
            time.sleep(0.25)
    took_s = 6 + 10  # and the ten seconds that may come at once
    assert 1000 <= accepted <= quota * took_s
    assert accepted < sent
    assert sender.retries == 0
    audit(instance, [ds], accepted)
    audit(instance, calm, sender.accepted // len(calm))
    until(
        lambda: hostile.refused(instance, "columns")["over-quota"] - before == sent - accepted,
        15,
        "every refused point counted",
    )
