"""Units of a city: districts, neighbourhoods, and how they follow one another."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from madang.city.errors import UnknownUnit
from madang.kernel.language_marks import marked_unless

if TYPE_CHECKING:
    from madang.city.outlines import Outline

Point = tuple[float, float]

_BETWEEN_DIGITS = re.compile(r"(?<=\d)\s*[.,·ㆍ‧・]\s*(?=\d)")


@dataclass(frozen=True, eq=False)
class Unit:
    """An administrative unit. Codes are text; coordinates are WGS84 degrees, (lon, lat).

    `code` is its code in the level's own system and `codes` has those of all systems; `parent` is
    the code of the unit above, None at the top; `valid_to` is the first day it exists no more.
    """

    code: str
    level: str
    names: Mapping[str, str]
    codes: Mapping[str, str]
    parent: str | None = None
    type: str = ""
    centre: Point | None = None
    area_km2: float | None = None
    population: int | None = None
    households: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    predecessors: tuple[str, ...] = ()
    detached: str = ""
    parts: tuple[Point, ...] = ()
    note: str = ""
    _chain: Callable[[str], tuple[str, ...]] = field(repr=False, default=lambda lang: (lang,))
    _outline: Callable[[Unit], Outline | None] = field(repr=False, default=lambda _unit: None)

    def name(self, lang: str = "") -> str:
        """Return its name in that language, or in the first of its fallbacks that has one.

        On a page, a name in another language than the one asked for is labelled as such.
        """
        if not self.names:
            return self.code
        tag = next((tag for tag in self._chain(lang) if tag in self.names), next(iter(self.names)))
        return marked_unless(self.names[tag], tag, lang)

    def exists(self, on: date) -> bool:
        """Return whether the unit exists on that day."""
        begun = self.valid_from is None or self.valid_from <= on
        return begun and (self.valid_to is None or on < self.valid_to)

    @property
    def outline(self) -> Outline | None:
        """Its outline, labelled ``schematic`` or ``official``; None where no place is known."""
        return self._outline(self)


@dataclass(frozen=True, eq=False)
class UnitTable:
    """All units of all times, found by code, name and level."""

    units: tuple[Unit, ...]
    systems: tuple[str, ...]

    @cached_property
    def _by_code(self) -> dict[tuple[str, str], list[Unit]]:
        found: dict[tuple[str, str], list[Unit]] = defaultdict(list)
        for unit in self.units:
            for system, code in unit.codes.items():
                found[system, code].append(unit)
        return found

    @cached_property
    def _by_name(self) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.units:
            for key in {comparable(name) for name in unit.names.values()}:
                found[key].append(unit)
        return found

    @cached_property
    def successors(self) -> Mapping[str, tuple[Unit, ...]]:
        """Units by the code of a unit they came from."""
        found: dict[str, list[Unit]] = defaultdict(list)
        for unit in self.units:
            for code in unit.predecessors:
                found[code].append(unit)
        return {code: tuple(units) for code, units in found.items()}

    def of_level(self, level: str, on: date | None) -> list[Unit]:
        """Return the units of a level that exist on a day; of all times for None."""
        return [u for u in self.units if u.level == level and (on is None or u.exists(on))]

    def with_code(self, code: str, system: str | None, level: str | None) -> Unit:
        """Return the unit of that code, first by the city's first code system.

        One text can be a code of two systems: 11230 is one district for the interior ministry
        and another for the statistics office. Name the `system` where it is not the usual one.
        Where a code was used again, the latest unit has it.

        Raises
        ------
        UnknownUnit
            If there is none.
        """
        for name in (system,) if system else self.systems:
            units = [u for u in self._by_code.get((name, code), ()) if level in (None, u.level)]
            if units:
                return max(units, key=lambda unit: unit.valid_from or date.min)
        where = f" in the system {system!r}" if system else ""
        example = f"; codes are text, such as {self.units[0].code!r}" if self.units else ""
        raise UnknownUnit(f"no unit has the code {code!r}{where}{example}")

    def named(self, name: str, level: str | None, on: date | None) -> list[Unit]:
        """Return the units of that name in any language; see `comparable` for what is equal."""
        return [
            unit
            for unit in self._by_name.get(comparable(name), ())
            if level in (None, unit.level) and (on is None or unit.exists(on))
        ]


def comparable(name: str) -> str:
    """Return a name such that spellings of the same name are equal.

    Case, spaces, hyphens, accents and the sign between numbers (``.``, ``·``, ``,``) do not count.

    >>> comparable("종로1.2.3.4가동") == comparable("종로1·2·3·4가동")
    True
    """
    joined = _BETWEEN_DIGITS.sub("\N{MIDDLE DOT}", name)
    plain = unicodedata.normalize("NFKD", joined).casefold()
    kept = (c for c in plain if c.isalnum() or c == "\N{MIDDLE DOT}" or _is_vowel_sign(c))
    return unicodedata.normalize("NFC", "".join(kept))


def _is_vowel_sign(char: str) -> bool:
    """Tell the marks that belong to a script (Khmer, Thai) from the accents of Latin letters."""
    return unicodedata.category(char)[0] == "M" and not "\u0300" <= char <= "\u036f"
