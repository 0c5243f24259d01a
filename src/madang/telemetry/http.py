"""The JSON API of telemetry: stations, datastreams, live state and series.

Lists are paged by a cursor, columns come as arrays, every answer has an ETag.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Query, Router, Schema

from madang.kernel import times
from madang.kernel.errors import Invalid
from madang.telemetry import api
from madang.telemetry.changes import catalogue_version

router = Router(tags=["telemetry"])
Limit = Annotated[int, Query(ge=1, le=10_000)]
Cursor = Annotated[int | None, Query(ge=0, description="`next` of the page before.")]
_LONGEST_IDS = 50_000


class StationsOut(Schema):
    """A page of stations; `next` is the cursor of the page after it."""

    items: list[api.Station]
    next: int | None


class DatastreamsOut(Schema):
    """A page of datastreams; `next` is the cursor of the page after it."""

    items: list[api.Datastream]
    next: int | None


class LatestOut(Schema):
    """The newest observation of each datastream, as columns; times in ms since 1970, UTC."""

    ds: list[int]
    t: list[int]
    v: list[float | None]
    q: list[int]
    received: list[int]


class SeriesOut(Schema):
    """A series as columns; `next` is the `start` of the page after it, in ms since 1970, UTC.

    raw: t, v, q; hour: t (end of the hour), n, sum, min, max, last, q.
    """

    datastream: int
    unit_symbol: str
    resolution: str
    columns: dict[str, list[float | None]]
    next: int | None


@router.get("/stations", auth=None, response=StationsOut, summary="Stations")
def stations(
    request: HttpRequest,
    *,
    unit: str | None = None,
    station_class: str | None = None,
    gateway: str | None = None,
    origin: Literal["real", "simulated", "replayed"] | None = None,
    cursor: Cursor = None,
    limit: Limit = 1000,
) -> HttpResponse:
    """Return the stations that fit, by id."""
    tag = _catalogue_tag(request)
    if _is_known(request, tag):
        return _unchanged(tag)
    found = api.stations(
        unit=unit, station_class=station_class, gateway=gateway, origin=origin,
        after=cursor, limit=limit + 1,
    )  # fmt: skip
    return _tagged(_page(found, limit), tag)


@router.get("/datastreams", auth=None, response=DatastreamsOut, summary="Datastreams")
def datastreams(
    request: HttpRequest,
    *,
    property: str | None = None,
    unit: str | None = None,
    station_class: str | None = None,
    gateway: str | None = None,
    origin: Literal["real", "simulated", "replayed"] | None = None,
    station: int | None = None,
    cursor: Cursor = None,
    limit: Limit = 1000,
) -> HttpResponse:
    """Return the datastreams that fit, by id."""
    tag = _catalogue_tag(request)
    if _is_known(request, tag):
        return _unchanged(tag)
    found = api.datastreams(
        property, unit, station_class, gateway=gateway, origin=origin, station=station,
        after=cursor, limit=limit + 1,
    )  # fmt: skip
    return _tagged(_page(found, limit), tag)


@router.get("/latest", auth=None, response=LatestOut, summary="Newest observations")
def latest(
    request: HttpRequest,
    *,
    ids: Annotated[str, Query(description="Datastreams, as 1,2,3; all if left out.")] = "",
    property: str | None = None,
    unit: str | None = None,
) -> HttpResponse:
    """Return the newest observation of these datastreams, or of those of a property or unit."""
    chosen = _numbers(ids) if ids else None
    if property or unit:
        chosen = [one.id for one in api.datastreams(property, unit, ids=chosen)]
    return _columns(request, api.latest(chosen))


@router.get("/datastreams/{ds}/series", auth=None, response=SeriesOut, summary="A series")
def series(
    request: HttpRequest,
    *,
    ds: int,
    start: datetime | None = None,
    end: datetime | None = None,
    resolution: Literal["raw", "hour"] = "raw",
    cursor: Annotated[int | None, Query(ge=0, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=100_000)] = 10_000,
) -> HttpResponse:
    """Return a datastream from `start` to before `end`; the last day if left out."""
    last = _aware("end", end) if end else times.now()
    first = _aware("start", start) if start else last - timedelta(days=1)
    if cursor is not None:
        first = max(first, times.from_ms(cursor))
    found = api.series(ds, first, last, resolution, limit=limit + 1)
    [stream] = api.datastreams(ids=[ds])
    more = len(found["t"]) > limit
    document = {
        "datastream": ds,
        "unit_symbol": stream.unit_symbol,
        "resolution": resolution,
        "columns": {name: values[:limit] for name, values in found.items()},
        "next": int(found["t"][limit]) if more else None,
    }
    return _columns(request, document)


def _numbers(text: str) -> list[int]:
    parts = text.split(",")
    if len(parts) > _LONGEST_IDS or not all(p.isascii() and p.isdigit() for p in parts):
        raise Invalid(
            f"ids are whole numbers parted by commas, at most {_LONGEST_IDS}", {"ids": "1,2,3"}
        )
    return [int(part) for part in parts]


def _aware(name: str, moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise Invalid(f"{name} has no offset; write 2026-03-01T00:00:00+09:00", {name: "offset"})
    return moment


def _page(found: Sequence[Any], limit: int) -> bytes:
    items = [asdict(one) for one in found[:limit]]
    more = items[-1]["id"] if len(found) > limit else None
    return orjson.dumps({"items": items, "next": more})


def _columns(request: HttpRequest, document: dict[str, Any]) -> HttpResponse:
    """Answer columns; orjson writes NaN as null."""
    body = orjson.dumps(document, option=orjson.OPT_SERIALIZE_NUMPY)
    tag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    return _unchanged(tag) if _is_known(request, tag) else _tagged(body, tag)


def _catalogue_tag(request: HttpRequest) -> str:
    asked = hashlib.blake2b(request.get_full_path().encode(), digest_size=8).hexdigest()
    return f'W/"{catalogue_version()}-{asked}"'


def _is_known(request: HttpRequest, tag: str) -> bool:
    known = request.headers.get("If-None-Match", "")
    return tag in (part.strip() for part in known.split(","))


def _unchanged(tag: str) -> HttpResponse:
    return HttpResponse(status=304, headers={"ETag": tag, "Cache-Control": "no-cache"})


def _tagged(body: bytes, tag: str) -> HttpResponse:
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}
    return HttpResponse(body, content_type="application/json", headers=headers)
