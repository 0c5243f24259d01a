"""The pipeline on a real bus server and the embedded store, in this process."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest

from madang.kernel.bus.access import client_url
from madang.kernel.bus.message import STREAMS, Outgoing
from madang.kernel.bus.server import BusServer
from madang.kernel.errors import NotFound
from madang.kernel.lake.chdb_store import ChdbStore
from madang.kernel.lake.clickhouse_sql import DATABASE
from madang.telemetry import refusals
from madang.telemetry.engine.flags import SPIKE, SUSPECT
from madang.telemetry.pipeline.effects import MISSING_INT32
from tests.kernel.bus_server import instance
from tests.telemetry import engine_cases as cases
from tests.telemetry.pipeline_cases import City, outgoing, running, settled, stream_of, tables

pytestmark = pytest.mark.system
MIN = 60_000


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    here = instance(tmp_path_factory.mktemp("bus"))
    server = BusServer(here)
    server.start()
    yield client_url(here)
    server.stop()


@pytest.fixture(scope="module")
def only_store(tmp_path_factory):
    store = ChdbStore(tmp_path_factory.mktemp("store"))
    for table in tables():
        store.create(table)
    yield store
    store.close()


@pytest.fixture
def store(only_store, url):
    """Return the process's store with empty tables, beside empty streams."""
    for table in tables():
        only_store._writer.query(f"TRUNCATE TABLE {DATABASE}.{table.name}")

    async def empty() -> None:
        from madang.kernel.bus.client import Bus

        bus = await Bus.connect(url)
        for stream in STREAMS:
            try:
                await bus.client.jetstream().delete_stream(stream.name)
            except Exception as error:
                assert "not found" in str(error)
        await bus.ensure_streams(STREAMS)
        await bus.close()

    asyncio.run(empty())
    return only_store


def rows(store, sql):
    return [tuple(row.values()) for row in store.query(sql).to_pylist()]


def test_observations_become_history_hours_live_state_and_detections(url, store, tmp_path):
    minutes = np.arange(5, 185, 5)
    t = cases.START + minutes * MIN

    async def work():
        async with running(url, store, tmp_path) as (pipeline, bus):
            live = asyncio.create_task(anext(bus.listen("madang.live.obs")))
            for moment, minute in zip(t, minutes, strict=True):
                values = [70.0 + minute / 10, 80.0]
                await bus.publish_many([outgoing([10, 11], [moment, moment], values)])
            await settled(pipeline, bus)
            latest = pipeline.answer("latest", {"ids": [11, 10, 999]}).to_pydict()
            assert latest["ds"] == [11, 10]
            assert latest["t"] == [t[-1], t[-1]]
            assert latest["received"] == [t[-1] + 1000] * 2
            health = pipeline.answer("health", {}).to_pylist()[0]
            assert (health["accepted"], health["duplicates"], health["hours"]) == (72, 0, 6)
            assert (health["lag"], health["problem"]) == (0, "")
            frame = pa.ipc.open_stream((await asyncio.wait_for(live, 5)).data).read_all()
            assert set(frame.column_names) == {"ds", "t", "v", "q", "received"}
            hours = await stream_of(bus, "HOURS", "madang.hours.pm25")
            found = pa.concat_tables(pa.ipc.open_stream(m.data).read_all() for m in hours)
            assert found["t"].to_pylist() == [cases.START + k * 60 * MIN for k in (1, 2, 3)]
            assert found["n"].to_pylist() == [12, 12, 12]
            events = [json.loads(m.data) for m in await stream_of(bus, "EVENTS")]
            runs = [e for e in events if e.get("detector") == "pm25-hourly_run"]
            assert [(e["datastream"], e["state"]) for e in runs] == [(10, "opened")]
            at = datetime.fromisoformat(runs[0]["at"])
            assert at.timestamp() * 1000 == cases.START + 120 * MIN

    asyncio.run(work())
    assert rows(store, "SELECT ds, count(), uniqExact(t) FROM obs GROUP BY ds ORDER BY ds") == [
        (10, 36, 36),
        (11, 36, 36),
    ]
    assert rows(store, "SELECT v FROM obs WHERE ds = 10 ORDER BY t LIMIT 1") == [(705,)]
    assert rows(store, "SELECT count() FROM obs_1h FINAL") == [(6,)]


