"""Maps: the layers that rooms offer, their rows as the browser reads them, and the map's set-up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.access.api import Actor, may
from madang.city import api as city
from madang.kernel import times
from madang.kernel.errors import NotFound, Unavailable
from madang.kernel.events import public_events
from madang.kernel.language_marks import unmarked
from madang.kernel.maps import Detail, LegendClass, Rows
from madang.kernel.registry import MapLayer, load, registry
from madang.web import vendor
from madang.web.icons import svg

MAP_LIBRARY = "maplibre-gl/dist/maplibre-gl.mjs"
MAP_STYLES = "maplibre-gl/dist/maplibre-gl.css"
TILE_LIBRARY = "pmtiles/dist/pmtiles.js"
TABLE_ROWS = 200
# the token of each colour role of a legend
COLOURS = {
    "air-good": "--color-air-good",
    "air-moderate": "--color-air-moderate",
    "air-bad": "--color-air-bad",
    "air-very-bad": "--color-air-very-bad",
    "neutral": "--color-text-subtle",
    "warning": "--color-text-warning",
    "danger": "--color-text-danger",
}


def layers(actor: Actor) -> list[MapLayer]:
    """Return the layers this actor may see, in their order."""
    found = (layer for layer in registry().offers(MapLayer) if may(actor, layer.access))
    return sorted(found, key=lambda layer: (layer.order, layer.id))


def layer(layer_id: str) -> MapLayer:
    """Return one layer; raises `NotFound`."""
    for found in registry().offers(MapLayer):
        if found.id == layer_id:
            return found
    known = ", ".join(sorted(one.id for one in registry().offers(MapLayer)))
    raise NotFound(f"there is no map layer {layer_id!r}; there are {known}")


def legend(of: MapLayer) -> tuple[LegendClass, ...]:
    """Return the classes of a layer in the reader's language."""
    found: tuple[LegendClass, ...] = load(of.legend)(of.id)
    return found


def rows(of: MapLayer, at: datetime | None = None) -> Rows:
    """Return the rows of a layer now, or as they were."""
    found: Rows = load(of.rows)(of.id, at, get_language() or "")
    return found


def detail(of: MapLayer, thing: str) -> Detail:
    """Return the card of one thing of a layer; raises `NotFound`."""
    found: Detail = load(of.detail)(of.id, thing, get_language() or "")
    return found


def rows_json(of: MapLayer, at: datetime | None = None) -> bytes:
    """Return the rows as the map reads them: columns, and the server's clock."""
    found = rows(of, at)
    return orjson.dumps(
        {
            "layer": of.id,
            "now": times.now_ms(),
            "at": None if at is None else times.to_ms(at),
            "id": list(found.ids),
            "name": list(found.names),
            "lon": [_rounded(lon) for lon in found.lons],
            "lat": [_rounded(lat) for lat in found.lats],
            "class": list(found.classes),
            "value": list(found.values),
            "t": list(found.times),
            "limit": list(found.limits),
            "origin": list(found.origins),
            "ds": list(found.streams),
        }
    )


def _rounded(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, 6)


@dataclass(frozen=True)
class TableRow:
    """One row of the table: the class (None: none), the value, its time, whether it is late."""

    name: str
    url: str
    state: LegendClass | None
    value: float | None
    at: datetime | None
    is_late: bool
    origin: str


@dataclass(frozen=True)
class Table:
    """The table of a layer as the server writes it, the gravest first; `more` rows are left out."""

    layer: MapLayer
    title: str
    rows: tuple[TableRow, ...]
    more: int
    failed: bool = False


def table(of: MapLayer, thing: str = "") -> Table:
    """Return the table of a layer, its rows linked to `thing` (with ``{layer}`` and ``{id}``)."""
    try:
        found = rows(of)
    except Unavailable:
        return Table(of, _(of.title), (), 0, failed=True)
    classes = {one.id: one for one in legend(of)}
    order = {name: n for n, name in enumerate(classes)}
    places = sorted(
        range(len(found.ids)),
        key=lambda i: (-order.get(found.classes[i], -1), -(found.values[i] or 0), found.names[i]),
    )
    return Table(
        of,
        _(of.title),
        tuple(_table_row(of, found, i, (classes, thing)) for i in places[:TABLE_ROWS]),
        max(0, len(places) - TABLE_ROWS),
    )


