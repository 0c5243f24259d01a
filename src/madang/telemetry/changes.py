"""Telling stream and lake that gateways, things or datastreams changed.

The counter moves in the transaction of the change; the broadcast follows its commit and only saves
time, since readers look at the counter themselves after 5 s at the latest.
"""

from __future__ import annotations

import logging
from functools import partial

from django.db import transaction
from django.db.models import F

from madang.kernel.errors import Unavailable
from madang.telemetry.models import CatalogueVersion

SUBJECT = "madang.changed.telemetry"
_ROW = 1
_log = logging.getLogger(__name__)


def catalogue_version() -> int:
    """Return the present version; 0 before the first change."""
    row = CatalogueVersion.objects.filter(pk=_ROW).values_list("version", flat=True).first()
    return row or 0


def note_change() -> None:
    """Count the version up now, and broadcast it after the commit."""
    if not CatalogueVersion.objects.filter(pk=_ROW).update(version=F("version") + 1):
        CatalogueVersion.objects.create(pk=_ROW, version=1)
    transaction.on_commit(partial(_broadcast, catalogue_version()))


def _broadcast(version: int) -> None:
    """Tell of a version, unless a later change of the same transaction will."""
    from madang.kernel.bus.sync import broadcast

    if catalogue_version() != version:
        return
    try:
        broadcast(SUBJECT, str(version).encode())
    except Unavailable as error:
        _log.warning("catalogue change not broadcast, readers see it within 5 s: %s", error)
