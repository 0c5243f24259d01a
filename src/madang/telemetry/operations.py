"""What the operator looks at: counters of the pipeline, late sensors, refused readings.

All of it is asked of the lake process; `Unavailable` where that does not answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from madang.kernel.lake import client
from madang.telemetry.stations import Datastream, datastreams

_TOLD = ("at_s", "door", "gateway", "code", "reason", "payload")


@dataclass(frozen=True)
class DeadLetter:
    """A refused reading or batch; `code` is one of `refusals.CODES`."""

    at: datetime
    door: str
    gateway: str
    code: str
    reason: str
    payload: str


@dataclass(frozen=True)
class Stale:
    """A datastream whose newest reading is older than its freshness class; spans in seconds."""

    datastream: Datastream
    age_s: float
    limit_s: float


def pipeline_counters() -> Mapping[str, Any]:
    """Return the counters of the pipeline since it started: accepted, duplicates, late, lag, ..."""
    found = client.columns("telemetry", "health")
    return {name: values[0] for name, values in found.items() if values}


def stale(limit: int = 100) -> tuple[list[Stale], int]:
    """Return the datastreams longest overdue, and how many are overdue in all."""
    columns = client.columns("telemetry", "stale")
    rows = list(zip(columns["ds"], columns["age_s"], columns["limit_s"], strict=True))
    worst = sorted(rows, key=lambda row: row[2] - row[1])[:limit]
    known = {stream.id: stream for stream in datastreams(ids=[ds for ds, _age, _limit in worst])}
    found = [
        Stale(known[ds], float(age_s), float(limit_s))
        for ds, age_s, limit_s in worst
        if ds in known
    ]
    return found, len(rows)


def dead_letter_counts(since: datetime) -> dict[str, int]:
    """Return how many refusals there were since then, by code, most frequent first."""
    found = client.query_columns(
        "SELECT code, count() AS n FROM dead_letter WHERE t >= {since:DateTime} "
        "GROUP BY code ORDER BY n DESC, code",
        {"since": _utc(since)},
    )
    return dict(zip(found["code"], found["n"], strict=True))


def dead_letters(
    since: datetime, *, code: str = "", limit: int = 50, offset: int = 0
) -> list[DeadLetter]:
    """Return refusals since then, newest first; `code` narrows them to one kind."""
    found = client.query_columns(
        "SELECT toUInt32(t) AS at_s, door, gateway, code, reason, payload FROM dead_letter "
        "WHERE t >= {since:DateTime} AND ({code:String} = '' OR code = {code:String}) "
        "ORDER BY t DESC, door, gateway, code, payload "
        "LIMIT {limit:UInt32} OFFSET {offset:UInt32}",
        {"since": _utc(since), "code": code, "limit": limit, "offset": offset},
    )
    told = zip(*(found[name] for name in _TOLD), strict=True)
    return [DeadLetter(datetime.fromtimestamp(at_s, UTC), *words) for at_s, *words in told]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
