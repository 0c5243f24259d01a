"""The portable questions to the lake: every engine gives the same answers to them."""

from __future__ import annotations

PORTABLE = {
    "latest": "SELECT ds, max(t) AS last, argMax(v, t) AS value FROM obs GROUP BY ds ORDER BY ds",
    "week": "SELECT t, v, q FROM obs WHERE ds = {ds:UInt32} AND t >= {a:DateTime} "
    "AND t < {b:DateTime} ORDER BY t",
    "hourly": "SELECT ds, intDiv(toUInt32(t), 3600) AS hour, count() AS n, sum(v) AS total, "
    "min(v) AS low, max(v) AS high FROM obs WHERE toYYYYMMDD(t) = {day:UInt32} AND q = 0 "
    "GROUP BY ds, hour ORDER BY ds, hour",
    "days": "SELECT toDate(t) AS day, count() AS n, avg(v) AS mean FROM obs GROUP BY day "
    "ORDER BY day",
}
ARGUMENTS: dict[str, dict[str, object]] = {
    "latest": {},
    "week": {"ds": 7, "a": "2026-10-03 06:00:00", "b": "2026-10-04 06:00:00"},
    "hourly": {"day": 20261003},
    "days": {},
}