def _table_row(
    of: MapLayer, found: Rows, i: int, around: tuple[Mapping[str, LegendClass], str]
) -> TableRow:
    classes, thing = around
    t, limit = found.times[i], found.limits[i]
    return TableRow(
        name=found.names[i],
        url=thing.replace("{layer}", of.id).replace("{id}", found.ids[i]),
        state=classes.get(found.classes[i]),
        value=found.values[i],
        at=None if t is None else times.from_ms(t),
        is_late=bool(limit) and t is not None and times.now_ms() - t > limit * 1000,
        origin=found.origins[i],
    )


def described(of: MapLayer) -> dict[str, Any]:
    """Return what a client must know of a layer to draw it."""
    return {
        "id": of.id,
        "title": unmarked(_(of.title)),
        "geometry": of.geometry,
        "level": city.profile().level_named(of.level).id if of.level else "",
        "unit": of.unit,
        "decimals": of.decimals,
        "live": of.live,
        "url": reverse("api:map_rows", args=[of.id]),
        "legend": [
            {
                "id": one.id,
                "word": unmarked(one.word),
                "icon": svg(one.icon),
                "colour": COLOURS[one.colour],
                "below": one.below,
            }
            for one in legend(of)
        ],
    }


def setup(shown: Sequence[MapLayer], *, on: Iterable[str] = (), select: str = "") -> dict[str, Any]:
    """Return the map's set-up as the page hands it to map.js.

    `on` names the layers shown at first (else the first one), `select` is the address of a thing's
    page with ``{id}`` in it.
    """
    kept = city.basemap()
    base = kept if kept is not None and kept.tiles else None
    profile = city.profile()
    return {
        "language": get_language() or "",
        "timeZone": str(profile.timezone),
        "bounds": list(base.bounds) if base else None,
        "basemap": f"{reverse('basemap')}?v={base.digest[:12]}" if base else "",
        "levels": [level.id for level in profile.levels],
        "schematic": base is not None and any("schematic" in kind for kind in base.kinds.values()),
        "events": "/events",
        "announced": list(public_events()),
        "library": static(f"vendor/{MAP_LIBRARY}") if vendor.is_here(MAP_LIBRARY) else "",
        "styles": static(f"vendor/{MAP_STYLES}"),
        "tiles": static(f"vendor/{TILE_LIBRARY}"),
        "layers": [described(one) for one in shown],
        "on": list(on) or [one.id for one in shown[:1]],
        "select": select,
        "words": {name: unmarked(text) for name, text in words().items()},
    }


def words() -> dict[str, str]:
    """Return the texts that map.js writes, in the reader's language."""
    return {
        "value": _("Value"),
        "state": _("Class"),
        "name": _("Name"),
        "time": _("Time"),
        "origin": _("Origin"),
        "none": _("no value"),
        "late": _("overdue"),
        "live": _("Live"),
        "reconnecting": _("The live connection is lost. Trying again."),
        "as_of": _("As of {time}"),
        "newest": _("newest {age} ago"),
        "late_count": _("{n} of {total} overdue"),
        "things": _("{n} in all"),
        "open": _("Show more"),
        "close": _("Close"),
        "no_webgl": _(
            "This browser cannot draw the map (WebGL 2 is away). The table shows the same."
        ),
        "no_library": _("The map library is not installed. The table shows the same."),
        "failed": _("The layer {name} cannot be loaded now. Trying again."),
        "real": _("measured"),
        "simulated": _("simulated"),
        "replayed": _("replayed"),
        "schematic": _("Outlines are computed from centre points; they are not boundaries."),
        "zoom_in": _("Closer"),
        "zoom_out": _("Farther"),
        "map": _(
            "Map. Arrow keys move it, plus and minus zoom, "
            "Enter chooses what is nearest to the middle."
        ),
        "more_rows": _("{n} rows more"),
        "search": _("Find in the table"),
        "s": _("{n} s"),
        "min": _("{n} min"),
        "h": _("{n} h"),
    }
