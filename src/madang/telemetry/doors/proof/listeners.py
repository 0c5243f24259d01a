"""Server-sent events to many: how soon the last listener has an update, what those cost who sleep.

A bus and a stream process of their own; updates go over the bus as the lake sends them, listeners
are connections of this process over loopback, whose reading is part of the figures.
"""

from __future__ import annotations

import asyncio
import io
import socket
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import psutil
import pyarrow as pa

from madang.kernel.bus.access import client_url
from madang.kernel.bus.client import Bus
from madang.kernel.errors import Unavailable
from madang.telemetry.doors.live import OBSERVATIONS
from madang.telemetry.doors.proof.instance import StreamInstance, stream_instance

LISTENERS = 2000
ROWS = 100  # of a second in a city of 1,675 stations that report every minute or five
UPDATES = 20
_PACE_S = 1.0  # the lake tells of changes once a second
_PATIENCE_S = 30.0
_REQUEST = b"GET /events?topic=obs HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n"
_SLEEPERS_BUFFER = 4096


@dataclass(frozen=True)
class Heard:
    """How updates came: ms until the last listener had each; memory of the stream process, MiB."""

    listeners: int
    sleepers: int
    rows: int
    worst_ms: float
    median_ms: float
    missed: int
    rss_before_mib: float
    rss_after_mib: float
    cpu_s: float


class _Ear(asyncio.Protocol):
    """One listener: counts whole updates and when the newest came."""

    def __init__(self) -> None:
        self.heard = 0
        self.at = 0.0
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(_REQUEST)

    def data_received(self, data: bytes) -> None:
        found = (self._tail + data).count(b"}\n\n")
        self._tail = data[-2:]
        if found:
            self.heard += found
            self.at = time.perf_counter()


def last_listener_ms() -> float:
    """Return the longest time until all of 2,000 listeners had an update of a usual second."""
    return _usual().worst_ms


@cache
def _usual() -> Heard:
    return measured(LISTENERS)


def measured(
    listeners: int,
    *,
    sleepers: int = 0,
    rows: int = ROWS,
    updates: int = UPDATES,
    pace_s: float = _PACE_S,
) -> Heard:
    """Send updates to listeners, besides some who never read, on an instance of its own."""
    with (
        tempfile.TemporaryDirectory(prefix="madang-listeners-") as folder,
        stream_instance(Path(folder)) as instance,
    ):
        return heard(
            instance, listeners, sleepers=sleepers, rows=rows, updates=updates, pace_s=pace_s
        )


def heard(
    instance: StreamInstance,
    listeners: int,
    *,
    sleepers: int,
    rows: int,
    updates: int,
    pace_s: float,
) -> Heard:
    """Send updates to listeners of a running stream process."""
    port = instance.here.stream_port
    asleep = [_sleeper(port) for _n in range(sleepers)]
    try:
        process = _worker(instance)
        return asyncio.run(
            _heard(instance, process, listeners, len(asleep), (rows, updates, pace_s))
        )
    finally:
        for one in asleep:
            one.close()


def _sleeper(port: int) -> socket.socket:
    """Return a connection that asks for updates and never reads one."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SLEEPERS_BUFFER)
    made.connect(("127.0.0.1", port))
    made.sendall(_REQUEST)
    return made


def _worker(instance: StreamInstance) -> psutil.Process:
    assert instance.stream is not None
    family = psutil.Process(instance.stream.pid).children(recursive=True)
    return max(family, key=lambda one: one.memory_info().rss)


async def _heard(
    instance: StreamInstance,
    process: psutil.Process,
    listeners: int,
    sleepers: int,
    load: tuple[int, int, float],
) -> Heard:
    rows, updates, pace_s = load
    loop = asyncio.get_running_loop()
    bus = await Bus.connect(client_url(instance.here))
    ears: list[_Ear] = []
    transports: list[asyncio.Transport] = []
    for _n in range(listeners):
        transport, ear = await loop.create_connection(_Ear, "127.0.0.1", instance.here.stream_port)
        transports.append(transport)
        ears.append(ear)
    try:
        await _warm(bus, ears, rows)
        before, cpu = _rss(process), _cpu_s(process)
        spans = [await _told(bus, ears, _frame(rows, number), pace_s) for number in range(updates)]
        wanted = ears[0].heard
        return Heard(
            listeners=listeners,
            sleepers=sleepers,
            rows=rows,
            worst_ms=max(spans) * 1000,
            median_ms=sorted(spans)[len(spans) // 2] * 1000,
            missed=sum(wanted - ear.heard for ear in ears),
            rss_before_mib=before,
            rss_after_mib=_rss(process),
            cpu_s=_cpu_s(process) - cpu,
        )
    finally:
        for transport in transports:
            transport.close()
        await bus.close()


async def _warm(bus: Bus, ears: list[_Ear], rows: int) -> None:
    """Send updates until every listener has heard one: from then on all are in the room."""
    deadline = time.perf_counter() + _PATIENCE_S
    while not all(ear.heard for ear in ears):
        if time.perf_counter() > deadline:
            silent = sum(not ear.heard for ear in ears)
            raise Unavailable(f"{silent} of {len(ears)} listeners heard nothing")
        await bus.broadcast(OBSERVATIONS, _frame(rows, 0))
        await asyncio.sleep(0.5)
    await asyncio.sleep(1.0)
    for ear in ears:
        ear.heard = 0


async def _told(bus: Bus, ears: list[_Ear], frame: bytes, pace_s: float) -> float:
    """Send one update; return after how long [s] the last listener had it whole."""
    wanted = ears[0].heard + 1
    began = time.perf_counter()
    await bus.broadcast(OBSERVATIONS, frame)
    while any(ear.heard < wanted for ear in ears):
        if time.perf_counter() - began > _PATIENCE_S:
            break
        await asyncio.sleep(0.002)
    last = max(ear.at for ear in ears) - began
    await asyncio.sleep(max(0.0, pace_s - (time.perf_counter() - began)))
    return last


def _frame(rows: int, number: int) -> bytes:
    """Return an update as the lake sends it: columns `ds, t, v, q, received`."""
    t = 1_800_000_000_000 + number * 1000
    table = pa.table(
        {
            "ds": pa.array(np.arange(1, rows + 1), pa.uint32()),
            "t": pa.array(np.full(rows, t), pa.int64()),
            "v": pa.array(np.round(np.linspace(3.0, 90.0, rows), 1), pa.float64()),
            "q": pa.array(np.zeros(rows, int), pa.uint16()),
            "received": pa.array(np.full(rows, t), pa.int64()),
        }
    )
    sink = io.BytesIO()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue()


def _rss(process: psutil.Process) -> float:
    return float(process.memory_info().rss) / 2**20


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
