"""What a room offers to screens that others draw: menus, the home page, maps."""

from __future__ import annotations

from dataclasses import dataclass

from madang.kernel.offers.target import Target


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
class OwnPanel:
    """A part of the residents' own page (My Madang).

    The target is ``f(actor: Actor, limit: int) -> kernel.own_page.OwnPart | None``: at most `limit`
    rows and one more, None where the room has nothing to say to this actor, such as one who acts
    by a mandate that does not cover it. It must be cheap: the page asks all rooms at once. `name`
    is part of an address.
    """

    name: str
    target: Target
    order: int


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
