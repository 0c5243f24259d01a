"""Who may send, and what exists: gateways and catalogue as the doors keep them in memory.

Read from the system of record in one go; a new one replaces the old as a whole, so that a request
is judged by one state.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from madang.kernel.errors import Forbidden, Unauthenticated
from madang.telemetry import keys
from madang.telemetry.doors.rows import Resolve
from madang.telemetry.engine.catalogue import Catalogue, empty_catalogue

OBSERVE = "observe"


@dataclass(frozen=True)
class Device:
    """A gateway as a door sees it; `quota` is in points per second."""

    id: int
    name: str
    origin: str
    quota: float
    enabled: bool
    may_observe: bool
    bus_hash: str = ""


@dataclass(frozen=True, eq=False)
class Directory:
    """One state of gateways and catalogue.

    by_key : SHA-256 of the key, hexadecimal -> gateway.
    named : (gateway id, external id of the thing, observed property) -> datastream id.
    of_unit : code of a city unit -> ids of the datastreams of its stations.
    """

    by_key: Mapping[str, Device] = field(default_factory=dict)
    by_name: Mapping[str, Device] = field(default_factory=dict)
    named: Mapping[tuple[int, str, str], int] = field(default_factory=dict)
    of_unit: Mapping[str, np.ndarray] = field(default_factory=dict)
    catalogue: Catalogue = field(default_factory=empty_catalogue)
    version: int = -1

    @cached_property
    def owners(self) -> Mapping[int, int]:
        """Return datastream id -> gateway id, for single look-ups."""
        catalogue = self.catalogue
        return dict(zip(catalogue.ids.tolist(), catalogue.gateway.tolist(), strict=True))

    def device(self, presented: keys.Credentials | None) -> Device:
        """Return the gateway whose key was presented.

        Raises
        ------
        Unauthenticated
            If nothing was presented, or the key is unknown.
        Forbidden
            If the gateway is switched off or may not send observations.
        """
        if presented is None:
            raise Unauthenticated("a gateway key is needed: Basic (name and key) or Bearer (key)")
        device = self.by_key.get(keys.key_hash(presented.key))
        if device is None or presented.name not in (None, device.name):
            raise Unauthenticated("the gateway key is unknown")
        return allowed(device)

    def resolver(self, gateway: int) -> Resolve:
        """Return the look-up of a gateway's datastreams by the names of thing and property."""
        return lambda thing, code: self.named.get((gateway, thing, code))


def allowed(device: Device) -> Device:
    """Return the gateway if it may send observations.

    Raises
    ------
    Forbidden
        If it is switched off, or its key lacks the scope.
    """
    if not device.enabled:
        raise Forbidden(f"gateway {device.name!r} is switched off")
    if not device.may_observe:
        raise Forbidden(f"the key of gateway {device.name!r} lacks the scope '{OBSERVE}'")
    return device


def load_directory() -> Directory:
    """Return the directory as of now, from the system of record."""
    from madang.telemetry import models
    from madang.telemetry.catalogue import load_catalogue

    catalogue = load_catalogue()
    by_key: dict[str, Device] = {}
    for row in models.Gateway.objects.all():
        by_key[row.key_hash] = Device(
            id=row.pk,
            name=row.name,
            origin=row.origin,
            quota=float(row.quota_points_per_s),
            enabled=row.enabled,
            may_observe=OBSERVE in row.scopes,
            bus_hash=row.bus_hash,
        )
    rows = models.Datastream.objects.values_list(
        "thing__gateway_id", "thing__external_id", "observed_property_id", "id", "thing__unit_code"
    )
    named: dict[tuple[int, str, str], int] = {}
    of_unit: dict[str, list[int]] = {}
    for gateway, thing, code, ds, unit in rows.order_by("id"):
        if thing is not None:  # where a thing observes a property twice, its name means the first
            named.setdefault((gateway, thing, code), ds)
        of_unit.setdefault(unit, []).append(ds)
    return Directory(
        by_key=by_key,
        by_name={device.name: device for device in by_key.values()},
        named=named,
        of_unit={unit: np.array(ids) for unit, ids in of_unit.items()},
        catalogue=catalogue,
        version=catalogue.version,
    )
