"""Places as people write them: a district of the city with or without its dong, or elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from madang.city.api import Profile, Unit

ELSEWHERE = "elsewhere"
_APART = re.compile(r"[\s,/·()]+")
_NEAR = 0.75
_OUTSIDE = (
    "elsewhere",
    "outside",
    "other",
    "다른 지역",
    "다른 시도",
    "서울 밖",
    "타지역",
    "해외",
    "abroad",
)


@dataclass(frozen=True)
class Somewhere:
    """A place: codes of its district and dong, empty outside of the city or where not said."""

    district: str
    dong: str = ""
    said: str = ""


class UnknownPlace(ValueError):
    """The text names no place of the city."""


def read_place(
    text: str, city: Profile, *, elsewhere: bool, other_regions: Iterable[str] = ()
) -> Somewhere:
    """Return the place that a text names: ``강남구``, ``Gangnam``, ``서울 강남구 역삼1동``.

    Parameters
    ----------
    elsewhere
        Whether it may lie outside of the city.
    other_regions
        Names of regions outside of the city; a text that begins with one lies there.

    Raises
    ------
    UnknownPlace
        If it names no district, or a dong that several districts have.
    """
    said = " ".join(text.split())
    words = [word for word in _APART.split(said) if word]
    outside = _is_outside(said, words, other_regions)
    if not outside:
        found = _in_city(said, words, city)
        if found is not None:
            return found
    near = [] if outside else _near(words, city)
    if elsewhere and said and not near:
        return Somewhere("", "", said)
    if outside:
        raise UnknownPlace(f"{text!r} lies outside of {city.city.names['en']}")
    hint = f"; did you mean {near[0]}?" if near else ""
    raise UnknownPlace(f"{text!r} is no district of {city.city.names['en']}{hint}")


def _is_outside(said: str, words: list[str], other_regions: Iterable[str]) -> bool:
    if said.casefold() in _OUTSIDE:
        return True
    known = {name.casefold() for name in other_regions}
    return any(word.casefold() in known for word in words)


def _in_city(said: str, words: list[str], city: Profile) -> Somewhere | None:
    level = city.district_level
    whole = _units((said,), city, level)
    districts = whole or _units(words, city, level)
    if districts:
        district = districts[0]
        below = _units(words, city, None, within=district)
        return Somewhere(district.code, below[0].code if below else "", said)
    parts = [unit for unit in _units(words, city, None) if unit.level != level]
    owners = {owner.code: owner for unit in parts if (owner := city.district_of(unit))}
    if len(owners) > 1:
        names = ", ".join(sorted(owner.name("ko") for owner in owners.values()))
        raise UnknownPlace(f"{said!r} is in several districts ({names}): name the district, too")
    if parts and owners:
        return Somewhere(next(iter(owners)), parts[0].code, said)
    return None


def _units(
    words: Iterable[str], city: Profile, level: str | None, within: Unit | None = None
) -> list[Unit]:
    """Return the units that words name, in the words' order."""
    found: list[Unit] = []
    for word in words:
        for form in _forms(word, city) if level else (word,):
            units = _with_code(form, city) or city.units_named(form, level)
            if level:
                units = [one for one in units if one.level == level]
            if within is not None:
                units = [
                    one
                    for one in units
                    if one.code != within.code and city.district_of(one) == within
                ]
            if units:
                found += units
                break
    return found


def _with_code(word: str, city: Profile) -> list[Unit]:
    if not re.fullmatch(r"\d{4,10}", word):
        return []
    return [unit for unit in city.units() if unit.code == word]


def _forms(word: str, city: Profile) -> Iterable[str]:
    """Yield a word, and the word with the endings that districts have (``구``, ``-gu``)."""
    yield word
    for ending in sorted(_endings(city)):
        yield word + ending


def _endings(city: Profile) -> set[str]:
    names = [unit.names for unit in city.districts()]
    found = set()
    if all(one.get("ko", "").endswith("구") for one in names):
        found.add("구")
    latin = [one.get("en", "") for one in names]
    found |= {end for end in ("-gu",) if all(name.endswith(end) for name in latin)}
    return found


def _near(words: list[str], city: Profile) -> list[str]:
    names = {
        form.casefold(): name
        for unit in city.districts()
        for name in unit.names.values()
        for form in (name, name.removesuffix("-gu"), name.removesuffix("구"))
        if len(form) > 1
    }
    for word in words:
        if len(word) > 1:
            close = get_close_matches(word.casefold(), list(names), 1, _NEAR)
            if close:
                return [names[close[0]]]
    return []
