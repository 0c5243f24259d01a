"""What the doors count."""

from __future__ import annotations

import collections
from collections.abc import Iterable
from functools import cache

from prometheus_client import Counter, Histogram

from madang.kernel import metrics
from madang.telemetry.doors.rows import RefusedRow

ACCEPTED = metrics.counter(
    "madang_intake_accepted_points_total", "Points stored durably.", ["door"]
)
REFUSED = metrics.counter(
    "madang_intake_refused_points_total", "Points refused, by reason code.", ["door", "code"]
)
UNSTORED = metrics.counter(
    "madang_intake_unstored_points_total",
    "Points answered with 503 because the bus was away or the queue full.",
    ["door"],
)
SECONDS = metrics.histogram(
    "madang_intake_seconds", "Seconds from a request's arrival to its answer.", ["door"]
)
QOS0_DROPPED = metrics.counter(
    "madang_intake_qos0_dropped_total",
    "MQTT messages of QoS 0 dropped because more came than could be stored.",
)
LETTERS_LOST = metrics.counter(
    "madang_intake_dead_letters_unstored_total",
    "Dead letters that could not be stored; their senders were told.",
    ["door"],
)


@cache
def accepted(door: str) -> Counter:
    """Return the counter of one door's accepted points (looked up once)."""
    return ACCEPTED.labels(door=door)


@cache
def seconds(door: str) -> Histogram:
    """Return the histogram of one door's answers (looked up once)."""
    return SECONDS.labels(door=door)


def count_refused(door: str, refused: Iterable[RefusedRow]) -> None:
    """Count refused rows by their code."""
    for code, rows in collections.Counter(item.code for item in refused).items():
        REFUSED.labels(door=door, code=code).inc(rows)
