"""The JSON API of maps: the layers, the rows of a layer, now or at a moment of the past."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from ninja import Router, Schema

from madang.access.api import require
from madang.identity.api import current_actor
from madang.kernel.errors import Invalid
from madang.web import maps

router = Router(tags=["maps"])


class LegendOut(Schema):
    """A class: its word, icon (SVG), colour (name of a token), and where its values end."""

    id: str
    word: str
    icon: str
    colour: str
    below: float | None


class LayerOut(Schema):
    """A layer: `geometry` is point or unit (areas of `level`); `url` gives its rows."""

    id: str
    title: str
    geometry: str
    level: str
    unit: str
    decimals: int
    live: str
    url: str
    legend: list[LegendOut]


class LayersOut(Schema):
    """The layers that the caller may see."""

    layers: list[LayerOut]


class RowsOut(Schema):
    """The rows of a layer as columns of one length; times in ms since 1970, UTC.

    `limit` is the age in seconds past which a row is late (0: never), `ds` the datastream whose
    live values are the row's (0: none), `now` the server's clock.
    """

    layer: str
    now: int
    at: int | None
    id: list[str]
    name: list[str]
    lon: list[float | None]
    lat: list[float | None]
    class_: list[str]
    value: list[float | None]
    t: list[int | None]
    limit: list[int]
    origin: list[str]
    ds: list[int]


@router.get("/layers", auth=None, response=LayersOut, summary="Map layers")
def map_layers(request: HttpRequest) -> dict[str, object]:
    """Return the layers with their legends, in the language of the request."""
    return {"layers": [maps.described(one) for one in maps.layers(current_actor(request))]}


@router.get(
    "/layers/{layer}", auth=None, response=RowsOut, summary="Rows of a map layer",
    url_name="map_rows",
)  # fmt: skip
def map_rows(request: HttpRequest, layer: str, at: datetime | None = None) -> HttpResponse:
    """Return the rows now, or as they were `at` a moment (ISO 8601 with an offset)."""
    found = maps.layer(layer)
    require(current_actor(request), found.access)
    if at is not None and at.tzinfo is None:
        raise Invalid("'at' has no offset from UTC; write 2026-03-01T09:00:00+09:00", {"at": "UTC"})
    response = HttpResponse(maps.rows_json(found, at), content_type="application/json")
    public = "public" if found.access == "public" else "private"
    response["Cache-Control"] = f"{public}, max-age={1 if at is None else 60}"
    return response
