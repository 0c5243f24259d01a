"""What a map layer hands the page: rows in columns, a legend, and the card of one thing.

A room offers `registry.MapLayer`; its targets return these values. docs/explanation/maps.md is the
contract.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

NO_CLASS = "none"


@dataclass(frozen=True)
class LegendClass:
    """One class of a layer, told by word, icon and colour at once.

    `icon` is a name of ``web.icons``, `colour` a role: ``air-good`` ... ``air-very-bad``,
    ``neutral``, ``warning``, ``danger`` (``web/maps.py`` has their tokens). Where the class follows
    from the value, `below` is where the next class begins (None: no upper end); classes of that
    kind come in ascending order, so that a live value finds its class.
    """

    id: str
    word: str
    icon: str
    colour: str
    below: float | None = None


@dataclass(frozen=True)
class Rows:
    """All things of a layer at one moment, in columns of one length.

    `ids` name the things (codes of units for a layer of areas), `lons`, `lats` are degrees,
    `classes` ids of the legend (`NO_CLASS` for none), `values` in the layer's unit, `times` ms
    since 1970, `limits` the age in seconds past which a row is late (0: never), `origins` as in
    ``real``, `streams` datastream ids for live values (0: none). An unknown value, time or place
    is None.
    """

    ids: Sequence[str] = ()
    names: Sequence[str] = ()
    lons: Sequence[float | None] = ()
    lats: Sequence[float | None] = ()
    classes: Sequence[str] = ()
    values: Sequence[float | None] = ()
    times: Sequence[int | None] = ()
    limits: Sequence[int] = ()
    origins: Sequence[str] = ()
    streams: Sequence[int] = ()


@dataclass(frozen=True)
class Fact:
    """One value on a card: what, how much, of when; `note` says what is special about it."""

    name: str
    value: float | None
    unit: str
    decimals: int
    at: datetime | None
    note: str = ""


@dataclass(frozen=True)
class Trend:
    """A series of one day on a card: (moment, value or None), oldest first."""

    name: str
    unit: str
    decimals: int
    points: Sequence[tuple[datetime, float | None]]


@dataclass(frozen=True)
class Detail:
    """The card of one thing: values, history, why it is shown as it is, where to read on."""

    heading: str
    place: str = ""
    origin: str = ""
    facts: Sequence[Fact] = ()
    trends: Sequence[Trend] = ()
    why: Sequence[str] = ()
    links: Sequence[tuple[str, str]] = field(default_factory=tuple)