def test_missing_values_and_millisecond_streams_keep_their_form(url, store, tmp_path):
    resolution = np.full(8, 0.1)
    resolution[1] = 0.0
    city = City(cases.catalogue(8, resolution=resolution))
    t = cases.START + 123

    async def work():
        async with running(url, store, tmp_path, city) as (pipeline, bus):
            await bus.publish_many([outgoing([10, 11, 11], [t, t, t + 1], [np.nan, 1 / 3, np.nan])])
            await settled(pipeline, bus)

    asyncio.run(work())
    assert rows(store, "SELECT v FROM obs") == [(MISSING_INT32,)]
    found = rows(store, "SELECT toUnixTimestamp64Milli(t), v FROM obs_ms ORDER BY t")
    assert found[0] == (t, 1 / 3)
    assert found[1][0] == t + 1
    assert np.isnan(found[1][1])


def test_repeats_are_dropped_conflicts_and_strangers_become_dead_letters(url, store, tmp_path):
    t = cases.START + np.arange(40) * 5 * MIN
    v = np.linspace(10, 50, 40).round(1)

    async def work():
        async with running(url, store, tmp_path) as (pipeline, bus):
            await bus.publish_many([outgoing(np.full(40, 10), t, v)])
            await settled(pipeline, bus)
            await bus.publish_many(
                [
                    outgoing(np.full(40, 10), t, v),  # all again: beyond the short memory, too
                    outgoing([10, 10], [t[0], t[39]], [99.0, 99.0]),
                    outgoing([777], [t[0]], [1.0]),
                    outgoing([11, 11], [t[0], -5], [1e300, 1.0]),
                ]
            )
            await settled(pipeline, bus)
            health = pipeline.answer("health", {}).to_pylist()[0]
            assert health["accepted"] == 40
            assert health["duplicates"] == 40
            assert health["refused"] == 5

    asyncio.run(work())
    assert rows(store, "SELECT count(), uniqExact(t) FROM obs") == [(40, 40)]
    assert rows(store, "SELECT code, count() FROM dead_letter GROUP BY code ORDER BY code") == [
        (refusals.CONFLICTING_DUPLICATE, 2),
        (refusals.OUT_OF_RANGE_TIME, 1),
        (refusals.OUT_OF_RANGE_VALUE, 1),
        (refusals.UNKNOWN_DATASTREAM, 1),
    ]


def test_a_repeat_in_one_batch_longer_than_the_memory_is_found(url, store, tmp_path):
    t = cases.START + np.arange(40) * 5 * MIN
    again = np.concatenate([t, t[:5], t[:5]])

    async def work():
        async with running(url, store, tmp_path) as (pipeline, bus):
            v = again // MIN % 97 * 1.0
            await bus.publish_many([outgoing(np.full(50, 10), again, v)])
            await settled(pipeline, bus)

    asyncio.run(work())
    assert rows(store, "SELECT count(), uniqExact(t) FROM obs") == [(40, 40)]


def test_poison_does_not_stop_the_stream(url, store, tmp_path):
    good = [outgoing([10], [cases.START + k * MIN * 5], [10.0 + k]) for k in range(3)]
    poison = [
        Outgoing("madang.obs.mqtt", b"\x00\xff", good[0].headers),
        Outgoing("madang.obs.mqtt", good[0].data, {"door": "mqtt"}),
        Outgoing("madang.obs.mqtt", b"", {"received": "never", "door": "mqtt"}),
    ]

    async def work():
        async with running(url, store, tmp_path) as (pipeline, bus):
            await bus.publish_many([good[0], *poison, good[1], good[2]])
            await settled(pipeline, bus)

    asyncio.run(work())
    assert rows(store, "SELECT count() FROM obs") == [(3,)]
    assert rows(store, "SELECT code, count() FROM dead_letter GROUP BY code") == [("malformed", 3)]
    assert ("AP8=",) in rows(store, "SELECT payload FROM dead_letter")


def test_dead_letters_of_the_doors_reach_their_table_once(url, store, tmp_path):
    letter = refusals.Refusal(cases.START, "mqtt", "7", "not JSON", refusals.MALFORMED, "{")

    async def work():
        for _ in range(3):
            async with running(url, store, tmp_path) as (_, bus):
                letters = [Outgoing("madang.dead.mqtt", letter.encode())] * 5
                await bus.publish_many([*letters, Outgoing("madang.dead.http", b"no JSON")])
                await asyncio.sleep(1.2)

    asyncio.run(work())
    assert rows(store, "SELECT door, count() FROM dead_letter GROUP BY door ORDER BY door") == [
        ("http", 3),
        ("mqtt", 15),
    ]


def test_a_spike_is_flagged_afterwards_beside_the_raw_rows(url, store, tmp_path):
    t = cases.START + np.arange(5) * 5 * MIN

    async def work():
        async with running(url, store, tmp_path) as (pipeline, bus):
            await bus.publish_many([outgoing(np.full(5, 10), t, [10, 11, 65, 12, 11.0])])
            await settled(pipeline, bus)

    asyncio.run(work())
    found = rows(store, "SELECT toUnixTimestamp64Milli(t), q FROM obs_flag FINAL")
    assert [(stamp, q & (7 | SPIKE)) for stamp, q in found] == [(t[2], SUSPECT | SPIKE)]
    assert rows(store, "SELECT count() FROM obs") == [(5,)]


