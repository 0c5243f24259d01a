"""`kill -9` of the lake process under load: nothing lost, nothing twice, the same events."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from madang.kernel.bus.access import client_url
from madang.kernel.bus.message import Message
from madang.kernel.bus.server import BusServer
from madang.telemetry.pipeline.core import Core
from madang.telemetry.pipeline.effects import detection_messages
from tests.kernel.bus_server import instance
from tests.telemetry import engine_cases as cases
from tests.telemetry.drill import CATALOGUE, RECEIVED_MS, STREAMS_N, Lake, Load, published, values
from tests.telemetry.pipeline_cases import outgoing

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]

# The store of a folder belongs to one process, so the audit asks in one of its own.
_AUDIT = """
import json, sys
from madang.kernel.lake.chdb_store import ChdbStore
from tests.telemetry.pipeline_cases import tables
store = ChdbStore(__import__("pathlib").Path(sys.argv[1]))
for table in tables():
    store.create(table)
obs = store.query("SELECT ds, count() AS n, uniqExact(t) AS u FROM obs GROUP BY ds ORDER BY ds")
hours = store.query("SELECT count() AS n, uniqExact((ds, t)) AS u FROM obs_1h")
dead = store.query("SELECT count() AS n FROM dead_letter")
print(json.dumps([obs.to_pylist(), hours.to_pylist(), dead.to_pylist()]))
"""


def drill(folder, seed, kills):
    """Kill the lake `kills` times at seeded moments under load; audit everything."""
    here = instance(folder / "bus")
    server = BusServer(here)
    server.start()
    url = client_url(here)
    chance = random.Random(seed)
    load, lake = Load(url, seed), Lake(folder, url)
    sender = threading.Thread(target=lambda: asyncio.run(load.run()))
    sender.start()
    try:
        for _ in range(kills):
            lake.start()
            time.sleep(chance.uniform(0.05, 1.5))
            lake.kill()
        load.stop = True
        sender.join()
        lake.start()
        lake.catch_up()
        time.sleep(1.0)  # longer than the flush of hours
        lake.stop()
        done = subprocess.run(
            [sys.executable, "-c", _AUDIT, str(folder / "lake")],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        hours, events = asyncio.run(published(url))
    finally:
        load.stop = True
        sender.join()
        server.stop()
    check(load.rounds, json.loads(done.stdout), hours, events)


def check(rounds, stored, hours, events):
    """Compare with one undisturbed pass over the same rounds."""
    obs, stored_hours, dead = stored
    assert [(row["n"], row["u"]) for row in obs] == [(rounds, rounds)] * STREAMS_N
    core = Core(CATALOGUE, cases.rules())
    expected_hours, expected_events = set(), set()
    for number in range(rounds):
        one = outgoing(*values(number), received=RECEIVED_MS)
        admitted = core.admit(core.read([Message(one.subject, one.data, one.headers)]))
        effects = core.settle(admitted, *(np.empty(0, np.int64),) * 2)
        found = effects.hours
        expected_hours |= set(
            zip(CATALOGUE.ids[found.row].tolist(), found.t.tolist(), found.n.tolist(), strict=True)
        )
        expected_events |= {m.msg_id for m in detection_messages(core, effects)}
    assert len(expected_hours) > 100
    assert len(hours) == len(set(hours))
    assert set(hours) == expected_hours
    assert stored_hours == [{"n": len(expected_hours), "u": len(expected_hours)}]
    assert len(events) == len(set(events))
    assert set(events) == expected_events
    assert expected_events
    assert dead == [{"n": 0}]


def test_killed_under_load_the_lake_loses_nothing_and_doubles_nothing(tmp_path):
    drill(tmp_path, seed=1, kills=3)


@pytest.mark.long
def test_killed_twenty_times_the_lake_loses_nothing_and_doubles_nothing(tmp_path):
    drill(tmp_path, seed=2, kills=20)
