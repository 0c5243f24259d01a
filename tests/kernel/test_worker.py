"""Real workers on a real bus: what is killed loses nothing and doubles nothing."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from madang.kernel.bus.message import STREAMS
from madang.kernel.bus.server import BusServer
from madang.kernel.config import Settings

from .bus_server import client_url, instance, killed_and_started_again, with_bus

pytestmark = pytest.mark.system
DRILL = Path(__file__).with_name("drill_worker.py")


class House:
    """An instance of its own: SQLite, a bus server, workers that come and go."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.server = BusServer(settings)
        self.database = settings.data / "madang.sqlite3"
        self.workers: list[subprocess.Popen[bytes]] = []

    def worker(self, **environment: str) -> subprocess.Popen[bytes]:
        """Start a worker."""
        log = (self.settings.data / "worker.log").open("ab")
        with log:
            process = subprocess.Popen(
                [sys.executable, str(DRILL)],
                env={
                    **os.environ,
                    "MADANG_DATA": str(self.settings.data),
                    "MADANG_DATABASE_URL": "",
                    "MADANG_PORT_OFFSET": str(self.settings.port_offset),
                    "DJANGO_SETTINGS_MODULE": "madang.app.settings",
                    **environment,
                },
                stdout=log,
                stderr=log,
            )
        self.workers.append(process)
        return process

    def publish(self, numbers: range) -> None:
        """Put numbers on the bus as messages of the stream of hours."""

        async def work(bus) -> None:
            await bus.ensure_streams(STREAMS)
            for number in numbers:
                await bus.publish(
                    "madang.hours.drill",
                    str(number).encode(),
                    headers={"wall": repr(time.time())},
                    msg_id=f"drill-{number}",
                )

        with_bus(client_url(self.settings), work)

    def ask(self, sql: str) -> list[tuple]:
        """Return the rows of a question to the database."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=20)) as database:
            return database.execute(sql).fetchall()

    def numbers(self, verb: str) -> list[int]:
        """Return the numbers written down under a verb, sorted."""
        rows = self.ask(f"SELECT object FROM kernel_auditentry WHERE verb = 'drill.{verb}'")
        return sorted(int(name.partition(":")[2]) for (name,) in rows)

    def until(self, happened: Callable[[], bool], within_s: float = 40.0) -> None:
        """Wait until something has happened; fails with the workers' log."""
        deadline = time.monotonic() + within_s
        while not happened():
            if time.monotonic() > deadline:
                pytest.fail((self.settings.data / "worker.log").read_text()[-4000:])
            time.sleep(0.02)

    def is_ready(self) -> bool:
        """Return whether a worker said that it is up."""
        return (self.settings.data / "run" / "worker.ready").exists()

    def has_halted(self) -> bool:
        """Return whether a worker stands where it was told to."""
        return (self.settings.data / "run" / "halted").exists()


@pytest.fixture(scope="module")
def empty_record(tmp_path_factory) -> Path:
    """Return a database at the present schema, made once and copied by each test."""
    data = tmp_path_factory.mktemp("empty")
    made = House(Settings(data=data))
    assert made.worker(DRILL_MIGRATE="1").wait(100) == 0
    with contextlib.closing(sqlite3.connect(made.database)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return made.database


@pytest.fixture
def house(tmp_path, empty_record) -> Iterator[House]:
    settings = instance(tmp_path / "data")
    settings.data.mkdir()
    made = House(settings)
    shutil.copy(empty_record, made.database)
    made.server.start()
    try:
        yield made
    finally:
        for worker in made.workers:
            worker.kill()
            worker.wait()
        made.server.stop()


def test_a_message_reaches_its_consumer_at_once_and_sigterm_ends_the_worker_in_order(house):
    worker = house.worker()
    house.until(house.is_ready)
    for number in range(10):
        house.publish(range(number, number + 1))
        house.until(lambda: len(house.numbers("noted")) > number)  # noqa: B023
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert not house.is_ready()
    assert house.numbers("received") == house.numbers("noted") == list(range(10))
    assert house.ask("SELECT count(*) FROM kernel_heartbeat") == [(0,)]
    delays = sorted(
        float(delay)
        for (delay,) in house.ask(
            "SELECT json_extract(detail, '$.delay_ms') FROM kernel_auditentry"
            " WHERE verb = 'drill.received'"
        )
    )
    assert delays[len(delays) // 2] < 200, f"median delay of a message {delays} ms"


@pytest.mark.parametrize("halt", ["published", "dispatched"])
def test_a_worker_killed_between_a_deed_and_its_note_doubles_nothing(house, halt):
    house.publish(range(20))
    stuck = house.worker(DRILL_HALT=halt)
    house.until(house.has_halted)
    stuck.kill()
    assert stuck.wait() == -signal.SIGKILL
    house.worker()
    house.until(lambda: len(house.numbers("noted")) >= 20)
    waiting = "SELECT count(*) FROM kernel_outboxentry WHERE published_at IS NULL"
    house.until(lambda: house.ask(waiting) == [(0,)])
    assert house.numbers("received") == house.numbers("noted") == list(range(20))


def test_a_worker_killed_again_and_again_under_load_loses_and_doubles_nothing(house):
    moments = random.Random(20261122)
    for life in range(3):
        worker = house.worker()
        house.until(house.is_ready)
        house.publish(range(life * 60, life * 60 + 60))
        time.sleep(moments.uniform(0.0, 0.4))
        worker.kill()
        worker.wait()
        (house.settings.data / "run" / "worker.ready").unlink()
    house.worker()
    house.until(lambda: len(house.numbers("noted")) >= 180)
    assert house.numbers("received") == house.numbers("noted") == list(range(180))


def test_two_workers_do_each_thing_once(house):
    house.worker()
    house.worker()
    house.publish(range(60))
    house.until(lambda: len(house.numbers("noted")) >= 60)
    assert house.numbers("received") == house.numbers("noted") == list(range(60))


def test_a_bus_killed_under_a_running_worker_loses_and_doubles_nothing(house):
    house.worker()
    house.until(house.is_ready)
    for life in range(2):
        house.publish(range(life * 30, life * 30 + 30))
        killed_and_started_again(house.server)
    house.publish(range(60, 90))
    house.until(lambda: len(house.numbers("noted")) >= 90)
    assert house.numbers("received") == house.numbers("noted") == list(range(90))


def test_a_bus_that_lost_its_store_is_read_from_its_start(house):
    house.worker()
    house.publish(range(10))
    house.until(lambda: len(house.numbers("noted")) == 10)
    house.workers[-1].terminate()
    assert house.workers[-1].wait(20) == 0
    house.server.stop()
    shutil.rmtree(house.settings.data / "bus")
    house.server.start()
    house.publish(range(100, 105))
    house.worker()
    house.until(lambda: len(house.numbers("noted")) >= 15)
    assert house.numbers("noted") == [*range(10), *range(100, 105)]
