"""Prometheus metrics of all processes behind one ``/metrics``.

    ACCEPTED = metrics.counter("madang_accepted_points_total", "Points accepted.", ["door"])
    ACCEPTED.labels(door="sta").inc(100)

Each process writes its own exposition to ``run/metrics/<process>.prom`` every few seconds
(`start_writing`); `merged` joins them, each sample labelled with its process.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.parser import text_string_to_metric_families

from madang.kernel.config import settings

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
log = logging.getLogger(__name__)
INTERVAL_S = 2.0
FORGOTTEN_AFTER_S = 60.0  # a process that has not written for this long is gone
# seconds; from a quick page to a slow job
BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0)

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)


def counter(name: str, help: str, labels: Sequence[str] = ()) -> Counter:
    """Return a counter of this process; `name` ends in ``_total``."""
    return Counter(name, help, labels, registry=REGISTRY)


def gauge(name: str, help: str, labels: Sequence[str] = ()) -> Gauge:
    """Return a gauge of this process."""
    return Gauge(name, help, labels, registry=REGISTRY)


def histogram(
    name: str, help: str, labels: Sequence[str] = (), buckets: Sequence[float] = BUCKETS
) -> Histogram:
    """Return a histogram of this process."""
    return Histogram(name, help, labels, buckets=buckets, registry=REGISTRY)


def folder() -> Path:
    """Return where the processes of this instance write their metrics."""
    return settings().data / "run" / "metrics"


def write(process: str, registry: CollectorRegistry = REGISTRY) -> Path:
    """Write this process's exposition, whole or not at all; return its path."""
    path = folder() / f"{process}.prom"
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    part.write_bytes(generate_latest(registry))
    part.replace(path)
    return path


def start_writing(process: str, interval_s: float = INTERVAL_S) -> threading.Event:
    """Write every `interval_s` seconds from a thread of its own until the event is set."""
    stop = threading.Event()

    def run() -> None:
        while True:
            try:
                write(process)
            except OSError as error:  # a full disk must not silence the metrics for good
                log.warning("metrics not written: %s", error)
            if stop.wait(interval_s):
                return

    threading.Thread(target=run, name="metrics", daemon=True).start()
    return stop


def merged(now: float | None = None) -> bytes:
    """Return the exposition of all processes that wrote of late, labelled ``process=``."""
    moment = time.time() if now is None else now
    families: dict[str, Metric] = {}
    for path in sorted(folder().glob("*.prom")):
        if moment - path.stat().st_mtime > FORGOTTEN_AFTER_S:
            continue
        for family in text_string_to_metric_families(path.read_text("utf-8")):
            whole = families.setdefault(
                family.name, Metric(family.name, family.documentation, family.type)
            )
            whole.samples += [
                sample._replace(labels={**sample.labels, "process": path.stem})
                for sample in family.samples
            ]
    return generate_latest(_Collected(families.values()))


class _Collected(CollectorRegistry):
    """Families that are there already, for `generate_latest`."""

    def __init__(self, families: Iterable[Metric]) -> None:
        super().__init__()
        self._families = list(families)

    def collect(self) -> Iterable[Metric]:
        return self._families
