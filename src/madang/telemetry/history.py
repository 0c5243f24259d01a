"""Observations out of live state and the lake: always arrays by column, never one row at a time.

Times are ms since 1970-01-01 UTC; values are in the observed property's unit, NaN is missing; `q`
is as in the contract of the spine (bits 0-2 the QARTOD flag, then one bit for each test).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from madang.kernel.errors import Invalid, NotFound
from madang.kernel.lake import client as lake
from madang.telemetry import models
from madang.telemetry.scaling import MISSING, scaled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Columns = dict[str, NDArray[Any]]

Resolution = Literal["raw", "hour"]
_LAST_SECOND = 2**32 - 1  # of ClickHouse's DateTime
_SPAN = "t >= toDateTime({start:UInt32}) AND t < toDateTime({end:UInt32})"
_HOURS = (
    # of an hour closed twice (late readings) the fuller one counts
    "SELECT ds, toInt64(toUInt32(t)) * 1000 AS at, max(n) AS n_, argMax(sum, n) AS sum_, "
    "argMax(min, n) AS min_, argMax(max, n) AS max_, argMax(last, n) AS last_, argMax(q, n) AS q_ "
    "FROM obs_1h WHERE " + _SPAN
)
_COLUMNS = ["ds", "t", "n", "sum", "min", "max", "last", "q"]


def latest(ids: Collection[int] | None = None) -> Columns:
    """Return `ds, t, v, q, received` of the newest observation of each datastream, or of all.

    Datastreams without an observation are left out; it is live state and asks no table.
    """
    return lake.latest(ids)


def readings(ids: Collection[int]) -> list[tuple[int, int, float, int]]:
    """Return (ds, t, v, q) of the newest observation of each of these datastreams.

    As `latest`, for the few that a page shows.
    """
    found = lake.latest_columns(ids)
    return list(zip(*(found[name] for name in ("ds", "t", "v", "q")), strict=True))


def series(
    ds: int,
    start: datetime,
    end: datetime,
    resolution: Resolution = "raw",
    *,
    limit: int | None = None,
) -> Columns:
    """Return one datastream from `start` (included) to `end` (not included), by time.

    With a `limit`, only that many of the earliest rows.

    Returns
    -------
    raw: `t, v, q`, the first verdict on each observation; hour: `t` (end of the hour), `n, sum,
    min, max, last, q`.

    Raises
    ------
    NotFound
        If there is no such datastream.
    Invalid
        If the resolution is another word.
    """
    step = (
        models.Datastream.objects.filter(pk=ds)
        .values_list("observed_property__resolution", flat=True)
        .first()
    )
    if step is None:
        raise NotFound(f"there is no datastream {ds}")
    if resolution == "hour":
        return {n: a for n, a in _hours([ds], start, end, limit).items() if n != "ds"}
    if resolution != "raw":
        raise Invalid(f"resolution is {resolution!r}; it is 'raw' or 'hour'")
    found = lake.query_arrays(f"{_raw(step)} {_limited(limit)}", {"ds": ds, **_span(start, end)})
    return _named(found, ["t", "v", "q"])


def snapshot(property: str, at: datetime, back_s: int) -> Columns:
    """Return `ds, t, v, q` of the newest observation of each datastream in (at - back_s, at].

    What the map showed at a moment of the past; verdicts are the first ones.

    Raises
    ------
    NotFound
        If nothing is observed under that name.
    """
    step = (
        models.ObservedProperty.objects.filter(pk=property)
        .values_list("resolution", flat=True)
        .first()
    )
    if step is None:
        raise NotFound(f"there is no observed property {property!r}")
    streams = models.Datastream.objects.filter(observed_property_id=property)
    span = timedelta(seconds=back_s)
    moment = timedelta(seconds=1)  # spans are [start, end); here both ends move by one
    asked = {"ids": list(streams.values_list("pk", flat=True)),
             **_span(at - span + moment, at + moment)}  # fmt: skip
    return _named(lake.query_arrays(_newest(step), asked), ["ds", "t", "v", "q"])


def _newest(step: float) -> str:
    stamp, value, table = _raw_columns(step)
    return (
        f"SELECT ds, max({stamp}) AS at, argMax({value}, t) AS value, argMax(q, t) AS q_ "  # noqa: S608 -- words of ours
        f"FROM {table} WHERE ds IN {{ids:Array(UInt32)}} AND {_SPAN} GROUP BY ds ORDER BY ds"
    )


def last_heard(at: datetime, back_s: int) -> Columns:
    """Return `ds, t`: the stamp of each datastream's newest observation in (at - back_s, at].

    Of all datastreams; those without an observation in that span are left out.
    """
    moment = timedelta(seconds=1)  # spans are [start, end); here both ends move by one
    asked = _span(at - timedelta(seconds=back_s) + moment, at + moment)
    found = lake.query_arrays(
        f"SELECT ds, max(at) AS newest FROM ("  # noqa: S608 -- words of ours
        f"SELECT ds, max(toInt64(toUInt32(t)) * 1000) AS at FROM obs WHERE {_SPAN} GROUP BY ds "
        f"UNION ALL "
        f"SELECT ds, max(toUnixTimestamp64Milli(t)) AS at FROM obs_ms WHERE {_SPAN} GROUP BY ds"
        f") GROUP BY ds ORDER BY ds",
        asked,
    )
    return _named(found, ["ds", "t"])


def hours(
    property: str, start: datetime, end: datetime, ds: Collection[int] | None = None
) -> Columns:
    """Return the closed hours of a property that end from `start` to before `end`.

    Returns
    -------
    `ds, t` (end of the hour), `n, sum, min, max, last, q`, by datastream and time; of an hour that
    was closed twice (late readings) the fuller one.
    """
    chosen = models.Datastream.objects.filter(observed_property_id=property)
    ids = list(chosen.values_list("pk", flat=True))
    if ds is not None:
        wanted = set(ds)
        ids = [one for one in ids if one in wanted]
    return _hours(ids, start, end)


def _hours(ids: list[int], start: datetime, end: datetime, limit: int | None = None) -> Columns:
    some = f"ds IN {{ids:Array(UInt32)}} GROUP BY ds, at ORDER BY ds, at {_limited(limit)}"
    sql = f"{_HOURS} AND {some}"
    return _named(lake.query_arrays(sql, {"ids": ids, **_span(start, end)}), _COLUMNS)


def _named(found: Columns, names: Sequence[str]) -> Columns:
    """Return the columns under names of ours; a statement may not call them so."""
    return dict(zip(names, found.values(), strict=True))


def _limited(limit: int | None) -> str:
    return "" if limit is None else f"LIMIT {int(limit)}"


def _raw_columns(step: float) -> tuple[str, str, str]:
    """Return stamp, value and table of observations kept at a resolution."""
    if not step:
        return "toUnixTimestamp64Milli(t)", "v", "obs_ms"
    return (
        "toInt64(toUInt32(t)) * 1000",
        f"if(v = {MISSING}, nan, {scaled('v', step)})",
        "obs",
    )


def _raw(step: float) -> str:
    stamp, value, table = _raw_columns(step)
    return (
        f"SELECT {stamp} AS at, {value} AS value, q FROM {table} "  # noqa: S608 -- words of ours
        f"WHERE ds = {{ds:UInt32}} AND {_SPAN} ORDER BY at"
    )


def _span(start: datetime, end: datetime) -> dict[str, object]:
    """Return the bounds in whole seconds, rounded up: both mean "from this moment on"."""
    return {"start": _second(start), "end": _second(end)}


def _second(moment: datetime) -> int:
    return min(max(-int(-moment.timestamp() // 1), 0), _LAST_SECOND)
