"""What the doors count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

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


def count_refused(door: str, refused: Iterable[RefusedRow]) -> None:
    """Count refused rows by their code."""
    for code, rows in Counter(item.code for item in refused).items():
        REFUSED.labels(door=door, code=code).inc(rows)
