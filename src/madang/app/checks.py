"""Health of the processes that the web process leans on."""

from __future__ import annotations

from madang.kernel.bus import sync
from madang.kernel.lake import client
from madang.kernel.registry import LakeService, registry


def bus() -> str | None:
    """Say whether the bus takes a message."""
    sync.broadcast("madang.live.health", b"")
    return None


def lake() -> str | None:
    """Say whether the lake answers, with all the services that rooms run in it."""
    running = set(client.status()["services"])
    missing = {offer.name for offer in registry().offers(LakeService)} - running
    return f"not running in the lake process: {', '.join(sorted(missing))}" if missing else None