def test_a_datastream_made_a_moment_ago_is_known(url, store, tmp_path):
    city = City(cases.catalogue(2))

    async def work():
        async with running(url, store, tmp_path, city) as (pipeline, bus):
            await bus.publish_many([outgoing([10], [cases.START], [1.0])])
            await settled(pipeline, bus)
            city.catalogue = cases.catalogue(4, version=1)
            await bus.publish_many([outgoing([10, 13], [cases.START + 1] * 2, [2.0, 3.0])])
            await settled(pipeline, bus)
            assert pipeline.answer("latest", {"ids": None})["ds"].to_pylist() == [10, 13]

    asyncio.run(work())
    assert rows(store, "SELECT count() FROM obs") == [(3,)]


def test_a_silence_is_alarmed_once_and_lifted_when_the_sensor_is_heard(url, store, tmp_path):
    city = City(cases.catalogue(2, freshness_s=np.array([30, 900], np.int32)))

    async def work():
        async with running(url, store, tmp_path, city) as (pipeline, bus):
            await bus.publish_many(
                [outgoing([10, 11], [city.now] * 2, [1.0, 2.0], received=city.now)]
            )
            await settled(pipeline, bus)
            city.now += 31_000
            await asyncio.sleep(0.8)
            stale = pipeline.answer("stale", {}).to_pydict()
            assert stale == {"ds": [10], "age_s": [31.0], "limit_s": [30.0]}
        async with running(url, store, tmp_path, city) as (pipeline, bus):
            city.now += 1000
            await asyncio.sleep(0.5)
            assert pipeline.answer("health", {})["stale"].to_pylist() == [1]
            await bus.publish_many([outgoing([10], [city.now], [1.5], received=city.now)])
            await settled(pipeline, bus)
            await asyncio.sleep(0.6)
            events = [json.loads(m.data) for m in await stream_of(bus, "EVENTS")]
            alarms = [(e["datastreams"], e["state"]) for e in events if "gateway" in e]
            assert alarms == [([10], "opened"), ([10], "closed")]

    asyncio.run(work())


def test_a_pause_of_ours_silences_nobody_and_is_no_detection(url, store, tmp_path):
    city = City(cases.catalogue(2, freshness_s=np.array([30, 30], np.int32)))

    async def work():
        async with running(url, store, tmp_path, city) as (pipeline, bus):
            both = outgoing([10, 11], [city.now] * 2, [1.0, 2.0], received=city.now)
            await bus.publish_many([both])
            await settled(pipeline, bus)
        city.now += 3_600_000  # nobody listened for an hour
        async with running(url, store, tmp_path, city) as (pipeline, bus):
            await asyncio.sleep(0.5)
            assert pipeline.answer("health", {})["stale"].to_pylist() == [0]
            assert len(pipeline.answer("stale", {})) == 0
            city.now += 20_000
            await bus.publish_many([outgoing([11], [city.now], [1.5], received=city.now)])
            await settled(pipeline, bus)
            city.now += 10_001  # now 10 has had its 30 seconds, 11 has not
            await asyncio.sleep(0.6)
            assert pipeline.answer("stale", {})["ds"].to_pylist() == [10]
            told = pipeline.answer("health", {}).to_pylist()[0]
            assert (told["silences"], told["detections"]) == (1, 0)
            silence = pipeline.answer("detectors", {}).to_pylist()[0]
            assert silence | {"ran": 0} == {
                "id": "silence", "kind": "silence", "property": "", "series": 2, "events": 1,
                "ran": 0, "errors": 0,
            }  # fmt: skip
            assert silence["ran"] == city.now

    asyncio.run(work())


def test_each_detector_tells_what_it_watches_and_found(url, store, tmp_path):
    city = City(cases.catalogue(2), rules=cases.rules())

    async def work():
        async with running(url, store, tmp_path, city) as (pipeline, bus):
            start = city.now - 600_000
            t = [start, start + 60_000, start + 120_000]
            await bus.publish_many([outgoing([10] * 3, t, [120.0, 130.0, 80.0])])
            await settled(pipeline, bus)
            rows = {row["id"]: row for row in pipeline.answer("detectors", {}).to_pylist()}
            threshold = rows["pm25-threshold"]
            assert (threshold["series"], threshold["events"]) == (1, 2)  # opened and closed
            assert threshold["ran"] == city.now
            assert rows["pm10-threshold"]["ran"] == 0  # nothing of it has come
            city.now += 3_600_001
            rows = {row["id"]: row for row in pipeline.answer("detectors", {}).to_pylist()}
            assert rows["pm25-threshold"]["events"] == 0

    asyncio.run(work())


