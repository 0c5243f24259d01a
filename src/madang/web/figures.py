"""What the pages claim, measured: a web process of its own under a bounded crowd of readers."""

from __future__ import annotations

import gzip
import http.client
import os
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from madang.kernel.config import Settings
from madang.kernel.errors import Unavailable

READERS = 20
SECONDS = 5.0
WARM_UP_S = 1.0
_START_S = 60.0
_PART = re.compile(r'(?:href|src)="(/static/[^"]+)"')


@dataclass(frozen=True)
class Measured:
    """How a page did: requests per second of the server's CPU time and by the clock; ms."""

    path: str
    requests: int
    per_cpu_s: float
    per_s: float
    p50_ms: float
    p95_ms: float
    failed: int


def service_page_requests() -> float:
    """Return how many requests for the page of all districts one CPU-second serves."""
    with web_process() as (port, process):
        return measured(port, process, "/air/").per_cpu_s


def service_page_p95() -> float:
    """Return the 95th percentile [ms] of the page of all districts with 20 readers at once."""
    with web_process() as (port, process):
        return measured(port, process, "/air/").p95_ms


def first_page_weight() -> float:
    """Return what a first visit to the page of all districts brings [kB], compressed."""
    with web_process() as (port, _process):
        return weight(port, "/air/") / 1000


@contextmanager
def web_process(prepare: Sequence[str] = ()) -> Iterator[tuple[int, psutil.Process]]:
    """Run a web process on an instance of its own; yield its port and process.

    The instance is empty but for what `prepare` (arguments of Python) writes into it.
    """
    with tempfile.TemporaryDirectory(prefix="madang-pages-") as folder:
        offset = _free_offset()
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("MADANG_")},
            "MADANG_DATA": folder,
            "MADANG_PORT_OFFSET": str(offset),
        }
        python = [sys.executable, "-m"]
        with (Path(folder) / "web.log").open("wb") as log:
            quiet = {"env": environment, "stdout": log, "stderr": log}
            subprocess.run([*python, "madang.app", "migrate"], check=True, **quiet)  # type: ignore[call-overload]
            if prepare:
                subprocess.run([sys.executable, *prepare], check=True, **quiet)  # type: ignore[call-overload]
            server = subprocess.Popen([*python, "madang.app.serve", "web"], **quiet)  # type: ignore[call-overload]
            try:
                port = Settings(port_offset=offset).web_port
                _wait(port, server)
                yield port, psutil.Process(server.pid)
            finally:
                server.terminate()
                server.wait(30)


def measured(
    port: int,
    process: psutil.Process,
    path: str,
    *,
    readers: int = READERS,
    seconds: float = SECONDS,
) -> Measured:
    """Let `readers` ask for a page again and again, each waiting for its answer."""
    _crowd(port, path, readers, WARM_UP_S)
    cpu, began = _cpu_s(process), time.perf_counter()
    spans, failed = _crowd(port, path, readers, seconds)
    clock, used = time.perf_counter() - began, _cpu_s(process) - cpu
    spans.sort()
    return Measured(
        path=path,
        requests=len(spans),
        per_cpu_s=len(spans) / used,
        per_s=len(spans) / clock,
        p50_ms=spans[len(spans) // 2] * 1000,
        p95_ms=spans[len(spans) * 95 // 100] * 1000,
        failed=failed,
    )


def weight(port: int, path: str) -> int:
    """Return the bytes of a page with its style sheets, scripts and pictures, each gzipped."""
    body = _got(port, path)
    parts = set(_PART.findall(body.decode()))
    return sum(len(gzip.compress(part)) for part in (body, *(_got(port, p) for p in parts)))


def _got(port: int, path: str) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Accept": "text/html", "Accept-Language": "ko"})
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    if answer.status != 200:
        raise Unavailable(f"{path} answered {answer.status}")
    return body


def _crowd(port: int, path: str, readers: int, seconds: float) -> tuple[list[float], int]:
    results: list[tuple[list[float], int]] = []
    deadline = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=lambda: results.append(_reader(port, path, deadline)))
        for _ in range(readers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [span for spans, _failed in results for span in spans], sum(f for _s, f in results)


def _reader(port: int, path: str, deadline: float) -> tuple[list[float], int]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    spans, failed = [], 0
    while (began := time.perf_counter()) < deadline:
        connection.request("GET", path, headers={"Accept": "text/html", "Accept-Language": "ko"})
        answer = connection.getresponse()
        answer.read()
        failed += answer.status != 200
        spans.append(time.perf_counter() - began)
    connection.close()
    return spans, failed


def _cpu_s(process: psutil.Process) -> float:
    family: Sequence[psutil.Process] = [process, *process.children(recursive=True)]
    return sum(sum(one.cpu_times()[:2]) for one in family)


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _START_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise Unavailable(f"the web process did not answer on port {port} within {_START_S:g} s")


def _free_offset() -> int:
    for offset in range(3000, 30_000, 211):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", Settings(port_offset=offset).web_port))
            except OSError:
                continue
            return offset
    raise Unavailable("no free port for the web process")
