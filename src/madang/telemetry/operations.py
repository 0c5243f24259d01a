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
    rows = client.ask("telemetry", "health").to_pylist()
    return dict(rows[0]) if rows else {}


def stale(limit: int = 100) -> tuple[list[Stale], int]:
    """Return the datastreams longest overdue, and how many are overdue in all."""
    rows = client.ask("telemetry", "stale").to_pylist()
    worst = sorted(rows, key=lambda row: row["limit_s"] - row["age_s"])[:limit]
    known = {stream.id: stream for stream in datastreams(ids=[row["ds"] for row in worst])}
    found = [
        Stale(known[row["ds"]], float(row["age_s"]), float(row["limit_s"]))
        for row in worst
        if row["ds"] in known
    ]
    return found, len(rows)


def dead_letter_counts(since: datetime) -> dict[str, int]:
    """Return how many refusals there were since then, by code, most frequent first."""
    rows = client.query(
        "SELECT code, count() AS n FROM dead_letter WHERE t >= {since:DateTime} "
        "GROUP BY code ORDER BY n DESC, code",
        {"since": _utc(since)},
    ).to_pylist()
    return {row["code"]: int(row["n"]) for row in rows}


def dead_letters(
    since: datetime, *, code: str = "", limit: int = 50, offset: int = 0
) -> list[DeadLetter]:
    """Return refusals since then, newest first; `code` narrows them to one kind."""
    rows = client.query(
        "SELECT t, door, gateway, code, reason, payload FROM dead_letter "
        "WHERE t >= {since:DateTime} AND ({code:String} = '' OR code = {code:String}) "
        "ORDER BY t DESC, door, gateway, code, payload "
        "LIMIT {limit:UInt32} OFFSET {offset:UInt32}",
        {"since": _utc(since), "code": code, "limit": limit, "offset": offset},
    ).to_pylist()
    return [
        DeadLetter(_moment(r["t"]), r["door"], r["gateway"], r["code"], r["reason"], r["payload"])
        for r in rows
    ]


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")


def _moment(value: datetime | int) -> datetime:
    """Return the lake's time, which comes as seconds or as a timestamp without a zone, in UTC."""
    if isinstance(value, int):
        return datetime.fromtimestamp(value, UTC)
    return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
