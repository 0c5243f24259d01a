"""Observed properties that the rooms offer, kept as rows so that datastreams can refer to them."""

from __future__ import annotations

from madang.kernel.registry import ObservedProperty as Offer
from madang.kernel.registry import registry
from madang.telemetry.models import ObservedProperty


def offered() -> dict[str, Offer]:
    """Return the observed properties of all rooms by id."""
    return {offer.id: offer for offer in registry().offers(Offer)}


def synchronise(using: str = "default") -> int:
    """Write the offered properties into the table; returns how many are offered.

    A property no room offers any more stays, since datastreams may refer to it.
    """
    rows = [
        ObservedProperty(
            id=offer.id,
            name=offer.name,
            definition=offer.definition,
            unit_name=offer.unit_name,
            unit_symbol=offer.unit_symbol,
            resolution=offer.resolution,
        )
        for offer in offered().values()
    ]
    ObservedProperty.objects.using(using).bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["name", "definition", "unit_name", "unit_symbol", "resolution"],
    )
    return len(rows)
