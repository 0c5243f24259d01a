"""The clock jumps under load: nothing accepted is lost, no hour doubles, nothing ends.

The house clock of all our own processes is shifted (`other_clock`). The bus server, the front and
the files keep the real time, as if the clock of one machine of several had jumped.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

import madang
from madang.kernel.bus.access import client_url
from madang.kernel.bus.client import Bus
from madang.kernel.config import read_settings
from tests.system import hostile
from tests.system.instance import Instance, until
from tests.system.load import Sender, audit, rows_of, things

pytestmark = [pytest.mark.system, pytest.mark.long, pytest.mark.timeout(300)]
HOUR_S = 3600
DOUBLED = "SELECT ds, t, count() AS n FROM obs_1h GROUP BY ds, t HAVING n > 1"


class Clock:
    """The clock of an instance's processes, a number of seconds off."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "offset"
        self.offset_s = 0
        self.set(0)

    def environment(self) -> dict[str, str]:
        path = [str(Path(__file__).parent / "other_clock"), str(Path(madang.__file__).parents[1])]
        if already := os.environ.get("PYTHONPATH"):
            path.append(already)
        return {"TEST_CLOCK_OFFSET": str(self._file), "PYTHONPATH": os.pathsep.join(path)}

    def set(self, offset_s: int) -> None:
        draft = self._file.with_suffix(".draft")
        draft.write_text(str(offset_s))
        draft.replace(self._file)
        self.offset_s = offset_s

    def now_ms(self) -> int:
        return int((time.time() + self.offset_s) * 1000)


@pytest.fixture
def clock(tmp_path) -> Clock:
    return Clock(tmp_path)


@pytest.fixture
def instance(tmp_path, clock) -> Iterator[Instance]:
    with Instance(tmp_path, "--no-sim", environment=clock.environment()) as running:
        yield running


def answer_to(instance: Instance, key: str, ds: int, t_ms: int, result: float) -> httpx.Response:
    url = f"{instance.url}/sta/v1.1/Datastreams({ds})/Observations"
    body = {"result": result, "phenomenonTime": hostile.iso(t_ms)}
    return httpx.post(url, json=body, auth=("quiet", key), timeout=30)


def messages_of(instance: Instance, stream: str) -> list[bytes]:
    """Return the payloads that a stream of the instance's bus holds."""

    async def read() -> list[bytes]:
        bus = await Bus.connect(client_url(read_settings(instance.environment)))
        found: list[bytes] = []
        try:
            last = (await bus.state(stream)).last_seq
            async for batch in bus.consume(stream, idle_s=1.0):
                found += [message.data for message in batch]
                if not batch or batch[-1].seq >= last:
                    return found
        finally:
            await bus.close()
        return found

    return asyncio.run(read())


def silences(instance: Instance, ds: int) -> list[str]:
    """Return what was said of a datastream's silence, in order."""
    events = [json.loads(data) for data in messages_of(instance, "EVENTS")]
    return [one["state"] for one in events if ds in one.get("datastreams", ())]


def restarts(instance: Instance) -> dict[str, int]:
    return {process["name"]: process["pid"] for process in instance.processes()}


def test_the_clock_jumps_forward_and_back_under_load(instance, clock):
    key = instance.gateway("steady", "real")
    ids = things(instance, key, "steady", 10)
    quiet_key = instance.gateway("quiet", "real")
    [quiet] = things(instance, quiet_key, "quiet", 1)
    begin_s = (int(time.time()) - 500_000) // HOUR_S * HOUR_S
    until(lambda: answer_to(instance, quiet_key, quiet, clock.now_ms(), 1.0).status_code == 201, 10)
    before = restarts(instance)
    with Sender(instance, key, "steady", ids, begin_s) as sender:

        def heard_on() -> None:
            seen = sender.accepted
            until(lambda: sender.accepted > seen + 500, 30, "accepted after the jump")

        heard_on()
        clock.set(2 * HOUR_S)
        heard_on()
        assert answer_to(instance, quiet_key, quiet, clock.now_ms() + 360_000, 2).status_code == 422
        # a backlog of more than ten seconds holds the watch over silences back: time to catch up
        until(lambda: silences(instance, quiet) == ["opened"], 120, "silence after the jump")
        assert answer_to(instance, quiet_key, quiet, clock.now_ms(), 3.0).status_code == 201
        until(lambda: silences(instance, quiet) == ["opened", "closed"], 30, "heard again")

        clock.set(-HOUR_S)
        heard_on()
        early = answer_to(instance, quiet_key, quiet, clock.now_ms() + HOUR_S * 1000, 4.0)
        assert (early.status_code, early.json()["code"]) == (422, "future-stamp")
        assert answer_to(instance, quiet_key, quiet, clock.now_ms(), 5.0).status_code == 201

        clock.set(0)
        heard_on()
        assert answer_to(instance, quiet_key, quiet, clock.now_ms(), 6.0).status_code == 201
    audit(instance, ids, sender.accepted // len(ids))
    until(lambda: instance.get("/healthz").status_code == 200, 60, "all is well")
    assert silences(instance, quiet) == ["opened", "closed"]
    assert rows_of(instance, DOUBLED) == []
    assert restarts(instance) == before
    stored = rows_of(instance, "SELECT count() AS n FROM obs WHERE ds = {ds:UInt32}", ds=quiet)
    assert stored is not None and stored[0]["n"] >= 4


def test_an_hour_is_closed_once_though_the_clock_stands_before_and_after_it(instance, clock):
    """The clock closes the hour of a silent sensor; put back and forth, it does so once."""
    key = instance.gateway("quiet", "real")
    [ds] = things(instance, key, "quiet", 1)
    hour_ms = clock.now_ms() // (HOUR_S * 1000) * HOUR_S * 1000 - 2 * HOUR_S * 1000
    stamps = [hour_ms + minute * 60_000 for minute in range(1, 59)]
    until(lambda: answer_to(instance, key, ds, stamps[0], 10.0).status_code == 201, 10)
    for stamp in stamps[1:]:
        assert answer_to(instance, key, ds, stamp, 11.0).status_code == 201
    hours = "SELECT toInt64(toUnixTimestamp(t)) AS s, n FROM obs_1h WHERE ds = {ds:UInt32}"
    for offset_s in (4 * HOUR_S, -2 * HOUR_S, 4 * HOUR_S, 0):
        clock.set(offset_s)
        until(lambda: rows_of(instance, hours, ds=ds), 60, "the hour is closed by the clock")
    late = answer_to(instance, key, ds, hour_ms + 59 * 60_000, 12.0)
    assert late.status_code == 201
    audit(instance, [ds], 59)
    found = rows_of(instance, hours, ds=ds)
    assert found == [{"s": hour_ms // 1000 + HOUR_S, "n": 58}]
    names = Counter(message for message in messages_of(instance, "HOURS"))
    assert len(names) == 1
