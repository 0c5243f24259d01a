"""What rooms offer the house.

A room joins by a module ``registration.py`` with ``offers()``; nobody imports the room for it. The
module must be cheap to import (only this one), so that the command line stays fast: everything
heavy is named by a target, ``"package.module:name"``, and loaded when it is used.
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

Target = str


@dataclass(frozen=True)
class Command:
    """A command ``madang <path>``; the target is a click command."""

    path: str
    target: Target
    help: str


@dataclass(frozen=True)
class API:
    """A django-ninja router mounted at ``/api/v1/<prefix>``; operations state `auth` themselves."""

    prefix: str
    target: Target


@dataclass(frozen=True)
class Page:
    """A page or other Django view.

    `access` is the authorisation decision: ``public``, ``signed-in``, ``role:<name>[,<name>]`` or
    ``key`` (the view itself checks a device key). `easy` says that the page is written in easy
    words, too (`kernel.easy`).
    """

    path: str
    target: Target
    name: str
    access: str
    csrf_exempt: bool = False
    easy: bool = False


@dataclass(frozen=True)
class MenuEntry:
    """A link in the main menu; `title` is a message id of the catalogue."""

    page: str
    title: str
    order: int
    access: str = "public"


@dataclass(frozen=True)
class SearchPage:
    """The page that answers ``?q=``; with it the search box appears on every page and on home."""

    page: str
    label: str


@dataclass(frozen=True)
class Doorway:
    """A way in from the home page: a life event (``life-event``) or a service (``service``).

    `title` and `help` are message ids, `icon` a name of ``web.icons``. The section of the home
    page appears with its first doorway.
    """

    kind: str
    page: str
    title: str
    help: str
    order: int
    icon: str = ""
    access: str = "public"


@dataclass(frozen=True)
class DistrictNow:
    """What a room says of one district now, on the home page.

    The target is ``f(code: str) -> dict | None``: the context of `template`, None where the room
    has nothing to say of that district. It must be cheap: it is asked for each rendering.
    """

    name: str
    target: Target
    template: str
    order: int


@dataclass(frozen=True)
class QualityLimits:
    """Thresholds of the quality tests for one observed property, in its unit (QARTOD names)."""

    fail_span: tuple[float, float]
    suspect_span: tuple[float, float]
    spike: float
    rate_per_s: float
    flat_line_s: int
    flat_line_eps: float
    source: str


@dataclass(frozen=True)
class ObservedProperty:
    """What is measured. `resolution` is the smallest step kept in the lake.

    `not_above` names the property of the same thing whose value this one cannot exceed (PM2.5 is
    part of PM10); a reading that does is flagged.
    """

    id: str
    name: str
    definition: str
    unit_name: str
    unit_symbol: str
    resolution: float
    limits: QualityLimits
    not_above: str = ""


@dataclass(frozen=True)
class Detector:
    """A rule over one observed property, run in the detector runtime.

    `kind` is one of the kernels of ``telemetry.engine.detectors``: ``threshold``, ``hourly_run``,
    ``zscore``, ``stuck``; `parameters` are its numbers.
    """

    id: str
    property: str
    kind: str
    parameters: Mapping[str, float]
    help: str


@dataclass(frozen=True)
class LakeTable:
    """A table of the lake. Columns are (name, type, codec); the codec is used where it is known.

    `exported` tables go to Parquet day by day, once a day is closed.
    """

    name: str
    columns: tuple[tuple[str, str, str], ...]
    order_by: tuple[str, ...]
    partition_by: str = ""
    retention_days: int | None = None
    replacing_by: str = ""
    help: str = ""
    exported: bool = True


@dataclass(frozen=True)
class LakeService:
    """A class run inside the lake process; see ``kernel.lake.service.Service``."""

    name: str
    target: Target


@dataclass(frozen=True)
class Subscriber:
    """A function called once in effect for each event of that name (worker process)."""

    event: str
    name: str
    target: Target


@dataclass(frozen=True)
class StreamConsumer:
    """A function fed every message of a bus subject, in order, once in effect (worker process).

    The target is ``f(message: kernel.bus.Message) -> None``; it runs in the same database
    transaction that moves the consumer's position.
    """

    name: str
    subject: str
    target: Target


@dataclass(frozen=True)
class Schedule:
    """A job run by the clock: `cron` in the city's time zone; the target takes no arguments."""

    name: str
    cron: str
    target: Target
    help: str


@dataclass(frozen=True)
class LocalZone:
    """The city's time zone, in which schedules are read; the target returns its IANA name."""

    target: Target


@dataclass(frozen=True)
class ProfileFile:
    """A file of the city's profile that this room reads, such as ``air.yaml``.

    The target finds its faults before anything runs: ``f(path, profile)`` returns (line or None,
    message) of each.
    """

    file: str
    target: Target
    help: str


@dataclass(frozen=True)
class StreamRoute:
    """A path prefix answered by the stream process; the target is an ASGI application.

    `methods` and `pattern` (a regular expression on the path) narrow it; the front sends the
    rest of the prefix to the web process.
    """

    pattern: str
    methods: tuple[str, ...]
    target: Target
    access: str


