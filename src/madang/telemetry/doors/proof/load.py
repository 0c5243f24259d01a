"""A small HTTP load client: prepared requests over kept connections, in a process of its own."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True)
class Load:
    """What came of a load: answers by status, sorted latencies and duration in seconds."""

    statuses: dict[int, int]
    latencies: list[float]
    seconds: float
    cpu_s: float

    def rate(self) -> float:
        """Return good answers per second."""
        return sum(n for status, n in self.statuses.items() if status < 300) / self.seconds

    def quantile_ms(self, q: float) -> float:
        """Return a quantile of the latency in milliseconds."""
        return 1000 * self.latencies[min(int(len(self.latencies) * q), len(self.latencies) - 1)]


def request(path: str, key: str, body: bytes, kind: str = "application/json") -> bytes:
    """Return a POST request as it goes over the wire."""
    head = (
        f"POST {path} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\n"
        f"content-type: {kind}\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def load(port: int, requests: list[bytes], connections: int, seconds: float) -> Load:
    """Send the requests in turn over so many connections for so long, from another process."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(1) as pool:
        return pool.apply(_load, (port, requests, connections, seconds))


def _load(port: int, requests: list[bytes], connections: int, seconds: float) -> Load:
    return asyncio.run(_all(port, requests, connections, seconds))


async def _all(port: int, requests: list[bytes], connections: int, seconds: float) -> Load:
    statuses: Counter[int] = Counter()
    latencies: list[float] = []
    started, cpu = time.perf_counter(), time.process_time()
    clients = [
        _Client(requests[n::connections] or requests, started + seconds, statuses, latencies)
        for n in range(connections)
    ]
    loop = asyncio.get_running_loop()
    for client in clients:
        await loop.create_connection(partial(_same, client), "127.0.0.1", port)
    await asyncio.gather(*(client.done for client in clients))
    took = time.perf_counter() - started
    return Load(dict(statuses), sorted(latencies), took, time.process_time() - cpu)


def _same(client: _Client) -> _Client:
    return client


class _Client(asyncio.Protocol):
    """One connection: the next request goes out when the answer to the last is here."""

    def __init__(
        self,
        requests: list[bytes],
        until: float,
        statuses: Counter[int],
        latencies: list[float],
    ) -> None:
        self.requests, self.until = requests, until
        self.statuses, self.latencies = statuses, latencies
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.number, self.received, self.sent_at = 0, b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send the first request."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self._send()

    def _send(self) -> None:
        self.sent_at = time.perf_counter()
        if self.sent_at > self.until:
            self.transport.close()
            self.done.set_result(None)
            return
        self.transport.write(self.requests[self.number % len(self.requests)])
        self.number += 1

    def data_received(self, data: bytes) -> None:
        """Count a complete answer and send the next request."""
        self.received += data
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return
        at = head.lower().find(b"content-length:")
        length = int(head[at + 15 :].split(b"\r\n", 1)[0])
        if len(body) < length:
            return
        self.statuses[int(head[9:12])] += 1
        self.latencies.append(time.perf_counter() - self.sent_at)
        self.received = b""
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        """Fail where the server closed the connection."""
        if not self.done.done():
            self.done.set_exception(exc or ConnectionError("closed by the server"))