def test_the_last_hour_of_a_silent_sensor_closes_by_the_clock(url, store, tmp_path):
    city = City()

    async def work():
        async with running(url, store, tmp_path, city) as (pipeline, bus):
            begin = city.now
            message = outgoing([10], [begin + 50 * MIN], [5.0], received=begin + 50 * MIN)
            await bus.publish_many([message])
            await settled(pipeline, bus)
            assert not await stream_of(bus, "HOURS")
            city.now += 60 * MIN
            await asyncio.sleep(0.6)
            assert len(await stream_of(bus, "HOURS")) == 1

    asyncio.run(work())


def test_without_its_state_the_pipeline_begins_from_the_history(url, store, tmp_path):
    t = cases.START + np.arange(30) * 5 * MIN

    async def work():
        async with running(url, store, tmp_path / "a") as (pipeline, bus):
            await bus.publish_many([outgoing(np.full(30, 10), t, np.arange(30.0))])
            await settled(pipeline, bus)
        async with running(url, store, tmp_path / "b") as (pipeline, bus):
            assert pipeline.answer("latest", {})["v"].to_pylist() == [29.0]
            await bus.publish_many([outgoing(np.full(30, 10), t, np.arange(30.0))])
            await settled(pipeline, bus)
            assert pipeline.answer("health", {})["duplicates"].to_pylist() == [30]

    asyncio.run(work())
    assert rows(store, "SELECT count() FROM obs") == [(30,)]


def test_a_damaged_state_file_is_put_aside_and_the_history_serves(url, store, tmp_path):
    async def work():
        async with running(url, store, tmp_path) as (pipeline, bus):
            await bus.publish_many([outgoing([10], [cases.START], [7.0])])
            await settled(pipeline, bus)
        path = tmp_path / "state.bin"
        path.write_bytes(path.read_bytes()[:-1])
        async with running(url, store, tmp_path) as (pipeline, bus):
            assert pipeline.answer("latest", {})["v"].to_pylist() == [7.0]
            await bus.publish_many([outgoing([10], [cases.START + 1], [8.0])])
            await settled(pipeline, bus)
        assert len(list(tmp_path.glob("state.bin.unusable-*"))) == 1

    asyncio.run(work())
    assert rows(store, "SELECT count() FROM obs") == [(2,)]


def test_a_replay_over_many_days_in_one_batch_is_stored(url, store, tmp_path):
    city = City(cases.catalogue(2, period_s=3600))
    t = cases.START + np.arange(24 * 400) * 60 * MIN

    async def work():
        async with running(url, store, tmp_path, city) as (pipeline, bus):
            values = np.arange(len(t)) % 50 * 1.0
            await bus.publish_many([outgoing(np.full(len(t), 10), t, values)])
            await settled(pipeline, bus, 60)

    asyncio.run(work())
    assert rows(store, "SELECT count(), uniqExact(t) FROM obs") == [(9600, 9600)]
    assert rows(store, "SELECT count() FROM obs_1h FINAL") == [(9600,)]


@pytest.mark.parametrize("step_ms", [0, -3_600_000, 3_600_000])
def test_a_clock_that_stands_still_or_jumps_loses_no_hour(url, store, tmp_path, step_ms):
    """Hours go to the lake with ticks; two ticks at one time once had one token, and one effect."""
    city = City()
    rounds, per_hour = 48, 12  # four hours at five minutes

    async def work():
        async with running(url, store, tmp_path, city) as (pipeline, bus):
            for start in range(0, rounds, per_hour):
                for number in range(start, start + per_hour):
                    t = np.full(8, cases.START + (number + 1) * 5 * MIN)
                    ids = np.arange(10, 18, dtype=np.uint32)
                    received = city.now + 10**9  # heard of, so that the clock closes nothing
                    one = outgoing(ids, t, np.full(8, 20.0 + number), received=received)
                    await bus.publish_many([one])
                await settled(pipeline, bus)
                city.now += step_ms

    asyncio.run(work())
    found = store.query("SELECT ds, count() AS n FROM obs_1h GROUP BY ds").to_pylist()
    assert {row["ds"]: row["n"] for row in found} == dict.fromkeys(range(10, 18), 4)


def test_an_unknown_question_is_refused(url, store, tmp_path):
    async def work():
        async with running(url, store, tmp_path) as (pipeline, _):
            with pytest.raises(NotFound, match="latest, health, stale and detectors"):
                pipeline.answer("everything", {})

    asyncio.run(work())