@dataclass(frozen=True)
class StreamTask:
    """A coroutine function that runs for the life of the stream process (bridges, live fan-out)."""

    name: str
    target: Target


@dataclass(frozen=True)
class OpenTable:
    """A table served in the Seoul Open API dialect (``:8088/{KEY}/{json|xml}/{name}/1/25/``)."""

    name: str
    target: Target
    help: str


@dataclass(frozen=True)
class MapLayer:
    """A layer that every map of the house can show, and the operations room always does.

    `rows` is ``f(layer: str, at: datetime | None, language: str) -> kernel.maps.Rows`` (None: now),
    `legend` ``f(layer: str) -> tuple[kernel.maps.LegendClass, ...]`` in the reader's language,
    `detail` ``f(layer: str, id: str, language: str) -> kernel.maps.Detail``; all get the layer's
    id, so that several layers may share them. `title` is a message id. `geometry` is
    ``point``, or ``unit`` for areas of the profile's `level`. `live` names the topic of ``/events``
    after which values change (``obs``), or nothing where the page asks again every minute.
    """

    id: str
    title: str
    geometry: str
    rows: Target
    legend: Target
    detail: Target
    unit: str = ""
    decimals: int = 0
    level: str = ""
    access: str = "public"
    live: str = ""
    order: int = 50


@dataclass(frozen=True)
class HealthCheck:
    """A probe for ``/healthz``: the target returns None, or a text that says what is wrong."""

    name: str
    target: Target


@dataclass(frozen=True)
class Purpose:
    """A reason for which personal data may be opened; policies say who may state it.

    Parameters
    ----------
    id : the word that code and policies use (``serve-resident``).
    title : message id; residents read it on the page of who looked at their data.
    legal_basis : provision that allows it; a policy may name a closer one.
    is_listed : whether the person concerned sees looks for this purpose; only looks that the person
        makes themselves, such as signing in, are not.
    stands_s : seconds for which a decision on one of our own processes stands, and is one entry in
        the audit log; for what happens with every request.
    """

    id: str
    title: str
    legal_basis: str
    help: str = ""
    is_listed: bool = True
    stands_s: float = 0.0


@dataclass(frozen=True)
class SensitiveAct:
    """A change of money or identity; in an assisted session it waits for a second yes.

    The target is ``f(actor: Actor, person: str, payload: dict) -> None``; `touches` is ``money`` or
    ``identity``, `title` a message id. `facts` is ``f(payload: dict) -> list of (name, value)``:
    what would change, in the reader's words.
    """

    id: str
    title: str
    touches: str
    target: Target
    facts: Target = ""


@dataclass(frozen=True)
class PolicyFile:
    """Cedar policies of a room; the target is ``package:file.cedar``."""

    target: Target


@dataclass(frozen=True)
class OpenTables:
    """What opens every table for a dump or a restore: ``f(reason) -> context manager``."""

    target: Target


@dataclass(frozen=True)
class ActorSource:
    """Who acts, from an actor's id: the target is ``f(id: str) -> Actor | None``."""

    target: Target


@dataclass(frozen=True)
class Watcher:
    """What tells the operator how the room's detectors and rules do.

    The target is ``f() -> Sequence[kernel.watchers.Watch]``, in the reader's language.
    """

    name: str
    target: Target


@dataclass(frozen=True)
class Anchor:
    """A published figure to compare a claim with."""

    who: str
    value: float
    source: str


@dataclass(frozen=True)
class AlertKind:
    """A kind of notice that people can ask for, for a place.

    Parameters
    ----------
    id : ``room.name``.
    title, help : message ids of the room's catalogue.
    subjects : (id, message id) of what it can be about, such as pollutants.
    levels : (id, message id) from mild to grave; one level where there is nothing to choose.
    default_level : level that the sign-up page proposes.
    critical_from : level from which a notice may pass quiet hours; empty where none may.
    place_level : level of the city's units it is told for.
    """

    id: str
    title: str
    help: str
    subjects: tuple[tuple[str, str], ...]
    levels: tuple[tuple[str, str], ...]
    default_level: str
    critical_from: str = ""
    place_level: str = "district"


@dataclass(frozen=True)
class Claim:
    """What a room claims and `madang prove` measures; the target returns a float in `unit`.

    `takes_s` is how long measuring takes at most on two cores that are not otherwise at work.
    """

    id: str
    what: str
    unit: str
    goal: float
    better: str  # "higher" or "lower"
    target: Target
    anchors: tuple[Anchor, ...] = ()
    takes_s: float = 30.0


Offer = (
    Command
    | API
    | Page
    | MenuEntry
    | SearchPage
    | Doorway
    | DistrictNow
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
    | ActorSource
    | OpenTables
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


def load(target: Target) -> Any:
    """Return the object that a target names.

    >>> load("math:floor")(2.5)
    2
    """
    module, _, name = target.partition(":")
    return getattr(importlib.import_module(module), name)
