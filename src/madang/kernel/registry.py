"""What rooms offer the house.

A room joins by a module ``registration.py`` with ``offers()``; nobody imports the room for it. The
module must be cheap to import (only this one), so that the command line stays fast: everything
heavy is named by a target, ``"package.module:name"``, and loaded when it is used.

The kinds of offers are written down in `kernel.offers`; this module is where rooms import them.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

import madang
from madang.kernel.offers.claims import Anchor, Claim
from madang.kernel.offers.data import (
    Detector,
    LakeTable,
    ObservedProperty,
    ProfileFile,
    QualityLimits,
)
from madang.kernel.offers.doors import API, Command, OpenTable, Page, StreamRoute
from madang.kernel.offers.finding import SearchSource
from madang.kernel.offers.people import (
    ActorSource,
    AlertKind,
    HandOverDesk,
    OpenTables,
    PolicyFile,
    Purpose,
    SensitiveAct,
    ServiceSource,
)
from madang.kernel.offers.screens import (
    DistrictNow,
    Doorway,
    MapLayer,
    MenuEntry,
    OwnPanel,
    SearchPage,
)
from madang.kernel.offers.target import Target, load
from madang.kernel.offers.work import (
    HealthCheck,
    LakeService,
    LocalZone,
    Schedule,
    StreamConsumer,
    StreamTask,
    Subscriber,
    Watcher,
)

__all__ = [
    "API",
    "ActorSource",
    "AlertKind",
    "Anchor",
    "Claim",
    "Command",
    "Detector",
    "DistrictNow",
    "Doorway",
    "HandOverDesk",
    "HealthCheck",
    "LakeService",
    "LakeTable",
    "LocalZone",
    "MapLayer",
    "MenuEntry",
    "ObservedProperty",
    "Offer",
    "OpenTable",
    "OpenTables",
    "OwnPanel",
    "Page",
    "PolicyFile",
    "ProfileFile",
    "Purpose",
    "QualityLimits",
    "Registry",
    "Schedule",
    "SearchPage",
    "SearchSource",
    "SensitiveAct",
    "ServiceSource",
    "StreamConsumer",
    "StreamRoute",
    "StreamTask",
    "Subscriber",
    "Target",
    "Watcher",
    "load",
    "registry",
    "rooms",
]

Offer = (
    Command
    | API
    | Page
    | MenuEntry
    | SearchPage
    | SearchSource
    | Doorway
    | DistrictNow
    | OwnPanel
    | ObservedProperty
    | Detector
    | LakeTable
    | LakeService
    | Subscriber
    | StreamConsumer
    | Schedule
    | LocalZone
    | ProfileFile
    | StreamRoute
    | StreamTask
    | OpenTable
    | MapLayer
    | HealthCheck
    | Watcher
    | AlertKind
    | Purpose
    | PolicyFile
    | SensitiveAct
    | ServiceSource
    | ActorSource
    | OpenTables
    | HandOverDesk
    | Claim
)
Kind = TypeVar("Kind")


@dataclass(frozen=True)
class Registry:
    """All offers of all rooms, by room."""

    by_room: Mapping[str, tuple[Offer, ...]] = field(default_factory=dict)

    def offers(self, kind: type[Kind], room: str | None = None) -> list[Kind]:
        """Return the offers of one kind, in the order of rooms and of registration."""
        rooms = self.by_room if room is None else {room: self.by_room.get(room, ())}
        return [offer for offers in rooms.values() for offer in offers if isinstance(offer, kind)]

    def room_of(self, offer: Offer) -> str:
        """Return the name of the room that made this offer."""
        return next(room for room, offers in self.by_room.items() if offer in offers)


def rooms() -> list[str]:
    """Return the names of the packages directly under ``madang``, sorted."""
    return sorted(info.name for info in pkgutil.iter_modules(madang.__path__) if info.ispkg)


@cache
def registry() -> Registry:
    """Return what all installed rooms offer (read once)."""
    found: dict[str, tuple[Offer, ...]] = {}
    for room in rooms():
        name = f"madang.{room}.registration"
        if importlib.util.find_spec(name) is None:
            continue
        found[room] = tuple(_offers_of(importlib.import_module(name)))
    return Registry(found)


def _offers_of(module: Any) -> Iterable[Offer]:
    offers: Iterable[Offer] = module.offers()
    return offers
