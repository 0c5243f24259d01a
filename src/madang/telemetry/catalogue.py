"""The engine's catalogue of all datastreams, out of the system of record."""

from __future__ import annotations

from dataclasses import asdict, replace

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from madang.telemetry.changes import catalogue_version
from madang.telemetry.engine.catalogue import ORIGINS, Catalogue, Limits, empty_catalogue
from madang.telemetry.models import Datastream, Gateway, ObservedProperty
from madang.telemetry.properties import offered

_COLUMNS = (
    "pk",
    "observed_property_id",
    "period_s",
    "freshness_s",
    "thing__gateway_id",
    "thing_id",
)


@transaction.atomic
def load_catalogue() -> Catalogue:
    """Return the catalogue as of now: one consistent read, 100,000 datastreams in under 1 s.

    Datastreams of a replaying gateway have freshness 0 (never stale): their clock is not ours.
    """
    version = catalogue_version()
    resolutions = dict(ObservedProperty.objects.order_by("id").values_list("id", "resolution"))
    origins = dict(Gateway.objects.values_list("id", "origin"))
    rows = _rows()
    if not rows:
        return _without_datastreams(version)
    ids, names, period_s, freshness_s, gateway, thing = zip(*rows, strict=True)
    properties = tuple(resolutions)
    place = {name: index for index, name in enumerate(properties)}
    of_property = np.fromiter((place[name] for name in names), np.uint8, len(names))
    gateways = np.array(gateway, np.uint32)
    origin = _looked_up(gateways, {pk: ORIGINS.index(name) for pk, name in origins.items()})
    return Catalogue(
        ids=np.array(ids, np.uint32),
        property=of_property,
        properties=properties,
        resolution=np.array(list(resolutions.values()), np.float64)[of_property],
        period_s=np.array(period_s, np.int32),
        freshness_s=np.where(origin == ORIGINS.index("replayed"), 0, np.array(freshness_s)),
        gateway=gateways,
        origin=origin.astype(np.uint8),
        limits=_limits(),
        version=version,
        upper_bound=_upper_bounds(np.array(thing, np.int64), of_property, place),
    )


def _rows() -> list[tuple[int, str, int, int, int, int]]:
    query = Datastream.objects.order_by("pk").values_list(*_COLUMNS).query
    sql, arguments = query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, arguments)
        rows: list[tuple[int, str, int, int, int, int]] = cursor.fetchall()
    return rows


def _without_datastreams(version: int) -> Catalogue:
    return replace(empty_catalogue(), version=version)


def _looked_up(keys: NDArray[np.uint32], table: dict[int, int]) -> NDArray[np.int64]:
    found, places = np.unique(keys, return_inverse=True)
    return np.array([table[int(key)] for key in found], np.int64)[places]


def _limits() -> dict[str, Limits]:
    return {name: Limits(**asdict(offer.limits)) for name, offer in offered().items()}


def _upper_bounds(
    thing: NDArray[np.int64], of_property: NDArray[np.uint8], place: dict[str, int]
) -> NDArray[np.int32]:
    """Return for each row the row of its thing whose property it may not exceed, else -1."""
    bounds = np.full(len(thing), -1, np.int32)
    for name, offer in offered().items():
        if offer.not_above not in place or name not in place:
            continue
        lower = np.flatnonzero(of_property == place[name])
        upper = np.flatnonzero(of_property == place[offer.not_above])
        # of several datastreams of that property the thing's first is the bound
        things, first = np.unique(thing[upper], return_index=True)
        if not len(things):
            continue
        found = np.minimum(np.searchsorted(things, thing[lower]), len(things) - 1)
        same = things[found] == thing[lower]
        bounds[lower[same]] = upper[first[found[same]]]
    return bounds
