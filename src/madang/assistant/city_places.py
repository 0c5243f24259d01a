"""What the places of a city are called, for finding them in what people write."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from madang.assistant.engine.places_said import PlaceSaid, places_said
from madang.city.api import Profile, Unit
from madang.search.api import folded

_SHORTEST = 2


def said_places(text: str, city: Profile, other_regions: tuple[str, ...] = ()) -> list[PlaceSaid]:
    """Return the places of a folded text; their names are codes of districts, or words."""
    return places_said(text, forms(city, other_regions))


@lru_cache(maxsize=8)
def forms(city: Profile, other_regions: tuple[str, ...] = ()) -> Mapping[str, str]:
    """Return what districts, their parts and other regions are called, by what the planner reads.

    A part that several districts have is left out: it names no place.
    """
    found: dict[str, str] = {}
    owners: dict[str, set[str]] = {}
    for unit in city.units():
        if unit.level == city.district_level or len(unit.code) < _SHORTEST:
            continue
        owner = city.district_of(unit)
        for name in _names(unit):
            owners.setdefault(name, set()).add(owner.code if owner else "")
            if owner is not None:
                found[name] = f"{owner.name('ko')} {unit.name('ko')}"
    found = {name: place for name, place in found.items() if len(owners[name]) == 1}
    for region in other_regions:
        found[folded(region)] = region
    for unit in city.districts():
        for name in _names(unit):
            for short in (name, name.removesuffix("구"), name.removesuffix("-gu")):
                if len(short) >= _SHORTEST:
                    found[short] = unit.code
    return found


def _names(unit: Unit) -> Iterator[str]:
    yield from (folded(name) for name in dict.fromkeys(unit.names.values()))
