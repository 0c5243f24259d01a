"""Whether two cases are perhaps the same matter, by what is known of both."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import asin, cos, radians, sin, sqrt

NEAR_M = 50.0  # two people who point at one lamp stand less than this apart
_EARTH_M = 6_371_008.8  # mean radius (IUGG 1980)


@dataclass(frozen=True)
class Matter:
    """What a case is about, as far as it tells it from others of its service.

    subject: id of the person, empty where nobody is known. point: degrees, `lon` and `lat`.
    place: the place in words. things: numbers of things by fact (a lamp post, a vehicle).
    category: what the first choice of the form says.
    """

    subject: str = ""
    point: Mapping[str, float] | None = None
    place: str = ""
    things: Mapping[str, str] = field(default_factory=dict)
    category: str = ""


@dataclass(frozen=True)
class Likeness:
    """Why two cases are perhaps one: words among subject, thing, near, place; metres if known."""

    why: tuple[str, ...]
    metres: int | None = None


def likeness(one: Matter, other: Matter) -> Likeness | None:
    """Return why two cases of one service are perhaps the same; None where nothing speaks for it.

    The same person, the same thing by its number, or the same category at the same place: in the
    same words, or within `NEAR_M`. It does not matter which of the two is given first.

    >>> likeness(Matter(place="마포대로 12"), Matter(place="마포대로12 ")).why
    ('place',)
    """
    why = []
    if one.subject and one.subject == other.subject:
        why.append("subject")
    if any(plain(text) and plain(text) == plain(other.things.get(name, ""))
           for name, text in one.things.items()):  # fmt: skip
        why.append("thing")
    metres = distance_m(one.point, other.point) if one.point and other.point else None
    if one.category == other.category:
        if metres is not None and metres <= NEAR_M:
            why.append("near")
        elif metres is None and plain(one.place) and plain(one.place) == plain(other.place):
            why.append("place")
    return Likeness(tuple(why), None if metres is None else round(metres)) if why else None


def plain(text: str) -> str:
    """Return a text without what people write differently: width, case, spaces, punctuation."""
    wide = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in wide if sign.isalnum())


def distance_m(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the distance of two places on a sphere [m] (haversine)."""
    lat_1, lat_2 = radians(one["lat"]), radians(other["lat"])
    half_lat = sin((lat_2 - lat_1) / 2)
    half_lon = sin(radians(other["lon"] - one["lon"]) / 2)
    square = half_lat**2 + cos(lat_1) * cos(lat_2) * half_lon**2
    return 2 * _EARTH_M * asin(sqrt(min(1.0, square)))
