"""Peers that store the same rows: PostgreSQL, VictoriaMetrics, InfluxDB, Parquet with Polars.

PostgreSQL is the one of MADANG_BENCH_PG, else of 127.0.0.1:5432; VictoriaMetrics and InfluxDB are
system packages, started here on free ports in temporary folders. What is absent is left out, and
the report says so.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import psutil
import pyarrow as pa

from bench.report import Report
from madang.kernel.lake.polars_store import PolarsStore
from madang.kernel.lake.proof import (
    HOURLY,
    LATEST,
    OBS,
    ROUND_S,
    SENSORS,
    START,
    WEEK,
    best_ms,
)


@dataclass(frozen=True)
class Work:
    """Rows to store (ds uint32, t timestamp[s], v int32, q uint16), and whether to ask afterwards.

    The questions fit the workload of the lake's proof.
    """

    points: int
    tables: Callable[[], Iterator[pa.Table]]
    questions: bool


class Missing(Exception):
    """The peer is not installed here, or does not run."""


def parquet_polars(work: Work, folder: Path) -> dict[str, float]:
    store = PolarsStore(folder)
    store.create(OBS)
    wall = cpu = 0.0
    for number, rows in enumerate(work.tables()):
        begun, used = time.perf_counter(), time.process_time()
        store.insert("obs", rows, token=str(number))
        wall, cpu = wall + time.perf_counter() - begun, cpu + time.process_time() - used
    kept, size = store.size()["obs"]
    figures = _rates(work.points, wall, cpu) | {"bytes_per_point": size / kept}
    if work.questions:
        since = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(last_hour(work.points)))
        figures |= {
            "latest_ms": best_ms(lambda: store.query(LATEST, {"since": since}), 2),
            "week_ms": best_ms(lambda: store.query(WEEK, {"ds": 4711}), 2),
            "hourly_ms": best_ms(lambda: store.query(HOURLY, {"day": 20261003}), 2),
        }
    store.close()
    return figures


def _rates(points: int, wall: float, cpu: float) -> dict[str, float]:
    return {"points_per_s": points / wall, "points_per_cpu_s": points / cpu}


def last_hour(points: int) -> int:
    return START + (points // SENSORS) * ROUND_S - 3600


# PostgreSQL

_PG = os.environ.get("MADANG_BENCH_PG", "postgresql://postgres@127.0.0.1:5432/postgres")


def postgresql(work: Work, _folder: Path) -> dict[str, float]:
    """Binary COPY into a table with a B-tree on (ds, t), one transaction per batch."""
    try:
        import psycopg
    except ImportError:
        raise Missing("psycopg is not installed") from None
    try:
        connection = psycopg.connect(_PG, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        raise Missing(str(error).splitlines()[0]) from None
    with connection:
        run = connection.execute
        run("DROP TABLE IF EXISTS bench_obs")
        run("CREATE TABLE bench_obs (ds int4, t int4, v int4, q int2)")
        run("CREATE INDEX ON bench_obs (ds, t)")
        backend = psutil.Process(run("SELECT pg_backend_pid()").fetchone()[0])
        try:
            figures = _rates(work.points, *_copied(connection, backend, work))
            run("VACUUM ANALYZE bench_obs")
            size = run("SELECT pg_total_relation_size('bench_obs')").fetchone()[0]
            figures["bytes_per_point"] = size / work.points
            if work.questions:
                asked = {"latest_ms": _PG_LATEST, "week_ms": _PG_WEEK, "hourly_ms": _PG_HOURLY}
                for name, sql in asked.items():
                    figures[name] = best_ms(lambda sql=sql: run(sql).fetchall(), 2)
            return figures
        finally:
            run("DROP TABLE bench_obs")


_PG_LATEST = (
    "SELECT s.ds, o.t, o.v FROM generate_series(0, 49999) s(ds), LATERAL "
    "(SELECT t, v FROM bench_obs WHERE ds = s.ds ORDER BY t DESC LIMIT 1) o"
)
_PG_WEEK = "SELECT t, v, q FROM bench_obs WHERE ds = 4711 ORDER BY t"
_PG_HOURLY = (
    "SELECT ds, t / 3600, count(*), sum(v), min(v), max(v) FROM bench_obs "
    f"WHERE t >= {START} AND t < {START + 86400} GROUP BY 1, 2"
)
_PG_ROW = np.dtype(
    [("n", ">i2")]
    + [
        (f"{kind}{i}", form)
        for i, width in enumerate((4, 4, 4, 2))
        for kind, form in (("l", ">i4"), ("c", f">i{width}"))
    ]
)


def _copied(connection, backend: psutil.Process, work: Work) -> tuple[float, float]:
    wall = 0.0
    used = time.process_time() + sum(backend.cpu_times()[:2])
    made = 0.0
    for rows in work.tables():
        begun = time.process_time()
        packed = np.zeros(rows.num_rows, _PG_ROW)
        packed["n"] = 4
        for i, (name, width) in enumerate(zip(rows.column_names, (4, 4, 4, 2), strict=True)):
            column = rows[name]
            if pa.types.is_timestamp(column.type):
                column = column.cast(pa.int64())
            packed[f"l{i}"], packed[f"c{i}"] = width, column.to_numpy()
        data = packed.tobytes()
        made += time.process_time() - begun
        start = time.perf_counter()
        with (
            connection.cursor() as cursor,
            cursor.copy("COPY bench_obs FROM STDIN (FORMAT binary)") as copy,
        ):
            copy.write(b"PGCOPY\n\xff\r\n\0" + bytes(8) + data + b"\xff\xff")
        wall += time.perf_counter() - start
    return wall, time.process_time() + sum(backend.cpu_times()[:2]) - used - made


# VictoriaMetrics and InfluxDB, both by the line protocol


def _lines(rows: pa.Table) -> bytes:
    values = zip(
        rows["ds"].to_pylist(),
        rows["v"].to_pylist(),
        rows["q"].to_pylist(),
        rows["t"].cast(pa.int64()).to_pylist(),
        strict=True,
    )
    return "".join(f"obs,ds={d} v={v},q={q} {t}\n" for d, v, q, t in values).encode()


@contextmanager
def _server(binary: str, arguments: Callable[[int], list[str]], ready: str) -> Iterator[tuple]:
    found = shutil.which(binary)
    if found is None:
        raise Missing(f"{binary} is not installed")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [found, *arguments(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=300, trust_env=False)
    try:
        for _ in range(300):
            try:
                if http.get(ready).status_code < 300:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        else:
            raise Missing(f"{binary} did not start")
        yield http, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(30)


def _ingested(http: httpx.Client, server: psutil.Process, work: Work, path: str) -> dict:
    wall = cpu = 0.0
    before = sum(server.cpu_times()[:2])
    for rows in work.tables():
        body = _lines(rows)
        for start in range(0, len(body), 8 << 20):
            end = body.find(b"\n", start + (8 << 20))
            chunk = body[body.rfind(b"\n", 0, start) + 1 if start else 0 : end + 1 or None]
            begun, used = time.perf_counter(), time.process_time()
            http.post(path, content=chunk).raise_for_status()
            wall += time.perf_counter() - begun
            cpu += time.process_time() - used
    cpu += sum(server.cpu_times()[:2]) - before
    return _rates(work.points, wall, cpu)


def victoriametrics(work: Work, folder: Path) -> dict[str, float]:
    """Single node, no write-ahead log (its design); line protocol, two fields a point."""

    def arguments(port: int) -> list[str]:
        return [
            f"-storageDataPath={folder}",
            f"-httpListenAddr=127.0.0.1:{port}",
            "-retentionPeriod=100y",
            "-search.maxUniqueTimeseries=200000",
            "-search.maxSeries=200000",
            "-search.maxPointsPerTimeseries=100000",
        ]

    with _server("victoria-metrics", arguments, "/health") as (http, server):
        figures = _ingested(http, server, work, "/write?precision=s")
        http.get("/internal/force_flush")
        end = START + (work.points // SENSORS) * ROUND_S

        def ask(query: str, **more: object) -> None:
            path = "/api/v1/query_range" if more else "/api/v1/query"
            at = more or {"time": end}
            answer = http.get(path, params={"query": query, "nocache": 1, **at})
            answer.raise_for_status()
            assert answer.json()["data"]["result"]

        if work.questions:
            figures["latest_ms"] = best_ms(lambda: ask("last_over_time(obs_v[1h])"), 2)
            figures["week_ms"] = best_ms(lambda: ask('obs_v{ds="4711"}[8d]'))
            figures["hourly_ms"] = best_ms(
                lambda: ask(
                    "avg_over_time(obs_v[1h])",
                    start=START + 3600,
                    end=min(end, START + 86400),
                    step=3600,
                ),
                1,
            )
        figures["bytes_per_point"] = _bytes_under(folder) / work.points
    return figures


def influxdb(work: Work, folder: Path) -> dict[str, float]:
    """Single node with TSI index and write-ahead log; two fields a point."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        inner = probe.getsockname()[1]

    def arguments(port: int) -> list[str]:
        config = folder / "influx.conf"
        config.write_text(
            f'reporting-disabled = true\nbind-address = "127.0.0.1:{inner}"\n'
            f'[meta]\n  dir = "{folder}/meta"\n'
            f'[data]\n  dir = "{folder}/data"\n  wal-dir = "{folder}/wal"\n'
            f'  index-version = "tsi1"\n'
            f'  max-values-per-tag = 0\n  cache-max-memory-size = "4g"\n'
            f'[http]\n  bind-address = "127.0.0.1:{port}"\n  log-enabled = false\n'
        )
        return ["-config", str(config)]

    with _server("influxd", arguments, "/ping") as (http, server):
        http.post("/query", params={"q": "CREATE DATABASE b"}).raise_for_status()
        figures = _ingested(http, server, work, "/write?db=b&precision=s")

        def ask(query: str) -> None:
            answer = http.get("/query", params={"db": "b", "q": query, "epoch": "s"})
            answer.raise_for_status()
            assert answer.json()["results"][0]["series"]

        if work.questions:
            figures["latest_ms"] = best_ms(lambda: ask("SELECT last(v) FROM obs GROUP BY ds"), 1)
            figures["week_ms"] = best_ms(lambda: ask("SELECT v, q FROM obs WHERE ds = '4711'"))
            figures["hourly_ms"] = best_ms(
                lambda: ask(
                    "SELECT count(v), sum(v), min(v), max(v) FROM obs "
                    f"WHERE time >= {START}s AND time < {START + 86400}s "
                    "GROUP BY time(1h), ds fill(none)"
                ),
                1,
            )
        figures["bytes_per_point"] = (
            _bytes_under(folder / "data") + _bytes_under(folder / "wal")
        ) / work.points
    return figures


def _bytes_under(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


PEERS: dict[str, Callable[[Work, Path], dict[str, float]]] = {
    "parquet+polars": parquet_polars,
    "postgresql": postgresql,
    "victoriametrics": victoriametrics,
    "influxdb": influxdb,
}


def add_all(report: Report, work: Work) -> None:
    """Add every peer that is here to the report, and a note for the others."""
    for name, peer in PEERS.items():
        with tempfile.TemporaryDirectory(prefix="bench-peer-") as folder:
            try:
                report.add(name, f"{work.points:,} points", **peer(work, Path(folder)))
            except Missing as reason:
                report.notes.append(f"{name} is left out: {reason}")
